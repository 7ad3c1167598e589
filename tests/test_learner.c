/* Learning by threads over neurons: against the engine whose threads take samples, and against itself. */
#include "scratch.h"
#include "sliced.h"
#include "state.h"
#include <math.h>
#include <stdio.h>

enum { N_LIF = 500, N_ALIF = 400, N = N_LIF + N_ALIF, N_IN = 90, TEXT = 4000 };

/* Populations in several blocks and of odd sizes, delays of several steps; `more` goes into `learning`. */
static const char *config_of(char text[TEXT], const char *threads, const char *delay, const char *more)
{
    snprintf(text, TEXT,
             "seed: 5\n"
             "task: {kind: pattern_generation, duration: 150 ms, cells: %d, outputs: 3}\n"
             "sources: {drive: {kind: current, n: 2, value: [0.01, -0.02]}}\n"
             "populations:\n"
             "  lif: {model: lif, n: %d, v_th: 0.6, n_ref: 2}\n"
             "  alif: {model: alif, n: %d, v_th: 0.6, beta: 0.1, tau_a: 100 ms, tau_m: {uniform: [10, 30]}, "
             "learn_tau_a: true}\n"
             "  out: {model: readout, n: 3, learn_bias: true}\n"
             "projections:\n"
             "  in: {from: input, to: [lif, alif], wiring: {in_degree: 20}, weights: {scaled_normal: 1.5}}\n"
             "  drive: {from: drive, to: lif}\n"
             "  rec: {from: [lif, alif], to: [lif, alif], wiring: {in_degree: 30}, delay: %s}\n"
             "  back: {from: alif, to: lif, wiring: {probability: 0.02}, delay: 3 ms, learn: false}\n"
             "  out: {from: [lif, alif], to: out, delay: 1 ms}\n"
             "learning:\n"
             "  threads: %s\n"
             "  batch: 1\n"
             "  regularisation: {strength: 20, target: 10 Hz}\n"
             "  %s\n",
             N_IN, N_LIF, N_ALIF, delay, threads, more);
    return text;
}

static void expect_close(const char *name, size_t n, const double *a, const double *b)
{
    /* sums of some hundred products in another order */
    const double tolerance = sizeof(real) == 8 ? 1e-11 : 3e-4;
    double largest = 0, apart = 0;
    for (size_t k = 0; k < n; k++) {
        largest = fmax(largest, fabs(a[k]));
        apart = fmax(apart, fabs(a[k] - b[k]));
    }
    cr_expect_gt(largest, 0, "%s: the test needs a gradient", name);
    cr_expect_leq(apart, tolerance * largest, "%s: %g apart, of %g", name, apart, largest);
}

static void expect_gradients_of_samples(const char *delay, const char *more)
{
    char text[TEXT];
    const sliced whole = sliced_from(config_of(text, "samples", delay, more), 1);
    const sliced parts = sliced_from(config_of(text, "neurons", delay, more), 2);
    const metrics m = sliced_gradient(&whole), of_parts = sliced_gradient(&parts);
    cr_assert_gt(m.rate, 2, "the test needs spikes");
    cr_assert_float_eq(m.rate, of_parts.rate, 1e-9, "spikes: %g Hz and %g Hz", m.rate, of_parts.rate);
    cr_expect_float_eq(m.loss, of_parts.loss, 1e-5 * m.loss);
    static const struct {
        const char *name;
        int n_from, n_to;
    } projections[] = {{"in", N_IN, N}, {"drive", 2, N_LIF}, {"rec", N, N}};
    for (int k = 0; k < 3; k++) {
        const int n_from = projections[k].n_from, n_to = projections[k].n_to;
        const sliced_matrix a = sliced_matrix_of(&whole, projections[k].name, n_from, n_to, SLICED_GRADIENT);
        const sliced_matrix b = sliced_matrix_of(&parts, projections[k].name, n_from, n_to, SLICED_GRADIENT);
        cr_expect_eq(a.n, b.n);
        expect_close(projections[k].name, (size_t)n_from * (size_t)n_to, a.value, b.value);
    }
    const network *net = parts.e->net;
    for (int p = 0; p < net->n_parameters; p++) { /* of the parts: those of readouts and neurons */
        if (!net->parameters[p].learn) continue;
        for (int q = 0; q < whole.e->net->n_parameters; q++) {
            if (strcmp(net->parameters[p].name, whole.e->net->parameters[q].name) != 0) continue;
            double x[net->parameters[p].n], y[net->parameters[p].n];
            for (size_t k = 0; k < net->parameters[p].n; k++) {
                x[k] = whole.e->trainer->gradient->value[q][k];
                y[k] = parts.e->trainer->gradient->value[p][k];
            }
            expect_close(net->parameters[p].name, net->parameters[p].n, x, y);
        }
    }
    arena_free(whole.memory);
    arena_free(parts.memory);
}

Test(learner, has_the_gradients_of_the_engine_by_samples)
{
    expect_gradients_of_samples("1 ms", "rule: eprop");
}

Test(learner, has_the_gradients_of_the_engine_by_samples_with_random_feedback_and_many_delays)
{
    expect_gradients_of_samples("{uniform: [2 ms, 40 ms]}", "rule: {kind: eprop, feedback: random}");
}

