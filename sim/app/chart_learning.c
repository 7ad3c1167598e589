/* Learning: curves over iterations, and weights. */
#include "chart.h"
#include "store.h"
#include <math.h>
#include <string.h>

static const double panel_height = 24;

static figure_layer line_of(const finding_curve *curve, int column, int colour, const char *label)
{
    return (figure_layer){.kind = FIGURE_LINE,
                          .label = label,
                          .colour = colour,
                          .n = curve->n_rows,
                          .x = curve->column[0].values,
                          .y = curve->column[column].values};
}

/* The values of all iterations lie behind their moving average; validation are dots. */
static lsnn_status add_metric(figure *f, const chart *c, const char *name, const char *label, bool small,
                              lsnn_error *err)
{
    enum { GREY = 6 };
    const finding_curve *curve = chart_curve(c->learning, "training", name), *checked;
    const char *validation;
    figure_panel *panel;
    figure_layer layer;
    if (!curve || (c->small && !small)) return LSNN_OK;
    const bool first = f->n_panels == 0;
    TRY(figure_panel_add(&panel, f, NULL, panel_height, err));
    panel->x.label = "iteration";
    panel->y.label = label;
    layer = line_of(curve, 1, GREY, first ? "batch" : NULL);
    TRY(figure_layer_add(panel, &layer, err));
    layer = line_of(curve, 2, 0, first ? "mean of the last 20" : NULL);
    TRY(figure_layer_add(panel, &layer, err));
    TRY(arena_format(c->memory, &validation, err, "validation_%s", name));
    checked = chart_curve(c->learning, "training", validation);
    if (!checked) return LSNN_OK;
    layer = line_of(checked, 1, 1, first ? "validation" : NULL);
    layer.kind = checked->n_rows > 100 ? FIGURE_LINE : FIGURE_DOTS;
    return figure_layer_add(panel, &layer, err);
}

static lsnn_status add_alignment(figure *f, const chart *c, lsnn_error *err)
{
    figure_panel *panel = NULL;
    int colour = 0;
    for (int k = 0; k < c->learning->n_curves; k++) {
        const finding_curve *curve = &c->learning->curves[k];
        if (strncmp(curve->measure, "alignment_", 10) != 0) continue;
        if (!panel) TRY(figure_panel_add(&panel, f, "alignment with the other rule's gradient", panel_height, err));
        panel->x.label = "iteration";
        panel->y.label = "cosine";
        const figure_layer layer = line_of(curve, 1, colour++, curve->measure + 10);
        TRY(figure_layer_add(panel, &layer, err));
    }
    return LSNN_OK;
}

/* What has a number in its trial, as its questions and rounds have. */
static lsnn_status add_numbered(figure *f, const chart *c, const store *file, const char *path, const char *what,
                                const char *ordinate, lsnn_error *err)
{
    double *shown, *number;
    size_t n = 0; /* trials need not come to as many as there is room for */
    store_shape shape;
    figure_panel *panel;
    if (!store_has(file, path)) return LSNN_OK;
    TRY(store_read(file, c->memory, &shown, STORE_DOUBLE, &shape, NULL, path, err));
    if (shape.n_dims != 1 || shape.dim[0] < 2 || isnan(shown[0])) return LSNN_OK;
    TRY(arena_take(c->memory, &number, shape.dim[0], sizeof *number, err));
    for (size_t k = 0; k < shape.dim[0]; k++) {
        number[k] = (double)k + 1;
        if (!isnan(shown[k])) n = k + 1;
    }
    TRY(figure_panel_add(&panel, f, "test after training", panel_height, err));
    panel->apart = true;
    panel->x.label = what;
    panel->y.label = ordinate;
    return figure_layer_add(panel, &(figure_layer){.kind = FIGURE_LINE, .n = n, .x = number, .y = shown}, err);
}

static lsnn_status add_test(figure *f, const chart *c, lsnn_error *err)
{
    store *file;
    TRY(store_open(&file, c->path, err));
    lsnn_status status =
        add_numbered(f, c, file, "/metrics/test_question_error", "question in its trial", "error", err);
    if (status == LSNN_OK)
        status = add_numbered(f, c, file, "/metrics/test_round_length", "round in its trial", "length", err);
    const lsnn_status closed = store_close(file, false, NULL);
    return status != LSNN_OK ? status : closed;
}

