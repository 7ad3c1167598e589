/* The first time at which a constant plus a sum of decaying exponentials becomes positive. */
#ifndef CROSSING_H
#define CROSSING_H

#include "lsnn/error.h"
#include "lsnn/model.h"

/* f(t) = level + sum_k x[k] exp(-rate[k] t), k below n; rates above 0 and ascending. */
typedef struct crossing_sum {
    int n;
    double level;
    const double *rate, *x;
} crossing_sum;

typedef struct crossing_solver crossing_solver; /* of one thread */
LSNN_MUST_USE lsnn_status crossing_new(crossing_solver **out, lsnn_error *err);
void crossing_free(crossing_solver *solver);

/* f(t) can become positive at t > 0 only if one of the sums level + x[0] + ... + x[k] is: f is an average of these with positive
 * factors exp(-rate[k] t) - exp(-rate[k + 1] t). No exponential is needed to see that a neuron is at rest. */
LSNN_INLINE bool crossing_possible(double level, const double *x, int n)
{
    double sum = level, most = level;
    for (int k = 0; k < n; k++) {
        sum += x[k];
        most = sum > most ? sum : most;
    }
    return most > 0;
}

/* The first t > 0 at which f changes from negative or zero to positive; 0 if f(0) is positive; INFINITY if there is none. */
double crossing_first(crossing_solver *solver, const crossing_sum *f);

#endif
