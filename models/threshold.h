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
 * S is the surrogate's shape, w its width; psi is 0 while the neuron is refractory. A floor under the threshold of lsnn2018 dialects,
 * A = max(v_th + beta a, v_th_min), is for neurons that become more excitable with each spike (beta < 0; Salaj et al. 2021, ELIF):
 * on it A is a constant. */
#ifndef THRESHOLD_H
#define THRESHOLD_H

#include "lsnn/surrogate.h"
#include <string.h>

typedef enum threshold_dialect { EPROP2020, LSNN2018PAPER, LSNN2018CODE } threshold_dialect;
#define THRESHOLD_DIALECTS "eprop2020|lsnn2018paper|lsnn2018code"

enum threshold_constant { ALPHA, S_I, V_TH, N_REF, HEIGHT, STEEPNESS, RHO, S_A, BETA, FLOOR, D_ALPHA, D_RHO };
enum threshold_state { V, R, A_SLOW };
enum threshold_adjoint { NU, PULL, CARRY, TO_A, MU, PULL_A };
enum threshold_tape { PSI, PSI_A, RESET, Z_BEFORE, V_KEPT, A_KEPT, I_KEPT };
enum threshold_trainable { LEARN_TAU_M, LEARN_V_TH, LEARN_V_0, LEARN_TAU_A, LEARN_BETA, LEARN_A_0 };

/* Parameters of both models; a LIF neuron's table leaves out those of the adaptation. */
typedef struct threshold_parameters {
    const double *tau_m, *v_th, *n_ref, *gamma, *width, *tau_a, *beta, *v_th_min, *v_0, *a_0;
    int scale_input, scale_adapt; /* 0: none, 1: leak */
    int surrogate, dialect;
    bool learn_tau_m, learn_v_th, learn_v_0, learn_tau_a, learn_beta, learn_a_0;
} threshold_parameters;

#define THRESHOLD_FIELD(kind, name) #name, kind, offsetof(threshold_parameters, name)
#define THRESHOLD_NUMBER(name, value, unit, above, min, doc)                                                           \
    {                                                                                                                  \
        THRESHOLD_FIELD(LSNN_NEURONS, name), value, unit, min, INFINITY, above, NULL, doc                              \
    }
#define THRESHOLD_SWITCH(name, doc)                                                                                    \
    {                                                                                                                  \
        THRESHOLD_FIELD(LSNN_BOOL, name), "false", NULL, 0, 0, false, NULL, doc                                        \
    }
#define THRESHOLD_CHOICE(name, value, choices, doc)                                                                    \
    {                                                                                                                  \
        THRESHOLD_FIELD(LSNN_CHOICE, name), value, NULL, 0, 0, false, choices, doc                                     \
    }
#define THRESHOLD_FIELDS                                                                                               \
    THRESHOLD_NUMBER(tau_m, "20", "ms", true, 0, "membrane time constant tau_m"),                                      \
        THRESHOLD_NUMBER(v_th, "1", NULL, true, 0, "threshold v_th at rest"),                                          \
        {THRESHOLD_FIELD(LSNN_NEURONS, n_ref), "0", "steps", 0, 1e6, false, NULL, "silent steps after a spike"},       \
        THRESHOLD_NUMBER(gamma, "0.3", NULL, false, 0, "height gamma of the surrogate derivative (dampening)"),        \
        THRESHOLD_NUMBER(width, "1", NULL, true, 0, "half width of the surrogate in thresholds"),                      \
        THRESHOLD_CHOICE(surrogate, "triangular", LSNN_SURROGATES, "shape of the surrogate derivative"),               \
        THRESHOLD_CHOICE(dialect, "eprop2020", THRESHOLD_DIALECTS,                                                     \
                         "whose equations: reset, surrogate and step of decision differ"),                             \
        THRESHOLD_CHOICE(scale_input, "none", "none|leak", "s_i: currents enter times 1 (none) or 1 - alpha (leak)"),  \
        THRESHOLD_NUMBER(v_0, "0", NULL, false, -INFINITY, "membrane potential before the first step"),                \
        THRESHOLD_SWITCH(learn_tau_m, "whether tau_m is learned, per neuron"),                                         \
        THRESHOLD_SWITCH(learn_v_th, "whether v_th is learned, per neuron"),                                           \
        THRESHOLD_SWITCH(learn_v_0, "whether v_0 is learned, per neuron")

