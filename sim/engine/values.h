/* Numbers that a config gives as a constant, a list, a file or a distribution: neuron parameters, weights, delays. */
#ifndef VALUES_H
#define VALUES_H

#include "fields.h"
#include "lsnn/random.h"
#include "lsnn/task.h"

/* How the builder reads files: io gives it, so that the engine knows no format. */
typedef struct values_files {
    const char *directory; /* relative paths start here (key `directory` of the config) */
    lsnn_status (*numbers)(double **out, size_t *n, arena *a, const char *path, const char *dataset, lsnn_error *err);
    bool (*has)(const char *path, const char *dataset);
    lsnn_status (*idx)(lsnn_bytes *out, arena *a, const char *path, lsnn_error *err);
} values_files;

/* directory/file, or file where that is absolute. */
LSNN_MUST_USE lsnn_status values_path(const char **out, arena *a, const char *directory, const char *file,
                                      lsnn_error *err);

typedef enum values_kind {
    VALUES_CONSTANT, /* a */
    VALUES_UNIFORM,  /* a .. b */
    VALUES_LOG_UNIFORM,
    VALUES_NORMAL,    /* mean a, standard deviation b */
    VALUES_LOGNORMAL, /* exp of a normal with mean a, standard deviation b */
    VALUES_LIST,      /* list[0 .. n-1] */
    VALUES_BALANCED   /* with gain a: a whole matrix, see balance.h */
} values_kind;

typedef struct values_spec {
    values_kind kind;
    double a, b;
    size_t n;
    const double *list;
} values_spec;

/* What `scaled_normal` and `glorot_uniform` refer to; both 0: they are not offered. `balanced` is with both signs. */
typedef struct values_fans {
    double in, out;
    bool signs;
} values_fans;

/* The node's spec in the unit and range of `field`; false after a mistake (wrong form, unknown distribution, out of range). */
bool values_read(values_spec *out, const config_node *node, const lsnn_field *field, values_fans fans,
                 const values_files *files, const fields_reader *reader);

/* The k-th number; not of VALUES_BALANCED. */
double values_draw(const values_spec *spec, lsnn_random *stream, size_t k);

#endif
