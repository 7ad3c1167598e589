/* The config as a tree: looking up, adding, changing. */
#include "config_inside.h"
#include "utf8.h"
#include <ctype.h>
#include <string.h>

config_node *config_get(const config_node *map, const char *key)
{
    if (map == NULL || map->kind != CONFIG_MAP) return NULL;
    for (config_node *child = map->first; child != NULL; child = child->next) {
        if (strcmp(child->key, key) == 0) return child;
    }
    return NULL;
}

config_node *config_take(config_node *map, const char *key)
{
    if (map->kind != CONFIG_MAP) return NULL;
    for (config_node **link = &map->first; *link != NULL; link = &(*link)->next) {
        config_node *child = *link;
        if (strcmp(child->key, key) != 0) continue;
        *link = child->next;
        return child;
    }
    return NULL;
}

int config_count(const config_node *node)
{
    int n = 0;
    for (const config_node *child = node->first; child != NULL; child = child->next)
        n++;
    return n;
}

lsnn_status config_add(config_node **out, config_node *parent, arena *a, config_kind kind, const char *key,
                       const char *text, config_origin origin, lsnn_error *err)
{
    config_node *node;
    TRY(arena_take(a, &node, 1, sizeof *node, err));
    node->kind = kind;
    node->origin = origin;
    node->parent = parent;
    if (key != NULL) TRY(arena_text(a, &node->key, key, strlen(key), err));
    if (text != NULL) {
        TRY(arena_text(a, &node->text, text, strlen(text), err));
        node->quoted = !config_plain(text);
    }
    const char *const files[] = {
        [CONFIG_FILE] = parent->place.file, [CONFIG_OVERRIDE] = CONFIG_COMMAND_LINE, [CONFIG_DEFAULT] = "default"};
    node->place.file = files[origin];
    if (origin == CONFIG_DEFAULT) node->place.within = &parent->place;
    node->key_place = node->place;

    config_node **link = &parent->first;
    while (*link != NULL)
        link = &(*link)->next;
    *link = node;
    *out = node;
    return LSNN_OK;
}

bool config_is_reset(const config_node *node)
{
    return node->kind == CONFIG_SCALAR && node->origin == CONFIG_OVERRIDE && !node->quoted &&
           strcmp(node->text, "default") == 0;
}

bool config_take_reset(config_node *map, const char *key)
{
    for (config_node **link = &map->first; *link != NULL; link = &(*link)->next) {
        if (strcmp((*link)->key, key) != 0) continue;
        const bool reset = config_is_reset(*link);
        if (reset) *link = (*link)->next;
        return reset;
    }
    return false;
}

void config_drop_resets(config_node *root)
{
    for (config_node **link = &root->first; *link != NULL;) {
        config_drop_resets(*link);
        if (config_is_reset(*link))
            *link = (*link)->next;
        else
            link = &(*link)->next;
    }
}

/* Trees are of a depth that reading limits. */
lsnn_status config_copy(config_node **out, const config_node *root, arena *a, lsnn_error *err)
{
    config_node *node;
    TRY(arena_take(a, &node, 1, sizeof *node, err));
    *node = *root;
    config_node **link = &node->first;
    for (const config_node *child = root->first; child != NULL; child = child->next) {
        TRY(config_copy(link, child, a, err));
        (*link)->parent = node;
        link = &(*link)->next;
    }
    *out = node;
    return LSNN_OK;
}

void config_replace(config_node *node, const config_node *from)
{
    node->kind = from->kind;
    node->origin = from->origin;
    node->place = from->place;
    node->text = from->text;
    node->quoted = from->quoted;
    node->first = from->first;
    for (config_node *child = node->first; child != NULL; child = child->next)
        child->parent = node;
}

static int depth_of(const config_node *node)
{
    int depth = 0;
    for (; node->parent != NULL; node = node->parent)
        depth++;
    return depth;
}

static int columns(const char *text, size_t n_bytes)
{
    int n = 0;
    for (size_t i = 0; i < n_bytes; i++)
        n += ((unsigned char)text[i] & 0xC0) != 0x80;
    return n;
}

static lsnn_status set(config_node *node, arena *a, const char *excerpt, size_t start, config_origin origin,
                       config_report *report, lsnn_error *err)
{
    config_source source = {
        .name = origin == CONFIG_OVERRIDE ? CONFIG_COMMAND_LINE : "default",
        .text = excerpt + start,
        .length = strlen(excerpt + start),
        .origin = origin,
        .excerpt = excerpt,
        .offset = columns(excerpt, start),
        .depth = depth_of(node),
        .within = origin == CONFIG_DEFAULT ? &node->parent->place : NULL,
    };
    config_node *value;
    TRY(config_yaml(&value, a, &source, report, err));
    config_node nothing = {.origin = origin, .text = ""};
    nothing.place = (config_place){
        .file = source.name, .column = source.offset + 1, .excerpt = excerpt, .length = 1, .within = source.within};
    config_replace(node, value == NULL ? &nothing : value);
    return LSNN_OK;
}

lsnn_status config_set(config_node *node, arena *a, const char *excerpt, size_t start, config_origin origin,
                       lsnn_error *err)
{
    config_report report = {0};
    TRY(set(node, a, excerpt, start, origin, &report, err));
    return config_verdict(&report, err);
}

