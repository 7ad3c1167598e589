/* Leaky integrate-and-fire neuron with a synaptic current that decays: shows that a model is one file. */
#include "lsnn/surrogate.h"

typedef struct cuba_lif {
    const double *tau_syn, *tau_m, *v_th;
} cuba_lif;

enum { KAPPA, ALPHA, V_TH };
enum { CURRENT, V };

#define AT(member) offsetof(cuba_lif, member)
static const lsnn_field fields[] = {
    {"tau_syn", LSNN_NEURONS, AT(tau_syn), "5", "ms", 0, INFINITY, true, NULL, "time constant of the current"},
    {"tau_m", LSNN_NEURONS, AT(tau_m), "20", "ms", 0, INFINITY, true, NULL, "membrane time constant tau_m"},
    {"v_th", LSNN_NEURONS, AT(v_th), "1", NULL, 0, INFINITY, true, NULL, "threshold v_th"},
    LSNN_END,
};
static const lsnn_variable states[] = {{"i", NULL, "synaptic current"}, {"v", NULL, "membrane potential"}, {0}};
static const lsnn_variable adjoints[] = {{"mu", NULL, "dE/di"}, {"nu", NULL, "dE/dv"}, {0}};
static const lsnn_variable tapes[] = {{"psi", NULL, "dz/dv"}, {0}};
static const char *const constants[] = {"kappa", "alpha", "v_th", NULL};

static const char *prepare(const void *parameters, double dt, int n, double *const constant[])
{
    const cuba_lif *p = parameters;
    for (int j = 0; j < n; j++) {
        constant[KAPPA][j] = exp(-dt / p->tau_syn[j]);
        constant[ALPHA][j] = exp(-dt / p->tau_m[j]);
        constant[V_TH][j] = p->v_th[j];
    }
    return NULL;
}

/* i[t] = kappa i[t-1] + I[t];  v[t] = alpha v[t-1] + (1 - alpha) i[t] - v_th z[t-1];  z[t] = v[t] > v_th */
static void step(const lsnn_slice *slice, const void *parameters, const real *current, real *z)
{
    (void)parameters;
    real *i = slice->state[CURRENT], *v = slice->state[V], *psi = slice->tape[0];
    for (int j = 0; j < slice->n; j++) {
        const real alpha = slice->constant[ALPHA][j], v_th = slice->constant[V_TH][j];
        i[j] = slice->constant[KAPPA][j] * i[j] + current[j];
        v[j] = alpha * v[j] + (1 - alpha) * i[j] - v_th * z[j];
        psi[j] = (real)0.3 / v_th * lsnn_surrogate_shape(LSNN_TRIANGULAR, (v[j] - v_th) / v_th);
        z[j] = v[j] > v_th;
    }
}

/* nu[t] = psi[t] signal[t] + alpha nu[t+1];  mu[t] = (1 - alpha) nu[t] + kappa mu[t+1] = dE/dI[t] */
static void backward(const lsnn_slice *slice, const void *parameters, const lsnn_span *span)
{
    (void)parameters;
    real *mu = slice->adjoint[CURRENT], *nu = slice->adjoint[V];
    for (int t = span->n_steps - 1; t >= 0; t--)
        for (int j = 0; j < slice->n; j++) {
            const real alpha = slice->constant[ALPHA][j], psi = slice->tape[0][t * slice->n + j];
            nu[j] = psi * span->signal[t * span->stride + j] + alpha * nu[j];
            mu[j] = (1 - alpha) * nu[j] + slice->constant[KAPPA][j] * mu[j];
            span->current_adjoint[t * span->stride + j] = mu[j];
        }
}

const lsnn_model lsnn_model_cuba_lif = {
    .name = "cuba_lif",
    .doc = "Leaky integrate-and-fire neuron with a synaptic current that decays with tau_syn.",
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
