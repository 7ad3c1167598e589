/* Values of a swept parameter, as `sweep:` gives them; part of space_read. */
#ifndef SPACE_VALUES_H
#define SPACE_VALUES_H

#include "space.h"

typedef struct space_reading {
    space *s;
    arena *a;
    config_report *report;
    fields_reader fields;
    lsnn_error *err;
} space_reading;

/* A node as YAML on one line. */
LSNN_MUST_USE lsnn_status space_values_flow(const space_reading *r, const char **out, const config_node *node);
LSNN_MUST_USE lsnn_status space_values_list(const space_reading *r, space_parameter *p, const config_node *list);
/* One value, or a..b. */
LSNN_MUST_USE lsnn_status space_values_scalar(const space_reading *r, space_parameter *p, const config_node *node);

/* values, range, linear, log, uniform, log_uniform, integer, log_integer, choice */
enum { SPACE_VALUES_KINDS = 9 };
/* `node`: what stands after the key of that name. */
LSNN_MUST_USE lsnn_status space_values_of_kind(const space_reading *r, space_parameter *p, int kind,
                                               const config_node *node);

#endif