#define THRESHOLD_TRAINABLE                                                                                            \
    {"tau_m", true}, {"v_th", true},                                                                                   \
    {                                                                                                                  \
        "v_0", false                                                                                                   \
    }

static const char *const threshold_constants[] = {"alpha", "s_i",  "v_th",     "n_ref",   "height", "steepness", "rho",
                                                  "s_a",   "beta", "v_th_min", "d_alpha", "d_rho",  NULL};

static const lsnn_variable threshold_tapes[] = {{"psi", NULL, "surrogate derivative dz/dv"},
                                                {"psi_A", NULL, "surrogate derivative dz/dA (lsnn2018 dialects)"},
                                                {"reset", NULL, "what the reset takes (lsnn2018 dialects)"},
                                                {"z_before", NULL, "z of the step before"},
                                                {"v_kept", NULL, "v, kept for learning"},
                                                {"a_kept", NULL, "a, kept for learning"},
                                                {"I_kept", NULL, "I, kept for learning"},
                                                {NULL, NULL, NULL}};

/* d_alpha, d_rho: derivatives by the logarithm of the time constant. */
static const char *threshold_prepare(const void *parameters, double dt, int n, double *const constant[])
{
    const threshold_parameters *p = parameters;
    for (int j = 0; j < n; j++) {
        const bool relative = p->dialect != EPROP2020;
        const double alpha = exp(-dt / p->tau_m[j]);
        const double rho = p->tau_a ? exp(-dt / p->tau_a[j]) : 0;
        if (p->n_ref[j] != floor(p->n_ref[j])) return "n_ref must be a whole number of steps";
        if (p->v_th_min && p->v_th_min[j] > 0 && !relative)
            return "a floor v_th_min goes with the dialects lsnn2018paper and lsnn2018code";
        constant[ALPHA][j] = alpha;
        constant[S_I][j] = p->scale_input ? 1 - alpha : 1;
        constant[V_TH][j] = p->v_th[j];
        constant[N_REF][j] = p->n_ref[j];
        constant[HEIGHT][j] = relative ? p->gamma[j] : p->gamma[j] / p->v_th[j];
        constant[STEEPNESS][j] = relative ? 1 / p->width[j] : 1 / (p->width[j] * p->v_th[j]);
        constant[RHO][j] = rho;
        constant[S_A][j] = p->scale_adapt ? 1 - rho : 1;
        constant[BETA][j] = p->beta ? p->beta[j] : 0;
        constant[FLOOR][j] = p->v_th_min && p->v_th_min[j] > 0 ? p->v_th_min[j] : -INFINITY;
        constant[D_ALPHA][j] = alpha * dt / p->tau_m[j];
        constant[D_RHO][j] = p->tau_a ? rho * dt / p->tau_a[j] : 0;
    }
    return NULL;
}

/* Whether the neurons' own dynamics are learned: that takes their history. */
static bool threshold_learns(const threshold_parameters *p)
{
    return p->learn_tau_m || p->learn_v_th || p->learn_tau_a || p->learn_beta;
}

/* eprop2020 needs psi alone: its dz/dA is -psi, its reset a constant. */
static unsigned threshold_which_tapes(const void *parameters)
{
    const threshold_parameters *p = parameters;
    unsigned which = 1u << PSI;
    if (p->dialect != EPROP2020) which |= 1u << PSI_A | 1u << RESET | 1u << Z_BEFORE;
    if (threshold_learns(p)) which |= 1u << V_KEPT | (p->tau_a ? 1u << A_KEPT : 0);
    if (p->learn_v_th || (p->learn_tau_a && p->scale_adapt)) which |= 1u << Z_BEFORE;
    if (p->learn_tau_m && p->scale_input) which |= 1u << I_KEPT;
    return which;
}

