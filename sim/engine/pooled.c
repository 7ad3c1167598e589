/* Pooled losses without the steps of the readout. */
#include "pooled.h"
#include "rows.h"
#include <string.h>

static bool alike(const population *p)
{
    for (int c = 0; p->model->constants[c]; c++)
        if (!(p->uniform & 1u << c)) return false;
    return true;
}

const projection *pooled_readout(const network *net)
{
    const projection *found = NULL;
    int n = 0;
    for (int i = 0; i < net->n_projections; i++)
        if (net->projections[i].to_output) {
            found = &net->projections[i];
            n++;
        }
    if (n != 1 || net->n_populations != net->n_spiking_populations + 1 || net->n_hidden > 0) return NULL;
    const population *readout = &net->populations[net->n_spiking_populations];
    return readout->model->linear && alike(readout) ? found : NULL;
}

/* The readout's own adjoint, run backward over the weights of the steps, gives c[t] and what the trainables contribute. */
static void find_coefficients(const network *net, worker *w, const lsnn_trial *trial, int n_steps)
{
    const int k = net->n_spiking_populations, delay = pooled_readout(net)->delay[0];
    const population *p = &net->populations[k];
    lsnn_slice *slice = &w->slice[k];
    real *signal = w->signal + p->column, *adjoint = w->adjoint + p->column;
    const lsnn_span span = {.n_steps = 1, .signal = signal, .current_adjoint = adjoint};
    double total = 0;
    if (w->coefficients_known == n_steps &&
        memcmp(w->pooled_weight, trial->weight, (size_t)n_steps * sizeof(real)) == 0)
        return;
    for (int t = 0; t < n_steps; t++)
        total += trial->weight[t];
    for (int s = 0; s < p->n_adjoints; s++)
        rows_clear(slice->adjoint[s], p->width);
    for (int l = 0; l < p->n_trainable; l++) {
        rows_clear(w->pooled_trainable[l], p->width);
        slice->trainable_gradient[l] = w->pooled_trainable[l];
    }
    for (int t = n_steps - 1; t >= 0; t--) {
        for (int j = 0; j < p->width; j++)
            signal[j] = (real)(total > 0 ? trial->weight[t] / total : 0);
        p->model->backward(slice, p->parameters, &span);
        if (t >= delay) w->coefficient[t - delay] = adjoint[0];
        if (t >= n_steps - delay) w->coefficient[t] = 0;
    }
    memcpy(w->pooled_weight, trial->weight, (size_t)n_steps * sizeof(real));
    w->coefficients_known = n_steps;
}

static void sum_spikes(worker *w, const tape *tp, int n_spiking)
{
    memset(w->pooled_spikes, 0, (size_t)n_spiking * sizeof(real));
    for (int t = 0; t < tp->n_steps; t++)
        for (uint32_t s = tp->spike_start[t]; s < tp->spike_start[t + 1]; s++)
            w->pooled_spikes[tp->spike[s]] += w->coefficient[t];
}

void pooled_respond(const network *net, worker *w, tape *tp)
{
    const projection *p = pooled_readout(net);
    const population *readout = &net->populations[net->n_spiking_populations];
    const real *weight = net->parameters[p->parameter].value;
    find_coefficients(net, w, tp->trial, tp->n_steps);
    sum_spikes(w, tp, net->n_spiking);
    rows_clear(tp->pooled, p->width);
    for (int i = 0; i < p->n_from; i++)
        rows_add_scaled(tp->pooled, weight + (size_t)i * (size_t)p->width, p->width, w->pooled_spikes[p->from + i]);
    for (int l = 0; l < readout->n_trainable; l++)
        for (int k = 0; k < p->width; k++)
            tp->pooled[k] += w->pooled_trainable[l][k] * net->parameters[readout->trainable + l].value[k];
    memset(tp->pooled + readout->n, 0, (size_t)(readout->width - readout->n) * sizeof(real));
}

void pooled_return(const network *net, worker *w, const tape *tp, gradients *into)
{
    const projection *p = pooled_readout(net);
    const population *readout = &net->populations[net->n_spiking_populations];
    real *gradient = into->value[p->parameter];
    /* The tape may come from another worker (a loss that waits for its batch). */
    find_coefficients(net, w, tp->trial, tp->n_steps);
    sum_spikes(w, tp, net->n_spiking);
    for (int i = 0; i < p->n_from; i++)
        rows_add_scaled(gradient + (size_t)i * (size_t)p->width, tp->pooled, p->width, w->pooled_spikes[p->from + i]);
    for (int l = 0; l < readout->n_trainable; l++)
        for (int k = 0; k < p->width; k++)
            into->value[readout->trainable + l][k] += w->pooled_trainable[l][k] * tp->pooled[k];
    rows_clear(w->early_signal, net->spiking_columns);
    for (int k = 0; k < net->n_outputs; k++)
        rows_add_scaled(w->early_signal, p->feedback_by_output + (size_t)k * (size_t)net->spiking_columns,
                        net->spiking_columns, tp->pooled[k]);
}
