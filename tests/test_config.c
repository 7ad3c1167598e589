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

Test(config, mistake_of_an_assignment_quotes_it)
{
    config_node *root = parsed("a: 1\n");
    override(root, "learning.rate=fast");
    const config_node *rate = config_get(config_get(root, "learning"), "rate");
    config_report report = {.n_mistakes = 0};
    config_mistake(&report, &rate->place, "'fast' is not a number");
    cr_expect_str_eq(report.error.message, "command line: 'learning.rate=fast': 'fast' is not a number");
}

Test(config, refuses_a_key_that_is_given_twice)
{
    refused("a: 1\nb: 2\na: 3\n", "run.yaml:3:1: the key 'a' is given twice; first in line 1\n    a: 3\n    ^");
}

Test(config, names_every_key_that_is_given_twice)
{
    config_node *root;
    const char *text = "a: 1\na: 2\nm: {b: 1, b: 2}\n";
    cr_assert_eq(config_parse(&root, memory, "run.yaml", text, strlen(text), &err), LSNN_CONFIG);
    cr_expect_not_null(strstr(err.message, "run.yaml:2:1: the key 'a' is given twice"));
    cr_expect_not_null(strstr(err.message, "run.yaml:3:11: the key 'b' is given twice"));
}

Test(config, refuses_anchors_aliases_and_tags)
{
    const char *const texts[] = {"a: &x 1\n", "a: *x\n", "a: !!int 3\n", "a: &x [1]\n", "a: !t {b: 1}\n", "*x : 1\n"};
    const char *const words[] = {"anchors", "aliases", "tags", "anchors", "tags", "aliases"};
    for (int k = 0; k < 6; k++) {
        config_node *root;
        cr_expect_eq(config_parse(&root, memory, "f", texts[k], strlen(texts[k]), &err), LSNN_CONFIG, "%s", texts[k]);
        cr_expect_not_null(strstr(err.message, words[k]), "%s", err.message);
        cr_expect_eq(err.line, 1);
    }
}

Test(config, refuses_a_second_document)
{
    refused("a: 1\n---\nb: 2\n",
            "run.yaml:2:1: a second document starts here; a configuration is one document\n    ---\n    ^~~");
}

Test(config, refuses_what_is_not_a_map)
{
    refused("[1]\n", "run.yaml:1:1: expected a map at the top, lines like 'seed: 1'\n    [1]\n    ^~~");
    refused("", "run.yaml: is empty; expected lines like 'seed: 1'");
    refused("# nothing\n", "run.yaml: is empty; expected lines like 'seed: 1'");
}

Test(config, refuses_bytes_that_are_not_utf8)
{
    refused("a: 1\nb: x\xff\n", "run.yaml:2:5: the byte 0xFF is not text: a configuration is UTF-8, without control "
                                "characters\n    b: x?\n        ^");
}

Test(config, refuses_overlong_and_cut_sequences)
{
    const char *const texts[] = {"a: \xc0\xaf", "a: \xe2\x80", "a: \xed\xa0\x80", "a: \xf4\x90\x80\x80", "a: \x80"};
    for (int k = 0; k < 5; k++) {
        config_node *root;
        cr_expect_eq(config_parse(&root, memory, "f", texts[k], strlen(texts[k]), &err), LSNN_CONFIG);
        cr_expect_eq(err.column, 4);
    }
}

Test(config, refuses_a_key_that_is_not_text)
{
    refused("a: 1\n? [b]\n: 1\n", "run.yaml:2:3: a key must be a name, not a map or a list\n    ? [b]\n      ^");
}

Test(config, points_at_wrong_syntax)
{
    const struct {
        const char *text;
        int line, column;
    } cases[] = {{"a: b: c\n", 1, 5}, {"a: 1\n  b: 2\n", 2, 4}, {"a: @x\n", 1, 4}, {"a:\n\tb: 1\n", 2, 1},
                 {"a: 1\nbb\nc: 2\n", 2, 1}, {"l:\n - a\n b: 1\n", 3, 2}, {"a: ]\n", 1, 4}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        config_node *root;
        cr_expect_eq(config_parse(&root, memory, "f", cases[k].text, strlen(cases[k].text), &err), LSNN_CONFIG);
        cr_expect(err.line == cases[k].line && err.column == cases[k].column, "%s", err.message);
    }
}

