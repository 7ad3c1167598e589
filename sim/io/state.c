/* The list of what a checkpoint holds. */
#include "state.h"
#include "learner.h"
#include "outer.h"
#include <stddef.h>
#include <string.h>

typedef struct list {
    arena *memory;
    state_item *items;
    int n, room;
} list;

static lsnn_status add(list *l, const char *group, const char *name, store_type type, size_t n, void *values,
                       lsnn_error *err)
{
    const char *path;
    if (n == 0) return LSNN_OK;
    if (l->n == l->room) return lsnn_fail(err, LSNN_INTERNAL, "a checkpoint of more than %d items", l->room);
    TRY(arena_format(l->memory, &path, err, "%s/%s", group, name));
    l->items[l->n++] = (state_item){.name = path, .type = type, .n = n, .values = values};
    return LSNN_OK;
}

/* Which synapses there are, where rewiring changes that. */
static lsnn_status add_structure(list *l, const network *net, const projection *p, lsnn_error *err)
{
    _Static_assert(sizeof(size_t) == sizeof(uint64_t), "row_start is stored as it is");
    const parameter *weights = &net->parameters[p->parameter];
    const char *group;
    TRY(arena_format(l->memory, &group, err, "structure/%s", p->name));
    TRY(add(l, group, "sign", STORE_REAL, weights->n, weights->sign, err));
    if (p->dense) return add(l, group, "present", STORE_REAL, weights->n, weights->present, err);
    TRY(add(l, group, "row_start", STORE_UINT64, (size_t)p->n_from + 1, p->row_start, err));
    return add(l, group, "offset", STORE_UINT32, p->n_synapses, p->offset, err);
}

static lsnn_status add_learned(list *l, experiment *e, lsnn_error *err)
{
    trainer *t = e->trainer;
    for (int p = 0; p < e->net->n_parameters; p++) {
        parameter *learned = &e->net->parameters[p];
        TRY(add(l, "parameters", learned->name, STORE_REAL, learned->n, learned->value, err));
        for (int m = 0; e->learning.learns && t->moment[p][m] && m < LSNN_MAX_MOMENTS; m++) {
            const char *group;
            TRY(arena_format(l->memory, &group, err, "moments/%s", e->learning.optimiser->moments[m]));
            TRY(add(l, group, learned->name, STORE_REAL, learned->n, t->moment[p][m], err));
        }
    }
    for (int i = 0; i < e->net->n_projections; i++) {
        const projection *p = &e->net->projections[i];
        if (p->rewiring) TRY(add_structure(l, e->net, p, err));
        if (p->to_output && p->feedback != e->net->parameters[p->parameter].value)
            TRY(add(l, "feedback", p->name, STORE_REAL, (size_t)p->n_from * (size_t)p->width, p->feedback, err));
    }
    return LSNN_OK;
}

typedef struct sliced_array {
    learner *l;
    int number, moment;
} sliced_array;

static void gather(const void *with, void *out)
{
    const sliced_array *a = with;
    learner_gather(a->l, a->number, a->moment, out);
}

static void scatter(void *with, const void *in)
{
    const sliced_array *a = with;
    learner_scatter(a->l, a->number, a->moment, in);
}

static lsnn_status add_sliced_array(list *l, const char *group, const char *name, size_t n, sliced_array which,
                                    lsnn_error *err)
{
    sliced_array *array;
    state_pieces *pieces;
    if (n == 0) return LSNN_OK;
    TRY(arena_take(l->memory, &array, 1, sizeof *array, err));
    TRY(arena_take(l->memory, &pieces, 1, sizeof *pieces, err));
    *array = which;
    *pieces = (state_pieces){gather, scatter, array};
    TRY(add(l, group, name, STORE_REAL, n, NULL, err));
    l->items[l->n - 1].pieces = pieces;
    return LSNN_OK;
}

