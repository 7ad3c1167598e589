/* Wiring patterns, weights and delays. Each row (or column, for fixed in-degree) draws from a stream of its own. */
#include "wiring.h"
#include "balance.h"
#include "random.h"
#include "text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_STEPS 4095
#define MOST_IN_DEGREE 1e6
#define MOST_TIME 1e6 /* ms */

static bool wrong_pattern(const config_node *node, const fields_reader *reader)
{
    config_mistake(
        reader->report, &node->place,
        "wiring is all_to_all, one_to_one, {probability: p}, {in_degree: k} or {file: wires.h5, group: /name}");
    return false;
}

static lsnn_status read_wires(wiring_plan *out, const config_node *node, const wiring_site *site,
                              const values_files *files, const fields_reader *reader, bool *good, lsnn_error *err)
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
    for (size_t k = 0; out->weight && k < out->n; k++)
        if (!isfinite((real)out->weight[k]))
            return lsnn_fail(err, LSNN_DATA, "%s: the weight of synapse %zu is %g, which is not finite as it is stored",
                             path, k, text_unsigned_nan(out->weight[k]));
    for (size_t k = 0; k < out->n; k++)
        if (!(out->from[k] >= 0 && out->from[k] < site->n_from && out->to[k] >= 0 && out->to[k] < site->n_to))
            return lsnn_fail(err, LSNN_DATA,
                             "%s: synapse %zu goes from %g to %g, but there are %d sources and %d targets", path, k,
                             out->from[k], out->to[k], site->n_from, site->n_to);
    return LSNN_OK;
}

/* {in_degree: k} or, of a simulation, {in_degree: k, multapses: true}. */
static bool read_in_degree(wiring_plan *out, const config_node *node, const wiring_site *site,
                           const fields_reader *reader)
{
    const config_node *multapses = config_get(node, "multapses");
    if (config_count(node) != 1 + (multapses != NULL)) return wrong_pattern(node, reader);
    if (multapses && (multapses->kind != CONFIG_SCALAR ||
                      (strcmp(multapses->text, "true") != 0 && strcmp(multapses->text, "false") != 0))) {
        config_mistake(reader->report, &multapses->place, "multapses are true or false");
        return false;
    }
    out->multapses = multapses && strcmp(multapses->text, "true") == 0;
    if (out->multapses && !site->simulated) {
        config_mistake(reader->report, &multapses->place,
                       "several synapses of one pair are for simulations: a trained pair has one");
        return false;
    }
    const int allowed = site->n_from - (site->same && !site->autapses);
    const lsnn_field k = {.name = "in_degree",
                          .kind = LSNN_INT,
                          .min = 0,
                          .max = out->multapses && allowed > 0 ? MOST_IN_DEGREE : allowed};
    return fields_number(&out->number, &k, config_get(node, "in_degree"), reader);
}

static lsnn_status read_pattern(wiring_plan *out, const wiring_site *site, const values_files *files,
                                const fields_reader *reader, bool *good, lsnn_error *err)
{
    const config_node *node = site->pattern;
    const lsnn_field p = {.name = "probability", .kind = LSNN_REAL, .min = 0, .max = 1};
    *out = (wiring_plan){.kind = WIRING_ALL_TO_ALL};
    if (node->kind == CONFIG_SCALAR) {
        if (strcmp(node->text, "one_to_one") == 0)
            out->kind = WIRING_ONE_TO_ONE;
        else if (strcmp(node->text, "all_to_all") != 0)
            *good = wrong_pattern(node, reader);
        if (out->kind == WIRING_ONE_TO_ONE && site->n_from != site->n_to) {
            config_mistake(reader->report, &node->place, "one_to_one needs as many targets as sources, here %d and %d",
                           site->n_to, site->n_from);
            *good = false;
        }
    } else if (config_get(node, "file")) {
        out->kind = WIRING_FILE;
        return read_wires(out, node, site, files, reader, good, err);
    } else if (config_get(node, "probability") && config_count(node) == 1) {
        out->kind = WIRING_PROBABILITY;
        *good = fields_number(&out->number, &p, node->first, reader);
    } else if (config_get(node, "in_degree")) {
        out->kind = WIRING_IN_DEGREE;
        *good = read_in_degree(out, node, site, reader);
    } else {
        *good = wrong_pattern(node, reader);
    }
    return LSNN_OK;
}

static double expected_in_degree(const wiring_plan *p, const wiring_site *site)
{
    switch (p->kind) {
    case WIRING_ALL_TO_ALL: return site->n_from;
    case WIRING_ONE_TO_ONE: return 1;
    case WIRING_PROBABILITY: return fmax(1, p->number * site->n_from);
    case WIRING_IN_DEGREE: return fmax(1, p->number);
    case WIRING_FILE: break;
    }
    return fmax(1, (double)p->n / site->n_to);
}

