/* Spaces of sweeps. */
#include "parsed_config.h"
#include "space.h"
#include <math.h>

TestSuite(space, .init = config_start, .fini = config_end, .timeout = 60);

static config_report report;
static space s;

static lsnn_status attempt(const char *block)
{
    report = (config_report){0};
    lsnn_status status = space_read(&s, config_get(parsed(block), "sweep"), memory, &report, &err);
    if (status == LSNN_OK && report.n_mistakes == 0) status = space_lay(&s, 0, memory, &report, &err);
    return status == LSNN_OK ? config_verdict(&report, &err) : status;
}

static void read_block(const char *block)
{
    cr_assert_eq(attempt(block), LSNN_OK, "%s", err.message);
}

static void refused(const char *block, const char *sentence)
{
    cr_assert_neq(attempt(block), LSNN_OK, "%s was accepted", block);
    cr_expect(strstr(err.message, sentence), "%s\nsaid: %s\ninstead of: %s", block, err.message, sentence);
}

/* All trials, values joined by commas, - where there is none. */
static void trials_are(const char *expected)
{
    char text[4096] = "";
    for (size_t trial = 0; trial < s.n_trials; trial++)
        for (int p = 0; p < s.n_parameters; p++) {
            const char *value = space_value_of(&s, trial, p);
            const size_t used = strlen(text);
            snprintf(text + used, sizeof text - used, "%s%s", value ? value : "-", p + 1 < s.n_parameters ? "," : " ");
        }
    cr_expect_str_eq(text, expected);
}

Test(space, the_last_axis_of_a_grid_varies_fastest)
{
    read_block("sweep: {a.b: [1, 2], c: {values: [x, y]}, seed: 0..1}");
    trials_are("1,x,0 1,x,1 1,y,0 1,y,1 2,x,0 2,x,1 2,y,0 2,y,1 ");
}

Test(space, ranges_have_both_ends)
{
    read_block("sweep: {a: {range: [0, 1, 0.25]}}");
    trials_are("0 0.25 0.5 0.75 1 ");
    read_block("sweep: {a: {range: [10, 1, -4]}}");
    trials_are("10 6 2 ");
    read_block("sweep: {a: {linear: [0, 1, 3]}}");
    trials_are("0 0.5 1 ");
    read_block("sweep: {a: {log: [1e-4, 1, 5]}}");
    trials_are("0.0001 0.001 0.01 0.1 1 ");
    read_block("sweep: {a: -1..1}");
    trials_are("-1 0 1 ");
}

Test(space, values_may_be_maps_lists_and_texts)
{
    read_block("sweep: {a: [{kind: adam, x: [1, 2]}, \"0..3\", none]}");
    trials_are("{kind: adam, x: [1, 2]} \"0..3\" none ");
}

Test(space, a_list_has_each_value_once_unless_it_is_zipped)
{
    refused("sweep: {a: [1, 2, 1]}", "run.yaml:1:19: 'a' has the value 1 twice");
    refused("sweep: {a: {values: [x, x]}}", "'a' has the value x twice");
    read_block("sweep: {a: {values: [1, 1], zip: z}, b: {values: [2, 3], zip: z}}");
    trials_are("1,2 1,3 ");
    read_block("sweep: {a: {integer: [1, 2], draws: 5}}");
    cr_expect_eq(s.n_trials, 5);
}

Test(space, zipped_lists_go_together)
{
    read_block("sweep: {n: {values: [50, 100], zip: size}, seed: 1..2, rate: {values: [0.1, 0.2], zip: size}}");
    trials_are("50,1,0.1 50,2,0.1 100,1,0.2 100,2,0.2 ");
    refused("sweep: {n: {values: [1, 2], zip: a}, m: {values: [1, 2, 3], zip: a}}",
            "'m' has 3 values, 'n', with which it is zipped, 2");
}

Test(space, a_condition_takes_out_what_would_be_run_twice)
{
    read_block(
        "sweep: {rule: [eprop, bptt], feedback: {values: [random, symmetric], when: {rule: eprop}}, seed: 0..1}");
    trials_are("eprop,random,0 eprop,random,1 eprop,symmetric,0 eprop,symmetric,1 bptt,-,0 bptt,-,1 ");
}

Test(space, conditions_can_build_on_each_other_and_compare_numbers)
{
    read_block("sweep: {a: [0.1, 2], b: {values: [x, y], when: {a: 1e-1}}, c: {values: [p, q], when: {b: [y, z]}}}");
    trials_are("0.1,x,- 0.1,y,p 0.1,y,q 2,-,- ");
    refused("sweep: {a: {values: [1, 2], when: {b: 1}}, b: [1, 2]}",
            "run.yaml:1:36: 'when' of 'a' looks at 'b', which is not swept further up");
}

