/* Random and quasi-random draws. */
#include "lsnn/random.h"
#include "space.h"
#include <gsl/gsl_qrng.h>
#include <math.h>
#include <string.h>

static size_t below(double u, size_t n)
{
    const size_t k = (size_t)(u * (double)n);
    return k < n ? k : n - 1;
}

/* Six digits: enough for a setting, and few enough for every libm to agree. */
static lsnn_status number(const char **out, double value, arena *a, lsnn_error *err)
{
    return arena_format(a, out, err, "%.6g", value);
}

static double between_logarithms(double low, double high, double u)
{
    return exp(log(low) + u * (log(high) - log(low)));
}

lsnn_status space_at(const char **out, const space_parameter *p, double u, arena *a, lsnn_error *err)
{
    switch (p->sort) {
    case SPACE_VALUES:
    case SPACE_CHOICE: *out = p->values[below(u, (size_t)p->n)].text; return LSNN_OK;
    case SPACE_UNIFORM: return number(out, p->low + u * (p->high - p->low), a, err);
    case SPACE_LOG_UNIFORM: return number(out, between_logarithms(p->low, p->high, u), a, err);
    case SPACE_INTEGER:
        return arena_format(a, out, err, "%.0f", p->low + (double)below(u, (size_t)(p->high - p->low) + 1));
    case SPACE_LOG_INTEGER: {
        const double x = floor(between_logarithms(p->low, p->high + 1, u));
        return arena_format(a, out, err, "%.0f", x > p->high ? p->high : x);
    }
    }
    return lsnn_fail(err, LSNN_INTERNAL, "a parameter of no sort");
}

lsnn_status space_fill(space *s, size_t draw, const double *u, arena *a, lsnn_error *err)
{
    for (int p = 0, d = 0; p < s->n_parameters; p++)
        if (space_is_drawn(&s->parameters[p]))
            TRY(space_at(&s->drawn[draw * (size_t)s->n_parameters + (size_t)p], &s->parameters[p], u[d++], a, err));
    return LSNN_OK;
}

static lsnn_status draw_random(space *s, size_t first, size_t n, double *u, arena *a, lsnn_error *err)
{
    for (size_t draw = first; draw < first + n; draw++) {
        lsnn_random stream = lsnn_random_stream(s->sampler_seed, LSNN_PARAMETERS, draw, 0);
        for (int d = 0; d < space_n_drawn(s); d++)
            u[d] = lsnn_random_uniform(&stream);
        TRY(space_fill(s, draw, u, a, err));
    }
    return LSNN_OK;
}

static const gsl_qrng_type *sequence(space_sampler sampler)
{
    switch (sampler) {
    case SPACE_SOBOL: return gsl_qrng_sobol;
    case SPACE_NIEDERREITER: return gsl_qrng_niederreiter_2;
    case SPACE_HALTON: return gsl_qrng_halton;
    case SPACE_REVERSE_HALTON: return gsl_qrng_reversehalton;
    case SPACE_RANDOM: break;
    }
    return NULL;
}

static lsnn_status draw_sequence(space *s, size_t first, size_t n, double *u, arena *a, lsnn_error *err)
{
    const gsl_qrng_type *type = sequence(s->sampler);
    if ((unsigned)space_n_drawn(s) > type->max_dimension)
        return lsnn_fail(err, LSNN_CONFIG, "the sequence '%s' has at most %u dimensions, and %d parameters are drawn",
                         type->name, type->max_dimension, space_n_drawn(s));
    gsl_qrng *q = gsl_qrng_alloc(type, (unsigned)space_n_drawn(s));
    if (!q) return lsnn_fail(err, LSNN_MEMORY, "not enough memory for the sequence of draws");
    lsnn_status status = LSNN_OK;
    for (size_t draw = 0; status == LSNN_OK && draw < first + n; draw++) {
        gsl_qrng_get(q, u);
        if (draw >= first) status = space_fill(s, draw, u, a, err);
    }
    gsl_qrng_free(q);
    return status;
}

lsnn_status space_draw(space *s, size_t first, size_t n, arena *a, lsnn_error *err)
{
    double *u;
    if (space_n_drawn(s) == 0) return LSNN_OK;
    TRY(arena_take(a, &u, (size_t)space_n_drawn(s), sizeof *u, err));
    TRY((s->sampler == SPACE_RANDOM ? draw_random : draw_sequence)(s, first, n, u, a, err));
    if (s->n_known < first + n) s->n_known = first + n;
    return LSNN_OK;
}
