/* Config trees as YAML. */
#include "parsed_config.h"

TestSuite(config_write, .init = config_start, .fini = config_end, .timeout = 60);

static void unchanged(const char *text)
{
    printed(parsed(text), false, text);
}

Test(config_write, writes_short_maps_and_lists_on_one_line)
{
    unchanged("a: {b: 1, c: 2 ms}\nd: [1, 2]\ne: {}\nf: []\n");
}

Test(config_write, writes_nested_lists_and_maps)
{
    unchanged("a:\n  - - 1\n    - [2, 3]\n  - b: 1\n    c:\n      - d: {e: 1}\n  - {}\n");
}

Test(config_write, writes_long_lists_line_by_line)
{
    char text[1024] = "a:\n";
    for (int k = 0; k < 40; k++)
        strcat(text, "  - 1000\n");
    unchanged(text);
}

Test(config_write, writes_quotes_where_they_were_or_are_needed)
{
    unchanged("a: \"5\"\nb: \"x\\n\\\"\\\\\\t\\x01\\x85\\u2028\"\nc: \"\"\nd:\ne: x, [y]\nf: [\"a, b\"]\n\"- k\": "
              "http://x\n");
}

Test(config_write, text_that_brackets_would_split_is_written_without_them)
{
    unchanged("a:\n  b: x, y\nc:\n  - p:q\n  -\n");
}

Test(config_write, text_with_line_breaks_reads_back)
{
    const config_node *root = parsed("a: |\n  one\n  two\nb: >-\n  x\n\n  y\nc: p\n\n  q\n");
    printed(root, false, "a: \"one\\ntwo\\n\"\nb: \"x\\ny\"\nc: \"p\\nq\"\n");
    cr_expect(config_get(root, "c")->quoted);
}

Test(config_write, comments_say_where_a_value_comes_from)
{
    config_node *root = parsed("a: 1\nlif: {n: 5}\n"), *node;
    overridden(root, "a=2");
    overridden(root, "b={x: 1, y: 2}");
    cr_assert_eq(config_add(&node, config_get(root, "lif"), memory, CONFIG_SCALAR, "tau", "3", CONFIG_DEFAULT, &err),
                 LSNN_OK);
    cr_assert_eq(config_add(&node, root, memory, CONFIG_MAP, "m", NULL, CONFIG_DEFAULT, &err), LSNN_OK);
    printed(root, true,
            "a: 2  # command line\nlif:\n  n: 5\n  tau: 3  # default\nb: {x: 1, y: 2}  # command line\n"
            "m: {}  # default\n");
    printed(root, false, "a: 2\nlif: {n: 5, tau: 3}\nb: {x: 1, y: 2}\nm: {}\n");
}

Test(config_write, an_empty_map_is_written_as_one)
{
    printed(parsed("{}"), false, "{}\n");
}

Test(config_write, a_full_disk_is_an_error)
{
    FILE *full = fopen("/dev/full", "w");
    cr_assert_not_null(full);
    cr_expect_eq(config_write(parsed("a: 1\n"), full, false, &err), LSNN_OUTPUT);
    cr_expect_str_eq(err.message, "cannot write the configuration: No space left on device");
    fclose(full);
}

Test(config_write, added_text_that_yaml_would_not_give_back_gets_quotes)
{
    const char *const texts[] = {"x #y", "a: b", "-", "---", "a:", " a", "{", "%a", "a #", "? a"};
    for (int k = 0; k < 10; k++) {
        config_node *root = parsed("{}"), *node, *again;
        const char *text;
        cr_assert_eq(config_add(&node, root, memory, CONFIG_SCALAR, texts[k], texts[k], CONFIG_FILE, &err), LSNN_OK);
        cr_assert_eq(config_print(&text, root, memory, false, &err), LSNN_OK);
        again = parsed(text);
        cr_expect_str_eq(again->first->key, texts[k]);
        cr_expect_str_eq(again->first->text, texts[k]);
    }
}
