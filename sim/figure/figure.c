/* Places panels: margins that hold the widest labels, one grid for all. */
#include "figure_inside.h"
#include <math.h>
#include <string.h>

static const double mm = 72 / 25.4;
static const double edge = 3, tick_room = 4, label_room = 10, title_room = 12, gap = 7, column_gap = 10;
static const size_t vector_strokes = 50000; /* at 14 bytes each in SVG */

lsnn_status figure_new(figure **out, const char *title, double width, arena *a, lsnn_error *err)
{
    TRY(arena_take(a, out, 1, sizeof **out, err));
    **out = (figure){.title = title, .width = width, .columns = 1, .memory = a, .most_strokes = vector_strokes};
    return LSNN_OK;
}

lsnn_status figure_panel_add(figure_panel **out, figure *f, const char *title, double height, lsnn_error *err)
{
    if (f->n_panels == FIGURE_MOST_PANELS)
        return lsnn_fail(err, LSNN_USAGE, "a figure has at most %d panels: choose populations with --population",
                         FIGURE_MOST_PANELS);
    TRY(arena_take(f->memory, out, 1, sizeof **out, err));
    **out = (figure_panel){.title = title, .height = height, .memory = f->memory};
    f->panels[f->n_panels++] = *out;
    return LSNN_OK;
}

lsnn_status figure_layer_add(figure_panel *p, const figure_layer *layer, lsnn_error *err)
{
    if (p->n_layers == p->layer_room) {
        figure_layer *more;
        p->layer_room = p->layer_room > 0 ? 2 * p->layer_room : 8;
        TRY(arena_take(p->memory, &more, (size_t)p->layer_room, sizeof *more, err));
        if (p->n_layers > 0) memcpy(more, p->layers, (size_t)p->n_layers * sizeof *more);
        p->layers = more;
    }
    p->layers[p->n_layers++] = *layer;
    return LSNN_OK;
}

static bool has_head(const figure_panel *p)
{
    bool has = p->title != NULL;
    for (int k = 0; k < p->n_layers; k++)
        has = has || p->layers[k].label;
    return has;
}

typedef struct layout {
    double right;                                          /* of each column: half a label of x */
    double left;                                           /* of each column, to its frames */
    double column;                                         /* width of frames */
    double height;                                         /* of everything */
    double x[FIGURE_MOST_PANELS], top[FIGURE_MOST_PANELS]; /* of each frame */
} layout;

/* Room for the labels of y, the same in all panels, so that frames stand below each other. */
static double left_margin(const figure *f, const figure_view *views)
{
    const canvas_text how = {.size = FIGURE_FONT};
    double widest = 0;
    bool labelled = false;
    for (int k = 0; k < f->n_panels; k++) {
        figure_ticks ticks;
        figure_ticks_of(&ticks, &views[k].y, f->panels[k]->height * mm, 2.2 * FIGURE_FONT);
        for (int t = 0; t < ticks.n; t++)
            widest = fmax(widest, canvas_text_width(ticks.text[t], &how));
        labelled = labelled || views[k].y.label;
    }
    return widest + tick_room + (labelled ? label_room : 0);
}

/* Room for the half of the last label of x that stands out. */
static double right_margin(const figure *f, const figure_view *views)
{
    const canvas_text how = {.size = FIGURE_FONT};
    double widest = 0;
    for (int k = 0; k < f->n_panels; k++) {
        figure_ticks ticks;
        if (!views[k].x_written) continue;
        figure_ticks_of(&ticks, &views[k].x, f->width * mm / f->columns, 5.5 * FIGURE_FONT);
        if (ticks.n) widest = fmax(widest, canvas_text_width(ticks.text[ticks.n - 1], &how));
    }
    return widest / 2;
}

/* Room below a frame for the x axis. */
static double foot(const figure_view *v)
{
    if (!v->x_written) return 0;
    return tick_room + FIGURE_FONT + (v->x.label ? label_room : 0);
}

static layout arrange(const figure *f, const figure_view *views)
{
    layout l = {.height = edge};
    l.left = left_margin(f, views);
    l.right = right_margin(f, views);
    l.column = (f->width * mm - 2 * edge - (f->columns - 1) * column_gap) / f->columns - l.left - l.right;
    for (int row = 0; row < f->n_panels; row += f->columns) {
        double head = 0, below = 0;
        for (int k = row; k < row + f->columns && k < f->n_panels; k++)
            if (has_head(f->panels[k])) head = title_room;
        for (int k = row; k < row + f->columns && k < f->n_panels; k++) {
            l.x[k] = edge + (k - row) * (l.left + l.column + l.right + column_gap) + l.left;
            l.top[k] = l.height + head;
            below = fmax(below, head + f->panels[k]->height * mm + foot(&views[k]));
        }
        l.height += below + gap;
    }
    l.height += edge - gap;
    return l;
}

static void find_ranges(const figure *f, figure_view *views)
{
    for (int k = 0; k < f->n_panels; k++) {
        figure_view *v = &views[k];
        *v = (figure_view){.figure = f, .panel = f->panels[k], .x = f->panels[k]->x, .y = f->panels[k]->y};
        const bool last = k == f->n_panels - 1 || f->panels[k + 1]->apart;
        v->x_written = !f->aligned || f->panels[k]->apart || last;
        figure_ranges(&v->x, &v->y, v->panel);
        if (f->aligned && k > 0 && !f->panels[k]->apart) v->x = views[0].x;
    }
}

static lsnn_status draw_panels(const figure *f, const layout *l, figure_view *views, canvas *c, arena *scratch,
                               lsnn_error *err)
{
    for (int k = 0; k < f->n_panels; k++) {
        figure_view *v = &views[k];
        v->canvas = c;
        v->frame = (canvas_box){l->x[k], l->top[k], l->column, v->panel->height * mm};
        TRY(figure_data(v, scratch, err));
        figure_frame(v);
        figure_legend(v);
    }
    return LSNN_OK;
}

lsnn_status figure_draw(figure *f, canvas_format format, FILE *to, lsnn_error *err)
{
    canvas *c;
    arena *scratch;
    figure_view *views;
    TRY(arena_take(f->memory, &views, FIGURE_MOST_PANELS, sizeof *views, err));
    find_ranges(f, views);
    const layout l = arrange(f, views);
    TRY(arena_new(&scratch, err));
    lsnn_status status = canvas_open(&c, format, to, f->width * mm, l.height, f->title, err);
    if (status == LSNN_OK) {
        status = draw_panels(f, &l, views, c, scratch, err);
        const lsnn_status closed = canvas_close(c, status == LSNN_OK ? err : NULL);
        if (status == LSNN_OK) status = closed;
    }
    arena_free(scratch);
    return status;
}
