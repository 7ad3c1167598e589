#include "scale.h"
#include <criterion/criterion.h>
#include <math.h>

static void expect(double low, double high, int most, double first, double step, int n, int decimals)
{
    const scale_ticks t = scale_nice(low, high, most);
    cr_assert_float_eq(t.first * t.step, first, 1e-9 * step, "first tick %g, not %g", t.first * t.step, first);
    cr_assert_float_eq(t.step, step, 1e-12 * step, "step %g, not %g", t.step, step);
    cr_assert_eq(t.n, n, "%d ticks, not %d", t.n, n);
    cr_assert_eq(t.decimals, decimals, "%d decimals, not %d", t.decimals, decimals);
}

Test(scale, ticks_are_1_2_or_5_times_a_power_of_ten)
{
    expect(0, 10, 6, 0, 2, 6, 0);
    expect(0, 2250, 5, 0, 500, 5, 0);
    expect(-70, 40, 6, -60, 20, 6, 0);
    expect(0, 1, 3, 0, 0.5, 3, 1);
    expect(0.013, 0.094, 5, 0.02, 0.02, 4, 2);
}

Test(scale, ends_that_miss_a_tick_by_rounding_have_it)
{
    expect(0.1 + 0.2, 0.9, 4, 0.4, 0.2, 3, 1);
    expect(0, 0.1 + 0.2, 4, 0, 0.1, 4, 1);
}

Test(scale, never_has_more_ticks_than_wanted)
{
    for (int k = 1; k < 1000; k++)
        for (int most = 2; most < 9; most++) {
            const scale_ticks t = scale_nice(-0.37 * k, 1.91 * k * k, most);
            cr_assert(t.n >= 1 && t.n <= most, "%d of %d ticks", t.n, most);
        }
}

Test(scale, decimation_keeps_ends_and_extremes_of_every_column)
{
    const double values[] = {0, 5, -3, 1, /* */ 2, 2, 2, 2};
    const size_t expected[] = {0, 1, 2, 3, 4, 7};
    size_t index[8];
    cr_assert_eq(scale_decimate(index, values, 8, 2), 6);
    cr_assert_arr_eq(index, expected, sizeof expected);
}

Test(scale, decimation_skips_nan)
{
    const double values[] = {NAN, 1, NAN, 3, /* */ NAN, NAN, NAN, NAN};
    const size_t expected[] = {1, 3};
    size_t index[8];
    cr_assert_eq(scale_decimate(index, values, 8, 2), 2);
    cr_assert_arr_eq(index, expected, sizeof expected);
}
