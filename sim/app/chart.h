/* Figures of what a file holds, panel by panel: for verbs plot and report. */
#ifndef CHART_H
#define CHART_H

#include "figure.h"
#include "findings.h"
#include "selection.h"
#include "trials.h"

typedef enum chart_sort { CHART_BY_NUMBER, CHART_BY_RATE, CHART_BY_FIRST, CHART_BY_CLASS } chart_sort;

typedef struct chart {
    const char *path;
    const selection *selection; /* of spikes and reports; NULL: of a file that is only asked about learning */
    const measure_settings *with;
    const findings *learning; /* of analyze_learning */
    const trials *trials;     /* of a sweep; all else is of a run or a file with spikes */
    int setting;              /* that chart_trials_setting shows */
    int trial;                /* that is shown; -1: there are none */
    int n_neurons;            /* whose variables are shown; 0: the first few */
    const int *neurons;
    chart_sort sort; /* of neurons in rasters */
    bool small;      /* in a page: only the main panels */
    arena *memory;
} chart;

/* A parameter of neuron j that a run's file holds for each; the fallback where it does not. */
LSNN_MUST_USE lsnn_status chart_parameter(double *out, const store *file, const char *of, const char *name, uint32_t j,
                                          double fallback, arena *a, lsnn_error *err);

/* Adds panels to the figure. LSNN_USAGE with the missing line of the config if the file holds nothing of the kind. */
typedef lsnn_status chart_add(figure *f, const chart *c, lsnn_error *err);
chart_add chart_raster, chart_rate, chart_isi, chart_correlogram, chart_spectrum;
chart_add chart_traces, chart_eligibility;
chart_add chart_learning, chart_weights, chart_confusion;
chart_add chart_trials_curves, chart_trials_setting, chart_trials_pair;
/* Whether two settings have lists of values. */
bool chart_trials_has_pair(const trials *t);

/* The last selected trial in which spikes of a selected population, or variables, were recorded; -1: there are none. */
int chart_last_trial(const selection *s);
/* Long recordings have seconds on their axis: what times in ms are multiplied by. */
double chart_time_scale(const chart *c);
/* "time in trial 3 (ms)", and the range of the selection. */
LSNN_MUST_USE lsnn_status chart_time_axis(figure_axis *out, const chart *c, lsnn_error *err);
/* Rasters of the populations that are selected, `height` mm in all. */
LSNN_MUST_USE lsnn_status chart_rasters(figure *f, const chart *c, double height, lsnn_error *err);
/* The curve of a finding, NULL: there is none. */
const finding_curve *chart_curve(const findings *found, const char *of, const char *name);
/* n + 1 edges and n shares of the values in each bin; NaN is left out. False: nothing to count. */
LSNN_MUST_USE lsnn_status chart_histogram(figure_layer *layer, const double *values, size_t n, int n_bins, double low,
                                          double high, arena *a, lsnn_error *err);

#endif
