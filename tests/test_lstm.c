/* LSTM units in a network: against their equations, their gradients against finite differences, and what the engine promises of
 * every population. */
#include "build.h"
#include "files.h"
#include "snapshot.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

/* One unit is the only one of its last group of four; rows of 52 targets lie in 64 columns. */
enum { N = 13, N_IN = 40, STEPS = 60, PORTS = 4 };

static const char text[] =
    "seed: 3\n"
    "task: {kind: evidence_accumulation, cues: 1, cue: 20 ms, gap: 5 ms, pause: 20 ms, recall: 15 ms}\n"
    "populations:\n"
    "  lstm: {model: lstm, n: 13, b_i: {uniform: [-1, 1]}, b_g: {uniform: [-1, 1]}, b_o: {uniform: [-1, 1]}}\n"
    "  out: {model: readout, n: 2, tau_out: 20 ms, learn_bias: true}\n"
    "projections:\n"
    "  in: {from: input, to: lstm}\n"
    "  rec: {from: lstm, to: lstm, weights: {scaled_normal: 2}}\n"
    "  out: {from: lstm, to: out, delay: 1 ms}\n"
    "learning: {rule: bptt, optimiser: sgd, batch: 4, shards: 4, loss: cross_entropy}\n";

/* Spiking neurons before the units, whose weights have no part in the comparison: their gradient is that of a surrogate. */
static const char mixed[] =
    "seed: 4\n"
    "task: {kind: evidence_accumulation, cues: 1, cue: 20 ms, gap: 5 ms, pause: 20 ms, recall: 15 ms}\n"
    "populations:\n"
    "  lif: {model: lif, n: 9, v_th: 0.5}\n"
    "  lstm: {model: lstm, n: 6}\n"
    "  more: {model: lstm, n: 3}\n"
    "  out: {model: readout, n: 2, tau_out: 20 ms}\n"
    "projections:\n"
    "  drive: {from: input, to: lif, learn: false}\n"
    "  in: {from: input, to: [lstm, more], wiring: {probability: 0.3}}\n"
    "  rec: {from: [lif, lstm, more], to: [lstm, more], delay: 2 ms}\n"
    "  out: {from: [lif, lstm, more], to: out}\n"
    "learning: {rule: bptt, optimiser: sgd, batch: 4, shards: 4, loss: cross_entropy}\n";

static arena *memory;

static void start(void)
{
    cr_assert_eq(arena_new(&memory, NULL), LSNN_OK);
}

static void end(void)
{
    arena_free(memory);
}

TestSuite(lstm, .init = start, .fini = end, .timeout = 120);

