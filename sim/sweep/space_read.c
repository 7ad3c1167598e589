/* From `sweep:` to a space. */
#include "lsnn/random.h"
#include "space.h"
#include "text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct reading {
    space *s;
    arena *a;
    config_report *report;
    fields_reader fields;
    lsnn_error *err;
} reading;

typedef struct block_fields {
    int draws, sampler;
    uint64_t sampler_seed;
    const config_node *search;
} block_fields;

static const lsnn_field block_table[] = {
    {"draws", LSNN_INT, offsetof(block_fields, draws), "0", NULL, 0, SPACE_MOST_TRIALS, false, NULL,
     "how often the parameters that are drawn are drawn"},
    {"sampler", LSNN_CHOICE, offsetof(block_fields, sampler), "random", NULL, 0, 0, false,
     "random|sobol|niederreiter|halton|reverse_halton", "how they are drawn"},
    {"sampler_seed", LSNN_SEED, offsetof(block_fields, sampler_seed), "1", NULL, 0, 0, false, NULL, "of `random`"},
    {"search", LSNN_NODE, offsetof(block_fields, search), "none", NULL, 0, 0, false, NULL,
     "which trials are stopped or made from the results of others"},
    LSNN_END,
};

bool space_is_setting(const char *key)
{
    for (const lsnn_field *field = block_table; field->name; field++)
        if (strcmp(field->name, key) == 0) return true;
    return false;
}

/* ---- values ------------------------------------------------------------------------------------------------------------ */

static void put_flow(FILE *out, const config_node *node)
{
    if (node->kind == CONFIG_SCALAR && !node->quoted) {
        fputs(node->text, out);
    } else if (node->kind == CONFIG_SCALAR) {
        fputc('"', out);
        for (const char *c = node->text; *c; c++)
            fprintf(out, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
        fputc('"', out);
    } else {
        fputc(node->kind == CONFIG_MAP ? '{' : '[', out);
        for (const config_node *child = node->first; child; child = child->next) {
            if (child != node->first) fputs(", ", out);
            if (node->kind == CONFIG_MAP) fprintf(out, "%s: ", child->key);
            put_flow(out, child);
        }
        fputc(node->kind == CONFIG_MAP ? '}' : ']', out);
    }
}

static lsnn_status flow(const reading *r, const char **out, const config_node *node)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    if (!stream) return lsnn_fail(r->err, LSNN_MEMORY, "not enough memory for a value of the sweep");
    put_flow(stream, node);
    fclose(stream);
    const lsnn_status status = arena_text(r->a, out, text, length, r->err);
    free(text);
    return status;
}

static lsnn_status take_values(const reading *r, space_parameter *p, int n)
{
    p->n = n;
    return arena_take(r->a, &p->values, (size_t)n, sizeof *p->values, r->err);
}

static lsnn_status read_list(const reading *r, space_parameter *p, const config_node *list)
{
    int k = 0;
    if (list->kind != CONFIG_LIST || !list->first) {
        config_mistake(r->report, &list->place, "'%s' needs a list of values that is not empty", p->path);
        return LSNN_OK;
    }
    TRY(take_values(r, p, config_count(list)));
    for (const config_node *entry = list->first; entry; entry = entry->next, k++) {
        p->values[k].place = entry->place;
        TRY(flow(r, &p->values[k].text, entry));
    }
    return LSNN_OK;
}

/* count values first, first + step, ...; exact for whole numbers. */
static lsnn_status count_up(const reading *r, space_parameter *p, double first, double step, double count,
                            const config_node *node)
{
    char text[32];
    if (!(count >= 1)) {
        config_mistake(r->report, &node->place, "the range of '%s' is empty", p->path);
        return LSNN_OK;
    }
    if (count > SPACE_MOST_TRIALS) {
        config_mistake(r->report, &node->place, "the range of '%s' has %.3g values; at most %d trials make a sweep",
                       p->path, count, SPACE_MOST_TRIALS);
        return LSNN_OK;
    }
    TRY(take_values(r, p, (int)count));
    p->monotonic = true;
    for (int k = 0; k < p->n; k++) {
        const double value = first + k * step;
        if (value == floor(value) && fabs(value) < 1e15)
            snprintf(text, sizeof text, "%.0f", value);
        else
            snprintf(text, sizeof text, "%.12g", value);
        p->values[k].place = node->place;
        TRY(arena_text(r->a, &p->values[k].text, text, strlen(text), r->err));
    }
    return LSNN_OK;
}