/* `levels` lists in a map, so that the depth is one more. */
static lsnn_status nested(char *text, int levels)
{
    config_node *root;
    text[0] = 'a', text[1] = ':', text[2] = ' ';
    memset(text + 3, '[', (size_t)levels);
    memset(text + 3 + levels, ']', (size_t)levels);
    return config_parse(&root, memory, "f", text, (size_t)(3 + 2 * levels), &err);
}

Test(config, nests_32_levels_and_no_more)
{
    char text[128];
    cr_expect_eq(nested(text, 31), LSNN_OK, "%s", err.message);
    cr_expect_eq(nested(text, 32), LSNN_CONFIG);
    cr_expect_not_null(strstr(err.message, "deeper than 32 levels"), "%s", err.message);
}

Test(config, a_million_brackets_end_at_once)
{
    static char text[2000100];
    cr_expect_eq(nested(text, 1000000), LSNN_CONFIG);
}

Test(config, refuses_more_than_16_mib)
{
    size_t length = ((size_t)16 << 20) + 1;
    char *text = malloc(length);
    memset(text, '#', length);
    config_node *root;
    cr_expect_eq(config_parse(&root, memory, "big.yaml", text, length, &err), LSNN_CONFIG);
    cr_expect_str_eq(err.message, "big.yaml: is larger than 16 MiB; put large lists into a data file");
    free(text);
}

Test(config, many_keys_take_no_time)
{
    static char text[200000];
    int used = 0;
    for (int k = 0; k < 10000; k++) used += snprintf(text + used, sizeof text - (size_t)used, "k%d: 1\n", k);
    cr_expect_eq(config_count(parsed(text)), 10000);
}

Test(config, reads_a_file)
{
    const config_node *root = read_as_file("run.yaml", "seed: 1\n");
    cr_expect_str_eq(root->first->text, "1");
    cr_expect_str_eq(root->first->place.file, "run.yaml");
}

Test(config, names_the_file_that_is_missing)
{
    config_node *root;
    cr_assert_eq(config_read(&root, memory, "no.yaml", &err), LSNN_CONFIG);
    cr_expect_str_eq(err.message, "no.yaml: cannot read 'no.yaml': No such file or directory");
    cr_assert_eq(config_read(&root, memory, ".", &err), LSNN_CONFIG);
    cr_expect_str_eq(err.message, ".: cannot read '.': Is a directory");
}

Test(config, include_is_replaced_and_extended)
{
    mkdir("sub", 0700);
    scratch_write("sub/base.yaml", "seed: 1\nlif: {n: 5, tau: 3}\nlist: [1, 2]\n", 41);
    const config_node *root = read_as_file("sub/run.yaml", "include: base.yaml\nlif: {n: 6, v: 1}\nlist: [3]\nx: 1\n");
    printed(root, false, "seed: 1\nlif: {n: 6, tau: 3, v: 1}\nlist: [3]\nx: 1\n");
    cr_expect_str_eq(config_get(root, "seed")->place.file, "sub/base.yaml");
    cr_expect_str_eq(config_get(root, "list")->place.file, "sub/run.yaml");
    cr_expect_eq(config_get(root, "list")->first->parent, config_get(root, "list"));
}

Test(config, include_that_is_missing_is_shown_where_it_is_asked_for)
{
    config_node *root;
    scratch_write("run.yaml", "include: no.yaml\n", 17);
    cr_assert_eq(config_read(&root, memory, "run.yaml", &err), LSNN_CONFIG);
    cr_expect_str_eq(err.message, "run.yaml:1:10: cannot read 'no.yaml': No such file or directory\n"
                                  "    include: no.yaml\n             ^~~~~~~");
}

Test(config, include_does_not_go_on)
{
    config_node *root;
    scratch_write("run.yaml", "include: run.yaml\n", 18);
    cr_assert_eq(config_read(&root, memory, "run.yaml", &err), LSNN_CONFIG);
    cr_expect_str_eq(err.message, "run.yaml:1:1: an included file cannot include another one; this one is included by "
                                  "run.yaml\n    include: run.yaml\n    ^~~~~~~");
}

Test(config, mistakes_of_an_included_file_stand_there)
{
    config_node *root;
    scratch_write("base.yaml", "a: 1\na: 2\n", 10);
    scratch_write("run.yaml", "include: base.yaml\n", 19);
    cr_assert_eq(config_read(&root, memory, "run.yaml", &err), LSNN_CONFIG);
    cr_expect_str_eq(err.file, "base.yaml");
    cr_expect_eq(err.line, 2);
}

