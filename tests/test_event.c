/* The event engine against the grid, against closed forms, and against itself. */
#include "simulated.h"

#include "lsnn/random.h"
#include <stdarg.h>

TestSuite(event, .timeout = 250, .init = config_start, .fini = config_end);

static char text[1 << 18];

static void add(const char *format, ...)
{
    va_list list;
    const size_t length = strlen(text);
    va_start(list, format);
    vsnprintf(text + length, sizeof text - length, format, list);
    va_end(list);
}

/* `source in`: so many spikes of 100 cells at multiples of `step` ms within `time`. */
static void add_spikes(int n, double step, double time)
{
    lsnn_random stream = lsnn_random_stream(5, LSNN_TASK_FIXED, 0, 0);
    add("sources:\n  in: {kind: spikes, n: 100, spikes: [");
    for (int k = 0; k < n; k++)
        add("%s[%.6f, %u]", k ? ", " : "", step * lsnn_random_below(&stream, (uint32_t)(time / step)),
            lsnn_random_below(&stream, 100));
    add("]}\n");
}

static void expect_same(const simulated *a, const simulated *b)
{
    for (size_t k = 0; k < a->n && k < b->n; k++)
        cr_assert(a->spike[k].id == b->spike[k].id && fabs(a->spike[k].time - b->spike[k].time) < 1e-9,
                  "spike %zu: neuron %u at %.12g ms, neuron %u at %.12g ms", k, a->spike[k].id, a->spike[k].time,
                  b->spike[k].id, b->spike[k].time);
    cr_expect_eq(a->n, b->n, "%zu and %zu spikes", a->n, b->n);
}

/* Projections of several delays between two populations, input on the grid. In single precision the grid's rounding decides about a
 * spike sooner or later. */
static void expect_grid(double dt, const char *first, const char *second, const char *in, const char *rec, size_t least)
{
    const double time = sizeof(real) == 8 ? 400 : 150;
    text[0] = '\0';
    add("dt: %g ms\nsimulation: {time: 400 ms}\n", dt);
    add_spikes(4000, dt, 400);
    add("populations:\n  a: {n: 80, %s}\n  b: {n: 50, %s}\nprojections:\n", first, second);
    add("  in: {from: in, to: [a, b], wiring: {in_degree: 20}, weights: %s, delay: 0 ms}\n", in);
    add("  aa: {from: a, to: [a, b], wiring: {in_degree: 20}, weights: %s, delay: 2 ms}\n", rec);
    add("  ba: {from: b, to: a, wiring: {probability: 0.2}, weights: %s, delay: 3 ms}\n", rec);
    add("  bb: {from: b, to: b, wiring: {probability: 0.2}, weights: %s, delay: 5 ms}\n", rec);
    simulated event = simulated_by_event(text, time, 1), stepped = simulated_by_grid(text, time, 2);
    expect_same(&event, &stepped);
    cr_expect_gt((double)event.n, (double)least * time / 400, "%zu spikes", event.n);
    simulated_free(&event);
    simulated_free(&stepped);
}

Test(event, equals_the_grid_with_lif_and_alif_neurons)
{
    expect_grid(1, "model: lif, tau_m: {uniform: [15, 25]}, n_ref: 3, v_th: {uniform: [0.5, 0.7]}",
                "model: alif, tau_m: {uniform: [15, 25]}, n_ref: 4, v_th: 0.6, beta: 0.07, tau_a: 200 ms",
                "{normal: [0.1, 0.1]}", "{normal: [0.01, 0.1]}", 1000);
}

Test(event, equals_the_grid_with_leaking_scales_and_no_refractory_time)
{
    expect_grid(0.5, "model: alif, n_ref: 0, scale_input: leak, scale_adapt: leak, beta: 6, v_th: 0.03, tau_a: 100 ms",
                "model: lif, n_ref: 0, scale_input: leak, v_th: 0.03, v_0: 0.02", "{normal: [0.1, 0.1]}",
                "{normal: [0.01, 0.1]}", 1000);
}

Test(event, equals_the_grid_with_clamped_neurons)
{
    expect_grid(0.1, "model: iaf, t_ref: 2 ms, v_reset: 5",
                "model: iaf, t_ref: 1 ms, tau_a: [50, 200], beta: [1, 0.5], e_l: 3", "{normal: [3, 3]}",
                "{normal: [0.3, 3]}", 1000);
}

