/* A plug-in's parameters from names and numbers, where a network is built without a config. */
#ifndef PARAMETERS_H
#define PARAMETERS_H

#include "arena.h"
#include "lsnn/field.h"

/* Of a field: a number (also for all neurons, or a bool), a number per neuron, or a choice. A list ends with a name of NULL. */
typedef struct parameters_entry {
    const char *name;
    double number;
    const double *values; /* [n] */
    const char *choice;
} parameters_entry;

/* The struct that `fields` describes, for n neurons. Entries that are no field are passed over; fields without an entry get
 * their default. Texts, lists and nodes are not handled: LSNN_INTERNAL. */
LSNN_MUST_USE lsnn_status parameters_fill(const void **out, const lsnn_field *fields, size_t size, int n,
                                          const parameters_entry *list, arena *a, lsnn_error *err);

#endif
