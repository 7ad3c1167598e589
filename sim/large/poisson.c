/* Poisson spikes. */
#include "poisson.h"
#include "lsnn/kernel.h"
#include "random.h"
#include <math.h>

#define DENSE_FROM 0.04 /* mean number of spikes a step: from here on a word for each cell costs less than the gaps */

static void set_thresholds(poisson *p, double mean)
{
    double chance = exp(-mean), sum = chance;
    while (p->n_thresholds < POISSON_MOST_COUNTS && sum * 0x1p32 < 0x1p32 - 0.5) {
        p->threshold[p->n_thresholds++] = (uint32_t)(sum * 0x1p32);
        chance *= mean / p->n_thresholds;
        sum += chance;
    }
}

lsnn_status poisson_new(poisson **out, const source *s, double dt, arena *a, lsnn_error *err)
{
    poisson *p;
    double *mean;
    const int n_blocks = (s->n + CIRCUIT_BLOCK - 1) / CIRCUIT_BLOCK;
    TRY(arena_take(a, &p, 1, sizeof *p, err));
    TRY(arena_take(a, &mean, (size_t)s->n, sizeof *mean, err));
    TRY(arena_take(a, &p->most, (size_t)n_blocks, sizeof *p->most, err));
    p->mean = mean;
    p->one_rate = true;
    for (int i = 0; i < s->n; i++) {
        mean[i] = s->rate[i] * dt;
        p->one_rate = p->one_rate && mean[i] == mean[0];
        p->most[i / CIRCUIT_BLOCK] = fmax(p->most[i / CIRCUIT_BLOCK], mean[i]);
    }
    p->dense = p->one_rate && mean[0] >= DENSE_FROM;
    if (p->dense) set_thresholds(p, mean[0]);
    *out = p;
    return LSNN_OK;
}

lsnn_random poisson_stream(uint64_t seed, int number, int block, uint64_t step)
{
    return lsnn_random_stream(seed, LSNN_POISSON, (uint64_t)number << 24 | (uint64_t)block, step);
}

/* Vectors of 32 bytes, and signed: what processors with AVX2 compare. */
typedef int32_t lanes __attribute__((vector_size(32)));
enum { BLOCK_LANES = CIRCUIT_BLOCK / 8, LANES_AT_ONCE = 4 };

/* n: how many thresholds each word has reached. Both, less 2^31, are in the same order as signed numbers. */
LSNN_KERNEL static void count(lanes *restrict n, const lanes *restrict word, const uint32_t *restrict threshold,
                              int n_thresholds)
{
    for (int b = 0; b < BLOCK_LANES; b += LANES_AT_ONCE) {
        lanes value[LANES_AT_ONCE], below[LANES_AT_ONCE] = {0};
        for (int q = 0; q < LANES_AT_ONCE; q++)
            value[q] = word[b + q] ^ INT32_MIN;
        for (int k = 0; k < n_thresholds; k++)
            for (int q = 0; q < LANES_AT_ONCE; q++)
                below[q] -= (int32_t)(threshold[k] ^ 0x80000000u) > value[q];
        for (int q = 0; q < LANES_AT_ONCE; q++)
            n[b + q] = n_thresholds - below[q];
    }
}

/* Cell j has word j of the block's CIRCUIT_BLOCK words. */
static void draw_counts(const poisson *p, const lsnn_random *stream, lanes *n)
{
    lanes word[BLOCK_LANES];
    lsnn_random own = *stream;
    random_blocks((uint32_t *)word, &own, CIRCUIT_BLOCK / 4);
    count(n, word, p->threshold, p->n_thresholds);
}

/* Events on a line on which each cell has length 1, with density `most`. */
typedef struct gaps {
    lsnn_random stream;
    double place, scale;
} gaps;

static double most_of(const poisson *p, int first, int n)
{
    if (p->one_rate) return p->mean[first];
    return fmax(p->most[first / CIRCUIT_BLOCK], p->most[(first + n - 1) / CIRCUIT_BLOCK]);
}

static gaps begin_gaps(const poisson *p, const lsnn_random *stream, int first, int n)
{
    return (gaps){*stream, 0, -1 / most_of(p, first, n)};
}

/* The cell of the next event, counted from `first`; n at the end. */
static int next_event(gaps *g, const poisson *p, int first, int n)
{
    for (;;) {
        g->place += g->scale * log(lsnn_random_uniform(&g->stream));
        if (!(g->place < n)) return n;
        const int j = (int)g->place;
        if (p->one_rate || lsnn_random_uniform(&g->stream) * -1 / g->scale < p->mean[first + j]) return j;
    }
}

void poisson_add(const poisson *p, const lsnn_random *stream, int first, int n, real weight, real *column)
{
    if (p->dense) {
        lanes counted[BLOCK_LANES];
        draw_counts(p, stream, counted);
        const int32_t *spikes = (const int32_t *)counted;
        for (int j = 0; j < n; j++)
            column[j] += weight * (real)spikes[j];
        return;
    }
    if (!(most_of(p, first, n) > 0)) return;
    gaps g = begin_gaps(p, stream, first, n);
    for (int j; (j = next_event(&g, p, first, n)) < n;)
        column[j] += weight;
}

int poisson_spikes(const poisson *p, const lsnn_random *stream, int first, int n, uint32_t *cell, int n_room)
{
    int found = 0;
    if (p->dense) {
        lanes counted[BLOCK_LANES];
        draw_counts(p, stream, counted);
        const int32_t *spikes = (const int32_t *)counted;
        for (int j = 0; j < n; j++)
            for (int32_t k = 0; k < spikes[j] && found < n_room; k++)
                cell[found++] = (uint32_t)(first + j);
        return found;
    }
    if (!(most_of(p, first, n) > 0)) return 0;
    gaps g = begin_gaps(p, stream, first, n);
    for (int j; found < n_room && (j = next_event(&g, p, first, n)) < n;)
        cell[found++] = (uint32_t)(first + j);
    return found;
}
