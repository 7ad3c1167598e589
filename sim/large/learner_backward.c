/* The backward pass of a trial: the readouts' errors first, then each slice on its own. */
#include "learner_inside.h"
#include "rows.h"
#include <omp.h>
#include <string.h>

/* ---- readouts --------------------------------------------------------------------------------------------------------- */

/* tape.output (dE/dy) becomes l->readout (dE/dI of the readouts). */
static void return_errors(const learner *l, const tape *tp)
{
    const size_t stride = learner_output_columns(l);
    memset(l->readout + (size_t)tp->n_steps * stride, 0, (size_t)l->net->max_delay * stride * sizeof *l->readout);
    for (int k = l->net->n_spiking_populations; k < l->net->n_populations; k++) {
        const population *p = &l->net->populations[k];
        const int column = p->column - l->net->spiking_columns;
        const lsnn_span span = {.n_steps = tp->n_steps,
                                .stride = (int)stride,
                                .signal = tp->output + column,
                                .current_adjoint = l->readout + column};
        p->model->backward(&l->w->slice[k], p->parameters, &span);
    }
}

/* ---- one slice, one chunk --------------------------------------------------------------------------------------------- */

/* signal[j] = base[j] + sum_k F[j,k] q_k[t + delay] */
void learner_gather_signal(const learner *l, const population *pop, const circuit_part *part, int t, const real *base,
                           real *signal)
{
    const real *sum = base;
    for (int i = 0; i < l->net->n_projections; i++) {
        const projection *p = &l->net->projections[i];
        const real *q = learner_errors(l, p, t);
        for (int k = 0; network_hears(p, pop) && k < l->net->n_outputs; k++) {
            if (q[k] == 0) continue;
            rows_sum_scaled(signal, sum,
                            p->feedback_by_output + (size_t)k * (size_t)l->net->spiking_columns + pop->column +
                                part->first,
                            part->width, q[k]);
            sum = signal;
        }
    }
    if (sum == base) rows_copy(signal, base, part->width);
}

void learner_point(const learner *l, int s, int k, int t)
{
    const population *p = &l->net->populations[k];
    learner_slice *own = &l->slice[s];
    for (int c = 0; c < p->n_tapes; c++)
        own->view[k].tape[p->tape[c]] = own->tape[k * LSNN_MAX_TAPES + p->tape[c]] +
                                        (size_t)(t % l->tape_steps) * (size_t)l->c->slice[s].part[k].width;
}

LSNN_KERNEL static void step_back(const learner *l, int s, int from, int to)
{
    const circuit_slice *slice = &l->c->slice[s];
    learner_slice *own = &l->slice[s];
    for (int k = 0; k < l->net->n_spiking_populations; k++) {
        const population *p = &l->net->populations[k];
        const circuit_part *part = &slice->part[k];
        const lsnn_span span = {.n_steps = to - from,
                                .stride = slice->n_columns,
                                .signal = own->signal + part->column,
                                .current_adjoint = own->adjoint + part->column};
        if (part->n == 0) continue;
        for (int t = from; t < to; t++)
            learner_gather_signal(l, p, part, t, l->w->rate_signal + p->column + part->first,
                                  own->signal + (size_t)(t - from) * (size_t)slice->n_columns + part->column);
        learner_point(l, s, k, from);
        p->model->backward(&own->view[k], p->parameters, &span);
    }
}

/* `adjoint` is the row of the step at which cell i spiked (or had a value, `factor`). */
LSNN_INLINE void collect_row(const learner *l, int s, int number, uint32_t i, const real *restrict adjoint, real factor)
{
    const circuit_projection *p = &l->c->projection[number];
    const circuit_rows *rows = &l->c->slice[s].rows[number];
    const uint32_t begin = rows->start[i], end = rows->start[i + 1];
    const size_t n_columns = (size_t)l->c->slice[s].n_columns;
    const uint16_t *restrict target = rows->target;
    real *restrict gradient = l->slice[s].weights[number].gradient;
    if (rows->step) {
        for (uint32_t k = begin; k < end; k++)
            gradient[k] += factor * adjoint[rows->step[k] * n_columns + target[k]];
        return;
    }
    adjoint += (size_t)p->first_step * n_columns;
#pragma omp simd
    for (uint32_t k = begin; k < end; k++)
        gradient[k] += factor * adjoint[target[k]];
}

