/* Figures in files. */
#include "figure_file.h"
#include "draft.h"
#include "text.h"
#include <string.h>

lsnn_status figure_file_format(canvas_format *out, const char *path, lsnn_error *err)
{
    static const struct {
        const char *ending;
        canvas_format format;
    } formats[] = {{".pdf", CANVAS_PDF}, {".svg", CANVAS_SVG}, {".png", CANVAS_PNG}};
    const char *dot = strrchr(path, '.');
    for (int k = 0; k < 3; k++) {
        *out = formats[k].format;
        if (dot && strcmp(dot, formats[k].ending) == 0) return LSNN_OK;
    }
    return lsnn_fail(err, LSNN_USAGE, "%s: figures are .pdf, .svg or .png", path);
}

lsnn_status figure_file_width(double *out, const char *text, lsnn_error *err)
{
    if (!text || (text_to_double(out, text) && *out >= 40 && *out <= 1000)) return LSNN_OK;
    return lsnn_fail(err, LSNN_USAGE, "--width takes millimetres from 40 to 1000, not '%s'", text);
}

lsnn_status figure_file_write(figure *f, const char *path, lsnn_error *err)
{
    draft d;
    canvas_format format;
    FILE *to;
    TRY(figure_file_format(&format, path, err));
    TRY(draft_open(&d, &to, path, err));
    return draft_close(&d, to, figure_draw(f, format, to, err), err);
}