/* a..b, whole numbers. */
static bool is_range(double *from, double *to, const char *text)
{
    char *end;
    const long a = strtol(text, &end, 10);
    if (end == text || strncmp(end, "..", 2) != 0) return false;
    const char *second = end + 2;
    const long b = strtol(second, &end, 10);
    *from = (double)a;
    *to = (double)b;
    return end != second && *end == '\0';
}

static lsnn_status read_scalar(const reading *r, space_parameter *p, const config_node *node)
{
    double from, to;
    if (!node->quoted && is_range(&from, &to, node->text)) return count_up(r, p, from, 1, to - from + 1, node);
    TRY(take_values(r, p, 1));
    p->values[0].place = node->place;
    return flow(r, &p->values[0].text, node);
}

/* Exactly n numbers. */
static bool read_numbers(const reading *r, double *out, int n, const char *what, const config_node *node)
{
    const lsnn_field field = {.name = what, .kind = LSNN_REAL, .min = -INFINITY, .max = INFINITY};
    if (node->kind != CONFIG_LIST || config_count(node) != n) {
        config_mistake(r->report, &node->place, "'%s' takes %s", what,
                       n == 2 ? "[low, high]" : "three numbers: [first, last, step], or [first, last, how many]");
        return false;
    }
    for (const config_node *entry = node->first; entry; entry = entry->next)
        if (!fields_number(out++, &field, entry, &r->fields)) return false;
    return true;
}

static lsnn_status read_steps(const reading *r, space_parameter *p, const config_node *node)
{
    double n[3];
    if (!read_numbers(r, n, 3, "range", node)) return LSNN_OK;
    if (n[2] == 0 || (n[1] - n[0]) / n[2] < 0) {
        config_mistake(r->report, &node->place, "the range of '%s' is empty", p->path);
        return LSNN_OK;
    }
    return count_up(r, p, n[0], n[2], floor((n[1] - n[0]) / n[2] * (1 + 1e-12)) + 1, node);
}

static lsnn_status read_linear(const reading *r, space_parameter *p, const config_node *node)
{
    double n[3];
    if (!read_numbers(r, n, 3, "linear", node)) return LSNN_OK;
    return count_up(r, p, n[0], n[2] > 1 ? (n[1] - n[0]) / (n[2] - 1) : 0, floor(n[2]), node);
}

static lsnn_status read_log(const reading *r, space_parameter *p, const config_node *node)
{
    double n[3];
    if (!read_numbers(r, n, 3, "log", node)) return LSNN_OK;
    if (n[0] <= 0 || n[1] <= 0) {
        config_mistake(r->report, &node->place, "'log' takes numbers above 0");
        return LSNN_OK;
    }
    TRY(count_up(r, p, 0, 0, floor(n[2]), node));
    for (int k = 0; k < p->n; k++) {
        const double part = p->n > 1 ? (double)k / (p->n - 1) : 0;
        TRY(arena_format(r->a, &p->values[k].text, r->err, "%.6g", exp(log(n[0]) + part * (log(n[1]) - log(n[0])))));
    }
    return LSNN_OK;
}

static lsnn_status read_interval(const reading *r, space_parameter *p, const config_node *node, const char *name)
{
    double n[2];
    const bool whole = p->sort == SPACE_INTEGER || p->sort == SPACE_LOG_INTEGER;
    const bool logarithmic = p->sort == SPACE_LOG_UNIFORM || p->sort == SPACE_LOG_INTEGER;
    if (!read_numbers(r, n, 2, name, node)) return LSNN_OK;
    p->low = n[0];
    p->high = n[1];
    if (!(p->low < p->high))
        config_mistake(r->report, &node->place, "the range of '%s' is empty: the low end must be below the high one",
                       p->path);
    else if (logarithmic && p->low <= 0)
        config_mistake(r->report, &node->place, "'%s' takes numbers above 0", name);
    else if (whole && (p->low != floor(p->low) || p->high != floor(p->high) || p->high - p->low > 1e9))
        config_mistake(r->report, &node->place, "'%s' takes whole numbers that are at most 1e9 apart", name);
    return LSNN_OK;
}

