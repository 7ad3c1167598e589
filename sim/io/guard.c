/* Superblock, object headers, and the way to an object (HDF5 File Format Specification 3.0: II.A, III.A to D,
 * IV.A.1). */
#include "guard_inside.h"

#include "disk.h"

#include <stdlib.h>
#include <string.h>

enum { ENTRY_BYTES = 40, HEAP_MOST = 1 << 26 };

const unsigned char *guard_take(guard_bytes *b, size_t n)
{
    if (n > b->left) b->good = false;
    if (!b->good) return NULL;
    const unsigned char *start = b->at;
    b->at += n;
    b->left -= n;
    return start;
}

uint64_t guard_number(guard_bytes *b, int n)
{
    const unsigned char *bytes = guard_take(b, (size_t)n);
    uint64_t number = 0;
    for (int k = n - 1; bytes && k >= 0; k--)
        number = number << 8 | bytes[k];
    return number;
}

void guard_skip(guard_bytes *b, size_t n)
{
    (void)guard_take(b, n);
}

unsigned char *guard_block(const guard *g, uint64_t address, uint64_t n)
{
    if (n == 0 || n > g->length || address > g->length - n) return NULL;
    unsigned char *block = malloc(n);
    if (block && disk_read_at(g->fd, block, n, g->base + address)) return block;
    free(block);
    return NULL;
}

guard_verdict guard_open(guard *out, int fd, uint64_t length)
{
    unsigned char block[96];
    uint64_t base = 0;
    *out = (guard){.fd = fd};
    for (;; base = base ? 2 * base : 512) {
        if (base + 16 > length) return GUARD_ABSENT;
        if (!disk_read_at(fd, block, 16, base)) return GUARD_DAMAGED;
        if (memcmp(block, "\211HDF\r\n\032\n", 8) == 0) break;
    }
    if (block[8] != 0) return block[8] < 4 ? GUARD_STRANGE : GUARD_DAMAGED;
    if (length - base < sizeof block || !disk_read_at(fd, block, sizeof block, base)) return GUARD_DAMAGED;
    guard_bytes b = {block + 9, sizeof block - 9, true};
    bool good = guard_number(&b, 4) >> 24 == 0 && guard_number(&b, 1) == 8 && guard_number(&b, 1) == 8;
    guard_skip(&b, 1);
    out->leaf_k = (int)guard_number(&b, 2);
    out->node_k = (int)guard_number(&b, 2);
    good = good && out->leaf_k >= 1 && out->leaf_k <= 4096 && out->node_k >= 1 && out->node_k <= 4096;
    guard_skip(&b, 4);
    good = good && guard_number(&b, 8) == base;
    guard_skip(&b, 16);
    good = good && guard_number(&b, 8) == GUARD_NOWHERE; /* no driver of another kind */
    guard_skip(&b, 8);
    out->root = guard_number(&b, 8);
    out->base = base;
    out->length = length - base;
    return good ? GUARD_FINE : GUARD_DAMAGED;
}

/* The messages of one block of a header. A continuation is put off to the end. */
static guard_verdict read_messages(guard_object *o, const guard *g, guard_bytes *b, int *left, uint64_t *next,
                                   uint64_t *next_size, int *n_next)
{
    enum { CONTINUATION = 16, SHARED = 2 };
    while (b->left >= 8) {
        const int type = (int)guard_number(b, 2);
        const size_t size = (size_t)guard_number(b, 2);
        const int flags = (int)guard_number(b, 1);
        guard_skip(b, 3);
        guard_bytes message = {guard_take(b, size), size, true};
        if (!message.at || --*left < 0) return GUARD_DAMAGED;
        if (flags & SHARED) return GUARD_STRANGE;
        if (type == CONTINUATION) {
            if (*n_next == GUARD_MAX_RANK) return GUARD_STRANGE;
            next[*n_next] = guard_number(&message, 8);
            next_size[*n_next] = guard_number(&message, 8);
            ++*n_next;
            if (!message.good) return GUARD_DAMAGED;
            continue;
        }
        guard_verdict verdict = guard_read_message(o, g, type, &message);
        if (verdict != GUARD_FINE) return verdict;
    }
    return b->left == 0 ? GUARD_FINE : GUARD_DAMAGED;
}

