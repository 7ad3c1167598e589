/* Weights, read and set through the library. */
#include "lsnn.h"
#include "opened_store.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

TestSuite(set_weights, .init = scratch_enter, .fini = scratch_leave, .timeout = 60);

enum { N = 4 };

/* `input` and `recurrent` go on with `in: {from: input, to: lif` and `rec: {from: lif, to: lif`. */
static lsnn *open_with(const char *input, const char *recurrent, const char *learning)
{
    char text[1024];
    lsnn *net;
    lsnn_error err;
    snprintf(text, sizeof text,
             "task: {kind: evidence_accumulation, cues: 1, cue: 20, gap: 5, pause: 20, recall: 15}\n"
             "populations: {lif: {model: lif, n: 4, v_th: 0.3}, out: {model: readout, n: 2, tau_out: 20 ms}}\n"
             "signs: {lif: {excitatory: 0.5}}\n"
             "projections:\n"
             "  in: {from: input, to: lif, learn: false%s}\n"
             "  rec: {from: lif, to: lif%s}\n"
             "  out: {from: lif, to: out}\n"
             "learning: {%s, batch: 2, loss: cross_entropy}\n",
             input, recurrent, learning);
    cr_assert_eq(lsnn_open_text(&net, text, 1, &err), LSNN_OK, "%s", err.message);
    return net;
}

static lsnn *open_net(const char *recurrent, const char *learning)
{
    return open_with("", recurrent, learning);
}

static void get(const lsnn *net, double w[static N * N])
{
    lsnn_error err;
    cr_assert_eq(lsnn_get_weights(net, "rec", w, &err), LSNN_OK, "%s", err.message);
}

/* Setting entry (i, j) to `weight` is refused with these words, and changes nothing. */
static void refused(lsnn *net, int i, int j, double weight, const char *message)
{
    double before[N * N], w[N * N], after[N * N];
    lsnn_error err;
    get(net, before);
    for (int k = 0; k < N * N; k++)
        w[k] = before[k] / 2;
    w[i * N + j] = weight;
    cr_expect_eq(lsnn_set_weights(net, "rec", w, &err), LSNN_CONFIG);
    cr_expect_str_eq(err.message, message);
    get(net, after);
    cr_expect_eq(memcmp(before, after, sizeof before), 0);
}

Test(set_weights, gives_back_what_was_set)
{
    double w[N * N], found[N * N];
    lsnn_error err;
    lsnn *net = open_net(", bounds: [-0.3, 0.3], weights: 0.1", "rule: eprop");
    get(net, w);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            w[i * N + j] = isnan(w[i * N + j]) ? 7 : copysign(0.3, w[i * N + j]);
    cr_assert_eq(lsnn_set_weights(net, "rec", w, &err), LSNN_OK, "%s", err.message);
    get(net, found);
    for (int k = 0; k < N * N; k++)
        cr_expect(k % (N + 1) == 0 ? isnan(found[k]) : fabs(found[k] - w[k]) < 1e-7);
    cr_expect_eq(lsnn_set_weights(net, "rec", found, &err), LSNN_OK, "rounding is not beyond the bounds");
    lsnn_close(net);
}

Test(set_weights, refuses_what_no_synapse_may_have)
{
    lsnn *net = open_net(", bounds: [-0.3, 0.3], weights: 0.1", "rule: eprop");
    refused(net, 0, 1, -0.1, "a weight of -0.1 from cell 0 to target 1 of 'rec', where all are at least 0");
    refused(net, 3, 2, 0.1, "a weight of 0.1 from cell 3 to target 2 of 'rec', where all are at most 0");
    refused(net, 0, 1, 0.5, "a weight of 0.5 from cell 0 to target 1 of 'rec', whose bounds are -0.3 and 0.3");
    refused(net, 3, 0, -0.5, "a weight of -0.5 from cell 3 to target 0 of 'rec', whose bounds are -0.3 and 0.3");
    refused(net, 0, 1, NAN, "a weight of nan from cell 0 to target 1 of 'rec': it must be finite");
    refused(net, 0, 1, INFINITY, "a weight of inf from cell 0 to target 1 of 'rec': it must be finite");
    lsnn_close(net);
}

