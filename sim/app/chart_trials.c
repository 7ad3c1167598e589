/* Figures of a sweep: learning curves of its trials, and the metric by each setting. */
#include "chart.h"
#include "trials.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CURVES = 400, MOST_COLOURS = 7, MOST_LEVELS = 12, GREY = 6 };
static const double curve_height = 55, panel_height = 40;

static const char *metric_name(const chart *c)
{
    return outcome_metric[c->trials->metric];
}

static lsnn_status nothing_yet(const chart *c, lsnn_error *err)
{
    return lsnn_fail(err, LSNN_USAGE, "%s: no trial has a %s yet", c->path, metric_name(c));
}

/* ---- curves ----------------------------------------------------------------------------------------------------------- */

/* What trials are coloured by: of what is not the seed and has few levels, that which explains most; NULL: nothing. */
static const trials_setting *colouring(const trials *t)
{
    for (int k = 0; k < t->n_settings; k++) {
        const trials_setting *of = &t->settings[k];
        if (of->n_levels > 1 && of->n_levels <= MOST_COLOURS && strcmp(of->path, "seed") != 0) return of;
    }
    return NULL;
}

/* A line of the k-th trial, and whether its colour has a name already. */
static lsnn_status add_course(figure_panel *panel, const chart *c, size_t k, int colour, const char *label, bool *named,
                              lsnn_error *err)
{
    trials_course course;
    TRY(trials_course_of(&course, c->trials, k, c->memory, err));
    if (course.n < 2) return LSNN_OK;
    const figure_layer layer = {.kind = FIGURE_LINE,
                                .label = *named ? NULL : label,
                                .colour = colour,
                                .n = course.n,
                                .x = course.iteration,
                                .y = course.value};
    *named = true;
    return figure_layer_add(panel, &layer, err);
}

/* Without a setting that gives colours all are grey but the best. */
static lsnn_status add_courses(figure_panel *panel, const chart *c, const trials_setting *by, lsnn_error *err)
{
    const trials *t = c->trials;
    bool named[MOST_COLOURS] = {false};
    const size_t every = 1 + (t->n > 0 ? t->n - 1 : 0) / MOST_CURVES;
    for (size_t k = 0; k < t->n; k += every) {
        const int level = by ? trials_level(t, k, by) : -1;
        const int colour = level < 0 ? GREY : level;
        TRY(add_course(panel, c, k, colour, level < 0 ? "others" : by->level[level], &named[colour], err));
    }
    return by || t->n == 0 ? LSNN_OK : add_course(panel, c, t->order[0], 1, "best", &named[1], err);
}

lsnn_status chart_trials_curves(figure *f, const chart *c, lsnn_error *err)
{
    const trials_setting *by = colouring(c->trials);
    figure_panel *panel;
    TRY(figure_panel_add(&panel, f, by ? by->path : NULL, curve_height, err));
    panel->x.label = "iteration";
    panel->y.label = strstr(metric_name(c), "loss") ? "loss" : "error";
    TRY(add_courses(panel, c, by, err));
    return panel->n_layers > 0 ? LSNN_OK : nothing_yet(c, err);
}

/* ---- by setting ------------------------------------------------------------------------------------------------------- */

/* Whether its values have places on an axis of numbers: of two levels names say more. */
static bool on_numbers(const trials_setting *of)
{
    return of->numeric && of->n_levels != 1 && of->n_levels != 2;
}

/* Where a trial stands: at its number; else at its level, a little beside it lest trials hide each other. */
static double place_of(const trials *t, size_t k, const trials_setting *of)
{
    if (on_numbers(of)) return trials_number(t, k, of);
    const int level = trials_level(t, k, of);
    const double part = fmod((double)t->number[k] * 0.618034, 1);
    return level < 0 ? NAN : level + 0.4 * (part - 0.5);
}

static lsnn_status add_trials(figure_panel *panel, const chart *c, const trials_setting *of, lsnn_error *err)
{
    const trials *t = c->trials;
    figure_layer layer = {.kind = FIGURE_DOTS, .colour = GREY, .label = "trial"};
    double *x, *y;
    TRY(arena_take(c->memory, &x, t->n + 1, sizeof *x, err));
    TRY(arena_take(c->memory, &y, t->n + 1, sizeof *y, err));
    for (size_t k = 0; k < t->n; k++) {
        const double place = place_of(t, k, of), value = trials_value(t, k);
        if (isnan(place) || isnan(value)) continue;
        x[layer.n] = place;
        y[layer.n++] = value;
    }
    layer.x = x;
    layer.y = y;
    return figure_layer_add(panel, &layer, err);
}

