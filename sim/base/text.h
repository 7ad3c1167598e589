/* Names close to a wrong one, and numbers as text. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Distance of Damerau and Levenshtein with adjacent swaps. Of texts above 64 bytes only equality is seen. */
int text_distance(const char *a, const char *b);
/* The candidate (of n) that a user most likely meant, or NULL when none is near. */
const char *text_nearest(const char *word, const char *const *candidates, int n);
/* The shortest decimal that strtod reads back to the same double; `out` has at least 32 bytes. */
void text_number(char *out, double number);
/* For %g: what is no number is written nan, whatever its sign bit. */
double text_unsigned_nan(double number);
/* A whole text as a double or uint64: false if anything is left over, or on nan, inf, overflow. */
bool text_to_double(double *out, const char *text);
bool text_to_uint64(uint64_t *out, const char *text);
/* How many bytes at the start of `text` are a decimal number like -1.5e3; 0: none. */
size_t text_number_length(const char *text);
/* Bytes for a person: "12.3 MB". `out` has at least 16 bytes. */
void text_bytes(char *out, double bytes);
/* Seconds for a person: "850 ms", "12.4 s", "3 min 20 s", "2 h 05 min"; at least 24 bytes. */
void text_duration(char *out, double seconds);

#endif
