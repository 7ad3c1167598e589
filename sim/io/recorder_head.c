/* The parts of run.h5 that do not grow. */
#include "recorder.h"
#include "recorder_trial.h"
#include "sonata.h"
#include "store_access.h"
#include "version.h"
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ID_TEXT = 33 };

static void id_text(char out[static ID_TEXT], const uint64_t id[static 2])
{
    snprintf(out, ID_TEXT, "%016" PRIx64 "%016" PRIx64, id[0], id[1]);
}

static lsnn_status write_root(store *file, const recorder_subject *subject, lsnn_error *err)
{
    const experiment *e = subject->e;
    char id[ID_TEXT], host[256] = "", started[32];
    const time_t now = time(NULL);
    struct tm calendar;
    id_text(id, subject->id);
    gethostname(host, sizeof host - 1);
    gmtime_r(&now, &calendar);
    strftime(started, sizeof started, "%Y-%m-%dT%H:%M:%SZ", &calendar);
    const struct {
        const char *name, *text;
    } texts[] = {{"experiment", e->name},
                 {"run_id", id},
                 {"lsnn_version", version_number},
                 {"commit", version_commit},
                 {"dirty", version_dirty ? "true" : "false"},
                 {"compiler", version_compiler},
                 {"flags", version_flags},
                 {"host", host},
                 {"command", subject->command},
                 {"started", started}};
    TRY(sonata_mark(file, err));
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        TRY(store_set_text(file, "/", texts[k].name, texts[k].text, err));
    TRY(store_set_number(file, "/", "threads", STORE_INT, subject->n_threads, err));
    TRY(store_set_number(file, "/", "ranks", STORE_INT, 1, err));
    TRY(store_set_uint64(file, "/", "seed", e->seed, err));
    return store_write_text(file, "/config", e->resolved, err);
}

static lsnn_status write_values(store *file, const char *path, const lsnn_field *f, size_t n, const double *values,
                                lsnn_error *err)
{
    TRY(store_write(file, path, STORE_DOUBLE, &(store_shape){1, {n}}, values, true, err));
    TRY(store_set_text(file, path, "units", f->unit ? f->unit : "1", err));
    return store_set_text(file, path, "description", f->doc, err);
}

/* NULL: it does not learn. */
static const double *initial_values(const experiment *e, const population *p, const lsnn_field *f)
{
    const parameter *learned[LSNN_MAX_TRAINABLE];
    const int n = network_learned(e->net, p, learned);
    for (int l = 0; l < n; l++)
        if (learned[l]->field == f) return learned[l]->initial;
    return NULL;
}

static lsnn_status write_population(store *file, const experiment *e, const population *p, arena *a, lsnn_error *err)
{
    const char *group, *path;
    TRY(arena_format(a, &group, err, "/populations/%s", p->name));
    for (const lsnn_field *f = p->model->fields; f->name; f++) {
        if (f->kind != LSNN_NEURONS) continue;
        const double *initial = initial_values(e, p, f);
        const double *values = initial ? initial : *(const double *const *)((const char *)p->parameters + f->offset);
        TRY(arena_format(a, &path, err, "%s/%s", group, f->name));
        TRY(write_values(file, path, f, (size_t)p->n, values, err));
        if (initial) TRY(store_set_text(file, path, "when", "initial", err));
    }
    TRY(store_set_text(file, group, "model", p->model->name, err));
    TRY(store_set_number(file, group, "n", STORE_INT, p->n, err));
    TRY(store_set_number(file, group, "dt", STORE_DOUBLE, e->dt, err));
    const config_node *own = config_get(config_get(e->root, "populations"), p->name);
    for (const lsnn_field *f = p->model->fields; f->name; f++) {
        const config_node *node = f->kind == LSNN_NEURONS ? NULL : config_get(own, f->name);
        if (node && node->kind == CONFIG_SCALAR) TRY(store_set_text(file, group, f->name, node->text, err));
    }
    return LSNN_OK;
}

