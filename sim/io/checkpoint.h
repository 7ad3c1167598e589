/* The state of a run as named arrays in an HDF5 file: written to a temporary name, synced, renamed; the one before is kept as
 * <path>.1. */
#ifndef CHECKPOINT_H
#define CHECKPOINT_H

#include "store.h"

/* An array that lies in pieces: the file holds it as one, so that it does not show how it was cut. */
typedef struct state_pieces {
    void (*gather)(const void *with, void *out);
    void (*scatter)(void *with, const void *in);
    void *with;
} state_pieces;

typedef struct state_item {
    const char *name; /* a path such as "weights/rec" */
    store_type type;
    size_t n;
    void *values;
    const state_pieces *pieces; /* NULL: values hold it */
} state_item;

/* `config` is the resolved config: a checkpoint of another config is refused when it is read. */
LSNN_MUST_USE lsnn_status checkpoint_write(const char *path, const state_item *items, int n_items, const char *config,
                                           lsnn_error *err);
/* Fills all items from the file; nothing is changed unless all of them can be read (names, types and sizes are those of the
 * list, every value of floating type is finite, the checksum is right). A file that is no checkpoint, another version's, cut or
 * corrupt is an LSNN_DATA error that says so. */
LSNN_MUST_USE lsnn_status checkpoint_read(const char *path, const state_item *items, int n_items, const char *config,
                                          lsnn_error *err);
/* As checkpoint_read; if `path` is missing or corrupt, <path>.1 is tried. `used_previous` says so. */
LSNN_MUST_USE lsnn_status checkpoint_recover(const char *path, const state_item *items, int n_items, const char *config,
                                             bool *used_previous, lsnn_error *err);

#endif
