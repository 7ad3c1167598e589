/* Searches that learn from trials. */
#include "outcome.h"
#include "parsed_config.h"
#include "search.h"
#include <math.h>

TestSuite(search, .init = config_start, .fini = config_end, .timeout = 60);

static search q;

static lsnn_status attempt(const char *block)
{
    config_report report = {0};
    const lsnn_status status = search_read(&q, config_get(parsed(block), "sweep"), memory, &report, &err);
    return status == LSNN_OK ? config_verdict(&report, &err) : status;
}

static void read_search(const char *block)
{
    cr_assert_eq(attempt(block), LSNN_OK, "%s", err.message);
}

Test(search, none_is_the_default)
{
    read_search("sweep: {a: [1]}");
    cr_expect_eq(q.kind, SEARCH_NONE);
    cr_expect_eq(search_rungs(&q, 1000, 10), 1);
    cr_expect_eq(search_rung(&q, 0, 1000, 10), UINT64_MAX);
}

Test(search, rungs_grow_by_the_factor_and_end_with_the_trial)
{
    read_search("sweep: {search: {kind: asha, first: 10, factor: 3, metric: loss}}");
    cr_expect_eq(q.metric, OUTCOME_loss);
    cr_expect_eq(search_rungs(&q, 270, 0), 4);
    cr_expect_eq(search_rung(&q, 0, 270, 0), 10);
    cr_expect_eq(search_rung(&q, 2, 270, 0), 90);
    cr_expect_eq(search_rung(&q, 3, 270, 0), UINT64_MAX);
    cr_expect_eq(search_rung(&q, 0, 270, 25), 25); /* the next validation */
    cr_expect_eq(search_rungs(&q, 5, 0), 1);
}

Test(search, a_word_is_enough)
{
    read_search("sweep: {search: median}");
    cr_expect_eq(q.kind, SEARCH_MEDIAN);
    cr_expect_eq(q.at_least, 5);
}

Test(search, wrong_searches_are_refused)
{
    cr_expect_neq(attempt("sweep: {search: asa}"), LSNN_OK);
    cr_expect(strstr(err.message, "run.yaml:1:17: a search is none, asha, median, cross_entropy or a sampler"), "%s",
              err.message);
    cr_expect(strstr(err.message, "did you mean 'asha'?"), "%s", err.message);
    cr_expect_neq(attempt("sweep: {search: {kind: asha, frist: 3}}"), LSNN_OK);
    cr_expect(strstr(err.message, "did you mean 'first'?"), "%s", err.message);
    cr_expect_neq(attempt("sweep: {search: {kind: asha, metric: test_error}}"), LSNN_OK);
    cr_expect(strstr(err.message, "needs a metric that there is during training"), "%s", err.message);
    cr_expect_neq(attempt("sweep: {search: {kind: asha, factor: 1}}"), LSNN_OK);
}

Test(search, metrics_are_those_of_outcomes)
{
    char block[64];
    for (int k = 0; k < OUTCOME_N_METRICS; k++) {
        snprintf(block, sizeof block, "sweep: {search: {kind: cma_es, metric: %s}}", outcome_metric[k]);
        read_search(block);
        cr_expect_eq(q.metric, k);
    }
}

Test(search, what_is_to_be_great_costs_its_negative)
{
    const double metric[OUTCOME_N_METRICS] = {[OUTCOME_rate] = 3};
    read_search("sweep: {search: {kind: asha, metric: rate}}");
    cr_expect_eq(search_cost(&q, metric), 3);
    read_search("sweep: {search: {kind: asha, metric: rate, goal: maximise}}");
    cr_expect_eq(search_cost(&q, metric), -3);
}

Test(search, a_report_gives_mean_and_best_up_to_an_iteration)
{
    double mean, best;
    cr_expect_not(search_average("report", 10, &mean, &best));
    cr_assert_eq(search_report("report", 10, 4, &err), LSNN_OK);
    cr_assert_eq(search_report("report", 20, 1, &err), LSNN_OK);
    cr_assert_eq(search_report("report", 10, 4, &err), LSNN_OK); /* again after a kill */
    cr_assert_eq(search_report("report", 20, 1, &err), LSNN_OK);
    cr_assert_eq(search_report("report", 30, 7, &err), LSNN_OK);
    cr_expect(search_average("report", 20, &mean, &best) && mean == 2.5 && best == 1);
    cr_expect(search_average("report", 30, &mean, &best) && mean == 4 && best == 1);
    cr_expect_not(search_average("report", 40, &mean, &best));
}

