/* Verb report: one page of HTML about a run or a sweep, which needs nothing but itself. */
#include "report.h"
#include "analyze.h"
#include "draft.h"
#include "survey.h"
#include <gsl/gsl_errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const double figure_width = 95; /* mm: readable on a phone, and three abreast on a large screen */
enum { MOST_STROKES = 6000, MOST_LAST = 20 };

/* ---- figures ---------------------------------------------------------------------------------------------------------- */

/* What was not recorded is said in its place. */
static lsnn_status put_figure(const report *r, const picture *p, lsnn_error *err)
{
    chart c = r->chart;
    figure *f;
    c.trial = p->trial;
    c.setting = p->setting;
    TRY(figure_new(&f, p->caption, figure_width, r->memory, err));
    f->most_strokes = MOST_STROKES;
    const lsnn_status status = p->add(f, &c, err);
    if (status == LSNN_USAGE) {
        fputs("<p class=\"soft\">", r->to);
        report_put(r, err->message);
        fputs("</p>\n", r->to);
        *err = (lsnn_error){0};
        return LSNN_OK;
    }
    TRY(status);
    fprintf(r->to, "<figure%s>\n", p->zoom ? " class=\"zoom\"" : "");
    TRY(figure_draw(f, CANVAS_SVG, r->to, err));
    fputs("<figcaption>", r->to);
    report_put(r, p->caption);
    fputs("</figcaption>\n</figure>\n", r->to);
    return LSNN_OK;
}

lsnn_status report_section(const report *r, const char *id, const char *title, const picture *pictures, int n,
                           lsnn_error *err)
{
    fprintf(r->to, "<section id=\"%s\">\n<h2>%s</h2>\n<div class=\"figures\">\n", id, title);
    for (int k = 0; k < n; k++)
        TRY(put_figure(r, &pictures[k], err));
    fputs("</div>\n</section>\n", r->to);
    return LSNN_OK;
}

static lsnn_status put_learning(const report *r, lsnn_error *err)
{
    const picture pictures[] = {
        {.add = chart_learning, .trial = -1, .zoom = true, .caption = "Every batch, and their moving average."},
        {.add = chart_confusion, .trial = -1, .zoom = false, .caption = "Right class by given class, after training."}};
    return report_section(r, "learning", "Learning", pictures, 2, err);
}

static lsnn_status put_rasters(const report *r, lsnn_error *err)
{
    const int last = r->chart.trial;
    if (last < 0) {
        const picture whole = {.add = chart_raster, .trial = -1, .zoom = true, .caption = "Spikes."};
        return report_section(r, "spikes", "Spikes", &whole, 1, err);
    }
    const picture pictures[] = {
        {.add = chart_raster,
         .trial = r->first_trial,
         .zoom = true,
         .caption = "Before learning: the first recorded trial."},
        {.add = chart_raster, .trial = last, .zoom = true, .caption = "After: the last recorded trial."}};
    const bool same = last == r->first_trial;
    return report_section(r, "spikes", "Spikes", pictures + same, 2 - same, err);
}

/* The last trial of which variables were recorded too. */
static lsnn_status put_variables(const report *r, lsnn_error *err)
{
    const spikes *f = r->chart.selection->file;
    int last = -1;
    for (int k = 0; k < f->n_reports; k++)
        for (int t = 0; f->reports[k].trial && t < f->reports[k].x.n_spans; t++)
            if ((int)f->reports[k].trial[t] > last) last = (int)f->reports[k].trial[t];
    const picture variables = {.add = chart_traces,
                               .trial = last,
                               .zoom = true,
                               .caption = "Recorded variables below the spikes of the same time."};
    return report_section(r, "variables", "Variables", &variables, 1, err);
}

static lsnn_status put_rates(const report *r, lsnn_error *err)
{
    const picture pictures[] = {{.add = chart_rate,
                                 .trial = -1,
                                 .zoom = false,
                                 .caption = "Rate over the trial, and its distribution over neurons."},
                                {.add = chart_isi, .trial = -1, .zoom = false, .caption = "Intervals between spikes."}};
    TRY(report_section(r, "rates", "Rates", pictures, 2, err));
    if (r->chart.selection->by_trial)
        fprintf(r->to, "<p class=\"soft\">Of the last %d recorded trial%s.</p>\n", r->n_last,
                r->n_last == 1 ? "" : "s");
    report_populations(r);
    return LSNN_OK;
}

static lsnn_status put_weights(const report *r, lsnn_error *err)
{
    const picture weights = {
        .add = chart_weights, .trial = -1, .zoom = false, .caption = "First and last recorded weights."};
    return report_section(r, "weights", "Weights", &weights, 1, err);
}

