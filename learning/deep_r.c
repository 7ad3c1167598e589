/* DEEP R: which synapses there are is learned along with their weights (Bellec, Kappel, Maass & Legenstein 2018, ICLR, "Deep
 * rewiring: training very sparse deep networks"). */
#include "lsnn/rule.h"
#include <math.h>

typedef struct deep_r {
    double l1, temperature;
} deep_r;

static const lsnn_field fields[] = {
    {"l1", LSNN_REAL, offsetof(deep_r, l1), "0.01", NULL, 0, INFINITY, false, NULL,
     "alpha: each update takes rate x alpha from theta"},
    {"temperature", LSNN_REAL, offsetof(deep_r, temperature), "0", NULL, 0, INFINITY, false, NULL,
     "T: each update adds sqrt(2 rate T) x a normal number to theta"},
    LSNN_END,
};

static void change(const void *parameters, double rate, size_t n, real *theta, lsnn_random *chance)
{
    const deep_r *p = parameters;
    const real less = (real)(rate * p->l1);
    const double noise = sqrt(2 * rate * p->temperature);
    for (size_t k = 0; k < n; k++)
        theta[k] -= less;
    for (size_t k = 0; noise > 0 && k < n; k++)
        theta[k] += (real)(noise * lsnn_random_normal(chance));
}

const lsnn_rewiring lsnn_rewiring_deep_r = {
    .name = "deep_r",
    .doc =
        "DEEP R (Bellec et al. 2018, ICLR): w = sign theta. After each update of the weights\n"
        "  theta -= rate alpha;  theta += sqrt(2 rate T) N(0, 1)\n"
        "then synapses with theta < 0 become dormant, and as many of the pairs without a synapse, drawn uniformly,\n"
        "become active with theta = 1e-12, the optimiser's m at 0 and v at the projection's mean, one of its delays "
        "and the\n"
        "sign of the presynaptic neuron (without `signs:` a random one). The number of synapses of each projection is\n"
        "constant; the published code shares out one number between matrices by a multinomial, and lets the moments "
        "of\n"
        "dormant synapses go on.\n"
        "It goes with gradients, so with the rules eprop and bptt, and with natural_eprop for all but the trainee; "
        "not\n"
        "with samplers, and with `threads: neurons` for projections to readouts only.",
    .fields = fields,
    .size = sizeof(deep_r),
    .start = 1e-12,
    .change = change,
};
