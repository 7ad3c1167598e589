/* A window of time in one slice: spikes that arrive at rows and synapses in the order of time, and before each of them, and at the
 * end, what a neuron does by itself.
 *
 * Spikes that arrive at one time must be summed before a neuron may fire. As a rule a spike arrives alone; then each target is
 * judged at once, and if not, in a second pass over the same rows. */
#include "event_neuron.h"
#include <stdlib.h>

typedef enum pass { ADD = 1, SETTLE = 2 } pass;

/* The targets of a spike in one part of a population. */
typedef struct row_piece {
    const uint16_t *target;
    const real *weight; /* NULL: one_weight */
    double one_weight;
    uint32_t n;
} row_piece;

LSNN_INLINE void deliver(event_slice *s, event_part *part, const row_piece *row, double time, unsigned passes, int n)
{
    const bool uniform = part->uniform, add = passes & ADD, settle = passes & SETTLE;
    event_moment own;
    const event_moment *now = uniform ? &part->now : &own;
    double carried = 0;
    for (uint32_t k = 0; k < row->n; k++) {
        const uint32_t column = row->target[k];
        const double weight = carried + (row->weight ? (double)row->weight[k] : row->one_weight);
        if (k + 1 < row->n && row->target[k + 1] == column) { /* several synapses between the same neurons */
            carried = weight;
            continue;
        }
        carried = 0;
        event_neuron *y = event_neuron_at(s, column);
        const event_modes *m = uniform ? part->modes : &part->modes[column - (uint32_t)part->column];
        if (__builtin_expect(y->crossing < time || y->drive < time, 0))
            event_neuron_catch_up(s, part, y, m, column, time, n);
        if (!uniform) event_moment_set(&own, m, &part->epoch, time, n);
        if (add) event_neuron_add(y, part, m, now, weight, n);
        if (settle) event_neuron_settle(s, part, y, m, column, now, n);
    }
}

/* What neurons of the part do by themselves before `until`. */
LSNN_INLINE void attend(event_slice *s, event_part *part, double until, int n)
{
    const uint32_t first = (uint32_t)part->column, end = first + (uint32_t)part->n; /* parts begin at multiples of 16 */
    for (uint32_t word = first / 64; word * 64 < end; word++) {
        const uint64_t from_first = word * 64 < first ? ~(uint64_t)0 << (first - word * 64) : ~(uint64_t)0;
        const uint64_t to_end = end - word * 64 < 64 ? ~(~(uint64_t)0 << (end - word * 64)) : ~(uint64_t)0;
        for (uint64_t bits = event_agenda_take(&s->agenda, word, from_first & to_end); bits; bits &= bits - 1) {
            const uint32_t column = word * 64 + (uint32_t)__builtin_ctzll(bits);
            event_neuron *y = event_neuron_at(s, column);
            const event_modes *m = part->uniform ? part->modes : &part->modes[column - first];
            event_neuron_catch_up(s, part, y, m, column, until, n);
            event_neuron_schedule(s, y, column);
        }
    }
}

#define SLICE_KERNELS(n)                                                                                               \
    static void deliver_##n(event_slice *s, event_part *part, const row_piece *row, double time, unsigned passes)      \
    {                                                                                                                  \
        deliver(s, part, row, time, passes, n);                                                                        \
    }                                                                                                                  \
    static void attend_##n(event_slice *s, event_part *part, double until)                                             \
    {                                                                                                                  \
        attend(s, part, until, n);                                                                                     \
    }
SLICE_KERNELS(1)
SLICE_KERNELS(2)
SLICE_KERNELS(3)
SLICE_KERNELS(4)
SLICE_KERNELS(5)
SLICE_KERNELS(6)
SLICE_KERNELS(7)
SLICE_KERNELS(8)

static void (*const deliver_of[])(event_slice *, event_part *, const row_piece *, double, unsigned) = {
    NULL, deliver_1, deliver_2, deliver_3, deliver_4, deliver_5, deliver_6, deliver_7, deliver_8};
