/* Spikes, and the measures of spikes. */
#include "chart_order.h"
#include "survey.h"
#include "text.h"
#include <math.h>
#include <string.h>

enum { GREY = 6 };
static const double raster_height = 80, panel_height = 35;

/* ---- rasters ---------------------------------------------------------------------------------------------------------- */

static bool has_report(const spikes *f, int trial)
{
    for (int r = 0; r < f->n_reports; r++)
        for (int k = 0; f->reports[r].trial && k < f->reports[r].x.n_spans; k++)
            if (f->reports[r].trial[k] == (uint64_t)trial) return true;
    return false;
}

int chart_last_trial(const selection *s)
{
    const spikes *f = s->file;
    for (int k = s->by_trial ? f->n_trials - 1 : -1; k >= 0; k--) {
        bool shown = f->n_reports == 0 || has_report(f, k);
        for (int p = 0; f->n_reports == 0 && p < f->n_populations; p++)
            shown = shown && (!s->population[p] || f->populations[p].in_trial[k]);
        if (s->trial[k] && shown) return k;
    }
    return -1;
}

double chart_time_scale(const chart *c)
{
    return c->selection->window.stop > 10000 ? 1e-3 : 1;
}

lsnn_status chart_time_axis(figure_axis *out, const chart *c, lsnn_error *err)
{
    const span window = c->selection->window;
    const double scale = chart_time_scale(c);
    const char *unit = scale < 1 ? "s" : "ms";
    *out = (figure_axis){.low = scale * window.start, .high = scale * window.stop};
    if (c->trial < 0) return arena_format(c->memory, &out->label, err, "time (%s)", unit);
    return arena_format(c->memory, &out->label, err, "time in trial %d (%s)", c->trial, unit);
}

static span shown_span(const chart *c)
{
    const span window = c->selection->window;
    const double start = c->trial < 0 ? 0 : c->selection->file->trials[c->trial].start;
    return (span){start + window.start, start + window.stop};
}

static bool is_shown(const chart *c, int p)
{
    const selection *s = c->selection;
    return s->population[p] && (c->trial < 0 || s->file->populations[p].in_trial[c->trial]);
}

static lsnn_status add_raster(figure *f, const chart *c, int p, double height, lsnn_error *err)
{
    const spikes_population *of = &c->selection->file->populations[p];
    const raster part = raster_within(&of->spikes, shown_span(c));
    const double start = shown_span(c).start - c->selection->window.start, scale = chart_time_scale(c);
    figure_panel *panel;
    double *time;
    const char *title;
    const uint32_t *row;
    const int n = of->spikes.n_neurons;
    TRY(chart_order_rows(&row, c, p, &part, err));
    TRY(arena_format(c->memory, &title, err, "%s (%d %s%s)", of->name, n, of->input ? "cell" : "neuron",
                     n == 1 ? "" : "s"));
    TRY(figure_panel_add(&panel, f, title, height, err));
    TRY(chart_time_axis(&panel->x, c, err));
    panel->y = (figure_axis){.low = 0, .high = fmax(1, of->spikes.n_neurons)};
    if (height > 9) TRY(chart_order_label(&panel->y.label, c->sort, of->input ? "cell" : "neuron", c->memory, err));
    TRY(arena_take(c->memory, &time, part.n + 1, sizeof *time, err));
    for (size_t k = 0; k < part.n; k++)
        time[k] = scale * (part.time[k] - start);
    return figure_layer_add(
        panel,
        &(figure_layer){.kind = FIGURE_SPIKES, .colour = of->input ? GREY : p, .n = part.n, .x = time, .row = row},
        err);
}

/* Larger populations get more room, but not all of it; small ones no more than they need. */
static double room_of(int n, double height, double sum)
{
    return fmin(3.0 * n + 1, fmax(4, height * sqrt(n) / sum));
}

