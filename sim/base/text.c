/* Names close to a wrong one, and numbers as text. */
#include "text.h"
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_NAME 64

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: row i of the table needs the two rows above it. */
int text_distance(const char *a, const char *b)
{
    const size_t length_a = strlen(a), length_b = strlen(b);
    if (length_a > LONGEST_NAME || length_b > LONGEST_NAME) {
        return strcmp(a, b) == 0 ? 0 : (int)(length_a > length_b ? length_a : length_b);
    }
    int rows[3][LONGEST_NAME + 1];
    int *before = rows[0], *above = rows[1], *row = rows[2];
    for (int j = 0; j <= (int)length_b; j++)
        above[j] = j;
    for (int i = 1; i <= (int)length_a; i++) {
        row[0] = i;
        for (int j = 1; j <= (int)length_b; j++) {
            bool same = a[i - 1] == b[j - 1];
            row[j] = least(above[j - 1] + !same, least(above[j], row[j - 1]) + 1);
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = least(row[j], before[j - 2] + 1);
        }
        int *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[length_b];
}

static void lower(char *out, const char *name)
{
    int i = 0;
    for (; name[i] != '\0' && i <= LONGEST_NAME; i++)
        out[i] = (char)tolower((unsigned char)name[i]);
    out[i] = '\0';
}

/* One letter may be wrong; failing that, a beginning of at least three letters will do; then a third of the letters may be
 * wrong. */
const char *text_nearest(const char *word, const char *const *candidates, int n)
{
    char wrong[LONGEST_NAME + 2] = {0}, right[LONGEST_NAME + 2] = {0};
    lower(wrong, word);
    int length = (int)strlen(wrong);
    int best = (length + 1) / 3 + 1;
    const char *nearest = NULL, *longer = NULL;
    for (int i = 0; i < n; i++) {
        lower(right, candidates[i]);
        int distance = text_distance(wrong, right);
        if (distance < best) {
            best = distance;
            nearest = candidates[i];
        }
        if (longer == NULL && length >= 3 && strncmp(wrong, right, (size_t)length) == 0) longer = candidates[i];
    }
    return longer != NULL && best > 1 ? longer : nearest;
}

/* 1e-08 and 1e+20 as a person writes them: 1e-8, 1e20. */
static void shorten_exponent(char *number)
{
    char *exponent = strchr(number, 'e');
    if (exponent == NULL) return;
    const char *digits = exponent + 2;
    while (digits[0] == '0' && digits[1] != '\0')
        digits++;
    char *to = exponent + 1;
    if (exponent[1] == '-') to++;
    memmove(to, digits, strlen(digits) + 1);
}

void text_number(char *out, double number)
{
    const size_t size = 32;
    if (!isfinite(number)) {
        snprintf(out, size, "%s", isnan(number) ? "nan" : number > 0 ? "inf" : "-inf");
        return;
    }
    int digits = 1;
    snprintf(out, size, "%.*e", digits - 1, number);
    while (digits < 17 && strtod(out, NULL) != number) {
        digits++;
        snprintf(out, size, "%.*e", digits - 1, number);
    }
    int exponent = atoi(strchr(out, 'e') + 1);
    if (exponent >= -5 && exponent < 15) {
        snprintf(out, size, "%.*f", digits - 1 > exponent ? digits - 1 - exponent : 0, number);
    } else {
        shorten_exponent(out);
    }
}

size_t text_number_length(const char *text)
{
    const char *at = text;
    if (*at == '+' || *at == '-') at++;
    int n_digits = 0;
    for (; isdigit((unsigned char)*at); at++)
        n_digits++;
    if (*at == '.') at++;
    for (; isdigit((unsigned char)*at); at++)
        n_digits++;
    if (n_digits == 0) return 0;
    if (*at == 'e' || *at == 'E') {
        const char *exponent = at + 1;
        if (*exponent == '+' || *exponent == '-') exponent++;
        if (isdigit((unsigned char)*exponent)) {
            while (isdigit((unsigned char)*exponent))
                exponent++;
            at = exponent;
        }
    }
    return (size_t)(at - text);
}

double text_unsigned_nan(double number)
{
    return isnan(number) ? (double)NAN : number;
}

bool text_to_double(double *out, const char *text)
{
    size_t length = text_number_length(text); /* strtod alone would take nan, inf and 0x10 */
    if (length == 0 || text[length] != '\0') return false;
    double number = strtod(text, NULL);
    if (!isfinite(number)) return false;
    *out = number;
    return true;
}

bool text_to_uint64(uint64_t *out, const char *text)
{
    if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0') return false;
    errno = 0;
    unsigned long long number = strtoull(text, NULL, 10);
    if (errno == ERANGE) return false;
    *out = number;
    return true;
}

void text_bytes(char *out, double bytes)
{
    const size_t size = 16;
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    const int largest = (int)(sizeof units / sizeof *units) - 1;
    int unit = 0;
    while (bytes >= 999.5 && unit < largest) {
        bytes /= 1000;
        unit++;
    }
    if (bytes >= 1e6) {
        snprintf(out, size, "%.1e %s", bytes, units[unit]);
    } else {
        snprintf(out, size, "%.*f %s", unit == 0 || bytes >= 99.95 ? 0 : 1, bytes, units[unit]);
    }
}

/* The borders are where a number would be rounded up to the next larger unit. */
void text_duration(char *out, double seconds)
{
    const size_t size = 24;
    double whole = floor(seconds + 0.5), minutes = floor(seconds / 60 + 0.5);
    if (seconds < 0.00995) {
        snprintf(out, size, "%.1f ms", seconds * 1000);
    } else if (seconds < 0.9995) {
        snprintf(out, size, "%.0f ms", seconds * 1000);
    } else if (seconds < 59.95) {
        snprintf(out, size, "%.1f s", seconds);
    } else if (whole < 3600) {
        snprintf(out, size, "%d min %02d s", (int)whole / 60, (int)whole % 60);
    } else if (minutes < 1e6) {
        snprintf(out, size, "%d h %02d min", (int)minutes / 60, (int)minutes % 60);
    } else {
        snprintf(out, size, "%.3g h", minutes / 60);
    }
}
