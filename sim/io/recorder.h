/* What run.h5 holds of a run: spikes, variables, weights and parameters as `record:` asks, and the metrics of every
 * iteration. */
#ifndef RECORDER_H
#define RECORDER_H

#include "build.h"
#include "result.h"

typedef struct recorder recorder;

LSNN_MUST_USE lsnn_status recorder_new(recorder **out, experiment *e, lsnn_error *err);

/* The growing columns, in a fixed order, and a row counter for each: what result_new, result_resume and checkpoints take. */
const result_column *recorder_columns(const recorder *r, int *n);
uint64_t *recorder_rows(recorder *r);

/* The parts that do not grow: attributes, /config, /populations, sources and targets of recorded weights, mappings. */
typedef struct recorder_subject {
    const experiment *e;
    const char *command; /* as the user typed it */
    const uint64_t *id;  /* run_state.id */
    int n_threads;
} recorder_subject;
LSNN_MUST_USE lsnn_status recorder_head(store *file, const void *subject, lsnn_error *err);
/* When the run is over: the parameters that neurons have learned, recorded or not. */
LSNN_MUST_USE lsnn_status recorder_tail(store *file, const void *subject, lsnn_error *err);
/* LSNN_DATA: the file belongs to a run with another id. */
LSNN_MUST_USE lsnn_status recorder_check(const store *file, const void *subject, lsnn_error *err);

/* Before an iteration: what the trainer must show, or NULL when nothing is due. */
const trainer_recorder *recorder_due(recorder *r);
/* After it: append what was seen. */
LSNN_MUST_USE lsnn_status recorder_iteration(recorder *r, result *into, const metrics *m, lsnn_error *err);
/* After the last one, once: weights and parameters as they are in the end. */
LSNN_MUST_USE lsnn_status recorder_end(recorder *r, result *into, lsnn_error *err);
LSNN_MUST_USE lsnn_status recorder_validation(recorder *r, result *into, const metrics *m, lsnn_error *err);
LSNN_MUST_USE lsnn_status recorder_test(recorder *r, result *into, const metrics *m, lsnn_error *err);

#endif
