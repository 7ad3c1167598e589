/* Tables as text. */
#include "csv.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void csv_put(FILE *out, const char *text)
{
    if (!strpbrk(text, ",\"\n")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++)
        fprintf(out, *text == '"' ? "\"%c" : "%c", *text);
    fputc('"', out);
}

static lsnn_status cannot(csv_file *f, int code, lsnn_error *err)
{
    const lsnn_status status = lsnn_fail(err, LSNN_OUTPUT, "%s cannot be written: %s", f->path, strerror(code));
    if (f->part) unlink(f->part);
    free(f->path);
    free(f->part);
    *f = (csv_file){0};
    return status;
}

lsnn_status csv_open(csv_file *f, const char *path, lsnn_error *err)
{
    *f = (csv_file){.path = strdup(path)};
    if (!f->path || asprintf(&f->part, "%s.%ld.tmp", path, (long)getpid()) < 0)
        return lsnn_fail(err, LSNN_MEMORY, "not enough memory to write %s", path);
    f->stream = fopen(f->part, "w");
    return f->stream ? LSNN_OK : cannot(f, errno, err);
}

lsnn_status csv_close(csv_file *f, lsnn_error *err)
{
    const bool good = !ferror(f->stream) && fflush(f->stream) == 0 && fsync(fileno(f->stream)) == 0;
    const int code = errno;
    if (fclose(f->stream) != 0 || !good) return cannot(f, good ? errno : code, err);
    if (rename(f->part, f->path) != 0) return cannot(f, errno, err);
    free(f->path);
    free(f->part);
    *f = (csv_file){0};
    return LSNN_OK;
}
