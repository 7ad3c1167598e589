/* The first root of a sum of exponentials, found for certain: by Rolle's theorem.
 *
 * A sum h(t) = sum_{i >= 0} c_i exp(-r_i t) with r_0 = 0 < r_1 < ... is monotone between the roots of its derivative, and
 * those are the roots of exp(r_1 t) h'(t) = sum_{i >= 1} -r_i c_i exp(-(r_i - r_1) t), which has a term less. So from the
 * sum with two terms, whose root is a logarithm, upwards: the roots of each sum cut time into pieces in which the next
 * one is monotone, and a piece holds a root if the signs at its ends differ. Brent's method (GSL) finds it. Two crossings,
 * however close to each other, lie in different pieces. */
#include "crossing.h"
#include "decay.h"
#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>
#include <math.h>
#include <stdlib.h>

enum { TERMS = LSNN_MAX_MODES + 1 };

struct crossing_solver {
    gsl_root_fsolver *brent;
};

lsnn_status crossing_new(crossing_solver **out, lsnn_error *err)
{
    crossing_solver *solver = malloc(sizeof *solver);
    if (solver) solver->brent = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    if (!solver || !solver->brent) {
        free(solver);
        return lsnn_fail(err, LSNN_MEMORY, "no memory for a root finder");
    }
    *out = solver;
    return LSNN_OK;
}

void crossing_free(crossing_solver *solver)
{
    if (!solver) return;
    gsl_root_fsolver_free(solver->brent);
    free(solver);
}

/* Terms first .. n-1 of a sum, relative to the rate of term `first`. */
typedef struct tail {
    int first, n;
    double c[TERMS], rate[TERMS];
} tail;

static double tail_value(double t, void *of)
{
    const tail *h = of;
    double sum = 0;
    for (int i = h->n - 1; i > h->first; i--)
        sum += h->c[i] * decay_exp(-(h->rate[i] - h->rate[h->first]) * t);
    return h->c[h->first] + sum;
}

/* The root between a and b, where h has values of different signs. */
static double brent_root(crossing_solver *solver, tail *h, double a, double b)
{
    enum { MOST = 200 }; /* bisection alone would need some 60 */
    gsl_function f = {.function = tail_value, .params = h};
    double root = b;
    if (gsl_root_fsolver_set(solver->brent, &f, a, b) != GSL_SUCCESS) return root;
    for (int k = 0; k < MOST; k++) {
        if (gsl_root_fsolver_iterate(solver->brent) != GSL_SUCCESS) break;
        root = gsl_root_fsolver_root(solver->brent);
        const double low = gsl_root_fsolver_x_lower(solver->brent), high = gsl_root_fsolver_x_upper(solver->brent);
        if (high - low <= 2 * 2.2e-16 * fabs(root) || tail_value(root, h) == 0) break;
    }
    return root;
}

/* h in (a, infinity), where it is monotone, goes from a value to that of its constant. */
static bool root_beyond(crossing_solver *solver, tail *h, double a, double *root)
{
    const double at_a = tail_value(a, h), rest = h->c[h->first];
    if (rest == 0 || (at_a > 0) == (rest > 0)) return false;
    double step = 1 / (h->rate[h->first + 1] - h->rate[h->first]), b = a + step;
    for (; (tail_value(b, h) > 0) != (rest > 0); b += step)
        step *= 2; /* ends when the decaying terms are lost beside the constant */
    *root = brent_root(solver, h, a, b);
    return true;
}

/* Roots of h from those of the sum with a term less, ascending; returns how many. */
static int roots_between(crossing_solver *solver, tail *h, double *root, int n_cuts)
{
    double cut[TERMS + 1] = {0}, found;
    int n = 0;
    for (int k = 0; k < n_cuts; k++)
        cut[k + 1] = root[k];
    for (int k = 0; k < n_cuts; k++)
        if ((tail_value(cut[k], h) > 0) != (tail_value(cut[k + 1], h) > 0))
            root[n++] = brent_root(solver, h, cut[k], cut[k + 1]);
    if (root_beyond(solver, h, cut[n_cuts], &found)) root[n++] = found;
    return n;
}

/* The root of c0 + c1 exp(-r t). */
static int root_of_two(const tail *h, double *root)
{
    const double c0 = h->c[h->first], c1 = h->c[h->first + 1];
    if (c0 == 0 || (c0 > 0) == (c1 > 0) || fabs(c1) <= fabs(c0)) return 0;
    root[0] = decay_log(fabs(c1) / fabs(c0)) / (h->rate[h->first + 1] - h->rate[h->first]);
    return 1;
}

/* Terms of equal rate are one term, and those of factor 0 none: the sum times exp(rate of the first t), whose roots are those of f. */
static void collect(tail *h, const crossing_sum *f)
{
    *h = (tail){.n = 1, .c = {f->level}};
    for (int k = 0; k < f->n; k++) {
        if (f->rate[k] != h->rate[h->n - 1]) {
            if (h->c[h->n - 1] != 0) h->n++;
            h->rate[h->n - 1] = f->rate[k];
            h->c[h->n - 1] = 0;
        }
        h->c[h->n - 1] += f->x[k];
    }
    if (h->c[h->n - 1] == 0) h->n--;
}

double crossing_first(crossing_solver *solver, const crossing_sum *f)
{
    double start = f->level;
    for (int k = 0; k < f->n; k++)
        start += f->x[k];
    if (start > 0) return 0;
    if (!crossing_possible(f->level, f->x, f->n)) return INFINITY;
    tail h;
    collect(&h, f);
    if (h.n < 2) return INFINITY;

    /* c of the sum that begins at term `first`: each derivative before has multiplied it by minus its rate. */
    double factor[TERMS][TERMS];
    memcpy(factor[0], h.c, sizeof h.c);
    for (int m = 1; m < h.n; m++)
        for (int i = m; i < h.n; i++)
            factor[m][i] = -factor[m - 1][i] * (h.rate[i] - h.rate[m - 1]);

    double root[TERMS];
    h.first = h.n - 2;
    memcpy(h.c, factor[h.first], sizeof h.c);
    int n = root_of_two(&h, root);
    while (h.first > 0) {
        h.first--;
        memcpy(h.c, factor[h.first], sizeof h.c);
        n = roots_between(solver, &h, root, n);
    }
    /* f is not positive at 0, so it is beyond its first root. */
    return n > 0 ? root[0] : INFINITY;
}
