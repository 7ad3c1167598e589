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
    if (utf8_is_printable(point))
        put(p, bytes, (size_t)n);
    else
        put(p, "?", 1);
}

static void put_text(paragraph *p, const char *text)
{
    uint32_t point;
    for (int n; (n = utf8_next(&point, text)) > 0; text += n)
        put_shown(p, point, text, n);
}

/* The part of a line that is shown: all but its indentation, or as much of it as fits around the column. */
typedef struct window {
    long first, end; /* code points from the start of the line */
    bool cut;        /* at its left */
} window;

static window window_of(const config_place *place)
{
    long target = place->column - 1, blanks = (long)strspn(place->excerpt, " \t");
    window w = {.first = target >= 0 && target < blanks ? target : blanks};
    w.cut = target - w.first > WIDTH - BEFORE;
    if (w.cut) w.first = target - BEFORE;
    w.end = w.first + WIDTH;
    return w;
}

static void put_line(paragraph *p, const char *line, window w)
{
    uint32_t point;
    long k = 0;
    if (w.cut) put(p, "...", 3);
    for (int n; (n = utf8_next(&point, line)) > 0 && k < w.end; line += n, k++) {
        if (k >= w.first) put_shown(p, point, line, n);
    }
    if (*line) put(p, "...", 3);
}

/* Tabs of the line are repeated, so that both have the same width. */
static void put_underline(paragraph *p, const config_place *place, window w)
{
    uint32_t point;
    const char *at = place->excerpt;
    if (w.cut) put(p, "   ", 3);
    for (long k = 0; k < place->column - 1; k++) {
        int n = utf8_next(&point, at);
        at += n;
        if (k >= w.first) put(p, n > 0 && point == '\t' ? "\t" : " ", 1);
    }
    put(p, "^", 1);
    for (long k = 1; k < place->length && place->column - 1 + k < w.end; k++)
        put(p, "~", 1);
}

static void put_assignment(paragraph *p, const config_place *place)
{
    put(p, "'", 1);
    put_line(p, place->excerpt, window_of(place));
    put(p, "': ", 3);
}

/* Without a line number the excerpt is all that there is, an assignment of the command line. `fallback`: of a
 * mistake in a default, at whose map the user is pointed; else NULL. */
static void put_mistake(paragraph *p, const config_place *place, const config_place *fallback, const char *message)
{
    char numbers[32] = ": ";
    if (place->line > 0) snprintf(numbers, sizeof numbers, ":%d:%d: ", place->line, place->column);
    put_text(p, place->file);
    put_text(p, numbers);
    if (place->line == 0 && place->excerpt) put_assignment(p, place);
    if (fallback && fallback->excerpt) {
        put_text(p, "by default ");
        put_assignment(p, fallback);
    }
    put_text(p, message);
    if (place->line == 0 || !place->excerpt) return;
    put(p, "\n    ", 5);
    put_line(p, place->excerpt, window_of(place));
    if (place->column == 0) return;
    put(p, "\n    ", 5);
    put_underline(p, place, window_of(place));
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
    const config_place *written = place; /* by the user */
    while (written->within)
        written = written->within;
    config_place from = *written;
    if (!from.file) from.file = "config";
    char message[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    paragraph p = {.used = 0};
    put_mistake(&p, &from, place->within ? place : NULL, message);
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
