/* The processes of an MPI job. The workers share out trials by claims in the sweep's folder, so all that MPI is needed for is to know of
 * each other, to wait for the first, and to end together. Without MPI (ranks_single.c) there is one. */
#ifndef RANKS_H
#define RANKS_H

#include "lsnn/error.h"

typedef struct ranks {
    int own, n;
    int n_here; /* on this machine */
} ranks;
LSNN_MUST_USE lsnn_status ranks_begin(ranks *out, lsnn_error *err);
/* Waits until rank 0 is here too; then everybody has its status. */
lsnn_status ranks_follow(lsnn_status of_first);
/* Waits for all; the worst status of them (in the order of the list in lsnn/error.h). */
lsnn_status ranks_end(lsnn_status own);

#endif
