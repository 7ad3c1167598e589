/* PDF and PNG. */
#include "canvas_inside.h"
#include <cairo-pdf.h>
#include <math.h>
#include <string.h>

static void colour_with(canvas *c, int colour, double opacity)
{
    const canvas_rgb rgb = canvas_colour(colour);
    cairo_set_source_rgba(c->cairo, rgb.red, rgb.green, rgb.blue, opacity);
}

static void stroke_with(canvas *c, canvas_pen pen)
{
    colour_with(c, pen.colour, 1);
    cairo_set_line_width(c->cairo, pen.width);
    cairo_set_dash(c->cairo, (const double[]){3, 1.5}, pen.dashed ? 2 : 0, 0);
    cairo_stroke(c->cairo);
}

static void open(canvas *c, const char *title)
{
    if (c->format == CANVAS_PDF) {
        cairo_surface_t *surface = cairo_get_target(c->cairo);
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
        /* The same figure is the same file. */
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z");
        return;
    }
    colour_with(c, CANVAS_PAPER, 1);
    cairo_paint(c->cairo);
}

static void close(canvas *c)
{
    cairo_surface_t *surface = cairo_get_target(c->cairo);
    if (c->format == CANVAS_PNG) {
        c->failed = cairo_surface_write_to_png_stream(surface, canvas_put, c->to);
        return;
    }
    cairo_show_page(c->cairo);
    cairo_surface_finish(surface);
    c->failed = cairo_surface_status(surface);
}

static void enter(canvas *c, canvas_box box, double low, double high)
{
    (void)low, (void)high;
    cairo_save(c->cairo);
    cairo_rectangle(c->cairo, box.x, box.y, box.width, box.height);
    cairo_clip(c->cairo);
    cairo_translate(c->cairo, box.x, box.y);
    cairo_set_line_join(c->cairo, CAIRO_LINE_JOIN_ROUND);
}

static void leave(canvas *c)
{
    cairo_restore(c->cairo);
}

static void group(canvas *c, const char *class)
{
    (void)c, (void)class;
}

static void ungroup(canvas *c)
{
    (void)c;
}

static void line(canvas *c, size_t n, const double *x, const double *y, canvas_pen pen)
{
    bool on = false;
    for (size_t k = 0; k < n; k++) {
        const bool known = !isnan(x[k]) && !isnan(y[k]);
        if (known && on) cairo_line_to(c->cairo, x[k], y[k]);
        if (known && !on) cairo_move_to(c->cairo, x[k], y[k]);
        on = known;
    }
    stroke_with(c, pen);
}

static void strokes(canvas *c, size_t n, const double *x, const double *y, double length, canvas_pen pen)
{
    for (size_t k = 0; k < n; k++) {
        cairo_move_to(c->cairo, x[k], y[k]);
        cairo_rel_line_to(c->cairo, 0, length);
    }
    stroke_with(c, pen);
}

static void dots(canvas *c, size_t n, const double *x, const double *y, double radius, int colour)
{
    for (size_t k = 0; k < n; k++) {
        if (isnan(x[k]) || isnan(y[k])) continue;
        cairo_new_sub_path(c->cairo);
        cairo_arc(c->cairo, x[k], y[k], radius, 0, 6.283185307179586);
    }
    colour_with(c, colour, 1);
    cairo_fill(c->cairo);
}

static void area(canvas *c, size_t n, const double *x, const double *y, int colour, double opacity)
{
    for (size_t k = 0; k < n; k++)
        cairo_line_to(c->cairo, x[k], y[k]);
    colour_with(c, colour, opacity);
    cairo_fill(c->cairo);
}

static void fill(canvas *c, canvas_box box, int colour, double opacity)
{
    cairo_rectangle(c->cairo, box.x, box.y, box.width, box.height);
    colour_with(c, colour, opacity);
    cairo_fill(c->cairo);
}

static void stamp(canvas *c, canvas_box box, canvas_mask mask, int colour)
{
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_A8, mask.width, mask.height);
    unsigned char *rows = cairo_image_surface_get_data(image);
    const size_t stride = (size_t)cairo_image_surface_get_stride(image), width = (size_t)mask.width;
    for (size_t y = 0; rows && y < (size_t)mask.height; y++)
        memcpy(rows + y * stride, mask.pixels + y * width, width);
    cairo_surface_mark_dirty(image);
    cairo_save(c->cairo);
    cairo_translate(c->cairo, box.x, box.y);
    cairo_scale(c->cairo, box.width / mask.width, box.height / mask.height);
    colour_with(c, colour, 1);
    cairo_mask_surface(c->cairo, image, 0, 0);
    cairo_restore(c->cairo);
    cairo_surface_destroy(image);
}

static void write(canvas *c, double x, double y, const char *text, const canvas_text *how)
{
    const double width = canvas_text_width(text, how);
    cairo_save(c->cairo);
    cairo_translate(c->cairo, x, y);
    if (how->upward) cairo_rotate(c->cairo, -1.5707963267948966);
    cairo_move_to(c->cairo, how->anchor == CANVAS_START ? 0 : how->anchor == CANVAS_END ? -width : -width / 2, 0);
    canvas_font(c->cairo, how);
    colour_with(c, CANVAS_INK, 1);
    cairo_show_text(c->cairo, text);
    cairo_restore(c->cairo);
}

const canvas_kind canvas_by_cairo = {open,    close, enter, leave, group, ungroup, line,
                                     strokes, dots,  area,  fill,  stamp, write};
