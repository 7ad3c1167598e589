/* Leaky integrate-and-fire neuron with absolute refractoriness, for simulation: between spikes the exact solution. */
#include "lsnn/model.h"
#include <math.h>

#define MOST_ADAPTATIONS 3

typedef struct iaf {
    const double *tau_m, *e_l, *v_th, *v_reset, *v_0, *t_ref, *i_e, *tau_syn;
    lsnn_reals tau_a, beta;
    int synapse; /* 0: delta, 1: exponential */
} iaf;

enum { ALPHA, LEAK, FROM_SYNAPSE, KAPPA, V_TH, V_RESET, N_REF, V_0, RHO, BETA = RHO + MOST_ADAPTATIONS };
enum { V, R, I_SYN, A };

#define NUMBER(name, value, unit, above, min, doc)                                                                     \
    {                                                                                                                  \
#name, LSNN_NEURONS, offsetof(iaf, name), value, unit, min, INFINITY, above, NULL, doc                         \
    }

static const lsnn_field fields[] = {
    NUMBER(tau_m, "20", "ms", true, 0, "membrane time constant tau_m"),
    NUMBER(e_l, "0", "mV", false, -INFINITY, "resting potential E_L"),
    NUMBER(v_th, "20", "mV", false, -INFINITY, "threshold V_th"),
    NUMBER(v_reset, "0", "mV", false, -INFINITY, "potential after a spike V_reset"),
    NUMBER(v_0, "0", "mV", false, -INFINITY, "membrane potential before the first step"),
    NUMBER(t_ref, "2", "ms", false, 0, "absolute refractory time t_ref: V stays at V_reset"),
    NUMBER(i_e, "0", "mV", false, -INFINITY, "constant input current times membrane resistance, R I_e"),
    {"synapse", LSNN_CHOICE, offsetof(iaf, synapse), "delta", NULL, 0, 0, false, "delta|exponential",
     "what a spike adds its weight (mV) to: V at once (delta), or the synaptic current R I_syn"},
    NUMBER(tau_syn, "2", "ms", true, 0, "time constant tau_syn of the synaptic current (exponential)"),
    {"tau_a", LSNN_REALS, offsetof(iaf, tau_a), "[]", "ms", 0, INFINITY, true, NULL,
     "time constants tau_a of up to 3 adaptations of the threshold"},
    {"beta", LSNN_REALS, offsetof(iaf, beta), "[]", "mV", -INFINITY, INFINITY, false, NULL,
     "beta of each: threshold added per unit of a; a spike adds 1 to a"},
    LSNN_END,
};

static const char *check(const iaf *p, double dt, int j)
{
    const double steps = p->t_ref[j] / dt;
    if (fabs(steps - round(steps)) > 1e-6 * fmax(1, steps)) return "t_ref must be a whole number of steps of dt";
    if (p->v_reset[j] >= p->v_th[j]) return "v_reset must be below v_th";
    return NULL;
}

/* With x = dt (1/tau_syn - 1/tau_m), a current of 1 at the start of a step moves V by
 *     exp(-dt/tau_syn) dt/tau_m (exp(x) - 1)/x,   also where the time constants are equal. */
static double from_synapse(double dt, double tau_m, double tau_syn)
{
    const double x = dt * (tau_m - tau_syn) / (tau_m * tau_syn);
    return exp(-dt / tau_syn) * dt / tau_m * (x == 0 ? 1 : expm1(x) / x);
}

