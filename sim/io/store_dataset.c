/* Whole datasets: shape, reading with checks of everything that a foreign file may get wrong, writing. */
#include "store_access.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* An open dataset with what was found out about it. */
typedef struct subject {
    hid_t set, type;
    store_shape shape;
    uint64_t n;     /* elements */
    uint64_t bytes; /* in the file's type, before compression */
} subject;

static void close_subject(subject *d)
{
    if (d->type >= 0) H5Tclose(d->type);
    if (d->set >= 0) H5Dclose(d->set);
}

static lsnn_status find_shape(const store *s, subject *d, const char *path, lsnn_error *err)
{
    hsize_t dim[H5S_MAX_RANK];
    hid_t space = H5Dget_space(d->set);
    H5S_class_t kind = space >= 0 ? H5Sget_simple_extent_type(space) : H5S_NO_CLASS;
    int n_dims = kind == H5S_SIMPLE || kind == H5S_SCALAR ? H5Sget_simple_extent_dims(space, dim, NULL) : -1;
    if (space >= 0) H5Sclose(space);
    if (n_dims < 0) return store_damaged(s, path, err);
    if (n_dims > STORE_MAX_DIMS) {
        return lsnn_fail(err, LSNN_DATA, "%s: %s has %d dimensions; at most %d are possible", s->path, path, n_dims,
                         STORE_MAX_DIMS);
    }
    d->shape.n_dims = n_dims;
    d->n = 1;
    bool fits = true;
    for (int k = 0; k < n_dims; k++) {
        d->shape.dim[k] = dim[k];
        fits = !__builtin_mul_overflow(d->n, dim[k], &d->n) && fits;
    }
    fits = !__builtin_mul_overflow(d->n, (uint64_t)H5Tget_size(d->type), &d->bytes) && fits;
    if (fits && d->bytes <= STORE_MAX_BYTES) return LSNN_OK;
    return lsnn_fail(err, LSNN_DATA, "%s: %s claims to be larger than %d GiB, which is refused", s->path, path,
                     (int)(STORE_MAX_BYTES >> 30));
}

static lsnn_status open_subject(const store *s, subject *d, const char *path, lsnn_error *err)
{
    *d = (subject){.set = H5I_INVALID_HID, .type = H5I_INVALID_HID};
    TRY(store_find(s, path, err));
    hid_t id = H5Oopen(s->file, path, H5P_DEFAULT);
    if (id < 0) return store_damaged(s, path, err);
    if (H5Iget_type(id) != H5I_DATASET) {
        H5Oclose(id);
        return lsnn_fail(err, LSNN_DATA, "%s: %s should be a dataset", s->path, path);
    }
    d->set = id;
    d->type = H5Dget_type(id);
    lsnn_status status = d->type < 0 ? store_damaged(s, path, err) : find_shape(s, d, path, err);
    if (status != LSNN_OK) close_subject(d);
    return status;
}

static lsnn_status check_filters(const store *s, hid_t creation, const char *path, lsnn_error *err)
{
    int n = H5Pget_nfilters(creation);
    for (int k = 0; k < n; k++) {
        unsigned flags, how;
        size_t n_values = 0;
        char name[64] = "";
        H5Z_filter_t filter = H5Pget_filter2(creation, (unsigned)k, &flags, &n_values, NULL, sizeof name, name, &how);
        if (filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE || filter == H5Z_FILTER_FLETCHER32) continue;
        return lsnn_fail(err, LSNN_DATA,
                         "%s: %s is packed with filter %d, which cannot be read: repack it with gzip (deflate)",
                         s->path, path, (int)filter);
    }
    return n < 0 ? store_damaged(s, path, err) : LSNN_OK;
}

/* Could the file hold what the dataset claims? Deflate packs at most 1032 bytes into one; what was never written has no
 * place in the file, and a little of that is harmless. */
