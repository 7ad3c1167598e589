/* A new copy of a file, object by object. HDF5 does not remember across openings which parts of a file are free:
 * whatever grows in many small steps leaves gaps. */
#include "store_access.h"

#include <string.h>

static bool copy_value(hid_t from, hid_t to, hid_t type, hid_t space, arena *a)
{
    unsigned char *value;
    const hssize_t n = H5Sget_simple_extent_npoints(space);
    if (n < 0 || arena_take(a, &value, (size_t)n + 1, H5Tget_size(type), NULL) != LSNN_OK) return false;
    if (H5Aread(from, type, value) < 0) return false;
    bool good = H5Awrite(to, type, value) >= 0;
    if (H5Tis_variable_str(type) > 0) H5Dvlen_reclaim(type, space, H5P_DEFAULT, value);
    return good;
}

typedef struct target {
    hid_t group;
    arena *memory;
} target;

static herr_t copy_attribute(hid_t object, const char *name, const H5A_info_t *about, void *data)
{
    (void)about;
    const target *t = data;
    hid_t from = H5Aopen(object, name, H5P_DEFAULT);
    if (from < 0) return -1;
    hid_t type = H5Aget_type(from), space = H5Aget_space(from), to = H5I_INVALID_HID;
    if (type >= 0 && space >= 0) to = H5Acreate2(t->group, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    bool good = to >= 0 && copy_value(from, to, type, space, t->memory);
    if (to >= 0) H5Aclose(to);
    if (space >= 0) H5Sclose(space);
    if (type >= 0) H5Tclose(type);
    H5Aclose(from);
    return good ? 0 : -1;
}

static lsnn_status copy_members(store *to, const store *from, arena *a, lsnn_error *err)
{
    const char **names;
    int n;
    TRY(store_members(from, a, &names, &n, "/", err));
    for (int k = 0; k < n; k++) {
        bool good = H5Ocopy(from->file, names[k], to->file, names[k], H5P_DEFAULT, H5P_DEFAULT) >= 0;
        TRY(store_written(to, good, names[k], err));
    }
    target root = {.group = to->file, .memory = a};
    bool good = H5Aiterate2(from->file, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, copy_attribute, &root) >= 0;
    return store_written(to, good, "/", err);
}

static lsnn_status copy_content(store *to, const char *path, uint64_t expected, lsnn_error *err)
{
    if (!disk_reserve(to->disk, expected)) return store_written(to, false, "/", err);
    arena *a = NULL;
    store *from = NULL;
    TRY(arena_new(&a, err));
    lsnn_status status = store_open(&from, path, err);
    if (status == LSNN_OK) status = copy_members(to, from, a, err);
    (void)!store_close(from, false, NULL);
    arena_free(a);
    return status;
}

lsnn_status store_modify_packed(store **out, const char *path, uint64_t expected, lsnn_error *err)
{
    store *s = NULL;
    TRY(store_create(&s, path, err));
    lsnn_status status = copy_content(s, path, expected, err);
    if (status == LSNN_OK)
        *out = s;
    else
        (void)!store_close(s, false, NULL);
    return status;
}
