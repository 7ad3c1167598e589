/* Short-term plasticity: spikes against the closed form of Salaj et al. 2021, gradients against finite differences. */
#include "build.h"
#include "files.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { STEPS = 60, N_IN = 40 };

/* Input passes through facilitating and depressed synapses, which reach LSTM units, a smooth function. */
static const char text[] =
    "seed: 3\n"
    "task: {kind: evidence_accumulation, cues: 1, cue: 20 ms, gap: 5 ms, pause: 20 ms, recall: 15 ms, cue_rate: 200 "
    "Hz}\n"
    "populations:\n"
    "  facilitating: {model: stp, n: 40, U: {uniform: [0.1, 0.3]}, tau_F: 500 ms, tau_D: 20 ms}\n"
    "  depressed: {model: stp, n: 40, U: 0.5, tau_F: 20 ms, tau_D: {uniform: [100 ms, 700 ms]}}\n"
    "  lstm: {model: lstm, n: 6}\n"
    "  again: {model: stp, n: 24, tau_F: 50 ms, tau_D: 30 ms}\n"
    "  out: {model: readout, n: 2, tau_out: 20 ms}\n"
    "projections:\n"
    "  to_f: {from: input, to: facilitating, wiring: one_to_one, weights: 1}\n"
    "  to_d: {from: input, to: depressed, wiring: one_to_one, weights: 1}\n"
    "  in: {from: [facilitating, depressed], to: lstm}\n"
    "  up: {from: lstm, to: again, weights: {scaled_normal: 2}}\n"
    "  out: {from: [lstm, again], to: out}\n"
    "learning: {rule: bptt, optimiser: sgd, batch: 2, shards: 2, loss: cross_entropy}\n";

static arena *memory;

static void start(void)
{
    cr_assert_eq(arena_new(&memory, NULL), LSNN_OK);
}

static void end(void)
{
    arena_free(memory);
}

TestSuite(stp, .init = start, .fini = end, .timeout = 120);

static experiment *built(void)
{
    lsnn_error err = {0};
    config_node *root;
    experiment *e;
    cr_assert_eq(config_parse(&root, memory, "test", text, strlen(text), &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(build_experiment(&e, root, &files_default, 1, memory, &err), LSNN_OK, "%s", err.message);
    return e;
}

static void see_y(void *with, const network *net, const worker *w, const tape *tp, int t)
{
    double(*y)[2][N_IN] = with;
    (void)tp;
    for (int k = 0; k < 2; k++)
        for (int j = 0; j < N_IN; j++)
            y[t][k][j] = (double)w->output[net->populations[k].column + j];
}

/* Between the spikes nothing is computed: u_k and R_k of the k-th spike of a cell follow from those of the one before. */
static void expect_efficacies(const double y[STEPS][2][N_IN], int k, int j, const lsnn_events *events, double U,
                              double tau_F, double tau_D)
{
    double u = 0, R = 1, n = 0;
    int last = 0;
    for (uint32_t s = 0; s < events->start[STEPS]; s++)
        for (uint32_t i = events->run[s].first; i < events->run[s].last; i++) {
            if ((int)i != j) continue;
            const int t = (int)events->step[s];
            u = n == 0 ? U : U + u * (1 - U) * exp((last - t) / tau_F);
            R = n == 0 ? 1 : 1 + (R - 1) * exp((last - t) / tau_D);
            cr_expect_float_eq(y[t][k][j], u * R, sizeof(real) == 8 ? 1e-13 : 1e-5, "spike %g of cell %d", n, j);
            R -= u * R;
            last = t;
            n++;
        }
}

Test(stp, gives_the_efficacies_of_the_closed_form)
{
    const experiment *e = built();
    const tape *tp = e->trainer->tapes[0];
    double y[STEPS][2][N_IN], sum = 0;
    metrics m;
    cr_assert(e->shape.n_in == N_IN && e->shape.n_steps == STEPS);
    cr_assert_eq(trainer_gradient(e->trainer, &m, NULL, NULL), LSNN_OK);
    forward(e->net, e->trainer->workers[0], e->trainer->tapes[0], see_y, y);
    for (int k = 0; k < 2; k++) {
        const population *p = &e->net->populations[k];
        for (int j = 0; j < N_IN; j++)
            expect_efficacies(y, k, j, tp->trial->events, p->prepared[0][j], -1 / log(p->prepared[1][j]),
                              -1 / log(p->prepared[2][j]));
    }
    for (int t = 0; t < STEPS; t++)
        for (int j = 0; j < N_IN; j++)
            sum += y[t][0][j];
    cr_expect_gt(sum, 10, "hardly a spike");
    cr_expect_eq(m.rate, 0);
}

static double loss_at(const experiment *e, real *value, real x)
{
    const real before = *value;
    metrics m;
    *value = x;
    cr_assert_eq(trainer_gradient(e->trainer, &m, NULL, NULL), LSNN_OK);
    *value = before;
    return m.loss;
}

/* The weights of one_to_one say how much of x a spike is, so that their gradients are those of x. */
Test(stp, has_the_gradient_of_differences)
{
    if (sizeof(real) < sizeof(double)) cr_skip_test("differences need double precision");
    const experiment *e = built();
    const double step = 1e-6;
    metrics m;
    for (int i = 0; i < e->net->n_projections; i++) {
        const projection *p = &e->net->projections[i];
        const parameter *weights = &e->net->parameters[p->parameter];
        real gradient[weights->n];
        double largest = 0;
        cr_assert_eq(trainer_gradient(e->trainer, &m, NULL, NULL), LSNN_OK);
        memcpy(gradient, e->trainer->gradient->value[p->parameter], sizeof gradient);
        for (size_t k = 0; k < weights->n; k++)
            largest = fmax(largest, fabs((double)gradient[k]));
        cr_expect_gt(largest, 1e-5, "%s does not matter", p->name);
        for (size_t k = 0; k < weights->n; k += 3) {
            real *value = &weights->value[k];
            if (*value == 0) continue;
            const double found = (loss_at(e, value, *value + step) - loss_at(e, value, *value - step)) / (2 * step);
            cr_expect_float_eq((double)gradient[k], found, 1e-6 * largest + 1e-10, "%s[%zu]: %g, differences %g",
                               p->name, k, (double)gradient[k], found);
        }
    }
}
