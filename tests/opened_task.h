/* For tests: a task that was opened without an engine, and a look at its trials. */
#ifndef OPENED_TASK_H
#define OPENED_TASK_H

#include "arena.h"
#include "fields.h"
#include "registry.h"
#include "trial.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static arena *memory;
static lsnn_error err;

static inline void start_arena(void)
{
    cr_assert_eq(arena_new(&memory, &err), LSNN_OK, "%s", err.message);
}

static inline void end_arena(void)
{
    arena_free(memory);
}

/* Stands for the engine: memory from an arena, and small images made up here instead of files. */
typedef struct fake_host {
    lsnn_task_host host;
    uint32_t n_train, n_test, n_train_labels, rows;
    int wrong_label; /* the training image that has the label 10; -1: none */
} fake_host;

static inline lsnn_status fake_memory(const lsnn_task_host *host, void *out_pointer, size_t n, size_t size,
                                      lsnn_error *e)
{
    (void)host;
    return arena_take(memory, out_pointer, n, size, e);
}

/* Digits of dark edge with grey and white blobs, all different. */
static inline uint8_t fake_pixel(lsnn_random *stream, uint8_t before)
{
    uint32_t chance = lsnn_random_below(stream, 8);
    if (chance < 4) return before;
    if (chance < 6) return 0;
    return chance < 7 ? 255 : (uint8_t)lsnn_random_below(stream, 256);
}

static inline lsnn_status fake_idx(const lsnn_task_host *host, lsnn_bytes *out, const char *directory, const char *file,
                                   lsnn_error *e)
{
    (void)directory;
    const fake_host *f = (const fake_host *)host;
    bool train = strncmp(file, "train", 5) == 0, labels = strstr(file, "labels") != NULL;
    uint32_t n = train ? (labels ? f->n_train_labels : f->n_train) : f->n_test;
    size_t n_bytes = labels ? n : (size_t)n * f->rows * 28;
    uint8_t *values = NULL;
    TRY(arena_take(memory, &values, n_bytes, 1, e));
    lsnn_random stream = lsnn_random_stream(train, LSNN_SOURCES, labels, 0);
    for (size_t i = 0; i < n_bytes; i++)
        values[i] = labels ? (uint8_t)(i % 10) : fake_pixel(&stream, i > 0 ? values[i - 1] : 0);
    if (train && labels && f->wrong_label >= 0) values[f->wrong_label] = 10;
    *out = (lsnn_bytes){.n_dims = labels ? 1 : 3, .dim = {n, labels ? 0 : f->rows, labels ? 0 : 28}, .values = values};
    return LSNN_OK;
}

static inline fake_host new_host(uint64_t seed)
{
    return (fake_host){.host = {.seed = seed, .dt = 1, .memory = fake_memory, .idx = fake_idx},
                       .n_train = 5100,
                       .n_train_labels = 5100,
                       .n_test = 50,
                       .rows = 28,
                       .wrong_label = -1};
}

typedef struct opened_task {
    const lsnn_task *task;
    uint64_t seed;
    void *parameters, *state;
    lsnn_shape shape;
} opened_task;

static inline lsnn_status try_open(opened_task *out, const lsnn_task *task, const char *yaml, const fake_host *host)
{
    *out = (opened_task){.task = task, .seed = host->host.seed};
    config_node *map = NULL;
    config_report report = {0};
    fields_reader reader = {memory, &report, host->host.dt};
    TRY(config_parse(&map, memory, "test", yaml, strlen(yaml), &err));
    TRY(arena_take(memory, &out->parameters, 1, task->size, &err));
    TRY(arena_take(memory, &out->state, 1, task->state_size, &err));
    TRY(fields_read(out->parameters, task->fields, map, NULL, &reader, &err));
    TRY(config_verdict(&report, &err));
    return task->open(out->state, out->parameters, &host->host, &out->shape, &err);
}

static inline opened_task open_task(const lsnn_task *task, const char *yaml, uint64_t seed)
{
    fake_host host = new_host(seed);
    opened_task o;
    cr_assert_eq(try_open(&o, task, yaml, &host), LSNN_OK, "%s: %s", task->name, err.message);
    return o;
}

static inline lsnn_trial *new_trial(const opened_task *o)
{
    lsnn_trial *trial = NULL;
    cr_assert_eq(trial_new(&trial, memory, &o->shape, &err), LSNN_OK, "%s", err.message);
    return trial;
}

static inline void draw(lsnn_trial *trial, const opened_task *o, lsnn_set set, uint64_t index)
{
    trial_clear(trial, set);
    o->task->draw(o->state, o->parameters, &(lsnn_draw){.seed = o->seed, .set = set, .index = index}, trial);
    trial_sort(trial);
    if (trial->demonstration) trial_sort(trial->demonstration);
}

static inline bool same_trial(const lsnn_trial *a, const lsnn_trial *b)
{
    if (a->demonstration && !same_trial(a->demonstration, b->demonstration)) return false;
    size_t n_steps = (size_t)a->n_steps, n_runs = a->events->start[n_steps];
    size_t n_target = n_steps * (size_t)a->shape.n_out, n_analog = n_steps * (size_t)a->shape.n_in;
    return a->n_steps == b->n_steps && a->label == b->label && a->n_questions == b->n_questions &&
           (a->n_questions == 0 ||
            memcmp(a->questions, b->questions, (size_t)a->n_questions * sizeof *a->questions) == 0) &&
           memcmp(a->weight, b->weight, n_steps * sizeof(real)) == 0 &&
           (!a->target || memcmp(a->target, b->target, n_target * sizeof(real)) == 0) &&
           (!a->analog || memcmp(a->analog, b->analog, n_analog * sizeof(real)) == 0) &&
           memcmp(a->events->start, b->events->start, (n_steps + 1) * sizeof *a->events->start) == 0 &&
           (n_runs == 0 || memcmp(a->events->run, b->events->run, n_runs * sizeof(event_run)) == 0);
}

static inline bool fires(const lsnn_trial *trial, int step, int cell)
{
    const lsnn_events *e = trial->events;
    for (uint32_t i = e->start[step]; i < e->start[step + 1]; i++) {
        if ((uint32_t)cell >= e->run[i].first && (uint32_t)cell < e->run[i].last) return true;
    }
    return false;
}

static inline int count_spikes(const lsnn_trial *trial, int first, int last, int start, int stop)
{
    int n = 0;
    for (int t = start; t < stop; t++) {
        for (int i = first; i < last; i++)
            n += fires(trial, t, i);
    }
    return n;
}

/* Five standard deviations: a right task fails for about one seed in a million. */
#define assert_near(measured, expected, sd)                                                                            \
    cr_assert_lt(fabs((measured) - (expected)), 5 * (sd), "%g, expected %g +- %g", (double)(measured),                 \
                 (double)(expected), (double)(sd))

#endif
