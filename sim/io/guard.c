/* Checks of HDF5's own structures (HDF5 File Format Specification, version 3). */
#include "guard.h"

#include <string.h>

static uint64_t number(const unsigned char *bytes, int n)
{
    uint64_t value = 0;
    for (int k = n - 1; k >= 0; k--)
        value = value << 8 | bytes[k];
    return value;
}

/* Section III.E: 'GCOL', version, reserved[3], size[8], then objects of index[2], references[2], reserved[4], size[8] and
 * their bytes up to a multiple of 8. Object 0 is the free space, its size with its header. */
bool guard_heap(const unsigned char *block, size_t size, uint64_t length)
{
    enum { HEADER = 16 };
    if (size < HEADER || memcmp(block, "GCOL", 4) != 0) return true; /* HDF5 notices that itself */
    const uint64_t total = number(block + 8, 8);
    if (total < HEADER || total > length) return false;
    if (total > size) return true; /* only the beginning was read, to know the size */
    for (uint64_t at = HEADER; at + HEADER <= total;) {
        const uint64_t index = number(block + at, 2), bytes = number(block + at + 8, 8);
        if (index == 0 && (bytes < HEADER || bytes > total - at)) return false;
        if (index != 0 && (bytes >= GUARD_TEXT || bytes > total - at - HEADER)) return false;
        at += index == 0 ? bytes : HEADER + (bytes + 7) / 8 * 8;
    }
    return true;
}
