/* Leaky readouts against closed forms. */
#include "driven.h"

enum { STEPS = 100, SPIKE = 7, N_OUT = 3 };

static void population_of(network *net, const char *name, const char *model_name, int n, const parameters_entry *list)
{
    const lsnn_model *model = registry_model(model_name);
    const void *parameters;
    cr_assert_eq(parameters_fill(&parameters, model->fields, model->size, n, list, net->memory, NULL), LSNN_OK);
    cr_assert_eq(network_add_population(net, name, model, n, parameters, NULL), LSNN_OK);
}

/* A neuron that fires once, at step SPIKE, and three readouts with the weights. The output of readout k at step t goes to
 * y[t][k]. `delay` of the projection to them. */
static void respond(double y[STEPS][N_OUT], const double weight[N_OUT], int delay, const parameters_entry *list)
{
    arena *a;
    network *net;
    synapses *in, *out;
    worker *w;
    tape *tp;
    const lsnn_shape shape = {.n_in = 1, .n_out = N_OUT, .n_steps = STEPS};
    const projection_spec to_neuron = {.name = "in", .n_to_populations = 1};
    const projection_spec to_readout = {
        .name = "out", .source = -1, .n_from_populations = 1, .to_population = 1, .n_to_populations = 1};
    cr_assert_eq(arena_new(&a, NULL), LSNN_OK);
    cr_assert_eq(network_new(&net, a, 1, 0, NULL), LSNN_OK);
    cr_assert_eq(network_add_source(net, &(source){.name = "input", .n = 1}, NULL), LSNN_OK);
    population_of(net, "relay", "lif", 1, (parameters_entry[]){{0}});
    population_of(net, "out", "readout", N_OUT, list);
    cr_assert_eq(synapses_new(&in, a, 1, 1, 1, NULL), LSNN_OK);
    cr_assert_eq(synapses_new(&out, a, 1, N_OUT, N_OUT, NULL), LSNN_OK);
    synapses_add(in, 0, 0, 1.5, 0);
    for (uint32_t k = 0; k < N_OUT; k++)
        synapses_add(out, 0, k, weight[k], delay);
    cr_assert_eq(network_add_projection(net, &to_neuron, in, NULL), LSNN_OK);
    cr_assert_eq(network_add_projection(net, &to_readout, out, NULL), LSNN_OK);
    cr_assert_eq(worker_new(&w, net, a, &shape, NULL), LSNN_OK);
    cr_assert_eq(tape_new(&tp, net, a, &shape, shape.n_steps, NULL), LSNN_OK);
    lsnn_trial_spike(tp->trial, SPIKE, 0);
    trial_sort(tp->trial);
    network_refresh(net);
    forward(net, w, tp, NULL, NULL);
    cr_assert_eq(tp->spike_start[STEPS], 1, "the relay should fire once");
    for (int t = 0; t < STEPS; t++)
        for (int k = 0; k < N_OUT; k++)
            y[t][k] = tp->output[t * net->populations[1].width + k];
    arena_free(a);
}

Test(readout, answers_a_spike_with_an_exponential)
{
    const double tau_out[] = {5, 20, 60}, weight[] = {1, -2, 0.3};
    double y[STEPS][N_OUT];
    respond(y, weight, 0, (parameters_entry[]){{.name = "tau_out", .values = tau_out}, {0}});
    for (int t = 0; t < STEPS; t++)
        for (int k = 0; k < N_OUT; k++)
            cr_expect_float_eq(y[t][k], t < SPIKE ? 0 : weight[k] * exp((SPIKE - t) / tau_out[k]), driven_tolerance);
}

Test(readout, hears_a_delayed_spike_later)
{
    const double weight[] = {1, -2, 0.3};
    double y[STEPS][N_OUT], late[STEPS][N_OUT];
    respond(y, weight, 0, (parameters_entry[]){{0}});
    respond(late, weight, 4, (parameters_entry[]){{0}});
    for (int t = 4; t < STEPS; t++)
        for (int k = 0; k < N_OUT; k++)
            cr_expect_eq(late[t][k], y[t - 4][k]);
}

Test(readout, scales_by_what_leaks_away)
{
    const double weight[] = {1, -2, 0.3}, kappa = exp(-1.0 / 20);
    double y[STEPS][N_OUT];
    respond(y, weight, 0, (parameters_entry[]){{.name = "scale", .choice = "leak"}, {0}});
    for (int k = 0; k < N_OUT; k++)
        cr_expect_float_eq(y[SPIKE][k], (1 - kappa) * weight[k], driven_tolerance);
}

Test(readout, adds_a_static_bias_after_the_filter)
{
    const double bias[] = {0.5, -1, 0}, weight[] = {0, 0, 1}, kappa = exp(-1.0 / 20);
    double y[STEPS][N_OUT];
    respond(y, weight, 0, (parameters_entry[]){{.name = "bias", .values = bias}, {0}});
    for (int t = 0; t < STEPS; t++) {
        cr_expect_float_eq(y[t][0], 0.5, driven_tolerance);
        cr_expect_float_eq(y[t][1], -1, driven_tolerance);
        cr_expect_float_eq(y[t][2], t < SPIKE ? 0 : pow(kappa, t - SPIKE), driven_tolerance);
    }
}

Test(readout, sums_a_leaky_bias_in_the_filter)
{
    const double bias[] = {0.05, -0.1, 0}, weight[] = {0, 0, 0}, kappa = exp(-1.0 / 20);
    double y[STEPS][N_OUT];
    respond(y, weight, 0,
            (parameters_entry[]){{.name = "bias", .values = bias}, {.name = "bias_mode", .choice = "leaky"}, {0}});
    for (int t = 0; t < STEPS; t++)
        for (int k = 0; k < N_OUT; k++)
            cr_expect_float_eq(y[t][k], bias[k] * (1 - pow(kappa, t + 1)) / (1 - kappa), driven_tolerance);
}
