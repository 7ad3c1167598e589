/* Reading a part of the config into a struct by its field table. */
#include "fields_inside.h"
#include "text.h"
#include <limits.h>
#include <string.h>
#include <strings.h>

enum { LIST = 512 };

static void read_seed(uint64_t *out, const lsnn_field *field, const config_node *node, const fields_reader *reader)
{
    if (!fields_is_scalar(field, node, "a whole number", reader)) return;
    if (!text_to_uint64(out, node->text))
        config_mistake(reader->report, &node->place, "'%s' must be a whole number from 0 to %llu, not '%.60s'",
                       field->name, ULLONG_MAX, node->text);
}

static bool is_one_of(const char *text, const char *const words[])
{
    for (int i = 0; words[i]; i++)
        if (strcasecmp(text, words[i]) == 0) return true;
    return false;
}

static void read_bool(bool *out, const lsnn_field *field, const config_node *node, const fields_reader *reader)
{
    static const char *const affirmations[] = {"true", "yes", "on", "y", "1", NULL};
    static const char *const negations[] = {"false", "no", "off", "n", "0", NULL};
    if (!fields_is_scalar(field, node, "true or false", reader)) return;
    if (strcmp(node->text, "true") == 0)
        *out = true;
    else if (strcmp(node->text, "false") == 0)
        *out = false;
    else if (is_one_of(node->text, affirmations) || is_one_of(node->text, negations))
        config_mistake(reader->report, &node->place, "'%s' must be true or false, not '%s'; write %s", field->name,
                       node->text, is_one_of(node->text, affirmations) ? "true" : "false");
    else
        config_mistake(reader->report, &node->place, "'%s' must be true or false, not '%.60s'", field->name,
                       node->text);
}

/* "a, b or c", as far as there is room. */
static void list_words(char out[LIST], const char *const *words, int n, const char *last_gap)
{
    size_t used = 0;
    out[0] = 0;
    for (int i = 0; i < n; i++) {
        const char *gap = i == 0 ? "" : i == n - 1 ? last_gap : ", ";
        int written = snprintf(out + used, LIST - used, "%s%s", gap, words[i]);
        used += (size_t)written;
        if (used >= LIST - 1) {
            memcpy(out + LIST - 4, "...", 4);
            return;
        }
    }
}

/* The words of "a|b|c". */
static lsnn_status split_choices(const char *const **out, int *n, const char *choices, arena *memory, lsnn_error *err)
{
    const char **words;
    *n = 1;
    for (const char *at = choices; (at = strchr(at, '|')); at++)
        ++*n;
    TRY(arena_take(memory, &words, (size_t)*n, sizeof *words, err));
    for (int i = 0; i < *n; i++) {
        size_t length = strcspn(choices, "|");
        TRY(arena_text(memory, &words[i], choices, length, err));
        choices += length + 1;
    }
    *out = words;
    return LSNN_OK;
}

static int find_choice(const char *choices, const char *text)
{
    size_t length = strlen(text);
    for (int i = 0;; i++) {
        size_t length_there = strcspn(choices, "|");
        if (length == length_there && memcmp(choices, text, length) == 0) return i;
        if (!choices[length_there]) return -1;
        choices += length_there + 1;
    }
}