typedef struct wires {
    uint64_t *source, *target;
    double *delay;
    double dt;
    size_t n;
} wires;

static void add_wire(void *with, int i, int j, int delay, size_t position)
{
    wires *w = with;
    (void)position;
    w->source[w->n] = (uint64_t)i;
    w->target[w->n] = (uint64_t)j;
    w->delay[w->n++] = delay * w->dt;
}

static lsnn_status write_wires(store *file, const experiment *e, const record_spec *spec, arena *a, lsnn_error *err)
{
    const projection *p = &e->net->projections[spec->projection];
    wires w = {.dt = e->dt};
    const char *path;
    TRY(arena_format(a, &path, err, "/weights/%s", spec->name));
    TRY(store_set_text(file, path, "projection", p->name, err));
    if (p->rewiring) return LSNN_OK; /* then they are in the snapshots */
    TRY(arena_take(a, &w.source, p->n_synapses + 1, sizeof *w.source, err));
    TRY(arena_take(a, &w.target, p->n_synapses + 1, sizeof *w.target, err));
    TRY(arena_take(a, &w.delay, p->n_synapses + 1, sizeof *w.delay, err));
    network_each_synapse(e->net, p, add_wire, &w);
    const store_shape shape = {1, {w.n}};
    TRY(arena_format(a, &path, err, "/weights/%s/source", spec->name));
    TRY(store_write(file, path, STORE_UINT64, &shape, w.source, true, err));
    TRY(arena_format(a, &path, err, "/weights/%s/target", spec->name));
    TRY(store_write(file, path, STORE_UINT64, &shape, w.target, true, err));
    TRY(arena_format(a, &path, err, "/weights/%s/delay", spec->name));
    TRY(store_write(file, path, STORE_DOUBLE, &shape, w.delay, true, err));
    return store_set_text(file, path, "units", "ms", err);
}

/* SONATA's mapping of a report: one element per node. */
static lsnn_status write_mapping(store *file, const experiment *e, const record_spec *spec, arena *a, lsnn_error *err)
{
    const size_t n = (size_t)spec->n_neurons;
    uint64_t *ids, *pointers;
    uint32_t *elements;
    const bool simulated = e->simulation.engine != ENGINE_NONE;
    const double time[] = {0, simulated ? e->simulation.time : e->shape.n_steps * e->dt,
                           simulated ? spec->every * e->dt : e->dt};
    const char *path;
    TRY(arena_take(a, &ids, n + 1, sizeof *ids, err));
    TRY(arena_take(a, &pointers, n + 1, sizeof *pointers, err));
    TRY(arena_take(a, &elements, n + 1, sizeof *elements, err));
    for (size_t k = 0; k <= n; k++)
        pointers[k] = k;
    for (size_t k = 0; k < n; k++)
        ids[k] = (uint64_t)spec->neuron[k];
    TRY(arena_format(a, &path, err, "/report/%s/mapping/node_ids", spec->name));
    TRY(store_write(file, path, STORE_UINT64, &(store_shape){1, {n}}, ids, false, err));
    TRY(arena_format(a, &path, err, "/report/%s/mapping/index_pointers", spec->name));
    TRY(store_write(file, path, STORE_UINT64, &(store_shape){1, {n + 1}}, pointers, false, err));
    TRY(arena_format(a, &path, err, "/report/%s/mapping/element_ids", spec->name));
    TRY(store_write(file, path, STORE_UINT32, &(store_shape){1, {n}}, elements, false, err));
    TRY(arena_format(a, &path, err, "/report/%s/mapping/time", spec->name));
    TRY(store_write(file, path, STORE_DOUBLE, &(store_shape){1, {3}}, time, false, err));
    TRY(store_set_text(file, path, "units", "ms", err));
    TRY(arena_format(a, &path, err, "/report/%s", spec->name));
    TRY(store_set_text(file, path, "variable", spec->variable, err));
    return store_set_text(file, path, "population", e->net->populations[spec->population].name, err);
}

