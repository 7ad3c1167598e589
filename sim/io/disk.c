/* An HDF5 file driver that survives a full disk. */
#include "disk.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A write that failed: newer ones cover older ones. */
typedef struct extent {
    struct extent *next;
    uint64_t offset;
    size_t size;
    unsigned char bytes[];
} extent;

struct disk {
    int fd;
    bool writable;
    bool in_use;    /* HDF5 has the file open */
    bool abandoned; /* the owner has let go */
    int error;
    uint64_t length; /* with what is only in memory */
    extent *oldest, *newest;
};

typedef struct disk_handle {
    H5FD_t hdf5; /* has to come first */
    disk *disk;
    haddr_t end; /* of the space that HDF5 has given out */
} disk_handle;

lsnn_status disk_fail(lsnn_error *err, lsnn_status status, const char *path, int code)
{
    const char *reason = strerror(code);
    return lsnn_fail(err, status, "%s%s: %c%s", status == LSNN_OUTPUT ? "cannot write " : "", path,
                     tolower((unsigned char)reason[0]), reason + 1);
}

bool disk_read_at(int fd, void *out, size_t size, uint64_t offset)
{
    unsigned char *to = out;
    while (size > 0) {
        ssize_t n = pread(fd, to, size, (off_t)offset);
        if (n < 0 && errno == EINTR) continue;
        if (n == 0) errno = EIO;
        if (n <= 0) return false;
        to += n;
        offset += (uint64_t)n;
        size -= (size_t)n;
    }
    return true;
}

bool disk_write_at(int fd, const void *bytes, size_t size, uint64_t offset)
{
    const unsigned char *from = bytes;
    while (size > 0) {
        ssize_t n = pwrite(fd, from, size, (off_t)offset);
        if (n < 0 && errno == EINTR) continue;
        if (n == 0) errno = ENOSPC;
        if (n <= 0) return false;
        from += n;
        offset += (uint64_t)n;
        size -= (size_t)n;
    }
    return true;
}

static void release(disk *d)
{
    while (d->oldest) {
        extent *next = d->oldest->next;
        free(d->oldest);
        d->oldest = next;
    }
    (void)close(d->fd);
    free(d);
}

static bool keep_in_memory(disk *d, const void *bytes, size_t size, uint64_t offset)
{
    extent *e = malloc(sizeof *e + size);
    if (!e) return false;
    *e = (extent){.offset = offset, .size = size};
    memcpy(e->bytes, bytes, size);
    if (d->newest)
        d->newest->next = e;
    else
        d->oldest = e;
    d->newest = e;
    return true;
}

static void overlay(const disk *d, unsigned char *out, size_t size, uint64_t offset)
{
    for (const extent *e = d->oldest; e; e = e->next) {
        uint64_t start = e->offset > offset ? e->offset : offset;
        uint64_t stop = e->offset + e->size < offset + size ? e->offset + e->size : offset + size;
        if (start < stop) memcpy(out + (start - offset), e->bytes + (start - e->offset), stop - start);
    }
}

static H5FD_t *driver_open(const char *name, unsigned flags, hid_t fapl, haddr_t maxaddr)
{
    (void)name;
    (void)flags;
    (void)maxaddr;
    disk *const *wanted = H5Pget_driver_info(fapl);
    if (!wanted || (*wanted)->in_use) return NULL;
    disk_handle *handle = calloc(1, sizeof *handle);
    if (!handle) return NULL;
    handle->disk = *wanted;
    handle->disk->in_use = true;
    return &handle->hdf5;
}

static herr_t driver_close(H5FD_t *file)
{
    disk_handle *handle = (disk_handle *)file;
    handle->disk->in_use = false;
    if (handle->disk->abandoned) release(handle->disk);
    free(handle);
    return 0;
}

/* What HDF5 gathers into larger writes. For a file that is only read it gathers nothing: that code believes the
 * addresses in a damaged file. */
static herr_t driver_query(const H5FD_t *file, unsigned long *flags)
{
    *flags = H5FD_FEAT_IGNORE_DRVRINFO | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
    /* HDF5 also asks without a file. */
    if (file && ((const disk_handle *)file)->disk->writable) {
        *flags |= H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
                  H5FD_FEAT_AGGREGATE_SMALLDATA;
    }
    return 0;
}