typedef struct threshold_kind {
    threshold_dialect dialect;
    lsnn_surrogate surrogate;
    bool adaptive;
    bool alike; /* the constants that PER_KIND reads are the same for all neurons: they stay in registers */
    bool reset; /* backward: through the reset */
    bool learns;
} threshold_kind;

#define ALIKE (1u << S_I | 1u << V_TH | 1u << N_REF | 1u << HEIGHT | 1u << STEEPNESS | 1u << S_A)
#define PER_KIND(constant) (kind.alike ? constant##_of_all : constant[j])

LSNN_INLINE real threshold_at_least(real A, real lowest)
{
    return A > lowest ? A : lowest;
}

LSNN_INLINE void threshold_step(const lsnn_slice *slice, const real *restrict current, real *restrict z,
                                threshold_kind kind)
{
    const int n = slice->n & ~(LSNN_LANES - 1);
    const real *restrict alpha = slice->constant[ALPHA], *restrict s_i = slice->constant[S_I];
    const real *restrict v_th = slice->constant[V_TH], *restrict n_ref = slice->constant[N_REF];
    const real *restrict height = slice->constant[HEIGHT], *restrict steepness = slice->constant[STEEPNESS];
    const real *restrict rho = slice->constant[RHO], *restrict s_a = slice->constant[S_A];
    const real *restrict beta = slice->constant[BETA], *restrict lowest = slice->constant[FLOOR];
    real *restrict v = slice->state[V], *restrict r = slice->state[R], *restrict a = slice->state[A_SLOW];
    real *restrict psi = slice->tape[PSI], *restrict psi_A = slice->tape[PSI_A];
    real *restrict reset_by = slice->tape[RESET], *restrict z_before = slice->tape[Z_BEFORE];
    real *restrict v_kept = slice->tape[V_KEPT], *restrict a_kept = slice->tape[A_KEPT];
    const real s_i_of_all = s_i[0], v_th_of_all = v_th[0], n_ref_of_all = n_ref[0], height_of_all = height[0];
    const real steepness_of_all = steepness[0], s_a_of_all = s_a[0];
    const bool relative = kind.dialect != EPROP2020;

#pragma omp simd
    for (int j = 0; j < n; j++) {
        const real v_before = v[j], a_before = kind.adaptive ? a[j] : 0;
        const real loose_before = kind.adaptive ? PER_KIND(v_th) + beta[j] * a_before : PER_KIND(v_th);
        const real A_before = relative && kind.adaptive ? threshold_at_least(loose_before, lowest[j]) : loose_before;
        const real a_now = kind.adaptive ? rho[j] * a_before + PER_KIND(s_a) * z[j] : 0;
        const real loose = kind.adaptive ? PER_KIND(v_th) + beta[j] * a_now : PER_KIND(v_th);
        const real A = relative && kind.adaptive ? threshold_at_least(loose, lowest[j]) : loose;
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
        if (relative) {
            const real psi_of_A = -v_decides * scale * slope;
            psi_A[j] = kind.adaptive && A == lowest[j] ? 0 : psi_of_A;
            reset_by[j] = reset;
            z_before[j] = z[j];
        }
        if (kind.learns) v_kept[j] = v_now;
        if (kind.learns && kind.adaptive) a_kept[j] = a_now;
        r[j] = resting + spike * PER_KIND(n_ref); /* a neuron that spikes has rested */
        v[j] = v_now;
        if (kind.adaptive) a[j] = a_now;
        z[j] = spike;
    }
}

/* Adjoints: nu of v, mu of a, h of z. In eprop2020 and lsnn2018paper
 *     h[t] = signal[t] + s_a mu[t+1];  nu[t] = psi[t] h[t] + alpha nu[t+1];  mu[t] = dz/da h[t] + rho mu[t+1]
 * where mu is computed with its own factor taken out, rho + dz/da s_a, so that a step waits for one product of the step before.
 * lsnn2018code decides on v[t-1], so psi[t] h[t] enters nu[t-1]: it is carried one step. dE/dI[t] = s_i nu[t].
 * Through the reset, v[t] = ... - R[t] z[t-1]: h[t-1] -= R[t] nu[t], and what R has of a adds -beta z[t-1] nu[t] to its mu. */
