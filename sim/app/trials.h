/* What has become of the trials of a sweep, for its report: outcomes, learning curves, and which setting matters. */
#ifndef TRIALS_H
#define TRIALS_H

#include "collect.h"

/* One setting that is swept. */
typedef struct trials_setting {
    const char *path;
    bool numeric, log;  /* all values are numbers; they span a factor of 20 or more */
    int n_levels;       /* different values of a list or range; 0: it is drawn, each trial has its own */
    const char **level; /* [n_levels] as text, in the sweep's order */
    double share;       /* of the metric's variance over trials that it explains; NaN: not known */
} trials_setting;

typedef struct trials {
    const sweep *s;
    collect_count count;
    int metric;       /* OUTCOME_... */
    bool minimised;   /* losses and errors are better when they are smaller; else nothing is better */
    size_t n;         /* trials with an outcome */
    size_t *number;   /* [n] */
    outcome *outcome; /* [n] */
    size_t *order;    /* [n] places in `number`, the best first; by number if nothing is better */
    int n_settings;
    trials_setting *settings; /* the one that explains most first */
} trials;

/* `metric`: by name; NULL: that of the search, else the first of test_error, validation_error, error, ... that trials have. */
LSNN_MUST_USE lsnn_status trials_read(trials **out, const char *folder, const char *metric, arena *a, lsnn_error *err);
/* The metric of the k-th trial; NaN: it failed, or has none. */
double trials_value(const trials *t, size_t k);
/* The setting's value in the k-th trial as text, NULL: it has none there; as a number, NaN: it is none; and its level, -1: it has none. */
const char *trials_text(const trials *t, size_t k, const trials_setting *of);
double trials_number(const trials *t, size_t k, const trials_setting *of);
int trials_level(const trials *t, size_t k, const trials_setting *of);

/* Mean over trials at a level (of others, `of2` at `level2`, too; NULL: any), its standard error, and how many they are. */
typedef struct trials_mean {
    double mean, sem;
    size_t n;
} trials_mean;
trials_mean trials_mean_of(const trials *t, const trials_setting *of, int level, const trials_setting *of2, int level2);

/* The metric by iteration, from metrics.csv of the k-th trial (in place of a test: the validation, else the batches), in at most
 * TRIALS_MOST_POINTS means; n 0: there is none. */
enum { TRIALS_MOST_POINTS = 100 };
typedef struct trials_course {
    size_t n;
    double *iteration, *value;
} trials_course;
LSNN_MUST_USE lsnn_status trials_course_of(trials_course *out, const trials *t, size_t k, arena *a, lsnn_error *err);

#endif
