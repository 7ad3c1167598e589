/* YAML to a tree, by the events of libyaml. */
#include "config_inside.h"
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { MOST_NODES = 1000000, MOST_KEYS = 10000 };

typedef struct reader {
    arena *memory;
    config_report *report;
    const config_source *source;
    yaml_parser_t yaml;

    size_t line_start; /* of line number `line`, as YAML counts lines, from 0 */
    size_t line;
    const char *line_copy; /* of that line, NULL: not made yet */

    config_node *root;
    config_node *open;                       /* the map or list that is being filled, NULL outside */
    int depth;                               /* of the open node */
    config_node *last[CONFIG_MAX_DEPTH + 1]; /* the newest child of the open node at each depth */
    int n_keys[CONFIG_MAX_DEPTH + 1];
    int n_nodes, n_documents;
    size_t n_characters, n_lines; /* of the text */
    const char *key;              /* that waits for its value */
    config_place key_place;
    bool over; /* nothing behind the mistake can be understood */
} reader;

/* Bytes of the line break at `at`, 0: none. YAML 1.1 also breaks at NEL, LS and PS. */
static size_t break_length(const char *at, size_t left)
{
    if (left >= 2 && at[0] == '\r' && at[1] == '\n') return 2;
    if (left >= 1 && (at[0] == '\n' || at[0] == '\r')) return 1;
    if (left >= 2 && memcmp(at, "\xC2\x85", 2) == 0) return 2;
    if (left >= 3 && (memcmp(at, "\xE2\x80\xA8", 3) == 0 || memcmp(at, "\xE2\x80\xA9", 3) == 0)) return 3;
    return 0;
}

static lsnn_status excerpt_of_line(reader *r, const char **out, size_t line, lsnn_error *err)
{
    if (line < r->line) {
        r->line = 0;
        r->line_start = 0;
        r->line_copy = NULL;
    }
    size_t at = r->line_start;
    while (r->line < line && at < r->source->length) {
        size_t length = break_length(r->source->text + at, r->source->length - at);
        at += length > 0 ? length : 1;
        if (length == 0) continue;
        r->line++;
        r->line_start = at;
        r->line_copy = NULL;
    }
    if (r->line_copy == NULL) {
        size_t end = r->line_start;
        while (end < r->source->length && break_length(r->source->text + end, r->source->length - end) == 0)
            end++;
        TRY(arena_text(r->memory, &r->line_copy, r->source->text + r->line_start, end - r->line_start, err));
    }
    *out = r->line_copy;
    return LSNN_OK;
}

/* Characters from column `start` (from 0) to the end of the line, without a comment or blanks. */
static int rest_of_line(const char *line, int start)
{
    int column = 0, end = start;
    for (const char *at = line; *at != '\0'; at++) {
        if (((unsigned char)*at & 0xC0) == 0x80) continue;
        if (column > start && *at == '#' && at[-1] == ' ') break;
        if (column >= start && *at != ' ' && *at != '\t') end = column + 1;
        column++;
    }
    return end - start;
}

/* The place of what reaches from one mark to the other, or to the end of its first line. */
static lsnn_status place_at(reader *r, config_place *out, yaml_mark_t start, yaml_mark_t end, lsnn_error *err)
{
    int column = (int)start.column + r->source->offset;
    *out = (config_place){
        .file = r->source->name, .column = column + 1, .excerpt = r->source->excerpt, .within = r->source->within};
    if (r->source->excerpt == NULL) {
        out->line = (int)start.line + 1;
        TRY(excerpt_of_line(r, &out->excerpt, start.line, err));
    }
    bool same_line = end.line == start.line && end.column >= start.column;
    out->length = same_line ? (int)(end.column - start.column) : rest_of_line(out->excerpt, column);
    return LSNN_OK;
}

/* What libyaml says is about grammar; this is about the file. */
static const char *problem_in_words(const char *problem)
{
    static const struct {
        const char *problem, *words;
    } dictionary[] = {
        {"mapping values are not allowed",
         "a ':' does not fit here; is the line indented like its neighbours, or are quotes missing?"},
        {"could not find expected ':'", "the ':' behind a key is missing"},
        {"did not find expected key", "no key here; is the line indented like its neighbours?"},
        {"did not find expected '-'", "no '- ' here; is the line indented like its neighbours?"},
        {"did not find expected ',' or ']'", "the ',' or the ']' of a list is missing"},
        {"did not find expected ',' or '}'", "the ',' or the '}' of a map is missing"},
        {"found unexpected end of stream", "the closing quote is missing"},
        {"cannot start any token", "no value starts with this character; put the value into quotes"},
        {"did not find expected node content", "no value here, but a character that ends one"},
        {"found unknown escape character",
         "no such escape in double quotes; write \\\\ for a backslash, or use single quotes"},
        {"found a tab character", "a tab cannot indent a line; use blanks"},
        {"block sequence entries are not allowed", "a '- ' does not fit here; it belongs on a line of its own"},
    };
    for (size_t i = 0; i < sizeof dictionary / sizeof *dictionary; i++) {
        if (strstr(problem, dictionary[i].problem) != NULL) return dictionary[i].words;
    }
    return problem;
}

