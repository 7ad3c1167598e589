/* Graphs in the Neuromorphic Intermediate Representation (Pedersen et al. 2024, neuroir.org): named nodes with arrays, and edges.
 * In the file /node/nodes/<name>/{type, arrays}, /node/edges [n][2], /node/type NIRGraph. Times are seconds. */
#ifndef NIR_H
#define NIR_H

#include "store.h"

enum { NIR_MAX_VALUES = 16 };

typedef struct nir_value {
    const char *name;
    store_shape shape;
    const double *values;
} nir_value;

typedef struct nir_node {
    const char *name, *type;
    int n_values;
    nir_value value[NIR_MAX_VALUES];
} nir_node;

typedef struct nir_graph {
    const char *path;
    int n_nodes, n_edges;
    nir_node *nodes;
    const char **edges; /* [n_edges][2]: from, to */
} nir_graph;

LSNN_MUST_USE lsnn_status nir_write(const nir_graph *g, const char *path, lsnn_error *err);
/* Checked: types are texts, edges name nodes that are there, arrays are finite numbers. */
LSNN_MUST_USE lsnn_status nir_read(nir_graph **out, const char *path, arena *a, lsnn_error *err);

const nir_node *nir_find(const nir_graph *g, const char *name);     /* NULL: none */
const nir_value *nir_value_of(const nir_node *n, const char *name); /* NULL: none */

#endif
