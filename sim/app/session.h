/* One run in its folder: training, validation, goal, test, records, checkpoints. Verbs run and resume start one. */
#ifndef SESSION_H
#define SESSION_H

#include "verb.h"

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
void session_free(session *s);

#endif
