/* The messages of an object header (HDF5 File Format Specification 3.0, part IV.A.2). */
#include "guard_inside.h"

#include <stdlib.h>
#include <string.h>

guard_verdict guard_read_space(guard_space *out, guard_bytes *b)
{
    const int version = (int)guard_number(b, 1), rank = (int)guard_number(b, 1), flags = (int)guard_number(b, 1);
    const int kind = (int)guard_number(b, 1);
    if (!b->good || version < 1 || version > 2 || rank > GUARD_MAX_RANK || flags > 1) return GUARD_DAMAGED;
    if (version == 2 && (kind > 2 || (kind == 1) != (rank != 0))) return GUARD_DAMAGED;
    if (version == 1) guard_skip(b, 4);
    const bool nothing = version == 2 && kind == 2;
    *out = (guard_space){.rank = rank, .nothing = nothing, .n = nothing ? 0 : 1};
    for (int k = 0; k < rank; k++) {
        out->dim[k] = guard_number(b, 8);
        if (__builtin_mul_overflow(out->n, out->dim[k], &out->n)) out->n = UINT64_MAX; /* too large for anybody */
    }
    for (int k = 0; flags && k < rank; k++)
        if (guard_number(b, 8) < out->dim[k]) return GUARD_DAMAGED;
    return b->good ? GUARD_FINE : GUARD_DAMAGED;
}

static guard_verdict read_integer(const guard_type *t, guard_bytes *b)
{
    const uint64_t offset = guard_number(b, 2), bits = guard_number(b, 2);
    if (!b->good || bits == 0 || offset + bits > 8 * t->size) return GUARD_DAMAGED;
    return t->size <= 8 ? GUARD_FINE : GUARD_STRANGE;
}

static guard_verdict read_float(const guard_type *t, uint64_t bits, guard_bytes *b)
{
    const uint64_t offset = guard_number(b, 2), precision = guard_number(b, 2), exponent = guard_number(b, 1);
    const uint64_t exponent_bits = guard_number(b, 1), mantissa = guard_number(b, 1),
                   mantissa_bits = guard_number(b, 1);
    guard_skip(b, 4);
    const uint64_t sign = bits >> 8 & 0xff;
    if (!b->good || precision == 0 || offset + precision > 8 * t->size || exponent_bits == 0 || mantissa_bits == 0 ||
        exponent + exponent_bits > precision || mantissa + mantissa_bits > precision || sign >= precision)
        return GUARD_DAMAGED;
    return t->size == 2 || t->size == 4 || t->size == 8 ? GUARD_FINE : GUARD_STRANGE;
}

static guard_verdict read_enum(const guard_type *t, int version, uint64_t bits, guard_bytes *b)
{
    guard_type base;
    guard_verdict verdict = guard_read_type(&base, b);
    if (verdict != GUARD_FINE) return verdict;
    if (base.kind != GUARD_INTEGER || base.size != t->size) return GUARD_DAMAGED;
    const uint64_t n = bits & 0xffff;
    for (uint64_t k = 0; k < n; k++) {
        const unsigned char *end = b->good ? memchr(b->at, 0, b->left) : NULL;
        if (!end) return GUARD_DAMAGED;
        size_t length = (size_t)(end - b->at) + 1;
        if (version < 3) length = (length + 7) / 8 * 8;
        guard_skip(b, length);
    }
    guard_skip(b, (size_t)(n * t->size));
    return b->good ? GUARD_FINE : GUARD_DAMAGED;
}

static guard_verdict read_variable(guard_type *t, uint64_t bits, guard_bytes *b)
{
    enum { REFERENCE = 16, TEXT = 1 };
    guard_type base;
    guard_verdict verdict = guard_read_type(&base, b);
    if (verdict != GUARD_FINE) return verdict;
    if ((bits & 0xf) == 0) {
        t->kind = GUARD_SEQUENCE;
        t->element = base.size;
        if (base.kind != GUARD_INTEGER && base.kind != GUARD_FLOAT) return GUARD_STRANGE;
        return t->size == REFERENCE ? GUARD_FINE : GUARD_DAMAGED;
    }
    if ((bits & 0xf) != TEXT) return GUARD_STRANGE;
    bool bytes = (base.kind == GUARD_INTEGER || base.kind == GUARD_TEXT) && base.size == 1;
    return t->size == REFERENCE && bytes ? GUARD_FINE : GUARD_DAMAGED;
}