/* `overrides` ends with NULL. */
static experiment *built(const char *config, const char *const *overrides, int n_threads)
{
    lsnn_error err = {0};
    config_node *root;
    experiment *e;
    cr_assert_eq(config_parse(&root, memory, "test", config, strlen(config), &err), LSNN_OK, "%s", err.message);
    for (; *overrides; overrides++)
        cr_assert_eq(config_override(root, memory, *overrides, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(build_experiment(&e, root, &files_default, n_threads, memory, &err), LSNN_OK, "%s", err.message);
    return e;
}

static const parameter *find(const experiment *e, const char *name)
{
    for (int p = 0; p < e->net->n_parameters; p++)
        if (strcmp(e->net->parameters[p].name, name) == 0) return &e->net->parameters[p];
    cr_assert_fail("no parameter is called %s", name);
    return NULL;
}

/* ---- equations -------------------------------------------------------------------------------------------------------- */

typedef struct matrix {
    const real *value;
    double w[N_IN][PORTS * N];
} matrix;

static void place(void *with, int i, int j, int delay, size_t position)
{
    matrix *m = with;
    (void)delay;
    m->w[i][j] += m->value[position];
}

static void read_weights(matrix *out, const experiment *e, const char *name)
{
    const projection *p = &e->net->projections[network_find_projection(e->net, name)];
    *out = (matrix){.value = e->net->parameters[p->parameter].value};
    network_each_synapse(e->net, p, place, out);
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

/* h [STEPS][N] of spikes x [STEPS][N_IN], as it stands in the papers. */
static void textbook_lstm(double h[STEPS][N], const experiment *e, const double x[STEPS][N_IN])
{
    static const char *const names[PORTS] = {"lstm.b_i", "lstm.b_f", "lstm.b_g", "lstm.b_o"};
    matrix in, rec;
    double c[N] = {0};
    read_weights(&in, e, "in");
    read_weights(&rec, e, "rec");
    for (int t = 0; t < STEPS; t++)
        for (int j = 0; j < N; j++) {
            double I[PORTS];
            for (int p = 0; p < PORTS; p++) {
                I[p] = find(e, names[p])->value[j];
                for (int i = 0; i < N_IN; i++)
                    I[p] += in.w[i][p * N + j] * x[t][i];
                for (int i = 0; t > 0 && i < N; i++)
                    I[p] += rec.w[i][p * N + j] * h[t - 1][i];
            }
            c[j] = sigmoid(I[1]) * c[j] + sigmoid(I[0]) * tanh(I[2]);
            h[t][j] = sigmoid(I[3]) * tanh(c[j]);
        }
}

static void see_h(void *with, const network *net, const worker *w, const tape *tp, int t)
{
    double(*h)[N] = with;
    cr_assert_arr_eq(w->output, tape_row(tp, net, 0, 0, t), N * sizeof(real), "tape 0 is the output");
    for (int j = 0; j < N; j++)
        h[t][j] = w->output[j];
}

static void expect_equations(const char *const *overrides)
{
    experiment *e = built(text, overrides, 1);
    tape *tp = e->trainer->tapes[0];
    double x[STEPS][N_IN] = {0}, h[STEPS][N], expected[STEPS][N], largest = 0;
    metrics m;
    cr_assert(e->shape.n_in == N_IN && e->shape.n_steps == STEPS);
    cr_assert_eq(trainer_gradient(e->trainer, &m, NULL, NULL), LSNN_OK);
    forward(e->net, e->trainer->workers[0], tp, see_h, h);
    for (int t = 0; t < STEPS; t++)
        for (uint32_t s = tp->trial->events->start[t]; s < tp->trial->events->start[t + 1]; s++)
            for (uint32_t i = tp->trial->events->run[s].first; i < tp->trial->events->run[s].last; i++)
                x[t][i] = 1;
    textbook_lstm(expected, e, x);
    for (int t = 0; t < STEPS; t++)
        for (int j = 0; j < N; j++) {
            largest = fmax(largest, fabs(expected[t][j]));
            cr_expect_float_eq(h[t][j], expected[t][j], sizeof(real) == 8 ? 1e-12 : 1e-4, "h[%d][%d]", t, j);
        }
    cr_expect_gt(largest, 0.3);
    cr_expect_eq(m.rate, 0);
}

Test(lstm, follows_its_equations)
{
    expect_equations((const char *const[]){NULL});
}

Test(lstm, follows_its_equations_with_sparse_rows)
{
    expect_equations((const char *const[]){"projections.in.wiring={probability: 0.2}",
                                           "projections.rec.wiring={in_degree: 4}", "projections.rec.storage=sparse",
                                           NULL});
}

/* ---- gradients -------------------------------------------------------------------------------------------------------- */

static double loss_at(const experiment *e, real *value, real x)
{
    const real before = *value;
    metrics m;
    *value = x;
    cr_assert_eq(trainer_gradient(e->trainer, &m, NULL, NULL), LSNN_OK);
    *value = before;
    return m.loss;
}

/* Each `stride`-th value of a parameter that learns. */
static void expect_differences(const experiment *e, int p, size_t stride)
{
    const double step = 1e-6;
    const parameter *learned = &e->net->parameters[p];
    real gradient[learned->n];
    double largest = 0;
    metrics m;
    cr_assert_eq(trainer_gradient(e->trainer, &m, NULL, NULL), LSNN_OK);
    memcpy(gradient, e->trainer->gradient->value[p], sizeof gradient);
    for (size_t k = 0; k < learned->n; k++)
        largest = fmax(largest, fabs((double)gradient[k]));
    cr_expect_gt(largest, 1e-4, "%s does not matter", learned->name);
    for (size_t k = 0; k < learned->n; k += stride) {
        real *value = &learned->value[k];
        if (learned->present && learned->present[k] == 0) {
            cr_expect_eq(gradient[k], 0, "%s[%zu] is no synapse", learned->name, k);
            continue;
        }
        const double found =
            (loss_at(e, value, (real)(*value + step)) - loss_at(e, value, (real)(*value - step))) / (2 * step);
        cr_expect_float_eq((double)gradient[k], found, 1e-6 * largest, "%s[%zu]: the adjoint says %g, differences %g",
                           learned->name, k, (double)gradient[k], found);
    }
}

static void expect_gradients(const char *config, const char *const *overrides, size_t stride)
{
    if (sizeof(real) < sizeof(double)) cr_skip_test("differences need double precision");
    const experiment *e = built(config, overrides, 1);
    int n = 0;
    for (int p = 0; p < e->net->n_parameters; p++)
        if (e->net->parameters[p].learn) {
            expect_differences(e, p, stride);
            n++;
        }
    cr_expect_geq(n, 7, "three projections and four biases");
}

Test(lstm, has_the_gradient_of_differences)
{
    expect_gradients(text, (const char *const[]){NULL}, 3);
}

Test(lstm, has_the_gradient_of_differences_with_sparse_rows_and_many_delays)
{
    expect_gradients(text,
                     (const char *const[]){"projections.rec.delay={uniform: [1 ms, 5 ms]}",
                                           "projections.in.wiring={probability: 0.2}", NULL},
                     1);
}

Test(lstm, has_the_gradient_of_differences_beside_spiking_neurons)
{
    expect_gradients(mixed, (const char *const[]){"learning.loss={kind: cross_entropy, pool: true}", NULL}, 1);
}

/* ---- the engine's promises -------------------------------------------------------------------------------------------- */

static void expect_same_gradients(const experiment *one, const experiment *other)
{
    metrics a, b;
    cr_assert_eq(trainer_gradient(one->trainer, &a, NULL, NULL), LSNN_OK);
    cr_assert_eq(trainer_gradient(other->trainer, &b, NULL, NULL), LSNN_OK);
    cr_expect_eq(a.loss, b.loss);
    for (int p = 0; p < one->net->n_parameters; p++)
        cr_expect_arr_eq(one->trainer->gradient->value[p], other->trainer->gradient->value[p],
                         one->net->parameters[p].n * sizeof(real), "%s", one->net->parameters[p].name);
}

Test(lstm, gives_the_same_bits_with_any_number_of_threads)
{
    const char *const none[] = {NULL};
    expect_same_gradients(built(text, none, 1), built(text, none, 3));
    expect_same_gradients(built(mixed, none, 1), built(mixed, none, 3));
}

Test(lstm, gives_the_same_bits_on_a_tape_computed_twice)
{
    const char *const long_trial[] = {"task.pause=400 ms", NULL};
    const char *const short_tape[] = {"task.pause=400 ms", "learning.tape_memory=0.1", NULL};
    const experiment *whole = built(text, long_trial, 1), *pieces = built(text, short_tape, 1);
    cr_assert(whole->trainer->tapes[0]->segment == 440 && pieces->trainer->tapes[0]->segment < 440);
    expect_same_gradients(whole, pieces);
}

/* The steps from .. to-1 of a trial, on a tape of their own. */
static tape *piece(const experiment *e, const tape *whole, int from, int to)
{
    const lsnn_events *events = whole->trial->events;
    const lsnn_shape shape = {.n_in = N_IN, .n_out = 2, .n_steps = to - from, .classes = true};
    tape *tp;
    cr_assert_eq(tape_new(&tp, e->net, memory, &shape, shape.n_steps, NULL), LSNN_OK);
    for (uint32_t s = events->start[from]; s < events->start[to]; s++)
        for (uint32_t i = events->run[s].first; i < events->run[s].last; i++)
            lsnn_trial_spike(tp->trial, (int)events->step[s] - from, (int)i);
    trial_sort(tp->trial);
    return tp;
}

Test(lstm, goes_on_from_a_snapshot)
{
    static const int cuts[] = {0, 7, 41, STEPS};
    const experiment *e = built(text, (const char *const[]){NULL}, 1);
    worker *w = e->trainer->workers[0];
    tape *tp = e->trainer->tapes[0];
    real carried[snapshot_length(e->net)];
    double whole[STEPS][N], pieces[STEPS][N];
    metrics m;
    cr_assert_eq(trainer_gradient(e->trainer, &m, NULL, NULL), LSNN_OK);
    forward(e->net, w, tp, see_h, whole);
    for (int k = 0; k < 3; k++) {
        tape *part = piece(e, tp, cuts[k], cuts[k + 1]);
        part->start = k > 0 ? carried : NULL;
        forward(e->net, w, part, see_h, pieces[cuts[k]]);
        snapshot_save(carried, e->net, w, part->n_steps);
    }
    for (int t = 0; t < STEPS; t++)
        for (int j = 0; j < N; j++)
            cr_expect_float_eq(pieces[t][j], whole[t][j], 1e-5, "h[%d][%d]", t, j);
}

Test(lstm, has_no_rate_that_could_be_regularised)
{
    const experiment *e = built(text, (const char *const[]){"learning.regularisation.strength=100", NULL}, 1);
    const experiment *free = built(text, (const char *const[]){NULL}, 1);
    metrics m;
    expect_same_gradients(e, free);
    cr_assert_eq(trainer_gradient(e->trainer, &m, NULL, NULL), LSNN_OK);
    cr_expect_eq(m.loss_rate, 0);
    cr_expect_eq(m.rate, 0);
}

/* The padding has biases, but no current and no listener. */
Test(lstm, has_padding_without_effect)
{
    const experiment *e = built(text, (const char *const[]){NULL}, 1);
    metrics m;
    cr_assert_eq(trainer_gradient(e->trainer, &m, NULL, NULL), LSNN_OK);
    for (int l = 0; l < PORTS; l++)
        for (int j = N; j < LSNN_LANES; j++)
            cr_expect_eq(e->trainer->gradient->value[e->net->populations[0].trainable + l][j], 0);
}

Test(lstm, learns_to_recall_a_bit)
{
    experiment *e = built(text,
                          (const char *const[]){"task.pause=100 ms", "learning.batch=16", "learning.optimiser=adam",
                                                "learning.rate=0.01", "learning.clip=1", NULL},
                          2);
    metrics m;
    cr_assert_eq(trainer_evaluate(e->trainer, &m, LSNN_VALIDATION, 0, 200, NULL), LSNN_OK);
    cr_expect_gt(m.error, 0.3, "the test shows nothing: an error of %g without learning", m.error);
    for (int k = 0; k < 200; k++)
        cr_assert_eq(trainer_iterate(e->trainer, &m, NULL, NULL), LSNN_OK);
    cr_assert_eq(trainer_evaluate(e->trainer, &m, LSNN_VALIDATION, 0, 200, NULL), LSNN_OK);
    cr_expect_lt(m.error, 0.05, "an error of %g", m.error);
}
