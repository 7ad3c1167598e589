/* Leaky integrate-and-fire neuron (LIF): the ALIF neuron without adaptation. */
#define ADAPTIVE false
#include "threshold.h"

static const lsnn_field fields[] = {THRESHOLD_FIELDS, LSNN_END};

static const lsnn_variable states[] = {
    {"v", NULL, "membrane potential"}, {"r", "steps", "silent steps that are left"}, {NULL, NULL, NULL}};
static const lsnn_variable adjoints[] = {{"nu", NULL, "dE/dv"},
                                         {"pull", NULL, "what the reset takes from dE/dz a step earlier (lsnn2018)"},
                                         {"carry", NULL, "what enters nu a step earlier (lsnn2018code)"},
                                         {"to_A", NULL, "dE/dA of the step, for learning"},
                                         {NULL, NULL, NULL}};
static const lsnn_trainable trainable[] = {THRESHOLD_TRAINABLE, {NULL, false}};

const lsnn_model lsnn_model_lif = {
    .name = "lif",
    .doc = "Leaky integrate-and-fire neuron (Bellec et al. 2018, 2020):\n"
           "  v[t] = alpha v[t-1] + s_i I[t] - v_th z[t-1],  alpha = exp(-dt/tau_m)\n"
           "  z[t] = 1 if v[t] > v_th and no spike in the n_ref steps before\n"
           "In the dialect lsnn2018code the spike is decided on v[t-1].",
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
