/* Attributes: numbers, enumerations and texts. */
#include "store_access.h"

#include <stdlib.h>
#include <string.h>

bool store_has_attribute(const store *s, const char *object, const char *name)
{
    return store_has(s, object) && H5Aexists_by_name(s->file, object, name, H5P_DEFAULT) > 0;
}

/* An attribute of one value. */
static lsnn_status open_attribute(const store *s, hid_t *out, hid_t *type, const char *object, const char *name,
                                  lsnn_error *err)
{
    TRY(store_find(s, object, err));
    htri_t there = H5Aexists_by_name(s->file, object, name, H5P_DEFAULT);
    if (there == 0) return lsnn_fail(err, LSNN_DATA, "%s: %s has no attribute '%s'", s->path, object, name);
    hid_t id = there > 0 ? H5Aopen_by_name(s->file, object, name, H5P_DEFAULT, H5P_DEFAULT) : H5I_INVALID_HID;
    if (id < 0) return store_damaged(s, object, err);
    hid_t space = H5Aget_space(id);
    bool one = space >= 0 && H5Sget_simple_extent_npoints(space) == 1;
    if (space >= 0) H5Sclose(space);
    *type = H5Aget_type(id);
    *out = id;
    if (one && *type >= 0) return LSNN_OK;
    if (*type >= 0) H5Tclose(*type);
    H5Aclose(id);
    return lsnn_fail(err, LSNN_DATA, "%s: attribute '%s' of %s should be one value", s->path, name, object);
}

lsnn_status store_get_number(const store *s, double *out, const char *object, const char *name, lsnn_error *err)
{
    hid_t id = H5I_INVALID_HID, type = H5I_INVALID_HID;
    TRY(open_attribute(s, &id, &type, object, name, err));
    lsnn_status status = LSNN_OK;
    if (!store_is_number(type))
        status = lsnn_fail(err, LSNN_DATA, "%s: attribute '%s' of %s should be a number", s->path, name, object);
    else if (H5Aread(id, H5T_NATIVE_DOUBLE, out) < 0)
        status = store_damaged(s, object, err);
    H5Tclose(type);
    H5Aclose(id);
    return status;
}

static herr_t read_raw(hid_t id, hid_t type, void *out)
{
    return H5Iget_type(id) == H5I_ATTR ? H5Aread(id, type, out) : H5Dread(id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out);
}

static lsnn_status take_variable_text(const store *s, arena *a, const char **out, hid_t id, hid_t type,
                                      const char *object, lsnn_error *err)
{
    char *text = NULL;
    if (read_raw(id, type, &text) < 0) return store_damaged(s, object, err);
    lsnn_status status = arena_text(a, out, text ? text : "", text ? strlen(text) : 0, err);
    if (text) H5free_memory(text);
    return status;
}

static lsnn_status take_fixed_text(const store *s, arena *a, const char **out, hid_t id, hid_t type, const char *object,
                                   lsnn_error *err)
{
    size_t size = H5Tget_size(type);
    char *text = calloc(size + 1, 1);
    if (!text) return lsnn_fail(err, LSNN_MEMORY, "%s: no memory for the text %s", s->path, object);
    lsnn_status status = LSNN_OK;
    if (read_raw(id, type, text) < 0) status = store_damaged(s, object, err);
    size_t length = strlen(text);
    if (H5Tget_strpad(type) == H5T_STR_SPACEPAD)
        while (length > 0 && text[length - 1] == ' ')
            length--;
    if (status == LSNN_OK) status = arena_text(a, out, text, length, err);
    free(text);
    return status;
}

lsnn_status store_take_text(const store *s, arena *a, const char **out, hid_t id, hid_t type, const char *object,
                            lsnn_error *err)
{
    return H5Tis_variable_str(type) > 0 ? take_variable_text(s, a, out, id, type, object, err)
                                        : take_fixed_text(s, a, out, id, type, object, err);
}

