/* The arithmetic of axes: where ticks lie, and which points of a long curve have to be drawn. */
#ifndef SCALE_H
#define SCALE_H

#include <stddef.h>

/* Ticks at the multiples of `step`, which is 1, 2 or 5 times a power of ten: first, first + 1, ... n of them. */
typedef struct scale_ticks {
    double step;
    double first; /* a whole number: the first tick is first * step */
    int n;
    int decimals; /* that labels need */
} scale_ticks;

/* The most ticks in [low, high], but at most `most` (from 2). low < high, both finite. */
scale_ticks scale_nice(double low, double high, int most);

/* Which of n samples a curve of `columns` pixels shows: in each column the first, the lowest, the highest and the last, so that
 * the line covers the same pixels as the whole curve. index[4 columns] is ascending; NaN is never chosen. Returns how many. */
size_t scale_decimate(size_t *index, const double *values, size_t n, size_t columns);

#endif
