/* What a push and a pop cost in the queue of the event engine and in a binary heap, by how many items are under way. */
#include "bench_queue.h"
#include "event_queue.h"
#include "lsnn/random.h"
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW 1.5
#define LONGEST 15.0 /* until an item arrives: between one window and ten */

static bool before(const event_item *a, const event_item *b)
{
    return a->time < b->time ||
           (a->time == b->time && (a->target < b->target || (a->target == b->target && a->source < b->source)));
}

static void heap_push(event_item *heap, size_t n, event_item item)
{
    for (; n > 0 && before(&item, &heap[(n - 1) / 2]); n = (n - 1) / 2)
        heap[n] = heap[(n - 1) / 2];
    heap[n] = item;
}

/* Takes the first of n items and puts another in its place. */
static event_item heap_replace(event_item *heap, size_t n, event_item item)
{
    const event_item first = heap[0];
    size_t at = 0;
    for (size_t child = 1; child < n; child = 2 * at + 1) {
        if (child + 1 < n && before(&heap[child + 1], &heap[child])) child++;
        if (!before(&heap[child], &item)) break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = item;
    return first;
}

static event_item drawn(lsnn_random *stream, double now)
{
    return (event_item){.time = now + WINDOW + (LONGEST - WINDOW) * lsnn_random_uniform(stream),
                        .target = lsnn_random_word(stream)};
}

/* Each item that arrives sends another one; seconds for n_moves of them. Returns a sum that keeps the loop. */
static double time_heap(size_t n, size_t n_moves, double *sum)
{
    event_item *heap = malloc(n * sizeof *heap);
    lsnn_random stream = lsnn_random_stream(1, LSNN_POISSON, 0, 0);
    if (!heap) return 0;
    for (size_t k = 0; k < n; k++)
        heap_push(heap, k, drawn(&stream, 0));
    const double start = omp_get_wtime();
    for (size_t k = 0; k < n_moves; k++)
        *sum += heap_replace(heap, n, drawn(&stream, heap[0].time)).time;
    const double seconds = omp_get_wtime() - start;
    free(heap);
    return seconds;
}

static double time_queue(size_t n, size_t n_moves, double *sum)
{
    static event_queue q;
    lsnn_random stream = lsnn_random_stream(1, LSNN_POISSON, 0, 0);
    memset(&q, 0, sizeof q);
    q.clock = event_clock_new(WINDOW);
    for (size_t k = 0; k < n; k++) {
        const event_item item = drawn(&stream, 0);
        event_queue_push(&q, &item);
    }
    const double start = omp_get_wtime();
    for (size_t moved = 0, found; moved < n_moves && !q.failed; moved += found) {
        const event_item *item = event_queue_open(&q, &found);
        for (size_t k = 0; k < found; k++) {
            const event_item next = drawn(&stream, item[k].time);
            *sum += item[k].time;
            event_queue_push(&q, &next);
        }
    }
    const double seconds = omp_get_wtime() - start;
    event_queue_free(&q);
    return seconds;
}

void bench_queue(bool json)
{
    enum { MOVES = 4000000, ROUNDS = 3 };
    double sum = 0;
    for (size_t n = 1000; n <= 1000000; n *= 10) {
        double heap = 1e9, queue = 1e9;
        for (int round = 0; round < ROUNDS; round++) {
            const double by_heap = time_heap(n, MOVES, &sum), by_queue = time_queue(n, MOVES, &sum);
            if (by_heap < heap) heap = by_heap;
            if (by_queue < queue) queue = by_queue;
        }
        if (json)
            printf("{\"name\": \"event_queue_%zu\", \"queue_ns\": %.1f, \"heap_ns\": %.1f}\n", n, queue / MOVES * 1e9,
                   heap / MOVES * 1e9);
        else
            printf("%-26s %8.1f ns for a push and a pop with %zu items under way, %.1f in a binary heap\n",
                   "event_queue", queue / MOVES * 1e9, n, heap / MOVES * 1e9);
    }
    if (sum < 0) printf("time ran backwards\n");
}
