/* Rewiring as a part of learning: it finds the inputs that matter, and a checkpoint changes nothing. */
#include "checkpoint.h"
#include "files.h"
#include "parameters.h"
#include "registry.h"
#include "scratch.h"
#include "state.h"

#include <criterion/criterion.h>
#include <math.h>

/* ---- inputs that matter ----------------------------------------------------------------------------------------------- */

enum { N_IN = 40, N_STEPS = 60, N_SYNAPSES = 8 };

/* Cells 0 and 1 fire when the label is 0, cells 2 and 3 when it is 1; the other 36 fire by chance. */
static void draw(const void *state, const void *parameters, const lsnn_draw *which, lsnn_trial *trial)
{
    (void)state, (void)parameters;
    lsnn_random stream = lsnn_draw_stream(which);
    trial->label = (int)lsnn_random_below(&stream, 2);
    lsnn_trial_bernoulli(trial, &stream, 2 * trial->label, 2 * trial->label + 2, 0, N_STEPS, 0.3);
    lsnn_trial_bernoulli(trial, &stream, 4, N_IN, 0, N_STEPS, 0.15);
    for (int t = 0; t < N_STEPS; t++)
        trial->weight[t] = 1;
}

static const lsnn_task task = {.name = "two of many", .draw = draw};

typedef struct learner {
    arena *memory;
    network *net;
    trainer *trainer;
} learner;

static void add_population(const learner *l, const char *name, const char *model, int n, const parameters_entry *list)
{
    const void *parameters;
    const lsnn_model *m = registry_model(model);
    cr_assert_eq(parameters_fill(&parameters, m->fields, m->size, n, list, l->memory, NULL), LSNN_OK);
    cr_assert_eq(network_add_population(l->net, name, m, n, parameters, NULL), LSNN_OK);
}

/* n synapses from every fifth cell on, to targets in turn; or one to one. */
static void connect(const learner *l, projection_spec spec, int n_from, int n_to, int n, double weight, int delay)
{
    synapses *wires;
    cr_assert_eq(synapses_new(&wires, l->memory, n_from, n_to, (size_t)n, NULL), LSNN_OK);
    const int apart = n_from / n;
    for (int k = 0; k < n; k++)
        synapses_add(wires, (uint32_t)(k * apart + apart - 1), (uint32_t)(k % n_to), weight, delay);
    spec.rate = 1;
    spec.min = -INFINITY;
    spec.max = INFINITY;
    cr_assert_eq(network_add_projection(l->net, &spec, wires, NULL), LSNN_OK);
}

typedef struct deep_r_parameters {
    double l1, temperature;
} deep_r_parameters;

