/* The backward pass of one trial, in chunks of steps: the readouts' errors become signals to the neurons, the models' local adjoints
 * run backward in time, and each spike or value adds the adjoints of its targets' currents to its row of the gradient. */
#include "carry.h"
#include "pull.h"
#include "quiet.h"
#include "rows.h"
#include "worker.h"
#include <string.h>

LSNN_INLINE int at_least_0(int t)
{
    return t > 0 ? t : 0;
}

/* `row` is the window's row of the step at which cell or neuron i spiked. */
LSNN_INLINE void collect_row(const network *net, const projection *p, real *gradient, size_t i, real factor,
                             const real *row)
{
    if (p->dense) {
        const real *adjoint = row + (size_t)network_row_delay(p, i) * (size_t)net->n_columns + p->column;
        if (factor == 1)
            rows_add(gradient + i * (size_t)p->width, adjoint, p->width);
        else
            rows_add_scaled(gradient + i * (size_t)p->width, adjoint, p->width, factor);
        return;
    }
    for (size_t k = p->row_start[i]; k < p->row_start[i + 1]; k++)
        gradient[k] += factor * row[p->offset[k]];
}

LSNN_INLINE void collect_run(const network *net, const projection *p, real *gradient, event_run run, const real *row)
{
    if (p->sums) {
        rows_collect_difference(gradient + run.first * (size_t)p->width, gradient + run.last * (size_t)p->width,
                                row + (size_t)p->delay[0] * (size_t)net->n_columns + p->column, p->width);
        return;
    }
    for (size_t i = run.first; i < run.last; i++)
        collect_row(net, p, gradient, i, 1, row);
}

/* Of n spikes (of cells, in steps) each adds the adjoints of its step to its cell's row of the gradient. Where cells spike often a row
 * is fetched once for all spikes of its cell: they are chained, spike e (from 1) to the next of its cell. */
LSNN_INLINE void collect_by_cell(const network *net, const worker *w, const projection *p, const uint32_t *cell,
                                 size_t stride, const uint32_t *step, uint32_t n, real *gradient)
{
    uint32_t *const first = w->chain_first, *const next = w->chain_next;
    int n_cells = 0;
    for (uint32_t e = n; e > 0; e--) {
        const size_t i = (size_t)cell[(e - 1) * stride] - (size_t)p->from;
        if (i >= (size_t)p->n_from) continue;
        next[e] = first[i];
        if (first[i] == 0) w->chained[n_cells++] = (uint32_t)i;
        first[i] = e;
    }
    for (int k = 0; k < n_cells; k++) {
        const size_t i = w->chained[k];
        const size_t ahead = (size_t)network_row_delay(p, i) * (size_t)net->n_columns + (size_t)p->column;
        real *const sum = gradient + i * (size_t)p->width;
        const real *row[ROWS_MANY];
        int n_rows = 0;
        for (uint32_t e = first[i]; e > 0; e = next[e]) {
            row[n_rows++] = worker_row(net, w, w->adjoint, (int)step[e - 1]) + ahead;
            if (n_rows < ROWS_MANY) continue;
            rows_add_all(sum, row, n_rows, p->width);
            n_rows = 0;
        }
        rows_add_all(sum, row, n_rows, p->width);
        first[i] = 0;
    }
}

/* Whether cells spike so often that chains pay. */
LSNN_INLINE bool often(const projection *p, uint32_t n_spikes)
{
    return p->dense && n_spikes >= (uint32_t)p->n_from / 2;
}

/* What a source sent in the steps from .. to-1. */
LSNN_INLINE void collect_input(const network *net, const worker *w, const projection *p, const tape *tp, int from,
                               int to, real *gradient)
{
    const lsnn_trial *input = tp->input[p->source];
    const lsnn_events *events = input->events;
    const uint32_t start = events->start[from], n = events->start[to] - start;
    const bool chained = !p->sums && often(p, n);
    if (chained) collect_by_cell(net, w, p, &events->run[start].first, 2, events->step + start, n, gradient);
    for (uint32_t e = start; !chained && e < start + n; e++)
        collect_run(net, p, gradient, events->run[e], worker_row(net, w, w->adjoint, (int)events->step[e]));
    if (!net->sources[p->source].analog) return;
    for (int s = from; s < to; s++) {
        const real *x = input->analog + (size_t)s * (size_t)p->n_from;
        for (size_t i = 0; i < (size_t)p->n_from; i++)
            if (x[i] != 0) collect_row(net, p, gradient, i, x[i], worker_row(net, w, w->adjoint, s));
    }
}

