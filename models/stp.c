/* Synapses whose efficacy changes with use: short-term plasticity of all that a presynaptic neuron reaches. */
#include "lsnn/field.h"
#include "lsnn/model.h"
#include <math.h>

typedef struct stp {
    const double *U, *tau_F, *tau_D;
} stp;

enum { ALL_U, E_F, E_D };
enum { U_NOW, R_NOW };
enum { TO_U, TO_R };
enum { Y, X, U_BEFORE, R_BEFORE };

static const lsnn_field fields[] = {
    {"U", LSNN_NEURONS, offsetof(stp, U), "0.2", NULL, 0, 1, true, NULL,
     "utilisation U: the share that a first spike uses"},
    {"tau_F", LSNN_NEURONS, offsetof(stp, tau_F), "500", "ms", 0, INFINITY, true, NULL,
     "time constant tau_F of facilitation"},
    {"tau_D", LSNN_NEURONS, offsetof(stp, tau_D), "200", "ms", 0, INFINITY, true, NULL,
     "time constant tau_D of depression"},
    LSNN_END,
};

static const char *prepare(const void *parameters, double dt, int n, double *const constant[])
{
    const stp *p = parameters;
    for (int j = 0; j < n; j++) {
        constant[ALL_U][j] = p->U[j];
        constant[E_F][j] = exp(-dt / p->tau_F[j]);
        constant[E_D][j] = exp(-dt / p->tau_D[j]);
    }
    return NULL;
}

static void begin(const lsnn_slice *slice, const void *parameters)
{
    (void)parameters;
    for (int j = 0; j < slice->n; j++)
        slice->state[R_NOW][j] = 1;
}

LSNN_KERNEL static void step(const lsnn_slice *slice, const void *parameters, const real *restrict current,
                             real *restrict output)
{
    (void)parameters;
    const int n = slice->n;
    const real *restrict U = slice->constant[ALL_U], *restrict e_F = slice->constant[E_F];
    const real *restrict e_D = slice->constant[E_D];
    real *restrict u = slice->state[U_NOW], *restrict R = slice->state[R_NOW];
    real *restrict y = slice->tape[Y], *restrict x = slice->tape[X];
    real *restrict u_before = slice->tape[U_BEFORE], *restrict R_before = slice->tape[R_BEFORE];
#pragma omp simd
    for (int j = 0; j < n; j++) {
        x[j] = current[j];
        u_before[j] = e_F[j] * u[j];
        R_before[j] = 1 - e_D[j] * (1 - R[j]);
        u[j] = u_before[j] + U[j] * (1 - u_before[j]) * x[j];
        y[j] = u[j] * R_before[j] * x[j];
        R[j] = R_before[j] - y[j];
        output[j] = y[j];
    }
}

LSNN_INLINE void step_back(const lsnn_slice *slice, const real *restrict signal, real *restrict current_adjoint,
                           size_t row)
{
    const int n = slice->n;
    const real *restrict U = slice->constant[ALL_U], *restrict e_F = slice->constant[E_F];
    const real *restrict e_D = slice->constant[E_D];
    const real *restrict x = slice->tape[X] + row;
    const real *restrict u_before = slice->tape[U_BEFORE] + row, *restrict R_before = slice->tape[R_BEFORE] + row;
    real *restrict to_u = slice->adjoint[TO_U], *restrict to_R = slice->adjoint[TO_R];
#pragma omp simd
    for (int j = 0; j < n; j++) {
        const real u = u_before[j] + U[j] * (1 - u_before[j]) * x[j];
        const real of_y = signal[j] - to_R[j];
        const real of_u = to_u[j] + of_y * R_before[j] * x[j];
        current_adjoint[j] = of_y * u * R_before[j] + of_u * U[j] * (1 - u_before[j]);
        to_u[j] = e_F[j] * of_u * (1 - U[j] * x[j]);
        to_R[j] = e_D[j] * (to_R[j] + of_y * u * x[j]);
    }
}

LSNN_KERNEL static void backward(const lsnn_slice *slice, const void *parameters, const lsnn_span *span)
{
    (void)parameters;
    for (int t = span->n_steps - 1; t >= 0; t--)
        step_back(slice, span->signal + (size_t)t * (size_t)span->stride,
                  span->current_adjoint + (size_t)t * (size_t)span->stride, (size_t)t * (size_t)slice->n);
}

static const lsnn_variable states[] = {
    {"u", NULL, "utilisation"}, {"R", NULL, "share of the resources that is left"}, {NULL, NULL, NULL}};
static const lsnn_variable adjoints[] = {
    {"to_u", NULL, "dE/du a step before"}, {"to_R", NULL, "dE/dR a step before"}, {NULL, NULL, NULL}};
static const lsnn_variable tapes[] = {{"y", NULL, "output"},
                                      {"x", NULL, "input"},
                                      {"u_before", NULL, "u before the input"},
                                      {"R_before", NULL, "R before the input"},
                                      {NULL, NULL, NULL}};
static const char *const constants[] = {"U", "e_F", "e_D", NULL};

const lsnn_model lsnn_model_stp = {
    .name = "stp",
    .doc =
        "Short-term plasticity of synapses (Markram, Wang & Tsodyks 1998; Mongillo, Barak & Tsodyks 2008; in networks\n"
        "that learn: Salaj et al. 2021, eLife 10:e65459). All synapses of a presynaptic neuron share u and R, so that\n"
        "a population of this model stands between the neurons and what they reach: spikes go in by a projection with\n"
        "wiring: one_to_one, weights: 1, learn: false, and come out a step later with the efficacy u R:\n"
        "  u[t] = e_F u[t-1] + U (1 - e_F u[t-1]) x[t]        R' = 1 - e_D (1 - R[t-1])\n"
        "  y[t] = u[t] R' x[t]        R[t] = R' - y[t]\n"
        "with e_F = exp(-dt/tau_F), e_D = exp(-dt/tau_D), the input x, u = 0 and R = 1 at the start. The k-th spike\n"
        "finds u_k = U + u_(k-1) (1 - U) exp(-D/tau_F) and R_k = 1 + (R_(k-1) - u_(k-1) R_(k-1) - 1) exp(-D/tau_D), D\n"
        "after the one before. With tau_F > tau_D synapses facilitate, with tau_D > tau_F they are depressed. Learns "
        "by\n"
        "bptt only, and follows the gradient through u and R.",
    .spiking = false,
    .hidden = true,
    .fields = fields,
    .size = sizeof(stp),
    .states = states,
    .adjoints = adjoints,
    .tapes = tapes,
    .constants = constants,
    .prepare = prepare,
    .begin = begin,
    .step = step,
    .backward = backward,
};
