/* What a learning rule, an optimiser and a rewiring are. One file each in learning/: `const lsnn_rule lsnn_rule_<file name>`,
 * `const lsnn_optimiser lsnn_optimiser_<file name>` or `const lsnn_rewiring lsnn_rewiring_<file name>`. */
#ifndef LSNN_RULE_H
#define LSNN_RULE_H

#include "lsnn/field.h"
#include "lsnn/model.h"
#include "lsnn/random.h"

typedef enum lsnn_feedback {
    LSNN_SYMMETRIC, /* F = W_out */
    LSNN_RANDOM,    /* F fixed, random */
    LSNN_ADAPTIVE   /* F random at first, then changed as W_out is; both decay (Kolen & Pollack 1994) */
} lsnn_feedback;

/* A trial is a demonstration, from which the trainee learns by one update of e-prop, and then the test that is judged. What learns
 * from trial to trial is what the trainee starts with and, if they do not come from its own errors, who emits the learning signals. */
typedef struct lsnn_inner {
    bool on;
    bool
        generator; /* learning signals come from readouts of other neurons; else from the errors of the demonstration */
    double rate;   /* eta in W' = W - eta sum_t L_j[t] ebar_ji[t] */
    double tau;    /* ms, time constant of the filter from e to ebar; 0: none. Errors have the readout's */
    const struct config_node *trainee; /* names of its populations (generator) */
    const char *signals;               /* the population of readouts whose values are L_j (generator) */
} lsnn_inner;

/* Gradients are computed by one backward pass over the local adjoints of the models; a rule says which paths it follows, and
 * with which weights a readout's error reaches the spiking neurons. */
typedef struct lsnn_paths {
    bool recurrent; /* from a spike through other neurons */
    bool reset;     /* from a spike through its neuron's reset */
    int truncate; /* none of them from one stretch of so many steps into the one before; 0: the trial is one stretch */
    int chunk;    /* online: the gradient of so many steps is known at their end; 0: at the end of the trial */
    bool hold;    /* online, but weights change after the trial only */
    lsnn_feedback feedback;
    const struct config_node *feedback_weights; /* how F is drawn, like the weights of a projection */
    double feedback_decay;                      /* per update, of F and W_out, with LSNN_ADAPTIVE */
    lsnn_inner inner;
} lsnn_paths;

typedef struct lsnn_rule {
    const char *name;
    const char *doc;
    const lsnn_field *fields; /* under `learning.rule:` in the config */
    size_t size;
    lsnn_paths (*paths)(const void *parameters); /* REQUIRED */
} lsnn_rule;

#define LSNN_MAX_MOMENTS 4

typedef struct lsnn_optimiser {
    const char *name;
    const char *doc;
    const lsnn_field *fields; /* under `learning.optimiser:` in the config */
    size_t size;
    const char *const *moments; /* names of the arrays it keeps per weight, NULL at the end */
    unsigned
        scales; /* bit m: moment m is a scale of gradients; a synapse that rewiring makes begins with the projection's mean
                        of it, and with 0 of the others */
    /* Change n weights (aligned, n a multiple of LSNN_LANES). `rate`: the learning rate now; `update`: 1, 2, ... REQUIRED */
    void (*step)(const void *parameters, double rate, uint64_t update, size_t n, real *weight, const real *gradient,
                 real *const moment[]);
} lsnn_optimiser;

/* How a projection changes which synapses it has; their number stays. A synapse is theta = sign x weight >= 0, its sign being fixed.
 * After each step of the optimiser `change` moves the thetas once more. Those that are negative then become dormant, and as many
 * of the pairs that are not connected, drawn uniformly, get a synapse with theta = `start`. */
typedef struct lsnn_rewiring {
    const char *name;
    const char *doc;
    const lsnn_field *fields; /* under `projections.NAME.rewiring:` in the config */
    size_t size;
    double start;
    /* `rate`: the learning rate now, times the projection's factor; `chance`: what to draw from. REQUIRED */
    void (*change)(const void *parameters, double rate, size_t n, real *theta, lsnn_random *chance);
} lsnn_rewiring;

#endif
