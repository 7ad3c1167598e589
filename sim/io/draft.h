/* A file under a temporary name next to the one that it will become: the old one stays whole until the new one is. */
#ifndef DRAFT_H
#define DRAFT_H

#include "lsnn/error.h"
#include <stdbool.h>
#include <stdio.h>

typedef struct draft {
    char *path;
    char *temporary; /* <path>.tmp; NULL once it is published */
} draft;

/* An empty file, or a copy of the one at `path`, open for reading and writing; what an earlier run left under the
 * temporary name is replaced. */
LSNN_MUST_USE lsnn_status draft_create(draft *out, int *fd, const char *path, lsnn_error *err);
LSNN_MUST_USE lsnn_status draft_copy(draft *out, int *fd, const char *path, lsnn_error *err);
/* Syncs and takes the place of `path`. At every moment a whole file lies there; with `keep` the one before ends as
 * <path>.1. */
LSNN_MUST_USE lsnn_status draft_publish(draft *d, int fd, bool keep, lsnn_error *err);
/* Removes the temporary file if it was not published, and frees the names. */
void draft_drop(draft *d);

/* The same as a stream: open, print, close. The file takes its place if nothing has failed: neither what printed it (`status`), nor a
 * write. Returns what has. */
LSNN_MUST_USE lsnn_status draft_open(draft *out, FILE **to, const char *path, lsnn_error *err);
LSNN_MUST_USE lsnn_status draft_close(draft *d, FILE *to, lsnn_status status, lsnn_error *err);

#endif
