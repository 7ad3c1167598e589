/* Buffers of recorded trials, and their way into the columns of run.h5. */
#include "recorder.h"
#include "recorder_metrics.h"
#include "recorder_trial.h"
#include <math.h>
#include <string.h>

#define MOST_CLASSES 256

/* One recorded trial of the present iteration. */
typedef struct seen {
    uint32_t *spike_start, *spike;
    int n_steps, label;
    double loss, error;
} seen;

struct recorder {
    experiment *e;
    result_column *columns;
    uint64_t *rows;
    int n_columns;
    int *first_column;      /* [n_records] */
    double *values;         /* [neurons of a population] */
    int confusion;          /* its column; without classes: 0 */
    int n_seen;             /* trials that any record wants */
    seen *trials;           /* [n_seen] */
    real **trace;           /* [n_records * n_seen] -> [n_steps][n_neurons] */
    recorder_events *input; /* [n_records * n_seen] spikes of a source */
    trainer_recorder watcher;
};

static lsnn_status add_column(recorder *r, store_type type, size_t width, const char *unit, const char *description,
                              lsnn_error *err, const char *format, const char *name, const char *leaf)
{
    const char *path;
    TRY(arena_format(r->e->memory, &path, err, "%s/%s/%s", format, name, leaf));
    r->columns[r->n_columns++] = (result_column){path, type, width, unit, description};
    return LSNN_OK;
}

typedef struct counter {
    size_t n;
} counter;

static void count_synapse(void *with, int i, int j, int delay, size_t position)
{
    (void)i, (void)j, (void)delay, (void)position;
    ((counter *)with)->n++;
}

static size_t count_synapses(const experiment *e, int number)
{
    counter c = {0};
    network_each_synapse(e->net, &e->net->projections[number], count_synapse, &c);
    return c.n;
}

/* Which synapses a snapshot is of: of rewired projections. */
static lsnn_status add_wires(recorder *r, const record_spec *spec, lsnn_error *err)
{
    const size_t n = count_synapses(r->e, spec->projection);
    if (!r->e->net->projections[spec->projection].rewiring) return LSNN_OK;
    TRY(add_column(r, STORE_UINT64, n, NULL, "presynaptic cells [snapshot][synapse]", err, "/weights", spec->name,
                   "source"));
    TRY(add_column(r, STORE_UINT64, n, NULL, "postsynaptic neurons [snapshot][synapse]", err, "/weights", spec->name,
                   "target"));
    return add_column(r, STORE_DOUBLE, n, "ms", "delays [snapshot][synapse]", err, "/weights", spec->name, "delay");
}

/* For each population the iteration and what learns, as push_parameters has them. */
static lsnn_status add_parameters(recorder *r, const record_spec *spec, lsnn_error *err)
{
    for (int k = 0; k < spec->n_populations; k++) {
        const population *p = &r->e->net->populations[spec->population + k];
        const parameter *learned[LSNN_MAX_TRAINABLE];
        const int n = network_learned(r->e->net, p, learned);
        TRY(add_column(r, STORE_UINT64, 1, NULL, "iterations done at the record", err, "/parameters", p->name,
                       "iteration"));
        for (int l = 0; l < n; l++) {
            const lsnn_field *f = learned[l]->field;
            const char *description;
            TRY(arena_format(r->e->memory, &description, err, "%s [record][neuron]", f->doc));
            TRY(add_column(r, STORE_DOUBLE, (size_t)p->n, f->unit ? f->unit : "1", description, err, "/parameters",
                           p->name, f->name));
        }
    }
    return LSNN_OK;
}

