/* Eigenvalues of the covariance by GSL. */
#include "dimension.h"
#include "counts.h"
#include <gsl/gsl_blas.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_sort_vector.h>
#include <math.h>
#include <string.h>

/* covariance += sum over bins of x x^T, sum += x; the bins of one span at a time. */
static void add_span(gsl_matrix *covariance, double *sum, double *counts, size_t n_bins, double bin, const trains *t,
                     int k)
{
    const size_t n = (size_t)t->n_neurons;
    memset(counts, 0, n * n_bins * sizeof *counts);
    for (size_t i = 0; i < n; i++) {
        counts_neuron(counts + i * n_bins, n_bins, bin, t, (int)i, k);
        for (size_t b = 0; b < n_bins; b++)
            sum[i] += counts[i * n_bins + b];
    }
    gsl_matrix_view x = gsl_matrix_view_array(counts, n, n_bins);
    gsl_blas_dsyrk(CblasLower, CblasNoTrans, 1, &x.matrix, 1, covariance);
}

static bool eigenvalues(double *out, gsl_matrix *covariance)
{
    const size_t n = covariance->size1;
    gsl_eigen_symm_workspace *room = gsl_eigen_symm_alloc(n);
    gsl_vector_view values = gsl_vector_view_array(out, n);
    const bool good = room && gsl_eigen_symm(covariance, &values.vector, room) == 0;
    if (room) gsl_eigen_symm_free(room);
    gsl_sort_vector(&values.vector);
    gsl_vector_reverse(&values.vector);
    return good;
}

static void finish(dimension *out)
{
    double sum = 0, squares = 0, so_far = 0;
    for (int c = 0; c < out->n; c++) {
        if (out->variance[c] < 0) out->variance[c] = 0; /* by rounding */
        sum += out->variance[c];
        squares += out->variance[c] * out->variance[c];
    }
    out->participation = squares > 0 ? sum * sum / squares : NAN;
    for (out->n_90 = 0; out->n_90 < out->n && so_far < 0.9 * sum; out->n_90++)
        so_far += out->variance[out->n_90];
}

lsnn_status dimension_of(dimension *out, double bin, const trains *t, arena *a, lsnn_error *err)
{
    const size_t n = (size_t)t->n_neurons;
    double *cells, *sum, *counts;
    size_t most = 0;
    *out = (dimension){.n = t->n_neurons, .participation = NAN};
    for (int k = 0; k < t->n_spans; k++) {
        const size_t here = counts_bins(t->spans[k].stop - t->spans[k].start, bin);
        if (here > most) most = here;
        out->n_bins += here;
    }
    TRY(arena_take(a, &out->variance, n + 1, sizeof *out->variance, err));
    if (n == 0 || out->n_bins < 2) return LSNN_OK;
    TRY(arena_take(a, &cells, n * n, sizeof *cells, err));
    TRY(arena_take(a, &sum, n, sizeof *sum, err));
    TRY(arena_take(a, &counts, n * most, sizeof *counts, err));
    gsl_matrix_view covariance = gsl_matrix_view_array(cells, n, n);
    for (int k = 0; k < t->n_spans; k++)
        add_span(&covariance.matrix, sum, counts, counts_bins(t->spans[k].stop - t->spans[k].start, bin), bin, t, k);
    const double bins = (double)out->n_bins;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            cells[i * n + j] = cells[i * n + j] / bins - sum[i] / bins * (sum[j] / bins);
    if (!eigenvalues(out->variance, &covariance.matrix))
        return lsnn_fail(err, LSNN_INTERNAL, "no eigenvalues were found for %zu neurons", n);
    finish(out);
    return LSNN_OK;
}
