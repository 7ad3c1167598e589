/* The forward pass of one trial: input and spikes become currents, the models step, new spikes are collected. Currents wait in a
 * window of rows, one per step: input is added a chunk of steps ahead, a spike when it is fired. */
#include "quiet.h"
#include "rows.h"
#include "worker.h"
#include <string.h>

LSNN_INLINE int at_least_0(int t)
{
    return t > 0 ? t : 0;
}

LSNN_INLINE int smaller(int a, int b)
{
    return a < b ? a : b;
}

LSNN_INLINE void add_segment(const projection *p, const real *weight, size_t i, int d, real factor, real *sum)
{
    const size_t first = p->segment[i * (size_t)p->n_delays + (size_t)d];
    const size_t last = p->segment[i * (size_t)p->n_delays + (size_t)d + 1];
    for (size_t k = first; k < last; k++)
        sum[p->target[k]] += factor * weight[k];
}

/* Cells that spike together, as a list of rows or as a difference of two prefix sums. */
LSNN_INLINE void add_run(const projection *p, const real *weight, event_run run, int d, real *sum)
{
    if (p->sums) {
        rows_add_difference(sum, p->prefix + run.last * (size_t)p->width, p->prefix + run.first * (size_t)p->width,
                            p->width);
        return;
    }
    for (size_t i = run.first; i < run.last; i++) {
        if (p->dense)
            rows_add(sum, weight + i * (size_t)p->width, p->width);
        else
            add_segment(p, weight, i, d, 1, sum);
    }
}

LSNN_INLINE void add_values(const projection *p, const real *weight, const real *x, int d, real *sum)
{
    for (int i = 0; i < p->n_from; i++) {
        if (x[i] == 0) continue;
        if (p->dense)
            rows_add_scaled(sum, weight + (size_t)i * (size_t)p->width, p->width, x[i]);
        else
            add_segment(p, weight, (size_t)i, d, x[i], sum);
    }
}

/* What arrives in the steps from .. to-1. One loop over the events of all these steps: how many are in one step cannot be
 * foreseen, and each surprise would cost as much as a row. */
LSNN_INLINE void add_input(const network *net, worker *w, const projection *p, const tape *tp, int from, int to)
{
    const real *weight = net->parameters[p->parameter].value;
    const lsnn_trial *input = tp->input[p->source];
    const lsnn_events *events = input->events;
    for (int d = 0; d < p->n_delays; d++) {
        const int delay = p->delay[d], first = at_least_0(from - delay), last = at_least_0(to - delay);
        if (net->sources[p->source].analog) {
            for (int s = first; s < last; s++)
                add_values(p, weight, input->analog + (size_t)s * (size_t)p->n_from, d,
                           worker_row(net, w, w->current, s + delay) + p->column);
            continue;
        }
        for (uint32_t e = events->start[first]; e < events->start[last]; e++)
            add_run(p, weight, events->run[e], d,
                    worker_row(net, w, w->current, (int)events->step[e] + delay) + p->column);
    }
}

/* Input is filled in one longest delay ahead of the steps, so that it is in a row before any spike adds to the row: the order of
 * the sums does not depend on the chunks. */
LSNN_INLINE void open_window(const network *net, worker *w, const tape *tp, int from, int to)
{
    const size_t row = (size_t)net->n_columns * sizeof(real);
    const int filled = from > 0 ? smaller(from + net->max_delay, tp->n_steps) : 0;
    const int ahead = smaller(to + net->max_delay, tp->n_steps);
    memmove(w->current, worker_row(net, w, w->current, from), (size_t)(filled - from) * row);
    w->base = from;
    memset(worker_row(net, w, w->current, filled), 0, (size_t)(ahead - filled) * row);
    for (int i = 0; i < net->n_projections; i++)
        if (net->projections[i].source >= 0) add_input(net, w, &net->projections[i], tp, filled, ahead);
}

