/* Sealed files: a line in front of the HDF5 part (in HDF5's user block) holds the length and the CRC-32 of all
 * bytes, so that damage is found before HDF5 reads any of them. */
#include "store_access.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define SEAL_MARK "lsnn sealed file 1\n"

enum { BLOCK = 1 << 16 };

/* CRC of the bytes behind the seal; false with errno. */
static bool checksum(uint32_t *out, int fd, uint64_t length)
{
    unsigned char *block = malloc(BLOCK);
    if (!block) return false;
    uLong crc = crc32(0, NULL, 0);
    bool good = true;
    for (uint64_t at = STORE_SEAL_BYTES; good && at < length;) {
        size_t size = length - at < BLOCK ? (size_t)(length - at) : BLOCK;
        good = disk_read_at(fd, block, size, at);
        if (good) crc = crc32(crc, block, (uInt)size);
        at += size;
    }
    int code = errno;
    free(block);
    errno = code;
    *out = (uint32_t)crc;
    return good;
}

void store_seal_text(char seal[static STORE_SEAL_BYTES], uint64_t length, uint32_t crc)
{
    memset(seal, 0, STORE_SEAL_BYTES);
    snprintf(seal, STORE_SEAL_BYTES, SEAL_MARK "%" PRIu64 " bytes, crc32 %08" PRIx32 "\n", length, crc);
}

lsnn_status store_seal(const store *s, lsnn_error *err)
{
    char seal[STORE_SEAL_BYTES];
    uint32_t crc;
    int fd = disk_descriptor(s->disk);
    if (!checksum(&crc, fd, disk_length(s->disk))) return disk_fail(err, LSNN_OUTPUT, s->path, errno);
    store_seal_text(seal, disk_length(s->disk), crc);
    if (!disk_write_at(fd, seal, sizeof seal, 0)) return disk_fail(err, LSNN_OUTPUT, s->path, errno);
    return LSNN_OK;
}

static lsnn_status check_seal(int fd, const char *path, lsnn_error *err)
{
    char found[STORE_SEAL_BYTES + 1] = {0}, right[STORE_SEAL_BYTES];
    struct stat file;
    if (fstat(fd, &file) != 0) return disk_fail(err, LSNN_DATA, path, errno);
    uint64_t length = (uint64_t)file.st_size, told;
    if (length < STORE_SEAL_BYTES || !disk_read_at(fd, found, STORE_SEAL_BYTES, 0) ||
        strncmp(found, SEAL_MARK, strlen(SEAL_MARK)) != 0)
        return lsnn_fail(err, LSNN_DATA, "%s: not a checkpoint of lsnn, or its first bytes are damaged", path);
    if (sscanf(found + strlen(SEAL_MARK), "%" SCNu64, &told) == 1 && length < told) {
        return lsnn_fail(err, LSNN_DATA, "%s: cut short: %" PRIu64 " of %" PRIu64 " bytes are there", path, length,
                         told);
    }
    uint32_t crc;
    if (!checksum(&crc, fd, length)) return disk_fail(err, LSNN_DATA, path, errno);
    store_seal_text(right, length, crc);
    if (memcmp(found, right, sizeof right) == 0) return LSNN_OK;
    return lsnn_fail(err, LSNN_DATA, "%s: damaged: its checksum does not fit its content", path);
}

lsnn_status store_open_sealed(store **out, const char *path, lsnn_error *err)
{
    int fd;
    TRY(store_descriptor(&fd, path, err));
    lsnn_status status = check_seal(fd, path, err);
    if (status == LSNN_OK) return store_open_descriptor(out, fd, path, err);
    (void)close(fd);
    return status;
}
