/* Where figures are drawn: PDF and PNG through cairo, SVG as text of our own, whose elements keep names (a page can give them
 * colours for the dark, a test can read them). Lengths are points (1/72 inch), y grows downward. */
#ifndef CANVAS_H
#define CANVAS_H

#include "lsnn/error.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef enum canvas_format { CANVAS_PDF, CANVAS_SVG, CANVAS_PNG } canvas_format;

/* The colours of Okabe & Ito (2008), which people with any colour vision tell apart, behind three for paper and text. */
enum { CANVAS_INK, CANVAS_FAINT, CANVAS_PAPER, CANVAS_SERIES, CANVAS_N_SERIES = 7 };

typedef struct canvas_pen {
    int colour;
    double width;
    bool dashed;
} canvas_pen;

typedef struct canvas_box {
    double x, y, width, height;
} canvas_box;

typedef enum canvas_anchor { CANVAS_START, CANVAS_MIDDLE, CANVAS_END } canvas_anchor;

typedef struct canvas_text {
    double size;
    canvas_anchor anchor;
    bool bold, upward; /* upward: read from below */
    const char *class; /* of the element in SVG; NULL: none */
} canvas_text;

/* One colour, here and there: pixels[height][width], 0 or 255. */
typedef struct canvas_mask {
    int width, height;
    const uint8_t *pixels;
} canvas_mask;

typedef struct canvas canvas;

/* Writes to `to` as it goes or when it is closed. `title`: for the reader of a screen. */
LSNN_MUST_USE lsnn_status canvas_open(canvas **out, canvas_format format, FILE *to, double width, double height,
                                      const char *title, lsnn_error *err);
/* Frees c in every case. */
LSNN_MUST_USE lsnn_status canvas_close(canvas *c, lsnn_error *err);

/* Pixels a point that masks should have here. */
double canvas_fineness(const canvas *c);
double canvas_text_width(const char *text, const canvas_text *how);

/* What follows lies in a box with coordinates of its own, and is cut off at its borders; x is data from low to high. */
void canvas_enter(canvas *c, canvas_box box, double low, double high);
void canvas_leave(canvas *c);

/* In SVG an element of this class around what follows, up to canvas_ungroup. */
void canvas_group(canvas *c, const char *class);
void canvas_ungroup(canvas *c);

/* A line through n points; a point that is NaN interrupts it. */
void canvas_line(canvas *c, size_t n, const double *x, const double *y, canvas_pen pen);
/* n upright strokes of `length` that begin at (x, y). */
void canvas_strokes(canvas *c, size_t n, const double *x, const double *y, double length, canvas_pen pen);
void canvas_dots(canvas *c, size_t n, const double *x, const double *y, double radius, int colour);
void canvas_area(canvas *c, size_t n, const double *x, const double *y, int colour, double opacity);
void canvas_fill(canvas *c, canvas_box box, int colour, double opacity);
void canvas_stamp(canvas *c, canvas_box box, canvas_mask mask, int colour);
void canvas_write(canvas *c, double x, double y, const char *text, const canvas_text *how);

#endif
