/* Losses of trials with several questions, against their formulas. */
#include "learning.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 30, CLASSES = 3, MOST = 4, ROW = LSNN_LANES };

static arena *memory;
static lsnn_trial *trial;
static network net = {.spiking_columns = LSNN_LANES, .n_columns = LSNN_LANES + ROW};
static real y[STEPS * ROW]; /* the response that is judged */

static tape judge(const loss_settings *settings, double scale, real *slope)
{
    static double question_error[MOST];
    tape tp = {.n_steps = STEPS, .trial = trial, .output = slope, .question_error = question_error};
    memcpy(slope, y, sizeof y);
    loss_judge(settings, &net, &tp, scale, NULL, NULL);
    return tp;
}

static void new_trial(int n_questions)
{
    const lsnn_shape shape = {
        .n_in = 1, .n_out = CLASSES, .n_steps = STEPS, .classes = true, .n_questions = n_questions};
    cr_assert_eq(trial_new(&trial, memory, &shape, NULL), LSNN_OK);
    trial_clear(trial, LSNN_TRAIN);
}

/* A random response, and three questions with gaps between them and weights of all sorts. */
static void prepare(void)
{
    lsnn_random stream = lsnn_random_stream(7, LSNN_SOURCES, 0, 0);
    cr_assert_eq(arena_new(&memory, NULL), LSNN_OK);
    memset(y, 0, sizeof y);
    for (int t = 0; t < STEPS; t++)
        for (int k = 0; k < CLASSES; k++)
            y[t * ROW + k] = (real)lsnn_random_normal(&stream);
    new_trial(MOST);
    lsnn_trial_ask(trial, 2, 7, 1);
    lsnn_trial_ask(trial, 7, 15, 0);
    lsnn_trial_ask(trial, 20, 29, 2);
    for (int t = 0; t < STEPS; t++)
        if (trial->weight[t] > 0 && t % 4 != 0) trial->weight[t] = (real)(t % 3);
}

static void clean_up(void)
{
    arena_free(memory);
}

TestSuite(loss, .init = prepare, .fini = clean_up);

static double cross_entropy(const double *logits, int label)
{
    double total = 0;
    for (int k = 0; k < CLASSES; k++)
        total += exp(logits[k]);
    return log(total) - logits[label];
}

static void average(double *out, const lsnn_question *q)
{
    double total = 0;
    memset(out, 0, CLASSES * sizeof *out);
    for (int t = q->start; t < q->stop; t++) {
        total += trial->weight[t];
        for (int k = 0; k < CLASSES; k++)
            out[k] += trial->weight[t] * y[t * ROW + k];
    }
    for (int k = 0; k < CLASSES; k++)
        out[k] /= total;
}

static double rounding(void)
{
    return sizeof(real) == sizeof(float) ? 1e-6 : 1e-14;
}

Test(loss, pooled_is_the_mean_over_the_questions)
{
    real slope[STEPS * ROW];
    double expected = 0;
    for (int q = 0; q < 3; q++) {
        double logits[CLASSES];
        average(logits, &trial->questions[q]);
        expected += cross_entropy(logits, trial->questions[q].label) / 3;
    }
    const tape tp = judge(&(loss_settings){.kind = LOSS_CROSS_ENTROPY, .pool = true}, 1, slope);
    cr_assert_float_eq(tp.loss, expected, rounding());
}

Test(loss, of_steps_takes_the_label_of_the_question_that_holds_the_step)
{
    real slope[STEPS * ROW];
    double sum = 0, total = 0;
    for (int q = 0; q < 3; q++)
        for (int t = trial->questions[q].start; t < trial->questions[q].stop; t++) {
            double logits[CLASSES];
            for (int k = 0; k < CLASSES; k++)
                logits[k] = y[t * ROW + k];
            sum += trial->weight[t] * cross_entropy(logits, trial->questions[q].label);
            total += trial->weight[t];
        }
    tape tp = judge(&(loss_settings){.kind = LOSS_CROSS_ENTROPY}, 1, slope);
    cr_assert_float_eq(tp.loss, sum, 100 * rounding());
    tp = judge(&(loss_settings){.kind = LOSS_CROSS_ENTROPY, .mean = true}, 1, slope);
    cr_assert_float_eq(tp.loss, sum / total, 10 * rounding());
}

/* Central differences of a loss with third derivatives below 1, h = 1/128: an error of h^2 / 6 = 1e-5. In float y + h is
 * exact to 1e-7, which over 2 h gives 1e-5 too. */
static void check_slope(const loss_settings *settings)
{
    const double h = 1.0 / 128, scale = 0.5;
    real slope[STEPS * ROW], ignored[STEPS * ROW];
    judge(settings, scale, slope);
    for (int i = 0; i < STEPS * ROW; i++) {
        const real here = y[i];
        y[i] = (real)(here + h);
        const double above = judge(settings, scale, ignored).loss;
        y[i] = (real)(here - h);
        const double below = judge(settings, scale, ignored).loss;
        y[i] = here;
        cr_assert_float_eq(slope[i], scale * (above - below) / (2 * h), 1e-4, "step %d, readout %d: %g, not %g",
                           i / ROW, i % ROW, (double)slope[i], scale * (above - below) / (2 * h));
    }
}

