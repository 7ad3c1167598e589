/* What the files fields*.c share with each other only. */
#ifndef FIELDS_INSIDE_H
#define FIELDS_INSIDE_H

#include "fields.h"

#define FIELDS_STEPS "steps"
enum { FIELDS_PHRASE = 128 };

/* Whether a node is a scalar; `wanted` says in the message what it should be. */
bool fields_is_scalar(const lsnn_field *field, const config_node *node, const char *wanted,
                      const fields_reader *reader);

/* The numbers of a list, or of a scalar: a number or a range like 0..4. */
LSNN_MUST_USE lsnn_status fields_reals(lsnn_reals *out, const lsnn_field *field, const config_node *node,
                                       const fields_reader *reader, lsnn_error *err);

/* "above 0 and at most 1 ms"; empty where any number will do. */
void fields_range_phrase(char out[FIELDS_PHRASE], const lsnn_field *field);

#endif
