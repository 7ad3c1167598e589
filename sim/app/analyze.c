/* Verb analyze: measures of recorded spikes. */
#include "analyze.h"
#include "findings_file.h"
#include "survey.h"
#include "text.h"
#include <gsl/gsl_errno.h>
#include <string.h>

/* ---- what is asked for ------------------------------------------------------------------------------------------------ */

enum { MOST_MEASURES = 64 };

typedef struct question {
    const measure *measures[MOST_MEASURES];
    int n;
    bool learning; /* too */
    measure_settings settings;
} question;

static lsnn_status unknown_measure(const char *name, lsnn_error *err)
{
    const char *names[MOST_MEASURES];
    int n = 0;
    for (const measure *m = measure_list; m->name; m++)
        names[n++] = m->name;
    names[n++] = "learning";
    const char *near = text_nearest(name, names, n);
    if (near) return lsnn_fail(err, LSNN_USAGE, "no measure is called '%s'; did you mean '%s'?", name, near);
    return lsnn_fail(err, LSNN_USAGE, "no measure is called '%s'; `lsnn help analyze` lists them", name);
}

static lsnn_status choose_measures(question *q, const char *list, arena *a, lsnn_error *err)
{
    for (const measure *m = measure_list; !list && m->name; m++)
        if (m->standard) q->measures[q->n++] = m;
    q->learning = !list;
    for (const char *at = list; list; at++) {
        const size_t length = strcspn(at, ",");
        const char *name;
        TRY(arena_text(a, &name, at, length, err));
        const measure *found = measure_named(name);
        if (found && q->n < MOST_MEASURES)
            q->measures[q->n++] = found;
        else if (strcmp(name, "learning") == 0)
            q->learning = true;
        else if (strcmp(name, "all") == 0)
            for (const measure *m = measure_list; m->name && q->n < MOST_MEASURES; m++)
                q->measures[q->n++] = m;
        else
            return unknown_measure(name, err);
        at += length;
        if (!*at) break;
    }
    return LSNN_OK;
}

static bool needs_reports(const question *q)
{
    bool needs = false;
    for (int k = 0; k < q->n; k++)
        needs = needs || q->measures[k]->reports;
    return needs;
}

/* ---- answers ---------------------------------------------------------------------------------------------------------- */

static lsnn_status answer(findings *out, const selection *s, const question *q, bool by_class, lsnn_error *err)
{
    bool across = false;
    const survey all = {q->measures, q->n, &q->settings};
    for (int k = 0; k < q->n; k++)
        across = across || q->measures[k]->across_classes;
    for (int p = 0; q->n > 0 && p < s->file->n_populations; p++) {
        if (!s->population[p]) continue;
        if (!by_class) TRY(survey_look(out, s, p, -1, &all, false, err));
        for (int c = 0; by_class && c < s->n_classes; c++)
            TRY(survey_look(out, s, p, c, &all, false, err));
        if (by_class && across) TRY(survey_look(out, s, p, -1, &all, true, err));
    }
    return LSNN_OK;
}

static lsnn_status check_by(const verb_options *options, const selection *s, lsnn_error *err)
{
    if (!options->by) return LSNN_OK;
    if (strcmp(options->by, "class") != 0) return lsnn_fail(err, LSNN_USAGE, "--by takes class, not '%s'", options->by);
    if (s->n_classes > 0) return LSNN_OK;
    return lsnn_fail(err, LSNN_USAGE, "--by class: the trials of %s have no classes", s->file->path);
}

static lsnn_status output_path(const char **out, const verb_options *options, arena *a, lsnn_error *err)
{
    const char *path = options->words[0], *dot = strrchr(path, '.');
    *out = options->output;
    if (*out) return LSNN_OK;
    const int length = (int)(dot && !strchr(dot, '/') ? (size_t)(dot - path) : strlen(path));
    return arena_format(a, out, err, "%.*s.analysis.h5", length, path);
}

static lsnn_status print(const analyze_head *h, const verb_options *options, lsnn_error *err)
{
    if (options->curve) return analyze_print_curve(h->found, options->curve, err);
    if (options->json)
        analyze_print_json(h);
    else if (options->csv)
        analyze_print_csv(h->found);
    else
        analyze_print_table(h);
    return LSNN_OK;
}

static lsnn_status command_text(const char **out, int argc, char **argv, arena *a, lsnn_error *err)
{
    *out = "lsnn";
    for (int k = 0; k < argc; k++)
        TRY(arena_format(a, out, err, "%s %s", *out, argv[k]));
    return LSNN_OK;
}

