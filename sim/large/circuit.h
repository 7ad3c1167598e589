/* A large network, built once for an engine that simulates it: neurons cut into slices, synapses stored for delivery.
 *
 * Populations, sources and neuron parameters are those of the experiment's `network` (network.h), whose projections stay
 * empty: its synapses are drawn directly into rows. A slice holds a part of every population (so that slices are alike)
 * and all synapses onto these neurons; one thread works on a slice, and what other slices must know are spikes alone.
 *
 * Presynaptic cells of a projection are numbered from 0, in the order of neuron ids or of the source's cells. A row is
 * what cell i sends into one slice, in the order of targets. So a neuron receives the spikes of one time by projection and
 * by i, wherever slices are cut: the same sums for any number of slices and threads. */
#ifndef CIRCUIT_H
#define CIRCUIT_H

#include "build.h"

/* Parts begin at multiples of this many neurons of their population: random input is drawn in such blocks. */
#define CIRCUIT_BLOCK 256
/* Columns of a slice: what a target of two bytes can tell apart. */
#define CIRCUIT_MOST_COLUMNS 65536

/* The neurons first .. first+n-1 of a population, at columns column .. column+width-1 of their slice. n may be 0. */
typedef struct circuit_part {
    int first, n, width, column;
} circuit_part;

/* The synapses of a projection into one slice. Row i is start[i] .. start[i+1]-1. */
typedef struct circuit_rows {
    uint32_t *start;  /* [n_from + 1] */
    uint16_t *target; /* column in the slice, ascending in a row */
    real *weight;     /* NULL: projection.weight for all */
    uint16_t *step;   /* delays in steps; NULL: one delay for all, or `time` */
    double *time;     /* delays in ms, of engines without a grid; NULL: one delay for all, or `step` */
} circuit_rows;

typedef struct circuit_slice {
    int n_columns;
    circuit_part *part; /* [net->n_populations] */
    circuit_rows *rows; /* [n_projections] */
} circuit_slice;

typedef struct circuit_projection {
    const char *name;
    int source;                              /* of the presynaptic cells; -1: they are neurons */
    int from, n_from;                        /* first presynaptic id (cell of the source, or neuron) and how many */
    int from_population, n_from_populations; /* when source is -1 */
    int to_population, n_to_populations;
    size_t n_synapses;
    bool one_weight;
    real weight;                  /* with one_weight */
    int first_step, last_step;    /* shortest and longest delay; equal: one delay for all (grid) */
    double first_time, last_time; /* the same in ms, to the last bit as given (event) */
} circuit_projection;

/* A Poisson source whose cells each drive one neuron: population by population its spikes are drawn where they are felt,
 * and no synapse is stored. */
typedef struct circuit_drive {
    int source, number;                  /* of the projection, for its random numbers */
    int to_population, n_to_populations; /* cell 0 drives the first neuron of the first one, and so on */
    real weight;
    int step;    /* delay */
    double time; /* the same in ms */
} circuit_drive;

typedef struct circuit {
    const experiment *e;
    const network *net;
    bool continuous; /* delays are times, not steps */
    int n_slices;
    circuit_slice *slice;
    int n_projections;
    circuit_projection *projection;
    int n_drives;
    circuit_drive *drive;
    size_t n_synapses;
    size_t bytes;   /* of the synapses */
    double seconds; /* that it took to build */
    int first_step; /* shortest delay between neurons: so long no slice needs to hear of another; 0: none project */
    int last_step;  /* longest delay of all */
    double first_time, last_time;
} circuit;

/* Whether a projection becomes a drive: from a Poisson source that no other projection hears, one_to_one, of one weight and delay. */
bool circuit_is_drive(const experiment *e, const projection_plan *plan);

/* What is wrong with the plans and can be said before synapses are drawn. */
LSNN_MUST_USE lsnn_status circuit_check(const experiment *e, lsnn_error *err);

/* Bytes of a circuit of the experiment's plans, foreseen before anything is drawn. */
double circuit_predict(const experiment *e, int n_threads);

/* Memory of the experiment's arena, with the number of slices that suits n_threads. LSNN_CONFIG, LSNN_MEMORY. */
LSNN_MUST_USE lsnn_status circuit_new(circuit **out, const experiment *e, int n_threads, lsnn_error *err);

/* The part that neuron j of a population lies in, and its slice. */
int circuit_slice_of(const circuit *c, int pop, int j);

/* Calls `visit` for each synapse of a projection in the order of i and then j (the target counted from the first neuron
 * of the first population that the projection reaches). */
typedef void circuit_visitor(void *with, int i, int j, real weight, double delay);
void circuit_each_synapse(const circuit *c, int number, circuit_visitor *visit, void *with);

#endif
