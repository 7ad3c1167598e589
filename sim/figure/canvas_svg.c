/* SVG. Colours are attributes, which style sheets override: class "ink", "faint", "paper", "c0" ... */
#include "canvas_inside.h"
#include <math.h>
#include <stdlib.h>

/* ---- parts ------------------------------------------------------------------------------------------------------------ */

static void put_number(canvas *c, double x)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%.2f", x);
    while (text[n - 1] == '0')
        n--;
    if (text[n - 1] == '.') n--;
    text[n] = '\0';
    fputs(n == 2 && text[0] == '-' && text[1] == '0' ? "0" : text, c->to);
}

static void put_pair(canvas *c, const char *before, double x, double y)
{
    fputs(before, c->to);
    put_number(c, x);
    fputc(' ', c->to);
    put_number(c, y);
}

static void put_text(canvas *c, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '<': fputs("&lt;", c->to); break;
        case '>': fputs("&gt;", c->to); break;
        case '&': fputs("&amp;", c->to); break;
        case '"': fputs("&quot;", c->to); break;
        default: fputc(*text, c->to);
        }
}

static void put_class(canvas *c, int colour)
{
    static const char *const names[] = {"ink", "faint", "paper"};
    if (colour < CANVAS_SERIES)
        fprintf(c->to, " class=\"%s\"", names[colour]);
    else
        fprintf(c->to, " class=\"c%d\"", (colour - CANVAS_SERIES) % CANVAS_N_SERIES);
}

static void put_colour(canvas *c, const char *attribute, int colour)
{
    const canvas_rgb rgb = canvas_colour(colour);
    fprintf(c->to, " %s=\"#%02x%02x%02x\"", attribute, (int)(rgb.red * 255 + 0.5), (int)(rgb.green * 255 + 0.5),
            (int)(rgb.blue * 255 + 0.5));
}

static void put_pen(canvas *c, canvas_pen pen)
{
    fputs("<path fill=\"none\"", c->to);
    put_class(c, pen.colour);
    put_colour(c, "stroke", pen.colour);
    fprintf(c->to, " stroke-width=\"%g\"", pen.width);
    if (pen.dashed) fputs(" stroke-dasharray=\"3 1.5\"", c->to);
    fputs(" d=\"", c->to);
}

static void put_brush(canvas *c, const char *element, int colour, double opacity)
{
    fprintf(c->to, "<%s", element);
    put_class(c, colour);
    put_colour(c, "fill", colour);
    if (opacity < 1) fprintf(c->to, " fill-opacity=\"%g\"", opacity);
}

static void put_box(canvas *c, canvas_box box)
{
    const double sides[] = {box.x, box.y, box.width, box.height};
    static const char *const names[] = {" x=\"", " y=\"", " width=\"", " height=\""};
    for (int k = 0; k < 4; k++) {
        fputs(names[k], c->to);
        put_number(c, sides[k]);
        fputc('"', c->to);
    }
}

/* ---- what a canvas does ----------------------------------------------------------------------------------------------- */

static void open(canvas *c, const char *title)
{
    fprintf(c->to,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" width=\"%gpt\" height=\"%gpt\" "
            "font-family=\"Liberation Sans, Arial, Helvetica, sans-serif\" role=\"img\">\n<title>",
            c->width, c->height, c->width, c->height);
    put_text(c, title);
    fputs("</title>\n", c->to);
    put_brush(c, "rect", CANVAS_PAPER, 1);
    fputs(" width=\"100%\" height=\"100%\"/>\n", c->to);
}

static void close(canvas *c)
{
    fputs("</svg>\n", c->to);
}

static void enter(canvas *c, canvas_box box, double low, double high)
{
    fputs("<svg class=\"data\"", c->to);
    put_box(c, box);
    put_pair(c, " viewBox=\"0 0 ", box.width, box.height);
    fprintf(c->to,
            "\" preserveAspectRatio=\"none\" overflow=\"hidden\" stroke-linejoin=\"round\" data-low=\"%.9g\" "
            "data-high=\"%.9g\">\n",
            low, high);
}

static void leave(canvas *c)
{
    fputs("</svg>\n", c->to);
}

static void group(canvas *c, const char *class)
{
    fprintf(c->to, "<g class=\"%s\">\n", class);
}

static void ungroup(canvas *c)
{
    fputs("</g>\n", c->to);
}

/* Hundredths as short as can be: "-.72". A number that follows another needs a space unless it has a sign. */
static void put_step(canvas *c, long long hundredths, bool follows)
{
    const long long size = llabs(hundredths), whole = size / 100, part = size % 100;
    if (hundredths < 0)
        fputc('-', c->to);
    else if (follows)
        fputc(' ', c->to);
    if (whole > 0 || part == 0) fprintf(c->to, "%lld", whole);
    if (part > 0) fprintf(c->to, part % 10 ? ".%02lld" : ".%lld", part % 10 ? part : part / 10);
}

/* Steps from point to point are shorter than places; they are differences of rounded places, so that none is off by more than that. */
static void line(canvas *c, size_t n, const double *x, const double *y, canvas_pen pen)
{
    bool on = false, first = true;
    long long at[2] = {0, 0};
    put_pen(c, pen);
    for (size_t k = 0; k < n; k++) {
        const bool known = !isnan(x[k]) && !isnan(y[k]);
        const long long to[2] = {known ? llround(100 * x[k]) : 0, known ? llround(100 * y[k]) : 0};
        if (known && !on) put_pair(c, "M", (double)to[0] / 100, (double)to[1] / 100);
        if (known && on) {
            if (first) fputc('l', c->to);
            put_step(c, to[0] - at[0], !first);
            put_step(c, to[1] - at[1], true);
        }
        first = !on; /* the point after an M */
        on = known;
        at[0] = to[0];
        at[1] = to[1];
    }
    fputs("\"/>\n", c->to);
}