static guard_verdict read_header(guard_object *o, const guard *g, uint64_t address)
{
    enum { PREFIX = 16 };
    *o = (guard_object){0};
    unsigned char *prefix = guard_block(g, address, PREFIX);
    if (!prefix) return GUARD_DAMAGED;
    guard_verdict verdict = prefix[0] == 1 ? GUARD_FINE : GUARD_DAMAGED;
    if (memcmp(prefix, "OHDR", 4) == 0) verdict = GUARD_STRANGE;
    guard_bytes b = {prefix + 2, PREFIX - 2, true};
    int left = (int)guard_number(&b, 2), n_blocks = 1;
    guard_skip(&b, 4);
    uint64_t where[GUARD_MAX_RANK] = {address + PREFIX}, size[GUARD_MAX_RANK] = {guard_number(&b, 4)};
    free(prefix);
    for (int k = 0; verdict == GUARD_FINE && k < n_blocks; k++) {
        unsigned char *block = guard_block(g, where[k], size[k]);
        if (!block) return GUARD_DAMAGED;
        guard_bytes messages = {block, size[k], true};
        verdict = read_messages(o, g, &messages, &left, where, size, &n_blocks);
        free(block);
    }
    if (verdict == GUARD_FINE && left != 0) return GUARD_DAMAGED;
    return verdict == GUARD_FINE && o->has_links ? GUARD_STRANGE : verdict;
}

/* A group's names. */
typedef struct heap {
    unsigned char *names;
    uint64_t size;
} heap;

static bool is_free_list_sound(const heap *h, uint64_t first)
{
    enum { END = 1 };
    uint64_t steps = 0;
    while (first != END) {
        if (first > h->size || h->size - first < 16 || ++steps > h->size / 16) return false;
        guard_bytes b = {h->names + first, 16, true};
        const uint64_t next = guard_number(&b, 8), size = guard_number(&b, 8);
        if (size < 16 || size > h->size - first) return false;
        first = next;
    }
    return true;
}

static bool read_heap(heap *out, const guard *g, uint64_t address)
{
    unsigned char *block = guard_block(g, address, 32);
    if (!block) return false;
    guard_bytes b = {block + 8, 24, true};
    bool good = memcmp(block, "HEAP\0", 5) == 0;
    out->size = guard_number(&b, 8);
    const uint64_t first_free = guard_number(&b, 8), where = guard_number(&b, 8);
    free(block);
    out->names = good && out->size <= HEAP_MOST ? guard_block(g, where, out->size) : NULL;
    return out->names && is_free_list_sound(out, first_free);
}

/* The search for a name in a group's tree, all of which is checked on the way. */
typedef struct search {
    const guard *g;
    heap names;
    const char *name;
    size_t length;
    uint64_t visits_left; /* each node has a place of its own in the file */
    guard_verdict found;  /* of the name */
    uint64_t header;
} search;

static const char *name_at(const search *s, uint64_t offset)
{
    if (offset >= s->names.size || !memchr(s->names.names + offset, 0, s->names.size - offset)) return NULL;
    return (const char *)s->names.names + offset;
}

static bool read_entry(search *s, guard_bytes *b)
{
    enum { NOTHING_CACHED, GROUP_CACHED, SOFT_LINK };
    const char *name = name_at(s, guard_number(b, 8));
    const uint64_t header = guard_number(b, 8), cached = guard_number(b, 4);
    guard_skip(b, ENTRY_BYTES - 20);
    if (!name || !b->good || cached > SOFT_LINK) return false;
    if (strlen(name) != s->length || memcmp(name, s->name, s->length) != 0) return true;
    s->found = cached == SOFT_LINK ? GUARD_LINK : GUARD_FINE;
    s->header = header;
    return true;
}

