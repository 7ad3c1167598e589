/* A figure as data: panels, each with two axes and layers of lines, dots, bands, spikes or cells. Whoever has numbers fills one
 * and draws it: figure_new, figure_panel_add, figure_layer_add, figure_draw. */
#ifndef FIGURE_H
#define FIGURE_H

#include "arena.h"
#include "canvas.h"

enum { FIGURE_MOST_PANELS = 32 };

typedef enum figure_kind {
    FIGURE_LINE,   /* through (x, y); NaN interrupts it */
    FIGURE_STEPS,  /* y[k] from x[k] to x[k + 1], and on to x[n]: n values, n + 1 edges; filled to 0 */
    FIGURE_DOTS,   /* at (x, y) */
    FIGURE_BAND,   /* from low to y */
    FIGURE_ERRORS, /* dots at (x, y) with a bar from low to high */
    FIGURE_LEVEL,  /* y[0] all along */
    FIGURE_SPIKES, /* at times x in the rows `row`, 0 at the top */
    FIGURE_CELLS   /* y[row * n_columns + column], n of them, from 0 to the largest: a matrix; NaN is empty */
} figure_kind;

typedef struct figure_layer {
    figure_kind kind;
    const char *label; /* in the legend above the panel; NULL: not there */
    int colour;        /* 0, 1, ... of the palette */
    bool dashed;
    size_t n;
    const double *x, *y, *low, *high;
    const uint32_t *row;
    int n_columns; /* of cells */
} figure_layer;

/* low = high = 0: all data, and a little room. */
typedef struct figure_axis {
    const char *label; /* with its unit: "time (ms)" */
    double low, high;
    bool log;
    int n_names; /* names[k] stands at k, in place of numbers */
    const char *const *names;
} figure_axis;

typedef struct figure_panel {
    const char *title;
    figure_axis x, y;
    double height; /* mm, of the frame of its axes */
    bool apart;    /* at the end of an aligned figure: has an x axis of its own */
    int n_layers, layer_room;
    figure_layer *layers;
    arena *memory;
} figure_panel;

typedef struct figure {
    const char *title;   /* for readers of screens, and in a PDF's properties */
    double width;        /* mm; journals have columns of 85 and pages of 174 */
    int columns;         /* panels go row by row */
    bool aligned;        /* one column, one x axis: that of the first panel, written below the last of them */
    size_t most_strokes; /* more spikes in a layer than this are an image */
    int n_panels;
    figure_panel *panels[FIGURE_MOST_PANELS];
    arena *memory;
} figure;

LSNN_MUST_USE lsnn_status figure_new(figure **out, const char *title, double width, arena *a, lsnn_error *err);
LSNN_MUST_USE lsnn_status figure_panel_add(figure_panel **out, figure *f, const char *title, double height,
                                           lsnn_error *err);
LSNN_MUST_USE lsnn_status figure_layer_add(figure_panel *p, const figure_layer *layer, lsnn_error *err);
LSNN_MUST_USE lsnn_status figure_draw(figure *f, canvas_format format, FILE *to, lsnn_error *err);

#endif
