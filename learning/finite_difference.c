/* Gradient descent with a gradient from central differences, along the axes or random directions (Spall 1992, SPSA, averages such). */
#include "lsnn/sampler.h"
#include <float.h>
#include <math.h>
#include <string.h>

typedef struct finite_difference {
    int directions;
    double step, rate, decay, momentum;
} finite_difference;

static const lsnn_field fields[] = {
    {"directions", LSNN_INT, offsetof(finite_difference, directions), "0", NULL, 0, 5000, false, NULL,
     "random directions (all numbers by +-step) of a generation; 0: each number on its own"},
    {"step", LSNN_REAL, offsetof(finite_difference, step), "0.01", NULL, 0, INFINITY, true, NULL,
     "h in (f(x + h d) - f(x - h d)) / 2h; what is finer is not seen"},
    {"rate", LSNN_REAL, offsetof(finite_difference, rate), "0.01", NULL, 0, INFINITY, true, NULL, "learning rate"},
    {"decay", LSNN_REAL, offsetof(finite_difference, decay), "1", NULL, 0, 1, true, NULL,
     "factor of the rate after each generation"},
    {"momentum", LSNN_REAL, offsetof(finite_difference, momentum), "0", NULL, 0, 1, false, NULL,
     "share of the last change that is added to the next"},
    LSNN_END,
};

static int directions(const finite_difference *p, int n)
{
    return p->directions > 0 ? p->directions : n;
}

static int population(const void *parameters, int n)
{
    return 2 * directions(parameters, n);
}

/* The point, and its last change. */
static size_t state_length(const void *parameters, int n)
{
    (void)parameters;
    return 2 * (size_t)n;
}

static void begin(const void *parameters, const lsnn_sampling *s, double *state)
{
    (void)parameters;
    memcpy(state, s->start, (size_t)s->n * sizeof *state);
}

static void ask(const void *parameters, const lsnn_sampling *s, const double *state, double *point)
{
    const finite_difference *p = parameters;
    for (int d = 0; d < directions(p, s->n); d++) {
        lsnn_random chance = lsnn_sampler_chance(s, d);
        double *plus = point + (size_t)(2 * d) * (size_t)s->n, *minus = plus + s->n;
        for (int i = 0; i < s->n; i++) {
            double h = i == d ? p->step : 0;
            if (p->directions > 0) h = lsnn_random_below(&chance, 2) ? p->step : -p->step;
            plus[i] = state[i] + h;
            minus[i] = state[i] - h;
        }
    }
}

/* With directions d of +-1 the mean of (f+ - f-) / 2h times d is the gradient, on average. */
static void tell(const void *parameters, const lsnn_sampling *s, double *state, const double *point,
                 const double *score)
{
    const finite_difference *p = parameters;
    const int n_directions = directions(p, s->n);
    const double eta = p->rate * pow(p->decay, (double)s->generation);
    for (int i = 0; i < s->n; i++) {
        double g = 0;
        for (int d = 0; d < n_directions; d++) {
            const double *plus = point + (size_t)(2 * d) * (size_t)s->n, *minus = plus + s->n;
            const double h = (plus[i] - minus[i]) / 2, up = score[2 * d], down = score[2 * d + 1];
            if (h != 0 && up < DBL_MAX && down < DBL_MAX) g += (up - down) / (2 * p->step) * (h > 0 ? 1 : -1);
        }
        if (p->directions > 0) g /= n_directions;
        state[s->n + i] = p->momentum * state[s->n + i] - eta * g;
    }
    for (int i = 0; i < s->n; i++)
        state[i] += state[s->n + i];
}

static const double *best(const void *parameters, const lsnn_sampling *s, const double *state)
{
    (void)parameters, (void)s;
    return state;
}

const lsnn_sampler lsnn_sampler_finite_difference = {
    .name = "finite_difference",
    .doc = "Gradient descent with central differences: along each axis, or along random directions of +-1 (SPSA, Spall "
           "1992).",
    .fields = fields,
    .size = sizeof(finite_difference),
    .population = population,
    .state_length = state_length,
    .begin = begin,
    .ask = ask,
    .tell = tell,
    .best = best,
};
