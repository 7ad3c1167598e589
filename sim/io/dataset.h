/* Files of data for tasks. */
#ifndef DATASET_H
#define DATASET_H

#include "arena.h"
#include "lsnn/task.h"

/* The idx format (LeCun's MNIST files), plain or gzip (by content; if `path` is missing `path`.gz is tried), unsigned bytes only.
 * Every size is checked against the file's length before memory is taken. */
LSNN_MUST_USE lsnn_status dataset_idx(lsnn_bytes *out, arena *a, const char *path, lsnn_error *err);

#endif
