/* Samplers at work on the weights of a network: what a point means, threads, checkpoints, failures. */
#include "build.h"
#include "files.h"
#include "lsnn.h"
#include "outer.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NETWORK(bounds)                                                                                                \
    "task: {kind: evidence_accumulation, cues: 1, cue: 20, pause: 20, recall: 20}\n"                                   \
    "populations:\n"                                                                                                   \
    "  alif: {model: alif, n: 10, v_th: 0.6, n_ref: 4, tau_a: 200 ms, beta: 0.02, learn_tau_m: true}\n"                \
    "  out: {model: readout, n: 2, tau_out: 20 ms, learn_bias: true}\n"                                                \
    "projections:\n"                                                                                                   \
    "  in: {from: input, to: alif, wiring: {probability: 0.5}}\n"                                                      \
    "  rec: {from: alif, to: alif, bounds: " bounds "}\n"                                                              \
    "  out: {from: alif, to: out}\n"

static lsnn *open_net(const char *sampler, int threads)
{
    char text[2048];
    lsnn *net;
    lsnn_error err;
    snprintf(
        text, sizeof text,
        NETWORK(
            "[-0.2, 0.3]") "learning: {sampler: %s, batch: 4, loss: cross_entropy, regularisation: {strength: 1}}\n",
        sampler);
    cr_assert_eq(lsnn_open_text(&net, text, threads, &err), LSNN_OK, "%s", err.message);
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

static void read_weights(const lsnn *net, double w[300])
{
    lsnn_error err;
    memset(w, 0, 300 * sizeof *w);
    cr_assert_eq(lsnn_get_weights(net, "rec", w, &err), LSNN_OK);
    cr_assert_eq(lsnn_get_weights(net, "out", w + 100, &err), LSNN_OK);
    for (int k = 0; k < 300; k++)
        if (isnan(w[k])) w[k] = 7; /* no synapse */
}

static const char *const samplers[] = {"evolution", "cma_es", "{kind: genetic, population: 9}"};

Test(outer, gives_the_same_bits_for_any_number_of_threads)
{
    for (size_t k = 0; k < sizeof samplers / sizeof *samplers; k++) {
        double one[300], two[300], three[300];
        lsnn *nets[] = {open_net(samplers[k], 1), open_net(samplers[k], 2), open_net(samplers[k], 3)};
        const double loss = iterate(nets[0], 5);
        cr_assert_eq(loss, iterate(nets[1], 5));
        cr_assert_eq(loss, iterate(nets[2], 5));
        read_weights(nets[0], one);
        read_weights(nets[1], two);
        read_weights(nets[2], three);
        cr_assert_arr_eq(one, two, sizeof one, "%s", samplers[k]);
        cr_assert_arr_eq(one, three, sizeof one, "%s", samplers[k]);
        for (int i = 0; i < 3; i++)
            lsnn_close(nets[i]);
    }
}

Test(outer, goes_on_from_a_checkpoint_with_the_same_bits)
{
    char path[] = "/tmp/lsnn_outer_XXXXXX";
    lsnn_error err;
    const int file = mkstemp(path);
    cr_assert_geq(file, 0);
    close(file);
    for (size_t k = 0; k < sizeof samplers / sizeof *samplers; k++) {
        double whole[300], resumed[300];
        lsnn *net = open_net(samplers[k], 2), *other = open_net(samplers[k], 1);
        iterate(net, 3);
        cr_assert_eq(lsnn_save(net, path, &err), LSNN_OK, "%s", err.message);
        iterate(net, 3);
        cr_assert_eq(lsnn_restore(other, path, &err), LSNN_OK, "%s", err.message);
        iterate(other, 3);
        read_weights(net, whole);
        read_weights(other, resumed);
        cr_assert_arr_eq(whole, resumed, sizeof whole, "%s", samplers[k]);
        lsnn_close(net);
        lsnn_close(other);
        unlink(path);
    }
}

Test(outer, keeps_bounds_and_moves_what_learns)
{
    double before[300], after[300];
    lsnn *net = open_net("{kind: evolution, sigma: 1, rate: 0.5}", 1);
    read_weights(net, before);
    iterate(net, 10);
    read_weights(net, after);
    int moved = 0;
    for (int k = 0; k < 100; k++) {
        if (after[k] == 7) continue;
        cr_assert(after[k] >= (double)(float)-0.2 && after[k] <= (double)(float)0.3, "%g", after[k]);
        moved += after[k] != before[k];
    }
    cr_assert_gt(moved, 50);
    for (int k = 100; k < 120; k++)
        cr_assert_neq(after[k], before[k]);
    lsnn_close(net);
}

/* A sampler that asks for the start, again and again, and notes what it hears. */
static double heard;

static int one(const void *parameters, int n)
{
    (void)parameters, (void)n;
    return 1;
}

static size_t as_many(const void *parameters, int n)
{
    (void)parameters;
    return (size_t)n;
}

static void copy_start(const void *parameters, const lsnn_sampling *s, double *state)
{
    (void)parameters;
    memcpy(state, s->start, (size_t)s->n * sizeof *state);
}

static void ask_again(const void *parameters, const lsnn_sampling *s, const double *state, double *point)
{
    (void)parameters;
    memcpy(point, state, (size_t)s->n * sizeof *point);
}

static void hear(const void *parameters, const lsnn_sampling *s, double *state, const double *point,
                 const double *score)
{
    (void)parameters, (void)s, (void)state, (void)point;
    heard = score[0];
}

static const double *all(const void *parameters, const lsnn_sampling *s, const double *state)
{
    (void)parameters, (void)s;
    return state;
}

static const lsnn_sampler echo = {.name = "echo",
                                  .population = one,
                                  .state_length = as_many,
                                  .begin = copy_start,
                                  .ask = ask_again,
                                  .tell = hear,
                                  .best = all};

Test(outer, judges_a_point_by_the_loss_of_its_network_regularisation_included)
{
    arena *a;
    config_node *root;
    experiment *e;
    metrics m;
    lsnn_error err;
    const char *text = NETWORK(
        "[-9, 9]") "learning: {sampler: evolution, batch: 4, loss: cross_entropy, regularisation: {strength: 50}}\n";
    cr_assert_eq(arena_new(&a, &err), LSNN_OK);
    cr_assert_eq(config_parse(&root, a, "text", text, strlen(text), &err), LSNN_OK);
    cr_assert_eq(build_experiment(&e, root, &files_default, 1, a, &err), LSNN_OK, "%s", err.message);
    outer *o;
    e->trainer->settings.sampler = &echo;
    cr_assert_eq(outer_new(&o, e->trainer, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(outer_sampling(o)->now.n, (int)e->net->projections[0].n_synapses + 90 + 20 + 10 + 2);
    cr_assert_eq(trainer_gradient(e->trainer, &m, NULL, &err), LSNN_OK);
    cr_assert_eq(outer_generation(o, &err), LSNN_OK);
    cr_assert(m.loss_rate > 0);
    /* weights go through a division and a product */
    cr_assert_float_eq(heard, m.loss + m.loss_rate, 1e-4 * heard);
    arena_free(a);
}

static volatile sig_atomic_t stop_now;

static void stop_at_once(void *with, int sample, const network *net, const tape *tp)
{
    (void)with, (void)sample, (void)net, (void)tp;
    stop_now = 1;
}

/* What the sampler was told cannot be taken back, so a checkpoint must not hold the iteration before. */
Test(outer, a_signal_after_the_generation_waits_for_the_end_of_the_iteration)
{
    arena *a;
    config_node *root;
    experiment *e;
    metrics m;
    lsnn_error err;
    const char *text = NETWORK("[-9, 9]") "learning: {sampler: evolution, batch: 4, loss: cross_entropy}\n";
    const trainer_recorder recorder = {.n_samples = 1, .trial = stop_at_once};
    cr_assert_eq(arena_new(&a, &err), LSNN_OK);
    cr_assert_eq(config_parse(&root, a, "text", text, strlen(text), &err), LSNN_OK);
    cr_assert_eq(build_experiment(&e, root, &files_default, 1, a, &err), LSNN_OK, "%s", err.message);
    e->trainer->stop = &stop_now;
    cr_assert_eq(trainer_iterate(e->trainer, &m, &recorder, &err), LSNN_OK, "%s", err.message);
    cr_assert(stop_now);
    cr_assert_eq(e->trainer->iteration, 1);
    cr_assert_eq(outer_sampling(e->trainer->outer)->now.generation, 1);
    cr_assert_eq(trainer_iterate(e->trainer, &m, &recorder, &err), LSNN_INTERRUPTED);
    cr_assert_eq(outer_sampling(e->trainer->outer)->now.generation, 1);
    arena_free(a);
}
