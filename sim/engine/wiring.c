/* Wiring patterns, weights and delays. Each row (or column, for fixed in-degree) draws from a stream of its own. */
#include "wiring.h"
#include "balance.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum pattern_kind { ALL_TO_ALL, ONE_TO_ONE, PROBABILITY, IN_DEGREE, FROM_FILE } pattern_kind;

typedef struct pattern {
    pattern_kind kind;
    double number;                            /* p or k */
    size_t n;                                 /* FROM_FILE */
    const double *from, *to, *weight, *delay; /* the last two may be NULL */
} pattern;

#define MOST_SYNAPSES ((size_t)1 << 31)

static bool wrong_pattern(const config_node *node, const fields_reader *reader)
{
    config_mistake(
        reader->report, &node->place,
        "wiring is all_to_all, one_to_one, {probability: p}, {in_degree: k} or {file: wires.h5, group: /name}");
    return false;
}

static lsnn_status read_wires(pattern *out, const config_node *node, const wiring_site *site, const values_files *files,
                              const fields_reader *reader, bool *good, lsnn_error *err)
{
    const config_node *file = config_get(node, "file"), *group = config_get(node, "group");
    if (!group || group->kind != CONFIG_SCALAR || file->kind != CONFIG_SCALAR || !files) {
        *good = wrong_pattern(node, reader);
        return LSNN_OK;
    }
    static const char *const names[] = {"source", "target", "weight", "delay"};
    const double **columns[] = {&out->from, &out->to, &out->weight, &out->delay};
    const char *path;
    TRY(values_path(&path, reader->memory, files->directory, file->text, err));
    for (int c = 0; c < 4; c++) {
        const char *dataset;
        double *values;
        size_t n;
        TRY(arena_format(reader->memory, &dataset, err, "%s/%s", group->text, names[c]));
        if (c >= 2 && !files->has(path, dataset)) continue;
        TRY(files->numbers(&values, &n, reader->memory, path, dataset, err));
        if (c > 0 && n != out->n)
            return lsnn_fail(err, LSNN_DATA, "%s: %s has %zu entries, source has %zu", path, dataset, n, out->n);
        out->n = n;
        *columns[c] = values;
    }
    for (size_t k = 0; k < out->n; k++)
        if (!(out->from[k] >= 0 && out->from[k] < site->n_from && out->to[k] >= 0 && out->to[k] < site->n_to))
            return lsnn_fail(err, LSNN_DATA,
                             "%s: synapse %zu goes from %g to %g, but there are %d sources and %d targets", path, k,
                             out->from[k], out->to[k], site->n_from, site->n_to);
    return LSNN_OK;
}

static lsnn_status read_pattern(pattern *out, const wiring_site *site, const values_files *files,
                                const fields_reader *reader, bool *good, lsnn_error *err)
{
    const config_node *node = site->pattern;
    const lsnn_field p = {.name = "probability", .kind = LSNN_REAL, .min = 0, .max = 1};
    const lsnn_field k = {
        .name = "in_degree", .kind = LSNN_INT, .min = 0, .max = site->n_from - (site->same && !site->autapses)};
    *out = (pattern){.kind = ALL_TO_ALL};
    if (node->kind == CONFIG_SCALAR) {
        if (strcmp(node->text, "one_to_one") == 0)
            out->kind = ONE_TO_ONE;
        else if (strcmp(node->text, "all_to_all") != 0)
            *good = wrong_pattern(node, reader);
        if (out->kind == ONE_TO_ONE && site->n_from != site->n_to) {
            config_mistake(reader->report, &node->place, "one_to_one needs as many targets as sources, here %d and %d",
                           site->n_to, site->n_from);
            *good = false;
        }
    } else if (config_get(node, "file")) {
        out->kind = FROM_FILE;
        return read_wires(out, node, site, files, reader, good, err);
    } else if (config_get(node, "probability") && config_count(node) == 1) {
        out->kind = PROBABILITY;
        *good = fields_number(&out->number, &p, node->first, reader);
    } else if (config_get(node, "in_degree") && config_count(node) == 1) {
        out->kind = IN_DEGREE;
        *good = fields_number(&out->number, &k, node->first, reader);
    } else {
        *good = wrong_pattern(node, reader);
    }
    return LSNN_OK;
}

static double expected_in_degree(const pattern *p, const wiring_site *site)
{
    switch (p->kind) {
    case ALL_TO_ALL: return site->n_from;
    case ONE_TO_ONE: return 1;
    case PROBABILITY: return fmax(1, p->number * site->n_from);
    case IN_DEGREE: return fmax(1, p->number);
    case FROM_FILE: break;
    }
    return fmax(1, (double)p->n / site->n_to);
}

