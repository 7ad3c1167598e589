/* UTF-8, one code point at a time. */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_ILL_FORMED UINT32_MAX

/* The code point at the start of `text`; returns its bytes, 0 at the terminating zero. A byte that belongs to no
 * well-formed sequence counts as one code point, UTF8_ILL_FORMED. */
int utf8_next(uint32_t *point, const char *text);
/* Code points before the terminating zero. */
size_t utf8_count(const char *text);
/* A tab or what shows on a line: no other control character, no line break, no byte order mark, no noncharacter. */
bool utf8_is_printable(uint32_t point);

#endif
