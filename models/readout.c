/* Leaky readout: a linear neuron that sums spikes and decays. */
#include "lsnn/model.h"
#include <math.h>

typedef struct readout {
    const double *tau_out, *bias;
    int scale;     /* 0: none, 1: leak */
    int bias_mode; /* 0: static, 1: leaky */
    bool learn_bias;
} readout;

enum { KAPPA, S_O, STATIC_BIAS, LEAKY_BIAS };
enum { Y };
enum { Q };

static const lsnn_field fields[] = {
    {"tau_out", LSNN_NEURONS, offsetof(readout, tau_out), "20", "ms", 0, INFINITY, true, NULL, "time constant tau_out"},
    {"scale", LSNN_CHOICE, offsetof(readout, scale), "none", NULL, 0, 0, false, "none|leak",
     "s_o: currents enter times 1 (none) or 1 - kappa (leak)"},
    {"bias", LSNN_NEURONS, offsetof(readout, bias), "0", NULL, -INFINITY, INFINITY, false, NULL, "bias b"},
    {"bias_mode", LSNN_CHOICE, offsetof(readout, bias_mode), "static", NULL, 0, 0, false, "static|leaky",
     "b is added after the filter (static) or inside it (leaky)"},
    {"learn_bias", LSNN_BOOL, offsetof(readout, learn_bias), "false", NULL, 0, 0, false, NULL, "whether b is learned"},
    LSNN_END,
};

static const char *prepare(const void *parameters, double dt, int n, double *const constant[])
{
    const readout *p = parameters;
    for (int k = 0; k < n; k++) {
        const double kappa = exp(-dt / p->tau_out[k]);
        constant[KAPPA][k] = kappa;
        constant[S_O][k] = p->scale ? 1 - kappa : 1;
        constant[STATIC_BIAS][k] = p->bias_mode ? 0 : 1;
        constant[LEAKY_BIAS][k] = p->bias_mode ? 1 : 0;
    }
    return NULL;
}

/* The filtered sum is state y; the output adds the static bias. */
LSNN_KERNEL static void step(const lsnn_slice *slice, const void *parameters, const real *restrict current,
                             real *restrict output)
{
    (void)parameters;
    const int n = slice->n;
    const real *restrict kappa = slice->constant[KAPPA], *restrict s_o = slice->constant[S_O];
    const real *restrict added = slice->constant[STATIC_BIAS], *restrict leaky = slice->constant[LEAKY_BIAS];
    const real *restrict b = slice->trainable[0];
    real *restrict y = slice->state[Y];
#pragma omp simd
    for (int k = 0; k < n; k++) {
        y[k] = kappa[k] * y[k] + s_o[k] * current[k] + leaky[k] * b[k];
        output[k] = y[k] + added[k] * b[k];
    }
}

/* q[t] = kappa q[t+1] + dE/dy[t] */
LSNN_KERNEL static void backward(const lsnn_slice *slice, const void *parameters, const lsnn_span *span)
{
    (void)parameters;
    const int n = slice->n;
    const real *restrict kappa = slice->constant[KAPPA], *restrict s_o = slice->constant[S_O];
    const real *restrict added = slice->constant[STATIC_BIAS], *restrict leaky = slice->constant[LEAKY_BIAS];
    real *restrict q = slice->adjoint[Q], *restrict gradient = slice->trainable_gradient[0];
    for (int t = span->n_steps - 1; t >= 0; t--) {
        const real *restrict signal = span->signal + (size_t)t * (size_t)span->stride;
        real *restrict current_adjoint = span->current_adjoint + (size_t)t * (size_t)span->stride;
#pragma omp simd
        for (int k = 0; k < n; k++) {
            q[k] = kappa[k] * q[k] + signal[k];
            current_adjoint[k] = s_o[k] * q[k];
            gradient[k] += added[k] * signal[k] + leaky[k] * q[k];
        }
    }
}

static const lsnn_variable states[] = {{"y", NULL, "filtered sum"}, {NULL, NULL, NULL}};
static const lsnn_variable adjoints[] = {{"q", NULL, "dE/dy"}, {NULL, NULL, NULL}};
static const lsnn_variable tapes[] = {{NULL, NULL, NULL}};
static const char *const constants[] = {"kappa", "s_o", "static_bias", "leaky_bias", NULL};
static const lsnn_trainable trainable[] = {{"bias", false}, {NULL, false}};

const lsnn_model lsnn_model_readout = {
    .name = "readout",
    .doc =
        "Leaky readout (Bellec et al. 2020, eq. 11):\n"
        "  y[t] = kappa y[t-1] + s_o sum_j W_out[j] z_j[t] (+ b inside or after the filter),  kappa = exp(-dt/tau_out)",
    .spiking = false,
    .linear = true,
    .fields = fields,
    .size = sizeof(readout),
    .states = states,
    .adjoints = adjoints,
    .tapes = tapes,
    .constants = constants,
    .trainable = trainable,
    .prepare = prepare,
    .step = step,
    .backward = backward,
};
