/* Optimisers without gradients: sphere and Rastrigin's function in 10 dimensions, and what every sampler has to keep. */
#include "fields.h"
#include "registry.h"
#include "sampling.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 10 };

static arena *memory;
static lsnn_error err;

static void start_arena(void)
{
    cr_assert_eq(arena_new(&memory, &err), LSNN_OK, "%s", err.message);
}

static void end_arena(void)
{
    arena_free(memory);
}

TestSuite(samplers, .init = start_arena, .fini = end_arena);

/* The optimum, 0, is at 0.7, 0.75, ...; the start at 0, where the sphere is 8.9. */
static double optimum(int i)
{
    return 0.7 + 0.05 * i;
}

static double sphere(const double *x, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += (x[i] - optimum(i)) * (x[i] - optimum(i));
    return sum;
}

/* Local minima at all whole distances from the optimum; the start is not in the basin of the global one. */
static double rastrigin(const double *x, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++) {
        const double d = x[i] - optimum(i);
        sum += d * d + 10 * (1 - cos(6.283185307179586 * d));
    }
    return sum;
}

/* With the optimum on a point of the default grid of -1, 0 and 1: one of those that come last. */
static const double grid_point[N] = {0, -1, 1, 1, 0, -1, -1, 0, 1, 1};

static void relative_to_grid(double *moved, const double *x, int n)
{
    for (int i = 0; i < n; i++)
        moved[i] = x[i] - grid_point[i] + optimum(i);
}

static double sphere_on_grid(const double *x, int n)
{
    double moved[N];
    relative_to_grid(moved, x, n);
    return sphere(moved, n);
}

static double rastrigin_on_grid(const double *x, int n)
{
    double moved[N];
    relative_to_grid(moved, x, n);
    return rastrigin(moved, n);
}

/* So that the start is in the basin of the optimum, 0.3 from it on each axis, where the function is 132. */
static double rastrigin_nearby(const double *x, int n)
{
    double moved[N];
    for (int i = 0; i < n; i++)
        moved[i] = x[i] + optimum(i) - 0.3;
    return rastrigin(moved, n);
}

