/* The forward pass of one trial: input and spikes become currents, the models step, new spikes are collected. */
#include "rows.h"
#include "worker.h"
#include <string.h>

/* A run of cells that spike together, as a list of rows or as a difference of two prefix sums. */
LSNN_INLINE void add_runs(const projection *p, const real *weight, const lsnn_events *events, int s, real *sum)
{
    for (uint32_t e = events->start[s]; e < events->start[s + 1]; e++) {
        const event_run run = events->run[e];
        if (p->sums) {
            rows_add_difference(sum, p->prefix + run.last * (size_t)p->width, p->prefix + run.first * (size_t)p->width,
                                p->width);
            continue;
        }
        for (uint32_t i = run.first; i < run.last; i++)
            rows_add(sum, weight + i * (size_t)p->width, p->width);
    }
}

LSNN_INLINE void add_segment(const projection *p, const real *weight, size_t i, int d, real factor, real *sum)
{
    const size_t first = p->segment[i * (size_t)p->n_delays + (size_t)d];
    const size_t last = p->segment[i * (size_t)p->n_delays + (size_t)d + 1];
    for (size_t k = first; k < last; k++)
        sum[p->target[k]] += factor * weight[k];
}

LSNN_INLINE void add_values(const projection *p, const real *weight, const lsnn_trial *input, int s, int d, real *sum)
{
    const real *x = input->analog + (size_t)s * (size_t)p->n_from;
    for (int i = 0; i < p->n_from; i++) {
        if (x[i] == 0) continue;
        if (p->dense)
            rows_add_scaled(sum, weight + (size_t)i * (size_t)p->width, p->width, x[i]);
        else
            add_segment(p, weight, (size_t)i, d, x[i], sum);
    }
}

LSNN_INLINE void add_input(const network *net, const projection *p, const tape *tp, int t, real *sum)
{
    const real *weight = net->parameters[p->parameter].value;
    const lsnn_trial *input = tp->input[p->source];
    for (int d = 0; d < p->n_delays; d++) {
        const int s = t - p->delay[d];
        if (s < 0) return;
        if (net->sources[p->source].analog) {
            add_values(p, weight, input, s, d, sum);
        } else if (p->dense) {
            add_runs(p, weight, input->events, s, sum);
        } else {
            for (uint32_t e = input->events->start[s]; e < input->events->start[s + 1]; e++)
                for (uint32_t i = input->events->run[e].first; i < input->events->run[e].last; i++)
                    add_segment(p, weight, i, d, 1, sum);
        }
    }
}

LSNN_INLINE void add_spikes(const network *net, const projection *p, const tape *tp, int t, real *sum)
{
    const real *weight = net->parameters[p->parameter].value;
    for (int d = 0; d < p->n_delays; d++) {
        const int s = t - p->delay[d];
        if (s < 0) return;
        int n;
        const uint32_t *id = tape_heard(tp, p, s, &n);
        for (int k = 0; k < n; k++) {
            const size_t i = id[k] - (size_t)p->from;
            if (p->dense)
                rows_add(sum, weight + i * (size_t)p->width, p->width);
            else
                add_segment(p, weight, i, d, 1, sum);
        }
    }
}

LSNN_INLINE void add_currents(const network *net, const tape *tp, int t, bool to_output, real *current)
{
    for (int i = 0; i < net->n_projections; i++) {
        const projection *p = &net->projections[i];
        if (p->to_output != to_output) continue;
        if (p->source >= 0)
            add_input(net, p, tp, t, current + p->column);
        else
            add_spikes(net, p, tp, t, current + p->column);
    }
}

LSNN_INLINE void step_population(const network *net, int k, worker *w, const tape *tp, int t)
{
    const population *p = &net->populations[k];
    lsnn_slice *slice = &w->slice[k];
    for (int c = 0; c < p->n_tapes; c++)
        slice->tape[c] = tp->column[k * LSNN_MAX_TAPES + c] + (size_t)t * (size_t)p->width;
    p->model->step(slice, p->parameters, w->current + p->column, w->output + p->column);
}

static void clear_state(const network *net, worker *w, tape *tp)
{
    memset(w->output, 0, (size_t)net->n_columns * sizeof(real));
    memset(tp->count, 0, (size_t)net->n_spiking * sizeof *tp->count);
    for (int k = 0; k < net->n_populations; k++)
        for (int s = 0; s < net->populations[k].n_states; s++)
            memset(w->slice[k].state[s], 0, (size_t)net->populations[k].width * sizeof(real));
    tp->spike_start[0] = 0;
}

/* The padding may hold no spikes: it gets no current, but its threshold may be negative. */
LSNN_INLINE uint32_t collect_spikes(const network *net, const worker *w, tape *tp, uint32_t n)
{
    for (int k = 0; k < net->n_spiking_populations; k++) {
        const population *p = &net->populations[k];
        const uint32_t before = n;
        n += (uint32_t)rows_spikes(tp->spike + n, w->output + p->column, p->width, (uint32_t)p->first);
        while (n > before && tp->spike[n - 1] >= (uint32_t)(p->first + p->n))
            n--;
    }
    return n;
}

LSNN_INLINE void step_readouts(const network *net, worker *w, tape *tp, int t)
{
    const int n_output_columns = net->n_columns - net->spiking_columns;
    add_currents(net, tp, t, true, w->current);
    for (int k = net->n_spiking_populations; k < net->n_populations; k++)
        step_population(net, k, w, tp, t);
    rows_copy(tp->output + (size_t)t * (size_t)n_output_columns, w->output + net->spiking_columns, n_output_columns);
}

LSNN_KERNEL void forward(const network *net, worker *w, tape *tp, worker_observer *observe, void *with)
{
    clear_state(net, w, tp);
    for (int t = 0; t < tp->n_steps; t++) {
        rows_clear(w->current, net->n_columns);
        add_currents(net, tp, t, false, w->current);
        for (int k = 0; k < net->n_spiking_populations; k++)
            step_population(net, k, w, tp, t);
        tp->spike_start[t + 1] = collect_spikes(net, w, tp, tp->spike_start[t]);
        if (!tp->collapsed) step_readouts(net, w, tp, t);
        if (observe) observe(with, net, w, tp, t);
    }
    for (uint32_t s = 0; s < tp->spike_start[tp->n_steps]; s++)
        tp->count[tp->spike[s]]++;
}
