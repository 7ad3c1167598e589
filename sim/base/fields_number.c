/* Numbers of the config: digits, a unit, a range. */
#include "fields_inside.h"
#include "text.h"
#include "unit.h"
#include <limits.h>
#include <math.h>
#include <string.h>
#include <strings.h>

enum { LARGEST_RANGE = 1 << 24 };

static const char *kind_phrase(const config_node *node)
{
    return node->kind == CONFIG_MAP ? "a map" : "a list";
}

/* " in ms", " in steps" or nothing. */
static void unit_phrase(char out[FIELDS_PHRASE], const lsnn_field *field)
{
    snprintf(out, FIELDS_PHRASE, "%s%s", field->unit ? " in " : "", field->unit ? field->unit : "");
}

bool fields_is_scalar(const lsnn_field *field, const config_node *node, const char *wanted, const fields_reader *reader)
{
    if (node->kind == CONFIG_SCALAR) return true;
    config_mistake(reader->report, &node->place, "'%s' must be %s, not %s", field->name, wanted, kind_phrase(node));
    return false;
}

static bool has_range(const lsnn_field *field)
{
    return !(field->min == 0 && field->max == 0) && !(isinf(field->min) && isinf(field->max));
}

void fields_range_phrase(char out[FIELDS_PHRASE], const lsnn_field *field)
{
    char min[32], max[32];
    text_number(min, field->min);
    text_number(max, field->max);
    bool below_open = isinf(field->min), above_open = isinf(field->max);
    const char *gap = field->unit ? " " : "", *unit = field->unit ? field->unit : "";
    if (!has_range(field))
        out[0] = 0;
    else if (below_open)
        snprintf(out, FIELDS_PHRASE, "at most %s%s%s", max, gap, unit);
    else if (above_open)
        snprintf(out, FIELDS_PHRASE, "%s %s%s%s", field->open_min ? "above" : "at least", min, gap, unit);
    else if (field->open_min)
        snprintf(out, FIELDS_PHRASE, "above %s and at most %s%s%s", min, max, gap, unit);
    else
        snprintf(out, FIELDS_PHRASE, "from %s to %s%s%s", min, max, gap, unit);
}

static bool in_range(double number, const lsnn_field *field, const config_node *node, const fields_reader *reader)
{
    char phrase[FIELDS_PHRASE];
    bool low = field->open_min ? number <= field->min : number < field->min;
    if (has_range(field) && (low || number > field->max)) {
        fields_range_phrase(phrase, field);
        config_mistake(reader->report, &node->place, "'%s' must be %s, not '%.60s'", field->name, phrase, node->text);
        return false;
    }
    if (field->kind == LSNN_INT && (number < INT_MIN || number > INT_MAX)) {
        config_mistake(reader->report, &node->place, "'%s' must be from %d to %d, not '%.60s'", field->name, INT_MIN,
                       INT_MAX, node->text);
        return false;
    }
    return true;
}

/* The number at the start of the text; `unit`: what stands behind it. */
static bool split_quantity(double *number, const char **unit, const lsnn_field *field, const config_node *node,
                           const fields_reader *reader)
{
    char digits[FIELDS_PHRASE], phrase[FIELDS_PHRASE];
    size_t length = text_number_length(node->text);
    *unit = node->text + length + strspn(node->text + length, " \t");
    if (length > 0 && length < sizeof digits) {
        memcpy(digits, node->text, length);
        digits[length] = 0;
        if (text_to_double(number, digits)) return true;
    }
    const char *unsigned_text = node->text + strspn(node->text, "+-.");
    bool infinite = !strcasecmp(unsigned_text, "inf") || !strcasecmp(unsigned_text, "infinity");
    unit_phrase(phrase, field);
    if (length > 0 || infinite || !strcasecmp(unsigned_text, "nan"))
        config_mistake(reader->report, &node->place, "'%s' must be a finite number%s, not '%.60s'", field->name, phrase,
                       node->text);
    else if (!*node->text)
        config_mistake(reader->report, &node->place, "'%s' has no value; it must be a number%s", field->name, phrase);
    else
        config_mistake(reader->report, &node->place, "'%s' must be a number%s, not '%.60s'", field->name, phrase,
                       node->text);
    return false;
}

