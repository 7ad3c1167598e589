/* Verb report: one page of HTML about a run, which needs nothing but itself. */
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

typedef struct picture {
    chart_add *add;
    int trial;
    bool zoom;
    const char *caption;
} picture;

/* What was not recorded is said in its place. */
static lsnn_status put_figure(const report *r, const picture *p, lsnn_error *err)
{
    chart c = r->chart;
    figure *f;
    c.trial = p->trial;
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

static lsnn_status put_section(const report *r, const char *id, const char *title, const picture *pictures, int n,
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
    const picture pictures[] = {{chart_learning, -1, true, "Drag to zoom."},
                                {chart_confusion, -1, false, "Right class by given class, after training."}};
    return put_section(r, "learning", "Learning", pictures, 2, err);
}

static lsnn_status put_rasters(const report *r, lsnn_error *err)
{
    const int last = r->chart.trial;
    if (last < 0) {
        const picture whole = {chart_raster, -1, true, "Spikes. Drag to zoom."};
        return put_section(r, "spikes", "Spikes", &whole, 1, err);
    }
    const picture pictures[] = {{chart_raster, r->first_trial, true, "Before learning: the first recorded trial."},
                                {chart_raster, last, true, "After: the last recorded trial. Drag to zoom."}};
    const bool same = last == r->first_trial;
    return put_section(r, "spikes", "Spikes", pictures + same, 2 - same, err);
}

/* The last trial of which variables were recorded too. */
static lsnn_status put_variables(const report *r, lsnn_error *err)
{
    const spikes *f = r->chart.selection->file;
    int last = -1;
    for (int k = 0; k < f->n_reports; k++)
        for (int t = 0; f->reports[k].trial && t < f->reports[k].x.n_spans; t++)
            if ((int)f->reports[k].trial[t] > last) last = (int)f->reports[k].trial[t];
    const picture variables = {chart_traces, last, true,
                               "Recorded variables below the spikes of the same time. Drag to zoom."};
    return put_section(r, "variables", "Variables", &variables, 1, err);
}

static lsnn_status put_rates(const report *r, lsnn_error *err)
{
    const picture pictures[] = {{chart_rate, -1, false, "Rate over the trial, and its distribution over neurons."},
                                {chart_isi, -1, false, "Intervals between spikes."}};
    TRY(put_section(r, "rates", "Rates", pictures, 2, err));
    if (r->chart.selection->by_trial)
        fprintf(r->to, "<p class=\"soft\">Of the last %d recorded trial%s.</p>\n", r->n_last,
                r->n_last == 1 ? "" : "s");
    report_populations(r);
    return LSNN_OK;
}

static lsnn_status put_weights(const report *r, lsnn_error *err)
{
    const picture weights = {chart_weights, -1, false, "First and last recorded weights."};
    return put_section(r, "weights", "Weights", &weights, 1, err);
}

static lsnn_status put_page(const report *r, lsnn_error *err)
{
    TRY(report_head(r, err));
    TRY(report_config(r, err));
    if (r->learning.n_curves > 0) TRY(put_learning(r, err));
    if (r->chart.selection && r->n_last > 0) {
        TRY(put_rasters(r, err));
        TRY(put_variables(r, err));
        TRY(put_rates(r, err));
    }
    if (r->learning.n_curves > 0) TRY(put_weights(r, err));
    fprintf(r->to, "<script>\n%s</script>\n</body>\n</html>\n", report_page_script);
    return LSNN_OK;
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

/* ---- verb ------------------------------------------------------------------------------------------------------------- */

static lsnn_status write_report(report *r, const char *path, lsnn_error *err)
{
    draft d;
    int fd;
    TRY(draft_create(&d, &fd, path, err));
    r->to = fdopen(dup(fd), "wb");
    lsnn_status status = r->to ? put_page(r, err) : lsnn_fail(err, LSNN_OUTPUT, "%s: cannot be opened", path);
    const bool lost = r->to && (ferror(r->to) | fclose(r->to)) != 0;
    if (lost && status == LSNN_OK) status = lsnn_fail(err, LSNN_OUTPUT, "%s: could not be written", path);
    if (status == LSNN_OK) status = draft_publish(&d, fd, false, err);
    draft_drop(&d);
    close(fd);
    return status;
}

static lsnn_status report_words(int argc, char **argv, arena *a, lsnn_error *err)
{
    verb_options options;
    struct stat found;
    report r = {.memory = a, .learning.memory = a, .measured.memory = a, .first_trial = -1};
    TRY(verb_parse(&options, &verb_report, argc, argv, "o", a, err));
    if (options.n_words != 1) return lsnn_fail(err, LSNN_USAGE, "one run is needed: its folder, or its run.h5");
    r.path = options.words[0];
    if (stat(r.path, &found) == 0 && S_ISDIR(found.st_mode))
        TRY(arena_format(a, &r.path, err, "%s/run.h5", options.words[0]));
    const char *output = options.output;
    const char *slash = strrchr(r.path, '/');
    if (!output) TRY(arena_format(a, &output, err, "%.*sreport.html", slash ? (int)(slash - r.path) + 1 : 0, r.path));
    gsl_set_error_handler_off();
    TRY(gather(&r, err));
    TRY(write_report(&r, output, err));
    fprintf(stderr, "written: %s\n", output);
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
    .summary = "one page (HTML) about a run: warnings, learning, spikes, rates, weights, config",
    .synopsis = "FOLDER|run.h5 [-o report.html]",
    .help =
        "Writes one file that needs no other and no network: what was run, what to be suspicious of, learning curves\n"
        "(drag to zoom), spikes before and after learning, recorded variables, rates, answers in the test, weights.\n"
        "It follows the light or dark setting of the browser, fits a phone, and prints.\n"
        "\n"
        "What a run did not record is missing, and the page says which line of the config records it.\n"
        "\n"
        "  -o FILE   instead of report.html beside run.h5\n",
    .run = report_run,
};
