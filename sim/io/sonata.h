/* Marks by which readers know a file in SONATA layout (github.com/AllenInstitute/sonata, spike file format 0.1). */
#ifndef SONATA_H
#define SONATA_H

#include "store.h"

/* Root attributes magic = 0x0A7A and version = [0, 1]. */
LSNN_MUST_USE lsnn_status sonata_mark(store *file, lsnn_error *err);
/* /spikes/<population>, with attribute sorting = by_time. */
LSNN_MUST_USE lsnn_status sonata_mark_spikes(store *file, const char *population, lsnn_error *err);

#endif
