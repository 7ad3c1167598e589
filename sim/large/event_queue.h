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

/* Who has something to do in a window; in no order. */
typedef struct event_agenda {
    uint32_t next;
    event_list bucket[EVENT_RING], far, open;
    bool failed;
} event_agenda;

void event_agenda_free(event_agenda *a);
void event_agenda_push(event_agenda *a, uint32_t window, uint32_t who);
const uint32_t *event_agenda_open(event_agenda *a, size_t *n); /* of the next window */

#endif
