/* Axes, and which points are trials. */
#include "space_axes.h"
#include <string.h>

static const space_parameter *partner(const space *s, const space_parameter *p)
{
    for (const space_parameter *other = s->parameters; other < p; other++)
        if (p->zip && other->zip && strcmp(other->zip, p->zip) == 0) return other;
    return NULL;
}

static void assign_axes(const space_reading *r)
{
    space *s = r->s;
    s->n_axes = s->n_draws > 0;
    if (s->n_draws > 0) s->length[0] = s->n_draws;
    for (space_parameter *p = s->parameters; p < s->parameters + s->n_parameters; p++) {
        const space_parameter *other = partner(s, p);
        if (space_is_drawn(p)) {
            p->axis = 0;
        } else if (other) {
            p->axis = other->axis;
            if (other->n != p->n)
                config_mistake(r->report, &p->place, "'%s' has %d values, '%s', with which it is zipped, %d", p->path,
                               p->n, other->path, other->n);
        } else {
            p->axis = s->n_axes++;
            s->length[p->axis] = (size_t)p->n;
        }
    }
}

/* false after a mistake: too many points */
static bool measure(const space_reading *r, double *points)
{
    space *s = r->s;
    *points = 1;
    for (int k = s->n_axes - 1; k >= 0; k--) {
        s->stride[k] = (size_t)*points;
        *points *= (double)s->length[k];
        if (*points > 1e15) break;
    }
    if (*points <= SPACE_MOST_TRIALS) return true;
    double all = 1;
    for (int k = 0; k < s->n_axes; k++)
        all *= (double)s->length[k];
    config_mistake(r->report, &s->place, "the sweep has %.3g trials; at most %d are possible", all, SPACE_MOST_TRIALS);
    return false;
}

bool space_axes_lay(const space_reading *r, double *points)
{
    const int before = r->report->n_mistakes;
    assign_axes(r);
    return measure(r, points) && r->report->n_mistakes == before;
}

/* Whether the axis does not matter at this point: then only its first entry is a trial. */
static bool idle(const space *s, size_t point, int axis)
{
    size_t n = 0;
    for (int p = 0; p < s->n_parameters; p++) {
        const space_parameter *q = &s->parameters[p];
        if (q->axis != axis) continue;
        n++;
        if (q->n_conditions == 0) return false;
        const space one = {.n_parameters = s->n_parameters,
                           .parameters = s->parameters,
                           .n_axes = s->n_axes,
                           .length = s->length,
                           .stride = s->stride,
                           .drawn = s->drawn,
                           .point = &point};
        if (space_value_of(&one, 0, p)) return false;
    }
    return n > 0;
}

static bool is_trial(const space *s, size_t point)
{
    for (int axis = 0; axis < s->n_axes; axis++)
        if (point / s->stride[axis] % s->length[axis] > 0 && idle(s, point, axis)) return false;
    return true;
}

lsnn_status space_axes_trials(const space_reading *r, size_t points)
{
    space *s = r->s;
    bool conditional = false;
    for (int p = 0; p < s->n_parameters; p++)
        conditional = conditional || s->parameters[p].n_conditions > 0;
    s->n_trials = points;
    if (!conditional) return LSNN_OK;
    TRY(arena_take(r->a, &s->point, points, sizeof *s->point, r->err));
    s->n_trials = 0;
    for (size_t point = 0; point < points; point++)
        if (is_trial(s, point)) s->point[s->n_trials++] = point;
    return LSNN_OK;
}