static sampling *begin(const char *name, const char *yaml, int n, uint64_t seed)
{
    const lsnn_sampler *sampler = registry_sampler(name);
    config_node *map = NULL;
    config_report report = {0};
    fields_reader reader = {memory, &report, 1};
    void *parameters;
    sampling *s;
    double start[n];
    cr_assert_not_null(sampler, "%s", name);
    memset(start, 0, sizeof start);
    cr_assert_eq(config_parse(&map, memory, "test", yaml, strlen(yaml), &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(arena_take(memory, &parameters, 1, sampler->size, &err), LSNN_OK);
    cr_assert_eq(fields_read(parameters, sampler->fields, map, NULL, &reader, &err), LSNN_OK);
    cr_assert_eq(config_verdict(&report, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(sampling_new(&s, sampler, parameters, n, start, seed, memory, &err), LSNN_OK);
    return s;
}

static void generation(sampling *s, double (*f)(const double *, int))
{
    sampling_ask(s);
    for (int k = 0; k < s->now.population; k++)
        s->score[k] = f(s->point + k * s->now.n, s->now.n);
    sampling_tell(s);
}

/* What each sampler is expected to do: this is the table of tolerances. The optimum's value is 0; the start's is 8.76 (sphere) and
 * 51.8 (Rastrigin), the next best minimum's of Rastrigin's function 0.995. */
static const struct {
    const char *name, *yaml;
    double (*f)(const double *, int);
    int generations;
    double tolerance; /* of the function's value at the estimate */
} cases[] = {
    {"evolution", "{pairs: 16, sigma: 0.1, rate: 0.1, decay: 0.98}", sphere, 400, 1e-4},
    {"evolution", "{pairs: 100, sigma: 1, rate: 0.05, decay: 0.99}", rastrigin, 800, 1e-4},
    {"cross_entropy", "{population: 100, elite: 0.2, noise: 0.1}", sphere, 300, 1e-6},
    {"cross_entropy", "{population: 400, elite: 0.1, sigma: 2, smoothing: 0.5, noise: 0.1}", rastrigin, 300, 1e-6},
    {"cma_es", "{}", sphere, 200, 1e-8},
    {"cma_es", "{population: 200, sigma: 2}", rastrigin, 200, 1e-8},
    {"genetic", "{step_decay: 0.985}", sphere, 500, 1e-4},
    {"genetic", "{population: 200, crossover: 0.9, step: 1, step_decay: 0.993, sigma: 2}", rastrigin, 1000, 1e-2},
    {"annealing", "{coordinates: 1, step: 0.5, step_decay: 0.995, cooling: 0.98}", sphere, 1500, 1e-4},
    {"annealing", "{coordinates: 1, step: 1, step_decay: 0.9997, temperature: 10, cooling: 0.9985}", rastrigin, 6000,
     5e-2},
    {"tempering", "{coordinates: 1, coldest: 1e-5, step: 0.5}", sphere, 1500, 1e-3},
    {"tempering", "{chains: 24, coordinates: 1, coldest: 1e-3, hottest: 10, step: 4}", rastrigin, 6000, 5e-2},
    /* a local method: to the nearest minimum and no further, below */
    {"finite_difference", "{rate: 0.25}", sphere, 100, 1e-20},
    {"finite_difference", "{directions: 8, rate: 0.05}", sphere, 300, 1e-20},
    {"finite_difference", "{step: 0.01, rate: 0.002}", rastrigin_nearby, 100, 1e-12},
    /* all 3^10 points, of which one is the optimum */
    {"grid", "{population: 6561}", sphere_on_grid, 9, 1e-12},
    {"grid", "{population: 6561}", rastrigin_on_grid, 9, 1e-12},
};

static void check_case(size_t c, uint64_t seed)
{
    sampling *s = begin(cases[c].name, cases[c].yaml, N, seed);
    for (int g = 0; g < cases[c].generations; g++)
        generation(s, cases[c].f);
    const double found = cases[c].f(sampling_best(s), N);
    cr_expect_leq(found, cases[c].tolerance, "%s %s, seed %d: %g", cases[c].name, cases[c].yaml, (int)seed, found);
}

Test(samplers, find_the_optimum_of_sphere_and_rastrigin)
{
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (uint64_t seed = 1; seed <= 3; seed++)
            check_case(c, seed);
}

Test(samplers, each_has_a_case_above)
{
    for (int k = 0; registry_samplers[k]; k++) {
        int found = 0;
        for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
            found += strcmp(cases[c].name, registry_samplers[k]->name) == 0;
        cr_assert_geq(found, 2, "%s", registry_samplers[k]->name);
    }
}

/* On each axis the start is 0.7 to 1.15 from the optimum, in the basin of a minimum that is 0.995 from it. */
Test(samplers, finite_differences_stay_in_the_basin_they_start_in)
{
    sampling *s = begin("finite_difference", "{step: 0.01, rate: 0.002}", N, 1);
    for (int g = 0; g < 100; g++)
        generation(s, rastrigin);
    const double *x = sampling_best(s);
    for (int i = 0; i < N; i++)
        cr_expect_float_eq(x[i], optimum(i) - 0.995, 1e-3, "%g", x[i]);
}

enum { GRID_POINTS = 59049 }; /* 3^N */

static unsigned char asked[GRID_POINTS];

static double note(const double *x, int n)
{
    int number = 0;
    for (int i = n - 1; i >= 0; i--) {
        cr_assert(x[i] == -1 || x[i] == 0 || x[i] == 1, "%g", x[i]);
        number = 3 * number + (int)x[i] + 1;
    }
    asked[number] = 1;
    return rastrigin(x, n);
}

/* By enumeration: the smallest of the values at all points, of which none is the optimum. */
Test(samplers, grid_asks_for_all_its_points_and_finds_the_best)
{
    double smallest = INFINITY;
    for (int number = 0; number < GRID_POINTS; number++) {
        double x[N];
        for (int i = 0, rest = number; i < N; i++, rest /= 3)
            x[i] = rest % 3 - 1;
        smallest = fmin(smallest, rastrigin(x, N));
    }
    sampling *s = begin("grid", "{population: 1000}", N, 1);
    for (int g = 0; g < 60; g++) /* the last 951 points are the first ones again */
        generation(s, note);
    for (int number = 0; number < GRID_POINTS; number++)
        cr_assert(asked[number], "point %d is left out", number);
    cr_expect_float_eq(rastrigin(sampling_best(s), N), smallest, 1e-12);
}

/* Copied in the middle of its work, a sampler goes on to the same bits; failures do no harm, and nothing is infinite. */
static double sometimes_fails(const double *x, int n)
{
    const double value = sphere(x, n);
    return fmod(value * 1e6, 5) < 1 ? NAN : value;
}

Test(samplers, keep_all_they_know_in_their_state)
{
    for (int k = 0; registry_samplers[k]; k++) {
        const char *name = registry_samplers[k]->name;
        sampling *whole = begin(name, "{}", 7, 5), *resumed = begin(name, "{}", 7, 5);
        for (int g = 0; g < 12; g++)
            generation(whole, sometimes_fails);
        for (int g = 0; g < 5; g++)
            generation(resumed, sometimes_fails);
        sampling *fresh = begin(name, "{}", 7, 5);
        memcpy(fresh->state, resumed->state, fresh->n_state * sizeof *fresh->state);
        fresh->now.generation = resumed->now.generation;
        for (int g = 5; g < 12; g++)
            generation(fresh, sometimes_fails);
        cr_assert_arr_eq(fresh->state, whole->state, whole->n_state * sizeof *whole->state, "%s", name);
        for (size_t i = 0; i < whole->n_state; i++)
            cr_assert(isfinite(whole->state[i]), "%s, %zu", name, i);
    }
}

Test(samplers, have_documented_fields_and_chance_of_their_own)
{
    for (int k = 0; registry_samplers[k]; k++) {
        const lsnn_sampler *sampler = registry_samplers[k];
        cr_assert(sampler->doc && strlen(sampler->doc) > 20, "%s", sampler->name);
        for (const lsnn_field *f = sampler->fields; f->name; f++)
            cr_assert(f->doc && f->offset < sampler->size, "%s.%s", sampler->name, f->name);
        sampling *one = begin(sampler->name, "{}", 3, 1), *other = begin(sampler->name, "{}", 3, 2);
        for (int g = 0; g < 3; g++) {
            generation(one, sphere);
            generation(other, sphere);
        }
        const bool chance = strcmp(sampler->name, "grid") != 0 && strcmp(sampler->name, "finite_difference") != 0;
        cr_assert_eq(memcmp(one->state, other->state, one->n_state * sizeof *one->state) != 0, chance, "%s",
                     sampler->name);
    }
}

Test(samplers, rank_is_stable)
{
    static const double score[] = {3, 1, 2, 1, 3, 0, 2};
    static const int expected[] = {5, 1, 3, 2, 6, 0, 4};
    int order[7];
    lsnn_sampler_rank(order, score, 7);
    cr_assert_arr_eq(order, expected, sizeof expected);
}

/* The covariance that CMA-ES keeps as a factor, by its defining sum. */
Test(samplers, cma_es_learns_the_shape_of_a_long_valley)
{
    sampling *s = begin("cma_es", "{sigma: 1}", 2, 3);
    for (int g = 0; g < 300; g++) {
        sampling_ask(s);
        for (int k = 0; k < s->now.population; k++) {
            const double *x = s->point + 2 * k, along = x[0] + x[1] - 3, across = x[0] - x[1];
            s->score[k] = along * along + 1e6 * across * across;
        }
        sampling_tell(s);
    }
    const double *x = sampling_best(s);
    cr_assert_float_eq(x[0], 1.5, 1e-6);
    cr_assert_float_eq(x[1], 1.5, 1e-6);
}
