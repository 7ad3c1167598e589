/* What the parts of the store share with each other and with result.c and checkpoint.c. */
#ifndef STORE_ACCESS_H
#define STORE_ACCESS_H

#include "disk.h"
#include "draft.h"
#include "guard.h"
#include "store.h"

struct store {
    char *path;
    hid_t file;
    disk *disk;
    draft draft; /* of a created or modified file */
    bool writable;
    guard guard; /* of a file that is only read */
    bool sealed;
};

#define STORE_MAX_BYTES ((uint64_t)16 << 30)
/* The user block in front of a sealed file (512 is the least that HDF5 allows). */
enum { STORE_SEAL_BYTES = 512, STORE_MAX_PATH = 1024 };

hid_t store_file_type(store_type type);
hid_t store_memory_type(store_type type);
const char *store_type_text(store_type type);

LSNN_MUST_USE lsnn_status store_open_descriptor(store **out, int fd, const char *path, lsnn_error *err);
/* The file at `path` for reading; LSNN_DATA with the reason if there is none. */
LSNN_MUST_USE lsnn_status store_descriptor(int *fd, const char *path, lsnn_error *err);
LSNN_MUST_USE lsnn_status store_create_draft(store **out, const char *path, bool copy, bool sealed, lsnn_error *err);
LSNN_MUST_USE lsnn_status store_seal(const store *s, lsnn_error *err);
/* What stands in front of a sealed file of this length whose other bytes have this CRC-32. */
void store_seal_text(char seal[static STORE_SEAL_BYTES], uint64_t length, uint32_t crc);

/* Like store_modify, but object by object, without the gaps that changes leave in a file. `expected` bytes are
 * reserved. */
LSNN_MUST_USE lsnn_status store_modify_packed(store **out, const char *path, uint64_t expected, lsnn_error *err);

/* LSNN_DATA unless the object is there and reached through plain groups. */
LSNN_MUST_USE lsnn_status store_find(const store *s, const char *object, lsnn_error *err);
LSNN_MUST_USE lsnn_status store_damaged(const store *s, const char *object, lsnn_error *err);
/* After writing to an object: `done`, and the disk took everything so far? */
LSNN_MUST_USE lsnn_status store_written(const store *s, bool done, const char *object, lsnn_error *err);
/* The one text that a dataset or attribute holds, fixed or variable. */
LSNN_MUST_USE lsnn_status store_take_text(const store *s, arena *a, const char **out, hid_t id, hid_t type,
                                          const char *object, lsnn_error *err);
/* Numbers of a kind that this program reads: two's complement integers, IEEE floats, enumerations. */
bool store_is_number(hid_t type);
/* An H5T conversion callback that stops at a number that does not fit (and sets the bool at `misfit`). */
H5T_conv_ret_t store_refuse_misfit(H5T_conv_except_t what, hid_t from, hid_t to, void *source, void *target,
                                   void *misfit);
/* The type that a dataset has in the file; LSNN_DATA if it is none of ours. */
LSNN_MUST_USE lsnn_status store_type_of(const store *s, store_type *out, const char *path, lsnn_error *err);

/* Tables: datasets [rows][width] (width 1: [rows]) that can grow. */
LSNN_MUST_USE lsnn_status store_make_table(store *s, const char *path, store_type type, size_t width, lsnn_error *err);
/* LSNN_DATA unless it is such a table of at least `rows` rows. */
LSNN_MUST_USE lsnn_status store_check_table(const store *s, const char *path, store_type type, size_t width,
                                            uint64_t rows, lsnn_error *err);
/* Bytes that a dataset's values take in the file, packed; 0 if there is none. */
uint64_t store_stored(const store *s, const char *path);
/* Cut to `keep` rows, then append. */
LSNN_MUST_USE lsnn_status store_extend_table(store *s, const char *path, store_type type, size_t width, uint64_t keep,
                                             uint64_t n_rows, const void *rows, lsnn_error *err);
/* Chunks of about 256 KiB and at most 32768 rows. */
void store_chunk(hsize_t *chunk, int n_dims, const hsize_t *dim, size_t size);
/* Shuffle and deflate 1 in such chunks, no times. */
hid_t store_packed(int n_dims, const hsize_t *dim, size_t size);
hid_t store_plain(void);   /* contiguous, no times */
hid_t store_parents(void); /* missing groups on the way are made */

#endif
