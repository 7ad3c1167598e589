/* Conversions that most tasks need when they open. */
#include "lsnn/task.h"

#include <math.h>

#define MOST_STEPS 1e8

lsnn_status lsnn_task_steps(int *out, const lsnn_task_host *host, const char *name, double time, lsnn_error *err)
{
    double n = round(time / host->dt);
    if (fabs(n * host->dt - time) > 1e-9 * time)
        return lsnn_fail(err, LSNN_CONFIG, "task.%s: %g ms is not a whole number of steps of %g ms", name, time,
                         host->dt);
    if (n > MOST_STEPS) return lsnn_fail(err, LSNN_CONFIG, "task.%s: %g ms are more than 1e8 steps", name, time);
    *out = (int)n;
    return LSNN_OK;
}

lsnn_status lsnn_task_trial_steps(int *out, double n_steps, lsnn_error *err)
{
    if (n_steps > MOST_STEPS)
        return lsnn_fail(err, LSNN_CONFIG, "task: a trial would have %.3g steps; at most 1e8 are possible", n_steps);
    *out = (int)n_steps;
    return LSNN_OK;
}

lsnn_status lsnn_task_probability(double *out, const lsnn_task_host *host, const char *name, double rate,
                                  lsnn_error *err)
{
    *out = rate * host->dt / 1000;
    if (*out > 1)
        return lsnn_fail(err, LSNN_CONFIG, "task.%s: %g Hz is more than one spike in each step of %g ms", name, rate,
                         host->dt);
    return LSNN_OK;
}
