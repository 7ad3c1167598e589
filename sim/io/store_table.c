/* Tables that grow: chunked datasets without a limit on their rows. */
#include "store_access.h"

#include <inttypes.h>

static int table_dims(size_t width)
{
    return width == 1 ? 1 : 2;
}

lsnn_status store_make_table(store *s, const char *path, store_type type, size_t width, lsnn_error *err)
{
    const hsize_t dim[2] = {0, width}, most[2] = {H5S_UNLIMITED, width}, typical[2] = {32768, width};
    int n_dims = table_dims(width);
    hid_t space = H5Screate_simple(n_dims, dim, most), link = store_parents();
    hid_t creation = store_packed(n_dims, typical, store_size(type)), set = H5I_INVALID_HID;
    if (space >= 0 && link >= 0 && creation >= 0)
        set = H5Dcreate2(s->file, path, store_file_type(type), space, link, creation, H5P_DEFAULT);
    if (creation >= 0) H5Pclose(creation);
    if (link >= 0) H5Pclose(link);
    if (space >= 0) H5Sclose(space);
    if (set >= 0) H5Dclose(set);
    return store_written(s, set >= 0, path, err);
}

static bool can_grow(const store *s, const char *path)
{
    hsize_t dim[H5S_MAX_RANK], most[H5S_MAX_RANK];
    hid_t set = H5Dopen2(s->file, path, H5P_DEFAULT), space = set >= 0 ? H5Dget_space(set) : H5I_INVALID_HID;
    bool unlimited = space >= 0 && H5Sget_simple_extent_dims(space, dim, most) > 0 && most[0] == H5S_UNLIMITED;
    if (space >= 0) H5Sclose(space);
    if (set >= 0) H5Dclose(set);
    return unlimited;
}

lsnn_status store_check_table(const store *s, const char *path, store_type type, size_t width, uint64_t rows,
                              lsnn_error *err)
{
    store_type found;
    store_shape shape;
    TRY(store_shape_of(s, &shape, path, err));
    TRY(store_type_of(s, &found, path, err));
    if (found != type) {
        return lsnn_fail(err, LSNN_DATA, "%s: %s holds %s; expected %s", s->path, path, store_type_text(found),
                         store_type_text(type));
    }
    if (shape.n_dims != table_dims(width) || (width != 1 && shape.dim[1] != width)) {
        return lsnn_fail(err, LSNN_DATA, "%s: %s does not have rows of %zu value%s", s->path, path, width,
                         width == 1 ? "" : "s");
    }
    if (!can_grow(s, path))
        return lsnn_fail(err, LSNN_DATA, "%s: %s cannot grow: lsnn did not write it", s->path, path);
    if (shape.dim[0] < rows) {
        return lsnn_fail(err, LSNN_DATA, "%s: %s has %zu rows; expected %" PRIu64 " or more", s->path, path,
                         shape.dim[0], rows);
    }
    return LSNN_OK;
}

uint64_t store_stored(const store *s, const char *path)
{
    hid_t set = H5Dopen2(s->file, path, H5P_DEFAULT);
    if (set < 0) return 0;
    const uint64_t bytes = H5Dget_storage_size(set);
    H5Dclose(set);
    return bytes;
}

static bool append(hid_t set, store_type type, size_t width, uint64_t keep, uint64_t n_rows, const void *rows)
{
    const hsize_t start[2] = {keep, 0}, count[2] = {n_rows, width};
    hid_t memory = H5Screate_simple(table_dims(width), count, NULL), space = H5Dget_space(set);
    bool good = memory >= 0 && space >= 0 &&
                H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                H5Dwrite(set, store_memory_type(type), memory, space, H5P_DEFAULT, rows) >= 0;
    if (space >= 0) H5Sclose(space);
    if (memory >= 0) H5Sclose(memory);
    return good;
}

lsnn_status store_extend_table(store *s, const char *path, store_type type, size_t width, uint64_t keep,
                               uint64_t n_rows, const void *rows, lsnn_error *err)
{
    TRY(store_check_table(s, path, type, width, keep, err));
    hid_t set = H5Dopen2(s->file, path, H5P_DEFAULT);
    /* Cut first, so that what lay behind is gone from a chunk that stays. */
    const hsize_t kept[2] = {keep, width}, all[2] = {keep + n_rows, width};
    bool good = set >= 0 && H5Dset_extent(set, kept) >= 0;
    if (good && n_rows) good = H5Dset_extent(set, all) >= 0 && append(set, type, width, keep, n_rows, rows);
    if (set >= 0) good = H5Dclose(set) >= 0 && good;
    return store_written(s, good, path, err);
}
