/* Temporary files that take the place of others in one step. */
#include "draft.h"

#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COPY_BLOCK = 1 << 20 };

static char *joined(const char *path, const char *ending)
{
    size_t length = strlen(path), more = strlen(ending) + 1;
    char *text = malloc(length + more);
    if (!text) return NULL;
    memcpy(text, path, length);
    memcpy(text + length, ending, more);
    return text;
}

lsnn_status draft_create(draft *out, int *fd, const char *path, lsnn_error *err)
{
    struct stat there;
    if (lstat(path, &there) == 0 && !S_ISREG(there.st_mode) && !S_ISDIR(there.st_mode))
        return lsnn_fail(err, LSNN_OUTPUT, "%s is no ordinary file: it is left as it is", path);
    draft made = {.path = joined(path, ""), .temporary = joined(path, ".tmp")};
    if (!made.path || !made.temporary) {
        free(made.temporary);
        free(made.path);
        return lsnn_fail(err, LSNN_MEMORY, "%s: no memory for its name", path);
    }
    (void)unlink(made.temporary);
    *fd = open(made.temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (*fd < 0) {
        const int code = errno;
        draft_drop(&made);
        return disk_fail(err, LSNN_OUTPUT, path, code);
    }
    *out = made;
    return LSNN_OK;
}

/* Inside the kernel where the file system can; false with errno. */
static bool copy_range(int to, int from, uint64_t *done)
{
    for (;;) {
        ssize_t n = copy_file_range(from, NULL, to, NULL, (size_t)1 << 30, 0);
        if (n == 0) return true;
        if (n < 0) return false;
        *done += (uint64_t)n;
    }
}

static bool copy_blocks(int to, int from, uint64_t offset)
{
    unsigned char *block = malloc(COPY_BLOCK);
    if (!block) return false;
    ssize_t n;
    while ((n = pread(from, block, COPY_BLOCK, (off_t)offset)) != 0) {
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 || !disk_write_at(to, block, (size_t)n, offset)) break;
        offset += (uint64_t)n;
    }
    int code = errno;
    free(block);
    errno = code;
    return n == 0;
}

static bool copy_all(int to, int from)
{
    struct stat source;
    uint64_t done = 0;
    if (fstat(from, &source) != 0) return false;
    if (!copy_range(to, from, &done)) {
        if (errno == ENOSPC || errno == EDQUOT || errno == EIO) return false;
    }
    /* Some file systems cannot, some say 0 at once. */
    if (done < (uint64_t)source.st_size && !copy_blocks(to, from, done)) return false;
    return fchmod(to, source.st_mode & 0777) == 0;
}

lsnn_status draft_copy(draft *out, int *fd, const char *path, lsnn_error *err)
{
    int from = open(path, O_RDONLY | O_CLOEXEC);
    if (from < 0) return disk_fail(err, LSNN_OUTPUT, path, errno);
    lsnn_status status = draft_create(out, fd, path, err);
    if (status == LSNN_OK && !copy_all(*fd, from)) {
        status = disk_fail(err, LSNN_OUTPUT, path, errno);
        (void)close(*fd);
        draft_drop(out);
    }
    (void)close(from);
    return status;
}

/* A rename lasts once its folder is synced. Where a folder cannot be opened or synced there is nothing more to do. */
static bool sync_folder(const char *path)
{
    char *folder = joined(path, "");
    if (!folder) return false;
    char *slash = strrchr(folder, '/');
    if (slash == folder) slash++;
    if (slash) *slash = '\0';
    int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (fd < 0) return true;
    bool good = fsync(fd) == 0 || errno == EINVAL || errno == EROFS;
    int code = errno;
    (void)close(fd);
    errno = code;
    return good;
}

/* The old file gets a second name first and becomes <path>.1 last: so the new one is in place before <path>.1,
 * which may be the only good one, is given up. */
static bool replace_and_keep(const draft *d)
{
    char *aside = joined(d->path, ".old"), *previous = joined(d->path, ".1");
    bool good = aside && previous;
    if (good) {
        (void)unlink(aside);
        bool linked = link(d->path, aside) == 0;
        bool first = !linked && errno == ENOENT;
        if (!linked && !first) good = rename(d->path, previous) == 0; /* a file system without hard links */
        good = good && rename(d->temporary, d->path) == 0;
        if (linked && good)
            good = rename(aside, previous) == 0;
        else if (linked)
            (void)unlink(aside);
    } else {
        errno = ENOMEM;
    }
    int code = errno;
    free(aside);
    free(previous);
    errno = code;
    return good;
}

lsnn_status draft_publish(draft *d, int fd, bool keep, lsnn_error *err)
{
    bool good = fsync(fd) == 0 && (keep ? replace_and_keep(d) : rename(d->temporary, d->path) == 0);
    if (!good) return disk_fail(err, LSNN_OUTPUT, d->path, errno);
    free(d->temporary);
    d->temporary = NULL;
    return sync_folder(d->path) ? LSNN_OK : disk_fail(err, LSNN_OUTPUT, d->path, errno);
}

void draft_drop(draft *d)
{
    if (d->temporary) (void)unlink(d->temporary);
    free(d->temporary);
    free(d->path);
    *d = (draft){0};
}

lsnn_status draft_open(draft *out, FILE **to, const char *path, lsnn_error *err)
{
    int fd;
    TRY(draft_create(out, &fd, path, err));
    *to = fdopen(fd, "wb");
    if (*to) return LSNN_OK;
    draft_drop(out);
    close(fd);
    return lsnn_fail(err, LSNN_MEMORY, "%s: no memory to write it", path);
}

lsnn_status draft_close(draft *d, FILE *to, lsnn_status status, lsnn_error *err)
{
    const bool lost = fflush(to) != 0 || ferror(to);
    if (lost) status = disk_fail(err, LSNN_OUTPUT, d->path, errno);
    if (status == LSNN_OK) status = draft_publish(d, fileno(to), false, err);
    draft_drop(d);
    fclose(to);
    return status;
}