Test(config, text_cannot_include)
{
    refused("include: x.yaml\n", "run.yaml:1:1: 'include' works in files only; here is no folder in which to look for the "
                                 "other file\n    include: x.yaml\n    ^~~~~~~");
}

Test(config, override_replaces_a_value)
{
    config_node *root = parsed("lif: {n: 5, tau: 3 ms}\n");
    override(root, "lif.n=6");
    const config_node *n = config_get(config_get(root, "lif"), "n");
    cr_expect_str_eq(n->text, "6");
    cr_expect_eq(n->origin, CONFIG_OVERRIDE);
    cr_expect_str_eq(n->place.file, "command line");
    cr_expect_eq(n->place.line, 0);
    cr_expect_str_eq(n->place.excerpt, "lif.n=6");
    cr_expect_eq(config_count(config_get(root, "lif")), 2);
}

Test(config, override_makes_the_maps_on_its_way)
{
    config_node *root = parsed("a: 1\n");
    override(root, "x.y.z=2");
    printed(root, false, "a: 1\nx:\n  y: {z: 2}\n");
}

Test(config, override_takes_lists_and_maps)
{
    config_node *root = parsed("a: 1\n");
    override(root, "a=[1, {b: 2}]");
    printed(root, false, "a:\n  - 1\n  - {b: 2}\n");
    cr_expect_eq(root->first->first->parent, root->first);
}

Test(config, override_addresses_list_entries_by_number)
{
    config_node *root = parsed("a: [1, {b: 2}]\n");
    override(root, "a.1.b=3");
    override(root, "a.0=x y");
    printed(root, false, "a:\n  - x y\n  - {b: 3}\n");
    override_refused(root, "a.2=1", "command line: 'a.2=1': '2' is no entry of this list of 2; they are numbered from 0");
    override_refused(root, "a.-1=1", "command line: 'a.-1=1': '-1' is no entry of this list of 2; they are numbered from 0");
}

Test(config, override_keeps_a_64_bit_seed_as_text)
{
    config_node *root = parsed("seed: 1\n");
    override(root, "seed=18446744073709551615");
    cr_expect_str_eq(root->first->text, "18446744073709551615");
}

Test(config, override_may_hold_an_equals_sign)
{
    config_node *root = parsed("a: 1\n");
    override(root, "a=b=c");
    cr_expect_str_eq(root->first->text, "b=c");
}

Test(config, override_without_a_value_or_name_is_refused)
{
    config_node *root = parsed("a: 1\n");
    override_refused(root, "b", "command line: 'b': an override is one line like 'learning.rate=0.01'");
    override_refused(root, "=1", "command line: '=1': a name is missing here");
    override_refused(root, "a..b=1", "command line: 'a..b=1': a name is missing here");
}

Test(config, override_that_is_not_yaml_is_refused)
{
    config_node *root = parsed("a: 1\n");
    cr_expect_eq(config_override(root, memory, "a=[1", &err), LSNN_CONFIG);
    cr_expect_eq(strncmp(err.message, "command line: 'a=[1': ", 22), 0, "%s", err.message);
    cr_expect_eq(config_override(root, memory, "a=\xff", &err), LSNN_CONFIG);
    cr_expect_eq(config_override(root, memory, "a.\xff=1", &err), LSNN_CONFIG);
}

Test(config, override_cannot_nest_deeper_than_a_file)
{
    config_node *root = parsed("a: 1\n");
    char text[256] = "";
    for (int k = 0; k < 40; k++) strcat(text, "x.");
    strcat(text, "x=1");
    cr_expect_eq(config_override(root, memory, text, &err), LSNN_CONFIG);
    cr_expect_not_null(strstr(err.message, "deeper than 32 levels"), "%s", err.message);
}

Test(config, set_gives_a_default_its_own_place)
{
    config_node *root = parsed("a: 1\n"), *weights;
    cr_assert_eq(config_add(&weights, root, memory, CONFIG_MAP, "weights", NULL, CONFIG_DEFAULT, &err), LSNN_OK);
    cr_assert_eq(config_set(weights, memory, "weights: {normal: 1}", 9, CONFIG_DEFAULT, &err), LSNN_OK);
    const config_node *normal = config_get(weights, "normal");
    cr_expect_str_eq(normal->text, "1");
    cr_expect_eq(normal->origin, CONFIG_DEFAULT);
    cr_expect_str_eq(normal->place.file, "default");
    cr_expect_eq(normal->place.column, 19);
}