/* The spike of neuron `id` at step t adds to the currents of the steps to come. */
LSNN_INLINE void send_spike(const network *net, worker *w, const tape *tp, uint32_t id, int t)
{
    for (int k = 0; k < net->n_projections; k++) {
        const projection *p = &net->projections[k];
        const size_t i = (size_t)id - (size_t)p->from;
        if (p->source >= 0 || i >= (size_t)p->n_from) continue;
        if (p->to_output && t + p->delay[0] < tp->readout_from) continue;
        const real *weight = net->parameters[p->parameter].value;
        if (p->dense) {
            rows_add(worker_row(net, w, w->current, t + p->delay[0]) + p->column, weight + i * (size_t)p->width,
                     p->width);
            continue;
        }
        for (int d = 0; d < p->n_delays; d++)
            add_segment(p, weight, i, d, 1, worker_row(net, w, w->current, t + p->delay[d]) + p->column);
    }
}

LSNN_INLINE void step_population(const network *net, int k, worker *w, const tape *tp, int t)
{
    const population *p = &net->populations[k];
    lsnn_slice *slice = &w->slice[k];
    tape_point(tp, net, k, t, slice);
    p->model->step(slice, p->parameters, worker_row(net, w, w->current, t) + p->column, w->output + p->column);
}

static void clear_state(const network *net, worker *w, tape *tp)
{
    memset(w->output, 0, (size_t)net->n_columns * sizeof(real));
    memset(tp->count, 0, (size_t)net->n_spiking * sizeof *tp->count);
    for (int k = 0; k < net->n_populations; k++) {
        const population *p = &net->populations[k];
        for (int s = 0; s < p->n_states; s++)
            memset(w->slice[k].state[s], 0, (size_t)p->width * sizeof(real));
        w->slice[k].uniform = p->uniform;
        if (p->model->begin) p->model->begin(&w->slice[k], p->parameters);
    }
    tp->spike_start[0] = 0;
}

/* The padding may hold no spikes: it gets no current, but its threshold may be negative. */
LSNN_INLINE void collect_spikes(const network *net, const worker *w, tape *tp, int t)
{
    const uint32_t first = tp->spike_start[t];
    uint32_t n = first;
    for (int k = 0; k < net->n_spiking_populations; k++) {
        const population *p = &net->populations[k];
        const uint32_t before = n;
        n += (uint32_t)rows_spikes(tp->spike + n, w->output + p->column, p->width, (uint32_t)p->first);
        while (n > before && tp->spike[n - 1] >= (uint32_t)(p->first + p->n))
            n--;
    }
    tp->spike_start[t + 1] = n;
    uint32_t s = first; /* whole vectors, at least one: how many spikes there are cannot be foreseen */
    do {
        for (int j = 0; j < LSNN_LANES; j++)
            tp->spike_step[s + (uint32_t)j] = (uint32_t)t;
        s += LSNN_LANES;
    } while (s < n);
}

LSNN_INLINE void step_readouts(const network *net, worker *w, tape *tp, int t)
{
    const int n_output_columns = net->n_columns - net->spiking_columns;
    for (int k = net->n_spiking_populations; k < net->n_populations; k++)
        step_population(net, k, w, tp, t);
    rows_copy(tp->output + (size_t)t * (size_t)n_output_columns, w->output + net->spiking_columns, n_output_columns);
}

LSNN_INLINE void step_network(const network *net, worker *w, tape *tp, int t)
{
    for (int k = 0; k < net->n_spiking_populations; k++)
        step_population(net, k, w, tp, t);
    collect_spikes(net, w, tp, t);
    for (uint32_t s = tp->spike_start[t]; s < tp->spike_start[t + 1]; s++)
        send_spike(net, w, tp, tp->spike[s], t);
    if (t + 1 == tp->readout_from && !tp->collapsed) quiet_respond(net, w, tp);
    if (t >= tp->readout_from) step_readouts(net, w, tp, t);
}

LSNN_KERNEL void forward(const network *net, worker *w, tape *tp, worker_observer *observe, void *with)
{
    clear_state(net, w, tp);
    w->base = 0;
    for (int t = 0; t < tp->n_steps;) {
        const int end = smaller(t + w->chunk, tp->n_steps);
        open_window(net, w, tp, t, end);
        for (; t < end; t++) {
            step_network(net, w, tp, t);
            if (observe) observe(with, net, w, tp, t);
        }
    }
    for (uint32_t s = 0; s < tp->spike_start[tp->n_steps]; s++)
        tp->count[tp->spike[s]]++;
}
