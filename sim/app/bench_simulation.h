/* Timing of a simulation. */
#ifndef BENCH_SIMULATION_H
#define BENCH_SIMULATION_H

#include "verb.h"

LSNN_MUST_USE lsnn_status bench_simulation(const experiment *e, const char *name, const verb_options *options,
                                           lsnn_error *err);

#endif