lsnn_status chart_rasters(figure *f, const chart *c, double height, lsnn_error *err)
{
    const spikes *file = c->selection->file;
    double sum = 0;
    for (int p = 0; p < file->n_populations; p++)
        if (is_shown(c, p)) sum += sqrt(file->populations[p].spikes.n_neurons);
    for (int input = 1; input >= 0; input--) /* first what comes from outside */
        for (int p = 0; p < file->n_populations; p++)
            if (is_shown(c, p) && file->populations[p].input == input)
                TRY(add_raster(f, c, p, room_of(file->populations[p].spikes.n_neurons, height, sum), err));
    f->aligned = true;
    return LSNN_OK;
}

lsnn_status chart_raster(figure *f, const chart *c, lsnn_error *err)
{
    TRY(chart_rasters(f, c, raster_height, err));
    if (f->n_panels > 0) return LSNN_OK;
    return lsnn_fail(err, LSNN_USAGE, "%s: no spikes were recorded in the trials that are asked for", c->path);
}

/* ---- measures --------------------------------------------------------------------------------------------------------- */

const finding_curve *chart_curve(const findings *found, const char *of, const char *name)
{
    for (int k = 0; k < found->n_curves; k++)
        if (strcmp(found->curves[k].population, of) == 0 && strcmp(found->curves[k].measure, name) == 0)
            return &found->curves[k];
    return NULL;
}

/* Calls `add` for every population that is selected, with what a measure has found about all of them. */
typedef lsnn_status add_curve(figure_panel *panel, const chart *c, const findings *found, int p, lsnn_error *err);

static lsnn_status each_population(figure_panel *panel, const chart *c, const char *name, add_curve *add,
                                   lsnn_error *err)
{
    const selection *s = c->selection;
    const measure *wanted = measure_named(name);
    const survey q = {&wanted, 1, c->with};
    findings found = {.memory = c->memory};
    for (int p = 0; p < s->file->n_populations; p++)
        if (s->population[p]) TRY(survey_look(&found, s, p, -1, &q, false, err));
    for (int p = 0; p < s->file->n_populations; p++)
        if (s->population[p]) TRY(add(panel, c, &found, p, err));
    return LSNN_OK;
}

lsnn_status chart_histogram(figure_layer *layer, const double *values, size_t n, int n_bins, double low, double high,
                            arena *a, lsnn_error *err)
{
    double *edge, *share;
    size_t counted = 0;
    TRY(arena_take(a, &edge, (size_t)n_bins + 1, sizeof *edge, err));
    TRY(arena_take(a, &share, (size_t)n_bins, sizeof *share, err));
    for (int b = 0; b <= n_bins; b++)
        edge[b] = low + (high - low) * b / n_bins;
    for (size_t k = 0; k < n; k++) {
        if (!(values[k] >= low && values[k] <= high)) continue;
        const int bin = (int)((values[k] - low) / (high - low) * n_bins + 1e-6);
        share[bin < n_bins ? bin : n_bins - 1] += 1;
        counted++;
    }
    for (int b = 0; b < n_bins; b++)
        share[b] /= counted ? (double)counted : 1;
    layer->kind = FIGURE_STEPS;
    layer->n = counted ? (size_t)n_bins : 0;
    layer->x = edge;
    layer->y = share;
    return LSNN_OK;
}

/* Rates come in steps of a spike; the bins of a histogram hold as many steps each, lest some stay empty. */
static double rate_step(const chart *c, int p)
{
    const selection *s = c->selection;
    int n = 0;
    for (int k = 0; k < s->file->n_trials; k++)
        n += s->by_trial && s->trial[k] && s->file->populations[p].in_trial[k];
    return 1e3 / ((s->by_trial ? n : 1) * (s->window.stop - s->window.start));
}

