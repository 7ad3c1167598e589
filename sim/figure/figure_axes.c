/* Ranges, ticks, frames and legends. */
#include "figure_inside.h"
#include <math.h>
#include <string.h>

static const double tick = 2.5, rule = 0.6;

/* ---- ranges ----------------------------------------------------------------------------------------------------------- */

static void take_in(double *low, double *high, const double *values, size_t n, bool log)
{
    for (size_t k = 0; values && k < n; k++) {
        if (!isfinite(values[k]) || (log && values[k] <= 0)) continue;
        *low = fmin(*low, values[k]);
        *high = fmax(*high, values[k]);
    }
}

static void take_in_rows(double *high, const figure_layer *l)
{
    for (size_t k = 0; k < l->n; k++)
        *high = fmax(*high, l->row[k] + 1.0);
}

/* An axis must have a length, and a logarithmic one must be positive. */
static void finish_range(figure_axis *axis, double low, double high, double room)
{
    if (axis->low < axis->high) return;
    if (low > high) low = 0, high = 1;
    if (axis->log && !(low > 0)) axis->log = false;
    if (axis->log) {
        axis->low = low / 1.2;
        axis->high = high * 1.2;
        return;
    }
    if (low == high) {
        const double half = low != 0 ? fabs(low) / 2 : 0.5;
        low -= half;
        high += half;
    }
    axis->low = low - room * (high - low);
    axis->high = high + room * (high - low);
}

void figure_ranges(figure_axis *x, figure_axis *y, const figure_panel *p)
{
    double left = INFINITY, right = -INFINITY, low = INFINITY, high = -INFINITY;
    bool from_zero = false, has_dots = false;
    for (int k = 0; k < p->n_layers; k++) {
        const figure_layer *l = &p->layers[k];
        if (l->kind == FIGURE_LEVEL) {
            take_in(&low, &high, l->y, 1, y->log);
            continue;
        }
        if (l->kind == FIGURE_CELLS) continue; /* its axes have names */
        take_in(&left, &right, l->x, l->n + (l->kind == FIGURE_STEPS), x->log);
        take_in(&low, &high, l->y, l->n, y->log);
        take_in(&low, &high, l->low, l->n, y->log);
        take_in(&low, &high, l->high, l->n, y->log);
        if (l->kind == FIGURE_SPIKES) take_in_rows(&high, l);
        has_dots = has_dots || l->kind == FIGURE_DOTS || l->kind == FIGURE_ERRORS;
        from_zero = from_zero || l->kind == FIGURE_STEPS || l->kind == FIGURE_SPIKES;
    }
    if (from_zero && !y->log) low = fmin(low, 0);
    finish_range(x, left, right, has_dots ? 0.015 : 0); /* dots at the ends are whole */
    const bool at_zero = low == 0;
    const double given = y->low < y->high;
    finish_range(y, low, high, 0.05);
    if (at_zero && given == 0 && !y->log && high > 0) y->low = has_dots ? -0.025 * high : 0;
}

/* ---- ticks ------------------------------------------------------------------------------------------------------------ */

/* The minus of type, not the hyphen. */
static void number_text(char out[static FIGURE_TICK_TEXT], double x, int decimals, double largest)
{
    char text[FIGURE_TICK_TEXT - 4];
    const double size = fabs(x);
    if (largest >= 1e6 || decimals > 4)
        snprintf(text, sizeof text, "%.4g", size);
    else
        snprintf(text, sizeof text, "%.*f", decimals, size);
    snprintf(out, FIGURE_TICK_TEXT, "%s%s", x < 0 ? "\u2212" : "", text);
}

static void log_ticks(figure_ticks *out, const figure_axis *axis, int most)
{
    const int first = (int)ceil(log10(axis->low) - 1e-9), last = (int)floor(log10(axis->high) + 1e-9);
    const int step = 1 + (last - first) / (most < 1 ? 1 : most);
    out->n = 0;
    for (int k = first; k <= last && out->n < FIGURE_MOST_TICKS; k += step) {
        out->at[out->n] = pow(10, k);
        snprintf(out->text[out->n++], FIGURE_TICK_TEXT, "%g", pow(10, k));
    }
}

void figure_ticks_of(figure_ticks *out, const figure_axis *axis, double points, double apart)
{
    int most = (int)(points / apart);
    if (most < 2) most = 2;
    if (most > FIGURE_MOST_TICKS) most = FIGURE_MOST_TICKS;
    out->n = 0;
    if (axis->n_names) {
        const int fit = (int)fmin(FIGURE_MOST_TICKS, points / (2 * FIGURE_FONT)),
                  step = fit < 1 ? axis->n_names : 1 + (axis->n_names - 1) / fit;
        for (int k = 0; k < axis->n_names && out->n < FIGURE_MOST_TICKS; k += step) {
            out->at[out->n] = k;
            snprintf(out->text[out->n++], FIGURE_TICK_TEXT, "%.24s", axis->names[k]);
        }
        return;
    }
    if (axis->log) log_ticks(out, axis, most);
    if (axis->log && out->n >= 2) return;
    scale_ticks t = scale_nice(axis->low, axis->high, most);
    for (int more = most + 1; t.n < 2 && more < most + 4; more++) /* one tick alone says nothing */
        t = scale_nice(axis->low, axis->high, more);
    const double largest = fmax(fabs(axis->low), fabs(axis->high));
    for (out->n = 0; out->n < t.n; out->n++) {
        out->at[out->n] = (t.first + out->n) * t.step;
        number_text(out->text[out->n], out->at[out->n], t.decimals, largest);
    }
}

