/* A list of synapses, as wiring makes it and a projection stores it. */
#ifndef SYNAPSES_H
#define SYNAPSES_H

#include "arena.h"
#include "lsnn/field.h"

typedef struct synapses {
    int n_from, n_to;
    size_t n, capacity;
    uint32_t *from, *to; /* counted from the projection's first neuron */
    double *weight;
    int *delay; /* steps */
} synapses;

LSNN_MUST_USE lsnn_status synapses_new(synapses **out, arena *a, int n_from, int n_to, size_t capacity,
                                       lsnn_error *err);
/* Room must be there. */
void synapses_add(synapses *s, uint32_t from, uint32_t to, double weight, int delay);
/* By from, then delay, then to. */
LSNN_MUST_USE lsnn_status synapses_sort(synapses *s, lsnn_error *err);
/* What a list of n takes, and what is taken besides while it is sorted. */
double synapses_bytes(double n);
double synapses_sort_bytes(double n);

#endif
