/* What a verb of the command line is, and what verbs share. */
#ifndef VERB_H
#define VERB_H

#include "build.h"
#include "log.h"

typedef struct verb {
    const char *name;
    const char *summary;  /* a line for `lsnn help` */
    const char *synopsis; /* "CONFIG [KEY=VALUE...] [options]" */
    const char *help;     /* for `lsnn help NAME` */
    /* argv[0] is the verb's name. Prints errors through verb_failed; the return value is the exit code. */
    int (*run)(int argc, char **argv);
} verb;

extern const verb verb_run, verb_resume, verb_sweep, verb_check, verb_describe, verb_replay, verb_bench, verb_analyze,
    verb_export, verb_import, verb_plot, verb_report, verb_baseline;
extern const verb *const verbs[]; /* NULL at the end */

/* Common options, taken out of argv: -o DIR, -j THREADS, -q, -v, --json, --help. The rest is in words. */
typedef struct verb_options {
    const char *output; /* -o, NULL: not given */
    int threads;        /* -j; 0: OMP_NUM_THREADS, else all processors */
    log_level level;
    bool json;
    const char *rule; /* --rule (replay) */
    const char *dump; /* --only and others: the verb's own use */
    bool dry_run;
    const char *measure, *population, *window, *trials, *by, *curve; /* analyze, export: what to look at */
    const char *to;                                                  /* export: the format */
    const char *width, *strokes;                                     /* plot */
    int neurons;
    bool csv, extensions;
    int n_words;
    const char **words;
} verb_options;

/* Fills the options; `accepts` lists the letters and long names the verb takes ("ojqv", see verb.c). A wrong option is an
 * LSNN_USAGE error. `words` is allocated in the arena. */
LSNN_MUST_USE lsnn_status verb_parse(verb_options *out, const verb *v, int argc, char **argv, const char *accepts,
                                     arena *a, lsnn_error *err);

/* `lsnn: <message>` on stderr, if there is one (else another rank says what is wrong); it is empty afterwards. */
void verb_say(lsnn_error *err);

/* The same; returns the exit code. */
int verb_failed(lsnn_error *err);

int verb_threads(const verb_options *options);

/* Build what a tree describes. */
LSNN_MUST_USE lsnn_status verb_build(experiment **out, config_node *root, int n_threads, arena *a, lsnn_error *err);

/* Read words[0] as a config with the overrides words[1..], and build it. */
LSNN_MUST_USE lsnn_status verb_load(experiment **out, const verb_options *options, arena *a, lsnn_error *err);

#endif
