/* Wiring of large networks: the synapses are those of the small engine's lists, whatever the number of slices. */
#include "simulated.h"
#include <math.h>
#include <stdlib.h>

#define HEAD                                                                                                           \
    "seed: 3\nsimulation: {time: 100 ms}\n"                                                                            \
    "populations: {a: {model: lif, n: 700}, b: {model: lif, n: 900}}\n"

typedef struct synapse {
    int i, j;
    double weight, delay;
} synapse;

typedef struct listing {
    synapse *synapses;
    size_t n;
} listing;

static void list_synapse(void *with, int i, int j, real weight, double delay)
{
    listing *l = with;
    l->synapses[l->n++] = (synapse){i, j, (double)weight, delay};
}

static listing listed(const simulated *s)
{
    listing l = {calloc(s->c->n_synapses + 1, sizeof(synapse)), 0};
    circuit_each_synapse(s->c, 0, list_synapse, &l);
    cr_assert_eq(l.n, s->c->n_synapses);
    return l;
}

static int by_place(const void *one, const void *other)
{
    const synapse *a = one, *b = other;
    if (a->i != b->i) return a->i - b->i;
    return a->j - b->j;
}

/* The same config, drawn as the small engine does. */
static listing reference(const simulated *s)
{
    config_report report = {0};
    lsnn_error err = {0};
    synapses *wires;
    const fields_reader reader = {.memory = s->memory, .report = &report, .dt = s->e->dt};
    cr_assert_eq(wiring_draw(&wires, &s->e->plans[0].wiring, &s->e->plans[0].site, &reader, &err), LSNN_OK);
    cr_assert(wires);
    listing l = {calloc(wires->n + 1, sizeof(synapse)), wires->n};
    for (size_t k = 0; k < wires->n; k++)
        l.synapses[k] =
            (synapse){(int)wires->from[k], (int)wires->to[k], (real)wires->weight[k], wires->delay[k] * s->e->dt};
    qsort(l.synapses, l.n, sizeof *l.synapses, by_place);
    return l;
}

static const char *const wirings[] = {
    "{from: [a, b], to: [a, b], wiring: {in_degree: 100}, weights: {normal: [0, 1]}, delay: {uniform: [1 ms, 9 ms]}}",
    "{from: [a, b], to: [a, b], wiring: {probability: 0.05}, weights: {uniform: [0, 1]}, delay: {uniform: [2, 4]}}",
    "{from: [a, b], to: [a, b], wiring: {in_degree: 10}, weights: 1, delay: {axonal: [1 ms, 9 ms]}}",
    "{from: b, to: a, wiring: {probability: 0.3}, weights: 0.5, delay: 3 ms}",
    "{from: a, to: a, wiring: one_to_one, weights: {lognormal: [0, 1]}, autapses: true}",
    "{from: a, to: b, wiring: all_to_all, weights: 2, delay: {uniform: [1 ms, 2 ms]}}",
};

Test(circuit, has_the_synapses_of_the_small_engine)
{
    for (size_t w = 0; w < sizeof wirings / sizeof *wirings; w++)
        for (int n_threads = 1; n_threads <= 3; n_threads++) {
            char text[1024];
            snprintf(text, sizeof text, HEAD "projections: {p: %s}\n", wirings[w]);
            simulated s = built(text, n_threads);
            listing got = listed(&s), wanted = reference(&s);
            cr_assert_eq(got.n, wanted.n);
            int differ = 0;
            for (size_t k = 0; k < got.n; k++)
                differ += got.synapses[k].i != wanted.synapses[k].i || got.synapses[k].j != wanted.synapses[k].j ||
                          got.synapses[k].weight != wanted.synapses[k].weight ||
                          got.synapses[k].delay != wanted.synapses[k].delay;
            cr_expect_eq(differ, 0, "%s: %d synapses differ with %d threads", wirings[w], differ, n_threads);
            free(got.synapses);
            free(wanted.synapses);
            arena_free(s.memory);
        }
}

Test(circuit, gives_each_neuron_its_in_degree_from_different_sources)
{
    simulated s = built(HEAD "projections: {p: {from: [a, b], to: [a, b], wiring: {in_degree: 37}}}\n", 2);
    listing l = listed(&s);
    int in[1600] = {0};
    for (size_t k = 0; k < l.n; k++) {
        in[l.synapses[k].j]++;
        cr_expect_neq(l.synapses[k].i, l.synapses[k].j);
        if (k > 0) cr_expect_gt(by_place(&l.synapses[k], &l.synapses[k - 1]), 0);
    }
    for (int j = 0; j < 1600; j++)
        cr_expect_eq(in[j], 37);
    free(l.synapses);
    arena_free(s.memory);
}

