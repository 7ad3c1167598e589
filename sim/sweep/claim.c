/* Claims. */
#include "claim.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* One that ends and is not waited for by its parent still has a number. */
static bool is_running(long pid, unsigned long long *started)
{
    char path[64], line[1024];
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file) return false;
    const size_t n = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    line[n] = '\0';
    const char *rest = strrchr(line, ')'); /* the name before it may hold anything */
    char state = 'Z';
    return rest &&
           sscanf(rest + 1, " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu", &state,
                  started) == 2 &&
           state != 'Z' && state != 'X';
}

static void read_line(char *out, size_t room, const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file || !fgets(out, (int)room, file)) snprintf(out, room, "unknown");
    if (file) fclose(file);
    out[strcspn(out, "\n")] = '\0';
}

/* Process ids mean something within one boot of one machine, and one namespace of it. */
static void machine(char *out, size_t room)
{
    char boot[64], space[64];
    read_line(boot, sizeof boot, "/proc/sys/kernel/random/boot_id");
    const ssize_t n = readlink("/proc/self/ns/pid", space, sizeof space - 1);
    space[n > 0 ? n : 0] = '\0';
    snprintf(out, room, "%s/%s", boot, space);
}

void claim_introduce(claim_holder *out)
{
    char here[160], host[72] = "";
    unsigned long long started = 0;
    machine(here, sizeof here);
    if (gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
    is_running(getpid(), &started);
    snprintf(out->text, sizeof out->text, "%ld %llu %s %s", (long)getpid(), started, here, host);
}

lsnn_status claim_take(bool *taken, const char *path, const claim_holder *holder, lsnn_error *err)
{
    *taken = symlink(holder->text, path) == 0;
    if (*taken || errno == EEXIST) return LSNN_OK;
    return lsnn_fail(err, LSNN_OUTPUT, "%s cannot be claimed: %s", path, strerror(errno));
}

void claim_touch(const char *path)
{
    utimensat(AT_FDCWD, path, NULL, AT_SYMLINK_NOFOLLOW);
}

bool claim_exists(const char *path)
{
    struct stat link;
    return lstat(path, &link) == 0;
}

/* Seconds since the claim was touched. */
static double silence(const char *path, const char *folder)
{
    char clock[PATH_MAX];
    struct stat claim, now;
    if (snprintf(clock, sizeof clock, "%s/clock", folder) >= (int)sizeof clock) return 0;
    const int fd = open(clock, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) return 0;
    const bool known = futimens(fd, NULL) == 0 && fstat(fd, &now) == 0 && lstat(path, &claim) == 0;
    close(fd);
    return known ? difftime(now.st_mtime, claim.st_mtime) : 0;
}

bool claim_is_held(const char *path, const char *folder)
{
    char text[320], here[160], there[160];
    long pid;
    unsigned long long started, found;
    const ssize_t n = readlink(path, text, sizeof text - 1);
    if (n < 0) return false;
    text[n] = '\0';
    machine(here, sizeof here);
    if (sscanf(text, "%ld %llu %159s", &pid, &started, there) != 3) return false;
    if (strcmp(here, there) == 0) return is_running(pid, &found) && found == started;
    return silence(path, folder) < CLAIM_SILENCE;
}
