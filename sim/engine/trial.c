/* A trial's input spikes: collected in any order, then brought into order by step and cell. */
#include "trial.h"

#include <math.h>
#include <string.h>

int trial_steps(const lsnn_shape *shape, lsnn_set set)
{
    return set == LSNN_TEST && shape->n_steps_test > 0 ? shape->n_steps_test : shape->n_steps;
}

int trial_longest(const lsnn_shape *shape)
{
    return shape->n_steps_test > shape->n_steps ? shape->n_steps_test : shape->n_steps;
}

lsnn_status trial_new(lsnn_trial **out, arena *a, const lsnn_shape *shape, lsnn_error *err)
{
    const size_t n_steps = (size_t)trial_longest(shape);
    uint64_t room = shape->analog ? 0 : (uint64_t)n_steps * (uint64_t)shape->n_in;
    if (room > UINT32_MAX)
        return lsnn_fail(err, LSNN_MEMORY, "a trial of %d steps and %d input cells could hold more than 2^32 spikes",
                         trial_longest(shape), shape->n_in);

    lsnn_trial *trial = NULL;
    TRY(arena_take(a, &trial, 1, sizeof *trial, err));
    trial->shape = *shape;
    trial->n_steps = shape->n_steps;
    TRY(arena_take(a, &trial->weight, n_steps, sizeof *trial->weight, err));
    if (!shape->classes) TRY(arena_take(a, &trial->target, n_steps * (size_t)shape->n_out, sizeof *trial->target, err));
    if (shape->analog) TRY(arena_take(a, &trial->analog, n_steps * (size_t)shape->n_in, sizeof *trial->analog, err));

    size_t n_questions = (size_t)shape->n_questions;
    if (n_questions > 0) TRY(arena_take(a, &trial->questions, n_questions, sizeof *trial->questions, err));
    const size_t n_given = n_questions * (size_t)shape->n_given;
    if (n_given > 0) TRY(arena_take(a, &trial->given, n_given, sizeof *trial->given, err));
    TRY(arena_take(a, &trial->answers, (n_questions > 0 ? n_questions : 1) * (size_t)shape->n_out,
                   sizeof *trial->answers, err));

    lsnn_events *e = NULL;
    TRY(arena_take(a, &e, 1, sizeof *e, err));
    trial->events = e;
    *e = (lsnn_events){.n_steps = shape->n_steps, .n_in = shape->n_in, .capacity = (uint32_t)room};
    if (shape->n_demonstration > 0) {
        const lsnn_shape second = {.n_in = shape->n_demonstration,
                                   .n_out = 1,
                                   .n_steps = shape->n_steps,
                                   .n_steps_test = shape->n_steps_test,
                                   .analog = shape->analog_demonstration};
        TRY(trial_new(&trial->demonstration, a, &second, err));
    }
    TRY(arena_take(a, &e->start, n_steps + 1, sizeof *e->start, err));
    TRY(arena_take(a, &e->run, room + 1, sizeof *e->run, err)); /* trial_sort reads one behind the last */
    TRY(arena_take(a, &e->step, room + 1, sizeof *e->step, err));
    if (room > 0) {
        TRY(arena_take(a, &e->drawn_step, room, sizeof *e->drawn_step, err));
        TRY(arena_take(a, &e->drawn, room, sizeof *e->drawn, err));
    }
    *out = trial;
    return LSNN_OK;
}

void trial_clear(lsnn_trial *trial, lsnn_set set)
{
    const lsnn_shape *shape = &trial->shape;
    const size_t n_steps = (size_t)trial_steps(shape, set);
    trial->n_steps = trial->events->n_steps = (int)n_steps;
    trial->label = shape->n_questions > 0 ? -1 : 0;
    trial->n_questions = 0;
    memset(trial->weight, 0, n_steps * sizeof *trial->weight);
    if (trial->target) memset(trial->target, 0, n_steps * (size_t)shape->n_out * sizeof *trial->target);
    if (trial->analog) memset(trial->analog, 0, n_steps * (size_t)shape->n_in * sizeof *trial->analog);
    trial->events->n = 0;
    memset(trial->events->start, 0, (n_steps + 1) * sizeof *trial->events->start);
    if (trial->demonstration) trial_clear(trial->demonstration, set);
}

/* Distribute what was drawn over the steps; start[t] is then where the runs of step t begin. */
static void scatter(lsnn_events *e)
{
    uint32_t *start = e->start;
    memset(start, 0, ((size_t)e->n_steps + 1) * sizeof *start);
    for (uint32_t i = 0; i < e->n; i++)
        start[e->drawn_step[i]]++;
    uint32_t sum = 0;
    for (int t = 0; t <= e->n_steps; t++) {
        sum += start[t];
        start[t] = sum; /* the end of step t; counted down to its beginning below */
    }
    for (uint32_t i = e->n; i-- > 0;)
        e->run[--start[e->drawn_step[i]]] = e->drawn[i];
}

/* Insertion: tasks draw a step's cells nearly in order. */
static void order_by_cell(event_run *run, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        event_run moved = run[i];
        uint32_t k = i;
        for (; k > 0 && run[k - 1].first > moved.first; k--)
            run[k] = run[k - 1];
        run[k] = moved;
    }
}

