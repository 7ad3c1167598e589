/* Learning within a trial: against eligibility traces and a plain network that has the updated weights; threads, checkpoints. */
#include "lsnn.h"
#include "sliced.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TASK "task: {kind: arm_trajectory, duration: 60, clock_cells: 3, clock_interval: 2, smooth: 20, pace: 0.05}\n"
#define TRAINEE                                                                                                        \
    "  lif:  {model: lif, n: 7, v_th: 0.6, n_ref: 2}\n"                                                                \
    "  alif: {model: alif, n: 5, v_th: 0.6, n_ref: 2, tau_a: 100, beta: 0.05, dialect: %s}\n"
#define TRAINEE_SYNAPSES                                                                                               \
    "  in:  {from: input, to: [lif, alif], weights: {normal: [0.3, 0.3]}}\n"                                           \
    "  rec: {from: [lif, alif], to: [lif, alif], wiring: {probability: 0.7}}\n"                                        \
    "  out: {from: [lif, alif], to: out}\n"
#define OUT "  out: {model: readout, n: 2, tau_out: 20, scale: leak}\n"
#define GENERATOR "  gen: {model: alif, n: 9, v_th: 0.6, tau_a: 200}\n"
#define SIGNALS "  signals: {model: readout, n: 12, tau_out: 10, scale: leak}\n"
#define GENERATOR_SYNAPSES                                                                                             \
    "  clock: {from: input, to: gen, weights: {normal: [0.3, 0.3]}}\n"                                                 \
    "  shown: {from: demonstration, to: gen}\n"                                                                        \
    "  L:     {from: gen, to: signals}\n"
#define LEARNING "learning: {loss: task, batch: %d, optimiser: sgd, rate: 0.1, rule: "

static const char whole[] =
    TASK "populations:\n" TRAINEE GENERATOR OUT SIGNALS "projections:\n" TRAINEE_SYNAPSES GENERATOR_SYNAPSES LEARNING
         "{kind: natural_eprop, rate: 0.002, tau: 15, trainee: [lif, alif]}}\n";
static const char by_errors[] = TASK "populations:\n" TRAINEE OUT "projections:\n" TRAINEE_SYNAPSES LEARNING
                                     "{kind: natural_eprop, source: error, rate: 0.5}}\n";
static const char plain[] = TASK "populations:\n" TRAINEE OUT "projections:\n" TRAINEE_SYNAPSES LEARNING "%s}\n";

enum { STEPS = 60, N = 12, CELLS = 3, GENERATORS = 9 };
static const double eta = 0.002, tau = 15, tolerance = sizeof(real) == 8 ? 1e-9 : 1e-3;

/* What a demonstration left: z and psi of the trainee, the learning signals, the clock. */
typedef struct demonstration {
    sliced s;
    metrics m;
    double z[STEPS][N], psi[STEPS][N], dz_da[STEPS][N], x[STEPS][CELLS], L[STEPS][N];
} demonstration;

static sliced open_small(const char *text, const char *dialect, const char *rule)
{
    char filled[4096];
    snprintf(filled, sizeof filled, text, dialect, 1, rule);
    return sliced_from(filled, 1);
}

static void see_trial(void *with, int sample, const network *net, const tape *tp)
{
    demonstration *d = with;
    const size_t row = (size_t)(net->n_columns - net->spiking_columns);
    (void)sample;
    memset(d->z, 0, sizeof d->z);
    memset(d->x, 0, sizeof d->x);
    for (int t = 0; t < STEPS; t++) {
        for (uint32_t s = tp->spike_start[t]; s < tp->spike_start[t + 1]; s++)
            if (tp->spike[s] < N) d->z[t][tp->spike[s]] = 1;
        for (uint32_t e = tp->trial->events->start[t]; e < tp->trial->events->start[t + 1]; e++)
            d->x[t][tp->trial->events->run[e].first] = 1;
        for (int j = 0; j < N; j++) {
            const int k = j < 7 ? 0 : 1, place = j < 7 ? j : j - 7;
            const bool relative = tp->column[LSNN_MAX_TAPES + 1] != NULL;
            d->psi[t][j] = tape_row(tp, net, k, 0, t)[place];
            d->dz_da[t][j] = k == 0 ? 0 : 0.05 * (relative ? tape_row(tp, net, k, 1, t)[place] : -d->psi[t][j]);
            if (net->n_outputs > 2) d->L[t][j] = tp->output[(size_t)t * row + LSNN_LANES + (size_t)j];
        }
    }
}