static void (*const attend_of[])(event_slice *, event_part *, double) = {
    NULL, attend_1, attend_2, attend_3, attend_4, attend_5, attend_6, attend_7, attend_8};

void event_slice_start(event_slice *s, event_part *part, int j)
{
    const uint32_t column = (uint32_t)(part->column + j);
    event_neuron *y = event_neuron_at(s, column);
    const event_modes *m = part->uniform ? part->modes : &part->modes[j];
    event_neuron_foresee(s, part, y, m, column, part->n_modes);
    event_neuron_schedule(s, y, column);
    y->ready = -1; /* it is not silent at time 0 */
}

/* The piece of a row in one part: `first` moves on to where the next part begins. */
static row_piece cut_row(const circuit_rows *rows, const circuit_projection *p, const event_part *part, uint32_t *first,
                         uint32_t end)
{
    const int beyond = part->column + part->n;
    row_piece row = {.target = rows->target + *first,
                     .weight = rows->weight ? rows->weight + *first : NULL,
                     .one_weight = (double)p->weight};
    if (end > *first && rows->target[end - 1] < beyond)
        row.n = end - *first;
    else
        while (*first + row.n < end && rows->target[*first + row.n] < beyond)
            row.n++;
    *first += row.n;
    return row;
}

static void deliver_row(const event_engine *e, event_slice *s, const event_item *item, unsigned passes)
{
    const circuit_projection *p = &e->c->projection[item->projection];
    const circuit_rows *rows = &s->wires->rows[item->projection];
    uint32_t first = rows->start[item->source];
    const uint32_t end = rows->start[item->source + 1];
    if (passes & ADD) s->counts.deliveries += end - first;
    for (int k = p->to_population; k < p->to_population + p->n_to_populations && first < end; k++) {
        event_part *part = &s->part[k];
        const row_piece row = cut_row(rows, p, part, &first, end);
        if (row.n == 0) continue;
        if (part->uniform && part->now.time != item->time)
            event_moment_set(&part->now, part->modes, &part->epoch, item->time, part->n_modes);
        deliver_of[part->n_modes](s, part, &row, item->time, passes);
    }
}

/* Brings the neurons near that a row will reach, and of the rows after it what leads to them. */
static void fetch_row(const event_engine *e, const event_slice *s, const event_item *item, size_t n)
{
    if (n > 2) __builtin_prefetch(&s->wires->rows[item[2].projection].start[item[2].source]);
    if (n > 1) {
        const circuit_rows *next = &s->wires->rows[item[1].projection];
        for (uint32_t k = next->start[item[1].source]; k < next->start[item[1].source + 1]; k += 32)
            __builtin_prefetch(&next->target[k]);
    }
    const circuit_projection *p = &e->c->projection[item->projection];
    const circuit_rows *rows = &s->wires->rows[item->projection];
    uint32_t first = rows->start[item->source];
    const uint32_t end = rows->start[item->source + 1];
    for (int k = p->to_population; k < p->to_population + p->n_to_populations && first < end; k++) {
        const event_part *part = &s->part[k];
        const row_piece row = cut_row(rows, p, part, &first, end);
        for (uint32_t at = 0; at < row.n; at++)
            __builtin_prefetch(event_neuron_at(s, row.target[at]), 1);
        for (uint32_t at = 0; part->busy && at < row.n; at++)
            __builtin_prefetch(&part->drive[0].ticks[row.target[at] - part->column], 1);
    }
}

static void deliver_single(const event_engine *e, event_slice *s, const event_item *item, unsigned passes)
{
    event_part *part = s->part;
    const uint16_t target = (uint16_t)item->target;
    while (target >= part->column + part->n)
        part++;
    const row_piece row = {.target = &target, .one_weight = (double)item->weight, .n = 1};
    if (passes & ADD) s->counts.deliveries++;
    if (part->uniform && part->now.time != item->time)
        event_moment_set(&part->now, part->modes, &part->epoch, item->time, part->n_modes);
    deliver_of[part->n_modes](s, part, &row, item->time, passes);
    (void)e;
}

