/* The forward pass of a trial by threads over slices of neurons. Between neurons time goes in intervals of their shortest delay: each
 * slice takes its steps alone, then all meet, and each sends the spikes of all to its own neurons. */
#include "learner_inside.h"
#include "rows.h"
#include <omp.h>
#include <string.h>

LSNN_INLINE real *slot(const learner *l, int s, int t)
{
    return l->slice[s].ring + (size_t)(t & (l->n_slots - 1)) * (size_t)l->c->slice[s].n_columns;
}

/* ---- synapses --------------------------------------------------------------------------------------------------------- */

/* What a spike of cell i at step t (times `factor`, of a value) adds to the currents of the steps to come. */
LSNN_INLINE void send_row(const learner *l, int s, int number, uint32_t i, int t, real factor)
{
    const circuit_projection *p = &l->c->projection[number];
    const circuit_rows *rows = &l->c->slice[s].rows[number];
    const uint32_t begin = rows->start[i], end = rows->start[i + 1];
    const uint16_t *restrict target = rows->target;
    const real *restrict weight = rows->weight;
    if (rows->step) {
        for (uint32_t k = begin; k < end; k++)
            slot(l, s, t + rows->step[k])[target[k]] += factor * (weight ? weight[k] : p->weight);
        return;
    }
    real *restrict current = slot(l, s, t + p->first_step);
    if (weight)
        for (uint32_t k = begin; k < end; k++)
            current[target[k]] += factor * weight[k];
    else
        for (uint32_t k = begin; k < end; k++)
            current[target[k]] += factor * p->weight;
}

/* What sources send in the steps from .. to-1. */
LSNN_KERNEL static void send_input(const learner *l, int s, const tape *tp, int from, int to)
{
    for (int k = 0; k < l->c->n_projections; k++) {
        const circuit_projection *p = &l->c->projection[k];
        if (p->source < 0) continue;
        const lsnn_trial *input = tp->input[p->source];
        const lsnn_events *events = input->events;
        for (uint32_t e = events->start[from]; e < events->start[to]; e++)
            for (uint32_t i = events->run[e].first; i < events->run[e].last; i++)
                send_row(l, s, k, i, (int)events->step[e], 1);
        if (!l->net->sources[p->source].analog) continue;
        for (int t = from; t < to; t++)
            for (int i = 0; i < p->n_from; i++) {
                const real x = input->analog[(size_t)t * (size_t)p->n_from + (size_t)i];
                if (x != 0) send_row(l, s, k, (uint32_t)i, t, x);
            }
    }
}

/* The spikes of step t of all slices, in the order of ids. */
LSNN_KERNEL static void send_spikes(const learner *l, int s, int t)
{
    for (int k = 0; k < l->c->n_projections; k++) {
        const circuit_projection *p = &l->c->projection[k];
        if (p->source >= 0) continue;
        for (int q = p->from_population; q < p->from_population + p->n_from_populations; q++)
            for (int other = 0; other < l->c->n_slices; other++) {
                int n;
                const uint32_t *who = learner_spikes(l, other, q, t, &n);
                for (int a = 0; a < n; a++)
                    send_row(l, s, k, who[a] - (uint32_t)p->from, t, 1);
            }
    }
}

/* ---- neurons ---------------------------------------------------------------------------------------------------------- */

/* The padding may hold no spikes: it gets no current, but its threshold may be negative. */
static uint32_t list_spikes(uint32_t *who, const real *z, const circuit_part *part, uint32_t first)
{
    uint32_t n = (uint32_t)rows_spikes(who, z, part->width, first);
    while (n > 0 && who[n - 1] >= first + (uint32_t)part->n)
        n--;
    return n;
}

static void take_step(const learner *l, int s, int t)
{
    const circuit_slice *slice = &l->c->slice[s];
    learner_slice *own = &l->slice[s];
    real *current = slot(l, s, t);
    uint32_t *start = own->start + (size_t)t * (size_t)l->net->n_spiking_populations;
    for (int k = 0; k < l->net->n_spiking_populations; k++, start++) {
        const population *p = &l->net->populations[k];
        const circuit_part *part = &slice->part[k];
        start[1] = start[0];
        if (part->n == 0) continue;
        real *z = l->w->output + p->column + part->first;
        learner_point(l, s, k, t);
        p->model->step(&own->view[k], p->parameters, current + part->column, z);
        start[1] += list_spikes(own->spike + start[0], z, part, (uint32_t)(p->first + part->first));
    }
}

/* The currents of the step have been used; observers see them. */
static void close_step(const learner *l, int s, int t, bool observed)
{
    const circuit_slice *slice = &l->c->slice[s];
    real *current = slot(l, s, t);
    for (int k = 0; observed && k < l->net->n_spiking_populations; k++) {
        const population *p = &l->net->populations[k];
        const circuit_part *part = &slice->part[k];
        const size_t bytes = (size_t)part->width * sizeof(real);
        memcpy(l->w->current + p->column + part->first, current + part->column, bytes);
        for (int c = 0; c < p->n_tapes; c++)
            memcpy(l->shown[k * LSNN_MAX_TAPES + p->tape[c]] + part->first, l->slice[s].view[k].tape[p->tape[c]],
                   bytes);
    }
    memset(current, 0, (size_t)slice->n_columns * sizeof *current);
}