static void run(demonstration *d)
{
    lsnn_error err = {0};
    const trainer_recorder recorder = {.with = d, .n_samples = 1, .trial = see_trial};
    cr_assert_eq(trainer_gradient(d->s.e->trainer, &d->m, &recorder, &err), LSNN_OK, "%s", err.message);
}

/* sum_t L[t] ebar[t] of a synapse to neuron j, by traces. */
static double learned(const demonstration *d, const double *x, int stride, int delay, int j, bool late)
{
    const double alpha = exp(-1.0 / 20), rho = exp(-1.0 / 100), keep = exp(-1 / tau);
    double eps_v = 0, eps_a = 0, e = 0, ebar = 0, sum = 0;
    for (int t = 0; t < STEPS; t++) {
        const double before = eps_v;
        eps_v = alpha * eps_v + (t >= delay ? x[(t - delay) * stride] : 0);
        eps_a = j < 7 ? 0 : rho * eps_a + e;
        e = d->psi[t][j] * (late && j >= 7 ? before : eps_v) + d->dz_da[t][j] * eps_a;
        ebar = keep * ebar + e;
        sum += d->L[t][j] * ebar;
    }
    return sum;
}

typedef struct change {
    const demonstration *d;
    const projection *p;
    bool late;
    real *updated;      /* W' */
    const real *slope;  /* D */
    double along, most; /* sum of D G */
} change;

static void change_synapse(void *with, int i, int j, int delay, size_t position)
{
    change *c = with;
    const demonstration *d = c->d;
    const double G = c->p->source >= 0 ? learned(d, &d->x[0][i], CELLS, delay, j, c->late)
                                       : learned(d, &d->z[0][i], N, delay, j, c->late);
    if (c->updated) c->updated[position] = (real)(c->updated[position] - eta * G);
    if (c->slope) c->along += c->slope[position] * G;
    c->most = fmax(c->most, fabs(eta * G));
}

static const projection *find(const sliced *s, const char *name)
{
    return &s->e->net->projections[network_find_projection(s->e->net, name)];
}

static void expect_same_gradient(const sliced *a, const sliced *b, const char *name)
{
    const real *x = a->e->trainer->gradient->value[find(a, name)->parameter];
    const real *y = b->e->trainer->gradient->value[find(b, name)->parameter];
    double largest = 0, worst = 0;
    for (size_t k = 0; k < a->e->net->parameters[find(a, name)->parameter].n; k++) {
        largest = fmax(largest, fabs((double)y[k]));
        worst = fmax(worst, fabs((double)x[k] - (double)y[k]));
    }
    cr_expect_gt(largest, 0, "%s: no gradient", name);
    cr_expect_leq(worst, tolerance * largest, "%s: differs by %g, the largest is %g", name, worst, largest);
}

static void copy_weights(const sliced *to, const sliced *from, const char *name)
{
    const parameter *a = &to->e->net->parameters[find(to, name)->parameter];
    const parameter *b = &from->e->net->parameters[find(from, name)->parameter];
    cr_assert_eq(a->n, b->n);
    memcpy(a->value, b->value, a->n * sizeof(real));
}

/* The test's loss and its gradient are those of a network that has W' from the beginning and learns by bptt. */
static void test_equals_network_with_updated_weights(const char *dialect)
{
    demonstration *d = calloc(1, sizeof *d);
    d->s = open_small(whole, dialect, "");
    run(d);
    sliced other = open_small(plain, dialect, "bptt");
    for (const char *const *name = (const char *const[]){"in", "rec", "out", NULL}; *name; name++)
        copy_weights(&other, &d->s, *name);
    double most = 0;
    for (const char *const *name = (const char *const[]){"in", "rec", NULL}; *name; name++) {
        const projection *p = find(&d->s, *name);
        change c = {.d = d,
                    .p = p,
                    .late = strcmp(dialect, "lsnn2018code") == 0,
                    .updated = other.e->net->parameters[find(&other, *name)->parameter].value};
        network_each_synapse(d->s.e->net, p, change_synapse, &c);
        most = fmax(most, c.most);
    }
    cr_expect(most > 0.02 && most < 1, "the update changes weights by %g", most);
    const metrics m = sliced_gradient(&other);
    cr_expect_float_eq(d->m.loss, m.loss, tolerance * m.loss, "%g, expected %g", d->m.loss, m.loss);
    cr_expect_float_eq(d->m.error, m.error, tolerance * m.error);
    cr_expect_neq(d->m.error, d->m.error_before);
    expect_same_gradient(&d->s, &other, "in");
    expect_same_gradient(&d->s, &other, "rec");
    expect_same_gradient(&d->s, &other, "out");
    arena_free(other.memory);
    arena_free(d->s.memory);
    free(d);
}

