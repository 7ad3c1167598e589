/* One simulation in its folder. */
#ifndef SIMULATE_H
#define SIMULATE_H

#include "verb.h"
#include <signal.h>

/* Builds, simulates, writes, prints a summary. LSNN_INTERRUPTED after a signal, with what was recorded in place. */
LSNN_MUST_USE lsnn_status simulate_run(experiment *e, const verb_options *options, const char *command,
                                       lsnn_error *err);

typedef struct simulate_figures {
    double rate, cv, synchrony; /* of all neurons; the last two weighted by population */
    uint64_t steps;
    double seconds;
} simulate_figures;

/* A trial of a sweep in a folder that is there, from the beginning; it is quiet, and leaves run.h5. LSNN_INTERRUPTED after *stop. */
LSNN_MUST_USE lsnn_status simulate_trial(simulate_figures *out, experiment *e, const char *folder, int n_threads,
                                         const volatile sig_atomic_t *stop, lsnn_error *err);

/* Sizes and memory as comments, for `lsnn check`. */
LSNN_MUST_USE lsnn_status simulate_check(const experiment *e, int n_threads, lsnn_error *err);

#endif