static lsnn_status mark_input(store *file, const experiment *e, const record_spec *spec, arena *a, lsnn_error *err)
{
    const source *from = &e->net->sources[spec->source];
    const char *group;
    TRY(sonata_mark_spikes(file, from->name, err));
    TRY(arena_format(a, &group, err, "/spikes/%s", from->name));
    return store_set_number(file, group, "n", STORE_INT, from->n, err); /* it has no entry in /populations */
}

static lsnn_status write_all(store *file, const recorder_subject *subject, arena *a, lsnn_error *err)
{
    const experiment *e = subject->e;
    TRY(write_root(file, subject, err));
    for (int k = 0; k < e->net->n_populations; k++)
        TRY(write_population(file, e, &e->net->populations[k], a, err));
    for (int k = 0; k < e->n_records; k++) {
        for (int p = 0; e->records[k].what == RECORD_SPIKES && p < e->records[k].n_populations; p++)
            TRY(sonata_mark_spikes(file, e->net->populations[e->records[k].population + p].name, err));
        if (e->records[k].what == RECORD_WEIGHTS) TRY(write_wires(file, e, &e->records[k], a, err));
        if (e->records[k].what == RECORD_INPUT) TRY(mark_input(file, e, &e->records[k], a, err));
        if (recorder_trial_traced(&e->records[k])) TRY(write_mapping(file, e, &e->records[k], a, err));
    }
    return LSNN_OK;
}

lsnn_status recorder_head(store *file, const void *subject, lsnn_error *err)
{
    arena *scratch;
    TRY(arena_new(&scratch, err));
    const lsnn_status status = write_all(file, subject, scratch, err);
    arena_free(scratch);
    return status;
}

/* A run that was killed as it ended has them already: the same, since it ends with the same bits. */
static lsnn_status write_learned(store *file, const population *p, const parameter *learned, arena *a, lsnn_error *err)
{
    const char *path;
    double *values;
    TRY(arena_format(a, &path, err, "/populations/%s/learned/%s", p->name, learned->field->name));
    if (store_has(file, path)) return LSNN_OK;
    TRY(arena_take(a, &values, (size_t)p->n, sizeof *values, err));
    for (int j = 0; j < p->n; j++)
        values[j] = network_value(learned, j);
    TRY(write_values(file, path, learned->field, (size_t)p->n, values, err));
    return store_set_text(file, path, "when", "final", err);
}

static lsnn_status write_all_learned(store *file, const network *net, arena *a, lsnn_error *err)
{
    for (int k = 0; k < net->n_populations; k++) {
        const parameter *learned[LSNN_MAX_TRAINABLE];
        const int n = network_learned(net, &net->populations[k], learned);
        for (int l = 0; l < n; l++)
            TRY(write_learned(file, &net->populations[k], learned[l], a, err));
    }
    return LSNN_OK;
}

lsnn_status recorder_tail(store *file, const void *subject, lsnn_error *err)
{
    const recorder_subject *s = subject;
    arena *scratch;
    TRY(arena_new(&scratch, err));
    const lsnn_status status = write_all_learned(file, s->e->net, scratch, err);
    arena_free(scratch);
    return status;
}

static lsnn_status check_id(const store *file, const recorder_subject *subject, arena *a, lsnn_error *err)
{
    const char *found;
    char wanted[ID_TEXT];
    id_text(wanted, subject->id);
    TRY(store_get_text(file, a, &found, "/", "run_id", err));
    if (strcmp(found, wanted) == 0) return LSNN_OK;
    return lsnn_fail(err, LSNN_DATA, "%s: belongs to another run (%s) than the checkpoint beside it (%s)", file->path,
                     found, wanted);
}

lsnn_status recorder_check(const store *file, const void *subject, lsnn_error *err)
{
    arena *scratch;
    TRY(arena_new(&scratch, err));
    const lsnn_status status = check_id(file, subject, scratch, err);
    arena_free(scratch);
    return status;
}
