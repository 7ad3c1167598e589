/* Each panel shows a metric by a column, one colour for each value of `hue`: mean and standard error over the trials that differ
 * in nothing that is shown, or the trials themselves where x was drawn or measured. */
#include "sweep_plot.h"
#include "text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_Y = 8, MOST_HUES = FIGURE_MOST_LAYERS, N_NUMBERS = OUTCOME_N_METRICS + 2 };

static const double panel_height = 45; /* mm */
static const double fan = 0.3;         /* of the space between two names: how far their colours stand apart */

/* A column of the results: a parameter, or a number of the outcome. */
typedef struct column {
    const char *name; /* NULL: was not asked for */
    int parameter;    /* -1: a number */
    int number;       /* a metric, then iterations, seconds */
} column;

typedef struct plot {
    const ledger *l;
    const space *space;
    arena *memory;
    column x, hue, panel, y[MOST_Y];
    int n_y;
    size_t n; /* of trials with outcomes that have not failed */
    size_t *trial;
    outcome *outcome;
    double *place; /* [n] x */
    bool x_is_numeric, x_is_condition;
    int n_x;             /* of conditions */
    const char **x_text; /* [n_x] */
} plot;

/* ---- columns ------------------------------------------------------------------------------------------------------------- */

static const char *number_name(int number)
{
    if (number < OUTCOME_N_METRICS) return outcome_metric[number];
    return number == OUTCOME_N_METRICS ? "iterations" : "seconds";
}

static double number_of(const plot *p, size_t k, int number)
{
    const outcome *o = &p->outcome[k];
    if (number < OUTCOME_N_METRICS) return o->metric[number];
    return number == OUTCOME_N_METRICS ? (double)o->iterations : o->seconds;
}

static const char *text_of(const plot *p, size_t k, const column *c)
{
    const char *value = c->name ? space_value_of(p->space, p->trial[k], c->parameter) : NULL;
    return value ? value : "";
}

/* Whether `word` is the path or its last parts: rate, learning.rate. */
static bool is_called(const char *path, const char *word)
{
    const size_t length = strlen(path), tail = strlen(word);
    if (tail > length || strcmp(path + length - tail, word) != 0) return false;
    return tail == length || path[length - tail - 1] == '.';
}