static bool read_symbols(search *s, uint64_t address)
{
    const size_t size = 8 + 2 * (size_t)s->g->leaf_k * ENTRY_BYTES;
    unsigned char *block = guard_block(s->g, address, size);
    if (!block) return false;
    guard_bytes b = {block + 6, size - 6, true};
    const int n = (int)guard_number(&b, 2);
    bool good = memcmp(block, "SNOD\1", 5) == 0 && n <= 2 * s->g->leaf_k;
    for (int k = 0; good && k < n; k++)
        good = read_entry(s, &b);
    free(block);
    return good;
}

/* `level`: what the parent says; -1 at the root. */
static bool read_node(search *s, uint64_t address, int level)
{
    const int most = 2 * s->g->node_k;
    const size_t size = 24 + 8 * (2 * (size_t)most + 1);
    unsigned char *block = s->visits_left-- > 0 ? guard_block(s->g, address, size) : NULL;
    if (!block) return false;
    guard_bytes b = {block + 6, size - 6, true};
    const int n = (int)guard_number(&b, 2), own_level = block[5];
    bool good = memcmp(block, "TREE\0", 5) == 0 && n <= most && (level < 0 || own_level == level);
    guard_skip(&b, 16);
    for (int k = 0; good && k <= n; k++) {
        good = name_at(s, guard_number(&b, 8)) != NULL;
        const uint64_t child = k < n ? guard_number(&b, 8) : 0;
        if (good && k < n) good = own_level == 0 ? read_symbols(s, child) : read_node(s, child, own_level - 1);
    }
    free(block);
    return good;
}

static guard_verdict find_member(const guard *g, const guard_object *group, const char *name, size_t length,
                                 uint64_t *header)
{
    search s = {.g = g, .name = name, .length = length, .visits_left = g->length / 32 + 1, .found = GUARD_ABSENT};
    bool good = read_heap(&s.names, g, group->table_heap) && read_node(&s, group->table_tree, -1);
    free(s.names.names);
    *header = s.header;
    return good ? s.found : GUARD_DAMAGED;
}

guard_verdict guard_look_up(const guard *g, const char *path, guard_object *out)
{
    uint64_t header = g->root;
    guard_verdict verdict = read_header(out, g, header);
    while (verdict == GUARD_FINE) {
        path += strspn(path, "/");
        const size_t length = strcspn(path, "/");
        /* The members of the group itself are checked too: they may be listed next. */
        if (out->has_table)
            verdict = find_member(g, out, path, length, &header);
        else if (length)
            return GUARD_ABSENT;
        if (!length) return verdict == GUARD_ABSENT ? GUARD_FINE : verdict;
        if (verdict == GUARD_FINE) verdict = read_header(out, g, header);
        path += length;
    }
    return verdict;
}

guard_verdict guard_find(const guard *g, const char *path)
{
    guard_object o;
    guard_verdict verdict = guard_look_up(g, path, &o);
    if (verdict != GUARD_FINE || o.has_table) return verdict;
    verdict = guard_check_dataset(g, &o);
    return verdict == GUARD_FINE && o.layout == GUARD_CHUNKED ? guard_check_index(g, &o, false) : verdict;
}

void guard_elsewhere(const guard *g, const char *group, char name[GUARD_LINK_NAME])
{
    guard_object o;
    (void)guard_look_up(g, group, &o);
    memcpy(name, o.elsewhere, GUARD_LINK_NAME);
}

guard_verdict guard_chunks(const guard *g, const char *path)
{
    guard_object o;
    guard_verdict verdict = guard_look_up(g, path, &o);
    if (verdict != GUARD_FINE) return verdict;
    if (o.layout == GUARD_CHUNKED) return guard_check_index(g, &o, true);
    return o.type.kind == GUARD_SEQUENCE ? guard_sequence_data(g, &o) : GUARD_FINE;
}
