/* The processes of an MPI job. Workers of a sweep share out trials by claims in its folder, so all that they need MPI for is to know of
 * each other, to wait for the first, and to end together; those that evaluate points for a sampler pass numbers. Without MPI
 * (ranks_single.c) there is one process. */
#ifndef RANKS_H
#define RANKS_H

#include "lsnn/error.h"
#include <stddef.h>

typedef struct ranks {
    int own, n;
    int n_here; /* on this machine */
} ranks;
LSNN_MUST_USE lsnn_status ranks_begin(ranks *out, lsnn_error *err);
/* Waits until rank 0 is here too; then everybody has its status. */
lsnn_status ranks_follow(lsnn_status of_first);
/* Waits for all; the worst status of them (in the order of the list in lsnn/error.h). */
lsnn_status ranks_agree(lsnn_status own);
/* Everybody gets the numbers of rank 0; the sums over all. */
void ranks_tell(double *values, size_t n);
void ranks_add(double *values, size_t n);
/* ranks_agree, and the end of MPI. */
lsnn_status ranks_end(lsnn_status own);

#endif
