/* Tapes. */
#include "worker.h"

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
    for (int p = 0; p < net->n_populations; p++) {
        const population *pop = &net->populations[p];
        for (int k = 0; k < pop->n_tapes; k++)
            TRY(arena_take(a, &tp->column[p * LSNN_MAX_TAPES + pop->tape[k]], T * (size_t)pop->width, sizeof(real),
                           err));
    }
    TRY(arena_take(a, &tp->spike_start, T + 1, sizeof *tp->spike_start, err));
    TRY(arena_take(a, &tp->spike, T * (size_t)net->n_spiking + LSNN_LANES, sizeof *tp->spike, err));
    TRY(arena_take(a, &tp->spike_step, T * (size_t)net->n_spiking + LSNN_LANES, sizeof *tp->spike_step, err));
    TRY(arena_take(a, &tp->count, (size_t)net->n_spiking, sizeof *tp->count, err));
    TRY(arena_take(a, &tp->output, T * (size_t)(net->n_columns - net->spiking_columns), sizeof(real), err));
    TRY(arena_take(a, &tp->pooled, (size_t)(net->n_columns - net->spiking_columns), sizeof(real), err));
    *out = tp;
    return LSNN_OK;
}
