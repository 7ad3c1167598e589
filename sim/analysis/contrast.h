/* Spike-contrast (Ciba et al. 2018, J. Neurosci. Methods 293:136): synchrony over time scales, without a parameter. */
#ifndef CONTRAST_H
#define CONTRAST_H

#include "raster.h"

typedef struct contrast {
    double synchrony; /* the largest of all scales; NaN below two neurons or without an interval */
    double bin;       /* its scale, ms */
} contrast;

/* Of span k. Bins of half the span's length, times 0.9, ..., down to `least` ms or half the shortest interval, overlap by a half;
 * each gives contrast (sum of |differences of neighbouring counts| / (2 spikes)) times the mean share of the other neurons
 * that spike in the bin of a spike. */
LSNN_MUST_USE lsnn_status contrast_of(contrast *out, double least, const trains *t, int k, arena *a, lsnn_error *err);

#endif
