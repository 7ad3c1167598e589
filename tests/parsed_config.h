/* Config trees for tests, in an empty folder, with an arena that goes with the test. */
#ifndef PARSED_CONFIG_H
#define PARSED_CONFIG_H

#include "config.h"
#include "scratch.h"

#include <criterion/criterion.h>

static arena *memory;
static lsnn_error err;

static inline void config_start(void)
{
    scratch_enter();
    cr_assert_eq(arena_new(&memory, &err), LSNN_OK, "%s", err.message);
}

static inline void config_end(void)
{
    arena_free(memory);
    scratch_leave();
}

static inline config_node *parsed_bytes(const char *text, size_t length)
{
    config_node *root = NULL;
    cr_assert_eq(config_parse(&root, memory, "run.yaml", text, length, &err), LSNN_OK, "%s", err.message);
    return root;
}

static inline config_node *parsed(const char *text)
{
    return parsed_bytes(text, strlen(text));
}

static inline void overridden(config_node *root, const char *assignment)
{
    cr_assert_eq(config_override(root, memory, assignment, &err), LSNN_OK, "%s", err.message);
}

static inline void printed(const config_node *root, bool comments, const char *expected)
{
    const char *text;
    cr_assert_eq(config_print(&text, root, memory, comments, &err), LSNN_OK, "%s", err.message);
    cr_expect_str_eq(text, expected);
}

#endif
