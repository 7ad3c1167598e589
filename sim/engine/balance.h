/* Weights of cells that are excitatory or inhibitory, balanced for each target. */
#ifndef BALANCE_H
#define BALANCE_H

#include "arena.h"
#include "lsnn/field.h"

/* sign: [n_from], 1 or -1, each at least once. The matrix, [n_from][n_to], is random from (seed, number):
 *
 *     |w_ij| = |N(0, 1)|                                                     of each pair, for m = max(n_from, n_to) targets
 *     |w_ij| *= sum_E |w| / sum_I |w|                                        i inhibitory; sums over the whole matrix
 *     d_j = sum_E |w_ij| - sum_I |w_ij|                                      for each target j
 *     |w_ij| -= d_j / n_E  (i excitatory, d_j < 0),  |w_ij| += d_j / n_I  (i inhibitory, d_j > 0)
 *     w_ij = gain / r sign_i |w_ij|                                          r: spectral radius of the first n_from targets
 *
 * so that each target's weights add up to 0 (published code of Bellec et al. 2018, NeurIPS: random_sparse_signed_matrix; that
 * one repeats targets where n_to > n_from). r is found to about 0.2 %. Synapses are then taken from it as the wiring says. */
LSNN_MUST_USE lsnn_status balance_draw(double **out, arena *a, const real *sign, int n_from, int n_to, double gain,
                                       uint64_t seed, int number, lsnn_error *err);

#endif
