/* Actions and rewards against their formulas, and against the rule as it is published: temporal-difference errors times traces. */
#include "actor.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { STEPS = 30, ACTIONS = 3, QUESTIONS = 3, ROW = LSNN_LANES };

static arena *memory;
static network net = {.spiking_columns = LSNN_LANES, .n_columns = LSNN_LANES + ROW};
static tape tp;
static real y[STEPS * ROW];
static double question_error[QUESTIONS + 1];
static const actor_settings settings = {.gamma = 0.9, .lambda = 0.7, .value = 0.5, .entropy = 0.03, .sigma = 0.4};

/* Three questions with gaps and weights of all sorts, a random response, fixed actions and rewards. */
static void prepare_for(bool classes)
{
    const lsnn_shape shape = {.n_in = 1, .n_out = ACTIONS, .n_steps = STEPS, .classes = classes, .n_questions = 4};
    lsnn_random stream = lsnn_random_stream(7, LSNN_SOURCES, 0, 0);
    cr_assert_eq(arena_new(&memory, NULL), LSNN_OK);
    tp = (tape){.n_steps = STEPS, .output = y, .question_error = question_error};
    cr_assert_eq(trial_new(&tp.trial, memory, &shape, NULL), LSNN_OK);
    cr_assert_eq(arena_take(memory, &tp.decision, 4, sizeof *tp.decision, NULL), LSNN_OK);
    cr_assert_eq(arena_take(memory, &tp.decided, 4 * (ACTIONS + 1), sizeof *tp.decided, NULL), LSNN_OK);
    trial_clear(tp.trial, LSNN_TRAIN);
    lsnn_trial_ask(tp.trial, 2, 7, 1);
    lsnn_trial_ask(tp.trial, 7, 15, 0);
    lsnn_trial_ask(tp.trial, 20, 29, 2);
    for (int t = 0; t < STEPS; t++)
        if (tp.trial->weight[t] > 0) tp.trial->weight[t] = (real)(1 + t % 3);
    for (int k = 0; k < STEPS * ROW; k++)
        y[k] = (real)lsnn_random_normal(&stream);
    for (int q = 0; q < QUESTIONS; q++) {
        actor_choose(&settings, &tp, &net, q);
        tp.decision[q] = (decision){.action = (q + 1) % ACTIONS, .reward = q - 0.7};
    }
    tp.n_decisions = QUESTIONS;
}

static void prepare(void)
{
    prepare_for(true);
}

static void prepare_numbers(void)
{
    prepare_for(false);
}

static void clean_up(void)
{
    arena_free(memory);
}

TestSuite(actor, .init = prepare, .fini = clean_up);
TestSuite(actor_of_numbers, .init = prepare_numbers, .fini = clean_up);

static const double rounding = sizeof(real) == sizeof(float) ? 2e-6 : 1e-13;

static double average(int q, int k)
{
    const lsnn_question asked = tp.trial->questions[q];
    double sum = 0, total = 0;
    for (int t = asked.start; t < asked.stop; t++) {
        sum += tp.trial->weight[t] * y[t * ROW + k];
        total += tp.trial->weight[t];
    }
    return sum / total;
}

static void softmax(double *pi, const double *logit)
{
    double total = 0;
    for (int k = 0; k < ACTIONS; k++)
        total += exp(logit[k]);
    for (int k = 0; k < ACTIONS; k++)
        pi[k] = exp(logit[k]) / total;
}

static void read_decided(double out[QUESTIONS][ACTIONS + 1])
{
    for (int q = 0; q < QUESTIONS; q++)
        for (int k = 0; k <= ACTIONS; k++)
            out[q][k] = average(q, k);
}

/* Sum over a question's steps of what was put into column k. */
static double collected(int q, int k)
{
    double sum = 0;
    for (int t = tp.trial->questions[q].start; t < tp.trial->questions[q].stop; t++)
        sum += y[t * ROW + k];
    return sum;
}

