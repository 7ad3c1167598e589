/* Which part of a file's spikes is looked at: populations, trials, a window of time, classes. */
#ifndef SELECTION_H
#define SELECTION_H

#include "measure.h"
#include "spikes.h"
#include "verb.h"

typedef struct selection {
    const spikes *file;
    bool *population; /* [n_populations]: wanted? */
    bool by_trial;    /* spans are trials; else one span of the whole file */
    bool *trial;      /* [n_trials]: wanted? */
    span window;      /* after the start of each trial; or on the file's time axis */
    int n_classes;    /* that the wanted trials have; 0: none */
    int *classes;     /* ascending */
} selection;

/* From --population A,B --trials all|none|correct|wrong|FIRST:STOP|N,N --window START:STOP. */
LSNN_MUST_USE lsnn_status selection_make(selection *out, const spikes *file, const verb_options *options, arena *a,
                                         lsnn_error *err);
/* The spikes of a population in it; `only`: of one class (its place in `classes`), -1: of all trials. Reports that belong to the trials and
 * the window are cut likewise. */
LSNN_MUST_USE lsnn_status selection_subject(measure_subject *out, const selection *s, int number, int only, arena *a,
                                            lsnn_error *err);
/* "all", or the class as text. */
LSNN_MUST_USE lsnn_status selection_group(const char **out, const selection *s, int only, arena *a, lsnn_error *err);

#endif
