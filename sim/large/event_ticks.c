/* Poisson processes in continuous time: intervals are exponential, fifteen drawn at a time. */
#include "event_inside.h"
#include "random.h"

/* Eight blocks of Philox are room for sixteen numbers of 53 bits. */
enum { BLOCKS = 8 };

static void refill(event_ticks *t, uint64_t seed, int number, uint64_t cell, double rate, double from)
{
    lsnn_random stream = lsnn_random_stream(seed, LSNN_POISSON, cell, (uint64_t)number);
    const double mean = 1 / rate;
    uint32_t word[4 * BLOCKS];
    double interval[2 * BLOCKS];
    stream.counter[0] = BLOCKS * t->refills++;
    random_blocks(word, &stream, BLOCKS);
    for (int k = 0; k < 2 * BLOCKS; k++) {
        const int64_t bits = (int64_t)(((uint64_t)word[k] << 32 | word[2 * BLOCKS + k]) >> 11);
        interval[k] = -mean * decay_log(((double)bits + 0.5) * 0x1p-53);
    }
    for (int k = 0; k < EVENT_TICKS; k++)
        t->time[k] = from += interval[k];
    t->used = 0;
}

double event_ticks_start(event_ticks *t, uint64_t seed, int number, uint64_t cell, double rate, double from)
{
    for (int k = 0; k < EVENT_TICKS; k++)
        t->time[k] = INFINITY;
    if (rate > 0) refill(t, seed, number, cell, rate, from);
    return t->time[0];
}

double event_ticks_next(event_ticks *t, uint64_t seed, int number, uint64_t cell, double rate)
{
    if (++t->used == EVENT_TICKS) refill(t, seed, number, cell, rate, t->time[EVENT_TICKS - 1]);
    return t->time[t->used];
}
