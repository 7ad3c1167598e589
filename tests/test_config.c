/* Config files: reading with places, mistakes, overrides, writing. */
#include "config.h"
#include "scratch.h"

#include <criterion/criterion.h>

static arena *memory;
static lsnn_error err;

static void start(void)
{
    scratch_enter();
    cr_assert_eq(arena_new(&memory, &err), LSNN_OK, "%s", err.message);
}

static void end(void)
{
    arena_free(memory);
    scratch_leave();
}

TestSuite(config, .init = start, .fini = end, .timeout = 60);

static config_node *parsed_bytes(const char *text, size_t length)
{
    config_node *root = NULL;
    cr_assert_eq(config_parse(&root, memory, "run.yaml", text, length, &err), LSNN_OK, "%s", err.message);
    return root;
}

static config_node *parsed(const char *text)
{
    return parsed_bytes(text, strlen(text));
}

static void refused(const char *text, const char *message)
{
    config_node *root = NULL;
    cr_assert_eq(config_parse(&root, memory, "run.yaml", text, strlen(text), &err), LSNN_CONFIG);
    cr_expect_str_eq(err.message, message);
}

static config_node *read_as_file(const char *path, const char *text)
{
    config_node *root = NULL;
    scratch_write(path, text, strlen(text));
    cr_assert_eq(config_read(&root, memory, path, &err), LSNN_OK, "%s", err.message);
    return root;
}

static void override(config_node *root, const char *assignment)
{
    cr_assert_eq(config_override(root, memory, assignment, &err), LSNN_OK, "%s", err.message);
}

static void override_refused(config_node *root, const char *assignment, const char *message)
{
    cr_assert_eq(config_override(root, memory, assignment, &err), LSNN_CONFIG);
    cr_expect_str_eq(err.message, message);
}

static void printed(const config_node *root, bool comments, const char *expected)
{
    const char *text;
    cr_assert_eq(config_print(&text, root, memory, comments, &err), LSNN_OK, "%s", err.message);
    cr_expect_str_eq(text, expected);
}

static void unchanged(const char *text)
{
    printed(parsed(text), false, text);
}

/* The text at a path of keys. */
static const char *text_at(const config_node *node, const char *key, const char *next)
{
    node = config_get(node, key);
    if (next) node = config_get(node, next);
    cr_assert_not_null(node);
    return node->text;
}

Test(config, reads_maps_lists_and_scalars_in_order)
{
    const config_node *root = parsed("seed: 1e3\nlearning: {rate: 2 ms}\nof: [lif, alif]\n");
    cr_expect_eq(root->kind, CONFIG_MAP);
    cr_expect_eq(config_count(root), 3);
    cr_expect_str_eq(text_at(root, "seed", NULL), "1e3");
    cr_expect_str_eq(text_at(root, "learning", "rate"), "2 ms");
    const config_node *of = config_get(root, "of");
    cr_expect_eq(of->kind, CONFIG_LIST);
    cr_expect_str_eq(of->first->text, "lif");
    cr_expect_str_eq(of->first->next->text, "alif");
    cr_expect_null(of->first->key);
    cr_expect_eq(of->parent, root);
}

Test(config, knows_where_a_value_and_its_key_stand)
{
    const config_node *root = parsed("# head\nlif:\n    tau_m: 20.0  # ms\n");
    const config_node *tau_m = config_get(config_get(root, "lif"), "tau_m");
    cr_expect_str_eq(tau_m->place.file, "run.yaml");
    cr_expect_eq(tau_m->place.line, 3);
    cr_expect_eq(tau_m->place.column, 12);
    cr_expect_eq(tau_m->place.length, 4);
    cr_expect_eq(tau_m->key_place.column, 5);
    cr_expect_eq(tau_m->key_place.length, 5);
    cr_expect_str_eq(tau_m->place.excerpt, "    tau_m: 20.0  # ms");
    cr_expect_eq(tau_m->origin, CONFIG_FILE);
}

Test(config, counts_columns_in_characters)
{
    const config_node *root = parsed("größe: 3\n");
    cr_expect_eq(root->first->place.column, 8);
    cr_expect_eq(root->first->key_place.length, 5);
}

Test(config, counts_lines_with_carriage_returns)
{
    const config_node *root = parsed("a: 1\r\nb: 2\r\n\r\nc: 3\r\n");
    cr_expect_eq(config_get(root, "c")->place.line, 4);
    cr_expect_str_eq(config_get(root, "c")->place.excerpt, "c: 3");
}