/* Where the adjoint of one step reads and writes, for n neurons. */
typedef struct threshold_view {
    const real *constant[D_RHO + 1], *tape[I_KEPT + 1];
    real *gradient[LEARN_BETA + 1];
    const real *signal;
    real *current_adjoint;
} threshold_view;

LSNN_INLINE threshold_view threshold_at(const lsnn_slice *slice, const lsnn_span *span, size_t first, int t,
                                        threshold_kind kind)
{
    threshold_view at;
    const size_t row = (size_t)t * (size_t)slice->n + first, place = (size_t)t * (size_t)span->stride + first;
    for (int c = 0; c <= D_RHO; c++)
        at.constant[c] = slice->constant[c] + first;
    for (int c = 0; c <= I_KEPT; c++)
        at.tape[c] = slice->tape[c] ? slice->tape[c] + row : NULL;
    for (int c = 0; c <= (kind.adaptive ? LEARN_BETA : LEARN_V_TH); c++)
        at.gradient[c] = slice->trainable_gradient[c] + first;
    at.signal = span->signal + place;
    at.current_adjoint = span->current_adjoint + place;
    return at;
}

/* The parameters' gradients use that v[t+1] = alpha v[t] + ..., a[t+1] = rho a[t] + ... and A[t] = v_th + beta a[t]: on entry nu and
 * mu are those of t+1. */
LSNN_INLINE void threshold_adjoint_step(const threshold_view *at, real *restrict nu, real *restrict pull,
                                        real *restrict carry, real *restrict dE_dA, real *restrict mu,
                                        real *restrict pull_a, int n, threshold_kind kind)
{
    const bool code = kind.dialect == LSNN2018CODE, relative = kind.dialect != EPROP2020;
    const bool reset_to_a = kind.reset && relative && kind.adaptive;
    const real *restrict alpha = at->constant[ALPHA], *restrict s_i = at->constant[S_I];
    const real *restrict rho = at->constant[RHO], *restrict s_a = at->constant[S_A];
    const real *restrict beta = at->constant[BETA], *restrict v_th = at->constant[V_TH];
    const real *restrict lowest = at->constant[FLOOR];
    const real *restrict d_alpha = at->constant[D_ALPHA], *restrict d_rho = at->constant[D_RHO];
    const real *restrict psi = at->tape[PSI], *restrict psi_A = at->tape[PSI_A], *restrict reset = at->tape[RESET];
    const real *restrict z_before = at->tape[Z_BEFORE];
    const real *restrict v = at->tape[V_KEPT], *restrict a = at->tape[A_KEPT], *restrict signal = at->signal;
    real *restrict current_adjoint = at->current_adjoint;
    real *restrict of_tau_m = at->gradient[LEARN_TAU_M];
    real *restrict of_tau_a = at->gradient[LEARN_TAU_A], *restrict of_beta = at->gradient[LEARN_BETA];
    const real s_i_of_all = s_i[0], s_a_of_all = s_a[0], v_th_of_all = v_th[0];

#pragma omp simd
    for (int j = 0; j < n; j++) {
        const real pulled = relative ? pull[j] : PER_KIND(v_th) * nu[j];
        const real outer = kind.reset ? signal[j] - pulled : signal[j];
        const real dz_dA = relative ? psi_A[j] : -psi[j], dz_da = beta[j] * dz_dA;
        const real h = kind.adaptive ? outer + PER_KIND(s_a) * mu[j] : outer;
        const real to_v = psi[j] * h, to_A = dz_dA * h;
        const real nu_now = (code ? carry[j] : to_v) + alpha[j] * nu[j];
        const real taken = reset_to_a && reset[j] > lowest[j] ? z_before[j] * nu_now : 0;
        real mu_now = kind.adaptive ? (rho[j] + dz_da * PER_KIND(s_a)) * mu[j] + dz_da * outer : 0;
        if (reset_to_a) mu_now -= beta[j] * (code ? taken : pull_a[j]);
        if (kind.learns) {
            of_tau_m[j] += d_alpha[j] * nu[j] * v[j];
            if (kind.adaptive) of_tau_a[j] += d_rho[j] * mu[j] * a[j];
            if (kind.adaptive) of_beta[j] += (reset_to_a ? to_A - (code ? taken : pull_a[j]) : to_A) * a[j];
            dE_dA[j] = to_A;
        }
        if (code) carry[j] = to_v;
        if (reset_to_a) pull_a[j] = taken;
        if (kind.reset && relative) pull[j] = reset[j] * nu_now;
        if (kind.adaptive) mu[j] = mu_now;
        nu[j] = nu_now;
        current_adjoint[j] = PER_KIND(s_i) * nu_now;
    }
}

