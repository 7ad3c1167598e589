/* The data of a dataset: where it lies, and what its chunks unpack to (HDF5 File Format Specification 3.0: III.A.1). */
#include "guard_inside.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { DEFLATE = 1, SHUFFLE, FLETCHER32 };

static bool lies_within(const guard *g, uint64_t address, uint64_t size)
{
    return size <= g->length && address <= g->length - size;
}

/* Texts of variable length are read where they lie in one piece. */
static guard_verdict check_variable(const guard *g, const guard_object *o)
{
    enum { REFERENCE = 16 };
    if (o->layout != GUARD_CONTIGUOUS) return GUARD_STRANGE;
    if (o->address == GUARD_NOWHERE || o->space.n == 0) return GUARD_FINE;
    unsigned char *block = guard_block(g, o->address, o->space.n * REFERENCE);
    if (!block) return GUARD_DAMAGED;
    guard_bytes b = {block, o->space.n * REFERENCE, true};
    guard_verdict verdict = GUARD_FINE;
    for (uint64_t k = 0; verdict == GUARD_FINE && k < o->space.n; k++)
        verdict = guard_check_text(g, &b);
    free(block);
    return verdict;
}

guard_verdict guard_check_dataset(const guard *g, const guard_object *o)
{
    uint64_t bytes;
    if (!o->has_type || !o->has_space || o->layout == GUARD_NO_LAYOUT) return GUARD_STRANGE;
    if (__builtin_mul_overflow(o->space.n, o->type.size, &bytes)) bytes = UINT64_MAX;
    if (o->has_fill && o->fill_size != o->type.size) return GUARD_DAMAGED;
    if (o->layout != GUARD_CHUNKED && o->n_filters) return GUARD_DAMAGED;
    if (o->layout == GUARD_CHUNKED) {
        if (o->chunk_rank != o->space.rank + 1 || o->chunk[o->chunk_rank - 1] != o->type.size) return GUARD_DAMAGED;
    } else if (o->layout == GUARD_COMPACT || o->address != GUARD_NOWHERE) {
        if (o->size < bytes) return GUARD_DAMAGED;
        if (o->layout == GUARD_CONTIGUOUS && !lies_within(g, o->address, o->size)) return GUARD_DAMAGED;
    }
    return o->type.kind == GUARD_VARIABLE_TEXT ? check_variable(g, o) : GUARD_FINE;
}

/* Bytes that a zlib stream unpacks to, at most `most` + 1; 0: it is none. */
static uint64_t unpacked_size(const unsigned char *packed, uint64_t size, uint64_t most)
{
    unsigned char out[16384];
    z_stream z = {.next_in = (unsigned char *)packed, .avail_in = (uInt)size};
    if (inflateInit(&z) != Z_OK) return 0;
    int code = Z_OK;
    while (code == Z_OK && z.total_out <= most) {
        z.next_out = out;
        z.avail_out = sizeof out;
        code = inflate(&z, Z_NO_FLUSH);
    }
    const uint64_t total = code == Z_STREAM_END ? z.total_out : most + 1;
    inflateEnd(&z);
    return total;
}

/* Undoes the filters as far as sizes go. Fletcher32 adds four bytes behind. */
static bool fills_its_chunk(const guard_object *o, const unsigned char *bytes, uint64_t size, uint64_t skipped)
{
    bool packed = true;
    for (int k = o->n_filters - 1; k >= 0; k--) {
        if (skipped >> k & 1) continue;
        if (o->filter[k] == FLETCHER32) {
            if (size < 4) return false;
            size -= 4;
        } else if (o->filter[k] == DEFLATE) {
            if (!packed) return false; /* twice: nobody does */
            size = unpacked_size(bytes, size, o->chunk_bytes + 4);
            packed = false;
        } else if (o->filter[k] != SHUFFLE) {
            return false;
        }
    }
    return size == o->chunk_bytes;
}

typedef struct walk {
    const guard *g;
    const guard_object *o;
    bool unpack;
    uint64_t visits_left;
} walk;

static bool check_chunk(const walk *w, uint64_t address, uint64_t size, uint64_t skipped)
{
    if (size == 0 || !lies_within(w->g, address, size)) return false;
    const bool refers = w->o->type.kind == GUARD_SEQUENCE;
    if (w->o->n_filters == 0 && (size != w->o->chunk_bytes || !refers)) return size == w->o->chunk_bytes;
    if (!w->unpack) return true;
    unsigned char *bytes = guard_block(w->g, address, size);
    bool good = bytes && fills_its_chunk(w->o, bytes, size, skipped);
    if (good && refers) good = guard_sequence_chunk(w->g, w->o, bytes, size, skipped) == GUARD_FINE;
    free(bytes);
    return good;
}

static bool check_node(walk *w, uint64_t address, int level)
{
    enum { MOST = 64 }; /* superblock 0 has no other capacity */
    const size_t key = 8 + 8 * (size_t)w->o->chunk_rank, size = 24 + (MOST + 1) * key + MOST * 8;
    unsigned char *block = w->visits_left-- > 0 ? guard_block(w->g, address, size) : NULL;
    if (!block) return false;
    guard_bytes b = {block + 6, size - 6, true};
    const int n = (int)guard_number(&b, 2), own_level = block[5];
    bool good = memcmp(block, "TREE\1", 5) == 0 && n <= MOST && (level < 0 || own_level == level);
    guard_skip(&b, 16);
    for (int k = 0; good && k < n; k++) {
        const uint64_t bytes = guard_number(&b, 4), skipped = guard_number(&b, 4);
        guard_skip(&b, key - 8);
        const uint64_t child = guard_number(&b, 8);
        good = own_level == 0 ? check_chunk(w, child, bytes, skipped) : check_node(w, child, own_level - 1);
    }
    free(block);
    return good;
}

guard_verdict guard_check_index(const guard *g, const guard_object *o, bool unpack)
{
    if (o->address == GUARD_NOWHERE) return GUARD_FINE;
    walk w = {.g = g, .o = o, .unpack = unpack, .visits_left = g->length / 32 + 1};
    return check_node(&w, o->address, -1) ? GUARD_FINE : GUARD_DAMAGED;
}
