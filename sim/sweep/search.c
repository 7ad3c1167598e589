/* Settings of searches, rungs of asha, the median rule. */
#include "outcome.h"
#include "registry.h"
#include "search_inside.h"
#include "text.h"
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const search_name[] = {"none", "asha", "median", "cross_entropy", NULL};

#define METRIC_CHOICE(name) "|" #name
#define METRICS &OUTCOME_METRICS(METRIC_CHOICE)[1]
#define METRIC                                                                                                         \
    {                                                                                                                  \
        "metric", LSNN_CHOICE, offsetof(search, metric), "validation_error", NULL, 0, 0, false, METRICS,               \
            "what trials are judged by"                                                                                \
    }
#define GOAL                                                                                                           \
    {                                                                                                                  \
        "goal", LSNN_CHOICE, offsetof(search, maximise), "minimise", NULL, 0, 0, false, "minimise|maximise",           \
            "what a search does to it"                                                                                 \
    }

static const lsnn_field asha_table[] = {
    METRIC,
    GOAL,
    {"first", LSNN_INT, offsetof(search, first), "10", NULL, 1, 2e9, false, NULL, "iterations of the lowest rung"},
    {"factor", LSNN_INT, offsetof(search, factor), "3", NULL, 2, 1000, false, NULL,
     "between rungs; and one of so many trials goes on"},
    LSNN_END,
};

static const lsnn_field median_table[] = {
    METRIC,
    GOAL,
    {"every", LSNN_INT, offsetof(search, every), "10", NULL, 1, 2e9, false, NULL, "iterations between two looks"},
    {"after", LSNN_INT, offsetof(search, after), "0", NULL, 0, 2e9, false, NULL, "iterations before the first look"},
    {"at_least", LSNN_INT, offsetof(search, at_least), "5", NULL, 1, 1e6, false, NULL,
     "other trials that must have come so far"},
    LSNN_END,
};

static const lsnn_field cross_entropy_table[] = {
    METRIC,
    GOAL,
    {"population", LSNN_INT, offsetof(search, population), "20", NULL, 2, 1e6, false, NULL, "draws of a generation"},
    {"generations", LSNN_INT, offsetof(search, generations), "5", NULL, 1, 1e6, false, NULL, "how many"},
    {"elite", LSNN_REAL, offsetof(search, elite), "0.25", NULL, 0, 1, true, NULL,
     "part of a generation to which the next is fitted"},
    {"smoothing", LSNN_REAL, offsetof(search, smoothing), "0.7", NULL, 0, 1, true, NULL,
     "weight of the fit against the distribution before"},
    LSNN_END,
};

static const lsnn_field sampler_table[] = {
    METRIC,
    GOAL,
    {"generations", LSNN_INT, offsetof(search, generations), "10", NULL, 1, 1e6, false, NULL, "how many"},
    LSNN_END,
};

const lsnn_field *search_table(search_kind kind)
{
    static const lsnn_field none[] = {LSNN_END};
    static const lsnn_field *const tables[] = {none, asha_table, median_table, cross_entropy_table, sampler_table};
    return tables[kind];
}

const char *search_title(const search *s)
{
    return s->sampler ? s->sampler->name : search_name[s->kind];
}

/* ---- reading ----------------------------------------------------------------------------------------------------------- */

enum { MOST_KEYS = 64 };

/* The keys of a table, with those that any search has. */
static void list_keys(const char *keys[MOST_KEYS], const lsnn_field *fields)
{
    int n = 0;
    keys[n++] = "kind";
    for (; fields->name && n < MOST_KEYS - 1; fields++)
        keys[n++] = fields->name;
    keys[n] = NULL;
}

/* The search's settings and the sampler's stand side by side. */
static lsnn_status read_sampler(search *out, config_node *map, const fields_reader *reader, lsnn_error *err)
{
    const lsnn_sampler *sampler = out->sampler;
    const char *keys[MOST_KEYS];
    const int before = reader->report->n_mistakes;
    void *parameters;
    list_keys(keys, sampler->fields);
    TRY(fields_read(out, sampler_table, map, keys, reader, err));
    if (reader->report->n_mistakes > before) return LSNN_OK;
    TRY(arena_take(reader->memory, &parameters, 1, sampler->size, err));
    out->parameters = parameters;
    list_keys(keys, sampler_table);
    return fields_read(parameters, sampler->fields, map, keys, reader, err);
}

