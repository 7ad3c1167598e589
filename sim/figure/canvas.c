/* What all kinds of canvas share: colours, the font, opening and closing. */
#include "canvas_inside.h"
#include <cairo-pdf.h>
#include <stdlib.h>

static const double png_fineness = 300 / 72.0, mask_fineness = 600 / 72.0, svg_fineness = 200 / 72.0;

static const canvas_rgb colours[CANVAS_SERIES + CANVAS_N_SERIES] = {
    [CANVAS_INK] = {0.13, 0.13, 0.13},           [CANVAS_FAINT] = {0.7, 0.7, 0.7}, [CANVAS_PAPER] = {1, 1, 1},
    [CANVAS_SERIES] = {0, 0.447, 0.698},         /* blue */
    [CANVAS_SERIES + 1] = {0.835, 0.369, 0},     /* vermilion */
    [CANVAS_SERIES + 2] = {0, 0.62, 0.451},      /* bluish green */
    [CANVAS_SERIES + 3] = {0.8, 0.475, 0.655},   /* reddish purple */
    [CANVAS_SERIES + 4] = {0.902, 0.624, 0},     /* orange */
    [CANVAS_SERIES + 5] = {0.337, 0.706, 0.914}, /* sky blue */
    [CANVAS_SERIES + 6] = {0.5, 0.5, 0.5},       /* the eighth of them, yellow, is too faint for lines */
};

canvas_rgb canvas_colour(int colour)
{
    return colours[colour < CANVAS_SERIES ? colour : CANVAS_SERIES + (colour - CANVAS_SERIES) % CANVAS_N_SERIES];
}

void canvas_font(cairo_t *cairo, const canvas_text *how)
{
    cairo_select_font_face(cairo, "Liberation Sans", CAIRO_FONT_SLANT_NORMAL,
                           how->bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, how->size);
}

cairo_status_t canvas_put(void *closure, const unsigned char *bytes, unsigned int n)
{
    return fwrite(bytes, 1, n, closure) == n ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* Widths of letters must not depend on the pixels. */
static void measure_alike(cairo_t *cairo)
{
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_set_font_options(cairo, options);
    cairo_font_options_destroy(options);
}

static cairo_t *cairo_on(cairo_surface_t *surface)
{
    cairo_t *cairo = cairo_create(surface);
    cairo_surface_destroy(surface); /* the context holds it */
    measure_alike(cairo);
    return cairo;
}

static cairo_surface_t *surface_of(canvas *c)
{
    if (c->format == CANVAS_PDF) return cairo_pdf_surface_create_for_stream(canvas_put, c->to, c->width, c->height);
    const int width = (int)(c->width * png_fineness + 0.5), height = (int)(c->height * png_fineness + 0.5);
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_surface_set_device_scale(image, width / c->width, height / c->height);
    return image;
}

lsnn_status canvas_open(canvas **out, canvas_format format, FILE *to, double width, double height, const char *title,
                        lsnn_error *err)
{
    canvas *c = calloc(1, sizeof *c);
    if (!c) return lsnn_fail(err, LSNN_MEMORY, "no memory for a figure");
    *c = (canvas){.kind = format == CANVAS_SVG ? &canvas_as_svg : &canvas_by_cairo,
                  .format = format,
                  .to = to,
                  .width = width,
                  .height = height};
    if (format != CANVAS_SVG) c->cairo = cairo_on(surface_of(c));
    c->kind->open(c, title);
    *out = c;
    return LSNN_OK;
}

lsnn_status canvas_close(canvas *c, lsnn_error *err)
{
    c->kind->close(c);
    cairo_status_t failed = c->failed;
    if (c->cairo && failed == CAIRO_STATUS_SUCCESS) failed = cairo_status(c->cairo);
    if (c->cairo) cairo_destroy(c->cairo);
    const bool lost = failed == CAIRO_STATUS_WRITE_ERROR || ferror(c->to);
    free(c);
    if (lost) return lsnn_fail(err, LSNN_OUTPUT, "the figure could not be written");
    if (failed == CAIRO_STATUS_SUCCESS) return LSNN_OK;
    return lsnn_fail(err, failed == CAIRO_STATUS_NO_MEMORY ? LSNN_MEMORY : LSNN_OUTPUT, "cairo: %s",
                     cairo_status_to_string(failed));
}

double canvas_fineness(const canvas *c)
{
    return c->format == CANVAS_PDF ? mask_fineness : c->format == CANVAS_SVG ? svg_fineness : png_fineness;
}

double canvas_text_width(const char *text, const canvas_text *how)
{
    cairo_text_extents_t extents;
    cairo_t *cairo = cairo_on(cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1));
    canvas_font(cairo, how);
    cairo_text_extents(cairo, text, &extents);
    cairo_destroy(cairo);
    return extents.x_advance;
}

void canvas_enter(canvas *c, canvas_box box, double low, double high)
{
    c->kind->enter(c, box, low, high);
}

void canvas_leave(canvas *c)
{
    c->kind->leave(c);
}

void canvas_group(canvas *c, const char *class)
{
    c->kind->group(c, class);
}

void canvas_ungroup(canvas *c)
{
    c->kind->ungroup(c);
}

void canvas_line(canvas *c, size_t n, const double *x, const double *y, canvas_pen pen)
{
    c->kind->line(c, n, x, y, pen);
}

void canvas_strokes(canvas *c, size_t n, const double *x, const double *y, double length, canvas_pen pen)
{
    c->kind->strokes(c, n, x, y, length, pen);
}

void canvas_dots(canvas *c, size_t n, const double *x, const double *y, double radius, int colour)
{
    c->kind->dots(c, n, x, y, radius, colour);
}

void canvas_area(canvas *c, size_t n, const double *x, const double *y, int colour, double opacity)
{
    c->kind->area(c, n, x, y, colour, opacity);
}

void canvas_fill(canvas *c, canvas_box box, int colour, double opacity)
{
    c->kind->fill(c, box, colour, opacity);
}

void canvas_stamp(canvas *c, canvas_box box, canvas_mask mask, int colour)
{
    c->kind->stamp(c, box, mask, colour);
}

void canvas_write(canvas *c, double x, double y, const char *text, const canvas_text *how)
{
    c->kind->write(c, x, y, text, how);
}
