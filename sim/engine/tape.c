/* Tapes. */
#include "snapshot.h"
#include <math.h>

size_t tape_columns(const network *net)
{
    size_t n = 0;
    for (int k = 0; k < net->n_populations; k++)
        n += (size_t)net->populations[k].n_tapes * (size_t)net->populations[k].width;
    return n;
}

lsnn_status tape_segment(int *segment, const network *net, int n_steps, int n_tapes, double bytes, lsnn_error *err)
{
    const double step = (double)(tape_columns(net) * sizeof(real)) * n_tapes;
    const double snapshot = (double)(snapshot_length(net) * sizeof(real)) * n_tapes;
    const int chunk = worker_chunk(net);
    *segment = n_steps;
    if (bytes == 0 || step * n_steps <= bytes) return LSNN_OK;
    /* s steps and T / s snapshots are least at s = sqrt(T snapshot / step) */
    const double best = ceil(sqrt(n_steps * snapshot / step) / chunk) * chunk;
    if (best < n_steps) *segment = (int)best;
    const double need = step * *segment + snapshot * ceil((double)n_steps / *segment);
    if (need <= bytes) return LSNN_OK;
    return lsnn_fail(err, LSNN_CONFIG, "learning.tape_memory: the tapes take at least %.3g MB, more than %.3g MB",
                     need / 1e6, bytes / 1e6);
}

lsnn_status tape_new(tape **out, const network *net, arena *a, const lsnn_shape *shape, int segment, lsnn_error *err)
{
    tape *tp;
    const size_t T = (size_t)trial_longest(shape), n_populations = (size_t)net->n_populations;
    TRY(arena_take(a, &tp, 1, sizeof *tp, err));
    tp->n_steps = shape->n_steps;
    tp->segment = segment;
    if (segment > 0 && (size_t)segment < T) {
        const size_t n = (T + (size_t)segment - 1) / (size_t)segment;
        TRY(arena_take(a, &tp->snapshots, n * snapshot_length(net), sizeof(real), err));
    }
    TRY(trial_new(&tp->trial, a, shape, err));
    TRY(arena_take(a, &tp->input, (size_t)net->n_sources, sizeof *tp->input, err));
    for (int s = 0; s < net->n_sources; s++) {
        const source *from = &net->sources[s];
        const lsnn_shape own = {.n_in = from->n,
                                .n_out = 1,
                                .n_steps = shape->n_steps,
                                .n_steps_test = shape->n_steps_test,
                                .analog = from->analog};
        tp->input[s] = from->kind == SOURCE_DEMONSTRATION ? tp->trial->demonstration : tp->trial;
        if (from->kind != SOURCE_TASK && from->kind != SOURCE_DEMONSTRATION)
            TRY(trial_new(&tp->input[s], a, &own, err));
    }
    TRY(arena_take(a, &tp->column, n_populations * LSNN_MAX_TAPES, sizeof *tp->column, err));
    for (int p = 0; p < net->n_populations; p++) {
        const population *pop = &net->populations[p];
        for (int k = 0; k < pop->n_tapes; k++)
            TRY(arena_take(a, &tp->column[p * LSNN_MAX_TAPES + pop->tape[k]], (size_t)segment * (size_t)pop->width,
                           sizeof(real), err));
    }
    TRY(arena_take(a, &tp->spike_start, T + 1, sizeof *tp->spike_start, err));
    TRY(arena_take(a, &tp->spike, T * (size_t)net->n_spiking + LSNN_LANES, sizeof *tp->spike, err));
    TRY(arena_take(a, &tp->spike_step, T * (size_t)net->n_spiking + LSNN_LANES, sizeof *tp->spike_step, err));
    TRY(arena_take(a, &tp->count, (size_t)net->n_spiking, sizeof *tp->count, err));
    TRY(arena_take(a, &tp->output, T * (size_t)(net->n_columns - net->spiking_columns), sizeof(real), err));
    TRY(arena_take(a, &tp->pooled, (size_t)(net->n_columns - net->spiking_columns), sizeof(real), err));
    TRY(arena_take(a, &tp->question_error, (size_t)shape->n_questions, sizeof *tp->question_error, err));
    const size_t n_decisions = shape->n_questions > 0 ? (size_t)shape->n_questions : 1;
    TRY(arena_take(a, &tp->decision, n_decisions, sizeof *tp->decision, err));
    TRY(arena_take(a, &tp->decided, n_decisions * ((size_t)shape->n_out + 1), sizeof *tp->decided, err));
    *out = tp;
    return LSNN_OK;
}
