/* Recorded spikes and variables for other programs. */
#include "draft.h"
#include "export.h"
#include "npy.h"
#include "sonata.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* Spikes in the order of time; trials follow each other without a gap. */
typedef struct spike_list {
    const char *population;
    size_t n;
    double *time;
    uint64_t *neuron;
    int *trial; /* -1: there are none */
} spike_list;

static lsnn_status list_spikes(spike_list *out, const measure_subject *subject, arena *a, lsnn_error *err)
{
    const trains *t = &subject->trains;
    const size_t total = raster_total(t);
    double offset = 0;
    *out = (spike_list){.population = subject->population};
    TRY(arena_take(a, &out->time, total + 1, sizeof *out->time, err));
    TRY(arena_take(a, &out->neuron, total + 1, sizeof *out->neuron, err));
    TRY(arena_take(a, &out->trial, total + 1, sizeof *out->trial, err));
    for (int k = 0; k < t->n_spans; k++) {
        const raster part = raster_within(&subject->spikes, t->spans[k]);
        for (size_t s = 0; s < part.n; s++, out->n++) {
            out->time[out->n] = offset + (part.time[s] - t->spans[k].start);
            out->neuron[out->n] = part.neuron[s];
            out->trial[out->n] = subject->trial ? subject->trial[k] : -1;
        }
        offset += t->spans[k].stop - t->spans[k].start;
    }
    return LSNN_OK;
}

/* Calls `write` with the spikes and variables of each population that is wanted. */
typedef lsnn_status write_one(void *to, const measure_subject *subject, const spike_list *l, arena *a, lsnn_error *err);

static lsnn_status each_population(const selection *s, write_one *write, void *to, lsnn_error *err)
{
    for (int p = 0; p < s->file->n_populations; p++) {
        arena *scratch;
        measure_subject subject;
        spike_list l;
        if (!s->population[p]) continue;
        TRY(arena_new(&scratch, err));
        lsnn_status status = selection_subject(&subject, s, p, -1, scratch, err);
        if (status == LSNN_OK) status = list_spikes(&l, &subject, scratch, err);
        if (status == LSNN_OK) status = write(to, &subject, &l, scratch, err);
        arena_free(scratch);
        TRY(status);
    }
    return LSNN_OK;
}

/* ---- SONATA ----------------------------------------------------------------------------------------------------------- */

static lsnn_status write_report(store *file, const measure_subject *subject, const traces *x, arena *a, lsnn_error *err)
{
    const size_t rows = x->n_steps * (size_t)x->n_spans, n = (size_t)x->n_elements;
    const double time[] = {0, (double)rows * x->dt, x->dt};
    uint64_t *ids, *pointers;
    uint32_t *elements;
    const char *group, *path;
    TRY(arena_take(a, &ids, n + 1, sizeof *ids, err));
    TRY(arena_take(a, &pointers, n + 1, sizeof *pointers, err));
    TRY(arena_take(a, &elements, n + 1, sizeof *elements, err));
    for (size_t e = 0; e <= n; e++) {
        pointers[e] = e;
        if (e < n) ids[e] = x->neuron[e];
    }
    TRY(arena_format(a, &group, err, "/report/%s", x->name));
    TRY(arena_format(a, &path, err, "%s/data", group));
    TRY(store_write(file, path, STORE_FLOAT, &(store_shape){2, {rows, n}}, x->values, true, err));
    TRY(store_set_text(file, path, "units", *x->unit ? x->unit : "1", err));
    TRY(arena_format(a, &path, err, "%s/mapping/node_ids", group));
    TRY(store_write(file, path, STORE_UINT64, &(store_shape){1, {n}}, ids, false, err));
    TRY(arena_format(a, &path, err, "%s/mapping/index_pointers", group));
    TRY(store_write(file, path, STORE_UINT64, &(store_shape){1, {n + 1}}, pointers, false, err));
    TRY(arena_format(a, &path, err, "%s/mapping/element_ids", group));
    TRY(store_write(file, path, STORE_UINT32, &(store_shape){1, {n}}, elements, false, err));
    TRY(arena_format(a, &path, err, "%s/mapping/time", group));
    TRY(store_write(file, path, STORE_DOUBLE, &(store_shape){1, {3}}, time, false, err));
    TRY(store_set_text(file, path, "units", "ms", err));
    return store_set_text(file, group, "population", subject->population, err);
}

