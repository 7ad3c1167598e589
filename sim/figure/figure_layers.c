/* Layers: data to points of the frame, and onto the canvas. */
#include "figure_inside.h"
#include <math.h>
#include <string.h>

static const double line_width = 0.8;

static double to_x(const figure_view *v, double x)
{
    const double part =
        v->x.log ? log(x / v->x.low) / log(v->x.high / v->x.low) : (x - v->x.low) / (v->x.high - v->x.low);
    return part * v->frame.width;
}

static double to_y(const figure_view *v, double y)
{
    const double part =
        v->y.log ? log(y / v->y.low) / log(v->y.high / v->y.low) : (y - v->y.low) / (v->y.high - v->y.low);
    return isfinite(part) ? (1 - part) * v->frame.height : NAN;
}

/* The points that can be seen: all, or of a line four a pixel's column. Then x is ascending. */
static lsnn_status points_of(double **x, double **y, size_t *n, const figure_view *v, const figure_layer *l, arena *a,
                             lsnn_error *err)
{
    const size_t columns = 1 + (size_t)(v->frame.width * canvas_fineness(v->canvas) / 2);
    size_t *index = NULL;
    *n = l->n;
    if (l->kind != FIGURE_DOTS && l->n > 4 * columns) {
        TRY(arena_take(a, &index, 4 * columns, sizeof *index, err));
        *n = scale_decimate(index, l->y, l->n, columns);
    }
    TRY(arena_take(a, x, *n + 1, sizeof **x, err));
    TRY(arena_take(a, y, *n + 1, sizeof **y, err));
    for (size_t k = 0; k < *n; k++) {
        const size_t from = index ? index[k] : k;
        (*x)[k] = to_x(v, l->x[from]);
        (*y)[k] = to_y(v, l->y[from]);
    }
    return LSNN_OK;
}

static lsnn_status draw_line(const figure_view *v, const figure_layer *l, arena *a, lsnn_error *err)
{
    double *x, *y;
    size_t n;
    TRY(points_of(&x, &y, &n, v, l, a, err));
    const bool again = l->colour >= CANVAS_N_SERIES; /* colours begin anew */
    canvas_line(v->canvas, n, x, y, (canvas_pen){CANVAS_SERIES + l->colour, line_width, l->dashed || again});
    return LSNN_OK;
}

static lsnn_status draw_dots(const figure_view *v, const figure_layer *l, arena *a, lsnn_error *err)
{
    double *x, *y;
    size_t n;
    TRY(points_of(&x, &y, &n, v, l, a, err));
    canvas_dots(v->canvas, n, x, y, 1.3, CANVAS_SERIES + l->colour);
    return LSNN_OK;
}

static lsnn_status draw_steps(const figure_view *v, const figure_layer *l, arena *a, lsnn_error *err)
{
    double *x, *y;
    TRY(arena_take(a, &x, 2 * l->n + 2, sizeof *x, err));
    TRY(arena_take(a, &y, 2 * l->n + 2, sizeof *y, err));
    const double base = v->y.log ? v->frame.height : to_y(v, fmax(0, v->y.low));
    x[0] = to_x(v, l->x[0]);
    y[0] = base;
    for (size_t k = 0; k < l->n; k++) {
        x[2 * k + 1] = to_x(v, l->x[k]);
        x[2 * k + 2] = to_x(v, l->x[k + 1]);
        const double top = to_y(v, l->y[k]);
        y[2 * k + 1] = y[2 * k + 2] = isnan(top) ? base : top;
    }
    x[2 * l->n + 1] = x[2 * l->n];
    y[2 * l->n + 1] = base;
    canvas_area(v->canvas, 2 * l->n + 2, x, y, CANVAS_SERIES + l->colour, 0.25);
    canvas_line(v->canvas, 2 * l->n + 2, x, y, (canvas_pen){CANVAS_SERIES + l->colour, line_width, l->dashed});
    return LSNN_OK;
}

/* Where the band is not known it has no width. */
static lsnn_status draw_band(const figure_view *v, const figure_layer *l, arena *a, lsnn_error *err)
{
    double *x, *y;
    size_t n = 0;
    TRY(arena_take(a, &x, 2 * l->n + 1, sizeof *x, err));
    TRY(arena_take(a, &y, 2 * l->n + 1, sizeof *y, err));
    for (size_t k = 0; k < 2 * l->n; k++) {
        const size_t from = k < l->n ? k : 2 * l->n - 1 - k;
        const double edge = to_y(v, k < l->n ? l->y[from] : l->low[from]);
        if (isnan(edge)) continue;
        x[n] = to_x(v, l->x[from]);
        y[n++] = edge;
    }
    canvas_area(v->canvas, n, x, y, CANVAS_SERIES + l->colour, 0.2);
    return LSNN_OK;
}

static lsnn_status draw_errors(const figure_view *v, const figure_layer *l, arena *a, lsnn_error *err)
{
    const canvas_pen pen = {CANVAS_SERIES + l->colour, line_width, l->dashed};
    for (size_t k = 0; k < l->n; k++) {
        const double x = to_x(v, l->x[k]);
        if (isnan(x)) continue;
        canvas_line(v->canvas, 2, (double[]){x, x}, (double[]){to_y(v, l->low[k]), to_y(v, l->high[k])}, pen);
    }
    TRY(draw_line(v, l, a, err));
    return draw_dots(v, l, a, err);
}

