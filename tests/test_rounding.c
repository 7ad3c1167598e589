/* Floating point of a program that embeds the library: neither changed nor heard. */
#include "lsnn.h"
#include "scratch.h"

#include <criterion/criterion.h>
#include <fenv.h>
#include <float.h>

TestSuite(rounding, .init = scratch_enter, .fini = scratch_leave, .timeout = 60);

static lsnn *open_net(const char *learning)
{
    char text[1024];
    lsnn *net;
    lsnn_error err;
    snprintf(text, sizeof text,
             "task: {kind: evidence_accumulation, cues: 1, cue: 20, gap: 5, pause: 20, recall: 15}\n"
             "populations: {lif: {model: lif, n: 5, v_th: 0.3, learn_v_th: true},\n"
             "              out: {model: readout, n: 2, tau_out: 20 ms}}\n"
             "projections: {in: {from: input, to: lif}, rec: {from: lif, to: lif}, out: {from: lif, to: out}}\n"
             "learning: {%s, batch: 2, loss: cross_entropy}\n",
             learning);
    cr_assert_eq(lsnn_open_text(&net, text, 1, &err), LSNN_OK, "%s", err.message);
    return net;
}

static bool keeps_denormals(void)
{
    const volatile double least = DBL_MIN;
    return least / 2 > 0;
}

/* Calls whatever computes, and asks after each call. */
static void call_all(const char *learning)
{
    double w[25], v_th[5];
    lsnn_metrics m;
    lsnn_error err;
    lsnn *net = open_net(learning);
    cr_expect(keeps_denormals(), "lsnn_open_text");
    const lsnn_sizes size = lsnn_get_sizes(net);
    double *x = calloc((size_t)size.n_steps * (size_t)size.n_in, sizeof *x);
    cr_assert_eq(lsnn_iterate(net, &m, &err), LSNN_OK, "%s", err.message);
    cr_expect(keeps_denormals(), "lsnn_iterate");
    cr_assert_eq(lsnn_evaluate(net, &m, 2, 0, 4, &err), LSNN_OK, "%s", err.message);
    cr_expect(keeps_denormals(), "lsnn_evaluate");
    cr_assert_eq(lsnn_present(net, x, NULL, NULL, &err), LSNN_OK, "%s", err.message);
    cr_expect(keeps_denormals(), "lsnn_present");
    cr_assert_eq(lsnn_get_weights(net, "rec", w, &err), LSNN_OK);
    cr_assert_eq(lsnn_set_weights(net, "rec", w, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(lsnn_get_parameter(net, "lif", "v_th", v_th, &err), LSNN_OK);
    cr_assert_eq(lsnn_set_parameter(net, "lif", "v_th", v_th, &err), LSNN_OK, "%s", err.message);
    cr_expect(keeps_denormals(), "lsnn_set_weights, lsnn_set_parameter");
    cr_assert_eq(lsnn_save(net, "state.h5", &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(lsnn_restore(net, "state.h5", &err), LSNN_OK, "%s", err.message);
    cr_expect(keeps_denormals(), "lsnn_save, lsnn_restore");
    lsnn_close(net);
    free(x);
}

Test(rounding, of_the_program_is_left_as_it_was)
{
    cr_assert(keeps_denormals());
    call_all("rule: eprop");
    call_all("sampler: evolution");
}

static double learn(void)
{
    lsnn_metrics m = {0};
    lsnn_error err;
    lsnn *net = open_net("rule: eprop");
    for (int k = 0; k < 3; k++)
        cr_assert_eq(lsnn_iterate(net, &m, &err), LSNN_OK, "%s", err.message);
    lsnn_close(net);
    return m.loss;
}

Test(rounding, of_the_program_changes_no_bits)
{
    const double usual = learn();
    cr_assert_eq(fesetround(FE_UPWARD), 0);
    const double upward = learn();
    cr_expect_eq(fegetround(), FE_UPWARD);
    cr_assert_eq(fesetround(FE_TONEAREST), 0);
    cr_expect_eq(usual, upward);
}
