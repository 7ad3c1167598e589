/* A network on a time grid: populations, sources of input, projections, and the parameters that learning changes. It is read-only
 * while trials are simulated; state lives in workers (worker.h).
 *
 * Two numberings: a neuron's id counts the neurons of all spiking populations (readouts count on their own); its column counts
 * with the padding of each population to LSNN_LANES. Presynaptic neurons are given by id, postsynaptic ones by column.
 *
 * Hidden populations (lsnn_model.hidden) stand and count among the spiking ones, though they send values. A neuron with several
 * ports is a target once per port: port p of neuron j of a population is its target p * n + j, at column + p * width + j. */
#ifndef NETWORK_H
#define NETWORK_H

#include "arena.h"
#include "lsnn/rule.h"
#include "synapses.h"

typedef struct population {
    const char *name;
    const lsnn_model *model;
    const void *parameters; /* the struct that model->fields describes */
    int n;                  /* neurons */
    int first;              /* id of the first one */
    int width;              /* n padded to LSNN_LANES */
    int n_ports;            /* currents per neuron */
    int column;             /* the first of n_ports * width; outputs lie in the first `width` of them */
    int n_states, n_adjoints, n_trainable;
    int n_tapes, tape[LSNN_MAX_TAPES];    /* those that are written */
    int trainable;                        /* its first entry in network.parameters */
    real *constant[LSNN_MAX_CONSTANTS];   /* [width] */
    double *prepared[LSNN_MAX_CONSTANTS]; /* [n] the same before rounding */
    unsigned uniform;                     /* as in lsnn_slice */
    const real *sign;                     /* [n] of the weights of what leaves a neuron: 1 or -1; NULL: any */
} population;

typedef enum source_kind {
    SOURCE_TASK,
    SOURCE_POISSON,
    SOURCE_SPIKES,
    SOURCE_CURRENT,
    SOURCE_DEMONSTRATION
} source_kind;

typedef struct source {
    const char *name;
    source_kind kind;
    int n;              /* cells */
    bool analog;        /* a value per cell and step instead of spikes */
    bool runs;          /* neighbouring cells often spike together */
    const double *rate; /* SOURCE_POISSON: [n] per ms */
    size_t n_spikes;    /* SOURCE_SPIKES: the same spikes in each trial */
    const uint32_t *spike_step, *spike_cell;
    const double *spike_time; /* ms; for an engine in continuous time only */
    const double *value;      /* SOURCE_CURRENT: [n] constant values */
    const real *sign;         /* as in population */
} source;

/* What learning changes: an array of weights, or a trainable column of a population. */
typedef struct parameter {
    const char *name;
    size_t n;      /* a multiple of LSNN_LANES */
    real *value;   /* [n] */
    real *present; /* [n], 0 where there is no synapse, else 1; NULL: all are there */
    real *sign;    /* [n], 1 or -1 where a weight must not change its sign, else 0; NULL: all may */
    bool learn;
    double rate;             /* times the learning rate */
    double min, max;         /* bounds, +-INFINITY without */
    bool decays;             /* subject to weight decay */
    bool logarithm;          /* of a trainable: value holds the logarithm */
    const lsnn_field *field; /* of a trainable: the model's, with name, unit and description; else NULL */
    const double *initial;   /* of a trainable that learns: [neurons] what the config says, in its unit; else NULL */
} parameter;

/* A presynaptic neuron of a dense projection: its row, its own column, and the delay of its axon in steps. */
typedef struct axon {
    int row, column, delay;
} axon;

/* Steps that the backward pass takes together for axons that have at least such delays (pull.h). */
#define N_STRETCHES 4
#define LONGEST_STRETCH 16
static const int stretch_steps[N_STRETCHES] = {1, 4, 8, LONGEST_STRETCH};

typedef struct projection {
    const char *name;
    int number;                              /* in the config: its random streams */
    int source;                              /* of the presynaptic cells; -1: they are neurons */
    int from, n_from;                        /* first presynaptic id (cell of the source, or neuron) and how many */
    int from_population, n_from_populations; /* when source is -1 */
    int n_to;                                /* targets */
    int column, width;                       /* their columns */
    bool to_output;                          /* the targets are readouts */
    int n_delays;                            /* different delays */
    const int *delay;                        /* [n_delays] steps, ascending */
    size_t n_synapses;
    int parameter; /* of its weights in network.parameters */
    bool dense;
    bool sums; /* dense, from a source with runs: prefix sums of the rows are kept */
    /* dense: value[i * width + column - first column]; one delay, or one for each row */
    int *row_delay; /* [n_from]; NULL: delay[0] */
    /* dense, between neurons, with axons that a stretch is for: [n_from] in ascending order of delay; those of stretch k begin at
     * stretch_start[k]. Else NULL. */
    axon *by_delay;
    int stretch_start[N_STRETCHES + 1];
    /* sparse: row i is row_start[i] .. row_start[i+1] - 1, by delay and then by target */
    size_t *row_start; /* [n_from + 1] */
    uint32_t
        *offset;  /* [n_synapses] delay * n_columns + target column: where it points from the presynaptic step's row */
    real *prefix; /* [(n_from + 1) * width]: sum of the rows before; with `sums` */
    const real
        *sign; /* [n_from] of all weights that leave a presynaptic neuron, 0: of either sign; NULL: all of either */
    bool no_autapses;              /* the same neurons on both sides, and none may be connected to itself */
    const lsnn_rewiring *rewiring; /* NULL: the synapses stay where they are */
    const void *rewiring_parameters;
    real *feedback;           /* to outputs: F, laid out as the dense weights; the weights themselves when symmetric */
    real *feedback_by_output; /* [width][spiking columns]: F transposed, renewed before each batch */
} projection;

