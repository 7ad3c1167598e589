/* The idx format: two zero bytes, the type of the elements (8: unsigned byte), the number of dimensions, each
 * dimension as a big-endian 32-bit number, then the elements with the last dimension fastest. */
#include "dataset.h"

#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { MAX_DIMS = 4, MAX_PATH = 4096 };
static const uint64_t MAX_BYTES = (uint64_t)16 << 30;

typedef struct source {
    const char *path;
    gzFile stream;   /* reads plain files as they are */
    uint64_t length; /* of the file on disk */
    bool cut;        /* a gzip file that ends too early */
} source;

static lsnn_status open_source(source *s, const char *path, lsnn_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe would wait for a writer */
    if (fd < 0) return disk_fail(err, LSNN_DATA, path, errno);
    struct stat found = {0};
    if (fstat(fd, &found) != 0 || !S_ISREG(found.st_mode)) {
        (void)close(fd);
        return lsnn_fail(err, LSNN_DATA, "%s: %s", path,
                         S_ISDIR(found.st_mode) ? "is a directory" : "is not a plain file");
    }
    *s = (source){.path = path, .stream = gzdopen(fd, "rb"), .length = (uint64_t)found.st_size};
    if (s->stream) return LSNN_OK;
    (void)close(fd);
    return lsnn_fail(err, LSNN_MEMORY, "%s: no memory to read it", path);
}

/* Bytes read until the end of the file or `size`; gzip's own complaint as an error. */
static lsnn_status read_bytes(source *s, uint64_t *done, uint8_t *out, uint64_t size, lsnn_error *err)
{
    enum { PIECE = 1 << 24 };
    *done = 0;
    while (*done < size) {
        uint64_t left = size - *done;
        int n = gzread(s->stream, out + *done, left < PIECE ? (unsigned)left : PIECE);
        if (n > 0) *done += (uint64_t)n;
        int code = Z_OK;
        const char *reason = gzerror(s->stream, &code);
        s->cut = code == Z_BUF_ERROR;
        if (s->cut) return LSNN_OK; /* the caller counts the bytes */
        if (code == Z_ERRNO) return disk_fail(err, LSNN_DATA, s->path, errno);
        if (n < 0 || code < 0) {
            const char *name_ends = strstr(reason, ": "); /* zlib's name for it is the descriptor */
            return lsnn_fail(err, LSNN_DATA, "%s: damaged gzip file (%s)", s->path, name_ends ? name_ends + 2 : reason);
        }
        if (n == 0) return LSNN_OK;
    }
    return LSNN_OK;
}

static lsnn_status check_magic(const source *s, const uint8_t magic[static 4], uint64_t n, lsnn_error *err)
{
    if (n < 4 || magic[0] != 0 || magic[1] != 0)
        return lsnn_fail(err, LSNN_DATA, "%s: not an idx file (those begin with two zero bytes, type and dimensions)",
                         s->path);
    if (magic[2] != 8) {
        return lsnn_fail(err, LSNN_DATA, "%s: its elements have idx type 0x%02x; only unsigned bytes (0x08) are read",
                         s->path, magic[2]);
    }
    if (magic[3] >= 1 && magic[3] <= MAX_DIMS) return LSNN_OK;
    return lsnn_fail(err, LSNN_DATA, "%s: has %d dimensions; 1 to %d are possible", s->path, magic[3], MAX_DIMS);
}

/* "60000 x 28 x 28" */
static void shape_text(char out[static 64], const lsnn_bytes *b)
{
    int n = 0;
    for (int d = 0; d < b->n_dims; d++)
        n += snprintf(out + n, (size_t)(64 - n), "%s%" PRIu32, d ? " x " : "", b->dim[d]);
}

static lsnn_status read_header(source *s, lsnn_bytes *out, uint64_t *size, lsnn_error *err)
{
    uint8_t header[4 + 4 * MAX_DIMS];
    uint64_t n;
    TRY(read_bytes(s, &n, header, 4, err));
    TRY(check_magic(s, header, n, err));
    *out = (lsnn_bytes){.n_dims = header[3]};
    const uint64_t want = 4 * (uint64_t)out->n_dims;
    TRY(read_bytes(s, &n, header + 4, want, err));
    if (n < want) {
        return lsnn_fail(err, LSNN_DATA, "%s: ends within its header: %" PRIu64 " bytes found, %" PRIu64 " expected",
                         s->path, n + 4, want + 4);
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
    return lsnn_fail(err, LSNN_DATA, "%s: claims %s bytes of data; more than 16 GiB are refused", s->path, shape);
}

static lsnn_status wrong_length(const source *s, const lsnn_bytes *b, uint64_t found, const char *more, uint64_t size,
                                lsnn_error *err)
{
    char shape[64];
    shape_text(shape, b);
    return lsnn_fail(err, LSNN_DATA, "%s: %" PRIu64 "%s bytes of data found, %" PRIu64 " expected (%s)", s->path, found,
                     more, size, shape);
}

/* Before memory is taken: is the file long enough for what its header says? Gzip packs at most 1032 bytes into one. */
static lsnn_status check_length(const source *s, const lsnn_bytes *b, uint64_t size, lsnn_error *err)
{
    const uint64_t header = 4 + 4 * (uint64_t)b->n_dims;
    if (gzdirect(s->stream)) {
        if (s->length - header == size) return LSNN_OK;
        return wrong_length(s, b, s->length - header, "", size, err);
    }
    if (size <= 1032 * s->length) return LSNN_OK;
    char shape[64];
    shape_text(shape, b);
    return lsnn_fail(err, LSNN_DATA,
                     "%s: %" PRIu64 " bytes of data expected (%s), but a gzip file of %" PRIu64
                     " bytes cannot hold them",
                     s->path, size, shape, s->length);
}

static lsnn_status read_source(source *s, lsnn_bytes *out, arena *a, lsnn_error *err)
{
    uint64_t size = 0, n;
    uint8_t *values;
    TRY(read_header(s, out, &size, err));
    TRY(check_length(s, out, size, err));
    /* One byte more shows whether there is more, and only a read beyond the end has zlib look at gzip's checksum. */
    TRY(arena_take(a, &values, size + 1, 1, err));
    TRY(read_bytes(s, &n, values, size + 1, err));
    if (n > size) return wrong_length(s, out, size, " and more", size, err);
    if (n < size) return wrong_length(s, out, n, "", size, err);
    if (s->cut) return lsnn_fail(err, LSNN_DATA, "%s: the gzip file is cut short within its checksum", s->path);
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
    source s = {0};
    TRY(open_source(&s, name, err));
    lsnn_bytes read = {0};
    lsnn_status status = read_source(&s, &read, a, err);
    (void)gzclose_r(s.stream);
    if (status == LSNN_OK) *out = read;
    return status;
}
