/* Reading a part of the config into a struct by its field table (lsnn/field.h). */
#ifndef FIELDS_H
#define FIELDS_H

#include "config.h"
#include "lsnn/field.h"

typedef struct fields_reader {
    arena *memory;
    config_report *report;
    double dt; /* ms, to convert `steps` <-> ms where a field's unit is "steps"; 0: not known yet */
} fields_reader;

/* Fill `out` (a struct that `fields` describes) from `map`. Keys that the map lacks are added to it with their default
 * (origin CONFIG_DEFAULT), so that afterwards the tree is the resolved config; a value `default` of the command line
 * counts as lacking. Mistakes go to the report: unknown key (did you mean), missing key, wrong kind, not a number (nan
 * and inf are refused), outside the range, unknown choice, unit that does not fit. A unit may be written after a
 * number: `20 ms`; s, ms, us, Hz, kHz, 1/ms, mV, V are converted to the field's unit; another dimension is a mistake.
 * Fields of kind LSNN_NEURONS and LSNN_NODE only get their node checked for presence: the owner reads them
 * (fields_node). `also`: further keys that are allowed (NULL-terminated; may be NULL), read by the caller. Only lack
 * of memory is returned as an error. */
LSNN_MUST_USE lsnn_status fields_read(void *out, const lsnn_field *fields, config_node *map, const char *const *also,
                                      const fields_reader *reader, lsnn_error *err);

/* One number of a scalar node with a field's unit and range; false (and a mistake) if it is none. */
bool fields_number(double *out, const lsnn_field *field, const config_node *node, const fields_reader *reader);

/* Whether a number, which the node asks for, is finite and in range as a real, too; else a mistake. */
bool fields_storable(double number, const lsnn_field *field, const config_node *node, const fields_reader *reader);
/* The same of the numbers of a struct that was read from a map. */
void fields_check_storable(const void *parameters, const lsnn_field *fields, const config_node *map,
                           const fields_reader *reader);

/* The same struct as lines `name  kind  default  unit  range  doc` for `lsnn describe`. */
void fields_describe(const lsnn_field *fields, FILE *out, int indent);

#endif