/* Parameters that are learned more rarely, after threshold_adjoint_step: v_th, and what time constants do as scales of currents
 * and of spikes. */
LSNN_INLINE void threshold_learn_more(const threshold_view *at, const real *nu, const real *dE_dA, const real *mu,
                                      int n, const threshold_parameters *p, bool through_reset)
{
    const real *restrict v_th = at->constant[V_TH], *restrict z_before = at->tape[Z_BEFORE];
    const real *restrict d_alpha = at->constant[D_ALPHA], *restrict I = at->tape[I_KEPT];
    const real *restrict reset = at->tape[RESET], *restrict lowest = at->constant[FLOOR];
    for (int j = 0; p->learn_v_th && j < n; j++) {
        const bool follows = through_reset && (!reset || reset[j] > lowest[j]);
        at->gradient[LEARN_V_TH][j] += v_th[j] * (follows ? dE_dA[j] - z_before[j] * nu[j] : dE_dA[j]);
    }
    for (int j = 0; p->learn_tau_m && p->scale_input && j < n; j++)
        at->gradient[LEARN_TAU_M][j] -= d_alpha[j] * nu[j] * I[j];
    for (int j = 0; ADAPTIVE && p->learn_tau_a && p->scale_adapt && j < n; j++)
        at->gradient[LEARN_TAU_A][j] -= at->constant[D_RHO][j] * mu[j] * z_before[j];
}

LSNN_INLINE void threshold_copy(real *restrict to, const real *restrict from)
{
#pragma omp simd
    for (int j = 0; j < LSNN_LANES; j++)
        to[j] = from[j];
}

/* Of several steps in one call each vector of neurons takes all, its state in registers meanwhile. */
LSNN_INLINE void threshold_backward(const lsnn_slice *slice, const threshold_parameters *p, const lsnn_span *span,
                                    threshold_kind kind)
{
    real *const *state = slice->adjoint;
    if (span->n_steps == 1) {
        const threshold_view at = threshold_at(slice, span, 0, 0, kind);
        threshold_adjoint_step(&at, state[NU], state[PULL], state[CARRY], state[TO_A], state[MU], state[PULL_A],
                               slice->n, kind);
        if (kind.learns) threshold_learn_more(&at, state[NU], state[TO_A], state[MU], slice->n, p, kind.reset);
        return;
    }
    for (size_t first = 0; first < (size_t)slice->n; first += LSNN_LANES) {
        real nu[LSNN_LANES], pull[LSNN_LANES], carry[LSNN_LANES], to_A[LSNN_LANES], mu[LSNN_LANES], pull_a[LSNN_LANES];
        threshold_copy(nu, state[NU] + first);
        threshold_copy(pull, state[PULL] + first);
        threshold_copy(carry, state[CARRY] + first);
        threshold_copy(mu, (kind.adaptive ? state[MU] : state[NU]) + first);
        threshold_copy(pull_a, (kind.adaptive ? state[PULL_A] : state[NU]) + first);
        for (int t = span->n_steps - 1; t >= 0; t--) {
            const threshold_view at = threshold_at(slice, span, first, t, kind);
            threshold_adjoint_step(&at, nu, pull, carry, to_A, mu, pull_a, LSNN_LANES, kind);
            if (kind.learns) threshold_learn_more(&at, nu, to_A, mu, LSNN_LANES, p, kind.reset);
        }
        threshold_copy(state[NU] + first, nu);
        threshold_copy(state[PULL] + first, pull);
        threshold_copy(state[CARRY] + first, carry);
        if (kind.adaptive) threshold_copy(state[MU] + first, mu);
        if (kind.adaptive) threshold_copy(state[PULL_A] + first, pull_a);
    }
}

