/* Gradient descent, with momentum. */
#include "lsnn/rule.h"
#include <math.h>

typedef struct sgd {
    double momentum;
} sgd;

static const lsnn_field fields[] = {
    {"momentum", LSNN_REAL, offsetof(sgd, momentum), "0", NULL, 0, 1, false, NULL,
     "share of the last change that is added to the next"},
    LSNN_END,
};

LSNN_KERNEL static void step(const void *parameters, double rate, uint64_t update, size_t n, real *restrict weight,
                             const real *restrict gradient, real *const moment[])
{
    (void)update;
    const real momentum = (real)((const sgd *)parameters)->momentum, eta = (real)rate;
    real *restrict velocity = moment[0];
#pragma omp simd
    for (size_t k = 0; k < n; k++) {
        velocity[k] = momentum * velocity[k] + gradient[k];
        weight[k] -= eta * velocity[k];
    }
}

static const char *const moments[] = {"velocity", NULL};

const lsnn_optimiser lsnn_optimiser_sgd = {
    .name = "sgd",
    .doc = "Gradient descent with momentum: u = momentum u + g;  w -= rate u",
    .fields = fields,
    .size = sizeof(sgd),
    .moments = moments,
    .step = step,
};
