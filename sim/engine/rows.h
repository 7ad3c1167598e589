/* The inner loops over synapses: a spike adds a row of weights to the currents; going backward it adds the adjoints of the
 * currents to its row of the gradient. Widths are multiples of LSNN_LANES. They are inlined into the passes, which are compiled
 * for each level of the processor. */
#ifndef ROWS_H
#define ROWS_H

#include "lsnn/model.h"

LSNN_INLINE void rows_clear(real *sum, int width)
{
    width &= ~(LSNN_LANES - 1);
#pragma omp simd
    for (int j = 0; j < width; j++)
        sum[j] = 0;
}

LSNN_INLINE void rows_copy(real *to, const real *from, int width)
{
    width &= ~(LSNN_LANES - 1);
#pragma omp simd
    for (int j = 0; j < width; j++)
        to[j] = from[j];
}

/* sum[0 .. width-1] += row */
LSNN_INLINE void rows_add(real *sum, const real *row, int width)
{
    width &= ~(LSNN_LANES - 1);
#pragma omp simd
    for (int j = 0; j < width; j++)
        sum[j] += row[j];
}

/* sum += factor * row */
LSNN_INLINE void rows_add_scaled(real *sum, const real *row, int width, real factor)
{
    width &= ~(LSNN_LANES - 1);
#pragma omp simd
    for (int j = 0; j < width; j++)
        sum[j] += factor * row[j];
}

/* sum += factor[0] row + factor[1] (row + stride) + ..., added in this order, for four rows */
LSNN_INLINE void rows_add_four_scaled(real *sum, const real *row, size_t stride, int width, const real factor[4])
{
    const real a = factor[0], b = factor[1], c = factor[2], d = factor[3];
    const real *second = row + stride, *third = second + stride, *fourth = third + stride;
    width &= ~(LSNN_LANES - 1);
#pragma omp simd
    for (int j = 0; j < width; j++)
        sum[j] = (((sum[j] + a * row[j]) + b * second[j]) + c * third[j]) + d * fourth[j];
}

/* sum = base + factor * row */
LSNN_INLINE void rows_sum_scaled(real *sum, const real *base, const real *row, int width, real factor)
{
    width &= ~(LSNN_LANES - 1);
#pragma omp simd
    for (int j = 0; j < width; j++)
        sum[j] = base[j] + factor * row[j];
}

/* sum += plus - minus */
LSNN_INLINE void rows_add_difference(real *sum, const real *plus, const real *minus, int width)
{
    width &= ~(LSNN_LANES - 1);
#pragma omp simd
    for (int j = 0; j < width; j++)
        sum[j] += plus[j] - minus[j];
}

/* plus += adjoint, minus -= adjoint */
LSNN_INLINE void rows_collect_difference(real *plus, real *minus, const real *adjoint, int width)
{
    width &= ~(LSNN_LANES - 1);
#pragma omp simd
    for (int j = 0; j < width; j++) {
        plus[j] += adjoint[j];
        minus[j] -= adjoint[j];
    }
}

typedef real rows_lanes __attribute__((vector_size(LSNN_LANES * sizeof(real)), may_alias));
#define ROWS_AT_ONCE 8
#define ROWS_MANY 32 /* rows that are listed to be added */

/* sum += row[0], then row[1], ... of n rows: the sums stay in registers meanwhile. */
LSNN_INLINE void rows_add_all(real *sum, const real *const *row, int n, int width)
{
    int j = 0;
    for (; j + 4 * LSNN_LANES <= width; j += 4 * LSNN_LANES) {
        rows_lanes *to = (rows_lanes *)(sum + j), a = to[0], b = to[1], c = to[2], d = to[3];
        for (int r = 0; r < n; r++) {
            const rows_lanes *from = (const rows_lanes *)(row[r] + j);
            a += from[0];
            b += from[1];
            c += from[2];
            d += from[3];
        }
        to[0] = a;
        to[1] = b;
        to[2] = c;
        to[3] = d;
    }
    for (; j < width; j += LSNN_LANES) {
        rows_lanes *to = (rows_lanes *)(sum + j), a = *to;
        for (int r = 0; r < n; r++)
            a += *(const rows_lanes *)(row[r] + j);
        *to = a;
    }
}

/* Halves: a's lanes and b's, each the sum of two halves. Quarters: of a, b (in ab) and c, d (in cd). */
#define ROWS_HALVES(a, b)                                                                                              \
    (__builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +                           \
     __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))
