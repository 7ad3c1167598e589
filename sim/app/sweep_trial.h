/* One trial of a sweep. */
#ifndef SWEEP_TRIAL_H
#define SWEEP_TRIAL_H

#include "sweep.h"

extern const sweep_host sweep_trial_host;

#endif
