/* State carried from one trial to the next: two trials are like the halves of one. */
#include "build.h"
#include "carry.h"
#include "files.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { N = 20, N_IN = 40, HALF = 64, STEPS = 2 * HALF };

/* All that carries something over: adaptation, resets, synaptic delays, readouts, resources of synapses. */
static const char text[] =
    "seed: 3\n"
    "task: {kind: evidence_accumulation, cues: 3, cue: 20 ms, gap: 5 ms, pause: 33 ms, recall: 20 ms, cue_rate: 200 "
    "Hz}\n"
    "populations:\n"
    "  lif: {model: lif, n: 8, v_th: 0.3, n_ref: 2, learn_tau_m: true, learn_v_th: true, v_0: 0.2}\n"
    "  alif: {model: alif, n: 12, v_th: 0.3, n_ref: 2, beta: 0.2, a_0: 0.5, learn_tau_m: true, learn_tau_a: true,\n"
    "         learn_beta: true, scale_adapt: leak, scale_input: leak}\n"
    "  stp: {model: stp, n: 20}\n"
    "  out: {model: readout, n: 2, tau_out: 20 ms}\n"
    "projections:\n"
    "  in: {from: input, to: [lif, alif], weights: {scaled_normal: 3}}\n"
    "  rec: {from: [lif, alif], to: [lif, alif], delay: {uniform: [1 ms, 5 ms]}}\n"
    "  used: {from: [lif, alif], to: stp, wiring: one_to_one, weights: 1, learn: false}\n"
    "  late: {from: stp, to: [lif, alif], weights: {scaled_normal: 3}}\n"
    "  out: {from: [lif, alif], to: out}\n"
    "learning: {rule: {kind: bptt, truncate: 64}, optimiser: sgd, batch: 1, shards: 1, loss: cross_entropy, carry: "
    "true}\n";

static arena *memory;

static void start(void)
{
    cr_assert_eq(arena_new(&memory, NULL), LSNN_OK);
}

static void end(void)
{
    arena_free(memory);
}

TestSuite(carry, .init = start, .fini = end, .timeout = 120);

static experiment *built(const char *dialect)
{
    lsnn_error err = {0};
    config_node *root;
    experiment *e;
    char override[64];
    cr_assert_eq(config_parse(&root, memory, "test", text, strlen(text), &err), LSNN_OK, "%s", err.message);
    for (int k = 0; k < 2; k++) {
        snprintf(override, sizeof override, "populations.%s.dialect=%s", k ? "lif" : "alif", dialect);
        cr_assert_eq(config_override(root, memory, override, &err), LSNN_OK, "%s", err.message);
    }
    cr_assert_eq(build_experiment(&e, root, &files_default, 1, memory, &err), LSNN_OK, "%s", err.message);
    return e;
}

/* One half of the whole trial on a tape of its own. */
static tape *half(const experiment *e, const tape *whole, int which)
{
    const lsnn_events *events = whole->trial->events;
    const lsnn_shape shape = {.n_in = N_IN, .n_out = 2, .n_steps = HALF, .classes = true};
    const int from = which * HALF;
    tape *tp;
    cr_assert_eq(tape_new(&tp, e->net, memory, &shape, HALF, NULL), LSNN_OK);
    for (uint32_t s = events->start[from]; s < events->start[from + HALF]; s++)
        for (uint32_t i = events->run[s].first; i < events->run[s].last; i++)
            lsnn_trial_spike(tp->trial, (int)events->step[s] - from, (int)i);
    trial_sort(tp->trial);
    return tp;
}

/* The errors of the readouts at all steps, so that each step matters. */
static void set_errors(const network *net, tape *tp, int from)
{
    const int n = net->n_columns - net->spiking_columns;
    for (int t = 0; t < tp->n_steps; t++)
        for (int k = 0; k < n; k++)
            tp->output[t * n + k] = k < 2 ? (real)(0.01 * sin(from + t + 2.0 * k)) : 0;
}

static void expect_halves(const char *dialect)
{
    const experiment *e = built(dialect);
    worker *w = e->trainer->workers[0];
    tape *whole = e->trainer->tapes[0];
    gradients *of_whole, *of_half;
    metrics m;
    uint32_t n = 0;
    cr_assert(e->shape.n_steps == STEPS && e->shape.n_in == N_IN);
    cr_assert_eq(trainer_gradient(e->trainer, &m, NULL, NULL), LSNN_OK); /* draws the trial */
    cr_assert_eq(gradients_new(&of_whole, e->net, memory, NULL), LSNN_OK);
    cr_assert_eq(gradients_new(&of_half, e->net, memory, NULL), LSNN_OK);
    memset(w->rate_signal, 0, (size_t)e->net->spiking_columns * sizeof(real));

    whole->start = NULL;
    whole->readout_from = whole->early = 0;
    forward(e->net, w, whole, NULL, NULL);
    const uint32_t *spike = whole->spike;
    set_errors(e->net, whole, 0);
    backward(e->net, w, whole, &e->learning.paths, of_whole, NULL, NULL);

    real *handed_on;
    cr_assert_eq(arena_take(memory, &handed_on, carry_length(e->net), sizeof(real), NULL), LSNN_OK);
    for (int which = 0; which < 2; which++) {
        tape *tp = half(e, whole, which);
        tp->start = which ? handed_on : NULL;
        forward(e->net, w, tp, NULL, NULL);
        if (which == 0) carry_save(handed_on, e->net, w, tp);
        const uint32_t n_spikes = tp->spike_start[HALF];
        cr_assert_eq(n_spikes, whole->spike_start[(which + 1) * HALF] - n);
        cr_expect_gt(n_spikes, 20);
        cr_expect_arr_eq(tp->spike, spike + n, n_spikes * sizeof *spike);
        n += n_spikes;
        set_errors(e->net, tp, which * HALF);
        backward(e->net, w, tp, &e->learning.paths, of_half, NULL, NULL);
    }
    int n_compared = 0;
    for (int k = 0; k < e->net->n_populations; k++) {
        const population *p = &e->net->populations[k];
        for (int l = p->trainable; l < p->trainable + p->n_trainable; l++)
            for (int j = 0; e->net->parameters[l].learn && j < p->n; j++, n_compared++) {
                const double expected = (double)of_whole->value[l][j], found = (double)of_half->value[l][j];
                cr_expect_float_eq(found, expected, (sizeof(real) == 8 ? 1e-12 : 1e-4) * (1e-3 + fabs(expected)),
                                   "%s of neuron %d: %g, %g in the whole", e->net->parameters[l].name, j, found,
                                   expected);
            }
    }
    cr_expect_eq(n_compared, 2 * 8 + 3 * 12);
}

Test(carry, two_halves_are_the_whole)
{
    expect_halves("eprop2020");
    expect_halves("lsnn2018paper");
    expect_halves("lsnn2018code");
}