static bool is_tab(const reader *r, const config_place *place)
{
    int column = 1;
    const char *at = place->excerpt;
    for (; *at != '\0' && column < place->column; at++)
        column += ((unsigned char)at[1] & 0xC0) != 0x80;
    return *at == '\t' && strstr(r->yaml.problem, "cannot start any token") != NULL;
}

/* The place is where libyaml got stuck, but for a key that is not finished, and at the end of the text, where it began. */
static lsnn_status syntax_mistake(reader *r, lsnn_error *err)
{
    const yaml_parser_t *yaml = &r->yaml;
    if (yaml->error == YAML_MEMORY_ERROR || yaml->problem == NULL) {
        return lsnn_fail(err, LSNN_MEMORY, "not enough memory to read %.500s", r->source->name);
    }
    bool key = yaml->context != NULL && strstr(yaml->context, "simple key") != NULL;
    bool at_end = yaml->problem_mark.index >= r->n_characters || yaml->problem_mark.line >= r->n_lines;
    bool from_begin = key || (at_end && yaml->context != NULL);
    yaml_mark_t mark = from_begin ? yaml->context_mark : yaml->problem_mark;
    config_place place;
    TRY(place_at(r, &place, mark, mark, err));
    if (from_begin) place.length = rest_of_line(place.excerpt, place.column - 1);
    const char *words = is_tab(r, &place) ? "a tab cannot indent a line; use blanks" : problem_in_words(yaml->problem);
    if (!from_begin && yaml->context != NULL && yaml->context_mark.line != mark.line) {
        config_mistake(r->report, &place, "this is not YAML: %s (see also line %zu)", words,
                       yaml->context_mark.line + 1);
    } else {
        config_mistake(r->report, &place, "this is not YAML: %s", words);
    }
    r->over = true;
    return LSNN_OK;
}

static void give_up(reader *r, const config_place *place, const char *sentence)
{
    config_mistake(r->report, place, "%s", sentence);
    r->over = true;
}

static lsnn_status key_read(reader *r, const yaml_event_t *event, const config_place *place, lsnn_error *err)
{
    if (event->type != YAML_SCALAR_EVENT) {
        give_up(r, place, "a key must be a name, not a map or a list");
        return LSNN_OK;
    }
    const char *text = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    if (length > CONFIG_MAX_KEY || strlen(text) != length || length == 0) {
        give_up(r, place, length == 0 ? "the key is missing" : "this is too long, or holds NUL: it is no key");
        return LSNN_OK;
    }
    if (++r->n_keys[r->depth] > MOST_KEYS) {
        give_up(r, place, "a map may have at most 10000 keys");
        return LSNN_OK;
    }
    r->key_place = *place;
    return arena_text(r->memory, &r->key, text, length, err);
}

/* The root, or a new child of the open node. */
static lsnn_status node_begin(reader *r, config_node **out, lsnn_error *err)
{
    config_node *node;
    TRY(arena_take(r->memory, &node, 1, sizeof *node, err));
    *out = node;
    if (r->open == NULL) {
        r->root = node;
        return LSNN_OK;
    }
    node->parent = r->open;
    if (r->open->kind == CONFIG_MAP) {
        node->key = r->key;
        node->key_place = r->key_place;
        r->key = NULL;
    }
    config_node **last = &r->last[r->depth];
    *(*last == NULL ? &r->open->first : &(*last)->next) = node;
    *last = node;
    return LSNN_OK;
}

/* What stands before a value in the file. */
typedef struct properties {
    const yaml_char_t *anchor, *tag;
    bool block; /* a map or list without brackets */
} properties;