Test(config, added_nodes_stand_at_the_end)
{
    config_node *root = parsed("a: 1\n"), *list, *entry;
    cr_assert_eq(config_add(&list, root, memory, CONFIG_LIST, "l", NULL, CONFIG_DEFAULT, &err), LSNN_OK);
    cr_assert_eq(config_add(&entry, list, memory, CONFIG_SCALAR, NULL, "x", CONFIG_DEFAULT, &err), LSNN_OK);
    cr_assert_eq(config_add(&entry, list, memory, CONFIG_SCALAR, NULL, "y", CONFIG_DEFAULT, &err), LSNN_OK);
    cr_expect_eq(entry->parent, list);
    cr_expect_str_eq(entry->place.file, "default");
    printed(root, false, "a: 1\nl: [x, y]\n");
}

Test(config, path_names_keys_and_positions)
{
    const config_node *root = parsed("a:\n  b:\n    - 1\n    - c: 2\n");
    const config_node *b = config_get(config_get(root, "a"), "b");
    const char *path;
    cr_assert_eq(config_path(&path, b->first->next->first, memory, &err), LSNN_OK);
    cr_expect_str_eq(path, "a.b.1.c");
    cr_assert_eq(config_path(&path, root, memory, &err), LSNN_OK);
    cr_expect_str_eq(path, "");
}

Test(config, writes_short_maps_and_lists_on_one_line)
{
    unchanged("a: {b: 1, c: 2 ms}\nd: [1, 2]\ne: {}\nf: []\n");
}

Test(config, writes_nested_lists_and_maps)
{
    unchanged("a:\n  - - 1\n    - [2, 3]\n  - b: 1\n    c:\n      - d: {e: 1}\n  - {}\n");
}

Test(config, writes_long_lists_line_by_line)
{
    char text[1024] = "a:\n";
    for (int k = 0; k < 40; k++) strcat(text, "  - 1000\n");
    unchanged(text);
}

Test(config, writes_quotes_where_they_were_or_are_needed)
{
    unchanged("a: \"5\"\nb: \"x\\n\\\"\\\\\\t\\x01\\x85\\u2028\"\nc: \"\"\nd:\ne: x, [y]\nf: [\"a, b\"]\n\"- k\": http://x\n");
}

Test(config, text_that_brackets_would_split_is_written_without_them)
{
    unchanged("a:\n  b: x, y\nc:\n  - p:q\n  -\n");
}

Test(config, text_with_line_breaks_reads_back)
{
    const config_node *root = parsed("a: |\n  one\n  two\nb: >-\n  x\n\n  y\nc: p\n\n  q\n");
    printed(root, false, "a: \"one\\ntwo\\n\"\nb: \"x\\ny\"\nc: \"p\\nq\"\n");
    cr_expect(config_get(root, "c")->quoted);
}

Test(config, comments_say_where_a_value_comes_from)
{
    config_node *root = parsed("a: 1\nlif: {n: 5}\n"), *node;
    override(root, "a=2");
    override(root, "b={x: 1, y: 2}");
    cr_assert_eq(config_add(&node, config_get(root, "lif"), memory, CONFIG_SCALAR, "tau", "3", CONFIG_DEFAULT, &err),
                 LSNN_OK);
    cr_assert_eq(config_add(&node, root, memory, CONFIG_MAP, "m", NULL, CONFIG_DEFAULT, &err), LSNN_OK);
    printed(root, true, "a: 2  # command line\nlif:\n  n: 5\n  tau: 3  # default\nb: {x: 1, y: 2}  # command line\n"
                        "m: {}  # default\n");
    printed(root, false, "a: 2\nlif: {n: 5, tau: 3}\nb: {x: 1, y: 2}\nm: {}\n");
}

Test(config, an_empty_map_is_written_as_one)
{
    printed(parsed("{}"), false, "{}\n");
}

Test(config, a_full_disk_is_an_error)
{
    FILE *full = fopen("/dev/full", "w");
    cr_assert_not_null(full);
    cr_expect_eq(config_write(parsed("a: 1\n"), full, false, &err), LSNN_OUTPUT);
    cr_expect_str_eq(err.message, "cannot write the configuration: No space left on device");
    fclose(full);
}