static int end_of_chunk(const learner *l, int t)
{
    const int begin = t - t % l->span;
    return begin + learner_smaller((t - begin) / LEARNER_CHUNK * LEARNER_CHUNK + LEARNER_CHUNK, l->span);
}

/* Input is sent when a chunk of steps begins, whatever stretches they are taken in, so that sums keep their order. */
static void advance(const learner *l, const tape *tp, int from, int to, bool observed)
{
#pragma omp parallel num_threads(l->n_threads)
    {
        worker_enter_thread();
        const int me = omp_get_thread_num();
        for (int t = from, end; t < to; t = end) {
            const int chunk_end = end_of_chunk(l, t);
            end = learner_smaller(chunk_end, learner_smaller(t + l->interval, to));
            for (int s = me; s < l->c->n_slices; s += l->n_threads) {
                if (t == 0 || end_of_chunk(l, t - 1) == t)
                    send_input(l, s, tp, t, learner_smaller(chunk_end, tp->n_steps));
                for (int u = t; u < end; u++) {
                    take_step(l, s, u);
                    close_step(l, s, u, observed);
                }
            }
#pragma omp barrier
            for (int s = me; s < l->c->n_slices; s += l->n_threads)
                for (int u = t; u < end; u++)
                    send_spikes(l, s, u);
        }
    }
}

/* ---- readouts --------------------------------------------------------------------------------------------------------- */

/* The spikes of all slices on the tape. */
static void fill_tape(const learner *l, tape *tp, int from, int to)
{
    uint32_t n = tp->spike_start[from];
    for (int t = from; t < to; t++) {
        for (int k = 0; k < l->net->n_spiking_populations; k++)
            for (int s = 0; s < l->c->n_slices; s++) {
                int found;
                const uint32_t *who = learner_spikes(l, s, k, t, &found);
                for (int a = 0; a < found; a++) {
                    tp->spike[n] = who[a];
                    tp->spike_step[n++] = (uint32_t)t;
                }
            }
        tp->spike_start[t + 1] = n;
    }
}

static void send_to_readouts(const learner *l, const tape *tp, int t)
{
    const size_t stride = learner_output_columns(l);
    for (int k = 0; k < l->net->n_projections; k++) {
        const projection *p = &l->net->projections[k];
        const real *weight = l->net->parameters[p->parameter].value;
        real *current = l->readout + (size_t)(t + p->delay[0]) * stride + (size_t)(p->column - l->net->spiking_columns);
        for (uint32_t e = tp->spike_start[t]; e < tp->spike_start[t + 1]; e++) {
            const size_t i = (size_t)tp->spike[e] - (size_t)p->from;
            if (i < (size_t)p->n_from) rows_add(current, weight + i * (size_t)p->width, p->width);
        }
    }
}

static void step_readouts(const learner *l, tape *tp, int t)
{
    const size_t stride = learner_output_columns(l);
    for (int k = l->net->n_spiking_populations; k < l->net->n_populations; k++) {
        const population *p = &l->net->populations[k];
        p->model->step(&l->w->slice[k], p->parameters,
                       l->readout + (size_t)t * stride + (size_t)(p->column - l->net->spiking_columns),
                       l->w->output + p->column);
    }
    rows_copy(tp->output + (size_t)t * stride, l->w->output + l->net->spiking_columns, (int)stride);
}

static void respond(const learner *l, tape *tp, int from, int to)
{
    fill_tape(l, tp, from, to);
    for (int t = from; t < to; t++) {
        send_to_readouts(l, tp, t);
        step_readouts(l, tp, t);
    }
}

/* ---- a trial ---------------------------------------------------------------------------------------------------------- */

void learner_begin(const learner *l, tape *tp)
{
    forward_clear(l->net, l->w);
    memset(l->readout, 0, (size_t)(tp->n_steps + l->net->max_delay) * learner_output_columns(l) * sizeof *l->readout);
    for (int s = 0; s < l->c->n_slices; s++) {
        learner_slice *own = &l->slice[s];
        memset(own->ring, 0, (size_t)l->n_slots * (size_t)l->c->slice[s].n_columns * sizeof *own->ring);
        own->start[0] = 0;
        for (int k = 0; k < l->net->n_spiking_populations; k++)
            own->view[k].uniform = l->net->populations[k].uniform;
    }
    tp->spike_start[0] = 0;
}

void learner_take_steps(const learner *l, tape *tp, int from, int to, worker_observer *observe, void *observer)
{
    const int stretch = observe ? 1 : to - from;
    for (int t = from; t < to; t += stretch) {
        advance(l, tp, t, t + stretch, observe != NULL);
        respond(l, tp, t, t + stretch);
        if (!observe) continue;
        l->w->base = t;
        observe(observer, l->net, l->w, tp, t);
    }
}

void learner_end(const learner *l, tape *tp)
{
    memset(tp->count, 0, (size_t)l->net->n_spiking * sizeof *tp->count);
    for (uint32_t e = 0; e < tp->spike_start[tp->n_steps]; e++)
        tp->count[tp->spike[e]]++;
}

void learner_forward(void *with, tape *tp, worker_observer *observe, void *observer)
{
    const learner *l = with;
    learner_begin(l, tp);
    learner_take_steps(l, tp, 0, tp->n_steps, observe, observer);
    learner_end(l, tp);
}
