/* Losses of a readout and the error of a response. */
#include "learning.h"
#include <math.h>
#include <string.h>

/* y and its gradient lie in padded rows. */
static size_t row_length(const network *net)
{
    return (size_t)(net->n_columns - net->spiking_columns);
}

static double target_at(const lsnn_trial *trial, int t, int k)
{
    if (trial->shape.classes) return trial->label == k ? 1 : 0;
    return trial->target[(size_t)t * (size_t)trial->shape.n_out + (size_t)k];
}

/* Loss of one row y, whose place takes weight x dl/dy. */
static double judge_row(loss_kind kind, const lsnn_trial *trial, int t, const real *y, real *slope, double weight)
{
    const int n = trial->shape.n_out;
    double loss = 0, total = 0, largest = -INFINITY;
    if (kind == LOSS_MSE) {
        for (int k = 0; k < n; k++) {
            const double difference = y[k] - target_at(trial, t, k);
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
        const double log_p = y[k] - largest - log(total), target = target_at(trial, t, k);
        loss -= target * log_p;
        slope[k] = (real)(weight * (exp(log_p) - target));
    }
    return loss;
}

static double misclassified(const lsnn_trial *trial, const real *pooled)
{
    int decided = 0;
    for (int k = 1; k < trial->shape.n_out; k++)
        if (pooled[k] > pooled[decided]) decided = k;
    return decided == trial->label ? 0 : 1;
}

static double default_score(const lsnn_trial *trial, size_t row, const real *y, const real *pooled)
{
    const int n = trial->shape.n_out;
    if (trial->shape.classes) return misclassified(trial, pooled);
    double squares = 0, targets = 0;
    for (int t = 0; t < trial->shape.n_steps; t++) {
        if (trial->weight[t] == 0) continue;
        for (int k = 0; k < n; k++) {
            const double target = target_at(trial, t, k), difference = y[(size_t)t * row + (size_t)k] - target;
            squares += difference * difference;
            targets += target * target;
        }
    }
    return targets > 0 ? squares / targets : squares;
}

/* Mean of y over the judged steps, into `pooled`; returns the sum of the weights. */
static double pool(const lsnn_trial *trial, size_t row, const real *y, real *pooled)
{
    double total = 0, sum[trial->shape.n_out];
    memset(sum, 0, sizeof sum);
    for (int t = 0; t < trial->shape.n_steps; t++) {
        if (trial->weight[t] == 0) continue;
        total += trial->weight[t];
        for (int k = 0; k < trial->shape.n_out; k++)
            sum[k] += trial->weight[t] * y[(size_t)t * row + (size_t)k];
    }
    for (int k = 0; k < trial->shape.n_out; k++)
        pooled[k] = (real)(total > 0 ? sum[k] / total : 0);
    return total;
}

void loss_judge(const loss_settings *settings, const network *net, tape *tp, double scale, loss_score *score,
                const void *with)
{
    const lsnn_trial *trial = tp->trial;
    const size_t row = row_length(net);
    real pooled[trial->shape.n_out], slope[trial->shape.n_out];
    const double total = pool(trial, row, tp->output, pooled);
    const double unit = settings->mean && total > 0 ? 1 / total : 1;
    tp->error = score ? score(with, trial, pooled) : default_score(trial, row, tp->output, pooled);
    tp->loss = 0;
    if (settings->pool) tp->loss = judge_row(settings->kind, trial, 0, pooled, slope, 1);
    /* One step before the readout's first, too: the backward pass begins there with an error of zero (quiet.h). */
    for (int t = tp->readout_from > 0 ? tp->readout_from - 1 : 0; t < tp->n_steps; t++) {
        real *y = tp->output + (size_t)t * row;
        const double weight = trial->weight[t];
        if (weight == 0) {
            memset(y, 0, row * sizeof *y);
            continue;
        }
        if (settings->pool)
            for (int k = 0; k < trial->shape.n_out; k++)
                y[k] = (real)(scale * weight / total * slope[k]);
        else
            tp->loss += weight * unit * judge_row(settings->kind, trial, t, y, y, scale * weight * unit);
        for (size_t k = (size_t)trial->shape.n_out; k < row; k++)
            y[k] = 0;
    }
}

void loss_judge_pooled(const loss_settings *settings, tape *tp, double scale, loss_score *score, const void *with)
{
    tp->error = score ? score(with, tp->trial, tp->pooled) : misclassified(tp->trial, tp->pooled);
    tp->loss = judge_row(settings->kind, tp->trial, 0, tp->pooled, tp->pooled, scale);
}