/* ---- a parameter ------------------------------------------------------------------------------------------------------- */

enum { N_SORTS = 9 };
static const char *const sort_name[N_SORTS] = {"values",      "range",   "linear",      "log",   "uniform",
                                               "log_uniform", "integer", "log_integer", "choice"};

typedef struct spec_fields {
    const config_node *sort[N_SORTS], *when;
    const char *zip;
    int draws;
} spec_fields;

#define SORT(k, name, doc)                                                                                             \
    {                                                                                                                  \
        name, LSNN_NODE, offsetof(spec_fields, sort) + (k) * sizeof(config_node *), "none", NULL, 0, 0, false, NULL,   \
            doc                                                                                                        \
    }

static const lsnn_field spec_table[] = {
    SORT(0, "values", "a list"),
    SORT(1, "range", "[first, last, step]"),
    SORT(2, "linear", "[first, last, how many]"),
    SORT(3, "log", "[first, last, how many], evenly on a logarithmic scale"),
    SORT(4, "uniform", "[low, high]"),
    SORT(5, "log_uniform", "[low, high]"),
    SORT(6, "integer", "[low, high]"),
    SORT(7, "log_integer", "[low, high]"),
    SORT(8, "choice", "a list to draw from"),
    {"when", LSNN_NODE, offsetof(spec_fields, when), "none", NULL, 0, 0, false, NULL, "conditions"},
    {"zip", LSNN_TEXT, offsetof(spec_fields, zip), "", NULL, 0, 0, false, NULL, "name of a shared axis"},
    {"draws", LSNN_INT, offsetof(spec_fields, draws), "0", NULL, 0, SPACE_MOST_TRIALS, false, NULL,
     "so many draws as an axis of their own"},
    LSNN_END,
};

static lsnn_status read_sort(const reading *r, space_parameter *p, int sort, const config_node *node)
{
    static const space_sort sorts[N_SORTS] = {[4] = SPACE_UNIFORM, SPACE_LOG_UNIFORM, SPACE_INTEGER, SPACE_LOG_INTEGER,
                                              SPACE_CHOICE};
    p->sort = sorts[sort];
    switch (sort) {
    case 0:
    case 8: return read_list(r, p, node);
    case 1: return read_steps(r, p, node);
    case 2: return read_linear(r, p, node);
    case 3: return read_log(r, p, node);
    default: return read_interval(r, p, node, sort_name[sort]);
    }
}

/* An axis of its own from draws: they become a list. */
static lsnn_status draw_own(const reading *r, space_parameter *p, int draws, const config_node *node)
{
    space_value *values;
    lsnn_random stream =
        lsnn_random_stream(r->s->sampler_seed, LSNN_PARAMETERS, (uint64_t)(p - r->s->parameters), 1);
    TRY(arena_take(r->a, &values, (size_t)draws, sizeof *values, r->err));
    for (int k = 0; k < draws; k++) {
        values[k].place = node->place;
        TRY(space_at(&values[k].text, p, lsnn_random_uniform(&stream), r->a, r->err));
    }
    p->sort = SPACE_VALUES;
    p->n = draws;
    p->values = values;
    return LSNN_OK;
}

static lsnn_status read_condition(const reading *r, space_parameter *p, const config_node *node)
{
    space_condition *c = &p->conditions[p->n_conditions++];
    const config_node *entry = node->kind == CONFIG_LIST ? node->first : node;
    c->of = space_find(r->s, node->key);
    if (c->of < 0 || &r->s->parameters[c->of] >= p) {
        config_mistake(r->report, &node->key_place, "'when' of '%s' looks at '%s', which is not swept further up",
                       p->path, node->key);
        c->of = 0;
        return LSNN_OK;
    }
    const int n = node->kind == CONFIG_LIST ? config_count(node) : 1;
    TRY(arena_take(r->a, &c->values, (size_t)n + 1, sizeof *c->values, r->err));
    for (; entry && c->n < n; entry = entry->next)
        TRY(flow(r, &c->values[c->n++], entry));
    return LSNN_OK;
}

static lsnn_status read_when(const reading *r, space_parameter *p, const config_node *node)
{
    if (node->kind != CONFIG_MAP) {
        config_mistake(r->report, &node->place, "'when' is a map from parameters to the values that they must have");
        return LSNN_OK;
    }
    TRY(arena_take(r->a, &p->conditions, (size_t)config_count(node) + 1, sizeof *p->conditions, r->err));
    for (const config_node *child = node->first; child; child = child->next)
        TRY(read_condition(r, p, child));
    return LSNN_OK;
}

