/* How a figure is drawn: figure.c places the panels, figure_axes.c frames them, figure_layers.c fills them. */
#ifndef FIGURE_INSIDE_H
#define FIGURE_INSIDE_H

#include "figure.h"
#include "scale.h"

enum { FIGURE_MOST_TICKS = 16, FIGURE_TICK_TEXT = 32 };

typedef struct figure_ticks {
    int n;
    double at[FIGURE_MOST_TICKS];
    char text[FIGURE_MOST_TICKS][FIGURE_TICK_TEXT];
} figure_ticks;

/* A panel on its canvas: where its data lie, and the range of both axes. */
typedef struct figure_view {
    canvas *canvas;
    const figure *figure;
    const figure_panel *panel;
    canvas_box frame;
    figure_axis x, y; /* with their final low < high */
    bool x_written;   /* the x axis belongs below this panel */
} figure_view;

#define FIGURE_FONT 7.0

/* Completes the ranges from the data. */
void figure_ranges(figure_axis *x, figure_axis *y, const figure_panel *p);
void figure_ticks_of(figure_ticks *out, const figure_axis *axis, double points, double apart);
void figure_frame(const figure_view *v);
void figure_legend(const figure_view *v);
LSNN_MUST_USE lsnn_status figure_data(const figure_view *v, arena *scratch, lsnn_error *err);

#endif