static void wrong_unit(const char *unit, const lsnn_field *field, const config_node *node, const fields_reader *reader)
{
    const char *dimension = unit_dimension(unit);
    bool steps = field->unit && strcmp(field->unit, FIELDS_STEPS) == 0;
    const char *alternatives = field->unit ? unit_alternatives(field->unit) : NULL;
    if (steps) alternatives = "steps, us, ms or s";
    if (!field->unit)
        config_mistake(reader->report, &node->place, "'%s' is a number without a unit, but '%.60s' stands behind it",
                       field->name, unit);
    else if (dimension)
        config_mistake(reader->report, &node->place, "'%s' is in %s, but '%s' is the unit of a %s; write %s",
                       field->name, field->unit, unit, dimension, alternatives ? alternatives : field->unit);
    else
        config_mistake(reader->report, &node->place, "unknown unit '%.60s'; '%s' is in %s: write %s", unit, field->name,
                       field->unit, alternatives ? alternatives : field->unit);
}

static bool same_dimension(const char *a, const char *b)
{
    const char *dimension_a = unit_dimension(a), *dimension_b = unit_dimension(b);
    return dimension_a && dimension_b && strcmp(dimension_a, dimension_b) == 0;
}

/* A time as a number of steps; dt like 0.1 has no exact binary form, hence the tolerance. */
static bool time_to_steps(double *number, const char *unit, const lsnn_field *field, const config_node *node,
                          const fields_reader *reader)
{
    static const double tolerance = 1e-9;
    if (reader->dt <= 0) {
        config_mistake(reader->report, &node->place, "'%s' cannot be a time here; write the number of steps",
                       field->name);
        return false;
    }
    double steps = unit_convert(*number, unit, "ms") / reader->dt, whole = round(steps);
    if (fabs(steps - whole) > tolerance * fmax(1, fabs(whole))) {
        char dt[32];
        text_number(dt, reader->dt);
        config_mistake(reader->report, &node->place,
                       "'%s' must be a whole number of steps, but '%.60s' is no multiple of dt, %s ms", field->name,
                       node->text, dt);
        return false;
    }
    *number = whole;
    return true;
}

static bool to_unit_of_field(double *number, const char *unit, const lsnn_field *field, const config_node *node,
                             const fields_reader *reader)
{
    bool steps = field->unit && strcmp(field->unit, FIELDS_STEPS) == 0;
    if (!*unit || (field->unit && strcmp(unit, field->unit) == 0)) return true;
    if (steps && same_dimension(unit, "ms")) return time_to_steps(number, unit, field, node, reader);
    if (!field->unit || !same_dimension(unit, field->unit)) {
        wrong_unit(unit, field, node, reader);
        return false;
    }
    *number = unit_convert(*number, unit, field->unit);
    return true;
}

static void too_large(double number, const lsnn_field *field, const config_node *node, const fields_reader *reader)
{
    const bool single = isfinite(number) && sizeof(real) < sizeof(double);
    config_mistake(reader->report, &node->place, "'%s' cannot be %g%s%s: that is beyond the range of %s precision",
                   field->name, number, field->unit ? " " : "", field->unit ? field->unit : "",
                   single ? "single" : "double");
}

bool fields_storable(double number, const lsnn_field *field, const config_node *node, const fields_reader *reader)
{
    if (!isfinite((real)number)) {
        too_large(number, field, node, reader);
        return false;
    }
    if (!field->open_min || number <= field->min || (real)number > field->min) return true;
    config_mistake(reader->report, &node->place, "'%s' cannot be %g: that is %g in single precision", field->name,
                   number, (double)(real)number);
    return false;
}

void fields_check_storable(const void *parameters, const lsnn_field *fields, const config_node *map,
                           const fields_reader *reader)
{
    for (const lsnn_field *f = fields; f->name; f++)
        if (f->kind == LSNN_REAL)
            fields_storable(*(const double *)((const char *)parameters + f->offset), f, config_get(map, f->name),
                            reader);
}