static lsnn_status analyze_words(int argc, char **argv, arena *a, lsnn_error *err)
{
    verb_options options;
    spikes *file;
    selection s;
    question q = {0};
    findings found = {.memory = a};
    const char *command, *path;
    TRY(command_text(&command, argc, argv, a, err));
    TRY(verb_parse(&options, &verb_analyze, argc, argv, "oJnmpwtbcNC", a, err));
    if (options.n_words < 1) return lsnn_fail(err, LSNN_USAGE, "a file with spikes is needed, like runs/.../run.h5");
    TRY(choose_measures(&q, options.measure, a, err));
    TRY(survey_settings(&q.settings, &options, 1, a, err));
    TRY(spikes_read(&file, options.words[0], options.neurons, needs_reports(&q) ? SPIKES_AND_REPORTS : SPIKES_ONLY, a,
                    err));
    TRY(selection_make(&s, file, &options, a, err));
    TRY(check_by(&options, &s, err));
    gsl_set_error_handler_off();
    TRY(answer(&found, &s, &q, options.by != NULL, err));
    if (q.learning) TRY(analyze_learning(&found, options.words[0], err));
    TRY(print(&(analyze_head){&s, &found}, &options, err));
    if (options.dry_run) return LSNN_OK;
    TRY(output_path(&path, &options, a, err));
    TRY(findings_write(&found, path, options.words[0], command, err));
    fprintf(stderr, "all numbers and curves are in %s\n", path);
    return LSNN_OK;
}

static int analyze(int argc, char **argv)
{
    lsnn_error err = {0};
    arena *a = NULL;
    lsnn_status status = arena_new(&a, &err);
    if (status == LSNN_OK) status = analyze_words(argc, argv, a, &err);
    arena_free(a);
    return status == LSNN_OK ? 0 : verb_failed(&err);
}

const verb verb_analyze = {
    .name = "analyze",
    .summary = "measure recorded spikes: rates, intervals, synchrony, spectra, decoding, learning",
    .synopsis = "FILE [--measure A,B] [--population A,B] [--window START:STOP] [--trials ...] [options] [key=value...]",
    .help =
        "FILE: run.h5, any spike file in SONATA layout (NEST, Brian, BMTK), or one like the Spiking Heidelberg "
        "Digits.\n"
        "Prints a table; all numbers and curves also go to FILE.analysis.h5.\n"
        "\n"
        "  --measure A,B      some of those below; without it the ones marked *; all: all of them\n"
        "  --population A,B   some populations\n"
        "  --trials T         all, none (the file as one recording), correct, wrong, numbers (0,4) or FIRST:STOP (-10: "
        "the\n"
        "                     last ten)\n"
        "  --window A:B       ms after the start of each trial; without trials: of the recording\n"
        "  --by class         each class of trials on its own\n"
        "  --neurons N        neurons of a population where the file does not say (else: the highest id + 1; one for "
        "all\n"
        "                     of a population without spikes)\n"
        "  --json, --csv      instead of the table; JSON holds the curves too\n"
        "  --curve NAME       instead of the table: one curve as CSV, like psth or isi_histogram\n"
        "  -o FILE            instead of FILE.analysis.h5; --dry-run: no file\n"
        "\n"
        "measures (definitions in DESIGN.md, 'Measures')\n"
        "  rate*          spikes per time of each neuron; its distribution\n"
        "  isi*           intervals between spikes and their histogram\n"
        "  cv* cv2*       irregularity of intervals: sd / mean; that of neighbours\n"
        "  lv* lvr*       local variation; corrected for refractoriness\n"
        "  fano*          variance / mean of counts over trials, or over windows\n"
        "  psth*          rate by time in the trial\n"
        "  correlation*   of binned counts, mean over pairs\n"
        "  synchrony*     chi^2\n"
        "  spectrum*      of the population rate, by Welch's method\n"
        "  bursts* silence* adaptation*\n"
        "  learning*      loss, error, weights and alignment over training (run.h5)\n"
        "  contrast       spike-contrast\n"
        "  correlogram    raw, shuffled, corrected; of neurons with themselves and of pairs\n"
        "  dimension      principal components of the counts\n"
        "  decode         share of trials whose class a linear reader finds, by time\n"
        "  triggered      recorded variables around spikes\n"
        "  trajectory     recorded variables by time\n"
        "\n"
        "settings, as key=value (bin=10, lag='50 ms'): bin psth_bin isi_bin isi_longest refractory window lag lag_bin\n"
        "segment burst_isi burst_spikes silence contrast_bin decode_bin ridge folds before after; `lsnn describe "
        "measures`\n"
        "tells what they are\n",
    .run = analyze,
};