/* The distribution of a value per neuron, from 0; in the same bins for all populations. */
static lsnn_status add_distribution(figure_panel *panel, const chart *c, const findings *found, const char *name, int p,
                                    double step, lsnn_error *err)
{
    enum { BINS = 20 };
    const finding_curve *curve = chart_curve(found, c->selection->file->populations[p].name, name);
    double most = 0;
    if (!curve) return LSNN_OK;
    for (int f = 0; f < found->n_curves; f++)
        for (size_t k = 0; strcmp(found->curves[f].measure, name) == 0 && k < found->curves[f].n_rows; k++)
            if (isfinite(found->curves[f].column[1].values[k])) most = fmax(most, found->curves[f].column[1].values[k]);
    if (most == 0) most = 1;
    const double width = step > 0 ? step * ceil(most / BINS / step) : most / BINS;
    const int n_bins = step > 0 ? 1 + (int)(most / width + 1e-6) : BINS;
    figure_layer layer = {.colour = p, .label = curve->population};
    TRY(chart_histogram(&layer, curve->column[1].values, curve->n_rows, n_bins, 0, width * n_bins, c->memory, err));
    return figure_layer_add(panel, &layer, err);
}

static lsnn_status add_rates(figure_panel *panel, const chart *c, const findings *found, int p, lsnn_error *err)
{
    return add_distribution(panel, c, found, "rate", p, rate_step(c, p), err);
}

static lsnn_status add_cv(figure_panel *panel, const chart *c, const findings *found, int p, lsnn_error *err)
{
    return add_distribution(panel, c, found, "cv", p, 0, err);
}

static lsnn_status add_psth(figure_panel *panel, const chart *c, const findings *found, int p, lsnn_error *err)
{
    const finding_curve *curve = chart_curve(found, c->selection->file->populations[p].name, "psth");
    double *edge;
    if (!curve || curve->n_rows < 1) return LSNN_OK;
    const double start = c->selection->window.start;
    TRY(arena_take(c->memory, &edge, curve->n_rows + 1, sizeof *edge, err));
    for (size_t k = 0; k <= curve->n_rows; k++)
        edge[k] = start + (double)k * c->with->psth_bin;
    return figure_layer_add(panel,
                            &(figure_layer){.kind = FIGURE_STEPS,
                                            .label = curve->population,
                                            .colour = p,
                                            .n = curve->n_rows,
                                            .x = edge,
                                            .y = curve->column[1].values},
                            err);
}

lsnn_status chart_rate(figure *f, const chart *c, lsnn_error *err)
{
    figure_panel *panel;
    TRY(figure_panel_add(&panel, f, NULL, panel_height, err));
    panel->x.label = c->selection->by_trial ? "time in the trial (ms)" : "time (ms)";
    panel->y.label = "rate (Hz)";
    TRY(each_population(panel, c, "psth", add_psth, err));
    TRY(figure_panel_add(&panel, f, NULL, panel_height, err));
    panel->x.label = "rate of a neuron (Hz)";
    panel->y.label = "share of neurons";
    return each_population(panel, c, "rate", add_rates, err);
}

/* Up to the interval that 99 of 100 do not exceed. */
static lsnn_status add_intervals(figure_panel *panel, const chart *c, const findings *found, int p, lsnn_error *err)
{
    const finding_curve *curve = chart_curve(found, c->selection->file->populations[p].name, "isi_histogram");
    double total = 0, sum = 0, *edge, *share;
    size_t n = 0;
    if (!curve) return LSNN_OK;
    for (size_t k = 0; k < curve->n_rows; k++)
        total += curve->column[1].values[k];
    TRY(arena_take(c->memory, &edge, curve->n_rows + 1, sizeof *edge, err));
    TRY(arena_take(c->memory, &share, curve->n_rows + 1, sizeof *share, err));
    for (; n < curve->n_rows && sum < 0.99 * total; n++) {
        edge[n] = curve->column[0].values[n];
        share[n] = curve->column[1].values[n] / total / c->with->isi_bin;
        sum += curve->column[1].values[n];
    }
    edge[n] = (double)n * c->with->isi_bin;
    return figure_layer_add(
        panel,
        &(figure_layer){.kind = FIGURE_STEPS, .label = curve->population, .colour = p, .n = n, .x = edge, .y = share},
        err);
}

