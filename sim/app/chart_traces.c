/* Variables over one trial, below the spikes of the same time. */
#include "chart.h"
#include "store.h"
#include <math.h>
#include <string.h>

enum { SHOWN = 4, MOST = 16, GREY = 6 };
static const double raster_height = 30, trace_height = 16;

static int trial_of(const spikes_report *report, int trial)
{
    if (trial < 0) return report->x.n_spans == 1 ? 0 : -1;
    for (int k = 0; report->trial && k < report->x.n_spans; k++)
        if (report->trial[k] == (uint64_t)trial) return k;
    return -1;
}

static bool is_wanted(const chart *c, const spikes_report *report)
{
    const spikes *f = c->selection->file;
    if (trial_of(report, c->trial) < 0) return false;
    for (int p = 0; p < f->n_populations; p++)
        if (strcmp(f->populations[p].name, report->population) == 0) return c->selection->population[p];
    return true; /* readouts do not spike */
}

/* The elements that are shown: those asked for, or the first few. */
static int elements_of(int elements[static MOST], const chart *c, const traces *x)
{
    int n = 0;
    for (int e = 0; e < x->n_elements && n < MOST; e++) {
        bool shown = c->n_neurons == 0 && e < SHOWN;
        for (int k = 0; k < c->n_neurons; k++)
            shown = shown || x->neuron[e] == (uint32_t)c->neurons[k];
        if (shown) elements[n++] = e;
    }
    return n;
}

static lsnn_status add_element(figure_panel *panel, const chart *c, const spikes_report *report, int e, int colour,
                               bool dashed, bool labelled, lsnn_error *err)
{
    const traces *x = &report->x;
    const size_t width = (size_t)x->n_elements;
    const float *values = x->values + (size_t)trial_of(report, c->trial) * x->n_steps * width + (size_t)e;
    const char *label = NULL;
    double *time, *value;
    TRY(arena_take(c->memory, &time, x->n_steps + 1, sizeof *time, err));
    TRY(arena_take(c->memory, &value, x->n_steps + 1, sizeof *value, err));
    for (size_t s = 0; s < x->n_steps; s++) {
        time[s] = (double)s * x->dt * chart_time_scale(c);
        value[s] = values[s * width];
        if (time[s] < panel->x.low || time[s] > panel->x.high) value[s] = NAN; /* not to count for the range */
    }
    if (labelled) TRY(arena_format(c->memory, &label, err, "%u", x->neuron[e]));
    return figure_layer_add(panel,
                            &(figure_layer){.kind = FIGURE_LINE,
                                            .label = label,
                                            .colour = colour,
                                            .dashed = dashed,
                                            .n = x->n_steps,
                                            .x = time,
                                            .y = value},
                            err);
}

static const spikes_report *report_of(const chart *c, const char *of, const char *variable)
{
    const spikes *f = c->selection->file;
    for (int r = 0; r < f->n_reports; r++)
        if (strcmp(f->reports[r].population, of) == 0 && strcmp(f->reports[r].variable, variable) == 0 &&
            trial_of(&f->reports[r], c->trial) >= 0)
            return &f->reports[r];
    return NULL;
}

/* Variables that are drawn with another one, dashed. */
typedef struct companion {
    const char *of, *variable, *title;
} companion;
static const companion companions[] = {
    {"v", "A", ", threshold A dashed"}, {"y", "target", ", target dashed"}, {NULL, NULL, NULL}};

static const companion *companion_of(const char *variable)
{
    const companion *k = companions;
    while (k->of && strcmp(k->of, variable) != 0)
        k++;
    return k;
}

/* Whether it is a companion of a variable that is drawn. */
static bool drawn_elsewhere(const chart *c, const spikes_report *report)
{
    for (const companion *k = companions; k->of; k++)
        if (strcmp(k->variable, report->variable) == 0 && report_of(c, report->population, k->of)) return true;
    return false;
}

/* Of the same neuron, if it was recorded too. */
static lsnn_status add_companion(figure_panel *panel, const chart *c, const spikes_report *with, uint32_t neuron,
                                 int colour, lsnn_error *err)
{
    for (int e = 0; with && e < with->x.n_elements; e++)
        if (with->x.neuron[e] == neuron) return add_element(panel, c, with, e, colour, true, false, err);
    return LSNN_OK;
}

lsnn_status chart_parameter(double *out, const store *file, const char *of, const char *name, uint32_t j,
                            double fallback, arena *a, lsnn_error *err)
{
    const char *path;
    double *values;
    store_shape shape;
    *out = fallback;
    TRY(arena_format(a, &path, err, "/populations/%s/%s", of, name));
    if (!store_has(file, path)) return LSNN_OK;
    TRY(store_read(file, a, &values, STORE_DOUBLE, &shape, NULL, path, err));
    if (shape.n_dims == 1 && j < shape.dim[0]) *out = values[j];
    return LSNN_OK;
}

