/* How many dimensions the rates of a population fill: principal components of binned counts. */
#ifndef DIMENSION_H
#define DIMENSION_H

#include "raster.h"

typedef struct dimension {
    size_t n_bins;
    int n;                /* components: neurons */
    double *variance;     /* [n], descending */
    double participation; /* (sum of variances)^2 / sum of their squares; NaN if nothing varies */
    int n_90;             /* components that hold 90 % of the variance */
} dimension;

/* Over all bins of all spans. */
LSNN_MUST_USE lsnn_status dimension_of(dimension *out, double bin, const trains *t, arena *a, lsnn_error *err);

#endif
