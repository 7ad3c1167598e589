/* Policy, actions, temporal-difference errors. */
#include "actor.h"
#include <math.h>
#include <string.h>

static real *decided(const tape *tp, int q)
{
    return tp->decided + (size_t)q * (size_t)(tp->trial->shape.n_out + 1);
}

static void policy(const tape *tp, int q, double *pi)
{
    const int n = tp->trial->shape.n_out;
    const real *logit = decided(tp, q);
    double largest = -INFINITY, total = 0;
    for (int k = 0; k < n; k++)
        largest = fmax(largest, logit[k]);
    for (int k = 0; k < n; k++)
        total += pi[k] = exp(logit[k] - largest);
    for (int k = 0; k < n; k++)
        pi[k] /= total;
}

static void choose_class(tape *tp, int q, lsnn_random *chance)
{
    const int n = tp->trial->shape.n_out;
    double pi[n], left = lsnn_random_uniform(chance);
    int action = 0;
    policy(tp, q, pi);
    while (action < n - 1 && left >= pi[action])
        left -= pi[action++];
    tp->decision[q].action = action;
    if (tp->trial->shape.n_questions > 0) tp->trial->questions[q].action = action;
    for (int k = 0; k < n; k++)
        tp->trial->answers[q * n + k] = k == action;
}

static void choose_numbers(const actor_settings *settings, tape *tp, int q, lsnn_random *chance)
{
    const int n = tp->trial->shape.n_out;
    for (int k = 0; k < n; k++)
        tp->trial->answers[q * n + k] =
            (real)((double)decided(tp, q)[k] + settings->sigma * lsnn_random_normal(chance));
}

static lsnn_random choose(const actor_settings *settings, tape *tp, int q)
{
    const uint64_t set = (uint64_t)tp->draw.set;
    lsnn_random chance = lsnn_random_stream(tp->draw.seed + set, LSNN_ACTIONS, (uint64_t)q, tp->draw.index);
    tp->decision[q] = (decision){0};
    if (tp->trial->shape.classes)
        choose_class(tp, q, &chance);
    else
        choose_numbers(settings, tp, q, &chance);
    return chance;
}

lsnn_random actor_choose(const actor_settings *settings, tape *tp, const network *net, int q)
{
    loss_pool(tp, net, q, tp->trial->shape.n_out + 1, decided(tp, q));
    return choose(settings, tp, q);
}

void actor_choose_pooled(const actor_settings *settings, tape *tp)
{
    memcpy(decided(tp, 0), tp->pooled, (size_t)(tp->trial->shape.n_out + 1) * sizeof *tp->pooled);
    choose(settings, tp, 0);
}

void actor_reward(tape *tp, int q)
{
    const int label = loss_question(tp->trial, q).label;
    tp->decision[q].reward = tp->decision[q].action == label ? 1 : -1;
}

static void class_slopes(const actor_settings *settings, const tape *tp, int q, double advantage, double *slope)
{
    const int n = tp->trial->shape.n_out;
    double pi[n], entropy = 0;
    policy(tp, q, pi);
    for (int k = 0; k < n; k++)
        entropy -= pi[k] > 0 ? pi[k] * log(pi[k]) : 0;
    for (int k = 0; k < n; k++) {
        slope[k] = advantage * (pi[k] - (k == tp->decision[q].action));
        if (pi[k] > 0) slope[k] += settings->entropy * pi[k] * (log(pi[k]) + entropy);
    }
}

static void number_slopes(const actor_settings *settings, const tape *tp, int q, double advantage, double *slope)
{
    const int n = tp->trial->shape.n_out;
    for (int k = 0; k < n; k++)
        slope[k] = advantage * ((double)decided(tp, q)[k] - (double)tp->trial->answers[q * n + k]) /
                   (settings->sigma * settings->sigma);
}

/* dE/d(logits or means, value) of question q. */
static void slopes(const actor_settings *settings, const tape *tp, int q, double advantage, double *slope)
{
    const lsnn_shape *shape = &tp->trial->shape;
    (shape->classes ? class_slopes : number_slopes)(settings, tp, q, advantage, slope);
    slope[shape->n_out] = -settings->value * advantage;
}

typedef struct outlook {
    double value, advantage; /* of the question after */
} outlook;

static double look_back(const actor_settings *settings, const tape *tp, int q, outlook *after)
{
    const double value = decided(tp, q)[tp->trial->shape.n_out];
    const double delta = tp->decision[q].reward + settings->gamma * after->value - value;
    *after = (outlook){value, delta + settings->gamma * settings->lambda * after->advantage};
    return after->advantage;
}

void actor_judge(const actor_settings *settings, const network *net, tape *tp, double scale)
{
    const lsnn_trial *trial = tp->trial;
    const int n = trial->shape.n_out + 1;
    const size_t row = (size_t)(net->n_columns - net->spiking_columns);
    outlook after = {0};
    tp->loss = 0;
    for (int q = loss_count_questions(trial) - 1; q >= 0; q--) {
        const lsnn_question asked = loss_question(trial, q);
        const double total = loss_question_weight(trial, asked);
        double slope[n];
        if (total == 0) continue;
        slopes(settings, tp, q, look_back(settings, tp, q, &after), slope);
        tp->loss -= tp->decision[q].reward;
        for (int t = asked.start; t < asked.stop; t++)
            for (int k = 0; trial->weight[t] != 0 && k < n; k++)
                tp->output[(size_t)t * row + (size_t)k] = (real)(scale * trial->weight[t] / total * slope[k]);
    }
}

void actor_judge_pooled(const actor_settings *settings, tape *tp, double scale)
{
    const int n = tp->trial->shape.n_out + 1;
    outlook after = {0};
    double slope[n];
    slopes(settings, tp, 0, look_back(settings, tp, 0, &after), slope);
    tp->loss = -tp->decision[0].reward;
    for (int k = 0; k < n; k++)
        tp->pooled[k] = (real)(scale * slope[k]);
}