lsnn_status chart_isi(figure *f, const chart *c, lsnn_error *err)
{
    figure_panel *panel;
    TRY(figure_panel_add(&panel, f, NULL, panel_height, err));
    panel->x.label = "interval between spikes (ms)";
    panel->y = (figure_axis){.label = "density (1/ms)", .log = true};
    TRY(each_population(panel, c, "isi", add_intervals, err));
    if (c->small) return LSNN_OK;
    TRY(figure_panel_add(&panel, f, NULL, panel_height, err));
    panel->x.label = "CV of a neuron's intervals";
    panel->y.label = "share of neurons";
    return each_population(panel, c, "cv", add_cv, err);
}

/* ---- correlograms and spectra ----------------------------------------------------------------------------------------- */

/* The rate, and, dashed, what trials alone explain. */
static lsnn_status add_lags(figure_panel *panel, const chart *c, const finding_curve *curve, int p, lsnn_error *err)
{
    double *chance, scale = NAN;
    if (!curve) return LSNN_OK;
    const double *count = curve->column[1].values, *shuffled = curve->column[2].values, *rate = curve->column[4].values;
    TRY(arena_take(c->memory, &chance, curve->n_rows + 1, sizeof *chance, err));
    for (size_t k = 0; k < curve->n_rows; k++)
        if (count[k] > 0) scale = rate[k] / count[k];
    for (size_t k = 0; k < curve->n_rows; k++)
        chance[k] = shuffled[k] * scale;
    figure_layer layer = {.kind = FIGURE_LINE,
                          .label = curve->population,
                          .colour = p,
                          .n = curve->n_rows,
                          .x = curve->column[0].values,
                          .y = rate};
    TRY(figure_layer_add(panel, &layer, err));
    layer.label = NULL;
    layer.dashed = true;
    layer.y = chance;
    return figure_layer_add(panel, &layer, err);
}

static lsnn_status add_auto(figure_panel *panel, const chart *c, const findings *found, int p, lsnn_error *err)
{
    return add_lags(panel, c, chart_curve(found, c->selection->file->populations[p].name, "autocorrelogram"), p, err);
}

static lsnn_status add_cross(figure_panel *panel, const chart *c, const findings *found, int p, lsnn_error *err)
{
    return add_lags(panel, c, chart_curve(found, c->selection->file->populations[p].name, "crosscorrelogram"), p, err);
}

lsnn_status chart_correlogram(figure *f, const chart *c, lsnn_error *err)
{
    static const struct {
        const char *title;
        add_curve *add;
    } kinds[] = {{"a neuron with itself", add_auto}, {"pairs of neurons", add_cross}};
    for (int k = 0; k < 2; k++) {
        figure_panel *panel;
        TRY(figure_panel_add(&panel, f, kinds[k].title, panel_height, err));
        panel->x = (figure_axis){.label = "lag (ms)", .low = -c->with->lag, .high = c->with->lag};
        panel->y.label = "rate (Hz)";
        TRY(each_population(panel, c, "correlogram", kinds[k].add, err));
    }
    return LSNN_OK;
}

static lsnn_status add_spectrum(figure_panel *panel, const chart *c, const findings *found, int p, lsnn_error *err)
{
    const finding_curve *curve = chart_curve(found, c->selection->file->populations[p].name, "spectrum");
    (void)c;
    if (!curve || curve->n_rows < 2) return LSNN_OK;
    return figure_layer_add(panel,
                            &(figure_layer){.kind = FIGURE_LINE,
                                            .label = curve->population,
                                            .colour = p,
                                            .n = curve->n_rows - 1, /* without the frequency 0 */
                                            .x = curve->column[0].values + 1,
                                            .y = curve->column[1].values + 1},
                            err);
}

lsnn_status chart_spectrum(figure *f, const chart *c, lsnn_error *err)
{
    figure_panel *panel;
    TRY(figure_panel_add(&panel, f, NULL, 50, err));
    panel->x = (figure_axis){.label = "frequency (Hz)", .log = true};
    panel->y = (figure_axis){.label = "power of the rate (Hz\u00b2/Hz)", .log = true};
    return each_population(panel, c, "spectrum", add_spectrum, err);
}
