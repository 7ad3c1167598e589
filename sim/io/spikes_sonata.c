/* SONATA's layout of spikes (github.com/AllenInstitute/sonata, spike files), with or without what lsnn adds: trials and the sizes
 * of populations. */
#include "config.h"
#include "spikes_inside.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static lsnn_status scale_times(const spikes_reader *r, raster *s, const char *path)
{
    static const struct {
        const char *name;
        double ms;
    } units[] = {{"ms", 1},        {"millisecond", 1}, {"milliseconds", 1}, {"msec", 1},  {"s", 1000},
                 {"second", 1000}, {"seconds", 1000},  {"sec", 1000},       {"us", 1e-3}, {"microseconds", 1e-3}};
    const char *unit;
    if (!store_has_attribute(r->file, path, "units")) return LSNN_OK; /* then they are ms by the specification */
    TRY(store_get_text(r->file, r->memory, &unit, path, "units", r->err));
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        if (strcmp(unit, units[u].name) != 0) continue;
        for (size_t k = 0; units[u].ms != 1 && k < s->n; k++)
            s->time[k] *= units[u].ms;
        return LSNN_OK;
    }
    return lsnn_fail(r->err, LSNN_DATA, "%s: %s has the unit '%s'; ms, s and us are read", r->out->path, path, unit);
}

static lsnn_status read_count(const spikes_reader *r, spikes_population *p)
{
    const char *group;
    double n;
    TRY(arena_format(r->memory, &group, r->err, "/populations/%s", p->name));
    if (!store_has_attribute(r->file, group, "n")) { /* as recorded of a source */
        TRY(arena_format(r->memory, &group, r->err, "/spikes/%s", p->name));
        p->input = true;
    }
    p->input = p->input && store_has_attribute(r->file, group, "n");
    if (!store_has_attribute(r->file, group, "n")) return LSNN_OK;
    TRY(store_get_number(r->file, &n, group, "n", r->err));
    if (!(n >= 1 && n <= 1e9)) return lsnn_fail(r->err, LSNN_DATA, "%s: %s claims %g neurons", r->out->path, group, n);
    p->counted = true;
    p->spikes.n_neurons = (int)n;
    return LSNN_OK;
}

static lsnn_status read_population(const spikes_reader *r, spikes_population *p, const char *group, const char *ids)
{
    const char *path;
    size_t n_ids;
    TRY(arena_format(r->memory, &path, r->err, "%s/timestamps", group));
    TRY(spikes_vector(r, &p->spikes.time, STORE_DOUBLE, &p->spikes.n, path));
    TRY(scale_times(r, &p->spikes, path));
    TRY(arena_format(r->memory, &path, r->err, "%s/%s", group, ids));
    TRY(spikes_vector(r, &p->spikes.neuron, STORE_UINT32, &n_ids, path));
    if (n_ids != p->spikes.n)
        return lsnn_fail(r->err, LSNN_DATA, "%s: %s has %zu timestamps, but %zu %s", r->out->path, group, p->spikes.n,
                         n_ids, ids);
    TRY(read_count(r, p));
    return spikes_check(r, p, group);
}

static bool is_named(const config_node *of, const char *name)
{
    if (!of) return false;
    if (of->kind == CONFIG_SCALAR) return strcmp(of->text, name) == 0;
    for (const config_node *entry = of->first; entry; entry = entry->next)
        if (entry->kind == CONFIG_SCALAR && strcmp(entry->text, name) == 0) return true;
    return false;
}

static long number(const config_node *map, const char *key, long fallback)
{
    const config_node *node = config_get(map, key);
    return node && node->kind == CONFIG_SCALAR ? lround(strtod(node->text, NULL)) : fallback; /* it may say 1e2 */
}

/* A run records spikes in some of its trials; which, its config says. */
static lsnn_status find_recorded(const spikes_reader *r, const config_node *config)
{
    uint64_t *iteration, *sample;
    size_t n;
    const spikes *out = r->out;
    TRY(spikes_vector(r, &iteration, STORE_UINT64, &n, "/trials/iteration"));
    TRY(spikes_vector(r, &sample, STORE_UINT64, &n, "/trials/sample"));
    if (n != (size_t)out->n_trials)
        return lsnn_fail(r->err, LSNN_DATA, "%s: the columns of /trials are not of the same length", out->path);
    const config_node *record = config_get(config, "record");
    for (int p = 0; p < out->n_populations; p++)
        for (const config_node *entry = record ? record->first : NULL; entry; entry = entry->next) {
            const config_node *what = config_get(entry, "what");
            if (!what || what->kind != CONFIG_SCALAR || strcmp(what->text, "spikes") != 0) continue;
            if (!is_named(config_get(entry, "of"), out->populations[p].name)) continue;
            const long every = number(entry, "every", 1), trials = number(entry, "trials", 1);
            for (int k = 0; k < out->n_trials; k++)
                out->populations[p].in_trial[k] = every > 0 && iteration[k] > 0 && sample[k] < (uint64_t)trials &&
                                                  (iteration[k] - 1) % (uint64_t)every == 0;
        }
    return LSNN_OK;
}

