/* The grid of a space; part of space_read. */
#ifndef SPACE_AXES_H
#define SPACE_AXES_H

#include "space_values.h"

/* Gives each parameter its axis; `points`: of the grid. false after a mistake: too many, or zipped lists that do not fit. */
bool space_axes_lay(const space_reading *r, double *points);
/* Finds those points that are trials: conditions take out what would be run twice. */
LSNN_MUST_USE lsnn_status space_axes_trials(const space_reading *r, size_t points);

#endif
