/* The idx format: two zero bytes, the type of the elements (8: unsigned byte), the number of dimensions, each
 * dimension as a big-endian 32-bit number, then the elements with the last dimension fastest. */
#include "dataset.h"

#include "unpack.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { MAX_DIMS = 4, MAX_PATH = 4096 };
static const uint64_t MAX_BYTES = (uint64_t)16 << 30;

static lsnn_status check_magic(const unpack *file, const uint8_t magic[static 4], uint64_t n, lsnn_error *err)
{
    if (n < 4 || magic[0] != 0 || magic[1] != 0)
        return lsnn_fail(err, LSNN_DATA, "%s: not an idx file (those begin with two zero bytes, type and dimensions)",
                         file->path);
    if (magic[2] != 8) {
        return lsnn_fail(err, LSNN_DATA, "%s: its elements have idx type 0x%02x; only unsigned bytes (0x08) are read",
                         file->path, magic[2]);
    }
    if (magic[3] >= 1 && magic[3] <= MAX_DIMS) return LSNN_OK;
    return lsnn_fail(err, LSNN_DATA, "%s: has %d dimensions; 1 to %d are possible", file->path, magic[3], MAX_DIMS);
}

/* "60000 x 28 x 28" */
static void shape_text(char out[static 64], const lsnn_bytes *b)
{
    int n = 0;
    for (int d = 0; d < b->n_dims; d++)
        n += snprintf(out + n, (size_t)(64 - n), "%s%" PRIu32, d ? " x " : "", b->dim[d]);
}

static lsnn_status read_header(unpack *file, lsnn_bytes *out, uint64_t *size, lsnn_error *err)
{
    uint8_t header[4 + 4 * MAX_DIMS];
    uint64_t n;
    TRY(unpack_read(file, &n, header, 4, err));
    TRY(check_magic(file, header, n, err));
    *out = (lsnn_bytes){.n_dims = header[3]};
    const uint64_t want = 4 * (uint64_t)out->n_dims;
    TRY(unpack_read(file, &n, header + 4, want, err));
    if (n < want) {
        return lsnn_fail(err, LSNN_DATA, "%s: ends within its header: %" PRIu64 " bytes found, %" PRIu64 " expected",
                         file->path, n + 4, want + 4);
    }
    *size = 1;
    bool fits = true;
    for (int d = 0; d < out->n_dims; d++) {
        const uint8_t *b = header + 4 + 4 * d;
        out->dim[d] = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
        fits = !__builtin_mul_overflow(*size, (uint64_t)out->dim[d], size) && fits;
    }
    if (fits && *size <= MAX_BYTES) return LSNN_OK;
    char shape[64];
    shape_text(shape, out);
    return lsnn_fail(err, LSNN_DATA, "%s: claims %s bytes of data; more than 16 GiB are refused", file->path, shape);
}

static lsnn_status wrong_length(const unpack *file, const lsnn_bytes *b, uint64_t found, const char *more,
                                uint64_t size, lsnn_error *err)
{
    char shape[64];
    shape_text(shape, b);
    return lsnn_fail(err, LSNN_DATA, "%s: %" PRIu64 "%s bytes of data found, %" PRIu64 " expected (%s)", file->path,
                     found, more, size, shape);
}

/* Before memory is taken: is the file long enough for what its header says? Gzip packs at most 1032 bytes into one. */
static lsnn_status check_length(const unpack *file, const lsnn_bytes *b, uint64_t size, lsnn_error *err)
{
    const uint64_t header = 4 + 4 * (uint64_t)b->n_dims;
    if (!file->packed) {
        if (file->length - header == size) return LSNN_OK;
        return wrong_length(file, b, file->length - header, "", size, err);
    }
    if (size <= 1032 * file->length) return LSNN_OK;
    char shape[64];
    shape_text(shape, b);
    return lsnn_fail(err, LSNN_DATA,
                     "%s: %" PRIu64 " bytes of data expected (%s), but a gzip file of %" PRIu64
                     " bytes cannot hold them",
                     file->path, size, shape, file->length);
}

static lsnn_status read_file(unpack *file, lsnn_bytes *out, arena *a, lsnn_error *err)
{
    uint64_t size = 0, n;
    uint8_t *values;
    TRY(read_header(file, out, &size, err));
    TRY(check_length(file, out, size, err));
    /* One byte more shows whether there is more, and whether the gzip file is whole. */
    TRY(arena_take(a, &values, size + 1, 1, err));
    TRY(unpack_read(file, &n, values, size + 1, err));
    if (n > size) return wrong_length(file, out, size, " and more", size, err);
    if (n < size) return wrong_length(file, out, n, "", size, err);
    if (file->packed && !file->whole)
        return lsnn_fail(err, LSNN_DATA, "%s: the gzip file is cut short within its checksum", file->path);
    out->values = values;
    return LSNN_OK;
}

lsnn_status dataset_idx(lsnn_bytes *out, arena *a, const char *path, lsnn_error *err)
{
    char packed[MAX_PATH];
    const char *name = path;
    if (access(path, F_OK) != 0 && snprintf(packed, sizeof packed, "%s.gz", path) < MAX_PATH &&
        access(packed, F_OK) == 0)
        name = packed;
    unpack file;
    TRY(unpack_open(&file, name, err));
    lsnn_bytes read = {0};
    lsnn_status status = read_file(&file, &read, a, err);
    unpack_close(&file);
    if (status == LSNN_OK) *out = read;
    return status;
}
