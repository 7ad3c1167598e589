/* Which layout a file has, and the checks that all layouts need. */
#include "spikes_inside.h"
#include <math.h>

/* Ids are numbers of neurons, so the highest one decides how many there are. */
#define MOST_NEURONS 10000000

lsnn_status spikes_vector(const spikes_reader *r, void *out_pointer, store_type type, size_t *n, const char *path)
{
    store_shape shape;
    TRY(store_shape_of(r->file, &shape, path, r->err));
    if (shape.n_dims != 1) {
        return lsnn_fail(r->err, LSNN_DATA, "%s: %s has %d dimensions; a list of numbers has one", r->out->path, path,
                         shape.n_dims);
    }
    *n = shape.dim[0];
    return store_read(r->file, r->memory, out_pointer, type, NULL, NULL, path, r->err);
}

static lsnn_status check_times(const spikes_reader *r, const raster *s, const char *place)
{
    for (size_t k = 0; k < s->n; k++) {
        if (!isfinite(s->time[k]))
            return lsnn_fail(r->err, LSNN_DATA, "%s: %s: spike %zu has the time %s; times are finite", r->out->path,
                             place, k, isnan(s->time[k]) ? "nan" : "inf");
        if (s->time[k] < 0)
            return lsnn_fail(r->err, LSNN_DATA, "%s: %s: spike %zu has the time %g ms; times are counted from 0",
                             r->out->path, place, k, s->time[k]);
    }
    return LSNN_OK;
}

static lsnn_status check_ids(const spikes_reader *r, spikes_population *p, const char *place)
{
    raster *s = &p->spikes;
    uint32_t highest = 0;
    for (size_t k = 0; k < s->n; k++)
        if (s->neuron[k] > highest) highest = s->neuron[k];
    if (highest >= MOST_NEURONS)
        return lsnn_fail(r->err, LSNN_DATA, "%s: %s has the node id %u; ids below %d are read", r->out->path, place,
                         highest, MOST_NEURONS);
    if (!p->counted) s->n_neurons = r->neurons ? r->neurons : (int)highest + 1; /* one silent neuron stands for all */
    if (s->n == 0 || (int)highest < s->n_neurons) return LSNN_OK;
    return lsnn_fail(r->err, LSNN_DATA, "%s: %s has the node id %u, but the population has %d neurons", r->out->path,
                     place, highest, s->n_neurons);
}

lsnn_status spikes_check(const spikes_reader *r, spikes_population *p, const char *place)
{
    TRY(check_times(r, &p->spikes, place));
    TRY(check_ids(r, p, place));
    return raster_sort(&p->spikes, r->memory, r->err);
}

static lsnn_status find_stop(const spikes_reader *r)
{
    spikes *out = r->out;
    for (int k = 0; k < out->n_trials; k++)
        out->stop = fmax(out->stop, out->trials[k].stop);
    for (int k = 0; k < out->n_populations; k++) {
        const raster *s = &out->populations[k].spikes;
        if (s->n) out->stop = fmax(out->stop, floor(s->time[s->n - 1]) + 1);
    }
    return LSNN_OK;
}

static lsnn_status no_spikes(const spikes_reader *r)
{
    const char *path = r->out->path, **names;
    int n;
    if (!store_has(r->file, "/config") || !store_has(r->file, "/populations"))
        return lsnn_fail(r->err, LSNN_DATA,
                         "%s: has no spikes: expected /spikes/<population>/{timestamps, node_ids} (lsnn, SONATA) or "
                         "/spikes/{times, units} (SHD)",
                         path);
    TRY(store_members(r->file, r->memory, &names, &n, "/populations", r->err));
    return lsnn_fail(r->err, LSNN_USAGE,
                     "%s: no spikes were recorded; a config records them by a line under `record:` like `spikes: "
                     "{what: spikes, of: %s}`",
                     path, n ? names[0] : "POPULATION");
}

static lsnn_status read_all(const spikes_reader *r, spikes_parts parts)
{
    if (store_has(r->file, "/spikes/times") && store_has(r->file, "/spikes/units")) return spikes_shd(r);
    const bool spiking = store_has(r->file, "/spikes"), reports = parts != SPIKES_ONLY && store_has(r->file, "/report");
    if (!spiking && !(reports && parts == SPIKES_OR_REPORTS)) return no_spikes(r);
    TRY(spikes_trials(r));
    if (spiking) TRY(spikes_sonata(r));
    TRY(find_stop(r));
    return reports ? spikes_reports(r) : LSNN_OK;
}

lsnn_status spikes_read(spikes **out, const char *path, int neurons, spikes_parts parts, arena *a, lsnn_error *err)
{
    store *file;
    TRY(arena_take(a, out, 1, sizeof **out, err));
    (*out)->path = path;
    TRY(store_open(&file, path, err));
    const spikes_reader r = {file, *out, neurons, a, err};
    const lsnn_status status = read_all(&r, parts);
    const lsnn_status closed = store_close(file, false, NULL);
    return status != LSNN_OK ? status : closed;
}
