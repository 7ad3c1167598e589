/* The queue against a sorted list, under random pushes. */
#include "event_queue.h"
#include "lsnn/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 200000 };

static int by_all(const void *a, const void *b)
{
    const event_item *p = a, *q = b;
    if (p->time != q->time) return p->time < q->time ? -1 : 1;
    if (p->target != q->target) return p->target < q->target ? -1 : 1;
    if (p->source != q->source) return p->source < q->source ? -1 : 1;
    return (p->projection > q->projection) - (p->projection < q->projection);
}

static bool same(const event_item *a, const event_item *b)
{
    return by_all(a, b) == 0 && a->weight == b->weight;
}

/* Items of which a share lies on a grid, so that times are equal, up to `reach` windows ahead. */
static void compare(double length, double reach, double aligned, int pushes_a_window)
{
    static event_queue q;
    memset(&q, 0, sizeof q);
    event_item *kept = malloc(MOST * sizeof *kept);
    size_t n_kept = 0;
    lsnn_random stream = lsnn_random_stream((uint64_t)pushes_a_window, LSNN_TASK_FIXED, 0, 0);
    q.clock = event_clock_new(length);
    for (uint32_t window = 0; window < 1000; window++) {
        const double start = event_clock_start(&q.clock, window), end = event_clock_start(&q.clock, window + 1);
        for (int k = 0; k < pushes_a_window && window < 700 && n_kept < MOST; k++) {
            event_item item = {.time = start + reach * length * pow(lsnn_random_uniform(&stream), 3),
                               .target = lsnn_random_below(&stream, 5),
                               .source = lsnn_random_below(&stream, 1000),
                               .projection = (uint32_t)n_kept,
                               .weight = (real)k};
            if (lsnn_random_uniform(&stream) < aligned) item.time = fmax(start, floor(item.time));
            event_queue_push(&q, &item);
            kept[n_kept++] = item;
        }
        size_t n, expected = 0;
        const event_item *item = event_queue_open(&q, &n);
        qsort(kept, n_kept, sizeof *kept, by_all);
        while (expected < n_kept && kept[expected].time < end)
            expected++;
        cr_assert_eq(n, expected, "window %u: %zu items instead of %zu", window, n, expected);
        for (size_t k = 0; k < n; k++)
            cr_assert(same(&item[k], &kept[k]), "window %u, item %zu", window, k);
        memmove(kept, kept + n, (n_kept - n) * sizeof *kept);
        n_kept -= n;
    }
    cr_expect(!q.failed);
    event_queue_free(&q);
    free(kept);
}

Test(event_queue, gives_what_a_sorted_list_gives)
{
    compare(1, 5, 0, 3);
    compare(15, 3, 0.5, 60);
    compare(0.37, 20, 0, 40);
}

Test(event_queue, sorts_many_items_of_one_time)
{
    compare(1, 2, 1, 100);
}

Test(event_queue, keeps_what_lies_beyond_its_ring)
{
    compare(0.1, 900, 0.1, 20);
}

Test(event_queue, windows_begin_and_end_exactly)
{
    const double lengths[] = {1, 15, 1.5, 0.1, 1.0 / 3, 0.7310585786300049};
    for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
        const event_clock c = event_clock_new(lengths[k]);
        cr_expect(c.length <= lengths[k] && c.length > lengths[k] * (1 - 1e-7));
        for (uint32_t w = 1; w < 3000000; w = w * 3 + 1) {
            const double start = event_clock_start(&c, w);
            cr_expect_eq(start + c.length,
                         event_clock_start(&c, w + 1)); /* a spike's arrival is never a window early */
            cr_expect_eq(event_clock_window(&c, start), w);
            cr_expect_eq(event_clock_window(&c, nextafter(start, 0)), w - 1);
            cr_expect_eq(event_clock_window(&c, nextafter(start, INFINITY)), w);
        }
    }
    cr_expect_eq(event_clock_new(15).length, 15);
}

Test(event_queue, the_agenda_has_each_note_in_its_window)
{
    enum { CELLS = 300, WINDOWS = 3000 };
    static uint64_t bits[EVENT_RING * 5];
    static uint32_t due[CELLS]; /* 0: nothing to do */
    event_agenda a = {.n_words = 5, .bits = bits};
    lsnn_random stream = lsnn_random_stream(3, LSNN_TASK_FIXED, 0, 0);
    int done = 0;
    for (; a.now < WINDOWS; a.now++) {
        for (uint32_t cell = 0; cell < CELLS; cell++) {
            if (due[cell] != 0 || lsnn_random_uniform(&stream) < 0.9) continue;
            due[cell] = a.now + lsnn_random_below(&stream, cell % 2 ? 1200 : 5);
            event_agenda_note(&a, due[cell], cell);
        }
        for (uint32_t word = 0; word < 5; word++)
            for (uint64_t noted = event_agenda_take(&a, word, ~(uint64_t)0); noted; noted &= noted - 1) {
                const uint32_t cell = word * 64 + (uint32_t)__builtin_ctzll(noted);
                cr_assert(due[cell] >= a.now, "cell %u was due in window %u, now %u", cell, due[cell], a.now);
                if (due[cell] > a.now) { /* a reminder */
                    event_agenda_note(&a, due[cell], cell);
                    continue;
                }
                due[cell] = 0;
                done++;
            }
        for (uint32_t cell = 0; cell < CELLS; cell++)
            cr_assert(due[cell] == 0 || due[cell] > a.now);
    }
    cr_expect_gt(done, 10000);
}
