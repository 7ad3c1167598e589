/* Looks at an HDF5 file before HDF5 does.
 *
 * HDF5 1.10 believes much of what it reads: damaged sizes, counts and addresses make it crash, hang or take memory
 * without end. So the structures on the way to an object are checked here first, strictly and in bounds. What is
 * understood is the format that HDF5 and h5py write unless they are told otherwise (HDF5 File Format
 * Specification: superblock 0, object headers of version 1, groups with symbol tables), and of datasets what this
 * program reads: numbers and texts, contiguous, compact or in chunks with deflate, shuffle and fletcher32.
 * Anything else is strange, not damaged. */
#ifndef GUARD_H
#define GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GUARD_LINK_NAME = 256 };

typedef enum guard_verdict {
    GUARD_FINE,
    GUARD_ABSENT,    /* no such object */
    GUARD_LINK,      /* a soft link on the way */
    GUARD_ELSEWHERE, /* a group on the way holds a link to another file */
    GUARD_STRANGE,   /* of a kind that is not read */
    GUARD_DAMAGED
} guard_verdict;

typedef struct guard {
    int fd;
    uint64_t base;      /* of all addresses, in the file */
    uint64_t length;    /* of the file behind it */
    uint64_t root;      /* the root group's object header */
    int leaf_k, node_k; /* half the capacity of symbol nodes and of tree nodes */
} guard;

/* GUARD_ABSENT: not an HDF5 file; GUARD_STRANGE: one with a newer superblock. */
guard_verdict guard_open(guard *out, int fd, uint64_t length);
/* Is the object there, and are the groups on the way, its header, its attributes and its chunk index sound? */
guard_verdict guard_find(const guard *g, const char *path);
/* The name of the link for which guard_find has said GUARD_ELSEWHERE of this group itself. */
void guard_elsewhere(const guard *g, const char *group, char name[GUARD_LINK_NAME]);
/* Does each chunk of a dataset (that guard_find found fine) unpack to its full size, and does each of its sequences, if
 * it holds such, lie in the heap that it refers to? */
guard_verdict guard_chunks(const guard *g, const char *path);

#endif
