/* Findings as an HDF5 file: /numbers/<population>/<group>/<measure>, a number with the attributes units, sd, n, undefined and note;
 * /curves/<population>/<group>/<name>/<column>, vectors with the attribute units. */
#ifndef FINDINGS_FILE_H
#define FINDINGS_FILE_H

#include "findings.h"
#include "store.h"

/* `source`, `command`: root attributes. */
LSNN_MUST_USE lsnn_status findings_write(const findings *f, const char *path, const char *source, const char *command,
                                         lsnn_error *err);

#endif
