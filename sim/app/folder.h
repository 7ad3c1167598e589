/* The files of a run's folder that are not HDF5: their names, config.yaml, command.txt, metrics.csv, run.log. */
#ifndef FOLDER_H
#define FOLDER_H

#include "build.h"
#include <limits.h>
#include <stdio.h>

typedef struct folder {
    char path[PATH_MAX];
    char result[PATH_MAX + 32], checkpoint[PATH_MAX + 32], metrics_path[PATH_MAX + 32];
    FILE *metrics;
    bool lazy, locked;
    int lock;       /* descriptor, if locked */
    double flushed; /* seconds of the run */
} folder;

LSNN_MUST_USE lsnn_status folder_new(folder *f, const char *path, const char *experiment_name, uint64_t seed,
                                     lsnn_error *err);
LSNN_MUST_USE lsnn_status folder_open(folder *f, const char *path, lsnn_error *err);
/* For this process alone, until it is closed or the process ends. LSNN_OUTPUT: another one has it. File systems without locks give none. */
LSNN_MUST_USE lsnn_status folder_lock(folder *f, lsnn_error *err);
LSNN_MUST_USE lsnn_status folder_write_config(const folder *f, const config_node *root, const char *command,
                                              lsnn_error *err);
FILE *folder_open_log(const folder *f); /* run.log, appended to; NULL when it cannot be opened */
bool folder_has_checkpoint(const folder *f);
void folder_forget_result(const folder *f); /* run.h5 of a run that was killed before its first checkpoint */

void folder_forget_state(const folder *f); /* run.h5 and the checkpoints */

LSNN_MUST_USE lsnn_status folder_begin_metrics(folder *f, lsnn_error *err);
/* Keeps the lines up to `iteration` and appends from there. */
LSNN_MUST_USE lsnn_status folder_resume_metrics(folder *f, uint64_t iteration, lsnn_error *err);
/* One line, nan: an empty entry. It is written through at once, so that the file can be watched; with `lazy` once in a second. */
LSNN_MUST_USE lsnn_status folder_add_metrics(folder *f, uint64_t iteration, const metrics *m, double validation_loss,
                                             double validation_error, double seconds, lsnn_error *err);
LSNN_MUST_USE lsnn_status folder_flush_metrics(folder *f, lsnn_error *err);
void folder_close(folder *f);

#endif
