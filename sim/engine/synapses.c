/* A list of synapses. */
#include "synapses.h"
#include <stdlib.h>

lsnn_status synapses_new(synapses **out, arena *a, int n_from, int n_to, size_t capacity, lsnn_error *err)
{
    synapses *s;
    TRY(arena_take(a, &s, 1, sizeof *s, err));
    *s = (synapses){.n_from = n_from, .n_to = n_to, .capacity = capacity};
    TRY(arena_take(a, &s->from, capacity, sizeof *s->from, err));
    TRY(arena_take(a, &s->to, capacity, sizeof *s->to, err));
    TRY(arena_take(a, &s->weight, capacity, sizeof *s->weight, err));
    TRY(arena_take(a, &s->delay, capacity, sizeof *s->delay, err));
    *out = s;
    return LSNN_OK;
}

void synapses_add(synapses *s, uint32_t from, uint32_t to, double weight, int delay)
{
    const size_t k = s->n++;
    s->from[k] = from;
    s->to[k] = to;
    s->weight[k] = weight;
    s->delay[k] = delay;
}

typedef struct wire {
    uint32_t from, to;
    int delay;
    double weight;
} wire;

static int by_place(const void *one, const void *other)
{
    const wire *a = one, *b = other;
    if (a->from != b->from) return a->from < b->from ? -1 : 1;
    if (a->delay != b->delay) return a->delay < b->delay ? -1 : 1;
    return (a->to > b->to) - (a->to < b->to);
}

lsnn_status synapses_sort(synapses *s, lsnn_error *err)
{
    wire *wires = malloc((s->n ? s->n : 1) * sizeof *wires);
    if (!wires) return lsnn_fail(err, LSNN_MEMORY, "not enough memory to sort %zu synapses", s->n);
    for (size_t k = 0; k < s->n; k++)
        wires[k] = (wire){s->from[k], s->to[k], s->delay[k], s->weight[k]};
    qsort(wires, s->n, sizeof *wires, by_place);
    for (size_t k = 0; k < s->n; k++) {
        s->from[k] = wires[k].from;
        s->to[k] = wires[k].to;
        s->weight[k] = wires[k].weight;
        s->delay[k] = wires[k].delay;
    }
    free(wires);
    return LSNN_OK;
}