static const char *prepare(const void *parameters, double dt, int n, double *const constant[])
{
    const iaf *p = parameters;
    if (p->tau_a.n > MOST_ADAPTATIONS) return "at most 3 adaptations: give up to three tau_a";
    if (p->tau_a.n != p->beta.n) return "as many beta as tau_a are needed";
    for (int j = 0; j < n; j++) {
        const char *complaint = check(p, dt, j);
        if (complaint) return complaint;
        constant[ALPHA][j] = exp(-dt / p->tau_m[j]);
        constant[LEAK][j] = -expm1(-dt / p->tau_m[j]) * (p->e_l[j] + p->i_e[j]);
        constant[FROM_SYNAPSE][j] = from_synapse(dt, p->tau_m[j], p->tau_syn[j]);
        constant[KAPPA][j] = exp(-dt / p->tau_syn[j]);
        constant[V_TH][j] = p->v_th[j];
        constant[V_RESET][j] = p->v_reset[j];
        constant[N_REF][j] = round(p->t_ref[j] / dt);
        constant[V_0][j] = p->v_0[j];
        for (int k = 0; k < MOST_ADAPTATIONS; k++) {
            constant[RHO + k][j] = k < p->tau_a.n ? exp(-dt / p->tau_a.values[k]) : 0;
            constant[BETA + k][j] = k < p->tau_a.n ? p->beta.values[k] : 0;
        }
    }
    return NULL;
}

static void begin(const lsnn_slice *slice, const void *parameters)
{
    (void)parameters;
    for (int j = 0; j < slice->n; j++)
        slice->state[V][j] = slice->constant[V_0][j];
}

#define ALIKE (~(1u << V_0) & ((1u << (BETA + MOST_ADAPTATIONS)) - 1))
#define PER(constant) (alike ? constant##_of_all : constant[j])

LSNN_INLINE void step_kind(const lsnn_slice *slice, const real *restrict current, real *restrict z, int n_adaptations,
                           bool exponential, bool alike)
{
    const int n = slice->n & ~(LSNN_LANES - 1);
    const real *restrict alpha = slice->constant[ALPHA], *restrict leak = slice->constant[LEAK];
    const real *restrict from = slice->constant[FROM_SYNAPSE], *restrict kappa = slice->constant[KAPPA];
    const real *restrict v_th = slice->constant[V_TH], *restrict v_reset = slice->constant[V_RESET];
    const real *restrict n_ref = slice->constant[N_REF];
    const real alpha_of_all = alpha[0], leak_of_all = leak[0], from_of_all = from[0], kappa_of_all = kappa[0];
    const real v_th_of_all = v_th[0], v_reset_of_all = v_reset[0], n_ref_of_all = n_ref[0];
    real *restrict v = slice->state[V], *restrict r = slice->state[R], *restrict i_syn = slice->state[I_SYN];

#pragma omp simd
    for (int j = 0; j < n; j++) {
        const real input = exponential ? PER(from) * i_syn[j] : current[j];
        real threshold = PER(v_th);
        for (int k = 0; k < n_adaptations; k++) {
            real *restrict a = slice->state[A + k];
            const real *restrict rho = slice->constant[RHO + k], *restrict beta = slice->constant[BETA + k];
            a[j] *= rho[j];
            threshold += beta[j] * a[j];
        }
        const bool resting = r[j] > 0;
        const real v_now = resting ? v[j] : PER(alpha) * v[j] + PER(leak) + input;
        const bool spikes = v_now >= threshold && !resting;
        if (exponential) i_syn[j] = PER(kappa) * i_syn[j] + current[j];
        v[j] = spikes ? PER(v_reset) : v_now;
        r[j] = spikes ? PER(n_ref) : resting ? r[j] - 1 : 0;
        z[j] = spikes ? 1 : 0;
        for (int k = 0; k < n_adaptations; k++)
            slice->state[A + k][j] += z[j];
    }
}

LSNN_INLINE void step_adaptations(const lsnn_slice *slice, const iaf *p, const real *current, real *z, bool alike)
{
    switch (p->tau_a.n + (p->synapse ? 4 : 0)) {
    case 0: step_kind(slice, current, z, 0, false, alike); break;
    case 1: step_kind(slice, current, z, 1, false, alike); break;
    case 2: step_kind(slice, current, z, 2, false, alike); break;
    case 3: step_kind(slice, current, z, 3, false, alike); break;
    case 4: step_kind(slice, current, z, 0, true, alike); break;
    case 5: step_kind(slice, current, z, 1, true, alike); break;
    case 6: step_kind(slice, current, z, 2, true, alike); break;
    case 7: step_kind(slice, current, z, 3, true, alike); break;
    }
}