/* The threshold of a neuron that does not adapt, or NaN. */
static lsnn_status read_thresholds(double *out, const chart *c, const spikes_report *report, const int *elements, int n,
                                   lsnn_error *err)
{
    store *file;
    lsnn_status status = LSNN_OK;
    TRY(store_open(&file, c->path, err));
    for (int k = 0; k < n && status == LSNN_OK; k++) {
        const uint32_t j = report->x.neuron[elements[k]];
        double beta;
        status = chart_parameter(&beta, file, report->population, "beta", j, 0, c->memory, err);
        if (status == LSNN_OK)
            status = chart_parameter(&out[k], file, report->population, "v_th", j, NAN, c->memory, err);
        if (status == LSNN_OK && beta != 0) out[k] = NAN;
    }
    const lsnn_status closed = store_close(file, false, NULL);
    return status != LSNN_OK ? status : closed;
}

/* One line for all if they share it, else each has its neuron's colour. */
static lsnn_status add_thresholds(figure_panel *panel, const chart *c, const double *threshold, int n, lsnn_error *err)
{
    double *level;
    bool shared = true;
    for (int k = 1; k < n; k++)
        shared = shared && threshold[k] == threshold[0];
    TRY(arena_take(c->memory, &level, (size_t)n + 1, sizeof *level, err));
    memcpy(level, threshold, (size_t)n * sizeof *level);
    for (int k = 0; k < (shared ? 1 : n); k++) {
        const figure_layer layer = {
            .kind = FIGURE_LEVEL, .colour = shared ? GREY : k, .dashed = true, .n = 1, .y = &level[k]};
        if (!isnan(level[k])) TRY(figure_layer_add(panel, &layer, err));
    }
    return LSNN_OK;
}

/* "v of alif", and what is drawn dashed. */
static lsnn_status title_of(const char **out, const chart *c, const spikes_report *report, const char *dashed,
                            lsnn_error *err)
{
    static const struct {
        const char *variable, *name;
    } names[] = {
        {"L", "learning signal L"}, {"psi", "surrogate derivative psi"}, {"a", "adaptation a"}, {"A", "threshold A"}};
    const char *name = report->variable;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (strcmp(names[k].variable, report->variable) == 0) name = names[k].name;
    return arena_format(c->memory, out, err, "%s of %s%s", name, report->population, dashed);
}

static lsnn_status add_report(figure *f, const chart *c, const spikes_report *report, lsnn_error *err)
{
    const companion *beside = companion_of(report->variable);
    const spikes_report *with = beside->of ? report_of(c, report->population, beside->variable) : NULL;
    int elements[MOST];
    const int n = elements_of(elements, c, &report->x);
    double threshold[MOST] = {NAN};
    const char *title;
    figure_panel *panel;
    if (n == 0 || drawn_elsewhere(c, report)) return LSNN_OK;
    if (!with && strcmp(report->variable, "v") == 0) TRY(read_thresholds(threshold, c, report, elements, n, err));
    TRY(title_of(&title, c, report, with ? beside->title : isnan(threshold[0]) ? "" : ", threshold dashed", err));
    TRY(figure_panel_add(&panel, f, title, trace_height, err));
    TRY(chart_time_axis(&panel->x, c, err));
    const char *unit = report->x.unit;
    panel->y.label = report->variable;
    if (*unit && strcmp(unit, "1") != 0)
        TRY(arena_format(c->memory, &panel->y.label, err, "%s (%s)", report->variable, unit));
    for (int k = 0; k < n; k++) {
        TRY(add_element(panel, c, report, elements[k], k, false, n > 1, err));
        TRY(add_companion(panel, c, with, report->x.neuron[elements[k]], k, err));
    }
    return isnan(threshold[0]) ? LSNN_OK : add_thresholds(panel, c, threshold, n, err);
}

static lsnn_status nothing_recorded(const chart *c, lsnn_error *err)
{
    const spikes *f = c->selection->file;
    const char *name = f->n_populations ? f->populations[0].name : "POPULATION";
    if (f->n_reports > 0)
        return lsnn_fail(err, LSNN_USAGE, "%s: no variables of what is asked for were recorded", c->path);
    return lsnn_fail(err, LSNN_USAGE,
                     "%s: no variables were recorded; a config records them by lines under `record:` like `v: {what: "
                     "v, of: %s, neurons: 0..3}`",
                     c->path, name);
}

lsnn_status chart_traces(figure *f, const chart *c, lsnn_error *err)
{
    const spikes *file = c->selection->file;
    TRY(chart_rasters(f, c, raster_height, err));
    const int before = f->n_panels;
    for (int r = 0; r < file->n_reports; r++)
        if (is_wanted(c, &file->reports[r])) TRY(add_report(f, c, &file->reports[r], err));
    return f->n_panels > before ? LSNN_OK : nothing_recorded(c, err);
}
