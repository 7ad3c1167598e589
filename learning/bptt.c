/* Backpropagation through time with surrogate derivatives. */
#include "lsnn/rule.h"

typedef struct bptt {
    bool through_reset;
    int truncate;
} bptt;

static const lsnn_field fields[] = {
    {"through_reset", LSNN_BOOL, offsetof(bptt, through_reset), "true", NULL, 0, 0, false, NULL,
     "whether the gradient follows the reset of the membrane potential; if not, what the reset takes is a constant, "
     "also where "
     "v_th or beta are learned"},
    {"truncate", LSNN_INT, offsetof(bptt, truncate), "0", "steps", 0, 2e9, false, NULL,
     "cut the gradient's way back in time each so many steps; 0: nowhere"},
    LSNN_END,
};

static lsnn_paths paths(const void *parameters)
{
    const bptt *p = parameters;
    return (lsnn_paths){
        .feedback = LSNN_SYMMETRIC, .recurrent = true, .reset = p->through_reset, .truncate = p->truncate};
}

const lsnn_rule lsnn_rule_bptt = {
    .name = "bptt",
    .doc =
        "Backpropagation through time (Werbos 1990) with surrogate derivatives (Bellec et al. 2018, NeurIPS). On the\n"
        "backward pass of e-prop: in addition a spike's signal is what it does to other neurons, sum_m W[j,m] "
        "dE/dI_m,\n"
        "and to its own reset. It is needed only where the surrogate is not zero (Perez-Nieves & Goodman 2021).",
    .fields = fields,
    .size = sizeof(bptt),
    .paths = paths,
};
