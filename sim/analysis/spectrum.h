/* Power spectrum by Welch's method (1967): segments that overlap by a half, each less its mean and under a Hann window. */
#ifndef SPECTRUM_H
#define SPECTRUM_H

#include "arena.h"
#include <stdbool.h>

typedef struct spectrum {
    size_t segment; /* samples */
    size_t n_sums;  /* segments that were added */
    double rate;    /* samples a second */
    double *power;  /* [segment / 2 + 1], at frequencies k rate / segment Hz */
    double *window, *work;
} spectrum;

LSNN_MUST_USE lsnn_status spectrum_new(spectrum *out, size_t segment, double rate, arena *a, lsnn_error *err);
/* Adds all whole segments of a signal. */
void spectrum_add(spectrum *s, const double *signal, size_t n);
/* power: one-sided density, unit of the signal squared per Hz; NaN if no segment was added. */
void spectrum_finish(spectrum *s);

#endif
