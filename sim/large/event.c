/* Windows of time: what is sent, what arrives, and who is told. */
#include "event_inside.h"
#include <stdlib.h>

static double shortest_delay(const circuit *c)
{
    double shortest = EVENT_LONGEST_WINDOW;
    for (int k = 0; k < c->n_projections; k++)
        if (c->projection[k].source < 0)
            shortest = fmin(shortest, event_steps(c->projection[k].first_time, 1 / c->net->dt));
    return shortest;
}

static lsnn_status set_delays(event_engine *e, lsnn_error *err)
{
    const circuit *c = e->c;
    TRY(arena_take(c->net->memory, &e->delay, (size_t)c->n_projections + 1, sizeof *e->delay, err));
    for (int k = 0; k < c->n_projections; k++) {
        e->delay[k] = event_steps(c->projection[k].first_time, 1 / c->net->dt);
        for (int s = 0; s < c->n_slices; s++)
            e->individual = e->individual || c->slice[s].rows[k].time;
    }
    return LSNN_OK;
}

lsnn_status event_new(event_engine **out, const circuit *c, int n_threads, lsnn_error *err)
{
    event_engine *e;
    TRY(arena_take(c->net->memory, &e, 1, sizeof *e, err));
    *e = (event_engine){.c = c, .n_threads = n_threads, .n_slices = c->n_slices};
    e->clock = e->queue.clock = event_clock_new(shortest_delay(c));
    TRY(arena_take(c->net->memory, &e->slice, (size_t)c->n_slices, sizeof *e->slice, err));
    lsnn_status status = set_delays(e, err);
    for (int s = 0; status == LSNN_OK && s < c->n_slices; s++)
        status = event_build_slice(e, s, err);
    if (status == LSNN_OK) status = event_source_new(e, err);
    if (status == LSNN_OK) status = event_record_new(e, err);
    if (status == LSNN_OK)
        *out = e;
    else
        event_free(e);
    return status;
}

void event_free(event_engine *e)
{
    if (!e) return;
    for (int s = 0; s < e->n_slices; s++) {
        crossing_free(e->slice[s].solver);
        event_queue_free(&e->slice[s].queue);
        free(e->slice[s].spikes.item);
    }
    event_queue_free(&e->queue);
    free(e->heard.item);
    free(e->ahead.item);
}

/* Rows of one delay: a spike is on its way as one item, whatever the number of its targets. */
static void send_rows(event_engine *e, const event_spike *spike)
{
    for (int k = 0; k < e->c->n_projections; k++) {
        const circuit_projection *p = &e->c->projection[k];
        const uint32_t i = spike->id - (uint32_t)p->from;
        if (p->source != spike->source || i >= (uint32_t)p->n_from || e->c->slice[0].rows[k].time) continue;
        const event_item item = {.time = spike->time + e->delay[k], .source = i, .projection = (uint32_t)k};
        event_queue_push(&e->queue, &item);
    }
}

static lsnn_status no_memory(lsnn_error *err)
{
    return lsnn_fail(err, LSNN_MEMORY, "no memory for more spikes: too many are on their way");
}

/* Before a window: spikes of sources join those of the window before. */
static lsnn_status begin_window(event_engine *e, lsnn_error *err)
{
    const size_t n_neurons = e->heard.n;
    TRY(event_source_window(e, e->window, err));
    for (size_t k = n_neurons; k < e->heard.n; k++)
        send_rows(e, (event_spike *)e->heard.item + k);
    e->arrival = event_queue_open(&e->queue, &e->n_arrivals);
    return e->queue.failed ? no_memory(err) : LSNN_OK;
}

static const event_spike *earliest(event_engine *e)
{
    const event_spike *first = NULL;
    event_slice *from = NULL;
    for (event_slice *s = e->slice; s < e->slice + e->n_slices; s++) {
        if (s->n_merged == s->spikes.n) continue;
        const event_spike *spike = (event_spike *)s->spikes.item + s->n_merged;
        if (first && (first->time < spike->time || (first->time == spike->time && first->id < spike->id))) continue;
        first = spike;
        from = s;
    }
    if (from) from->n_merged++;
    return first;
}

/* After it: the slices' spikes in the order of time and id. */
static lsnn_status end_window(event_engine *e, lsnn_error *err)
{
    bool failed = e->queue.failed;
    e->heard.n = 0;
    for (int s = 0; s < e->n_slices; s++) {
        e->slice[s].n_merged = 0;
        failed = failed || e->slice[s].failed || e->slice[s].queue.failed;
    }
    for (const event_spike *spike; !failed && (spike = earliest(e));) {
        event_spike *heard = event_list_add(&e->heard, sizeof *heard),
                    *ahead = event_list_add(&e->ahead, sizeof *ahead);
        failed = !heard || !ahead;
        if (failed) break;
        *heard = *ahead = *spike;
        send_rows(e, spike);
    }
    e->window++;
    return failed ? no_memory(err) : LSNN_OK;
}

/* Spikes before `end` are told; a window may reach beyond. */
static lsnn_status tell(event_engine *e, double end, const event_observer *observer, lsnn_error *err)
{
    event_spike *spike = e->ahead.item;
    size_t n = 0;
    while (n < e->ahead.n && spike[n].time < end)
        n++;
    if (n > 0 && observer->spikes) TRY(observer->spikes(observer->with, spike, n, err));
    if (n > 0) memmove(spike, spike + n, (e->ahead.n - n) * sizeof *spike);
    e->ahead.n -= n;
    return event_record_tell(e, end, observer, err);
}

event_counts event_count(const event_engine *e)
{
    event_counts sum = {0};
    for (int s = 0; s < e->n_slices; s++) {
        const event_counts *c = &e->slice[s].counts;
        sum.deliveries += c->deliveries;
        sum.drive += c->drive;
        sum.predictions += c->predictions;
        sum.spikes += c->spikes;
    }
    return sum;
}

/* Waking threads costs as much as some thousand events; the last window says how many there will be about. */
static void work(event_engine *e)
{
    enum { WORTH_WAKING = 4000 };
    const event_counts before = event_count(e);
#pragma omp parallel for num_threads(e->n_threads) schedule(static, 1) if (e->busy > WORTH_WAKING)
    for (int s = 0; s < e->n_slices; s++)
        event_slice_window(e, s, e->window);
    const event_counts after = event_count(e);
    e->busy = after.deliveries + after.drive - before.deliveries - before.drive;
}

lsnn_status event_advance(event_engine *e, double until, const event_observer *observer, lsnn_error *err)
{
    const double end = event_steps(until, 1 / e->c->net->dt);
    lsnn_status status = tell(e, end, observer, err);
    if (end >= EVENT_MOST_WINDOWS * e->clock.length)
        return lsnn_fail(err, LSNN_CONFIG, "a delay of %g ms is too short for %g ms of simulation",
                         e->clock.length * e->c->net->dt, until);
    while (status == LSNN_OK && event_clock_start(&e->clock, e->window) < end) {
        status = begin_window(e, err);
        if (status == LSNN_OK) work(e);
        if (status == LSNN_OK) status = end_window(e, err);
        if (status == LSNN_OK) status = tell(e, end, observer, err);
    }
    return status;
}