Test(learner, gives_the_same_bits_for_any_number_of_threads)
{
    char text[TEXT];
    sliced_matrix first = {0};
    arena *memory[4];
    const size_t bytes = (size_t)N * N * sizeof(double);
    for (int n = 1; n <= 3; n++) {
        const sliced s = sliced_from(config_of(text, "neurons", "{uniform: [1 ms, 40 ms]}", "clip: 0.5"), n);
        cr_assert_eq(learner_circuit(s.l)->n_slices, n);
        const metrics m = sliced_iterate(&s, 3);
        cr_assert_gt(m.norm, 0.5, "the test needs clipping");
        const sliced_matrix weights = sliced_matrix_of(&s, "rec", N, N, LEARNER_WEIGHTS);
        if (n == 1) first = weights;
        cr_expect_arr_eq(weights.value, first.value, bytes, "%d threads", n);
        memory[n] = s.memory;
    }
    for (int n = 1; n <= 3; n++)
        arena_free(memory[n]);
}

/* Projections to lif neurons alone, whose V belongs to cells, to alif ones of different alpha, and to both with several delays. */
static const char *online_config(char text[TEXT], const char *rule, const char *more)
{
    snprintf(text, TEXT,
             "seed: 7\n"
             "task: {kind: pattern_generation, duration: 120 ms, cells: %d, outputs: 2}\n"
             "sources: {drive: {kind: current, n: 2, value: [0.01, -0.02]}}\n"
             "populations:\n"
             "  lif: {model: lif, n: %d, v_th: 0.6, n_ref: 2}\n"
             "  alif: {model: alif, n: %d, v_th: 0.6, beta: 0.3, tau_a: 100 ms, tau_m: {uniform: [10, 30]}}\n"
             "  out: {model: readout, n: 2, tau_out: 15 ms}\n"
             "projections:\n"
             "  in: {from: input, to: lif, wiring: {in_degree: 20}, weights: {scaled_normal: 1.5}}\n"
             "  in_alif: {from: input, to: alif, wiring: {in_degree: 20}, weights: {scaled_normal: 1.5}, delay: 2 ms}\n"
             "  drive: {from: drive, to: lif}\n"
             "  rec: {from: [lif, alif], to: [lif, alif], wiring: {in_degree: 30}, delay: {uniform: [1 ms, 20 ms]}}\n"
             "  out: {from: [lif, alif], to: out}\n"
             "learning:\n"
             "  threads: neurons\n"
             "  batch: 1\n"
             "  rule: %s\n"
             "  %s\n",
             N_IN, N_LIF, N_ALIF, rule, more);
    return text;
}

static void expect_gradients_of_trial(const sliced *whole, const char *rule)
{
    static const struct {
        const char *name;
        int n_from, n_to;
    } projections[] = {{"in", N_IN, N_LIF}, {"in_alif", N_IN, N_ALIF}, {"drive", 2, N_LIF}, {"rec", N, N}};
    char text[TEXT], name[100];
    const sliced parts = sliced_from(online_config(text, rule, "clip: none"), 2);
    const metrics m = sliced_gradient(&parts);
    cr_expect_gt(m.rate, 2, "the test needs spikes");
    for (int k = 0; k < 4; k++) {
        const int n_from = projections[k].n_from, n_to = projections[k].n_to;
        const sliced_matrix a = sliced_matrix_of(whole, projections[k].name, n_from, n_to, SLICED_GRADIENT);
        const sliced_matrix b = sliced_matrix_of(&parts, projections[k].name, n_from, n_to, SLICED_GRADIENT);
        snprintf(name, sizeof name, "%s by %s", projections[k].name, rule);
        expect_close(name, (size_t)n_from * (size_t)n_to, a.value, b.value);
    }
    const int p = parts.e->net->projections[0].parameter;
    const size_t n = parts.e->net->parameters[p].n;
    double x[n], y[n];
    for (size_t k = 0; k < n; k++) {
        x[k] = whole->e->trainer->gradient->value[p][k];
        y[k] = parts.e->trainer->gradient->value[p][k];
    }
    expect_close(rule, n, x, y);
    arena_free(parts.memory);
}

Test(learner, has_the_same_gradients_online_in_chunks_of_any_length)
{
    char text[TEXT];
    const sliced whole = sliced_from(online_config(text, "eprop", "clip: none"), 2);
    sliced_gradient(&whole);
    expect_gradients_of_trial(&whole, "{kind: eprop, chunk: 1, update: trial}");
    expect_gradients_of_trial(&whole, "{kind: eprop, chunk: 7, update: trial}");
    expect_gradients_of_trial(&whole, "{kind: eprop, chunk: 50, update: trial}");
    expect_gradients_of_trial(&whole, "{kind: eprop, chunk: 120, update: trial}");
    arena_free(whole.memory);
}

