/* The folder of a run. */
#include "folder.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define HEADER                                                                                                         \
    "iteration,loss,loss_rate,error,rate,gradient_norm,psi_density,learning_rate,validation_loss,validation_error,"    \
    "seconds\n"

static lsnn_status cannot(const char *what, const char *path, lsnn_error *err)
{
    return lsnn_fail(err, LSNN_OUTPUT, "%s cannot be %s: %s", path, what, strerror(errno));
}

static lsnn_status set_paths(folder *f, const char *path, lsnn_error *err)
{
    if (strlen(path) >= sizeof f->path) return lsnn_fail(err, LSNN_OUTPUT, "the name of the folder is too long");
    snprintf(f->path, sizeof f->path, "%s", path);
    for (size_t n = strlen(f->path); n > 1 && f->path[n - 1] == '/'; n--)
        f->path[n - 1] = '\0';
    snprintf(f->result, sizeof f->result, "%s/run.h5", f->path);
    snprintf(f->checkpoint, sizeof f->checkpoint, "%s/checkpoint.h5", f->path);
    snprintf(f->metrics_path, sizeof f->metrics_path, "%s/metrics.csv", f->path);
    return LSNN_OK;
}

static lsnn_status make_parents(const char *path, lsnn_error *err)
{
    char part[PATH_MAX];
    snprintf(part, sizeof part, "%s", path);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST) return cannot("made", part, err);
        *slash = '/';
    }
    return LSNN_OK;
}

static bool is_empty(const char *path)
{
    DIR *directory = opendir(path);
    int n = 0;
    if (!directory) return false;
    while (n < 3 && readdir(directory))
        n++;
    closedir(directory);
    return n <= 2; /* . and .. */
}

static bool has_config(const folder *f)
{
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/config.yaml", f->path);
    return access(path, F_OK) == 0;
}

static lsnn_status make_chosen(folder *f, const char *path, lsnn_error *err)
{
    TRY(set_paths(f, path, err));
    TRY(make_parents(f->path, err));
    if (mkdir(f->path, 0777) == 0) return LSNN_OK;
    if (errno != EEXIST) return cannot("made", f->path, err);
    if (is_empty(f->path)) return LSNN_OK;
    if (has_config(f))
        return lsnn_fail(err, LSNN_OUTPUT, "%s holds a run already: give another folder, or go on with: lsnn resume %s",
                         f->path, f->path);
    return lsnn_fail(err, LSNN_OUTPUT, "%s is not an empty folder: give a new one", f->path);
}

/* mkdir decides between two runs that start in the same second. */
static lsnn_status make_named(folder *f, const char *name, uint64_t seed, lsnn_error *err)
{
    char stamp[32], path[PATH_MAX];
    const time_t now = time(NULL);
    struct tm calendar;
    localtime_r(&now, &calendar);
    strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", &calendar);
    for (int attempt = 1; attempt <= 1000; attempt++) {
        char suffix[16] = "";
        if (attempt > 1) snprintf(suffix, sizeof suffix, "-%d", attempt);
        snprintf(path, sizeof path, "runs/%s/%s-%" PRIu64 "%s", name, stamp, seed, suffix);
        TRY(set_paths(f, path, err));
        TRY(make_parents(f->path, err));
        if (mkdir(f->path, 0777) == 0) return LSNN_OK;
        if (errno != EEXIST) break;
    }
    return cannot("made", path, err);
}

lsnn_status folder_new(folder *f, const char *path, const char *experiment_name, uint64_t seed, lsnn_error *err)
{
    return path ? make_chosen(f, path, err) : make_named(f, experiment_name, seed, err);
}

lsnn_status folder_open(folder *f, const char *path, lsnn_error *err)
{
    return set_paths(f, path, err);
}

