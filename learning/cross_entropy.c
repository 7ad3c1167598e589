/* The cross-entropy method (Rubinstein 1999; de Boer, Kroese, Mannor & Rubinstein 2005): a normal distribution for each number, fitted to
 * the best points. */
#include "lsnn/sampler.h"
#include <math.h>

typedef struct cross_entropy {
    int population;
    double sigma, elite, smoothing, noise, noise_decay;
} cross_entropy;

static const lsnn_field fields[] = {
    {"population", LSNN_INT, offsetof(cross_entropy, population), "50", NULL, 2, 10000, false, NULL,
     "points of a generation"},
    {"sigma", LSNN_REAL, offsetof(cross_entropy, sigma), "1", NULL, 0, INFINITY, true, NULL,
     "standard deviation of the first generation"},
    {"elite", LSNN_REAL, offsetof(cross_entropy, elite), "0.1", NULL, 0, 1, true, NULL,
     "share of the best points, to which mean and deviation are fitted"},
    {"smoothing", LSNN_REAL, offsetof(cross_entropy, smoothing), "0", NULL, 0, 1, false, NULL,
     "share of the old mean and deviation that is kept"},
    {"noise", LSNN_REAL, offsetof(cross_entropy, noise), "0", NULL, 0, INFINITY, false, NULL,
     "variance that is added after a fit (Szita & Lorincz 2006)"},
    {"noise_decay", LSNN_REAL, offsetof(cross_entropy, noise_decay), "0.95", NULL, 0, 1, true, NULL,
     "factor of that variance after each generation"},
    LSNN_END,
};

static int population(const void *parameters, int n)
{
    (void)n;
    return ((const cross_entropy *)parameters)->population;
}

/* mean, standard deviation */
static size_t state_length(const void *parameters, int n)
{
    (void)parameters;
    return 2 * (size_t)n;
}

static void begin(const void *parameters, const lsnn_sampling *s, double *state)
{
    for (int i = 0; i < s->n; i++) {
        state[i] = s->start[i];
        state[s->n + i] = ((const cross_entropy *)parameters)->sigma;
    }
}

static void ask(const void *parameters, const lsnn_sampling *s, const double *state, double *point)
{
    (void)parameters;
    for (int k = 0; k < s->population; k++) {
        lsnn_random chance = lsnn_sampler_chance(s, k);
        for (int i = 0; i < s->n; i++)
            point[(size_t)k * (size_t)s->n + (size_t)i] = state[i] + state[s->n + i] * lsnn_random_normal(&chance);
    }
}

static void tell(const void *parameters, const lsnn_sampling *s, double *state, const double *point,
                 const double *score)
{
    const cross_entropy *p = parameters;
    const int n_elite = (int)fmax(1, round(p->elite * s->population));
    const double added = p->noise * pow(p->noise_decay, (double)s->generation);
    int order[s->population];
    lsnn_sampler_rank(order, score, s->population);
    for (int i = 0; i < s->n; i++) {
        double mean = 0, variance = 0;
        for (int e = 0; e < n_elite; e++)
            mean += point[(size_t)order[e] * (size_t)s->n + (size_t)i] / n_elite;
        for (int e = 0; e < n_elite; e++) {
            const double off = point[(size_t)order[e] * (size_t)s->n + (size_t)i] - mean;
            variance += off * off / n_elite;
        }
        state[i] = p->smoothing * state[i] + (1 - p->smoothing) * mean;
        state[s->n + i] = p->smoothing * state[s->n + i] + (1 - p->smoothing) * sqrt(variance + added);
    }
}

static const double *best(const void *parameters, const lsnn_sampling *s, const double *state)
{
    (void)parameters, (void)s;
    return state;
}

const lsnn_sampler lsnn_sampler_cross_entropy = {
    .name = "cross_entropy",
    .doc = "Cross-entropy method (Rubinstein 1999): points from independent normal distributions, whose means and "
           "deviations\n"
           "are then those of the best points. The estimate is the mean.",
    .fields = fields,
    .size = sizeof(cross_entropy),
    .population = population,
    .state_length = state_length,
    .begin = begin,
    .ask = ask,
    .tell = tell,
    .best = best,
};
