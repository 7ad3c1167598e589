/* First crossings of sums of exponentials, against roots found by stepping in 80-bit arithmetic; and exp and log. */
#include "crossing.h"
#include "decay.h"
#include "lsnn/random.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>

static crossing_solver *solver;

static void start(void)
{
    cr_assert_eq(crossing_new(&solver, NULL), LSNN_OK);
}

static void end(void)
{
    crossing_free(solver);
}

TestSuite(crossing, .init = start, .fini = end);

static long double value(const crossing_sum *f, long double t)
{
    long double sum = f->level;
    for (int k = 0; k < f->n; k++)
        sum += f->x[k] * expl(-f->rate[k] * t);
    return sum;
}

/* The first change of sign on a fine grid, halved to the last bit. */
static double searched(const crossing_sum *f)
{
    const long double longest = 60 / f->rate[0], step = longest / 200000;
    long double a = 0;
    while (a < longest && !(value(f, a + step) > 0))
        a += step;
    if (a >= longest) return INFINITY;
    long double b = a + step;
    for (int k = 0; k < 80; k++)
        *(value(f, (a + b) / 2) > 0 ? &b : &a) = (a + b) / 2;
    return (double)b;
}

static void expect_first(const crossing_sum *f)
{
    const double found = crossing_first(solver, f), right = searched(f);
    if (isinf(right) || isinf(found)) {
        cr_expect_eq(found, right, "%.17g, not %.17g", found, right);
        return;
    }
    /* A root is known to the rounding of f there, divided by its slope. */
    const long double width = 1e-6L / f->rate[0];
    const long double slope = (value(f, right + width) - value(f, right - width)) / (2 * width);
    double scale = fabs(f->level);
    for (int k = 0; k < f->n; k++)
        scale += fabs(f->x[k]);
    const double tolerance = 1e-12 * right + 8 * DBL_EPSILON * scale / (double)fabsl(slope);
    cr_expect_float_eq(found, right, tolerance, "%.17g, not %.17g", found, right);
}

Test(crossing, of_one_mode_is_a_logarithm)
{
    const double rate = 0.05, x = -15;
    cr_expect_float_eq(crossing_first(solver, &(crossing_sum){1, 2, &rate, &x}), log(7.5) / rate, 1e-12);
    cr_expect(isinf(crossing_first(solver, &(crossing_sum){1, -2, &rate, &x})));
}

Test(crossing, is_now_if_the_sum_is_positive)
{
    const double rate[] = {0.1, 0.5}, x[] = {3, -1};
    cr_expect_eq(crossing_first(solver, &(crossing_sum){2, -1.5, rate, x}), 0);
}

/* v = K i (exp(-t/20) - exp(-t/2)) rises over the threshold and falls below it: the first of two. */
Test(crossing, of_a_synaptic_potential_is_on_its_rising_side)
{
    const double rate[] = {1.0 / 20, 1.0 / 2}, K = 2.0 / 18;
    const double peak_time = log(10) / (rate[1] - rate[0]);
    const double peak = K * (exp(-rate[0] * peak_time) - exp(-rate[1] * peak_time));
    for (double excess = 1; excess > 1e-12; excess /= 10) {
        const double i = (1 + excess) / peak, x[] = {K * i, -K * i};
        const double found = crossing_first(solver, &(crossing_sum){2, -1, rate, x});
        cr_expect(found > 0 && found < peak_time, "%g above: %g", excess, found);
        cr_expect_float_eq(K * i * (exp(-rate[0] * found) - exp(-rate[1] * found)), 1, 4e-15 * K * i);
    }
    const double i = (1 - 1e-12) / peak, x[] = {K * i, -K * i};
    cr_expect(isinf(crossing_first(solver, &(crossing_sum){2, -1, rate, x})));
}

Test(crossing, is_the_first_one_of_random_sums)
{
    lsnn_random stream = lsnn_random_stream(1, LSNN_TASK_FIXED, 0, 0);
    int crossed = 0;
    for (int trial = 0; trial < 300; trial++) {
        double rate[5], x[5], sum = 0;
        const int n = 1 + trial % 5;
        for (int k = 0; k < n; k++) {
            rate[k] = (k ? rate[k - 1] : 0.02) * (1.2 + 3 * lsnn_random_uniform(&stream));
            x[k] = 10 * lsnn_random_normal(&stream);
            sum += x[k];
        }
        const double level = -sum - 3 * lsnn_random_uniform(&stream);
        const crossing_sum f = {n, level, rate, x};
        expect_first(&f);
        crossed += crossing_first(solver, &f) < INFINITY;
    }
    cr_expect(crossed > 60 && crossed < 240, "%d of 300 crossed", crossed); /* else little is tested */
}

Test(crossing, takes_equal_rates_and_absent_modes)
{
    const double rate[] = {0.1, 0.1, 0.3, 0.3}, x[] = {5, -5, 0, -4};
    const double alone_rate = 0.3, alone = -4;
    cr_expect_float_eq(crossing_first(solver, &(crossing_sum){4, 1, rate, x}),
                       crossing_first(solver, &(crossing_sum){1, 1, &alone_rate, &alone}), 1e-12);
    const double gone[] = {0, 0};
    cr_expect(isinf(crossing_first(solver, &(crossing_sum){2, 0, rate, gone})));
}

/* Without a constant the sign far out is that of the slowest mode. */
Test(crossing, is_found_where_the_level_is_the_threshold)
{
    const double rate[] = {0.1, 0.4}, x[] = {1, -8};
    cr_expect_float_eq(crossing_first(solver, &(crossing_sum){2, 0, rate, x}), log(8) / 0.3, 1e-12);
}

Test(decay, exp_is_exact_to_two_units_of_the_last_place)
{
    for (int k = -700000; k <= 700000; k += 7) {
        const double x = k * 1.00001e-3;
        const long double right = expl((long double)x);
        cr_assert(fabsl(decay_exp(x) - right) <= 1.5L * DBL_EPSILON * right, "exp(%.17g)", x);
    }
    cr_expect_eq(decay_exp(0), 1);
    cr_expect(decay_exp(-1e6) < 1e-300 && isfinite(decay_exp(1e6)));
}

Test(decay, log_is_exact_to_two_units_of_the_last_place)
{
    for (double x = 1e-300; x < 1e300; x *= 1.37) {
        const long double right = logl((long double)x);
        cr_assert(fabsl(decay_log(x) - right) <= 1.5L * DBL_EPSILON * fabsl(right), "log(%.17g)", x);
    }
    for (double d = -0.29; d < 0.4; d += 1.3e-5) {
        const long double right = logl(1 + (long double)d);
        const double x = 1 + d;
        cr_assert(fabsl(decay_log(x) - logl((long double)x)) <= 1.5L * DBL_EPSILON * fabsl(right) + 1e-300L,
                  "log(%.17g)", x);
    }
    cr_expect_eq(decay_log(1), 0);
}
