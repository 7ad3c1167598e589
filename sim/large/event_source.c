/* Sources of spikes that reach rows of synapses: Poisson cells, and lists. */
#include "event_inside.h"
#include <stdlib.h>

static int by_time(const void *a, const void *b)
{
    const event_spike *p = a, *q = b;
    if (p->time != q->time) return p->time < q->time ? -1 : 1;
    return (p->id > q->id) - (p->id < q->id);
}

static bool is_heard(const circuit *c, int s)
{
    for (int k = 0; k < c->n_projections; k++)
        if (c->projection[k].source == s) return true;
    return false;
}

static void note(event_engine *e, event_source *s, uint32_t cell)
{
    const event_ticks *t = &s->ticks[cell];
    const double time = t->time[t->used];
    if (time < EVENT_MOST_WINDOWS * e->clock.length)
        event_agenda_note(&s->agenda, event_clock_window(&e->clock, time), cell);
}

static lsnn_status start_poisson(event_engine *e, event_source *s, int number, lsnn_error *err)
{
    const network *net = e->c->net;
    TRY(event_agenda_new(&s->agenda, s->of->n, net->memory, err));
    TRY(arena_take(net->memory, &s->ticks, (size_t)s->of->n, sizeof *s->ticks, err));
    for (int i = 0; i < s->of->n; i++) {
        const double rate = s->of->rate[i] * net->dt;
        if (event_ticks_start(&s->ticks[i], net->seed, number, (uint64_t)i, rate, 0) < INFINITY)
            note(e, s, (uint32_t)i);
    }
    return LSNN_OK;
}

static lsnn_status start_list(event_engine *e, event_source *s, int number, lsnn_error *err)
{
    TRY(arena_take(e->c->net->memory, &s->spike, s->of->n_spikes + 1, sizeof *s->spike, err));
    for (size_t k = 0; k < s->of->n_spikes; k++)
        s->spike[k] = (event_spike){event_steps(s->of->spike_time[k], 1 / e->c->net->dt), s->of->spike_cell[k], number};
    qsort(s->spike, s->of->n_spikes, sizeof *s->spike, by_time);
    return LSNN_OK;
}

lsnn_status event_source_new(event_engine *e, lsnn_error *err)
{
    const network *net = e->c->net;
    TRY(arena_take(net->memory, &e->source, (size_t)net->n_sources + 1, sizeof *e->source, err));
    for (int k = 0; k < net->n_sources; k++) {
        event_source *s = &e->source[k];
        s->of = &net->sources[k];
        if (!is_heard(e->c, k)) continue;
        if (s->of->kind == SOURCE_POISSON) TRY(start_poisson(e, s, k, err));
        if (s->of->kind == SOURCE_SPIKES) TRY(start_list(e, s, k, err));
    }
    return LSNN_OK;
}

static lsnn_status send(event_engine *e, double time, uint32_t cell, int number, lsnn_error *err)
{
    event_spike *spike = event_list_add(&e->heard, sizeof *spike);
    if (!spike) return lsnn_fail(err, LSNN_MEMORY, "no memory for more spikes");
    *spike = (event_spike){time, cell, number};
    return LSNN_OK;
}

static lsnn_status poisson_window(event_engine *e, event_source *s, int number, double end, lsnn_error *err)
{
    for (uint32_t word = 0; word < s->agenda.n_words; word++)
        for (uint64_t bits = event_agenda_take(&s->agenda, word, ~(uint64_t)0); bits; bits &= bits - 1) {
            const uint32_t cell = word * 64 + (uint32_t)__builtin_ctzll(bits);
            event_ticks *t = &s->ticks[cell];
            const double rate = s->of->rate[cell] * e->c->net->dt;
            double time = t->time[t->used];
            while (time < end) {
                TRY(send(e, time, cell, number, err));
                time = event_ticks_next(t, e->c->net->seed, number, cell, rate);
            }
            note(e, s, cell);
        }
    s->agenda.now++;
    return LSNN_OK;
}

lsnn_status event_source_window(event_engine *e, uint32_t window, lsnn_error *err)
{
    const double end = event_clock_start(&e->clock, window + 1);
    for (int k = 0; k < e->c->net->n_sources; k++) {
        event_source *s = &e->source[k];
        if (s->ticks) TRY(poisson_window(e, s, k, end, err));
        for (; s->spike && s->next < s->of->n_spikes && s->spike[s->next].time < end; s->next++)
            TRY(send(e, s->spike[s->next].time, s->spike[s->next].id, k, err));
    }
    return LSNN_OK;
}
