/* run.h5: tables that grow. Rows are buffered in memory; result_commit appends them to a copy of the file and renames it over
 * the old one, so that a good file lies at `path` at every moment and can be read while the run goes on. */
#ifndef RESULT_H
#define RESULT_H

#include "store.h"

typedef struct result result;

typedef struct result_column {
    const char *path;        /* "/spikes/lif/timestamps" */
    store_type type;         /* in memory and in the file */
    size_t width;            /* elements per row; 1: the dataset is a vector, else [rows][width] */
    const char *unit;        /* attribute "units" (SONATA's spelling); NULL: none */
    const char *description; /* attribute "description"; NULL: none */
} result_column;

/* Writes the parts that do not grow: root attributes, /config, /populations, weights' sources and targets, mappings. */
typedef lsnn_status result_head(store *file, const void *subject, lsnn_error *err);

/* A new file at `path` (none may be there: LSNN_OUTPUT), committed with empty columns and status "running". */
LSNN_MUST_USE lsnn_status result_new(result **out, const char *path, const result_column *columns, int n_columns,
                                     result_head *head, const void *subject, lsnn_error *err);
/* The same in two steps: rows can be pushed at once, but there is no file before result_begin. */
LSNN_MUST_USE lsnn_status result_plan(result **out, const char *path, const result_column *columns, int n_columns,
                                      lsnn_error *err);
LSNN_MUST_USE lsnn_status result_begin(result *r, result_head *head, const void *subject, lsnn_error *err);
/* Says whether a file is the one to go on with. */
typedef lsnn_status result_check(const store *file, const void *subject, lsnn_error *err);

/* Go on with the file at `path`: each column is cut to rows[c] at the next commit. A column that is missing, of another type or
 * shorter than rows[c] is an LSNN_DATA error; so may be what `check` (NULL: none) finds. */
LSNN_MUST_USE lsnn_status result_resume(result **out, const char *path, const result_column *columns, int n_columns,
                                        const uint64_t *rows, result_check *check, const void *subject,
                                        lsnn_error *err);
LSNN_MUST_USE lsnn_status result_push(result *r, int column, size_t n_rows, const void *rows, lsnn_error *err);
size_t result_buffered(const result *r);           /* bytes that wait for a commit */
uint64_t result_rows(const result *r, int column); /* in the file and buffered */
/* Append what is buffered, set the root attributes status and finished, put the file in place. On failure (full disk) the old
 * file stays, the buffer is kept and the commit can be tried again. */
LSNN_MUST_USE lsnn_status result_commit(result *r, const char *status, lsnn_error *err);
/* The same when the run is over, with status "complete" and what `tail` writes. */
LSNN_MUST_USE lsnn_status result_finish(result *r, result_head *tail, const void *subject, lsnn_error *err);
void result_free(result *r); /* drops what was not committed; NULL is allowed */

#endif
