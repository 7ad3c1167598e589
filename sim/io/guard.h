/* Checks on the way from a file to HDF5 1.10, which believes some numbers in a damaged file and then hangs or crashes. */
#ifndef GUARD_H
#define GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Variable texts must be shorter: HDF5 copies one into a buffer of this size or of the length told elsewhere. */
enum { GUARD_TEXT = 4096 };

/* A block that begins like a global heap is one, and its parts lie within it. `length`: of the file. */
bool guard_heap(const unsigned char *block, size_t size, uint64_t length);

#endif
