/* Reading what a user wants to look at, and cutting it out. */
#include "selection.h"
#include "text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- populations ------------------------------------------------------------------------------------------------------ */

static lsnn_status want_population(selection *out, const char *name, lsnn_error *err)
{
    const spikes *f = out->file;
    const char *names[64] = {""};
    int n = 0;
    for (int k = 0; k < f->n_populations; k++) {
        if (n < 64) names[n++] = f->populations[k].name;
        if (strcmp(f->populations[k].name, name) != 0) continue;
        out->population[k] = true;
        return LSNN_OK;
    }
    const char *near = text_nearest(name, names, n);
    return lsnn_fail(err, LSNN_USAGE, "%s has no spikes of a population '%s'; %s '%s'%s", f->path, name,
                     near ? "did you mean" : "it has", near ? near : names[0],
                     near    ? "?"
                     : n > 1 ? " and others"
                             : "");
}

/* Calls take_word for each part between commas. */
static lsnn_status each_word(selection *out, const char *list, arena *a,
                             lsnn_status (*take_word)(selection *out, const char *word, lsnn_error *err),
                             lsnn_error *err)
{
    for (const char *at = list;; at++) {
        const size_t length = strcspn(at, ",");
        const char *word;
        TRY(arena_text(a, &word, at, length, err));
        TRY(take_word(out, word, err));
        at += length;
        if (!*at) return LSNN_OK;
    }
}

static lsnn_status choose_populations(selection *out, const char *list, arena *a, lsnn_error *err)
{
    TRY(arena_take(a, &out->population, (size_t)out->file->n_populations + 1, sizeof *out->population, err));
    if (list) return each_word(out, list, a, want_population, err);
    for (int k = 0; k < out->file->n_populations; k++)
        out->population[k] = true;
    return LSNN_OK;
}

/* ---- trials ----------------------------------------------------------------------------------------------------------- */

/* "12", "-3"; an empty text is the fallback. Negative numbers count from the end. */
static bool read_place(long *out, const char *text, size_t length, long n, long fallback)
{
    char *end;
    *out = fallback;
    if (length == 0) return true;
    *out = strtol(text, &end, 10);
    if (end != text + length) return false;
    if (*out < 0) *out += n;
    return true;
}

static lsnn_status want_trials(selection *out, const char *word, lsnn_error *err)
{
    const long n = out->file->n_trials;
    const char *colon = strchr(word, ':');
    long first, stop;
    bool good = read_place(&first, word, colon ? (size_t)(colon - word) : strlen(word), n, 0);
    good = good && (colon ? read_place(&stop, colon + 1, strlen(colon + 1), n, n) : (stop = first + 1, *word != '\0'));
    if (!good)
        return lsnn_fail(err, LSNN_USAGE, "--trials takes all, none, correct, wrong, FIRST:STOP or numbers, not '%s'",
                         word);
    if (first < 0 || stop > n || first >= stop)
        return lsnn_fail(err, LSNN_USAGE, "--trials %s: %s has the trials 0 to %ld", word, out->file->path, n - 1);
    for (long k = first; k < stop; k++)
        out->trial[k] = true;
    return LSNN_OK;
}

static lsnn_status choose_trials(selection *out, const char *list, arena *a, lsnn_error *err)
{
    const spikes *f = out->file;
    const int n = f->n_trials;
    TRY(arena_take(a, &out->trial, (size_t)n + 1, sizeof *out->trial, err));
    out->by_trial = n > 0 && (!list || strcmp(list, "none") != 0);
    if (!out->by_trial && (!list || strcmp(list, "none") == 0 || strcmp(list, "all") == 0)) return LSNN_OK;
    if (!out->by_trial) return lsnn_fail(err, LSNN_USAGE, "--trials %s: %s has no trials", list, f->path);
    if (!list || strcmp(list, "all") == 0) {
        for (int k = 0; k < n; k++)
            out->trial[k] = true;
        return LSNN_OK;
    }
    const bool correct = strcmp(list, "correct") == 0;
    if (!correct && strcmp(list, "wrong") != 0) return each_word(out, list, a, want_trials, err);
    if (!f->error)
        return lsnn_fail(err, LSNN_USAGE, "--trials %s: %s does not say which trials were right", list, f->path);
    for (int k = 0; k < n; k++)
        out->trial[k] = (f->error[k] < 0.5) == correct;
    return LSNN_OK;
}