Test(inner, tests_a_network_with_the_weights_that_the_demonstration_taught)
{
    test_equals_network_with_updated_weights("eprop2020");
    test_equals_network_with_updated_weights("lsnn2018paper");
    test_equals_network_with_updated_weights("lsnn2018code");
}

/* sum D G = -dE/d(eta), D held: linear in the signals, so that large steps of their weights do. */
static double along(const demonstration *d, real *const D[2], bool late)
{
    double sum = 0;
    const char *const names[] = {"in", "rec"};
    for (int k = 0; k < 2; k++) {
        change c = {.d = d, .p = find(&d->s, names[k]), .late = late, .slope = D[k]};
        network_each_synapse(d->s.e->net, c.p, change_synapse, &c);
        sum += c.along;
    }
    return sum;
}

static void signals_get_differences(const char *dialect)
{
    demonstration *d = calloc(1, sizeof *d);
    real *D[2], got[GENERATORS * LSNN_LANES];
    const bool late = strcmp(dialect, "lsnn2018code") == 0;
    d->s = open_small(whole, dialect, "");
    run(d);
    const trainer *t = d->s.e->trainer;
    const char *const names[] = {"in", "rec"};
    for (int k = 0; k < 2; k++) {
        const int p = find(&d->s, names[k])->parameter;
        cr_assert_eq(arena_take(d->s.memory, &D[k], t->net->parameters[p].n, sizeof(real), NULL), LSNN_OK);
        memcpy(D[k], t->gradient->value[p], t->net->parameters[p].n * sizeof(real));
    }
    const parameter *L = &t->net->parameters[find(&d->s, "L")->parameter];
    memcpy(got, t->gradient->value[find(&d->s, "L")->parameter], sizeof got);
    double largest = 0, worst = 0;
    for (int i = 0; i < GENERATORS; i++)
        for (int j = 0; j < N; j += 3) {
            real *w = &L->value[i * LSNN_LANES + j];
            const real before = *w;
            double at[2];
            for (int up = 0; up < 2; up++) {
                *w = before + (up ? 1 : -1);
                run(d);
                at[up] = -eta * along(d, D, late);
            }
            *w = before;
            const double expected = (at[1] - at[0]) / 2;
            largest = fmax(largest, fabs(expected));
            worst = fmax(worst, fabs(expected - (double)got[i * LSNN_LANES + j]));
        }
    cr_expect_gt(largest, 0);
    cr_expect_leq(worst, tolerance * largest, "%s: differs by %g, the largest is %g", dialect, worst, largest);
    arena_free(d->s.memory);
    free(d);
}

Test(inner, gradient_of_the_signals_equals_finite_differences_through_the_update)
{
    signals_get_differences("eprop2020");
    signals_get_differences("lsnn2018paper");
    signals_get_differences("lsnn2018code");
}

Test(inner, gradient_of_the_readout_equals_finite_differences)
{
    sliced s = open_small(whole, "eprop2020", "");
    sliced_gradient(&s);
    const projection *out = find(&s, "out");
    real *w = s.e->net->parameters[out->parameter].value, gradient[N * LSNN_LANES];
    memcpy(gradient, s.e->trainer->gradient->value[out->parameter], sizeof gradient);
    const double step = sizeof(real) == 8 ? 1e-5 : 1e-2;
    double largest = 0, worst = 0;
    for (int i = 0; i < N; i++)
        for (int k = 0; k < 2; k++) {
            const real before = w[i * LSNN_LANES + k];
            w[i * LSNN_LANES + k] = (real)(before + step);
            const double up = sliced_gradient(&s).loss;
            w[i * LSNN_LANES + k] = (real)(before - step);
            const double down = sliced_gradient(&s).loss;
            w[i * LSNN_LANES + k] = before;
            const double expected = (up - down) / (2 * step);
            largest = fmax(largest, fabs(expected));
            worst = fmax(worst, fabs(expected - (double)gradient[i * LSNN_LANES + k]));
        }
    cr_expect_gt(largest, 0);
    /* the loss has roundings of 1e-7, the difference a third derivative */
    cr_expect_leq(worst, (sizeof(real) == 8 ? 1e-6 : 2e-3) * largest, "differs by %g of %g", worst, largest);
    arena_free(s.memory);
}