guard_verdict guard_read_type(guard_type *out, guard_bytes *b)
{
    enum { INTEGER = 0, FLOAT = 1, TEXT = 3, ENUM = 8, VARIABLE = 9, CLASSES = 11 };
    const int first = (int)guard_number(b, 1), version = first >> 4;
    const uint64_t bits = guard_number(b, 3);
    out->size = guard_number(b, 4);
    if (!b->good || out->size == 0 || version < 1 || version > 3 || (first & 15) >= CLASSES) return GUARD_DAMAGED;
    switch (first & 15) {
    case INTEGER: out->kind = GUARD_INTEGER; return read_integer(out, b);
    case FLOAT: out->kind = GUARD_FLOAT; return read_float(out, bits, b);
    case TEXT: out->kind = GUARD_TEXT; return (bits & 0xf) <= 2 && bits >> 4 <= 1 ? GUARD_FINE : GUARD_DAMAGED;
    case ENUM: out->kind = GUARD_ENUM; return read_enum(out, version, bits, b);
    case VARIABLE: out->kind = GUARD_VARIABLE_TEXT; return read_variable(out, bits, b);
    default: return GUARD_STRANGE;
    }
}

/* A global heap: objects of index[2], references[2], reserved[4], size[8] and their bytes up to a multiple of 8; object
 * 0 is the free space, whose size counts its own header. */
static guard_verdict find_in_heap(const unsigned char *block, uint64_t total, uint64_t index, uint64_t length)
{
    enum { HEADER = 16 };
    guard_verdict found = GUARD_DAMAGED;
    for (uint64_t at = HEADER; at + HEADER <= total;) {
        guard_bytes b = {block + at, HEADER, true};
        const uint64_t own = guard_number(&b, 2);
        guard_skip(&b, 6);
        const uint64_t size = guard_number(&b, 8), room = total - at;
        if (own == 0 ? size < HEADER || size > room : size > room - HEADER) return GUARD_DAMAGED;
        if (own == index && own != 0) {
            if (size != length) return GUARD_DAMAGED;
            found = GUARD_FINE;
        }
        at += own == 0 ? size : HEADER + (size + 7) / 8 * 8;
    }
    return found;
}

guard_verdict guard_check_heap(const guard *g, uint64_t address, uint64_t index, uint64_t length)
{
    if (address == 0) return length == 0 ? GUARD_FINE : GUARD_DAMAGED; /* HDF5 looks for no bytes as for any others */
    unsigned char *head = guard_block(g, address, 16);
    if (!head) return GUARD_DAMAGED;
    guard_bytes b = {head + 8, 8, true};
    const uint64_t total = guard_number(&b, 8);
    bool good = memcmp(head, "GCOL\1", 5) == 0 && total >= 4096;
    free(head);
    unsigned char *block = good ? guard_block(g, address, total) : NULL;
    if (!block) return GUARD_DAMAGED;
    guard_verdict verdict = find_in_heap(block, total, index, length);
    free(block);
    return verdict;
}

guard_verdict guard_check_text(const guard *g, guard_bytes *reference)
{
    const uint64_t length = guard_number(reference, 4), address = guard_number(reference, 8);
    const uint64_t index = guard_number(reference, 4);
    return reference->good ? guard_check_heap(g, address, index, length) : GUARD_DAMAGED;
}

