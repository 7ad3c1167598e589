/* Memory of workers. */
#include "worker.h"
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

#define FLUSH_TO_ZERO 0x8000u
#define DENORMALS_ARE_ZERO 0x0040u
#define WORKER_CHUNK 32 /* long ones cost cache, short ones calls */

void worker_enter_thread(void)
{
#if defined(__SSE__)
    _mm_setcsr(_mm_getcsr() | FLUSH_TO_ZERO | DENORMALS_ARE_ZERO);
#endif
}

static lsnn_status take_columns(real *column[], int n, int width, arena *a, lsnn_error *err)
{
    for (int k = 0; k < n; k++)
        TRY(arena_take(a, &column[k], (size_t)width, sizeof(real), err));
    return LSNN_OK;
}

/* At least the longest delay: rows kept for the next chunk are moved by one copy. */
int worker_chunk(const network *net)
{
    return WORKER_CHUNK > net->max_delay ? WORKER_CHUNK : net->max_delay;
}

/* Of one source or all neurons. */
static int most_cells(const network *net)
{
    int most = net->n_spiking;
    for (int s = 0; s < net->n_sources; s++)
        if (net->sources[s].n > most) most = net->sources[s].n;
    return most;
}

lsnn_status worker_new(worker **out, const network *net, arena *a, const lsnn_shape *shape, lsnn_error *err)
{
    worker *w;
    const size_t n = (size_t)net->n_columns, T = (size_t)trial_longest(shape);
    const size_t n_output_columns = n - (size_t)net->spiking_columns;
    TRY(arena_take(a, &w, 1, sizeof *w, err));
    w->chunk = worker_chunk(net);
    const size_t window = (size_t)(w->chunk + net->max_delay) * n;
    TRY(arena_take(a, &w->current, window, sizeof(real), err));
    TRY(arena_take(a, &w->signal, window, sizeof(real), err));
    TRY(arena_take(a, &w->adjoint, window, sizeof(real), err));
    TRY(arena_take(a, &w->output, n, sizeof(real), err));
    TRY(arena_take(a, &w->rate_signal, n, sizeof(real), err));
    TRY(arena_take(a, &w->active, n + LSNN_LANES, sizeof *w->active, err));
    TRY(arena_take(a, &w->active_column, n + LSNN_LANES, sizeof *w->active_column, err));
    TRY(arena_take(a, &w->active_end, (size_t)net->n_populations, sizeof *w->active_end, err));
    TRY(arena_take(a, &w->active_steps, n, sizeof *w->active_steps, err));
    const size_t most = (size_t)most_cells(net);
    TRY(arena_take(a, &w->chain_first, most, sizeof *w->chain_first, err));
    TRY(arena_take(a, &w->chained, most, sizeof *w->chained, err));
    TRY(arena_take(a, &w->chain_next, most * (size_t)w->chunk + 1, sizeof *w->chain_next, err));
    TRY(arena_take(a, &w->pooled_weight, T, sizeof(real), err));
    TRY(arena_take(a, &w->coefficient, T, sizeof(real), err));
    TRY(arena_take(a, &w->pooled_spikes, (size_t)net->n_spiking, sizeof(real), err));
    TRY(arena_take(a, &w->impulse, T, sizeof(real), err));
    TRY(arena_take(a, &w->early_signal, (size_t)net->spiking_columns, sizeof(real), err));
    for (int l = 0; l < LSNN_MAX_TRAINABLE; l++)
        TRY(arena_take(a, &w->pooled_trainable[l], n_output_columns, sizeof(real), err));
    TRY(arena_take(a, &w->slice, (size_t)net->n_populations, sizeof *w->slice, err));
    for (int k = 0; k < net->n_populations; k++) {
        const population *p = &net->populations[k];
        lsnn_slice *slice = &w->slice[k];
        slice->n = p->width;
        for (int c = 0; c < LSNN_MAX_CONSTANTS; c++)
            slice->constant[c] = p->constant[c];
        TRY(take_columns(slice->state, p->n_states, p->width, a, err));
        TRY(take_columns(slice->adjoint, p->n_adjoints, p->width, a, err));
        for (int l = 0; l < p->n_trainable; l++)
            slice->trainable[l] = net->parameters[p->trainable + l].value;
    }
    *out = w;
    return LSNN_OK;
}