static lsnn_status add_record(recorder *r, const record_spec *spec, lsnn_error *err)
{
    const network *net = r->e->net;
    switch (spec->what) {
    case RECORD_SPIKES:
        for (int k = spec->population; k < spec->population + spec->n_populations; k++) {
            const char *name = net->populations[k].name;
            TRY(add_column(r, STORE_DOUBLE, 1, "ms", "times of the spikes", err, "/spikes", name, "timestamps"));
            TRY(add_column(r, STORE_UINT64, 1, NULL, "neurons that spiked, from 0", err, "/spikes", name, "node_ids"));
        }
        return LSNN_OK;
    case RECORD_INPUT: {
        const char *name = net->sources[spec->source].name;
        TRY(add_column(r, STORE_DOUBLE, 1, "ms", "times of the input's spikes", err, "/spikes", name, "timestamps"));
        return add_column(r, STORE_UINT64, 1, NULL, "cells that spiked, from 0", err, "/spikes", name, "node_ids");
    }
    case RECORD_WEIGHTS:
        TRY(add_wires(r, spec, err));
        TRY(add_column(r, STORE_REAL, count_synapses(r->e, spec->projection), NULL, "weight [snapshot][synapse]", err,
                       "/weights", spec->name, "weight"));
        return add_column(r, STORE_UINT64, 1, NULL, "iterations done at the snapshot", err, "/weights", spec->name,
                          "iteration");
    case RECORD_PARAMETERS: return add_parameters(r, spec, err);
    case RECORD_ALIGNMENT:
        TRY(add_column(r, STORE_DOUBLE, 1, NULL,
                       "cosine between the gradient and that of BPTT (of e-prop in runs by BPTT)", err, "/alignment",
                       spec->name, "cosine"));
        return add_column(r, STORE_UINT64, 1, NULL, "iteration of training, from 1", err, "/alignment", spec->name,
                          "iteration");
    case RECORD_VARIABLE:
    case RECORD_TARGET:
    case RECORD_SIGNAL:
        TRY(add_column(r, STORE_REAL, (size_t)spec->n_neurons, NULL, "[step of all recorded trials][neuron]", err,
                       "/report", spec->name, "data"));
        return add_column(r, STORE_UINT64, 1, NULL, "row of /trials that a trial's steps belong to", err, "/report",
                          spec->name, "trial");
    }
    return LSNN_OK;
}

static bool shows_trials(const record_spec *spec)
{
    return spec->what == RECORD_SPIKES || spec->what == RECORD_INPUT || recorder_trial_traced(spec);
}

static lsnn_status take_buffers(recorder *r, lsnn_error *err)
{
    experiment *e = r->e;
    const size_t T = (size_t)e->shape.n_steps;
    for (int k = 0; k < e->n_records; k++)
        if (shows_trials(&e->records[k]) && e->records[k].trials > r->n_seen) r->n_seen = e->records[k].trials;
    TRY(arena_take(e->memory, &r->trials, (size_t)r->n_seen, sizeof *r->trials, err));
    TRY(arena_take(e->memory, &r->trace, (size_t)(e->n_records * r->n_seen), sizeof *r->trace, err));
    TRY(arena_take(e->memory, &r->input, (size_t)(e->n_records * r->n_seen), sizeof *r->input, err));
    for (int b = 0; b < r->n_seen; b++) {
        TRY(arena_take(e->memory, &r->trials[b].spike_start, T + 1, sizeof(uint32_t), err));
        TRY(arena_take(e->memory, &r->trials[b].spike, T * (size_t)e->net->n_spiking, sizeof(uint32_t), err));
    }
    for (int k = 0; k < e->n_records; k++)
        for (int b = 0; recorder_trial_traced(&e->records[k]) && b < e->records[k].trials; b++)
            TRY(arena_take(e->memory, &r->trace[k * r->n_seen + b], T * (size_t)e->records[k].n_neurons, sizeof(real),
                           err));
    for (int k = 0; k < e->n_records; k++)
        for (int b = 0; e->records[k].what == RECORD_INPUT && b < e->records[k].trials; b++)
            TRY(recorder_trial_room(&r->input[k * r->n_seen + b], &e->net->sources[e->records[k].source],
                                    e->shape.n_steps, e->memory, err));
    return LSNN_OK;
}

static bool is_due(const recorder *r, const record_spec *spec)
{
    return r->e->trainer->iteration % (uint64_t)spec->every == 0;
}

/* ---- seeing ----------------------------------------------------------------------------------------------------------- */

