/* An empty folder for a test of files, made the current one, and a tiny file system that can be filled up. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <dirent.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch_folder[256];

static inline void scratch_enter(void)
{
    const char *parent = getenv("TMPDIR");
    snprintf(scratch_folder, sizeof scratch_folder, "%s/lsnn-test-XXXXXX", parent ? parent : "/tmp");
    if (!mkdtemp(scratch_folder) || chdir(scratch_folder) != 0) abort();
}

static inline void scratch_empty(const char *folder)
{
    DIR *d = opendir(folder);
    for (struct dirent *entry; d && (entry = readdir(d));) {
        char path[2048];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) >= (int)sizeof path) continue;
        struct stat found;
        if (lstat(path, &found) == 0 && S_ISDIR(found.st_mode)) scratch_empty(path);
        remove(path);
    }
    if (d) closedir(d);
}

static inline void scratch_leave(void)
{
    (void)umount2("small", MNT_DETACH); /* if it is there */
    if (chdir("/") != 0) abort();
    scratch_empty(scratch_folder);
    rmdir(scratch_folder);
}

/* A file system of so many KiB at ./small that goes with the process; false where that is not allowed. */
static inline bool scratch_small_disk(int kib)
{
    char options[32];
    snprintf(options, sizeof options, "size=%dk", kib);
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mkdir("small", 0700) == 0 && mount("none", "small", "tmpfs", 0, options) == 0;
}

static inline bool scratch_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static inline size_t scratch_read(const char *path, void *out, size_t room)
{
    FILE *f = fopen(path, "rb");
    if (!f) return 0;
    size_t n = fread(out, 1, room, f);
    fclose(f);
    return n;
}

static inline void scratch_write(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes, 1, n, f) != n || fclose(f) != 0) abort();
}

/* Fill the file system at `folder` up to its last byte. */
static inline void scratch_fill(const char *folder)
{
    char path[512], block[1024] = {0};
    snprintf(path, sizeof path, "%s/ballast", folder);
    FILE *f = fopen(path, "wb");
    if (!f) abort();
    setvbuf(f, NULL, _IONBF, 0);
    while (fwrite(block, 1, sizeof block, f) == sizeof block) {
    }
    fclose(f);
}

#endif
