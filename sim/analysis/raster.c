/* Sorting spikes, cutting them, and dealing them to neurons and spans. */
#include "raster.h"
#include <string.h>

static bool is_sorted(const raster *r)
{
    for (size_t k = 1; k < r->n; k++)
        if (r->time[k] < r->time[k - 1]) return false;
    return true;
}

/* The bits of doubles that are not negative ascend like the doubles. */
static uint64_t digit(double time, int pass)
{
    uint64_t bits;
    memcpy(&bits, &time, sizeof bits);
    return bits >> 16 * pass & 0xffff;
}

lsnn_status raster_sort(raster *r, arena *a, lsnn_error *err)
{
    enum { DIGITS = 1 << 16, PASSES = 4 };
    if (is_sorted(r)) return LSNN_OK;
    raster other = *r;
    size_t *start;
    TRY(arena_take(a, &other.time, r->n, sizeof *r->time, err));
    TRY(arena_take(a, &other.neuron, r->n, sizeof *r->neuron, err));
    TRY(arena_take(a, &start, DIGITS + 1, sizeof *start, err));
    for (int pass = 0; pass < PASSES; pass++) {
        memset(start, 0, (DIGITS + 1) * sizeof *start);
        for (size_t k = 0; k < r->n; k++)
            start[digit(r->time[k], pass) + 1]++;
        if (start[digit(r->time[0], pass) + 1] == r->n) continue; /* all alike */
        for (size_t d = 1; d <= DIGITS; d++)
            start[d] += start[d - 1];
        for (size_t k = 0; k < r->n; k++) {
            const size_t to = start[digit(r->time[k], pass)]++;
            other.time[to] = r->time[k];
            other.neuron[to] = r->neuron[k];
        }
        const raster swapped = *r;
        *r = other;
        other = swapped;
    }
    return LSNN_OK;
}

/* The number of spikes before a time. */
static size_t position(const raster *r, double time)
{
    size_t low = 0, high = r->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (r->time[middle] < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

raster raster_within(const raster *r, span s)
{
    const size_t start = position(r, s.start), stop = position(r, s.stop);
    return (raster){r->n_neurons, stop > start ? stop - start : 0, r->time + start, r->neuron + start};
}

lsnn_status raster_of_neurons(raster *out, const raster *r, const uint32_t *neurons, int n, arena *a, lsnn_error *err)
{
    uint32_t *number;
    *out = (raster){.n_neurons = n};
    TRY(arena_take(a, &number, (size_t)r->n_neurons + 1, sizeof *number, err));
    for (int k = 0; k < n; k++)
        number[neurons[k]] = (uint32_t)k + 1;
    size_t wanted = 0;
    for (size_t k = 0; k < r->n; k++)
        wanted += number[r->neuron[k]] > 0;
    TRY(arena_take(a, &out->time, wanted + 1, sizeof *out->time, err));
    TRY(arena_take(a, &out->neuron, wanted + 1, sizeof *out->neuron, err));
    for (size_t k = 0; k < r->n; k++) {
        if (!number[r->neuron[k]]) continue;
        out->time[out->n] = r->time[k];
        out->neuron[out->n++] = number[r->neuron[k]] - 1;
    }
    return LSNN_OK;
}

lsnn_status raster_trains(trains *out, const raster *r, const span *spans, int n_spans, arena *a, lsnn_error *err)
{
    const size_t n_cells = (size_t)r->n_neurons * (size_t)n_spans;
    size_t *first, total = 0;
    double *time;
    TRY(arena_take(a, &first, n_cells + 2, sizeof *first, err));
    for (int k = 0; k < n_spans; k++) {
        const raster part = raster_within(r, spans[k]);
        for (size_t s = 0; s < part.n; s++)
            first[(size_t)part.neuron[s] * (size_t)n_spans + (size_t)k + 2]++;
        total += part.n;
    }
    for (size_t c = 2; c <= n_cells; c++)
        first[c] += first[c - 1];
    TRY(arena_take(a, &time, total + 1, sizeof *time, err));
    /* first[c + 1] is where the next spike of cell c goes, and ends as the start of cell c + 1. */
    for (int k = 0; k < n_spans; k++) {
        const raster part = raster_within(r, spans[k]);
        for (size_t s = 0; s < part.n; s++)
            time[first[(size_t)part.neuron[s] * (size_t)n_spans + (size_t)k + 1]++] = part.time[s] - spans[k].start;
    }
    *out = (trains){r->n_neurons, n_spans, spans, first, time};
    return LSNN_OK;
}

size_t raster_count(const trains *t, int i)
{
    const size_t n = (size_t)t->n_spans;
    return t->first[(size_t)(i + 1) * n] - t->first[(size_t)i * n];
}

size_t raster_total(const trains *t)
{
    return t->first[(size_t)t->n_neurons * (size_t)t->n_spans];
}

double raster_duration(const trains *t)
{
    double sum = 0;
    for (int k = 0; k < t->n_spans; k++)
        sum += t->spans[k].stop - t->spans[k].start;
    return sum;
}

double raster_shortest(const trains *t)
{
    double least = t->n_spans ? t->spans[0].stop - t->spans[0].start : 0;
    for (int k = 1; k < t->n_spans; k++)
        if (t->spans[k].stop - t->spans[k].start < least) least = t->spans[k].stop - t->spans[k].start;
    return least;
}
