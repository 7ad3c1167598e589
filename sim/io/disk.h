/* An HDF5 file driver on a file descriptor of ours that never lets a failed write reach HDF5.
 *
 * HDF5 cannot give up a file whose dirty parts it cannot write: closing fails, the file stays open inside the
 * library and is tried again at exit. So the driver remembers the first error and keeps in memory what could not
 * be written until HDF5 has closed the file in peace; afterwards disk_error says that the file is no good. */
#ifndef DISK_H
#define DISK_H

#include "lsnn/error.h"
#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct disk disk;

/* Owns `fd` from now on, also on failure (NULL: no memory). */
disk *disk_new(int fd, bool writable);
/* Closes the descriptor, at once or when HDF5 lets go of the file; NULL is allowed. */
void disk_free(disk *d);
int disk_descriptor(const disk *d);
uint64_t disk_length(const disk *d); /* bytes in the file */
int disk_error(const disk *d);       /* errno of the first write that failed, or 0 */
/* Takes the space of so many bytes; false (and an error of the disk) when it is not there. Closing gives back the
 * rest. */
bool disk_reserve(disk *d, uint64_t size);
/* A file access property list for opening exactly the file of `d`; a link that leads to another file does not open. */
hid_t disk_access(disk *d);

/* All of size bytes at an offset; false with errno (EIO: the file is shorter). */
bool disk_read_at(int fd, void *out, size_t size, uint64_t offset);
bool disk_write_at(int fd, const void *bytes, size_t size, uint64_t offset);

/* "<path>: no such file or directory", with LSNN_OUTPUT "cannot write <path>: no space left on device" */
lsnn_status disk_fail(lsnn_error *err, lsnn_status status, const char *path, int code);

#endif
