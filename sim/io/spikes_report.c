/* SONATA's reports: data [time][element], with a mapping to neurons. In runs of lsnn the rows of recorded trials follow each other, and
 * /report/<name>/trial holds their numbers. */
#include "spikes_inside.h"
#include <math.h>
#include <string.h>

static lsnn_status text_or_empty(const spikes_reader *r, const char **out, const char *object, const char *name)
{
    *out = "";
    return store_has_attribute(r->file, object, name) ? store_get_text(r->file, r->memory, out, object, name, r->err)
                                                      : LSNN_OK;
}

/* Which neuron each element is of. */
static lsnn_status read_mapping(const spikes_reader *r, spikes_report *report, const char *group)
{
    const char *path;
    uint32_t *ids, *neuron;
    uint64_t *pointers;
    size_t n_ids, n_pointers, n_elements = (size_t)report->x.n_elements;
    TRY(arena_format(r->memory, &path, r->err, "%s/mapping/node_ids", group));
    TRY(spikes_vector(r, &ids, STORE_UINT32, &n_ids, path));
    TRY(arena_format(r->memory, &path, r->err, "%s/mapping/index_pointers", group));
    TRY(spikes_vector(r, &pointers, STORE_UINT64, &n_pointers, path));
    TRY(arena_take(r->memory, &neuron, n_elements + 1, sizeof *neuron, r->err));
    bool fits = n_pointers == n_ids + 1 || n_pointers == n_ids;
    for (size_t k = 0; fits && k < n_ids; k++) {
        const uint64_t stop = k + 1 < n_pointers ? pointers[k + 1] : n_elements;
        fits = pointers[k] <= stop && stop <= n_elements;
        for (uint64_t e = pointers[k]; fits && e < stop; e++)
            neuron[e] = ids[k];
    }
    report->x.neuron = neuron;
    if (fits) return LSNN_OK;
    return lsnn_fail(r->err, LSNN_DATA, "%s: %s/mapping does not fit the %zu elements of its data", r->out->path, group,
                     n_elements);
}

/* Rows become trials of equal length. */
static lsnn_status divide(const spikes_reader *r, spikes_report *report, const char *group, size_t n_rows,
                          const double *time)
{
    const char *path;
    size_t n_trials = 1;
    TRY(arena_format(r->memory, &path, r->err, "%s/trial", group));
    if (store_has(r->file, path)) TRY(spikes_vector(r, &report->trial, STORE_UINT64, &n_trials, path));
    const bool counts = isfinite(time[0]) && time[2] > 0 && isfinite(time[2]);
    if (!counts || (n_trials && n_rows % n_trials != 0))
        return lsnn_fail(r->err, LSNN_DATA, "%s: %s: %zu rows do not divide into %zu trials with steps of %g ms",
                         r->out->path, group, n_rows, n_trials, time[2]);
    report->x.n_spans = (int)n_trials;
    report->x.n_steps = n_trials ? n_rows / n_trials : 0;
    report->x.dt = time[2];
    return LSNN_OK;
}

static lsnn_status read_report(const spikes_reader *r, spikes_report *report, const char *name)
{
    const char *group, *path;
    store_shape shape;
    double *time;
    size_t n_time;
    TRY(arena_format(r->memory, &group, r->err, "/report/%s", name));
    TRY(arena_format(r->memory, &path, r->err, "%s/data", group));
    TRY(store_shape_of(r->file, &shape, path, r->err));
    if (shape.n_dims != 1 && shape.n_dims != 2) /* runs of lsnn write a vector where there is one element */
        return lsnn_fail(r->err, LSNN_DATA, "%s: %s has %d dimensions; time x element are two", r->out->path, path,
                         shape.n_dims);
    report->x.n_elements = shape.n_dims == 1 ? 1 : (int)shape.dim[1];
    TRY(store_read(r->file, r->memory, &report->x.values, STORE_FLOAT, NULL, NULL, path, r->err));
    TRY(text_or_empty(r, &report->x.unit, path, "units"));
    TRY(text_or_empty(r, &report->variable, group, "variable"));
    TRY(text_or_empty(r, &report->population, group, "population"));
    report->x.name = name;
    if (!*report->population) /* SONATA: the report's group is the population's */
        TRY(arena_text(r->memory, &report->population, name, strcspn(name, "/"), r->err));
    TRY(arena_format(r->memory, &path, r->err, "%s/mapping/time", group));
    TRY(spikes_vector(r, &time, STORE_DOUBLE, &n_time, path));
    if (n_time != 3)
        return lsnn_fail(r->err, LSNN_DATA, "%s: %s has %zu numbers; start, stop and step are three", r->out->path,
                         path, n_time);
    TRY(divide(r, report, group, shape.dim[0], time));
    return read_mapping(r, report, group);
}

/* Reports of SONATA name their population by a group between. */
static lsnn_status list_reports(const spikes_reader *r, const char ***names, int *n)
{
    const char **tops, **inner, *path;
    int n_tops, n_inner, room = 0;
    TRY(store_members(r->file, r->memory, &tops, &n_tops, "/report", r->err));
    for (int pass = 0; pass < 2; pass++) {
        *n = 0;
        for (int k = 0; k < n_tops; k++) {
            TRY(arena_format(r->memory, &path, r->err, "/report/%s/data", tops[k]));
            if (store_has(r->file, path)) {
                if (pass) (*names)[*n] = tops[k];
                ++*n;
                continue;
            }
            TRY(arena_format(r->memory, &path, r->err, "/report/%s", tops[k]));
            TRY(store_members(r->file, r->memory, &inner, &n_inner, path, r->err));
            for (int j = 0; j < n_inner; j++, ++*n)
                if (pass) TRY(arena_format(r->memory, &(*names)[*n], r->err, "%s/%s", tops[k], inner[j]));
        }
        if (pass == 0) room = *n;
        if (pass == 0) TRY(arena_take(r->memory, names, (size_t)room + 1, sizeof **names, r->err));
    }
    return LSNN_OK;
}

lsnn_status spikes_reports(const spikes_reader *r)
{
    const char **names;
    int n;
    TRY(list_reports(r, &names, &n));
    TRY(arena_take(r->memory, &r->out->reports, (size_t)n + 1, sizeof *r->out->reports, r->err));
    for (int k = 0; k < n; k++) {
        TRY(read_report(r, &r->out->reports[k], names[k]));
        r->out->n_reports++;
    }
    return LSNN_OK;
}
