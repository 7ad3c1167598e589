/* What a kind of canvas does. */
#ifndef CANVAS_INSIDE_H
#define CANVAS_INSIDE_H

#include "canvas.h"
#include <cairo.h>

typedef struct canvas_kind {
    void (*open)(canvas *c, const char *title);
    void (*close)(canvas *c);
    void (*enter)(canvas *c, canvas_box box, double low, double high);
    void (*leave)(canvas *c);
    void (*group)(canvas *c, const char *class);
    void (*ungroup)(canvas *c);
    void (*line)(canvas *c, size_t n, const double *x, const double *y, canvas_pen pen);
    void (*strokes)(canvas *c, size_t n, const double *x, const double *y, double length, canvas_pen pen);
    void (*dots)(canvas *c, size_t n, const double *x, const double *y, double radius, int colour);
    void (*area)(canvas *c, size_t n, const double *x, const double *y, int colour, double opacity);
    void (*fill)(canvas *c, canvas_box box, int colour, double opacity);
    void (*stamp)(canvas *c, canvas_box box, canvas_mask mask, int colour);
    void (*write)(canvas *c, double x, double y, const char *text, const canvas_text *how);
} canvas_kind;

struct canvas {
    const canvas_kind *kind;
    canvas_format format;
    FILE *to;
    double width, height;
    cairo_t *cairo; /* NULL in SVG */
    cairo_status_t failed;
};

extern const canvas_kind canvas_by_cairo, canvas_as_svg;

typedef struct canvas_rgb {
    double red, green, blue;
} canvas_rgb;
canvas_rgb canvas_colour(int colour);
void canvas_font(cairo_t *cairo, const canvas_text *how);
/* For cairo's streams; closure: the FILE. */
cairo_status_t canvas_put(void *closure, const unsigned char *bytes, unsigned int n);

#endif
