/* Filling a struct by its field table. */
#include "parameters.h"

#include <stdlib.h>
#include <string.h>

/* Position in "a|b|c", -1 if it is none of them. */
static int position(const char *choices, const char *word)
{
    int k = 0;
    const size_t length = strlen(word);
    for (const char *c = choices; c; k++) {
        if (strncmp(c, word, length) == 0 && (c[length] == '|' || c[length] == '\0')) return k;
        c = strchr(c, '|');
        if (c) c++;
    }
    return -1;
}

static lsnn_status fill_choice(int *out, const lsnn_field *f, const parameters_entry *given, lsnn_error *err)
{
    const char *word = given ? given->choice : f->fallback;
    *out = word ? position(f->choices, word) : -1;
    if (*out >= 0) return LSNN_OK;
    return lsnn_fail(err, LSNN_INTERNAL, "%s cannot be '%s', only %s", f->name, word ? word : "", f->choices);
}

static lsnn_status fill_neurons(const double **out, int n, const parameters_entry *given, double number, arena *a,
                                lsnn_error *err)
{
    double *values;
    TRY(arena_take(a, &values, (size_t)n, sizeof *values, err));
    for (int j = 0; j < n; j++)
        values[j] = given && given->values ? given->values[j] : number;
    *out = values;
    return LSNN_OK;
}

lsnn_status parameters_fill(const void **out, const lsnn_field *fields, size_t size, int n,
                            const parameters_entry *list, arena *a, lsnn_error *err)
{
    char *parameters;
    TRY(arena_take(a, &parameters, 1, size, err));
    for (const lsnn_field *f = fields; f->name; f++) {
        const parameters_entry *given = list;
        while (given->name && strcmp(given->name, f->name) != 0)
            given++;
        if (!given->name) given = NULL;
        if (!given && !f->fallback) return lsnn_fail(err, LSNN_INTERNAL, "'%s' is needed", f->name);
        const double number = given ? given->number : strtod(f->fallback, NULL);
        void *member = parameters + f->offset;
        switch (f->kind) {
        case LSNN_REAL: *(double *)member = number; break;
        case LSNN_INT: *(int *)member = (int)number; break;
        case LSNN_BOOL: *(bool *)member = given ? number != 0 : strcmp(f->fallback, "true") == 0; break;
        case LSNN_CHOICE: TRY(fill_choice(member, f, given, err)); break;
        case LSNN_NEURONS: TRY(fill_neurons(member, n, given, number, a, err)); break;
        default: return lsnn_fail(err, LSNN_INTERNAL, "'%s' is of a kind that only a config can give", f->name);
        }
    }
    *out = parameters;
    return LSNN_OK;
}