static haddr_t driver_get_eoa(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return ((const disk_handle *)file)->end;
}

static herr_t driver_set_eoa(H5FD_t *file, H5FD_mem_t type, haddr_t end)
{
    (void)type;
    ((disk_handle *)file)->end = end;
    return 0;
}

static haddr_t driver_get_eof(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return ((const disk_handle *)file)->disk->length;
}

static herr_t driver_read(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t offset, size_t size, void *out)
{
    (void)type;
    (void)transfer;
    const disk *d = ((disk_handle *)file)->disk;
    bool inside = offset <= d->length && size <= d->length - offset;
    if (inside && !d->oldest) return disk_read_at(d->fd, out, size, offset) ? 0 : -1;
    if (!d->writable) return -1;
    /* Space that was given out but never written reads as zeros. */
    memset(out, 0, size);
    ssize_t n;
    do
        n = pread(d->fd, out, size, (off_t)offset);
    while (n < 0 && errno == EINTR);
    overlay(d, out, size, offset);
    return n < 0 ? -1 : 0;
}

static herr_t driver_write(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t offset, size_t size,
                           const void *bytes)
{
    (void)type;
    (void)transfer;
    disk *d = ((disk_handle *)file)->disk;
    if (!d->writable) return -1;
    if (!d->error && !disk_write_at(d->fd, bytes, size, offset)) d->error = errno;
    if (d->error && !keep_in_memory(d, bytes, size, offset)) return -1;
    if (offset + size > d->length) d->length = offset + size;
    return 0;
}

static herr_t driver_truncate(H5FD_t *file, hid_t transfer, hbool_t closing)
{
    (void)transfer;
    (void)closing;
    disk_handle *handle = (disk_handle *)file;
    disk *d = handle->disk;
    if (!d->writable || d->length == handle->end) return 0;
    if (!d->error && ftruncate(d->fd, (off_t)handle->end) != 0) d->error = errno;
    d->length = handle->end;
    return 0;
}

disk *disk_new(int fd, bool writable)
{
    off_t length = lseek(fd, 0, SEEK_END);
    disk *d = length < 0 ? NULL : malloc(sizeof *d);
    if (d)
        *d = (disk){.fd = fd, .writable = writable, .length = (uint64_t)length};
    else
        (void)close(fd);
    return d;
}

void disk_free(disk *d)
{
    if (!d) return;
    d->abandoned = true;
    if (!d->in_use) release(d);
}

int disk_descriptor(const disk *d)
{
    return d->fd;
}

uint64_t disk_length(const disk *d)
{
    return d->length;
}

int disk_error(const disk *d)
{
    return d->error;
}

bool disk_reserve(disk *d, uint64_t size)
{
    if (size <= d->length) return true;
    if (fallocate(d->fd, 0, 0, (off_t)size) == 0) {
        d->length = size;
        return true;
    }
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG) d->error = errno; /* others: it cannot be reserved */
    return d->error == 0;
}

hid_t disk_access(disk *d)
{
    static const H5FD_class_t driver = {
        .name = "lsnn",
        .maxaddr = INT64_MAX,
        .fc_degree = H5F_CLOSE_STRONG,
        .fapl_size = sizeof(disk *),
        .open = driver_open,
        .close = driver_close,
        .query = driver_query,
        .get_eoa = driver_get_eoa,
        .set_eoa = driver_set_eoa,
        .get_eof = driver_get_eof,
        .read = driver_read,
        .write = driver_write,
        .truncate = driver_truncate,
        .fl_map = H5FD_FLMAP_DICHOTOMY,
    };
    static hid_t id = H5I_INVALID_HID; /* for ever: H5FD_close reads the class after giving up its own reference */
    if (H5Iget_type(id) != H5I_VFL) id = H5FDregister(&driver);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    bool good = id >= 0 && access >= 0 && H5Pset_driver(access, id, (const void *)&d) >= 0 &&
                H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0 &&
                H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_LATEST) >= 0;
    if (good) return access;
    if (access >= 0) H5Pclose(access);
    return H5I_INVALID_HID;
}