Test(circuit, draws_sources_evenly_by_probability)
{
    simulated s = built(HEAD "projections: {p: {from: a, to: b, wiring: {probability: 0.1}}}\n", 2);
    listing l = listed(&s);
    const double mean = 700.0 * 900 * 0.1, sd = sqrt(mean * 0.9);
    double out[700] = {0}, chi = 0;
    cr_expect_float_eq((double)l.n, mean, 5 * sd);
    for (size_t k = 0; k < l.n; k++)
        out[l.synapses[k].i]++;
    for (int i = 0; i < 700; i++)
        chi += pow(out[i] - 90, 2) / (90 * 0.9);
    cr_expect_float_eq(chi, 700, 5 * sqrt(2 * 700.0), "chi^2 of 700 out-degrees is %g", chi);
    free(l.synapses);
    arena_free(s.memory);
}

Test(circuit, connects_a_pair_several_times_when_asked_to)
{
    simulated s =
        built(HEAD "projections: {p: {from: a, to: b, wiring: {in_degree: 700, multapses: true}, weights: 1}}\n", 2);
    listing l = listed(&s);
    size_t again = 0;
    for (size_t k = 1; k < l.n; k++)
        again += by_place(&l.synapses[k], &l.synapses[k - 1]) == 0;
    cr_expect_eq(l.n, (size_t)(700 * 900));
    /* a source is missed with chance exp(-1), so that share of the synapses are repetitions */
    cr_expect_float_eq((double)again / (double)l.n, exp(-1), 0.01);
    free(l.synapses);
    arena_free(s.memory);
}

Test(circuit, gives_weights_the_signs_of_their_cells)
{
    simulated s = built(HEAD "signs: {a: {excitatory: 0.75}}\n"
                             "projections: {p: {from: a, to: b, wiring: {in_degree: 20}, weights: 1}}\n",
                        2);
    listing l = listed(&s);
    const real *sign = s.e->net->populations[0].sign;
    for (size_t k = 0; k < l.n; k++)
        cr_expect_eq((real)l.synapses[k].weight, sign[l.synapses[k].i]);
    free(l.synapses);
    arena_free(s.memory);
}

Test(circuit, costs_two_bytes_a_synapse_of_one_weight_and_delay)
{
    simulated s =
        built(HEAD "projections: {p: {from: [a, b], to: [a, b], wiring: {in_degree: 1000}, weights: 1}}\n", 2);
    cr_expect_lt((double)s.c->bytes / (double)s.c->n_synapses, 2.1);
    cr_expect_float_eq(circuit_predict(s.e, 2), (double)s.c->bytes, 0.05 * (double)s.c->bytes);
    arena_free(s.memory);
}

Test(circuit, keeps_delays_off_the_grid_for_an_engine_of_events)
{
    arena *memory;
    lsnn_error err;
    circuit *c;
    listing l = {calloc(1600 * 10, sizeof(synapse)), 0};
    cr_assert_eq(arena_new(&memory, &err), LSNN_OK);
    const experiment *e = experiment_of("simulation: {engine: event, time: 1 s}\n"
                                        "populations: {a: {model: iaf, n: 1600}}\n"
                                        "projections: {p: {from: a, to: a, wiring: {in_degree: 10},"
                                        " delay: {uniform: [0.3 ms, 0.7 ms]}}}\n",
                                        memory);
    cr_assert_eq(circuit_new(&c, e, 2, &err), LSNN_OK, "%s", err.message);
    cr_expect_eq(c->first_time, 0.3);
    cr_expect_eq(c->last_time, 0.7);
    circuit_each_synapse(c, 0, list_synapse, &l);
    double sum = 0;
    for (size_t k = 0; k < l.n; k++) {
        cr_expect(l.synapses[k].delay >= 0.3 && l.synapses[k].delay <= 0.7);
        sum += l.synapses[k].delay;
    }
    cr_expect_float_eq(sum / (double)l.n, 0.5, 5 * 0.4 / sqrt(12.0 * (double)l.n));
    free(l.synapses);
    arena_free(memory);
}
