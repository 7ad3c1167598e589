/* Binned counts. */
#include "counts.h"
#include <math.h>

size_t counts_bins(double length, double bin)
{
    return length > 0 ? raster_bin(length, bin) : 0;
}

void counts_neuron(double *counts, size_t n_bins, double bin, const trains *t, int i, int k)
{
    size_t n;
    const double *time = raster_train(t, i, k, &n);
    for (size_t s = 0; s < n; s++) {
        const size_t b = raster_bin(time[s], bin);
        if (b < n_bins) counts[b]++;
    }
}

void counts_population(double *counts, size_t n_bins, double bin, const trains *t, int k)
{
    for (int i = 0; i < t->n_neurons; i++)
        counts_neuron(counts, n_bins, bin, t, i, k);
}

void counts_psth(double *rate, size_t n_bins, double bin, const trains *t)
{
    for (size_t b = 0; b < n_bins; b++)
        rate[b] = 0;
    for (int k = 0; k < t->n_spans; k++)
        counts_population(rate, n_bins, bin, t, k);
    for (size_t b = 0; b < n_bins; b++)
        rate[b] *= 1000 / (bin * t->n_spans * t->n_neurons);
}

double counts_fano(size_t *n, double window, const trains *t, int i)
{
    double sum = 0, squares = 0;
    *n = 0;
    for (int k = 0; k < t->n_spans; k++) {
        size_t spikes, s = 0;
        const double *time = raster_train(t, i, k, &spikes);
        const size_t n_windows = window > 0 ? counts_bins(t->spans[k].stop - t->spans[k].start, window) : 1;
        *n += n_windows;
        while (s < spikes) {
            const size_t b = window > 0 ? raster_bin(time[s], window) : 0, first = s;
            while (s < spikes && (window <= 0 || raster_bin(time[s], window) == b))
                s++;
            if (b >= n_windows) break;
            const double count = (double)(s - first);
            sum += count;
            squares += count * count;
        }
    }
    if (*n < 2 || sum <= 0) return NAN;
    const double mean = sum / (double)*n;
    return (squares / (double)*n - mean * mean) / mean;
}

/* The bins of a population that follow each other, span by span. */
typedef struct grid {
    const trains *t;
    double bin;
    size_t *start; /* [n_spans + 1]: bins before a span */
} grid;

static lsnn_status make_grid(grid *g, const trains *t, double bin, arena *a, lsnn_error *err)
{
    *g = (grid){.t = t, .bin = bin};
    TRY(arena_take(a, &g->start, (size_t)t->n_spans + 1, sizeof *g->start, err));
    for (int k = 0; k < t->n_spans; k++)
        g->start[k + 1] = g->start[k] + counts_bins(t->spans[k].stop - t->spans[k].start, bin);
    return LSNN_OK;
}

/* Sum and sum of squares of the counts of neuron i. */
static void sum_counts(const grid *g, int i, double *sum, double *squares)
{
    *sum = *squares = 0;
    for (int k = 0; k < g->t->n_spans; k++) {
        size_t n, bin_before = SIZE_MAX;
        const double *time = raster_train(g->t, i, k, &n);
        const size_t n_bins = g->start[k + 1] - g->start[k];
        double count = 0;
        for (size_t s = 0; s < n; s++) {
            const size_t b = raster_bin(time[s], g->bin);
            if (b >= n_bins) break;
            count = b == bin_before ? count + 1 : 1;
            bin_before = b;
            *sum += 1;
            *squares += 2 * count - 1;
        }
    }
}

/* row[bin] += weight for each spike of neuron i, and total[bin] += 1. */
static void add_spikes(const grid *g, int i, double weight, double *row, double *total)
{
    for (int k = 0; k < g->t->n_spans; k++) {
        size_t n;
        const double *time = raster_train(g->t, i, k, &n);
        const size_t n_bins = g->start[k + 1] - g->start[k];
        for (size_t s = 0; s < n; s++) {
            const size_t b = raster_bin(time[s], g->bin);
            if (b >= n_bins) break;
            row[g->start[k] + b] += weight;
            total[g->start[k] + b] += 1;
        }
    }
}

/* With z_i the counts of neuron i, centred and scaled to variance 1, the sum of Pearson's coefficients over all ordered pairs
 * is the mean over bins of (sum_i z_i)^2, less the n coefficients of neurons with themselves. */
lsnn_status counts_together(counts_synchrony *out, double bin, const trains *t, arena *a, lsnn_error *err)
{
    grid g;
    double *row, *total, offset = 0, variances = 0, sum_row = 0, sum_total = 0, squares_total = 0;
    TRY(make_grid(&g, t, bin, a, err));
    const size_t n_bins = g.start[t->n_spans];
    *out = (counts_synchrony){.n_bins = n_bins, .correlation = NAN, .chi2 = NAN};
    TRY(arena_take(a, &row, n_bins + 1, sizeof *row, err));
    TRY(arena_take(a, &total, n_bins + 1, sizeof *total, err));
    const double n = (double)n_bins;
    for (int i = 0; i < t->n_neurons; i++) {
        double sum, squares;
        sum_counts(&g, i, &sum, &squares);
        const double variance = squares / n - sum / n * (sum / n);
        if (n_bins < 2 || variance <= 1e-12 * squares / n) {
            add_spikes(&g, i, 0, row, total);
            continue;
        }
        add_spikes(&g, i, 1 / sqrt(variance), row, total);
        offset += sum / n / sqrt(variance);
        variances += variance;
        out->n_active++;
    }
    for (size_t b = 0; b < n_bins; b++) {
        sum_row += (row[b] - offset) * (row[b] - offset);
        sum_total += total[b];
        squares_total += total[b] * total[b];
    }
    const double active = out->n_active, neurons = t->n_neurons;
    if (out->n_active >= 2) out->correlation = (sum_row / n - active) / (active * (active - 1));
    if (out->n_active >= 1) {
        const double variance = squares_total / n - sum_total / n * (sum_total / n);
        out->chi2 = variance / (neurons * neurons) / (variances / neurons);
    }
    return LSNN_OK;
}

static void end_gap(counts_silence *out, double from, double to, double least)
{
    if (to - from < least) return;
    out->n++;
    out->total += to - from;
    if (to - from > out->longest) out->longest = to - from;
}

counts_silence counts_silent(const raster *r, const span *spans, int n_spans, double least)
{
    counts_silence out = {0};
    for (int k = 0; k < n_spans; k++) {
        const raster part = raster_within(r, spans[k]);
        double before = spans[k].start;
        for (size_t s = 0; s < part.n; s++) {
            end_gap(&out, before, part.time[s], least);
            before = part.time[s];
        }
        end_gap(&out, before, spans[k].stop, least);
    }
    return out;
}