/* The same from neurons. */
LSNN_INLINE void collect_spikes(const network *net, const worker *w, const projection *p, const tape *tp, int from,
                                int to, real *gradient)
{
    const uint32_t start = tp->spike_start[from], n = tp->spike_start[to] - start;
    if (often(p, n)) {
        collect_by_cell(net, w, p, tp->spike + start, 1, tp->spike_step + start, n, gradient);
        return;
    }
    for (uint32_t s = start; s < start + n; s++) {
        const size_t i = (size_t)tp->spike[s] - (size_t)p->from;
        if (i >= (size_t)p->n_from) continue;
        collect_row(net, p, gradient, i, 1, worker_row(net, w, w->adjoint, (int)tp->spike_step[s]));
    }
}

/* The same from hidden neurons: h_i[t] dE/dI[t + delay], summed over the steps, goes to the row of neuron i. */
LSNN_INLINE void collect_values(const network *net, const worker *w, const projection *p, const tape *tp, int k,
                                int from, int to, real *gradient)
{
    const population *pop = &net->populations[k];
    const int first = pop->first - p->from;
    const real *value = tape_row(tp, net, k, 0, from), *row = worker_row(net, w, w->adjoint, from);
    const size_t width = (size_t)pop->width, stride = (size_t)net->n_columns;
    const bool together = p->dense && !p->row_delay;
    for (int i = 0; together && i < pop->n; i += 4)
        rows_collect_four(gradient + (size_t)(first + i) * (size_t)p->width, value + i, width,
                          row + (size_t)p->delay[0] * stride + p->column, stride, p->width, to - from,
                          pop->n - i < 4 ? pop->n - i : 4);
    for (int t = 0; !together && t < to - from; t++)
        for (int i = 0; i < pop->n; i++)
            collect_row(net, p, gradient, (size_t)(first + i), value[(size_t)t * width + (size_t)i],
                        row + (size_t)t * stride);
}

LSNN_INLINE void collect_all_values(const network *net, const worker *w, const tape *tp, int from, int to,
                                    gradients *into)
{
    for (int k = 0; k < net->n_spiking_populations; k++)
        for (int l = 0; net->populations[k].model->hidden && l < net->n_projections; l++) {
            const projection *p = &net->projections[l];
            if (network_hears(p, &net->populations[k]) && net->parameters[p->parameter].learn)
                collect_values(net, w, p, tp, k, from, to, into->value[p->parameter]);
        }
}

LSNN_INLINE void collect(const network *net, const worker *w, const tape *tp, int from, int to, gradients *into)
{
    for (int k = 0; k < net->n_projections; k++) {
        const projection *p = &net->projections[k];
        if (!net->parameters[p->parameter].learn) continue;
        real *gradient = into->value[p->parameter];
        if (p->source >= 0)
            collect_input(net, w, p, tp, from, to, gradient);
        else if (!p->to_output || from >= tp->early)
            collect_spikes(net, w, p, tp, from, to, gradient);
        else if (to > tp->early)
            collect_spikes(net, w, p, tp, tp->early, to, gradient);
    }
    if (net->n_hidden > 0) collect_all_values(net, w, tp, from, to, into);
}

/* Backward through rows in single steps, processors do not see by themselves what comes next. */
#define FORESIGHT 4

LSNN_INLINE void foresee(const tape *tp, const network *net, int k, int t)
{
    const population *p = &net->populations[k];
    for (int i = 0; i < p->n_tapes; i++) {
        const real *row = tape_row(tp, net, k, p->tape[i], t);
        for (int j = 0; j < p->width; j += LSNN_LANES)
            __builtin_prefetch(row + j);
    }
}

