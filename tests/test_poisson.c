/* Poisson spikes: mean, variance, and independence of how cells are cut. */
#include "poisson.h"
#include <criterion/criterion.h>
#include <math.h>

enum { N = 256, STEPS = 2000 };

static arena *memory;

static poisson *made(double mean, double spread)
{
    static double rate[N];
    poisson *p;
    lsnn_error err;
    for (int i = 0; i < N; i++)
        rate[i] = mean * (1 + spread * (i % 2 ? 1 : -1));
    const source s = {.kind = SOURCE_POISSON, .n = N, .rate = rate};
    cr_assert_eq(arena_new(&memory, &err), LSNN_OK);
    cr_assert_eq(poisson_new(&p, &s, 1, memory, &err), LSNN_OK);
    return p;
}

/* Sum and sum of squares of the counts of every second cell, from `first` on. */
static void moments(const poisson *p, int first, double *mean, double *variance)
{
    double sum = 0, squares = 0, n = 0;
    for (int t = 0; t < STEPS; t++) {
        real column[N] = {0};
        const lsnn_random stream = poisson_stream(7, 3, 0, (uint64_t)t);
        poisson_add(p, &stream, 0, N, 1, column);
        for (int j = first; j < N; j += 2, n++) {
            sum += column[j];
            squares += column[j] * column[j];
        }
    }
    *mean = sum / n;
    *variance = squares / n - *mean * *mean;
}

Test(poisson, has_its_mean_and_variance)
{
    /* Above and below where sampling by gaps takes over; the last with different rates, which are thinned. */
    const double means[] = {20, 2, 0.3, 0.05, 0.01, 0.001, 0.5}, spreads[] = {0, 0, 0, 0, 0, 0, 0.8};
    for (size_t k = 0; k < sizeof means / sizeof *means; k++) {
        poisson *p = made(means[k], spreads[k]);
        for (int first = 0; first < 2; first++) {
            double mean, variance;
            const double wanted = means[k] * (1 + spreads[k] * (first ? 1 : -1)), n = N / 2.0 * STEPS;
            moments(p, first, &mean, &variance);
            cr_expect_float_eq(mean, wanted, 5 * sqrt(wanted / n), "mean %g of %g", mean, wanted);
            /* variance of a sample's variance: (mu4 - sigma^4) / n with mu4 = m + 3 m^2 */
            cr_expect_float_eq(variance, wanted, 5 * sqrt((wanted + 2 * wanted * wanted) / n), "variance %g of %g",
                               variance, wanted);
        }
        arena_free(memory);
    }
}

Test(poisson, counts_are_distributed_as_they_should)
{
    poisson *p = made(2, 0);
    double expected = exp(-2), chi = 0;
    int seen[8] = {0};
    for (int t = 0; t < STEPS; t++) {
        real column[N] = {0};
        const lsnn_random stream = poisson_stream(1, 3, 0, (uint64_t)t);
        poisson_add(p, &stream, 0, N, 1, column);
        for (int j = 0; j < N; j++)
            if (column[j] < 8) seen[(int)column[j]]++;
    }
    for (int k = 0; k < 8; expected *= 2.0 / ++k)
        chi += pow(seen[k] - expected * N * STEPS, 2) / (expected * N * STEPS);
    cr_expect_lt(chi, 27, "chi^2 of 8 classes is %g", chi); /* exceeded once in a thousand */
    arena_free(memory);
}

Test(poisson, spikes_of_cells_are_the_counts)
{
    const double means[] = {2, 0.01};
    for (int k = 0; k < 2; k++) {
        poisson *p = made(means[k], 0);
        for (int t = 0; t < 50; t++) {
            real column[N] = {0};
            uint32_t cell[4 * N];
            const lsnn_random stream = poisson_stream(1, 3, 0, (uint64_t)t);
            poisson_add(p, &stream, 0, N, 1, column);
            const int n = poisson_spikes(p, &stream, 0, N, cell, 4 * N);
            for (int i = 0; i < n; i++) {
                column[cell[i]]--;
                cr_expect(i == 0 || cell[i] >= cell[i - 1]);
            }
            for (int j = 0; j < N; j++)
                cr_expect_eq(column[j], 0);
        }
        arena_free(memory);
    }
}

Test(poisson, silent_cells_are_silent)
{
    poisson *p = made(0, 0);
    uint32_t cell[N];
    const lsnn_random stream = poisson_stream(1, 3, 0, 0);
    cr_expect_eq(poisson_spikes(p, &stream, 0, N, cell, N), 0);
    arena_free(memory);
}
