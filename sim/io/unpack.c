/* Reading plain and gzip files (RFC 1952). */
#include "unpack.h"

#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static lsnn_status refill(unpack *u, lsnn_error *err)
{
    ssize_t n;
    do
        n = read(u->fd, u->bytes, sizeof u->bytes);
    while (n < 0 && errno == EINTR);
    if (n < 0) return disk_fail(err, LSNN_DATA, u->path, errno);
    u->stream.next_in = u->bytes;
    u->stream.avail_in = (uInt)n;
    return LSNN_OK;
}

static lsnn_status begin(unpack *u, lsnn_error *err)
{
    enum { GZIP_ONLY = 16 };
    TRY(refill(u, err));
    u->packed = u->stream.avail_in >= 2 && u->bytes[0] == 0x1f && u->bytes[1] == 0x8b;
    if (!u->packed || inflateInit2(&u->stream, MAX_WBITS + GZIP_ONLY) == Z_OK) return LSNN_OK;
    return lsnn_fail(err, LSNN_MEMORY, "%s: no memory to unpack it", u->path);
}

lsnn_status unpack_open(unpack *u, const char *path, lsnn_error *err)
{
    *u = (unpack){.path = path,
                  .fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)}; /* a pipe would wait for a writer */
    if (u->fd < 0) return disk_fail(err, LSNN_DATA, path, errno);
    struct stat found = {0};
    lsnn_status status = LSNN_OK;
    if (fstat(u->fd, &found) != 0 || !S_ISREG(found.st_mode))
        status = lsnn_fail(err, LSNN_DATA, "%s: %s", path,
                           S_ISDIR(found.st_mode) ? "is a directory" : "is not a plain file");
    u->length = (uint64_t)found.st_size;
    if (status == LSNN_OK) status = begin(u, err);
    if (status != LSNN_OK) (void)close(u->fd);
    return status;
}

static uInt smaller(uint64_t a, uInt b)
{
    return a < b ? (uInt)a : b;
}

static void copy(unpack *u, uint64_t *done, uint8_t *out, uint64_t size)
{
    const uInt n = smaller(size - *done, u->stream.avail_in);
    memcpy(out + *done, u->stream.next_in, n);
    u->stream.next_in += n;
    u->stream.avail_in -= n;
    *done += n;
}

static lsnn_status inflate_more(unpack *u, uint64_t *done, uint8_t *out, uint64_t size, lsnn_error *err)
{
    const uInt room = smaller(size - *done, (uInt)1 << 30);
    if (u->whole) (void)inflateReset(&u->stream); /* another one follows */
    u->stream.next_out = out + *done;
    u->stream.avail_out = room;
    const int code = inflate(&u->stream, Z_NO_FLUSH);
    u->whole = code == Z_STREAM_END;
    *done += room - u->stream.avail_out;
    if (code == Z_OK || code == Z_STREAM_END) return LSNN_OK;
    if (code == Z_MEM_ERROR) return lsnn_fail(err, LSNN_MEMORY, "%s: no memory to unpack it", u->path);
    return lsnn_fail(err, LSNN_DATA, "%s: damaged gzip file (%s)", u->path, u->stream.msg ? u->stream.msg : "zlib");
}

lsnn_status unpack_read(unpack *u, uint64_t *done, uint8_t *out, uint64_t size, lsnn_error *err)
{
    *done = 0;
    while (*done < size) {
        if (u->stream.avail_in == 0) TRY(refill(u, err));
        if (u->stream.avail_in == 0) return LSNN_OK;
        if (u->packed)
            TRY(inflate_more(u, done, out, size, err));
        else
            copy(u, done, out, size);
    }
    return LSNN_OK;
}

void unpack_close(unpack *u)
{
    if (u->packed) (void)inflateEnd(&u->stream);
    (void)close(u->fd);
}
