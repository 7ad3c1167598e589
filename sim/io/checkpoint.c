/* Checkpoints: sealed HDF5 files, /config and /state/<name>. */
#include "checkpoint.h"

#include "store_access.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define CHECKPOINT_FORMAT "lsnn checkpoint 1"

static const char *precision(double bytes)
{
    return bytes == sizeof(float) ? "single" : "double";
}

static void item_path(char out[static STORE_MAX_PATH], const state_item *item)
{
    snprintf(out, STORE_MAX_PATH, "/state/%s", item->name);
}

static lsnn_status write_item(store *file, const state_item *item, lsnn_error *err)
{
    char path[STORE_MAX_PATH];
    arena *scratch;
    const void *values = item->values;
    const store_shape shape = {.n_dims = 1, .dim = {item->n}};
    item_path(path, item);
    TRY(arena_new(&scratch, err));
    lsnn_status status = LSNN_OK;
    if (item->pieces) {
        void *whole = NULL;
        status = arena_take(scratch, &whole, item->n, store_size(item->type), err);
        if (status == LSNN_OK) item->pieces->gather(item->pieces->with, whole);
        values = whole;
    }
    if (status == LSNN_OK) status = store_write(file, path, item->type, &shape, values, false, err);
    arena_free(scratch);
    return status;
}

static lsnn_status write_all(store *file, const state_item *items, int n_items, const char *config, lsnn_error *err)
{
    TRY(store_set_text(file, "/", "format", CHECKPOINT_FORMAT, err));
    TRY(store_set_number(file, "/", "real", STORE_INT, sizeof(real), err));
    TRY(store_set_number(file, "/", "items", STORE_INT, n_items, err));
    TRY(store_write_text(file, "/config", config, err));
    for (int k = 0; k < n_items; k++)
        TRY(write_item(file, &items[k], err));
    return LSNN_OK;
}

lsnn_status checkpoint_write(const char *path, const state_item *items, int n_items, const char *config,
                             lsnn_error *err)
{
    store *file = NULL;
    TRY(store_create_sealed(&file, path, err));
    lsnn_status status = write_all(file, items, n_items, config, err);
    lsnn_status closed = store_close(file, status == LSNN_OK, status == LSNN_OK ? err : NULL);
    return status == LSNN_OK ? closed : status;
}

static lsnn_status check_format(const store *file, arena *a, lsnn_error *err)
{
    const char *format = "";
    if (store_has_attribute(file, "/", "format")) TRY(store_get_text(file, a, &format, "/", "format", err));
    if (strncmp(format, CHECKPOINT_FORMAT, strlen(CHECKPOINT_FORMAT) - 1) != 0)
        return lsnn_fail(err, LSNN_DATA, "%s: not a checkpoint of lsnn", file->path);
    if (strcmp(format, CHECKPOINT_FORMAT) != 0) {
        return lsnn_fail(err, LSNN_DATA, "%s: was written by another version of lsnn; this one reads '%s'", file->path,
                         CHECKPOINT_FORMAT);
    }
    double bytes;
    TRY(store_get_number(file, &bytes, "/", "real", err));
    if (bytes == sizeof(real)) return LSNN_OK;
    return lsnn_fail(err, LSNN_DATA,
                     "%s: was written by the %s precision build of lsnn; this is the %s precision build", file->path,
                     precision(bytes), precision(sizeof(real)));
}

static int line_length(const char *text)
{
    enum { MOST = 200 };
    size_t length = strcspn(text, "\n");
    return length < MOST ? (int)length : MOST;
}

/* The first line that differs says most. */
static lsnn_status check_config(const store *file, arena *a, const char *config, lsnn_error *err)
{
    const char *found, *wanted = config;
    TRY(store_read_text(file, a, &found, "/config", err));
    if (strcmp(found, config) == 0) return LSNN_OK;
    int line = 1;
    size_t start = 0;
    for (size_t k = 0; found[k] && found[k] == wanted[k]; k++) {
        if (found[k] != '\n') continue;
        line++;
        start = k + 1;
    }
    found += start;
    wanted += start;
    return lsnn_fail(err, LSNN_DATA,
                     "%s: belongs to another configuration; the first difference is in line %d:\n"
                     "    there: %.*s\n"
                     "    here:  %.*s",
                     file->path, line, line_length(found), found, line_length(wanted), wanted);
}

