/* Losses of a readout and the error of a response. */
#include "actor.h"
#include <math.h>
#include <string.h>

/* y and its gradient lie in padded rows. */
static size_t row_length(const network *net)
{
    return (size_t)(net->n_columns - net->spiking_columns);
}

int loss_count_questions(const lsnn_trial *trial)
{
    return trial->shape.n_questions > 0 ? trial->n_questions : 1;
}

lsnn_question loss_question(const lsnn_trial *trial, int q)
{
    if (trial->shape.n_questions > 0) return trial->questions[q];
    return (lsnn_question){.stop = trial->n_steps, .label = trial->label};
}

static double target_at(const lsnn_trial *trial, int label, int t, int k)
{
    if (trial->shape.classes) return label == k ? 1 : 0;
    return trial->target[(size_t)t * (size_t)trial->shape.n_out + (size_t)k];
}

/* Loss of one row y, whose place takes weight x dl/dy. */
static double judge_row(loss_kind kind, const lsnn_trial *trial, int label, int t, const real *y, real *slope,
                        double weight)
{
    const int n = trial->shape.n_out;
    double loss = 0, total = 0, largest = -INFINITY;
    if (kind == LOSS_MSE) {
        for (int k = 0; k < n; k++) {
            const double difference = y[k] - target_at(trial, label, t, k);
            loss += difference * difference / 2;
            slope[k] = (real)(weight * difference);
        }
        return loss;
    }
    for (int k = 0; k < n; k++)
        largest = fmax(largest, y[k]);
    for (int k = 0; k < n; k++)
        total += exp(y[k] - largest);
    for (int k = 0; k < n; k++) {
        const double log_p = y[k] - largest - log(total), target = target_at(trial, label, t, k);
        loss -= target * log_p;
        slope[k] = (real)(weight * (exp(log_p) - target));
    }
    return loss;
}

static int decided(const lsnn_trial *trial, const real *pooled)
{
    int largest = 0;
    for (int k = 1; k < trial->shape.n_out; k++)
        if (pooled[k] > pooled[largest]) largest = k;
    return largest;
}

static double misclassified(const lsnn_trial *trial, int label, const real *pooled)
{
    return decided(trial, pooled) == label ? 0 : 1;
}

double loss_question_weight(const lsnn_trial *trial, lsnn_question q)
{
    double total = 0;
    for (int t = q.start; t < q.stop; t++)
        total += trial->weight[t];
    return total;
}

/* A trial that asks nothing has not been answered. */
static double share_misclassified(const lsnn_trial *trial)
{
    double wrong = 0;
    int asked = 0;
    for (int q = 0; q < trial->n_questions; q++) {
        if (loss_question_weight(trial, trial->questions[q]) == 0) continue;
        wrong += misclassified(trial, trial->questions[q].label, trial->answers + q * trial->shape.n_out);
        asked++;
    }
    return asked > 0 ? wrong / asked : 1;
}

void loss_confuse(uint64_t *confusion, const lsnn_trial *trial)
{
    const int n = trial->shape.n_out;
    for (int q = 0; q < loss_count_questions(trial); q++) {
        const lsnn_question asked = loss_question(trial, q);
        if (loss_question_weight(trial, asked) == 0 || asked.label < 0) continue;
        const int given = decided(trial, trial->answers + q * n);
#pragma omp atomic
        confusion[asked.label * n + given]++;
    }
}

static void add_squares(const lsnn_trial *trial, int t, const real *y, double *squares, double *targets)
{
    for (int k = 0; k < trial->shape.n_out; k++) {
        const double target = target_at(trial, 0, t, k), difference = y[k] - target;
        *squares += difference * difference;
        *targets += target * target;
    }
}

static double answers_off(const lsnn_trial *trial)
{
    double squares = 0, targets = 0;
    for (int q = 0; q < trial->n_questions; q++)
        if (loss_question_weight(trial, trial->questions[q]) != 0)
            add_squares(trial, trial->questions[q].start, trial->answers + q * trial->shape.n_out, &squares, &targets);
    return targets > 0 ? squares / targets : squares;
}

