/* Plans: what follows from a ledger, and from nothing else. */
#include "parsed_config.h"
#include "plan.h"
#include <math.h>
#include <unistd.h>

TestSuite(plan, .init = config_start, .fini = config_end, .timeout = 60);

static lsnn_status check(sweep_facts *out, config_node *root, arena *a, lsnn_error *error)
{
    (void)root, (void)a, (void)error;
    *out = (sweep_facts){.iterations = 10, .validate_every = 5};
    return LSNN_OK;
}

static const sweep_host host = {.check = check};

static const char config[] =
    "learning: {rate: 1, clip: 1}\n"
    "sweep:\n"
    "  learning.rate: {log_uniform: [1e-4, 1]}\n"
    "  learning.clip: {integer: [1, 100]}\n"
    "  seed: 1..2\n"
    "  search: {kind: finite_difference, rate: 0.3, generations: 6, metric: validation_loss}\n";

static sweep *begin(void)
{
    sweep *s;
    cr_assert_eq(sweep_read(&s, parsed(config), "folder", &host, memory, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(sweep_prepare(s, &err), LSNN_OK, "%s", err.message);
    return s;
}

/* As a worker would: the outcome goes to its file with more digits than that holds. Trial 6 fails. */
static void finish(ledger *l, size_t trial)
{
    char path[LEDGER_PATH];
    outcome o;
    const double x = log10(atof(space_value_of(&l->s->space, trial, 0))) + 1;
    const double y = (atof(space_value_of(&l->s->space, trial, 1)) - 70) / 50;
    outcome_begin(&o);
    o.status = trial == 6 ? OUTCOME_FAILED : OUTCOME_DONE;
    o.metric[OUTCOME_validation_loss] = sqrt(2) * x * x + y * y + 0.01 * (double)(trial % 2);
    ledger_outcome_path(path, l->s, trial, 0);
    cr_assert_eq(outcome_write(&o, path, &err), LSNN_OK);
    cr_assert(ledger_look(l, trial, 0));
}

/* From the folder alone. */
static sweep *begin_again(void)
{
    sweep *s;
    ledger l;
    bool grown;
    cr_assert_eq(sweep_open(&s, "folder", &host, memory, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(ledger_new(&l, s, &err), LSNN_OK);
    cr_assert_eq(plan_learn(&grown, s, &l, &err), LSNN_OK);
    return s;
}

static void are_the_same(const sweep *a, const sweep *b)
{
    cr_assert_eq(a->space.n_known, b->space.n_known);
    for (size_t trial = 0; trial < 2 * a->space.n_known; trial++)
        for (int p = 0; p < a->space.n_parameters; p++)
            cr_assert_str_eq(space_value_of(&a->space, trial, p), space_value_of(&b->space, trial, p));
}

Test(plan, draws_of_a_sampler_follow_from_any_part_of_the_ledger)
{
    enum { TRIALS = 4 * 2 }; /* two points for each of two numbers, two seeds */
    sweep *s = begin();
    ledger l;
    bool grown;
    cr_assert_eq(s->space.n_trials, 6 * TRIALS);
    cr_assert_eq(s->space.n_known, 4);
    cr_assert_eq(ledger_new(&l, s, &err), LSNN_OK);
    for (size_t trial = 0; trial < s->space.n_trials; trial++) {
        finish(&l, trial);
        cr_assert_eq(plan_learn(&grown, s, &l, &err), LSNN_OK);
        cr_expect_eq(grown, (trial + 1) % TRIALS == 0 && trial + 1 < s->space.n_trials);
        if (trial % 3 == 0 || grown) are_the_same(s, begin_again());
    }
}

Test(plan, goes_on_to_the_next_generation_when_all_of_one_is_done)
{
    plan p;
    plan_answer answer;
    sweep_job job = {0};
    cr_assert_eq(plan_new(&p, begin(), 0, 1, 0, &err), LSNN_OK);
    for (size_t trial = 0; trial < p.s->space.n_trials; trial++) {
        cr_assert_eq(plan_next(&answer, &job, &p, &err), LSNN_OK, "%s", err.message);
        cr_assert_eq(answer, PLAN_WORK);
        cr_assert_eq(job.trial, trial);
        finish(&p.ledger, trial);
    }
    cr_assert_eq(plan_next(&answer, &job, &p, &err), LSNN_OK);
    cr_assert_eq(answer, PLAN_OVER);
}

Test(plan, tries_a_failure_again_only_before_others_have_learned_from_it)
{
    sweep *s = begin();
    ledger l;
    bool grown;
    size_t n;
    cr_assert_eq(ledger_new(&l, s, &err), LSNN_OK);
    for (size_t trial = 0; trial < 7; trial++)
        finish(&l, trial);
    cr_assert_eq(ledger_retry(&l, &n, &err), LSNN_OK);
    cr_expect_eq(n, 1);
    finish(&l, 6);
    finish(&l, 7);
    cr_assert_eq(plan_learn(&grown, s, &l, &err), LSNN_OK);
    cr_assert(grown);
    cr_assert_eq(ledger_retry(&l, &n, &err), LSNN_OK);
    cr_expect_eq(n, 0);
}

static void refused(const char *block, const char *sentence)
{
    sweep *s;
    char text[512];
    snprintf(text, sizeof text, "learning: {rate: 1}\nsweep: {%s}\n", block);
    cr_assert_neq(sweep_read(&s, parsed(text), "folder", &host, memory, &err), LSNN_OK, "%s was accepted", block);
    cr_expect(strstr(err.message, sentence), "%s\nsaid: %s\ninstead of: %s", block, err.message, sentence);
}

Test(plan, searches_that_cannot_be_are_refused)
{
    refused("learning.rate: {uniform: [0, 1]}, a: {choice: [p, q]}, search: cma_es",
            "run.yaml:2:46: cma_es moves numbers, and 'a' is a choice");
    refused("seed: 1..4, search: {kind: genetic}", "run.yaml:2:29: genetic needs settings that are drawn");
    refused("a: [1, 2], b: {uniform: [0, 1], when: {a: 1}}, search: cma_es", "cma_es: there can be no conditions");
    refused("a: {uniform: [0, 1]}, search: {kind: genetic, generations: 900000}", "more than 1000000 draws");
    refused("a: {uniform: [0, 1]}, search: cma_s", "run.yaml:2:39: a search is none, asha, median, cross_entropy or");
    refused("a: {uniform: [0, 1]}, search: cma_s", "did you mean 'cma_es'?");
    refused("a: {uniform: [0, 1]}, search: {kind: cma_es, sigm: 1}",
            "run.yaml:2:54: unknown key 'sigm'; did you mean 'sigma'?");
    refused("a: {uniform: [0, 1]}, search: {kind: cma_es, generation: 1}", "did you mean 'generations'?");
    refused("a: {uniform: [0, 1]}, search: {kind: cma_es, sigma: -1}", "'sigma' must be above 0, not '-1'");
    refused("a: {uniform: [0, 1]}, search: {kind: cma_es, metric: test_error}", "set test.trials");
    refused("a: {uniform: [0, 1]}, search: {kind: cma_es, metric: synchrony}", "one of simulations");
}
