/* Recorded spikes of any origin: runs of lsnn, spike files in SONATA layout (also that of older BMTK versions, without
 * populations), and files like those of the Spiking Heidelberg Digits (Cramer et al. 2020: a list of spikes per trial). */
#ifndef SPIKES_H
#define SPIKES_H

#include "raster.h"
#include "store.h"
#include "traces.h"

typedef struct spikes_population {
    const char *name;
    raster spikes;  /* sorted; on the time axis of the file */
    bool input;     /* cells of a source, not neurons */
    bool counted;   /* whether the file says how many neurons there are; else: the highest id + 1, of a silent one 1 */
    bool *in_trial; /* [n_trials]: whether its spikes were recorded there */
} spikes_population;

typedef struct spikes_report {
    const char *population, *variable; /* "" where the file does not say */
    traces x;                          /* x.n_spans trials; 1 where there are none */
    uint64_t *trial;                   /* [x.n_spans]: their numbers; NULL: none */
} spikes_report;

typedef struct spikes {
    const char *path, *layout;
    int n_populations, n_trials, n_reports;
    spikes_population *populations;
    span *trials;
    int *label;    /* [n_trials], -1: no class; NULL: no trial has one */
    double *error; /* [n_trials]; NULL: not known */
    double stop;   /* where the recording ends; if unknown: the first whole ms after the last spike */
    spikes_report *reports;
} spikes;

typedef enum spikes_parts { SPIKES_ONLY, SPIKES_AND_REPORTS, SPIKES_OR_REPORTS } spikes_parts;

/* `neurons`: how many neurons each population has where the file does not say (0: the highest id + 1; of a population without
 * spikes 1, so that what is 0 for each of them is 0). Checked: shapes, times
 * (finite, not negative), ids. Reports are read only if they are asked for. */
LSNN_MUST_USE lsnn_status spikes_read(spikes **out, const char *path, int neurons, spikes_parts parts, arena *a,
                                      lsnn_error *err);

#endif
