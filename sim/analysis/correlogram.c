/* Counting lags. */
#include "correlogram.h"
#include <math.h>
#include <stdlib.h>

/* Both trains ascend, so the spikes of b that are near move along with those of a. */
static void count_lags(uint64_t *counts, int n_side, double bin, const double *a, size_t n_a, const double *b,
                       size_t n_b, bool same)
{
    const double reach = (n_side + 0.5) * bin, edge = 0.5 + 1e-6; /* see raster_bin */
    size_t first = 0;
    for (size_t s = 0; s < n_a; s++) {
        while (first < n_b && b[first] - a[s] < -reach - bin)
            first++;
        for (size_t u = first; u < n_b && b[u] - a[s] < reach; u++) {
            if (same && u == s) continue;
            const int k = (int)floor((b[u] - a[s]) / bin + edge) + n_side;
            if (k >= 0 && k <= 2 * n_side) counts[k]++;
        }
    }
}

size_t correlogram_pair(uint64_t *counts, int n_side, double bin, const trains *t, int i, int j, int shift)
{
    size_t total = 0;
    for (int k = 0; k < t->n_spans; k++) {
        size_t n_a, n_b;
        const double *a = raster_train(t, i, k, &n_a);
        const double *b = raster_train(t, j, (k + shift) % t->n_spans, &n_b);
        count_lags(counts, n_side, bin, a, n_a, b, n_b, i == j && shift == 0);
        total += n_a;
    }
    return total;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* All spikes of a span in the order of time. */
static size_t pool(double *out, const trains *t, int k)
{
    size_t total = 0, n;
    for (int i = 0; i < t->n_neurons; i++) {
        const double *time = raster_train(t, i, k, &n);
        for (size_t s = 0; s < n; s++)
            out[total++] = time[s];
    }
    qsort(out, total, sizeof *out, ascending);
    return total;
}

static size_t largest_span(const trains *t)
{
    size_t most = 0;
    for (int k = 0; k < t->n_spans; k++) {
        size_t total = 0, n;
        for (int i = 0; i < t->n_neurons; i++) {
            (void)raster_train(t, i, k, &n);
            total += n;
        }
        if (total > most) most = total;
    }
    return most;
}

/* Lags between all spikes, less those within neurons. */
lsnn_status correlogram_all(uint64_t *counts, int n_side, double bin, const trains *t, bool distinct, int shift,
                            arena *a, lsnn_error *err)
{
    const int n_bins = 2 * n_side + 1;
    uint64_t *own;
    double *from, *to;
    TRY(arena_take(a, &own, (size_t)n_bins, sizeof *own, err));
    for (int i = 0; i < t->n_neurons; i++)
        (void)correlogram_pair(own, n_side, bin, t, i, i, shift);
    if (!distinct) {
        for (int b = 0; b < n_bins; b++)
            counts[b] += own[b];
        return LSNN_OK;
    }
    const size_t most = largest_span(t) + 1;
    TRY(arena_take(a, &from, most, sizeof *from, err));
    TRY(arena_take(a, &to, most, sizeof *to, err));
    for (int k = 0; k < t->n_spans; k++) {
        const size_t n_from = pool(from, t, k);
        const size_t n_to = pool(to, t, (k + shift) % t->n_spans);
        count_lags(counts, n_side, bin, from, n_from, to, n_to, shift == 0);
    }
    for (int b = 0; b < n_bins; b++)
        counts[b] -= own[b];
    return LSNN_OK;
}
