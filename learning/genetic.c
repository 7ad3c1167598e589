/* A genetic algorithm: tournaments, crossover, mutation, and the best survive (Goldberg 1989; Eiben & Smith 2015). */
#include "lsnn/sampler.h"
#include <float.h>
#include <math.h>
#include <string.h>

typedef struct genetic {
    int population, tournament, elite;
    double sigma, crossover, mutation, step, step_decay;
} genetic;

static const lsnn_field fields[] = {
    {"population", LSNN_INT, offsetof(genetic, population), "50", NULL, 2, 10000, false, NULL,
     "points of a generation"},
    {"sigma", LSNN_REAL, offsetof(genetic, sigma), "1", NULL, 0, INFINITY, false, NULL,
     "standard deviation of the first generation around the start"},
    {"tournament", LSNN_INT, offsetof(genetic, tournament), "3", NULL, 1, 10000, false, NULL,
     "points of which the best becomes a parent"},
    {"crossover", LSNN_REAL, offsetof(genetic, crossover), "0.5", NULL, 0, 1, false, NULL,
     "probability that a child has two parents; then each number is of one or the other"},
    {"mutation", LSNN_REAL, offsetof(genetic, mutation), "0.1", NULL, 0, 1, false, NULL,
     "probability that a number of a child changes"},
    {"step", LSNN_REAL, offsetof(genetic, step), "0.3", NULL, 0, INFINITY, false, NULL,
     "standard deviation of such a change"},
    {"step_decay", LSNN_REAL, offsetof(genetic, step_decay), "1", NULL, 0, 1, true, NULL,
     "factor of the step after each generation"},
    {"elite", LSNN_INT, offsetof(genetic, elite), "2", NULL, 0, 10000, false, NULL,
     "best points that go on unchanged, and are evaluated again"},
    LSNN_END,
};

static int population(const void *parameters, int n)
{
    (void)n;
    return ((const genetic *)parameters)->population;
}

/* The best so far, its score before it; then points and scores of the generation before. */
static size_t state_length(const void *parameters, int n)
{
    return (1 + (size_t)n) * ((size_t)population(parameters, n) + 1);
}

static void begin(const void *parameters, const lsnn_sampling *s, double *state)
{
    (void)parameters;
    state[0] = DBL_MAX;
    memcpy(state + 1, s->start, (size_t)s->n * sizeof *state);
}

static int parent(const genetic *p, const lsnn_sampling *s, const double *score, lsnn_random *chance)
{
    int winner = (int)lsnn_random_below(chance, (uint32_t)s->population);
    for (int k = 1; k < p->tournament; k++) {
        const int other = (int)lsnn_random_below(chance, (uint32_t)s->population);
        if (score[other] < score[winner]) winner = other;
    }
    return winner;
}

static void breed(const genetic *p, const lsnn_sampling *s, const double *before, const double *score, int k,
                  double *child)
{
    lsnn_random chance = lsnn_sampler_chance(s, k);
    const size_t n = (size_t)s->n;
    const double *mother = before + (size_t)parent(p, s, score, &chance) * n;
    const double *father = before + (size_t)parent(p, s, score, &chance) * n;
    const double step = p->step * pow(p->step_decay, (double)s->generation);
    const bool crosses = lsnn_random_uniform(&chance) < p->crossover;
    for (int i = 0; i < s->n; i++) {
        child[i] = crosses && lsnn_random_below(&chance, 2) ? father[i] : mother[i];
        if (lsnn_random_uniform(&chance) < p->mutation) child[i] += step * lsnn_random_normal(&chance);
    }
}

static void ask(const void *parameters, const lsnn_sampling *s, const double *state, double *point)
{
    const genetic *p = parameters;
    const size_t n = (size_t)s->n;
    const double *before = state + 1 + n, *score = before + n * (size_t)s->population;
    int order[s->population];
    if (s->generation > 0) lsnn_sampler_rank(order, score, s->population);
    for (int k = 0; k < s->population; k++) {
        double *x = point + (size_t)k * n;
        if (s->generation == 0) {
            lsnn_random chance = lsnn_sampler_chance(s, k);
            for (int i = 0; i < s->n; i++)
                x[i] = s->start[i] + (k > 0 ? p->sigma * lsnn_random_normal(&chance) : 0);
        } else if (k < p->elite) {
            memcpy(x, before + (size_t)order[k] * n, n * sizeof *x);
        } else {
            breed(p, s, before, score, k, x);
        }
    }
}

static void tell(const void *parameters, const lsnn_sampling *s, double *state, const double *point,
                 const double *score)
{
    const size_t n = (size_t)s->n, size = (size_t)s->population;
    (void)parameters;
    lsnn_sampler_keep(state, s, point, score);
    memcpy(state + 1 + n, point, size * n * sizeof *state);
    memcpy(state + 1 + n + size * n, score, size * sizeof *state);
}

static const double *best(const void *parameters, const lsnn_sampling *s, const double *state)
{
    (void)parameters, (void)s;
    return state + 1;
}

const lsnn_sampler lsnn_sampler_genetic = {
    .name = "genetic",
    .doc = "A genetic algorithm on real numbers: parents by tournament, uniform crossover, normal mutations, elitism. "
           "The\n"
           "estimate is the best point so far (of noisy values: the luckiest).",
    .fields = fields,
    .size = sizeof(genetic),
    .population = population,
    .state_length = state_length,
    .begin = begin,
    .ask = ask,
    .tell = tell,
    .best = best,
};
