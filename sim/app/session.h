/* One run in its folder: training, validation, goal, test, records, checkpoints. Verbs run and resume start one. */
#ifndef SESSION_H
#define SESSION_H

#include "verb.h"
#include <signal.h>

/* Folder of a run: config.yaml command.txt run.h5 metrics.csv run.log checkpoint.h5 checkpoint.h5.1 */
typedef struct session session;

/* A new folder; `output` NULL: runs/<experiment>/<time>-<seed>. A folder that is not empty is refused. */
LSNN_MUST_USE lsnn_status session_new(session **out, experiment *e, const verb_options *options, const char *command,
                                      lsnn_error *err);
/* Go on in `folder` from its checkpoint; without one, from the beginning. */
LSNN_MUST_USE lsnn_status session_resume(session **out, experiment *e, const verb_options *options, const char *folder,
                                         const char *command, lsnn_error *err);
/* Until the goal, the last iteration, or SIGINT or SIGTERM (LSNN_INTERRUPTED, after a checkpoint). */
LSNN_MUST_USE lsnn_status session_train(session *s, lsnn_error *err);
void session_summary(const session *s, bool json); /* on stdout */

/* A trial of a sweep in its folder, new or with a checkpoint. It is quiet; unless something is to be recorded it leaves
 * only metrics.csv, since its config gives all else again, and a checkpoint while it is not finished. LSNN_DATA: what lies in the
 * folder is of no use. `stop` not 0 makes session_advance end like a signal. */
LSNN_MUST_USE lsnn_status session_trial(session **out, experiment *e, const char *folder,
                                        const volatile sig_atomic_t *stop, lsnn_error *err);
/* Until `until` iterations are done, or the session is over. */
LSNN_MUST_USE lsnn_status session_advance(session *s, uint64_t until, lsnn_error *err);
bool session_is_over(const session *s);                                /* the goal or the last iteration is reached */
LSNN_MUST_USE lsnn_status session_pause(session *s, lsnn_error *err);  /* a checkpoint, to go on later */
LSNN_MUST_USE lsnn_status session_finish(session *s, lsnn_error *err); /* the test, and the last files */

typedef struct session_figures {
    uint64_t iterations;
    int goal; /* 1 reached, 0 not, -1 there is none */
    bool validated, tested;
    metrics last, test;
    double validation_error, validation_loss;
    double test_error_ratio; /* before and after learning within a trial; nan: it does not learn there */
    double test_round_ratio; /* later and first rounds of the same trials; nan: there are no later ones */
    double seconds;          /* also before a checkpoint */
} session_figures;
session_figures session_now(const session *s);
void session_free(session *s);

#endif
