/* The inner loops over synapses: a spike adds a row of weights to the currents; going backward it adds the adjoints of the
 * currents to its row of the gradient. Widths are multiples of LSNN_LANES. */
#ifndef ROWS_H
#define ROWS_H

#include "lsnn/field.h"

/* sum[0 .. width-1] += rows of `weight` (row r begins at r * width) */
void rows_add(real *sum, const real *weight, int width, const uint32_t *row, int n_rows, uint32_t first);
/* rows of `gradient` += adjoint */
void rows_collect(real *gradient, const real *adjoint, int width, const uint32_t *row, int n_rows, uint32_t first);
/* sum += factor * row */
void rows_add_scaled(real *sum, const real *row, int width, real factor);
/* sum += plus - minus */
void rows_add_difference(real *sum, const real *plus, const real *minus, int width);
/* plus += adjoint, minus -= adjoint */
void rows_collect_difference(real *plus, real *minus, const real *adjoint, int width);
/* Where z[j] is 1: first + j, ascending; returns how many. n is a multiple of LSNN_LANES. */
int rows_spikes(uint32_t *id, const real *z, int n, uint32_t first);

#endif
