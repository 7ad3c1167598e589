/* What a finished or stopped run has learned, for verbs that take a run's folder. */
#ifndef TRAINED_H
#define TRAINED_H

#include "verb.h"

bool trained_is_folder(const char *path);

/* words[0] is the folder of a run: builds its config and fills it from its checkpoint, so that the network is as it was after
 * training. words[0] is then the path of that config. A config with other values (words[1..]) does not fit the checkpoint (LSNN_DATA). */
LSNN_MUST_USE lsnn_status trained_load(experiment **out, verb_options *options, arena *a, lsnn_error *err);

#endif
