/* Reading sequences of variable length. */
#include "store_access.h"

#include <string.h>

enum { AT_ONCE = 64, MOST_ROWS = 100000000 };

static bool holds_sequences(hid_t set, hid_t space)
{
    const hid_t type = H5Dget_type(set);
    const hid_t base = type >= 0 && H5Tget_class(type) == H5T_VLEN ? H5Tget_super(type) : H5I_INVALID_HID;
    const bool good = base >= 0 && store_is_number(base) && H5Sget_simple_extent_ndims(space) == 1;
    if (base >= 0) H5Tclose(base);
    if (type >= 0) H5Tclose(type);
    return good;
}

/* A list that grows in the arena; what was given up is half of it at most. */
typedef struct list {
    arena *memory;
    double *values;
    size_t n, room;
} list;

static lsnn_status append(list *l, const hvl_t *row, lsnn_error *err)
{
    if (l->n + row->len > l->room) {
        double *larger;
        l->room = 2 * (l->n + row->len) + 1024;
        TRY(arena_take(l->memory, &larger, l->room, sizeof *larger, err));
        if (l->n) memcpy(larger, l->values, l->n * sizeof *larger);
        l->values = larger;
    }
    if (row->len) memcpy(l->values + l->n, row->p, row->len * sizeof *l->values);
    l->n += row->len;
    return LSNN_OK;
}

/* Some rows: HDF5 allocates each, so they are taken over and given back in small lots. */
static lsnn_status read_rows(const store *s, hid_t set, hid_t space, hid_t type, size_t row, size_t n, list *l,
                             size_t *first, const char *path, lsnn_error *err)
{
    hvl_t rows[AT_ONCE];
    const hsize_t start = row, count = n;
    memset(rows, 0, sizeof rows);
    const hid_t memory = H5Screate_simple(1, &count, NULL);
    bool good = memory >= 0 && H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, NULL, &count, NULL) >= 0 &&
                H5Dread(set, type, memory, space, H5P_DEFAULT, rows) >= 0;
    lsnn_status status = good ? LSNN_OK : store_damaged(s, path, err);
    for (size_t k = 0; status == LSNN_OK && k < n; k++) {
        status = append(l, &rows[k], err);
        first[row + k + 1] = l->n;
    }
    if (good) (void)H5Dvlen_reclaim(type, memory, H5P_DEFAULT, rows);
    if (memory >= 0) H5Sclose(memory);
    return status;
}

static lsnn_status read_all(const store *s, hid_t set, hid_t space, list *l, size_t **first, size_t *rows,
                            const char *path, lsnn_error *err)
{
    if (!holds_sequences(set, space)) {
        return lsnn_fail(err, LSNN_DATA, "%s: %s should hold a list of numbers (of variable length) per row", s->path,
                         path);
    }
    if (!s->writable && guard_chunks(&s->guard, path) != GUARD_FINE) return store_damaged(s, path, err);
    *rows = (size_t)H5Sget_simple_extent_npoints(space);
    if (*rows > MOST_ROWS)
        return lsnn_fail(err, LSNN_DATA, "%s: %s claims %zu rows; at most %d are read", s->path, path, *rows,
                         MOST_ROWS);
    TRY(arena_take(l->memory, first, *rows + 1, sizeof **first, err));
    const hid_t type = H5Tvlen_create(H5T_NATIVE_DOUBLE);
    lsnn_status status = type >= 0 ? LSNN_OK : store_damaged(s, path, err);
    for (size_t row = 0; status == LSNN_OK && row < *rows; row += AT_ONCE) {
        const size_t n = *rows - row < AT_ONCE ? *rows - row : AT_ONCE;
        status = read_rows(s, set, space, type, row, n, l, *first, path, err);
    }
    if (type >= 0) H5Tclose(type);
    return status;
}

lsnn_status store_read_sequences(const store *s, arena *a, double **values, size_t **first, size_t *rows,
                                 const char *path, lsnn_error *err)
{
    TRY(store_find(s, path, err));
    const hid_t set = H5Oopen(s->file, path, H5P_DEFAULT);
    if (set < 0) return store_damaged(s, path, err);
    const hid_t space = H5Iget_type(set) == H5I_DATASET ? H5Dget_space(set) : H5I_INVALID_HID;
    list l = {.memory = a};
    const lsnn_status status = space >= 0 ? read_all(s, set, space, &l, first, rows, path, err)
                                          : lsnn_fail(err, LSNN_DATA, "%s: %s should be a dataset", s->path, path);
    *values = l.values;
    if (space >= 0) H5Sclose(space);
    H5Oclose(set);
    return status;
}
