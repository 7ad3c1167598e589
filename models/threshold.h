/* The step of LIF and ALIF neurons and its adjoint, in three dialects. lif.c and alif.c give it their tables.
 *
 *     a[t] = rho a[t-1] + s_a z[t-1]                      A[t] = v_th + beta a[t]
 *     v[t] = alpha v[t-1] + s_i I[t] - reset z[t-1]       z[t] = 1 if v > A[t] and the last spike is more than n_ref steps ago
 *
 * dialect         reset    z[t] decided on   dz/dv = psi                       dz/da
 * eprop2020       v_th     v[t]              gamma / v_th S((v - A) / (w v_th)) -beta psi             Bellec et al. 2020
 * lsnn2018paper   A[t-1]   v[t]              gamma / A S((v - A) / (w A))       -beta v / A psi       Bellec et al. 2018
 * lsnn2018code    A[t]     v[t-1]            as above                          as above              its published code
 *
 * S is the surrogate's shape, w its width; psi is 0 while the neuron is refractory. */
#ifndef THRESHOLD_H
#define THRESHOLD_H

#include "lsnn/surrogate.h"

typedef enum threshold_dialect { EPROP2020, LSNN2018PAPER, LSNN2018CODE } threshold_dialect;
#define THRESHOLD_DIALECTS "eprop2020|lsnn2018paper|lsnn2018code"

enum threshold_constant { ALPHA, S_I, V_TH, N_REF, HEIGHT, STEEPNESS, RHO, S_A, BETA };
enum threshold_state { V, R, A_SLOW };
enum threshold_adjoint { NU, CARRY, MU };
enum threshold_tape { PSI, PSI_A };

/* Parameters of both models; a LIF neuron's table leaves out those of the adaptation. */
typedef struct threshold_parameters {
    const double *tau_m, *v_th, *n_ref, *gamma, *width, *tau_a, *beta;
    int scale_input, scale_adapt; /* 0: none, 1: leak */
    int surrogate, dialect;
} threshold_parameters;

#define THRESHOLD_FIELD(kind, name) #name, kind, offsetof(threshold_parameters, name)
#define THRESHOLD_FIELDS                                                                                               \
    {THRESHOLD_FIELD(LSNN_NEURONS, tau_m), "20", "ms", 0, INFINITY, true, NULL, "membrane time constant tau_m"},       \
        {THRESHOLD_FIELD(LSNN_NEURONS, v_th), "1", NULL, 0, INFINITY, true, NULL, "threshold v_th at rest"},           \
        {THRESHOLD_FIELD(LSNN_NEURONS, n_ref), "0", "steps", 0, 1e6, false, NULL, "silent steps after a spike"},       \
        {THRESHOLD_FIELD(LSNN_NEURONS, gamma),                                                                         \
         "0.3",                                                                                                        \
         NULL,                                                                                                         \
         0,                                                                                                            \
         INFINITY,                                                                                                     \
         false,                                                                                                        \
         NULL,                                                                                                         \
         "height gamma of the surrogate derivative (dampening)"},                                                      \
        {THRESHOLD_FIELD(LSNN_NEURONS, width),       "1", NULL, 0, INFINITY, true, NULL,                               \
         "half width of the surrogate in thresholds"},                                                                 \
        {THRESHOLD_FIELD(LSNN_CHOICE, surrogate), "triangular", NULL, 0, 0, false, LSNN_SURROGATES,                    \
         "shape of the surrogate derivative"},                                                                         \
        {THRESHOLD_FIELD(LSNN_CHOICE, dialect),                                                                        \
         "eprop2020",                                                                                                  \
         NULL,                                                                                                         \
         0,                                                                                                            \
         0,                                                                                                            \
         false,                                                                                                        \
         THRESHOLD_DIALECTS,                                                                                           \
         "whose equations: reset, surrogate and step of decision differ"},                                             \
    {                                                                                                                  \
        THRESHOLD_FIELD(LSNN_CHOICE, scale_input), "none", NULL, 0, 0, false, "none|leak",                             \
            "s_i: currents enter times 1 (none) or 1 - alpha (leak)"                                                   \
    }

static const char *const threshold_constants[] = {"alpha",     "s_i", "v_th", "n_ref", "height",
                                                  "steepness", "rho", "s_a",  "beta",  NULL};

static const char *threshold_prepare(const void *parameters, double dt, int n, double *const constant[])
{
    const threshold_parameters *p = parameters;
    for (int j = 0; j < n; j++) {
        const bool relative = p->dialect != EPROP2020;
        const double alpha = exp(-dt / p->tau_m[j]);
        const double rho = p->tau_a ? exp(-dt / p->tau_a[j]) : 0;
        if (p->n_ref[j] != floor(p->n_ref[j])) return "n_ref must be a whole number of steps";
        constant[ALPHA][j] = alpha;
        constant[S_I][j] = p->scale_input ? 1 - alpha : 1;
        constant[V_TH][j] = p->v_th[j];
        constant[N_REF][j] = p->n_ref[j];
        constant[HEIGHT][j] = relative ? p->gamma[j] : p->gamma[j] / p->v_th[j];
        constant[STEEPNESS][j] = relative ? 1 / p->width[j] : 1 / (p->width[j] * p->v_th[j]);
        constant[RHO][j] = rho;
        constant[S_A][j] = p->scale_adapt ? 1 - rho : 1;
        constant[BETA][j] = p->beta ? p->beta[j] : 0;
    }
    return NULL;
}