Test(config, skips_a_byte_order_mark)
{
    const config_node *root = parsed("\xef\xbb\xbfseed: 1\n");
    cr_expect_str_eq(root->first->key, "seed");
    cr_expect_eq(root->first->place.column, 7);
}

Test(config, knows_quoted_text)
{
    const config_node *root = parsed("a: \"5\"\nb: 5\n");
    cr_expect(config_get(root, "a")->quoted);
    cr_expect_not(config_get(root, "b")->quoted);
}

Test(config, needs_no_zero_behind_the_text)
{
    const config_node *root = parsed_bytes("seed: 12", 7);
    cr_expect_str_eq(root->first->text, "1");
}

Test(config, get_of_a_scalar_or_a_missing_key_is_null)
{
    const config_node *root = parsed("a: 1\n");
    cr_expect_null(config_get(root, "b"));
    cr_expect_null(config_get(root->first, "a"));
    cr_expect_null(config_get(NULL, "a"));
}

Test(config, mistake_shows_line_and_underline)
{
    const config_node *root = parsed("lif:\n  tau_n: 20.0\n");
    config_report report = {.n_mistakes = 0};
    config_mistake(&report, &config_get(root, "lif")->first->key_place, "unknown key '%s'; did you mean 'tau_m'?", "tau_n");
    cr_assert_eq(config_verdict(&report, &err), LSNN_CONFIG);
    cr_expect_str_eq(err.message, "run.yaml:2:3: unknown key 'tau_n'; did you mean 'tau_m'?\n"
                                  "    tau_n: 20.0\n"
                                  "    ^~~~~");
    cr_expect_str_eq(err.file, "run.yaml");
    cr_expect_eq(err.line, 2);
    cr_expect_eq(err.column, 3);
}

Test(config, verdict_without_mistakes_is_ok)
{
    config_report report = {.n_mistakes = 0};
    cr_expect_eq(config_verdict(&report, &err), LSNN_OK);
}

Test(config, mistakes_follow_each_other_and_the_first_gives_the_place)
{
    const config_node *root = parsed("a: 1\nb: 2\n");
    config_report report = {.n_mistakes = 0};
    config_mistake(&report, &root->first->place, "one");
    config_mistake(&report, &root->first->next->place, "two");
    cr_expect_str_eq(report.error.message, "run.yaml:1:4: one\n    a: 1\n       ^\nrun.yaml:2:4: two\n    b: 2\n       ^");
    cr_expect_eq(report.error.line, 1);
}

Test(config, mistakes_that_do_not_fit_are_counted)
{
    const config_node *root = parsed("a: 1\n");
    config_report report = {.n_mistakes = 0};
    for (int k = 0; k < 1000; k++) config_mistake(&report, &root->first->place, "mistake %d", k);
    cr_expect_eq(report.n_mistakes, 1000);
    char tail[32];
    snprintf(tail, sizeof tail, "\nand %d more", 1000 - report.n_shown);
    size_t used = strlen(report.error.message);
    cr_expect_gt(used, 3900);
    cr_expect_str_eq(report.error.message + used - strlen(tail), tail);
}

Test(config, mistake_without_a_line_names_its_source_only)
{
    config_report report = {.n_mistakes = 0};
    config_mistake(&report, &(config_place){.file = "default"}, "wrong");
    cr_expect_str_eq(report.error.message, "default: wrong");
}

Test(config, long_line_is_cut_around_the_mistake)
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

Test(config, pointer_repeats_the_tabs_of_its_line)
{
    config_report report = {.n_mistakes = 0};
    config_place place = {.file = "f", .line = 1, .column = 6, .excerpt = "\ta:\tx y", .length = 1};
    config_mistake(&report, &place, "m");
    cr_expect_str_eq(report.error.message, "f:1:6: m\n    a:\tx y\n      \t ^");
}

Test(config, mistake_shows_no_control_characters)
{
    config_report report = {.n_mistakes = 0};
    config_place place = {.file = "f", .line = 1, .column = 1, .excerpt = "a\x1b[2J\xff", .length = 1};
    config_mistake(&report, &place, "unknown key '%s'", "\x1b]0;\xc2\x9b");
    cr_expect_str_eq(report.error.message, "f:1:1: unknown key '?]0;?'\n    a?[2J?\n    ^");
}