/* Kernels, for a file that defines ADAPTIVE (true or false) and includes this header: all that a kind fixes is known to the
 * compiler. */
#define THRESHOLD_STEP_CASE(dialect, surrogate, alike, learns)                                                         \
    case (dialect)*4 + (surrogate):                                                                                    \
        threshold_step(slice, current, z, (threshold_kind){dialect, surrogate, ADAPTIVE, alike, false, learns});       \
        break;
#define THRESHOLD_STEP_CASES(dialect, alike, learns)                                                                   \
    THRESHOLD_STEP_CASE(dialect, LSNN_TRIANGULAR, alike, learns)                                                       \
    THRESHOLD_STEP_CASE(dialect, LSNN_FAST_SIGMOID, alike, learns)                                                     \
    THRESHOLD_STEP_CASE(dialect, LSNN_ARCTAN, alike, learns)                                                           \
    THRESHOLD_STEP_CASE(dialect, LSNN_EXPONENTIAL, alike, learns)
#define THRESHOLD_STEP(name, alike, learns)                                                                            \
    LSNN_KERNEL static void name(const lsnn_slice *slice, const real *current, real *z, int which)                     \
    {                                                                                                                  \
        switch (which) {                                                                                               \
            THRESHOLD_STEP_CASES(EPROP2020, alike, learns)                                                             \
            THRESHOLD_STEP_CASES(LSNN2018PAPER, alike, learns)                                                         \
            THRESHOLD_STEP_CASES(LSNN2018CODE, alike, learns)                                                          \
        }                                                                                                              \
    }
THRESHOLD_STEP(threshold_step_alike, true, false)
THRESHOLD_STEP(threshold_step_spread, false, false)
THRESHOLD_STEP(threshold_step_learning_alike, true, true)
THRESHOLD_STEP(threshold_step_learning_spread, false, true)

#define THRESHOLD_BACKWARD_CASE(dialect, alike, reset, learns)                                                         \
    case (dialect)*2 + (reset):                                                                                        \
        threshold_backward(slice, p, span,                                                                             \
                           (threshold_kind){dialect, LSNN_TRIANGULAR, ADAPTIVE, alike, reset, learns});                \
        break;
#define THRESHOLD_BACKWARD(name, alike, learns)                                                                        \
    LSNN_KERNEL static void name(const lsnn_slice *slice, const threshold_parameters *p, const lsnn_span *span)        \
    {                                                                                                                  \
        switch (p->dialect * 2 + span->through_reset) {                                                                \
            THRESHOLD_BACKWARD_CASE(EPROP2020, alike, 0, learns)                                                       \
            THRESHOLD_BACKWARD_CASE(EPROP2020, alike, 1, learns)                                                       \
            THRESHOLD_BACKWARD_CASE(LSNN2018PAPER, alike, 0, learns)                                                   \
            THRESHOLD_BACKWARD_CASE(LSNN2018PAPER, alike, 1, learns)                                                   \
            THRESHOLD_BACKWARD_CASE(LSNN2018CODE, alike, 0, learns)                                                    \
            THRESHOLD_BACKWARD_CASE(LSNN2018CODE, alike, 1, learns)                                                    \
        }                                                                                                              \
    }
THRESHOLD_BACKWARD(threshold_backward_alike, true, false)
THRESHOLD_BACKWARD(threshold_backward_spread, false, false)
THRESHOLD_BACKWARD(threshold_backward_learning_alike, true, true)
THRESHOLD_BACKWARD(threshold_backward_learning_spread, false, true)

static bool threshold_alike(const lsnn_slice *slice)
{
    return (slice->uniform & ALIKE) == ALIKE;
}