static lsnn_status check_claim(const store *s, const subject *d, hid_t creation, const char *path, lsnn_error *err)
{
    const uint64_t harmless = (uint64_t)64 << 20, length = disk_length(s->disk);
    uint64_t most = length + harmless, chunk_bytes = 0;
    if (H5Pget_layout(creation) == H5D_CHUNKED) {
        hsize_t dim[H5S_MAX_RANK];
        int n_dims = H5Pget_chunk(creation, H5S_MAX_RANK, dim);
        chunk_bytes = H5Tget_size(d->type);
        for (int k = 0; k < n_dims; k++)
            if (__builtin_mul_overflow(chunk_bytes, (uint64_t)dim[k], &chunk_bytes)) chunk_bytes = UINT64_MAX;
        most = 1032 * length + harmless;
    }
    if (d->bytes <= most && chunk_bytes <= most && H5Dget_storage_size(d->set) <= length) return LSNN_OK;
    return lsnn_fail(err, LSNN_DATA, "%s: %s claims %" PRIu64 " bytes, more than a file of %" PRIu64 " bytes can hold",
                     s->path, path, d->bytes > chunk_bytes ? d->bytes : chunk_bytes, length);
}

static lsnn_status check_layout(const store *s, const subject *d, const char *path, lsnn_error *err)
{
    hid_t creation = H5Dget_create_plist(d->set);
    if (creation < 0) return store_damaged(s, path, err);
    lsnn_status status = check_filters(s, creation, path, err);
    if (status == LSNN_OK) status = check_claim(s, d, creation, path, err);
    H5Pclose(creation);
    return status;
}

static void shape_text(char out[static 128], const store_shape *shape)
{
    int n = 0;
    out[0] = '\0';
    if (shape->n_dims == 0) snprintf(out, 128, "one number");
    for (int d = 0; d < shape->n_dims; d++)
        n += snprintf(out + n, (size_t)(128 - n), "%s%zu", d ? " x " : "", shape->dim[d]);
}

static lsnn_status check_shape(const store *s, const store_shape *found, const store_shape *expected, const char *path,
                               lsnn_error *err)
{
    bool same = found->n_dims == expected->n_dims;
    for (int d = 0; same && d < found->n_dims; d++)
        same = found->dim[d] == expected->dim[d];
    if (same) return LSNN_OK;
    char is[128], should[128];
    shape_text(is, found);
    shape_text(should, expected);
    return lsnn_fail(err, LSNN_DATA, "%s: %s has shape %s; expected %s", s->path, path, is, should);
}

static lsnn_status read_numbers(const store *s, const subject *d, void *values, store_type type, const char *path,
                                lsnn_error *err)
{
    if (d->n == 0) return LSNN_OK;
    bool misfit = false;
    hid_t transfer = H5Pcreate(H5P_DATASET_XFER);
    bool good = transfer >= 0 && H5Pset_type_conv_cb(transfer, store_refuse_misfit, &misfit) >= 0 &&
                H5Dread(d->set, store_memory_type(type), H5S_ALL, H5S_ALL, transfer, values) >= 0;
    if (transfer >= 0) H5Pclose(transfer);
    if (good) return LSNN_OK;
    if (!misfit) return store_damaged(s, path, err);
    return lsnn_fail(err, LSNN_DATA, "%s: %s has a number that does not fit into %s", s->path, path,
                     store_type_text(type));
}

lsnn_status store_shape_of(const store *s, store_shape *out, const char *path, lsnn_error *err)
{
    subject d;
    TRY(open_subject(s, &d, path, err));
    *out = d.shape;
    close_subject(&d);
    return LSNN_OK;
}

lsnn_status store_type_of(const store *s, store_type *out, const char *path, lsnn_error *err)
{
    subject d;
    TRY(open_subject(s, &d, path, err));
    lsnn_status status = LSNN_OK;
    int type = STORE_FLOAT;
    while (type <= STORE_UINT64 && H5Tequal(d.type, store_file_type((store_type)type)) <= 0)
        type++;
    if (type <= STORE_UINT64)
        *out = (store_type)type;
    else
        status = lsnn_fail(err, LSNN_DATA, "%s: %s has a type that lsnn does not write", s->path, path);
    close_subject(&d);
    return status;
}

