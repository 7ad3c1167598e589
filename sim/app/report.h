/* The parts of verb report. */
#ifndef REPORT_H
#define REPORT_H

#include "chart.h"
#include "store.h"

extern const char report_page_style[], report_page_script[]; /* report.css, report.js */

typedef struct report {
    FILE *to;
    const char *path; /* of run.h5, or a sweep's folder */
    chart chart;
    findings learning, measured; /* measured: of the last recorded trials */
    const config_node *config;   /* of the run */
    int n_last;                  /* how many these are; 0: no spikes */
    int first_trial;             /* with spikes; -1: none */
    arena *memory;
} report;

typedef struct picture {
    chart_add *add;
    int trial, setting; /* of the chart */
    bool zoom;
    const char *caption;
} picture;

/* A section with figures; what was not recorded is said in its place. */
LSNN_MUST_USE lsnn_status report_section(const report *r, const char *id, const char *title, const picture *pictures,
                                         int n, lsnn_error *err);
/* Everything up to the page's title. */
void report_open(const report *r, const char *name);
void report_tile(const report *r, const char *value, const char *label);
void report_number_tile(const report *r, double value, const char *unit, const char *label); /* NaN: none */
void report_cell(const report *r, double value);                                             /* of a table */

/* Sentences about what went wrong, in a section of their own. */
typedef struct report_list {
    const report *report;
    int n;
} report_list;
report_list report_list_begin(const report *r);
__attribute__((format(printf, 2, 3))) void report_warn(report_list *w, const char *format, ...);
void report_list_end(report_list *w, const char *fine); /* fine: what is said when there were none */

/* The page about chart.trials. */
LSNN_MUST_USE lsnn_status report_sweep(const report *r, lsnn_error *err);

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
