/* The config as a tree: mistakes with their place, looking up, adding. */
#include "config.h"
#include <stdarg.h>
#include <string.h>

#define SHOWN_COLUMNS 100 /* of a long line */
#define TAIL_BYTES 64     /* room for "and N more mistakes" */

/* A line for a person: blanks in front trimmed, a window around the column if it is long, nothing in it that a terminal
 * would obey. Columns count characters, from 1; the return value is where the given column now stands, from 0. */
static int excerpt_cut(char *out, size_t size, const char *line, int column) {
    int first = 0;
    while (*line == ' ' || *line == '\t') {
        line++;
        first++;
    }
    int caret = column > first ? column - 1 - first : 0, skip = caret > SHOWN_COLUMNS / 2 ? caret - SHOWN_COLUMNS / 2 : 0;
    size_t used = 0;
    if (skip > 0) {
        memcpy(out, "...", 3);
        used = 3;
    }
    int position = -1; /* of the character in the line */
    for (const char *at = line; *at != '\0' && *at != '\n'; at++) {
        bool starts = ((unsigned char)*at & 0xC0) != 0x80;
        position += starts;
        if (position < skip) continue;
        if (starts && (position >= skip + SHOWN_COLUMNS || used + 8 > size)) {
            memcpy(out + used, "...", 3);
            used += 3;
            break;
        }
        out[used++] = *at == '\t' ? ' ' : (unsigned char)*at < ' ' || *at == 127 ? '?' : *at;
        if (used + 1 >= size) break; /* only if the text is no UTF-8 */
    }
    out[used] = '\0';
    return caret - skip + (skip > 0 ? 3 : 0);
}

/* At most `size` bytes of a sentence, cut between characters; control characters are shown, not obeyed. */
static void sentence_clean(char *text, size_t size, int length) {
    if ((size_t)length >= size) {
        size_t end = size - 4;
        while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80) end--;
        memcpy(text + end, "...", 4);
    }
    for (char *at = text; *at != '\0'; at++) {
        if (((unsigned char)*at < ' ' && *at != '\n') || *at == 127) *at = '?';
    }
}

/* The line and the underline, each indented. */
static void excerpt_append(char *out, size_t size, const config_place *place) {
    char line[SHOWN_COLUMNS * 4 + 16];
    int caret = excerpt_cut(line, sizeof line, place->excerpt, place->column);
    int length = place->length < 1 ? 1 : place->length;
    if (length > SHOWN_COLUMNS) length = SHOWN_COLUMNS;
    int used = snprintf(out, size, "\n    %s\n    %*s^", line, caret, "");
    for (int i = 1; i < length && caret + i < SHOWN_COLUMNS && (size_t)used + 1 < size; i++) out[used++] = '~';
    out[used] = '\0';
}

static int place_print(char *out, size_t size, const config_place *place) {
    if (place == NULL || place->file == NULL) return snprintf(out, size, "%s", "");
    if (place->line > 0) return snprintf(out, size, "%.500s:%d:%d: ", place->file, place->line, place->column);
    if (place->excerpt == NULL) return snprintf(out, size, "%.500s: ", place->file);
    char line[SHOWN_COLUMNS * 4 + 16];
    excerpt_cut(line, sizeof line, place->excerpt, 1);
    return snprintf(out, size, "%.500s: '%s': ", place->file, line);
}

/* Adds a mistake to the message, or says how many have found no room in it. */
static void report_append(config_report *report, const char *text) {
    char *message = report->error.message;
    size_t size = sizeof report->error.message, used = strlen(message), length = strlen(text);
    bool tail = report->n_shown < report->n_mistakes;
    report->n_mistakes++;
    if (!tail && used + length + 1 + TAIL_BYTES < size) {
        snprintf(message + used, size - used, "%s%s", used > 0 ? "\n" : "", text);
        report->n_shown++;
        return;
    }
    if (tail) used = (size_t)(strrchr(message, '\n') - message);
    int more = report->n_mistakes - report->n_shown;
    snprintf(message + used, size - used, "\nand %d more mistake%s", more, more == 1 ? "" : "s");
}

void config_mistake(config_report *report, const config_place *place, const char *format, ...) {
    char sentence[1024];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    sentence_clean(sentence, sizeof sentence, length);

    if (report->n_mistakes == 0) {
        report->error = (lsnn_error){.status = LSNN_CONFIG};
        if (place != NULL && place->file != NULL) {
            snprintf(report->error.file, sizeof report->error.file, "%s", place->file);
            report->error.line = place->line;
            report->error.column = place->column;
        }
    }
    char text[3072];
    int used = place_print(text, sizeof text, place);
    used += snprintf(text + used, sizeof text - (size_t)used, "%s", sentence);
    if (place != NULL && place->excerpt != NULL && place->column > 0) {
        excerpt_append(text + used, sizeof text - (size_t)used, place);
    }
    report_append(report, text);
}

lsnn_status config_verdict(const config_report *report, lsnn_error *err) {
    if (report->n_mistakes == 0) return LSNN_OK;
    if (err != NULL) *err = report->error;
    return report->error.status;
}

config_node *config_get(const config_node *map, const char *key) {
    if (map == NULL || map->kind != CONFIG_MAP) return NULL;
    for (config_node *child = map->first; child != NULL; child = child->next) {
        if (strcmp(child->key, key) == 0) return child;
    }
    return NULL;
}

int config_count(const config_node *node) {
    int n = 0;
    for (const config_node *child = node->first; child != NULL; child = child->next) n++;
    return n;
}

lsnn_status config_add(config_node **out, config_node *parent, arena *a, config_kind kind, const char *key,
                       const char *text, config_origin origin, lsnn_error *err) {
    config_node *node;
    TRY(arena_take(a, &node, 1, sizeof *node, err));
    node->kind = kind;
    node->origin = origin;
    node->parent = parent;
    if (key != NULL) TRY(arena_text(a, &node->key, key, strlen(key), err));
    if (text != NULL) TRY(arena_text(a, &node->text, text, strlen(text), err));
    node->place.file = origin == CONFIG_OVERRIDE  ? "command line"
                       : origin == CONFIG_DEFAULT ? "default"
                                                  : parent->place.file;
    node->key_place = node->place;

    config_node **link = &parent->first;
    while (*link != NULL) link = &(*link)->next;
    *link = node;
    *out = node;
    return LSNN_OK;
}

static int position_in_parent(const config_node *node) {
    int position = 0;
    for (const config_node *child = node->parent->first; child != node; child = child->next) position++;
    return position;
}

lsnn_status config_path(const char **out, const config_node *node, arena *a, lsnn_error *err) {
    if (node->parent == NULL) return arena_text(a, out, "", 0, err);
    const char *above;
    TRY(config_path(&above, node->parent, a, err));
    const char *dot = above[0] == '\0' ? "" : ".";
    if (node->key != NULL) return arena_format(a, out, err, "%s%s%s", above, dot, node->key);
    return arena_format(a, out, err, "%s%s%d", above, dot, position_in_parent(node));
}
