/* What a learning rule and an optimiser are. One file each in learning/: `const lsnn_rule lsnn_rule_<file name>` or
 * `const lsnn_optimiser lsnn_optimiser_<file name>`. */
#ifndef LSNN_RULE_H
#define LSNN_RULE_H

#include "lsnn/field.h"
#include "lsnn/model.h"

typedef enum lsnn_feedback {
    LSNN_SYMMETRIC, /* F = W_out */
    LSNN_RANDOM,    /* F fixed, random */
    LSNN_ADAPTIVE   /* F random at first, then changed as W_out is; both decay (Kolen & Pollack 1994) */
} lsnn_feedback;

/* Gradients are computed by one backward pass over the local adjoints of the models; a rule says which paths it follows, and
 * with which weights a readout's error reaches the spiking neurons. */
typedef struct lsnn_paths {
    bool recurrent; /* from a spike through other neurons */
    bool reset;     /* from a spike through its neuron's reset */
    int truncate; /* none of them from one stretch of so many steps into the one before; 0: the trial is one stretch */
    lsnn_feedback feedback;
    const struct config_node *feedback_weights; /* how F is drawn, like the weights of a projection */
    double feedback_decay;                      /* per update, of F and W_out, with LSNN_ADAPTIVE */
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
    /* Change n weights (aligned, n a multiple of LSNN_LANES). `rate`: the learning rate now; `update`: 1, 2, ... REQUIRED */
    void (*step)(const void *parameters, double rate, uint64_t update, size_t n, real *weight, const real *gradient,
                 real *const moment[]);
} lsnn_optimiser;

#endif
