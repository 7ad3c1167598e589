/* Episodes of learning to learn: population code, questions, and their score. */
#include "lsnn/episode.h"
#include <math.h>

lsnn_status lsnn_episode_open(lsnn_episode *out, const lsnn_episode_parameters *p, int n_inputs,
                              const lsnn_task_host *host, lsnn_shape *shape, lsnn_error *err)
{
    lsnn_episode e = {.n_inputs = n_inputs, .cells = p->cells, .judged_from = p->judged_from, .sigma = p->sigma};
    int gap, n_steps, n_steps_test;
    e.range = p->range;
    TRY(lsnn_task_steps(&e.trial, host, "trial", p->trial, err));
    TRY(lsnn_task_steps(&e.answer, host, "answer", p->answer, err));
    if (e.answer > e.trial)
        return lsnn_fail(err, LSNN_CONFIG, "task.answer: %g ms are more than a trial of %g ms", p->answer, p->trial);
    TRY(lsnn_task_steps(&gap, host, "gap", p->gap, err));
    e.period = e.trial + gap;
    TRY(lsnn_task_probability(&e.p_peak, host, "rate", p->rate, err));
    TRY(lsnn_task_trial_steps(&n_steps, (double)p->trials * e.period, err));
    TRY(lsnn_task_trial_steps(&n_steps_test, (double)p->test_trials * e.period, err));
    *out = e;
    *shape = (lsnn_shape){.n_in = (n_inputs + 1) * p->cells,
                          .n_out = 1,
                          .n_given = n_inputs,
                          .n_steps = n_steps,
                          .n_steps_test = n_steps_test,
                          .n_questions = p->trials > p->test_trials ? p->trials : p->test_trials};
    return LSNN_OK;
}

int lsnn_episode_trials(const lsnn_episode *e, const lsnn_trial *trial)
{
    return trial->n_steps / e->period;
}

/* Preferred values lie evenly from -range - 2 sigma to range + 2 sigma. Beyond 4 sigma a cell, which would fire once in a quarter of
 * an hour, is silent. */
static void code(const lsnn_episode *e, lsnn_trial *trial, lsnn_random *stream, int k, int group, double range,
                 double value)
{
    const double sigma = e->sigma * 2 * range, lowest = -range - 2 * sigma;
    const double between = -2 * lowest / (e->cells - 1), place = (value - lowest) / between,
                 reach = 4 * sigma / between;
    const int first = (int)fmax(ceil(place - reach), 0), last = (int)fmin(floor(place + reach), e->cells - 1);
    for (int i = first; i <= last; i++) {
        const double d = (i - place) * between / sigma;
        const int cell = group * e->cells + i;
        lsnn_trial_bernoulli(trial, stream, cell, cell + 1, k * e->period, k * e->period + e->trial,
                             e->p_peak * exp(-d * d / 2));
    }
}

void lsnn_episode_show(const lsnn_episode *e, lsnn_trial *trial, lsnn_random *stream, int k, const double *x,
                       double y_before, double y)
{
    const int stop = k * e->period + e->trial, asked = stop - e->answer;
    for (int i = 0; i < e->n_inputs; i++)
        trial->given[k * e->n_inputs + i] = x[i];
    for (int i = 0; i < e->n_inputs; i++)
        code(e, trial, stream, k, i, 1, x[i]);
    if (k > 0) code(e, trial, stream, k, e->n_inputs, e->range, y_before);
    lsnn_trial_ask(trial, asked, stop, 0);
    trial->target[asked] = (real)y;
}

double lsnn_episode_score(const void *state, const void *parameters, const lsnn_trial *trial, const real *pooled)
{
    const lsnn_episode *e = state;
    const int n = trial->n_questions, first = e->judged_from <= n ? e->judged_from - 1 : n - 1;
    double sum = 0;
    (void)parameters;
    for (int q = first; q < n; q++) {
        const double off = (double)pooled[q] - (double)trial->target[trial->questions[q].start];
        sum += off * off;
    }
    return sum / (n - first);
}
