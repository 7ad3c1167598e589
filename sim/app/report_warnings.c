/* What a reader should know before believing a run. */
#include "course.h"
#include "report.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double much_silence = 0.2, runaway_rate = 150, /* Hz */
    still_falling = 0.05, hardly_learned = 0.9, tiny_gradient = 1e-6, few_surrogates = 0.01;

typedef struct warnings {
    const report *report;
    int n;
} warnings;

__attribute__((format(printf, 2, 3))) static lsnn_status warn(warnings *w, const char *format, ...);

static lsnn_status warn(warnings *w, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (w->n++ == 0) fputs("<ul class=\"warnings\">\n", w->report->to);
    fputs("<li>", w->report->to);
    report_put(w->report, text);
    fputs("</li>\n", w->report->to);
    return LSNN_OK;
}

static lsnn_status check_neurons(warnings *w)
{
    const report *r = w->report;
    for (int p = 0; r->n_last > 0 && p < r->chart.selection->file->n_populations; p++) {
        const spikes_population *of = &r->chart.selection->file->populations[p];
        const int n = of->spikes.n_neurons;
        if (of->input) continue;
        const double silent = report_number(&r->measured, of->name, "silent_neurons");
        const finding_curve *rates = chart_curve(&r->measured, of->name, "rate");
        int fast = 0;
        for (size_t k = 0; rates && k < rates->n_rows; k++)
            fast += rates->column[1].values[k] > runaway_rate;
        if (silent > much_silence * n)
            TRY(warn(w,
                     "Dead neurons: %g of the %d of %s did not spike in the last %d recorded trial%s. A rate "
                     "regularisation, larger weights or a lower v_th wake them.",
                     silent, n, of->name, r->n_last, r->n_last == 1 ? "" : "s"));
        if (fast > 0)
            TRY(warn(w, "Runaway neurons: %d of the %d of %s fire at more than %g Hz.", fast, n, of->name,
                     runaway_rate));
    }
    return LSNN_OK;
}

/* The share of steps in which psi is not 0, of what was recorded of it last. */
static lsnn_status check_surrogates(warnings *w)
{
    const report *r = w->report;
    const spikes *f = r->chart.selection ? r->chart.selection->file : NULL;
    for (int k = 0; f && k < f->n_reports; k++) {
        const traces *x = &f->reports[k].x;
        const size_t n = x->n_steps * (size_t)x->n_elements;
        size_t open = 0;
        if (strcmp(f->reports[k].variable, "psi") != 0 || x->n_spans == 0 || n == 0) continue;
        const float *last = x->values + (size_t)(x->n_spans - 1) * n;
        for (size_t s = 0; s < n; s++)
            open += last[s] != 0;
        const double share = (double)open / (double)n;
        if (share < few_surrogates)
            TRY(warn(w,
                     "Vanishing surrogates: psi of %s is 0 in %.1f %% of the steps, so that hardly anything is "
                     "learned there. Membrane potentials are far from the threshold.",
                     f->reports[k].population, 100 * (1 - share)));
    }
    return LSNN_OK;
}

static double mean(const double *values, size_t n)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += values[k];
    return sum / (double)n;
}

/* A run that ended before its last iteration, and was not interrupted, has reached the goal of `stop:`. */
static bool reached_goal(const report *r, size_t n)
{
    const config_node *node = r->config ? config_get(config_get(r->config, "learning"), "iterations") : NULL;
    return node && node->kind == CONFIG_SCALAR && strtod(node->text, NULL) > (double)n;
}

static lsnn_status check_learning(warnings *w)
{
    const findings *found = &w->report->learning;
    const finding_curve *loss = chart_curve(found, "training", "loss"),
                        *error = chart_curve(found, "training", "error");
    const finding_curve *norm = chart_curve(found, "training", "gradient_norm");
    if (!loss || loss->n_rows < 20) return LSNN_OK;
    const size_t n = loss->n_rows, fifth = n / 5;
    const double before = mean(loss->column[1].values + n - 2 * fifth, fifth);
    const double last = mean(loss->column[1].values + n - fifth, fifth);
    if (!reached_goal(w->report, n) && before - last > still_falling * fabs(before))
        TRY(warn(w,
                 "Not converged: over the last fifth of the iterations the mean loss was %.3g, over the fifth before "
                 "%.3g. More iterations are likely to help.",
                 last, before));
    const course_summary e = error ? course_summary_of(error->column[1].values, error->n_rows) : (course_summary){0};
    if (error && e.first > 0 && e.last > hardly_learned * e.first)
        TRY(warn(w, "Hardly learned: the error went from %.3g to %.3g.", e.first, e.last));
    const finding_curve *density = chart_curve(found, "training", "psi_density");
    const double open = density ? course_summary_of(density->column[1].values, density->n_rows).last : NAN;
    if (open < few_surrogates)
        TRY(warn(w,
                 "Vanishing surrogates: at the end psi was not 0 for only %.2g %% of neurons and steps, so that hardly "
                 "any error passes back through the network.",
                 100 * open));
    if (!norm) return LSNN_OK;
    const course_summary g = course_summary_of(norm->column[1].values, norm->n_rows);
    if (g.first > 0 && g.last < tiny_gradient * g.first)
        TRY(warn(w, "Vanishing gradient: its norm fell from %.3g to %.3g.", g.first, g.last));
    return LSNN_OK;
}

static lsnn_status check_status(warnings *w, lsnn_error *err)
{
    const report *r = w->report;
    const char *status = "complete";
    store *file;
    TRY(store_open(&file, r->path, err));
    lsnn_status read = LSNN_OK;
    if (store_has_attribute(file, "/", "status")) read = store_get_text(file, r->memory, &status, "/", "status", err);
    const lsnn_status closed = store_close(file, false, NULL);
    if (read != LSNN_OK || closed != LSNN_OK) return read != LSNN_OK ? read : closed;
    if (strcmp(status, "complete") == 0) return LSNN_OK;
    return strcmp(status, "diverged") == 0 ? warn(w, "Diverged: a value was no number any more; run.log says which.")
                                           : warn(w, "The run is not complete: its status is '%s'.", status);
}

lsnn_status report_warnings(const report *r, lsnn_error *err)
{
    warnings w = {r, 0};
    fputs("<section id=\"warnings\">\n", r->to);
    TRY(check_status(&w, err));
    TRY(check_learning(&w));
    TRY(check_neurons(&w));
    TRY(check_surrogates(&w));
    fputs(w.n ? "</ul>\n"
              : "<p class=\"fine\">Nothing suspicious was found: no dead or runaway neurons, the loss is "
                "level, gradients are alive.</p>\n",
          r->to);
    fputs("</section>\n", r->to);
    return LSNN_OK;
}
