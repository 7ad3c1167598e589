/* What a report says in words and numbers. */
#include "report.h"
#include "text.h"
#include "version.h"
#include <math.h>
#include <string.h>
#include <time.h>

void report_put(const report *r, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '<': fputs("&lt;", r->to); break;
        case '>': fputs("&gt;", r->to); break;
        case '&': fputs("&amp;", r->to); break;
        case '"': fputs("&quot;", r->to); break;
        default: fputc(*text, r->to);
        }
}

double report_number(const findings *found, const char *of, const char *name)
{
    for (int k = 0; k < found->n_numbers; k++)
        if (strcmp(found->numbers[k].population, of) == 0 && strcmp(found->numbers[k].measure, name) == 0)
            return found->numbers[k].value;
    return NAN;
}

/* An attribute of the file; "" if it has none. */
static lsnn_status attribute(const char **out, const store *file, const char *name, arena *a, lsnn_error *err)
{
    double number;
    *out = "";
    if (!store_has_attribute(file, "/", name)) return LSNN_OK;
    if (strcmp(name, "seed") != 0 && strcmp(name, "threads") != 0) return store_get_text(file, a, out, "/", name, err);
    TRY(store_get_number(file, &number, "/", name, err));
    return arena_format(a, out, err, "%.17g", number);
}

/* ---- tiles ------------------------------------------------------------------------------------------------------------ */

void report_tile(const report *r, const char *value, const char *label)
{
    fputs("<div class=\"tile\"><b>", r->to);
    report_put(r, value);
    fputs("</b><span>", r->to);
    report_put(r, label);
    fputs("</span></div>\n", r->to);
}

void report_number_tile(const report *r, double value, const char *unit, const char *label)
{
    char text[48];
    if (isnan(value)) return;
    snprintf(text, sizeof text, "%.4g%s%s", value, *unit ? " " : "", unit);
    report_tile(r, text, label);
}

static bool read_date(time_t *out, const char *text)
{
    struct tm calendar = {0};
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &calendar);
    *out = timegm(&calendar);
    return end && !*end;
}

static lsnn_status put_duration(const report *r, const store *file, lsnn_error *err)
{
    const char *started, *finished;
    time_t begin, end;
    char text[32];
    TRY(attribute(&started, file, "started", r->memory, err));
    TRY(attribute(&finished, file, "finished", r->memory, err));
    if (!read_date(&begin, started) || !read_date(&end, finished)) return LSNN_OK;
    text_duration(text, difftime(end, begin));
    report_tile(r, text, "duration");
    return LSNN_OK;
}

static lsnn_status last_value(double *out, const store *file, const char *path, arena *a, lsnn_error *err)
{
    double *values;
    store_shape shape;
    *out = NAN;
    if (!store_has(file, path)) return LSNN_OK;
    TRY(store_read(file, a, &values, STORE_DOUBLE, &shape, NULL, path, err));
    if (shape.n_dims == 1 && shape.dim[0] > 0) *out = values[shape.dim[0] - 1];
    return LSNN_OK;
}

static lsnn_status put_tiles(const report *r, const store *file, lsnn_error *err)
{
    static const struct {
        const char *path, *unit, *label;
    } last[] = {{"/metrics/test_error", "", "test error"},
                {"/metrics/validation_error", "", "last validation error"},
                {"/metrics/error", "", "error of the last batch"},
                {"/metrics/rate", "Hz", "rate of the last batch"}};
    const char *status;
    const finding_curve *loss = chart_curve(&r->learning, "training", "loss");
    TRY(attribute(&status, file, "status", r->memory, err));
    fputs("<div class=\"tiles\">\n", r->to);
    if (*status) report_tile(r, status, "status");
    for (size_t k = 0; k < sizeof last / sizeof *last; k++) {
        double value;
        TRY(last_value(&value, file, last[k].path, r->memory, err));
        report_number_tile(r, value, last[k].unit, last[k].label);
    }
    if (loss) report_number_tile(r, (double)loss->n_rows, "", "iterations");
    TRY(put_duration(r, file, err));
    fputs("</div>\n", r->to);
    return LSNN_OK;
}

/* ---- head ------------------------------------------------------------------------------------------------------------- */

