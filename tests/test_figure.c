#include "drawn.h"
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static const double x[] = {0, 10, 20, 40}, y[] = {0, 1, NAN, 2};
static const uint32_t row[] = {0, 3, 1, 2};

/* Where the data of the only panel lie: width and height of its frame, in points. */
static void frame_of(double *width, double *height)
{
    const char *at = drawn_find("<svg class=\"data\"");
    cr_assert_eq(sscanf(strstr(at, "viewBox"), "viewBox=\"0 0 %lf %lf\"", width, height), 2);
}

Test(figure, a_point_lies_where_its_axes_say)
{
    double width, height, at[6];
    figure_panel *p = drawn_panel();
    p->x = (figure_axis){.low = 0, .high = 50};
    p->y = (figure_axis){.low = -1, .high = 3};
    drawn_layer(&(figure_layer){.kind = FIGURE_LINE, .n = 4, .x = x, .y = y});
    drawn_draw(CANVAS_SVG);
    frame_of(&width, &height);
    /* The NaN interrupts the line. */
    cr_assert_eq(sscanf(strstr(drawn_find("<svg class=\"data\""), " d=\""), " d=\"M%lf %lfl%lf%lfM%lf %lf\"", at,
                        at + 1, at + 2, at + 3, at + 4, at + 5),
                 6);
    at[2] += at[0]; /* lines go on in steps */
    at[3] += at[1];
    const double expected[] = {0, 0.75 * height, 0.2 * width, 0.5 * height, 0.8 * width, 0.25 * height};
    for (int k = 0; k < 6; k++)
        cr_assert_float_eq(at[k], expected[k], 0.01, "number %d: %g, not %g", k, at[k], expected[k]);
}

Test(figure, a_spike_is_a_stroke_in_the_middle_of_its_row)
{
    double width, height, left, top, length;
    figure_panel *p = drawn_panel();
    p->x = (figure_axis){.low = 0, .high = 40};
    p->y = (figure_axis){.low = 0, .high = 4};
    drawn_layer(&(figure_layer){.kind = FIGURE_SPIKES, .n = 4, .x = x, .row = row});
    drawn_draw(CANVAS_SVG);
    frame_of(&width, &height);
    const char *data = drawn_find("<svg class=\"data\"");
    cr_assert_eq(drawn_count(strstr(data, " d=\""), '\"', 'M', 2), 4);
    cr_assert_eq(sscanf(strchr(strchr(strstr(data, " d=\"M"), 'M') + 1, 'M'), "M%lf %lfv%lf", &left, &top, &length), 3);
    cr_assert_float_eq(left, width / 4, 0.01);
    cr_assert_float_eq(top + length / 2, 3.5 / 4 * height, 0.01, "row 3 of 4 is the lowest");
}

Test(figure, many_spikes_are_a_picture)
{
    figure_panel *p = drawn_panel();
    p->y = (figure_axis){.low = 0, .high = 4};
    drawn_figure->most_strokes = 3;
    drawn_layer(&(figure_layer){.kind = FIGURE_SPIKES, .n = 4, .x = x, .row = row});
    drawn_draw(CANVAS_SVG);
    cr_assert_not_null(strstr(drawn_text, "href=\"data:image/png;base64,iVBORw0KGgo"), "the signature of a PNG");
    cr_assert_null(strstr(drawn_text, "stroke-width=\"0.5\""), "no strokes besides");
}

Test(figure, ticks_carry_their_numbers)
{
    figure_panel *p = drawn_panel();
    p->x = (figure_axis){.label = "time <ms> & more", .low = -20, .high = 20};
    drawn_layer(&(figure_layer){.kind = FIGURE_LINE, .n = 4, .x = x, .y = y});
    drawn_draw(CANVAS_SVG);
    cr_assert_not_null(strstr(drawn_text, ">\u221220</text>"), "a minus, not a hyphen");
    cr_assert_not_null(strstr(drawn_text, ">20</text>"));
    cr_assert_not_null(strstr(drawn_text, ">time &lt;ms&gt; &amp; more</text>"));
}

