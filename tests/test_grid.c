/* The grid engine for one large network: the spikes of the small engine, the same bits for any number of threads. */
#include "simulated.h"

#define NETWORK                                                                                                        \
    "seed: 9\n"                                                                                                        \
    "sources:\n"                                                                                                       \
    "  list: {kind: spikes, n: 40, spikes: [[0, 1], [0, 2], [1, 3], [5, 3], [5, 30], [17, 11], [40, 39], [40, 3],"     \
    " [41, 5], [70, 8], [71, 9], [75, 10], [80, 11]]}\n"                                                               \
    "  steady: {kind: current, n: 3, value: [0.01, 0.02, 0.04]}\n"                                                     \
    "populations:\n"                                                                                                   \
    "  lif: {model: lif, n: 700, tau_m: {uniform: [10, 30]}, v_th: 0.6, n_ref: 3}\n"                                   \
    "  alif: {model: alif, n: 600, v_th: 0.5, tau_a: 100 ms, beta: 0.1}\n"                                             \
    "%s"                                                                                                               \
    "projections:\n"                                                                                                   \
    "  in: {from: list, to: [lif, alif], weights: {normal: [0.1, 0.2]}}\n"                                             \
    "  steady: {from: steady, to: alif, wiring: {probability: 0.5}, weights: 1}\n"                                     \
    "  rec: {from: [lif, alif], to: [lif, alif], wiring: {in_degree: 60}, weights: {normal: [0, 0.06]},"               \
    " delay: {uniform: [3 ms, 9 ms]}, storage: sparse}\n"                                                              \
    "  one: {from: lif, to: alif, wiring: {in_degree: 30}, weights: 0.02, delay: 4 ms, storage: sparse}\n"             \
    "%s"

typedef struct witness {
    spike *spikes;
    int n;
} witness;

static void take_trial(void *with, int sample, const network *net, const tape *tp)
{
    witness *w = with;
    (void)sample, (void)net;
    for (int t = 0; t < tp->n_steps; t++)
        for (uint32_t k = tp->spike_start[t]; k < tp->spike_start[t + 1]; k++)
            w->spikes[w->n++] = (spike){(uint32_t)t, tp->spike[k]};
}

Test(grid, has_the_spikes_of_the_small_engine)
{
    static char trained[4096], simulation[4096];
    static spike spikes[1 << 18];
    lsnn_error err = {0};
    metrics m;
    snprintf(trained, sizeof trained, "task: {kind: pattern_generation, duration: 100 ms}\n" NETWORK "%s",
             "  out: {model: readout, n: 1}\n", "  out: {from: lif, to: out}\n",
             "learning: {rule: eprop, batch: 1, loss: mse}\n");
    snprintf(simulation, sizeof simulation, "simulation: {time: 100 ms}\n" NETWORK, "", "");
    simulated s = simulated_by(simulation, 2, 100);
    witness w = {.spikes = spikes};
    const trainer_recorder recorder = {.with = &w, .trial = take_trial, .n_samples = 1};
    experiment *e = experiment_of(trained, s.memory);
    cr_assert_eq(e->shape.n_steps, 100);
    cr_assert_eq(trainer_iterate(e->trainer, &m, &recorder, &err), LSNN_OK, "%s", err.message);
    cr_expect_gt(w.n, 2000, "only %d spikes", w.n);
    cr_assert_eq(s.n_spikes, w.n);
    for (int k = 0; k < w.n; k++) {
        cr_assert_eq(s.spikes[k].step, w.spikes[k].step, "spike %d", k);
        cr_assert_eq(s.spikes[k].who, w.spikes[k].who, "spike %d", k);
    }
    arena_free(s.memory);
}

static const char driven[] =
    "seed: 4\ndt: 0.1 ms\nsimulation: {time: 100 ms}\n"
    "sources: {out: {kind: poisson, n: 1800, rate: 15 kHz}, few: {kind: poisson, n: 800, rate: 20 Hz}}\n"
    "populations:\n"
    "  e: {model: iaf, n: 1400, v_0: {uniform: [0, 20]}}\n"
    "  i: {model: iaf, n: 400, synapse: exponential, tau_a: [50], beta: [0.1], v_0: {uniform: [0, 20]}, i_e: 15 mV}\n"
    "projections:\n"
    "  out: {from: out, to: [e, i], wiring: one_to_one, weights: 0.1}\n"
    "  few: {from: few, to: e, wiring: {in_degree: 20}, weights: {normal: [0.1, 0.3]}, delay: {uniform: [0 ms, 1 "
    "ms]}}\n"
    "  e: {from: e, to: [e, i], wiring: {in_degree: 100}, weights: {lognormal: [-1, 0.5]}, delay: 1.5 ms}\n"
    "  i: {from: i, to: [e, i], wiring: {in_degree: 40, multapses: true}, weights: {normal: [-1, 0.3]},"
    " delay: {uniform: [0.8 ms, 3 ms]}}\n"
    "record: {v: {what: v, of: e, neurons: [0, 700, 1399], every: 7}}\n";

