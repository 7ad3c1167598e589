/* Mistakes in a config as the user sees them. */
#include "parsed_config.h"

TestSuite(config_report, .init = config_start, .fini = config_end, .timeout = 60);

Test(config_report, mistake_shows_line_and_underline)
{
    const config_node *root = parsed("lif:\n  tau_n: 20.0\n");
    config_report report = {.n_mistakes = 0};
    config_mistake(&report, &config_get(root, "lif")->first->key_place, "unknown key '%s'; did you mean 'tau_m'?",
                   "tau_n");
    cr_assert_eq(config_verdict(&report, &err), LSNN_CONFIG);
    cr_expect_str_eq(err.message, "run.yaml:2:3: unknown key 'tau_n'; did you mean 'tau_m'?\n"
                                  "    tau_n: 20.0\n"
                                  "    ^~~~~");
    cr_expect_str_eq(err.file, "run.yaml");
    cr_expect_eq(err.line, 2);
    cr_expect_eq(err.column, 3);
}

Test(config_report, verdict_without_mistakes_is_ok)
{
    config_report report = {.n_mistakes = 0};
    cr_expect_eq(config_verdict(&report, &err), LSNN_OK);
}

Test(config_report, mistakes_follow_each_other_and_the_first_gives_the_place)
{
    const config_node *root = parsed("a: 1\nb: 2\n");
    config_report report = {.n_mistakes = 0};
    config_mistake(&report, &root->first->place, "one");
    config_mistake(&report, &root->first->next->place, "two");
    cr_expect_str_eq(report.error.message,
                     "run.yaml:1:4: one\n    a: 1\n       ^\nrun.yaml:2:4: two\n    b: 2\n       ^");
    cr_expect_eq(report.error.line, 1);
}

Test(config_report, mistakes_that_do_not_fit_are_counted)
{
    const config_node *root = parsed("a: 1\n");
    config_report report = {.n_mistakes = 0};
    for (int k = 0; k < 1000; k++)
        config_mistake(&report, &root->first->place, "mistake %d", k);
    cr_expect_eq(report.n_mistakes, 1000);
    char tail[32];
    snprintf(tail, sizeof tail, "\nand %d more", 1000 - report.n_shown);
    size_t used = strlen(report.error.message);
    cr_expect_gt(used, 3900);
    cr_expect_str_eq(report.error.message + used - strlen(tail), tail);
}

Test(config_report, mistake_without_a_line_names_its_source_only)
{
    config_report report = {.n_mistakes = 0};
    config_mistake(&report, &(config_place){.file = "default"}, "wrong");
    cr_expect_str_eq(report.error.message, "default: wrong");
}

/* Nobody wrote a default: its map has a place. */
Test(config_report, mistake_in_a_default_is_placed_at_its_map)
{
    arena *a;
    config_node *node, *root;
    cr_assert_eq(arena_new(&a, NULL), LSNN_OK);
    const char *text = "a: 1\nrule: {kind: x}\n";
    cr_assert_eq(config_parse(&root, a, "run.yaml", text, strlen(text), NULL), LSNN_OK);
    cr_assert_eq(config_add(&node, config_get(root, "rule"), a, CONFIG_SCALAR, "who", "", CONFIG_DEFAULT, NULL),
                 LSNN_OK);
    cr_assert_eq(config_set(node, a, "who: [me, you]", 5, CONFIG_DEFAULT, NULL), LSNN_OK);
    config_report report = {.n_mistakes = 0};
    config_mistake(&report, &node->first->next->place, "wrong");
    cr_expect_str_eq(report.error.message, "run.yaml:2:7: by default 'who: [me, you]': wrong\n    rule: {kind: x}\n"
                                           "          ^~~~~~~~~");
    cr_expect_eq(report.error.line, 2);
    arena_free(a);
}

Test(config_report, long_line_is_cut_around_the_mistake)
{
    char line[400];
    memset(line, 'x', sizeof line - 1);
    line[399] = '\0';
    memcpy(line + 200, "HERE", 4);
    config_report report = {.n_mistakes = 0};
    config_place place = {.file = "f", .line = 1, .column = 201, .excerpt = line, .length = 4};
    config_mistake(&report, &place, "m");
    const char *shown = strstr(report.error.message, "HERE"), *pointer = strstr(report.error.message, "^~~~");
    cr_assert(shown && pointer);
    cr_expect_not_null(strstr(report.error.message, "\n    ...xxx"));
    const char *first = strchr(report.error.message, '\n') + 1, *second = strchr(first, '\n') + 1;
    cr_expect_eq(shown - first, pointer - second);
    cr_expect_lt(second - first, 120);
}

Test(config_report, pointer_repeats_the_tabs_of_its_line)
{
    config_report report = {.n_mistakes = 0};
    config_place place = {.file = "f", .line = 1, .column = 6, .excerpt = "\ta:\tx y", .length = 1};
    config_mistake(&report, &place, "m");
    cr_expect_str_eq(report.error.message, "f:1:6: m\n    a:\tx y\n      \t ^");
}

Test(config_report, mistake_shows_no_control_characters)
{
    config_report report = {.n_mistakes = 0};
    config_place place = {.file = "f", .line = 1, .column = 1, .excerpt = "a\x1b[2J\xff", .length = 1};
    config_mistake(&report, &place, "unknown key '%s'", "\x1b]0;\xc2\x9b");
    cr_expect_str_eq(report.error.message, "f:1:1: unknown key '?]0;?'\n    a?[2J?\n    ^");
}

Test(config_report, mistake_of_an_assignment_quotes_it)
{
    config_node *root = parsed("a: 1\n");
    overridden(root, "learning.rate=fast");
    const config_node *rate = config_get(config_get(root, "learning"), "rate");
    config_report report = {.n_mistakes = 0};
    config_mistake(&report, &rate->place, "'fast' is not a number");
    cr_expect_str_eq(report.error.message, "command line: 'learning.rate=fast': 'fast' is not a number");
}