/* The cells reach `n_neurons` neurons; either these synapses are rewired, or those from the neurons to the readouts. */
static learner prepare(bool rewire_input)
{
    static const deep_r_parameters deep_r = {.l1 = 0.05};
    static struct {
        double momentum;
    } sgd = {0};
    learner l;
    const int n_neurons = rewire_input ? 2 : N_IN;
    cr_assert_eq(arena_new(&l.memory, NULL), LSNN_OK);
    cr_assert_eq(network_new(&l.net, l.memory, 1, 1, NULL), LSNN_OK);
    const source input = {.name = "input", .kind = SOURCE_TASK, .n = N_IN};
    cr_assert_eq(network_add_source(l.net, &input, NULL), LSNN_OK);
    add_population(&l, "cells", "lif", n_neurons,
                   (const parameters_entry[]){{.name = "tau_m", .number = 10}, {.name = "v_th", .number = 1}, {0}});
    add_population(
        &l, "out", "readout", 2,
        (const parameters_entry[]){{.name = "tau_out", .number = 10}, {.name = "scale", .choice = "leak"}, {0}});
    projection_spec in = {.name = "in", .source = 0, .n_to_populations = 1, .sparse = true};
    projection_spec out = {
        .name = "out", .source = -1, .n_from_populations = 1, .to_population = 1, .n_to_populations = 1};
    projection_spec *rewired = rewire_input ? &in : &out;
    rewired->learn = true;
    rewired->rewiring = registry_rewiring("deep_r");
    rewired->rewiring_parameters = &deep_r;
    connect(&l, in, N_IN, n_neurons, rewire_input ? N_SYNAPSES : N_IN, rewire_input ? 0.3 : 1.5, 0);
    connect(&l, out, n_neurons, 2, rewire_input ? 2 : N_SYNAPSES, rewire_input ? 5 : 0.3, 0);
    const learning_settings learning = {.learns = true,
                                        .optimiser = registry_optimiser("sgd"),
                                        .optimiser_parameters = &sgd,
                                        .paths.feedback = LSNN_SYMMETRIC,
                                        .rate = rewire_input ? 0.05 : 0.5,
                                        .batch = 16,
                                        .shards = 4,
                                        .iterations = 1000,
                                        .loss = {.kind = LOSS_CROSS_ENTROPY, .mean = true}};
    const lsnn_shape shape = {.n_in = N_IN, .n_out = 2, .n_steps = N_STEPS, .classes = true};
    learning_settings *settings;
    cr_assert_eq(arena_take(l.memory, &settings, 1, sizeof *settings, NULL), LSNN_OK);
    *settings = learning;
    cr_assert_eq(trainer_new(&l.trainer, l.net, &task, NULL, NULL, &shape, settings, 1, NULL), LSNN_OK);
    return l;
}

typedef struct weigher {
    const real *weight;
    double useful, all;
} weigher;

static void weigh(void *with, int i, int j, int delay, size_t position)
{
    weigher *w = with;
    (void)j, (void)delay;
    w->all += fabs((double)w->weight[position]);
    if (i < 4) w->useful += fabs((double)w->weight[position]);
}

