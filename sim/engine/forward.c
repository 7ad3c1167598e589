/* The forward pass of one trial: input and spikes become currents, the models step, new spikes are collected. Currents wait in a
 * window of rows, one per step: input is sent a chunk of steps ahead, a spike (or a hidden neuron's value) when it is there. */
#include "quiet.h"
#include "rows.h"
#include "snapshot.h"
#include <string.h>

LSNN_INLINE int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* `row` is the window's row of the step at which cell or neuron i spikes; its synapses reach into the rows after. */
LSNN_INLINE void send_row(const network *net, const projection *p, size_t i, real factor, real *row)
{
    const real *weight = net->parameters[p->parameter].value;
    if (p->dense) {
        real *sum = row + (size_t)network_row_delay(p, i) * (size_t)net->n_columns + p->column;
        if (factor == 1)
            rows_add(sum, weight + i * (size_t)p->width, p->width);
        else
            rows_add_scaled(sum, weight + i * (size_t)p->width, p->width, factor);
        return;
    }
    for (size_t k = p->row_start[i]; k < p->row_start[i + 1]; k++)
        row[p->offset[k]] += factor * weight[k];
}

/* n cells or neurons (every `stride`-th of `cell`) spike in one step: from FEW on it pays to keep the sums in registers. */
#define FEW 4

LSNN_INLINE void send_rows(const network *net, const projection *p, const uint32_t *cell, size_t stride, uint32_t n,
                           real *row)
{
    const real *weight = net->parameters[p->parameter].value, *from[ROWS_MANY];
    real *sum = row + (size_t)p->delay[0] * (size_t)net->n_columns + p->column;
    int n_rows = 0;
    for (uint32_t e = 0; e < n; e++) {
        const size_t i = (size_t)cell[e * stride] - (size_t)p->from;
        if (i >= (size_t)p->n_from) continue;
        from[n_rows++] = weight + i * (size_t)p->width;
        if (n_rows < ROWS_MANY) continue;
        rows_add_all(sum, from, n_rows, p->width);
        n_rows = 0;
    }
    rows_add_all(sum, from, n_rows, p->width);
}

/* Cells that spike together, as a list of rows or as a difference of two prefix sums. */
LSNN_INLINE void send_run(const network *net, const projection *p, event_run run, real *row)
{
    if (p->sums) {
        rows_add_difference(row + (size_t)p->delay[0] * (size_t)net->n_columns + p->column,
                            p->prefix + run.last * (size_t)p->width, p->prefix + run.first * (size_t)p->width,
                            p->width);
        return;
    }
    for (size_t i = run.first; i < run.last; i++)
        send_row(net, p, i, 1, row);
}

/* What a source sends in the steps from .. to-1. One loop over the events of all these steps: how many are in one step cannot be
 * foreseen, and each surprise would cost as much as a row. */
LSNN_INLINE void send_input(const network *net, worker *w, const projection *p, const tape *tp, int from, int to)
{
    const lsnn_trial *input = tp->input[p->source];
    const lsnn_events *events = input->events;
    if (p->dense && !p->sums && !p->row_delay &&
        events->start[to] - events->start[from] >= FEW * (uint32_t)(to - from)) {
        for (int s = from; s < to; s++)
            send_rows(net, p, &events->run[events->start[s]].first, 2, events->start[s + 1] - events->start[s],
                      worker_row(net, w, w->current, s));
        return;
    }
    for (uint32_t e = events->start[from]; e < events->start[to]; e++)
        send_run(net, p, events->run[e], worker_row(net, w, w->current, (int)events->step[e]));
    if (!net->sources[p->source].analog) return;
    for (int s = from; s < to; s++) {
        const real *x = input->analog + (size_t)s * (size_t)p->n_from;
        for (size_t i = 0; i < (size_t)p->n_from; i++)
            if (x[i] != 0) send_row(net, p, i, x[i], worker_row(net, w, w->current, s));
    }
}

