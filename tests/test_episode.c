/* Episodes of learning to learn: what a trial shows and asks, and the functions of the families. */
#include "lsnn/episode.h"
#include "opened_task.h"

TestSuite(episode, .init = start_arena, .fini = end_arena);

enum { STEPS = 20, CELLS = 100, N_EPISODES = 60 };

extern const lsnn_task lsnn_task_l2l_regression, lsnn_task_l2l_sines;

static double target(const lsnn_trial *trial, int k)
{
    return (double)trial->target[trial->questions[k].start];
}

/* Mean preferred value of the spikes of a group in trial k, for values within -range .. range; nan without spikes. */
static double decoded(const lsnn_trial *trial, int k, int group, double range)
{
    const double beyond = range + 2 * 0.1 * 2 * range;
    double sum = 0, n = 0;
    for (int t = k * STEPS; t < (k + 1) * STEPS; t++)
        for (int i = 0; i < CELLS; i++)
            if (fires(trial, t, group * CELLS + i)) {
                sum += -beyond + 2 * beyond * i / (CELLS - 1);
                n++;
            }
    return sum / n;
}

Test(episode, asks_in_the_second_half_of_each_trial_and_is_longer_in_the_test)
{
    const opened_task o = open_task(&lsnn_task_l2l_regression, "trials: 7\ntest_trials: 11\n", 1);
    lsnn_trial *trial = new_trial(&o);
    for (int set = LSNN_TRAIN; set <= LSNN_TEST; set++) {
        const int n = set == LSNN_TEST ? 11 : 7;
        draw(trial, &o, (lsnn_set)set, 3);
        cr_assert_eq(trial->n_steps, n * STEPS);
        cr_assert_eq(trial->n_questions, n);
        for (int k = 0; k < n; k++) {
            cr_assert_eq(trial->questions[k].start, k * STEPS + 10);
            cr_assert_eq(trial->questions[k].stop, (k + 1) * STEPS);
        }
    }
}

Test(episode, is_silent_in_the_gap_after_each_trial)
{
    enum { GAP = 30 };
    const opened_task o = open_task(&lsnn_task_l2l_regression, "trials: 5\ngap: 30 ms\n", 1);
    lsnn_trial *trial = new_trial(&o);
    draw(trial, &o, LSNN_TRAIN, 0);
    cr_assert_eq(trial->n_steps, 5 * (STEPS + GAP));
    for (int t = 0; t < trial->n_steps; t++) {
        const int k = t / (STEPS + GAP), within = t % (STEPS + GAP);
        int n = 0;
        for (int i = 0; i < 3 * CELLS; i++)
            n += fires(trial, t, i);
        cr_assert_eq(trial->questions[k].start, k * (STEPS + GAP) + 10);
        cr_assert(within < STEPS || n == 0, "%d cells fire %d ms into the gap", n, within - STEPS);
        cr_assert(within >= STEPS || n > 0, "no cell fires in step %d", t);
    }
}

/* A group of 100 cells, tuned with sigma 0.4, fires sum_i 0.2 exp(-d^2 / (2 sigma^2)) = 0.2 sqrt(2 pi) sigma / (2.8 / 99) = 7.09 times a step
 * for x in the middle of its range, 142 times a trial: the mean preferred value is known to 0.4 / sqrt(142) = 0.034. */
Test(episode, shows_x_and_the_y_of_the_trial_before)
{
    const opened_task o = open_task(&lsnn_task_l2l_regression, "trials: 30\n", 2);
    lsnn_trial *trial = new_trial(&o);
    double squares = 0;
    int n = 0;
    draw(trial, &o, LSNN_TRAIN, 0);
    for (int i = 2 * CELLS; i < 3 * CELLS; i++)
        for (int t = 0; t < STEPS; t++)
            cr_assert(!fires(trial, t, i), "before the first trial there is no y");
    for (int k = 1; k < 30; k++) {
        const double y = target(trial, k - 1), off = decoded(trial, k, 2, 2) - y;
        if (fabs(y) > 1.5) continue; /* at the ends the code is one-sided */
        squares += off * off;
        n++;
    }
    /* sigma is 0.8 for y: 0.8 / sqrt(142) = 0.067 */
    cr_assert_lt(sqrt(squares / n), 0.1, "y of the trial before is shown with an error of %g", sqrt(squares / n));
}

Test(episode, families_are_standardised)
{
    const lsnn_task *families[] = {&lsnn_task_l2l_regression, &lsnn_task_l2l_sines};
    for (int f = 0; f < 2; f++) {
        const opened_task o = open_task(families[f], "trials: 400\n", 3);
        lsnn_trial *trial = new_trial(&o);
        double sum = 0, squares = 0;
        for (int e = 0; e < N_EPISODES; e++) {
            draw(trial, &o, LSNN_TRAIN, (uint64_t)e);
            for (int k = 0; k < 400; k++) {
                sum += target(trial, k) / (400 * N_EPISODES);
                squares += target(trial, k) * target(trial, k) / (400 * N_EPISODES);
            }
        }
        /* Target networks are standardised on a grid that holds the edges, where they differ most; sines have the mean
         * E[A] 2/pi sin(5)/5 = -0.15. Amplitudes differ: E[A^4] / E[A^2]^2 - 1 = 0.73, so a mean square of 60 episodes has an error
         * of 0.11. */
        cr_expect_float_eq(sum, f == 0 ? 0 : -0.15, 0.1, "%s: mean %g", families[f]->name, sum);
        cr_expect_float_eq(squares, f == 0 ? 0.85 : 1, f == 0 ? 0.1 : 0.35, "%s: mean square %g", families[f]->name,
                           squares);
    }
}

Test(episode, score_is_the_mean_squared_error_of_later_trials)
{
    const opened_task o = open_task(&lsnn_task_l2l_regression, "trials: 6\ntest_trials: 6\njudged_from: 4\n", 5);
    lsnn_trial *trial = new_trial(&o);
    draw(trial, &o, LSNN_TRAIN, 0);
    for (int k = 0; k < 6; k++)
        trial->answers[k] = (real)(target(trial, k) + (k < 3 ? 100 : k));
    const double score = o.task->score(o.state, o.parameters, trial, trial->answers);
    cr_assert_float_eq(score, (9 + 16 + 25) / 3.0, 1e-4);
}

Test(episode, refuses_an_answer_that_is_longer_than_its_trial)
{
    const fake_host host = new_host(1);
    opened_task o;
    cr_assert_eq(try_open(&o, &lsnn_task_l2l_regression, "answer: 30 ms\n", &host), LSNN_CONFIG);
    cr_assert_str_eq(err.message, "task.answer: 30 ms are more than a trial of 20 ms");
    cr_assert_eq(try_open(&o, &lsnn_task_l2l_sines, "least: 6\n", &host), LSNN_CONFIG);
    cr_assert_str_eq(err.message, "task.least: the smallest amplitude 6 is above the largest, 5");
}
