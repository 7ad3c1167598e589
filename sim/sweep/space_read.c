/* From `sweep:` to a space. */
#include "lsnn/random.h"
#include "space_axes.h"
#include <stdlib.h>
#include <string.h>

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
    {"sampler_seed", LSNN_SEED, offsetof(block_fields, sampler_seed), "1", NULL, 0, 0, false, NULL,
     "of `random`, and of searches that draw"},
    {"search", LSNN_NODE, offsetof(block_fields, search), "none", NULL, 0, 0, false, NULL,
     "which trials are stopped or made from the results of others"},
    LSNN_END,
};

const lsnn_field *space_block_table(void)
{
    return block_table;
}

bool space_is_setting(const char *key)
{
    for (const lsnn_field *field = block_table; field->name; field++)
        if (strcmp(field->name, key) == 0) return true;
    return false;
}

/* ---- a parameter ------------------------------------------------------------------------------------------------------- */

typedef struct spec_fields {
    const config_node *kind[SPACE_VALUES_KINDS], *when;
    const char *zip;
    int draws;
} spec_fields;

#define KIND(k, name, doc)                                                                                             \
    {                                                                                                                  \
        name, LSNN_NODE, offsetof(spec_fields, kind) + (k) * sizeof(config_node *), "none", NULL, 0, 0, false, NULL,   \
            doc                                                                                                        \
    }

static const lsnn_field spec_table[] = {
    KIND(0, "values", "a list"),
    KIND(1, "range", "[first, last, step]"),
    KIND(2, "linear", "[first, last, how many]"),
    KIND(3, "log", "[first, last, how many], evenly on a logarithmic scale"),
    KIND(4, "uniform", "[low, high]"),
    KIND(5, "log_uniform", "[low, high]"),
    KIND(6, "integer", "[low, high]"),
    KIND(7, "log_integer", "[low, high]"),
    KIND(8, "choice", "a list to draw from"),
    {"when", LSNN_NODE, offsetof(spec_fields, when), "none", NULL, 0, 0, false, NULL, "conditions"},
    {"zip", LSNN_TEXT, offsetof(spec_fields, zip), "", NULL, 0, 0, false, NULL, "name of a shared axis"},
    {"draws", LSNN_INT, offsetof(spec_fields, draws), "0", NULL, 0, SPACE_MOST_TRIALS, false, NULL,
     "so many draws as an axis of their own"},
    LSNN_END,
};

const lsnn_field *space_parameter_table(void)
{
    return spec_table;
}

/* An axis of its own from draws: they become a list. */
static lsnn_status draw_own(const space_reading *r, space_parameter *p, int draws, const config_node *node)
{
    space_value *values;
    lsnn_random stream = lsnn_random_stream(r->s->sampler_seed, LSNN_PARAMETERS, (uint64_t)(p - r->s->parameters), 1);
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

static lsnn_status read_condition(const space_reading *r, space_parameter *p, const config_node *node)
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
        TRY(space_values_flow(r, &c->values[c->n++], entry));
    return LSNN_OK;
}

static lsnn_status read_when(const space_reading *r, space_parameter *p, const config_node *node)
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

static int by_text(const void *a, const void *b)
{
    const space_value *x = *(const space_value *const *)a, *y = *(const space_value *const *)b;
    const int order = strcmp(x->text, y->text);
    return order != 0 ? order : (x > y) - (x < y);
}

/* One value twice would be the same trials twice. */
static lsnn_status refuse_repeats(const space_reading *r, const space_parameter *p)
{
    const space_value **sorted;
    TRY(arena_take(r->a, &sorted, (size_t)p->n + 1, sizeof *sorted, r->err));
    for (int k = 0; k < p->n; k++)
        sorted[k] = &p->values[k];
    qsort(sorted, (size_t)p->n, sizeof *sorted, by_text);
    for (int k = 1; k < p->n; k++) {
        if (strcmp(sorted[k]->text, sorted[k - 1]->text) != 0) continue;
        config_mistake(r->report, &sorted[k]->place, "'%s' has the value %s twice", p->path, sorted[k]->text);
        break;
    }
    return LSNN_OK;
}