static lsnn_status read_spec(const reading *r, space_parameter *p, config_node *map)
{
    spec_fields own = {0};
    int sort = -1, n = 0;
    const int before = r->report->n_mistakes;
    TRY(fields_read(&own, spec_table, map, NULL, &r->fields, r->err));
    for (int k = 0; k < N_SORTS; k++) {
        if (!own.sort[k] || own.sort[k]->origin == CONFIG_DEFAULT) continue;
        sort = k;
        n++;
    }
    if (r->report->n_mistakes > before) return LSNN_OK;
    if (n != 1) {
        config_mistake(r->report, &map->place,
                       "'%s' needs one of: values, range, linear, log, uniform, log_uniform, integer, log_integer, "
                       "choice; a map as a value stands in a list",
                       p->path);
        return LSNN_OK;
    }
    TRY(read_sort(r, p, sort, own.sort[sort]));
    if (own.zip[0]) p->zip = own.zip;
    if (own.when->origin != CONFIG_DEFAULT) TRY(read_when(r, p, own.when));
    if (r->report->n_mistakes > before) return LSNN_OK;
    if (space_is_drawn(p) && own.draws > 0) return draw_own(r, p, own.draws, own.sort[sort]);
    if (own.draws > 0 || (space_is_drawn(p) && p->zip))
        config_mistake(r->report, &map->place, "'%s': draws go with what is drawn, and zip with lists", p->path);
    return LSNN_OK;
}

static lsnn_status read_parameter(const reading *r, config_node *node)
{
    space_parameter *p = &r->s->parameters[r->s->n_parameters];
    p->path = node->key;
    p->key = node->key_place;
    p->place = node->place;
    lsnn_status status = LSNN_OK;
    switch (node->kind) {
    case CONFIG_SCALAR: status = read_scalar(r, p, node); break;
    case CONFIG_LIST: status = read_list(r, p, node); break;
    case CONFIG_MAP: status = read_spec(r, p, node); break;
    }
    r->s->n_parameters++;
    return status;
}

/* ---- axes -------------------------------------------------------------------------------------------------------------- */

static const space_parameter *partner(const space *s, const space_parameter *p)
{
    for (const space_parameter *other = s->parameters; other < p; other++)
        if (p->zip && other->zip && strcmp(other->zip, p->zip) == 0) return other;
    return NULL;
}

static void assign_axes(const reading *r)
{
    space *s = r->s;
    s->n_axes = s->n_draws > 0;
    if (s->n_draws > 0) s->length[0] = s->n_draws;
    for (space_parameter *p = s->parameters; p < s->parameters + s->n_parameters; p++) {
        const space_parameter *other = partner(s, p);
        if (space_is_drawn(p)) {
            p->axis = 0;
        } else if (other) {
            p->axis = other->axis;
            if (other->n != p->n)
                config_mistake(r->report, &p->place, "'%s' has %d values, '%s', with which it is zipped, %d", p->path,
                               p->n, other->path, other->n);
        } else {
            p->axis = s->n_axes++;
            s->length[p->axis] = (size_t)p->n;
        }
    }
}

/* false after a mistake: too many points */
static bool measure(const reading *r, double *points, const config_node *block)
{
    space *s = r->s;
    *points = 1;
    for (int k = s->n_axes - 1; k >= 0; k--) {
        s->stride[k] = (size_t)*points;
        *points *= (double)s->length[k];
        if (*points > 1e15) break;
    }
    if (*points <= SPACE_MOST_TRIALS) return true;
    double all = 1;
    for (int k = 0; k < s->n_axes; k++)
        all *= (double)s->length[k];
    config_mistake(r->report, &block->place, "the sweep has %.3g trials; at most %d are possible", all,
                   SPACE_MOST_TRIALS);
    return false;
}

