/* The bytes of a file from its beginning to its end, unpacked if it is a gzip file. Not zlib's gzread: that takes a file
 * which is cut within its checksum for whole when the data end where a buffer does. */
#ifndef UNPACK_H
#define UNPACK_H

#include "lsnn/error.h"
#include <stdbool.h>
#include <stdint.h>
#include <zlib.h>

typedef struct unpack {
    const char *path;
    int fd;
    uint64_t length; /* of the file on disk */
    bool packed;
    bool whole; /* packed: all that was looked at makes whole gzip files, one behind the other */
    z_stream stream;
    uint8_t bytes[1 << 15]; /* of the file, for the stream */
} unpack;

/* After success unpack_close must be called, wherever it is then: the stream points into it. */
LSNN_MUST_USE lsnn_status unpack_open(unpack *u, const char *path, lsnn_error *err);
/* As many bytes as there are, at most `size`. Only when there are fewer was the end of the file seen: `whole` is final. */
LSNN_MUST_USE lsnn_status unpack_read(unpack *u, uint64_t *done, uint8_t *out, uint64_t size, lsnn_error *err);
void unpack_close(unpack *u);

#endif