/* With errors as signals the update is a step of e-prop down the demonstration's loss. */
Test(inner, from_errors_is_a_step_of_eprop)
{
    sliced inner = open_small(by_errors, "eprop2020", ""), eprop = open_small(plain, "eprop2020", "eprop");
    for (const char *const *name = (const char *const[]){"in", "rec", "out", NULL}; *name; name++)
        copy_weights(&eprop, &inner, *name);
    const metrics m = sliced_gradient(&inner);
    const metrics before = sliced_gradient(&eprop);
    cr_expect_float_eq(m.error_before, before.error, tolerance * before.error);
    for (const char *const *name = (const char *const[]){"in", "rec", NULL}; *name; name++) {
        const int p = find(&eprop, *name)->parameter;
        for (size_t k = 0; k < eprop.e->net->parameters[p].n; k++)
            eprop.e->net->parameters[p].value[k] -= (real)0.5 * eprop.e->trainer->gradient->value[p][k];
    }
    const metrics after = sliced_gradient(&eprop);
    cr_expect_float_eq(m.loss, after.loss, tolerance * after.loss, "%g, expected %g", m.loss, after.loss);
    cr_expect_neq(after.loss, before.loss);
    arena_free(inner.memory);
    arena_free(eprop.memory);
}

/* ---- as any learning --------------------------------------------------------------------------------------------------- */

static lsnn *open_net(const char *text, int threads)
{
    char filled[4096];
    lsnn *net;
    lsnn_error err;
    snprintf(filled, sizeof filled, text, "eprop2020", 5, "");
    cr_assert_eq(lsnn_open_text(&net, filled, threads, &err), LSNN_OK, "%s", err.message);
    return net;
}

static double iterate(lsnn *net, int n)
{
    lsnn_metrics m = {0};
    lsnn_error err;
    for (int i = 0; i < n; i++)
        cr_assert_eq(lsnn_iterate(net, &m, &err), LSNN_OK, "%s", err.message);
    return m.loss;
}

static void expect_same_weights(const lsnn *a, const lsnn *b, bool generator)
{
    const char *const names[] = {"in", "rec", "out", "clock", "shown", "L"};
    for (int k = 0; k < (generator ? 6 : 3); k++) {
        double x[200] = {0}, y[200] = {0};
        lsnn_error err;
        cr_assert_eq(lsnn_get_weights(a, names[k], x, &err), LSNN_OK, "%s", err.message);
        cr_assert_eq(lsnn_get_weights(b, names[k], y, &err), LSNN_OK, "%s", err.message);
        cr_assert_arr_eq(x, y, sizeof x, "%s", names[k]);
    }
}

Test(inner, gives_the_same_bits_for_any_number_of_threads)
{
    for (int k = 0; k < 2; k++) {
        const char *text = k ? by_errors : whole;
        lsnn *nets[] = {open_net(text, 1), open_net(text, 2), open_net(text, 3)};
        const double loss = iterate(nets[0], 5);
        for (int i = 1; i < 3; i++) {
            cr_assert_eq(iterate(nets[i], 5), loss);
            expect_same_weights(nets[0], nets[i], k == 0);
        }
        for (int i = 0; i < 3; i++)
            lsnn_close(nets[i]);
    }
}

Test(inner, goes_on_from_a_checkpoint_with_the_same_bits)
{
    char path[] = "/tmp/lsnn_inner_XXXXXX";
    lsnn_error err;
    const int file = mkstemp(path);
    cr_assert_geq(file, 0);
    close(file);
    lsnn *net = open_net(whole, 2), *other = open_net(whole, 1);
    iterate(net, 3);
    cr_assert_eq(lsnn_save(net, path, &err), LSNN_OK, "%s", err.message);
    iterate(net, 3);
    cr_assert_eq(lsnn_restore(other, path, &err), LSNN_OK, "%s", err.message);
    iterate(other, 3);
    expect_same_weights(net, other, true);
    lsnn_close(net);
    lsnn_close(other);
    unlink(path);
}
