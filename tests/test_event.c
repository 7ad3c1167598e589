/* The event engine against the grid, against closed forms, and against itself. */
#include "both_engines.h"

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

/* A record of one variable of all neurons. At its spike a neuron has had its reset in the one engine, and will have it a step later in
 * the other. */
static void expect_values(double dt, const char *neurons, const char *variable, int every, const char *in)
{
    const double time = 150, tolerance = sizeof(real) == 8 ? 1e-9 : 1e-3;
    text[0] = '\0';
    add("dt: %g ms\nsimulation: {time: 150 ms}\n", dt);
    add_spikes(2000, dt, 150);
    add("populations:\n  a: {n: 20, %s}\nprojections:\n", neurons);
    add("  in: {from: in, to: a, wiring: {in_degree: 20}, weights: %s, delay: 0 ms}\n", in);
    add("  aa: {from: a, to: a, wiring: {in_degree: 10}, weights: %s, delay: 2 ms}\n", in);
    add("record: {a: {what: %s, of: a, every: %d}}\n", variable, every);
    simulated event = simulated_by_event(text, time, 1), stepped = simulated_by_grid(text, time, 2);
    expect_same(&event, &stepped);
    cr_assert_gt(event.n, 50, "%zu spikes", event.n);
    cr_assert_eq(event.n_values, stepped.n_values, "%zu and %zu values", event.n_values, stepped.n_values);
    cr_assert_eq(event.n_values, (size_t)ceil(time / dt / every) * 20);
    for (size_t k = 0, s = 0; k < event.n_values; k++) {
        const double now = (double)(k / 20) * every * dt;
        while (s < event.n && event.spike[s].time < now - dt / 2)
            s++;
        bool spikes = false;
        for (size_t other = s; other < event.n && event.spike[other].time < now + dt / 2; other++)
            spikes = spikes || event.spike[other].id == k % 20;
        cr_assert(spikes || fabs((double)event.value[k] - (double)stepped.value[k]) < tolerance,
                  "%s of neuron %zu at %g ms: %.12g and %.12g", variable, k % 20, now, (double)event.value[k],
                  (double)stepped.value[k]);
    }
    simulated_free(&event);
    simulated_free(&stepped);
}

Test(event, records_what_the_grid_records)
{
    const char *alif = "model: alif, tau_m: {uniform: [15, 25]}, n_ref: 4, v_th: 0.6, beta: 0.07, tau_a: 200 ms";
    const char *iaf = "model: iaf, t_ref: 3 ms, v_reset: 5, tau_a: [50], beta: [1]";
    expect_values(1, alif, "v", 1, "{normal: [0.1, 0.1]}");
    expect_values(0.5, alif, "A", 7, "{normal: [0.1, 0.1]}");
    expect_values(0.1, iaf, "v", 3, "{normal: [3, 3]}");
}

