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
    cr_expect(strstr(err.message, "run.yaml:1:17: a search is none, asha, median or cross_entropy"), "%s", err.message);
    cr_expect_neq(attempt("sweep: {search: {kind: asha, frist: 3}}"), LSNN_OK);
    cr_expect(strstr(err.message, "did you mean 'first'?"), "%s", err.message);
    cr_expect_neq(attempt("sweep: {search: {kind: asha, metric: test_error}}"), LSNN_OK);
    cr_expect(strstr(err.message, "needs a metric that there is during training"), "%s", err.message);
    cr_expect_neq(attempt("sweep: {search: {kind: asha, factor: 1}}"), LSNN_OK);
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

static space read_space(void)
{
    space sp;
    config_report report = {0};
    read_search(SPACE);
    cr_assert_eq(space_read(&sp, config_get(parsed(SPACE), "sweep"), search_draws(&q), 40, memory, &report, &err),
                 LSNN_OK);
    cr_assert_eq(config_verdict(&report, &err), LSNN_OK, "%s", err.message);
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
