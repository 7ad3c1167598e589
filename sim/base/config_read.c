/* Config files, and the file that another one includes. */
#include "config_inside.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const size_t max_bytes = (size_t)16 << 20;

/* The top level of a text, or NULL after a mistake. */
static lsnn_status read_map(config_node **out, arena *a, const char *name, const char *text, size_t length,
                            config_report *report, lsnn_error *err)
{
    int before = report->n_mistakes;
    config_source source = {.text = text != NULL ? text : "", .length = length, .origin = CONFIG_FILE};
    TRY(arena_text(a, &source.name, name, strlen(name), err));
    config_place place = {.file = source.name};
    *out = NULL;
    if (length > max_bytes) {
        config_mistake(report, &place, "is larger than 16 MiB; put large lists into a data file");
        return LSNN_OK;
    }
    if (length >= 3 && memcmp(source.text, "\xef\xbb\xbf", 3) == 0) { /* byte order mark */
        source.text += 3;
        source.length -= 3;
    }
    TRY(config_yaml(out, a, &source, report, err));
    if (report->n_mistakes > before) {
        *out = NULL;
    } else if (*out == NULL) {
        config_mistake(report, &place, "is empty; expected lines like 'seed: 1'");
    } else if ((*out)->kind != CONFIG_MAP) {
        config_mistake(report, &(*out)->place, "expected a map at the top, lines like 'seed: 1'");
        *out = NULL;
    }
    return LSNN_OK;
}

/* All that a file holds, as far as one byte above the limit; `problem` says why not, else it is NULL. */
static lsnn_status read_bytes(char **text, size_t *length, const char **problem, arena *a, const char *path,
                              lsnn_error *err)
{
    *length = 0;
    *problem = NULL;
    struct stat status;
    FILE *file = fopen(path, "rb");
    if (file == NULL || fstat(fileno(file), &status) != 0) {
        *problem = strerror(errno);
        if (file != NULL) fclose(file);
        return LSNN_OK;
    }
    bool known = S_ISREG(status.st_mode) && status.st_size > 0 && (size_t)status.st_size <= max_bytes;
    size_t room = (known ? (size_t)status.st_size : max_bytes) + 1;
    lsnn_status taken = arena_take(a, text, room, 1, err);
    if (taken == LSNN_OK) {
        *length = fread(*text, 1, room, file);
        if (ferror(file)) *problem = strerror(errno);
    }
    fclose(file);
    return taken;
}

static lsnn_status read_file(config_node **out, arena *a, const char *path, const config_place *wanted_at,
                             config_report *report, lsnn_error *err)
{
    char *text = NULL;
    size_t length;
    const char *problem;
    *out = NULL;
    TRY(read_bytes(&text, &length, &problem, a, path, err));
    if (problem == NULL) return read_map(out, a, path, text, length, report, err);
    config_mistake(report, wanted_at, "cannot read '%s': %s", path, problem);
    return LSNN_OK;
}

static int by_key(const void *a, const void *b)
{
    return strcmp((*(config_node *const *)a)->key, (*(config_node *const *)b)->key);
}

static void append(config_node *map, config_node **last, config_node *child)
{
    *(*last != NULL ? &(*last)->next : &map->first) = child;
    *last = child;
    child->next = NULL;
    child->parent = map;
}

/* The children of `over` replace those of `map` or are put behind them; maps on both sides are merged. */
static lsnn_status merge(config_node *map, config_node *over, arena *a, lsnn_error *err)
{
    size_t n = 0;
    config_node **sorted, *last = NULL;
    TRY(arena_take(a, &sorted, (size_t)config_count(map), sizeof(config_node *), err));
    for (config_node *child = map->first; child != NULL; child = child->next)
        sorted[n++] = last = child;
    qsort(sorted, n, sizeof(config_node *), by_key);
    for (config_node *child = over->first, *next; child != NULL; child = next) {
        next = child->next;
        config_node **same = bsearch(&child, sorted, n, sizeof(config_node *), by_key);
        if (same == NULL) {
            append(map, &last, child);
            continue;
        }
        (*same)->key_place = child->key_place;
        if ((*same)->kind == CONFIG_MAP && child->kind == CONFIG_MAP) {
            TRY(merge(*same, child, a, err));
        } else {
            config_replace(*same, child);
        }
    }
    return LSNN_OK;
}

static lsnn_status include(config_node **root, arena *a, const config_node *entry, const char *path,
                           config_report *report, lsnn_error *err)
{
    if (entry->kind != CONFIG_SCALAR || entry->text[0] == '\0') {
        config_mistake(report, &entry->place, "expected the name of one file, like 'include: other.yaml'");
        return LSNN_OK;
    }
    const char *slash = strrchr(path, '/'), *other;
    int folder = slash != NULL && entry->text[0] != '/' ? (int)(slash - path + 1) : 0;
    TRY(arena_format(a, &other, err, "%.*s%s", folder, path, entry->text));
    config_node *base = NULL;
    TRY(read_file(&base, a, other, &entry->place, report, err));
    if (base == NULL) return LSNN_OK;
    const config_node *further = config_take(base, "include");
    if (further != NULL) {
        config_mistake(report, &further->key_place,
                       "an included file cannot include another one; this one is included by %s", path);
        return LSNN_OK;
    }
    TRY(merge(base, *root, a, err));
    base->place = (*root)->place;
    *root = base;
    return LSNN_OK;
}

lsnn_status config_read(config_node **out, arena *a, const char *path, lsnn_error *err)
{
    config_report report = {0};
    config_place place = {.file = path};
    config_node *root = NULL;
    TRY(read_file(&root, a, path, &place, &report, err));
    const config_node *entry = root != NULL ? config_take(root, "include") : NULL;
    if (entry != NULL) TRY(include(&root, a, entry, path, &report, err));
    TRY(config_verdict(&report, err));
    *out = root;
    return LSNN_OK;
}

lsnn_status config_parse(config_node **out, arena *a, const char *name, const char *text, size_t length,
                         lsnn_error *err)
{
    config_report report = {0};
    config_node *root = NULL;
    TRY(read_map(&root, a, name, text, length, &report, err));
    const config_node *entry = root != NULL ? config_take(root, "include") : NULL;
    if (entry != NULL) {
        config_mistake(&report, &entry->key_place,
                       "'include' works in files only; here is no folder in which to look for the other file");
    }
    TRY(config_verdict(&report, err));
    *out = root;
    return LSNN_OK;
}