static bool all_finite(const void *values, store_type type, size_t n)
{
    bool good = true;
    if (type == STORE_FLOAT)
        for (size_t k = 0; k < n; k++)
            good = good && isfinite(((const float *)values)[k]);
    if (type == STORE_DOUBLE)
        for (size_t k = 0; k < n; k++)
            good = good && isfinite(((const double *)values)[k]);
    return good;
}

static lsnn_status read_item(const store *file, arena *a, void **out, const state_item *item, lsnn_error *err)
{
    char path[STORE_MAX_PATH];
    item_path(path, item);
    store_type type;
    TRY(store_type_of(file, &type, path, err));
    if (type != item->type) {
        return lsnn_fail(err, LSNN_DATA, "%s: %s holds %s; expected %s", file->path, path, store_type_text(type),
                         store_type_text(item->type));
    }
    const store_shape shape = {.n_dims = 1, .dim = {item->n}};
    TRY(store_read(file, a, out, type, NULL, &shape, path, err));
    if (all_finite(*out, type, item->n)) return LSNN_OK;
    return lsnn_fail(err, LSNN_DATA, "%s: %s has a value that is not a finite number", file->path, path);
}

static lsnn_status read_all(const store *file, arena *a, const state_item *items, int n_items, const char *config,
                            bool *foreign, lsnn_error *err)
{
    TRY(check_format(file, a, err));
    lsnn_status status = check_config(file, a, config, err);
    *foreign = status != LSNN_OK;
    if (*foreign) return status;
    double n;
    TRY(store_get_number(file, &n, "/", "items", err));
    if (n != n_items) return lsnn_fail(err, LSNN_DATA, "%s: holds %.0f arrays; expected %d", file->path, n, n_items);
    void **values;
    TRY(arena_take(a, &values, (size_t)n_items + 1, sizeof *values, err));
    for (int k = 0; k < n_items; k++)
        TRY(read_item(file, a, &values[k], &items[k], err));
    for (int k = 0; k < n_items; k++) {
        if (items[k].pieces)
            items[k].pieces->scatter(items[k].pieces->with, values[k]);
        else if (items[k].n)
            memcpy(items[k].values, values[k], items[k].n * store_size(items[k].type));
    }
    return LSNN_OK;
}

/* `foreign`: intact, but of another configuration. */
static lsnn_status load(const char *path, const state_item *items, int n_items, const char *config, bool *foreign,
                        lsnn_error *err)
{
    *foreign = false;
    arena *a;
    TRY(arena_new(&a, err));
    store *file = NULL;
    lsnn_status status = store_open_sealed(&file, path, err);
    if (status == LSNN_OK) status = read_all(file, a, items, n_items, config, foreign, err);
    (void)!store_close(file, false, NULL);
    arena_free(a);
    return status;
}

lsnn_status checkpoint_read(const char *path, const state_item *items, int n_items, const char *config, lsnn_error *err)
{
    bool foreign;
    return load(path, items, n_items, config, &foreign, err);
}

lsnn_status checkpoint_recover(const char *path, const state_item *items, int n_items, const char *config,
                               bool *used_previous, lsnn_error *err)
{
    *used_previous = false;
    bool foreign;
    lsnn_error first = {0}, second = {0};
    lsnn_status status = load(path, items, n_items, config, &foreign, &first);
    if (status == LSNN_DATA && !foreign) {
        char previous[4096];
        int length = snprintf(previous, sizeof previous, "%s.1", path);
        if (length < (int)sizeof previous && load(previous, items, n_items, config, &foreign, &second) == LSNN_OK) {
            *used_previous = true;
            return LSNN_OK;
        }
        return lsnn_fail(err, status, "%s\n%s", first.message, second.message);
    }
    if (status != LSNN_OK && err) *err = first;
    return status;
}