/* ---- frames ----------------------------------------------------------------------------------------------------------- */

static double place(const figure_axis *axis, double x)
{
    return axis->log ? log(x / axis->low) / log(axis->high / axis->low) : (x - axis->low) / (axis->high - axis->low);
}

static void draw_x(const figure_view *v)
{
    const canvas_pen pen = {CANVAS_INK, rule, false};
    const canvas_text how = {.size = FIGURE_FONT, .anchor = CANVAS_MIDDLE, .class = "x"};
    const canvas_box f = v->frame;
    const double foot = f.y + f.height;
    figure_ticks ticks;
    canvas_line(v->canvas, 2, (double[]){f.x, f.x + f.width}, (double[]){foot, foot}, pen);
    if (!v->x_written) return;
    figure_ticks_of(&ticks, &v->x, f.width, 5.5 * FIGURE_FONT);
    canvas_group(v->canvas, "x-ticks");
    for (int k = 0; k < ticks.n; k++) {
        const double x = f.x + f.width * place(&v->x, ticks.at[k]);
        canvas_line(v->canvas, 2, (double[]){x, x}, (double[]){foot, foot + tick}, pen);
        canvas_write(v->canvas, x, foot + tick + FIGURE_FONT, ticks.text[k], &how);
    }
    canvas_ungroup(v->canvas);
    const canvas_text label = {.size = FIGURE_FONT, .anchor = CANVAS_MIDDLE, .class = "label"};
    if (v->x.label) canvas_write(v->canvas, f.x + f.width / 2, foot + tick + 2.3 * FIGURE_FONT + 1, v->x.label, &label);
}

static void draw_y(const figure_view *v)
{
    const canvas_pen pen = {CANVAS_INK, rule, false};
    const canvas_text how = {.size = FIGURE_FONT, .anchor = CANVAS_END, .class = "y"};
    const canvas_box f = v->frame;
    figure_ticks ticks;
    double widest = 0;
    canvas_line(v->canvas, 2, (double[]){f.x, f.x}, (double[]){f.y, f.y + f.height}, pen);
    figure_ticks_of(&ticks, &v->y, f.height, 2.2 * FIGURE_FONT);
    bool downward = false;
    for (int k = 0; k < v->panel->n_layers; k++)
        downward = downward || v->panel->layers[k].kind == FIGURE_SPIKES || v->panel->layers[k].kind == FIGURE_CELLS;
    for (int k = 0; k < ticks.n; k++) {
        const double up = place(&v->y, ticks.at[k]), y = f.y + f.height * (downward ? up : 1 - up);
        canvas_line(v->canvas, 2, (double[]){f.x - tick, f.x}, (double[]){y, y}, pen);
        canvas_write(v->canvas, f.x - tick - 1, y + 0.35 * FIGURE_FONT, ticks.text[k], &how);
        widest = fmax(widest, canvas_text_width(ticks.text[k], &how));
    }
    const canvas_text label = {.size = FIGURE_FONT, .anchor = CANVAS_MIDDLE, .upward = true, .class = "label"};
    if (v->y.label)
        canvas_write(v->canvas, f.x - tick - widest - 0.6 * FIGURE_FONT, f.y + f.height / 2, v->y.label, &label);
}

void figure_frame(const figure_view *v)
{
    draw_x(v);
    draw_y(v);
}

/* ---- title and legend, above the frame -------------------------------------------------------------------------------- */

static bool is_line(figure_kind kind)
{
    return kind == FIGURE_LINE || kind == FIGURE_LEVEL || kind == FIGURE_ERRORS;
}

static void draw_key(const figure_view *v, const figure_layer *l, double x, double y)
{
    const double middle = y - 0.35 * FIGURE_FONT;
    const int colour = CANVAS_SERIES + l->colour;
    if (is_line(l->kind))
        canvas_line(v->canvas, 2, (double[]){x, x + 9}, (double[]){middle, middle},
                    (canvas_pen){colour, 1.2, l->dashed || l->colour >= CANVAS_N_SERIES});
    else if (l->kind == FIGURE_DOTS)
        canvas_dots(v->canvas, 1, (double[]){x + 4.5}, (double[]){middle}, 1.5, colour);
    else
        canvas_fill(v->canvas, (canvas_box){x + 1, middle - 2.5, 7, 5}, colour, l->kind == FIGURE_BAND ? 0.25 : 1);
}

void figure_legend(const figure_view *v)
{
    const canvas_text how = {.size = FIGURE_FONT, .class = "key"}, bold = {.size = FIGURE_FONT, .bold = true};
    const double y = v->frame.y - 4.5, begin = v->frame.x;
    double needed = 0, title = v->panel->title ? canvas_text_width(v->panel->title, &bold) + 8 : 0;
    if (v->panel->title) canvas_write(v->canvas, begin, y, v->panel->title, &bold);
    for (int k = 0; k < v->panel->n_layers; k++)
        if (v->panel->layers[k].label) needed += 11 + canvas_text_width(v->panel->layers[k].label, &how) + 6;
    double x = fmax(begin + title, begin + v->frame.width - needed + 6);
    for (int k = 0; k < v->panel->n_layers; k++) {
        const figure_layer *l = &v->panel->layers[k];
        const double width = l->label ? 11 + canvas_text_width(l->label, &how) : 0;
        if (!l->label || x + width > begin + v->frame.width + 2) continue; /* no room: lines keep their colours */
        draw_key(v, l, x, y);
        canvas_write(v->canvas, x + 11, y, l->label, &how);
        x += width + 6;
    }
}