Test(learner, learns_online_with_the_same_bits_for_any_number_of_threads)
{
    char text[TEXT];
    sliced_matrix first = {0};
    arena *memory[4];
    for (int n = 1; n <= 3; n++) {
        const sliced s = sliced_from(online_config(text, "{kind: eprop, chunk: 10}", "clip: 1"), n);
        sliced_iterate(&s, 2);
        cr_expect_eq(s.e->trainer->updates, 24);
        const sliced_matrix weights = sliced_matrix_of(&s, "rec", N, N, LEARNER_WEIGHTS);
        if (n == 1) first = weights;
        cr_expect_arr_eq(weights.value, first.value, (size_t)N * N * sizeof(double), "%d threads", n);
        memory[n] = s.memory;
    }
    for (int n = 1; n <= 3; n++)
        arena_free(memory[n]);
}

Test(learner, lowers_the_loss_online)
{
    char text[TEXT];
    const sliced s = sliced_from(online_config(text, "{kind: eprop, chunk: 20}", "rate: 0.0005"), 1);
    const double before = sliced_iterate(&s, 1).loss, after = sliced_iterate(&s, 60).loss;
    cr_expect_lt(after, 0.3 * before, "%g, then %g", before, after);
    arena_free(s.memory);
}

Test(learner, lowers_the_loss)
{
    char text[TEXT];
    const sliced s = sliced_from(config_of(text, "neurons", "1 ms", "rate: 0.003"), 1);
    const double before = sliced_iterate(&s, 1).loss, after = sliced_iterate(&s, 60).loss;
    cr_expect_lt(after, 0.3 * before, "%g, then %g", before, after);
    arena_free(s.memory);
}

/* ---- memory and checkpoints ------------------------------------------------------------------------------------------- */

static const char *lif_config(char text[TEXT], const char *rule)
{
    snprintf(text, TEXT,
             "task: {kind: pattern_generation, duration: 100 ms, cells: 1000}\n"
             "populations: {lif: {model: lif, n: 2000, v_th: 0.6}, out: {model: readout, n: 1}}\n"
             "projections:\n"
             "  in: {from: input, to: lif, wiring: {in_degree: 100}}\n"
             "  rec: {from: lif, to: lif, wiring: {in_degree: 100}}\n"
             "  out: {from: lif, to: out}\n"
             "learning: {threads: neurons, batch: 1, rule: %s}\n",
             rule);
    return text;
}

/* Target 2, weight, gradient and Adam's moments 4 numbers, F one more; beginnings of rows are 4 bytes a cell and slice. */
Test(learner, keeps_little_of_a_synapse)
{
    char text[TEXT];
    const sliced offline = sliced_from(lif_config(text, "eprop"), 2);
    const sliced online = sliced_from(lif_config(text, "{kind: eprop, chunk: 10}"), 2);
    const double n = (double)learner_circuit(offline.l)->n_synapses;
    cr_assert_eq(n, 2 * 2000 * 100);
    cr_expect_leq(learner_bytes(offline.l) / n, 2 + 4 * sizeof(real) + 0.2);
    cr_expect_leq(learner_bytes(online.l) / n, 2 + 5 * sizeof(real) + 0.2);
    arena_free(offline.memory);
    arena_free(online.memory);
}

static const state_item *items_of(const sliced *s, run_state *state, int *n)
{
    state_item *items;
    cr_assert_eq(state_items(&items, n, s->e, state, NULL, 0, NULL), LSNN_OK);
    return items;
}

static void expect_going_on(const char *rule)
{
    char text[TEXT];
    run_state state[3] = {0};
    int n;
    const sliced whole = sliced_from(online_config(text, rule, "rate: 0.001"), 1);
    const sliced first = sliced_from(text, 2), second = sliced_from(text, 3);
    sliced_iterate(&whole, 4);
    sliced_iterate(&first, 2);
    const state_item *items = items_of(&first, &state[0], &n);
    cr_assert_eq(checkpoint_write("c.h5", items, n, first.e->resolved, NULL), LSNN_OK);
    items = items_of(&second, &state[1], &n);
    cr_assert_eq(checkpoint_read("c.h5", items, n, second.e->resolved, NULL), LSNN_OK);
    sliced_iterate(&second, 2);
    const int arrays[] = {LEARNER_WEIGHTS, 0, 1};
    for (int k = 0; k < 3; k++) {
        const sliced_matrix a = sliced_matrix_of(&whole, "rec", N, N, arrays[k]);
        const sliced_matrix b = sliced_matrix_of(&second, "rec", N, N, arrays[k]);
        cr_expect_arr_eq(a.value, b.value, (size_t)N * N * sizeof(double), "array %d by %s", arrays[k], rule);
    }
    for (int p = 0; p < whole.e->net->n_parameters; p++)
        cr_expect_arr_eq(whole.e->net->parameters[p].value, second.e->net->parameters[p].value,
                         whole.e->net->parameters[p].n * sizeof(real), "%s", whole.e->net->parameters[p].name);
    arena_free(whole.memory);
    arena_free(first.memory);
    arena_free(second.memory);
}

Test(learner, goes_on_from_a_checkpoint_of_another_number_of_threads, .init = scratch_enter, .fini = scratch_leave)
{
    expect_going_on("eprop");
    expect_going_on("{kind: eprop, chunk: 30}");
}
