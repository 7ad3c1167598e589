/* Neurons with a synaptic current against closed forms, and their adjoint against the linear system that it belongs to. */
#include "parameters.h"
#include "registry.h"

#include <criterion/criterion.h>
#include <math.h>

enum { N = LSNN_LANES, STEPS = 40 };

/* A slice of N neurons, each with constants of its own. */
typedef struct neurons {
    const lsnn_model *model;
    const void *parameters;
    arena *memory;
    real constant[6][N], state[2][N], tape[STEPS * N], adjoint[2][N];
    lsnn_slice slice;
} neurons;

static double tau_syn_of(int j)
{
    return 3 + 0.5 * j;
}

static double tau_m_of(int j)
{
    return 25 - j;
}

static void make(neurons *x, int scale_input)
{
    double tau_syn[N], tau_m[N], values[6][N], *rows[6];
    lsnn_error err = {0};
    *x = (neurons){.model = registry_model("cuba_lif")};
    for (int j = 0; j < N; j++) {
        tau_syn[j] = tau_syn_of(j);
        tau_m[j] = tau_m_of(j);
    }
    const parameters_entry list[] = {{.name = "tau_syn", .values = tau_syn},
                                     {.name = "tau_m", .values = tau_m},
                                     {.name = "v_th", .number = 0.5},
                                     {.name = "scale_input", .choice = scale_input ? "leak" : "none"},
                                     {0}};
    cr_assert_eq(arena_new(&x->memory, NULL), LSNN_OK);
    cr_assert_eq(parameters_fill(&x->parameters, x->model->fields, x->model->size, N, list, x->memory, &err), LSNN_OK,
                 "%s", err.message);
    for (int c = 0; c < 6; c++)
        rows[c] = values[c];
    cr_assert_null(x->model->prepare(x->parameters, 1, N, rows));
    x->slice = (lsnn_slice){.n = N, .tape = {x->tape}};
    for (int c = 0; c < 6; c++) {
        x->slice.constant[c] = x->constant[c];
        for (int j = 0; j < N; j++)
            x->constant[c][j] = (real)values[c][j];
    }
    for (int k = 0; k < 2; k++) {
        x->slice.state[k] = x->state[k];
        x->slice.adjoint[k] = x->adjoint[k];
    }
}

/* An input of w at step 0: v[t] = (1 - alpha) w sum_(s <= t) alpha^(t-s) kappa^s. */
Test(cuba_lif, answers_an_input_with_a_difference_of_decays)
{
    static neurons x;
    real z[N] = {0}, current[N];
    make(&x, 0);
    for (int t = 0; t < STEPS; t++) {
        for (int j = 0; j < N; j++)
            current[j] = t == 0 ? (real)0.4 : 0;
        x.model->step(&x.slice, x.parameters, current, z);
        for (int j = 0; j < N; j++) {
            const double kappa = exp(-1 / tau_syn_of(j)), alpha = exp(-1 / tau_m_of(j));
            const double sum = (pow(alpha, t + 1) - pow(kappa, t + 1)) / (alpha - kappa);
            cr_expect_float_eq(x.state[1][j], (1 - alpha) * 0.4 * sum, 1e-6);
            cr_expect_eq(z[j], 0);
        }
    }
    arena_free(x.memory);
}

/* v rises to what a constant current leads to; a spike takes v_th from it. */
Test(cuba_lif, spikes_above_its_threshold_and_is_reset_by_it)
{
    static neurons x;
    real z[N] = {0}, current[N];
    int spikes = 0;
    make(&x, 1);
    for (int j = 0; j < N; j++)
        current[j] = 2;
    for (int t = 0; t < STEPS; t++) {
        real before[N], i_before[N], z_before[N];
        for (int j = 0; j < N; j++) {
            before[j] = x.state[1][j];
            i_before[j] = x.state[0][j];
            z_before[j] = z[j];
        }
        x.model->step(&x.slice, x.parameters, current, z);
        for (int j = 0; j < N; j++) {
            const double kappa = exp(-1 / tau_syn_of(j)), alpha = exp(-1 / tau_m_of(j));
            const double i = kappa * i_before[j] + (1 - kappa) * 2;
            cr_expect_float_eq(x.state[1][j], alpha * before[j] + (1 - alpha) * i - 0.5 * z_before[j], 1e-6);
            cr_expect_eq(z[j], x.state[1][j] > 0.5);
            spikes += z[j] > 0;
        }
    }
    cr_expect_gt(spikes, 5 * N);
    arena_free(x.memory);
}

static double noise(int k)
{
    return sin(12.9898 * k) * 2; /* any numbers will do */
}

/* E = sum signal[t] z[t] where z[t] = psi[t] v[t], of an input of 1 at step `at`. Linear, so this is dE/dI[at]. */
static double energy(int j, int at, bool reset, double s_i)
{
    const double kappa = exp(-1 / tau_syn_of(j)), alpha = exp(-1 / tau_m_of(j));
    double i = 0, v = 0, z = 0, sum = 0;
    for (int t = 0; t < STEPS; t++) {
        i = kappa * i + (t == at ? s_i : 0);
        v = alpha * v + (1 - alpha) * i - (reset ? 0.5 * z : 0);
        z = fabs(noise(t * N + j)) * v;
        sum += noise(1000 + t * N + j) * z;
    }
    return sum;
}

Test(cuba_lif, adjoint_is_the_derivative_of_the_linear_system)
{
    static neurons x;
    static real signal[STEPS * N], adjoint[STEPS * N];
    for (int reset = 0; reset < 2; reset++) {
        make(&x, 1);
        for (int k = 0; k < STEPS * N; k++) {
            x.tape[k] = (real)fabs(noise(k));
            signal[k] = (real)noise(1000 + k);
        }
        const lsnn_span span = {
            .n_steps = STEPS, .stride = N, .through_reset = reset, .signal = signal, .current_adjoint = adjoint};
        x.model->backward(&x.slice, x.parameters, &span);
        for (int t = 0; t < STEPS; t++)
            for (int j = 0; j < N; j++) {
                const double wanted = energy(j, t, reset, 1 - exp(-1 / tau_syn_of(j)));
                cr_expect_float_eq(adjoint[t * N + j], wanted, 1e-4 * (1 + fabs(wanted)),
                                   "step %d, neuron %d: %g, not %g", t, j, adjoint[t * N + j], wanted);
            }
        arena_free(x.memory);
    }
}
