/* The parts of verb export. */
#ifndef EXPORT_H
#define EXPORT_H

#include "selection.h"

/* Recorded spikes and variables, in the selection, to the file (folder for npy) `path`. Trials follow each other on the time axis. */
LSNN_MUST_USE lsnn_status export_sonata(const selection *s, const char *path, lsnn_error *err);
LSNN_MUST_USE lsnn_status export_csv(const selection *s, const char *path, lsnn_error *err);
LSNN_MUST_USE lsnn_status export_npy(const selection *s, const char *path, lsnn_error *err);

/* A network as a NIR graph. What NIR cannot say is refused (LSNN_CONFIG); with `extensions` ALIF neurons and refractoriness are
 * written as documented in the help. */
LSNN_MUST_USE lsnn_status export_nir(const experiment *e, bool extensions, const char *path, lsnn_error *err);

#endif
