/* Regression as a baseline of learning within an episode: at each sample, a fit to the samples before. */
#ifndef REGRESSION_H
#define REGRESSION_H

#include "lsnn/error.h"

typedef enum regression_kind { REGRESSION_LINEAR, REGRESSION_QUADRATIC } regression_kind;

/* Features of x [n]: 1, x_i, and (quadratic) x_i x_j for i <= j. Returns how many; `feature` may be NULL. */
int regression_features(double *feature, regression_kind kind, const double *x, int n);

/* error[k], k = 0 .. n_samples-1: squared error at sample k (x [n_samples][n], y) of w . features with the w that makes
 * sum_{s<k} (w . features_s - y_s)^2 + ridge |w|^2 least; of several (ridge 0, few samples), the shortest. */
LSNN_MUST_USE lsnn_status regression_course(double *error, regression_kind kind, double ridge, int n_samples, int n,
                                            const double *x, const double *y, lsnn_error *err);

#endif
