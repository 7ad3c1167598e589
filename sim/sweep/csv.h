/* Comma-separated values (RFC 4180), and whole files. */
#ifndef CSV_H
#define CSV_H

#include "lsnn/error.h"
#include <stdbool.h>
#include <stdio.h>

/* Quoted where it has to be. */
void csv_put(FILE *out, const char *text);

/* A file that is either whole or not there: csv_open, print, csv_close. */
typedef struct csv_file {
    FILE *stream;
    char *path, *part;
} csv_file;
LSNN_MUST_USE lsnn_status csv_open(csv_file *f, const char *path, lsnn_error *err);
LSNN_MUST_USE lsnn_status csv_close(csv_file *f, lsnn_error *err); /* synced and in place, or an error and nothing */

#endif
