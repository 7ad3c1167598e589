/* Baselines of learning within an episode, against what can be said without them. */
#include "lsnn/random.h"
#include "regression.h"

#include <criterion/criterion.h>
#include <math.h>

enum { SAMPLES = 40, N = 2 };

static double x[SAMPLES * N], y[SAMPLES], error[SAMPLES];

static void draw(double curved)
{
    lsnn_random stream = lsnn_random_stream(3, LSNN_SOURCES, 0, 0);
    for (int k = 0; k < SAMPLES; k++) {
        const double a = x[2 * k] = 2 * lsnn_random_uniform(&stream) - 1;
        const double b = x[2 * k + 1] = 2 * lsnn_random_uniform(&stream) - 1;
        y[k] = 0.5 + 2 * a - b + curved * (a * a - 3 * a * b + 0.5 * b * b);
    }
}

static void course(regression_kind kind, double ridge)
{
    lsnn_error err;
    cr_assert_eq(regression_course(error, kind, ridge, SAMPLES, N, x, y, &err), LSNN_OK);
}

Test(regression, expects_nothing_before_the_first_sample)
{
    draw(1);
    course(REGRESSION_LINEAR, 0);
    cr_assert_float_eq(error[0], y[0] * y[0], 1e-12);
    /* the shortest w with w . f_0 = y_0 is y_0 f_0 / |f_0|^2 */
    const double dot = 1 + x[0] * x[2] + x[1] * x[3], norm = 1 + x[0] * x[0] + x[1] * x[1];
    cr_assert_float_eq(error[1], pow(y[0] * dot / norm - y[1], 2), 1e-10);
    course(REGRESSION_LINEAR, 0.5);
    cr_assert_float_eq(error[1], pow(y[0] * dot / (norm + 0.5) - y[1], 2), 1e-10);
}

Test(regression, knows_a_function_of_its_kind_after_as_many_samples_as_features)
{
    draw(0);
    course(REGRESSION_LINEAR, 0);
    cr_assert_gt(error[2], 1e-6);
    for (int k = 3; k < SAMPLES; k++)
        cr_assert_lt(error[k], 1e-12, "%d: %g", k, error[k]); /* condition numbers up to 1e4, squared */
    draw(1);
    course(REGRESSION_QUADRATIC, 0);
    cr_assert_gt(error[5], 1e-6);
    for (int k = 10; k < SAMPLES; k++)
        cr_assert_lt(error[k], 1e-12, "%d: %g", k, error[k]);
    course(REGRESSION_LINEAR, 0);
    cr_assert_gt(error[20] + error[21] + error[22], 1e-2, "not of its kind");
}

Test(regression, counts_its_features)
{
    double f[6];
    cr_assert_eq(regression_features(NULL, REGRESSION_LINEAR, NULL, 1), 2);
    cr_assert_eq(regression_features(f, REGRESSION_QUADRATIC, (double[]){2, 3}, 2), 6);
    static const double expected[] = {1, 2, 3, 4, 6, 9};
    for (int k = 0; k < 6; k++)
        cr_assert_eq(f[k], expected[k]);
}