Test(search, medians)
{
    cr_expect_eq(search_median((double[]){3, 1, 2}, 3), 2);
    cr_expect_eq(search_median((double[]){4, 3, 1, 2}, 4), 2.5);
}

/* ---- cross entropy ------------------------------------------------------------------------------------------------------- */

#define SPACE                                                                                                          \
    "sweep: {x: {uniform: [-10, 10]}, r: {log_uniform: [1e-6, 1]}, n: {integer: [1, 100]}, c: {choice: [p, q, r]}, "   \
    "search: {kind: cross_entropy, population: 40, generations: 12}}"

/* The search and its space, with the first generation. */
static lsnn_status attempt_space(space *sp, const char *block)
{
    config_report report = {0};
    read_search(block);
    TRY(space_read(sp, config_get(parsed(block), "sweep"), memory, &report, &err));
    search_check(&q, sp, &report);
    if (report.n_mistakes == 0) TRY(space_lay(sp, search_draws(&q, sp), memory, &report, &err));
    TRY(config_verdict(&report, &err));
    return search_generation(&q, sp, 0, NULL, memory, &err);
}

static space read_space_of(const char *block)
{
    space sp;
    cr_assert_eq(attempt_space(&sp, block), LSNN_OK, "%s", err.message);
    return sp;
}

static space read_space(void)
{
    space sp = read_space_of(SPACE);
    cr_assert_eq(sp.n_known, 40);
    cr_assert_null(space_value_of(&sp, 40, 0));
    return sp;
}

/* A bowl with its ground at x = 3, r = 1e-2, n = 70, c = q. */
static double depth(const space *sp, size_t trial)
{
    const double x = (atof(space_value_of(sp, trial, 0)) - 3) / 20;
    const double r = (log10(atof(space_value_of(sp, trial, 1))) + 2) / 6;
    const double n = (atof(space_value_of(sp, trial, 2)) - 70) / 100;
    return x * x + r * r + n * n + (strcmp(space_value_of(sp, trial, 3), "q") != 0);
}

static void descend(space *sp)
{
    static double score[12][40];
    const double *scores[12];
    for (int g = 0; g < 11; g++) {
        scores[g] = score[g];
        for (size_t k = 0; k < 40; k++)
            score[g][k] = k == 7 ? NAN : depth(sp, (size_t)g * 40 + k); /* one of them fails */
        cr_assert_eq(search_generation(&q, sp, g + 1, scores, memory, &err), LSNN_OK, "%s", err.message);
        cr_assert_eq(sp->n_known, (size_t)(g + 2) * 40);
    }
}

Test(search, cross_entropy_finds_the_ground_of_a_bowl)
{
    space sp = read_space();
    descend(&sp);
    double first = 0, last = 0;
    for (size_t k = 0; k < 40; k++) {
        first += depth(&sp, k) / 40;
        last += depth(&sp, 440 + k) / 40;
    }
    cr_expect(last < first / 50, "%g to %g", first, last);
}

Test(search, generations_follow_from_scores_alone)
{
    space a = read_space(), b = read_space();
    descend(&a);
    descend(&b);
    for (size_t trial = 0; trial < a.n_trials; trial++)
        for (int p = 0; p < 4; p++)
            cr_assert_str_eq(space_value_of(&a, trial, p), space_value_of(&b, trial, p));
}

Test(search, a_generation_that_failed_altogether_teaches_nothing)
{
    space sp = read_space();
    double score[40];
    const double *scores[] = {score};
    for (int k = 0; k < 40; k++)
        score[k] = NAN;
    cr_assert_eq(search_generation(&q, &sp, 1, scores, memory, &err), LSNN_OK);
    for (size_t k = 40; k < 80; k++)
        cr_assert(fabs(atof(space_value_of(&sp, k, 0))) <= 10);
}

/* ---- samplers ------------------------------------------------------------------------------------------------------------- */

enum { MOST_TRIALS = 1200 };

