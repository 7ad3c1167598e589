/* Poisson processes in continuous time: intervals are exponential, fifteen drawn at a time. */
#include "event_inside.h"
#include "lsnn/random.h"

/* Eight blocks of Philox are room for sixteen numbers of 53 bits. */
enum { BLOCKS = 8 };

static void refill(event_ticks *t, uint64_t seed, int number, uint64_t cell, double rate, double from)
{
    lsnn_random stream = lsnn_random_stream(seed, LSNN_POISSON, cell, (uint64_t)number);
    const double mean = 1 / rate;
    double uniform[EVENT_TICKS + 1];
    stream.counter[0] = BLOCKS * t->refills++;
    for (int k = 0; k < EVENT_TICKS; k++)
        uniform[k] = lsnn_random_uniform(&stream);
    for (int k = 0; k < EVENT_TICKS; k++)
        uniform[k] = -mean * decay_log(uniform[k]);
    for (int k = 0; k < EVENT_TICKS; k++)
        t->time[k] = from += uniform[k];
    t->used = 0;
}

double event_ticks_start(event_ticks *t, uint64_t seed, int number, uint64_t cell, double rate, double from)
{
    if (!(rate > 0)) return INFINITY;
    refill(t, seed, number, cell, rate, from);
    return t->time[0];
}

double event_ticks_next(event_ticks *t, uint64_t seed, int number, uint64_t cell, double rate)
{
    if (++t->used == EVENT_TICKS) refill(t, seed, number, cell, rate, t->time[EVENT_TICKS - 1]);
    return t->time[t->used];
}
