/* Parameters that neurons learn, through the library. */
#include "lsnn.h"
#include "scratch.h"

#include <criterion/criterion.h>
#include <math.h>

TestSuite(learned, .init = scratch_enter, .fini = scratch_leave, .timeout = 60);

enum { N = 5 };

static lsnn *open_net(void)
{
    static const char text[] =
        "task: {kind: evidence_accumulation, cues: 1, cue: 20 ms, gap: 5 ms, pause: 20 ms, recall: 15 ms}\n"
        "populations:\n"
        "  alif: {model: alif, n: 5, v_th: 0.3, tau_a: 100 ms, tau_m: [10 ms, 15 ms, 20 ms, 25 ms, 30 ms],\n"
        "         learn_tau_m: true, learn_v_th: true, learn_beta: true}\n"
        "  out: {model: readout, n: 2, tau_out: 20 ms, learn_bias: true}\n"
        "projections: {in: {from: input, to: alif}, rec: {from: alif, to: alif}, out: {from: alif, to: out}}\n"
        "learning: {rule: eprop, batch: 2, rate: 0.01, loss: cross_entropy}\n";
    lsnn *net;
    lsnn_error err;
    cr_assert_eq(lsnn_open_text(&net, text, 1, &err), LSNN_OK, "%s", err.message);
    return net;
}

static void get(const lsnn *net, const char *name, double values[static N])
{
    lsnn_error err;
    cr_assert_eq(lsnn_get_parameter(net, "alif", name, values, &err), LSNN_OK, "%s", err.message);
}

static double loss_of(lsnn *net)
{
    lsnn_metrics m;
    lsnn_error err;
    cr_assert_eq(lsnn_evaluate(net, &m, 2, 0, 4, &err), LSNN_OK, "%s", err.message);
    return m.loss;
}

Test(learned, begins_as_the_config_says_and_changes)
{
    lsnn *net = open_net();
    lsnn_metrics m;
    lsnn_error err;
    double before[N], after[N];
    get(net, "tau_m", before);
    for (int j = 0; j < N; j++)
        cr_expect_float_eq(before[j], 10 + 5 * j, 1e-5);
    cr_assert_eq(lsnn_iterate(net, &m, &err), LSNN_OK, "%s", err.message);
    get(net, "tau_m", after);
    double moved = 0;
    for (int j = 0; j < N; j++)
        moved += fabs(after[j] - before[j]);
    cr_expect_gt(moved, 1e-3);
    cr_expect_lt(moved, 5);
    lsnn_close(net);
}

Test(learned, what_is_set_counts_and_is_saved)
{
    const double tau_m[N] = {7, 8, 9, 10, 11}, beta[N] = {-0.5, 0, 0.5, 1, 1.5};
    double found[N];
    lsnn *net = open_net(), *other = open_net();
    lsnn_error err;
    const double loss = loss_of(net);
    cr_assert_eq(lsnn_set_parameter(net, "alif", "tau_m", tau_m, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(lsnn_set_parameter(net, "alif", "beta", beta, &err), LSNN_OK, "%s", err.message);
    get(net, "tau_m", found);
    for (int j = 0; j < N; j++)
        cr_expect_float_eq(found[j], tau_m[j], 1e-5);
    get(net, "beta", found);
    cr_expect_arr_eq(found, beta, sizeof beta);
    cr_expect_neq(loss_of(net), loss);
    cr_assert_eq(lsnn_save(net, "state.h5", &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(lsnn_restore(other, "state.h5", &err), LSNN_OK, "%s", err.message);
    cr_expect_eq(loss_of(other), loss_of(net));
    lsnn_close(net);
    lsnn_close(other);
}

Test(learned, wrong_values_change_nothing)
{
    const double wrong[][N] = {{1, 1, 1, 1, 0}, {1, 1, 1, 1, -1}, {1, 1, 1, 1, NAN}, {1, 1, 1, 1, INFINITY}};
    double before[N], after[N];
    lsnn *net = open_net();
    lsnn_error err;
    get(net, "v_th", before);
    for (int k = 0; k < 4; k++)
        cr_expect_eq(lsnn_set_parameter(net, "alif", "v_th", wrong[k], &err), LSNN_CONFIG);
    cr_expect_str_eq(err.message, "v_th of 'alif' must be finite and positive, not inf as of neuron 4");
    get(net, "v_th", after);
    cr_expect_arr_eq(before, after, sizeof before);
    cr_expect_eq(lsnn_set_parameter(net, "out", "bias", (double[]){0, NAN}, &err), LSNN_CONFIG);
    cr_expect_str_eq(err.message, "bias of 'out' must be finite, not nan as of neuron 1");
    lsnn_close(net);
}

Test(learned, wrong_names_are_errors)
{
    const struct {
        const char *population, *parameter, *message;
    } wrong[] = {{"alif", "tau_n", "'alif' learns no parameter 'tau_n'; did you mean 'tau_m'?"},
                 {"alif", "tau_a", "'alif' learns no parameter 'tau_a'; did you mean 'tau_m'?"},
                 {"out", "weights", "'out' learns no parameter 'weights'"},
                 {"alfi", "tau_m", "no population is called 'alfi'; did you mean 'alif'?"},
                 {"input", "tau_m", "no population is called 'input'"}};
    double values[N];
    int n = 0;
    lsnn *net = open_net();
    lsnn_error err;
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        cr_expect_eq(lsnn_get_parameter(net, wrong[k].population, wrong[k].parameter, values, &err), LSNN_CONFIG);
        cr_expect_str_eq(err.message, wrong[k].message);
        cr_expect_eq(lsnn_set_parameter(net, wrong[k].population, wrong[k].parameter, values, &err), LSNN_CONFIG);
        cr_expect_str_eq(err.message, wrong[k].message);
    }
    cr_expect_eq(lsnn_population_size(net, "alfi", &n, &err), LSNN_CONFIG);
    cr_expect_eq(lsnn_population_size(net, "alif", &n, &err), LSNN_OK);
    cr_expect_eq(n, N);
    cr_expect_eq(lsnn_population_size(net, "out", &n, &err), LSNN_OK);
    cr_expect_eq(n, 2);
    lsnn_close(net);
}
