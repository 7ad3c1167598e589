/* What the readers of spikes share. */
#ifndef SPIKES_INSIDE_H
#define SPIKES_INSIDE_H

#include "spikes.h"

typedef struct spikes_reader {
    const store *file;
    spikes *out;
    int neurons; /* 0: not given */
    arena *memory;
    lsnn_error *err;
} spikes_reader;

/* A vector of numbers; *n is its length. */
LSNN_MUST_USE lsnn_status spikes_vector(const spikes_reader *r, void *out_pointer, store_type type, size_t *n,
                                        const char *path);
/* Checks times and ids, and sorts. `place`: the group, for messages. */
LSNN_MUST_USE lsnn_status spikes_check(const spikes_reader *r, spikes_population *p, const char *place);
LSNN_MUST_USE lsnn_status spikes_trials(const spikes_reader *r);  /* /trials */
LSNN_MUST_USE lsnn_status spikes_sonata(const spikes_reader *r);  /* /spikes/<population> */
LSNN_MUST_USE lsnn_status spikes_shd(const spikes_reader *r);     /* /spikes/{times, units} */
LSNN_MUST_USE lsnn_status spikes_reports(const spikes_reader *r); /* /report/<name> */

#endif