Test(loss, slopes_are_those_of_finite_differences)
{
    check_slope(&(loss_settings){.kind = LOSS_CROSS_ENTROPY, .pool = true});
    check_slope(&(loss_settings){.kind = LOSS_CROSS_ENTROPY, .mean = true});
    check_slope(&(loss_settings){.kind = LOSS_CROSS_ENTROPY});
    check_slope(&(loss_settings){.kind = LOSS_MSE, .pool = true});
    check_slope(&(loss_settings){.kind = LOSS_MSE});
}

Test(loss, error_is_the_share_of_wrong_answers)
{
    real slope[STEPS * ROW];
    double logits[CLASSES];
    for (int wrong = 0; wrong <= 3; wrong++) {
        for (int q = 0; q < 3; q++) {
            int best = 0;
            average(logits, &trial->questions[q]);
            for (int k = 1; k < CLASSES; k++)
                if (logits[k] > logits[best]) best = k;
            trial->questions[q].label = q < wrong ? (best + 1) % CLASSES : best;
        }
        cr_assert_float_eq(judge(&(loss_settings){.kind = LOSS_CROSS_ENTROPY}, 1, slope).error, wrong / 3.0, 1e-15);
    }
}

static void silence(int q)
{
    for (int t = trial->questions[q].start; t < trial->questions[q].stop; t++)
        trial->weight[t] = 0;
}

Test(loss, leaves_out_what_has_no_weight)
{
    const loss_settings settings = {.kind = LOSS_CROSS_ENTROPY, .pool = true};
    real slope[STEPS * ROW];
    double logits[CLASSES];
    silence(0);
    silence(2);
    average(logits, &trial->questions[1]);
    const bool right = logits[0] >= logits[1] && logits[0] >= logits[2];
    tape tp = judge(&settings, 1, slope);
    cr_assert_float_eq(tp.loss, cross_entropy(logits, 0), rounding());
    cr_assert_eq(tp.error, right ? 0 : 1);
    silence(1);
    tp = judge(&settings, 1, slope);
    cr_assert_eq(tp.loss, 0);
    cr_assert_eq(tp.error, 1, "nothing is asked, so nothing is answered");
    for (int i = 0; i < STEPS * ROW; i++)
        cr_assert_eq(slope[i], 0);
}

Test(loss, of_one_question_is_that_of_a_label_in_every_bit)
{
    real one[STEPS * ROW], other[STEPS * ROW];
    for (int pool = 0; pool < 2; pool++) {
        const loss_settings settings = {.kind = LOSS_CROSS_ENTROPY, .pool = pool, .mean = true};
        new_trial(1);
        lsnn_trial_ask(trial, 10, 25, 2);
        const tape asked = judge(&settings, 0.3, one);
        new_trial(0);
        trial->label = 2;
        for (int t = 10; t < 25; t++)
            trial->weight[t] = 1;
        const tape labelled = judge(&settings, 0.3, other);
        cr_assert_eq(asked.loss, labelled.loss);
        cr_assert_eq(asked.error, labelled.error);
        cr_assert_arr_eq(one, other, sizeof one);
    }
}

/* The answer is the mean over the question, the target the row of its first step. */
Test(loss, of_questions_with_values_is_half_the_squared_error_of_their_means)
{
    const lsnn_shape shape = {.n_in = 1, .n_out = CLASSES, .n_steps = STEPS, .n_questions = MOST};
    real slope[STEPS * ROW];
    double squares = 0, targets = 0;
    cr_assert_eq(trial_new(&trial, memory, &shape, NULL), LSNN_OK);
    trial_clear(trial, LSNN_TRAIN);
    lsnn_trial_ask(trial, 3, 8, 0);
    lsnn_trial_ask(trial, 12, 20, 0);
    for (int q = 0; q < 2; q++) {
        double mean[CLASSES], own = 0;
        average(mean, &trial->questions[q]);
        for (int k = 0; k < CLASSES; k++) {
            const real target = (real)(0.5 * q - 0.2 * k + 0.1);
            trial->target[trial->questions[q].start * CLASSES + k] = target;
            own += (mean[k] - (double)target) * (mean[k] - (double)target);
            targets += (double)target * (double)target;
        }
        const tape tp = judge(&(loss_settings){.kind = LOSS_MSE, .pool = true}, 1, slope);
        cr_assert_float_eq(tp.question_error[q], own, 10 * rounding());
        squares += own;
    }
    const tape tp = judge(&(loss_settings){.kind = LOSS_MSE, .pool = true}, 1, slope);
    cr_assert_float_eq(tp.loss, squares / 4, 10 * rounding());
    cr_assert_float_eq(tp.error, squares / targets, 100 * rounding());
    check_slope(&(loss_settings){.kind = LOSS_MSE, .pool = true});
}
