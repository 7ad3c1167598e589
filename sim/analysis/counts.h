/* Counts of spikes in bins of time: rates over time, and how much counts vary and vary together. Bins are half open and start
 * with their span; what is left of a span behind the last whole bin is not looked at. What is not defined is NaN. */
#ifndef COUNTS_H
#define COUNTS_H

#include "raster.h"

/* Whole bins in a span of this length. */
size_t counts_bins(double length, double bin);

/* counts[b] += spikes of all neurons in bin b of span k, for b < n_bins. */
void counts_population(double *counts, size_t n_bins, double bin, const trains *t, int k);
/* counts[b] += spikes of neuron i in bin b of span k, for b < n_bins. */
void counts_neuron(double *counts, size_t n_bins, double bin, const trains *t, int i, int k);
/* Peristimulus time histogram: spikes of all neurons per bin / (spans x neurons x bin), in Hz. */
void counts_psth(double *rate, size_t n_bins, double bin, const trains *t);

/* Fano factor of neuron i: variance (dividing by n) / mean of its counts in all whole windows of all spans; a window of 0: one
 * count per span. NaN without spikes or below two counts, whose number goes to *n. */
double counts_fano(size_t *n, double window, const trains *t, int i);

/* How counts of all neurons go together, over all bins of all spans. */
typedef struct counts_synchrony {
    size_t n_bins;
    int n_active;       /* neurons whose counts vary */
    double correlation; /* mean over pairs of those of Pearson's coefficient; NaN below two */
    double chi2;        /* Golomb & Rinzel 1994: variance of the mean count / mean variance of the counts */
} counts_synchrony;
LSNN_MUST_USE lsnn_status counts_together(counts_synchrony *out, double bin, const trains *t, arena *a,
                                          lsnn_error *err);

/* Times without any spike of the population of at least `least` ms. Gaps end at the borders of a span. */
typedef struct counts_silence {
    size_t n;
    double total, longest; /* ms */
} counts_silence;
counts_silence counts_silent(const raster *r, const span *spans, int n_spans, double least);

#endif