LSNN_KERNEL static void step(const lsnn_slice *slice, const void *parameters, const real *restrict current,
                             real *restrict output)
{
    if ((slice->uniform & ALIKE) == ALIKE)
        step_adaptations(slice, parameters, current, output, true);
    else
        step_adaptations(slice, parameters, current, output, false);
}

/* A synaptic current of i adds K i (exp(-t/tau_m) - exp(-t/tau_syn)) to V, K = tau_syn / (tau_m - tau_syn). */
static const char *continuous(const void *parameters, double dt, int j, lsnn_modes *out)
{
    const iaf *p = parameters;
    const double rest = p->e_l[j] + p->i_e[j], rate = dt / p->tau_m[j];
    *out = (lsnn_modes){.n = 1,
                        .n_membrane = 1,
                        .rate = {rate},
                        .gain = {{1}, {1}},
                        .start = {p->v_0[j] - rest},
                        .level = rest - p->v_th[j],
                        .threshold = p->v_th[j],
                        .per_current = p->synapse ? NAN : -1 / expm1(-rate),
                        .silent = round(p->t_ref[j] / dt),
                        .at_threshold = true,
                        .clamped = true,
                        .reset = p->v_reset[j] - p->v_th[j]};
    if (p->synapse) {
        const double K = p->tau_syn[j] / (p->tau_m[j] - p->tau_syn[j]);
        if (!(fabs(p->tau_syn[j] / p->tau_m[j] - 1) > 1e-3))
            return "tau_syn must differ from tau_m by more than 0.1 %, else there is no sum of exponentials";
        out->n = out->n_membrane = 2;
        out->rate[1] = dt / p->tau_syn[j];
        for (int sign = 0; sign < 2; sign++) {
            out->gain[sign][0] = K;
            out->gain[sign][1] = -K;
        }
    }
    for (int k = 0; k < p->tau_a.n; k++, out->n++) {
        out->rate[out->n] = dt / p->tau_a.values[k];
        out->kick[out->n] = -p->beta.values[k];
    }
    return NULL;
}

static const lsnn_variable states[] = {{"v", "mV", "membrane potential"},
                                       {"r", "steps", "refractory steps that are left"},
                                       {"I_syn", "mV", "synaptic current times resistance (exponential)"},
                                       {"a_1", NULL, "first adaptation"},
                                       {"a_2", NULL, "second adaptation"},
                                       {"a_3", NULL, "third adaptation"},
                                       {NULL, NULL, NULL}};
static const lsnn_variable none[] = {{NULL, NULL, NULL}};
static const char *const constants[] = {"alpha", "leak",  "from_synapse", "kappa",  "v_th",   "v_reset", "n_ref", "v_0",
                                        "rho_1", "rho_2", "rho_3",        "beta_1", "beta_2", "beta_3",  NULL};

const lsnn_model lsnn_model_iaf = {
    .name = "iaf",
    .doc =
        "Leaky integrate-and-fire neuron with refractory time, for simulation (Brunel 2000; Rotter & Diesmann 1999):\n"
        "  tau_m dV/dt = E_L - V + R I_e + R I_syn,   spike when V >= V_th + sum_k beta_k a_k, then V = V_reset for "
        "t_ref\n"
        "  delta: a spike of weight w (mV) that arrives adds w to V, and nothing while V is held\n"
        "  exponential: tau_syn dI_syn/dt = -I_syn, a spike adds w to R I_syn\n"
        "  tau_a,k da_k/dt = -a_k, a spike of the neuron adds 1 to a_k\n"
        "Solved exactly on the grid of steps; in the step in which it arrives a spike has the time of the step's end.\n"
        "It has no derivative: it cannot be trained.",
    .spiking = true,
    .fields = fields,
    .size = sizeof(iaf),
    .states = states,
    .adjoints = none,
    .tapes = none,
    .constants = constants,
    .prepare = prepare,
    .begin = begin,
    .step = step,
    .continuous = continuous,
};