static properties properties_of(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_MAPPING_START_EVENT:
        return (properties){event->data.mapping_start.anchor, event->data.mapping_start.tag,
                            event->data.mapping_start.style == YAML_BLOCK_MAPPING_STYLE};
    case YAML_SEQUENCE_START_EVENT:
        return (properties){event->data.sequence_start.anchor, event->data.sequence_start.tag,
                            event->data.sequence_start.style == YAML_BLOCK_SEQUENCE_STYLE};
    case YAML_SCALAR_EVENT: return (properties){event->data.scalar.anchor, event->data.scalar.tag, false};
    default: return (properties){NULL, NULL, false};
    }
}

/* What is refused, but leaves the rest readable. */
static void properties_check(reader *r, const yaml_event_t *event, const config_place *place)
{
    properties p = properties_of(event);
    if (event->type == YAML_ALIAS_EVENT) {
        config_mistake(r->report, place, "aliases (*name) are not supported: write the value again");
    } else if (p.anchor != NULL) {
        config_mistake(r->report, place, "anchors (&name) are not supported: write the value where it is needed");
    } else if (p.tag != NULL) {
        config_mistake(r->report, place, "tags (!name) are not supported: the key decides the type of its value");
    }
}

static lsnn_status scalar_read(reader *r, config_node *node, const yaml_event_t *event, lsnn_error *err)
{
    bool alias = event->type == YAML_ALIAS_EVENT;
    const char *text = alias ? "" : (const char *)event->data.scalar.value;
    if (!alias && strlen(text) != event->data.scalar.length) {
        config_mistake(r->report, &node->place, "a text may not hold the character NUL");
    }
    node->kind = CONFIG_SCALAR;
    node->quoted = (!alias && event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE) || !config_plain(text);
    return arena_text(r->memory, &node->text, text, strlen(text), err);
}

/* A scalar, or the start of a map or a list. */
static lsnn_status value_read(reader *r, const yaml_event_t *event, lsnn_error *err)
{
    config_place place;
    TRY(place_at(r, &place, event->start_mark, event->end_mark, err));
    properties_check(r, event, &place);
    if (r->open != NULL && r->open->kind == CONFIG_MAP && r->key == NULL) return key_read(r, event, &place, err);

    bool collection = event->type == YAML_MAPPING_START_EVENT || event->type == YAML_SEQUENCE_START_EVENT;
    if (++r->n_nodes > MOST_NODES) {
        give_up(r, &place, "more than a million values: this is data, not a configuration");
        return LSNN_OK;
    }
    if (collection && r->source->depth + r->depth >= CONFIG_MAX_DEPTH) {
        give_up(r, &place, "nested deeper than 32 levels");
        return LSNN_OK;
    }
    config_node *node;
    TRY(node_begin(r, &node, err));
    node->origin = r->source->origin;
    node->place = place;
    if (!collection) return scalar_read(r, node, event, err);

    node->kind = event->type == YAML_MAPPING_START_EVENT ? CONFIG_MAP : CONFIG_LIST;
    if (properties_of(event).block) node->place.length = rest_of_line(place.excerpt, place.column - 1);
    r->open = node;
    r->depth++;
    r->last[r->depth] = NULL;
    r->n_keys[r->depth] = 0;
    return LSNN_OK;
}

static int by_key(const void *left, const void *right)
{
    const config_node *a = *(config_node *const *)left, *b = *(config_node *const *)right;
    int order = strcmp(a->key, b->key);
    if (order != 0) return order;
    if (a->key_place.line != b->key_place.line) return a->key_place.line < b->key_place.line ? -1 : 1;
    return a->key_place.column < b->key_place.column ? -1 : 1;
}

/* Sorted, because a hostile file has many keys. */
static lsnn_status duplicates_find(reader *r, const config_node *map, lsnn_error *err)
{
    int n = config_count(map);
    config_node **keys;
    if (n < 2) return LSNN_OK;
    TRY(arena_take(r->memory, &keys, (size_t)n, sizeof *keys, err));
    int i = 0;
    for (config_node *child = map->first; child != NULL; child = child->next)
        keys[i++] = child;
    qsort(keys, (size_t)n, sizeof *keys, by_key);
    for (i = 1; i < n; i++) {
        if (strcmp(keys[i - 1]->key, keys[i]->key) != 0) continue;
        int line = keys[i - 1]->key_place.line;
        if (line > 0) {
            config_mistake(r->report, &keys[i]->key_place, "the key '%s' is given twice; first in line %d",
                           keys[i]->key, line);
        } else {
            config_mistake(r->report, &keys[i]->key_place, "the key '%s' is given twice", keys[i]->key);
        }
    }
    return LSNN_OK;
}