/* Delays of a projection: a constant, or whole steps drawn uniformly, for each synapse or for each presynaptic cell. */
typedef struct delay_spec {
    int from, to;
    bool axonal;
} delay_spec;

static bool read_delay(delay_spec *out, const wiring_site *site, const fields_reader *reader)
{
    const config_node *node = site->delay;
    const int least = site->recurrent ? 1 : 0;
    const lsnn_field steps = {.name = "delay", .kind = LSNN_INT, .unit = "steps", .min = least, .max = 4095};
    double from = least, to;
    if (node->kind == CONFIG_SCALAR && strcmp(node->text, "auto") == 0) {
        *out = (delay_spec){least, least, false};
        return true;
    }
    const config_node *axonal = config_get(node, "axonal"), *pair = axonal ? axonal : config_get(node, "uniform");
    if (pair && config_count(pair) == 2 && config_count(node) == 1) {
        if (!fields_number(&from, &steps, pair->first, reader) ||
            !fields_number(&to, &steps, pair->first->next, reader))
            return false;
    } else if (node->kind == CONFIG_SCALAR) {
        if (!fields_number(&from, &steps, node, reader)) return false;
        to = from;
    } else {
        config_mistake(reader->report, &node->place,
                       "a delay is auto, a time like 2 ms, {uniform: [1 ms, 10 ms]} or {axonal: [1 ms, 10 ms]}");
        return false;
    }
    if (to < from) {
        config_mistake(reader->report, &node->place, "the longest delay is below the shortest");
        return false;
    }
    *out = (delay_spec){(int)from, (int)to, axonal != NULL};
    return true;
}

static bool excluded(const wiring_site *site, int i, int j)
{
    return site->same && !site->autapses && i == j;
}

static void wire_row(synapses *s, const wiring_site *site, const pattern *p, int i)
{
    if (p->kind == ONE_TO_ONE) {
        synapses_add(s, (uint32_t)i, (uint32_t)i, 0, 0);
        return;
    }
    lsnn_random stream = lsnn_random_stream(site->seed, LSNN_WIRING, (uint64_t)i, (uint64_t)site->number);
    for (int j = 0; j < site->n_to; j++) {
        if (p->kind == PROBABILITY && lsnn_random_uniform(&stream) >= p->number) continue;
        if (!excluded(site, i, j)) synapses_add(s, (uint32_t)i, (uint32_t)j, 0, 0);
    }
}

/* k different sources for target j: Floyd's method (Bentley & Floyd 1987) over the allowed ones. */
static void wire_column(synapses *s, const wiring_site *site, const pattern *p, int j, bool *taken)
{
    const int allowed = site->n_from - excluded(site, j, j), k = (int)p->number;
    lsnn_random stream = lsnn_random_stream(site->seed, LSNN_WIRING, (uint64_t)j, (uint64_t)site->number);
    for (int last = allowed - k; last < allowed; last++) {
        int pick = (int)lsnn_random_below(&stream, (uint32_t)last + 1);
        if (taken[pick]) pick = last;
        taken[pick] = true;
    }
    for (int pick = 0; pick < allowed; pick++) {
        if (!taken[pick]) continue;
        taken[pick] = false;
        const int i = excluded(site, j, j) && pick >= j ? pick + 1 : pick;
        synapses_add(s, (uint32_t)i, (uint32_t)j, 0, 0);
    }
}

static lsnn_status connect(synapses **out, const wiring_site *site, const pattern *p, double dt, arena *a,
                           lsnn_error *err)
{
    const double share = p->kind == PROBABILITY ? p->number : 1;
    const double pairs = (double)site->n_from * site->n_to;
    /* Room for six standard deviations more than expected. */
    double most =
        p->kind == PROBABILITY ? fmin(pairs, share * pairs + 6 * sqrt(pairs * share * (1 - share)) + 64) : pairs;
    if (p->kind == IN_DEGREE) most = p->number * site->n_to;
    if (p->kind == ONE_TO_ONE) most = site->n_from;
    if (p->kind == FROM_FILE) most = (double)p->n;
    if (most > (double)MOST_SYNAPSES)
        return lsnn_fail(err, LSNN_CONFIG, "projections.%s: %.3g synapses are more than a projection holds (%.3g)",
                         site->name, most, (double)MOST_SYNAPSES);
    TRY(synapses_new(out, a, site->n_from, site->n_to, (size_t)most, err));
    if (p->kind == FROM_FILE) {
        for (size_t k = 0; k < p->n; k++)
            synapses_add(*out, (uint32_t)p->from[k], (uint32_t)p->to[k], p->weight ? p->weight[k] : 0,
                         p->delay ? (int)lround(p->delay[k] / dt) : 0);
    } else if (p->kind == IN_DEGREE) {
        bool *taken;
        TRY(arena_take(a, &taken, (size_t)site->n_from + 1, 1, err));
        for (int j = 0; j < site->n_to; j++)
            wire_column(*out, site, p, j, taken);
    } else {
        for (int i = 0; i < site->n_from; i++)
            wire_row(*out, site, p, i);
    }
    return LSNN_OK;
}