typedef struct threshold_kind {
    threshold_dialect dialect;
    lsnn_surrogate surrogate;
    bool adaptive;
    bool alike; /* the constants that PER_KIND reads are the same for all neurons: they stay in registers */
} threshold_kind;

#define ALIKE (1u << S_I | 1u << V_TH | 1u << N_REF | 1u << HEIGHT | 1u << STEEPNESS | 1u << S_A)
#define PER_KIND(constant) constant[kind.alike ? 0 : j]

LSNN_INLINE void threshold_step(const lsnn_slice *slice, const real *restrict current, real *restrict z,
                                threshold_kind kind)
{
    const int n = slice->n;
    const real *restrict alpha = slice->constant[ALPHA], *restrict s_i = slice->constant[S_I];
    const real *restrict v_th = slice->constant[V_TH], *restrict n_ref = slice->constant[N_REF];
    const real *restrict height = slice->constant[HEIGHT], *restrict steepness = slice->constant[STEEPNESS];
    const real *restrict rho = slice->constant[RHO], *restrict s_a = slice->constant[S_A];
    const real *restrict beta = slice->constant[BETA];
    real *restrict v = slice->state[V], *restrict r = slice->state[R], *restrict a = slice->state[A_SLOW];
    real *restrict psi = slice->tape[PSI], *restrict psi_a = slice->tape[PSI_A];
    const bool relative = kind.dialect != EPROP2020;

#pragma omp simd
    for (int j = 0; j < n; j++) {
        const real v_before = v[j];
        const real A_before = kind.adaptive ? PER_KIND(v_th) + beta[j] * a[j] : PER_KIND(v_th);
        const real a_now = kind.adaptive ? rho[j] * a[j] + PER_KIND(s_a) * z[j] : 0;
        const real A = kind.adaptive ? PER_KIND(v_th) + beta[j] * a_now : PER_KIND(v_th);
        const real reset = kind.dialect == EPROP2020 ? PER_KIND(v_th) : kind.dialect == LSNN2018PAPER ? A_before : A;
        const real v_now = alpha[j] * v_before + PER_KIND(s_i) * current[j] - reset * z[j];
        const real v_decides = kind.dialect == LSNN2018CODE ? v_before : v_now;
        const real scale = relative ? 1 / A : 1;
        const real shape = lsnn_surrogate_shape(kind.surrogate, (v_decides - A) * scale * PER_KIND(steepness));
        /* Products instead of choices: compilers turn those into jumps around parts of a vector. */
        const real ready = r[j] > 0 ? 0 : 1, above = v_decides > A ? 1 : 0, resting = r[j] > 1 ? r[j] - 1 : 0;
        const real slope = ready * PER_KIND(height) * scale * shape;
        const real spike = above * ready;
        psi[j] = slope;
        if (relative && kind.adaptive) psi_a[j] = -beta[j] * v_decides * scale * slope;
        r[j] = resting + spike * PER_KIND(n_ref); /* a neuron that spikes has rested */
        v[j] = v_now;
        if (kind.adaptive) a[j] = a_now;
        z[j] = spike;
    }
}

/* nu is the adjoint of v, mu of a; eprop2020 and lsnn2018paper:
 *     h[t] = signal[t] + s_a mu[t+1];  nu[t] = psi[t] h[t] + alpha nu[t+1];  mu[t] = dz/da h[t] + rho mu[t+1]
 * lsnn2018code decides on v[t-1], so psi[t] h[t] enters nu[t-1]: it is carried one step. dE/dI[t] = s_i nu[t]. */
LSNN_INLINE void threshold_backward(const lsnn_slice *slice, const real *restrict signal,
                                    real *restrict current_adjoint, threshold_kind kind)
{
    const int n = slice->n;
    const real *restrict alpha = slice->constant[ALPHA], *restrict s_i = slice->constant[S_I];
    const real *restrict rho = slice->constant[RHO], *restrict s_a = slice->constant[S_A];
    const real *restrict beta = slice->constant[BETA];
    const real *restrict psi = slice->tape[PSI], *restrict psi_a = slice->tape[PSI_A];
    real *restrict nu = slice->adjoint[NU], *restrict carry = slice->adjoint[CARRY], *restrict mu = slice->adjoint[MU];

#pragma omp simd
    for (int j = 0; j < n; j++) {
        const real h = kind.adaptive ? signal[j] + PER_KIND(s_a) * mu[j] : signal[j];
        const real to_v = psi[j] * h;
        const real nu_now = (kind.dialect == LSNN2018CODE ? carry[j] : to_v) + alpha[j] * nu[j];
        if (kind.dialect == LSNN2018CODE) carry[j] = to_v;
        if (kind.adaptive) {
            const real to_a = kind.dialect == EPROP2020 ? -beta[j] * to_v : psi_a[j] * h;
            mu[j] = to_a + rho[j] * mu[j];
        }
        nu[j] = nu_now;
        current_adjoint[j] = PER_KIND(s_i) * nu_now;
    }
}

