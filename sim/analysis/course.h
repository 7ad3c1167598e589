/* Curves over training. */
#ifndef COURSE_H
#define COURSE_H

#include <stddef.h>

/* Mean of the last `window` values up to each (of fewer at the start); NaN values are left out. */
void course_average(double *out, const double *values, size_t n, size_t window);
/* The first place whose average is below a goal; n if none is. */
size_t course_first_below(const double *average, size_t n, double goal);
/* Means of the first and the last tenth (at least one value), and the lowest value. */
typedef struct course_summary {
    double first, lowest, last;
} course_summary;
course_summary course_summary_of(const double *values, size_t n);

/* A snapshot of weights. */
typedef struct course_weights {
    double norm, mean, sd; /* sd: dividing by n */
    double negative, zero; /* shares */
    double change;         /* norm of the difference to the snapshot before / norm of that one; NaN without */
} course_weights;
course_weights course_weights_of(const float *weight, const float *before, size_t n);

#endif
