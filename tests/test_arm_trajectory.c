/* The arm: where it is, what it is shown, and the slope of its loss. */
#include "opened_task.h"

extern const lsnn_task lsnn_task_arm_trajectory;

TestSuite(arm_trajectory, .init = start_arena, .fini = end_arena);

static opened_task opened(const char *yaml)
{
    return open_task(&lsnn_task_arm_trajectory, yaml, 3);
}

/* Velocities that turn both joints by a quarter in the first step and then rest. */
static void rest_after_a_quarter(real *v, int n_steps, size_t stride, double upper, double elbow, double pace)
{
    for (int t = 0; t < n_steps; t++)
        for (int k = 0; k < 2; k++)
            v[(size_t)t * stride + (size_t)k] = (real)(t == 0 ? (k ? elbow : upper) * M_PI / 2 / pace : 0);
}

static double loss_of(const opened_task *o, const lsnn_trial *trial, const real *y, real *slope, double *error)
{
    memcpy(slope, y, (size_t)trial->n_steps * 2 * sizeof(real));
    return o->task->loss(o->state, o->parameters, trial, slope, 2, 1, error);
}

Test(arm_trajectory, reaches_where_the_angles_say)
{
    opened_task o = opened("{duration: 20, smooth: 10, links: [1, 0.5], posture: [0, 0], velocity: 0}");
    lsnn_trial *trial = new_trial(&o);
    real y[40], slope[40];
    double error;
    draw(trial, &o, LSNN_TRAIN, 0);
    /* The target rests stretched along x, at (1.5, 0); the arm turns. */
    rest_after_a_quarter(trial->target, 20, 2, 0, 0, 0.01);
    const struct {
        double upper, elbow, x, y;
    } cases[] = {{0, 0, 1.5, 0}, {1, 0, 0, 1.5}, {0, 1, 1, 0.5}, {1, 1, -0.5, 1}, {2, 0, -1.5, 0}, {0, 2, 0.5, 0}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        rest_after_a_quarter(y, 20, 2, cases[k].upper, cases[k].elbow, 0.01);
        const double loss = loss_of(&o, trial, y, slope, &error), distance = hypot(cases[k].x - 1.5, cases[k].y);
        cr_expect_float_eq(error, distance, 1e-5, "%g, expected %g", error, distance);
        cr_expect_float_eq(loss, distance * distance / 2, 1e-5);
    }
}

Test(arm_trajectory, loss_has_the_slope_of_finite_differences)
{
    opened_task o = opened("{duration: 30, smooth: 10, pace: 0.1, velocity: 0.3, place: 2}");
    lsnn_trial *trial = new_trial(&o);
    real y[60], slope[60], ignored[60];
    double error;
    draw(trial, &o, LSNN_TRAIN, 0);
    lsnn_random stream = lsnn_random_stream(1, LSNN_WEIGHTS, 0, 0);
    for (int k = 0; k < 60; k++)
        y[k] = (real)(2 * lsnn_random_uniform(&stream) - 1);
    for (int t = 0; t < 30; t++)
        trial->weight[t] = t < 5 ? 0 : 1 + t % 3;
    loss_of(&o, trial, y, slope, &error);
    for (int k = 0; k < 60; k++) {
        const real before = y[k], step = (real)0.0078125;
        y[k] = before + step;
        const double up = loss_of(&o, trial, y, ignored, &error);
        const double width = (double)y[k];
        y[k] = before - step;
        const double down = loss_of(&o, trial, y, ignored, &error), expected = (up - down) / (width - (double)y[k]);
        y[k] = before;
        /* The third derivative by a step of 2^-7. */
        cr_expect_float_eq(slope[k], expected, 1e-5, "%d: %g, expected %g", k, (double)slope[k], expected);
    }
}

Test(arm_trajectory, moves_smoothly_within_the_limit)
{
    opened_task o = opened("{limit: 0.8}");
    lsnn_trial *trial = new_trial(&o);
    double squares = 0, jumps = 0, largest = 0;
    const int n = trial->n_steps;
    for (uint64_t i = 0; i < 50; i++) {
        draw(trial, &o, LSNN_TRAIN, i);
        for (int t = 0; t < n; t++)
            for (int k = 0; k < 2; k++) {
                const double v = trial->target[t * 2 + k], jump = t > 0 ? v - trial->target[t * 2 - 2 + k] : 0;
                squares += v * v / (50 * n);
                jumps += jump * jump / (50 * n);
                largest = fmax(largest, fabs(v));
            }
    }
    cr_expect_float_eq(largest, 0.8, 1e-6);
    /* A step of an unsmoothed path has the variance delta^2 pace = 0.01. */
    cr_expect(squares > 0.1 && jumps < 0.001, "%g %g", squares, jumps);
}

