/* A neuron in closed form. `n` is the number of modes: functions are inlined where it is known. */
#ifndef EVENT_NEURON_H
#define EVENT_NEURON_H

#include "event_inside.h"

LSNN_INLINE void event_moment_set(event_moment *now, const event_modes *m, const event_clock *epoch, double time, int n)
{
    now->time = time;
    now->epoch = event_clock_window(epoch, time);
    const double since = time - event_clock_start(epoch, now->epoch);
    for (int k = 0; k < n; k++) {
        now->up[k] = decay_exp(m->rate[k] * since);
        now->down[k] = 1 / now->up[k];
    }
}

/* The modes as they are at a time that need not lie in the neuron's epoch. */
LSNN_INLINE double event_neuron_ahead(const event_neuron *y, const event_modes *m, const event_clock *epoch,
                                      double time, double *value, int n)
{
    const double since = time - event_clock_start(epoch, y->epoch);
    double sum = y->level;
    for (int k = 0; k < n; k++) {
        value[k] = y->x[k] * decay_exp(-m->rate[k] * since);
        sum += value[k];
    }
    return sum;
}

LSNN_INLINE void event_neuron_renew(event_neuron *y, const event_modes *m, const event_clock *epoch, uint32_t now,
                                    int n)
{
    const double passed = (double)(now - y->epoch) * epoch->length;
    for (int k = 0; k < n; k++)
        y->x[k] *= decay_exp(-m->rate[k] * passed);
    y->epoch = now;
}

/* The agenda has a neuron in the window of its next event. */
LSNN_INLINE void event_neuron_schedule(event_slice *s, const event_neuron *y, uint32_t column)
{
    const double next = y->crossing < y->drive ? y->crossing : y->drive;
    if (next < s->horizon) event_agenda_note(&s->agenda, event_clock_window(&s->clock, next), column);
}

/* The first time from `from` on at which v - A is positive, given the modes at `from` and their sum with the level. */
LSNN_INLINE double event_neuron_predict(event_slice *s, const event_neuron *y, const event_modes *m, double from,
                                        double sum, const double *value, int n)
{
    if (sum >= m->least) return from;
    if (!crossing_possible(y->level, value, n)) return INFINITY;
    s->counts.predictions++;
    return from + crossing_first(s->solver, &(crossing_sum){n, y->level, m->rate, value});
}

LSNN_INLINE void event_neuron_foresee(event_slice *s, const event_part *part, event_neuron *y, const event_modes *m,
                                      uint32_t column, int n)
{
    double value[LSNN_MAX_MODES];
    const double sum = event_neuron_ahead(y, m, &part->epoch, y->ready, value, n);
    y->crossing = event_neuron_predict(s, y, m, y->ready, sum, value, n);
    if (y->crossing < INFINITY) event_neuron_schedule(s, y, column);
}

/* A spike: the neuron's modes take their kicks, and it is silent. A clamped one's own mode is set such that v is the reset at the
 * end of the silence. */
LSNN_INLINE void event_neuron_fire(event_slice *s, const event_part *part, event_neuron *y, const event_modes *m,
                                   uint32_t column, double time, int n)
{
    event_moment now;
    event_moment_set(&now, m, &part->epoch, time, n);
    if (y->epoch != now.epoch) event_neuron_renew(y, m, &part->epoch, now.epoch, n);
    event_spike *spike = event_list_add(&s->spikes, sizeof *spike);
    s->counts.spikes++;
    if (spike)
        *spike = (event_spike){time, (uint32_t)(part->first_id + ((int)column - part->column)), -1};
    else
        s->failed = true;
    for (int k = 0; k < n; k++)
        y->x[k] += m->kick[k] * now.up[k];
    y->ready = time + m->silent;
    if (m->clamped) {
        double value[LSNN_MAX_MODES], others = 0;
        event_neuron_ahead(y, m, &part->epoch, y->ready, value, n);
        for (int k = 0; k < n; k++)
            if (k != m->own && (m->into_v >> k & 1)) others += value[k];
        const double since = y->ready - event_clock_start(&part->epoch, y->epoch);
        y->x[m->own] = (m->reset - y->level - others) * decay_exp(m->rate[m->own] * since);
    }
    event_neuron_foresee(s, part, y, m, column, n);
}

