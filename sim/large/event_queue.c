/* Buckets of time for spikes that are on their way. */
#include "event_queue.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool event_list_grow(event_list *list, size_t size)
{
    const size_t room = list->room ? 2 * list->room : 64;
    void *item = realloc(list->item, room * size);
    if (!item) return false;
    list->item = item;
    list->room = room;
    return true;
}

static void list_free(event_list *list)
{
    free(list->item);
    *list = (event_list){0};
}

/* Rounded down to 24 bits: multiples up to 2^29 times are exact. */
event_clock event_clock_new(double longest)
{
    float length = (float)longest;
    if ((double)length > longest) length = nextafterf(length, 0);
    return (event_clock){(double)length, 1 / (double)length};
}

/* What is read gives its place to an empty list, since the ring's next turn may already be written. */
static void list_swap(event_list *a, event_list *b)
{
    const event_list kept = *a;
    *a = *b;
    *b = kept;
    a->n = 0;
}

/* ---- the queue -------------------------------------------------------------------------------------------------------- */

void event_queue_free(event_queue *q)
{
    for (int k = 0; k < EVENT_RING; k++)
        list_free(&q->bucket[k]);
    list_free(&q->far);
    list_free(&q->open);
    list_free(&q->sorted);
    list_free(&q->count);
}

/* The list of its window's bucket; NULL: it is too far away for one. */
static event_list *bucket_of(event_queue *q, const event_item *item)
{
    const uint32_t window = event_clock_window(&q->clock, item->time);
    return window - q->next < EVENT_RING ? &q->bucket[window % EVENT_RING] : NULL;
}

static void put(event_queue *q, event_list *list, const event_item *item)
{
    event_item *place = event_list_add(list, sizeof *place);
    if (place)
        *place = *item;
    else
        q->failed = true;
}

void event_queue_push(event_queue *q, const event_item *item)
{
    event_list *bucket = bucket_of(q, item);
    put(q, bucket ? bucket : &q->far, item);
}

/* Once per turn of the ring: what has come near enough moves into it. */
static void turn_queue(event_queue *q)
{
    event_item *item = q->far.item;
    size_t kept = 0;
    for (size_t k = 0; k < q->far.n; k++) {
        event_list *bucket = bucket_of(q, &item[k]);
        if (bucket)
            put(q, bucket, &item[k]);
        else
            item[kept++] = item[k];
    }
    q->far.n = kept;
}

static int order(const void *a, const void *b)
{
    const event_item *p = a, *q = b;
    if (p->time != q->time) return p->time < q->time ? -1 : 1;
    if (p->target != q->target) return p->target < q->target ? -1 : 1;
    if (p->source != q->source) return p->source < q->source ? -1 : 1;
    return (p->projection > q->projection) - (p->projection < q->projection);
}

static bool is_sorted(const event_item *item, size_t n)
{
    for (size_t k = 1; k < n; k++)
        if (order(&item[k - 1], &item[k]) > 0) return false;
    return true;
}

static void sort_few(event_item *item, size_t n)
{
    enum { FEW = 48 };
    if (n > FEW) { /* many at one time */
        qsort(item, n, sizeof *item, order);
        return;
    }
    for (size_t k = 1; k < n; k++) {
        const event_item moved = item[k];
        size_t place = k;
        for (; place > 0 && order(&item[place - 1], &moved) > 0; place--)
            item[place] = item[place - 1];
        item[place] = moved;
    }
}

static bool list_fits(event_list *list, size_t n, size_t size)
{
    while (list->room < n)
        if (!event_list_grow(list, size)) return false;
    return true;
}

/* Spreads the items over n_fine parts of the window, each of which is then sorted. */
static void sort_window(event_queue *q, const event_item *item, size_t n, double start)
{
    const size_t n_fine = n / 8 + 1;
    const double scale = (double)n_fine * q->clock.inverse;
    event_item *sorted = q->sorted.item;
    uint32_t *end = q->count.item;
    memset(end, 0, (n_fine + 1) * sizeof *end);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t k = 0; k < n; k++) {
            const size_t at = (size_t)((item[k].time - start) * scale), fine = at < n_fine ? at : n_fine - 1;
            if (pass == 0)
                end[fine + 1]++;
            else
                sorted[end[fine]++] = item[k];
        }
        for (size_t f = 0; pass == 0 && f < n_fine; f++)
            end[f + 1] += end[f];
    }
    for (size_t f = 0, first = 0; f < n_fine; first = end[f++])
        sort_few(sorted + first, end[f] - first);
}

const event_item *event_queue_open(event_queue *q, size_t *n)
{
    if (q->next % EVENT_RING == 0) turn_queue(q);
    list_swap(&q->bucket[q->next % EVENT_RING], &q->open);
    const event_item *item = q->open.item;
    *n = q->open.n;
    const double start = event_clock_start(&q->clock, q->next++);
    if (is_sorted(item, *n)) return item;
    if (!list_fits(&q->sorted, *n, sizeof *item) || !list_fits(&q->count, *n / 8 + 2, sizeof(uint32_t))) {
        q->failed = true;
        *n = 0;
        return NULL;
    }
    sort_window(q, item, *n, start);
    return q->sorted.item;
}