/* ---- the window ------------------------------------------------------------------------------------------------------- */

/* Synapses with delays of their own: each is on its way by itself. */
static void send_singles(const event_engine *e, event_slice *s)
{
    const double per_ms = 1 / e->c->net->dt;
    const event_spike *heard = e->heard.item;
    for (size_t k = 0; k < e->heard.n; k++)
        for (int q = 0; q < e->c->n_projections; q++) {
            const circuit_projection *p = &e->c->projection[q];
            const circuit_rows *rows = &s->wires->rows[q];
            const uint32_t i = heard[k].id - (uint32_t)p->from;
            if (!rows->time || p->source != heard[k].source || i >= (uint32_t)p->n_from) continue;
            for (uint32_t at = rows->start[i]; at < rows->start[i + 1]; at++) {
                const event_item item = {.time = heard[k].time + event_steps(rows->time[at], per_ms),
                                         .target = rows->target[at],
                                         .source = i,
                                         .projection = (uint32_t)q,
                                         .weight = rows->weight ? rows->weight[at] : p->weight};
                event_queue_push(&s->queue, &item);
            }
        }
}

/* All that arrives at the earliest time: rows first, then single synapses. */
static void deliver_next(const event_engine *e, event_slice *s, const event_item *row, size_t n_rows,
                         const event_item *single, size_t n_singles)
{
    if (n_rows + n_singles == 1) {
        if (n_rows == 1)
            deliver_row(e, s, row, ADD | SETTLE);
        else
            deliver_single(e, s, single, ADD | SETTLE);
        return;
    }
    for (unsigned passes = ADD; passes <= SETTLE; passes++) {
        for (size_t k = 0; k < n_rows; k++)
            deliver_row(e, s, &row[k], passes);
        for (size_t k = 0; k < n_singles; k++)
            deliver_single(e, s, &single[k], passes);
    }
}

static size_t count_alike(const event_item *item, const event_item *end, double time)
{
    const event_item *first = item;
    while (item < end && item->time == time)
        item++;
    return (size_t)(item - first);
}

static void deliver_all(const event_engine *e, event_slice *s)
{
    size_t n_singles = 0;
    const event_item *row = e->arrival, *const rows_end = row + e->n_arrivals;
    const event_item *single = e->individual ? event_queue_open(&s->queue, &n_singles) : row;
    const event_item *const singles_end = single + n_singles;
    while (row < rows_end || single < singles_end) {
        const bool row_next = row < rows_end && (single == singles_end || row->time <= single->time);
        const double time = row_next ? row->time : single->time;
        const size_t rows = count_alike(row, rows_end, time), singles = count_alike(single, singles_end, time);
        if (s->sample < time) event_record_take(e, s, time);
        if (row + rows < rows_end) fetch_row(e, s, row + rows, (size_t)(rows_end - row) - rows);
        deliver_next(e, s, row, rows, single, singles);
        row += rows;
        single += singles;
    }
}

static int by_time(const void *a, const void *b)
{
    const event_spike *p = a, *q = b;
    if (p->time != q->time) return p->time < q->time ? -1 : 1;
    return (p->id > q->id) - (p->id < q->id);
}

void event_slice_window(event_engine *e, int number, uint32_t window)
{
    event_slice *s = &e->slice[number];
    const double end = event_clock_start(&e->clock, window + 1);
    s->spikes.n = 0;
    if (e->individual) send_singles(e, s);
    deliver_all(e, s);
    if (s->sample < end) event_record_take(e, s, end);
    for (int k = 0; k < e->c->net->n_populations; k++)
        if (s->part[k].n > 0) attend_of[s->part[k].n_modes](s, &s->part[k], end);
    s->agenda.now = window + 1;
    if (s->spikes.n > 1) qsort(s->spikes.item, s->spikes.n, sizeof(event_spike), by_time);
}
