/* A figure of a test, and what was drawn of it. */
#ifndef DRAWN_H
#define DRAWN_H

#include "figure.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static arena *drawn_memory;
static figure *drawn_figure;
static figure_panel *drawn_last;
static char *drawn_text;

static inline figure_panel *drawn_panel(void)
{
    lsnn_error err = {0};
    if (!drawn_figure) {
        cr_assert_eq(arena_new(&drawn_memory, &err), LSNN_OK);
        cr_assert_eq(figure_new(&drawn_figure, "a test", 85, drawn_memory, &err), LSNN_OK);
    }
    cr_assert_eq(figure_panel_add(&drawn_last, drawn_figure, NULL, 30, &err), LSNN_OK);
    return drawn_last;
}

static inline void drawn_layer(const figure_layer *layer)
{
    lsnn_error err = {0};
    cr_assert_eq(figure_layer_add(drawn_last, layer, &err), LSNN_OK);
}

static inline void drawn_draw(canvas_format format)
{
    lsnn_error err = {0};
    size_t n;
    free(drawn_text);
    FILE *to = open_memstream(&drawn_text, &n);
    cr_assert_eq(figure_draw(drawn_figure, format, to, &err), LSNN_OK, "%s", err.message);
    fclose(to);
}

static inline const char *drawn_find(const char *part)
{
    const char *found = strstr(drawn_text, part);
    cr_assert_not_null(found, "no %s", part);
    return found;
}

/* How often a letter comes before the nth `end`. */
static inline int drawn_count(const char *at, char end, char letter, int nth)
{
    int n = 0;
    for (; *at && nth > 0; at++) {
        n += *at == letter;
        nth -= *at == end;
    }
    return n;
}

#endif
