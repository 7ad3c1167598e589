/* Any bytes as a config: read, override (what follows a zero byte), write; what was written reads back as the same tree. */
#include "config.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void demand(bool holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "fuzz_config: %s\n", what);
    abort();
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_tree(const config_node *a, const config_node *b)
{
    if (a->kind != b->kind || a->quoted != b->quoted) return false;
    if (!same_text(a->key, b->key) || (a->kind == CONFIG_SCALAR && !same_text(a->text, b->text))) return false;
    const config_node *x = a->first, *y = b->first;
    for (; x && y; x = x->next, y = y->next)
        if (!same_tree(x, y)) return false;
    return !x && !y;
}

static void read_back(const config_node *root, arena *a, bool comments)
{
    lsnn_error err = {0};
    const char *text;
    config_node *again;
    demand(config_print(&text, root, a, comments, &err) == LSNN_OK, "a tree cannot be written");
    if (config_parse(&again, a, "written", text, strlen(text), &err) != LSNN_OK) {
        fprintf(stderr, "%s\n%s\n", text, err.message);
        demand(false, "what was written cannot be read");
    }
    if (!same_tree(root, again)) fprintf(stderr, "%s\n", text);
    demand(same_tree(root, again), "what was written reads as something else");
}

/* An assignment that is refused may leave a half-made path, which nobody would write. */
static bool overridden(config_node *root, arena *a, const char *assignment, size_t size)
{
    lsnn_error err = {0};
    const char *text;
    demand(arena_text(a, &text, assignment, size, &err) == LSNN_OK, "no memory");
    if (config_override(root, a, text, &err) == LSNN_OK) return true;
    demand(err.message[0] != '\0', "an assignment is refused without a message");
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    arena *a;
    config_node *root;
    lsnn_error err = {0};
    demand(arena_new(&a, &err) == LSNN_OK, "no memory");
    const uint8_t *zero = size ? memchr(bytes, 0, size) : NULL;
    size_t length = zero ? (size_t)(zero - bytes) : size;
    if (config_parse(&root, a, "fuzz.yaml", (const char *)bytes, length, &err) != LSNN_OK) {
        demand(err.message[0] != '\0', "a text is refused without a message");
        demand(err.status == LSNN_CONFIG, "a text is refused with another status");
    } else {
        read_back(root, a, false);
        bool more = zero && overridden(root, a, (const char *)zero + 1, size - length - 1);
        if (more) read_back(root, a, true);
    }
    arena_free(a);
    return 0;
}
