/* A network from a config text, simulated by either engine: its spikes, and values of its records of variables. */
#ifndef BOTH_ENGINES_H
#define BOTH_ENGINES_H

#include "event.h"
#include "grid.h"
#include "parsed_config.h"

#include <math.h>

typedef struct simulated {
    size_t n, room;
    event_spike *spike; /* time in ms, in the order of time and id */
    size_t n_values, room_for_values;
    real *value; /* records' rows, as they came */
} simulated;

static inline void simulated_add(simulated *s, double time, uint32_t id)
{
    if (s->n == s->room) {
        s->room = 2 * s->room + 1024;
        s->spike = realloc(s->spike, s->room * sizeof *s->spike);
        cr_assert(s->spike);
    }
    s->spike[s->n++] = (event_spike){time, id, -1};
}

static inline void simulated_add_values(simulated *s, const real *value, size_t n)
{
    if (s->n_values + n > s->room_for_values) {
        s->room_for_values = 2 * s->room_for_values + n;
        s->value = realloc(s->value, s->room_for_values * sizeof *s->value);
        cr_assert(s->value);
    }
    for (size_t k = 0; k < n; k++)
        s->value[s->n_values++] = value[k];
}

static inline void simulated_free(simulated *s)
{
    free(s->spike);
    free(s->value);
    *s = (simulated){0};
}

static inline experiment *simulated_build(const char *text, const char *engine)
{
    static const values_files no_files = {.directory = "."};
    char override[64];
    experiment *e = NULL;
    config_node *root = parsed(text);
    snprintf(override, sizeof override, "simulation.engine=%s", engine);
    overridden(root, override);
    cr_assert_eq(build_experiment(&e, root, &no_files, 1, memory, &err), LSNN_OK, "%s", err.message);
    return e;
}

typedef struct simulated_view {
    simulated *into;
    const circuit *c;
} simulated_view;

static inline lsnn_status simulated_hear_event(void *with, const event_spike *spike, size_t n, lsnn_error *trouble)
{
    (void)trouble;
    const simulated_view *view = with;
    for (size_t k = 0; k < n; k++)
        simulated_add(view->into, spike[k].time * view->c->net->dt, spike[k].id);
    return LSNN_OK;
}

static inline lsnn_status simulated_see_event(void *with, int k, size_t n_rows, const real *values, lsnn_error *trouble)
{
    (void)trouble;
    const simulated_view *view = with;
    simulated_add_values(view->into, values, n_rows * (size_t)view->c->e->records[k].n_neurons);
    return LSNN_OK;
}

static inline lsnn_status simulated_hear_grid(void *with, const grid *g, uint64_t first, int n, lsnn_error *trouble)
{
    (void)trouble;
    const simulated_view *view = with;
    const network *net = view->c->net;
    for (uint64_t step = first; step < first + (uint64_t)n; step++)
        for (int k = 0; k < net->n_populations; k++)
            for (int s = 0; s < view->c->n_slices; s++) {
                int found;
                const uint32_t *who = grid_spikes(g, k, s, step, &found);
                for (int i = 0; i < found; i++)
                    simulated_add(view->into, (double)step * net->dt, (uint32_t)net->populations[k].first + who[i]);
            }
    for (int k = 0; k < view->c->e->n_records; k++) {
        int n_rows;
        const real *values = grid_values(g, k, &n_rows);
        simulated_add_values(view->into, values, (size_t)n_rows * (size_t)view->c->e->records[k].n_neurons);
    }
    return LSNN_OK;
}

static inline simulated simulated_by_event(const char *text, double time, int n_threads)
{
    simulated s = {0};
    circuit *c;
    event_engine *engine;
    const experiment *e = simulated_build(text, "event");
    cr_assert_eq(circuit_new(&c, e, n_threads, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(event_new(&engine, c, n_threads, &err), LSNN_OK, "%s", err.message);
    const event_observer observer = {simulated_hear_event, simulated_see_event, &(simulated_view){&s, c}};
    /* In pieces, as a program would that saves now and then. */
    for (int piece = 1; piece <= 7; piece++)
        cr_assert_eq(event_advance(engine, time * piece / 7, &observer, &err), LSNN_OK, "%s", err.message);
    event_free(engine);
    return s;
}

static inline simulated simulated_by_grid(const char *text, double time, int n_threads)
{
    simulated s = {0};
    circuit *c;
    grid *g;
    const experiment *e = simulated_build(text, "grid");
    cr_assert_eq(circuit_new(&c, e, n_threads, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(grid_new(&g, c, n_threads, &err), LSNN_OK, "%s", err.message);
    const grid_run run = {
        .n_steps = (uint64_t)llround(time / e->dt), .observe = simulated_hear_grid, .with = &(simulated_view){&s, c}};
    cr_assert_eq(grid_advance(g, &run, &err), LSNN_OK, "%s", err.message);
    return s;
}

#endif
