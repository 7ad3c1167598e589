/* Constants, lists, files and distributions. */
#include "values.h"
#include "text.h"
#include <math.h>
#include <string.h>

typedef enum form { PAIR, GAIN, REPEAT, FILE_PATH } form;

static const struct distribution {
    const char *name;
    values_kind kind;
    form form;
} distributions[] = {
    {"uniform", VALUES_UNIFORM, PAIR},      {"log_uniform", VALUES_LOG_UNIFORM, PAIR},
    {"normal", VALUES_NORMAL, PAIR},        {"lognormal", VALUES_LOGNORMAL, PAIR},
    {"scaled_normal", VALUES_NORMAL, GAIN}, {"glorot_uniform", VALUES_UNIFORM, GAIN},
    {"repeat", VALUES_LIST, REPEAT},        {"file", VALUES_LIST, FILE_PATH},
    {"balanced", VALUES_BALANCED, GAIN},
};
#define N_DISTRIBUTIONS ((int)(sizeof distributions / sizeof *distributions))

lsnn_status values_path(const char **out, arena *a, const char *directory, const char *file, lsnn_error *err)
{
    if (file[0] == '/' || !directory || !*directory) return arena_format(a, out, err, "%s", file);
    return arena_format(a, out, err, "%s/%s", directory, file);
}

static const struct distribution *find(const config_node *node, bool fans, const fields_reader *reader)
{
    const char *names[N_DISTRIBUTIONS];
    int n = 0;
    for (int k = 0; k < N_DISTRIBUTIONS; k++) {
        if (distributions[k].form == GAIN && !fans) continue;
        if (strcmp(distributions[k].name, node->key) == 0) return &distributions[k];
        names[n++] = distributions[k].name;
    }
    const char *near = text_nearest(node->key, names, n);
    config_mistake(reader->report, &node->key_place, "unknown distribution '%s'%s%s%s", node->key,
                   near ? "; did you mean '" : "; there are uniform, log_uniform, normal, lognormal, repeat, file",
                   near   ? near
                   : fans ? ", scaled_normal, glorot_uniform, balanced"
                          : "",
                   near ? "'?" : "");
    return NULL;
}

static bool read_pair(values_spec *out, const config_node *node, const lsnn_field *field, const fields_reader *reader)
{
    /* Mean and spread may lie outside the range of the numbers themselves. */
    lsnn_field open = *field;
    if (out->kind == VALUES_NORMAL || out->kind == VALUES_LOGNORMAL) open.min = -INFINITY, open.max = INFINITY;
    if (out->kind == VALUES_LOGNORMAL) open.unit = NULL;
    if (node->kind != CONFIG_LIST || config_count(node) != 2) {
        config_mistake(reader->report, &node->place, "%s takes two numbers, like [0, 1]", node->key);
        return false;
    }
    if (!fields_number(&out->a, &open, node->first, reader)) return false;
    if (!fields_number(&out->b, &open, node->first->next, reader)) return false;
    const bool ordered = out->kind == VALUES_UNIFORM || out->kind == VALUES_LOG_UNIFORM;
    if (ordered && out->a > out->b)
        config_mistake(reader->report, &node->place, "%s: the first number is above the second", node->key);
    else if (!ordered && out->b < 0)
        config_mistake(reader->report, &node->place, "%s: the standard deviation is negative", node->key);
    else if (out->kind == VALUES_LOG_UNIFORM && out->a <= 0)
        config_mistake(reader->report, &node->place, "log_uniform: both numbers must be above 0");
    else
        return true;
    return false;
}

static bool read_gain(values_spec *out, const config_node *node, values_fans fans, const fields_reader *reader)
{
    const lsnn_field gain = {.name = node->key, .kind = LSNN_REAL, .min = 0, .max = INFINITY};
    double g;
    if (!fields_number(&g, &gain, node, reader)) return false;
    if (out->kind == VALUES_BALANCED) {
        out->a = g;
    } else if (out->kind == VALUES_NORMAL) {
        out->a = 0;
        out->b = g / sqrt(fans.in);
    } else {
        out->b = g * sqrt(6 / (fans.in + fans.out));
        out->a = -out->b;
    }
    return true;
}

static lsnn_status read_list(values_spec *out, const config_node *node, const lsnn_field *field,
                             const fields_reader *reader, bool *good, lsnn_error *err)
{
    double *list;
    size_t k = 0;
    out->n = (size_t)config_count(node);
    TRY(arena_take(reader->memory, &list, out->n, sizeof *list, err));
    for (const config_node *entry = node->first; entry; entry = entry->next, k++)
        if (!fields_number(&list[k], field, entry, reader)) *good = false;
    out->list = list;
    return LSNN_OK;
}

#define MOST_REPEATED 100000000.0

static lsnn_status read_repeat(values_spec *out, const config_node *node, const lsnn_field *field,
                               const fields_reader *reader, bool *good, lsnn_error *err)
{
    const lsnn_field count = {.name = "count", .kind = LSNN_INT, .min = 0, .max = MOST_REPEATED};
    double total = 0, times, number;
    for (int pass = 0; pass < 2 && *good; pass++) {
        double *list = NULL;
        if (pass == 1) TRY(arena_take(reader->memory, &list, (size_t)total, sizeof *list, err));
        for (const config_node *entry = node->first; entry; entry = entry->next) {
            if (entry->kind != CONFIG_LIST || config_count(entry) != 2) {
                config_mistake(reader->report, &entry->place,
                               "repeat takes pairs of a count and a value: [[50, 0], [50, 1.7]]");
                *good = false;
                return LSNN_OK;
            }
            *good = *good && fields_number(&times, &count, entry->first, reader) &&
                    fields_number(&number, field, entry->first->next, reader);
            if (!*good) return LSNN_OK;
            for (double k = 0; pass == 1 && k < times; k++)
                list[out->n++] = number;
            if (pass == 0) total += times;
        }
        if (total > MOST_REPEATED) {
            config_mistake(reader->report, &node->place, "repeat makes more than %g values", MOST_REPEATED);
            *good = false;
        }
        out->list = list;
    }
    return LSNN_OK;
}