lsnn_status folder_lock(folder *f, lsnn_error *err)
{
    f->lock = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f->lock < 0) return cannot("opened", f->path, err);
    f->locked = true;
    if (flock(f->lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return LSNN_OK;
    return lsnn_fail(err, LSNN_OUTPUT, "%s is being worked on by another process", f->path);
}

/* A whole file or none: written under another name, synced, renamed. */
static lsnn_status publish(FILE *file, const char *part, const char *path, bool good, lsnn_error *err)
{
    good = fflush(file) == 0 && fsync(fileno(file)) == 0 && good;
    if (!good) {
        const lsnn_status status = cannot("written", path, err);
        fclose(file);
        unlink(part);
        return status;
    }
    if (fclose(file) != 0 || rename(part, path) != 0) return cannot("written", path, err);
    return LSNN_OK;
}

lsnn_status folder_write_config(const folder *f, const config_node *root, const char *command, lsnn_error *err)
{
    char path[PATH_MAX + 32], part[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/command.txt", f->path);
    snprintf(part, sizeof part, "%s/command.txt.tmp", f->path);
    FILE *file = fopen(part, "w");
    if (!file) return cannot("written", path, err);
    TRY(publish(file, part, path, fprintf(file, "%s\n", command) > 0, err));
    snprintf(path, sizeof path, "%s/config.yaml", f->path);
    snprintf(part, sizeof part, "%s/config.yaml.tmp", f->path);
    file = fopen(part, "w");
    if (!file) return cannot("written", path, err);
    const lsnn_status status = config_write(root, file, true, err);
    if (status == LSNN_OK || status == LSNN_OUTPUT) return publish(file, part, path, status == LSNN_OK, err);
    fclose(file);
    unlink(part);
    return status;
}

FILE *folder_open_log(const folder *f)
{
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/run.log", f->path);
    return fopen(path, "a");
}

bool folder_has_checkpoint(const folder *f)
{
    char previous[PATH_MAX + 40];
    snprintf(previous, sizeof previous, "%s.1", f->checkpoint);
    return access(f->checkpoint, F_OK) == 0 || access(previous, F_OK) == 0;
}

void folder_forget_result(const folder *f)
{
    unlink(f->result);
}

void folder_forget_state(const folder *f)
{
    char previous[PATH_MAX + 40];
    snprintf(previous, sizeof previous, "%s.1", f->checkpoint);
    unlink(f->checkpoint);
    unlink(previous);
    unlink(f->result);
}

lsnn_status folder_begin_metrics(folder *f, lsnn_error *err)
{
    f->metrics = fopen(f->metrics_path, "w");
    if (!f->metrics || fputs(HEADER, f->metrics) < 0 || fflush(f->metrics) != 0)
        return cannot("written", f->metrics_path, err);
    return LSNN_OK;
}

lsnn_status folder_resume_metrics(folder *f, uint64_t iteration, lsnn_error *err)
{
    char part[PATH_MAX + 40], line[1024];
    snprintf(part, sizeof part, "%s.tmp", f->metrics_path);
    FILE *old = fopen(f->metrics_path, "r"), *kept = fopen(part, "w");
    if (!kept) {
        if (old) fclose(old);
        return cannot("written", f->metrics_path, err);
    }
    bool good = fputs(HEADER, kept) >= 0;
    while (old && fgets(line, sizeof line, old)) {
        char *end;
        const uint64_t number = strtoull(line, &end, 10);
        /* A line that was cut by a crash has no end. */
        if (end == line || *end != ',' || number > iteration || !strchr(line, '\n')) continue;
        good = fputs(line, kept) >= 0 && good;
    }
    if (old) fclose(old);
    TRY(publish(kept, part, f->metrics_path, good, err));
    f->metrics = fopen(f->metrics_path, "a");
    return f->metrics ? LSNN_OK : cannot("written", f->metrics_path, err);
}

static void put_known(FILE *out, double value)
{
    if (!isnan(value)) fprintf(out, "%.9g", value);
    fputc(',', out);
}

lsnn_status folder_add_metrics(folder *f, uint64_t iteration, const metrics *m, double validation_loss,
                               double validation_error, double seconds, lsnn_error *err)
{
    fprintf(f->metrics, "%" PRIu64 ",%.9g,%.9g,%.9g,%.9g,%.9g,", iteration, m->loss, m->loss_rate, m->error, m->rate,
            m->norm);
    put_known(f->metrics, m->psi_density);
    fprintf(f->metrics, "%.9g,", m->learning_rate);
    put_known(f->metrics, validation_loss);
    put_known(f->metrics, validation_error);
    fprintf(f->metrics, "%.3f\n", seconds);
    if (f->lazy && seconds < f->flushed + 1) return LSNN_OK;
    f->flushed = seconds;
    return folder_flush_metrics(f, err);
}

lsnn_status folder_flush_metrics(folder *f, lsnn_error *err)
{
    return fflush(f->metrics) == 0 ? LSNN_OK : cannot("written", f->metrics_path, err);
}

void folder_close(folder *f)
{
    if (f->metrics) fclose(f->metrics);
    f->metrics = NULL;
    if (f->locked) close(f->lock);
    f->locked = false;
}
