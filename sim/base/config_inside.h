/* What the files config*.c share with each other only. */
#ifndef CONFIG_INSIDE_H
#define CONFIG_INSIDE_H

#include "config.h"

enum { CONFIG_MAX_DEPTH = 32, CONFIG_MAX_KEY = 128 };

#define CONFIG_COMMAND_LINE "command line"

/* Whether YAML reads `text` back when it is written without quotes as a value of a block. */
bool config_plain(const char *text);

/* The YAML value that starts `offset` bytes into `assignment`, below `depth` maps or lists; mistakes go to the report. */
LSNN_MUST_USE lsnn_status config_value(config_node **out, arena *a, const char *assignment, size_t offset, int depth,
                                       config_report *report, lsnn_error *err);

#endif