/* What arrives while v is clamped: currents take it, and the membrane's mode makes up for what they will be at the end. */
LSNN_INLINE void event_neuron_add_clamped(event_neuron *y, const event_modes *m, const event_clock *epoch,
                                          const event_moment *now, double weight, int n)
{
    const double *gain = m->gain[weight < 0], left = y->ready - now->time;
    double others = 0;
    if (m->deaf) return;
    for (int k = 0; k < n; k++) {
        if (k == m->own) continue;
        y->x[k] += weight * (gain[k] * now->up[k]);
        if (m->into_v >> k & 1) others += weight * gain[k] * decay_exp(-m->rate[k] * left);
    }
    y->x[m->own] -= others * decay_exp(m->rate[m->own] * (y->ready - event_clock_start(epoch, y->epoch)));
}

LSNN_INLINE bool event_neuron_silent(const event_neuron *y, const event_modes *m, double time)
{
    return time < y->ready || (m->clamped && time == y->ready);
}

LSNN_INLINE void event_neuron_add(event_neuron *y, const event_part *part, const event_modes *m,
                                  const event_moment *now, double weight, int n)
{
    if (y->epoch != now->epoch) event_neuron_renew(y, m, &part->epoch, now->epoch, n);
    if (m->clamped && now->time <= y->ready) {
        event_neuron_add_clamped(y, m, &part->epoch, now, weight, n);
        return;
    }
    const double *gain = m->gain[weight < 0];
    for (int k = 0; k < n; k++)
        y->x[k] += weight * (gain[k] * now->up[k]);
}

/* After all that arrives at this time: does it spike, now or later? */
LSNN_INLINE void event_neuron_settle(event_slice *s, const event_part *part, event_neuron *y, const event_modes *m,
                                     uint32_t column, const event_moment *now, int n)
{
    if (__builtin_expect(event_neuron_silent(y, m, now->time), 0)) {
        if (!m->deaf) event_neuron_foresee(s, part, y, m, column, n);
        return;
    }
    double value[LSNN_MAX_MODES], sum = y->level;
    for (int k = 0; k < n; k++) {
        value[k] = y->x[k] * now->down[k];
        sum += value[k];
    }
    if (__builtin_expect(sum >= m->least, 0)) {
        event_neuron_fire(s, part, y, m, column, now->time, n);
        return;
    }
    y->crossing = event_neuron_predict(s, y, m, now->time, sum, value, n);
    if (y->crossing < INFINITY) event_neuron_schedule(s, y, column);
}

/* The next spike of its Poisson sources. */
LSNN_INLINE void event_neuron_driven(event_slice *s, const event_part *part, event_neuron *y, const event_modes *m,
                                     uint32_t column, int n)
{
    const size_t j = column - (size_t)part->column;
    event_moment now;
    event_moment_set(&now, m, &part->epoch, y->drive, n);
    double next = INFINITY;
    for (int k = 0; k < part->n_drives; k++) {
        const event_drive *d = &part->drive[k];
        double time = d->ticks[j].time[d->ticks[j].used];
        if (time == now.time) {
            event_neuron_add(y, part, m, &now, d->weight, n);
            time = event_ticks_next(&d->ticks[j], s->seed, d->source, (uint64_t)d->first_cell + j, d->rate[j]);
            s->counts.drive++;
        }
        if (time < next) next = time;
    }
    y->drive = next;
    event_neuron_settle(s, part, y, m, column, &now, n);
}

/* Spikes and input of the neuron itself before a time. */
LSNN_INLINE void event_neuron_catch_up(event_slice *s, const event_part *part, event_neuron *y, const event_modes *m,
                                       uint32_t column, double until, int n)
{
    while (y->crossing < until || y->drive < until)
        if (y->crossing <= y->drive)
            event_neuron_fire(s, part, y, m, column, y->crossing, n);
        else
            event_neuron_driven(s, part, y, m, column, n);
}

#endif