/* One kernel per dialect, surrogate and `alike`, for a file that defines ADAPTIVE (true or false) and includes this header. */
typedef void threshold_stepper(const lsnn_slice *slice, const real *current, real *z);
typedef void threshold_adjointer(const lsnn_slice *slice, const real *signal, real *current_adjoint);

#define THRESHOLD_STEP(dialect, surrogate, alike)                                                                      \
    LSNN_KERNEL static void step_##dialect##_##surrogate##_##alike(const lsnn_slice *slice, const real *current,       \
                                                                   real *z)                                            \
    {                                                                                                                  \
        threshold_step(slice, current, z, (threshold_kind){dialect, surrogate, ADAPTIVE, alike});                      \
    }
#define THRESHOLD_KERNELS(dialect, alike)                                                                              \
    THRESHOLD_STEP(dialect, LSNN_TRIANGULAR, alike)                                                                    \
    THRESHOLD_STEP(dialect, LSNN_FAST_SIGMOID, alike)                                                                  \
    THRESHOLD_STEP(dialect, LSNN_ARCTAN, alike)                                                                        \
    THRESHOLD_STEP(dialect, LSNN_EXPONENTIAL, alike)                                                                   \
    LSNN_KERNEL static void backward_##dialect##_##alike(const lsnn_slice *slice, const real *signal,                  \
                                                         real *current_adjoint)                                        \
    {                                                                                                                  \
        threshold_backward(slice, signal, current_adjoint,                                                             \
                           (threshold_kind){dialect, LSNN_TRIANGULAR, ADAPTIVE, alike});                               \
    }
#define THRESHOLD_ROW(dialect, alike)                                                                                  \
    {                                                                                                                  \
        step_##dialect##_LSNN_TRIANGULAR_##alike, step_##dialect##_LSNN_FAST_SIGMOID_##alike,                          \
            step_##dialect##_LSNN_ARCTAN_##alike, step_##dialect##_LSNN_EXPONENTIAL_##alike                            \
    }

THRESHOLD_KERNELS(EPROP2020, 0)
THRESHOLD_KERNELS(EPROP2020, 1)
THRESHOLD_KERNELS(LSNN2018PAPER, 0)
THRESHOLD_KERNELS(LSNN2018PAPER, 1)
THRESHOLD_KERNELS(LSNN2018CODE, 0)
THRESHOLD_KERNELS(LSNN2018CODE, 1)

static threshold_stepper *const threshold_steps[][2][4] = {
    {THRESHOLD_ROW(EPROP2020, 0), THRESHOLD_ROW(EPROP2020, 1)},
    {THRESHOLD_ROW(LSNN2018PAPER, 0), THRESHOLD_ROW(LSNN2018PAPER, 1)},
    {THRESHOLD_ROW(LSNN2018CODE, 0), THRESHOLD_ROW(LSNN2018CODE, 1)}};
static threshold_adjointer *const threshold_adjoints[][2] = {{backward_EPROP2020_0, backward_EPROP2020_1},
                                                             {backward_LSNN2018PAPER_0, backward_LSNN2018PAPER_1},
                                                             {backward_LSNN2018CODE_0, backward_LSNN2018CODE_1}};

static bool threshold_alike(const lsnn_slice *slice)
{
    return (slice->uniform & ALIKE) == ALIKE;
}

static void threshold_model_step(const lsnn_slice *slice, const void *parameters, const real *current, real *z)
{
    const threshold_parameters *p = parameters;
    threshold_steps[p->dialect][threshold_alike(slice)][p->surrogate](slice, current, z);
}

static void threshold_model_backward(const lsnn_slice *slice, const void *parameters, const real *signal,
                                     real *current_adjoint)
{
    const threshold_parameters *p = parameters;
    threshold_adjoints[p->dialect][threshold_alike(slice)](slice, signal, current_adjoint);
}

static const lsnn_variable threshold_derived[] = {{"A", NULL, "threshold now"}, {NULL, NULL, NULL}};

static void threshold_derive(const lsnn_slice *slice, const void *parameters, int which, real *out)
{
    (void)parameters;
    (void)which;
    for (int j = 0; j < slice->n; j++)
        out[j] = slice->constant[V_TH][j] + (ADAPTIVE ? slice->constant[BETA][j] * slice->state[A_SLOW][j] : 0);
}

#endif
