/* A trial's input spikes by step, and the memory of the trial's targets. */
#ifndef TRIAL_H
#define TRIAL_H

#include "arena.h"
#include "lsnn/task.h"

/* Cells first .. last-1 spike together; last = first + 1 for a single spike. */
typedef struct event_run {
    uint32_t first, last;
} event_run;

typedef struct lsnn_events {
    int n_steps, n_in;
    uint32_t n, capacity; /* runs drawn, and room: n_steps x n_in */
    uint32_t *drawn_step; /* [capacity], in the order of drawing */
    event_run *drawn;     /* [capacity] */
    uint32_t *start;      /* [n_steps + 1]: the runs of step t are run[start[t]] .. run[start[t+1] - 1] */
    event_run *run;       /* [capacity + 1], by step, then by cell; without overlaps */
    uint32_t *step;       /* [capacity + 1] of each run */
} lsnn_events;

LSNN_MUST_USE lsnn_status trial_new(lsnn_trial **out, arena *a, const lsnn_shape *shape, lsnn_error *err);
int trial_steps(const lsnn_shape *shape, lsnn_set set);
int trial_longest(const lsnn_shape *shape); /* steps of the longest trial of any set */
/* For a trial of this set: no spikes, label 0 or no questions, zero targets, weights, analog values. */
void trial_clear(lsnn_trial *trial, lsnn_set set);
/* Bring the drawn spikes into order: by step, then by cell, each cell at most once a step. With shape.runs neighbours are
 * joined to runs; without, each run is one cell. The result does not depend on the order of drawing. */
void trial_sort(lsnn_trial *trial);

#endif