lsnn_status chart_learning(figure *f, const chart *c, lsnn_error *err)
{
    f->aligned = true;
    TRY(add_metric(f, c, "loss", "loss", true, err));
    TRY(add_metric(f, c, "error", "error", true, err));
    TRY(add_metric(f, c, "rate", "rate (Hz)", true, err));
    TRY(add_metric(f, c, "gradient_norm", "norm of the gradient", false, err));
    TRY(add_metric(f, c, "psi_density", "share of surrogates > 0", false, err));
    TRY(add_alignment(f, c, err));
    TRY(add_test(f, c, err));
    if (f->n_panels > 0) return LSNN_OK;
    return lsnn_fail(err, LSNN_USAGE, "%s: holds no metrics of a training", c->path);
}

/* ---- weights ---------------------------------------------------------------------------------------------------------- */

static double extreme(const double *values, size_t n, double sign)
{
    double most = -INFINITY;
    for (size_t k = 0; k < n; k++)
        most = fmax(most, sign * values[k]);
    return sign * most;
}

/* First and last snapshot. */
static lsnn_status add_distribution(figure *f, const chart *c, const store *file, const char *name, lsnn_error *err)
{
    enum { BINS = 60 };
    static const char *const labels[] = {"first", "last"};
    const char *path, *title;
    double *weight;
    store_shape shape;
    figure_panel *panel;
    TRY(arena_format(c->memory, &path, err, "/weights/%s/weight", name));
    TRY(store_read(file, c->memory, &weight, STORE_DOUBLE, &shape, NULL, path, err));
    const size_t rows = shape.dim[0], n = shape.n_dims == 2 ? shape.dim[1] : 1;
    if (rows == 0 || n == 0) return LSNN_OK;
    const double *const last = weight + (rows - 1) * n;
    const double low = fmin(extreme(weight, n, -1), extreme(last, n, -1));
    const double high = fmax(extreme(weight, n, 1), extreme(last, n, 1));
    TRY(arena_format(c->memory, &title, err, "%s (%zu synapses)", name, n));
    TRY(figure_panel_add(&panel, f, title, panel_height, err));
    panel->x.label = "weight";
    panel->y.label = "share";
    for (int k = 0; k < (rows > 1 ? 2 : 1); k++) {
        figure_layer layer = {.label = labels[k], .colour = k};
        TRY(chart_histogram(&layer, k ? last : weight, n, BINS, low, high > low ? high : low + 1, c->memory, err));
        TRY(figure_layer_add(panel, &layer, err));
    }
    return LSNN_OK;
}

static lsnn_status add_norm(figure *f, const chart *c, const char *name, lsnn_error *err)
{
    const char *full;
    figure_panel *panel;
    TRY(arena_format(c->memory, &full, err, "weights_%s", name));
    const finding_curve *curve = chart_curve(c->learning, "training", full);
    TRY(figure_panel_add(&panel, f, NULL, panel_height, err));
    panel->x.label = "iteration";
    panel->y.label = "norm";
    if (!curve) return LSNN_OK;
    figure_layer layer = line_of(curve, 1, 0, NULL);
    TRY(figure_layer_add(panel, &layer, err));
    layer.kind = FIGURE_DOTS;
    return figure_layer_add(panel, &layer, err);
}

static lsnn_status add_projections(figure *f, const chart *c, const store *file, lsnn_error *err)
{
    const char **names, *path;
    int n;
    if (!store_has(file, "/weights")) return LSNN_OK;
    TRY(store_members(file, c->memory, &names, &n, "/weights", err));
    f->columns = c->small ? 1 : 2;
    for (int k = 0; k < n; k++) {
        TRY(arena_format(c->memory, &path, err, "/weights/%s/weight", names[k]));
        if (!store_has(file, path)) continue;
        TRY(add_distribution(f, c, file, names[k], err));
        if (!c->small) TRY(add_norm(f, c, names[k], err));
    }
    return LSNN_OK;
}