static lsnn_status collection_end(reader *r, const yaml_event_t *event, lsnn_error *err)
{
    config_node *node = r->open;
    config_place *place = &node->place;
    bool same_line = r->source->excerpt != NULL || (int)event->end_mark.line + 1 == place->line;
    int end = (int)event->end_mark.column + r->source->offset;
    if (same_line && end > place->column - 1) place->length = end - (place->column - 1);
    r->depth--;
    r->open = node->parent;
    return node->kind == CONFIG_MAP ? duplicates_find(r, node, err) : LSNN_OK;
}

static lsnn_status event_read(reader *r, const yaml_event_t *event, lsnn_error *err)
{
    config_place place;
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (++r->n_documents > 1) {
            TRY(place_at(r, &place, event->start_mark, event->end_mark, err));
            give_up(r, &place, "a second document starts here; a configuration is one document");
        }
        return LSNN_OK;
    case YAML_SCALAR_EVENT:
    case YAML_ALIAS_EVENT:
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT: return value_read(r, event, err);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT: return collection_end(r, event, err);
    default: return LSNN_OK;
    }
}

static lsnn_status events_read(reader *r, lsnn_error *err)
{
    if (!yaml_parser_initialize(&r->yaml)) {
        return lsnn_fail(err, LSNN_MEMORY, "not enough memory to read %.500s", r->source->name);
    }
    yaml_parser_set_encoding(&r->yaml, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r->yaml, (const unsigned char *)r->source->text, r->source->length);
    lsnn_status status = LSNN_OK;
    for (bool end = false; status == LSNN_OK && !r->over && !end;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&r->yaml, &event)) {
            status = syntax_mistake(r, err);
            break;
        }
        end = event.type == YAML_STREAM_END_EVENT;
        status = event_read(r, &event, err);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&r->yaml);
    return status;
}

/* Bytes of the UTF-8 character at `at` that YAML allows, 0: none. */
static size_t character_length(const unsigned char *at, size_t left)
{
    unsigned char first = at[0];
    if (first < 0x80) return first >= ' ' ? first != 127 : first == '\t' || first == '\n' || first == '\r';
    size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || length > left) return 0;
    unsigned code = first & (0xFFU >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80) return 0;
        code = code << 6 | (at[i] & 0x3F);
    }
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[length] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return 0;
    if ((code >= 0x80 && code < 0xA0 && code != 0x85) || code == 0xFEFF || code == 0xFFFE || code == 0xFFFF) return 0;
    return length;
}

static lsnn_status text_refused(reader *r, yaml_mark_t mark, bool directive, unsigned char byte, lsnn_error *err)
{
    config_place place;
    TRY(place_at(r, &place, mark, mark, err));
    if (directive) {
        place.length = rest_of_line(place.excerpt, place.column - 1);
        config_mistake(r->report, &place, "directives (%%YAML, %%TAG) are not supported");
    } else if (r->source->length >= 4 && memcmp(r->source->text, "\x89HDF", 4) == 0) {
        config_mistake(r->report, &place,
                       "this is an HDF5 file, not a configuration; that of a run is config.yaml in its folder");
    } else {
        config_mistake(r->report, &place,
                       "the byte 0x%02X is not text: a configuration is UTF-8, without control characters", byte);
    }
    r->over = true;
    return LSNN_OK;
}

/* Before libyaml sees the text: it counts wrong bytes, but not lines, and is slow with many directives. */
static lsnn_status characters_check(reader *r, lsnn_error *err)
{
    yaml_mark_t mark = {0};
    for (size_t at = 0; at < r->source->length;) {
        const char *here = r->source->text + at;
        size_t length = character_length((const unsigned char *)here, r->source->length - at);
        size_t ends = break_length(here, r->source->length - at);
        bool directive = mark.column == 0 && *here == '%' && r->source->excerpt == NULL;
        if (length == 0 || directive) return text_refused(r, mark, directive, (unsigned char)*here, err);
        mark.column++;
        if (ends > 0) {
            mark.line++;
            mark.column = 0;
        }
        at += ends > 0 ? ends : length;
        r->n_characters++;
        r->n_lines = mark.line + (mark.column > 0);
    }
    return LSNN_OK;
}

lsnn_status config_yaml(config_node **out, arena *a, const config_source *source, config_report *report,
                        lsnn_error *err)
{
    reader r = {.memory = a, .report = report, .source = source};
    *out = NULL;
    TRY(characters_check(&r, err));
    if (!r.over) TRY(events_read(&r, err));
    *out = r.root;
    return LSNN_OK;
}
