/* What run.h5 holds of a simulation: spikes and variables as `record:` asks, and statistics at the end. The parts that do not grow
 * are recorder_head's. */
#ifndef MONITOR_H
#define MONITOR_H

#include "recorder.h"

typedef struct monitor monitor;

LSNN_MUST_USE lsnn_status monitor_new(monitor **out, const experiment *e, lsnn_error *err);
const result_column *monitor_columns(const monitor *m, int *n);

/* Whether any record wants spikes of the population. */
bool monitor_hears(const monitor *m, int pop);
/* n spikes of a population, in the order of time. */
LSNN_MUST_USE lsnn_status monitor_spikes(monitor *m, result *into, int pop, size_t n, const double *time,
                                         const uint64_t *neuron, lsnn_error *err);
/* Rows of record k. */
LSNN_MUST_USE lsnn_status monitor_values(monitor *m, result *into, int k, size_t n_rows, const real *values,
                                         lsnn_error *err);
LSNN_MUST_USE lsnn_status monitor_statistics(monitor *m, result *into, int pop, double rate, double cv,
                                             double synchrony, lsnn_error *err);

#endif
