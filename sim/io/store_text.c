/* Datasets of several texts. */
#include "store_access.h"

#include <stdlib.h>
#include <string.h>

static lsnn_status take_texts(const store *s, arena *a, const char ***out, hid_t set, hid_t type, size_t n,
                              const char *path, lsnn_error *err)
{
    const bool variable = H5Tis_variable_str(type) > 0;
    const size_t size = variable ? sizeof(char *) : H5Tget_size(type);
    char *raw = calloc(n ? n : 1, size + 1);
    if (!raw) return lsnn_fail(err, LSNN_MEMORY, "%s: no memory for the texts %s", s->path, path);
    lsnn_status status =
        H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw) >= 0 ? LSNN_OK : store_damaged(s, path, err);
    const bool read = status == LSNN_OK;
    if (status == LSNN_OK) status = arena_take(a, out, n + 1, sizeof **out, err);
    for (size_t k = 0; status == LSNN_OK && k < n; k++) {
        const char *text = variable ? ((char **)(void *)raw)[k] : raw + k * size;
        if (!text) text = "";
        status = arena_text(a, &(*out)[k], text, variable ? strlen(text) : strnlen(text, size), err);
    }
    for (size_t k = 0; variable && read && k < n; k++)
        H5free_memory(((char **)(void *)raw)[k]);
    free(raw);
    return status;
}

lsnn_status store_read_texts(const store *s, arena *a, const char ***out, store_shape *shape, const char *path,
                             lsnn_error *err)
{
    TRY(store_shape_of(s, shape, path, err));
    size_t n = 1;
    for (int d = 0; d < shape->n_dims; d++)
        n *= shape->dim[d];
    if (!s->writable && guard_chunks(&s->guard, path) != GUARD_FINE) return store_damaged(s, path, err);
    const hid_t set = H5Dopen2(s->file, path, H5P_DEFAULT), type = set >= 0 ? H5Dget_type(set) : H5I_INVALID_HID;
    lsnn_status status = LSNN_OK;
    if (type < 0)
        status = store_damaged(s, path, err);
    else if (H5Tget_class(type) != H5T_STRING || n > 1 << 20)
        status = lsnn_fail(err, LSNN_DATA, "%s: %s should hold texts", s->path, path);
    else
        status = take_texts(s, a, out, set, type, n, path, err);
    if (type >= 0) H5Tclose(type);
    if (set >= 0) H5Dclose(set);
    return status;
}

lsnn_status store_write_texts(store *s, const char *path, const store_shape *shape, const char *const *texts,
                              lsnn_error *err)
{
    hsize_t dim[STORE_MAX_DIMS];
    for (int d = 0; d < shape->n_dims; d++)
        dim[d] = shape->dim[d];
    const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate_simple(shape->n_dims, dim, NULL), link = store_parents();
    const hid_t plain = store_plain();
    bool good = H5Tset_size(type, H5T_VARIABLE) >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) >= 0;
    const hid_t set = good ? H5Dcreate2(s->file, path, type, space, link, plain, H5P_DEFAULT) : H5I_INVALID_HID;
    good = set >= 0 && H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts) >= 0;
    if (set >= 0) H5Dclose(set);
    H5Pclose(plain);
    H5Pclose(link);
    H5Sclose(space);
    H5Tclose(type);
    return store_written(s, good, path, err);
}