static void find_entry(config_node **out, const config_node *list, const char *position, const config_place *place,
                       config_report *report)
{
    int n = config_count(list), wanted = 0;
    const char *at = position;
    for (; *at >= '0' && *at <= '9' && wanted < n; at++)
        wanted = 10 * wanted + (*at - '0');
    if (*at != '\0' || wanted >= n) {
        config_mistake(report, place, "'%s' is no entry of this list of %d; they are numbered from 0", position, n);
        return;
    }
    *out = list->first;
    for (int i = 0; i < wanted; i++)
        *out = (*out)->next;
}

/* A single word where a map is wanted is short for its entry `kind`: learning.rule.feedback=random should work with
 * `rule: eprop`. Anything else gives way to the map. */
static lsnn_status scalar_to_map(config_node *node, arena *a, const config_place *place, lsnn_error *err)
{
    config_node word = *node, *kind;
    const bool reset = config_is_reset(node);
    node->kind = CONFIG_MAP;
    node->text = NULL;
    node->quoted = false;
    node->place = *place;
    if (reset || !isalpha((unsigned char)word.text[0])) return LSNN_OK;
    TRY(config_add(&kind, node, a, CONFIG_SCALAR, "kind", word.text, word.origin, err));
    config_replace(kind, &word);
    kind->key_place = word.place;
    return LSNN_OK;
}

/* One step along the path of an override; NULL after a mistake. */
static lsnn_status descend(config_node **out, config_node *node, arena *a, const char *name, const config_place *place,
                           config_report *report, lsnn_error *err)
{
    *out = NULL;
    if (name[0] == '\0' || strlen(name) > CONFIG_MAX_KEY) {
        config_mistake(report, place, "%s", name[0] == '\0' ? "a name is missing here" : "this is too long for a name");
        return LSNN_OK;
    }
    if (node->kind == CONFIG_LIST) {
        find_entry(out, node, name, place, report);
        return LSNN_OK;
    }
    if (node->kind == CONFIG_SCALAR) TRY(scalar_to_map(node, a, place, err));
    *out = config_get(node, name);
    if (*out != NULL) return LSNN_OK;
    TRY(config_add(out, node, a, CONFIG_MAP, name, NULL, CONFIG_OVERRIDE, err));
    (*out)->key_place = (*out)->place = *place;
    return LSNN_OK;
}

static bool is_one_line(const char *text)
{
    uint32_t point;
    for (int n; (n = utf8_next(&point, text)) > 0; text += n) {
        if (point < ' ' || (point >= 0x7f && point < 0xa0) || point == UTF8_ILL_FORMED) return false;
    }
    return true;
}

static lsnn_status override(config_node *node, arena *a, const char *assignment, config_report *report, lsnn_error *err)
{
    config_place place = {.file = CONFIG_COMMAND_LINE, .column = 1, .excerpt = assignment};
    size_t path_length = strcspn(assignment, "=");
    place.length = columns(assignment, path_length);
    if (assignment[path_length] == '\0' || !is_one_line(assignment)) {
        config_mistake(report, &place, "an override is one line like 'learning.rate=0.01'");
        return LSNN_OK;
    }
    if (strcspn(assignment, ".=") == strlen("include") && strncmp(assignment, "include", strlen("include")) == 0) {
        config_mistake(report, &place, "'include' works at the top of a file only");
        return LSNN_OK;
    }
    for (size_t start = 0, length, depth = 1; start <= path_length; start += length + 1, depth++) {
        const char *name;
        length = strcspn(assignment + start, ".=");
        TRY(arena_text(a, &name, assignment + start, length, err));
        place.column = columns(assignment, start) + 1;
        place.length = columns(name, length);
        if (depth > CONFIG_MAX_DEPTH) {
            config_mistake(report, &place, "nested deeper than 32 levels");
            return LSNN_OK;
        }
        TRY(descend(&node, node, a, name, &place, report, err));
        if (node == NULL) return LSNN_OK;
    }
    if (node->key != NULL) node->key_place = place;
    return set(node, a, assignment, path_length + 1, CONFIG_OVERRIDE, report, err);
}

lsnn_status config_override(config_node *root, arena *a, const char *assignment, lsnn_error *err)
{
    config_report report = {0};
    const char *copy;
    TRY(arena_text(a, &copy, assignment, strlen(assignment), err));
    TRY(override(root, a, copy, &report, err));
    return config_verdict(&report, err);
}

static int position_in_parent(const config_node *node)
{
    int position = 0;
    for (const config_node *child = node->parent->first; child != node; child = child->next)
        position++;
    return position;
}

lsnn_status config_path(const char **out, const config_node *node, arena *a, lsnn_error *err)
{
    if (node->parent == NULL) return arena_text(a, out, "", 0, err);
    const char *above;
    TRY(config_path(&above, node->parent, a, err));
    const char *dot = above[0] == '\0' ? "" : ".";
    if (node->key != NULL) return arena_format(a, out, err, "%s%s%s", above, dot, node->key);
    return arena_format(a, out, err, "%s%s%d", above, dot, position_in_parent(node));
}