static double default_score(const lsnn_trial *trial, size_t row, const real *y)
{
    if (trial->shape.n_questions > 0) return trial->shape.classes ? share_misclassified(trial) : answers_off(trial);
    if (trial->shape.classes) return misclassified(trial, trial->label, trial->answers);
    double squares = 0, targets = 0;
    for (int t = 0; t < trial->n_steps; t++)
        if (trial->weight[t] != 0) add_squares(trial, t, y + (size_t)t * row, &squares, &targets);
    return targets > 0 ? squares / targets : squares;
}

double loss_pool(const tape *tp, const network *net, int q, int n, real *pooled)
{
    const lsnn_question asked = loss_question(tp->trial, q);
    const size_t row = row_length(net);
    double total = 0, sum[n];
    memset(sum, 0, sizeof sum);
    for (int t = asked.start; t < asked.stop; t++) {
        const real weight = tp->trial->weight[t];
        if (weight == 0) continue;
        total += weight;
        for (int k = 0; k < n; k++)
            sum[k] += weight * tp->output[(size_t)t * row + (size_t)k];
    }
    for (int k = 0; k < n; k++)
        pooled[k] = (real)(total > 0 ? sum[k] / total : 0);
    return total;
}

/* One loss, of y averaged over the question's steps. */
static double judge_pooled(loss_kind kind, const lsnn_trial *trial, int q, size_t row, real *y, double scale,
                           double unit)
{
    const lsnn_question asked = loss_question(trial, q);
    const int n = trial->shape.n_out;
    const double total = loss_question_weight(trial, asked);
    real slope[n];
    if (total == 0) return 0;
    const double loss = unit * judge_row(kind, trial, asked.label, asked.start, trial->answers + q * n, slope, 1);
    for (int t = asked.start; t < asked.stop; t++)
        for (int k = 0; trial->weight[t] != 0 && k < n; k++)
            y[(size_t)t * row + (size_t)k] = (real)(scale * unit * trial->weight[t] / total * slope[k]);
    return loss;
}

/* A loss for each step. */
static double judge_steps(loss_kind kind, const lsnn_trial *trial, int q, size_t row, real *y, double scale,
                          double unit)
{
    const lsnn_question asked = loss_question(trial, q);
    double loss = 0;
    for (int t = asked.start; t < asked.stop; t++) {
        const double weight = trial->weight[t];
        real *here = y + (size_t)t * row;
        if (weight != 0)
            loss += weight * unit * judge_row(kind, trial, asked.label, t, here, here, scale * weight * unit);
    }
    return loss;
}

/* Keeps the first n errors of the judged steps. */
static void clear_unjudged(tape *tp, size_t row, int n)
{
    const lsnn_trial *trial = tp->trial;
    int q = 0;
    /* One step before the readout's first, too: the backward pass begins there with an error of zero (quiet.h). */
    for (int t = tp->readout_from > 0 ? tp->readout_from - 1 : 0; t < tp->n_steps; t++) {
        while (q < loss_count_questions(trial) && t >= loss_question(trial, q).stop)
            q++;
        const bool asked = q < loss_count_questions(trial) && t >= loss_question(trial, q).start;
        const size_t judged = asked && trial->weight[t] != 0 ? (size_t)n : 0;
        memset(tp->output + (size_t)t * row + judged, 0, (row - judged) * sizeof *tp->output);
    }
}

static double question_error(const lsnn_trial *trial, int q)
{
    const lsnn_question asked = trial->questions[q];
    const real *answer = trial->answers + q * trial->shape.n_out;
    double squares = 0, targets = 0;
    if (loss_question_weight(trial, asked) == 0) return NAN;
    if (trial->shape.classes) return misclassified(trial, asked.label, answer);
    add_squares(trial, asked.start, answer, &squares, &targets);
    return squares;
}

static void judge_questions(const loss_settings *settings, tape *tp, size_t row, double scale, double unit)
{
    tp->loss = 0;
    for (int q = 0; q < loss_count_questions(tp->trial); q++)
        tp->loss +=
            (settings->pool ? judge_pooled : judge_steps)(settings->kind, tp->trial, q, row, tp->output, scale, unit);
}