static lsnn_status put_run(const report *r, lsnn_error *err)
{
    TRY(report_head(r, err));
    TRY(report_config(r, err));
    if (r->learning.n_curves > 0) TRY(put_learning(r, err));
    if (r->chart.selection && r->n_last > 0) {
        TRY(put_rasters(r, err));
        TRY(put_variables(r, err));
        TRY(put_rates(r, err));
    }
    return r->learning.n_curves > 0 ? put_weights(r, err) : LSNN_OK;
}

/* ---- reading ---------------------------------------------------------------------------------------------------------- */

/* The last trials with spikes, at most the second half. */
static int count_last(const spikes *f)
{
    const int half = (f->n_trials + 1) / 2;
    return half < MOST_LAST ? half : MOST_LAST;
}

static lsnn_status measure_last(report *r, lsnn_error *err)
{
    static const char *const names[] = {"rate", "cv", "fano", "correlation", "synchrony"};
    enum { N = sizeof names / sizeof *names };
    const selection *s = r->chart.selection;
    const measure *measures[N];
    for (int k = 0; k < N; k++)
        measures[k] = measure_named(names[k]);
    const survey q = {measures, N, r->chart.with};
    for (int p = 0; p < s->file->n_populations; p++)
        TRY(survey_look(&r->measured, s, p, -1, &q, false, err));
    return LSNN_OK;
}

/* Populations without a spike in the selected trials are not looked at. */
static void keep_recorded(selection *s)
{
    const spikes *f = s->file;
    for (int p = 0; s->by_trial && p < f->n_populations; p++) {
        bool recorded = false;
        for (int k = 0; k < f->n_trials; k++)
            recorded = recorded || (s->trial[k] && f->populations[p].in_trial[k]);
        s->population[p] = recorded;
    }
}

static int trial_with_spikes(const spikes *f, bool last)
{
    for (int n = 0; n < f->n_trials; n++) {
        const int k = last ? f->n_trials - 1 - n : n;
        for (int p = 0; p < f->n_populations; p++)
            if (f->populations[p].in_trial[k]) return k;
    }
    return -1;
}

static lsnn_status read_spikes(report *r, lsnn_error *err)
{
    verb_options options = {0};
    spikes *file;
    selection *s;
    lsnn_error none = {0};
    TRY(arena_take(r->memory, &s, 1, sizeof *s, err));
    const lsnn_status status = spikes_read(&file, r->path, 0, SPIKES_AND_REPORTS, r->memory, &none);
    if (status == LSNN_USAGE) return LSNN_OK; /* a run that did not record spikes */
    if (status != LSNN_OK) *err = none;
    TRY(status);
    if (file->n_trials > 0) TRY(arena_format(r->memory, &options.trials, err, "-%d:", count_last(file)));
    TRY(selection_make(s, file, &options, r->memory, err));
    keep_recorded(s);
    r->chart.selection = s;
    r->first_trial = trial_with_spikes(file, false);
    r->chart.trial = trial_with_spikes(file, true);
    r->n_last = file->n_trials > 0 ? count_last(file) : 1;
    if (file->n_trials > 0 && r->first_trial < 0) r->n_last = 0;
    return r->n_last > 0 ? measure_last(r, err) : LSNN_OK;
}

static lsnn_status check_run(report *r, lsnn_error *err)
{
    store *file;
    TRY(store_open(&file, r->path, err));
    const bool run = store_has(file, "/config");
    const char *text = "{}";
    config_node *config;
    const lsnn_status status = run ? store_read_text(file, r->memory, &text, "/config", err) : LSNN_OK;
    const lsnn_status closed = store_close(file, false, NULL);
    if (status != LSNN_OK || closed != LSNN_OK) return status != LSNN_OK ? status : closed;
    TRY(config_parse(&config, r->memory, "/config", text, strlen(text), err));
    r->config = config;
    if (run) return LSNN_OK;
    return lsnn_fail(err, LSNN_DATA, "%s: is not the result of a run: it has no /config", r->path);
}

static lsnn_status gather(report *r, lsnn_error *err)
{
    const verb_options options = {0};
    measure_settings *with;
    TRY(check_run(r, err));
    TRY(arena_take(r->memory, &with, 1, sizeof *with, err));
    TRY(survey_settings(with, &options, 1, r->memory, err));
    r->chart = (chart){
        .path = r->path, .with = with, .learning = &r->learning, .trial = -1, .small = true, .memory = r->memory};
    TRY(analyze_learning(&r->learning, r->path, err));
    return read_spikes(r, err);
}

/* ---- writing ------------------------------------------------------------------------------------------------------------- */

