/* One simulation in its folder. */
#ifndef SIMULATE_H
#define SIMULATE_H

#include "verb.h"

/* Builds, simulates, writes, prints a summary. LSNN_INTERRUPTED after a signal, with what was recorded in place. */
LSNN_MUST_USE lsnn_status simulate_run(experiment *e, const verb_options *options, const char *command,
                                       lsnn_error *err);

/* Sizes and memory as comments, for `lsnn check`. */
LSNN_MUST_USE lsnn_status simulate_check(const experiment *e, int n_threads, lsnn_error *err);

#endif
