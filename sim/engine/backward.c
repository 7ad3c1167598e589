/* The backward pass of one trial: the readouts' errors become signals to the neurons, the models' local adjoints run backward in
 * time, and each spike adds the adjoints of its targets' currents to its row of the gradient. */
#include "rows.h"
#include "worker.h"
#include <string.h>

LSNN_INLINE void collect_run(const projection *p, real *gradient, const event_run run, const real *adjoint)
{
    if (p->sums) {
        rows_collect_difference(gradient + run.first * (size_t)p->width, gradient + run.last * (size_t)p->width,
                                adjoint, p->width);
        return;
    }
    for (uint32_t i = run.first; i < run.last; i++)
        rows_add(gradient + i * (size_t)p->width, adjoint, p->width);
}

LSNN_INLINE void collect_segment(const projection *p, real *gradient, size_t i, int d, real factor, const real *adjoint)
{
    const size_t first = p->segment[i * (size_t)p->n_delays + (size_t)d];
    const size_t last = p->segment[i * (size_t)p->n_delays + (size_t)d + 1];
    for (size_t k = first; k < last; k++)
        gradient[k] += factor * adjoint[p->target[k]];
}

LSNN_INLINE void collect_values(const projection *p, real *gradient, const lsnn_trial *input, int s, int d,
                                const real *adjoint)
{
    const real *x = input->analog + (size_t)s * (size_t)p->n_from;
    for (int i = 0; i < p->n_from; i++) {
        if (x[i] == 0) continue;
        if (p->dense)
            rows_add_scaled(gradient + (size_t)i * (size_t)p->width, adjoint, p->width, x[i]);
        else
            collect_segment(p, gradient, (size_t)i, d, x[i], adjoint);
    }
}

LSNN_INLINE void collect_input(const network *net, const projection *p, const tape *tp, int t, real *gradient,
                               const real *adjoint)
{
    const lsnn_trial *input = tp->input[p->source];
    for (int d = 0; d < p->n_delays; d++) {
        const int s = t - p->delay[d];
        if (s < 0) return;
        if (net->sources[p->source].analog) {
            collect_values(p, gradient, input, s, d, adjoint);
            continue;
        }
        for (uint32_t e = input->events->start[s]; e < input->events->start[s + 1]; e++) {
            const event_run run = input->events->run[e];
            if (p->dense)
                collect_run(p, gradient, run, adjoint);
            else
                for (uint32_t i = run.first; i < run.last; i++)
                    collect_segment(p, gradient, i, d, 1, adjoint);
        }
    }
}

LSNN_INLINE void collect_spikes(const projection *p, const tape *tp, int t, real *gradient, const real *adjoint)
{
    for (int d = 0; d < p->n_delays; d++) {
        const int s = t - p->delay[d];
        if (s < 0) return;
        int n;
        const uint32_t *id = tape_heard(tp, p, s, &n);
        for (int k = 0; k < n; k++) {
            const size_t i = id[k] - (size_t)p->from;
            if (p->dense)
                rows_add(gradient + i * (size_t)p->width, adjoint, p->width);
            else
                collect_segment(p, gradient, i, d, 1, adjoint);
        }
    }
}

LSNN_INLINE void collect(const network *net, const worker *w, const tape *tp, int t, bool to_output, gradients *into)
{
    for (int i = 0; i < net->n_projections; i++) {
        const projection *p = &net->projections[i];
        if (p->to_output != to_output || !net->parameters[p->parameter].learn) continue;
        real *gradient = into->value[p->parameter];
        if (p->source >= 0)
            collect_input(net, p, tp, t, gradient, w->adjoint + p->column);
        else
            collect_spikes(p, tp, t, gradient, w->adjoint + p->column);
    }
}

LSNN_INLINE void step_back(const network *net, int k, worker *w, const tape *tp, int t, gradients *into)
{
    const population *p = &net->populations[k];
    lsnn_slice *slice = &w->slice[k];
    for (int c = 0; c < p->n_tapes; c++)
        slice->tape[c] = tp->column[k * LSNN_MAX_TAPES + c] + (size_t)t * (size_t)p->width;
    for (int l = 0; l < p->n_trainable; l++)
        slice->trainable_gradient[l] = into->value[p->trainable + l];
    p->model->backward(slice, p->parameters, w->signal + p->column, w->adjoint + p->column);
}

/* signal[j] = rate_signal[j] + sum_k F[j,k] q_k[t + delay]: what the readouts' currents mean for the spikes of step t. */
LSNN_INLINE void gather_signal(const network *net, worker *w, int t)
{
    const size_t n_output_columns = (size_t)(net->n_columns - net->spiking_columns);
    const real *sum = w->rate_signal; /* the first term is added to it, the others to the sum so far */
    for (int i = 0; i < net->n_projections; i++) {
        const projection *p = &net->projections[i];
        if (!p->to_output) continue;
        const real *q = w->output_adjoints + (size_t)((t + p->delay[0]) & w->ring_mask) * n_output_columns + p->column -
                        net->spiking_columns;
        for (int k = 0; k < net->n_outputs; k++) {
            if (q[k] == 0) continue;
            rows_sum_scaled(w->signal, sum, p->feedback_by_output + (size_t)k * (size_t)net->spiking_columns,
                            net->spiking_columns, q[k]);
            sum = w->signal;
        }
    }
    if (sum == w->rate_signal) rows_copy(w->signal, sum, net->spiking_columns);
}

static void clear_adjoints(const network *net, worker *w)
{
    const size_t n_output_columns = (size_t)(net->n_columns - net->spiking_columns);
    memset(w->output_adjoints, 0, (size_t)(w->ring_mask + 1) * n_output_columns * sizeof(real));
    for (int k = 0; k < net->n_populations; k++)
        for (int s = 0; s < net->populations[k].n_adjoints; s++)
            memset(w->slice[k].adjoint[s], 0, (size_t)net->populations[k].width * sizeof(real));
}

LSNN_INLINE void step_readouts_back(const network *net, worker *w, const tape *tp, int t, gradients *into)
{
    const int n_output_columns = net->n_columns - net->spiking_columns;
    const size_t row = (size_t)(t & w->ring_mask) * (size_t)n_output_columns;
    rows_copy(w->signal + net->spiking_columns, tp->output + (size_t)t * (size_t)n_output_columns, n_output_columns);
    for (int k = net->n_spiking_populations; k < net->n_populations; k++)
        step_back(net, k, w, tp, t, into);
    rows_copy(w->output_adjoints + row, w->adjoint + net->spiking_columns, n_output_columns);
    collect(net, w, tp, t, true, into);
}

LSNN_KERNEL void backward(const network *net, worker *w, const tape *tp, gradients *into, worker_observer *observe,
                          void *with)
{
    clear_adjoints(net, w);
    for (int t = tp->n_steps - 1; t >= 0; t--) {
        if (tp->collapsed) {
            rows_sum_scaled(w->signal, w->rate_signal, w->pooled_signal, net->spiking_columns, w->coefficient[t]);
        } else {
            step_readouts_back(net, w, tp, t, into);
            gather_signal(net, w, t);
        }
        for (int k = 0; k < net->n_spiking_populations; k++)
            step_back(net, k, w, tp, t, into);
        collect(net, w, tp, t, false, into);
        if (observe) observe(with, net, w, tp, t);
    }
}