Test(space, draws_are_the_first_axis_and_the_same_for_all_seeds)
{
    read_block("sweep: {seed: 0..1, a: {uniform: [2, 3]}, b: {choice: [x, y, z]}, draws: 50}");
    cr_assert_eq(s.n_trials, 100);
    for (size_t d = 0; d < 50; d++) {
        cr_assert_str_eq(space_value_of(&s, 2 * d, 1), space_value_of(&s, 2 * d + 1, 1));
        cr_assert_str_eq(space_value_of(&s, 2 * d, 2), space_value_of(&s, 2 * d + 1, 2));
        cr_assert_eq(space_draw_of(&s, 2 * d + 1), d);
    }
}

/* Of 4000 draws: means within 4 standard errors. */
Test(space, draws_have_their_distributions)
{
    read_block("sweep: {a: {uniform: [2, 3]}, b: {log_uniform: [1e-4, 1]}, c: {integer: [1, 4]}, d: {choice: [x, y]},"
               " e: {log_integer: [1, 1000]}, draws: 4000}");
    double a = 0, b = 0, c[5] = {0}, d = 0, e = 0;
    for (size_t k = 0; k < 4000; k++) {
        a += atof(space_value_of(&s, k, 0)) / 4000;
        b += log10(atof(space_value_of(&s, k, 1))) / 4000;
        const int number = atoi(space_value_of(&s, k, 2));
        cr_assert(number >= 1 && number <= 4);
        c[number]++;
        d += strcmp(space_value_of(&s, k, 3), "x") == 0;
        e += atof(space_value_of(&s, k, 4)) < 32 ? 1.0 / 4000 : 0;
    }
    cr_expect(fabs(a - 2.5) < 4 / sqrt(12 * 4000.0), "%g", a);
    cr_expect(fabs(b + 2) < 4 * 4 / sqrt(12 * 4000.0), "%g", b);
    for (int k = 1; k <= 4; k++)
        cr_expect(fabs(c[k] - 1000) < 4 * sqrt(750), "%d: %g", k, c[k]);
    cr_expect(fabs(d - 2000) < 4 * sqrt(1000), "%g", d);
    cr_expect(fabs(e - log(32) / log(1001)) < 4 * 0.5 / sqrt(4000), "%g", e);
}

Test(space, the_seed_of_the_sampler_decides_and_more_draws_begin_with_the_same)
{
    char first[64];
    read_block("sweep: {a: {uniform: [0, 1]}, draws: 3}");
    snprintf(first, sizeof first, "%s", space_value_of(&s, 2, 0));
    read_block("sweep: {a: {uniform: [0, 1]}, draws: 30}");
    cr_expect_str_eq(space_value_of(&s, 2, 0), first);
    read_block("sweep: {a: {uniform: [0, 1]}, draws: 3, sampler_seed: 2}");
    cr_expect_str_neq(space_value_of(&s, 2, 0), first);
}

/* Each of the first 2^k - 1 points and the origin, which GSL leaves out, lies in an interval of its own. */
Test(space, a_sobol_sequence_fills_each_axis_evenly)
{
    static bool seen[2][64];
    read_block("sweep: {a: {uniform: [0, 64]}, b: {uniform: [0, 64]}, sampler: sobol, draws: 63}");
    for (size_t k = 0; k < 63; k++)
        for (int p = 0; p < 2; p++) {
            const int interval = (int)atof(space_value_of(&s, k, p));
            cr_assert(interval >= 0 && interval < 64 && !seen[p][interval]);
            seen[p][interval] = true;
        }
}

Test(space, other_sequences_are_even_too)
{
    const char *const samplers[] = {"niederreiter", "halton", "reverse_halton"};
    for (int k = 0; k < 3; k++) {
        char block[256];
        int below = 0;
        snprintf(block, sizeof block, "sweep: {a: {uniform: [0, 1]}, b: {uniform: [0, 1]}, sampler: %s, draws: 128}",
                 samplers[k]);
        read_block(block);
        for (size_t d = 0; d < 128; d++)
            below += atof(space_value_of(&s, d, 0)) < 0.25;
        cr_expect(abs(below - 32) <= 1, "%s: %d", samplers[k], below);
    }
}

