/* Adam (Kingma & Ba 2015) in the form of TensorFlow. */
#include "lsnn/rule.h"
#include <math.h>

typedef struct adam {
    double beta_1, beta_2, epsilon;
} adam;

#define MOST 0.999999999 /* at 1 nothing would be forgotten, and the correction of the beginning divide by 0 */

static const lsnn_field fields[] = {
    {"beta_1", LSNN_REAL, offsetof(adam, beta_1), "0.9", NULL, 0, MOST, false, NULL, "decay of the mean gradient m"},
    {"beta_2", LSNN_REAL, offsetof(adam, beta_2), "0.999", NULL, 0, MOST, false, NULL, "decay of the mean square v"},
    {"epsilon", LSNN_REAL, offsetof(adam, epsilon), "1e-8", NULL, 0, INFINITY, true, NULL, "added to the root of v"},
    LSNN_END,
};

LSNN_KERNEL static void step(const void *parameters, double rate, uint64_t update, size_t n, real *restrict weight,
                             const real *restrict gradient, real *const moment[])
{
    const adam *p = parameters;
    const double t = (double)update;
    const real eta = (real)(rate * sqrt(1 - pow(p->beta_2, t)) / (1 - pow(p->beta_1, t)));
    const real beta_1 = (real)p->beta_1, beta_2 = (real)p->beta_2, epsilon = (real)p->epsilon;
    const real rest_1 = (real)(1 - p->beta_1), rest_2 = (real)(1 - p->beta_2);
    real *restrict m = moment[0], *restrict v = moment[1];
#pragma omp simd
    for (size_t k = 0; k < n; k++) {
        m[k] = beta_1 * m[k] + rest_1 * gradient[k];
        v[k] = beta_2 * v[k] + rest_2 * gradient[k] * gradient[k];
#ifdef LSNN_DOUBLE
        weight[k] -= eta * m[k] / (sqrt(v[k]) + epsilon);
#else
        weight[k] -= eta * m[k] / (sqrtf(v[k]) + epsilon);
#endif
    }
}

static const char *const moments[] = {"m", "v", NULL};

const lsnn_optimiser lsnn_optimiser_adam = {
    .name = "adam",
    .doc = "Adam in TensorFlow's form: m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g^2;\n"
           "  w -= rate sqrt(1-b2^t)/(1-b1^t) m / (sqrt(v) + epsilon)",
    .fields = fields,
    .size = sizeof(adam),
    .moments = moments,
    .scales = 1u << 1, /* with v = 0 the first steps would be three times the rate and more, whatever the gradient */
    .step = step,
};