static void refuse_kind(const config_node *node, const char *word, config_report *report)
{
    const char *names[MOST_KEYS];
    int n = 0;
    for (; search_name[n]; n++)
        names[n] = search_name[n];
    const int n_samplers = registry_sampler_names(names + n, MOST_KEYS - n);
    n = n + n_samplers < MOST_KEYS ? n + n_samplers : MOST_KEYS;
    const char *near = text_nearest(word, names, n);
    config_mistake(report, &node->place,
                   "a search is none, asha, median, cross_entropy or a sampler (see lsnn describe), or a map with such "
                   "a 'kind'%s%s%s",
                   near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static lsnn_status read_kind(search *out, config_node *node, const fields_reader *reader, lsnn_error *err)
{
    static const char *const also[] = {"kind", NULL};
    const config_node *word = node->kind == CONFIG_MAP ? config_get(node, "kind") : node;
    const char *name = word && word->kind == CONFIG_SCALAR ? word->text : "";
    int kind = 0;
    while (search_name[kind] && strcmp(search_name[kind], name) != 0)
        kind++;
    if (kind == SEARCH_SAMPLER) out->sampler = registry_sampler(name);
    if (kind == SEARCH_SAMPLER && !out->sampler) {
        refuse_kind(word ? word : node, name, reader->report);
        return LSNN_OK;
    }
    config_node alone = {.kind = CONFIG_MAP, .place = node->place, .key = node->key, .key_place = node->key_place};
    out->kind = (search_kind)kind;
    out->place = node->place;
    config_node *map = node->kind == CONFIG_MAP ? node : &alone;
    return out->sampler ? read_sampler(out, map, reader, err)
                        : fields_read(out, search_table(out->kind), map, also, reader, err);
}

lsnn_status search_read(search *out, const config_node *block, arena *a, config_report *report, lsnn_error *err)
{
    const fields_reader reader = {.memory = a, .report = report};
    config_node *node = config_get(block, "search");
    *out = (search){0};
    if (!node) return LSNN_OK;
    const int before = report->n_mistakes;
    TRY(read_kind(out, node, &reader, err));
    if (report->n_mistakes > before) return LSNN_OK;
    if ((out->kind == SEARCH_ASHA || out->kind == SEARCH_MEDIAN) && out->metric >= OUTCOME_test_loss)
        config_mistake(report, &node->place, "%s needs a metric that there is during training", search_name[out->kind]);
    return LSNN_OK;
}

double search_cost(const search *s, const double *metric)
{
    return s->maximise ? -metric[s->metric] : metric[s->metric];
}

/* ---- generations --------------------------------------------------------------------------------------------------------- */

bool search_grows(const search *s)
{
    return s->kind == SEARCH_CROSS_ENTROPY || s->kind == SEARCH_SAMPLER;
}

size_t search_population(const search *s, const space *sp)
{
    return (size_t)(s->sampler ? s->sampler->population(s->parameters, space_n_drawn(sp)) : s->population);
}

size_t search_draws(const search *s, const space *sp)
{
    return search_grows(s) ? search_population(s, sp) * (size_t)s->generations : 0;
}

void search_check(const search *s, const space *sp, config_report *report)
{
    if (!search_grows(s)) return;
    if (space_n_drawn(sp) == 0) {
        config_mistake(report, &s->place,
                       "%s needs settings that are drawn: uniform, log_uniform, integer, log_integer", search_title(s));
        return;
    }
    for (const space_parameter *p = sp->parameters; p < sp->parameters + sp->n_parameters; p++) {
        if (p->n_conditions > 0) config_mistake(report, &s->place, "%s: there can be no conditions", search_title(s));
        if (s->sampler && p->sort == SPACE_CHOICE)
            config_mistake(report, &p->place,
                           "%s moves numbers, and '%s' is a choice: give a list, of which all is tried, or take "
                           "cross_entropy",
                           search_title(s), p->path);
    }
    if ((double)search_population(s, sp) * s->generations > SPACE_MOST_TRIALS)
        config_mistake(report, &s->place, "more than %d draws", SPACE_MOST_TRIALS);
}

lsnn_status search_generation(const search *s, space *sp, int g, const double *const *scores, arena *a, lsnn_error *err)
{
    TRY((s->sampler ? search_sampler : search_cross_entropy)(s, sp, g, scores, a, err));
    sp->n_known = ((size_t)g + 1) * search_population(s, sp);
    return LSNN_OK;
}

/* ---- asha -------------------------------------------------------------------------------------------------------------- */

uint64_t search_rung(const search *s, int rung, uint64_t iterations, uint64_t validate_every)
{
    if (s->kind != SEARCH_ASHA) return UINT64_MAX;
    uint64_t until = (uint64_t)s->first;
    for (int k = 0; k < rung && until < iterations; k++)
        until *= (uint64_t)s->factor;
    if (validate_every > 0) until = (until + validate_every - 1) / validate_every * validate_every;
    return until < iterations ? until : UINT64_MAX;
}

int search_rungs(const search *s, uint64_t iterations, uint64_t validate_every)
{
    int n = 1;
    while (search_rung(s, n - 1, iterations, validate_every) != UINT64_MAX)
        n++;
    return n;
}

/* ---- median ------------------------------------------------------------------------------------------------------------ */

lsnn_status search_report(const char *path, uint64_t iteration, double value, lsnn_error *err)
{
    FILE *file = fopen(path, "a");
    const bool good = file && fprintf(file, "%" PRIu64 " %.9g\n", iteration, value) > 0;
    if ((!file || fclose(file) == 0) && good) return LSNN_OK;
    return lsnn_fail(err, LSNN_OUTPUT, "%s cannot be written: %s", path, strerror(errno));
}

bool search_average(const char *path, uint64_t iteration, double *mean, double *best)
{
    FILE *file = fopen(path, "r");
    uint64_t at, last = 0;
    double value, sum = 0;
    int n = 0;
    *best = INFINITY;
    if (!file) return false;
    while (last < iteration && fscanf(file, "%" SCNu64 " %lf", &at, &value) == 2) {
        if (at <= last) continue; /* said again by a trial that was killed */
        last = at;
        sum += value;
        n++;
        if (value < *best) *best = value;
    }
    fclose(file);
    *mean = sum / (n > 0 ? n : 1);
    return n > 0 && last >= iteration;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double search_median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, by_value);
    return n % 2 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
}
