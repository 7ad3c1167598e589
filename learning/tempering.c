/* Parallel tempering (Swendsen & Wang 1986; Geyer 1991): chains at fixed temperatures that change places. */
#include "lsnn/sampler.h"
#include <float.h>
#include <math.h>
#include <string.h>

typedef struct tempering {
    int chains, coordinates;
    double coldest, hottest, step;
} tempering;

static const lsnn_field fields[] = {
    {"chains", LSNN_INT, offsetof(tempering, chains), "16", NULL, 2, 10000, false, NULL,
     "chains, with temperatures T in a geometric series"},
    {"coldest", LSNN_REAL, offsetof(tempering, coldest), "0.001", NULL, 0, INFINITY, true, NULL, "T of the first"},
    {"hottest", LSNN_REAL, offsetof(tempering, hottest), "1", NULL, 0, INFINITY, true, NULL, "T of the last"},
    {"step", LSNN_REAL, offsetof(tempering, step), "0.3", NULL, 0, INFINITY, true, NULL,
     "standard deviation of a move of the hottest chain; of others times sqrt(T / hottest)"},
    {"coordinates", LSNN_INT, offsetof(tempering, coordinates), "0", NULL, 0, 1e9, false, NULL,
     "how many of the numbers a move changes (drawn with repetition); 0: all"},
    LSNN_END,
};

static int population(const void *parameters, int n)
{
    (void)n;
    return ((const tempering *)parameters)->chains;
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

static double temperature(const tempering *p, int k)
{
    return p->coldest * pow(p->hottest / p->coldest, k / (p->chains - 1.0));
}

/* The first generation looks at the start itself. */
static void ask(const void *parameters, const lsnn_sampling *s, const double *state, double *point)
{
    const tempering *p = parameters;
    for (int k = 0; k < s->population; k++) {
        const double step = s->generation > 0 ? p->step * sqrt(temperature(p, k) / p->hottest) : 0;
        double *x = point + (size_t)k * (size_t)s->n;
        lsnn_random chance = lsnn_sampler_chance(s, k);
        memcpy(x, state + (size_t)(k + 1) * (1 + (size_t)s->n) + 1, (size_t)s->n * sizeof *x);
        for (int i = 0; p->coordinates == 0 && i < s->n; i++)
            x[i] += step * lsnn_random_normal(&chance);
        for (int c = 0; c < p->coordinates; c++)
            x[lsnn_random_below(&chance, (uint32_t)s->n)] += step * lsnn_random_normal(&chance);
    }
}

static void swap(double *a, double *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double kept = a[i];
        a[i] = b[i];
        b[i] = kept;
    }
}

/* Neighbours, of even and of odd number in turn: with min(1, exp((1/T_k - 1/T_{k+1}) (E_k - E_{k+1}))). */
static void exchange(const tempering *p, const lsnn_sampling *s, double *state, lsnn_random *chance)
{
    const size_t length = 1 + (size_t)s->n;
    for (int k = (int)(s->generation % 2); k + 1 < s->population; k += 2) {
        double *cold = state + (size_t)(k + 1) * length, *hot = cold + length;
        const double u = lsnn_random_uniform(chance);
        const double gain = (1 / temperature(p, k) - 1 / temperature(p, k + 1)) * (cold[0] - hot[0]);
        if (gain >= 0 || u < exp(gain)) swap(cold, hot, length);
    }
}

static void tell(const void *parameters, const lsnn_sampling *s, double *state, const double *point,
                 const double *score)
{
    const tempering *p = parameters;
    lsnn_sampler_keep(state, s, point, score);
    lsnn_random chance = lsnn_sampler_chance(s, s->population);
    for (int k = 0; k < s->population; k++) {
        double *chain = state + (size_t)(k + 1) * (1 + (size_t)s->n);
        const double u = lsnn_random_uniform(&chance);
        if (score[k] == DBL_MAX || (score[k] > chain[0] && u >= exp((chain[0] - score[k]) / temperature(p, k))))
            continue;
        chain[0] = score[k];
        memcpy(chain + 1, point + (size_t)k * (size_t)s->n, (size_t)s->n * sizeof *chain);
    }
    exchange(p, s, state, &chance);
}

static const double *best(const void *parameters, const lsnn_sampling *s, const double *state)
{
    (void)parameters, (void)s;
    return state + 1;
}

const lsnn_sampler lsnn_sampler_tempering = {
    .name = "tempering",
    .doc = "Parallel tempering (Swendsen & Wang 1986; Geyer 1991): Metropolis chains at fixed temperatures; neighbours "
           "change\n"
           "places. The estimate is the best point so far (of noisy values: the luckiest).",
    .fields = fields,
    .size = sizeof(tempering),
    .population = population,
    .state_length = state_length,
    .begin = begin,
    .ask = ask,
    .tell = tell,
    .best = best,
};
