/* Lists, ranges and intervals. */
#include "space_values.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void put_flow(FILE *out, const config_node *node)
{
    if (node->kind == CONFIG_SCALAR && !node->quoted) {
        fputs(node->text, out);
    } else if (node->kind == CONFIG_SCALAR) {
        fputc('"', out);
        for (const char *c = node->text; *c; c++)
            fprintf(out, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
        fputc('"', out);
    } else {
        fputc(node->kind == CONFIG_MAP ? '{' : '[', out);
        for (const config_node *child = node->first; child; child = child->next) {
            if (child != node->first) fputs(", ", out);
            if (node->kind == CONFIG_MAP) fprintf(out, "%s: ", child->key);
            put_flow(out, child);
        }
        fputc(node->kind == CONFIG_MAP ? '}' : ']', out);
    }
}

lsnn_status space_values_flow(const space_reading *r, const char **out, const config_node *node)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    if (!stream) return lsnn_fail(r->err, LSNN_MEMORY, "not enough memory for a value of the sweep");
    put_flow(stream, node);
    fclose(stream);
    const lsnn_status status = arena_text(r->a, out, text, length, r->err);
    free(text);
    return status;
}

static lsnn_status take_values(const space_reading *r, space_parameter *p, int n)
{
    p->n = n;
    return arena_take(r->a, &p->values, (size_t)n, sizeof *p->values, r->err);
}

lsnn_status space_values_list(const space_reading *r, space_parameter *p, const config_node *list)
{
    int k = 0;
    if (list->kind != CONFIG_LIST || !list->first) {
        config_mistake(r->report, &list->place, "'%s' needs a list of values that is not empty", p->path);
        return LSNN_OK;
    }
    TRY(take_values(r, p, config_count(list)));
    for (const config_node *entry = list->first; entry; entry = entry->next, k++) {
        p->values[k].place = entry->place;
        TRY(space_values_flow(r, &p->values[k].text, entry));
    }
    return LSNN_OK;
}

/* count values first, first + step, ...; exact for whole numbers. */
static lsnn_status count_up(const space_reading *r, space_parameter *p, double first, double step, double count,
                            const config_node *node)
{
    char text[32];
    if (!(count >= 1)) {
        config_mistake(r->report, &node->place, "the range of '%s' is empty", p->path);
        return LSNN_OK;
    }
    if (count > SPACE_MOST_TRIALS) {
        config_mistake(r->report, &node->place, "the range of '%s' has %.3g values; at most %d trials make a sweep",
                       p->path, count, SPACE_MOST_TRIALS);
        return LSNN_OK;
    }
    TRY(take_values(r, p, (int)count));
    p->monotonic = true;
    for (int k = 0; k < p->n; k++) {
        const double value = first + k * step;
        if (value == floor(value) && fabs(value) < 1e15)
            snprintf(text, sizeof text, "%.0f", value);
        else
            snprintf(text, sizeof text, "%.12g", value);
        p->values[k].place = node->place;
        TRY(arena_text(r->a, &p->values[k].text, text, strlen(text), r->err));
    }
    return LSNN_OK;
}

/* a..b, whole numbers. */
static bool is_range(double *from, double *to, const char *text)
{
    char *end;
    const long a = strtol(text, &end, 10);
    if (end == text || strncmp(end, "..", 2) != 0) return false;
    const char *second = end + 2;
    const long b = strtol(second, &end, 10);
    *from = (double)a;
    *to = (double)b;
    return end != second && *end == '\0';
}

lsnn_status space_values_scalar(const space_reading *r, space_parameter *p, const config_node *node)
{
    double from, to;
    if (!node->quoted && is_range(&from, &to, node->text)) return count_up(r, p, from, 1, to - from + 1, node);
    TRY(take_values(r, p, 1));
    p->values[0].place = node->place;
    return space_values_flow(r, &p->values[0].text, node);
}

