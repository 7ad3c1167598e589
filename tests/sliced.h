/* For tests of learning by threads over neurons: an experiment from a config text, and a projection's numbers as a matrix. */
#ifndef SLICED_H
#define SLICED_H

#include "files.h"
#include "learner.h"

#include <criterion/criterion.h>
#include <string.h>

typedef struct sliced {
    arena *memory;
    experiment *e;
    learner *l; /* NULL: threads take samples */
} sliced;

static inline sliced sliced_from(const char *text, int n_threads)
{
    lsnn_error err = {0};
    config_node *root;
    sliced s = {0};
    cr_assert_eq(arena_new(&s.memory, &err), LSNN_OK);
    cr_assert_eq(config_parse(&root, s.memory, "test", text, strlen(text), &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(build_experiment(&s.e, root, &files_default, n_threads, s.memory, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(learner_attach(s.e, n_threads, &err), LSNN_OK, "%s", err.message);
    s.l = s.e->learner;
    return s;
}

static inline metrics sliced_gradient(const sliced *s)
{
    lsnn_error err = {0};
    metrics m;
    cr_assert_eq(trainer_gradient(s->e->trainer, &m, NULL, &err), LSNN_OK, "%s", err.message);
    return m;
}

static inline metrics sliced_iterate(const sliced *s, int n)
{
    lsnn_error err = {0};
    metrics m = {0};
    for (int k = 0; k < n; k++)
        cr_assert_eq(trainer_iterate(s->e->trainer, &m, NULL, &err), LSNN_OK, "%s", err.message);
    return m;
}

/* [n_from][n_to] */
typedef struct sliced_matrix {
    double *value;
    int n_to;
    const real *flat;
    size_t n;
} sliced_matrix;

static inline void sliced_put(void *with, int i, int j, real weight, double delay)
{
    sliced_matrix *m = with;
    (void)weight, (void)delay;
    m->value[(size_t)i * (size_t)m->n_to + (size_t)j] += m->flat[m->n++];
}

static inline void sliced_put_small(void *with, int i, int j, int delay, size_t position)
{
    sliced_matrix *m = with;
    (void)delay;
    m->n++;
    m->value[(size_t)i * (size_t)m->n_to + (size_t)j] += m->flat[position];
}

enum { SLICED_GRADIENT = 100 };

/* Of projection `name`: LEARNER_WEIGHTS or the gradient. */
static inline sliced_matrix sliced_matrix_of(const sliced *s, const char *name, int n_from, int n_to, int what)
{
    sliced_matrix m = {.n_to = n_to};
    cr_assert_eq(arena_take(s->memory, &m.value, (size_t)n_from * (size_t)n_to, sizeof(double), NULL), LSNN_OK);
    if (!s->l) {
        const network *net = s->e->net;
        const projection *p = &net->projections[network_find_projection(net, name)];
        m.flat = what == SLICED_GRADIENT ? s->e->trainer->gradient->value[p->parameter]
                                         : net->parameters[p->parameter].value;
        network_each_synapse(net, p, sliced_put_small, &m);
        return m;
    }
    const circuit *c = learner_circuit(s->l);
    real *flat;
    int k = 0;
    while (strcmp(c->projection[k].name, name) != 0)
        k++;
    cr_assert_eq(arena_take(s->memory, &flat, c->projection[k].n_synapses, sizeof *flat, NULL), LSNN_OK);
    if (what == SLICED_GRADIENT)
        learner_gather_gradient(s->l, k, flat);
    else
        learner_gather(s->l, k, what, flat);
    m.flat = flat;
    circuit_each_synapse(c, k, sliced_put, &m);
    return m;
}

#endif
