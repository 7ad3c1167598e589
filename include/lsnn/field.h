/* Field tables: one line a parameter, from which the config reader, the range checks, `lsnn describe`, the resolved config
 * and the reference documentation are made. */
#ifndef LSNN_FIELD_H
#define LSNN_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef LSNN_DOUBLE
typedef double real;
#else
typedef float real;
#endif

/* Columns of neuron state and rows of weights are padded to a multiple of this many `real`s. */
#define LSNN_LANES 16

typedef enum lsnn_kind {
    LSNN_REAL,    /* double */
    LSNN_INT,     /* int */
    LSNN_SEED,    /* uint64_t, read exactly */
    LSNN_BOOL,    /* bool; true or false */
    LSNN_TEXT,    /* const char * */
    LSNN_CHOICE,  /* int: position in `choices` */
    LSNN_REALS,   /* lsnn_reals: a list of numbers, or one number */
    LSNN_NEURONS, /* const double *: one value per neuron: a number, a list, or a distribution */
    LSNN_NODE     /* const struct config_node *: a part of the config that its owner reads itself */
} lsnn_kind;

typedef struct lsnn_reals {
    int n;
    const double *values;
} lsnn_reals;

typedef struct lsnn_field {
    const char *name; /* the key in the config */
    lsnn_kind kind;
    size_t offset;        /* of the member in the struct that the table describes */
    const char *fallback; /* the default, as a user would write it; NULL: the user must give it */
    const char *unit;     /* "ms", "Hz", "steps", ...; NULL: a pure number */
    double min, max;      /* of numbers, both allowed unless `open_min` */
    bool open_min;        /* min itself is not allowed */
    const char *choices;  /* LSNN_CHOICE: "none|leak" */
    const char *doc;      /* one sentence, with the symbol of the paper */
} lsnn_field;

/* A table ends with an entry whose name is NULL. */
#define LSNN_END                                                                                                       \
    {                                                                                                                  \
        0                                                                                                              \
    }

#endif
