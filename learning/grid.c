/* All points of a grid around the start. */
#include "lsnn/sampler.h"
#include <float.h>
#include <math.h>
#include <string.h>

typedef struct grid {
    int divisions, population;
    double range;
} grid;

static const lsnn_field fields[] = {
    {"divisions", LSNN_INT, offsetof(grid, divisions), "3", NULL, 2, 1000000, false, NULL, "points on each axis"},
    {"range", LSNN_REAL, offsetof(grid, range), "1", NULL, 0, INFINITY, true, NULL,
     "from start - range to start + range"},
    {"population", LSNN_INT, offsetof(grid, population), "64", NULL, 1, 10000, false, NULL, "points of a generation"},
    LSNN_END,
};

static int population(const void *parameters, int n)
{
    (void)n;
    return ((const grid *)parameters)->population;
}

/* The best so far, its score before it. */
static size_t state_length(const void *parameters, int n)
{
    (void)parameters;
    return 1 + (size_t)n;
}

static void begin(const void *parameters, const lsnn_sampling *s, double *state)
{
    (void)parameters;
    state[0] = DBL_MAX;
    memcpy(state + 1, s->start, (size_t)s->n * sizeof *state);
}

/* The number of a point, written to the base `divisions`, says where it lies; the last ones are followed by the first. */
static void ask(const void *parameters, const lsnn_sampling *s, const double *state, double *point)
{
    const grid *p = parameters;
    (void)state;
    for (int k = 0; k < s->population; k++) {
        uint64_t number = s->generation * (uint64_t)s->population + (uint64_t)k;
        for (int i = 0; i < s->n; i++) {
            const double place = (double)(number % (uint64_t)p->divisions) / (p->divisions - 1);
            point[(size_t)k * (size_t)s->n + (size_t)i] = s->start[i] + p->range * (2 * place - 1);
            number /= (uint64_t)p->divisions;
        }
    }
}

static void tell(const void *parameters, const lsnn_sampling *s, double *state, const double *point,
                 const double *score)
{
    (void)parameters;
    lsnn_sampler_keep(state, s, point, score);
}

static const double *best(const void *parameters, const lsnn_sampling *s, const double *state)
{
    (void)parameters, (void)s;
    return state + 1;
}

static double points(const void *parameters, int n)
{
    return pow(((const grid *)parameters)->divisions, n);
}

const lsnn_sampler lsnn_sampler_grid = {
    .name = "grid",
    .doc =
        "All points of a grid around the start, divisions^n of them: for a few numbers only. The estimate is the best.",
    .fields = fields,
    .size = sizeof(grid),
    .population = population,
    .state_length = state_length,
    .begin = begin,
    .ask = ask,
    .tell = tell,
    .best = best,
    .points = points,
};