Test(figure, logarithmic_axes_have_powers_of_ten)
{
    static const double wide[] = {0.5, 50, 5000};
    figure_panel *p = drawn_panel();
    p->y.log = true;
    drawn_layer(&(figure_layer){.kind = FIGURE_LINE, .n = 3, .x = x, .y = wide});
    drawn_draw(CANVAS_SVG);
    cr_assert_not_null(strstr(drawn_text, ">1</text>"));
    cr_assert_not_null(strstr(drawn_text, ">1000</text>"));
    cr_assert_null(strstr(drawn_text, ">2000</text>"));
}

Test(figure, panels_that_are_aligned_share_the_axis_of_the_first)
{
    static const double later[] = {0, 1, 2, 3};
    drawn_panel()->x = (figure_axis){.low = 0, .high = 100};
    drawn_layer(&(figure_layer){.kind = FIGURE_LINE, .n = 4, .x = x, .y = y});
    drawn_panel();
    drawn_layer(&(figure_layer){.kind = FIGURE_LINE, .n = 4, .x = later, .y = y});
    drawn_figure->aligned = true;
    drawn_draw(CANVAS_SVG);
    const char *first = drawn_find("data-low"), *second = strstr(first + 1, "data-low");
    cr_assert_eq(strncmp(first, "data-low=\"0\" data-high=\"100\"", 28), 0);
    cr_assert_eq(strncmp(second, "data-low=\"0\" data-high=\"100\"", 28), 0);
    cr_assert_null(strstr(strstr(drawn_text, "x-ticks") + 1, "x-ticks"), "written once, below the last");
}

Test(figure, a_level_axis_gets_a_range)
{
    static const double level[] = {7, 7, 7, 7};
    drawn_panel();
    drawn_layer(&(figure_layer){.kind = FIGURE_LINE, .n = 4, .x = x, .y = level});
    drawn_draw(CANVAS_SVG);
    cr_assert_null(strstr(drawn_text, "nan"));
    cr_assert_null(strstr(drawn_text, "inf"));
}

Test(figure, nothing_to_draw_is_an_empty_frame)
{
    drawn_panel();
    drawn_layer(&(figure_layer){.kind = FIGURE_LINE, .n = 0});
    drawn_draw(CANVAS_SVG);
    cr_assert_null(strstr(drawn_text, "nan"));
}

Test(figure, pdf_and_png_are_what_they_are_called)
{
    drawn_panel();
    drawn_layer(&(figure_layer){.kind = FIGURE_LINE, .n = 4, .x = x, .y = y});
    drawn_draw(CANVAS_PDF);
    cr_assert_eq(strncmp(drawn_text, "%PDF-1.", 7), 0);
    drawn_draw(CANVAS_PNG);
    cr_assert_eq(memcmp(drawn_text, "\x89PNG\r\n", 6), 0);
    /* 85 mm at 300 dpi: 1004 pixels */
    cr_assert_eq((unsigned char)drawn_text[18] * 256 + (unsigned char)drawn_text[19], 1004);
}

Test(figure, a_disk_that_is_full_is_an_error)
{
    lsnn_error err = {0};
    FILE *full = fopen("/dev/full", "w");
    cr_assert_not_null(full);
    drawn_panel();
    drawn_layer(&(figure_layer){.kind = FIGURE_LINE, .n = 4, .x = x, .y = y});
    setvbuf(full, NULL, _IONBF, 0);
    cr_assert_eq(figure_draw(drawn_figure, CANVAS_PDF, full, &err), LSNN_OUTPUT);
    cr_assert_eq(figure_draw(drawn_figure, CANVAS_PNG, full, &err), LSNN_OUTPUT);
    cr_assert_eq(figure_draw(drawn_figure, CANVAS_SVG, full, &err), LSNN_OUTPUT);
    fclose(full);
}