Test(event, equals_the_grid_with_a_threshold_that_spikes_lower)
{
    expect_grid(1, "model: alif, n_ref: 2, beta: -0.02, tau_a: 15 ms",
                "model: iaf, t_ref: 2 ms, tau_a: [5], beta: [-4]", "{normal: [0.15, 0.1]}", "{normal: [0.01, 0.2]}",
                500);
}

Test(event, equals_itself_with_any_number_of_threads)
{
    text[0] = '\0';
    add("dt: 0.1 ms\nsimulation: {time: 300 ms}\nsources:\n  drive: {kind: poisson, n: 1000, rate: 3 kHz}\n"
        "  cells: {kind: poisson, n: 40, rate: 50 Hz}\npopulations:\n"
        "  a: {n: 700, model: iaf, synapse: exponential, tau_syn: 3 ms, tau_a: [80], beta: [2]}\n"
        "  b: {n: 300, model: alif, tau_m: {uniform: [10, 20]}, v_th: 20, beta: 1, n_ref: 20}\nprojections:\n"
        "  drive: {from: drive, to: [a, b], wiring: one_to_one, weights: 0.4}\n"
        "  cells: {from: cells, to: [a, b], wiring: {in_degree: 5}, weights: 3, delay: {uniform: [0 ms, 4 ms]}}\n"
        "  ab: {from: [a, b], to: [a, b], wiring: {in_degree: 50}, weights: {normal: [0.1, 1]}, delay: 0.731 ms}\n"
        "  ba: {from: b, to: a, wiring: {in_degree: 20}, weights: 0.3, delay: {uniform: [0.9 ms, 7 ms]}}\n");
    simulated one = simulated_by_event(text, 300, 1);
    cr_expect_gt(one.n, 2000, "%zu spikes", one.n);
    for (int n_threads = 2; n_threads <= 3; n_threads++) {
        simulated more = simulated_by_event(text, 300, n_threads);
        cr_assert_eq(one.n, more.n);
        for (size_t k = 0; k < one.n; k++)
            cr_assert(one.spike[k].id == more.spike[k].id && one.spike[k].time == more.spike[k].time);
        simulated_free(&more);
    }
    simulated_free(&one);
}

/* ---- closed forms ----------------------------------------------------------------------------------------------------- */

/* Times of the spikes of neuron 0, in ms. */
static int train(const simulated *s, double *time, int most)
{
    int n = 0;
    for (size_t k = 0; k < s->n; k++)
        if (s->spike[k].id == 0 && n < most) time[n++] = s->spike[k].time;
    return n;
}

Test(event, intervals_under_constant_current_are_exact)
{
    double time[64];
    simulated s = simulated_by_event("dt: 0.1 ms\nsimulation: {time: 500 ms}\npopulations:\n"
                                     "  a: {n: 1, model: iaf, i_e: 25, v_reset: 2, t_ref: 2 ms}\n",
                                     500, 1);
    const int n = train(&s, time, 64);
    const double first = 20 * log(25 / (25.0 - 20)), interval = 2 + 20 * log((25 - 2) / (25.0 - 20));
    cr_assert_gt(n, 10);
    for (int k = 0; k < n; k++) /* V is 0 a step before time 0 */
        cr_expect_float_eq(time[k], first - 0.1 + k * interval, 1e-12 * time[k], "spike %d at %.17g", k, time[k]);
    simulated_free(&s);
}

Test(event, a_current_of_a_source_is_that_of_the_grid_between_steps)
{
    double time[64];
    simulated s = simulated_by_event("simulation: {time: 300 ms}\nsources:\n  dc: {kind: current, n: 1, value: 0.07}\n"
                                     "populations:\n  a: {n: 1, model: lif, n_ref: 1}\n"
                                     "projections:\n  dc: {from: dc, to: a, weights: 1, delay: 0 ms}\n",
                                     300, 1);
    const int n = train(&s, time, 64);
    const double alpha = exp(-1 / 20.0), v_inf = (double)(real)1 * 0.07 / (1 - alpha);
    double v = 0, now = -1;
    cr_assert_gt(n, 5, "%d %g %g", n, time[0], time[1]);
    for (int k = 0; k < n; k++) {
        now += 20 * log((v_inf - v) / (v_inf - 1));
        cr_expect_float_eq(time[k], now, 1e-12 * now);
        v = 1 - 1 / alpha; /* the reset of the grid's next step, a step earlier */
    }
    simulated_free(&s);
}

