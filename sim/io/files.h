/* Files that a config names. */
#ifndef FILES_H
#define FILES_H

#include "values.h"

/* How the builder reads files: HDF5 and idx. */
extern const values_files files_default;

/* Unless the config says otherwise, the folder of the config at `path` gives the experiment its name, and relative file names
 * their start. */
LSNN_MUST_USE lsnn_status files_place(config_node *root, const char *path, arena *a, lsnn_error *err);

#endif
