/* Files that a config names. */
#include "files.h"
#include "dataset.h"
#include "store.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static lsnn_status numbers(double **out, size_t *n, arena *a, const char *path, const char *dataset, lsnn_error *err)
{
    store *file;
    store_shape shape;
    TRY(store_open(&file, path, err));
    const lsnn_status status = store_read(file, a, out, STORE_DOUBLE, &shape, NULL, dataset, err);
    const lsnn_status closed = store_close(file, false, NULL);
    if (status != LSNN_OK) return status;
    if (closed != LSNN_OK) return lsnn_fail(err, closed, "%s cannot be closed", path);
    *n = 1;
    for (int d = 0; d < shape.n_dims; d++)
        *n *= shape.dim[d];
    return LSNN_OK;
}

static bool has(const char *path, const char *dataset)
{
    store *file;
    if (store_open(&file, path, NULL) != LSNN_OK) return false;
    const bool there = store_has(file, dataset);
    return store_close(file, false, NULL) == LSNN_OK && there;
}

const values_files files_default = {.numbers = numbers, .has = has, .idx = dataset_idx};

static lsnn_status put_default(config_node *root, const char *key, const char *text, size_t length, arena *a,
                               lsnn_error *err)
{
    config_node *node;
    const char *copy;
    if (config_get(root, key) && !config_take_reset(root, key)) return LSNN_OK;
    TRY(arena_text(a, &copy, text, length, err));
    return config_add(&node, root, a, CONFIG_SCALAR, key, copy, CONFIG_DEFAULT, err);
}

lsnn_status files_place(config_node *root, const char *path, arena *a, lsnn_error *err)
{
    char full[PATH_MAX];
    if (root->kind != CONFIG_MAP || !realpath(path, full)) return LSNN_OK;
    char *slash = strrchr(full, '/');
    TRY(put_default(root, "directory", full, slash > full ? (size_t)(slash - full) : 1, a, err));
    *slash = '\0';
    const char *folder = strrchr(full, '/');
    if (!folder || !folder[1]) return LSNN_OK;
    return put_default(root, "experiment", folder + 1, strlen(folder + 1), a, err);
}