lsnn_status store_get_text(const store *s, arena *a, const char **out, const char *object, const char *name,
                           lsnn_error *err)
{
    hid_t id = H5I_INVALID_HID, type = H5I_INVALID_HID;
    TRY(open_attribute(s, &id, &type, object, name, err));
    lsnn_status status =
        H5Tget_class(type) == H5T_STRING
            ? store_take_text(s, a, out, id, type, object, err)
            : lsnn_fail(err, LSNN_DATA, "%s: attribute '%s' of %s should be a text", s->path, name, object);
    H5Tclose(type);
    H5Aclose(id);
    return status;
}

/* Replaces one that is there. Closes `space`. */
static lsnn_status set_attribute(const store *s, const char *object, const char *name, hid_t type, hid_t memory,
                                 hid_t space, const void *value, lsnn_error *err)
{
    bool good = space >= 0 && type >= 0 && memory >= 0;
    if (good && H5Aexists_by_name(s->file, object, name, H5P_DEFAULT) > 0)
        good = H5Adelete_by_name(s->file, object, name, H5P_DEFAULT) >= 0;
    hid_t id = good ? H5Acreate_by_name(s->file, object, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)
                    : H5I_INVALID_HID;
    good = id >= 0 && H5Awrite(id, memory, value) >= 0;
    if (id >= 0) H5Aclose(id);
    if (space >= 0) H5Sclose(space);
    return store_written(s, good, object, err);
}

lsnn_status store_set_number(store *s, const char *object, const char *name, store_type type, double number,
                             lsnn_error *err)
{
    return set_attribute(s, object, name, store_file_type(type), H5T_NATIVE_DOUBLE, H5Screate(H5S_SCALAR), &number,
                         err);
}

lsnn_status store_set_uint64(store *s, const char *object, const char *name, uint64_t number, lsnn_error *err)
{
    return set_attribute(s, object, name, H5T_STD_U64LE, H5T_NATIVE_UINT64, H5Screate(H5S_SCALAR), &number, err);
}

lsnn_status store_set_numbers(store *s, const char *object, const char *name, store_type type, size_t n,
                              const double *numbers, lsnn_error *err)
{
    const hsize_t dim[1] = {n};
    return set_attribute(s, object, name, store_file_type(type), H5T_NATIVE_DOUBLE, H5Screate_simple(1, dim, NULL),
                         numbers, err);
}

lsnn_status store_set_choice(store *s, const char *object, const char *name, const char *const *choices, int which,
                             lsnn_error *err)
{
    hid_t type = H5Tenum_create(H5T_STD_U8LE);
    for (uint8_t k = 0; choices[k]; k++)
        (void)H5Tenum_insert(type, choices[k], &k);
    const uint8_t value = (uint8_t)which;
    lsnn_status status = set_attribute(s, object, name, type, type, H5Screate(H5S_SCALAR), &value, err);
    if (type >= 0) H5Tclose(type);
    return status;
}

static lsnn_status set_text(store *s, const char *object, const char *name, size_t length, const void *value,
                            lsnn_error *err)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type >= 0 && (H5Tset_size(type, length) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0 ||
                      (length != H5T_VARIABLE && H5Tset_strpad(type, H5T_STR_NULLPAD) < 0))) {
        H5Tclose(type);
        type = H5I_INVALID_HID;
    }
    lsnn_status status = set_attribute(s, object, name, type, type, H5Screate(H5S_SCALAR), value, err);
    if (type >= 0) H5Tclose(type);
    return status;
}

/* h5py gives texts of variable length as str. */
lsnn_status store_set_text(store *s, const char *object, const char *name, const char *text, lsnn_error *err)
{
    return set_text(s, object, name, H5T_VARIABLE, &text, err);
}

lsnn_status store_set_fixed_text(store *s, const char *object, const char *name, const char *text, lsnn_error *err)
{
    return set_text(s, object, name, *text ? strlen(text) : 1, text, err);
}
