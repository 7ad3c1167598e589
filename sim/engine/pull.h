/* The recurrent path of BPTT: what the spikes of step t do to other neurons, sum over a neuron's synapses of w dE/dI[target, t + delay],
 * is added to their signals. Only neurons that are active need it: spiking ones whose surrogate is not zero, and all hidden ones.
 *
 * Where the axons of a projection have delays of some steps, the adjoints that a neuron needs for as many steps are known together: a
 * stretch of 4, 8 or 16 steps is pulled at once, by a row of weights that is fetched once, and in ascending order of delay, so that one
 * neuron's adjoints are the next one's as well. */
#ifndef PULL_H
#define PULL_H

#include "rows.h"
#include "worker.h"

/* Where other paths are followed, what many readouts mean is pulled by the active neurons, too. */
#define MANY 64

LSNN_INLINE bool pulled(const projection *p, const lsnn_paths *paths)
{
    return p->to_output && paths->recurrent && p->n_to > MANY;
}

/* Whether the projection has no stretches (by_delay) but is followed. */
LSNN_INLINE bool pulled_in_steps(const projection *p, const lsnn_paths *paths)
{
    return p->source < 0 && !p->by_delay && (!p->to_output || pulled(p, paths));
}

/* The backward pass takes steps from .. to-1 in hand; beyond step limit-1 the gradient's way is cut. */
typedef struct pull_span {
    int from, to, limit;
} pull_span;

/* First of n steps that end with step t, within the span. */
LSNN_INLINE int stretch_from(pull_span span, int t, int n)
{
    return t - n + 1 > span.from ? t - n + 1 : span.from;
}

LSNN_KERNEL static void pull_dense(const projection *p, const real *weight, const real *adjoint, const uint32_t *id,
                                   const uint32_t *column, int n, real *signal)
{
    for (int a = 0; a < n; a += ROWS_AT_ONCE) {
        const real *row[ROWS_AT_ONCE];
        real sum[ROWS_AT_ONCE];
        const int left = n - a < ROWS_AT_ONCE ? n - a : ROWS_AT_ONCE;
        for (int r = 0; r < ROWS_AT_ONCE; r++) /* the last group is filled up with its last member */
            row[r] = weight + (size_t)((int)id[a + (r < left ? r : left - 1)] - p->from) * (size_t)p->width;
        rows_dots(sum, row, adjoint, p->width);
        for (int r = 0; r < left; r++)
            signal[column[a + r]] += sum[r];
    }
}

LSNN_INLINE void pull_sparse(const projection *p, const real *weight, const real *row, size_t beyond,
                             const uint32_t *id, const uint32_t *column, int n, real *signal)
{
    for (int a = 0; a < n; a++) {
        const size_t i = (size_t)((int)id[a] - p->from);
        real sum = 0;
        for (size_t k = p->row_start[i]; k < p->row_start[i + 1] && p->offset[k] < beyond; k++)
            sum += weight[k] * row[p->offset[k]];
        signal[column[a]] += sum;
    }
}

/* Writes the active neurons of a population, by id and by column, and returns how many. The padding is never active. */
LSNN_INLINE int find_active(const population *p, const real *psi, uint32_t *id, uint32_t *column)
{
    int n = 0;
    if (p->model->hidden) {
        for (; n < p->n; n++)
            id[n] = (uint32_t)(p->first + n);
    } else {
        n = rows_spikes(id, psi, p->width, (uint32_t)p->first);
        while (n > 0 && id[n - 1] >= (uint32_t)(p->first + p->n))
            n--;
    }
    for (int a = 0; a < n; a += LSNN_LANES)
        for (int l = a; l < a + LSNN_LANES; l++)
            column[l] = id[l] + (uint32_t)(p->column - p->first);
    return n;
}

/* Projections whose axons have delays that are all short, and sparse ones, step by step. */
LSNN_INLINE void pull_step(const network *net, worker *w, const tape *tp, const lsnn_paths *paths, int limit, int t)
{
    const real *row = worker_row(net, w, w->adjoint, t);
    real *signal = worker_row(net, w, w->signal, t);
    int *const end = w->active_end;
    for (int k = 0, n = 0; k < net->n_spiking_populations; k++)
        end[k] = n +=
            find_active(&net->populations[k], tape_row(tp, net, k, 0, t), w->active + n, w->active_column + n);
    w->n_active += (uint64_t)(end[net->n_spiking_populations - 1] - net->n_hidden);
    for (int l = 0; l < net->n_projections; l++) {
        const projection *p = &net->projections[l];
        if (!pulled_in_steps(p, paths) || (p->to_output && t < tp->early)) continue;
        const real *weight = p->to_output ? p->feedback : net->parameters[p->parameter].value;
        const int first = p->from_population > 0 ? end[p->from_population - 1] : 0;
        const int n = end[p->from_population + p->n_from_populations - 1] - first;
        const uint32_t *id = w->active + first, *column = w->active_column + first;
        if (!p->dense)
            pull_sparse(p, weight, row, (size_t)(limit - t) * (size_t)net->n_columns, id, column, n, signal);
        else if (p->to_output || p->delay[0] < limit - t)
            pull_dense(p, weight, row + (size_t)p->delay[0] * (size_t)net->n_columns + p->column, id, column, n,
                       signal);
    }
}