static lsnn_status put_facts(const report *r, const store *file, lsnn_error *err)
{
    static const struct {
        const char *name, *label;
    } facts[] = {
        {"command", "command"}, {"started", "started"},   {"finished", "finished"}, {"lsnn_version", "version"},
        {"commit", "commit"},   {"compiler", "compiler"}, {"host", "host"},         {"threads", "threads"},
        {"seed", "seed"}};
    fputs("<section id=\"run\">\n<h2>What was run</h2>\n<dl>\n", r->to);
    for (size_t k = 0; k < sizeof facts / sizeof *facts; k++) {
        const char *text;
        TRY(attribute(&text, file, facts[k].name, r->memory, err));
        if (!*text) continue;
        fprintf(r->to, "<dt>%s</dt><dd>", facts[k].label);
        report_put(r, text);
        fputs("</dd>\n", r->to);
    }
    fputs("<dt>file</dt><dd>", r->to);
    report_put(r, r->path);
    fputs("</dd>\n</dl>\n", r->to);
    return LSNN_OK;
}

void report_open(const report *r, const char *name)
{
    fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"generator\" content=\"lsnn ",
          r->to);
    report_put(r, version_number);
    fputs("\">\n<link rel=\"icon\" href=\"data:,\">\n<title>", r->to);
    report_put(r, name);
    fprintf(r->to, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<header>\n<h1>", report_page_style);
    report_put(r, name);
    fputs("</h1>\n", r->to);
}

static lsnn_status put_head(const report *r, const store *file, lsnn_error *err)
{
    const char *name;
    TRY(attribute(&name, file, "experiment", r->memory, err));
    report_open(r, *name ? name : r->path);
    TRY(put_tiles(r, file, err));
    fputs("</header>\n", r->to);
    TRY(report_warnings(r, err));
    return put_facts(r, file, err);
}

static lsnn_status with_file(const report *r, lsnn_status (*put)(const report *r, const store *file, lsnn_error *err),
                             lsnn_error *err)
{
    store *file;
    TRY(store_open(&file, r->path, err));
    const lsnn_status status = put(r, file, err);
    const lsnn_status closed = store_close(file, false, NULL);
    return status != LSNN_OK ? status : closed;
}

lsnn_status report_head(const report *r, lsnn_error *err)
{
    return with_file(r, put_head, err);
}

static lsnn_status put_config(const report *r, const store *file, lsnn_error *err)
{
    const char *text;
    if (store_has(file, "/config")) {
        TRY(store_read_text(file, r->memory, &text, "/config", err));
        fputs("<details>\n<summary>config, with every default written out</summary>\n<pre>", r->to);
        report_put(r, text);
        fputs("</pre>\n</details>\n", r->to);
    }
    fputs("</section>\n", r->to);
    return LSNN_OK;
}

lsnn_status report_config(const report *r, lsnn_error *err)
{
    return with_file(r, put_config, err);
}

/* ---- populations ------------------------------------------------------------------------------------------------------ */

void report_cell(const report *r, double value)
{
    if (isnan(value))
        fputs("<td>\u2013</td>", r->to);
    else
        fprintf(r->to, "<td>%.3g</td>", value);
}

void report_populations(const report *r)
{
    static const struct {
        const char *name, *label;
    } columns[] = {{"rate", "rate (Hz)"}, {"rate_most", "highest (Hz)"},  {"silent_neurons", "silent"}, {"cv", "CV"},
                   {"fano", "Fano"},      {"correlation", "correlation"}, {"synchrony", "synchrony"}};
    enum { N = sizeof columns / sizeof *columns };
    const spikes *f = r->chart.selection->file;
    fputs("<div class=\"scroll\"><table>\n<tr><th>population</th><th>neurons</th>", r->to);
    for (int k = 0; k < N; k++)
        fprintf(r->to, "<th>%s</th>", columns[k].label);
    fputs("</tr>\n", r->to);
    for (int p = 0; p < f->n_populations; p++) {
        fputs("<tr><td>", r->to);
        report_put(r, f->populations[p].name);
        fprintf(r->to, "</td><td>%d</td>", f->populations[p].spikes.n_neurons);
        for (int k = 0; k < N; k++)
            report_cell(r, report_number(&r->measured, f->populations[p].name, columns[k].name));
        fputs("</tr>\n", r->to);
    }
    fputs("</table></div>\n", r->to);
}