static void see_step(void *with, int sample, const network *net, const worker *w, const tape *tp, int t)
{
    const recorder *r = with;
    (void)tp;
    for (int k = 0; k < r->e->n_records; k++) {
        const record_spec *spec = &r->e->records[k];
        if (spec->what != RECORD_VARIABLE || sample >= spec->trials || !is_due(r, spec)) continue;
        real scratch[net->populations[spec->population].width];
        const real *column = recorder_trial_variable(r->e, spec, w, t, scratch);
        real *row = r->trace[k * r->n_seen + sample] + (size_t)t * (size_t)spec->n_neurons;
        for (int j = 0; j < spec->n_neurons; j++)
            row[j] = column[spec->neuron[j]];
    }
}

static void see_back(void *with, int sample, const network *net, const worker *w, const tape *tp, int t)
{
    const recorder *r = with;
    (void)tp;
    for (int k = 0; k < r->e->n_records; k++) {
        const record_spec *spec = &r->e->records[k];
        if (spec->what != RECORD_SIGNAL || sample >= spec->trials || !is_due(r, spec)) continue;
        const real *signal = worker_row(net, w, w->signal, t) + net->populations[spec->population].column;
        real *row = r->trace[k * r->n_seen + sample] + (size_t)t * (size_t)spec->n_neurons;
        for (int j = 0; j < spec->n_neurons; j++)
            row[j] = signal[spec->neuron[j]];
    }
}

/* A trial may end before its time. */
static void blank(const recorder *r, int k, int sample, int from)
{
    const size_t width = (size_t)r->e->records[k].n_neurons;
    real *trace = r->trace[k * r->n_seen + sample];
    for (size_t i = (size_t)from * width; i < (size_t)r->e->shape.n_steps * width; i++)
        trace[i] = NAN;
}

static void see_trial(void *with, int sample, const network *net, const tape *tp)
{
    const recorder *r = with;
    seen *s = &r->trials[sample];
    (void)net;
    for (int k = 0; k < r->e->n_records; k++) {
        const record_spec *spec = &r->e->records[k];
        if (sample >= spec->trials || !is_due(r, spec)) continue;
        if (spec->what == RECORD_INPUT)
            recorder_trial_input(&r->input[k * r->n_seen + sample], tp->input[spec->source]);
        if (spec->what == RECORD_TARGET) recorder_trial_target(r->trace[k * r->n_seen + sample], r->e, spec, tp->trial);
    }
    s->n_steps = tp->n_steps;
    memcpy(s->spike_start, tp->spike_start, (size_t)(tp->n_steps + 1) * sizeof *s->spike_start);
    memcpy(s->spike, tp->spike, tp->spike_start[tp->n_steps] * sizeof *s->spike);
    s->label = tp->trial->shape.classes ? tp->trial->label : -1;
    for (int k = 0; k < r->e->n_records; k++)
        if (r->trace[k * r->n_seen + sample]) blank(r, k, sample, tp->n_steps);
}

/* With the confusion; of a record there are most where it is about populations' parameters. */
static size_t most_columns(const experiment *e)
{
    const size_t of_parameters = (size_t)e->net->n_populations * (1 + LSNN_MAX_TRAINABLE), of_others = 5;
    return N_METRIC_COLUMNS + 1 + (size_t)e->n_records * (of_parameters > of_others ? of_parameters : of_others);
}

lsnn_status recorder_new(recorder **out, experiment *e, lsnn_error *err)
{
    recorder *r;
    TRY(arena_take(e->memory, &r, 1, sizeof *r, err));
    r->e = e;
    TRY(arena_take(e->memory, &r->columns, most_columns(e), sizeof *r->columns, err));
    TRY(arena_take(e->memory, &r->first_column, (size_t)e->n_records, sizeof *r->first_column, err));
    for (int c = 0; c < N_METRIC_COLUMNS; c++)
        r->columns[r->n_columns++] = recorder_metrics[c];
    const size_t n_out = (size_t)e->shape.n_out;
    if (e->trainer->confusion && n_out <= MOST_CLASSES) {
        r->confusion = r->n_columns;
        r->columns[r->n_columns++] =
            (result_column){"/metrics/test_confusion", STORE_UINT64, n_out * n_out, NULL,
                            "answers in test trials after training [test][right class x given class]"};
    }
    for (int k = 0; k < e->n_records; k++) {
        r->first_column[k] = r->n_columns;
        TRY(add_record(r, &e->records[k], err));
    }
    TRY(arena_take(e->memory, &r->values, (size_t)e->net->n_columns, sizeof *r->values, err));
    TRY(arena_take(e->memory, &r->rows, (size_t)r->n_columns, sizeof *r->rows, err));
    TRY(take_buffers(r, err));
    *out = r;
    return LSNN_OK;
}