/* Synapses of threads over neurons: by presynaptic cell, so that another number of threads may go on. */
static lsnn_status add_sliced(list *l, const experiment *e, lsnn_error *err)
{
    const circuit *c = learner_circuit(e->learner);
    for (int k = 0; k < c->n_projections; k++) {
        const circuit_projection *p = &c->projection[k];
        if (learner_has(e->learner, k, LEARNER_WEIGHTS))
            TRY(add_sliced_array(l, "parameters", p->name, p->n_synapses,
                                 (sliced_array){e->learner, k, LEARNER_WEIGHTS}, err));
        for (int m = 0; learner_has(e->learner, k, m); m++) {
            const char *group;
            TRY(arena_format(l->memory, &group, err, "moments/%s", e->learning.optimiser->moments[m]));
            TRY(add_sliced_array(l, group, p->name, p->n_synapses, (sliced_array){e->learner, k, m}, err));
        }
    }
    return LSNN_OK;
}

lsnn_status state_items(state_item **out, int *n, experiment *e, run_state *run, uint64_t *rows, int n_rows,
                        lsnn_error *err)
{
    const network *net = e->net;
    list l = {.memory = e->memory,
              .room = 19 + (net->n_parameters + e->n_plans) * (1 + LSNN_MAX_MOMENTS) + 4 * net->n_projections};
    TRY(arena_take(e->memory, &l.items, (size_t)l.room, sizeof *l.items, err));
    TRY(add(&l, "run", "id", STORE_UINT64, 2, run->id, err));
    TRY(add(&l, "run", "iteration", STORE_UINT64, 1, &e->trainer->iteration, err));
    TRY(add(&l, "run", "goal_reached", STORE_UINT64, 1, &run->goal_reached, err));
    TRY(add(&l, "run", "validations", STORE_UINT64, 1, &run->validations, err));
    TRY(add(&l, "run", "error", STORE_DOUBLE, 1, &run->error, err));
    TRY(add(&l, "run", "loss", STORE_DOUBLE, 1, &run->loss, err));
    TRY(add(&l, "run", "seconds", STORE_DOUBLE, 1, &run->seconds, err));
    /* All but the last, psi_density, which may be nan: values of a checkpoint are finite. */
    TRY(add(&l, "run", "last", STORE_DOUBLE, offsetof(metrics, psi_density) / sizeof(double), &run->last.loss, err));
    TRY(add(&l, "run", "finished", STORE_UINT64, 1, &run->finished, err));
    TRY(add(&l, "run", "rows", STORE_UINT64, (size_t)n_rows, rows, err));
    TRY(add(&l, "run", "previous_rate", STORE_DOUBLE, (size_t)net->n_spiking, e->trainer->previous_rate, err));
    TRY(add(&l, "run", "carried", STORE_REAL, (size_t)e->learning.batch * e->trainer->carried, e->trainer->carry, err));
    TRY(add_learned(&l, e, err));
    if (e->trainer->outer) {
        sampling *s = outer_sampling(e->trainer->outer);
        TRY(add(&l, "sampler", "start", STORE_DOUBLE, (size_t)s->now.n, s->start, err));
        TRY(add(&l, "sampler", "state", STORE_DOUBLE, s->n_state, s->state, err));
        TRY(add(&l, "sampler", "generation", STORE_UINT64, 1, &s->now.generation, err));
    }
    if (e->learner) TRY(add_sliced(&l, e, err));
    *out = l.items;
    *n = l.n;
    return LSNN_OK;
}

lsnn_status state_check(const experiment *e, lsnn_error *err)
{
    for (int i = 0; i < e->net->n_projections; i++)
        if (e->net->projections[i].rewiring && e->learning.learns && !rewire_sound(e->trainer->rewire, e->net, i))
            return lsnn_fail(err, LSNN_DATA, "the checkpoint's synapses of '%s' are none that rewiring can have made",
                             e->net->projections[i].name);
    return LSNN_OK;
}
