/* Verb plot: figures of what a file holds. */
#include "analyze.h"
#include "chart.h"
#include "figure_file.h"
#include "survey.h"
#include "text.h"
#include <gsl/gsl_errno.h>
#include <string.h>

typedef enum needs { NEEDS_SPIKES, NEEDS_REPORTS, NEEDS_METRICS } needs;

static const struct kind {
    const char *name;
    needs needs;
    double width; /* mm */
    chart_add *add;
} kinds[] = {
    {"raster", NEEDS_SPIKES, 174, chart_raster},          {"rate", NEEDS_SPIKES, 85, chart_rate},
    {"traces", NEEDS_REPORTS, 174, chart_traces},         {"isi", NEEDS_SPIKES, 85, chart_isi},
    {"correlogram", NEEDS_SPIKES, 85, chart_correlogram}, {"spectrum", NEEDS_SPIKES, 85, chart_spectrum},
    {"learning", NEEDS_METRICS, 85, chart_learning},      {"weights", NEEDS_METRICS, 174, chart_weights},
    {"confusion", NEEDS_METRICS, 85, chart_confusion},    {"eligibility", NEEDS_REPORTS, 174, chart_eligibility}};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

static lsnn_status find_kind(const struct kind **out, const char *name, lsnn_error *err)
{
    const char *names[N_KINDS];
    for (int k = 0; k < N_KINDS; k++) {
        *out = &kinds[k];
        names[k] = kinds[k].name;
        if (strcmp(name, names[k]) == 0) return LSNN_OK;
    }
    const char *near = text_nearest(name, names, N_KINDS);
    return near ? lsnn_fail(err, LSNN_USAGE, "no figure is called '%s'; did you mean '%s'?", name, near)
                : lsnn_fail(err, LSNN_USAGE, "no figure is called '%s'; `lsnn help plot` lists them", name);
}

/* Numbers between commas. */
static lsnn_status read_neurons(chart *c, const char *list, lsnn_error *err)
{
    int *neurons;
    if (!list) return LSNN_OK;
    TRY(arena_take(c->memory, &neurons, strlen(list) + 1, sizeof *neurons, err));
    for (const char *at = list;; at++) {
        const size_t length = strcspn(at, ",");
        const char *word;
        uint64_t number;
        TRY(arena_text(c->memory, &word, at, length, err));
        if (!text_to_uint64(&number, word) || number > 1 << 30)
            return lsnn_fail(err, LSNN_USAGE, "--only takes numbers of neurons like 0,3,17, not '%s'", list);
        neurons[c->n_neurons++] = (int)number;
        at += length;
        if (!*at) break;
    }
    c->neurons = neurons;
    return LSNN_OK;
}

/* What the figure is made of. */
static lsnn_status gather(chart *c, findings *learning, const struct kind *kind, const verb_options *options,
                          lsnn_error *err)
{
    spikes *file;
    selection *s;
    measure_settings *with;
    TRY(arena_take(c->memory, &with, 1, sizeof *with, err));
    TRY(survey_settings(with, options, 2, c->memory, err));
    c->with = with;
    c->learning = learning;
    TRY(read_neurons(c, options->dump, err));
    if (kind->needs == NEEDS_METRICS) return analyze_learning(learning, c->path, err);
    TRY(arena_take(c->memory, &s, 1, sizeof *s, err));
    const spikes_parts parts = kind->needs == NEEDS_REPORTS ? SPIKES_OR_REPORTS : SPIKES_ONLY;
    TRY(spikes_read(&file, c->path, options->neurons, parts, c->memory, err));
    TRY(selection_make(s, file, options, c->memory, err));
    c->selection = s;
    c->trial = chart_last_trial(s);
    return LSNN_OK;
}

static lsnn_status plot_words(int argc, char **argv, arena *a, lsnn_error *err)
{
    verb_options options;
    const struct kind *kind;
    canvas_format format;
    findings learning = {.memory = a};
    chart c = {.memory = a, .trial = -1};
    figure *f;
    const char *title;
    TRY(verb_parse(&options, &verb_plot, argc, argv, "opwtNdW", a, err));
    if (options.n_words < 2) return lsnn_fail(err, LSNN_USAGE, "a file and a figure are needed, like: run.h5 raster");
    if (!options.output) return lsnn_fail(err, LSNN_USAGE, "-o FILE.pdf, .svg or .png says where the figure goes");
    TRY(find_kind(&kind, options.words[1], err));
    TRY(figure_file_format(&format, options.output, err));
    double width = kind->width;
    TRY(figure_file_width(&width, options.width, err));
    c.path = options.words[0];
    TRY(gather(&c, &learning, kind, &options, err));
    TRY(arena_format(a, &title, err, "%s of %s", kind->name, c.path));
    TRY(figure_new(&f, title, width, a, err));
    gsl_set_error_handler_off();
    TRY(kind->add(f, &c, err));
    return figure_file_write(f, options.output, err);
}

static int plot(int argc, char **argv)
{
    lsnn_error err = {0};
    arena *a = NULL;
    lsnn_status status = arena_new(&a, &err);
    if (status == LSNN_OK) status = plot_words(argc, argv, a, &err);
    arena_free(a);
    return status == LSNN_OK ? 0 : verb_failed(&err);
}

const verb verb_plot = {
    .name = "plot",
    .summary = "draw spikes, variables, learning curves, weights: PDF, SVG or PNG",
    .synopsis = "FILE KIND -o FIGURE.pdf|svg|png [--population A,B] [--trials ...] [--window A:B] [key=value...]",
    .help = "FILE: as for `lsnn analyze`. A run's file has what its config lists under `record:`.\n"
            "\n"
            "  raster        spikes of one trial, a panel for each population\n"
            "  rate          rate by time, mean over trials and neurons; distribution of the neurons' rates\n"
            "  traces        recorded variables of one trial below its spikes: potential with threshold, adaptation,\n"
            "                readout, learning signals\n"
            "  isi           intervals between spikes; distribution of their CV\n"
            "  correlogram   of neurons with themselves and of pairs; dashed: what the trials alone explain\n"
            "  spectrum      of the population rate\n"
            "  learning      loss, error, rate, gradient, alignment by iteration (run.h5)\n"
            "  weights       recorded weights: distribution at first and at last, norm by iteration\n"
            "  confusion     answers in the test after training: right class by given class\n"
            "  eligibility   traces of a synapse, from the recorded psi of its target and spikes of its source\n"
            "\n"
            "  -o FIGURE          its ending says which format: .pdf, .svg, .png (300 dpi)\n"
            "  --width MM         85 (a journal's column) or 174 (its page), or any other\n"
            "  --population A,B   some populations\n"
            "  --trials T         as for analyze; raster, traces and eligibility show the last of them\n"
            "  --window A:B       ms after the start of the trial\n"
            "  --only 0,3,17      traces: these neurons; eligibility: SOURCE,TARGET\n"
            "  --neurons N        neurons of a population where the file does not say\n"
            "\n"
            "key=value are the settings of measures (`lsnn describe measures`): psth_bin=20 lag='50 ms'\n",
    .run = plot,
};