static void threshold_model_step(const lsnn_slice *slice, const void *parameters, const real *current, real *z)
{
    const threshold_parameters *p = parameters;
    const int which = p->dialect * 4 + p->surrogate;
    const size_t bytes = (size_t)slice->n * sizeof(real);
    if (slice->tape[I_KEPT]) memcpy(slice->tape[I_KEPT], current, bytes);
    if (slice->tape[Z_BEFORE] && p->dialect == EPROP2020) memcpy(slice->tape[Z_BEFORE], z, bytes);
    if (threshold_learns(p))
        threshold_alike(slice) ? threshold_step_learning_alike(slice, current, z, which)
                               : threshold_step_learning_spread(slice, current, z, which);
    else
        threshold_alike(slice) ? threshold_step_alike(slice, current, z, which)
                               : threshold_step_spread(slice, current, z, which);
}

static void threshold_model_backward(const lsnn_slice *slice, const void *parameters, const lsnn_span *span)
{
    const threshold_parameters *p = parameters;
    if (threshold_learns(p))
        threshold_alike(slice) ? threshold_backward_learning_alike(slice, p, span)
                               : threshold_backward_learning_spread(slice, p, span);
    else
        threshold_alike(slice) ? threshold_backward_alike(slice, p, span) : threshold_backward_spread(slice, p, span);
}

/* v[t] = alpha v[t-1] + s_i I[t];  a[t] = rho a[t-1] + s_a z[t-1];  z[t] = dz/dv v[t] + dz/da a[t], of small changes, kept in the
 * adjoint's columns. */
LSNN_INLINE void threshold_tangent_step(const lsnn_slice *slice, const real *restrict current, real *restrict z,
                                        threshold_kind kind)
{
    const bool code = kind.dialect == LSNN2018CODE, relative = kind.dialect != EPROP2020;
    const int n = slice->n & ~(LSNN_LANES - 1);
    const real *restrict alpha = slice->constant[ALPHA], *restrict s_i = slice->constant[S_I];
    const real *restrict rho = slice->constant[RHO], *restrict s_a = slice->constant[S_A];
    const real *restrict beta = slice->constant[BETA];
    const real *restrict psi = slice->tape[PSI], *restrict psi_A = slice->tape[PSI_A];
    real *restrict v = slice->adjoint[NU], *restrict a = slice->adjoint[MU];
#pragma omp simd
    for (int j = 0; j < n; j++) {
        const real v_now = alpha[j] * v[j] + s_i[j] * current[j], to_z = psi[j] * (code ? v[j] : v_now);
        const real a_now = kind.adaptive ? rho[j] * a[j] + s_a[j] * z[j] : 0;
        z[j] = kind.adaptive ? to_z + beta[j] * (relative ? psi_A[j] : -psi[j]) * a_now : to_z;
        if (kind.adaptive) a[j] = a_now;
        v[j] = v_now;
    }
}

LSNN_KERNEL static void threshold_tangent(const lsnn_slice *slice, const void *parameters, const real *current, real *z)
{
    switch (((const threshold_parameters *)parameters)->dialect) {
    case EPROP2020: threshold_tangent_step(slice, current, z, (threshold_kind){EPROP2020, .adaptive = ADAPTIVE}); break;
    case LSNN2018PAPER:
        threshold_tangent_step(slice, current, z, (threshold_kind){LSNN2018PAPER, .adaptive = ADAPTIVE});
        break;
    case LSNN2018CODE:
        threshold_tangent_step(slice, current, z, (threshold_kind){LSNN2018CODE, .adaptive = ADAPTIVE});
        break;
    }
}

static void threshold_begin(const lsnn_slice *slice, const void *parameters)
{
    (void)parameters;
    for (int j = 0; j < slice->n; j++) {
        slice->state[V][j] = slice->trainable[LEARN_V_0][j];
        if (ADAPTIVE) slice->state[A_SLOW][j] = slice->trainable[LEARN_A_0][j];
    }
}

