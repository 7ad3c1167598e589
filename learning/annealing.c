/* Simulated annealing (Kirkpatrick, Gelatt & Vecchi 1983), several chains side by side. */
#include "lsnn/sampler.h"
#include <float.h>
#include <math.h>
#include <string.h>

typedef struct annealing {
    int chains, coordinates;
    double temperature, cooling, step, step_decay;
} annealing;

static const lsnn_field fields[] = {
    {"chains", LSNN_INT, offsetof(annealing, chains), "16", NULL, 1, 10000, false, NULL, "independent chains"},
    {"temperature", LSNN_REAL, offsetof(annealing, temperature), "1", NULL, 0, INFINITY, true, NULL,
     "T: a move that makes the value greater by d is accepted with exp(-d / T)"},
    {"cooling", LSNN_REAL, offsetof(annealing, cooling), "0.99", NULL, 0, 1, true, NULL,
     "factor of T after each generation"},
    {"step", LSNN_REAL, offsetof(annealing, step), "0.1", NULL, 0, INFINITY, true, NULL,
     "standard deviation of a move"},
    {"step_decay", LSNN_REAL, offsetof(annealing, step_decay), "1", NULL, 0, 1, true, NULL,
     "factor of the step after each generation"},
    {"coordinates", LSNN_INT, offsetof(annealing, coordinates), "0", NULL, 0, 1e9, false, NULL,
     "how many of the numbers a move changes (drawn with repetition); 0: all"},
    LSNN_END,
};

static int population(const void *parameters, int n)
{
    (void)n;
    return ((const annealing *)parameters)->chains;
}

/* Score and point: the best so far, then each chain's. */
static size_t state_length(const void *parameters, int n)
{
    return (1 + (size_t)n) * (1 + (size_t)population(parameters, n));
}

static void begin(const void *parameters, const lsnn_sampling *s, double *state)
{
    for (int k = 0; k <= population(parameters, s->n); k++) {
        double *chain = state + (size_t)k * (1 + (size_t)s->n);
        chain[0] = DBL_MAX;
        memcpy(chain + 1, s->start, (size_t)s->n * sizeof *chain);
    }
}

/* The first generation looks at the start itself. */
static void ask(const void *parameters, const lsnn_sampling *s, const double *state, double *point)
{
    const annealing *p = parameters;
    const double step = s->generation > 0 ? p->step * pow(p->step_decay, (double)s->generation) : 0;
    for (int k = 0; k < s->population; k++) {
        double *x = point + (size_t)k * (size_t)s->n;
        lsnn_random chance = lsnn_sampler_chance(s, k);
        memcpy(x, state + (size_t)(k + 1) * (1 + (size_t)s->n) + 1, (size_t)s->n * sizeof *x);
        for (int i = 0; p->coordinates == 0 && i < s->n; i++)
            x[i] += step * lsnn_random_normal(&chance);
        for (int c = 0; c < p->coordinates; c++)
            x[lsnn_random_below(&chance, (uint32_t)s->n)] += step * lsnn_random_normal(&chance);
    }
}

static void tell(const void *parameters, const lsnn_sampling *s, double *state, const double *point,
                 const double *score)
{
    const annealing *p = parameters;
    const double T = p->temperature * pow(p->cooling, (double)s->generation);
    lsnn_sampler_keep(state, s, point, score);
    lsnn_random chance = lsnn_sampler_chance(s, s->population);
    for (int k = 0; k < s->population; k++) {
        double *chain = state + (size_t)(k + 1) * (1 + (size_t)s->n);
        const double u = lsnn_random_uniform(&chance);
        if (score[k] == DBL_MAX || (score[k] > chain[0] && u >= exp((chain[0] - score[k]) / T))) continue;
        chain[0] = score[k];
        memcpy(chain + 1, point + (size_t)k * (size_t)s->n, (size_t)s->n * sizeof *chain);
    }
}

static const double *best(const void *parameters, const lsnn_sampling *s, const double *state)
{
    (void)parameters, (void)s;
    return state + 1;
}

const lsnn_sampler lsnn_sampler_annealing = {
    .name = "annealing",
    .doc = "Simulated annealing (Kirkpatrick et al. 1983): each chain moves by normal steps, accepted by Metropolis' "
           "rule at a\n"
           "temperature that falls. The estimate is the best point so far (of noisy values: the luckiest).",
    .fields = fields,
    .size = sizeof(annealing),
    .population = population,
    .state_length = state_length,
    .begin = begin,
    .ask = ask,
    .tell = tell,
    .best = best,
};
