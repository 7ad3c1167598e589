/* A number per neuron (or trial) in a few: what is NaN is left out and counted. */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "arena.h"

typedef struct summary {
    size_t n, excluded;
    double mean, sd; /* sd: dividing by n - 1, NaN below two */
    double least, quartile, median, quartile3, most;
} summary;

LSNN_MUST_USE lsnn_status summary_of(summary *out, const double *values, size_t n, arena *a, lsnn_error *err);

#endif
