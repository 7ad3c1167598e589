/* Reading and writing NIR. */
#include "nir.h"
#include <math.h>
#include <string.h>

const nir_node *nir_find(const nir_graph *g, const char *name)
{
    for (int k = 0; k < g->n_nodes; k++)
        if (strcmp(g->nodes[k].name, name) == 0) return &g->nodes[k];
    return NULL;
}

const nir_value *nir_value_of(const nir_node *n, const char *name)
{
    for (int k = 0; k < n->n_values; k++)
        if (strcmp(n->value[k].name, name) == 0) return &n->value[k];
    return NULL;
}

/* ---- writing ---------------------------------------------------------------------------------------------------------- */

static lsnn_status write_node(store *file, const nir_node *n, arena *a, lsnn_error *err)
{
    const char *path;
    TRY(arena_format(a, &path, err, "/node/nodes/%s/type", n->name));
    TRY(store_write_text(file, path, n->type, err));
    for (int k = 0; k < n->n_values; k++) {
        TRY(arena_format(a, &path, err, "/node/nodes/%s/%s", n->name, n->value[k].name));
        TRY(store_write(file, path, STORE_DOUBLE, &n->value[k].shape, n->value[k].values, true, err));
    }
    return LSNN_OK;
}

static lsnn_status write_graph(store *file, const nir_graph *g, arena *a, lsnn_error *err)
{
    TRY(store_write_text(file, "/version", "1.0", err));
    TRY(store_write_text(file, "/node/type", "NIRGraph", err));
    TRY(store_write_texts(file, "/node/edges", &(store_shape){2, {(size_t)g->n_edges, 2}}, g->edges, err));
    for (int k = 0; k < g->n_nodes; k++)
        TRY(write_node(file, &g->nodes[k], a, err));
    return LSNN_OK;
}

lsnn_status nir_write(const nir_graph *g, const char *path, lsnn_error *err)
{
    store *file;
    arena *scratch;
    TRY(arena_new(&scratch, err));
    lsnn_status status = store_create(&file, path, err);
    if (status == LSNN_OK) {
        status = write_graph(file, g, scratch, err);
        const lsnn_status closed = store_close(file, status == LSNN_OK, err);
        if (status == LSNN_OK) status = closed;
    }
    arena_free(scratch);
    return status;
}

/* ---- reading ---------------------------------------------------------------------------------------------------------- */

static lsnn_status read_value(nir_value *out, const store *file, const char *file_path, const char *name,
                              const char *path, arena *a, lsnn_error *err)
{
    double *values;
    size_t n = 1;
    out->name = name;
    TRY(store_read(file, a, &values, STORE_DOUBLE, &out->shape, NULL, path, err));
    for (int d = 0; d < out->shape.n_dims; d++)
        n *= out->shape.dim[d];
    for (size_t k = 0; k < n; k++)
        if (!isfinite(values[k])) return lsnn_fail(err, LSNN_DATA, "%s: %s[%zu] is not finite", file_path, path, k);
    out->values = values;
    return LSNN_OK;
}

/* `metadata` is a group of anything; it says nothing about the network. */
static lsnn_status read_node(nir_node *out, const store *file, const char *file_path, const char *name, arena *a,
                             lsnn_error *err)
{
    const char *group, *path, **names;
    int n;
    out->name = name;
    TRY(arena_format(a, &group, err, "/node/nodes/%s", name));
    TRY(arena_format(a, &path, err, "%s/type", group));
    TRY(store_read_text(file, a, &out->type, path, err));
    TRY(store_members(file, a, &names, &n, group, err));
    for (int k = 0; k < n; k++) {
        if (strcmp(names[k], "type") == 0 || strcmp(names[k], "metadata") == 0) continue;
        if (strcmp(names[k], "input_type") == 0 || strcmp(names[k], "output_type") == 0) continue;
        if (out->n_values == NIR_MAX_VALUES)
            return lsnn_fail(err, LSNN_DATA, "%s: %s holds more than %d arrays", file_path, group, NIR_MAX_VALUES);
        TRY(arena_format(a, &path, err, "%s/%s", group, names[k]));
        TRY(read_value(&out->value[out->n_values++], file, file_path, names[k], path, a, err));
    }
    return LSNN_OK;
}

static lsnn_status read_graph(nir_graph *out, const store *file, arena *a, lsnn_error *err)
{
    const char **names, *type;
    store_shape shape;
    if (!store_has(file, "/node/nodes") || !store_has(file, "/node/edges"))
        return lsnn_fail(err, LSNN_DATA, "%s: not a NIR graph: /node/nodes and /node/edges are missing", out->path);
    TRY(store_read_text(file, a, &type, "/node/type", err));
    if (strcmp(type, "NIRGraph") != 0)
        return lsnn_fail(err, LSNN_DATA, "%s: /node is a %s, not a NIRGraph", out->path, type);
    TRY(store_members(file, a, &names, &out->n_nodes, "/node/nodes", err));
    TRY(arena_take(a, &out->nodes, (size_t)out->n_nodes + 1, sizeof *out->nodes, err));
    for (int k = 0; k < out->n_nodes; k++)
        TRY(read_node(&out->nodes[k], file, out->path, names[k], a, err));
    TRY(store_read_texts(file, a, &out->edges, &shape, "/node/edges", err));
    if (shape.n_dims != 2 || shape.dim[1] != 2)
        return lsnn_fail(err, LSNN_DATA, "%s: /node/edges should be pairs of names", out->path);
    out->n_edges = (int)shape.dim[0];
    for (int k = 0; k < 2 * out->n_edges; k++)
        if (!nir_find(out, out->edges[k]))
            return lsnn_fail(err, LSNN_DATA, "%s: an edge names the node '%s', which is not there", out->path,
                             out->edges[k]);
    return LSNN_OK;
}

lsnn_status nir_read(nir_graph **out, const char *path, arena *a, lsnn_error *err)
{
    store *file;
    TRY(arena_take(a, out, 1, sizeof **out, err));
    (*out)->path = path;
    TRY(store_open(&file, path, err));
    const lsnn_status status = read_graph(*out, file, a, err);
    const lsnn_status closed = store_close(file, false, NULL);
    return status != LSNN_OK ? status : closed;
}
