/* A field table as text for `lsnn describe`. */
#include "fields_inside.h"
#include <string.h>

enum { NAME, KIND, DEFAULT, UNIT, RANGE, N_COLUMNS };

static const char *kind_text(const lsnn_field *field)
{
    switch (field->kind) {
    case LSNN_REAL: return "number";
    case LSNN_INT:
    case LSNN_SEED: return "whole number";
    case LSNN_BOOL: return "true|false";
    case LSNN_TEXT: return "text";
    case LSNN_CHOICE: return field->choices;
    case LSNN_REALS: return "numbers";
    case LSNN_NEURONS: return "number per neuron";
    case LSNN_NODE: return "map";
    }
    return "";
}

static const char *default_text(const lsnn_field *field)
{
    if (!field->fallback) return "required";
    return *field->fallback ? field->fallback : "''";
}

/* `phrase` holds the range's text where the column needs one. */
static const char *column_text(int column, const lsnn_field *field, char phrase[FIELDS_PHRASE])
{
    switch (column) {
    case NAME: return field->name;
    case KIND: return kind_text(field);
    case DEFAULT: return default_text(field);
    case UNIT: return field->unit ? field->unit : "-";
    default: fields_range_phrase(phrase, field); return *phrase ? phrase : "-";
    }
}

void fields_describe(const lsnn_field *fields, FILE *out, int indent)
{
    char phrase[FIELDS_PHRASE];
    int width[N_COLUMNS] = {0};
    for (const lsnn_field *field = fields; field->name; field++)
        for (int c = 0; c < N_COLUMNS; c++) {
            int length = (int)strlen(column_text(c, field, phrase));
            if (length > width[c]) width[c] = length;
        }
    for (const lsnn_field *field = fields; field->name; field++) {
        fprintf(out, "%*s", indent, "");
        for (int c = 0; c < N_COLUMNS; c++)
            fprintf(out, "%-*s  ", width[c], column_text(c, field, phrase));
        fprintf(out, "%s\n", field->doc);
    }
}