static lsnn_status read_file(values_spec *out, const config_node *map, const lsnn_field *field,
                             const values_files *files, const fields_reader *reader, bool *good, lsnn_error *err)
{
    const config_node *file = config_get(map, "file"), *dataset = config_get(map, "dataset");
    if (!files || file->kind != CONFIG_SCALAR || !dataset || dataset->kind != CONFIG_SCALAR) {
        config_mistake(reader->report, &map->place, "numbers from a file look like {file: start.h5, dataset: /tau_m}");
        *good = false;
        return LSNN_OK;
    }
    const char *path;
    double *list;
    TRY(values_path(&path, reader->memory, files->directory, file->text, err));
    TRY(files->numbers(&list, &out->n, reader->memory, path, dataset->text, err));
    out->list = list;
    const bool bounded = field->min != 0 || field->max != 0;
    for (size_t k = 0; k < out->n; k++) {
        if (!bounded || (list[k] >= field->min && list[k] <= field->max && !(field->open_min && list[k] == field->min)))
            continue;
        config_mistake(reader->report, &file->place, "%s[%zu] of %s is %g, out of the range of '%s'", dataset->text, k,
                       path, text_unsigned_nan(list[k]), field->name);
        *good = false;
        return LSNN_OK;
    }
    return LSNN_OK;
}

static lsnn_status read_spec(values_spec *out, const config_node *node, const lsnn_field *field, values_fans fans,
                             const values_files *files, const fields_reader *reader, bool *good, lsnn_error *err)
{
    *out = (values_spec){.kind = VALUES_CONSTANT};
    if (node->kind == CONFIG_SCALAR) {
        *good = fields_number(&out->a, field, node, reader);
        return LSNN_OK;
    }
    if (node->kind == CONFIG_LIST) {
        out->kind = VALUES_LIST;
        return read_list(out, node, field, reader, good, err);
    }
    const config_node *child = config_get(node, "file") ? config_get(node, "file") : node->first;
    if (!child || (config_count(node) != 1 && strcmp(child->key, "file") != 0)) {
        config_mistake(reader->report, &node->place,
                       "'%s' takes a number, a list, or one distribution like {uniform: [1, 2]}", field->name);
        *good = false;
        return LSNN_OK;
    }
    const struct distribution *d = find(child, fans.in > 0, reader);
    *good = d != NULL;
    if (!d) return LSNN_OK;
    if (d->kind == VALUES_BALANCED && !fans.signs) {
        config_mistake(reader->report, &child->key_place,
                       "balanced weights need cells of both signs where the projection starts: see `signs`");
        *good = false;
        return LSNN_OK;
    }
    out->kind = d->kind;
    switch (d->form) {
    case PAIR: *good = read_pair(out, child, field, reader); break;
    case GAIN: *good = read_gain(out, child, fans, reader); break;
    case REPEAT: return read_repeat(out, child, field, reader, good, err);
    case FILE_PATH: return read_file(out, node, field, files, reader, good, err);
    }
    return LSNN_OK;
}

/* Whether what was given, or its middle, can be stored. */
static bool storable(const values_spec *spec, const config_node *node, const lsnn_field *field,
                     const fields_reader *reader)
{
    const double number[] = {spec->kind == VALUES_LOGNORMAL ? exp(spec->a) : spec->a, spec->b};
    const double *list = spec->kind == VALUES_LIST ? spec->list : number;
    const size_t n = spec->kind == VALUES_LIST ? spec->n : 2;
    for (size_t k = 0; k < n; k++)
        if (!fields_storable(list[k], field, node, reader)) return false;
    return true;
}

bool values_read(values_spec *out, const config_node *node, const lsnn_field *field, values_fans fans,
                 const values_files *files, const fields_reader *reader)
{
    bool good = true;
    lsnn_error trouble;
    const lsnn_status status = read_spec(out, node, field, fans, files, reader, &good, &trouble);
    if (status == LSNN_OK) return good && storable(out, node, field, reader);
    config_mistake(reader->report, &node->place, "%s", trouble.message);
    if (reader->report->error.status == LSNN_CONFIG) reader->report->error.status = status;
    return false;
}

double values_draw(const values_spec *spec, lsnn_random *stream, size_t k)
{
    switch (spec->kind) {
    case VALUES_CONSTANT: return spec->a;
    case VALUES_UNIFORM: return spec->a + (spec->b - spec->a) * lsnn_random_uniform(stream);
    case VALUES_LOG_UNIFORM: return spec->a * exp(log(spec->b / spec->a) * lsnn_random_uniform(stream));
    case VALUES_NORMAL: return spec->a + spec->b * lsnn_random_normal(stream);
    case VALUES_LOGNORMAL: return exp(spec->a + spec->b * lsnn_random_normal(stream));
    case VALUES_LIST: return spec->list[k];
    case VALUES_BALANCED: break;
    }
    return 0;
}
