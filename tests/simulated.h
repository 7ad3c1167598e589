/* For tests of large networks: a simulation from a config text, its spikes and recorded values. */
#ifndef SIMULATED_H
#define SIMULATED_H

#include "files.h"
#include "grid.h"

#include <criterion/criterion.h>
#include <string.h>

enum { MOST_SPIKES = 1 << 20, MOST_VALUES = 1 << 16 };

typedef struct spike {
    uint32_t step, who; /* who: id over all populations */
} spike;

typedef struct simulated {
    arena *memory;
    experiment *e;
    circuit *c;
    grid *g;
    spike *spikes;
    int n_spikes;
    double *values; /* of record 0, row after row */
    int n_values;
} simulated;

static inline experiment *experiment_of(const char *text, arena *memory)
{
    lsnn_error err = {0};
    config_node *root;
    experiment *e;
    cr_assert_eq(config_parse(&root, memory, "test", text, strlen(text), &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(build_experiment(&e, root, &files_default, 1, memory, &err), LSNN_OK, "%s", err.message);
    return e;
}

static inline lsnn_status keep(void *with, const grid *g, uint64_t first, int n, lsnn_error *err)
{
    simulated *s = with;
    (void)err;
    for (uint64_t step = first; step < first + (uint64_t)n; step++)
        for (int k = 0; k < s->e->net->n_populations; k++)
            for (int part = 0; part < s->c->n_slices; part++) {
                int found;
                const uint32_t *who = grid_spikes(g, k, part, step, &found);
                for (int i = 0; i < found; i++) {
                    cr_assert_lt(s->n_spikes, MOST_SPIKES);
                    s->spikes[s->n_spikes++] =
                        (spike){(uint32_t)step, who[i] + (uint32_t)s->e->net->populations[k].first};
                }
            }
    if (s->e->n_records == 0) return LSNN_OK;
    int n_rows;
    const real *values = grid_values(g, 0, &n_rows);
    for (int k = 0; k < n_rows * s->e->records[0].n_neurons; k++)
        s->values[s->n_values++] = values[k];
    return LSNN_OK;
}

/* Built, not yet run. */
static inline simulated built(const char *text, int n_threads)
{
    lsnn_error err = {0};
    simulated s = {0};
    cr_assert_eq(arena_new(&s.memory, &err), LSNN_OK);
    s.e = experiment_of(text, s.memory);
    cr_assert_eq(circuit_new(&s.c, s.e, n_threads, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(grid_new(&s.g, s.c, n_threads, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(arena_take(s.memory, &s.spikes, MOST_SPIKES, sizeof *s.spikes, &err), LSNN_OK);
    cr_assert_eq(arena_take(s.memory, &s.values, MOST_VALUES, sizeof *s.values, &err), LSNN_OK);
    return s;
}

static inline simulated simulated_by(const char *text, int n_threads, uint64_t n_steps)
{
    lsnn_error err = {0};
    simulated s = built(text, n_threads);
    const grid_run run = {.n_steps = n_steps, .observe = keep, .with = &s};
    cr_assert_eq(grid_advance(s.g, &run, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(grid_step(s.g), n_steps);
    return s;
}

#endif