/* Exactly n numbers. */
static bool read_numbers(const space_reading *r, double *out, int n, const char *what, const config_node *node)
{
    const lsnn_field field = {.name = what, .kind = LSNN_REAL, .min = -INFINITY, .max = INFINITY};
    if (node->kind != CONFIG_LIST || config_count(node) != n) {
        config_mistake(r->report, &node->place, "'%s' takes %s", what,
                       n == 2 ? "[low, high]" : "three numbers: [first, last, step], or [first, last, how many]");
        return false;
    }
    for (const config_node *entry = node->first; entry; entry = entry->next)
        if (!fields_number(out++, &field, entry, &r->fields)) return false;
    return true;
}

static lsnn_status read_steps(const space_reading *r, space_parameter *p, const config_node *node)
{
    double n[3] = {0};
    if (!read_numbers(r, n, 3, "range", node)) return LSNN_OK;
    if (n[2] == 0 || (n[1] - n[0]) / n[2] < 0) {
        config_mistake(r->report, &node->place, "the range of '%s' is empty", p->path);
        return LSNN_OK;
    }
    return count_up(r, p, n[0], n[2], floor((n[1] - n[0]) / n[2] * (1 + 1e-12)) + 1, node);
}

static lsnn_status read_linear(const space_reading *r, space_parameter *p, const config_node *node)
{
    double n[3] = {0};
    if (!read_numbers(r, n, 3, "linear", node)) return LSNN_OK;
    return count_up(r, p, n[0], n[2] > 1 ? (n[1] - n[0]) / (n[2] - 1) : 0, floor(n[2]), node);
}

static lsnn_status read_log(const space_reading *r, space_parameter *p, const config_node *node)
{
    double n[3] = {0};
    if (!read_numbers(r, n, 3, "log", node)) return LSNN_OK;
    if (n[0] <= 0 || n[1] <= 0) {
        config_mistake(r->report, &node->place, "'log' takes numbers above 0");
        return LSNN_OK;
    }
    TRY(count_up(r, p, 0, 0, floor(n[2]), node));
    for (int k = 0; k < p->n; k++) {
        const double part = p->n > 1 ? (double)k / (p->n - 1) : 0;
        TRY(arena_format(r->a, &p->values[k].text, r->err, "%.6g", exp(log(n[0]) + part * (log(n[1]) - log(n[0])))));
    }
    return LSNN_OK;
}

static lsnn_status read_interval(const space_reading *r, space_parameter *p, const config_node *node)
{
    double n[2] = {0};
    const bool whole = p->sort == SPACE_INTEGER || p->sort == SPACE_LOG_INTEGER;
    const bool logarithmic = p->sort == SPACE_LOG_UNIFORM || p->sort == SPACE_LOG_INTEGER;
    if (!read_numbers(r, n, 2, node->key, node)) return LSNN_OK;
    p->low = n[0];
    p->high = n[1];
    if (!(p->low < p->high))
        config_mistake(r->report, &node->place, "the range of '%s' is empty: the low end must be below the high one",
                       p->path);
    else if (logarithmic && p->low <= 0)
        config_mistake(r->report, &node->place, "'%s' takes numbers above 0", node->key);
    else if (whole && (p->low != floor(p->low) || p->high != floor(p->high) || p->high - p->low > 1e9))
        config_mistake(r->report, &node->place, "'%s' takes whole numbers that are at most 1e9 apart", node->key);
    return LSNN_OK;
}

lsnn_status space_values_of_kind(const space_reading *r, space_parameter *p, int kind, const config_node *node)
{
    static const space_sort sorts[SPACE_VALUES_KINDS] = {
        [4] = SPACE_UNIFORM, SPACE_LOG_UNIFORM, SPACE_INTEGER, SPACE_LOG_INTEGER, SPACE_CHOICE};
    p->sort = sorts[kind];
    switch (kind) {
    case 0:
    case 8: return space_values_list(r, p, node);
    case 1: return read_steps(r, p, node);
    case 2: return read_linear(r, p, node);
    case 3: return read_log(r, p, node);
    default: return read_interval(r, p, node);
    }
}