Test(grid, gives_equal_bits_for_any_number_of_threads)
{
    simulated one = simulated_by(driven, 1, 1000);
    cr_expect_gt(one.n_spikes, 1000, "only %d spikes", one.n_spikes);
    cr_expect_eq(one.n_values, 3 * 143);
    for (int n_threads = 2; n_threads <= 5; n_threads++) {
        simulated s = simulated_by(driven, n_threads, 1000);
        cr_assert_eq(s.n_spikes, one.n_spikes);
        cr_expect_arr_eq(s.spikes, one.spikes, (size_t)s.n_spikes * sizeof *s.spikes);
        cr_assert_eq(s.n_values, one.n_values);
        cr_expect_arr_eq(s.values, one.values, (size_t)s.n_values * sizeof *s.values);
        cr_expect_eq(grid_events(s.g), grid_events(one.g));
        arena_free(s.memory);
    }
    arena_free(one.memory);
}

Test(grid, may_be_advanced_in_pieces)
{
    lsnn_error err = {0};
    simulated whole = simulated_by(driven, 2, 1000), s = built(driven, 2);
    for (uint64_t n = 0; n <= 1000; n += 50) {
        const grid_run run = {.n_steps = n, .observe = keep, .with = &s};
        cr_assert_eq(grid_advance(s.g, &run, &err), LSNN_OK);
    }
    /* Sums may be rounded otherwise where sources' spikes come before neurons' instead of after. */
    cr_expect_float_eq(s.n_spikes, whole.n_spikes, 0.02 * whole.n_spikes);
    for (int k = 0; k < 200; k++)
        cr_expect_eq(s.spikes[k].who, whole.spikes[k].who);
    arena_free(s.memory);
    arena_free(whole.memory);
}

static lsnn_status never(void *with, const grid *g, uint64_t first, int n, lsnn_error *err)
{
    (void)g, (void)n;
    ++*(int *)with;
    return first >= 300 ? lsnn_fail(err, LSNN_OUTPUT, "no room") : LSNN_OK;
}

Test(grid, ends_when_an_observer_fails)
{
    lsnn_error err = {0};
    int calls = 0;
    simulated s = built(driven, 3);
    const grid_run run = {.n_steps = 1000, .observe = never, .with = &calls};
    cr_expect_eq(grid_advance(s.g, &run, &err), LSNN_OUTPUT);
    cr_expect_str_eq(err.message, "no room");
    cr_expect_eq(calls, 300 / 8 + 2); /* intervals of the shortest delay, 8 steps */
    arena_free(s.memory);
}

Test(grid, ends_after_a_signal)
{
    lsnn_error err = {0};
    const volatile sig_atomic_t stop = 2;
    simulated s = built(driven, 2);
    const grid_run run = {.n_steps = 1000, .stop = &stop};
    cr_expect_eq(grid_advance(s.g, &run, &err), LSNN_INTERRUPTED);
    cr_expect_eq(grid_step(s.g), 8);
    arena_free(s.memory);
}

Test(grid, counts_what_arrives)
{
    simulated s = simulated_by("simulation: {time: 20 ms}\n"
                               "sources: {in: {kind: spikes, n: 2, spikes: [[3, 0], [5, 1], [5, 0]]}}\n"
                               "populations: {a: {model: iaf, n: 10}, b: {model: iaf, n: 1000}}\n"
                               "projections:\n"
                               "  in: {from: in, to: a, weights: 15}\n"
                               "  ab: {from: a, to: b, weights: 1, delay: 2 ms}\n",
                               2, 20);
    cr_expect_eq(s.n_spikes, 10); /* 15 and 30 mV of input: all of a fire at 5 ms */
    cr_expect_eq(grid_events(s.g), 3 * 10 + 10 * 1000);
    const statistics_summary of = statistics_of(grid_statistics(s.g), 0, 20);
    cr_expect_float_eq(of.rate, 50, 1e-9);
    arena_free(s.memory);
}

/* Neuron 5 hears three cells at once, whose weights are the largest numbers, and soon as much of the other sign. */
Test(grid, names_the_first_neuron_that_leaves_the_numbers)
{
    static char text[1024];
    lsnn_error first = {0};
    for (int n_threads = 1; n_threads <= 3; n_threads++) {
        lsnn_error err = {0};
        arena *memory = NULL;
        circuit *c;
        grid *g;
        cr_assert_eq(arena_new(&memory, &err), LSNN_OK);
        snprintf(text, sizeof text,
                 "simulation: {time: 10 s}\n"
                 "sources:\n  list: {kind: spikes, n: 3, spikes: [[1500, 0], [1500, 1], [1500, 2]]}\n"
                 "populations:\n  lif: {model: lif, n: 100}\n"
                 "projections:\n  in: {from: list, to: lif, wiring: {probability: 0.5}, weights: %s}\n",
                 sizeof(real) == 4 ? "3e38" : "1.7e308");
        cr_assert_eq(circuit_new(&c, experiment_of(text, memory), n_threads, &err), LSNN_OK, "%s", err.message);
        cr_assert_eq(grid_new(&g, c, n_threads, &err), LSNN_OK, "%s", err.message);
        const grid_run run = {.n_steps = 10000};
        cr_expect_eq(grid_advance(g, &run, &err), LSNN_DIVERGED);
        cr_expect(strstr(err.message, "lif[") && strstr(err.message, "].v is no longer a finite number"), "%s",
                  err.message);
        cr_expect_lt(grid_step(g), 3000, "found at step %lu", (unsigned long)grid_step(g));
        if (n_threads == 1) first = err;
        cr_expect_str_eq(err.message, first.message);
        arena_free(memory);
    }
}