LSNN_KERNEL static void collect_input(const learner *l, int s, int number, const tape *tp, int from, int to)
{
    const circuit_projection *p = &l->c->projection[number];
    const size_t n_columns = (size_t)l->c->slice[s].n_columns;
    const real *row = l->slice[s].adjoint;
    const lsnn_trial *input = tp->input[p->source];
    const lsnn_events *events = input->events;
    for (uint32_t e = events->start[from]; e < events->start[to]; e++)
        for (uint32_t i = events->run[e].first; i < events->run[e].last; i++)
            collect_row(l, s, number, i, row + (size_t)((int)events->step[e] - from) * n_columns, 1);
    for (int t = from; l->net->sources[p->source].analog && t < to; t++)
        for (int i = 0; i < p->n_from; i++) {
            const real x = input->analog[(size_t)t * (size_t)p->n_from + (size_t)i];
            if (x != 0) collect_row(l, s, number, (uint32_t)i, row + (size_t)(t - from) * n_columns, x);
        }
}

LSNN_KERNEL static void collect_spikes(const learner *l, int s, int number, const tape *tp, int from, int to)
{
    const circuit_projection *p = &l->c->projection[number];
    const size_t n_columns = (size_t)l->c->slice[s].n_columns;
    for (uint32_t e = tp->spike_start[from]; e < tp->spike_start[to]; e++) {
        const size_t i = (size_t)tp->spike[e] - (size_t)p->from;
        if (i >= (size_t)p->n_from) continue;
        collect_row(l, s, number, (uint32_t)i,
                    l->slice[s].adjoint + (size_t)((int)tp->spike_step[e] - from) * n_columns, 1);
    }
}

/* The weights to readouts of the slice's own neurons. */
static void collect_readouts(const learner *l, int s, int from, int to, gradients *into)
{
    for (int i = 0; i < l->net->n_projections; i++) {
        const projection *p = &l->net->projections[i];
        if (!l->net->parameters[p->parameter].learn) continue;
        for (int t = from; t < to; t++)
            for (int k = p->from_population; k < p->from_population + p->n_from_populations; k++) {
                int n;
                const uint32_t *who = learner_spikes(l, s, k, t, &n);
                for (int a = 0; a < n; a++)
                    rows_add(into->value[p->parameter] + (size_t)((int)who[a] - p->from) * (size_t)p->width,
                             learner_errors(l, p, t), p->width);
            }
    }
}

/* The rows after the chunk are the first that were in hand before: they go where the delays look for them. */
static void open_window(const learner *l, int s, int n_steps)
{
    const size_t n_columns = (size_t)l->c->slice[s].n_columns;
    real *adjoint = l->slice[s].adjoint;
    memmove(adjoint + (size_t)n_steps * n_columns, adjoint, (size_t)l->c->last_step * n_columns * sizeof *adjoint);
}

void learner_point_gradients(const learner *l, int s, gradients *into)
{
    learner_slice *own = &l->slice[s];
    for (int k = 0; k < l->net->n_spiking_populations; k++) {
        const population *p = &l->net->populations[k];
        for (int c = 0; c < p->n_trainable; c++)
            own->view[k].trainable_gradient[c] = into->value[p->trainable + c] + l->c->slice[s].part[k].first;
    }
}

static void slice_backward(const learner *l, int s, const tape *tp, gradients *into)
{
    learner_point_gradients(l, s, into);
    memset(l->slice[s].adjoint, 0,
           (size_t)(l->n_rows + l->c->last_step) * (size_t)l->c->slice[s].n_columns * sizeof *l->slice[s].adjoint);
    for (int to = tp->n_steps, from; to > 0; to = from) {
        from = (to - 1) / LEARNER_CHUNK * LEARNER_CHUNK;
        open_window(l, s, to - from);
        step_back(l, s, from, to);
        for (int k = 0; k < l->c->n_projections; k++) {
            if (!l->slice[s].weights[k].learned.learn) continue;
            (l->c->projection[k].source >= 0 ? collect_input : collect_spikes)(l, s, k, tp, from, to);
        }
        collect_readouts(l, s, from, to, into);
    }
}

void learner_backward(void *with, tape *tp, gradients *into)
{
    learner *l = with;
    backward_clear(l->net, l->w, into);
    return_errors(l, tp);
#pragma omp parallel for num_threads(l->n_threads) schedule(static, 1)
    for (int s = 0; s < l->c->n_slices; s++) {
        worker_enter_thread();
        slice_backward(l, s, tp, into);
    }
    for (int k = 0; k < l->net->n_populations; k++)
        if (l->net->populations[k].model->end)
            l->net->populations[k].model->end(&l->w->slice[k], l->net->populations[k].parameters);
}