const result_column *recorder_columns(const recorder *r, int *n)
{
    *n = r->n_columns;
    return r->columns;
}

uint64_t *recorder_rows(recorder *r)
{
    return r->rows;
}

const trainer_recorder *recorder_due(recorder *r)
{
    r->watcher = (trainer_recorder){.with = r, .trial = see_trial};
    for (int k = 0; k < r->e->n_records; k++) {
        const record_spec *spec = &r->e->records[k];
        if (!is_due(r, spec)) continue;
        if (spec->what == RECORD_ALIGNMENT) r->watcher.aligns = true;
        if (!shows_trials(spec)) continue;
        if (spec->trials > r->watcher.n_samples) r->watcher.n_samples = spec->trials;
        if (spec->what == RECORD_VARIABLE) r->watcher.step = see_step;
        if (spec->what == RECORD_SIGNAL) r->watcher.back = see_back;
    }
    return r->watcher.n_samples > 0 || r->watcher.aligns ? &r->watcher : NULL;
}

/* ---- appending -------------------------------------------------------------------------------------------------------- */

static lsnn_status push(recorder *r, result *into, int column, size_t n, const void *values, lsnn_error *err)
{
    r->rows[column] += n;
    return result_push(into, column, n, values, err);
}

static lsnn_status push_spikes(recorder *r, result *into, int k, int sample, double start, lsnn_error *err)
{
    const record_spec *spec = &r->e->records[k];
    const seen *s = &r->trials[sample];
    for (int p = 0; p < spec->n_populations; p++) {
        const population *pop = &r->e->net->populations[spec->population + p];
        const uint32_t first = (uint32_t)pop->first, last = (uint32_t)(pop->first + pop->n);
        const int column = r->first_column[k] + 2 * p;
        for (int t = 0; t < s->n_steps; t++) {
            const double time = start + t * r->e->dt;
            for (uint32_t i = s->spike_start[t]; i < s->spike_start[t + 1]; i++) {
                if (s->spike[i] < first || s->spike[i] >= last) continue;
                const uint64_t id = s->spike[i] - first;
                TRY(push(r, into, column, 1, &time, err));
                TRY(push(r, into, column + 1, 1, &id, err));
            }
        }
    }
    return LSNN_OK;
}

static lsnn_status push_input(recorder *r, result *into, int k, int sample, double start, lsnn_error *err)
{
    const recorder_events *seen_there = &r->input[k * r->n_seen + sample];
    const int column = r->first_column[k];
    for (int t = 0; t < r->e->shape.n_steps; t++) {
        const double time = start + t * r->e->dt;
        for (uint32_t e = seen_there->start[t]; e < seen_there->start[t + 1]; e++)
            for (uint64_t cell = seen_there->run[e].first; cell < seen_there->run[e].last; cell++) {
                TRY(push(r, into, column, 1, &time, err));
                TRY(push(r, into, column + 1, 1, &cell, err));
            }
    }
    return LSNN_OK;
}

static lsnn_status push_trial(recorder *r, result *into, int sample, uint64_t iteration, lsnn_error *err)
{
    const experiment *e = r->e;
    const uint64_t number = r->rows[TRIAL_START], sample_number = (uint64_t)sample;
    const double start = (double)number * (e->shape.n_steps * e->dt), stop = start + r->trials[sample].n_steps * e->dt;
    TRY(push(r, into, TRIAL_START, 1, &start, err));
    TRY(push(r, into, TRIAL_STOP, 1, &stop, err));
    TRY(push(r, into, TRIAL_ITERATION, 1, &iteration, err));
    TRY(push(r, into, TRIAL_SAMPLE, 1, &sample_number, err));
    TRY(push(r, into, TRIAL_TARGET, 1, &r->trials[sample].label, err));
    TRY(push(r, into, TRIAL_LOSS, 1, &e->trainer->sample_loss[sample], err));
    TRY(push(r, into, TRIAL_ERROR, 1, &e->trainer->sample_error[sample], err));
    for (int k = 0; k < e->n_records; k++) {
        const record_spec *spec = &e->records[k];
        if (!shows_trials(spec) || sample >= spec->trials || (iteration - 1) % (uint64_t)spec->every != 0) continue;
        if (spec->what == RECORD_SPIKES) TRY(push_spikes(r, into, k, sample, start, err));
        if (spec->what == RECORD_INPUT) TRY(push_input(r, into, k, sample, start, err));
        if (!recorder_trial_traced(spec)) continue;
        TRY(push(r, into, r->first_column[k], (size_t)e->shape.n_steps, r->trace[k * r->n_seen + sample], err));
        TRY(push(r, into, r->first_column[k] + 1, 1, &number, err));
    }
    return LSNN_OK;
}