static guard_verdict read_attribute(const guard *g, guard_bytes *b)
{
    const int version = (int)guard_number(b, 1), flags = (int)guard_number(b, 1);
    size_t size[3];
    for (int k = 0; k < 3; k++)
        size[k] = (size_t)guard_number(b, 2);
    if (version == 3) guard_skip(b, 1);
    if (!b->good || version < 1 || version > 3) return GUARD_DAMAGED;
    if (version > 1 && flags) return GUARD_STRANGE;
    guard_bytes part[3];
    for (int k = 0; k < 3; k++) {
        part[k] = (guard_bytes){guard_take(b, version == 1 ? (size[k] + 7) / 8 * 8 : size[k]), size[k], true};
        if (!part[k].at) return GUARD_DAMAGED;
    }
    if (size[0] == 0 || memchr(part[0].at, 0, size[0]) != part[0].at + size[0] - 1) return GUARD_DAMAGED;
    guard_type type;
    guard_space space;
    guard_verdict verdict = guard_read_type(&type, &part[1]);
    if (verdict == GUARD_FINE) verdict = guard_read_space(&space, &part[2]);
    uint64_t bytes;
    if (verdict != GUARD_FINE) return verdict;
    if (__builtin_mul_overflow(type.size, space.n, &bytes) || bytes > b->left) return GUARD_DAMAGED;
    for (uint64_t k = 0; verdict == GUARD_FINE && type.kind == GUARD_VARIABLE_TEXT && k < space.n; k++)
        verdict = guard_check_text(g, b);
    return verdict;
}

static guard_verdict read_layout(guard_object *o, guard_bytes *b)
{
    enum { COMPACT, CONTIGUOUS, CHUNKED };
    const int version = (int)guard_number(b, 1), kind = (int)guard_number(b, 1);
    if (!b->good || version < 1 || version > 4) return GUARD_DAMAGED;
    if (version != 3) return GUARD_STRANGE;
    if (kind == COMPACT) {
        o->layout = GUARD_COMPACT;
        o->size = guard_number(b, 2);
        guard_skip(b, o->size);
    } else if (kind == CONTIGUOUS) {
        o->layout = GUARD_CONTIGUOUS;
        o->address = guard_number(b, 8);
        o->size = guard_number(b, 8);
    } else if (kind == CHUNKED) {
        o->layout = GUARD_CHUNKED;
        o->chunk_rank = (int)guard_number(b, 1);
        o->address = guard_number(b, 8);
        if (o->chunk_rank < 2 || o->chunk_rank > GUARD_MAX_RANK + 1) return GUARD_DAMAGED;
        o->chunk_bytes = 1;
        for (int k = 0; k < o->chunk_rank; k++) {
            o->chunk[k] = guard_number(b, 4);
            if (__builtin_mul_overflow(o->chunk_bytes, o->chunk[k], &o->chunk_bytes)) return GUARD_DAMAGED;
        }
        if (o->chunk_bytes == 0 || o->chunk_bytes > UINT32_MAX) return GUARD_DAMAGED;
    } else {
        return GUARD_DAMAGED;
    }
    return b->good ? GUARD_FINE : GUARD_DAMAGED;
}

static guard_verdict read_fill(guard_object *o, int type, guard_bytes *b)
{
    enum { OLD_FILL = 4 };
    if (type != OLD_FILL) {
        const int version = (int)guard_number(b, 1);
        if (version < 1 || version > 3) return GUARD_DAMAGED;
        bool sized;
        if (version == 3) {
            sized = (guard_number(b, 1) & 0x20) != 0;
        } else {
            guard_skip(b, 2);
            sized = guard_number(b, 1) != 0 || version == 1;
        }
        if (!b->good) return GUARD_DAMAGED;
        if (!sized) return GUARD_FINE;
    }
    const uint64_t size = guard_number(b, 4);
    if (size == 0 || size == UINT32_MAX) return b->good ? GUARD_FINE : GUARD_DAMAGED;
    guard_skip(b, size);
    if (o->has_fill && o->fill_size != size) return GUARD_DAMAGED;
    o->has_fill = true;
    o->fill_size = size;
    return b->good ? GUARD_FINE : GUARD_DAMAGED;
}

