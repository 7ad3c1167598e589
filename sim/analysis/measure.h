/* The measures by name: each looks at the spikes of one population (and group of trials) and says what it found. */
#ifndef MEASURE_H
#define MEASURE_H

#include "findings.h"
#include "intervals.h"
#include "lsnn/field.h"
#include "traces.h"

typedef struct measure_settings {
    double bin, psth_bin, isi_bin, isi_longest, refractory, window, lag, lag_bin, segment, burst_isi, silence,
        contrast_bin;
    double decode_bin, ridge, before, after;
    int burst_spikes, folds;
} measure_settings;
extern const lsnn_field measure_fields[];

typedef struct measure_subject {
    const char *population, *group;
    raster spikes; /* of the whole file */
    trains trains;
    intervals *intervals; /* [n_neurons], by measure_prepare */
    const int *trial;     /* [n_spans]: their numbers in the file; NULL: no trials */
    const int *label;     /* [n_spans]: classes 0 .. n_classes - 1; NULL: none */
    int n_classes;
    const traces *traces;
    int n_traces;
} measure_subject;

typedef struct measure {
    const char *name, *doc;
    bool standard;       /* among those that nobody has to ask for */
    bool reports;        /* needs recorded variables */
    bool across_classes; /* looks at the classes together, never at one alone */
    lsnn_status (*find)(findings *out, const measure_subject *s, const measure_settings *with, lsnn_error *err);
} measure;

extern const measure measure_list[];            /* an entry without a name at the end */
const measure *measure_named(const char *name); /* NULL: there is none */

/* Bins that a measure may lay over time: beyond, room and time would be without bound (0.3 GB, seconds). */
#define MEASURE_MOST_BINS 2e7
/* LSNN_USAGE: it would be more; the message says which width would do. The spans are of one length. */
LSNN_MUST_USE lsnn_status measure_check(const measure *m, const measure_subject *s, const measure_settings *with,
                                        lsnn_error *err);
/* What several measures need: the intervals of each neuron. */
LSNN_MUST_USE lsnn_status measure_prepare(measure_subject *s, const measure_settings *with, arena *a, lsnn_error *err);

#endif