/* Marks who is active in the steps from .. to. */
LSNN_INLINE void mark_active(const network *net, worker *w, const tape *tp, int from, int to)
{
    w->marked_from = from;
    for (int k = 0; k < net->n_spiking_populations; k++) {
        const population *p = &net->populations[k];
        uint32_t *const steps = w->active_steps + p->column;
        const int width = p->width & ~(LSNN_LANES - 1);
#pragma omp simd
        for (int j = 0; j < width; j++)
            steps[j] = p->model->hidden ? (2u << (to - from)) - 1 : 0;
        for (int t = from; t <= to && !p->model->hidden; t++) {
            const real *psi = tape_row(tp, net, k, 0, t);
#pragma omp simd
            for (int j = 0; j < width; j++)
                steps[j] |= (uint32_t)(psi[j] > 0) << (t - from);
        }
    }
}

LSNN_INLINE uint64_t count_marked(const network *net, const worker *w)
{
    uint64_t n = 0;
    for (int k = 0; k < net->n_spiking_populations; k++)
        for (int j = 0; j < net->populations[k].n && !net->populations[k].model->hidden; j++)
            n += (uint64_t)__builtin_popcount(w->active_steps[net->populations[k].column + j]);
    return n;
}

/* Dot products of rows of weights and adjoints that are still to be taken, for signals. */
typedef struct dots {
    const real *weight[ROWS_AT_ONCE], *adjoint[ROWS_AT_ONCE];
    real *signal[ROWS_AT_ONCE];
    int n;
} dots;

LSNN_INLINE void take_dots(dots *d, int width)
{
    real sum[ROWS_AT_ONCE];
    if (d->n == 0) return;
    for (int r = d->n; r < ROWS_AT_ONCE; r++) { /* the last group is filled up with its first member */
        d->weight[r] = d->weight[0];
        d->adjoint[r] = d->adjoint[0];
    }
    rows_dots_each(sum, d->weight, d->adjoint, width);
    for (int r = 0; r < d->n; r++)
        *d->signal[r] += sum[r];
    d->n = 0;
}

/* Of one axon, in the steps from + s for each bit s that is set. What is left of groups of steps waits for that of other axons. */
LSNN_INLINE void pull_axon(const network *net, worker *w, const projection *p, const axon *a, int from, uint32_t steps,
                           dots *rest)
{
    const size_t stride = (size_t)net->n_columns;
    const real *weight = net->parameters[p->parameter].value + (size_t)a->row * (size_t)p->width;
    const real *adjoint = worker_row(net, w, w->adjoint, from + a->delay) + p->column;
    real *signal = worker_row(net, w, w->signal, from) + a->column;
    while (__builtin_popcount(steps) >= ROWS_AT_ONCE) {
        const real *row[ROWS_AT_ONCE];
        real sum[ROWS_AT_ONCE];
        size_t ahead[ROWS_AT_ONCE];
        for (int r = 0; r < ROWS_AT_ONCE; r++, steps &= steps - 1) {
            ahead[r] = (size_t)__builtin_ctz(steps) * stride;
            row[r] = adjoint + ahead[r];
        }
        rows_dots(sum, row, weight, p->width);
        for (int r = 0; r < ROWS_AT_ONCE; r++)
            signal[ahead[r]] += sum[r];
    }
    for (; steps; steps &= steps - 1) {
        const size_t ahead = (size_t)__builtin_ctz(steps) * stride;
        rest->weight[rest->n] = weight;
        rest->adjoint[rest->n] = adjoint + ahead;
        rest->signal[rest->n++] = signal + ahead;
        if (rest->n == ROWS_AT_ONCE) take_dots(rest, p->width);
    }
}

/* The steps from .. to, of axons of stretch k. */
LSNN_KERNEL static void pull_stretch(const network *net, worker *w, const projection *p, int from, int to, int limit,
                                     int k)
{
    dots rest = {.n = 0};
    for (int a = p->stretch_start[k]; a < p->stretch_start[k + 1]; a++) {
        const axon *with = &p->by_delay[a];
        const int last = to < limit - with->delay ? to : limit - with->delay - 1;
        if (last < from) break; /* the next ones have no shorter delay */
        const uint32_t steps = w->active_steps[with->column] >> (from - w->marked_from) & ((2u << (last - from)) - 1);
        if (steps) pull_axon(net, w, p, with, from, steps, &rest);
    }
    take_dots(&rest, p->width);
}

/* To be called for the steps of the span, the last one first. Longer stretches end where shorter ones do and come first, so that the
 * order of a signal's terms does not depend on the span. */
LSNN_INLINE void pull(const network *net, worker *w, const tape *tp, const lsnn_paths *paths, pull_span span, int t)
{
    const int done = span.to - 1 - t;
    bool by_delay = false, by_step = false;
    for (int l = 0; l < net->n_projections; l++) {
        by_delay |= net->projections[l].by_delay != NULL;
        by_step |= pulled_in_steps(&net->projections[l], paths);
    }
    if (by_delay && done % LONGEST_STRETCH == 0) {
        mark_active(net, w, tp, stretch_from(span, t, LONGEST_STRETCH), t);
        if (!by_step) w->n_active += count_marked(net, w);
    }
    for (int k = N_STRETCHES - 1; by_delay && k >= 0; k--)
        for (int l = 0; l < net->n_projections && done % stretch_steps[k] == 0; l++) {
            const projection *p = &net->projections[l];
            if (p->by_delay) pull_stretch(net, w, p, stretch_from(span, t, stretch_steps[k]), t, span.limit, k);
        }
    if (by_step) pull_step(net, w, tp, paths, span.limit, t);
}

#endif
