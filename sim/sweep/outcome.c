/* Outcomes. What reads them understands what is written here, no other JSON. */
#include "outcome.h"
#include "version.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define OUTCOME_TEXT(name) #name,
const char *const outcome_metric[OUTCOME_N_METRICS] = {OUTCOME_METRICS(OUTCOME_TEXT)};
const char *const outcome_text[] = {"done", "paused", "stopped", "failed", NULL};

void outcome_begin(outcome *o)
{
    const time_t now = time(NULL);
    struct tm utc;
    *o = (outcome){.goal = -1};
    for (int k = 0; k < OUTCOME_N_METRICS; k++)
        o->metric[k] = NAN;
    if (gmtime_r(&now, &utc)) strftime(o->started, sizeof o->started, "%Y-%m-%dT%H:%M:%SZ", &utc);
    if (gethostname(o->host, sizeof o->host - 1) != 0) o->host[0] = '\0';
    snprintf(o->version, sizeof o->version, "%s %s", version_number, version_commit);
}

static void put_text(FILE *file, const char *key, const char *text)
{
    fprintf(file, ", \"%s\": \"", key);
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(file, "\\%c", *c);
        else if (*c == '\n')
            fputs("\\n", file);
        else
            fputc((unsigned char)*c < ' ' ? ' ' : *c, file);
    }
    fputc('"', file);
}

static void put(FILE *file, const outcome *o)
{
    fprintf(file, "{\"status\": \"%s\", \"seed\": %" PRIu64 ", \"iterations\": %" PRIu64 ", \"goal_reached\": %s",
            outcome_text[o->status], o->seed, o->iterations,
            o->goal < 0 ? "null"
            : o->goal   ? "true"
                        : "false");
    for (int k = 0; k < OUTCOME_N_METRICS; k++)
        if (!isnan(o->metric[k])) fprintf(file, ", \"%s\": %.9g", outcome_metric[k], o->metric[k]);
    fprintf(file, ", \"seconds\": %.6f", o->seconds);
    put_text(file, "started", o->started);
    put_text(file, "host", o->host);
    put_text(file, "version", o->version);
    if (o->message[0]) put_text(file, "message", o->message);
    fputs("}\n", file);
}

lsnn_status outcome_write(const outcome *o, const char *path, lsnn_error *err)
{
    char part[PATH_MAX];
    if (snprintf(part, sizeof part, "%s.%ld.tmp", path, (long)getpid()) >= (int)sizeof part)
        return lsnn_fail(err, LSNN_OUTPUT, "the name of the folder is too long");
    FILE *file = fopen(part, "w");
    if (!file) return lsnn_fail(err, LSNN_OUTPUT, "%s cannot be written: %s", path, strerror(errno));
    put(file, o);
    /* What took long is worth the time that the disk needs; the rest would be done anew after a power cut. */
    const bool good = fflush(file) == 0 && (o->seconds < 1 || fsync(fileno(file)) == 0);
    const int code = errno;
    if (fclose(file) == 0 && good && rename(part, path) == 0) return LSNN_OK;
    const int reason = good ? errno : code;
    unlink(part);
    return lsnn_fail(err, LSNN_OUTPUT, "%s cannot be written: %s", path, strerror(reason));
}

/* What follows "key": in the line. */
static const char *find(const char *line, const char *key)
{
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\": ", key);
    const char *at = strstr(line, quoted);
    return at ? at + strlen(quoted) : NULL;
}

static void take_text(char *out, size_t room, const char *line, const char *key)
{
    const char *at = find(line, key);
    size_t n = 0;
    if (at && *at == '"')
        for (at++; *at && *at != '"' && n + 1 < room; at++) {
            const bool escaped = *at == '\\';
            if (escaped) at++;
            out[n++] = escaped && *at == 'n' ? '\n' : *at;
        }
    out[n] = '\0';
}

static bool take_status(outcome *o, const char *line)
{
    char word[16];
    take_text(word, sizeof word, line, "status");
    for (int k = 0; outcome_text[k]; k++) {
        o->status = (outcome_status)k;
        if (strcmp(word, outcome_text[k]) == 0) return true;
    }
    return false;
}

static uint64_t take_count(const char *line, const char *key)
{
    const char *at = find(line, key);
    return at ? strtoull(at, NULL, 10) : 0;
}

static double take_number(const char *line, const char *key)
{
    const char *at = find(line, key);
    return at ? strtod(at, NULL) : NAN;
}

bool outcome_read(outcome *o, const char *path)
{
    char line[4096];
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    const ssize_t n = read(fd, line, sizeof line - 1);
    close(fd);
    if (n < 2 || line[n - 1] != '\n' || line[n - 2] != '}') return false;
    line[n] = '\0';
    *o = (outcome){0};
    if (!take_status(o, line)) return false;
    o->seed = take_count(line, "seed");
    o->iterations = take_count(line, "iterations");
    const char *goal = find(line, "goal_reached");
    o->goal = !goal || *goal == 'n' ? -1 : *goal == 't';
    for (int k = 0; k < OUTCOME_N_METRICS; k++)
        o->metric[k] = take_number(line, outcome_metric[k]);
    o->seconds = take_number(line, "seconds");
    take_text(o->started, sizeof o->started, line, "started");
    take_text(o->host, sizeof o->host, line, "host");
    take_text(o->version, sizeof o->version, line, "version");
    take_text(o->message, sizeof o->message, line, "message");
    return true;
}
