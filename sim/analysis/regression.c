/* Normal equations that grow by a sample at a time, solved by their eigenvectors. */
#include "regression.h"
#include <gsl/gsl_blas.h>
#include <gsl/gsl_eigen.h>
#include <stdbool.h>

int regression_features(double *feature, regression_kind kind, const double *x, int n)
{
    const int n_features = 1 + n + (kind == REGRESSION_QUADRATIC ? n * (n + 1) / 2 : 0);
    if (!feature) return n_features;
    *feature++ = 1;
    for (int i = 0; i < n; i++)
        *feature++ = x[i];
    for (int i = 0; kind == REGRESSION_QUADRATIC && i < n; i++)
        for (int j = i; j < n; j++)
            *feature++ = x[i] * x[j];
    return n_features;
}

typedef struct equations {
    gsl_matrix *A, *copy, *vectors; /* sum of f f^T */
    gsl_vector *b, *f, *values, *w; /* sum of f y; features; eigenvalues; solution */
    gsl_eigen_symmv_workspace *space;
} equations;

static bool take(equations *q, size_t n)
{
    *q = (equations){gsl_matrix_calloc(n, n), gsl_matrix_alloc(n, n), gsl_matrix_alloc(n, n), gsl_vector_calloc(n),
                     gsl_vector_alloc(n),     gsl_vector_alloc(n),    gsl_vector_alloc(n),    gsl_eigen_symmv_alloc(n)};
    return q->A && q->copy && q->vectors && q->b && q->f && q->values && q->w && q->space;
}

static void release(equations *q)
{
    gsl_matrix_free(q->A);
    gsl_matrix_free(q->copy);
    gsl_matrix_free(q->vectors);
    gsl_vector_free(q->b);
    gsl_vector_free(q->f);
    gsl_vector_free(q->values);
    gsl_vector_free(q->w);
    gsl_eigen_symmv_free(q->space);
}

/* w = sum over eigenvectors v of v (v . b) / (value + ridge); directions in which there was nothing yet are left out. */
static void solve(equations *q, double ridge)
{
    gsl_matrix_memcpy(q->copy, q->A);
    gsl_eigen_symmv(q->copy, q->values, q->vectors, q->space);
    gsl_vector_set_zero(q->w);
    const double largest = gsl_vector_max(q->values);
    for (size_t k = 0; k < q->w->size; k++) {
        const double value = gsl_vector_get(q->values, k);
        double along;
        if (value <= 1e-12 * largest || largest <= 0) continue;
        const gsl_vector_const_view v = gsl_matrix_const_column(q->vectors, k);
        gsl_blas_ddot(&v.vector, q->b, &along);
        gsl_blas_daxpy(along / (value + ridge), &v.vector, q->w);
    }
}

lsnn_status regression_course(double *error, regression_kind kind, double ridge, int n_samples, int n, const double *x,
                              const double *y, lsnn_error *err)
{
    equations q;
    const bool taken = take(&q, (size_t)regression_features(NULL, kind, NULL, n));
    for (int k = 0; taken && k < n_samples; k++) {
        double expected;
        regression_features(q.f->data, kind, x + (size_t)k * (size_t)n, n);
        solve(&q, ridge);
        gsl_blas_ddot(q.w, q.f, &expected);
        error[k] = (expected - y[k]) * (expected - y[k]);
        gsl_blas_dger(1, q.f, q.f, q.A);
        gsl_blas_daxpy(y[k], q.f, q.b);
    }
    release(&q);
    return taken ? LSNN_OK : lsnn_fail(err, LSNN_MEMORY, "not enough memory for a regression");
}