static lsnn_status read_choice(int *out, const lsnn_field *field, const config_node *node, const fields_reader *reader,
                               lsnn_error *err)
{
    const char *const *words;
    char list[LIST];
    int n;
    if (!fields_is_scalar(field, node, "a word", reader)) return LSNN_OK;
    int choice = find_choice(field->choices, node->text);
    if (choice >= 0) {
        *out = choice;
        return LSNN_OK;
    }
    TRY(split_choices(&words, &n, field->choices, reader->memory, err));
    list_words(list, words, n, " or ");
    const char *nearest = text_nearest(node->text, words, n);
    config_mistake(reader->report, &node->place, "'%s' must be %s, not '%.60s'%s%s%s", field->name, list, node->text,
                   nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    return LSNN_OK;
}

static void read_text(const char **out, const lsnn_field *field, const config_node *node, const fields_reader *reader)
{
    if (fields_is_scalar(field, node, "a text", reader)) *out = node->text;
}

static lsnn_status read_value(void *member, const lsnn_field *field, const config_node *node,
                              const fields_reader *reader, lsnn_error *err)
{
    double number;
    switch (field->kind) {
    case LSNN_REAL: fields_number(member, field, node, reader); break;
    case LSNN_INT:
        if (fields_number(&number, field, node, reader)) *(int *)member = (int)number;
        break;
    case LSNN_SEED: read_seed(member, field, node, reader); break;
    case LSNN_BOOL: read_bool(member, field, node, reader); break;
    case LSNN_TEXT: read_text(member, field, node, reader); break;
    case LSNN_CHOICE: return read_choice(member, field, node, reader, err);
    case LSNN_REALS: return fields_reals(member, field, node, reader, err);
    case LSNN_NODE: *(const config_node **)member = node; break;
    case LSNN_NEURONS: break;
    }
    return LSNN_OK;
}

/* The default becomes a part of the tree, as if the user had written it; only a text is no YAML. */
static lsnn_status add_default(config_node *map, const lsnn_field *field, const fields_reader *reader, lsnn_error *err)
{
    const char *line, *text = field->kind == LSNN_TEXT ? field->fallback : "";
    config_node *node;
    TRY(config_add(&node, map, reader->memory, CONFIG_SCALAR, field->name, text, CONFIG_DEFAULT, err));
    if (field->kind == LSNN_TEXT) return LSNN_OK;
    TRY(arena_format(reader->memory, &line, err, "%s: %s", field->name, field->fallback));
    lsnn_status status = config_set(node, reader->memory, line, strlen(field->name) + 2, CONFIG_DEFAULT, err);
    if (status != LSNN_CONFIG) return status;
    return lsnn_fail(err, LSNN_INTERNAL, "the default of a field is no YAML: %s", line);
}

/* `keys`: the names of the fields and those of `also`, not NULL-terminated. */
static lsnn_status known_keys(const char *const **keys, int *n, const lsnn_field *fields, const char *const *also,
                              arena *memory, lsnn_error *err)
{
    const char **names;
    int n_fields = 0, n_also = 0;
    while (fields[n_fields].name)
        n_fields++;
    while (also && also[n_also])
        n_also++;
    TRY(arena_take(memory, &names, (size_t)(n_fields + n_also), sizeof *names, err));
    for (int i = 0; i < n_also; i++)
        names[i] = also[i];
    for (int i = 0; i < n_fields; i++)
        names[n_also + i] = fields[i].name;
    *keys = names;
    *n = n_fields + n_also;
    return LSNN_OK;
}

static void refuse_unknown(const config_node *map, const char *const *keys, int n, const fields_reader *reader)
{
    char list[LIST];
    for (const config_node *child = map->first; child; child = child->next) {
        bool known = false;
        for (int i = 0; i < n && !known; i++)
            known = strcmp(keys[i], child->key) == 0;
        if (known) continue;
        const char *nearest = text_nearest(child->key, keys, n);
        list_words(list, keys, n, " and ");
        if (nearest)
            config_mistake(reader->report, &child->key_place, "unknown key '%.60s'; did you mean '%s'?", child->key,
                           nearest);
        else if (n == 0)
            config_mistake(reader->report, &child->key_place, "unknown key '%.60s'; no keys are known here",
                           child->key);
        else
            config_mistake(reader->report, &child->key_place, "unknown key '%.60s'; known here: %s", child->key, list);
    }
}

static void missing_key(const lsnn_field *field, const config_node *map, const fields_reader *reader)
{
    const char *unit = field->unit ? field->unit : "";
    config_mistake(reader->report, map->key ? &map->key_place : &map->place, "the key '%s' is missing%s%s: %s",
                   field->name, field->unit ? ", in " : "", unit, field->doc);
}

/* What the user has given, else the default; NULL after a mistake. */
static lsnn_status find_value(const config_node **out, const lsnn_field *field, config_node *map,
                              const fields_reader *reader, lsnn_error *err)
{
    *out = config_get(map, field->name);
    const bool reset = *out && config_is_reset(*out);
    if (*out && !reset) return LSNN_OK;
    if (field->fallback) {
        config_take_reset(map, field->name);
        TRY(add_default(map, field, reader, err));
        *out = config_get(map, field->name);
        return LSNN_OK;
    }
    if (reset)
        config_mistake(reader->report, &(*out)->place, "'%s' has no default", field->name);
    else
        missing_key(field, map, reader);
    *out = NULL;
    return LSNN_OK;
}

lsnn_status fields_read(void *out, const lsnn_field *fields, config_node *map, const char *const *also,
                        const fields_reader *reader, lsnn_error *err)
{
    const char *const *keys;
    int n;
    if (map->kind != CONFIG_MAP) {
        const char *found = map->kind == CONFIG_LIST ? "not a list"
                            : map->text[0]           ? "not a single value"
                                                     : "but is empty";
        config_mistake(reader->report, &map->place, "'%s' must be a map of keys and values, %s",
                       map->key ? map->key : "config", found);
        return LSNN_OK;
    }
    TRY(known_keys(&keys, &n, fields, also, reader->memory, err));
    refuse_unknown(map, keys, n, reader);
    for (const lsnn_field *field = fields; field->name; field++) {
        const config_node *node;
        TRY(find_value(&node, field, map, reader, err));
        if (node) TRY(read_value((char *)out + field->offset, field, node, reader, err));
    }
    return LSNN_OK;
}