static bool read_delay(wiring_plan *out, const wiring_site *site, const fields_reader *reader)
{
    const config_node *node = site->delay;
    const int least = site->recurrent ? 1 : 0;
    const lsnn_field steps = {.name = "delay", .kind = LSNN_INT, .unit = "steps", .min = least, .max = MOST_STEPS};
    const lsnn_field time = {
        .name = "delay", .kind = LSNN_REAL, .unit = "ms", .min = 0, .max = MOST_TIME, .open_min = site->recurrent};
    const lsnn_field *field = site->continuous ? &time : &steps;
    double from = site->continuous ? least * reader->dt : least, to = from;
    const config_node *axonal = config_get(node, "axonal"), *pair = axonal ? axonal : config_get(node, "uniform");
    if (node->kind == CONFIG_SCALAR && strcmp(node->text, "auto") == 0) {
        /* the least */
    } else if (pair && config_count(pair) == 2 && config_count(node) == 1) {
        if (!fields_number(&from, field, pair->first, reader) || !fields_number(&to, field, pair->first->next, reader))
            return false;
    } else if (node->kind == CONFIG_SCALAR) {
        if (!fields_number(&from, field, node, reader)) return false;
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
    out->axonal = axonal != NULL;
    out->first_time = site->continuous ? from : from * reader->dt;
    out->last_time = site->continuous ? to : to * reader->dt;
    out->first_step = site->continuous ? 0 : (int)from;
    out->last_step = site->continuous ? 0 : (int)to;
    return true;
}

static bool excluded(const wiring_site *site, int i, int j)
{
    return site->same && !site->autapses && i == j;
}

/* The words of a stream, drawn many at a time. */
enum { BATCH = 64 };
typedef struct words {
    lsnn_random stream;
    uint32_t word[4 * BATCH];
    int used;
} words;

static inline uint32_t next_word(words *w)
{
    if (w->used == 4 * BATCH) {
        random_blocks(w->word, &w->stream, BATCH);
        w->used = 0;
    }
    const int k = w->used++;
    return w->word[k % 4 * BATCH + k / 4];
}

/* As lsnn_random_below, to the same numbers. */
static inline uint32_t next_below(words *w, uint32_t limit)
{
    uint64_t product = (uint64_t)next_word(w) * limit;
    if ((uint32_t)product < limit) {
        const uint32_t rejected = -limit % limit;
        while ((uint32_t)product < rejected)
            product = (uint64_t)next_word(w) * limit;
    }
    return (uint32_t)(product >> 32);
}

/* k of the allowed sources; different ones, by Floyd's method (Bentley & Floyd 1987), or independent ones. */
static int draw_in_degree(const lsnn_random *stream, int allowed, int k, bool multapses, uint64_t *taken,
                          uint32_t *source)
{
    words w = {.stream = *stream, .used = 4 * BATCH};
    int n = 0;
    for (; multapses && n < k; n++)
        source[n] = next_below(&w, (uint32_t)allowed);
    if (multapses) return n;
    for (int last = allowed - k; last < allowed; last++) {
        uint32_t pick = next_below(&w, (uint32_t)last + 1);
        if (taken[pick / 64] >> pick % 64 & 1) pick = (uint32_t)last;
        taken[pick / 64] |= (uint64_t)1 << pick % 64;
        source[n++] = pick;
    }
    for (int s = 0; s < n; s++)
        taken[source[s] / 64] = 0;
    return n;
}

/* The gaps between those that are taken have a geometric distribution. */
static int draw_by_probability(lsnn_random *stream, int allowed, double p, uint32_t *source)
{
    const double scale = 1 / log1p(-p);
    int n = 0;
    if (p <= 0) return 0;
    for (double pick = -1;;) {
        pick += p < 1 ? 1 + floor(log(lsnn_random_uniform(stream)) * scale) : 1;
        if (pick >= allowed) return n;
        source[n++] = (uint32_t)pick;
    }
}

int wiring_room(const wiring_plan *plan, const wiring_site *site)
{
    return (plan->multapses && plan->number > site->n_from ? (int)plan->number : site->n_from) + 1;
}

int wiring_sources(const wiring_plan *plan, const wiring_site *site, int j, uint64_t *taken, uint32_t *source)
{
    const bool without_self = excluded(site, j, j);
    const int allowed = site->n_from - without_self;
    lsnn_random stream = lsnn_random_stream(site->seed, LSNN_WIRING, (uint64_t)j, (uint64_t)site->number);
    int n = 0;
    switch (plan->kind) {
    case WIRING_ONE_TO_ONE: source[0] = (uint32_t)j; return 1;
    case WIRING_ALL_TO_ALL:
        for (; n < allowed; n++)
            source[n] = (uint32_t)n;
        break;
    case WIRING_PROBABILITY: n = draw_by_probability(&stream, allowed, plan->number, source); break;
    case WIRING_IN_DEGREE:
        n = draw_in_degree(&stream, allowed, (int)plan->number, plan->multapses, taken, source);
        break;
    case WIRING_FILE: break;
    }
    for (int s = 0; without_self && s < n; s++)
        source[s] += source[s] >= (uint32_t)j;
    return n;
}

double wiring_expected(const wiring_plan *plan, const wiring_site *site)
{
    const double allowed = (double)site->n_from - (site->same && !site->autapses);
    switch (plan->kind) {
    case WIRING_ALL_TO_ALL: return allowed * site->n_to;
    case WIRING_ONE_TO_ONE: return site->n_to;
    case WIRING_PROBABILITY: return plan->number * allowed * site->n_to;
    case WIRING_IN_DEGREE: return plan->number * site->n_to;
    case WIRING_FILE: break;
    }
    return (double)plan->n;
}

/* Six standard deviations more than expected. */
double wiring_most(const wiring_plan *plan, const wiring_site *site)
{
    const double expected = wiring_expected(plan, site);
    if (plan->kind != WIRING_PROBABILITY) return expected;
    return fmin((double)site->n_from * site->n_to, expected + 6 * sqrt(expected * (1 - plan->number)) + 64);
}

static lsnn_status connect(synapses **out, const wiring_site *site, const wiring_plan *p, double dt, arena *a,
                           lsnn_error *err)
{
    const double most = wiring_most(p, site);
    TRY(synapses_new(out, a, site->n_from, site->n_to, (size_t)most, err));
    if (p->kind == WIRING_FILE) {
        for (size_t k = 0; k < p->n; k++)
            synapses_add(*out, (uint32_t)p->from[k], (uint32_t)p->to[k], p->weight ? p->weight[k] : 0,
                         p->delay ? (int)lround(p->delay[k] / dt) : 0);
        return LSNN_OK;
    }
    uint64_t *taken;
    uint32_t *source;
    TRY(arena_take(a, &taken, (size_t)site->n_from / 64 + 1, sizeof *taken, err));
    TRY(arena_take(a, &source, (size_t)wiring_room(p, site), sizeof *source, err));
    for (int j = 0; j < site->n_to; j++) {
        const int n = wiring_sources(p, site, j, taken, source);
        for (int s = 0; s < n; s++)
            synapses_add(*out, source[s], (uint32_t)j, 0, 0);
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
static void assign(synapses *s, const wiring_site *site, const wiring_plan *p)
{
    const uint32_t spread = (uint32_t)(p->last_step - p->first_step + 1);
    lsnn_random weight_stream = {0}, delay_stream = {0};
    for (size_t k = 0; k < s->n; k++) {
        if (k == 0 || s->from[k] != s->from[k - 1]) {
            weight_stream = lsnn_random_stream(site->seed, LSNN_WEIGHTS, s->from[k], (uint64_t)site->number);
            delay_stream = lsnn_random_stream(site->seed, LSNN_DELAYS, s->from[k], (uint64_t)site->number);
        }
        if (!p->weight && p->weights.kind != VALUES_BALANCED)
            s->weight[k] = values_draw(&p->weights, &weight_stream, k);
        if (p->delay) continue;
        const bool drawn = p->axonal && k > 0 && s->from[k] == s->from[k - 1];
        s->delay[k] =
            drawn ? s->delay[k - 1] : p->first_step + (int)(spread > 1 ? lsnn_random_below(&delay_stream, spread) : 0);
    }
}

lsnn_status wiring_read(wiring_plan *out, bool *good, const wiring_site *site, const values_files *files,
                        const fields_reader *reader, lsnn_error *err)
{
    const lsnn_field weight = {.name = "weights", .kind = LSNN_NODE, .min = -INFINITY, .max = INFINITY};
    *good = true;
    TRY(read_pattern(out, site, files, reader, good, err));
    if (!*good) return LSNN_OK;
    const double in = expected_in_degree(out, site);
    const values_fans fans = {in, in * site->n_to / site->n_from, both_signs(site)};
    *good = read_delay(out, site, reader);
    *good = values_read(&out->weights, site->weights, &weight, fans, files, reader) && *good;
    return LSNN_OK;
}

lsnn_status wiring_draw(synapses **out, const wiring_plan *plan, const wiring_site *site, const fields_reader *reader,
                        lsnn_error *err)
{
    synapses *s;
    *out = NULL;
    TRY(connect(&s, site, plan, reader->dt, reader->memory, err));
    TRY(synapses_sort(s, err));
    if (plan->weights.kind == VALUES_LIST && plan->weights.n != s->n) {
        config_mistake(reader->report, &site->weights->place, "%zu weights for %zu synapses", plan->weights.n, s->n);
        return LSNN_OK;
    }
    assign(s, site, plan);
    if (plan->weights.kind == VALUES_BALANCED && !plan->weight)
        TRY(take_balanced(s, site, plan->weights.a, reader->memory, err));
    if (give_signs(s, site, plan->weight || plan->weights.kind == VALUES_LIST, reader)) *out = s;
    return LSNN_OK;
}
