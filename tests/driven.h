/* Neurons of one model, each driven by a current of its own, and what they do. */
#ifndef DRIVEN_H
#define DRIVEN_H

#include "parameters.h"
#include "registry.h"
#include "worker.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

/* Arrays are [n_steps][n]. */
typedef struct driven {
    int n, n_steps;
    double *z, *v, *a, *A, *psi; /* a of models that have it */
    arena *memory;
} driven;

/* Rounding of a state that a few hundred steps have passed through, for values of the order of 1. */
static const double driven_tolerance = sizeof(real) == 8 ? 1e-12 : 1e-4;

static inline double *driven_take(driven *d)
{
    double *values;
    cr_assert_eq(arena_take(d->memory, &values, (size_t)(d->n * d->n_steps), sizeof *values, NULL), LSNN_OK);
    return values;
}

static inline void driven_see(void *with, const network *net, const worker *w, const tape *tp, int t)
{
    (void)tp;
    driven *d = with;
    const population *p = &net->populations[0];
    real A[p->width];
    p->model->derive(&w->slice[0], p->parameters, 0, A);
    for (int j = 0; j < d->n; j++) {
        const int k = t * d->n + j;
        d->z[k] = w->output[j];
        d->v[k] = w->slice[0].state[0][j];
        d->a[k] = p->n_states > 2 ? w->slice[0].state[2][j] : 0;
        d->A[k] = A[j];
        d->psi[k] = w->slice[0].tape[0][j];
    }
}

/* A network of the n neurons, each with an input cell of its own at weight 1. */
static inline network *driven_network(driven *d, const char *model_name, const parameters_entry *list)
{
    const lsnn_model *model = registry_model(model_name);
    const void *parameters;
    network *net;
    synapses *wires;
    lsnn_error err = {0};
    const projection_spec spec = {.name = "in", .n_to_populations = 1, .rate = 1, .min = -INFINITY, .max = INFINITY};
    cr_assert_eq(network_new(&net, d->memory, 1, 0, NULL), LSNN_OK);
    cr_assert_eq(network_add_source(net, &(source){.name = "input", .n = d->n, .analog = true}, NULL), LSNN_OK);
    cr_assert_eq(parameters_fill(&parameters, model->fields, model->size, d->n, list, d->memory, &err), LSNN_OK, "%s",
                 err.message);
    cr_assert_eq(network_add_population(net, model_name, model, d->n, parameters, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(synapses_new(&wires, d->memory, d->n, d->n, (size_t)d->n, NULL), LSNN_OK);
    for (uint32_t j = 0; j < (uint32_t)d->n; j++)
        synapses_add(wires, j, j, 1, 0);
    cr_assert_eq(network_add_projection(net, &spec, wires, NULL), LSNN_OK);
    return net;
}

/* `current` is [n_steps][n]. Free with driven_free. */
static inline driven driven_run(const char *model, int n, const parameters_entry *list, int n_steps,
                                const double *current)
{
    driven d = {.n = n, .n_steps = n_steps};
    worker *w;
    tape *tp;
    const lsnn_shape shape = {.n_in = n, .n_out = 1, .n_steps = n_steps, .analog = true};
    cr_assert_eq(arena_new(&d.memory, NULL), LSNN_OK);
    network *net = driven_network(&d, model, list);
    double **const columns[] = {&d.z, &d.v, &d.a, &d.A, &d.psi};
    for (int k = 0; k < 5; k++)
        *columns[k] = driven_take(&d);
    cr_assert_eq(worker_new(&w, net, d.memory, &shape, NULL), LSNN_OK);
    cr_assert_eq(tape_new(&tp, net, d.memory, &shape, shape.n_steps, NULL), LSNN_OK);
    for (int k = 0; k < n * n_steps; k++)
        tp->trial->analog[k] = (real)current[k];
    network_refresh(net);
    forward(net, w, tp, driven_see, &d);
    return d;
}

static inline void driven_free(driven *d)
{
    arena_free(d->memory);
}

/* The steps at which neuron j spikes; returns how many, at most `most`. */
static inline int driven_spikes(const driven *d, int j, int *step, int most)
{
    int n = 0;
    for (int t = 0; t < d->n_steps && n < most; t++)
        if (d->z[t * d->n + j] > 0) step[n++] = t;
    return n;
}

static inline void driven_constant(double *current, int n_steps, int n, const double *level)
{
    for (int k = 0; k < n_steps * n; k++)
        current[k] = level[k % n];
}

#endif