/* One input at 3 ms; the root in 80-bit arithmetic on the rising side of the synaptic potential. */
Test(event, an_exponential_synapse_crosses_where_its_potential_does)
{
    double time[4];
    simulated s = simulated_by_event("dt: 0.1 ms\nsimulation: {time: 60 ms}\n"
                                     "sources:\n  in: {kind: spikes, n: 1, spikes: [[3 ms, 0]]}\npopulations:\n"
                                     "  a: {n: 1, model: iaf, synapse: exponential, tau_syn: 2 ms, i_e: 12}\n"
                                     "projections:\n  in: {from: in, to: a, weights: 256, delay: 1.37 ms}\n",
                                     60, 1);
    cr_assert_eq(train(&s, time, 4), 1);
    const long double arrival = 4.37L, K = 2.0L / 18, start = 12 * (1 - expl(-(arrival + 0.1L) / 20));
    long double a = 0, b = 3;
    for (int k = 0; k < 80; k++) {
        const long double t = (a + b) / 2;
        const long double v = 12 + (start - 12) * expl(-t / 20) + 256 * K * (expl(-t / 20) - expl(-t / 2));
        *(v < 20 ? &a : &b) = t;
    }
    cr_expect_float_eq(time[0], (double)(arrival + b), 1e-12 * 5, "%.17g, not %.17g", time[0], (double)(arrival + b));
    simulated_free(&s);
}

/* V is held; the current goes on and V starts from the reset with what is left of it. */
Test(event, a_synaptic_current_outlasts_the_refractory_time)
{
    double time[8];
    simulated s =
        simulated_by_event("dt: 0.1 ms\nsimulation: {time: 60 ms}\n"
                           "sources:\n  in: {kind: spikes, n: 1, spikes: [[0, 0], [4.5 ms, 0]]}\npopulations:\n"
                           "  a: {n: 1, model: iaf, synapse: exponential, tau_syn: 5 ms, t_ref: 3 ms, v_reset: 10}\n"
                           "projections:\n  in: {from: in, to: a, weights: 200, delay: 0.3 ms}\n",
                           60, 1);
    const int n = train(&s, time, 8);
    const double K = 5.0 / 15;
    double V = 0, now = 0.3, i = 200;
    cr_assert_geq(n, 2);
    for (int k = 0; k < n; k++) {
        double a = 0, b = 5; /* V rises until then, and longer */
        for (int half = 0; half < 100; half++) {
            const double t = (a + b) / 2;
            *(V * exp(-t / 20) + K * i * (exp(-t / 20) - exp(-t / 5)) < 20 ? &a : &b) = t;
        }
        cr_expect_float_eq(time[k], now + b, 1e-12 * 10, "spike %d at %.17g, not %.17g", k, time[k], now + b);
        i *= exp(-(b + 3) / 5);
        if (now + b < 4.8 && 4.8 <= now + b + 3) i += 200 * exp(-(now + b + 3 - 4.8) / 5);
        now += b + 3;
        V = 10;
    }
    simulated_free(&s);
}

/* Two adaptations: each interval against its equation. */
Test(event, adaptations_lengthen_intervals_exactly)
{
    double time[200];
    simulated s = simulated_by_event("dt: 0.1 ms\nsimulation: {time: 600 ms}\npopulations:\n"
                                     "  a: {n: 1, model: iaf, i_e: 40, tau_a: [30, 300], beta: [1, 1.5]}\n",
                                     600, 1);
    const int n = train(&s, time, 200);
    double a_1 = 0, a_2 = 0;
    cr_assert_gt(n, 15);
    for (int k = 0; k + 1 < n; k++) {
        const double interval = time[k + 1] - time[k];
        a_1 += 1;
        a_2 += 1;
        const double V = 40 * (1 - exp(-(interval - 2) / 20));
        a_1 *= exp(-interval / 30);
        a_2 *= exp(-interval / 300);
        cr_expect_float_eq(V, 20 + a_1 + 1.5 * a_2, 1e-12 * 40, "spike %d", k);
    }
    cr_expect_gt(time[n - 1] - time[n - 2], 1.2 * (time[1] - time[0]));
    simulated_free(&s);
}
