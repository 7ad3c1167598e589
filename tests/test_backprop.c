/* The network that learns by backpropagation, against finite differences and what its first steps have to be. */
#include "backprop.h"

#include <criterion/criterion.h>
#include <math.h>

enum { SAMPLES = 3000, N = 2 };

static double x[SAMPLES * N], y[SAMPLES], error[SAMPLES];

static lsnn_random stream(uint64_t who)
{
    return lsnn_random_stream(3, LSNN_BASELINE, who, 0);
}

static backprop *network(arena **a)
{
    backprop *b = NULL;
    lsnn_error err;
    lsnn_random points = stream(1);
    for (int k = 0; k < SAMPLES; k++) {
        for (int i = 0; i < N; i++)
            x[N * k + i] = 2 * lsnn_random_uniform(&points) - 1;
        y[k] = 0.5 + x[N * k] * x[N * k + 1];
    }
    cr_assert_eq(arena_new(a, &err), LSNN_OK);
    cr_assert_eq(backprop_new(&b, N, *a, &err), LSNN_OK);
    return b;
}

Test(backprop, has_the_slope_of_finite_differences)
{
    arena *a;
    backprop *b = network(&a);
    double slope[BACKPROP_HIDDEN * (N + 2) + 1];
    backprop_course(error, b, 0.1, stream(0), 50, x, y); /* weights that are not at their beginning */
    backprop_answer(b, x);
    for (int k = 0; k < b->n_weights; k++)
        slope[k] = b->slope[k];
    for (int k = 0; k < b->n_weights; k++) {
        const double h = 1e-5, weight = b->weight[k];
        b->weight[k] = weight + h;
        const double above = backprop_answer(b, x);
        b->weight[k] = weight - h;
        const double below = backprop_answer(b, x);
        b->weight[k] = weight;
        /* third derivatives of a few: h^2 times that */
        cr_assert_float_eq(slope[k], (above - below) / (2 * h), 1e-8, "%d: %g", k, slope[k]);
    }
    arena_free(a);
}

Test(backprop, moves_by_the_rate_in_the_first_step)
{
    arena *a;
    backprop *b = network(&a);
    const double rate = 0.01;
    double moved = rate; /* of an answer that was 0: only weights of the output have a slope */
    backprop_course(error, b, rate, stream(0), 1, x, y);
    cr_assert_float_eq(error[0], y[0] * y[0], 1e-15);
    for (int h = 0; h < BACKPROP_HIDDEN; h++)
        moved += rate * b->slope[h * (N + 2) + N + 1];
    cr_assert_float_eq(fabs(backprop_answer(b, x)), moved, 1e-6); /* Adam's epsilon, in units of the gradient */
    arena_free(a);
}

Test(backprop, learns_a_function_and_begins_anew)
{
    arena *a;
    backprop *b = network(&a);
    double last = 0;
    for (int episode = 0; episode < 2; episode++) {
        const double before = error[SAMPLES - 1];
        backprop_course(error, b, 0.03, stream(0), SAMPLES, x, y);
        if (episode == 1) cr_assert_eq(error[SAMPLES - 1], before);
    }
    for (int k = SAMPLES - 20; k < SAMPLES; k++)
        last += error[k] / 20;
    cr_assert_lt(last, 0.02, "%g; no line comes below the variance of x_1 x_2, 1 / 9", last);
    backprop_course(error, b, 0.03, stream(2), 2, x, y);
    const double other = error[1];
    backprop_course(error, b, 0.03, stream(0), 2, x, y);
    cr_assert_neq(error[1], other, "other weights");
    arena_free(a);
}
