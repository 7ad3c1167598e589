/* run.h5: rows are gathered in memory; a commit appends them to a copy of the file and puts that in its place. */
#include "result.h"

#include "store_access.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

typedef struct buffer {
    result_column column; /* texts are ours */
    uint64_t committed;   /* rows in the file that count */
    uint64_t n;           /* rows in memory */
    size_t room;          /* bytes */
    unsigned char *rows;
} buffer;

struct result {
    char *path;
    int n_columns;
    buffer *buffers;
    uint64_t length;   /* of the file */
    uint64_t stored;   /* the columns' share of it; 0: not known yet, the run was resumed */
    uint64_t overhead; /* what else is in it when it has no gaps */
};

static size_t row_bytes(const result_column *c)
{
    return c->width * store_size(c->type);
}

void result_free(result *r)
{
    if (!r) return;
    for (int k = 0; r->buffers && k < r->n_columns; k++) {
        free((char *)r->buffers[k].column.path);
        free(r->buffers[k].rows);
    }
    free(r->buffers);
    free(r->path);
    free(r);
}

static result *allocate(const char *path, const result_column *columns, int n_columns)
{
    result *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->path = strdup(path);
    r->n_columns = n_columns;
    r->buffers = calloc((size_t)n_columns + 1, sizeof *r->buffers);
    bool good = r->path && r->buffers;
    for (int k = 0; good && k < n_columns; k++) {
        r->buffers[k].column = columns[k];
        r->buffers[k].column.path = strdup(columns[k].path);
        good = r->buffers[k].column.path != NULL;
    }
    if (good) return r;
    result_free(r);
    return NULL;
}

static void utc_text(char out[static 32])
{
    time_t now = time(NULL);
    struct tm utc;
    if (!gmtime_r(&now, &utc) || strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0) out[0] = '\0';
}

static lsnn_status set_status(store *file, const char *status, lsnn_error *err)
{
    char finished[32] = "";
    if (strcmp(status, "running") != 0) utc_text(finished);
    TRY(store_set_text(file, "/", "status", status, err));
    return store_set_text(file, "/", "finished", finished, err);
}

static lsnn_status make_columns(store *file, const result *r, lsnn_error *err)
{
    for (int k = 0; k < r->n_columns; k++) {
        const result_column *c = &r->buffers[k].column;
        TRY(store_make_table(file, c->path, c->type, c->width, err));
        if (c->unit) TRY(store_set_text(file, c->path, "units", c->unit, err));
        if (c->description) TRY(store_set_text(file, c->path, "description", c->description, err));
    }
    return LSNN_OK;
}

static lsnn_status write_first(store *file, const result *r, result_head *head, const void *subject, lsnn_error *err)
{
    TRY(make_columns(file, r, err));
    if (head) TRY(head(file, subject, err));
    return set_status(file, "running", err);
}

static uint64_t file_length(const char *path)
{
    struct stat file;
    return stat(path, &file) == 0 ? (uint64_t)file.st_size : 0;
}

lsnn_status result_plan(result **out, const char *path, const result_column *columns, int n_columns, lsnn_error *err)
{
    *out = allocate(path, columns, n_columns);
    return *out ? LSNN_OK : lsnn_fail(err, LSNN_MEMORY, "%s: no memory for its columns", path);
}

lsnn_status result_begin(result *r, result_head *head, const void *subject, lsnn_error *err)
{
    struct stat found;
    store *file = NULL;
    if (lstat(r->path, &found) == 0) {
        return lsnn_fail(err, LSNN_OUTPUT,
                         "%s: exists already and is not overwritten: choose another folder, or resume "
                         "the run that lies there",
                         r->path);
    }
    TRY(store_create(&file, r->path, err));
    const lsnn_status status = write_first(file, r, head, subject, err);
    const lsnn_status closed = store_close(file, status == LSNN_OK, status == LSNN_OK ? err : NULL);
    return status == LSNN_OK ? closed : status;
}

lsnn_status result_new(result **out, const char *path, const result_column *columns, int n_columns, result_head *head,
                       const void *subject, lsnn_error *err)
{
    TRY(result_plan(out, path, columns, n_columns, err));
    const lsnn_status status = result_begin(*out, head, subject, err);
    if (status == LSNN_OK) return LSNN_OK;
    result_free(*out);
    *out = NULL;
    return status;
}

static lsnn_status check_columns(const store *file, const result *r, lsnn_error *err)
{
    for (int k = 0; k < r->n_columns; k++) {
        const result_column *c = &r->buffers[k].column;
        TRY(store_check_table(file, c->path, c->type, c->width, r->buffers[k].committed, err));
    }
    return LSNN_OK;
}

