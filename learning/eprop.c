/* e-prop (Bellec et al. 2020): gradients from local eligibility and a learning signal. */
#include "lsnn/rule.h"

typedef struct eprop {
    int feedback, chunk, update;
    const struct config_node *feedback_weights;
    double feedback_decay;
} eprop;

static const lsnn_field fields[] = {
    {"feedback", LSNN_CHOICE, offsetof(eprop, feedback), "symmetric", NULL, 0, 0, false, "symmetric|random|adaptive",
     "F: the readout weights themselves, fixed random ones, or random ones that change as the readout does"},
    {"feedback_weights", LSNN_NODE, offsetof(eprop, feedback_weights), "{normal: [0, 1]}", NULL, 0, 0, false, NULL,
     "how F is drawn (random, adaptive): like the weights of a projection"},
    {"feedback_decay", LSNN_REAL, offsetof(eprop, feedback_decay), "0", NULL, 0, 1, false, NULL,
     "share that F and W_out lose with each update (adaptive)"},
    {"chunk", LSNN_INT, offsetof(eprop, chunk), "0", "steps", 0, 1e6, false, NULL,
     "online learning: gradients of so many steps at a time from eligibility traces, with a causal learning signal; 0: "
     "of whole trials"},
    {"update", LSNN_CHOICE, offsetof(eprop, update), "chunk", NULL, 0, 0, false, "chunk|trial",
     "online: when weights change, after each chunk or after the trial"},
    LSNN_END,
};

static lsnn_paths paths(const void *parameters)
{
    const eprop *p = parameters;
    return (lsnn_paths){.feedback = (lsnn_feedback)p->feedback,
                        .feedback_weights = p->feedback_weights,
                        .feedback_decay = p->feedback_decay,
                        .chunk = p->chunk,
                        .hold = p->update == 1};
}

const lsnn_rule lsnn_rule_eprop = {
    .name = "eprop",
    .doc = "e-prop (Bellec et al. 2020, Nat. Commun. 11:3625). dE/dW_ij = sum_t L_j[t] e_ij[t] with eligibility traces "
           "e,\n"
           "computed by the equal adjoint form: cost neurons x steps + spikes x fan-out instead of synapses x steps.",
    .fields = fields,
    .size = sizeof(eprop),
    .paths = paths,
};
