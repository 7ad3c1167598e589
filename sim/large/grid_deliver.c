/* Spikes into the rings of their targets' slice: the loop that most time goes into. */
#include "grid_inside.h"
#include "lsnn/kernel.h"

#define AHEAD 3 /* rows before its turn, a row's place is fetched */
#define LINE 32 /* targets of a cache line */

/* Targets of a row differ (but for lists from files), so the order of its additions does not matter; weights may. `next` is the row
 * after the next, fetched a line at a time: rows are too short for the processor to foresee. */
LSNN_INLINE void add_row(real *restrict slot, const uint16_t *restrict target, const real *restrict weight, real one,
                         uint32_t n, const uint16_t *next)
{
    uint32_t k = 0;
    for (; k + LINE <= n; k += LINE) {
        __builtin_prefetch(next + k);
#pragma GCC unroll 8
        for (uint32_t l = k; l < k + LINE; l++)
            slot[target[l]] += weight ? weight[l] : one;
    }
    if (k < n) __builtin_prefetch(next + k);
    for (; k < n; k++)
        slot[target[k]] += weight ? weight[k] : one;
}

/* Each synapse has a delay of its own. */
static void add_late_row(const grid *g, int s, uint64_t step, const circuit_rows *rows, uint32_t begin, uint32_t end,
                         real one)
{
    const size_t n_columns = (size_t)g->c->slice[s].n_columns;
    const uint64_t mask = (uint64_t)(g->n_slots - 1);
    real *ring = g->slice[s].ring;
    for (uint32_t k = begin; k < end; k++)
        ring[((step + rows->step[k]) & mask) * n_columns + rows->target[k]] += rows->weight ? rows->weight[k] : one;
}

static uint64_t add_spikes(const grid *g, int s, int number, uint64_t step, const uint32_t *who, int n, uint32_t before)
{
    const circuit_projection *p = &g->c->projection[number];
    const circuit_rows *rows = &g->c->slice[s].rows[number];
    const uint32_t *restrict start = rows->start;
    real *slot = grid_slot(g, s, step + (uint64_t)p->first_step);
    uint64_t events = 0;
    for (int k = 0; k < n; k++) {
        const uint32_t i = who[k] + before, begin = start[i], end = start[i + 1];
        const uint32_t i_next = who[k + 2 < n ? k + 2 : k] + before;
        const uint16_t *next = rows->target + start[i_next];
        if (k + 2 * AHEAD < n) __builtin_prefetch(&start[who[k + 2 * AHEAD] + before]);
        events += end - begin;
        if (rows->step)
            add_late_row(g, s, step, rows, begin, end, p->weight);
        else if (rows->weight)
            add_row(slot, rows->target + begin, rows->weight + begin, 0, end - begin, next);
        else
            add_row(slot, rows->target + begin, NULL, p->weight, end - begin, next);
    }
    return events;
}

/* All spikes of one population or source in step t of the interval, those of all slices in the order of neurons. */
static void add_trains(grid *g, int s, int number, int train, int parity, int t, uint64_t step, uint32_t before)
{
    for (int other = 0; other < g->c->n_slices; other++) {
        const grid_train *from = &g->slice[other].train[parity][train];
        g->slice[s].events += add_spikes(g, s, number, step, from->who + from->start[t],
                                         (int)(from->start[t + 1] - from->start[t]), before);
    }
}

void grid_deliver(grid *g, int s, int parity, uint64_t first, int n, bool sources)
{
    const network *net = g->c->net;
    for (int t = 0; t < n; t++)
        for (int k = 0; k < g->c->n_projections; k++) {
            const circuit_projection *p = &g->c->projection[k];
            if (sources != (p->source >= 0)) continue;
            if (sources) {
                if (net->sources[p->source].analog) continue;
                add_trains(g, s, k, net->n_populations + p->source, parity, t, first + (uint64_t)t, 0);
                continue;
            }
            for (int q = p->from_population; q < p->from_population + p->n_from_populations; q++)
                add_trains(g, s, k, q, parity, t, first + (uint64_t)t, (uint32_t)(net->populations[q].first - p->from));
        }
}
