/* What the parts of the guard share. */
#ifndef GUARD_INSIDE_H
#define GUARD_INSIDE_H

#include "guard.h"

enum { GUARD_MAX_RANK = 32, GUARD_MAX_FILTERS = 8 };
#define GUARD_NOWHERE UINT64_MAX /* HDF5's undefined address */

/* Bytes that are still to be read; once `good` is false it stays so. */
typedef struct guard_bytes {
    const unsigned char *at;
    size_t left;
    bool good;
} guard_bytes;

const unsigned char *guard_take(guard_bytes *b, size_t n); /* NULL: fewer are left */
uint64_t guard_number(guard_bytes *b, int n);              /* little endian; 0 if fewer are left */
void guard_skip(guard_bytes *b, size_t n);
/* n bytes at an address, to be freed; NULL: not within the file, or no memory. */
unsigned char *guard_block(const guard *g, uint64_t address, uint64_t n);

typedef enum guard_class {
    GUARD_INTEGER,
    GUARD_FLOAT,
    GUARD_TEXT,
    GUARD_ENUM,
    GUARD_VARIABLE_TEXT,
    GUARD_SEQUENCE /* numbers of variable length */
} guard_class;

typedef struct guard_type {
    guard_class kind;
    uint64_t size;
    uint64_t element; /* of a sequence: bytes of a number */
} guard_type;

typedef struct guard_space {
    int rank;
    bool nothing; /* no value at all */
    uint64_t dim[GUARD_MAX_RANK];
    uint64_t n; /* elements */
} guard_space;

typedef enum guard_layout { GUARD_NO_LAYOUT, GUARD_COMPACT, GUARD_CONTIGUOUS, GUARD_CHUNKED } guard_layout;

/* What an object header says. */
typedef struct guard_object {
    bool has_table, has_type, has_space, has_fill;
    uint64_t table_tree, table_heap;
    guard_type type;
    guard_space space;
    uint64_t fill_size;
    guard_layout layout;
    uint64_t address, size; /* of the data, or of the chunk index */
    int chunk_rank;         /* with the elements as last dimension */
    uint64_t chunk[GUARD_MAX_RANK + 1];
    uint64_t chunk_bytes;
    int n_filters;
    int filter[GUARD_MAX_FILTERS];
    bool has_links;                  /* a group of HDF5's newer format */
    char elsewhere[GUARD_LINK_NAME]; /* of its links one that leads to another file */
} guard_object;

guard_verdict guard_read_space(guard_space *out, guard_bytes *b);
guard_verdict guard_read_type(guard_type *out, guard_bytes *b);
/* One message of an object header. */
guard_verdict guard_read_message(guard_object *o, const guard *g, int type, guard_bytes *b);
/* Do the parts of a dataset fit each other? */
guard_verdict guard_check_dataset(const guard *g, const guard_object *o);
/* A variable text's reference: a heap object that is as long as the reference says. */
guard_verdict guard_check_text(const guard *g, guard_bytes *reference);
/* The sequences that the bytes of a chunk, with its filters still on, refer to; or those of contiguous data. */
guard_verdict guard_sequence_chunk(const guard *g, const guard_object *o, const unsigned char *bytes, uint64_t size,
                                   uint64_t skipped);
guard_verdict guard_sequence_data(const guard *g, const guard_object *o);
/* An object of a global heap that has to be so many bytes. */
guard_verdict guard_check_heap(const guard *g, uint64_t address, uint64_t index, uint64_t length);
/* The object header that belongs to a path. */
guard_verdict guard_look_up(const guard *g, const char *path, guard_object *out);
guard_verdict guard_check_index(const guard *g, const guard_object *o, bool unpack);

#endif
