/* One hidden layer, the squared error of one sample at a time, Adam (Kingma & Ba 2015). */
#include "backprop.h"
#include <math.h>
#include <stdbool.h>

/* Hidden weights as those of the functions that l2l_regression draws. */
static const double hidden_range = 5;

lsnn_status backprop_new(backprop **out, int n_inputs, arena *a, lsnn_error *err)
{
    backprop *b;
    TRY(arena_take(a, &b, 1, sizeof *b, err));
    b->n_inputs = n_inputs;
    b->n_weights = BACKPROP_HIDDEN * (n_inputs + 2) + 1;
    double **const each[] = {&b->weight, &b->slope, &b->m, &b->v};
    for (size_t k = 0; k < sizeof each / sizeof *each; k++)
        TRY(arena_take(a, each[k], (size_t)b->n_weights, sizeof(double), err));
    *out = b;
    return LSNN_OK;
}

/* Weights of the output are 0: as a regression, the network expects nothing before the first sample. */
static void begin(backprop *b, lsnn_random *stream)
{
    for (int k = 0; k < b->n_weights; k++) {
        const bool hidden = k < b->n_weights - 1 && k % (b->n_inputs + 2) <= b->n_inputs;
        b->weight[k] = hidden ? (2 * lsnn_random_uniform(stream) - 1) * hidden_range : 0;
        b->m[k] = b->v[k] = 0;
    }
}

double backprop_answer(backprop *b, const double *x)
{
    const int n = b->n_inputs;
    double answer = b->weight[b->n_weights - 1];
    b->slope[b->n_weights - 1] = 1;
    for (int h = 0; h < BACKPROP_HIDDEN; h++) {
        const double *w = b->weight + h * (n + 2);
        double *slope = b->slope + h * (n + 2), sum = w[n];
        for (int i = 0; i < n; i++)
            sum += w[i] * x[i];
        const double active = 1 / (1 + exp(-sum)), back = w[n + 1] * active * (1 - active);
        answer += w[n + 1] * active;
        for (int i = 0; i < n; i++)
            slope[i] = back * x[i];
        slope[n] = back;
        slope[n + 1] = active;
    }
    return answer;
}

/* Step 1, 2, ... down the gradient (answer - y) slope of half the squared error. */
static void learn(backprop *b, double rate, double difference, int step)
{
    static const double beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-8;
    const double eta = rate * sqrt(1 - pow(beta_2, step)) / (1 - pow(beta_1, step));
    for (int k = 0; k < b->n_weights; k++) {
        const double gradient = difference * b->slope[k];
        b->m[k] = beta_1 * b->m[k] + (1 - beta_1) * gradient;
        b->v[k] = beta_2 * b->v[k] + (1 - beta_2) * gradient * gradient;
        b->weight[k] -= eta * b->m[k] / (sqrt(b->v[k]) + epsilon);
    }
}

void backprop_course(double *error, backprop *b, double rate, lsnn_random stream, int n_samples, const double *x,
                     const double *y)
{
    begin(b, &stream);
    for (int k = 0; k < n_samples; k++) {
        const double difference = backprop_answer(b, x + (size_t)k * (size_t)b->n_inputs) - y[k];
        error[k] = difference * difference;
        learn(b, rate, difference, k + 1);
    }
}
