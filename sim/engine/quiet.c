/* Readouts before the first judged step. */
#include "quiet.h"
#include "pooled.h"
#include "rows.h"
#include <string.h>

bool quiet_possible(const network *net, const loss_settings *loss)
{
    if (loss->pool || !pooled_readout(net)) return false;
    const population *readout = &net->populations[net->n_spiking_populations];
    for (int l = 0; l < readout->n_trainable; l++) {
        const parameter *p = &net->parameters[readout->trainable + l];
        for (size_t k = 0; k < p->n; k++)
            if (p->learn || p->value[k] != 0) return false;
    }
    return readout->n_states == 1 && readout->n_adjoints == 1;
}

int quiet_until(const lsnn_trial *trial)
{
    int t = 0;
    while (t < trial->n_steps && trial->weight[t] == 0)
        t++;
    return t;
}

void quiet_prepare(const network *net, worker *w, int n_steps)
{
    const int k = net->n_spiking_populations;
    const population *p = &net->populations[k];
    lsnn_slice *slice = &w->slice[k];
    real *signal = w->signal + p->column, *adjoint = w->adjoint + p->column;
    const lsnn_span span = {.n_steps = 1, .signal = signal, .current_adjoint = adjoint};
    for (int l = 0; l < p->n_trainable; l++)
        slice->trainable_gradient[l] = w->pooled_trainable[l];
    for (int n = 0; n < n_steps; n++) {
        for (int j = 0; j < p->width; j++)
            signal[j] = n == 0;
        p->model->backward(slice, p->parameters, &span);
        w->impulse[n] = adjoint[0];
    }
}

/* coefficient[t] for a spike of step t that arrives before readout_from, and their sums per neuron. */
static void sum_spikes(const network *net, worker *w, const tape *tp)
{
    const int last = tp->readout_from - 1 - pooled_readout(net)->delay[0];
    memset(w->pooled_spikes, 0, (size_t)net->n_spiking * sizeof(real));
    for (int t = 0; t <= last; t++)
        w->coefficient[t] = w->impulse[last - t];
    for (uint32_t s = 0; last >= 0 && s < tp->spike_start[last + 1]; s++)
        w->pooled_spikes[tp->spike[s]] += w->coefficient[tp->spike_step[s]];
}

void quiet_respond(const network *net, worker *w, const tape *tp)
{
    const projection *p = pooled_readout(net);
    const real *weight = net->parameters[p->parameter].value;
    real *y = w->slice[net->n_spiking_populations].state[0];
    sum_spikes(net, w, tp);
    rows_clear(y, p->width);
    for (int i = 0; i < p->n_from; i++)
        rows_add_scaled(y, weight + (size_t)i * (size_t)p->width, p->width, w->pooled_spikes[p->from + i]);
}

void quiet_return(const network *net, worker *w, const tape *tp, gradients *into)
{
    const projection *p = pooled_readout(net);
    const real *q = worker_row(net, w, w->adjoint, tp->readout_from - 1) + p->column;
    real *gradient = into->value[p->parameter];
    real share[p->width]; /* of what one current contributes: q is its adjoint at impulse[0] */
    sum_spikes(net, w, tp);
    for (int k = 0; k < p->width; k++)
        share[k] = w->impulse[0] != 0 ? q[k] / w->impulse[0] : 0;
    for (int i = 0; i < p->n_from && net->parameters[p->parameter].learn; i++)
        rows_add_scaled(gradient + (size_t)i * (size_t)p->width, share, p->width, w->pooled_spikes[p->from + i]);
    rows_clear(w->early_signal, net->spiking_columns);
    for (int k = 0; k < net->n_outputs && k < p->width; k++)
        rows_add_scaled(w->early_signal, p->feedback_by_output + (size_t)k * (size_t)net->spiking_columns,
                        net->spiking_columns, share[k]);
}
