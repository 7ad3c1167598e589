/* Mistakes in a config, with the line and the text that is meant. */
#include "config.h"
#include "utf8.h"
#include <stdarg.h>
#include <string.h>

enum { WIDTH = 100, BEFORE = 40, ROOM_FOR_TAIL = 32 };

typedef struct paragraph {
    char text[3072];
    size_t used;
} paragraph;

static void put(paragraph *p, const char *bytes, size_t n)
{
    if (p->used + n >= sizeof p->text) return;
    memcpy(p->text + p->used, bytes, n);
    p->used += n;
    p->text[p->used] = '\0';
}

/* Nothing that a terminal obeys gets through. */
static void put_shown(paragraph *p, uint32_t point, const char *bytes, int n)
{
    bool obeyed = (point < 0x20 && point != '\t') || (point >= 0x7f && point < 0xa0);
    if (obeyed || point == UTF8_ILL_FORMED) put(p, "?", 1);
    else put(p, bytes, (size_t)n);
}

static void put_text(paragraph *p, const char *text)
{
    uint32_t point;
    for (int n; (n = utf8_next(&point, text)) > 0; text += n) put_shown(p, point, text, n);
}

/* The place's line without its indentation; of a long line the part around the column. Under it a pointer, in which tabs
 * of the line are repeated so that both have the same width. */
static void put_excerpt(paragraph *p, const config_place *place)
{
    uint32_t point;
    long target = place->column - 1, blanks = (long)strspn(place->excerpt, " \t");
    long first = target >= 0 && target < blanks ? target : blanks;
    bool cut = target - first > WIDTH - BEFORE;
    if (cut) first = target - BEFORE;
    paragraph pointer = {.used = 0};
    put(p, cut ? "\n    ..." : "\n    ", cut ? 8 : 5);
    put(&pointer, cut ? "\n       " : "\n    ", cut ? 8 : 5);
    const char *at = place->excerpt;
    long k = 0;
    for (int n; (n = utf8_next(&point, at)) > 0 && k < first + WIDTH; at += n, k++) {
        if (k < first) continue;
        put_shown(p, point, at, n);
        if (k < target) put(&pointer, point == '\t' ? "\t" : " ", 1);
    }
    if (*at) put(p, "...", 3);
    if (target < 0) return;
    for (; k < target; k++) put(&pointer, " ", 1);
    put(&pointer, "^", 1);
    for (long m = 1; m < place->length && target + m < first + WIDTH; m++) put(&pointer, "~", 1);
    put(p, pointer.text, pointer.used);
}

static void put_mistake(paragraph *p, const config_place *place, const char *message)
{
    char numbers[32] = ": ";
    if (place->line > 0) snprintf(numbers, sizeof numbers, ":%d:%d: ", place->line, place->column);
    put_text(p, place->file);
    put_text(p, numbers);
    put_text(p, message);
    if (place->excerpt) put_excerpt(p, place);
}

static void add_tail(config_report *report)
{
    char *message = report->error.message;
    char *end = report->n_mistakes - report->n_shown > 1 ? strrchr(message, '\n') : message + strlen(message);
    snprintf(end, sizeof report->error.message - (size_t)(end - message), "\nand %d more",
             report->n_mistakes - report->n_shown);
}

void config_mistake(config_report *report, const config_place *place, const char *format, ...)
{
    lsnn_error *error = &report->error;
    report->n_mistakes++;
    if (report->n_shown < report->n_mistakes - 1) {
        add_tail(report);
        return;
    }
    config_place from = *place;
    if (!from.file) from.file = "config";
    char message[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    paragraph p = {.used = 0};
    put_mistake(&p, &from, message);
    if (report->n_shown == 0) {
        error->status = LSNN_CONFIG;
        error->line = from.line;
        error->column = from.line > 0 ? from.column : 0;
        snprintf(error->file, sizeof error->file, "%s", from.file);
    }
    size_t used = strlen(error->message);
    if (used + p.used + 1 + ROOM_FOR_TAIL > sizeof error->message) {
        add_tail(report);
        return;
    }
    snprintf(error->message + used, sizeof error->message - used, "%s%s", used ? "\n" : "", p.text);
    report->n_shown++;
}

lsnn_status config_verdict(const config_report *report, lsnn_error *err)
{
    if (report->n_mistakes == 0) return LSNN_OK;
    if (err) *err = report->error;
    return report->error.status;
}