LSNN_INLINE void step_back(const network *net, int k, worker *w, const tape *tp, const lsnn_paths *paths, int from,
                           int to)
{
    const population *p = &net->populations[k];
    const lsnn_span span = {.n_steps = to - from,
                            .stride = net->n_columns,
                            .through_reset = paths->reset,
                            .signal = worker_row(net, w, w->signal, from) + p->column,
                            .current_adjoint = worker_row(net, w, w->adjoint, from) + p->column};
    tape_point(tp, net, k, from, &w->slice[k]);
    if (span.n_steps == 1 && from - FORESIGHT >= tp->held) foresee(tp, net, k, from - FORESIGHT);
    p->model->backward(&w->slice[k], p->parameters, &span);
}

LSNN_INLINE void step_readouts_back(const network *net, worker *w, const tape *tp, const lsnn_paths *paths, int from,
                                    int to)
{
    const int n_output_columns = net->n_columns - net->spiking_columns;
    for (int t = from; t < to; t++)
        rows_copy(worker_row(net, w, w->signal, t) + net->spiking_columns,
                  tp->output + (size_t)t * (size_t)n_output_columns, n_output_columns);
    for (int k = net->n_spiking_populations; k < net->n_populations; k++)
        step_back(net, k, w, tp, paths, from, to);
}

/* signal[j] = rate_signal[j] + sum_k F[j,k] q_k[t + delay]: what the readouts' currents mean for the spikes of step t. */
LSNN_INLINE void gather_signal(const network *net, worker *w, const lsnn_paths *paths, int t)
{
    real *signal = worker_row(net, w, w->signal, t);
    const real *first = w->signals ? w->signals + (size_t)t * (size_t)net->spiking_columns : w->rate_signal;
    const real *sum = first; /* the first term is added to it, the others to the sum so far */
    for (int i = 0; i < net->n_projections; i++) {
        const projection *p = &net->projections[i];
        if (!p->to_output || pulled(p, paths)) continue;
        const real *q = worker_row(net, w, w->adjoint, t + p->delay[0]) + p->column;
        for (int k = 0; k < p->n_to; k++) {
            if (q[k] == 0) continue;
            rows_sum_scaled(signal, sum, p->feedback_by_output + (size_t)k * (size_t)net->spiking_columns,
                            net->spiking_columns, q[k]);
            sum = signal;
        }
    }
    if (sum == first) rows_copy(signal, sum, net->spiking_columns);
}

static void clear_adjoint_states(const network *net, worker *w)
{
    for (int k = 0; k < net->n_populations; k++)
        for (int s = 0; s < net->populations[k].n_adjoints; s++)
            memset(w->slice[k].adjoint[s], 0, (size_t)net->populations[k].width * sizeof(real));
}

static void hold(const network *net, worker *w, tape *tp, int t);

/* Nothing passes between two steps but what parameters get; the slices' tapes are at the first one. */
static void cut(const network *net, worker *w, const lsnn_paths *paths)
{
    for (int k = 0; k < net->n_populations; k++)
        if (net->populations[k].model->cut)
            net->populations[k].model->cut(&w->slice[k], net->populations[k].parameters, paths->reset);
    clear_adjoint_states(net, w);
}

static void cut_after(const network *net, worker *w, tape *tp, const lsnn_paths *paths, int t)
{
    hold(net, w, tp, t);
    for (int k = 0; k < net->n_populations; k++)
        tape_point(tp, net, k, t, &w->slice[k]);
    cut(net, w, paths);
}

/* What the first step makes of the state before it, which was set by `begin` or comes from the trial before. */
static void end(const network *net, worker *w, tape *tp, const lsnn_paths *paths)
{
    if (tp->start) {
        carry_point(tp->start, net, w);
        cut(net, w, paths);
        return;
    }
    for (int k = 0; k < net->n_populations; k++)
        if (net->populations[k].model->end)
            net->populations[k].model->end(&w->slice[k], net->populations[k].parameters);
}