static lsnn_status put_page(const report *r, lsnn_error *err)
{
    TRY(r->chart.trials ? report_sweep(r, err) : put_run(r, err));
    fprintf(r->to, "<script>\n%s</script>\n</body>\n</html>\n", report_page_script);
    return LSNN_OK;
}

static lsnn_status write_report(report *r, const char *path, lsnn_error *err)
{
    draft d;
    TRY(draft_open(&d, &r->to, path, err));
    return draft_close(&d, r->to, put_page(r, err), err);
}

/* ---- verb ------------------------------------------------------------------------------------------------------------- */

static bool is_sweep(const char *path)
{
    char inside[PATH_MAX];
    return snprintf(inside, sizeof inside, "%s/sweep.yaml", path) < PATH_MAX && access(inside, F_OK) == 0;
}

/* `metric=NAME`. */
static lsnn_status gather_sweep(report *r, const verb_options *options, lsnn_error *err)
{
    static const char key[] = "metric=";
    trials *t;
    const char *metric = options->n_words > 1 ? options->words[1] : NULL;
    if (options->n_words > 2 || (metric && strncmp(metric, key, sizeof key - 1) != 0))
        return lsnn_fail(err, LSNN_USAGE, "besides the folder of a sweep only metric=NAME can be given");
    TRY(trials_read(&t, r->path, metric ? metric + sizeof key - 1 : NULL, r->memory, err));
    r->chart = (chart){.path = r->path, .trials = t, .trial = -1, .small = true, .memory = r->memory};
    return LSNN_OK;
}

static lsnn_status gather_run(report *r, const verb_options *options, lsnn_error *err)
{
    struct stat found;
    if (options->n_words > 1) return lsnn_fail(err, LSNN_USAGE, "a report is about one run");
    if (stat(r->path, &found) == 0 && S_ISDIR(found.st_mode))
        TRY(arena_format(r->memory, &r->path, err, "%s/run.h5", options->words[0]));
    return gather(r, err);
}

/* Beside run.h5, in the folder of a sweep. */
static lsnn_status choose_output(const char **out, const report *r, arena *a, lsnn_error *err)
{
    const char *slash = strrchr(r->path, '/');
    if (*out) return LSNN_OK;
    if (r->chart.trials) return arena_format(a, out, err, "%s/report.html", r->path);
    return arena_format(a, out, err, "%.*sreport.html", slash ? (int)(slash - r->path) + 1 : 0, r->path);
}

static lsnn_status report_words(int argc, char **argv, arena *a, lsnn_error *err)
{
    verb_options options;
    report r = {.memory = a, .learning.memory = a, .measured.memory = a, .first_trial = -1};
    TRY(verb_parse(&options, &verb_report, argc, argv, "o", a, err));
    if (options.n_words < 1)
        return lsnn_fail(err, LSNN_USAGE, "a run is needed: its folder, or its run.h5; or the folder of a sweep");
    r.path = options.words[0];
    gsl_set_error_handler_off();
    TRY(is_sweep(r.path) ? gather_sweep(&r, &options, err) : gather_run(&r, &options, err));
    TRY(choose_output(&options.output, &r, a, err));
    TRY(write_report(&r, options.output, err));
    fprintf(stderr, "written: %s\n", options.output);
    return LSNN_OK;
}

static int report_run(int argc, char **argv)
{
    lsnn_error err = {0};
    arena *a = NULL;
    lsnn_status status = arena_new(&a, &err);
    if (status == LSNN_OK) status = report_words(argc, argv, a, &err);
    arena_free(a);
    return status == LSNN_OK ? 0 : verb_failed(&err);
}

const verb verb_report = {
    .name = "report",
    .summary = "one page (HTML) about a run or a sweep: warnings, learning, spikes, rates, settings, config",
    .synopsis = "FOLDER|run.h5|SWEEP [metric=NAME] [-o report.html]",
    .help =
        "Writes one file that needs no other and no network: what was run, what to be suspicious of, learning curves\n"
        "(drag to zoom), spikes before and after learning, recorded variables, rates, answers in the test, weights.\n"
        "It follows the light or dark setting of the browser, fits a phone, and prints.\n"
        "\n"
        "What a run did not record is missing, and the page says which line of the config records it.\n"
        "\n"
        "Of the folder of a sweep: the best trials, learning curves of all, the metric by each setting and by the two "
        "that\n"
        "explain most of it, all trials in a table that can be sorted.\n"
        "\n"
        "  metric=NAME   what trials are compared by: loss, error, rate, validation_error, test_error, cv, ...; "
        "otherwise\n"
        "                what the search makes small, or the first error or loss that there is, the test's before "
        "others\n"
        "  -o FILE       instead of report.html beside run.h5, or in the sweep's folder\n",
    .run = report_run,
};
