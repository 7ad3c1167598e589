/* What a checkpoint of an experiment holds. */
#ifndef STATE_H
#define STATE_H

#include "build.h"
#include "checkpoint.h"

/* What a run itself must remember, besides the trainer. */
typedef struct run_state {
    uint64_t id[2];        /* random: checkpoints and run.h5 of one run have the same */
    uint64_t goal_reached; /* 0 or 1 */
    uint64_t validations;  /* done so far: each draws new trials */
    double error, loss;    /* of the last validation */
    double seconds;        /* spent in earlier parts of the run */
    metrics last;          /* of the last iteration */
    uint64_t finished;     /* 0 or 1: training is over, the test is done */
} run_state;

/* All that changes while a run goes on: iteration, parameters, moments, rewired synapses, feedback, rates, the run's own state, and the number of rows
 * of each column of run.h5 (`rows`, may be NULL with n_rows 0). The list is in the experiment's memory. */
LSNN_MUST_USE lsnn_status state_items(state_item **out, int *n, experiment *e, run_state *run, uint64_t *rows,
                                      int n_rows, lsnn_error *err);

/* After a checkpoint was read: whether its rewired synapses are sound. If not (LSNN_DATA), the experiment is of no use. */
LSNN_MUST_USE lsnn_status state_check(const experiment *e, lsnn_error *err);

#endif