static lsnn_status read_subject(const store *s, const subject *d, arena *a, void *out_pointer, store_type type,
                                const store_shape *expected, const char *path, lsnn_error *err)
{
    if (expected) TRY(check_shape(s, &d->shape, expected, path, err));
    if (!store_is_number(d->type)) {
        return lsnn_fail(err, LSNN_DATA, "%s: %s should hold numbers (integers of 8 to 64 bits or IEEE floats)",
                         s->path, path);
    }
    TRY(check_layout(s, d, path, err));
    if (d->n > STORE_MAX_BYTES / store_size(type)) {
        return lsnn_fail(err, LSNN_DATA, "%s: %s would need more than %d GiB as %s", s->path, path,
                         (int)(STORE_MAX_BYTES >> 30), store_type_text(type));
    }
    if (!s->writable && guard_chunks(&s->guard, path) != GUARD_FINE) return store_damaged(s, path, err);
    TRY(arena_take(a, out_pointer, d->n ? d->n : 1, store_size(type), err));
    return read_numbers(s, d, *(void **)out_pointer, type, path, err);
}

lsnn_status store_read(const store *s, arena *a, void *out_pointer, store_type type, store_shape *shape,
                       const store_shape *expected, const char *path, lsnn_error *err)
{
    subject d;
    TRY(open_subject(s, &d, path, err));
    lsnn_status status = read_subject(s, &d, a, out_pointer, type, expected, path, err);
    if (shape) *shape = d.shape;
    close_subject(&d);
    return status;
}

static bool write_new(const store *s, const char *path, hid_t type, hid_t memory, hid_t space, hid_t creation,
                      const void *values)
{
    hid_t link = store_parents();
    hid_t set = link >= 0 && space >= 0 && creation >= 0
                    ? H5Dcreate2(s->file, path, type, space, link, creation, H5P_DEFAULT)
                    : H5I_INVALID_HID;
    bool good = set >= 0 && (!values || H5Dwrite(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    if (set >= 0) H5Dclose(set);
    if (link >= 0) H5Pclose(link);
    if (creation >= 0) H5Pclose(creation);
    if (space >= 0) H5Sclose(space);
    return good;
}

lsnn_status store_write(store *s, const char *path, store_type type, const store_shape *shape, const void *values,
                        bool compress, lsnn_error *err)
{
    hsize_t dim[STORE_MAX_DIMS], chunk[STORE_MAX_DIMS];
    bool larger = false;
    uint64_t n = 1;
    for (int d = 0; d < shape->n_dims; d++) {
        dim[d] = shape->dim[d];
        n *= dim[d];
    }
    store_chunk(chunk, shape->n_dims, dim, store_size(type));
    for (int d = 0; d < shape->n_dims; d++)
        larger = larger || chunk[d] < dim[d];
    hid_t space = shape->n_dims ? H5Screate_simple(shape->n_dims, dim, NULL) : H5Screate(H5S_SCALAR);
    hid_t creation = compress && larger && n ? store_packed(shape->n_dims, dim, store_size(type)) : store_plain();
    bool good = write_new(s, path, store_file_type(type), store_memory_type(type), space, creation, n ? values : NULL);
    return store_written(s, good, path, err);
}

/* Of fixed length, which needs no heap. */
lsnn_status store_write_text(store *s, const char *path, const char *text, lsnn_error *err)
{
    size_t length = strlen(text);
    hid_t type = H5Tcopy(H5T_C_S1);
    bool good = type >= 0 && H5Tset_size(type, length ? length : 1) >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) >= 0 &&
                H5Tset_strpad(type, H5T_STR_NULLPAD) >= 0 &&
                write_new(s, path, type, type, H5Screate(H5S_SCALAR), store_plain(), text);
    if (type >= 0) H5Tclose(type);
    return store_written(s, good, path, err);
}

lsnn_status store_read_text(const store *s, arena *a, const char **out, const char *path, lsnn_error *err)
{
    subject d;
    TRY(open_subject(s, &d, path, err));
    lsnn_status status = LSNN_OK;
    if (H5Tget_class(d.type) != H5T_STRING || d.n != 1)
        status = lsnn_fail(err, LSNN_DATA, "%s: %s should be one text", s->path, path);
    if (status == LSNN_OK) status = check_layout(s, &d, path, err);
    if (status == LSNN_OK && !s->writable && guard_chunks(&s->guard, path) != GUARD_FINE)
        status = store_damaged(s, path, err);
    if (status == LSNN_OK) status = store_take_text(s, a, out, d.set, d.type, path, err);
    close_subject(&d);
    return status;
}
