/* Memory of workers, tapes and gradients. */
#include "worker.h"
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

#define FLUSH_TO_ZERO 0x8000u
#define DENORMALS_ARE_ZERO 0x0040u

void worker_enter_thread(void)
{
#if defined(__SSE__)
    _mm_setcsr(_mm_getcsr() | FLUSH_TO_ZERO | DENORMALS_ARE_ZERO);
#endif
}

lsnn_status tape_new(tape **out, const network *net, arena *a, const lsnn_shape *shape, lsnn_error *err)
{
    tape *tp;
    const size_t T = (size_t)shape->n_steps, n_populations = (size_t)net->n_populations;
    TRY(arena_take(a, &tp, 1, sizeof *tp, err));
    tp->n_steps = shape->n_steps;
    TRY(trial_new(&tp->trial, a, shape, err));
    TRY(arena_take(a, &tp->input, (size_t)net->n_sources, sizeof *tp->input, err));
    for (int s = 0; s < net->n_sources; s++) {
        const source *from = &net->sources[s];
        const lsnn_shape own = {.n_in = from->n, .n_out = 1, .n_steps = shape->n_steps, .analog = from->analog};
        tp->input[s] = tp->trial;
        if (from->kind != SOURCE_TASK) TRY(trial_new(&tp->input[s], a, &own, err));
    }
    TRY(arena_take(a, &tp->column, n_populations * LSNN_MAX_TAPES, sizeof *tp->column, err));
    for (int p = 0; p < net->n_populations; p++)
        for (int k = 0; k < net->populations[p].n_tapes; k++)
            TRY(arena_take(a, &tp->column[p * LSNN_MAX_TAPES + k], T * (size_t)net->populations[p].width, sizeof(real),
                           err));
    TRY(arena_take(a, &tp->spike_start, T + 1, sizeof *tp->spike_start, err));
    TRY(arena_take(a, &tp->spike, T * (size_t)net->n_spiking + LSNN_LANES, sizeof *tp->spike, err));
    TRY(arena_take(a, &tp->count, (size_t)net->n_spiking, sizeof *tp->count, err));
    TRY(arena_take(a, &tp->output, T * (size_t)(net->n_columns - net->spiking_columns), sizeof(real), err));
    TRY(arena_take(a, &tp->pooled, (size_t)(net->n_columns - net->spiking_columns), sizeof(real), err));
    *out = tp;
    return LSNN_OK;
}

static lsnn_status take_columns(real *column[], int n, int width, arena *a, lsnn_error *err)
{
    for (int k = 0; k < n; k++) TRY(arena_take(a, &column[k], (size_t)width, sizeof(real), err));
    return LSNN_OK;
}

lsnn_status worker_new(worker **out, const network *net, arena *a, const lsnn_shape *shape, lsnn_error *err)
{
    worker *w;
    const size_t n = (size_t)net->n_columns, T = (size_t)shape->n_steps;
    const size_t n_output_columns = n - (size_t)net->spiking_columns;
    TRY(arena_take(a, &w, 1, sizeof *w, err));
    TRY(arena_take(a, &w->current, n, sizeof(real), err));
    TRY(arena_take(a, &w->output, n, sizeof(real), err));
    TRY(arena_take(a, &w->signal, n, sizeof(real), err));
    TRY(arena_take(a, &w->adjoint, n, sizeof(real), err));
    TRY(arena_take(a, &w->rate_signal, n, sizeof(real), err));
    TRY(arena_take(a, &w->output_adjoints,
                   (size_t)(net->max_delay + 1) * n_output_columns, sizeof(real), err));
    TRY(arena_take(a, &w->pooled_weight, T, sizeof(real), err));
    TRY(arena_take(a, &w->coefficient, T, sizeof(real), err));
    TRY(arena_take(a, &w->pooled_spikes, (size_t)net->n_spiking, sizeof(real), err));
    TRY(arena_take(a, &w->pooled_signal, (size_t)net->spiking_columns, sizeof(real), err));
    for (int l = 0; l < LSNN_MAX_TRAINABLE; l++)
        TRY(arena_take(a, &w->pooled_trainable[l], n_output_columns, sizeof(real), err));
    TRY(arena_take(a, &w->slice, (size_t)net->n_populations, sizeof *w->slice, err));
    for (int k = 0; k < net->n_populations; k++) {
        const population *p = &net->populations[k];
        lsnn_slice *slice = &w->slice[k];
        slice->n = p->width;
        for (int c = 0; c < LSNN_MAX_CONSTANTS; c++) slice->constant[c] = p->constant[c];
        TRY(take_columns(slice->state, p->n_states, p->width, a, err));
        TRY(take_columns(slice->adjoint, p->n_adjoints, p->width, a, err));
        for (int l = 0; l < p->n_trainable; l++) slice->trainable[l] = net->parameters[p->trainable + l].value;
    }
    *out = w;
    return LSNN_OK;
}

size_t gradients_length(const network *net, int which)
{
    for (int i = 0; i < net->n_projections; i++) {
        const projection *p = &net->projections[i];
        if (p->parameter == which && p->sums) return net->parameters[which].n + (size_t)p->width;
    }
    return net->parameters[which].n;
}

lsnn_status gradients_new(gradients **out, const network *net, arena *a, lsnn_error *err)
{
    gradients *g;
    TRY(arena_take(a, &g, 1, sizeof *g, err));
    TRY(arena_take(a, &g->value, (size_t)net->n_parameters, sizeof *g->value, err));
    for (int p = 0; p < net->n_parameters; p++)
        TRY(arena_take(a, &g->value[p], gradients_length(net, p), sizeof(real), err));
    *out = g;
    return LSNN_OK;
}
