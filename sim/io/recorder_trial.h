/* What is kept of a recorded trial: variables, its input, and what a readout should say. */
#ifndef RECORDER_TRIAL_H
#define RECORDER_TRIAL_H

#include "build.h"
#include "worker.h"

/* As in lsnn_events: the runs of step t are run[start[t]] .. run[start[t + 1] - 1]. */
typedef struct recorder_events {
    int n_steps;
    uint32_t *start;
    event_run *run;
} recorder_events;

/* Whether a record has a row of values for each step. */
bool recorder_trial_traced(const record_spec *spec);
/* A variable of the spec's population after step t, by column; `scratch` has room for the population's width. */
const real *recorder_trial_variable(const experiment *e, const record_spec *spec, const worker *w, int t,
                                    real *scratch);
LSNN_MUST_USE lsnn_status recorder_trial_room(recorder_events *out, const source *from, int n_steps, arena *a,
                                              lsnn_error *err);
void recorder_trial_input(recorder_events *out, const lsnn_trial *trial);
/* rows[n_steps][spec.n_neurons]: the target of each readout in the steps that are judged (of a class: 1, of the others 0); NaN
 * in those that are not. */
void recorder_trial_target(real *rows, const experiment *e, const record_spec *spec, const lsnn_trial *trial);

#endif