Test(space, draws_can_be_an_axis_of_their_own)
{
    read_block("sweep: {a: {uniform: [0, 1], draws: 3}, b: [1, 2]}");
    cr_assert_eq(s.n_trials, 6);
    cr_expect_str_eq(space_value_of(&s, 0, 0), space_value_of(&s, 1, 0));
    cr_expect_str_neq(space_value_of(&s, 0, 0), space_value_of(&s, 2, 0));
}

Test(space, wrong_spaces_are_refused_with_their_place)
{
    refused("sweep: {a: []}", "run.yaml:1:12: 'a' needs a list of values that is not empty");
    refused("sweep: {a: 4..3}", "run.yaml:1:12: the range of 'a' is empty");
    refused("sweep: {a: {range: [1, 2, -1]}}", "the range of 'a' is empty");
    refused("sweep: {a: {range: [1, 2, 0]}}", "the range of 'a' is empty");
    refused("sweep: {a: {uniform: [2, 1]}, draws: 2}", "the range of 'a' is empty");
    refused("sweep: {a: {log_uniform: [0, 1]}, draws: 2}", "'log_uniform' takes numbers above 0");
    refused("sweep: {a: {log: [0, 1, 3]}}", "'log' takes numbers above 0");
    refused("sweep: {a: {integer: [0.5, 3]}, draws: 2}", "'integer' takes whole numbers");
    refused("sweep: {a: {uniform: [1, 2]}}", "how many draws?");
    refused("sweep: {a: [1, 2], draws: 3}", "no parameter is drawn");
    refused("sweep: {a: {uniform: [1, 2], values: [1]}, draws: 2}", "'a' needs one of: values");
    refused("sweep: {a: {unifrom: [1, 2]}, draws: 2}", "unknown key 'unifrom'; did you mean 'uniform'?");
    refused("sweep: {a: {uniform: [1, 2, 3]}, draws: 2}", "'uniform' takes [low, high]");
    refused("sweep: {a: [1, 2], sampler: sobel}", "did you mean 'sobol'?");
    refused("sweep: [1, 2]", "run.yaml:1:8: 'sweep' is a map from parameters to their values");
}

Test(space, a_grid_of_a_thousand_million_is_refused_before_it_takes_memory)
{
    refused("sweep: {a: 1..1000, b: 1..1000, c: 1..1000}", "the sweep has 1e+09 trials; at most 1000000 are possible");
    refused("sweep: {a: 1..1000000000}", "the range of 'a' has 1e+09 values");
    refused("sweep: {a: {uniform: [0, 1]}, b: 1..1000000, draws: 1000000}", "the sweep has 1e+12 trials");
}

Test(space, more_dimensions_than_a_sequence_has_are_refused)
{
    char block[4096] = "sweep: {sampler: niederreiter, draws: 2";
    for (int k = 0; k < 13; k++)
        snprintf(block + strlen(block), sizeof block - strlen(block), ", a%d: {uniform: [0, 1]}", k);
    refused(strcat(block, "}"), "has at most 12 dimensions, and 13 parameters are drawn");
}

/* ---- the command line ---------------------------------------------------------------------------------------------------- */

static bool word(config_node *block, const char *text)
{
    bool taken;
    cr_assert_eq(space_word(&taken, block, text, memory, &err), LSNN_OK, "%s", err.message);
    return taken;
}

Test(space, words_with_commas_ranges_or_calls_are_axes)
{
    config_node *root = parsed("sweep: {seed: [7]}"), *block = config_get(root, "sweep");
    cr_expect(word(block, "learning.rate=1e-3,1e-2"));
    cr_expect(word(block, "seed=0..2"));
    cr_expect(word(block, "a=log_uniform(1e-3,1)"));
    cr_expect(word(block, "b={uniform: [1, 2]},3"));
    printed(root, false,
            "sweep:\n  seed: 0..2\n  learning.rate: [1e-3, 1e-2]\n  a:\n    log_uniform: [1e-3, 1]\n  b:\n    - "
            "uniform: [1, 2]\n    - 3\n");
}

Test(space, other_words_are_plain_overrides_unless_the_block_sweeps_their_key)
{
    config_node *root = parsed("sweep: {seed: 0..4}"), *block = config_get(root, "sweep");
    cr_expect_not(word(block, "tau={normal: [20, 2]}"));
    cr_expect_not(word(block, "file=a..b"));
    cr_expect_not(word(block, "text=\"a,b\""));
    cr_expect_not(word(block, "nothing"));
    cr_expect(word(block, "seed=3"));
    printed(root, false, "sweep:\n  seed: [3]\n");
}