/* Two hyperparameters, with the best, 0, at a rate of 2e-2 and a decay of 0.8: off the middle, where samplers begin. */
#define PAIR(search)                                                                                                   \
    "sweep: {rate: {log_uniform: [1e-4, 1]}, decay: {uniform: [0, 1]}, sampler_seed: %d, search: {" search "}}"

static double number(const space *sp, size_t trial, int parameter)
{
    return atof(space_value_of(sp, trial, parameter));
}

static double quadratic(const space *sp, size_t trial)
{
    const double x = log10(number(sp, trial, 0) / 2e-2) / 4, y = number(sp, trial, 1) - 0.8;
    return x * x + y * y + x * y;
}

/* All generations; returns the best score. */
static double run_search(space *sp, double (*f)(const space *, size_t))
{
    static double score[MOST_TRIALS];
    const double *scores[MOST_TRIALS];
    const size_t size = search_population(&q, sp);
    double best = INFINITY;
    for (int g = 0; g < q.generations; g++) {
        cr_assert_eq(search_generation(&q, sp, g, scores, memory, &err), LSNN_OK, "%s", err.message);
        cr_assert_eq(sp->n_known, ((size_t)g + 1) * size);
        scores[g] = score + (size_t)g * size;
        for (size_t trial = (size_t)g * size; trial < sp->n_known; trial++)
            best = fmin(best, score[trial] = f(sp, trial));
    }
    return best;
}

/* Geometric mean of the best over seeds, of a search and of as many random draws. */
static void compare(double *found, double *by_chance, const char *yaml)
{
    enum { SEEDS = 20 };
    char block[512];
    double sum = 0, sum_random = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
        snprintf(block, sizeof block, yaml, seed);
        space sp = read_space_of(block);
        const size_t n = sp.n_trials;
        cr_assert_leq(n, MOST_TRIALS);
        sum += log(run_search(&sp, quadratic));
        cr_assert_eq(space_draw(&sp, 0, n, memory, &err), LSNN_OK);
        double best = INFINITY;
        for (size_t trial = 0; trial < n; trial++)
            best = fmin(best, quadratic(&sp, trial));
        sum_random += log(best);
    }
    *found = exp(sum / SEEDS);
    *by_chance = exp(sum_random / SEEDS);
}

Test(search, samplers_find_the_best_of_two_numbers_where_random_draws_do_not)
{
    static const char *const searches[] = {
        PAIR("kind: cma_es, generations: 15"),
        PAIR("kind: evolution, pairs: 8, rate: 0.1, decay: 0.9, generations: 40"),
        PAIR("kind: genetic, population: 20, mutation: 0.5, step_decay: 0.9, generations: 20"),
        PAIR(
            "kind: annealing, chains: 8, temperature: 0.1, cooling: 0.8, step: 0.3, step_decay: 0.95, generations: 40"),
        PAIR("kind: tempering, chains: 8, coldest: 1e-4, hottest: 0.1, generations: 40"),
        PAIR("kind: finite_difference, rate: 0.5, generations: 20"),
    };
    for (size_t k = 0; k < sizeof searches / sizeof *searches; k++) {
        double found, by_chance;
        compare(&found, &by_chance, searches[k]);
        cr_expect_lt(found, by_chance / 5, "%g, random draws %g: %s", found, by_chance, searches[k]);
    }
}

static double distance_to_the_end(const space *sp, size_t trial)
{
    return 1 - number(sp, trial, 0) + fabs(number(sp, trial, 1) - 1);
}

/* With steps that are far too wide nearly all points are reflected, some more than once. */
Test(search, samplers_stay_within_the_ends_and_come_close_to_them)
{
    space sp = read_space_of("sweep: {x: {uniform: [0, 1]}, n: {log_integer: [1, 1000]}, "
                             "search: {kind: cma_es, sigma: 5, population: 10, generations: 60}}");
    cr_expect_lt(run_search(&sp, distance_to_the_end), 1e-2);
    for (size_t trial = 0; trial < sp.n_trials; trial++) {
        const double x = number(&sp, trial, 0), n = number(&sp, trial, 1);
        cr_assert(x >= 0 && x <= 1 && n >= 1 && n <= 1000 && n == floor(n), "%g, %g", x, n);
    }
}
