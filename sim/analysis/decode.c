/* A cross-validated ridge classifier in its dual form: with K = X X^T the answer for a trial x is (X x)^T (K + lambda)^-1 y, so
 * that the matrix to be factored is trials x trials for any number of neurons. */
#include "decode.h"
#include "counts.h"
#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <string.h>

typedef struct problem {
    size_t n, n_features;
    int n_classes, folds;
    const int *label;
    const int *fold; /* [n] */
    double *z;       /* [n][n_features]: scaled */
    size_t *seen;    /* [n]: the training trials of the present fold */
    double *kernel;  /* [n][n] */
    double *answer;  /* [n] */
    double *score;   /* [n][n_classes] */
    double ridge;
} problem;

static void scale(const problem *p, const double *x, size_t n_seen)
{
    for (size_t f = 0; f < p->n_features; f++) {
        double mean = 0, squares = 0;
        for (size_t s = 0; s < n_seen; s++)
            mean += x[p->seen[s] * p->n_features + f];
        mean /= (double)n_seen;
        for (size_t s = 0; s < n_seen; s++) {
            const double d = x[p->seen[s] * p->n_features + f] - mean;
            squares += d * d;
        }
        const double sd = sqrt(squares / (double)n_seen);
        for (size_t s = 0; s < p->n; s++)
            p->z[s * p->n_features + f] = sd > 0 ? (x[s * p->n_features + f] - mean) / sd : 0;
    }
}

static double target(const problem *p, size_t trial, int c)
{
    return p->label[trial] == c ? 1 : -1;
}

/* Solves for each class and scores the trials of the fold. */
static bool solve(const problem *p, size_t n_seen, int fold)
{
    gsl_matrix_view kernel = gsl_matrix_view_array(p->kernel, n_seen, n_seen);
    gsl_vector_view answer = gsl_vector_view_array(p->answer, n_seen);
    for (size_t r = 0; r < n_seen; r++)
        for (size_t s = 0; s <= r; s++) {
            gsl_vector_view a = gsl_vector_view_array(p->z + p->seen[r] * p->n_features, p->n_features);
            gsl_vector_view b = gsl_vector_view_array(p->z + p->seen[s] * p->n_features, p->n_features);
            double product;
            gsl_blas_ddot(&a.vector, &b.vector, &product);
            if (r == s) product += p->ridge * (double)n_seen;
            gsl_matrix_set(&kernel.matrix, r, s, product);
            gsl_matrix_set(&kernel.matrix, s, r, product);
        }
    if (gsl_linalg_cholesky_decomp1(&kernel.matrix) != 0) return false;
    for (int c = 0; c < p->n_classes; c++) {
        double mean = 0;
        for (size_t s = 0; s < n_seen; s++)
            mean += target(p, p->seen[s], c) / (double)n_seen;
        for (size_t s = 0; s < n_seen; s++)
            p->answer[s] = target(p, p->seen[s], c) - mean;
        gsl_linalg_cholesky_svx(&kernel.matrix, &answer.vector);
        for (size_t trial = 0; trial < p->n; trial++) {
            if (p->fold[trial] != fold) continue;
            double sum = mean;
            for (size_t s = 0; s < n_seen; s++) {
                double product = 0;
                for (size_t f = 0; f < p->n_features; f++)
                    product += p->z[trial * p->n_features + f] * p->z[p->seen[s] * p->n_features + f];
                sum += product * p->answer[s];
            }
            p->score[trial * (size_t)p->n_classes + (size_t)c] = sum;
        }
    }
    return true;
}

static double count_right(const problem *p)
{
    size_t right = 0;
    for (size_t trial = 0; trial < p->n; trial++) {
        const double *score = p->score + trial * (size_t)p->n_classes;
        int best = 0;
        for (int c = 1; c < p->n_classes; c++)
            if (score[c] > score[best]) best = c;
        right += best == p->label[trial];
    }
    return (double)right / (double)p->n;
}

/* Which part a trial is in; false if a class is too small. */
static lsnn_status deal(problem *p, bool *enough, arena *a, lsnn_error *err)
{
    int *fold;
    size_t *members;
    TRY(arena_take(a, &fold, p->n + 1, sizeof *fold, err));
    TRY(arena_take(a, &members, (size_t)p->n_classes + 1, sizeof *members, err));
    for (size_t k = 0; k < p->n; k++)
        fold[k] = (int)(members[p->label[k]]++ % (size_t)p->folds);
    *enough = p->n_classes >= 2 && p->folds >= 2;
    for (int c = 0; c < p->n_classes; c++)
        *enough = *enough && members[c] >= (size_t)p->folds;
    p->fold = fold;
    return LSNN_OK;
}

lsnn_status decode_accuracy(double *out, const double *x, size_t n_features, const int *label, size_t n_trials,
                            int n_classes, int folds, double ridge, arena *a, lsnn_error *err)
{
    problem p = {.n = n_trials,
                 .n_features = n_features,
                 .n_classes = n_classes,
                 .folds = folds,
                 .label = label,
                 .ridge = ridge};
    bool enough;
    *out = NAN;
    TRY(deal(&p, &enough, a, err));
    if (!enough) return LSNN_OK;
    TRY(arena_take(a, &p.z, p.n * n_features + 1, sizeof *p.z, err));
    TRY(arena_take(a, &p.seen, p.n, sizeof *p.seen, err));
    TRY(arena_take(a, &p.kernel, p.n * p.n, sizeof *p.kernel, err));
    TRY(arena_take(a, &p.answer, p.n, sizeof *p.answer, err));
    TRY(arena_take(a, &p.score, p.n * (size_t)n_classes, sizeof *p.score, err));
    for (int f = 0; f < folds; f++) {
        size_t n_seen = 0;
        for (size_t k = 0; k < p.n; k++)
            if (p.fold[k] != f) p.seen[n_seen++] = k;
        scale(&p, x, n_seen);
        if (!solve(&p, n_seen, f)) return LSNN_OK;
    }
    *out = count_right(&p);
    return LSNN_OK;
}

lsnn_status decode_over_time(double *accuracy, size_t n_bins, double bin, const trains *t, const int *label,
                             int n_classes, int folds, double ridge, arena *a, lsnn_error *err)
{
    const size_t n = (size_t)t->n_neurons, n_trials = (size_t)t->n_spans;
    double *counts, *x;
    TRY(arena_take(a, &counts, n_trials * n * n_bins + 1, sizeof *counts, err));
    TRY(arena_take(a, &x, n_trials * n + 1, sizeof *x, err));
    for (size_t k = 0; k < n_trials; k++)
        for (size_t i = 0; i < n; i++)
            counts_neuron(counts + (k * n + i) * n_bins, n_bins, bin, t, (int)i, (int)k);
    for (size_t b = 0; b < n_bins; b++) {
        arena *scratch;
        for (size_t c = 0; c < n_trials * n; c++)
            x[c] = counts[c * n_bins + b];
        TRY(arena_new(&scratch, err));
        const lsnn_status status =
            decode_accuracy(&accuracy[b], x, n, label, n_trials, n_classes, folds, ridge, scratch, err);
        arena_free(scratch);
        TRY(status);
    }
    return LSNN_OK;
}