/* What is answered: the averages of the readouts, or the actions. Returns the sum of the weights; `asked`: of how many questions. */
static double answer(const loss_settings *settings, const network *net, tape *tp, int *asked)
{
    const lsnn_trial *trial = tp->trial;
    double total = 0;
    *asked = 0;
    for (int q = 0; q < loss_count_questions(trial); q++) {
        double weight = loss_question_weight(trial, loss_question(trial, q));
        if (settings->kind != LOSS_ACTOR_CRITIC) {
            weight = loss_pool(tp, net, q, trial->shape.n_out, trial->answers + q * trial->shape.n_out);
        } else if (q >= tp->n_decisions) {
            actor_choose(&settings->actor, tp, net, q);
            actor_reward(tp, q);
        }
        total += weight;
        *asked += weight > 0;
    }
    return total;
}

static void judge_by_task(const loss_settings *settings, tape *tp, size_t row, double scale)
{
    tp->loss = settings->task->loss(settings->task_state, settings->task_parameters, tp->trial, tp->output, row, scale,
                                    &tp->error);
}

void loss_judge(const loss_settings *settings, const network *net, tape *tp, double scale, loss_score *score,
                const void *with)
{
    const lsnn_trial *trial = tp->trial;
    const size_t row = row_length(net);
    int asked;
    const double total = answer(settings, net, tp, &asked);
    for (int q = 0; q < trial->shape.n_questions; q++)
        tp->question_error[q] = q < trial->n_questions && tp->n_decisions == 0 ? question_error(trial, q) : NAN;
    tp->error = score ? score(with, trial, trial->answers) : default_score(trial, row, tp->output);
    double unit = 1;
    if (settings->pool && asked > 0) unit = 1.0 / asked;
    if (!settings->pool && settings->mean && total > 0) unit = 1 / total;
    if (settings->kind == LOSS_ACTOR_CRITIC)
        actor_judge(&settings->actor, net, tp, scale);
    else if (settings->kind == LOSS_TASK)
        judge_by_task(settings, tp, row, scale);
    else
        judge_questions(settings, tp, row, scale, unit);
    clear_unjudged(tp, row, trial->shape.n_out + (settings->kind == LOSS_ACTOR_CRITIC));
}

void loss_slopes(const loss_settings *settings, const network *net, const tape *tp, double scale, int from, int to,
                 real *slope)
{
    const lsnn_trial *trial = tp->trial;
    const size_t row = row_length(net);
    double total = 0;
    memset(slope, 0, (size_t)(to - from) * row * sizeof *slope);
    for (int q = 0; q < loss_count_questions(trial); q++)
        total += loss_question_weight(trial, loss_question(trial, q));
    const double unit = settings->mean && total > 0 ? 1 / total : 1;
    for (int q = 0; q < loss_count_questions(trial); q++) {
        const lsnn_question asked = loss_question(trial, q);
        for (int t = asked.start > from ? asked.start : from; t < to && t < asked.stop; t++)
            if (trial->weight[t] != 0)
                judge_row(settings->kind, trial, asked.label, t, tp->output + (size_t)t * row,
                          slope + (size_t)(t - from) * row, scale * trial->weight[t] * unit);
    }
}

void loss_judge_pooled(const loss_settings *settings, tape *tp, double scale, loss_score *score, const void *with)
{
    const int label = tp->trial->label;
    const bool acts = settings->kind == LOSS_ACTOR_CRITIC;
    if (acts) {
        actor_choose_pooled(&settings->actor, tp);
        actor_reward(tp, 0);
    }
    const real *answers = acts ? tp->trial->answers : tp->pooled;
    tp->error = score ? score(with, tp->trial, answers) : misclassified(tp->trial, label, answers);
    if (acts)
        actor_judge_pooled(&settings->actor, tp, scale);
    else
        tp->loss = judge_row(settings->kind, tp->trial, label, 0, tp->pooled, tp->pooled, scale);
}
