/* The parts of verb report. */
#ifndef REPORT_H
#define REPORT_H

#include "chart.h"
#include "store.h"

extern const char report_page_style[], report_page_script[]; /* report.css, report.js */

typedef struct report {
    FILE *to;
    const char *path; /* of run.h5 */
    chart chart;
    findings learning, measured; /* measured: of the last recorded trials */
    const config_node *config;   /* of the run */
    int n_last;                  /* how many these are; 0: no spikes */
    int first_trial;             /* with spikes; -1: none */
    arena *memory;
} report;

/* Text with what HTML would read as a tag made harmless. */
void report_put(const report *r, const char *text);
/* Title, state, numbers, how it was run, config: everything that is no figure. */
LSNN_MUST_USE lsnn_status report_head(const report *r, lsnn_error *err);
LSNN_MUST_USE lsnn_status report_config(const report *r, lsnn_error *err);
void report_populations(const report *r);
/* What went wrong, in sentences. */
LSNN_MUST_USE lsnn_status report_warnings(const report *r, lsnn_error *err);

/* The number of that name; NaN: there is none. */
double report_number(const findings *found, const char *of, const char *name);

#endif
