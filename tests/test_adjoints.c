/* Gradients of synapses by BPTT, whole and truncated, and of the neurons' own parameters by both rules, against adjoints that are
 * handed from variable to variable. */
#include "adjoints.h"

/* Of the largest element of an array. Both sides see the same spikes; in single precision psi is the difference of two rounded
 * numbers, whose errors go back through resets and other neurons. */
static const double tolerance = sizeof(real) == 8 ? 1e-12 : 2e-5;

typedef struct difference {
    double largest, worst;
} difference;

static void differ(difference *d, double expected, double found)
{
    cr_assert(isfinite(expected) && isfinite(found));
    d->largest = fmax(d->largest, fabs(expected));
    d->worst = fmax(d->worst, fabs(expected - found));
}

static void expect_small(const difference *d, const stage *s, const char *name)
{
    /* step by step, a spike that is decided on the potential of the step before is cut off from it */
    const bool none = s->is.truncate == 1 && strcmp(s->is.dialect, "lsnn2018code") == 0 && strcmp(name, "out") != 0 &&
                      strcmp(name, "bias") != 0;
    cr_expect_eq(d->largest > 0, !none, "%s: the largest is %g", name, d->largest);
    cr_expect_leq(d->worst, tolerance * d->largest,
                  "%s: differs by %g, the largest is %g; truncated to %d steps, %s, delays up to %d, %d to the readout",
                  name, d->worst, d->largest, s->is.truncate, s->is.dialect, s->is.longest, s->is.out_delay);
}

static void expect_synapses(const stage *s, const adjoints *d, const cables *c)
{
    difference of = {0};
    for (int k = 0; k < c->n; k++)
        differ(&of, adjoints_synapse(d, c, k), s->learner->gradient->value[c->p->parameter][c->list[k].position]);
    cr_expect_eq((size_t)c->n, c->p->n_synapses);
    expect_small(&of, s, c->p->name);
}

static void expect_readout(const stage *s, const adjoints *d)
{
    difference of_weights = {0}, of_bias = {0};
    for (int k = 0; k < s->is.n_out; k++) {
        for (int j = 0; j < s->book.n_rec; j++)
            differ(&of_weights, adjoints_readout(d, j, k),
                   s->learner->gradient->value[s->out->parameter][j * s->out->width + k]);
        differ(&of_bias, adjoints_bias(d, k), s->learner->gradient->value[s->bias][k]);
    }
    expect_small(&of_weights, s, "out");
    expect_small(&of_bias, s, "bias");
}

static void agree(scene is)
{
    stage *s = stage_run(is);
    const adjoints d = adjoints_run(s);
    cr_assert_eq(s->rec->dense, is.longest == 1 || is.axonal, "the storage is not what this test is about");
    cr_assert_eq(s->rec->by_delay != NULL, is.axonal, "the axons are not what this test is about");
    cr_assert_eq(s->learner->tapes[0]->segment<SCENE_STEPS, is.tape_bytes> 0,
                 "the tape is not what this test is about");
    expect_synapses(s, &d, &d.in);
    expect_synapses(s, &d, &d.rec);
    expect_readout(s, &d);
    stage_free(s);
}

/* Whole, and in stretches of one step, of a few, and such that end in the midst of the engine's chunks of 32 steps. */
static void agree_in_stretches(scene is)
{
    static const int stretches[] = {0, 1, 7, 10, 33};
    for (int k = 0; k < 5; k++) {
        is.truncate = stretches[k];
        agree(is);
    }
}

static const scene one_step = {.n_lif = 17,
                               .n_alif = 12,
                               .n_in = 9,
                               .n_out = 3,
                               .dialect = "eprop2020",
                               .surrogate = "triangular",
                               .longest = 1,
                               .density = 1,
                               .strength = 50,
                               .recurrent = true};

Test(adjoints, bptt_with_synapses_that_take_a_step)
{
    scene is = one_step;
    agree_in_stretches(is);
    is.n_ref = 2;
    is.leak = is.leaky_bias = true;
    agree_in_stretches(is);
}

Test(adjoints, bptt_with_a_delay_per_synapse)
{
    scene is = one_step;
    is.longest = 6;
    is.density = 0.6;
    agree_in_stretches(is);
    is.longest = 14;
    agree_in_stretches(is);
}

/* Of axons with such delays the engine takes several steps at once. */
Test(adjoints, bptt_with_a_delay_per_axon)
{
    scene is = one_step;
    is.axonal = true;
    is.longest = 6;
    agree_in_stretches(is);
    is.longest = 25;
    agree_in_stretches(is);
}