lsnn_status result_resume(result **out, const char *path, const result_column *columns, int n_columns,
                          const uint64_t *rows, result_check *check, const void *subject, lsnn_error *err)
{
    *out = NULL;
    result *r = allocate(path, columns, n_columns);
    if (!r) return lsnn_fail(err, LSNN_MEMORY, "%s: no memory for its columns", path);
    for (int k = 0; k < n_columns; k++)
        r->buffers[k].committed = rows[k];
    store *file = NULL;
    lsnn_status status = store_open(&file, path, err);
    if (status == LSNN_OK) status = check_columns(file, r, err);
    if (status == LSNN_OK && check) status = check(file, subject, err);
    (void)!store_close(file, false, NULL);
    if (status == LSNN_OK)
        *out = r;
    else
        result_free(r);
    return status;
}

static lsnn_status make_room(const result *r, buffer *b, size_t bytes, lsnn_error *err)
{
    if (bytes <= b->room) return LSNN_OK;
    size_t room = b->room ? b->room : 4096;
    while (room < bytes)
        room = room > SIZE_MAX / 2 ? bytes : 2 * room;
    unsigned char *rows = realloc(b->rows, room);
    if (!rows) {
        return lsnn_fail(err, LSNN_MEMORY, "%s: no memory to hold %zu bytes of %s until they are written", r->path,
                         room, b->column.path);
    }
    b->rows = rows;
    b->room = room;
    return LSNN_OK;
}

lsnn_status result_push(result *r, int column, size_t n_rows, const void *rows, lsnn_error *err)
{
    buffer *b = &r->buffers[column];
    size_t size = row_bytes(&b->column), total, bytes;
    if (n_rows == 0) return LSNN_OK;
    if (__builtin_add_overflow((size_t)b->n, n_rows, &total) || __builtin_mul_overflow(total, size, &bytes))
        return lsnn_fail(err, LSNN_MEMORY, "%s: too many rows for %s", r->path, b->column.path);
    TRY(make_room(r, b, bytes, err));
    memcpy(b->rows + b->n * size, rows, n_rows * size);
    b->n = total;
    return LSNN_OK;
}

size_t result_buffered(const result *r)
{
    size_t bytes = 0;
    for (int k = 0; k < r->n_columns; k++)
        bytes += (size_t)r->buffers[k].n * row_bytes(&r->buffers[k].column);
    return bytes;
}

uint64_t result_rows(const result *r, int column)
{
    return r->buffers[column].committed + r->buffers[column].n;
}

static uint64_t length_without_gaps(const result *r)
{
    return r->stored + r->overhead;
}

static bool has_many_gaps(const result *r)
{
    const uint64_t tolerable = (uint64_t)4 << 20;
    return r->length > 2 * length_without_gaps(r) + tolerable;
}

static lsnn_status append_all(store *file, const result *r, const char *status, uint64_t *stored, lsnn_error *err)
{
    *stored = 0;
    for (int k = 0; k < r->n_columns; k++) {
        const buffer *b = &r->buffers[k];
        TRY(store_extend_table(file, b->column.path, b->column.type, b->column.width, b->committed, b->n, b->rows,
                               err));
        *stored += store_stored(file, b->column.path);
    }
    return set_status(file, status, err);
}

static lsnn_status commit(result *r, const char *status, result_head *tail, const void *subject, lsnn_error *err)
{
    store *file = NULL;
    uint64_t stored;
    const bool repack = has_many_gaps(r);
    TRY(repack ? store_modify_packed(&file, r->path, length_without_gaps(r), err) : store_modify(&file, r->path, err));
    lsnn_status outcome = append_all(file, r, status, &stored, err);
    if (outcome == LSNN_OK && tail) outcome = tail(file, subject, err);
    lsnn_status closed = store_close(file, outcome == LSNN_OK, outcome == LSNN_OK ? err : NULL);
    if (outcome == LSNN_OK) outcome = closed;
    if (outcome != LSNN_OK) return outcome;
    for (int k = 0; k < r->n_columns; k++) {
        r->buffers[k].committed += r->buffers[k].n;
        r->buffers[k].n = 0;
    }
    r->length = file_length(r->path);
    r->stored = stored;
    if (repack) r->overhead = r->length > stored ? r->length - stored : 0;
    return LSNN_OK;
}

lsnn_status result_commit(result *r, const char *status, lsnn_error *err)
{
    return commit(r, status, NULL, NULL, err);
}

lsnn_status result_finish(result *r, result_head *tail, const void *subject, lsnn_error *err)
{
    return commit(r, "complete", tail, subject, err);
}
