/* Averages of recorded signals. */
#include "traces.h"
#include <math.h>

static float at(const traces *x, int k, size_t step, int e)
{
    return x->values[((size_t)k * x->n_steps + step) * (size_t)x->n_elements + (size_t)e];
}

size_t traces_triggered(double *mean, int before, int after, const traces *x, int e, const trains *t, int i)
{
    size_t used = 0;
    for (int lag = 0; lag <= before + after; lag++)
        mean[lag] = 0;
    for (int k = 0; k < t->n_spans && k < x->n_spans; k++) {
        size_t n;
        const double *time = raster_train(t, i, k, &n);
        for (size_t s = 0; s < n; s++) {
            const double step = floor(time[s] / x->dt + 1e-6);
            if (step < before || step + after >= (double)x->n_steps) continue;
            for (int lag = 0; lag <= before + after; lag++)
                mean[lag] += (double)at(x, k, (size_t)step - (size_t)before + (size_t)lag, e);
            used++;
        }
    }
    for (int lag = 0; lag <= before + after; lag++)
        mean[lag] = used ? mean[lag] / (double)used : NAN;
    return used;
}

size_t traces_trajectory(double *mean, double *sd, const traces *x, const bool *use)
{
    size_t n = 0;
    for (int k = 0; k < x->n_spans; k++)
        n += use[k] ? (size_t)x->n_elements : 0;
    for (size_t step = 0; step < x->n_steps; step++) {
        double sum = 0, squares = 0;
        for (int k = 0; k < x->n_spans; k++)
            for (int e = 0; use[k] && e < x->n_elements; e++)
                sum += (double)at(x, k, step, e);
        mean[step] = n ? sum / (double)n : NAN;
        for (int k = 0; k < x->n_spans; k++)
            for (int e = 0; use[k] && e < x->n_elements; e++) {
                const double distance = (double)at(x, k, step, e) - mean[step];
                squares += distance * distance;
            }
        sd[step] = n ? sqrt(squares / (double)n) : NAN;
    }
    return n;
}
