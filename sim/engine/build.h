/* From a config to everything that a run needs. */
#ifndef BUILD_H
#define BUILD_H

#include "trainer.h"
#include "values.h"
#include "wiring.h"

typedef enum record_what {
    RECORD_SPIKES,
    RECORD_INPUT, /* spikes of a source */
    RECORD_WEIGHTS,
    RECORD_PARAMETERS, /* those of neurons that learn */
    RECORD_ALIGNMENT,
    RECORD_VARIABLE,
    RECORD_TARGET, /* what a readout should say */
    RECORD_SIGNAL  /* dE/dz of neurons */
} record_what;

/* One entry of `record:`. */
typedef struct record_spec {
    const char *name;
    record_what what;
    int population, n_populations; /* spikes, parameters: neighbours; variable: one */
    int source;                    /* input */
    int projection;                /* weights, alignment */
    const char *variable;          /* of the model: a state, a tape, a derived quantity, z or y, I */
    int n_neurons;                 /* variable, target */
    const int *neuron;
    int every, trials; /* iterations, of a simulation steps; samples of the batch */
} record_spec;

typedef enum engine_kind { ENGINE_NONE, ENGINE_GRID, ENGINE_EVENT } engine_kind;

/* A network that is simulated, once and for long, instead of trained. */
typedef struct simulation_settings {
    engine_kind engine;          /* ENGINE_NONE: the config is of a training */
    double time, transient, bin; /* ms: in all; until statistics begin; of the counts of spikes */
} simulation_settings;

/* A projection whose synapses are not in the network: an engine for large networks draws them. Of a simulation all are such, of a
 * training by threads over neurons those between neurons and from sources. */
typedef struct projection_plan {
    projection_spec spec;
    wiring_site site;
    wiring_plan wiring;
    const config_node *node;
} projection_plan;

typedef enum goal_metric { GOAL_NONE, GOAL_ERROR, GOAL_LOSS } goal_metric;

typedef struct experiment {
    arena *memory;
    config_node *root;    /* resolved */
    const char *resolved; /* as text, without comments: what checkpoints and run.h5 hold */
    const char *name;
    uint64_t seed;
    double dt;
    network *net;
    simulation_settings simulation; /* with an engine, what follows is empty but for records */
    projection_plan *plans;
    int n_plans;
    double wiring_bytes; /* most that was in use while synapses were drawn */
    trainer *trainer;
    struct learner *learner; /* sim/large, of a training by threads over neurons */
    const lsnn_task *task;
    const void *task_state, *task_parameters;
    lsnn_shape shape;
    learning_settings learning;
    int validate_every, validate_batches; /* every 0: never */
    int64_t test_trials;                  /* -1: the whole set */
    int goal;                             /* goal_metric, of the validation */
    double goal_below;
    int goal_confirm; /* further batches that must reach it as well */
    double checkpoint_seconds;
    int n_threads; /* that work together */
    int n_records;
    record_spec *records;
} experiment;

/* Whether a config is one of a simulation. */
bool build_simulates(const config_node *root);

/* Reads `root` (which becomes the resolved config), builds network and trainer. All mistakes in one go. The experiment's memory is
 * `memory`, and so the caller's to free. */
LSNN_MUST_USE lsnn_status build_experiment(experiment **out, config_node *root, const values_files *files,
                                           int n_threads, arena *memory, lsnn_error *err);

/* Every table of the config that is not a plug-in's, for `lsnn describe config`; ends with title NULL. */
typedef struct build_table {
    const char *title;
    const lsnn_field *fields;
} build_table;
const build_table *build_tables(void);

extern const lsnn_field build_population_table[], build_source_table[], build_projection_table[]; /* build_network.c */
extern const lsnn_field build_signs_table[];                                                      /* build_signs.c */
extern const lsnn_field build_learning_table[], build_schedule_table[], build_loss_table[], build_rate_table[];
extern const lsnn_field build_record_table[];
extern const lsnn_field build_simulation_table[], build_simulation_top_table[], build_simulation_record_table[];

/* Parts, in the order in which they are called (build_network.c, build_learning.c). */
typedef struct build {
    experiment *e;
    fields_reader reader;
    config_report report;
    const values_files *files;
    lsnn_error *err;
} build;

LSNN_MUST_USE lsnn_status build_network(build *b, config_node *sources, config_node *populations, config_node *signs,
                                        config_node *projections);
/* Draws the synapses of n plans into the network. LSNN_MEMORY before anything is drawn. */
LSNN_MUST_USE lsnn_status build_wires(build *b, const projection_plan *plans, int n);
/* Which cells of a source or neurons of a population are excitatory. */
LSNN_MUST_USE lsnn_status build_signs(build *b, config_node *node);
/* Signs of the cells or neurons where a projection starts; NULL: none of them has one. */
LSNN_MUST_USE lsnn_status build_signs_of(build *b, const projection_spec *spec, int n_from, const real **out);
LSNN_MUST_USE lsnn_status build_learning(build *b, config_node *learning);
/* Who learns within trials, once projections exist. */
LSNN_MUST_USE lsnn_status build_inner(build *b, const config_node *learning, const config_node *populations,
                                      const config_node *projections);
/* Random feedback of the projections to readouts, once they exist. */
LSNN_MUST_USE lsnn_status build_feedback(build *b);
LSNN_MUST_USE lsnn_status build_records(build *b, const config_node *record);
/* Shared by the records of trainings and simulations: a variable of the model, of some of its neurons; `own` are the keys of the entry's table. */
LSNN_MUST_USE lsnn_status build_record_variable(build *b, record_spec *spec, config_node *node, const char *const *own);
LSNN_MUST_USE lsnn_status build_record_neurons(build *b, record_spec *spec, config_node *node, const char *const *own);
/* A mistake when a record before this one, of experiment.records, wants the same place in run.h5. */
void build_record_once(build *b, const record_spec *spec, const config_node *of);
/* Everything of a config with `simulation:`. */
LSNN_MUST_USE lsnn_status build_simulation(build *b, config_node *root);
/* `x` is short for {kind: x}: the node becomes that map, and its kind is returned (NULL after a mistake). */
LSNN_MUST_USE lsnn_status build_kind(build *b, config_node *node, const char **kind);
/* Names become those of groups in HDF5 files, which have a meaning for some. */
void build_check_name(build *b, const config_node *node);
/* A mistake at the node's kind: no such plug-in, did you mean. */
void build_unknown(build *b, const config_node *node, const char *sort, const char *name, const char *const *names,
                   int n);
/* The struct of a field table, zeroed and filled from the map (which also holds `kind`). */
LSNN_MUST_USE lsnn_status build_parameters(build *b, const void **out, const lsnn_field *fields, size_t size,
                                           config_node *map);
/* Neighbouring populations named by a node: a name, or a list in the network's order. */
bool build_populations(build *b, const config_node *node, int *first, int *n);

#endif