/* For the message: the first one of the run's config. */
static lsnn_status first_projection(const char **out, const chart *c, lsnn_error *err)
{
    store *file;
    const char *text = "{}";
    config_node *config;
    TRY(store_open(&file, c->path, err));
    const lsnn_status status =
        store_has(file, "/config") ? store_read_text(file, c->memory, &text, "/config", err) : LSNN_OK;
    const lsnn_status closed = store_close(file, false, NULL);
    if (status != LSNN_OK || closed != LSNN_OK) return status != LSNN_OK ? status : closed;
    TRY(config_parse(&config, c->memory, "/config", text, strlen(text), err));
    const config_node *all = config_get(config, "projections");
    if (all && all->first && all->first->key) *out = all->first->key;
    return LSNN_OK;
}

lsnn_status chart_weights(figure *f, const chart *c, lsnn_error *err)
{
    store *file;
    TRY(store_open(&file, c->path, err));
    lsnn_status status = add_projections(f, c, file, err);
    const lsnn_status closed = store_close(file, false, NULL);
    if (status == LSNN_OK) status = closed;
    if (status != LSNN_OK || f->n_panels > 0) return status;
    const char *name = "PROJECTION";
    TRY(first_projection(&name, c, err));
    return lsnn_fail(err, LSNN_USAGE,
                     "%s: no weights were recorded; a config records them by a line under `record:` like `%s: {what: "
                     "weights, of: %s}`",
                     c->path, name, name);
}

/* ---- answers ---------------------------------------------------------------------------------------------------------- */

static lsnn_status class_names(const char *const **out, int n, arena *a, lsnn_error *err)
{
    const char **names;
    TRY(arena_take(a, &names, (size_t)n + 1, sizeof *names, err));
    for (int k = 0; k < n; k++)
        TRY(arena_format(a, &names[k], err, "%d", k));
    *out = names;
    return LSNN_OK;
}

static lsnn_status add_confusion(figure *f, const chart *c, const store *file, lsnn_error *err)
{
    static const char path[] = "/metrics/test_confusion";
    double *counts;
    store_shape shape;
    figure_panel *panel;
    if (!store_has(file, path)) return LSNN_OK;
    TRY(store_read(file, c->memory, &counts, STORE_DOUBLE, &shape, NULL, path, err));
    if (shape.n_dims != 2 || shape.dim[0] == 0) return LSNN_OK;
    const int n = (int)lround(sqrt((double)shape.dim[1]));
    if ((size_t)n * (size_t)n != shape.dim[1] || n == 0)
        return lsnn_fail(err, LSNN_DATA, "%s: %s: %zu numbers are no square", c->path, path, shape.dim[1]);
    TRY(figure_panel_add(&panel, f, "answers in test trials", fmin(10 + 10.0 * n, 65), err));
    panel->x = (figure_axis){.label = "given class", .low = -0.5, .high = n - 0.5, .n_names = n};
    panel->y = (figure_axis){.label = "right class", .low = -0.5, .high = n - 0.5, .n_names = n};
    TRY(class_names(&panel->x.names, n, c->memory, err));
    panel->y.names = panel->x.names;
    return figure_layer_add(
        panel,
        &(figure_layer){
            .kind = FIGURE_CELLS, .n = shape.dim[1], .n_columns = n, .y = counts + (shape.dim[0] - 1) * shape.dim[1]},
        err);
}

lsnn_status chart_confusion(figure *f, const chart *c, lsnn_error *err)
{
    store *file;
    TRY(store_open(&file, c->path, err));
    lsnn_status status = add_confusion(f, c, file, err);
    const lsnn_status closed = store_close(file, false, NULL);
    if (status == LSNN_OK) status = closed;
    if (status != LSNN_OK || f->n_panels > 0) return status;
    return lsnn_fail(err, LSNN_USAGE,
                     "%s: holds no answers to test trials; a config asks for them by `test: {trials: 512}`, in tasks "
                     "with classes",
                     c->path);
}
