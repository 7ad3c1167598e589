/* Settings of searches, rungs of asha, the median rule. */
#include "search.h"
#include "outcome.h"
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const search_name[] = {"none", "asha", "median", "cross_entropy", NULL};

#define METRICS "loss|error|rate|validation_loss|validation_error|test_loss|test_error|cv|synchrony"
#define METRIC                                                                                                         \
    {                                                                                                                  \
        "metric", LSNN_CHOICE, offsetof(search, metric), "validation_error", NULL, 0, 0, false, METRICS,               \
            "what is made small"                                                                                       \
    }

static const lsnn_field asha_table[] = {
    METRIC,
    {"first", LSNN_INT, offsetof(search, first), "10", NULL, 1, 2e9, false, NULL, "iterations of the lowest rung"},
    {"factor", LSNN_INT, offsetof(search, factor), "3", NULL, 2, 1000, false, NULL,
     "between rungs; and one of so many trials goes on"},
    LSNN_END,
};

static const lsnn_field median_table[] = {
    METRIC,
    {"every", LSNN_INT, offsetof(search, every), "10", NULL, 1, 2e9, false, NULL, "iterations between two looks"},
    {"after", LSNN_INT, offsetof(search, after), "0", NULL, 0, 2e9, false, NULL, "iterations before the first look"},
    {"at_least", LSNN_INT, offsetof(search, at_least), "5", NULL, 1, 1e6, false, NULL,
     "other trials that must have come so far"},
    LSNN_END,
};

static const lsnn_field cross_entropy_table[] = {
    METRIC,
    {"population", LSNN_INT, offsetof(search, population), "20", NULL, 2, 1e6, false, NULL, "draws of a generation"},
    {"generations", LSNN_INT, offsetof(search, generations), "5", NULL, 1, 1e6, false, NULL, "how many"},
    {"elite", LSNN_REAL, offsetof(search, elite), "0.25", NULL, 0, 1, true, NULL,
     "part of a generation to which the next is fitted"},
    {"smoothing", LSNN_REAL, offsetof(search, smoothing), "0.7", NULL, 0, 1, true, NULL,
     "weight of the fit against the distribution before"},
    LSNN_END,
};

const lsnn_field *search_table(search_kind kind)
{
    static const lsnn_field none[] = {LSNN_END};
    static const lsnn_field *const tables[] = {none, asha_table, median_table, cross_entropy_table};
    return tables[kind];
}

static lsnn_status read_kind(search *out, config_node *node, const fields_reader *reader, lsnn_error *err)
{
    static const char *const also[] = {"kind", NULL};
    const config_node *word = node->kind == CONFIG_MAP ? config_get(node, "kind") : node;
    int kind = 0;
    while (word && word->kind == CONFIG_SCALAR && search_name[kind] && strcmp(search_name[kind], word->text) != 0)
        kind++;
    if (!word || word->kind != CONFIG_SCALAR || !search_name[kind]) {
        config_mistake(reader->report, word ? &word->place : &node->place,
                       "a search is none, asha, median or cross_entropy, or a map with such a 'kind'");
        return LSNN_OK;
    }
    config_node alone = {.kind = CONFIG_MAP, .place = node->place, .key = node->key, .key_place = node->key_place};
    out->kind = (search_kind)kind;
    out->place = node->place;
    return fields_read(out, search_table(out->kind), node->kind == CONFIG_MAP ? node : &alone, also, reader, err);
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
    if (out->kind == SEARCH_CROSS_ENTROPY && (double)out->population * out->generations > SPACE_MOST_TRIALS)
        config_mistake(report, &node->place, "more than %d draws", SPACE_MOST_TRIALS);
    return LSNN_OK;
}

size_t search_draws(const search *s)
{
    return s->kind == SEARCH_CROSS_ENTROPY ? (size_t)s->population * (size_t)s->generations : 0;
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
