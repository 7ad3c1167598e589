/* LIF neuron with a synaptic current that decays (current-based LIF). */
#include "lsnn/surrogate.h"

typedef struct cuba_lif {
    const double *tau_syn, *tau_m, *v_th, *gamma, *width;
    int surrogate, scale_input; /* 0: none, 1: leak */
} cuba_lif;

enum { KAPPA, S_I, ALPHA, V_TH, HEIGHT, STEEPNESS };
enum { CURRENT, V };

#define AT(member) offsetof(cuba_lif, member)
static const lsnn_field fields[] = {
    {"tau_syn", LSNN_NEURONS, AT(tau_syn), "5", "ms", 0, INFINITY, true, NULL, "time constant of the synaptic current"},
    {"tau_m", LSNN_NEURONS, AT(tau_m), "20", "ms", 0, INFINITY, true, NULL, "membrane time constant tau_m"},
    {"v_th", LSNN_NEURONS, AT(v_th), "1", NULL, 0, INFINITY, true, NULL, "threshold v_th"},
    {"gamma", LSNN_NEURONS, AT(gamma), "0.3", NULL, 0, INFINITY, false, NULL,
     "height gamma of the surrogate derivative (dampening)"},
    {"width", LSNN_NEURONS, AT(width), "1", NULL, 0, INFINITY, true, NULL, "half width of the surrogate in thresholds"},
    {"surrogate", LSNN_CHOICE, AT(surrogate), "triangular", NULL, 0, 0, false, LSNN_SURROGATES,
     "shape of the surrogate derivative"},
    {"scale_input", LSNN_CHOICE, AT(scale_input), "none", NULL, 0, 0, false, "none|leak",
     "s_i: what arrives enters the current times 1 (none) or 1 - kappa (leak)"},
    LSNN_END,
};
static const lsnn_variable states[] = {{"i", NULL, "synaptic current"}, {"v", NULL, "membrane potential"}, {0}};
static const lsnn_variable adjoints[] = {{"mu", NULL, "dE/di"}, {"nu", NULL, "dE/dv"}, {0}};
static const lsnn_variable tapes[] = {{"psi", NULL, "surrogate derivative dz/dv"}, {0}};
static const char *const constants[] = {"kappa", "s_i", "alpha", "v_th", "height", "steepness", NULL};

static const char *prepare(const void *parameters, double dt, int n, double *const constant[])
{
    const cuba_lif *p = parameters;
    for (int j = 0; j < n; j++) {
        const double kappa = exp(-dt / p->tau_syn[j]);
        constant[KAPPA][j] = kappa;
        constant[S_I][j] = p->scale_input ? 1 - kappa : 1;
        constant[ALPHA][j] = exp(-dt / p->tau_m[j]);
        constant[V_TH][j] = p->v_th[j];
        constant[HEIGHT][j] = p->gamma[j] / p->v_th[j];
        constant[STEEPNESS][j] = 1 / (p->width[j] * p->v_th[j]);
    }
    return NULL;
}

LSNN_INLINE void step_shape(const lsnn_slice *slice, const real *restrict current, real *restrict z,
                            lsnn_surrogate shape)
{
    const int n = slice->n & ~(LSNN_LANES - 1);
    const real *restrict kappa = slice->constant[KAPPA], *restrict s_i = slice->constant[S_I];
    const real *restrict alpha = slice->constant[ALPHA], *restrict v_th = slice->constant[V_TH];
    const real *restrict height = slice->constant[HEIGHT], *restrict steepness = slice->constant[STEEPNESS];
    real *restrict i = slice->state[CURRENT], *restrict v = slice->state[V], *restrict psi = slice->tape[0];
#pragma omp simd
    for (int j = 0; j < n; j++) {
        i[j] = kappa[j] * i[j] + s_i[j] * current[j];
        v[j] = alpha[j] * v[j] + (1 - alpha[j]) * i[j] - v_th[j] * z[j];
        psi[j] = height[j] * lsnn_surrogate_shape(shape, (v[j] - v_th[j]) * steepness[j]);
        z[j] = v[j] > v_th[j] ? 1 : 0;
    }
}

static LSNN_KERNEL void step(const lsnn_slice *slice, const void *parameters, const real *current, real *z)
{
    const cuba_lif *p = parameters;
    switch ((lsnn_surrogate)p->surrogate) {
    case LSNN_TRIANGULAR: step_shape(slice, current, z, LSNN_TRIANGULAR); break;
    case LSNN_FAST_SIGMOID: step_shape(slice, current, z, LSNN_FAST_SIGMOID); break;
    case LSNN_ARCTAN: step_shape(slice, current, z, LSNN_ARCTAN); break;
    case LSNN_EXPONENTIAL: step_shape(slice, current, z, LSNN_EXPONENTIAL); break;
    }
}

/* h[t] = signal[t] - v_th nu[t+1] (through the reset);  nu[t] = psi[t] h[t] + alpha nu[t+1];
 * mu[t] = (1 - alpha) nu[t] + kappa mu[t+1];  dE/dI[t] = s_i mu[t] */
static LSNN_KERNEL void backward(const lsnn_slice *slice, const void *parameters, const lsnn_span *span)
{
    const int n = slice->n & ~(LSNN_LANES - 1);
    const real *restrict kappa = slice->constant[KAPPA], *restrict s_i = slice->constant[S_I];
    const real *restrict alpha = slice->constant[ALPHA], *restrict v_th = slice->constant[V_TH];
    real *restrict mu = slice->adjoint[CURRENT], *restrict nu = slice->adjoint[V];
    const real reset = span->through_reset ? 1 : 0;
    (void)parameters;
    for (int t = span->n_steps - 1; t >= 0; t--) {
        const real *restrict psi = slice->tape[0] + (size_t)t * (size_t)slice->n;
        const real *restrict signal = span->signal + (size_t)t * (size_t)span->stride;
        real *restrict current_adjoint = span->current_adjoint + (size_t)t * (size_t)span->stride;
#pragma omp simd
        for (int j = 0; j < n; j++) {
            const real nu_now = psi[j] * (signal[j] - reset * v_th[j] * nu[j]) + alpha[j] * nu[j];
            nu[j] = nu_now;
            mu[j] = (1 - alpha[j]) * nu_now + kappa[j] * mu[j];
            current_adjoint[j] = s_i[j] * mu[j];
        }
    }
}

const lsnn_model lsnn_model_cuba_lif = {
    .name = "cuba_lif",
    .doc = "LIF neuron with a synaptic current that decays with tau_syn (NIR's CubaLIF):\n"
           "  i[t] = kappa i[t-1] + s_i I[t],  kappa = exp(-dt/tau_syn)\n"
           "  v[t] = alpha v[t-1] + (1 - alpha) i[t] - v_th z[t-1],  alpha = exp(-dt/tau_m)\n"
           "  z[t] = 1 if v[t] > v_th",
    .spiking = true,
    .fields = fields,
    .size = sizeof(cuba_lif),
    .states = states,
    .adjoints = adjoints,
    .tapes = tapes,
    .constants = constants,
    .prepare = prepare,
    .step = step,
    .backward = backward,
};