/* v[0] = alpha v_0 + ..., a[0] = rho a_0 + ...; in lsnn2018code z[0] is decided on v_0. */
static void threshold_end(const lsnn_slice *slice, const void *parameters)
{
    const bool code = ((const threshold_parameters *)parameters)->dialect == LSNN2018CODE;
    real *const *constant = slice->constant, *const *adjoint = slice->adjoint, *const *of = slice->trainable_gradient;
    for (int j = 0; j < slice->n; j++) {
        of[LEARN_V_0][j] += constant[ALPHA][j] * adjoint[NU][j] + (code ? adjoint[CARRY][j] : 0);
        of[LEARN_TAU_M][j] += constant[D_ALPHA][j] * adjoint[NU][j] * slice->trainable[LEARN_V_0][j];
        if (!ADAPTIVE) continue;
        of[LEARN_A_0][j] += constant[RHO][j] * adjoint[MU][j];
        of[LEARN_TAU_A][j] += constant[D_RHO][j] * adjoint[MU][j] * slice->trainable[LEARN_A_0][j];
    }
}

/* v[t+1] = alpha v[t] + ..., a[t+1] = rho a[t] + ...; in lsnn2018paper also the reset by A[t]. */
static void threshold_cut(const lsnn_slice *slice, const void *parameters, bool through_reset)
{
    const threshold_parameters *p = parameters;
    real *const *constant = slice->constant, *const *adjoint = slice->adjoint, *const *of = slice->trainable_gradient;
    for (int j = 0; threshold_learns(p) && j < slice->n; j++) {
        of[LEARN_TAU_M][j] += constant[D_ALPHA][j] * adjoint[NU][j] * slice->tape[V_KEPT][j];
        if (!ADAPTIVE) continue;
        const real a = slice->tape[A_KEPT][j];
        of[LEARN_TAU_A][j] += constant[D_RHO][j] * adjoint[MU][j] * a;
        if (through_reset && p->dialect == LSNN2018PAPER) of[LEARN_BETA][j] -= adjoint[PULL_A][j] * a;
    }
}

/* In continuous time. A spike's effects on v and a begin a step after it, as on the grid; nobody can see them before, for the
 * neuron is silent until then, so they are applied at once and larger by what decays in a step. */
static const char *threshold_continuous(const void *parameters, double dt, int j, lsnn_modes *out)
{
    const threshold_parameters *p = parameters;
    if (p->dialect != EPROP2020) return "only the dialect eprop2020 is defined in continuous time";
    if (p->n_ref[j] != floor(p->n_ref[j])) return "n_ref must be a whole number of steps";
    const double rate = dt / p->tau_m[j], lost = -expm1(-rate), s_i = p->scale_input ? lost : 1;
    *out = (lsnn_modes){.n = 1,
                        .n_membrane = 1,
                        .rate = {rate},
                        .gain = {{s_i}, {s_i}},
                        .kick = {-p->v_th[j] * exp(rate)},
                        .start = {p->v_0[j]},
                        .level = -p->v_th[j],
                        .threshold = p->v_th[j],
                        .per_current = s_i / lost,
                        .silent = p->n_ref[j] + 1};
    if (!ADAPTIVE) return NULL;
    const double rate_a = dt / p->tau_a[j], s_a = p->scale_adapt ? -expm1(-rate_a) : 1;
    out->n = 2;
    out->rate[1] = rate_a;
    out->kick[1] = -p->beta[j] * s_a * exp(rate_a);
    out->start[1] = -p->beta[j] * p->a_0[j];
    return NULL;
}

static const lsnn_variable threshold_derived[] = {{"A", NULL, "threshold now"}, {NULL, NULL, NULL}};

static void threshold_derive(const lsnn_slice *slice, const void *parameters, int which, real *out)
{
    (void)parameters;
    (void)which;
    for (int j = 0; j < slice->n; j++)
        out[j] = threshold_at_least(slice->constant[V_TH][j] +
                                        (ADAPTIVE ? slice->constant[BETA][j] * slice->state[A_SLOW][j] : 0),
                                    slice->constant[FLOOR][j]);
}

#endif