#define ROWS_QUARTERS(ab, cd)                                                                                          \
    (__builtin_shufflevector(ab, cd, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +                       \
     __builtin_shufflevector(ab, cd, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31))

/* out[r]: the sum of sum[r]'s lanes, j and j + 8 first, then j and j + 4, j + 2, j + 1: the same bits whatever the compiler makes of
 * it, and whatever the other sums are. n is 4 or 8. */
LSNN_INLINE void rows_fold(real out[ROWS_AT_ONCE], const rows_lanes sum[ROWS_AT_ONCE], int n)
{
    static const int place[ROWS_AT_ONCE] = {0, 4, 8, 12, 2, 6, 10, 14};
    rows_lanes all[2];
    for (int r = 0; r < n; r += 4)
        all[r / 4] = ROWS_QUARTERS(ROWS_HALVES(sum[r], sum[r + 1]), ROWS_HALVES(sum[r + 2], sum[r + 3]));
    if (n == 4) all[1] = all[0];
    const rows_lanes pairs =
        __builtin_shufflevector(all[0], all[1], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29) +
        __builtin_shufflevector(all[0], all[1], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
    const rows_lanes single =
        __builtin_shufflevector(pairs, pairs, 0, 0, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10, 12, 12, 14, 14) +
        __builtin_shufflevector(pairs, pairs, 1, 1, 3, 3, 5, 5, 7, 7, 9, 9, 11, 11, 13, 13, 15, 15);
    for (int r = 0; r < n; r++)
        out[r] = single[place[r]];
}

/* out[r] = sum_j row[r][j] x[j] of n = 4 or 8 rows. */
LSNN_INLINE void rows_dots(real out[ROWS_AT_ONCE], const real *const *row, int n, const real *x, int width)
{
    rows_lanes sum[ROWS_AT_ONCE] = {0};
    for (int j = 0; j < width; j += LSNN_LANES) {
        const rows_lanes values = *(const rows_lanes *)(x + j);
        for (int r = 0; r < n; r++)
            sum[r] += *(const rows_lanes *)(row[r] + j) * values;
    }
    rows_fold(out, sum, n);
}

/* out[r] = sum_j row[r][j] x[r][j] */
LSNN_INLINE void rows_dots_each(real out[ROWS_AT_ONCE], const real *const *row, int n, const real *const *x, int width)
{
    rows_lanes sum[ROWS_AT_ONCE] = {0};
    for (int j = 0; j < width; j += LSNN_LANES)
        for (int r = 0; r < n; r++)
            sum[r] += *(const rows_lanes *)(row[r] + j) * *(const rows_lanes *)(x[r] + j);
    rows_fold(out, sum, n);
}

/* sum_j row[j] x[j] in the same order. */
LSNN_INLINE real rows_dot(const real *row, const real *x, int width)
{
    rows_lanes sum = {0};
    for (int j = 0; j < width; j += LSNN_LANES)
        sum += *(const rows_lanes *)(row + j) * *(const rows_lanes *)(x + j);
    sum += __builtin_shufflevector(sum, sum, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
    sum += __builtin_shufflevector(sum, sum, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
    sum += __builtin_shufflevector(sum, sum, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
    return sum[0] + sum[1];
}

/* to[r] += sum over steps s of value[s * n_values + r] row[s * stride], for n_rows <= 4 rows r that lie `width` apart. */
LSNN_INLINE void rows_collect_four(real *to, const real *value, size_t n_values, const real *row, size_t stride,
                                   int width, int n_steps, int n_rows)
{
    for (int j = 0; j < width; j += LSNN_LANES) {
        rows_lanes sum[4] = {0};
        for (int s = 0; s < n_steps; s++) {
            const rows_lanes x = *(const rows_lanes *)(row + (size_t)s * stride + j);
            for (int r = 0; r < 4; r++)
                sum[r] += value[(size_t)s * n_values + (size_t)r] * x;
        }
        for (int r = 0; r < n_rows; r++)
            *(rows_lanes *)(to + (size_t)r * (size_t)width + j) += sum[r];
    }
}

/* Writes first + j for each j with z[j] = 1, ascending; returns how many. n is a multiple of LSNN_LANES; there is room for
 * LSNN_LANES more. */
int rows_spikes(uint32_t *id, const real *z, int n, uint32_t first);

#endif
