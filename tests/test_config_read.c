/* Reading config files: places, what is refused, include. */
#include "parsed_config.h"

TestSuite(config_read, .init = config_start, .fini = config_end, .timeout = 60);

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

/* The text of a key, or of a key within its map. */
static const char *text_at(const config_node *node, const char *key, const char *next)
{
    node = config_get(node, key);
    if (next) node = config_get(node, next);
    cr_assert_not_null(node);
    return node->text;
}

Test(config_read, reads_maps_lists_and_scalars_in_order)
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

Test(config_read, knows_where_a_value_and_its_key_stand)
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

Test(config_read, counts_columns_in_characters)
{
    const config_node *root = parsed("größe: 3\n");
    cr_expect_eq(root->first->place.column, 8);
    cr_expect_eq(root->first->key_place.length, 5);
}

Test(config_read, counts_lines_with_carriage_returns)
{
    const config_node *root = parsed("a: 1\r\nb: 2\r\n\r\nc: 3\r\n");
    cr_expect_eq(config_get(root, "c")->place.line, 4);
    cr_expect_str_eq(config_get(root, "c")->place.excerpt, "c: 3");
}

Test(config_read, skips_a_byte_order_mark)
{
    const config_node *root = parsed("\xef\xbb\xbfseed: 1\n");
    cr_expect_str_eq(root->first->key, "seed");
    cr_expect_eq(root->first->place.column, 7);
}

Test(config_read, knows_quoted_text)
{
    const config_node *root = parsed("a: \"5\"\nb: 5\n");
    cr_expect(config_get(root, "a")->quoted);
    cr_expect_not(config_get(root, "b")->quoted);
}

Test(config_read, needs_no_zero_behind_the_text)
{
    const config_node *root = parsed_bytes("seed: 12", 7);
    cr_expect_str_eq(root->first->text, "1");
}

Test(config_read, refuses_a_key_that_is_given_twice)
{
    refused("a: 1\nb: 2\na: 3\n", "run.yaml:3:1: the key 'a' is given twice; first in line 1\n    a: 3\n    ^");
}

Test(config_read, names_every_key_that_is_given_twice)
{
    config_node *root;
    const char *text = "a: 1\na: 2\nm: {b: 1, b: 2}\n";
    cr_assert_eq(config_parse(&root, memory, "run.yaml", text, strlen(text), &err), LSNN_CONFIG);
    cr_expect_not_null(strstr(err.message, "run.yaml:2:1: the key 'a' is given twice"));
    cr_expect_not_null(strstr(err.message, "run.yaml:3:11: the key 'b' is given twice"));
}

Test(config_read, refuses_anchors_aliases_and_tags)
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

Test(config_read, refuses_a_second_document)
{
    refused("a: 1\n---\nb: 2\n",
            "run.yaml:2:1: a second document starts here; a configuration is one document\n    ---\n    ^~~");
}

Test(config_read, refuses_what_is_not_a_map)
{
    refused("[1]\n", "run.yaml:1:1: expected a map at the top, lines like 'seed: 1'\n    [1]\n    ^~~");
    refused("", "run.yaml: is empty; expected lines like 'seed: 1'");
    refused("# nothing\n", "run.yaml: is empty; expected lines like 'seed: 1'");
}

Test(config_read, refuses_bytes_that_are_not_utf8)
{
    refused("a: 1\nb: x\xff\n", "run.yaml:2:5: the byte 0xFF is not text: a configuration is UTF-8, without control "
                                "characters\n    b: x?\n        ^");
}

Test(config_read, refuses_overlong_and_cut_sequences)
{
    const char *const texts[] = {"a: \xc0\xaf", "a: \xe2\x80", "a: \xed\xa0\x80", "a: \xf4\x90\x80\x80", "a: \x80"};
    for (int k = 0; k < 5; k++) {
        config_node *root;
        cr_expect_eq(config_parse(&root, memory, "f", texts[k], strlen(texts[k]), &err), LSNN_CONFIG);
        cr_expect_eq(err.column, 4);
    }
}

Test(config_read, refuses_a_key_that_is_not_text)
{
    refused("a: 1\n? [b]\n: 1\n", "run.yaml:2:3: a key must be a name, not a map or a list\n    ? [b]\n      ^");
}

