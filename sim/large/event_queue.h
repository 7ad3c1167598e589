/* What is on its way, bucketed by time and sorted inside.
 *
 * A bucket is a window of the simulation; when a window begins, its bucket is spread over finer ones (as many as an eighth of
 * its items) and these are sorted by insertion. So a push and a pop cost the same however much is under way. */
#ifndef EVENT_QUEUE_H
#define EVENT_QUEUE_H

#include "lsnn/error.h"
#include "lsnn/model.h"

/* A growing array. Memory is not asked for in the steady state, but how much will be under way is not known beforehand. */
typedef struct event_list {
    void *item;
    size_t n, room;
} event_list;

bool event_list_grow(event_list *list, size_t size);

/* A place for one more item; NULL: no memory. */
LSNN_INLINE void *event_list_add(event_list *list, size_t size)
{
    if (list->n == list->room && !event_list_grow(list, size)) return NULL;
    return (char *)list->item + size * list->n++;
}

/* Windows of equal length from time 0. The length has few digits, so that multiples of it are exact. */
typedef struct event_clock {
    double length, inverse;
} event_clock;

event_clock event_clock_new(double longest);

LSNN_INLINE double event_clock_start(const event_clock *c, uint32_t window)
{
    return (double)window * c->length;
}

LSNN_INLINE uint32_t event_clock_window(const event_clock *c, double time)
{
    const uint32_t window = (uint32_t)(time * c->inverse);
    if (time < event_clock_start(c, window)) return window - 1;
    return time >= event_clock_start(c, window + 1) ? window + 1 : window;
}

#define EVENT_RING 256 /* windows that have a bucket of their own; what lies beyond waits in a list */

/* A spike that arrives at one synapse, or (target 0) at a row of them. */
typedef struct event_item {
    double time;
    uint32_t target, source, projection;
    real weight;
} event_item;

typedef struct event_queue {
    event_clock clock;
    uint32_t next; /* window that will be opened next */
    event_list bucket[EVENT_RING], far;
    event_list open, sorted, count; /* of the open window */
    bool failed;                    /* no memory */
} event_queue;

void event_queue_free(event_queue *q);

/* The item's window may not be before the next one. */
void event_queue_push(event_queue *q, const event_item *item);

/* The items of the next window, in the order of time, target, source, projection; valid until the next call. */
const event_item *event_queue_open(event_queue *q, size_t *n);

/* Who has something to do in a window: a bit each, so that one may be noted as often as one likes, and all are taken in the order
 * of their numbers, as their memory lies. What is further away than the ring is noted in its last window, as a reminder. */
typedef struct event_agenda {
    uint32_t now, n_words; /* the window that is taken next, or being taken */
    uint64_t *bits;        /* [EVENT_RING][n_words] */
} event_agenda;

LSNN_INLINE void event_agenda_note(event_agenda *a, uint32_t window, uint32_t who)
{
    const uint32_t last = a->now + EVENT_RING - 1, at = window - a->now < EVENT_RING ? window : last;
    a->bits[(size_t)(at % EVENT_RING) * a->n_words + who / 64] |= (uint64_t)1 << who % 64;
}

/* Takes those of word k in the present window that `mask` has. */
LSNN_INLINE uint64_t event_agenda_take(event_agenda *a, uint32_t k, uint64_t mask)
{
    uint64_t *word = &a->bits[(size_t)(a->now % EVENT_RING) * a->n_words + k];
    const uint64_t bits = *word & mask;
    *word &= ~mask;
    return bits;
}

#endif