static void write_wires(void)
{
    static const int source[] = {0, 0, 3, 3}, target[] = {1, 1, 2, 0}, delay[] = {1, 2, 1, 1};
    static const double weight[] = {0.25, 0.5, -0.1, -0.1};
    const store_shape shape = {1, {4}};
    store *s = created("w.h5");
    cr_assert_eq(store_write(s, "/w/source", STORE_INT, &shape, source, false, NULL), LSNN_OK);
    cr_assert_eq(store_write(s, "/w/target", STORE_INT, &shape, target, false, NULL), LSNN_OK);
    cr_assert_eq(store_write(s, "/w/delay", STORE_INT, &shape, delay, false, NULL), LSNN_OK);
    cr_assert_eq(store_write(s, "/w/weight", STORE_DOUBLE, &shape, weight, false, NULL), LSNN_OK);
    commit(s);
}

/* A pair's sum says nothing about its parts. */
Test(set_weights, refuses_pairs_with_several_synapses)
{
    double w[N * N];
    write_wires();
    lsnn *net = open_net(", wiring: {file: w.h5, group: /w}", "rule: eprop");
    get(net, w);
    cr_expect_eq(w[1], 0.75);
    refused(net, 0, 1, 0.75,
            "'rec' has several synapses from cell 0 to target 1: weights by pair cannot be given to them");
    lsnn_close(net);
}

/* A sampler has an estimate of its own, which has to follow. */
Test(set_weights, samplers_begin_from_what_was_set)
{
    static const char *const samplers[] = {"evolution", "cma_es",        "genetic",          "annealing",
                                           "tempering", "cross_entropy", "finite_difference"};
    for (size_t s = 0; s < sizeof samplers / sizeof *samplers; s++) {
        char learning[64];
        double w[N * N], after[N * N], distance = 0;
        lsnn_metrics m;
        lsnn_error err;
        snprintf(learning, sizeof learning, "sampler: %s", samplers[s]);
        lsnn *net = open_net(", weights: 0.1", learning);
        get(net, w);
        for (int k = 0; k < N * N; k++)
            w[k] = copysign(100, w[k]);
        cr_assert_eq(lsnn_iterate(net, &m, &err), LSNN_OK, "%s", err.message);
        cr_assert_eq(lsnn_set_weights(net, "rec", w, &err), LSNN_OK, "%s", err.message);
        cr_assert_eq(lsnn_iterate(net, &m, &err), LSNN_OK, "%s", err.message);
        get(net, after);
        for (int k = 0; k < N * N; k++)
            if (k % (N + 1) != 0) distance = fmax(distance, fabs(after[k] - w[k]));
        cr_expect_lt(distance, 20, "%s is %g away", samplers[s], distance);
        lsnn_close(net);
    }
}

/* What does not learn is in no point, but in every network that judges one. */
Test(set_weights, count_for_samplers_where_they_do_not_learn)
{
    double w[64 * N], found[N * N], expected[N * N];
    lsnn_metrics m;
    lsnn_error err;
    lsnn *net = open_net("", "sampler: evolution"), *other = open_with(", weights: 0", "", "sampler: evolution");
    cr_assert_eq(lsnn_get_weights(other, "in", w, &err), LSNN_OK);
    cr_assert_eq(lsnn_set_weights(net, "in", w, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(lsnn_iterate(net, &m, &err), LSNN_OK);
    cr_assert_eq(lsnn_iterate(other, &m, &err), LSNN_OK);
    get(net, found);
    get(other, expected);
    cr_expect_eq(memcmp(found, expected, sizeof found), 0);
    lsnn_close(net);
    lsnn_close(other);
}

Test(set_weights, samplers_remember_over_a_checkpoint_what_was_set)
{
    static const char *const samplers[] = {"genetic", "evolution"};
    for (size_t s = 0; s < sizeof samplers / sizeof *samplers; s++) {
        char learning[64];
        double w[N * N], resumed[N * N];
        lsnn_metrics m;
        lsnn_error err;
        snprintf(learning, sizeof learning, "sampler: %s", samplers[s]);
        lsnn *net = open_net("", learning), *other = open_net("", learning);
        get(net, w);
        for (int k = 0; k < N * N; k++)
            w[k] *= 2;
        cr_assert_eq(lsnn_set_weights(net, "rec", w, &err), LSNN_OK, "%s", err.message);
        cr_assert_eq(lsnn_save(net, "state.h5", &err), LSNN_OK, "%s", err.message);
        cr_assert_eq(lsnn_restore(other, "state.h5", &err), LSNN_OK, "%s", err.message);
        cr_assert_eq(lsnn_iterate(net, &m, &err), LSNN_OK);
        cr_assert_eq(lsnn_iterate(other, &m, &err), LSNN_OK);
        get(net, w);
        get(other, resumed);
        cr_expect_eq(memcmp(w, resumed, sizeof w), 0, "%s", samplers[s]);
        lsnn_close(net);
        lsnn_close(other);
    }
}
