/* Variables, and copies of a trial's input and target. */
#include "recorder_trial.h"
#include <math.h>
#include <string.h>

bool recorder_trial_traced(const record_spec *spec)
{
    return spec->what == RECORD_VARIABLE || spec->what == RECORD_TARGET || spec->what == RECORD_SIGNAL;
}

const real *recorder_trial_variable(const experiment *e, const record_spec *spec, const worker *w, int t, real *scratch)
{
    const population *p = &e->net->populations[spec->population];
    const lsnn_slice *slice = &w->slice[spec->population];
    const lsnn_model *model = p->model;
    if (strcmp(spec->variable, "I") == 0) return worker_row(e->net, w, w->current, t) + p->column;
    if (strcmp(spec->variable, model->spiking ? "z" : "y") == 0) return w->output + p->column;
    for (int k = 0; k < p->n_states; k++)
        if (strcmp(model->states[k].name, spec->variable) == 0) return slice->state[k];
    for (int k = 0; model->tapes[k].name; k++)
        if (slice->tape[k] && strcmp(model->tapes[k].name, spec->variable) == 0) return slice->tape[k];
    for (int k = 0; model->derived && model->derived[k].name; k++)
        if (strcmp(model->derived[k].name, spec->variable) == 0) model->derive(slice, p->parameters, k, scratch);
    return scratch;
}

lsnn_status recorder_trial_room(recorder_events *out, const source *from, int n_steps, arena *a, lsnn_error *err)
{
    out->n_steps = n_steps;
    TRY(arena_take(a, &out->start, (size_t)n_steps + 1, sizeof *out->start, err));
    return arena_take(a, &out->run, (size_t)n_steps * (size_t)from->n + 1, sizeof *out->run, err);
}

void recorder_trial_input(recorder_events *out, const lsnn_trial *trial)
{
    const lsnn_events *events = trial->events;
    memcpy(out->start, events->start, ((size_t)out->n_steps + 1) * sizeof *out->start);
    memcpy(out->run, events->run, events->start[out->n_steps] * sizeof *out->run);
}

/* `row`: the step whose target it is. */
static void write_target(real *out, const record_spec *spec, const lsnn_trial *trial, int first, int label, int row)
{
    for (int j = 0; j < spec->n_neurons; j++) {
        const int k = first + spec->neuron[j];
        out[j] = trial->shape.classes ? (real)(k == label) : trial->target[row * trial->shape.n_out + k];
    }
}

void recorder_trial_target(real *rows, const experiment *e, const record_spec *spec, const lsnn_trial *trial)
{
    const int first = e->net->populations[spec->population].column - e->net->spiking_columns;
    const bool asks = trial->shape.n_questions > 0;
    for (int s = 0; s < trial->n_steps * spec->n_neurons; s++)
        rows[s] = (real)NAN;
    for (int q = 0; q < (asks ? trial->n_questions : 1); q++) {
        const lsnn_question whole = {.stop = trial->n_steps, .label = trial->label};
        const lsnn_question asked = asks ? trial->questions[q] : whole;
        for (int t = asked.start; t < asked.stop; t++)
            if (trial->weight[t] != 0)
                write_target(rows + t * spec->n_neurons, spec, trial, first, asked.label,
                             asks && e->learning.loss.pool ? asked.start : t);
    }
}