static lsnn_status no_column(const plot *p, const char *key, const char *word, bool numbers, lsnn_error *err)
{
    const char **names;
    int n = 0;
    TRY(arena_take(p->memory, &names, (size_t)p->space->n_parameters + N_NUMBERS, sizeof *names, err));
    for (int k = 0; k < p->space->n_parameters; k++)
        if (strcmp(key, "y") != 0) names[n++] = p->space->parameters[k].path;
    for (int k = 0; numbers && k < N_NUMBERS; k++)
        names[n++] = number_name(k);
    const char *near = text_nearest(word, names, n);
    if (near) return lsnn_fail(err, LSNN_USAGE, "%s: no column is called '%s'; did you mean '%s'?", key, word, near);
    char list[256] = "";
    for (int k = 0; k < n; k++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", k ? ", " : "", names[k]);
    return lsnn_fail(err, LSNN_USAGE, "%s: no column is called '%s'; there are %s", key, word, list);
}

static lsnn_status find_column(column *out, const plot *p, const char *key, const char *word, lsnn_error *err)
{
    const bool numbers = key[0] == 'x' || key[0] == 'y';
    int found = -1;
    for (int k = 0; numbers && k < N_NUMBERS; k++) {
        *out = (column){number_name(k), -1, k};
        if (strcmp(out->name, word) == 0) return LSNN_OK;
    }
    if (strcmp(key, "y") == 0) return no_column(p, key, word, numbers, err);
    for (int k = 0; k < p->space->n_parameters; k++) {
        if (!is_called(p->space->parameters[k].path, word)) continue;
        if (found >= 0)
            return lsnn_fail(err, LSNN_USAGE, "%s: '%s' may be %s or %s", key, word, p->space->parameters[found].path,
                             p->space->parameters[k].path);
        found = k;
    }
    if (found < 0) return no_column(p, key, word, numbers, err);
    *out = (column){p->space->parameters[found].path, found, -1};
    return LSNN_OK;
}

static lsnn_status read_y(plot *p, const char *words, lsnn_error *err)
{
    for (const char *at = words;; at++) {
        const size_t length = strcspn(at, ",");
        const char *word;
        if (p->n_y == MOST_Y) return lsnn_fail(err, LSNN_USAGE, "y: at most %d columns", MOST_Y);
        TRY(arena_text(p->memory, &word, at, length, err));
        TRY(find_column(&p->y[p->n_y++], p, "y", word, err));
        at += length;
        if (!*at) return LSNN_OK;
    }
}

static lsnn_status read_words(plot *p, int n, char *const *words, lsnn_error *err)
{
    for (int k = 0; k < n; k++) {
        const char *word = words[k], *value = strchr(word, '=');
        const size_t length = value ? (size_t)(value - word) : 0;
        const struct {
            const char *key;
            column *column;
        } keys[] = {{"x", &p->x}, {"hue", &p->hue}, {"panel", &p->panel}, {"y", p->y}};
        int which = 0;
        while (which < 4 && (strlen(keys[which].key) != length || strncmp(keys[which].key, word, length) != 0))
            which++;
        if (which == 4) return lsnn_fail(err, LSNN_USAGE, "x=, y=, hue= and panel= are known, not '%s'", word);
        if (keys[which].column->name) return lsnn_fail(err, LSNN_USAGE, "%s is given twice", keys[which].key);
        if (which == 3)
            TRY(read_y(p, value + 1, err));
        else
            TRY(find_column(keys[which].column, p, keys[which].key, value + 1, err));
    }
    return LSNN_OK;
}

static bool is_known(const plot *p, int number)
{
    for (size_t k = 0; k < p->n; k++)
        if (!isnan(number_of(p, k, number))) return true;
    return false;
}

/* Unless they were given: the first parameter that is not the seed, and the metric that says most. */
static lsnn_status choose(plot *p, lsnn_error *err)
{
    static const int preferred[] = {OUTCOME_test_error, OUTCOME_validation_error,
                                    OUTCOME_test_loss,  OUTCOME_validation_loss,
                                    OUTCOME_error,      OUTCOME_loss,
                                    OUTCOME_rate};
    for (int k = 0; !p->x.name && k < p->space->n_parameters; k++)
        if (strcmp(p->space->parameters[k].path, "seed") != 0) p->x = (column){p->space->parameters[k].path, k, -1};
    if (!p->x.name) return find_column(&p->x, p, "x", "seed", err);
    for (size_t k = 0; p->n_y == 0 && k < sizeof preferred / sizeof *preferred; k++)
        if (is_known(p, preferred[k])) p->y[p->n_y++] = (column){number_name(preferred[k]), -1, preferred[k]};
    for (int k = 0; k < p->n_y; k++)
        if (!is_known(p, p->y[k].number))
            return lsnn_fail(err, LSNN_DATA, "no trial of %s has a %s", p->l->s->folder, p->y[k].name);
    return LSNN_OK;
}

/* ---- values -------------------------------------------------------------------------------------------------------------- */

static lsnn_status read_outcomes(plot *p, lsnn_error *err)
{
    const size_t n = p->space->n_trials;
    TRY(arena_take(p->memory, &p->trial, n, sizeof *p->trial, err));
    TRY(arena_take(p->memory, &p->outcome, n, sizeof *p->outcome, err));
    for (size_t trial = 0; trial < n; trial++) {
        if (!ledger_outcome(&p->outcome[p->n], p->l, trial)) continue;
        if (p->outcome[p->n].status == OUTCOME_FAILED) continue;
        p->trial[p->n++] = trial;
    }
    return p->n > 0 ? LSNN_OK : lsnn_fail(err, LSNN_DATA, "%s: no trial is done", p->l->s->folder);
}

/* The different texts of a column, in the order of the trials. */
static lsnn_status texts_of(const char ***out, int *n, const plot *p, const column *c, int most, lsnn_error *err)
{
    TRY(arena_take(p->memory, out, (size_t)most, sizeof **out, err));
    *n = 0;
    for (size_t k = 0; k < p->n; k++) {
        const char *text = text_of(p, k, c);
        int same = 0;
        while (same < *n && strcmp((*out)[same], text) != 0)
            same++;
        if (same < *n) continue;
        if (*n == most) return lsnn_fail(err, LSNN_USAGE, "%s has more than %d values", c->name, most);
        (*out)[(*n)++] = text;
    }
    return LSNN_OK;
}

static int index_of(const char *const *texts, int n, const char *text)
{
    for (int k = 0; k < n; k++)
        if (strcmp(texts[k], text) == 0) return k;
    return -1;
}

/* x as numbers; texts stand at 0, 1, ... */
static lsnn_status place_x(plot *p, lsnn_error *err)
{
    enum { MOST = 1000 };
    const bool is_parameter = p->x.parameter >= 0;
    TRY(arena_take(p->memory, &p->place, p->n, sizeof *p->place, err));
    p->x_is_condition = is_parameter && !space_is_drawn(&p->space->parameters[p->x.parameter]);
    p->x_is_numeric = true;
    for (size_t k = 0; k < p->n; k++) {
        if (!is_parameter)
            p->place[k] = number_of(p, k, p->x.number);
        else if (!text_to_double(&p->place[k], text_of(p, k, &p->x)))
            p->x_is_numeric = false;
    }
    if (p->x_is_numeric) return LSNN_OK;
    TRY(texts_of(&p->x_text, &p->n_x, p, &p->x, MOST, err));
    for (size_t k = 0; k < p->n; k++)
        p->place[k] = index_of(p->x_text, p->n_x, text_of(p, k, &p->x));
    return LSNN_OK;
}

/* Over more than a decade, values are spread evenly in the logarithm. */
static bool is_logarithmic(const plot *p, const double *values, double ratio)
{
    double low = INFINITY, high = 0;
    for (size_t k = 0; k < p->n; k++) {
        if (isnan(values[k])) continue;
        low = fmin(low, values[k]);
        high = fmax(high, values[k]);
    }
    return low > 0 && high / low >= ratio;
}

/* ---- layers -------------------------------------------------------------------------------------------------------------- */

typedef struct points {
    size_t n;
    double *x, *y, *low, *high;
} points;

static lsnn_status points_new(points *out, const plot *p, size_t n, lsnn_error *err)
{
    double **arrays[] = {&out->x, &out->y, &out->low, &out->high};
    out->n = 0;
    for (int k = 0; k < 4; k++)
        TRY(arena_take(p->memory, arrays[k], n, sizeof **arrays[k], err));
    return LSNN_OK;
}

typedef struct choice {
    const column *y;
    const char *panel, *hue; /* values; "" without the column */
} choice;

static bool belongs(const plot *p, size_t k, const choice *c)
{
    return strcmp(text_of(p, k, &p->panel), c->panel) == 0 && strcmp(text_of(p, k, &p->hue), c->hue) == 0 &&
           !isnan(number_of(p, k, c->y->number)) && !isnan(p->place[k]);
}

static void add_trials(points *out, const plot *p, const choice *c)
{
    for (size_t k = 0; k < p->n; k++) {
        if (!belongs(p, k, c)) continue;
        out->x[out->n] = p->place[k];
        out->y[out->n++] = number_of(p, k, c->y->number);
    }
}

static int by_x(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The different values of x, ascending. */
static size_t distinct_x(double *out, const plot *p)
{
    size_t n = 0;
    memcpy(out, p->place, p->n * sizeof *out);
    qsort(out, p->n, sizeof *out, by_x);
    for (size_t k = 0; k < p->n; k++)
        if (n == 0 || out[k] > out[n - 1]) out[n++] = out[k];
    return n;
}

static void add_means(points *out, const plot *p, const choice *c, const double *xs, size_t n, double shift)
{
    for (size_t i = 0; i < n; i++) {
        double sum = 0, squares = 0, count = 0;
        for (size_t k = 0; k < p->n; k++) {
            if (p->place[k] != xs[i] || !belongs(p, k, c)) continue;
            sum += number_of(p, k, c->y->number);
            count++;
        }
        if (count == 0) continue;
        const double mean = sum / count;
        for (size_t k = 0; k < p->n; k++)
            if (p->place[k] == xs[i] && belongs(p, k, c)) squares += pow(number_of(p, k, c->y->number) - mean, 2);
        const double error = count > 1 ? sqrt(squares / (count - 1) / count) : 0;
        out->x[out->n] = xs[i] + shift;
        out->y[out->n] = mean;
        out->low[out->n] = mean - error;
        out->high[out->n++] = mean + error;
    }
}

static lsnn_status add_hue(figure_panel *panel, const plot *p, const choice *c, const double *xs, size_t n_xs, int hue,
                           int n_hues, lsnn_error *err)
{
    points at;
    const char *label = p->hue.name ? c->hue : NULL;
    TRY(points_new(&at, p, p->n, err));
    if (!p->x_is_condition) {
        add_trials(&at, p, c);
        return figure_layer_add(
            panel, &(figure_layer){.kind = FIGURE_DOTS, .label = label, .colour = hue, .n = at.n, .x = at.x, .y = at.y},
            err);
    }
    const double shift = p->x_is_numeric || n_hues < 2 ? 0 : fan * (hue / (n_hues - 1.0) - 0.5);
    add_means(&at, p, c, xs, n_xs, shift);
    return figure_layer_add(panel,
                            &(figure_layer){.kind = FIGURE_ERRORS,
                                            .label = label,
                                            .colour = hue,
                                            .n = at.n,
                                            .x = at.x,
                                            .y = at.y,
                                            .low = at.low,
                                            .high = at.high},
                            err);
}

/* ---- panels -------------------------------------------------------------------------------------------------------------- */

static const char *last_part(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot ? dot + 1 : path;
}

static lsnn_status set_axes(figure_panel *panel, const plot *p, const column *y, lsnn_error *err)
{
    double *values;
    char *label;
    const size_t length = strlen(y->name) + 1;
    TRY(arena_take(p->memory, &values, p->n, sizeof *values, err));
    for (size_t k = 0; k < p->n; k++)
        values[k] = number_of(p, k, y->number);
    TRY(arena_take(p->memory, &label, length, 1, err));
    memcpy(label, y->name, length);
    for (char *at = label; (at = strchr(at, '_'));)
        *at = ' ';
    panel->y.label = label;
    panel->y.log = is_logarithmic(p, values, 50);
    panel->x.label = p->x.name;
    panel->x.log = p->x_is_numeric && is_logarithmic(p, p->place, 20);
    if (p->x_is_numeric) return LSNN_OK;
    panel->x.n_names = p->n_x;
    panel->x.names = p->x_text;
    panel->x.low = -0.5;
    panel->x.high = p->n_x - 0.5;
    return LSNN_OK;
}

/* "pause 500 ms, feedback:", before the keys of the colours. */
static lsnn_status set_title(const char **out, const plot *p, const char *value, lsnn_error *err)
{
    const char *hue = p->hue.name ? last_part(p->hue.name) : NULL;
    *out = NULL;
    if (!p->panel.name && !hue) return LSNN_OK;
    if (!p->panel.name) return arena_format(p->memory, out, err, "%s:", hue);
    return arena_format(p->memory, out, err, "%s %s%s%s%s", last_part(p->panel.name), value, hue ? ", " : "",
                        hue ? hue : "", hue ? ":" : "");
}

static lsnn_status add_panel(figure *f, const plot *p, const column *y, const char *value, lsnn_error *err)
{
    figure_panel *panel;
    const char *title, **hues;
    double *xs;
    int n_hues;
    TRY(set_title(&title, p, value, err));
    TRY(figure_panel_add(&panel, f, title, panel_height, err));
    TRY(set_axes(panel, p, y, err));
    TRY(texts_of(&hues, &n_hues, p, &p->hue, MOST_HUES, err));
    TRY(arena_take(p->memory, &xs, p->n, sizeof *xs, err));
    const size_t n_xs = distinct_x(xs, p);
    for (int k = 0; k < n_hues; k++)
        TRY(add_hue(panel, p, &(choice){y, value, hues[k]}, xs, n_xs, k, n_hues, err));
    return LSNN_OK;
}

lsnn_status sweep_plot_add(figure *f, const ledger *l, int n_words, char *const *words, arena *a, lsnn_error *err)
{
    plot p = {.l = l, .space = &l->s->space, .memory = a};
    const char **values;
    int n_values;
    TRY(read_words(&p, n_words, words, err));
    TRY(read_outcomes(&p, err));
    TRY(choose(&p, err));
    TRY(place_x(&p, err));
    TRY(texts_of(&values, &n_values, &p, &p.panel, FIGURE_MOST_PANELS, err));
    for (int k = 0; k < p.n_y; k++)
        for (int v = 0; v < n_values; v++)
            TRY(add_panel(f, &p, &p.y[k], values[v], err));
    return LSNN_OK;
}
