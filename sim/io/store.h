/* Reading and writing HDF5: the only folder that includes hdf5.h. Untrusted files end in an LSNN_DATA error that names the file,
 * the object and what was expected; HDF5's own error stack is never printed. */
#ifndef STORE_H
#define STORE_H

#include "arena.h"
#include "lsnn/error.h"
#include "lsnn/field.h"
#include <hdf5.h>

typedef enum store_type { STORE_FLOAT, STORE_DOUBLE, STORE_INT, STORE_UINT8, STORE_UINT32, STORE_UINT64 } store_type;
#ifdef LSNN_DOUBLE
#define STORE_REAL STORE_DOUBLE
#else
#define STORE_REAL STORE_FLOAT
#endif
size_t store_size(store_type type);

#define STORE_MAX_DIMS 5
typedef struct store_shape {
    int n_dims; /* 0: a scalar */
    size_t dim[STORE_MAX_DIMS];
} store_shape;

typedef struct store store; /* an open file */

/* Read only. What is understood is what HDF5 and h5py write by default (see guard.h); the rest is refused, not followed. */
LSNN_MUST_USE lsnn_status store_open(store **out, const char *path, lsnn_error *err);
/* A new file under a temporary name next to `path`; store_close(.., commit) renames it there after fsync. */
LSNN_MUST_USE lsnn_status store_create(store **out, const char *path, lsnn_error *err);
/* Like store_create, but starting as a copy of the file at `path` (for appending safely). */
LSNN_MUST_USE lsnn_status store_modify(store **out, const char *path, lsnn_error *err);
/* Closes. For created or modified files: `commit` syncs and renames to the final name (an error leaves the old file as it
 * was); without it the temporary file is removed. Frees s in every case; NULL is allowed. */
LSNN_MUST_USE lsnn_status store_close(store *s, bool commit, lsnn_error *err);
hid_t store_file(const store *s);

/* Sealed files carry the length and the CRC-32 of all their bytes. Made like those of store_create, but the file that one
 * replaces stays as <path>.1; when one is opened, every byte is checked first: cut or damaged is an LSNN_DATA error. */
LSNN_MUST_USE lsnn_status store_create_sealed(store **out, const char *path, lsnn_error *err);
LSNN_MUST_USE lsnn_status store_open_sealed(store **out, const char *path, lsnn_error *err);

/* Also of what cannot be read, so that reading it says why. */
bool store_has(const store *s, const char *path);
LSNN_MUST_USE lsnn_status store_shape_of(const store *s, store_shape *out, const char *path, lsnn_error *err);
/* Reads a whole dataset, converted to `type`, into the arena (out_pointer: address of a pointer of that type). With
 * `expected` the shape must be that; NULL: any, returned through `shape` (may be NULL too). Refuses datasets above 16 GiB. */
LSNN_MUST_USE lsnn_status store_read(const store *s, arena *a, void *out_pointer, store_type type, store_shape *shape,
                                     const store_shape *expected, const char *path, lsnn_error *err);
/* Reads a vector of sequences of numbers, as `rows` of doubles: row r is values[first[r]] .. values[first[r + 1] - 1]. */
LSNN_MUST_USE lsnn_status store_read_sequences(const store *s, arena *a, double **values, size_t **first, size_t *rows,
                                               const char *path, lsnn_error *err);
/* Writes a dataset (parents are made); compressed with shuffle + deflate 1 when `compress` and larger than one chunk. */
LSNN_MUST_USE lsnn_status store_write(store *s, const char *path, store_type type, const store_shape *shape,
                                      const void *values, bool compress, lsnn_error *err);
LSNN_MUST_USE lsnn_status store_write_text(store *s, const char *path, const char *text, lsnn_error *err);
LSNN_MUST_USE lsnn_status store_read_text(const store *s, arena *a, const char **out, const char *path,
                                          lsnn_error *err);

/* A dataset of texts, of any shape; the texts are in the arena, in the file's order. */
LSNN_MUST_USE lsnn_status store_read_texts(const store *s, arena *a, const char ***out, store_shape *shape,
                                           const char *path, lsnn_error *err);
/* Texts of variable length. */
LSNN_MUST_USE lsnn_status store_write_texts(store *s, const char *path, const store_shape *shape,
                                            const char *const *texts, lsnn_error *err);

/* Attributes of an object ("/" for the root). Texts are UTF-8. Reading accepts any numeric type, fixed and variable texts. */
LSNN_MUST_USE lsnn_status store_get_number(const store *s, double *out, const char *object, const char *name,
                                           lsnn_error *err);
LSNN_MUST_USE lsnn_status store_get_text(const store *s, arena *a, const char **out, const char *object,
                                         const char *name, lsnn_error *err);
bool store_has_attribute(const store *s, const char *object, const char *name);
LSNN_MUST_USE lsnn_status store_set_number(store *s, const char *object, const char *name, store_type type,
                                           double number, lsnn_error *err);
LSNN_MUST_USE lsnn_status store_set_uint64(store *s, const char *object, const char *name, uint64_t number,
                                           lsnn_error *err);
/* An array, such as SONATA's version [0, 1]. */
LSNN_MUST_USE lsnn_status store_set_numbers(store *s, const char *object, const char *name, store_type type, size_t n,
                                            const double *numbers, lsnn_error *err);
/* An enumeration of uint8: `choices` are the names of 0, 1, ... (NULL-terminated), such as SONATA's sorting. */
LSNN_MUST_USE lsnn_status store_set_choice(store *s, const char *object, const char *name, const char *const *choices,
                                           int which, lsnn_error *err);
LSNN_MUST_USE lsnn_status store_set_text(store *s, const char *object, const char *name, const char *text,
                                         lsnn_error *err);
/* As long as the text is, for files that are compared with such: h5diff takes the two kinds of text for different types. */
LSNN_MUST_USE lsnn_status store_set_fixed_text(store *s, const char *object, const char *name, const char *text,
                                               lsnn_error *err);
/* Names of the members of a group, sorted, in the arena. */
LSNN_MUST_USE lsnn_status store_members(const store *s, arena *a, const char ***names, int *n, const char *group,
                                        lsnn_error *err);

#endif
