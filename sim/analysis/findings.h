/* What measures find: numbers, and curves (tables of columns of equal length). */
#ifndef FINDINGS_H
#define FINDINGS_H

#include "summary.h"

typedef struct finding {
    const char *population, *group, *measure, *unit; /* unit "" for pure numbers; group "all" or a class */
    double value, sd;                                /* NaN: not defined, none */
    size_t n, excluded;                              /* of how many it is the mean; left out as not defined */
    const char *note;                                /* "" or how it was computed */
} finding;

enum { FINDINGS_MAX_COLUMNS = 8 };

typedef struct finding_column {
    const char *name, *unit;
    const double *values;
} finding_column;

typedef struct finding_curve {
    const char *population, *group, *measure;
    size_t n_rows;
    int n_columns;
    finding_column column[FINDINGS_MAX_COLUMNS];
} finding_curve;

typedef struct findings {
    arena *memory;
    finding *numbers;
    finding_curve *curves;
    int n_numbers, n_curves, number_room, curve_room;
} findings;

/* Appends; texts and values stay where they are. */
LSNN_MUST_USE lsnn_status findings_add(findings *f, const finding *number, lsnn_error *err);
LSNN_MUST_USE lsnn_status findings_add_curve(findings *f, const finding_curve *curve, lsnn_error *err);

#endif