/* Means at numbers are joined by a line, those at names are not: a NaN stands between them. */
static lsnn_status add_means(figure_panel *panel, const chart *c, const trials_setting *of, lsnn_error *err)
{
    figure_layer layer = {.kind = FIGURE_ERRORS, .colour = 0, .label = "mean, standard error"};
    double *column[4];
    for (int k = 0; k < 4; k++)
        TRY(arena_take(c->memory, &column[k], 2 * (size_t)of->n_levels + 1, sizeof(double), err));
    for (int l = 0; l < of->n_levels; l++) {
        const trials_mean m = trials_mean_of(c->trials, of, l, NULL, 0);
        if (m.n == 0) continue;
        const double sem = isnan(m.sem) ? 0 : m.sem;
        if (!on_numbers(of) && layer.n > 0) {
            for (int k = 0; k < 4; k++)
                column[k][layer.n] = NAN;
            layer.n++;
        }
        column[0][layer.n] = on_numbers(of) ? strtod(of->level[l], NULL) : l;
        column[1][layer.n] = m.mean;
        column[2][layer.n] = m.mean - sem;
        column[3][layer.n++] = m.mean + sem;
    }
    layer.x = column[0];
    layer.y = column[1];
    layer.low = column[2];
    layer.high = column[3];
    return figure_layer_add(panel, &layer, err);
}

static void name_levels(figure_axis *axis, const trials_setting *of)
{
    axis->low = -0.5;
    axis->high = of->n_levels - 0.5;
    axis->n_names = of->n_levels;
    axis->names = of->level;
}

lsnn_status chart_trials_setting(figure *f, const chart *c, lsnn_error *err)
{
    const trials_setting *of = &c->trials->settings[c->setting];
    figure_panel *panel;
    TRY(figure_panel_add(&panel, f, NULL, panel_height, err));
    panel->x = (figure_axis){.label = of->path, .log = of->log && on_numbers(of)};
    panel->y.label = metric_name(c);
    if (!on_numbers(of)) name_levels(&panel->x, of);
    TRY(add_trials(panel, c, of, err));
    if (panel->layers[0].n == 0) return nothing_yet(c, err);
    return of->n_levels > 0 ? add_means(panel, c, of, err) : LSNN_OK;
}

/* ---- two settings at once --------------------------------------------------------------------------------------------- */

/* The two listed ones that explain most, but the seed. */
static int find_pair(const trials_setting *pair[static 2], const trials *t)
{
    int n = 0;
    for (int k = 0; k < t->n_settings && n < 2; k++) {
        const trials_setting *of = &t->settings[k];
        if (of->n_levels > 1 && of->n_levels <= MOST_LEVELS && strcmp(of->path, "seed") != 0) pair[n++] = of;
    }
    return n;
}

bool chart_trials_has_pair(const trials *t)
{
    const trials_setting *pair[2];
    return find_pair(pair, t) == 2;
}

lsnn_status chart_trials_pair(figure *f, const chart *c, lsnn_error *err)
{
    const trials_setting *pair[2];
    figure_panel *panel;
    double *mean;
    if (find_pair(pair, c->trials) < 2)
        return lsnn_fail(err, LSNN_USAGE, "%s: two settings with lists of values are needed", c->path);
    const int rows = pair[0]->n_levels, columns = pair[1]->n_levels;
    TRY(arena_take(c->memory, &mean, (size_t)(rows * columns), sizeof *mean, err));
    for (int row = 0; row < rows; row++)
        for (int column = 0; column < columns; column++)
            mean[row * columns + column] = trials_mean_of(c->trials, pair[0], row, pair[1], column).mean;
    TRY(figure_panel_add(&panel, f, metric_name(c), fmin(12 + 9.0 * rows, 80), err));
    panel->x.label = pair[1]->path;
    panel->y.label = pair[0]->path;
    name_levels(&panel->x, pair[1]);
    name_levels(&panel->y, pair[0]);
    return figure_layer_add(
        panel,
        &(figure_layer){
            .kind = FIGURE_CELLS, .colour = 1, .n = (size_t)(rows * columns), .n_columns = columns, .y = mean},
        err);
}
