/* Memory by lifetime: chunks that items are cut from, front to back. */
#include "arena.h"
#include "text.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALIGNMENT 64
#define CHUNK_BYTES ((size_t)1 << 16)
#define OWN_CHUNK_BYTES (CHUNK_BYTES / 4) /* from here on an item gets a chunk of its own */

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ITEMS_APART true
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ITEMS_APART true
#endif
#ifndef ITEMS_APART
#define ITEMS_APART false
#endif

typedef struct chunk {
    struct chunk *next;
    void *memory;        /* to be freed */
    unsigned char *free; /* the first byte that is not handed out, aligned */
    size_t left;
} chunk;

struct arena {
    chunk *chunks; /* items are cut from the first one */
    size_t bytes;
};

lsnn_status arena_new(arena **out, lsnn_error *err)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL) return lsnn_fail(err, LSNN_MEMORY, "not enough memory to start");
    return LSNN_OK;
}

void arena_free(arena *a)
{
    if (a == NULL) return;
    for (chunk *next, *c = a->chunks; c != NULL; c = next) {
        next = c->next;
        free(c->memory);
        free(c);
    }
    free(a);
}

static lsnn_status refuse(double bytes, lsnn_error *err)
{
    char need[16], available[16];
    text_bytes(need, bytes);
    text_bytes(available, (double)sysconf(_SC_AVPHYS_PAGES) * (double)sysconf(_SC_PAGESIZE));
    return lsnn_fail(err, LSNN_MEMORY, "not enough memory: %s more are needed, about %s are free", need, available);
}

/* Big chunks come from calloc, because the kernel hands out zero pages only when they are touched. Under AddressSanitizer
 * an item has to end where its allocation ends, so that an overrun is seen. */
static chunk *chunk_new(size_t bytes)
{
    chunk *c = calloc(1, sizeof *c);
    if (c == NULL) return NULL;
    if (ITEMS_APART) {
        if (posix_memalign(&c->memory, ALIGNMENT, bytes) != 0) goto out;
        memset(c->memory, 0, bytes);
        c->free = c->memory;
    } else {
        c->memory = calloc(1, bytes + ALIGNMENT - 1);
        if (c->memory == NULL) goto out;
        size_t past = (uintptr_t)c->memory % ALIGNMENT;
        c->free = (unsigned char *)c->memory + (past == 0 ? 0 : ALIGNMENT - past);
    }
    c->left = bytes;
    return c;
out:
    free(c);
    return NULL;
}

/* The chunk that has room for so many bytes. A chunk of a single item goes behind the first, which has room left. */
static chunk *chunk_for(arena *a, size_t bytes)
{
    bool alone = ITEMS_APART || bytes >= OWN_CHUNK_BYTES;
    if (!alone && a->chunks != NULL && a->chunks->left >= bytes) return a->chunks;
    chunk *c = chunk_new(alone ? bytes : CHUNK_BYTES);
    if (c == NULL) return NULL;
    chunk **link = alone && a->chunks != NULL ? &a->chunks->next : &a->chunks;
    c->next = *link;
    *link = c;
    return c;
}

/* NULL when memory is not had. */
static void *cut(arena *a, size_t wanted)
{
    size_t bytes = wanted == 0 ? 1 : wanted; /* nothing, too, has an address of its own */
    chunk *c = chunk_for(a, bytes);
    if (c == NULL) return NULL;
    void *item = c->free;
    size_t step = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (step > c->left) step = c->left;
    c->free += step;
    c->left -= step;
    a->bytes += wanted;
    return item;
}

lsnn_status arena_take(arena *a, void *out_pointer, size_t count, size_t size, lsnn_error *err)
{
    size_t wanted;
    if (__builtin_mul_overflow(count, size, &wanted) || wanted > PTRDIFF_MAX - 2 * ALIGNMENT) {
        return refuse((double)count * (double)size, err);
    }
    void *item = cut(a, wanted);
    if (item == NULL) return refuse((double)wanted, err);
    memcpy(out_pointer, &item, sizeof item); /* any object pointer: only its bytes are known here */
    return LSNN_OK;
}

lsnn_status arena_text(arena *a, const char **out, const char *text, size_t length, lsnn_error *err)
{
    char *copy = cut(a, length + 1);
    if (copy == NULL) return refuse((double)length + 1, err);
    if (length > 0) memcpy(copy, text, length);
    *out = copy;
    return LSNN_OK;
}

lsnn_status arena_format(arena *a, const char **out, lsnn_error *err, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);

    char *text = cut(a, (size_t)length + 1);
    if (text != NULL) vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    if (text == NULL) return refuse((double)length + 1, err);
    *out = text;
    return LSNN_OK;
}

size_t arena_bytes(const arena *a)
{
    return a->bytes;
}
