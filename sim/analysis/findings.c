/* Lists that grow. */
#include "findings.h"
#include <string.h>

static lsnn_status make_room(arena *a, void *list_pointer, int n, int *room, size_t size, lsnn_error *err)
{
    void **list = list_pointer, *larger;
    if (n < *room) return LSNN_OK;
    *room = *room ? 2 * *room : 64;
    TRY(arena_take(a, &larger, (size_t)*room, size, err));
    if (n) memcpy(larger, *list, (size_t)n * size);
    *list = larger;
    return LSNN_OK;
}

lsnn_status findings_add(findings *f, const finding *number, lsnn_error *err)
{
    TRY(make_room(f->memory, &f->numbers, f->n_numbers, &f->number_room, sizeof *number, err));
    f->numbers[f->n_numbers++] = *number;
    return LSNN_OK;
}

lsnn_status findings_add_curve(findings *f, const finding_curve *curve, lsnn_error *err)
{
    TRY(make_room(f->memory, &f->curves, f->n_curves, &f->curve_room, sizeof *curve, err));
    f->curves[f->n_curves++] = *curve;
    return LSNN_OK;
}