Test(adjoints, bptt_in_each_dialect_and_without_the_reset)
{
    static const char *const dialects[] = {"eprop2020", "lsnn2018paper", "lsnn2018code"};
    for (int k = 0; k < 6; k++) {
        scene is = one_step;
        is.dialect = dialects[k / 2];
        is.no_reset = k % 2 == 1;
        is.longest = 3;
        agree_in_stretches(is);
    }
}

/* A few readouts send their errors to all neurons, more than 64 are asked by neurons that are active. */
Test(adjoints, bptt_with_a_delay_to_the_readout)
{
    scene is = one_step;
    is.out_delay = 3;
    agree_in_stretches(is);
    is.n_out = 70;
    agree_in_stretches(is);
}

/* The tape holds a part of the trial, which is computed again; its borders are not those of stretches. */
Test(adjoints, bptt_with_a_tape_that_is_computed_again)
{
    scene is = one_step;
    is.dialect = "lsnn2018paper"; /* which takes four numbers per neuron and step */
    is.longest = 4;
    is.tape_bytes = 0.8 * SCENE_STEPS * 4 * 48 * sizeof(real);
    agree_in_stretches(is);
}

/* ---- the neurons' own parameters -------------------------------------------------------------------------------------- */

/* Its place in network.parameters; -1: the model has none of that name. */
static int find_trainable(const population *p, const char *name)
{
    for (int l = 0; l < p->n_trainable; l++)
        if (strcmp(p->model->trainable[l].name, name) == 0) return p->trainable + l;
    return -1;
}

static void expect_of_neurons(const stage *s, const adjoints *d, int which)
{
    for (int k = 0; k < s->net->n_spiking_populations; k++) {
        const population *p = &s->net->populations[k];
        const int place = find_trainable(p, of_names[which]);
        difference of = {0};
        for (int j = 0; place >= 0 && j < p->n; j++)
            differ(&of, d->of[which][p->first + j], s->learner->gradient->value[place][j]);
        const bool start = which == OF_V_0 || which == OF_A_0; /* psi may be 0 in all of the first stretch */
        if (s->is.truncate > 0 && start && of.largest == 0)
            cr_expect_eq(of.worst, 0, "%s", of_names[which]);
        else if (place >= 0)
            expect_small(&of, s, of_names[which]);
    }
}

static void agree_on_neurons(scene is)
{
    stage *s = stage_run(is);
    const adjoints d = adjoints_run(s);
    for (int which = 0; which < N_OF; which++)
        expect_of_neurons(s, &d, which);
    expect_synapses(s, &d, &d.in);
    expect_synapses(s, &d, &d.rec);
    stage_free(s);
}

static scene learning_neurons(const char *dialect)
{
    scene is = one_step;
    is.learn = true;
    is.dialect = dialect;
    is.longest = 3;
    return is;
}

#define AGREE_ON_NEURONS(name, change)                                                                                 \
    Test(adjoints, name)                                                                                               \
    {                                                                                                                  \
        static const char *const dialects[] = {"eprop2020", "lsnn2018paper", "lsnn2018code"};                          \
        for (int k = 0; k < 3; k++) {                                                                                  \
            scene is = learning_neurons(dialects[k]);                                                                  \
            change;                                                                                                    \
            agree_on_neurons(is);                                                                                      \
            is.leak = true;                                                                                            \
            is.n_ref = 2;                                                                                              \
            agree_on_neurons(is);                                                                                      \
        }                                                                                                              \
    }

AGREE_ON_NEURONS(bptt_of_neurons, (void)0)
AGREE_ON_NEURONS(bptt_of_neurons_without_the_reset, is.no_reset = true)
AGREE_ON_NEURONS(eprop_of_neurons, is.recurrent = false)

/* What is before a border reaches the parameters of the step after it. */
Test(adjoints, bptt_of_neurons_in_stretches)
{
    static const char *const dialects[] = {"eprop2020", "lsnn2018paper", "lsnn2018code"};
    static const int stretches[] = {4, 7, 32, 33};
    for (int k = 0; k < 12; k++) {
        scene is = learning_neurons(dialects[k / 4]);
        is.truncate = stretches[k % 4];
        agree_on_neurons(is);
        is.leak = true;
        agree_on_neurons(is);
        is.tape_bytes = 0.8 * SCENE_STEPS * 4 * 48 * sizeof(real);
        agree_on_neurons(is);
    }
}
