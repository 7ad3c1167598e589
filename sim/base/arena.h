/* Memory by lifetime: what is taken from an arena is freed with the arena, never one by one. */
#ifndef ARENA_H
#define ARENA_H

#include "lsnn/error.h"
#include <stddef.h>

typedef struct arena arena;

LSNN_MUST_USE lsnn_status arena_new(arena **out, lsnn_error *err);
void arena_free(arena *a); /* NULL is allowed */

/* Zeroed, aligned to 64 bytes; `out_pointer` is the address of any object pointer. count x size may not overflow:
 * LSNN_MEMORY with the need in a sentence. Under AddressSanitizer each item is a malloc of its own. */
LSNN_MUST_USE lsnn_status arena_take(arena *a, void *out_pointer, size_t count, size_t size, lsnn_error *err);
LSNN_MUST_USE lsnn_status arena_text(arena *a, const char **out, const char *text, size_t length, lsnn_error *err);
LSNN_MUST_USE lsnn_status arena_format(arena *a, const char **out, lsnn_error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

size_t arena_bytes(const arena *a); /* handed out so far */

#endif