Test(actor, is_the_published_rule_of_td_errors_and_fading_traces)
{
    double x[QUESTIONS][ACTIONS + 1], expected[QUESTIONS][ACTIONS + 1] = {0}, trace[QUESTIONS] = {0};
    const actor_settings plain = {.gamma = 0.9, .lambda = 0.7, .value = 0.5};
    read_decided(x);
    for (int p = 0; p < QUESTIONS; p++) {
        const double next = p + 1 < QUESTIONS ? x[p + 1][ACTIONS] : 0;
        const double delta = tp.decision[p].reward + 0.9 * next - x[p][ACTIONS];
        for (int q = 0; q <= p; q++) {
            double pi[ACTIONS];
            softmax(pi, x[q]);
            trace[q] = q == p ? 1 : trace[q] * 0.9 * 0.7;
            for (int k = 0; k < ACTIONS; k++)
                expected[q][k] += delta * trace[q] * (pi[k] - (k == tp.decision[q].action));
            expected[q][ACTIONS] -= 0.5 * delta * trace[q];
        }
    }
    actor_judge(&plain, &net, &tp, 1);
    for (int q = 0; q < QUESTIONS; q++)
        for (int k = 0; k <= ACTIONS; k++)
            cr_assert_float_eq(collected(q, k), expected[q][k], rounding, "%d %d: %g, expected %g", q, k,
                               collected(q, k), expected[q][k]);
}

/* The expected return of one question, sum_a pi(a) r(a) + c_H H(pi), by the logits. */
static double expected_return(const double *logit, const double *reward)
{
    double pi[ACTIONS], sum = 0;
    softmax(pi, logit);
    for (int a = 0; a < ACTIONS; a++)
        sum += pi[a] * (reward[a] - settings.entropy * log(pi[a]));
    return sum;
}

Test(actor, goes_up_the_expected_return_on_average_over_its_actions)
{
    static const double reward[ACTIONS] = {0.3, -1, 2};
    real kept[STEPS * ROW];
    double x[QUESTIONS][ACTIONS + 1], pi[ACTIONS], slope[ACTIONS] = {0};
    tp.trial->n_questions = 1;
    memcpy(kept, y, sizeof y);
    read_decided(x);
    softmax(pi, x[0]);
    for (int a = 0; a < ACTIONS; a++) {
        memcpy(y, kept, sizeof y);
        tp.decision[0] = (decision){.action = a, .reward = reward[a]};
        actor_judge(&settings, &net, &tp, 1);
        for (int k = 0; k < ACTIONS; k++)
            slope[k] += pi[a] * collected(0, k);
    }
    for (int k = 0; k < ACTIONS; k++) {
        const double step = 1e-5, at = x[0][k];
        x[0][k] = at + step;
        double difference = expected_return(x[0], reward);
        x[0][k] = at - step;
        difference -= expected_return(x[0], reward);
        x[0][k] = at;
        /* differences of 1e-5: error of the order 1e-10; the slopes carry the rounding of `real` */
        cr_assert_float_eq(slope[k], -difference / (2 * step), 10 * rounding + 1e-8, "%d: %g %g", k, slope[k],
                           -difference / (2 * step));
    }
}

Test(actor, spreads_its_errors_by_the_weights_of_the_steps_and_nowhere_else)
{
    loss_judge(&(loss_settings){.kind = LOSS_ACTOR_CRITIC, .pool = true, .actor = settings}, &net, &tp, 0.25, NULL,
               NULL);
    cr_assert_float_eq(tp.loss, -(-0.7 + 0.3 + 1.3), 1e-12, "minus the sum of the rewards");
    for (int k = 0; k < STEPS * ROW; k++) {
        const int t = k / ROW;
        const bool judged = tp.trial->weight[t] > 0 && k % ROW <= ACTIONS;
        cr_assert_eq(y[k] != 0, judged, "step %d, column %d", t, k % ROW);
    }
    cr_assert_float_eq(y[3 * ROW] / tp.trial->weight[3], y[4 * ROW] / tp.trial->weight[4], rounding);
}