static guard_verdict read_filters(guard_object *o, guard_bytes *b)
{
    enum { DEFLATE = 1, SHUFFLE = 2, FLETCHER32 = 3 };
    const int version = (int)guard_number(b, 1), n = (int)guard_number(b, 1);
    if (!b->good || version < 1 || version > 2) return GUARD_DAMAGED;
    if (version != 1 || n > GUARD_MAX_FILTERS) return GUARD_STRANGE;
    guard_skip(b, 6);
    for (int k = 0; k < n; k++) {
        const int id = (int)guard_number(b, 2);
        const size_t name = (size_t)guard_number(b, 2);
        guard_skip(b, 2);
        const size_t values = (size_t)guard_number(b, 2);
        if (name % 8 != 0) return GUARD_DAMAGED;
        const unsigned char *text = guard_take(b, name);
        if (text && name && !memchr(text, 0, name)) return GUARD_DAMAGED;
        guard_skip(b, 4 * (values + values % 2));
        if (!b->good) return GUARD_DAMAGED;
        o->filter[k] = id;
    }
    o->n_filters = n;
    return GUARD_FINE;
}

/* Attributes without a value are harmless (PyTables writes them); a dataset without one is not read. */
static guard_verdict read_extent(guard_object *o, guard_bytes *b)
{
    o->has_space = true;
    const guard_verdict verdict = guard_read_space(&o->space, b);
    return verdict == GUARD_FINE && o->space.nothing ? GUARD_STRANGE : verdict;
}

/* A member of a group of the newer format, which HDF5 also takes for a group that holds a link to another file. Only such a link is
 * told from the others, since it is what a user can change. */
static guard_verdict read_link(guard_object *o, guard_bytes *b)
{
    enum { WIDTH = 3, ORDER = 4, KIND = 8, CHARSET = 16, EXTERNAL = 64 };
    const int version = (int)guard_number(b, 1), flags = (int)guard_number(b, 1);
    const int kind = flags & KIND ? (int)guard_number(b, 1) : 0;
    guard_skip(b, (flags & ORDER ? 8 : 0) + (flags & CHARSET ? 1 : 0));
    const uint64_t length = guard_number(b, 1 << (flags & WIDTH));
    if (!b->good || version != 1 || length > b->left) return GUARD_DAMAGED;
    const unsigned char *name = guard_take(b, length);
    o->has_links = true;
    if (kind != EXTERNAL) return GUARD_FINE;
    const size_t kept = length < GUARD_LINK_NAME ? length : GUARD_LINK_NAME - 1;
    memcpy(o->elsewhere, name, kept);
    o->elsewhere[kept] = '\0';
    return GUARD_ELSEWHERE;
}

guard_verdict guard_read_message(guard_object *o, const guard *g, int type, guard_bytes *b)
{
    enum {
        NIL,
        SPACE,
        LINKS,
        TYPE,
        OLD_FILL,
        FILL,
        LINK,
        LAYOUT = 8,
        GROUP = 10,
        FILTERS,
        ATTRIBUTE,
        OLD_TIME = 14,
        TABLE = 17,
        TIME,
        KINDS = 25
    };
    switch (type) {
    case NIL: return GUARD_FINE;
    case SPACE: return read_extent(o, b);
    case LINKS:
    case GROUP: o->has_links = true; return GUARD_FINE;
    case LINK: return read_link(o, b);
    case TYPE: o->has_type = true; return guard_read_type(&o->type, b);
    case OLD_FILL:
    case FILL: return read_fill(o, type, b);
    case LAYOUT: return read_layout(o, b);
    case FILTERS: return read_filters(o, b);
    case ATTRIBUTE: return read_attribute(g, b);
    case OLD_TIME: guard_skip(b, 14); return b->good ? GUARD_FINE : GUARD_DAMAGED;
    case TIME: guard_skip(b, 8); return b->good ? GUARD_FINE : GUARD_DAMAGED;
    case TABLE:
        o->has_table = true;
        o->table_tree = guard_number(b, 8);
        o->table_heap = guard_number(b, 8);
        return b->good ? GUARD_FINE : GUARD_DAMAGED;
    default: return type < KINDS ? GUARD_STRANGE : GUARD_DAMAGED;
    }
}
