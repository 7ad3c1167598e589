/* Numbers of trials and what they stand for. */
#include "space.h"
#include "text.h"
#include <string.h>

bool space_is_drawn(const space_parameter *p)
{
    return p->sort != SPACE_VALUES;
}

int space_n_drawn(const space *s)
{
    int n = 0;
    for (int p = 0; p < s->n_parameters; p++)
        n += space_is_drawn(&s->parameters[p]);
    return n;
}

int space_find(const space *s, const char *path)
{
    for (int p = 0; p < s->n_parameters; p++)
        if (strcmp(s->parameters[p].path, path) == 0) return p;
    return -1;
}

static size_t position(const space *s, size_t point, int axis)
{
    return point / s->stride[axis] % s->length[axis];
}

static size_t point_of(const space *s, size_t trial)
{
    return s->point ? s->point[trial] : trial;
}

size_t space_draw_of(const space *s, size_t trial)
{
    return s->n_draws > 0 ? position(s, point_of(s, trial), 0) : 0;
}

/* 0.1 and 1e-1 are the same. */
static bool same(const char *a, const char *b)
{
    double x, y;
    if (text_to_double(&x, a) && text_to_double(&y, b)) return x == y;
    return strcmp(a, b) == 0;
}

static const char *value_at(const space *s, size_t point, int parameter);

static bool holds(const space *s, size_t point, const space_condition *c)
{
    const char *value = value_at(s, point, c->of);
    for (int k = 0; value && k < c->n; k++)
        if (same(value, c->values[k])) return true;
    return false;
}

static bool is_active(const space *s, size_t point, const space_parameter *p)
{
    for (int k = 0; k < p->n_conditions; k++)
        if (!holds(s, point, &p->conditions[k])) return false;
    return true;
}

/* Conditions look at parameters further up only, so this ends. */
static const char *value_at(const space *s, size_t point, int parameter)
{
    const space_parameter *p = &s->parameters[parameter];
    if (!is_active(s, point, p)) return NULL;
    const size_t k = position(s, point, p->axis);
    return space_is_drawn(p) ? s->drawn[k * (size_t)s->n_parameters + (size_t)parameter] : p->values[k].text;
}

int space_index_of(const space *s, size_t trial, int parameter)
{
    const space_parameter *p = &s->parameters[parameter];
    const size_t point = point_of(s, trial);
    return space_is_drawn(p) || !is_active(s, point, p) ? -1 : (int)position(s, point, p->axis);
}

const char *space_value_of(const space *s, size_t trial, int parameter)
{
    return value_at(s, point_of(s, trial), parameter);
}
