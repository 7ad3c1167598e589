/* Lines with the time since the start, and the line of progress that is rewritten in place. */
#include "log.h"
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define LINE_BYTES 8192
static const double seconds_between_rewrites = 0.2, seconds_between_lines = 60;

double log_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void forget_progress(log_state *l)
{
    l->shown = l->line_shown = -INFINITY;
    l->percent_shown = -1;
    l->progressing = false;
}

void log_open(log_state *l, log_level level, FILE *stream)
{
    const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");
    *l = (log_state){.level = level, .stream = stream, .started = log_seconds(), .counted = "iteration", .unit = "it"};
    l->terminal = isatty(fileno(stream));
    l->colour =
        l->terminal && (no_colour == NULL || no_colour[0] == '\0') && terminal != NULL && strcmp(terminal, "dumb") != 0;
    forget_progress(l);
}

/* Columns that can be written without the cursor going to the next line. */
static int width_of(FILE *stream)
{
    struct winsize size;
    bool known = ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return (known ? size.ws_col : 80) - 1;
}

/* Further lines of a text start below its first one. */
static void write_text(FILE *stream, double time, const char *label, const char *text)
{
    int indent = fprintf(stream, "%7.1f s  ", time);
    fputs(label, stream);
    for (const char *at = text; *at != '\0'; at++) {
        fputc(*at, stream);
        if (*at == '\n') fprintf(stream, "%*s", indent, "");
    }
    fputc('\n', stream);
    fflush(stream);
}

static void erase_progress(log_state *l)
{
    if (l->line_open) fprintf(l->stream, "\r%*s\r", width_of(l->stream), "");
    l->line_open = false;
    l->shown = -INFINITY; /* it comes back at once */
}

void log_say(log_state *l, log_level level, const char *format, ...)
{
    static const char *const labels[] = {"error: ", "warning: ", "", "debug: "};
    static const char *const coloured[] = {"\033[1;31merror:\033[0m ", "\033[1;33mwarning:\033[0m ", "",
                                           "\033[2mdebug:\033[0m "};
    if (level > l->level) return;
    char text[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    double time = log_seconds() - l->started;
    erase_progress(l);
    write_text(l->stream, time, (l->colour ? coloured : labels)[level], text);
    if (l->copy != NULL) write_text(l->copy, time, labels[level], text);
}

static int percent_of(uint64_t done, uint64_t total)
{
    if (done >= total) return 100;
    return (int)(100 * (double)done / (double)total);
}

static bool rewrite_due(const log_state *l, uint64_t done, uint64_t total, double now)
{
    return l->terminal && (now - l->shown >= seconds_between_rewrites || done >= total);
}

static bool line_due(const log_state *l, uint64_t done, uint64_t total, double now)
{
    bool wanted = !l->terminal || l->copy != NULL;
    bool next_step = percent_of(done, total) / 10 * 10 > l->percent_shown;
    return wanted && (next_step || now - l->line_shown >= seconds_between_lines);
}

bool log_progress_due(const log_state *l, uint64_t done, uint64_t total)
{
    double now = log_seconds();
    return l->level >= LOG_INFO && (rewrite_due(l, done, total, now) || line_due(l, done, total, now));
}

static void print_time(char *out, size_t size, const char *label, double seconds)
{
    if (seconds < 59.5) {
        snprintf(out, size, "  %s %.0f s", label, seconds);
    } else if (seconds < 3570) {
        snprintf(out, size, "  %s %.0f min", label, seconds / 60);
    } else {
        double minutes = floor(seconds / 60 + 0.5);
        snprintf(out, size, "  %s %.0f h %02.0f min", label, floor(minutes / 60), fmod(minutes, 60));
    }
}

/* "  30 it/s  left 6 min"; nothing until there is a speed. */
static void print_speed(char *out, size_t size, const log_state *l, uint64_t done, uint64_t total, double now)
{
    double elapsed = now - l->progress_started;
    out[0] = '\0';
    if (done <= l->progress_origin || elapsed <= 0) return;
    double speed = (double)(done - l->progress_origin) / elapsed;
    int used = speed >= 1 ? snprintf(out, size, "  %.*f %s/s", speed < 9.95 ? 1 : 0, speed, l->unit)
                          : snprintf(out, size, "  %.*f s/%s", speed > 1 / 9.95 ? 1 : 0, 1 / speed, l->unit);
    bool over = done >= total;
    print_time(out + used, size - (size_t)used, over ? "in" : "left", over ? elapsed : (double)(total - done) / speed);
}

/* Cut to the terminal's width, and blanks over the rest of the last line. */
static void rewrite(const log_state *l, const char *text)
{
    int width = width_of(l->stream), columns = 0;
    fputc('\r', l->stream);
    for (const char *at = text; *at != '\0'; at++) {
        bool starts = ((unsigned char)*at & 0xC0) != 0x80; /* a character of UTF-8 */
        if (starts && columns == width) break;
        columns += starts;
        fputc((unsigned char)*at < ' ' ? ' ' : *at, l->stream);
    }
    fprintf(l->stream, "%*s", width - columns, "");
    fflush(l->stream);
}

void log_progress(log_state *l, uint64_t done, uint64_t total, const char *format, ...)
{
    double now = log_seconds();
    if (!l->progressing) {
        l->progressing = true;
        l->progress_started = now;
        l->progress_origin = done;
    }
    bool rewritten = rewrite_due(l, done, total, now), line = line_due(l, done, total, now);
    if (l->level < LOG_INFO || (!rewritten && !line)) return;

    char middle[LINE_BYTES / 2], speed[128], text[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(middle, sizeof middle, format, arguments);
    va_end(arguments);
    print_speed(speed, sizeof speed, l, done, total, now);
    snprintf(text, sizeof text, "%s %llu/%llu  %d%%%s%s%s", l->counted, (unsigned long long)done,
             (unsigned long long)total, percent_of(done, total), middle[0] != '\0' ? "  " : "", middle, speed);
    if (rewritten) {
        rewrite(l, text);
        l->line_open = true;
        l->shown = now;
    }
    if (line) {
        if (!l->terminal) write_text(l->stream, now - l->started, "", text);
        if (l->copy != NULL) write_text(l->copy, now - l->started, "", text);
        l->line_shown = now;
        l->percent_shown = percent_of(done, total) / 10 * 10;
    }
}

void log_progress_end(log_state *l)
{
    if (l->line_open) {
        fputc('\n', l->stream);
        fflush(l->stream);
    }
    l->line_open = false;
    forget_progress(l);
}
