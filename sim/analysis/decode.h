/* What a linear reader finds in the network's state: ridge regression on the classes, cross-validated over trials. */
#ifndef DECODE_H
#define DECODE_H

#include "raster.h"

/* The share of trials whose class is found from x[n_trials][n_features] by a classifier that did not see them: `folds` parts, each
 * with every class in proportion (trial r of a class goes to part r mod folds). Features are scaled to mean 0 and variance 1 of the
 * training trials; one regression onto {-1, 1} per class with weight `ridge` x trials on the squares; the largest
 * answer wins. label: 0 .. n_classes - 1. NaN if a class has fewer trials than there are folds. */
LSNN_MUST_USE lsnn_status decode_accuracy(double *out, const double *x, size_t n_features, const int *label,
                                          size_t n_trials, int n_classes, int folds, double ridge, arena *a,
                                          lsnn_error *err);
/* Accuracy by time, from the counts of all neurons in bins of a span: accuracy[n_bins]. label: by span. */
LSNN_MUST_USE lsnn_status decode_over_time(double *accuracy, size_t n_bins, double bin, const trains *t,
                                           const int *label, int n_classes, int folds, double ridge, arena *a,
                                           lsnn_error *err);

#endif