Test(actor, draws_actions_as_often_as_the_policy_says)
{
    enum { N = 4000 };
    double count[ACTIONS] = {0}, x[QUESTIONS][ACTIONS + 1], pi[ACTIONS];
    read_decided(x);
    softmax(pi, x[1]);
    for (int i = 0; i < N; i++) {
        tp.draw.index = (uint64_t)i;
        actor_choose(&settings, &tp, &net, 1);
        count[tp.decision[1].action]++;
        cr_assert_eq(tp.trial->questions[1].action, tp.decision[1].action);
        for (int k = 0; k < ACTIONS; k++)
            cr_assert_eq(tp.trial->answers[ACTIONS + k], k == tp.decision[1].action);
    }
    /* five standard deviations */
    for (int a = 0; a < ACTIONS; a++)
        cr_assert_lt(fabs(count[a] / N - pi[a]), 5 * sqrt(pi[a] * (1 - pi[a]) / N), "%d: %g %g", a, count[a] / N,
                     pi[a]);
}

Test(actor, chance_depends_on_seed_set_trial_and_question_alone)
{
    enum { N = 64 };
    int first[N];
    for (int i = 0; i < N; i++) {
        tp.draw = (lsnn_draw){.seed = 5, .index = (uint64_t)i};
        actor_choose(&settings, &tp, &net, 0);
        first[i] = tp.decision[0].action;
    }
    int by_set = 0, by_seed = 0;
    for (int i = N - 1; i >= 0; i--) {
        tp.draw = (lsnn_draw){.seed = 5, .index = (uint64_t)i};
        actor_choose(&settings, &tp, &net, 0);
        cr_assert_eq(tp.decision[0].action, first[i]);
        tp.draw.set = LSNN_TEST;
        actor_choose(&settings, &tp, &net, 0);
        by_set += tp.decision[0].action != first[i];
        tp.draw = (lsnn_draw){.seed = 9, .index = (uint64_t)i};
        actor_choose(&settings, &tp, &net, 0);
        by_seed += tp.decision[0].action != first[i];
    }
    cr_assert(by_set > 5 && by_seed > 5, "%d %d", by_set, by_seed);
}

Test(actor, of_averages_says_the_same_as_of_steps)
{
    const loss_settings loss = {.kind = LOSS_ACTOR_CRITIC, .pool = true, .actor = settings};
    const lsnn_shape shape = {.n_in = 1, .n_out = ACTIONS, .n_steps = STEPS, .classes = true};
    real pooled[ROW] = {0};
    cr_assert_eq(trial_new(&tp.trial, memory, &shape, NULL), LSNN_OK);
    trial_clear(tp.trial, LSNN_TRAIN);
    for (int t = 10; t < 20; t++)
        tp.trial->weight[t] = 1;
    tp.n_decisions = 0;
    tp.trial->label = 1;
    tp.pooled = pooled;
    loss_pool(&tp, &net, 0, ACTIONS + 1, pooled);
    loss_judge_pooled(&loss, &tp, 1, NULL, NULL);
    const double error = tp.error, total = tp.loss;
    loss_judge(&loss, &net, &tp, 1, NULL, NULL);
    cr_assert(tp.error == error && tp.loss == total && total == (error > 0 ? 1 : -1));
    for (int k = 0; k <= ACTIONS; k++) {
        double sum = 0;
        for (int t = 10; t < 20; t++)
            sum += y[t * ROW + k];
        cr_assert_float_eq(pooled[k], sum, rounding, "%d", k);
    }
}

/* ---- actions that are numbers ----------------------------------------------------------------------------------------- */