/* At first no synapse comes from the four cells that tell the label; two or three among them are enough to be right. */
static void expect_found(bool rewire_input)
{
    learner l = prepare(rewire_input);
    const projection *p = &l.net->projections[rewire_input ? 0 : 1];
    weigher before = {.weight = l.net->parameters[p->parameter].value}, after = before;
    lsnn_error err;
    metrics m;
    cr_assert_eq(p->dense, !rewire_input);
    network_each_synapse(l.net, p, weigh, &before);
    cr_assert_eq(before.useful, 0);
    for (int n = 0; n < 1000; n++)
        cr_assert_eq(trainer_iterate(l.trainer, &m, NULL, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(trainer_evaluate(l.trainer, &m, LSNN_TEST, 0, 500, &err), LSNN_OK);
    network_each_synapse(l.net, p, weigh, &after);
    cr_expect_gt(after.useful, 0.8 * after.all, "%g of %g in weights", after.useful, after.all);
    cr_expect_lt(m.error, 0.1, "error %g", m.error);
    arena_free(l.memory);
}

Test(rewire_learning, finds_the_inputs_that_matter)
{
    expect_found(true);
}

Test(rewire_learning, finds_the_neurons_that_matter_to_the_readouts)
{
    expect_found(false);
}

/* ---- checkpoints ------------------------------------------------------------------------------------------------------ */

TestSuite(rewire_checkpoint, .init = scratch_enter, .fini = scratch_leave, .timeout = 60);

static const char text[] =
    "task: {kind: evidence_accumulation, cues: 1, cue: 20 ms, gap: 5 ms, pause: 10 ms, recall: 15 ms}\n"
    "populations:\n"
    "  alif: {model: alif, n: 20, v_th: 0.3}\n"
    "  out: {model: readout, n: 2, tau_out: 20 ms}\n"
    "projections:\n"
    "  in: {from: input, to: alif, wiring: {probability: 0.2}, rewiring: deep_r}\n"
    "  rec: {from: alif, to: alif, wiring: {probability: 0.2}, delay: {uniform: [1 ms, 4 ms]},\n"
    "        rewiring: {kind: deep_r, temperature: 1e-4}}\n"
    "  out: {from: alif, to: out, wiring: {probability: 0.4}, rewiring: deep_r}\n"
    "learning: {rule: bptt, rate: 0.05, batch: 4, loss: cross_entropy}\n";

typedef struct running {
    arena *memory;
    experiment *e;
    run_state state;
    state_item *items;
    int n_items;
} running;

static running begin(int n_threads)
{
    running r = {0};
    lsnn_error err = {0};
    config_node *root;
    cr_assert_eq(arena_new(&r.memory, &err), LSNN_OK);
    cr_assert_eq(config_parse(&root, r.memory, "test", text, strlen(text), &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(build_experiment(&r.e, root, &files_default, n_threads, r.memory, &err), LSNN_OK, "%s", err.message);
    return r;
}

static void list_items(running *r)
{
    cr_assert_eq(state_items(&r->items, &r->n_items, r->e, &r->state, NULL, 0, NULL), LSNN_OK);
}

static void iterate(const running *r, int n)
{
    lsnn_error err;
    metrics m;
    for (int k = 0; k < n; k++)
        cr_assert_eq(trainer_iterate(r->e->trainer, &m, NULL, &err), LSNN_OK, "%s", err.message);
}

static void expect_same(const running *one, const running *other)
{
    cr_assert_eq(one->n_items, other->n_items);
    for (int k = 0; k < one->n_items; k++)
        cr_expect_eq(
            memcmp(one->items[k].values, other->items[k].values, one->items[k].n * store_size(one->items[k].type)), 0,
            "%s differs", one->items[k].name);
}

Test(rewire_checkpoint, in_the_middle_changes_nothing)
{
    running whole = begin(1), first = begin(2), second = begin(3);
    list_items(&whole), list_items(&first), list_items(&second);
    const uint32_t *offset = whole.e->net->projections[1].offset;
    const uint32_t at_first = offset[0], last = offset[whole.e->net->projections[1].n_synapses / 2];
    iterate(&whole, 40);
    cr_assert(offset[0] != at_first || offset[whole.e->net->projections[1].n_synapses / 2] != last, "nothing moved");
    iterate(&first, 20);
    cr_assert_eq(checkpoint_write("c.h5", first.items, first.n_items, first.e->resolved, NULL), LSNN_OK);
    cr_assert_eq(checkpoint_read("c.h5", second.items, second.n_items, second.e->resolved, NULL), LSNN_OK);
    cr_assert_eq(state_check(second.e, NULL), LSNN_OK);
    expect_same(&first, &second);
    iterate(&second, 20);
    expect_same(&whole, &second);
    arena_free(whole.memory), arena_free(first.memory), arena_free(second.memory);
}

static void expect_refused(size_t which, const char *what)
{
    running r = begin(1);
    lsnn_error err = {0};
    projection *p = &r.e->net->projections[1];
    uint32_t *offset = p->offset;
    iterate(&r, 5);
    cr_assert_eq(state_check(r.e, &err), LSNN_OK);
    switch (which) {
    case 0: offset[p->n_synapses - 1] = UINT32_MAX; break;
    case 1: offset[0] = offset[1]; break;
    case 2: p->row_start[3] = p->n_synapses + 1; break;
    case 3: p->row_start[p->n_from] = 0; break;
    case 4: offset[p->row_start[1] - 1] += 20; break; /* padding of the last delay */
    default: r.e->net->parameters[p->parameter].sign[2] = 0.5;
    }
    cr_expect_eq(state_check(r.e, &err), LSNN_DATA, "%s is taken", what);
    cr_expect_str_eq(err.message, "the checkpoint's synapses of 'rec' are none that rewiring can have made");
    arena_free(r.memory);
}

Test(rewire_checkpoint, with_synapses_that_cannot_be_is_refused)
{
    const char *const what[] = {"a target that is not there", "a pair twice", "a row beyond the end", "a missing end",
                                "a column of padding",        "half a sign"};
    for (size_t k = 0; k < sizeof what / sizeof *what; k++)
        expect_refused(k, what[k]);
}
