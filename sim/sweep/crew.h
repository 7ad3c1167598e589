/* Those who run the trials: processes on this machine, forked from one that watches over them; or the ranks of an MPI job. */
#ifndef CREW_H
#define CREW_H

#include "log.h"
#include "plan.h"
#include <sys/types.h>

typedef struct crew_settings {
    int n_workers, n_threads; /* threads of each */
    size_t part, parts;
    log_state *log;
} crew_settings;

/* What a worker shows to the process that watches over it, in memory that both see. */
typedef struct crew_slot {
    volatile sig_atomic_t stop; /* end after a checkpoint */
    pid_t pid;
    bool busy;
    size_t trial;
    int rung;
    unsigned claim;
    size_t n_done;
    lsnn_status status;
    lsnn_error error;
} crew_slot;

/* Until nothing is left to do. LSNN_INTERRUPTED after SIGINT, SIGTERM or SIGHUP: the trials under way have a checkpoint. */
LSNN_MUST_USE lsnn_status crew_run(sweep *s, const sweep_host *host, const crew_settings *settings, lsnn_error *err);

/* One worker, in this process. `first`: the trial with which it begins to look for work. */
LSNN_MUST_USE lsnn_status crew_member_work(sweep *s, const sweep_host *host, const crew_settings *settings,
                                           size_t first, crew_slot *slot, lsnn_error *err);
/* The outcome of a trial at which a worker has died. */
LSNN_MUST_USE lsnn_status crew_member_bury(const sweep *s, const crew_slot *slot, int signal, lsnn_error *err);

#endif
