/* Tables. */
#include "collect.h"
#include "csv.h"
#include "store.h"
#include "text.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void path_of(char out[LEDGER_PATH], const sweep *s, const char *name)
{
    snprintf(out, LEDGER_PATH, "%s/%s", s->folder, name);
}

/* ---- results.csv --------------------------------------------------------------------------------------------------------- */

static void put_head(FILE *out, const sweep *s)
{
    fputs("trial", out);
    for (int p = 0; p < s->space.n_parameters; p++) {
        fputc(',', out);
        csv_put(out, s->space.parameters[p].path);
    }
    if (space_find(&s->space, "seed") < 0) fputs(",seed", out);
    fputs(",status,iterations,goal_reached", out);
    for (int k = 0; k < OUTCOME_N_METRICS; k++)
        fprintf(out, ",%s", outcome_metric[k]);
    fputs(",seconds,started,host,version,message\n", out);
}

static void put_outcome(FILE *out, const sweep *s, const outcome *o)
{
    if (space_find(&s->space, "seed") < 0) fprintf(out, ",%" PRIu64, o->seed);
    fprintf(out, ",%s,%" PRIu64 ",%s", outcome_text[o->status], o->iterations,
            o->goal < 0 ? ""
            : o->goal   ? "true"
                        : "false");
    for (int k = 0; k < OUTCOME_N_METRICS; k++)
        if (isnan(o->metric[k]))
            fputc(',', out);
        else
            fprintf(out, ",%.9g", o->metric[k]);
    fprintf(out, ",%.3f,%s,", o->seconds, o->started);
    csv_put(out, o->host);
    fputc(',', out);
    csv_put(out, o->version);
    fputc(',', out);
    csv_put(out, o->message);
    fputc('\n', out);
}

static void put_row(FILE *out, const sweep *s, size_t trial, const outcome *o)
{
    fprintf(out, "%zu", trial);
    for (int p = 0; p < s->space.n_parameters; p++) {
        const char *value = space_value_of(&s->space, trial, p);
        fputc(',', out);
        if (value) csv_put(out, value);
    }
    put_outcome(out, s, o);
}

/* ---- results.h5 ---------------------------------------------------------------------------------------------------------- */

typedef struct rows {
    size_t n;
    size_t *trial;
    outcome *outcome;
} rows;

static lsnn_status read_rows(rows *out, const ledger *l, arena *a, lsnn_error *err)
{
    const size_t n = l->s->space.n_trials;
    *out = (rows){0};
    TRY(arena_take(a, &out->trial, n, sizeof *out->trial, err));
    TRY(arena_take(a, &out->outcome, n, sizeof *out->outcome, err));
    for (size_t trial = 0; trial < n; trial++) {
        if (!ledger_outcome(&out->outcome[out->n], l, trial)) continue;
        out->trial[out->n++] = trial;
    }
    return LSNN_OK;
}

static lsnn_status write_numbers(store *file, const char *name, size_t n, const double *values, lsnn_error *err)
{
    char path[512];
    const store_shape shape = {1, {n}};
    snprintf(path, sizeof path, "/trials/%s", name);
    return store_write(file, path, STORE_DOUBLE, &shape, values, true, err);
}

static lsnn_status write_texts(store *file, const char *name, size_t n, const char *const *texts, lsnn_error *err)
{
    char path[512];
    snprintf(path, sizeof path, "/trials/%s", name);
    return store_write_texts(file, path, &(store_shape){1, {n}}, texts, err);
}

/* As numbers if all of them are, nan where a condition does not hold. */
static lsnn_status write_parameter(store *file, const sweep *s, int p, const rows *r, double *numbers,
                                   const char **texts, lsnn_error *err)
{
    bool numeric = true;
    for (size_t k = 0; k < r->n; k++) {
        const char *value = space_value_of(&s->space, r->trial[k], p);
        texts[k] = value ? value : "";
        numbers[k] = NAN;
        if (value && !text_to_double(&numbers[k], value)) numeric = false;
    }
    const char *name = s->space.parameters[p].path;
    return numeric ? write_numbers(file, name, r->n, numbers, err) : write_texts(file, name, r->n, texts, err);
}

