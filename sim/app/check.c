/* Verb check: what a config means, before it is run. */
#include "learner.h"
#include "memory.h"
#include "simulate.h"
#include "text.h"
#include "verb.h"
#include <inttypes.h>

static void print_sizes(const experiment *e)
{
    size_t learned = 0;
    printf("#\n# task %s: %d input cells, %d steps of %g ms, %d readouts", e->task->name, e->shape.n_in,
           e->shape.n_steps, e->dt, e->shape.n_out);
    if (e->shape.n_questions > 0) printf(", up to %d questions", e->shape.n_questions);
    printf("\n");
    for (int k = 0; k < e->net->n_populations; k++) {
        const population *p = &e->net->populations[k];
        printf("# population %-12s %d x %s\n", p->name, p->n, p->model->name);
    }
    for (int k = 0; k < e->net->n_projections; k++) {
        const projection *p = &e->net->projections[k];
        printf("# projection %-12s %zu synapses, %s, delays %d..%d steps\n", p->name, p->n_synapses,
               p->dense ? "dense rows" : "sparse rows", p->delay[0], p->delay[p->n_delays - 1]);
        if (e->net->parameters[p->parameter].learn) learned += p->n_synapses;
    }
    const circuit *c = e->learner ? learner_circuit(e->learner) : NULL;
    for (int k = 0; c && k < c->n_projections; k++) {
        const circuit_projection *p = &c->projection[k];
        printf("# projection %-12s %zu synapses, in %d slices, delays %d..%d steps\n", p->name, p->n_synapses,
               c->n_slices, p->first_step, p->last_step);
        if (e->plans[k].spec.learn) learned += p->n_synapses;
    }
    for (int k = 0; k < e->net->n_populations; k++)
        for (int l = 0; l < e->net->populations[k].n_trainable; l++)
            if (e->net->parameters[e->net->populations[k].trainable + l].learn)
                learned += (size_t)e->net->populations[k].n;
    printf("# learned parameters: %zu\n", learned);
    printf("# iterations: up to %d, %d trials each\n", e->learning.iterations, e->learning.batch);
}

#define SILENT 0.01
#define FEVERISH 200.0

static lsnn_status print_forecast(const experiment *e, lsnn_error *err)
{
    metrics m;
    char bytes[32];
    TRY(trainer_evaluate(e->trainer, &m, LSNN_VALIDATION, 0, (uint64_t)e->learning.batch, err));
    text_bytes(bytes, memory_predict(e, m.rate));
    printf("# rate before learning: %.3g Hz; loss %.4g, error %.3g\n", m.rate, m.loss, m.error);
    if (m.rate < SILENT && e->net->n_hidden < e->net->n_spiking)
        printf("# warning: hardly a neuron spikes: larger input weights or a lower threshold would help\n");
    if (m.rate > FEVERISH) printf("# warning: neurons fire at more than %g Hz: smaller weights would help\n", FEVERISH);
    printf("# memory: %s at the peak, with %d threads\n", bytes, e->n_threads);
    return LSNN_OK;
}

static lsnn_status check_config(int argc, char **argv, arena *a, lsnn_error *err)
{
    verb_options options;
    experiment *e;
    TRY(verb_parse(&options, &verb_check, argc, argv, "j", a, err));
    TRY(verb_load(&e, &options, a, err));
    TRY(config_write(e->root, stdout, true, err));
    if (e->simulation.engine != ENGINE_NONE) return simulate_check(e, verb_threads(&options), err);
    print_sizes(e);
    TRY(memory_check(e, err));
    return print_forecast(e, err);
}

static int check(int argc, char **argv)
{
    lsnn_error err = {0};
    arena *a = NULL;
    lsnn_status status = arena_new(&a, &err);
    if (status == LSNN_OK) status = check_config(argc, argv, a, &err);
    arena_free(a);
    return status == LSNN_OK ? 0 : verb_failed(&err);
}

const verb verb_check = {
    .name = "check",
    .summary = "say what a config means: every default, sizes, memory, rates",
    .synopsis = "CONFIG [KEY=VALUE...] [-j THREADS]",
    .help =
        "Prints the config with every default written out (with a comment where a value comes from), then as comments\n"
        "the sizes of the network, one batch's mean firing rate before learning, and the memory that a run will need.\n"
        "The output is itself a config. Mistakes are listed all at once; the exit code is then 2.\n",
    .run = check,
};
