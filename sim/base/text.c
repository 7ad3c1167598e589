/* Names close to a wrong one, and numbers as text. */
#include "text.h"
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMPARED = 96, NUMBER_SIZE = 32, BYTES_SIZE = 16, DURATION_SIZE = 24 };

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

/* A cell needs the row above and the one above that, so three rows that take turns are enough. What lies beyond COMPARED
 * bytes counts as different, so that a word of any length costs the same stack. */
int text_distance(const char *a, const char *b)
{
    size_t length_a = strlen(a), length_b = strlen(b), longest = length_a > length_b ? length_a : length_b;
    int n_a = length_a < COMPARED ? (int)length_a : COMPARED, n_b = length_b < COMPARED ? (int)length_b : COMPARED;
    int uncompared = longest > COMPARED ? (int)(longest - COMPARED) : 0;
    int rows[3][COMPARED + 1];
    for (int j = 0; j <= n_b; j++)
        rows[0][j] = j;
    for (int i = 1; i <= n_a; i++) {
        int *row = rows[i % 3];
        const int *above = rows[(i + 2) % 3], *above_that = rows[(i + 1) % 3];
        row[0] = i;
        for (int j = 1; j <= n_b; j++) {
            row[j] = smaller(smaller(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = smaller(row[j], above_that[j - 2] + 1);
        }
    }
    return rows[n_a % 3][n_b] + uncompared;
}

/* As far as a distance can matter. */
static void fold_case(char out[COMPARED + 1], const char *word)
{
    int n = 0;
    for (; n < COMPARED && word[n]; n++)
        out[n] = (char)tolower((unsigned char)word[n]);
    out[n] = 0;
}

static bool begins(const char *word, const char *beginning)
{
    return strncmp(word, beginning, strlen(beginning)) == 0;
}

const char *text_nearest(const char *word, const char *const *candidates, int n)
{
    enum { SHORTEST_BEGINNING = 3, LETTERS_PER_SLIP = 3 };
    char meant[COMPARED + 1], candidate[COMPARED + 1];
    fold_case(meant, word);
    int length = (int)strlen(meant), least = COMPARED;
    const char *nearest = NULL, *relative = NULL;
    for (int i = 0; i < n; i++) {
        fold_case(candidate, candidates[i]);
        int length_there = (int)strlen(candidate), shorter = smaller(length, length_there);
        int distance = text_distance(meant, candidate);
        int allowed = smaller((larger(length, length_there) + LETTERS_PER_SLIP - 1) / LETTERS_PER_SLIP, shorter - 1);
        if (distance <= larger(allowed, 0) && distance < least) {
            least = distance;
            nearest = candidates[i];
        }
        if (!relative && shorter >= SHORTEST_BEGINNING && (begins(meant, candidate) || begins(candidate, meant)))
            relative = candidates[i];
    }
    return nearest ? nearest : relative;
}

/* Fewest digits first. Up to 15 digits before the point and 4 zeros behind it are written out, since a person reads 2000
 * sooner than 2e3. */
void text_number(char *out, double number)
{
    enum { MOST_DIGITS = 17, LONGEST_WHOLE = 15, MOST_ZEROS = 5 };
    if (!isfinite(number)) {
        snprintf(out, NUMBER_SIZE, "%g", number);
        return;
    }
    int digits = 0;
    do {
        snprintf(out, NUMBER_SIZE, "%.*e", digits++, number);
    } while (digits < MOST_DIGITS && strtod(out, NULL) != number);
    char *mantissa_end = strchr(out, 'e');
    int exponent = atoi(mantissa_end + 1);
    if (exponent >= -MOST_ZEROS && exponent < LONGEST_WHOLE)
        snprintf(out, NUMBER_SIZE, "%.*f", larger(digits - 1 - exponent, 0), number);
    else
        snprintf(mantissa_end, (size_t)(NUMBER_SIZE - (mantissa_end - out)), "e%d", exponent);
}

bool text_to_double(double *out, const char *text)
{
    /* strtod also takes hexadecimal digits, names and leading blanks. */
    size_t length = strspn(text, "0123456789+-.eE");
    if (length == 0 || text[length]) return false;
    char *end;
    errno = 0;
    double number = strtod(text, &end);
    bool overflow = errno == ERANGE && fabs(number) > 1;
    if (end != text + length || overflow) return false;
    *out = number;
    return true;
}

void text_bytes(char *out, double bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    enum { N_UNITS = sizeof units / sizeof *units };
    static const double rounds_up = 999.5, one_decimal = 99.95;
    int unit = 0;
    while (bytes >= rounds_up && unit < N_UNITS - 1) {
        bytes /= 1000;
        unit++;
    }
    snprintf(out, BYTES_SIZE, "%.*f %s", unit > 0 && bytes < one_decimal ? 1 : 0, bytes, units[unit]);
}

void text_duration(char *out, double seconds)
{
    static const double a_minute = 60, an_hour = 3600, longest = 1e9 * 3600;
    if (!(seconds < longest)) {
        snprintf(out, DURATION_SIZE, "for ever");
        return;
    }
    seconds = fmax(seconds, 0);
    double whole_seconds = round(seconds), whole_minutes = round(seconds / a_minute);
    if (seconds < 0.9995)
        snprintf(out, DURATION_SIZE, "%.0f ms", seconds * 1000);
    else if (seconds < a_minute - 0.05)
        snprintf(out, DURATION_SIZE, "%.1f s", seconds);
    else if (whole_seconds < an_hour)
        snprintf(out, DURATION_SIZE, "%.0f min %02.0f s", floor(whole_seconds / 60), fmod(whole_seconds, 60));
    else
        snprintf(out, DURATION_SIZE, "%.0f h %02.0f min", floor(whole_minutes / 60), fmod(whole_minutes, 60));
}
