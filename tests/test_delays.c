/* Delays of axons: rows of arrays with one delay, or a delay each, do what lists do. */
#include "synapse_view.h"

static void end(void)
{
    arena_free(memory);
}

TestSuite(delays, .fini = end);

typedef struct outcome {
    metrics m;
    uint64_t count[28];
    double weight[28][28], gradient[28][28];
    int delay[28];
} outcome;

static outcome *into;

static void keep(void *with, int i, int j, int delay, size_t position)
{
    const projection *p = with;
    into->weight[i][j] = (double)e->net->parameters[p->parameter].value[position];
    into->gradient[i][j] = (double)e->trainer->gradient->value[p->parameter][position];
    cr_assert(into->delay[i] == 0 || into->delay[i] == delay, "all synapses of a neuron have one delay");
    into->delay[i] = delay;
}

static void run(outcome *out, const char *rule, const char *delay, const char *storage)
{
    memset(out, 0, sizeof *out);
    START(rule, storage, "projections.rec.rewiring=none", "projections.rec.wiring.probability=0.6", "signs={}", delay);
    const projection *rec = named("rec");
    cr_assert_eq(rec->dense, strcmp(storage, "projections.rec.storage=auto") == 0);
    into = out;
    cr_assert_eq(trainer_gradient(e->trainer, &out->m, NULL, &err), LSNN_OK, "%s", err.message);
    network_each_synapse(e->net, rec, keep, (void *)rec);
    memcpy(out->count, e->trainer->count, sizeof out->count);
    arena_free(memory);
}

static double largest(const outcome *a)
{
    double most = 0;
    for (int k = 0; k < 28 * 28; k++)
        most = fmax(most, fabs(a->gradient[k / 28][k % 28]));
    return most;
}

Test(delays, of_axons_in_arrays_give_what_lists_give)
{
    static outcome dense, lists;
    const double rounding = sizeof(real) == sizeof(float) ? 1e-5 : 1e-13;
    const char *delays[] = {"projections.rec.delay=3 ms", "projections.rec.delay=6 ms", "projections.rec.delay=18 ms",
                            "projections.rec.delay={axonal: [1 ms, 17 ms]}"};
    const char *rules[] = {"learning.rule={kind: eprop}", "learning.rule={kind: bptt}",
                           "learning.rule={kind: bptt, truncate: 20}"};
    for (int c = 0; c < 12; c++) {
        const char *rule = rules[c % 3], *delay = delays[c / 3];
        run(&dense, rule, delay, "projections.rec.storage=auto");
        run(&lists, rule, delay, "projections.rec.storage=sparse");
        cr_assert_arr_eq(dense.count, lists.count, sizeof dense.count, "the same spikes");
        cr_assert_arr_eq(dense.delay, lists.delay, sizeof dense.delay);
        cr_assert_arr_eq(dense.weight, lists.weight, sizeof dense.weight);
        cr_assert_gt(largest(&dense), 0);
        for (int k = 0; k < 28 * 28; k++)
            cr_assert_float_eq(dense.gradient[k / 28][k % 28], lists.gradient[k / 28][k % 28],
                               rounding * largest(&dense), "%s, %s, from %d to %d", rule, delay, k / 28, k % 28);
    }
    int different = 0;
    for (int i = 1; i < 28; i++)
        different += dense.delay[i] != dense.delay[0];
    cr_assert_gt(different, 20, "delays are drawn from 17");
    cr_assert_eq(arena_new(&memory, &err), LSNN_OK); /* for the end */
}
