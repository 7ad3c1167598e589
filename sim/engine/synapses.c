/* A list of synapses. */
#include "synapses.h"
#include <stdlib.h>
#include <string.h>

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

static wire wire_at(const synapses *s, size_t k)
{
    return (wire){s->from[k], s->to[k], s->delay[k], s->weight[k]};
}

static bool in_order(const synapses *s, size_t first, size_t end)
{
    for (size_t k = first + 1; k < end; k++) {
        const wire before = wire_at(s, k - 1), here = wire_at(s, k);
        if (by_place(&before, &here) > 0) return false;
    }
    return true;
}

typedef struct sorter {
    size_t *row;     /* [n_from + 1] where the synapses of a cell begin */
    uint32_t *order; /* [n] which synapse comes k-th */
    double *column;  /* [n] */
    wire *wires;     /* [longest row] */
} sorter;

static bool sorter_take(sorter *t, const synapses *s)
{
    size_t longest = 1;
    t->row = calloc((size_t)s->n_from + 1, sizeof *t->row);
    t->order = calloc(s->n, sizeof *t->order);
    t->column = malloc(s->n * sizeof *t->column);
    if (!t->row) return false;
    for (size_t k = 0; k < s->n; k++)
        t->row[s->from[k] + 1]++;
    for (int i = 0; i < s->n_from; i++) {
        if (t->row[i + 1] > longest) longest = t->row[i + 1];
        t->row[i + 1] += t->row[i];
    }
    t->wires = malloc(longest * sizeof *t->wires);
    return t->order && t->column && t->wires;
}

static void sorter_free(sorter *t)
{
    free(t->row);
    free(t->order);
    free(t->column);
    free(t->wires);
}

static void permute_words(uint32_t *values, const sorter *t, size_t n)
{
    uint32_t *moved = (uint32_t *)t->column;
    for (size_t k = 0; k < n; k++)
        moved[k] = values[t->order[k]];
    memcpy(values, moved, n * sizeof *values);
}

/* By cell, those of a cell as they were. */
static void sort_rows(synapses *s, const sorter *t)
{
    for (size_t k = 0; k < s->n; k++)
        t->order[t->row[s->from[k]]++] = (uint32_t)k;
    for (int i = s->n_from; i > 0; i--) /* a row has moved to where the next one begins */
        t->row[i] = t->row[i - 1];
    t->row[0] = 0;
    permute_words(s->from, t, s->n);
    permute_words(s->to, t, s->n);
    permute_words((uint32_t *)s->delay, t, s->n);
    for (size_t k = 0; k < s->n; k++)
        t->column[k] = s->weight[t->order[k]];
    memcpy(s->weight, t->column, s->n * sizeof *s->weight);
}

static void sort_row(synapses *s, size_t first, size_t end, wire *wires)
{
    for (size_t k = first; k < end; k++)
        wires[k - first] = wire_at(s, k);
    qsort(wires, end - first, sizeof *wires, by_place);
    for (size_t k = first; k < end; k++) {
        s->to[k] = wires[k - first].to;
        s->delay[k] = wires[k - first].delay;
        s->weight[k] = wires[k - first].weight;
    }
}

lsnn_status synapses_sort(synapses *s, lsnn_error *err)
{
    sorter t = {0};
    if (in_order(s, 0, s->n)) return LSNN_OK;
    const bool taken = sorter_take(&t, s);
    if (taken) {
        sort_rows(s, &t);
        for (int i = 0; i < s->n_from; i++)
            if (!in_order(s, t.row[i], t.row[i + 1])) sort_row(s, t.row[i], t.row[i + 1], t.wires);
    }
    sorter_free(&t);
    return taken ? LSNN_OK : lsnn_fail(err, LSNN_MEMORY, "not enough memory to sort %zu synapses", s->n);
}

double synapses_bytes(double n)
{
    const synapses *s = NULL;
    return n * (sizeof *s->from + sizeof *s->to + sizeof *s->weight + sizeof *s->delay);
}

double synapses_sort_bytes(double n)
{
    const sorter *t = NULL;
    return n * (sizeof *t->order + sizeof *t->column);
}
