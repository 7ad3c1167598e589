/* The logistic function and the hyperbolic tangent against the C library's. */
#include "lsnn/sigmoid.h"

#include <criterion/criterion.h>
#include <float.h>

#ifdef LSNN_DOUBLE
#define WIDER long double
#define WIDE(function) function##l
#define EPSILON DBL_EPSILON
#else
#define WIDER double
#define WIDE(function) function
#define EPSILON FLT_EPSILON
#endif

/* Each is exp, rounded twice, and a quotient of sums: five roundings and the error of exp itself. */
#define TOLERANCE (4 * (WIDER)EPSILON)

static void expect_close(const char *name, real x, real found, WIDER right)
{
    const WIDER error = (found - right) / (right != 0 ? right : 1);
    cr_assert(error < TOLERANCE && error > -TOLERANCE, "%s(%.9g) is %.17g, not %.17g: %.2g epsilon off", name,
              (double)x, (double)found, (double)right, (double)(error / EPSILON));
}

static void compare_at(real x)
{
    expect_close("sigmoid", x, lsnn_sigmoid(x), 1 / (1 + WIDE(exp)(-(WIDER)x)));
    expect_close("tanh", x, lsnn_tanh(x), WIDE(tanh)((WIDER)x));
}

Test(sigmoid, agrees_with_the_library_over_the_whole_range)
{
    for (int k = -200000; k <= 200000; k++)
        compare_at((real)(k * (LSNN_EXP_RANGE / 200000.0)));
    for (int k = -20000; k <= 20000; k++)
        compare_at((real)(k * 3.1e-5));
}

Test(sigmoid, keeps_small_arguments)
{
    for (double x = 1; x > 1e-30; x /= 1.7) {
        compare_at((real)x);
        compare_at((real)-x);
    }
    cr_expect_eq(lsnn_tanh(0), 0);
    cr_expect_eq(lsnn_sigmoid(0), 0.5);
}

Test(sigmoid, is_saturated_far_out)
{
    for (double x = 50; x < 1e30; x *= 3) {
        cr_expect_eq(lsnn_tanh((real)x), 1);
        cr_expect_eq(lsnn_tanh((real)-x), -1);
        cr_expect_eq(lsnn_sigmoid((real)x), 1);
        cr_expect(lsnn_sigmoid((real)-x) >= 0 && lsnn_sigmoid((real)-x) < 1e-20);
    }
    cr_expect_eq(lsnn_sigmoid(INFINITY), 1);
    cr_expect_eq(lsnn_tanh(-INFINITY), -1);
}

Test(sigmoid, does_not_hide_what_is_no_number)
{
    cr_expect(isnan(lsnn_sigmoid((real)NAN)));
    cr_expect(isnan(lsnn_tanh((real)NAN)));
}