static lsnn_status read_spec(const space_reading *r, space_parameter *p, config_node *map)
{
    spec_fields own = {0};
    int kind = -1, n = 0;
    const int before = r->report->n_mistakes;
    TRY(fields_read(&own, spec_table, map, NULL, &r->fields, r->err));
    for (int k = 0; k < SPACE_VALUES_KINDS; k++) {
        if (!own.kind[k] || own.kind[k]->origin == CONFIG_DEFAULT) continue;
        kind = k;
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
    TRY(space_values_of_kind(r, p, kind, own.kind[kind]));
    if (own.zip[0]) p->zip = own.zip;
    if (kind == 0 && !p->zip) TRY(refuse_repeats(r, p)); /* lists that are zipped may repeat theirs */
    if (own.when->origin != CONFIG_DEFAULT) TRY(read_when(r, p, own.when));
    if (r->report->n_mistakes > before) return LSNN_OK;
    if (space_is_drawn(p) && own.draws > 0) return draw_own(r, p, own.draws, own.kind[kind]);
    if (own.draws > 0 || (space_is_drawn(p) && p->zip))
        config_mistake(r->report, &map->place, "'%s': draws go with what is drawn, and zip with lists", p->path);
    return LSNN_OK;
}

static lsnn_status read_parameter(const space_reading *r, config_node *node)
{
    space_parameter *p = &r->s->parameters[r->s->n_parameters];
    p->path = node->key;
    p->key = node->key_place;
    p->place = node->place;
    lsnn_status status = LSNN_OK;
    switch (node->kind) {
    case CONFIG_SCALAR: status = space_values_scalar(r, p, node); break;
    case CONFIG_LIST:
        status = space_values_list(r, p, node);
        if (status == LSNN_OK) status = refuse_repeats(r, p);
        break;
    case CONFIG_MAP: status = read_spec(r, p, node); break;
    }
    r->s->n_parameters++;
    return status;
}

/* ---- the block ------------------------------------------------------------------------------------------------------ */

static lsnn_status read_settings(const space_reading *r, block_fields *own, config_node *block)
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

static lsnn_status read_block(const space_reading *r, config_node *block)
{
    block_fields own = {0};
    const config_node *last = NULL;
    for (const config_node *child = block->first; child; child = child->next)
        last = child; /* what follows are defaults that reading adds */
    TRY(read_settings(r, &own, block));
    r->s->n_draws = (size_t)own.draws;
    for (config_node *child = block->first; child; child = child->next) {
        if (!space_is_setting(child->key)) TRY(read_parameter(r, child));
        if (child == last) break;
    }
    return LSNN_OK;
}

lsnn_status space_read(space *out, const config_node *block, arena *a, config_report *report, lsnn_error *err)
{
    static config_node nothing = {.kind = CONFIG_MAP, .place = {.file = "sweep"}};
    space_reading r = {.s = out, .a = a, .report = report, .fields = {.memory = a, .report = report}, .err = err};
    config_node *map = (config_node *)(block ? block : &nothing);
    *out = (space){.place = map->place};
    if (map->kind != CONFIG_MAP) {
        config_mistake(report, &map->place, "'sweep' is a map from parameters to their values");
        return LSNN_OK;
    }
    const size_t most = (size_t)config_count(map) + 1;
    TRY(arena_take(a, &out->parameters, most, sizeof *out->parameters, err));
    TRY(arena_take(a, &out->length, most, sizeof *out->length, err));
    TRY(arena_take(a, &out->stride, most, sizeof *out->stride, err));
    return map != &nothing ? read_block(&r, map) : LSNN_OK;
}

/* ---- the trials ------------------------------------------------------------------------------------------------------ */

static bool has_draws(const space *s, config_report *report)
{
    const bool drawn = space_n_drawn(s) > 0;
    if (drawn && s->n_draws == 0)
        config_mistake(report, &s->place, "how many draws? For example draws=20, or 'draws: 20' in the block sweep");
    if (!drawn && s->n_draws > 0) config_mistake(report, &s->place, "draws are asked for, but no parameter is drawn");
    return drawn == (s->n_draws > 0);
}

lsnn_status space_lay(space *s, size_t draws, arena *a, config_report *report, lsnn_error *err)
{
    const space_reading r = {.s = s, .a = a, .report = report, .err = err};
    double points;
    if (draws > 0) s->n_draws = draws;
    if (!has_draws(s, report) || !space_axes_lay(&r, &points)) return LSNN_OK;
    TRY(arena_take(a, &s->drawn, s->n_draws * (size_t)s->n_parameters + 1, sizeof *s->drawn, err));
    if (draws == 0) TRY(space_draw(s, 0, s->n_draws, a, err));
    return space_axes_trials(&r, (size_t)points);
}