static int ascending(const void *a, const void *b)
{
    const int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static lsnn_status find_classes(selection *out, arena *a, lsnn_error *err)
{
    const spikes *f = out->file;
    int *all, n = 0;
    TRY(arena_take(a, &all, (size_t)f->n_trials + 1, sizeof *all, err));
    for (int k = 0; out->by_trial && f->label && k < f->n_trials; k++)
        if (out->trial[k] && f->label[k] >= 0) all[n++] = f->label[k];
    qsort(all, (size_t)n, sizeof *all, ascending);
    out->classes = all;
    for (int k = 0; k < n; k++)
        if (k == 0 || all[k] != all[k - 1]) all[out->n_classes++] = all[k];
    return LSNN_OK;
}

/* ---- window ----------------------------------------------------------------------------------------------------------- */

static bool read_time(double *out, const char *text, size_t length)
{
    char *end;
    if (length == 0) return true; /* stays as it is */
    *out = strtod(text, &end);
    return end == text + length && isfinite(*out);
}

static lsnn_status choose_window(selection *out, const char *text, lsnn_error *err)
{
    const spikes *f = out->file;
    double length = out->by_trial ? INFINITY : f->stop;
    for (int k = 0; out->by_trial && k < f->n_trials; k++)
        if (out->trial[k]) length = fmin(length, f->trials[k].stop - f->trials[k].start);
    out->window = (span){0, isfinite(length) ? length : 0};
    if (!text) return LSNN_OK;
    const char *colon = strchr(text, ':');
    if (!colon || !read_time(&out->window.start, text, (size_t)(colon - text)) ||
        !read_time(&out->window.stop, colon + 1, strlen(colon + 1)))
        return lsnn_fail(err, LSNN_USAGE, "--window takes START:STOP in ms, like 100:600, not '%s'", text);
    if (out->window.start < 0 || out->window.start >= out->window.stop)
        return lsnn_fail(err, LSNN_USAGE, "--window %s: it has to start at 0 or later, and before it stops", text);
    const bool known = f->n_trials > 0; /* else spikes may just be missing at the end, or all of them */
    if (known ? out->window.stop <= length : out->window.start < length || length <= 0) return LSNN_OK;
    return out->by_trial ? lsnn_fail(err, LSNN_USAGE, "--window %s: the trials last %g ms", text, length)
                         : lsnn_fail(err, LSNN_USAGE, "--window %s: the recording ends at %g ms", text, length);
}

lsnn_status selection_make(selection *out, const spikes *file, const verb_options *options, arena *a, lsnn_error *err)
{
    *out = (selection){.file = file};
    TRY(choose_populations(out, options->population, a, err));
    TRY(choose_trials(out, options->trials, a, err));
    TRY(choose_window(out, options->window, err));
    return find_classes(out, a, err);
}

/* ---- cutting ---------------------------------------------------------------------------------------------------------- */

static int class_of(const selection *s, int trial)
{
    if (s->n_classes == 0) return -1;
    const int *found = bsearch(&s->file->label[trial], s->classes, (size_t)s->n_classes, sizeof *found, ascending);
    return found ? (int)(found - s->classes) : -1;
}

/* Spans and labels of the trials that are wanted and recorded; their numbers. */
static lsnn_status take_spans(measure_subject *out, const selection *s, const spikes_population *p, int only,
                              span **spans, int **trial, int *n, arena *a, lsnn_error *err)
{
    const spikes *f = s->file;
    int *label;
    *n = 0;
    TRY(arena_take(a, spans, (size_t)f->n_trials + 1, sizeof **spans, err));
    TRY(arena_take(a, trial, (size_t)f->n_trials + 1, sizeof **trial, err));
    TRY(arena_take(a, &label, (size_t)f->n_trials + 1, sizeof *label, err));
    bool labelled = s->n_classes > 0;
    for (int k = 0; s->by_trial && k < f->n_trials; k++) {
        const int class = class_of(s, k);
        if (!s->trial[k] || !p->in_trial[k] || (only >= 0 && class != only)) continue;
        (*spans)[*n] = (span){f->trials[k].start + s->window.start, f->trials[k].start + s->window.stop};
        (*trial)[*n] = k;
        labelled = labelled && class >= 0;
        label[(*n)++] = class;
    }
    if (!s->by_trial) (*spans)[(*n)++] = s->window;
    out->label = labelled ? label : NULL;
    out->n_classes = labelled ? s->n_classes : 0;
    return LSNN_OK;
}

/* A report's trial of this number; -1: it has none. */
static int find_trial(const spikes_report *report, int trial)
{
    if (!report->trial) return trial == 0 && report->x.n_spans == 1 ? 0 : -1;
    for (int k = 0; k < report->x.n_spans; k++)
        if (report->trial[k] == (uint64_t)trial) return k;
    return -1;
}

/* The report in these trials and the window. Reports are mostly of fewer trials than spikes: `trial` loses those without. */
static lsnn_status cut_report(traces *out, const selection *s, const spikes_report *report, const char *name,
                              const int *trial, int n, arena *a, lsnn_error *err)
{
    const traces *x = &report->x;
    const size_t first = (size_t)floor(s->window.start / x->dt + 1e-6), width = (size_t)x->n_elements;
    size_t stop = (size_t)floor(s->window.stop / x->dt + 1e-6);
    float *values;
    if (stop > x->n_steps) stop = x->n_steps;
    *out = *x;
    out->n_steps = stop > first ? stop - first : 0;
    out->n_spans = n;
    if (strcmp(report->population, name) != 0) out->neuron = NULL;
    TRY(arena_take(a, &values, (size_t)n * out->n_steps * width + 1, sizeof *values, err));
    for (int k = 0; k < n; k++)
        memcpy(values + (size_t)k * out->n_steps * width,
               x->values + ((size_t)find_trial(report, trial[k]) * x->n_steps + first) * width,
               out->n_steps * width * sizeof *values);
    out->values = values;
    return LSNN_OK;
}

static lsnn_status take_reports(measure_subject *out, const selection *s, const int *trial, arena *a, lsnn_error *err)
{
    traces *list;
    TRY(arena_take(a, &list, (size_t)s->file->n_reports + 1, sizeof *list, err));
    out->traces = list;
    for (int r = 0; r < s->file->n_reports; r++) {
        const spikes_report *report = &s->file->reports[r];
        bool whole = true;
        for (int k = 0; k < out->trains.n_spans; k++)
            whole = whole && find_trial(report, trial[k]) >= 0;
        if (!whole || out->trains.n_spans == 0) continue;
        TRY(cut_report(&list[out->n_traces++], s, report, out->population, trial, out->trains.n_spans, a, err));
    }
    return LSNN_OK;
}

lsnn_status selection_group(const char **out, const selection *s, int only, arena *a, lsnn_error *err)
{
    *out = "all";
    return only < 0 ? LSNN_OK : arena_format(a, out, err, "class %d", s->classes[only]);
}

lsnn_status selection_subject(measure_subject *out, const selection *s, int number, int only, arena *a, lsnn_error *err)
{
    const spikes_population *p = &s->file->populations[number];
    span *spans;
    int *trial, n;
    *out = (measure_subject){.population = p->name, .spikes = p->spikes};
    TRY(selection_group(&out->group, s, only, a, err));
    TRY(take_spans(out, s, p, only, &spans, &trial, &n, a, err));
    out->trial = s->by_trial ? trial : NULL;
    TRY(raster_trains(&out->trains, &p->spikes, spans, n, a, err));
    return take_reports(out, s, trial, a, err);
}