static lsnn_status draw_level(const figure_view *v, const figure_layer *l, arena *a, lsnn_error *err)
{
    (void)a, (void)err;
    const double y = to_y(v, l->y[0]);
    canvas_line(v->canvas, 2, (double[]){0, v->frame.width}, (double[]){y, y},
                (canvas_pen){CANVAS_SERIES + l->colour, line_width, l->dashed});
    return LSNN_OK;
}

/* ---- spikes ----------------------------------------------------------------------------------------------------------- */

/* Rows 0 .. n-1, from the top. */
static double n_rows(const figure_view *v)
{
    return v->y.high - v->y.low;
}

static lsnn_status draw_strokes(const figure_view *v, const figure_layer *l, arena *a, lsnn_error *err)
{
    const double row = v->frame.height / n_rows(v), length = fmin(fmax(0.85 * row, 0.8), 6);
    double *x, *y;
    TRY(arena_take(a, &x, l->n + 1, sizeof *x, err));
    TRY(arena_take(a, &y, l->n + 1, sizeof *y, err));
    for (size_t k = 0; k < l->n; k++) {
        x[k] = to_x(v, l->x[k]);
        y[k] = (l->row[k] - v->y.low + 0.5) * row - length / 2;
    }
    canvas_strokes(v->canvas, l->n, x, y, length, (canvas_pen){CANVAS_SERIES + l->colour, 0.5, false});
    return LSNN_OK;
}

/* Too many to be strokes: spikes at one place are one dot of a picture. The more there are, the narrower. */
static lsnn_status draw_stamp(const figure_view *v, const figure_layer *l, arena *a, lsnn_error *err)
{
    const double fineness = canvas_fineness(v->canvas), rows = n_rows(v);
    const int width = (int)ceil(v->frame.width * fineness), height = (int)ceil(v->frame.height * fineness);
    const double share = (double)l->n / (rows * width);
    const int wide = share > 0.1 ? 1 : 2;
    const double row = height / rows, filled = row < 4 ? row : 0.85 * row; /* a gap needs a pixel */
    uint8_t *pixels;
    TRY(arena_take(a, &pixels, (size_t)width * (size_t)height, 1, err));
    for (size_t k = 0; k < l->n; k++) {
        const double part = (l->x[k] - v->x.low) / (v->x.high - v->x.low);
        const double top = (l->row[k] - v->y.low) * height / rows, bottom = top + filled;
        if (!(part >= 0 && part < 1) || top < 0 || top >= height) continue;
        const int left = (int)(part * width), first = (int)top;
        const int last = (int)fmin(bottom, height);
        for (int y = first; y == first || y < last; y++)
            for (int x = left; x < left + wide && x < width; x++)
                pixels[(size_t)y * (size_t)width + (size_t)x] = 255;
    }
    canvas_stamp(v->canvas, (canvas_box){0, 0, v->frame.width, v->frame.height}, (canvas_mask){width, height, pixels},
                 CANVAS_SERIES + l->colour);
    return LSNN_OK;
}

static lsnn_status draw_spikes(const figure_view *v, const figure_layer *l, arena *a, lsnn_error *err)
{
    return l->n > v->figure->most_strokes ? draw_stamp(v, l, a, err) : draw_strokes(v, l, a, err);
}

/* ---- matrices --------------------------------------------------------------------------------------------------------- */

static lsnn_status draw_cells(const figure_view *v, const figure_layer *l, arena *a, lsnn_error *err)
{
    (void)a, (void)err;
    const int columns = l->n_columns, rows = (int)l->n / columns;
    const double width = v->frame.width / columns, height = v->frame.height / rows;
    double largest = 0;
    for (size_t k = 0; k < l->n; k++)
        largest = fmax(largest, l->y[k]);
    for (int k = 0; k < rows * columns; k++) {
        if (isnan(l->y[k])) continue;
        const int row = k / columns;
        const double x = (k % columns) * width, y = row * height;
        char text[16];
        if (l->y[k] > 0)
            canvas_fill(v->canvas, (canvas_box){x, y, width, height}, CANVAS_SERIES + l->colour,
                        0.08 + 0.6 * l->y[k] / largest);
        snprintf(text, sizeof text, "%.4g", l->y[k]);
        if (columns <= 12)
            canvas_write(v->canvas, x + width / 2, y + height / 2 + 0.35 * FIGURE_FONT, text,
                         &(canvas_text){.size = FIGURE_FONT, .anchor = CANVAS_MIDDLE, .class = "cell"});
    }
    return LSNN_OK;
}

lsnn_status figure_data(const figure_view *v, arena *scratch, lsnn_error *err)
{
    static lsnn_status (*const draw[])(const figure_view *v, const figure_layer *l, arena *a, lsnn_error *err) = {
        [FIGURE_LINE] = draw_line,     [FIGURE_STEPS] = draw_steps,   [FIGURE_DOTS] = draw_dots,
        [FIGURE_BAND] = draw_band,     [FIGURE_ERRORS] = draw_errors, [FIGURE_LEVEL] = draw_level,
        [FIGURE_SPIKES] = draw_spikes, [FIGURE_CELLS] = draw_cells};
    canvas_enter(v->canvas, v->frame, v->x.low, v->x.high);
    for (int k = 0; k < v->panel->n_layers; k++)
        if (v->panel->layers[k].n > 0) TRY(draw[v->panel->layers[k].kind](v, &v->panel->layers[k], scratch, err));
    canvas_leave(v->canvas);
    return LSNN_OK;
}
