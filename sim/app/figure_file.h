/* A figure as a file: what verbs that draw share. */
#ifndef FIGURE_FILE_H
#define FIGURE_FILE_H

#include "figure.h"

/* By the ending of the path: .pdf, .svg, .png. LSNN_USAGE: another one. */
LSNN_MUST_USE lsnn_status figure_file_format(canvas_format *out, const char *path, lsnn_error *err);
/* Millimetres in text; NULL leaves *out as it is. */
LSNN_MUST_USE lsnn_status figure_file_width(double *out, const char *text, lsnn_error *err);
/* A whole file or none. */
LSNN_MUST_USE lsnn_status figure_file_write(figure *f, const char *path, lsnn_error *err);

#endif