/* Order the runs from .. to-1 of one step, without overlaps, from `kept` on; the new end. */
static uint32_t join(event_run *run, uint32_t kept, uint32_t from, uint32_t to, uint32_t touching)
{
    order_by_cell(run + from, to - from);
    uint32_t first = kept;
    for (uint32_t i = from; i < to; i++) {
        event_run next = run[i];
        if (kept == first || next.first >= run[kept - 1].last + touching)
            run[kept++] = next;
        else if (next.last > run[kept - 1].last)
            run[kept - 1].last = next.last;
    }
    return kept;
}

void trial_sort(lsnn_trial *trial)
{
    lsnn_events *e = trial->events;
    scatter(e);
    uint32_t touching = trial->shape.runs ? 1 : 0;
    uint32_t kept = 0, from = 0;
    for (int t = 0; t < e->n_steps; t++) {
        uint32_t to = e->start[t + 1];
        e->start[t] = kept;
        e->step[kept] = (uint32_t)t;
        if (to - from > 1) {
            kept = join(e->run, kept, from, to, touching);
            for (uint32_t k = e->start[t]; k < kept; k++)
                e->step[k] = (uint32_t)t;
        } else { /* one or none, without a branch between them: which of the two cannot be foreseen */
            e->run[kept] = e->run[from];
            kept += to - from;
        }
        from = to;
    }
    e->start[e->n_steps] = kept;
}

/* The room is enough for every cell in every step, so when it is full something was drawn twice or all is there. */
static bool drop_repeated(lsnn_trial *trial)
{
    lsnn_events *e = trial->events;
    trial_sort(trial);
    for (int t = 0; t < e->n_steps; t++) {
        for (uint32_t i = e->start[t]; i < e->start[t + 1]; i++) {
            e->drawn_step[i] = (uint32_t)t;
            e->drawn[i] = e->run[i];
        }
    }
    e->n = e->start[e->n_steps];
    return e->n < e->capacity;
}

static void add(lsnn_trial *trial, int step, int first, int last)
{
    lsnn_events *e = trial->events;
    if (e->n == e->capacity && (e->capacity == 0 || !drop_repeated(trial))) return;
    e->drawn_step[e->n] = (uint32_t)step;
    e->drawn[e->n] = (event_run){(uint32_t)first, (uint32_t)last};
    e->n++;
}

void lsnn_trial_run(lsnn_trial *trial, int step, int first, int last)
{
    if (step < 0 || step >= trial->n_steps) return;
    if (first < 0) first = 0;
    if (last > trial->shape.n_in) last = trial->shape.n_in;
    if (first >= last) return;
    if (trial->shape.runs) {
        add(trial, step, first, last);
        return;
    }
    for (int i = first; i < last; i++)
        add(trial, step, i, i + 1);
}

void lsnn_trial_spike(lsnn_trial *trial, int step, int cell)
{
    lsnn_trial_run(trial, step, cell, cell + 1);
}

/* Whether no success lies in n trials, as far as it can be told from (1 - p)^n >= 1 - n p, without a logarithm: most cells of a
 * population code are silent. The margin is wider than all rounding. */
static bool surely_none(double uniform, double n, double probability)
{
    return uniform < 1 - 1e-12 - n * probability;
}

/* The (step, cell) pairs form one row of Bernoulli trials, step by step; the gaps between successes are geometric:
 * floor(ln U / ln(1 - p)) failures (Devroye 1986, section X.2). */
void lsnn_trial_bernoulli(lsnn_trial *trial, lsnn_random *stream, int first, int last, int start, int stop,
                          double probability)
{
    if (start < 0) start = 0;
    if (stop > trial->n_steps) stop = trial->n_steps;
    if (first < 0) first = 0;
    if (last > trial->shape.n_in) last = trial->shape.n_in;
    if (first >= last || start >= stop || !(probability > 0)) return;
    if (probability >= 1) {
        for (int t = start; t < stop; t++)
            lsnn_trial_run(trial, t, first, last);
        return;
    }

    uint64_t width = (uint64_t)(last - first);
    uint64_t left = width * (uint64_t)(stop - start); /* pairs that are not decided yet */
    uint64_t cell = 0;
    double per_log = 0;
    for (int t = start;;) {
        const double uniform = lsnn_random_uniform(stream);
        if (surely_none(uniform, (double)left, probability)) return;
        if (per_log == 0) per_log = 1 / log1p(-probability);
        const double gap = log(uniform) * per_log;
        if (gap >= (double)left) return;
        uint64_t failures = (uint64_t)gap;
        left -= failures + 1;
        cell += failures;
        if (cell >= width) {
            t += (int)(cell / width);
            cell %= width;
        }
        add(trial, t, first + (int)cell, first + (int)cell + 1);
        cell++;
    }
}

void lsnn_trial_ask(lsnn_trial *trial, int start, int stop, int label)
{
    int n = trial->n_questions, free_from = n > 0 ? trial->questions[n - 1].stop : 0;
    if (start < free_from) start = free_from;
    if (stop > trial->n_steps) stop = trial->n_steps;
    if (n == trial->shape.n_questions || start >= stop) return;
    trial->questions[trial->n_questions++] = (lsnn_question){.start = start, .stop = stop, .label = label};
    for (int t = start; t < stop; t++)
        trial->weight[t] = 1;
}

lsnn_random lsnn_draw_stream(const lsnn_draw *draw)
{
    static const lsnn_purpose purpose[] = {LSNN_TASK_TRAIN, LSNN_TASK_VALIDATION, LSNN_TASK_TEST};
    return lsnn_random_stream(draw->seed, purpose[draw->set], draw->index & UINT32_MAX, draw->index >> 32);
}
