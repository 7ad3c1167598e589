/* One table from the outcomes of all trials. */
#ifndef COLLECT_H
#define COLLECT_H

#include "ledger.h"

/* results.csv and results.h5 in the sweep's folder: a row for each trial. */
LSNN_MUST_USE lsnn_status collect_results(const ledger *l, lsnn_error *err);
/* groups.csv: mean, standard error and number of each metric over the trials that differ in nothing but `seed`. */
LSNN_MUST_USE lsnn_status collect_groups(const ledger *l, lsnn_error *err);

typedef struct collect_count {
    size_t done, paused, stopped, failed, running,
        left;         /* trials; left: not begun, or given up by a process that has died */
    double seconds;   /* mean of what is judged */
    double remaining; /* estimate; nan: nothing is known yet */
} collect_count;
collect_count collect_status(const ledger *l);

#endif
