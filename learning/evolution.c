/* Evolution strategies (Salimans, Ho, Chen, Sidor & Sutskever 2017, arXiv:1703.03864; rank shaping as in Wierstra et al. 2014). */
#include "lsnn/sampler.h"
#include <math.h>

typedef struct evolution {
    int pairs;
    double sigma, decay, rate, beta_1, beta_2, weight_decay;
} evolution;

static const lsnn_field fields[] = {
    {"pairs", LSNN_INT, offsetof(evolution, pairs), "16", NULL, 1, 5000, false, NULL,
     "antithetic pairs of a generation: m + sigma e and m - sigma e"},
    {"sigma", LSNN_REAL, offsetof(evolution, sigma), "0.1", NULL, 0, INFINITY, true, NULL,
     "sigma: width of the search"},
    {"decay", LSNN_REAL, offsetof(evolution, decay), "1", NULL, 0, 1, true, NULL,
     "factor of sigma and rate after each generation"},
    {"rate", LSNN_REAL, offsetof(evolution, rate), "0.05", NULL, 0, INFINITY, true, NULL, "step of Adam"},
    {"beta_1", LSNN_REAL, offsetof(evolution, beta_1), "0.9", NULL, 0, 1, false, NULL, "decay of Adam's mean gradient"},
    {"beta_2", LSNN_REAL, offsetof(evolution, beta_2), "0.999", NULL, 0, 1, false, NULL, "decay of Adam's mean square"},
    {"weight_decay", LSNN_REAL, offsetof(evolution, weight_decay), "0", NULL, 0, 1, false, NULL,
     "share of m that is lost with each generation"},
    LSNN_END,
};

static int population(const void *parameters, int n)
{
    (void)n;
    return 2 * ((const evolution *)parameters)->pairs;
}

/* m, and Adam's two means */
static size_t state_length(const void *parameters, int n)
{
    (void)parameters;
    return 3 * (size_t)n;
}

static void begin(const void *parameters, const lsnn_sampling *s, double *state)
{
    (void)parameters;
    for (int i = 0; i < s->n; i++)
        state[i] = s->start[i];
}

static double shrunk(const evolution *p, const lsnn_sampling *s)
{
    return pow(p->decay, (double)s->generation);
}

static void ask(const void *parameters, const lsnn_sampling *s, const double *state, double *point)
{
    const evolution *p = parameters;
    const double sigma = p->sigma * shrunk(p, s);
    for (int pair = 0; pair < p->pairs; pair++) {
        lsnn_random chance = lsnn_sampler_chance(s, pair);
        double *plus = point + (size_t)(2 * pair) * (size_t)s->n, *minus = plus + s->n;
        for (int i = 0; i < s->n; i++) {
            const double step = sigma * lsnn_random_normal(&chance);
            plus[i] = state[i] + step;
            minus[i] = state[i] - step;
        }
    }
}

/* u_r, highest for the first rank; their sum is 0. */
static void utilities(double *utility, const double *score, int n)
{
    int order[n];
    double sum = 0;
    lsnn_sampler_rank(order, score, n);
    for (int r = 0; r < n; r++)
        sum += utility[order[r]] = fmax(0, log(n / 2.0 + 1) - log(r + 1.0));
    for (int k = 0; k < n; k++)
        utility[k] = utility[k] / sum - 1.0 / n;
}

static void tell(const void *parameters, const lsnn_sampling *s, double *state, const double *point,
                 const double *score)
{
    const evolution *p = parameters;
    const double t = (double)s->generation + 1, sigma = p->sigma * shrunk(p, s);
    const double eta = p->rate * shrunk(p, s) * sqrt(1 - pow(p->beta_2, t)) / (1 - pow(p->beta_1, t));
    double utility[s->population], *m = state, *mean = state + s->n, *square = mean + s->n;
    utilities(utility, score, s->population);
    for (int i = 0; i < s->n; i++) {
        double g = 0;
        for (int k = 0; k < s->population; k++)
            g += utility[k] * (point[(size_t)k * (size_t)s->n + (size_t)i] - m[i]) / sigma;
        mean[i] = p->beta_1 * mean[i] + (1 - p->beta_1) * g;
        square[i] = p->beta_2 * square[i] + (1 - p->beta_2) * g * g;
        m[i] = (1 - p->weight_decay) * m[i] + eta * mean[i] / (sqrt(square[i]) + 1e-12);
    }
}

static const double *best(const void *parameters, const lsnn_sampling *s, const double *state)
{
    (void)parameters, (void)s;
    return state;
}

const lsnn_sampler lsnn_sampler_evolution = {
    .name = "evolution",
    .doc = "Evolution strategies (Salimans et al. 2017): points m +- sigma e, e normal; their ranks r (from 1, of L) "
           "give\n"
           "utilities u = max(0, log(L/2 + 1) - log r), normalised to sum 1, less 1/L; Adam goes up sum_k u_k e_k.",
    .fields = fields,
    .size = sizeof(evolution),
    .population = population,
    .state_length = state_length,
    .begin = begin,
    .ask = ask,
    .tell = tell,
    .best = best,
};