/* The rows that are new in the window are cleared, then the input of the steps from .. to-1 is sent. */
LSNN_INLINE void open_window(const network *net, worker *w, const tape *tp, int from, int to)
{
    const size_t row = (size_t)net->n_columns, kept = (size_t)net->max_delay * row;
    memmove(w->current, worker_row(net, w, w->current, from), kept * sizeof(real));
    memset(w->current + kept, 0, (size_t)(to - from) * row * sizeof(real));
    w->base = from;
    for (int i = 0; i < net->n_projections; i++)
        if (net->projections[i].source >= 0) send_input(net, w, &net->projections[i], tp, from, to);
}

LSNN_INLINE void send_spikes(const network *net, worker *w, const tape *tp, int t)
{
    const uint32_t *id = tp->spike + tp->spike_start[t], n = tp->spike_start[t + 1] - tp->spike_start[t];
    real *row = worker_row(net, w, w->current, t);
    for (int k = 0; n > 0 && k < net->n_projections; k++) {
        const projection *p = &net->projections[k];
        if (p->source >= 0 || (p->to_output && t + p->delay[0] < tp->readout_from)) continue;
        if (p->dense && !p->row_delay && n >= FEW) {
            send_rows(net, p, id, 1, n, row);
            continue;
        }
        for (uint32_t s = 0; s < n; s++) {
            const size_t i = (size_t)id[s] - (size_t)p->from;
            if (i < (size_t)p->n_from) send_row(net, p, i, 1, row);
        }
    }
}

/* Hidden neurons send their values, in each step. */
LSNN_INLINE void send_values(const network *net, worker *w, const projection *p, const population *pop, int t)
{
    const int first = pop->first - p->from;
    const real *value = w->output + pop->column;
    real *row = worker_row(net, w, w->current, t);
    int i = 0;
    for (; p->dense && !p->row_delay && i + 4 <= pop->n; i += 4)
        rows_add_four_scaled(row + (size_t)p->delay[0] * (size_t)net->n_columns + p->column,
                             net->parameters[p->parameter].value + (size_t)(first + i) * (size_t)p->width,
                             (size_t)p->width, p->width, value + i);
    for (; i < pop->n; i++)
        send_row(net, p, (size_t)(first + i), value[i], row);
}

LSNN_INLINE void send_all_values(const network *net, worker *w, int t)
{
    for (int k = 0; k < net->n_spiking_populations; k++)
        for (int l = 0; net->populations[k].model->hidden && l < net->n_projections; l++)
            if (network_hears(&net->projections[l], &net->populations[k]))
                send_values(net, w, &net->projections[l], &net->populations[k], t);
}

LSNN_INLINE void step_population(const network *net, int k, worker *w, const tape *tp, int t)
{
    const population *p = &net->populations[k];
    lsnn_slice *slice = &w->slice[k];
    tape_point(tp, net, k, t, slice);
    p->model->step(slice, p->parameters, worker_row(net, w, w->current, t) + p->column, w->output + p->column);
}

void forward_clear(const network *net, worker *w)
{
    w->base = 0;
    memset(w->output, 0, (size_t)net->n_columns * sizeof(real));
    memset(w->current, 0, (size_t)net->max_delay * (size_t)net->n_columns * sizeof(real));
    for (int k = 0; k < net->n_populations; k++) {
        const population *p = &net->populations[k];
        for (int s = 0; s < p->n_states; s++)
            memset(w->slice[k].state[s], 0, (size_t)p->width * sizeof(real));
        w->slice[k].uniform = p->uniform;
        if (p->model->begin) p->model->begin(&w->slice[k], p->parameters);
    }
}

