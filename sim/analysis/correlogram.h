/* Correlograms: how often a spike of b comes a lag after one of a. Lags lie in 2 n_side + 1 bins, the middle one around 0:
 * bin k holds lags in [(k - 1/2) bin, (k + 1/2) bin). Only spikes of the same span meet, except in the shuffled ones. */
#ifndef CORRELOGRAM_H
#define CORRELOGRAM_H

#include "raster.h"

/* counts[2 n_side + 1] += lags from spikes of i to spikes of j. For i = j a spike does not meet itself, so the peak at zero that
 * every train has is not there. `shift`: spikes of j from so many spans later, cyclic (0: the same; 1: the shift predictor, whose
 * counts are what the spans alone explain). Returns the number of spikes of i. */
size_t correlogram_pair(uint64_t *counts, int n_side, double bin, const trains *t, int i, int j, int shift);
/* The same for every ordered pair of distinct neurons at once (`distinct`), or for every neuron with itself. Spans have to be
 * of the same length for shift > 0. */
LSNN_MUST_USE lsnn_status correlogram_all(uint64_t *counts, int n_side, double bin, const trains *t, bool distinct,
                                          int shift, arena *a, lsnn_error *err);

#endif