/* Whether the axis does not matter at this point: then only its first entry is a trial. */
static bool idle(const space *s, size_t point, int axis)
{
    size_t n = 0;
    for (int p = 0; p < s->n_parameters; p++) {
        const space_parameter *q = &s->parameters[p];
        if (q->axis != axis) continue;
        n++;
        if (q->n_conditions == 0) return false;
        const space one = {.n_parameters = s->n_parameters, .parameters = s->parameters, .n_axes = s->n_axes,
                           .length = s->length, .stride = s->stride, .drawn = s->drawn, .point = &point};
        if (space_value_of(&one, 0, p)) return false;
    }
    return n > 0;
}

static bool is_trial(const space *s, size_t point)
{
    for (int axis = 0; axis < s->n_axes; axis++)
        if (point / s->stride[axis] % s->length[axis] > 0 && idle(s, point, axis)) return false;
    return true;
}

static lsnn_status choose_points(const reading *r, size_t points)
{
    space *s = r->s;
    bool conditional = false;
    for (int p = 0; p < s->n_parameters; p++)
        conditional = conditional || s->parameters[p].n_conditions > 0;
    s->n_trials = points;
    if (!conditional) return LSNN_OK;
    TRY(arena_take(r->a, &s->point, points, sizeof *s->point, r->err));
    s->n_trials = 0;
    for (size_t point = 0; point < points; point++)
        if (is_trial(s, point)) s->point[s->n_trials++] = point;
    return LSNN_OK;
}

static lsnn_status read_settings(const reading *r, block_fields *own, config_node *block)
{
    const char **also;
    int n = 0;
    TRY(arena_take(r->a, &also, (size_t)config_count(block) + 1, sizeof *also, r->err));
    for (const config_node *child = block->first; child; child = child->next) {
        if (!space_is_setting(child->key)) also[n++] = child->key;
    }
    TRY(fields_read(own, block_table, block, also, &r->fields, r->err));
    r->s->sampler = (space_sampler)own->sampler;
    r->s->sampler_seed = own->sampler_seed;
    return LSNN_OK;
}

static lsnn_status read_block(const reading *r, config_node *block, size_t *draws)
{
    space *s = r->s;
    block_fields own = {0};
    const config_node *last = NULL;
    for (const config_node *child = block->first; child; child = child->next)
        last = child; /* what follows are defaults that reading adds */
    TRY(read_settings(r, &own, block));
    if (*draws == 0) *draws = (size_t)own.draws;
    for (config_node *child = block->first; child; child = child->next) {
        if (!space_is_setting(child->key)) TRY(read_parameter(r, child));
        if (child == last) break;
    }
    bool drawn = false;
    for (int p = 0; p < s->n_parameters; p++)
        drawn = drawn || space_is_drawn(&s->parameters[p]);
    if (drawn && *draws == 0)
        config_mistake(r->report, &block->place, "how many draws? For example draws=20, or 'draws: 20' in the block sweep");
    if (!drawn && *draws > 0)
        config_mistake(r->report, &block->place, "draws are asked for, but no parameter is drawn");
    return LSNN_OK;
}

lsnn_status space_read(space *out, const config_node *block, size_t draws, size_t first, arena *a,
                       config_report *report, lsnn_error *err)
{
    static config_node nothing = {.kind = CONFIG_MAP, .place = {.file = "sweep"}};
    reading r = {.s = out, .a = a, .report = report, .fields = {.memory = a, .report = report}, .err = err};
    config_node *map = (config_node *)(block ? block : &nothing);
    double points;
    *out = (space){0};
    if (map->kind != CONFIG_MAP) {
        config_mistake(report, &map->place, "'sweep' is a map from parameters to their values");
        return LSNN_OK;
    }
    const size_t most = (size_t)config_count(map) + 1;
    TRY(arena_take(a, &out->parameters, most, sizeof *out->parameters, err));
    TRY(arena_take(a, &out->length, most, sizeof *out->length, err));
    TRY(arena_take(a, &out->stride, most, sizeof *out->stride, err));
    const int before = report->n_mistakes;
    if (map != &nothing) TRY(read_block(&r, map, &draws));
    if (report->n_mistakes > before) return LSNN_OK;
    out->n_draws = draws;
    assign_axes(&r);
    if (!measure(&r, &points, map) || report->n_mistakes > before) return LSNN_OK;
    TRY(arena_take(a, &out->drawn, draws * (size_t)out->n_parameters + 1, sizeof *out->drawn, err));
    TRY(space_draw(out, 0, first > 0 ? first : draws, a, err));
    return choose_points(&r, (size_t)points);
}
