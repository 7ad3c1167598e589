/* Writing findings. */
#include "findings_file.h"
#include "version.h"

static lsnn_status write_number(store *file, const finding *f, arena *a, lsnn_error *err)
{
    const char *path;
    TRY(arena_format(a, &path, err, "/numbers/%s/%s/%s", f->population, f->group, f->measure));
    if (store_has(file, path)) return LSNN_OK; /* asked for twice */
    TRY(store_write(file, path, STORE_DOUBLE, &(store_shape){0}, &f->value, false, err));
    TRY(store_set_text(file, path, "units", *f->unit ? f->unit : "1", err));
    TRY(store_set_number(file, path, "sd", STORE_DOUBLE, f->sd, err));
    TRY(store_set_uint64(file, path, "n", f->n, err));
    TRY(store_set_uint64(file, path, "undefined", f->excluded, err));
    return store_set_text(file, path, "note", f->note, err);
}

static lsnn_status write_curve(store *file, const finding_curve *c, arena *a, lsnn_error *err)
{
    const store_shape shape = {1, {c->n_rows}};
    for (int k = 0; k < c->n_columns; k++) {
        const char *path;
        TRY(arena_format(a, &path, err, "/curves/%s/%s/%s/%s", c->population, c->group, c->measure, c->column[k].name));
        if (store_has(file, path)) return LSNN_OK;
        TRY(store_write(file, path, STORE_DOUBLE, &shape, c->column[k].values, true, err));
        TRY(store_set_text(file, path, "units", *c->column[k].unit ? c->column[k].unit : "1", err));
    }
    return LSNN_OK;
}

static lsnn_status write_all(store *file, const findings *f, const char *source, const char *command, lsnn_error *err)
{
    TRY(store_set_text(file, "/", "format", "lsnn analysis 1", err));
    TRY(store_set_text(file, "/", "source", source, err));
    TRY(store_set_text(file, "/", "command", command, err));
    TRY(store_set_text(file, "/", "lsnn_version", version_number, err));
    for (int k = 0; k < f->n_numbers; k++)
        TRY(write_number(file, &f->numbers[k], f->memory, err));
    for (int k = 0; k < f->n_curves; k++)
        TRY(write_curve(file, &f->curves[k], f->memory, err));
    return LSNN_OK;
}

lsnn_status findings_write(const findings *f, const char *path, const char *source, const char *command,
                           lsnn_error *err)
{
    store *file;
    TRY(store_create(&file, path, err));
    const lsnn_status status = write_all(file, f, source, command, err);
    const lsnn_status closed = store_close(file, status == LSNN_OK, err);
    return status != LSNN_OK ? status : closed;
}