/* Without a limit the variance of the velocity at step t is that of a Brownian path, averaged under the window. */
Test(arm_trajectory, velocities_are_brownian)
{
    opened_task o = opened("{duration: 100, smooth: 1, limit: 1000, delta: 2}");
    lsnn_trial *trial = new_trial(&o);
    double squares = 0;
    const int n = 400, last = 99;
    for (uint64_t i = 0; i < (uint64_t)n; i++) {
        draw(trial, &o, LSNN_VALIDATION, i);
        for (int k = 0; k < 2; k++)
            squares += (double)trial->target[last * 2 + k] * (double)trial->target[last * 2 + k];
    }
    const double variance = 4 * 0.01 * (last + 1);
    assert_near(squares / (2 * n), variance, variance * sqrt(2.0 / (2 * n)));
}

/* Of each code: the place of the end effector from what is shown in step t. */
static void check_shown(const char *yaml, double tolerance, double (*decode)(const lsnn_trial *shown, int t, int c))
{
    opened_task o = opened(yaml);
    lsnn_trial *trial = new_trial(&o);
    double angle[2] = {0, M_PI / 2};
    draw(trial, &o, LSNN_TEST, 7);
    for (int t = 0; t < trial->n_steps; t++) {
        for (int k = 0; k < 2; k++)
            angle[k] += 0.01 * (double)trial->target[t * 2 + k];
        const double xy[] = {0.5 * cos(angle[0]) + 0.5 * cos(angle[0] + angle[1]),
                             0.5 * sin(angle[0]) + 0.5 * sin(angle[0] + angle[1])};
        for (int c = 0; c < 2; c++) {
            const double shown = decode(trial->demonstration, t, c);
            cr_expect_float_eq(shown, xy[c], tolerance, "step %d: %g, expected %g", t, shown, xy[c]);
        }
    }
}

static double from_value(const lsnn_trial *shown, int t, int c)
{
    return shown->analog[t * 2 + c];
}

static double from_bits(const lsnn_trial *shown, int t, int c)
{
    unsigned code = 0;
    for (int i = 0; i < 16; i++) {
        cr_expect_eq(fires(shown, t, c * 32 + 2 * i), fires(shown, t, c * 32 + 2 * i + 1));
        code |= (unsigned)fires(shown, t, c * 32 + 2 * i) << i;
    }
    return 2.0 * code / 65535 - 1;
}

/* At 1 kHz a cell fires whenever its place is met exactly, and none that is four cells away. */
static double from_cells(const lsnn_trial *shown, int t, int c)
{
    double sum = 0;
    int n = 0;
    for (int i = 0; i < 400; i++)
        if (fires(shown, t, c * 400 + i)) {
            sum += i / 399.0 * 2 - 1;
            n++;
        }
    return n > 0 ? sum / n : NAN;
}

Test(arm_trajectory, shows_the_place_in_each_code)
{
    check_shown("{duration: 100, smooth: 10}", 1e-6, from_value);
    check_shown("{duration: 100, smooth: 10, code: binary, copies: 2}", 2.0 / 65535, from_bits);
}

Test(arm_trajectory, shows_a_place_by_cells_around_it)
{
    opened_task o = opened("{duration: 100, smooth: 10, code: population, cells: 400, rate: 1000 Hz}");
    lsnn_trial *trial = new_trial(&o);
    double angle[2] = {0, M_PI / 2};
    draw(trial, &o, LSNN_TEST, 7);
    for (int t = 0; t < trial->n_steps; t++) {
        for (int k = 0; k < 2; k++)
            angle[k] += 0.01 * (double)trial->target[t * 2 + k];
        const double x = 0.5 * cos(angle[0]) + 0.5 * cos(angle[0] + angle[1]),
                     shown = from_cells(trial->demonstration, t, 0);
        cr_expect(isnan(shown) || fabs(shown - x) < 4 * 2.0 / 399, "step %d: %g, expected %g", t, shown, x);
    }
}

Test(arm_trajectory, clock_cells_take_turns)
{
    opened_task o = opened("{}");
    lsnn_trial *trial = new_trial(&o);
    draw(trial, &o, LSNN_TRAIN, 1);
    cr_expect_eq(count_spikes(trial, 0, 5, 0, 250), 25);
    for (int i = 0; i < 5; i++)
        cr_expect_eq(count_spikes(trial, i, i + 1, i * 50, (i + 1) * 50), 5);
}
