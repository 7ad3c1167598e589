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

/* sum_j a[j] b[j], in LSNN_LANES sums that are added in a fixed order: the same bits whatever the compiler makes of it. */
LSNN_INLINE real rows_dot(const real *a, const real *b, int width)
{
    real sum[LSNN_LANES] = {0};
    for (int block = 0; block < width; block += LSNN_LANES) {
#pragma omp simd
        for (int j = 0; j < LSNN_LANES; j++)
            sum[j] += a[block + j] * b[block + j];
    }
    for (int half = LSNN_LANES / 2; half > 0; half /= 2) {
#pragma omp simd
        for (int j = 0; j < half; j++)
            sum[j] += sum[half + j];
    }
    return sum[0];
}

/* Writes first + j for each j with z[j] = 1, ascending; returns how many. n is a multiple of LSNN_LANES; there is room for
 * LSNN_LANES more. */
int rows_spikes(uint32_t *id, const real *z, int n, uint32_t first);

#endif