static lsnn_status write_sonata(void *to, const measure_subject *subject, const spike_list *l, arena *a,
                                lsnn_error *err)
{
    store *file = to;
    const char *path;
    TRY(arena_format(a, &path, err, "/spikes/%s/timestamps", l->population));
    TRY(store_write(file, path, STORE_DOUBLE, &(store_shape){1, {l->n}}, l->time, true, err));
    TRY(store_set_text(file, path, "units", "ms", err));
    TRY(arena_format(a, &path, err, "/spikes/%s/node_ids", l->population));
    TRY(store_write(file, path, STORE_UINT64, &(store_shape){1, {l->n}}, l->neuron, true, err));
    for (int k = 0; k < subject->n_traces; k++)
        if (subject->traces[k].neuron) TRY(write_report(file, subject, &subject->traces[k], a, err));
    return sonata_mark_spikes(file, l->population, err);
}

lsnn_status export_sonata(const selection *s, const char *path, lsnn_error *err)
{
    store *file;
    TRY(store_create(&file, path, err));
    lsnn_status status = sonata_mark(file, err);
    if (status == LSNN_OK) status = each_population(s, write_sonata, file, err);
    const lsnn_status closed = store_close(file, status == LSNN_OK, err);
    return status != LSNN_OK ? status : closed;
}

/* ---- CSV -------------------------------------------------------------------------------------------------------------- */

static lsnn_status write_csv(void *to, const measure_subject *subject, const spike_list *l, arena *a, lsnn_error *err)
{
    (void)subject, (void)a, (void)err;
    for (size_t k = 0; k < l->n; k++) {
        fprintf(to, "%s,%llu,", l->population, (unsigned long long)l->neuron[k]);
        if (l->trial[k] >= 0) fprintf(to, "%d", l->trial[k]);
        fprintf(to, ",%.10g\n", l->time[k]);
    }
    return LSNN_OK;
}

lsnn_status export_csv(const selection *s, const char *path, lsnn_error *err)
{
    draft d;
    FILE *to;
    TRY(draft_open(&d, &to, path, err));
    fprintf(to, "population,neuron,trial,time_ms\n");
    return draft_close(&d, to, each_population(s, write_csv, to, err), err);
}

/* ---- npy -------------------------------------------------------------------------------------------------------------- */

static lsnn_status write_npy(void *to, const measure_subject *subject, const spike_list *l, arena *a, lsnn_error *err)
{
    const char *folder = to, *path;
    const store_shape shape = {1, {l->n}};
    TRY(arena_format(a, &path, err, "%s/%s_time.npy", folder, l->population));
    TRY(npy_write(path, STORE_DOUBLE, &shape, l->time, err));
    TRY(arena_format(a, &path, err, "%s/%s_neuron.npy", folder, l->population));
    TRY(npy_write(path, STORE_UINT64, &shape, l->neuron, err));
    if (subject->trial) {
        TRY(arena_format(a, &path, err, "%s/%s_trial.npy", folder, l->population));
        TRY(npy_write(path, STORE_INT, &shape, l->trial, err));
    }
    for (int k = 0; k < subject->n_traces; k++) {
        const traces *x = &subject->traces[k];
        TRY(arena_format(a, &path, err, "%s/report_%s.npy", folder, x->name));
        TRY(npy_write(path, STORE_FLOAT, &(store_shape){3, {(size_t)x->n_spans, x->n_steps, (size_t)x->n_elements}},
                      x->values, err));
    }
    return LSNN_OK;
}

lsnn_status export_npy(const selection *s, const char *path, lsnn_error *err)
{
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        return lsnn_fail(err, LSNN_OUTPUT, "the folder %s cannot be made: %s", path, strerror(errno));
    return each_population(s, write_npy, (void *)path, err);
}