static bool both_signs(const wiring_site *site)
{
    int n[2] = {0, 0};
    for (int i = 0; site->sign && i < site->n_from; i++) {
        if (site->sign[i] == 0) return false;
        n[site->sign[i] < 0]++;
    }
    return n[0] > 0 && n[1] > 0;
}

static lsnn_status take_balanced(synapses *s, const wiring_site *site, double gain, arena *a, lsnn_error *err)
{
    double *matrix;
    TRY(balance_draw(&matrix, a, site->sign, s->n_from, s->n_to, gain, site->seed, site->number, err));
    for (size_t k = 0; k < s->n; k++)
        s->weight[k] = matrix[(size_t)s->from[k] * (size_t)s->n_to + s->to[k]];
    return LSNN_OK;
}

/* What was drawn takes the sign of its cell; what was given must have it. */
static bool give_signs(synapses *s, const wiring_site *site, bool given, const fields_reader *reader)
{
    for (size_t k = 0; site->sign && k < s->n; k++) {
        const real sign = site->sign[s->from[k]];
        if (sign == 0) continue;
        if (!given) {
            s->weight[k] = sign * fabs(s->weight[k]);
        } else if (s->weight[k] * sign < 0) {
            config_mistake(reader->report, &site->weights->place, "a weight of %g from cell %u, which is %s",
                           s->weight[k], s->from[k], sign > 0 ? "excitatory" : "inhibitory");
            return false;
        }
    }
    return true;
}

/* Weights and delays that did not come with the synapses. */
static void assign(synapses *s, const wiring_site *site, const pattern *p, const values_spec *weights, delay_spec delay)
{
    const uint32_t spread = (uint32_t)(delay.to - delay.from + 1);
    lsnn_random weight_stream = {0}, delay_stream = {0};
    for (size_t k = 0; k < s->n; k++) {
        if (k == 0 || s->from[k] != s->from[k - 1]) {
            weight_stream = lsnn_random_stream(site->seed, LSNN_WEIGHTS, s->from[k], (uint64_t)site->number);
            delay_stream = lsnn_random_stream(site->seed, LSNN_DELAYS, s->from[k], (uint64_t)site->number);
        }
        if (!p->weight && weights->kind != VALUES_BALANCED) s->weight[k] = values_draw(weights, &weight_stream, k);
        if (p->delay) continue;
        const bool drawn = delay.axonal && k > 0 && s->from[k] == s->from[k - 1];
        s->delay[k] =
            drawn ? s->delay[k - 1] : delay.from + (int)(spread > 1 ? lsnn_random_below(&delay_stream, spread) : 0);
    }
}

lsnn_status wiring_make(synapses **out, const wiring_site *site, const values_files *files, const fields_reader *reader,
                        lsnn_error *err)
{
    const lsnn_field weight = {.name = "weights", .kind = LSNN_NODE, .min = -INFINITY, .max = INFINITY};
    pattern p;
    values_spec weights = {0};
    delay_spec delay;
    bool good = true;
    *out = NULL;
    TRY(read_pattern(&p, site, files, reader, &good, err));
    if (!good) return LSNN_OK;
    const double in = expected_in_degree(&p, site);
    const values_fans fans = {in, in * site->n_to / site->n_from, both_signs(site)};
    good = read_delay(&delay, site, reader);
    if (!values_read(&weights, site->weights, &weight, fans, files, reader) || !good) return LSNN_OK;
    synapses *s;
    TRY(connect(&s, site, &p, reader->dt, reader->memory, err));
    TRY(synapses_sort(s, err));
    if (weights.kind == VALUES_LIST && weights.n != s->n) {
        config_mistake(reader->report, &site->weights->place, "%zu weights for %zu synapses", weights.n, s->n);
        return LSNN_OK;
    }
    assign(s, site, &p, &weights, delay);
    if (weights.kind == VALUES_BALANCED && !p.weight) TRY(take_balanced(s, site, weights.a, reader->memory, err));
    if (give_signs(s, site, p.weight || weights.kind == VALUES_LIST, reader)) *out = s;
    return LSNN_OK;
}
