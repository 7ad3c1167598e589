/* The inner loops over synapses: a spike adds a row of weights to the currents; going backward it adds the adjoints of the
 * currents to its row of the gradient. Widths are multiples of LSNN_LANES. They are inlined into the passes, which are compiled
 * for each level of the processor. */
#ifndef ROWS_H
#define ROWS_H

#include "lsnn/model.h"

LSNN_INLINE void rows_clear(real *sum, int width)
{
#pragma omp simd
    for (int j = 0; j < width; j++)
        sum[j] = 0;
}

LSNN_INLINE void rows_copy(real *to, const real *from, int width)
{
#pragma omp simd
    for (int j = 0; j < width; j++)
        to[j] = from[j];
}

/* sum[0 .. width-1] += row */
LSNN_INLINE void rows_add(real *sum, const real *row, int width)
{
#pragma omp simd
    for (int j = 0; j < width; j++)
        sum[j] += row[j];
}

/* sum += factor * row */
LSNN_INLINE void rows_add_scaled(real *sum, const real *row, int width, real factor)
{
#pragma omp simd
    for (int j = 0; j < width; j++)
        sum[j] += factor * row[j];
}

/* sum = base + factor * row */
LSNN_INLINE void rows_sum_scaled(real *sum, const real *base, const real *row, int width, real factor)
{
#pragma omp simd
    for (int j = 0; j < width; j++)
        sum[j] = base[j] + factor * row[j];
}

/* sum += plus - minus */
LSNN_INLINE void rows_add_difference(real *sum, const real *plus, const real *minus, int width)
{
#pragma omp simd
    for (int j = 0; j < width; j++)
        sum[j] += plus[j] - minus[j];
}

/* plus += adjoint, minus -= adjoint */
LSNN_INLINE void rows_collect_difference(real *plus, real *minus, const real *adjoint, int width)
{
#pragma omp simd
    for (int j = 0; j < width; j++) {
        plus[j] += adjoint[j];
        minus[j] -= adjoint[j];
    }
}

typedef real rows_lanes __attribute__((vector_size(LSNN_LANES * sizeof(real)), may_alias));
typedef real rows_half __attribute__((vector_size(LSNN_LANES / 2 * sizeof(real)), may_alias));
typedef real rows_quarter __attribute__((vector_size(LSNN_LANES / 4 * sizeof(real)), may_alias));

LSNN_INLINE void rows_fold(rows_quarter *out, const rows_lanes *sum)
{
    const rows_half half = __builtin_shufflevector(*sum, *sum, 0, 1, 2, 3, 4, 5, 6, 7) +
                           __builtin_shufflevector(*sum, *sum, 8, 9, 10, 11, 12, 13, 14, 15);
    *out = __builtin_shufflevector(half, half, 0, 1, 2, 3) + __builtin_shufflevector(half, half, 4, 5, 6, 7);
}

/* out[r] = sum_j row[r][j] x[j] for four rows. Each is LSNN_LANES sums that are added in a fixed order: the same bits whatever the
 * compiler makes of it, and whatever the other rows are. */
LSNN_INLINE void rows_dot_four(real out[4], const real *const row[4], const real *x, int width)
{
    rows_lanes sum[4] = {0};
    for (int j = 0; j < width; j += LSNN_LANES) {
        const rows_lanes values = *(const rows_lanes *)(x + j);
        for (int r = 0; r < 4; r++)
            sum[r] += *(const rows_lanes *)(row[r] + j) * values;
    }
    rows_quarter a, b, c, d;
    rows_fold(&a, &sum[0]);
    rows_fold(&b, &sum[1]);
    rows_fold(&c, &sum[2]);
    rows_fold(&d, &sum[3]);
    const rows_quarter ab = __builtin_shufflevector(a, b, 0, 1, 4, 5) + __builtin_shufflevector(a, b, 2, 3, 6, 7);
    const rows_quarter cd = __builtin_shufflevector(c, d, 0, 1, 4, 5) + __builtin_shufflevector(c, d, 2, 3, 6, 7);
    const rows_quarter all = __builtin_shufflevector(ab, cd, 0, 2, 4, 6) + __builtin_shufflevector(ab, cd, 1, 3, 5, 7);
    for (int r = 0; r < 4; r++)
        out[r] = all[r];
}

/* Writes first + j for each j with z[j] = 1, ascending; returns how many. n is a multiple of LSNN_LANES; there is room for
 * LSNN_LANES more. */
int rows_spikes(uint32_t *id, const real *z, int n, uint32_t first);

#endif