/* A snapshot. */
typedef struct gatherer {
    const real *value;
    double dt;
    real *weight;
    uint64_t *source, *target;
    double *delay;
    size_t n;
} gatherer;

static void gather_synapse(void *with, int i, int j, int delay, size_t position)
{
    gatherer *g = with;
    g->source[g->n] = (uint64_t)i;
    g->target[g->n] = (uint64_t)j;
    g->delay[g->n] = delay * g->dt;
    g->weight[g->n++] = g->value[position];
}

static lsnn_status gather(gatherer *g, const experiment *e, const projection *p, arena *a, lsnn_error *err)
{
    *g = (gatherer){.value = e->net->parameters[p->parameter].value, .dt = e->dt};
    TRY(arena_take(a, &g->weight, p->n_synapses + 1, sizeof *g->weight, err));
    TRY(arena_take(a, &g->source, p->n_synapses + 1, sizeof *g->source, err));
    TRY(arena_take(a, &g->target, p->n_synapses + 1, sizeof *g->target, err));
    TRY(arena_take(a, &g->delay, p->n_synapses + 1, sizeof *g->delay, err));
    network_each_synapse(e->net, p, gather_synapse, g);
    return LSNN_OK;
}

static lsnn_status push_snapshot(recorder *r, result *into, int column, const gatherer *g, bool wires,
                                 uint64_t iteration, lsnn_error *err)
{
    if (wires) {
        TRY(push(r, into, column++, 1, g->source, err));
        TRY(push(r, into, column++, 1, g->target, err));
        TRY(push(r, into, column++, 1, g->delay, err));
    }
    TRY(push(r, into, column++, 1, g->weight, err));
    return push(r, into, column, 1, &iteration, err);
}

static lsnn_status push_weights(recorder *r, result *into, int k, uint64_t iteration, lsnn_error *err)
{
    const experiment *e = r->e;
    const projection *p = &e->net->projections[e->records[k].projection];
    arena *scratch;
    gatherer g;
    TRY(arena_new(&scratch, err));
    lsnn_status status = gather(&g, e, p, scratch, err);
    if (status == LSNN_OK) status = push_snapshot(r, into, r->first_column[k], &g, p->rewiring != NULL, iteration, err);
    arena_free(scratch);
    return status;
}

static lsnn_status push_parameters(recorder *r, result *into, int k, uint64_t iteration, lsnn_error *err)
{
    const record_spec *spec = &r->e->records[k];
    int column = r->first_column[k];
    for (int s = 0; s < spec->n_populations; s++) {
        const population *p = &r->e->net->populations[spec->population + s];
        const parameter *learned[LSNN_MAX_TRAINABLE];
        const int n = network_learned(r->e->net, p, learned);
        TRY(push(r, into, column++, 1, &iteration, err));
        for (int l = 0; l < n; l++) {
            for (int j = 0; j < p->n; j++)
                r->values[j] = network_value(learned[l], j);
            TRY(push(r, into, column++, 1, r->values, err));
        }
    }
    return LSNN_OK;
}

static lsnn_status push_before(recorder *r, result *into, int column, const metrics *m, lsnn_error *err)
{
    return r->e->trainer->inners ? push(r, into, column, 1, &m->error_before, err) : LSNN_OK;
}

/* After the iteration whose number is, from 1, this one. */
static bool was_due(const record_spec *spec, uint64_t iteration)
{
    return iteration > 0 && (iteration - 1) % (uint64_t)spec->every == 0;
}

