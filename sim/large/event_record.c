/* Variables of chosen neurons in steps of the record, in continuous time. */
#include "event_neuron.h"
#include <string.h>

static double interval(const event_trace *t)
{
    return (double)t->spec->every;
}

/* The first sample at or after a time. */
static double next_sample(const event_engine *e, double from)
{
    double next = INFINITY;
    for (int k = 0; k < e->c->e->n_records; k++)
        if (e->trace[k].spec) next = fmin(next, ceil(from / interval(&e->trace[k])) * interval(&e->trace[k]));
    return next;
}

static lsnn_status find_probes(event_engine *e, event_slice *s, int k, lsnn_error *err)
{
    const record_spec *spec = e->trace[k].spec;
    const population *p = &e->c->net->populations[spec->population];
    const circuit_part *cut = &s->wires->part[spec->population];
    TRY(arena_take(e->c->net->memory, &s->probe[k], (size_t)spec->n_neurons, sizeof **s->probe, err));
    for (int i = 0; i < spec->n_neurons; i++) {
        lsnn_modes m;
        const int j = spec->neuron[i] - cut->first;
        if (j < 0 || j >= cut->n) continue;
        p->model->continuous(p->parameters, e->c->net->dt, spec->neuron[i],
                             &m); /* event_build.c has heard what it says */
        s->probe[k][s->n_probes[k]++] = (event_probe){i, spec->population, (uint32_t)(cut->column + j), m.threshold};
    }
    return LSNN_OK;
}

lsnn_status event_record_new(event_engine *e, lsnn_error *err)
{
    arena *a = e->c->net->memory;
    const experiment *of = e->c->e;
    const size_t n = (size_t)of->n_records + 1;
    TRY(arena_take(a, &e->trace, n, sizeof *e->trace, err));
    for (int k = 0; k < of->n_records; k++) {
        event_trace *t = &e->trace[k];
        if (of->records[k].what != RECORD_VARIABLE) continue;
        t->spec = &of->records[k];
        t->of_threshold = strcmp(t->spec->variable, "A") == 0;
        const size_t rows = (size_t)(e->clock.length / interval(t)) + 2;
        TRY(arena_take(a, &t->value, rows * (size_t)t->spec->n_neurons, sizeof *t->value, err));
    }
    for (event_slice *s = e->slice; s < e->slice + e->n_slices; s++) {
        TRY(arena_take(a, &s->probe, n, sizeof *s->probe, err));
        TRY(arena_take(a, &s->n_probes, n, sizeof *s->n_probes, err));
        for (int k = 0; k < of->n_records; k++)
            if (e->trace[k].spec) TRY(find_probes(e, s, k, err));
        s->sample = next_sample(e, 0);
    }
    return LSNN_OK;
}

static double look(event_slice *s, const event_probe *probe, bool of_threshold, double time)
{
    event_part *part = &s->part[probe->part];
    event_neuron *y = event_neuron_at(s, probe->column);
    const event_modes *m = part->uniform ? part->modes : &part->modes[probe->column - (uint32_t)part->column];
    double value[LSNN_MAX_MODES], v = y->level, A = probe->threshold;
    event_neuron_catch_up(s, part, y, m, probe->column, nextafter(time, INFINITY), m->n);
    event_neuron_ahead(y, m, &part->epoch, time, value, m->n);
    for (int k = 0; k < m->n; k++)
        if (m->into_v >> k & 1)
            v += value[k];
        else
            A -= value[k];
    if (of_threshold) return A;
    return probe->threshold + (m->clamped && time < y->ready ? m->reset : v);
}

void event_record_take(const event_engine *e, event_slice *s, double until)
{
    for (; s->sample < until; s->sample = next_sample(e, s->sample + 1))
        for (int k = 0; k < e->c->e->n_records; k++) {
            const event_trace *t = &e->trace[k];
            if (!t->spec || fmod(s->sample, interval(t)) != 0) continue;
            const size_t row = (size_t)((uint64_t)(s->sample / interval(t)) - t->first);
            real *value = t->value + row * (size_t)t->spec->n_neurons;
            for (int i = 0; i < s->n_probes[k]; i++)
                value[s->probe[k][i].place] = (real)look(s, &s->probe[k][i], t->of_threshold, s->sample);
        }
}

lsnn_status event_record_tell(event_engine *e, double end, const event_observer *observer, lsnn_error *err)
{
    const double window = event_clock_start(&e->clock, e->window), known = window < end ? window : end;
    for (int k = 0; k < e->c->e->n_records; k++) {
        event_trace *t = &e->trace[k];
        if (!t->spec) continue;
        const uint64_t beyond = (uint64_t)ceil(known / interval(t)), all = (uint64_t)ceil(window / interval(t));
        const size_t n = (size_t)(beyond - t->first), kept = (size_t)(all - beyond), width = (size_t)t->spec->n_neurons;
        if (n == 0) continue;
        if (observer->values) TRY(observer->values(observer->with, k, n, t->value, err));
        memmove(t->value, t->value + n * width, kept * width * sizeof *t->value);
        t->first = beyond;
    }
    return LSNN_OK;
}