static void strokes(canvas *c, size_t n, const double *x, const double *y, double length, canvas_pen pen)
{
    put_pen(c, pen);
    for (size_t k = 0; k < n; k++) {
        put_pair(c, "M", x[k], y[k]);
        fputc('v', c->to);
        put_number(c, length);
    }
    fputs("\"/>\n", c->to);
}

/* Round ends of lines without a length: they stay round when a page stretches the data. */
static void dots(canvas *c, size_t n, const double *x, const double *y, double radius, int colour)
{
    fputs("<path stroke-linecap=\"round\" fill=\"none\"", c->to);
    put_class(c, colour);
    put_colour(c, "stroke", colour);
    fprintf(c->to, " stroke-width=\"%g\" d=\"", 2 * radius);
    for (size_t k = 0; k < n; k++) {
        if (isnan(x[k]) || isnan(y[k])) continue;
        put_pair(c, "M", x[k], y[k]);
        fputs("h0", c->to);
    }
    fputs("\"/>\n", c->to);
}

static void area(canvas *c, size_t n, const double *x, const double *y, int colour, double opacity)
{
    put_brush(c, "path", colour, opacity);
    fputs(" d=\"", c->to);
    for (size_t k = 0; k < n; k++)
        put_pair(c, k ? "L" : "M", x[k], y[k]);
    fputs("Z\"/>\n", c->to);
}

static void fill(canvas *c, canvas_box box, int colour, double opacity)
{
    put_brush(c, "rect", colour, opacity);
    put_box(c, box);
    fputs("/>\n", c->to);
}

/* Three bytes become four letters. */
static void put_base64(canvas *c, const unsigned char *bytes, size_t n)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t k = 0; k < n; k += 3) {
        const unsigned b = k + 1 < n ? bytes[k + 1] : 0, d = k + 2 < n ? bytes[k + 2] : 0;
        const unsigned three = (unsigned)bytes[k] << 16 | b << 8 | d;
        fputc(letters[three >> 18], c->to);
        fputc(letters[three >> 12 & 63], c->to);
        fputc(k + 1 < n ? letters[three >> 6 & 63] : '=', c->to);
        fputc(k + 2 < n ? letters[three & 63] : '=', c->to);
    }
}

/* The mask in its colour, as a PNG. */
static cairo_status_t write_png(FILE *to, canvas_mask mask, int colour)
{
    const canvas_rgb rgb = canvas_colour(colour);
    const uint32_t full = 0xff000000u | (uint32_t)(rgb.red * 255 + 0.5) << 16 | (uint32_t)(rgb.green * 255 + 0.5) << 8 |
                          (uint32_t)(rgb.blue * 255 + 0.5);
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, mask.width, mask.height);
    uint32_t *pixels = (uint32_t *)(void *)cairo_image_surface_get_data(image);
    const size_t stride = (size_t)cairo_image_surface_get_stride(image) / sizeof *pixels, width = (size_t)mask.width;
    for (size_t y = 0; pixels && y < (size_t)mask.height; y++)
        for (size_t x = 0; x < width; x++)
            pixels[y * stride + x] = mask.pixels[y * width + x] ? full : 0;
    cairo_surface_mark_dirty(image);
    const cairo_status_t status = cairo_surface_write_to_png_stream(image, canvas_put, to);
    cairo_surface_destroy(image);
    return status;
}

static void stamp(canvas *c, canvas_box box, canvas_mask mask, int colour)
{
    char *bytes = NULL;
    size_t n = 0;
    FILE *png = open_memstream(&bytes, &n);
    if (!png) {
        c->failed = CAIRO_STATUS_NO_MEMORY;
        return;
    }
    const cairo_status_t status = write_png(png, mask, colour);
    if (fclose(png) != 0) c->failed = CAIRO_STATUS_NO_MEMORY;
    if (status != CAIRO_STATUS_SUCCESS) c->failed = status;
    fputs("<image", c->to);
    put_box(c, box);
    fputs(" preserveAspectRatio=\"none\" href=\"data:image/png;base64,", c->to);
    put_base64(c, (const unsigned char *)bytes, n);
    fputs("\"/>\n", c->to);
    free(bytes);
}

static void write(canvas *c, double x, double y, const char *text, const canvas_text *how)
{
    static const char *const anchors[] = {"start", "middle", "end"};
    fprintf(c->to, "<text class=\"ink%s%s\"", how->class ? " " : "", how->class ? how->class : "");
    put_colour(c, "fill", CANVAS_INK);
    if (how->upward)
        put_pair(c, " transform=\"translate(", x, y), fputs(") rotate(-90)\"", c->to);
    else {
        fputs(" x=\"", c->to);
        put_number(c, x);
        fputs("\" y=\"", c->to);
        put_number(c, y);
        fputc('"', c->to);
    }
    fprintf(c->to, " font-size=\"%g\" text-anchor=\"%s\"%s>", how->size, anchors[how->anchor],
            how->bold ? " font-weight=\"bold\"" : "");
    put_text(c, text);
    fputs("</text>\n", c->to);
}

const canvas_kind canvas_as_svg = {open,    close, enter, leave, group, ungroup, line,
                                   strokes, dots,  area,  fill,  stamp, write};
