/* A tree as YAML: a line for each scalar, short maps and lists of scalars in brackets. */
#include "config.h"
#include "config_inside.h"
#include "utf8.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 100, STEP = 2 };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\0';
}

bool config_plain(const char *text)
{
    size_t length = strlen(text);
    if (length == 0) return true;
    if (is_blank(text[0]) || is_blank(text[length - 1]) || strchr(",[]{}#&*!|>'\"%@`", text[0])) return false;
    if (strchr("-?:", text[0]) && is_blank(text[1])) return false;
    if ((strncmp(text, "---", 3) == 0 || strncmp(text, "...", 3) == 0) && is_blank(text[3])) return false;
    uint32_t point;
    for (int n; (n = utf8_next(&point, text)) > 0; text += n) {
        if (!utf8_is_printable(point) || (point == ':' && is_blank(text[1]))) return false;
        if ((point == ' ' || point == '\t') && text[1] == '#') return false;
    }
    return true;
}

/* Inside brackets. */
static bool plain_in_brackets(const char *text)
{
    return *text && config_plain(text) && !strpbrk(text, ",[]{}?:");
}

/* Returns the bytes; `out` is NULL to only count them. */
static size_t put(FILE *out, const char *text)
{
    if (out) fputs(text, out);
    return strlen(text);
}

static size_t put_quoted(FILE *out, const char *text)
{
    size_t used = put(out, "\"");
    uint32_t point;
    for (int n; (n = utf8_next(&point, text)) > 0; text += n) {
        char piece[16];
        if (point == '"' || point == '\\')
            snprintf(piece, sizeof piece, "\\%c", (char)point);
        else if (point == '\n')
            snprintf(piece, sizeof piece, "\\n");
        else if (point == '\t')
            snprintf(piece, sizeof piece, "\\t");
        else if (utf8_is_printable(point))
            snprintf(piece, sizeof piece, "%.*s", n, text);
        else if (point < 0x100)
            snprintf(piece, sizeof piece, "\\x%02X", (unsigned)point);
        else
            snprintf(piece, sizeof piece, "\\u%04X", point == UTF8_ILL_FORMED ? 0xfffd : (unsigned)point);
        used += put(out, piece);
    }
    return used + put(out, "\"");
}

static size_t put_text(FILE *out, const char *text, bool quoted)
{
    return quoted ? put_quoted(out, text) : put(out, text);
}

static size_t put_scalar(FILE *out, const config_node *node)
{
    return put_text(out, node->text, node->quoted || !config_plain(node->text));
}

static size_t put_in_brackets(FILE *out, const config_node *node)
{
    size_t used = put(out, node->kind == CONFIG_MAP ? "{" : "[");
    for (const config_node *child = node->first; child; child = child->next) {
        if (child != node->first) used += put(out, ", ");
        if (node->kind == CONFIG_MAP) {
            used += put_text(out, child->key, !plain_in_brackets(child->key));
            used += put(out, ": ");
        }
        used += put_scalar(out, child);
    }
    return used + put(out, node->kind == CONFIG_MAP ? "}" : "]");
}

/* Comments on single values need a line for each, unless all of them come from one origin. */
static bool fits_in_brackets(const config_node *node, size_t column, bool comments)
{
    if (node->kind == CONFIG_SCALAR) return false;
    size_t least = column;
    for (const config_node *child = node->first; child; child = child->next) {
        least += 3; /* so that a long list is not measured to its end */
        if (child->kind != CONFIG_SCALAR || least > WIDTH) return false;
        if (!child->quoted && !plain_in_brackets(child->text)) return false;
        if (comments && child->origin != node->first->origin) return false;
    }
    return column + put_in_brackets(NULL, node) <= WIDTH;
}

static void put_comment(FILE *out, config_origin origin, bool comments)
{
    if (comments && origin == CONFIG_DEFAULT) fputs("  # default", out);
    if (comments && origin == CONFIG_OVERRIDE) fputs("  # command line", out);
    fputc('\n', out);
}

static void put_children(FILE *out, const config_node *node, int indent, bool continues_line, bool comments);

/* What follows `key:` or `-`; `column` is where that ends. */
static void put_value(FILE *out, const config_node *node, int indent, size_t column, bool comments)
{
    if (node->kind == CONFIG_SCALAR) {
        if (*node->text || node->quoted) fputc(' ', out);
        put_scalar(out, node);
        put_comment(out, node->origin, comments);
    } else if (!node->first || fits_in_brackets(node, column + 1, comments)) {
        fputc(' ', out);
        put_in_brackets(out, node);
        put_comment(out, node->first ? node->first->origin : node->origin, comments);
    } else {
        bool in_list = !node->key;
        fputc(in_list ? ' ' : '\n', out);
        put_children(out, node, indent + STEP, in_list, comments);
    }
}

/* The first child of a list's entry stands behind the entry's dash. */
static void put_children(FILE *out, const config_node *node, int indent, bool continues_line, bool comments)
{
    for (const config_node *child = node->first; child; child = child->next) {
        if (!continues_line || child != node->first) fprintf(out, "%*s", indent, "");
        size_t column = (size_t)indent;
        if (node->kind == CONFIG_MAP) {
            column += put_text(out, child->key, !*child->key || !config_plain(child->key));
            column += put(out, ":");
        } else {
            column += put(out, "-");
        }
        put_value(out, child, indent, column, comments);
    }
}

lsnn_status config_write(const config_node *root, FILE *out, bool comments, lsnn_error *err)
{
    errno = 0;
    if (root->first)
        put_children(out, root, 0, false, comments);
    else
        fputs(root->kind == CONFIG_MAP ? "{}\n" : "[]\n", out);
    if (fflush(out) == 0 && !ferror(out)) return LSNN_OK;
    return lsnn_fail(err, LSNN_OUTPUT, "cannot write the configuration: %s", errno ? strerror(errno) : "output error");
}

lsnn_status config_print(const char **out, const config_node *root, arena *a, bool comments, lsnn_error *err)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    if (!stream) return lsnn_fail(err, LSNN_MEMORY, "not enough memory for the configuration as text");
    lsnn_status status = config_write(root, stream, comments, err);
    fclose(stream);
    if (status == LSNN_OK) status = arena_text(a, out, text, length, err);
    free(text);
    return status;
}
