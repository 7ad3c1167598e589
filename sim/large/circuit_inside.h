/* Between circuit.c and circuit_rows.c. */
#ifndef CIRCUIT_INSIDE_H
#define CIRCUIT_INSIDE_H

#include "circuit.h"

bool circuit_one_weight(const projection_plan *plan);
bool circuit_one_delay(const projection_plan *plan);

/* Draws the synapses of the projection (the last one of `c`) into the slices' rows. Mistakes in the values go to the report. */
LSNN_MUST_USE lsnn_status circuit_draw(circuit *c, circuit_projection *p, const projection_plan *plan, int n_threads,
                                       config_report *report, lsnn_error *err);

#endif
