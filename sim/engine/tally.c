/* Sums and their standard errors. */
#include "tally.h"
#include <math.h>

lsnn_status tally_new(tally *out, int most, arena *a, lsnn_error *err)
{
    const size_t n = (size_t)most;
    TRY(arena_take(a, &out->sum, n, sizeof(double), err));
    TRY(arena_take(a, &out->squares, n, sizeof(double), err));
    return arena_take(a, &out->count, n, sizeof(double), err);
}

void tally_clear(tally *c, int n)
{
    c->n = n;
    for (int k = 0; k < n; k++)
        c->sum[k] = c->squares[k] = c->count[k] = 0;
}

static void add(tally *c, int k, double value)
{
    c->sum[k] += value;
    c->squares[k] += value * value;
    c->count[k]++;
}

void tally_add(tally *c, const double *values)
{
    for (int k = 0; k < c->n; k++)
        if (!isnan(values[k])) add(c, k, values[k]);
}

void tally_add_first(tally *c, const double *values)
{
    for (int k = 0; k < c->n; k++)
        if (!isnan(values[k])) add(c, k, values[0]);
}

double tally_mean(const tally *c, int k)
{
    return c->sum[k] / c->count[k];
}

double tally_sem(const tally *c, int k)
{
    const double mean = tally_mean(c, k);
    return sqrt(fmax(c->squares[k] / c->count[k] - mean * mean, 0) / (c->count[k] - 1));
}

double tally_mean_from(const tally *c, int k)
{
    double sum = 0, count = 0;
    for (; k < c->n; k++) {
        sum += c->sum[k];
        count += c->count[k];
    }
    return sum / count;
}
