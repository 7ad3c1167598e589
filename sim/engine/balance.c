/* Balanced weights. */
#include "balance.h"
#include "lsnn/random.h"
#include <math.h>
#include <string.h>

static void draw(double *w, int n, int m, uint64_t seed, int number)
{
    for (int i = 0; i < n; i++) {
        lsnn_random stream = lsnn_random_stream(seed, LSNN_WEIGHTS, (uint64_t)i, (uint64_t)number);
        for (int j = 0; j < m; j++)
            w[(size_t)i * (size_t)m + (size_t)j] = fabs(lsnn_random_normal(&stream));
    }
}

/* Sums of the excitatory and of the inhibitory |w| in columns first .. last-1. */
static void sum_up(double sum[2], const double *w, const real *sign, int n, int m, int first, int last)
{
    sum[0] = sum[1] = 0;
    for (int i = 0; i < n; i++)
        for (int j = first; j < last; j++)
            sum[sign[i] < 0] += w[(size_t)i * (size_t)m + (size_t)j];
}

/* The weaker side is made stronger. */
static void balance(double *w, const real *sign, int n, int m)
{
    double sum[2];
    int count[2] = {0, 0};
    for (int i = 0; i < n; i++)
        count[sign[i] < 0]++;
    sum_up(sum, w, sign, n, m, 0, m);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m && sign[i] < 0; j++)
            w[(size_t)i * (size_t)m + (size_t)j] *= sum[0] / sum[1];
    for (int j = 0; j < m; j++) {
        sum_up(sum, w, sign, n, m, j, j + 1);
        const bool weak = sum[1] < sum[0]; /* which side */
        for (int i = 0; i < n; i++)
            if ((sign[i] < 0) == weak) w[(size_t)i * (size_t)m + (size_t)j] += fabs(sum[0] - sum[1]) / count[weak];
    }
}

static double norm(const double *x, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sqrt(sum);
}

/* How fast x W^k grows with k, past the first steps: the mean also serves when the largest eigenvalues are a complex pair. */
static double spectral_radius(const double *w, const real *sign, int n, int m, double *x, double *y)
{
    enum { FIRST = 500, STEPS = 1500 };
    double growth = 0;
    for (int i = 0; i < n; i++)
        x[i] = 1.0 / (1 + i);
    for (int k = 0; k < STEPS; k++) {
        memset(y, 0, (size_t)n * sizeof *y);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                y[j] += sign[i] * x[i] * w[(size_t)i * (size_t)m + (size_t)j];
        const double length = norm(y, n);
        if (length == 0) return 0;
        if (k >= FIRST) growth += log(length);
        for (int i = 0; i < n; i++)
            x[i] = y[i] / length;
    }
    return exp(growth / (STEPS - FIRST));
}

lsnn_status balance_draw(double **out, arena *a, const real *sign, int n_from, int n_to, double gain, uint64_t seed,
                         int number, lsnn_error *err)
{
    const int m = n_from > n_to ? n_from : n_to;
    double *w, *x, *y;
    TRY(arena_take(a, &w, (size_t)n_from * (size_t)m, sizeof *w, err));
    TRY(arena_take(a, &x, (size_t)n_from, sizeof *x, err));
    TRY(arena_take(a, &y, (size_t)n_from, sizeof *y, err));
    TRY(arena_take(a, out, (size_t)n_from * (size_t)n_to, sizeof **out, err));
    draw(w, n_from, m, seed, number);
    balance(w, sign, n_from, m);
    const double radius = spectral_radius(w, sign, n_from, m, x, y);
    for (int i = 0; i < n_from; i++)
        for (int j = 0; j < n_to; j++)
            (*out)[(size_t)i * (size_t)n_to + (size_t)j] =
                sign[i] * w[(size_t)i * (size_t)m + (size_t)j] * (radius > 0 ? gain / radius : gain);
    return LSNN_OK;
}