bool fields_number(double *out, const lsnn_field *field, const config_node *node, const fields_reader *reader)
{
    double number;
    const char *unit;
    if (!fields_is_scalar(field, node, "a number", reader) || !split_quantity(&number, &unit, field, node, reader) ||
        !to_unit_of_field(&number, unit, field, node, reader))
        return false;
    if (!isfinite(number)) { /* in the field's unit */
        too_large(number, field, node, reader);
        return false;
    }
    bool whole = field->kind == LSNN_INT || (field->unit && strcmp(field->unit, FIELDS_STEPS) == 0);
    if (whole && number != floor(number)) {
        char phrase[FIELDS_PHRASE];
        unit_phrase(phrase, field);
        config_mistake(reader->report, &node->place, "'%s' must be a whole number%s, not '%.60s'", field->name, phrase,
                       node->text);
        return false;
    }
    if (!in_range(number, field, node, reader)) return false;
    *out = number;
    return true;
}

/* Whether a text is a range of whole numbers like 0..4, both ends included. */
static bool is_range(double *first, double *last, const char *text)
{
    enum { LONGEST_NUMBER = 32 };
    char first_text[LONGEST_NUMBER];
    const char *dots = strstr(text, "..");
    if (!dots || dots - text >= LONGEST_NUMBER) return false;
    snprintf(first_text, sizeof first_text, "%.*s", (int)(dots - text), text);
    return text_to_double(first, first_text) && text_to_double(last, dots + 2) && *first == floor(*first) &&
           *last == floor(*last);
}

/* How many numbers an entry stands for; a wrong one counts as one, it is looked at when it is read. */
static size_t count_of(const config_node *entry)
{
    double first, last;
    bool range = entry->kind == CONFIG_SCALAR && is_range(&first, &last, entry->text);
    return range && last >= first && last - first < LARGEST_RANGE ? (size_t)(last - first) + 1 : 1;
}

/* Returns how many numbers were stored; 0 after a mistake. */
static size_t read_entry(double *out, const lsnn_field *field, const config_node *entry, const fields_reader *reader)
{
    double first, last;
    if (entry->kind != CONFIG_SCALAR || !is_range(&first, &last, entry->text))
        return fields_number(out, field, entry, reader) ? 1 : 0;
    if (last < first) {
        config_mistake(reader->report, &entry->place,
                       "the range '%.60s' runs backwards; write the smaller number first", entry->text);
        return 0;
    }
    if (last - first >= LARGEST_RANGE) {
        config_mistake(reader->report, &entry->place, "the range '%.60s' is longer than %d numbers", entry->text,
                       LARGEST_RANGE);
        return 0;
    }
    if (!in_range(first, field, entry, reader) || !in_range(last, field, entry, reader)) return 0;
    size_t n = count_of(entry);
    for (size_t i = 0; i < n; i++)
        out[i] = first + (double)i;
    return n;
}

lsnn_status fields_reals(lsnn_reals *out, const lsnn_field *field, const config_node *node, const fields_reader *reader,
                         lsnn_error *err)
{
    double *values;
    if (node->kind == CONFIG_MAP) {
        config_mistake(reader->report, &node->place, "'%s' must be a number or a list of numbers, not a map",
                       field->name);
        return LSNN_OK;
    }
    bool list = node->kind == CONFIG_LIST;
    size_t n = 0, used = 0;
    for (const config_node *entry = list ? node->first : node; entry; entry = list ? entry->next : NULL)
        n += count_of(entry);
    if (n > INT_MAX) {
        config_mistake(reader->report, &node->place, "'%s' has more than %d numbers", field->name, INT_MAX);
        return LSNN_OK;
    }
    TRY(arena_take(reader->memory, &values, n, sizeof *values, err));
    for (const config_node *entry = list ? node->first : node; entry; entry = list ? entry->next : NULL)
        used += read_entry(values + used, field, entry, reader);
    *out = (lsnn_reals){.n = (int)used, .values = values};
    return LSNN_OK;
}