lsnn_status recorder_iteration(recorder *r, result *into, const metrics *m, lsnn_error *err)
{
    const uint64_t iteration = r->e->trainer->iteration;
    TRY(push(r, into, METRIC_LOSS, 1, &m->loss, err));
    TRY(push(r, into, METRIC_LOSS_RATE, 1, &m->loss_rate, err));
    TRY(push(r, into, METRIC_ERROR, 1, &m->error, err));
    TRY(push(r, into, METRIC_RATE, 1, &m->rate, err));
    TRY(push(r, into, METRIC_NORM, 1, &m->norm, err));
    TRY(push(r, into, METRIC_PSI_DENSITY, 1, &m->psi_density, err));
    TRY(push(r, into, METRIC_LEARNING_RATE, 1, &m->learning_rate, err));
    TRY(push_before(r, into, METRIC_ERROR_BEFORE, m, err));
    for (int b = 0; b < r->watcher.n_samples; b++)
        TRY(push_trial(r, into, b, iteration, err));
    for (int k = 0; k < r->e->n_records; k++) {
        const record_spec *spec = &r->e->records[k];
        if (!was_due(spec, iteration)) continue;
        if (spec->what == RECORD_WEIGHTS) TRY(push_weights(r, into, k, iteration, err));
        if (spec->what == RECORD_PARAMETERS) TRY(push_parameters(r, into, k, iteration, err));
        if (spec->what != RECORD_ALIGNMENT) continue;
        TRY(push(r, into, r->first_column[k], 1, &r->e->trainer->alignment[spec->projection], err));
        TRY(push(r, into, r->first_column[k] + 1, 1, &iteration, err));
    }
    return LSNN_OK;
}

lsnn_status recorder_end(recorder *r, result *into, lsnn_error *err)
{
    const uint64_t iteration = r->e->trainer->iteration;
    for (int k = 0; k < r->e->n_records; k++) {
        const record_spec *spec = &r->e->records[k];
        if (was_due(spec, iteration)) continue;
        if (spec->what == RECORD_WEIGHTS) TRY(push_weights(r, into, k, iteration, err));
        if (spec->what == RECORD_PARAMETERS) TRY(push_parameters(r, into, k, iteration, err));
    }
    return LSNN_OK;
}

lsnn_status recorder_validation(recorder *r, result *into, const metrics *m, lsnn_error *err)
{
    TRY(push(r, into, VALIDATION_ITERATION, 1, &r->e->trainer->iteration, err));
    TRY(push(r, into, VALIDATION_LOSS, 1, &m->loss, err));
    TRY(push_before(r, into, VALIDATION_ERROR_BEFORE, m, err));
    return push(r, into, VALIDATION_ERROR, 1, &m->error, err);
}

static lsnn_status push_means(recorder *r, result *into, int column, const tally *c, lsnn_error *err)
{
    for (int k = 0; k < c->n; k++)
        TRY(push(r, into, column, 1, &(double){tally_mean(c, k)}, err));
    return LSNN_OK;
}

/* Mean, standard error and number, into `first` and the two columns after. */
static lsnn_status push_tally(recorder *r, result *into, int first, const tally *c, lsnn_error *err)
{
    TRY(push_means(r, into, first, c, err));
    for (int k = 0; k < c->n; k++) {
        TRY(push(r, into, first + 1, 1, &(double){tally_sem(c, k)}, err));
        TRY(push(r, into, first + 2, 1, &c->count[k], err));
    }
    return LSNN_OK;
}

lsnn_status recorder_test(recorder *r, result *into, const metrics *m, lsnn_error *err)
{
    TRY(push(r, into, TEST_LOSS, 1, &m->loss, err));
    TRY(push(r, into, TEST_ERROR, 1, &m->error, err));
    TRY(push_before(r, into, TEST_ERROR_BEFORE, m, err));
    if (r->confusion) TRY(push(r, into, r->confusion, 1, r->e->trainer->confusion, err));
    TRY(push_tally(r, into, TEST_QUESTION_ERROR, &r->e->trainer->questions, err));
    TRY(push_tally(r, into, TEST_ROUND_LENGTH, &r->e->trainer->rounds, err));
    return push_means(r, into, TEST_ROUND_FIRST, &r->e->trainer->first_rounds, err);
}