/* Delay of the dense row of a presynaptic cell, in steps. */
static inline int network_row_delay(const projection *p, size_t i)
{
    return p->row_delay ? p->row_delay[i] : p->delay[0];
}

/* Whether the population's neurons are among those that the projection starts from. */
static inline bool network_hears(const projection *p, const population *pop)
{
    return p->source < 0 && pop->first >= p->from && pop->first + pop->n <= p->from + p->n_from;
}

typedef struct network {
    arena *memory;
    double dt; /* ms */
    uint64_t seed;
    population *populations;
    int n_populations, n_spiking_populations;
    int n_spiking;       /* neurons */
    int n_hidden;        /* those of them that do not spike */
    int spiking_columns; /* columns 0 .. spiking_columns-1 spike, the rest are readouts */
    int n_columns;
    int n_outputs; /* readout neurons; they sit at spiking_columns + k when one population holds them */
    source *sources;
    int n_sources, n_cells;
    projection *projections;
    int n_projections;
    parameter *parameters;
    int n_parameters;
    int max_delay;
} network;

LSNN_MUST_USE lsnn_status network_new(network **out, arena *memory, double dt, uint64_t seed, lsnn_error *err);

/* `values`: a source whose name, kind and numbers are filled in. */
LSNN_MUST_USE lsnn_status network_add_source(network *net, const source *values, lsnn_error *err);

/* Populations come before projections, spiking ones before readouts, else LSNN_CONFIG. The parameters are kept, not copied. */
LSNN_MUST_USE lsnn_status network_add_population(network *net, const char *name, const lsnn_model *model, int n,
                                                 const void *parameters, lsnn_error *err);

typedef struct projection_spec {
    const char *name;
    int number;
    int source;                              /* -1: from neurons */
    int from_population, n_from_populations; /* neighbours; when source is -1 */
    int to_population, n_to_populations;
    bool learn;
    double rate, min, max;
    bool sparse;      /* store as lists whatever the density */
    const real *sign; /* these four as in projection; kept, not copied */
    bool no_autapses;
    const lsnn_rewiring *rewiring;
    const void *rewiring_parameters;
} projection_spec;

/* `wires` (i: cell or neuron counted from the first of the projection; j likewise) is sorted here and not needed afterwards. */
LSNN_MUST_USE lsnn_status network_add_projection(network *net, const projection_spec *spec, synapses *wires,
                                                 lsnn_error *err);

/* Column of the j-th target of a projection, counted from its first column; and how many targets there are. */
int network_target_column(const network *net, const projection *p, int j);
int network_count_targets(const network *net, const projection *p);

/* Feedback weights of a projection to readouts, [n_from][p->width] like its dense weights; copied. NULL: symmetric. */
LSNN_MUST_USE lsnn_status network_set_feedback(network *net, projection *p, const real *feedback, lsnn_error *err);

int network_find_population(const network *net, const char *name); /* -1: none */
int network_find_projection(const network *net, const char *name);
int network_find_source(const network *net, const char *name);

/* The parameters of a population that learn, in the order of the model's table; returns how many. */
int network_learned(const network *net, const population *p, const parameter *out[static LSNN_MAX_TRAINABLE]);
/* A trainable of the j-th neuron in the parameter's own unit, and the number that stands for such a value. */
double network_value(const parameter *p, int j);
real network_stored(const parameter *p, double value);

/* What follows from what learns: constants of neurons, prefix sums, transposed feedback. Before each batch. */
void network_refresh(network *net);

/* Position of synapse (i, j) of a dense projection, or of the k-th stored synapse, in its parameter: for reading weights out.
 * Calls `visit` for each synapse in the order of i, delay, j. */
typedef void network_visitor(void *with, int i, int j, int delay, size_t position);
void network_each_synapse(const network *net, const projection *p, network_visitor *visit, void *with);

#endif
