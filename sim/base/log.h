/* Talk to the user on stderr, and the progress line. Results go to stdout and are not this file's concern. */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG } log_level;

typedef struct log_state {
    log_level level;
    FILE *stream;             /* stderr */
    FILE *copy;               /* run.log, or NULL */
    bool terminal;            /* stream is one: the progress line is rewritten in place */
    bool colour;              /* terminal, and NO_COLOR is not set, and TERM is not dumb */
    const char *counted;      /* what progress counts: "iteration" */
    const char *unit;         /* the same in a speed: "it" per second */
    double started;           /* seconds, of a monotonic clock */
    double shown;             /* when the progress line was last written to the terminal */
    double line_shown;        /* when progress was last written as a plain line */
    int percent_shown;        /* the last 10 % step that was written as a plain line */
    bool progressing;         /* between log_progress and log_progress_end */
    double progress_started;  /* the speed is measured from here */
    uint64_t progress_origin; /* what was done then */
    bool line_open;           /* a progress line stands on the terminal and must be ended before other text */
} log_state;

void log_open(log_state *l, log_level level, FILE *stream);
void log_say(log_state *l, log_level level, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* A line of progress: on a terminal rewritten at most 5 times a second and cut to its width, else (and in the copy) a plain
 * line per 10 % or per minute. `done` of `total`; text: what stands after the percentage. The time left is added from the
 * speed so far:
 *     iteration 812/2000  41%  loss 0.083  error 0.06  rate 11.2 Hz  30 it/s  left 6 min */
void log_progress(log_state *l, uint64_t done, uint64_t total, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Whether log_progress would write now, so that a caller need not compute the text in vain. */
bool log_progress_due(const log_state *l, uint64_t done, uint64_t total);
void log_progress_end(log_state *l);
double log_seconds(void); /* of the monotonic clock */

#endif