Test(event, records_the_same_with_any_number_of_threads)
{
    text[0] = '\0';
    add("dt: 0.1 ms\nsimulation: {time: 100 ms}\nsources:\n  drive: {kind: poisson, n: 300, rate: 3 "
        "kHz}\npopulations:\n"
        "  a: {n: 300, model: iaf, tau_a: [80], beta: [2]}\nprojections:\n"
        "  drive: {from: drive, to: a, wiring: one_to_one, weights: 0.8}\n"
        "  aa: {from: a, to: a, wiring: {in_degree: 50}, weights: {normal: [0.1, 1]}, delay: 0.731 ms}\n"
        "record: {v: {what: v, of: a, every: 4}, few: {what: v, of: a, neurons: [7, 250], every: 50}}\n");
    simulated one = simulated_by_event(text, 100, 1), three = simulated_by_event(text, 100, 3);
    cr_assert_eq(one.n_values, 250 * 300 + 20 * 2);
    cr_assert_eq(one.n_values, three.n_values);
    cr_assert_gt(one.n, 100);
    cr_expect_eq(memcmp(one.value, three.value, one.n_values * sizeof *one.value), 0);
    simulated_free(&one);
    simulated_free(&three);
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

Test(event, input_and_delays_may_have_any_time)
{
    double time[4];
    simulated s = simulated_by_event("simulation: {time: 20 ms}\n"
                                     "sources:\n  in: {kind: spikes, n: 1, spikes: [[1.23456 ms, 0]]}\n"
                                     "populations:\n  a: {n: 1, model: iaf}\n"
                                     "projections:\n  in: {from: in, to: a, weights: 30, delay: 0.7654321 ms}\n",
                                     20, 1);
    cr_assert_eq(train(&s, time, 4), 1);
    cr_expect_float_eq(time[0], 1.23456 + 0.7654321, 1e-14);
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

/* ---- statistics and limits -------------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

/* Median distance between the k-th spikes of the same neuron: one that the grid misses shifts those after it. */
static double distance(const simulated *a, const simulated *b, int n_neurons)
{
    enum { MOST = 400 };
    static double time[2][64][MOST];
    static int n[2][64];
    const simulated *both[] = {a, b};
    static double apart[64 * MOST];
    int pairs = 0;
    memset(n, 0, sizeof n);
    for (int which = 0; which < 2; which++)
        for (size_t k = 0; k < both[which]->n; k++) {
            const uint32_t id = both[which]->spike[k].id;
            if (n[which][id] < MOST) time[which][id][n[which][id]++] = both[which]->spike[k].time;
        }
    for (int id = 0; id < n_neurons; id++) {
        cr_assert_leq(abs(n[0][id] - n[1][id]), 1);
        for (int k = 0; k < n[0][id] && k < n[1][id]; k++, pairs++)
            apart[pairs] = fabs(time[0][id][k] - time[1][id][k]);
    }
    cr_assert_gt(pairs, 200);
    qsort(apart, (size_t)pairs, sizeof *apart, ascending);
    return apart[pairs / 2];
}

/* A spike of the grid is up to a step late, and so is all that follows. */
Test(event, is_what_the_grid_converges_to)
{
    double before = INFINITY;
    for (double dt = 0.4; dt > 0.04; dt /= 2) {
        text[0] = '\0';
        add("dt: %g ms\nsimulation: {time: 200 ms}\n", dt);
        add_spikes(1000, 0.4, 200);
        add("populations:\n  a: {n: 40, model: iaf, synapse: exponential, tau_syn: 3 ms, i_e: {uniform: [18, 30]}, "
            "tau_a: [100], beta: [0.5], t_ref: 2 ms}\nprojections:\n"
            "  in: {from: in, to: a, wiring: {in_degree: 10}, weights: {normal: [4, 4]}, delay: 0.8 ms}\n");
        simulated event = simulated_by_event(text, 200, 1), stepped = simulated_by_grid(text, 200, 1);
        const double error = distance(&event, &stepped, 40);
        cr_expect(error < 0.65 * before, "%g ms away with dt = %g ms, %g before", error, dt, before);
        before = error;
        simulated_free(&event);
        simulated_free(&stepped);
    }
    cr_expect_lt(before, 0.2);
}

static statistics_summary summary(const simulated *s, const char *config, double begin, double end)
{
    statistics *of;
    const experiment *e = simulated_build(config, "event");
    cr_assert_eq(statistics_new(&of, e->net, begin, 3, memory, &err), LSNN_OK);
    for (size_t k = 0; k < s->n; k++) {
        if (s->spike[k].id >= (uint32_t)e->net->populations[0].n) continue;
        statistics_spike(of, 0, (int)s->spike[k].id, s->spike[k].time);
        statistics_count(of, 0, s->spike[k].time, 1);
    }
    return statistics_of(of, 0, end);
}

/* The two engines have other Poisson spikes: 800 neurons for 900 ms differ by a percent or two in the rate. */
Test(event, a_balanced_network_has_the_statistics_of_the_grids)
{
    static const char config[] =
        "dt: 0.1 ms\nsimulation: {time: 1 s}\nsources:\n  drive: {kind: poisson, n: 1000, rate: 2 kHz}\npopulations:\n"
        "  exc: {model: iaf, n: 800}\n  inh: {model: iaf, n: 200}\nprojections:\n"
        "  drive: {from: drive, to: [exc, inh], wiring: one_to_one, weights: 0.8, delay: 1.5 ms}\n"
        "  excite: {from: exc, to: [exc, inh], wiring: {in_degree: 80}, weights: 0.5, delay: 1.5 ms}\n"
        "  inhibit: {from: inh, to: [exc, inh], wiring: {in_degree: 20}, weights: -2.5, delay: 1.5 ms}\n";
    simulated event = simulated_by_event(config, 1000, 2), stepped = simulated_by_grid(config, 1000, 2);
    const statistics_summary a = summary(&event, config, 100, 1000), b = summary(&stepped, config, 100, 1000);
    cr_expect_float_eq(a.rate, b.rate, 0.04 * b.rate, "%g and %g Hz", a.rate, b.rate);
    cr_expect_float_eq(a.cv, b.cv, 0.04 * b.cv, "CV %g and %g", a.cv, b.cv);
    cr_expect_float_eq(a.synchrony, b.synchrony, 0.3 * b.synchrony, "synchrony %g and %g", a.synchrony, b.synchrony);
    cr_expect(b.rate > 5 && b.rate < 100 && b.cv > 0.3, "%g Hz, CV %g", b.rate, b.cv);
    simulated_free(&event);
    simulated_free(&stepped);
}

static void expect_refused(const char *neurons, const char *rest, const char *message)
{
    circuit *c;
    event_engine *engine;
    text[0] = '\0';
    add("simulation: {time: 10 ms}\n%spopulations:\n  a: {n: 2, %s}\n", rest, neurons);
    if (*rest) add("projections:\n  dc: {from: dc, to: a, weights: 1, delay: 0 ms}\n");
    const experiment *e = simulated_build(text, "event");
    cr_assert_eq(circuit_new(&c, e, 1, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(event_new(&engine, c, 1, &err), LSNN_CONFIG);
    cr_expect(strstr(err.message, message), "%s", err.message);
    cr_expect(err.line > 0 || strstr(err.message, "run.yaml:"), "no place: %s", err.message);
}

Test(event, refuses_what_has_no_closed_form_and_says_why)
{
    static const char dc[] = "sources:\n  dc: {kind: current, n: 2, value: 1}\n";
    expect_refused("model: lif, dialect: lsnn2018code", "", "populations.a: only the dialect eprop2020");
    expect_refused("model: iaf, synapse: exponential, tau_syn: 20 ms", "", "tau_syn must differ from tau_m");
    expect_refused("model: readout", "", "its model is not defined in continuous time");
    expect_refused("model: iaf, t_ref: 0 ms, tau_a: [10], beta: [-1]", "", "a refractory time above 0");
    expect_refused("model: iaf, synapse: exponential", dc, "projections.dc: these neurons take no constant current");
}
