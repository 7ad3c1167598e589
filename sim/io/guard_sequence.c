/* Sequences of variable length: a dataset holds references of 16 bytes (length[4], heap address[8], index[4]) to objects of global
 * heaps (HDF5 File Format Specification 3.0: III.E, IV.A.2.d). Each has to be there and as long as its reference says. */
#include "guard_inside.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { REFERENCE = 16, DEFLATE = 1, SHUFFLE, FLETCHER32 };

static guard_verdict check_references(const guard *g, const guard_object *o, const unsigned char *bytes, uint64_t n)
{
    guard_bytes b = {bytes, n * REFERENCE, true};
    for (uint64_t k = 0; k < n; k++) {
        const uint64_t length = guard_number(&b, 4), address = guard_number(&b, 8), index = guard_number(&b, 4);
        const guard_verdict verdict = guard_check_heap(g, address, index, length * o->type.element);
        if (verdict != GUARD_FINE) return verdict;
    }
    return GUARD_FINE;
}

/* Byte k of all elements lies together. */
static void unshuffle(unsigned char *out, const unsigned char *in, uint64_t size)
{
    const uint64_t n = size / REFERENCE;
    for (uint64_t e = 0; e < n; e++)
        for (uint64_t k = 0; k < REFERENCE; k++)
            out[e * REFERENCE + k] = in[k * n + e];
}

guard_verdict guard_sequence_chunk(const guard *g, const guard_object *o, const unsigned char *bytes, uint64_t size,
                                   uint64_t skipped)
{
    unsigned char *here = malloc(o->chunk_bytes), *other = malloc(o->chunk_bytes);
    bool good = here && other, inflated = false;
    for (int k = o->n_filters - 1; good && k >= 0; k--) {
        if (skipped >> k & 1) continue;
        uLongf length = o->chunk_bytes;
        if (o->filter[k] == FLETCHER32) {
            good = !inflated; /* a checksum within the packed bytes: nobody writes it */
            size -= 4;
        } else if (o->filter[k] == DEFLATE) {
            good = uncompress(here, &length, bytes, size) == Z_OK && length == o->chunk_bytes;
            inflated = true;
        } else if (o->filter[k] == SHUFFLE) {
            unshuffle(other, inflated ? here : bytes, o->chunk_bytes);
            memcpy(here, other, o->chunk_bytes);
            inflated = true;
        }
    }
    const guard_verdict verdict =
        good ? check_references(g, o, inflated ? here : bytes, o->chunk_bytes / REFERENCE) : GUARD_DAMAGED;
    free(here);
    free(other);
    return verdict;
}

guard_verdict guard_sequence_data(const guard *g, const guard_object *o)
{
    if (o->layout != GUARD_CONTIGUOUS) return GUARD_STRANGE;
    if (o->address == GUARD_NOWHERE || o->space.n == 0) return GUARD_FINE;
    unsigned char *block = guard_block(g, o->address, o->size);
    if (!block || o->space.n > o->size / REFERENCE) {
        free(block);
        return GUARD_DAMAGED;
    }
    const guard_verdict verdict = check_references(g, o, block, o->space.n);
    free(block);
    return verdict;
}
