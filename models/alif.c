/* Adaptive leaky integrate-and-fire neuron (ALIF): the threshold rises with each spike and decays with tau_a. */
#define ADAPTIVE true
#include "threshold.h"

static const lsnn_field fields[] = {
    THRESHOLD_FIELDS,
    {THRESHOLD_FIELD(LSNN_NEURONS, tau_a), "200", "ms", 0, INFINITY, true, NULL, "adaptation time constant tau_a"},
    {THRESHOLD_FIELD(LSNN_NEURONS, beta), "0.1", NULL, -INFINITY, INFINITY, false, NULL,
     "threshold added per unit of the adaptation a; may be negative"},
    {THRESHOLD_FIELD(LSNN_NEURONS, v_th_min), "0", NULL, 0, INFINITY, false, NULL,
     "floor under the threshold, for beta < 0 (dialects lsnn2018*); 0: none"},
    {THRESHOLD_FIELD(LSNN_CHOICE, scale_adapt), "none", NULL, 0, 0, false, "none|leak",
     "s_a: a spike adds 1 (none) or 1 - rho (leak) to a"},
    THRESHOLD_NUMBER(a_0, "0", NULL, false, -INFINITY, "adaptation before the first step"),
    THRESHOLD_SWITCH(learn_tau_a, "whether tau_a is learned, per neuron"),
    THRESHOLD_SWITCH(learn_beta, "whether beta is learned, per neuron"),
    THRESHOLD_SWITCH(learn_a_0, "whether a_0 is learned, per neuron"),
    LSNN_END,
};

static const lsnn_variable states[] = {{"v", NULL, "membrane potential"},
                                       {"r", "steps", "silent steps that are left"},
                                       {"a", NULL, "adaptation"},
                                       {NULL, NULL, NULL}};
static const lsnn_variable adjoints[] = {{"nu", NULL, "dE/dv"},
                                         {"pull", NULL, "what the reset takes from dE/dz a step earlier (lsnn2018)"},
                                         {"carry", NULL, "what enters nu a step earlier (lsnn2018code)"},
                                         {"to_A", NULL, "dE/dA of the step, for learning"},
                                         {"mu", NULL, "dE/da"},
                                         {"pull_a", NULL, "what the reset takes from mu (lsnn2018)"},
                                         {NULL, NULL, NULL}};
static const lsnn_trainable trainable[] = {
    THRESHOLD_TRAINABLE, {"tau_a", true}, {"beta", false}, {"a_0", false}, {NULL, false}};

const lsnn_model lsnn_model_alif = {
    .name = "alif",
    .doc = "Adaptive leaky integrate-and-fire neuron (Bellec et al. 2018, 2020):\n"
           "  a[t] = rho a[t-1] + s_a z[t-1]        A[t] = v_th + beta a[t]\n"
           "  v[t] = alpha v[t-1] + s_i I[t] - v_th z[t-1]\n"
           "  z[t] = 1 if v[t] > A[t] and no spike in the n_ref steps before\n"
           "with alpha = exp(-dt/tau_m), rho = exp(-dt/tau_a). Dialect lsnn2018paper resets by A[t-1], lsnn2018code\n"
           "resets by A[t] and decides on v[t-1]; in both the surrogate is relative to A, and A is at least v_th_min.",
    .spiking = true,
    .fields = fields,
    .size = sizeof(threshold_parameters),
    .states = states,
    .adjoints = adjoints,
    .tapes = threshold_tapes,
    .constants = threshold_constants,
    .trainable = trainable,
    .prepare = threshold_prepare,
    .begin = threshold_begin,
    .step = threshold_model_step,
    .backward = threshold_model_backward,
    .tangent = threshold_tangent,
    .end = threshold_end,
    .cut = threshold_cut,
    .which_tapes = threshold_which_tapes,
    .continuous = threshold_continuous,
    .derived = threshold_derived,
    .derive = threshold_derive,
};