void backward_clear(const network *net, worker *w, gradients *into)
{
    memset(w->adjoint, 0, (size_t)(w->chunk + net->max_delay) * (size_t)net->n_columns * sizeof(real));
    clear_adjoint_states(net, w);
    for (int k = 0; k < net->n_populations; k++) {
        const population *p = &net->populations[k];
        for (int l = 0; l < p->n_trainable; l++)
            w->slice[k].trainable_gradient[l] = into->value[p->trainable + l];
        w->slice[k].uniform = p->uniform;
    }
}

/* The rows after the chunk are the first that were in hand before: they go where the delays look for them. */
static void open_window(const network *net, worker *w, int from, int to)
{
    const size_t kept = (size_t)net->max_delay * (size_t)net->n_columns * sizeof(real);
    memmove(w->adjoint + (size_t)(to - from) * (size_t)net->n_columns, w->adjoint, kept);
    w->base = from;
}

/* The readouts of a chunk, and what their errors mean for the spikes. The first step that is left out (quiet.h) is taken all the
 * same: its adjoint is what the steps before share. */
LSNN_INLINE void step_outputs_back(const network *net, worker *w, const tape *tp, const lsnn_paths *paths, int from,
                                   int to, gradients *into)
{
    const int last = tp->collapsed ? tp->n_steps : at_least_0(tp->readout_from - 1);
    if (to > last) step_readouts_back(net, w, tp, paths, from > last ? from : last, to);
    if (tp->readout_from > 0 && !tp->collapsed && from <= last && last < to) quiet_return(net, w, tp, into);
    for (int t = to - 1; t >= from; t--) {
        if (t < tp->early)
            rows_sum_scaled(worker_row(net, w, w->signal, t), w->rate_signal, w->early_signal, net->spiking_columns,
                            w->coefficient[t]);
        else
            gather_signal(net, w, paths, t);
    }
}

/* e-prop takes the steps of a chunk at once; with recurrent paths each step waits for the one after. */
LSNN_INLINE void step_neurons_back(const network *net, worker *w, const tape *tp, const lsnn_paths *paths, int from,
                                   int to, int limit)
{
    const int stride = paths->recurrent ? 1 : to - from;
    for (int t = to - stride; t >= from; t -= stride) {
        if (paths->recurrent) pull(net, w, tp, paths, (pull_span){from, to, limit}, t);
        for (int k = 0; k < net->n_spiking_populations; k++)
            step_back(net, k, w, tp, paths, t, t + stride);
    }
}

/* The tape's columns are to hold step t. Both passes have windows, and the worker one base for them. */
static void hold(const network *net, worker *w, tape *tp, int t)
{
    const int base = w->base;
    if (t >= tp->held && t < tp->held + tp->segment) return;
    forward_again(net, w, tp, t / tp->segment * tp->segment);
    w->base = base;
}

/* A stretch of a truncated gradient: steps from .. to-1. */
LSNN_INLINE void backward_stretch(const network *net, worker *w, tape *tp, const lsnn_paths *paths, int from, int to,
                                  gradients *into, worker_observer *observe, void *with)
{
    for (int end = to, start; end > from; end = start) {
        start = (end - 1) / w->chunk * w->chunk; /* as in the forward pass: a chunk lies in one segment of the tape */
        if (start < from) start = from;
        hold(net, w, tp, start);
        open_window(net, w, start, end);
        step_outputs_back(net, w, tp, paths, start, end, into);
        step_neurons_back(net, w, tp, paths, start, end, to);
        collect(net, w, tp, start, end, into);
        for (int t = end - 1; observe && t >= start; t--)
            observe(with, net, w, tp, t);
    }
}

LSNN_KERNEL void backward(const network *net, worker *w, tape *tp, const lsnn_paths *paths, gradients *into,
                          worker_observer *observe, void *with)
{
    const int stretch = paths->truncate > 0 ? paths->truncate : tp->n_steps;
    backward_clear(net, w, into);
    for (int from = (tp->n_steps - 1) / stretch * stretch; from >= 0; from -= stretch) {
        const int to = tp->n_steps - from < stretch ? tp->n_steps : from + stretch;
        if (to < tp->n_steps) cut_after(net, w, tp, paths, to - 1);
        backward_stretch(net, w, tp, paths, from, to, into, observe, with);
    }
    end(net, w, tp, paths);
}