static lsnn_status write_outcomes(store *file, const rows *r, double *numbers, const char **texts, lsnn_error *err)
{
    for (int m = 0; m < OUTCOME_N_METRICS; m++) {
        for (size_t k = 0; k < r->n; k++)
            numbers[k] = r->outcome[k].metric[m];
        TRY(write_numbers(file, outcome_metric[m], r->n, numbers, err));
    }
#define COLUMN(name, value)                                                                                            \
    do {                                                                                                               \
        for (size_t k = 0; k < r->n; k++)                                                                              \
            numbers[k] = (double)(value);                                                                              \
        TRY(write_numbers(file, name, r->n, numbers, err));                                                            \
    } while (0)
    COLUMN("trial", r->trial[k]);
    COLUMN("iterations", r->outcome[k].iterations);
    COLUMN("goal_reached", r->outcome[k].goal);
    COLUMN("seconds", r->outcome[k].seconds);
#undef COLUMN
    for (size_t k = 0; k < r->n; k++)
        texts[k] = outcome_text[r->outcome[k].status];
    TRY(write_texts(file, "status", r->n, texts, err));
    for (size_t k = 0; k < r->n; k++)
        texts[k] = r->outcome[k].host;
    TRY(write_texts(file, "host", r->n, texts, err));
    for (size_t k = 0; k < r->n; k++)
        texts[k] = r->outcome[k].version;
    return write_texts(file, "version", r->n, texts, err);
}

static lsnn_status write_seeds(store *file, const rows *r, arena *a, lsnn_error *err)
{
    uint64_t *seeds;
    const store_shape shape = {1, {r->n}};
    TRY(arena_take(a, &seeds, r->n + 1, sizeof *seeds, err));
    for (size_t k = 0; k < r->n; k++)
        seeds[k] = r->outcome[k].seed;
    return store_write(file, "/trials/seed", STORE_UINT64, &shape, seeds, true, err);
}

static lsnn_status write_file(store *file, const sweep *s, const rows *r, arena *a, lsnn_error *err)
{
    double *numbers;
    const char **texts;
    TRY(arena_take(a, &numbers, r->n + 1, sizeof *numbers, err));
    TRY(arena_take(a, &texts, r->n + 1, sizeof *texts, err));
    for (int p = 0; p < s->space.n_parameters; p++)
        if (strcmp(s->space.parameters[p].path, "seed") != 0) TRY(write_parameter(file, s, p, r, numbers, texts, err));
    TRY(write_outcomes(file, r, numbers, texts, err));
    TRY(write_seeds(file, r, a, err));
    TRY(store_set_text(file, "/trials", "description", "a row for each trial that has an outcome", err));
    return store_write_text(file, "/sweep", s->text, err);
}

static lsnn_status write_h5(const sweep *s, const rows *r, arena *a, lsnn_error *err)
{
    char path[LEDGER_PATH];
    store *file;
    path_of(path, s, "results.h5");
    TRY(store_create(&file, path, err));
    const lsnn_status status = write_file(file, s, r, a, err);
    const lsnn_status closed = store_close(file, status == LSNN_OK, status == LSNN_OK ? err : NULL);
    return status == LSNN_OK ? closed : status;
}

static lsnn_status write_csv(const sweep *s, const rows *r, lsnn_error *err)
{
    char path[LEDGER_PATH];
    csv_file file;
    path_of(path, s, "results.csv");
    TRY(csv_open(&file, path, err));
    put_head(file.stream, s);
    for (size_t k = 0; k < r->n; k++)
        put_row(file.stream, s, r->trial[k], &r->outcome[k]);
    return csv_close(&file, err);
}

lsnn_status collect_results(const ledger *l, lsnn_error *err)
{
    arena *a;
    rows r;
    TRY(arena_new(&a, err));
    lsnn_status status = read_rows(&r, l, a, err);
    if (status == LSNN_OK) status = write_csv(l->s, &r, err);
    if (status == LSNN_OK) status = write_h5(l->s, &r, a, err);
    arena_free(a);
    return status;
}

/* ---- status -------------------------------------------------------------------------------------------------------------- */

static void count(collect_count *c, const ledger *l, size_t trial)
{
    int rung = l->s->n_rungs - 1;
    while (rung > 0 && !ledger_at(l, trial, rung)->judged && ledger_at(l, trial, rung)->claims == 0)
        rung--;
    const ledger_entry *e = ledger_at(l, trial, rung);
    if (!e->judged) {
        const bool running = ledger_is_running(l, trial, rung);
        c->running += running;
        c->left += !running;
        return;
    }
    c->done += e->status == OUTCOME_DONE;
    c->paused += e->status == OUTCOME_PAUSED;
    c->stopped += e->status == OUTCOME_STOPPED;
    c->failed += e->status == OUTCOME_FAILED;
    c->seconds += e->seconds;
}

collect_count collect_status(const ledger *l)
{
    collect_count c = {0};
    for (size_t trial = 0; trial < l->s->space.n_trials; trial++)
        count(&c, l, trial);
    const size_t judged = c.done + c.paused + c.stopped + c.failed;
    c.seconds /= judged > 0 ? (double)judged : 1;
    /* Of those under way half is done on average. */
    const double work = c.seconds * ((double)c.left + 0.5 * (double)c.running);
    c.remaining = judged > 0 ? work / (c.running > 0 ? (double)c.running : 1) : NAN;
    return c;
}