/* The padding may hold no spikes: it gets no current, but its threshold may be negative. */
LSNN_INLINE void collect_spikes(const network *net, const worker *w, tape *tp, int t)
{
    const uint32_t first = tp->spike_start[t];
    uint32_t n = first;
    for (int k = 0; k < net->n_spiking_populations; k++) {
        const population *p = &net->populations[k];
        if (p->model->hidden) continue;
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

LSNN_INLINE void step_network(const network *net, worker *w, tape *tp, int t, bool again)
{
    for (int k = 0; k < net->n_spiking_populations; k++)
        step_population(net, k, w, tp, t);
    collect_spikes(net, w, tp, t);
    send_spikes(net, w, tp, t);
    if (net->n_hidden > 0) send_all_values(net, w, t);
    if (again) return;
    if (t + 1 == tp->readout_from && !tp->collapsed) quiet_respond(net, w, tp);
    if (t >= tp->readout_from) step_readouts(net, w, tp, t);
}

/* `again`: everything but the columns of the tape is there, and the readouts' values have become errors. */
LSNN_INLINE void take_steps(const network *net, worker *w, tape *tp, int t, int to, bool again,
                            worker_observer *observe, void *with)
{
    while (t < to) {
        const int end = smaller(t + w->chunk, to);
        if (t % tp->segment == 0) {
            tp->held = t;
            if (tp->snapshots && !again)
                snapshot_save(tp->snapshots + (size_t)(t / tp->segment) * snapshot_length(net), net, w, t);
        }
        open_window(net, w, tp, t, end);
        for (; t < end; t++) {
            step_network(net, w, tp, t, again);
            if (observe) observe(with, net, w, tp, t);
        }
    }
}

void forward_begin(const network *net, worker *w, tape *tp)
{
    forward_clear(net, w);
    if (tp->start) snapshot_load(tp->start, net, w, 0);
    tp->spike_start[0] = 0;
}

LSNN_KERNEL void forward_steps(const network *net, worker *w, tape *tp, int from, int to, worker_observer *observe,
                               void *with)
{
    take_steps(net, w, tp, from, to, false, observe, with);
}

void forward_end(const network *net, tape *tp)
{
    memset(tp->count, 0, (size_t)net->n_spiking * sizeof *tp->count);
    for (uint32_t s = 0; s < tp->spike_start[tp->n_steps]; s++)
        tp->count[tp->spike[s]]++;
}

void forward(const network *net, worker *w, tape *tp, worker_observer *observe, void *with)
{
    forward_begin(net, w, tp);
    forward_steps(net, w, tp, 0, tp->n_steps, observe, with);
    forward_end(net, tp);
}

LSNN_KERNEL void forward_again(const network *net, worker *w, tape *tp, int from)
{
    snapshot_load(tp->snapshots + (size_t)(from / tp->segment) * snapshot_length(net), net, w, from);
    take_steps(net, w, tp, from, smaller(from + tp->segment, tp->n_steps), true, NULL, NULL);
}

LSNN_KERNEL void forward_tangent(const network *net, worker *w, const tape *tp, real *out)
{
    const size_t row = (size_t)net->n_columns;
    w->base = 0;
    memset(w->output, 0, row * sizeof(real));
    memset(w->current, 0, (size_t)net->max_delay * row * sizeof(real));
    for (int k = 0; k < net->n_spiking_populations; k++)
        for (int s = 0; s < net->populations[k].n_adjoints; s++)
            rows_clear(w->slice[k].adjoint[s], net->populations[k].width);
    for (int t = 0; t < tp->n_steps; t++) {
        if (t % w->chunk == 0) open_window(net, w, tp, t, smaller(t + w->chunk, tp->n_steps));
        for (int k = 0; k < net->n_spiking_populations; k++) {
            const population *p = &net->populations[k];
            tape_point(tp, net, k, t, &w->slice[k]);
            p->model->tangent(&w->slice[k], p->parameters, worker_row(net, w, w->current, t) + p->column,
                              w->output + p->column);
        }
        send_spikes(net, w, tp, t);
        rows_copy(out + (size_t)t * (size_t)net->spiking_columns, w->output, net->spiking_columns);
    }
}
