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

/* A vector of a size that is in registers on any processor with AVX2. Of wider ones compilers make detours through memory where the
 * processor has none so wide, and where it has, rows do not come faster from the second-level cache. */
typedef real rows_part __attribute__((vector_size(32), may_alias));
#define ROWS_PART (32 / (int)sizeof(real)) /* lanes of a part */
#define ROWS_PARTS (LSNN_LANES / ROWS_PART)
#define ROWS_AT_ONCE 4
#define ROWS_MANY 32 /* rows that are listed to be added */

/* sum += row[0], then row[1], ... of n rows, for `parts` parts that stay in registers meanwhile. */
LSNN_INLINE void rows_add_parts(real *sum, const real *const *row, int n, int j, int parts)
{
    rows_part *to = (rows_part *)(sum + j), kept[8];
    for (int q = 0; q < parts; q++)
        kept[q] = to[q];
    for (int r = 0; r < n; r++)
        for (int q = 0; q < parts; q++)
            kept[q] += ((const rows_part *)(row[r] + j))[q];
    for (int q = 0; q < parts; q++)
        to[q] = kept[q];
}

/* sum += row[0], then row[1], ... of n rows. */
LSNN_INLINE void rows_add_all(real *sum, const real *const *row, int n, int width)
{
    int j = 0;
    for (; j + 8 * ROWS_PART <= width; j += 8 * ROWS_PART)
        rows_add_parts(sum, row, n, j, 8);
    for (; j < width; j += LSNN_LANES)
        rows_add_parts(sum, row, n, j, ROWS_PARTS);
}

/* out[r]: the sum of sum[r]'s lanes, j and j + 8 first, then j and j + 4, j + 2, j + 1: the same bits whatever the compiler makes of
 * it. */
LSNN_INLINE void rows_fold(real out[ROWS_AT_ONCE], rows_part sum[ROWS_AT_ONCE][ROWS_PARTS])
{
    for (int half = ROWS_PARTS / 2; half > 0; half /= 2)
        for (int r = 0; r < ROWS_AT_ONCE; r++)
            for (int q = 0; q < half; q++)
                sum[r][q] += sum[r][q + half];
    const rows_part a = sum[0][0], b = sum[1][0], c = sum[2][0], d = sum[3][0];
#ifdef LSNN_DOUBLE
    const rows_part ab = __builtin_shufflevector(a, b, 0, 1, 4, 5) + __builtin_shufflevector(a, b, 2, 3, 6, 7);
    const rows_part cd = __builtin_shufflevector(c, d, 0, 1, 4, 5) + __builtin_shufflevector(c, d, 2, 3, 6, 7);
    const rows_part acbd = __builtin_shufflevector(ab, cd, 0, 4, 2, 6) + __builtin_shufflevector(ab, cd, 1, 5, 3, 7);
    const int second = 2;
#else
    const rows_part ab = __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11) +
                         __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
    const rows_part cd = __builtin_shufflevector(c, d, 0, 1, 2, 3, 8, 9, 10, 11) +
                         __builtin_shufflevector(c, d, 4, 5, 6, 7, 12, 13, 14, 15);
    const rows_part pairs = __builtin_shufflevector(ab, cd, 0, 1, 8, 9, 4, 5, 12, 13) +
                            __builtin_shufflevector(ab, cd, 2, 3, 10, 11, 6, 7, 14, 15);
    const rows_part acbd = __builtin_shufflevector(pairs, pairs, 0, 2, 0, 2, 4, 6, 4, 6) +
                           __builtin_shufflevector(pairs, pairs, 1, 3, 1, 3, 5, 7, 5, 7);
    const int second = 4;
#endif
    out[0] = acbd[0];
    out[1] = acbd[second];
    out[2] = acbd[1];
    out[3] = acbd[second + 1];
}

/* out[r] = sum_j row[r][j] x[j] */
LSNN_INLINE void rows_dots(real out[ROWS_AT_ONCE], const real *const *row, const real *x, int width)
{
    rows_part sum[ROWS_AT_ONCE][ROWS_PARTS] = {0};
    for (int j = 0; j < width; j += LSNN_LANES)
        for (int q = 0; q < ROWS_PARTS; q++) {
            const rows_part values = ((const rows_part *)(x + j))[q];
            for (int r = 0; r < ROWS_AT_ONCE; r++)
                sum[r][q] += ((const rows_part *)(row[r] + j))[q] * values;
        }
    rows_fold(out, sum);
}

/* out[r] = sum_j row[r][j] x[r][j] */
LSNN_INLINE void rows_dots_each(real out[ROWS_AT_ONCE], const real *const *row, const real *const *x, int width)
{
    rows_part sum[ROWS_AT_ONCE][ROWS_PARTS] = {0};
    for (int j = 0; j < width; j += LSNN_LANES)
        for (int q = 0; q < ROWS_PARTS; q++)
            for (int r = 0; r < ROWS_AT_ONCE; r++)
                sum[r][q] += ((const rows_part *)(row[r] + j))[q] * ((const rows_part *)(x[r] + j))[q];
    rows_fold(out, sum);
}

/* to[r] += sum over steps s of value[s * n_values + r] row[s * stride], for n_rows <= 4 rows r that lie `width` apart. */
LSNN_INLINE void rows_collect_four(real *to, const real *value, size_t n_values, const real *row, size_t stride,
                                   int width, int n_steps, int n_rows)
{
    for (int j = 0; j < width; j += LSNN_LANES) {
        rows_part sum[4][ROWS_PARTS] = {0};
        for (int s = 0; s < n_steps; s++)
            for (int q = 0; q < ROWS_PARTS; q++) {
                const rows_part x = ((const rows_part *)(row + (size_t)s * stride + j))[q];
                for (int r = 0; r < 4; r++)
                    sum[r][q] += value[(size_t)s * n_values + (size_t)r] * x;
            }
        for (int r = 0; r < n_rows; r++)
            for (int q = 0; q < ROWS_PARTS; q++)
                ((rows_part *)(to + (size_t)r * (size_t)width + j))[q] += sum[r][q];
    }
}

/* Writes first + j for each j with z[j] = 1, ascending; returns how many. n is a multiple of LSNN_LANES; there is room for
 * LSNN_LANES more. */
int rows_spikes(uint32_t *id, const real *z, int n, uint32_t first);

#endif
