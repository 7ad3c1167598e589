/* The units that a user may write after a number. */
#include "unit.h"
#include <stddef.h>
#include <string.h>

typedef struct dimension {
    const char *name, *units;
} dimension;

typedef struct unit {
    const char *name;
    const dimension *dimension;
    double size; /* in the smallest unit of the dimension */
} unit;

static const dimension time_span = {"time", "us, ms or s"};
static const dimension rate = {"rate", "Hz, kHz, 1/s or 1/ms"};
static const dimension voltage = {"voltage", "mV or V"};

static const unit units[] = {
    {"us", &time_span, 1}, {"ms", &time_span, 1e3}, {"s", &time_span, 1e6}, {"Hz", &rate, 1},     {"1/s", &rate, 1},
    {"kHz", &rate, 1e3},   {"1/ms", &rate, 1e3},    {"mV", &voltage, 1},    {"V", &voltage, 1e3},
};

static const unit *unit_find(const char *name)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(units[i].name, name) == 0) return &units[i];
    return NULL;
}

const char *unit_dimension(const char *name)
{
    const unit *u = unit_find(name);
    return u ? u->dimension->name : NULL;
}

const char *unit_alternatives(const char *name)
{
    const unit *u = unit_find(name);
    return u ? u->dimension->units : NULL;
}

/* The ratio of two sizes, the larger one above, is a whole number: one rounding, so that 2 us are the same as 0.002 ms. */
double unit_convert(double number, const char *from, const char *to)
{
    double size = unit_find(from)->size, size_wanted = unit_find(to)->size;
    return size >= size_wanted ? number * (size / size_wanted) : number / (size_wanted / size);
}
