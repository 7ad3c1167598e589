/* Timing of the event engine's queue. */
#ifndef BENCH_QUEUE_H
#define BENCH_QUEUE_H

#include <stdbool.h>

void bench_queue(bool json);

#endif