Test(actor_of_numbers, draws_them_around_the_readouts)
{
    enum { N = 4000 };
    double x[QUESTIONS][ACTIONS + 1], sum[ACTIONS] = {0}, squares[ACTIONS] = {0}, product = 0;
    read_decided(x);
    for (int i = 0; i < N; i++) {
        const real *action = tp.trial->answers + ACTIONS;
        tp.draw.index = (uint64_t)i;
        actor_choose(&settings, &tp, &net, 1);
        for (int k = 0; k < ACTIONS; k++) {
            const double off = ((double)action[k] - x[1][k]) / settings.sigma;
            sum[k] += off;
            squares[k] += off * off;
        }
        product += ((double)action[0] - x[1][0]) * ((double)action[1] - x[1][1]) / (settings.sigma * settings.sigma);
    }
    /* five standard deviations */
    for (int k = 0; k < ACTIONS; k++) {
        cr_assert_lt(fabs(sum[k] / N), 5 / sqrt(N), "%d: %g", k, sum[k] / N);
        cr_assert_lt(fabs(squares[k] / N - 1), 5 * sqrt(2.0 / N), "%d: %g", k, squares[k] / N);
    }
    cr_assert_lt(fabs(product / N), 5 / sqrt(N), "independent: %g", product / N);
}

/* -log of the probability density of an action, but for a constant. */
static double improbability(const double *mean, const real *action)
{
    double sum = 0;
    for (int k = 0; k < ACTIONS; k++)
        sum += ((double)action[k] - mean[k]) * ((double)action[k] - mean[k]);
    return sum / (2 * settings.sigma * settings.sigma);
}

static double advantage(double x[QUESTIONS][ACTIONS + 1], int q)
{
    double sum = 0, fade = 1;
    for (int p = q; p < QUESTIONS; p++, fade *= settings.gamma * settings.lambda) {
        const double next = p + 1 < QUESTIONS ? x[p + 1][ACTIONS] : 0;
        sum += fade * (tp.decision[p].reward + settings.gamma * next - x[p][ACTIONS]);
    }
    return sum;
}

Test(actor_of_numbers, follows_the_gradient_of_their_log_likelihood)
{
    double x[QUESTIONS][ACTIONS + 1];
    const double step = 1e-4;
    read_decided(x);
    actor_judge(&settings, &net, &tp, 1);
    for (int q = 0; q < QUESTIONS; q++) {
        const double A = advantage(x, q);
        const real *action = tp.trial->answers + q * ACTIONS;
        for (int k = 0; k < ACTIONS; k++) {
            double shifted[ACTIONS + 1];
            memcpy(shifted, x[q], sizeof shifted);
            shifted[k] += step;
            double difference = A * improbability(shifted, action);
            shifted[k] -= 2 * step;
            difference -= A * improbability(shifted, action);
            /* a parabola: differences are exact but for rounding; the signals carry that of `real` */
            cr_assert_float_eq(collected(q, k), difference / (2 * step), 20 * rounding + 1e-9, "%d %d: %g, expected %g",
                               q, k, collected(q, k), difference / (2 * step));
        }
        cr_assert_float_eq(collected(q, ACTIONS), -settings.value * A, 10 * rounding);
    }
}

/* Reward -(a - c)^2: the expected return -(mu - c)^2 - sigma^2 has the slope -2 (mu - c). Its integrals by three nodes are exact, as
 * reward times slope is of degree 3 (Gauss and Hermite). */
Test(actor_of_numbers, goes_up_the_expected_return_on_average_over_its_actions)
{
    static const double node[] = {-1.7320508075688772, 0, 1.7320508075688772}, share[] = {1.0 / 6, 2.0 / 3, 1.0 / 6};
    const double c = 0.3;
    double x[QUESTIONS][ACTIONS + 1], slope = 0;
    real kept[STEPS * ROW];
    tp.trial->n_questions = 1;
    memcpy(kept, y, sizeof y);
    read_decided(x);
    for (int i = 0; i < 3; i++) {
        const double action = x[0][0] + settings.sigma * node[i];
        memcpy(y, kept, sizeof y);
        tp.trial->answers[0] = (real)action;
        tp.decision[0] = (decision){.reward = -(action - c) * (action - c)};
        actor_judge(&settings, &net, &tp, 1);
        slope += share[i] * collected(0, 0);
    }
    cr_assert_float_eq(slope, 2 * (x[0][0] - c), 100 * rounding, "%g %g", slope, 2 * (x[0][0] - c));
}
