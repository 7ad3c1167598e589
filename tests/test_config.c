/* Config trees: looking up, adding, overrides. */
#include "parsed_config.h"

TestSuite(config, .init = config_start, .fini = config_end, .timeout = 60);

static void override_refused(config_node *root, const char *assignment, const char *message)
{
    cr_assert_eq(config_override(root, memory, assignment, &err), LSNN_CONFIG);
    cr_expect_str_eq(err.message, message);
}

Test(config, get_of_a_scalar_or_a_missing_key_is_null)
{
    const config_node *root = parsed("a: 1\n");
    cr_expect_null(config_get(root, "b"));
    cr_expect_null(config_get(root->first, "a"));
    cr_expect_null(config_get(NULL, "a"));
}

Test(config, override_replaces_a_value)
{
    config_node *root = parsed("lif: {n: 5, tau: 3 ms}\n");
    overridden(root, "lif.n=6");
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
    overridden(root, "x.y.z=2");
    printed(root, false, "a: 1\nx:\n  y: {z: 2}\n");
}

Test(config, override_below_a_word_makes_the_word_the_kind)
{
    config_node *root = parsed("rule: \"eprop\"\nweights: 3\n");
    overridden(root, "rule.feedback=random");
    overridden(root, "weights.normal=1");
    cr_expect_not(root->first->quoted);
    printed(root, false, "rule: {kind: \"eprop\", feedback: random}\nweights: {normal: 1}\n");
}

Test(config, override_cannot_include)
{
    override_refused(parsed("a: 1\n"), "include=x",
                     "command line: 'include=x': 'include' works at the top of a file only");
    override_refused(parsed("a: 1\n"), "include.b=x",
                     "command line: 'include.b=x': 'include' works at the top of a file only");
    overridden(parsed("a: 1\n"), "includes=x");
}

Test(config, override_takes_lists_and_maps)
{
    config_node *root = parsed("a: 1\n");
    overridden(root, "a=[1, {b: 2}]");
    printed(root, false, "a:\n  - 1\n  - {b: 2}\n");
    cr_expect_eq(root->first->first->parent, root->first);
}

Test(config, override_addresses_list_entries_by_number)
{
    config_node *root = parsed("a: [1, {b: 2}]\n");
    overridden(root, "a.1.b=3");
    overridden(root, "a.0=x y");
    printed(root, false, "a:\n  - x y\n  - {b: 3}\n");
    override_refused(root, "a.2=1",
                     "command line: 'a.2=1': '2' is no entry of this list of 2; they are numbered from 0");
    override_refused(root, "a.-1=1",
                     "command line: 'a.-1=1': '-1' is no entry of this list of 2; they are numbered from 0");
}

Test(config, override_keeps_a_64_bit_seed_as_text)
{
    config_node *root = parsed("seed: 1\n");
    overridden(root, "seed=18446744073709551615");
    cr_expect_str_eq(root->first->text, "18446744073709551615");
}

Test(config, override_may_hold_an_equals_sign)
{
    config_node *root = parsed("a: 1\n");
    overridden(root, "a=b=c");
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
    for (int k = 0; k < 40; k++)
        strcat(text, "x.");
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
