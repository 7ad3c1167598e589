/* Intervals between the spikes of a neuron. An interval never crosses the border of a span; intervals of all spans count.
 * What is not defined is NaN. */
#ifndef INTERVALS_H
#define INTERVALS_H

#include "raster.h"

typedef struct intervals {
    size_t n, n_pairs; /* intervals; neighbouring intervals that are not both 0 */
    double mean;       /* NaN without intervals */
    double cv;         /* sd (dividing by n) / mean; NaN below two intervals */
    double cv2;        /* mean of 2 |I2 - I1| / (I2 + I1) over pairs (Holt et al. 1996); NaN without pairs */
    double lv;         /* 3 times the mean of ((I2 - I1) / (I2 + I1))^2 (Shinomoto et al. 2003) */
    double lvr; /* 3 times the mean of (1 - 4 I1 I2 / (I1 + I2)^2) (1 + 4 R / (I1 + I2)) (Shinomoto et al. 2009) */
} intervals;

/* `refractory`: R of lvr. */
intervals intervals_of(const trains *t, int i, double refractory);

/* counts[b] += intervals of neuron i in [b bin, (b + 1) bin); returns how many are longer. */
size_t intervals_histogram(uint64_t *counts, int n_bins, double bin, const trains *t, int i);

/* Adaptation within a span: sum[k] += the k-th interval after a span's start, n[k] += 1, for k < most. Returns the mean of
 * (I2 - I1) / (I2 + I1) over neighbouring intervals: above 0 when a neuron slows down; NaN without pairs. */
double intervals_adaptation(double *sum, uint64_t *n, int most, const trains *t, int i);

/* Bursts: runs of at least `least` spikes, each at most `longest` ms after the one before. */
typedef struct intervals_bursts {
    size_t n, n_spikes; /* bursts; spikes in them */
    double duration;    /* of all, ms */
} intervals_bursts;
intervals_bursts intervals_bursts_of(const trains *t, int i, double longest, int least);

#endif