Test(config_read, points_at_wrong_syntax)
{
    const struct {
        const char *text;
        int line, column;
    } cases[] = {{"a: b: c\n", 1, 5},        {"a: 1\n  b: 2\n", 2, 4},    {"a: @x\n", 1, 4}, {"a:\n\tb: 1\n", 2, 1},
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

Test(config_read, nests_32_levels_and_no_more)
{
    char text[128];
    cr_expect_eq(nested(text, 31), LSNN_OK, "%s", err.message);
    cr_expect_eq(nested(text, 32), LSNN_CONFIG);
    cr_expect_not_null(strstr(err.message, "deeper than 32 levels"), "%s", err.message);
}

Test(config_read, a_million_brackets_end_at_once)
{
    static char text[2000100];
    cr_expect_eq(nested(text, 1000000), LSNN_CONFIG);
}

Test(config_read, refuses_more_than_16_mib)
{
    size_t length = ((size_t)16 << 20) + 1;
    char *text = malloc(length);
    memset(text, '#', length);
    config_node *root;
    cr_expect_eq(config_parse(&root, memory, "big.yaml", text, length, &err), LSNN_CONFIG);
    cr_expect_str_eq(err.message, "big.yaml: is larger than 16 MiB; put large lists into a data file");
    free(text);
}

Test(config_read, many_keys_take_no_time)
{
    static char text[200000];
    int used = 0;
    for (int k = 0; k < 10000; k++)
        used += snprintf(text + used, sizeof text - (size_t)used, "k%d: 1\n", k);
    cr_expect_eq(config_count(parsed(text)), 10000);
}

Test(config_read, reads_a_file)
{
    const config_node *root = read_as_file("run.yaml", "seed: 1\n");
    cr_expect_str_eq(root->first->text, "1");
    cr_expect_str_eq(root->first->place.file, "run.yaml");
}

Test(config_read, names_the_file_that_is_missing)
{
    config_node *root;
    cr_assert_eq(config_read(&root, memory, "no.yaml", &err), LSNN_CONFIG);
    cr_expect_str_eq(err.message, "no.yaml: cannot read 'no.yaml': No such file or directory");
    cr_assert_eq(config_read(&root, memory, ".", &err), LSNN_CONFIG);
    cr_expect_str_eq(err.message, ".: cannot read '.': Is a directory");
}

Test(config_read, include_is_replaced_and_extended)
{
    mkdir("sub", 0700);
    scratch_write("sub/base.yaml", "seed: 1\nlif: {n: 5, tau: 3}\nlist: [1, 2]\n", 41);
    const config_node *root = read_as_file("sub/run.yaml", "include: base.yaml\nlif: {n: 6, v: 1}\nlist: [3]\nx: 1\n");
    printed(root, false, "seed: 1\nlif: {n: 6, tau: 3, v: 1}\nlist: [3]\nx: 1\n");
    cr_expect_str_eq(config_get(root, "seed")->place.file, "sub/base.yaml");
    cr_expect_str_eq(config_get(root, "list")->place.file, "sub/run.yaml");
    cr_expect_eq(config_get(root, "list")->first->parent, config_get(root, "list"));
}

Test(config_read, include_that_is_missing_is_shown_where_it_is_asked_for)
{
    config_node *root;
    scratch_write("run.yaml", "include: no.yaml\n", 17);
    cr_assert_eq(config_read(&root, memory, "run.yaml", &err), LSNN_CONFIG);
    cr_expect_str_eq(err.message, "run.yaml:1:10: cannot read 'no.yaml': No such file or directory\n"
                                  "    include: no.yaml\n             ^~~~~~~");
}

Test(config_read, include_does_not_go_on)
{
    config_node *root;
    scratch_write("run.yaml", "include: run.yaml\n", 18);
    cr_assert_eq(config_read(&root, memory, "run.yaml", &err), LSNN_CONFIG);
    cr_expect_str_eq(err.message, "run.yaml:1:1: an included file cannot include another one; this one is included by "
                                  "run.yaml\n    include: run.yaml\n    ^~~~~~~");
}

Test(config_read, mistakes_of_an_included_file_stand_there)
{
    config_node *root;
    scratch_write("base.yaml", "a: 1\na: 2\n", 10);
    scratch_write("run.yaml", "include: base.yaml\n", 19);
    cr_assert_eq(config_read(&root, memory, "run.yaml", &err), LSNN_CONFIG);
    cr_expect_str_eq(err.file, "base.yaml");
    cr_expect_eq(err.line, 2);
}

Test(config_read, text_cannot_include)
{
    refused("include: x.yaml\n",
            "run.yaml:1:1: 'include' works in files only; here is no folder in which to look for the "
            "other file\n    include: x.yaml\n    ^~~~~~~");
}

/* Many of them would keep libyaml busy for minutes. */
Test(config_read, refuses_directives)
{
    refused("%TAG ! tag:x,2000:\n---\na: 1\n", "run.yaml:1:1: directives (%YAML, %TAG) are not supported\n"
                                               "    %TAG ! tag:x,2000:\n"
                                               "    ^~~~~~~~~~~~~~~~~~");
}
