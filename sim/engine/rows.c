/* Rows of dense projections. */
#include "rows.h"
#include "lsnn/model.h"

LSNN_KERNEL void rows_add(real *sum, const real *weight, int width, const uint32_t *row, int n_rows, uint32_t first)
{
    for (int r = 0; r < n_rows; r++) {
        const real *w = weight + (size_t)(row[r] - first) * (size_t)width;
#pragma omp simd
        for (int j = 0; j < width; j++) sum[j] += w[j];
    }
}

LSNN_KERNEL void rows_collect(real *gradient, const real *adjoint, int width, const uint32_t *row, int n_rows,
                              uint32_t first)
{
    for (int r = 0; r < n_rows; r++) {
        real *g = gradient + (size_t)(row[r] - first) * (size_t)width;
#pragma omp simd
        for (int j = 0; j < width; j++) g[j] += adjoint[j];
    }
}

LSNN_KERNEL void rows_add_scaled(real *sum, const real *row, int width, real factor)
{
#pragma omp simd
    for (int j = 0; j < width; j++) sum[j] += factor * row[j];
}

LSNN_KERNEL void rows_add_difference(real *sum, const real *plus, const real *minus, int width)
{
#pragma omp simd
    for (int j = 0; j < width; j++) sum[j] += plus[j] - minus[j];
}

LSNN_KERNEL void rows_collect_difference(real *plus, real *minus, const real *adjoint, int width)
{
#pragma omp simd
    for (int j = 0; j < width; j++) {
        plus[j] += adjoint[j];
        minus[j] -= adjoint[j];
    }
}

/* Most blocks hold no spike, so a block is first asked as a whole. */
LSNN_KERNEL int rows_spikes(uint32_t *id, const real *z, int n, uint32_t first)
{
    int n_spikes = 0;
    for (int block = 0; block < n; block += LSNN_LANES) {
        const real *lane = z + block;
        real sum = 0; /* of zeros and ones: exact in any order */
        for (int j = 0; j < LSNN_LANES; j++) sum += lane[j];
        if (sum == 0) continue;
        for (int j = 0; j < LSNN_LANES; j++) {
            id[n_spikes] = first + (uint32_t)(block + j);
            n_spikes += lane[j] > 0;
        }
    }
    return n_spikes;
}
