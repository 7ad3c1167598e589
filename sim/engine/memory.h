/* How much memory a run will need, known before it starts. */
#ifndef MEMORY_H
#define MEMORY_H

#include "build.h"

/* Predicted peak of resident memory in bytes. Room for spikes is reserved for the worst case, but only what is used counts:
 * `rate` is the expected mean rate of the neurons in Hz. */
double memory_predict(const experiment *e, double rate);

/* Of a run in which nothing is simulated. */
double memory_process(void);

/* LSNN_MEMORY, with need and have, when the machine has less than that available. */
LSNN_MUST_USE lsnn_status memory_check(const experiment *e, lsnn_error *err);

/* The same of so many bytes. */
LSNN_MUST_USE lsnn_status memory_require(double need, lsnn_error *err);

#endif