lsnn_status spikes_trials(const spikes_reader *r)
{
    spikes *out = r->out;
    double *start, *stop;
    size_t n, n_stop, n_label, n_error;
    if (!store_has(r->file, "/trials/start")) return LSNN_OK;
    TRY(spikes_vector(r, &start, STORE_DOUBLE, &n, "/trials/start"));
    TRY(spikes_vector(r, &stop, STORE_DOUBLE, &n_stop, "/trials/stop"));
    n_label = n_error = n;
    if (store_has(r->file, "/trials/target")) TRY(spikes_vector(r, &out->label, STORE_INT, &n_label, "/trials/target"));
    if (store_has(r->file, "/trials/error"))
        TRY(spikes_vector(r, &out->error, STORE_DOUBLE, &n_error, "/trials/error"));
    if (n_stop != n || n_label != n || n_error != n || n > 1 << 30)
        return lsnn_fail(r->err, LSNN_DATA, "%s: the columns of /trials are not of the same length", out->path);
    TRY(arena_take(r->memory, &out->trials, n + 1, sizeof *out->trials, r->err));
    bool labelled = false;
    for (size_t k = 0; k < n; k++) {
        out->trials[k] = (span){start[k], stop[k]};
        if (!(start[k] >= 0 && start[k] < stop[k] && stop[k] < 1e300))
            return lsnn_fail(r->err, LSNN_DATA, "%s: /trials: trial %zu lasts from %g to %g ms", out->path, k, start[k],
                             stop[k]);
        labelled = labelled || (out->label && out->label[k] >= 0);
    }
    if (!labelled) out->label = NULL;
    out->n_trials = (int)n;
    return LSNN_OK;
}

static lsnn_status mark_recorded(const spikes_reader *r)
{
    const spikes *out = r->out;
    const char *text;
    config_node *config;
    for (int p = 0; p < out->n_populations; p++) {
        TRY(arena_take(r->memory, &out->populations[p].in_trial, (size_t)out->n_trials + 1, sizeof(bool), r->err));
        for (int k = 0; k < out->n_trials; k++)
            out->populations[p].in_trial[k] = true;
    }
    if (out->n_trials == 0 || !store_has(r->file, "/config") || !store_has(r->file, "/trials/sample")) return LSNN_OK;
    TRY(store_read_text(r->file, r->memory, &text, "/config", r->err));
    TRY(config_parse(&config, r->memory, "/config", text, strlen(text), r->err));
    return find_recorded(r, config);
}

lsnn_status spikes_sonata(const spikes_reader *r)
{
    spikes *out = r->out;
    const char **names, *group;
    int n;
    const bool plain = store_has(r->file, "/spikes/timestamps"); /* BMTK's first layout, without populations */
    TRY(store_members(r->file, r->memory, &names, &n, "/spikes", r->err));
    out->layout = store_has(r->file, "/config") ? "run of lsnn"
                  : plain                       ? "SONATA spikes without populations"
                                                : "SONATA spikes";
    if (n == 0) return lsnn_fail(r->err, LSNN_DATA, "%s: /spikes holds no population", out->path);
    TRY(arena_take(r->memory, &out->populations, (size_t)n, sizeof *out->populations, r->err));
    if (plain) {
        out->n_populations = 1;
        out->populations[0].name = "spikes";
        TRY(read_population(r, &out->populations[0], "/spikes",
                            store_has(r->file, "/spikes/gids") ? "gids" : "node_ids"));
    }
    for (int k = 0; !plain && k < n; k++) {
        TRY(arena_format(r->memory, &group, r->err, "/spikes/%s", names[k]));
        out->populations[out->n_populations].name = names[k];
        TRY(read_population(r, &out->populations[out->n_populations++], group, "node_ids"));
    }
    return mark_recorded(r);
}
