/* Cross-entropy search. A number is drawn from a normal distribution of its place in the unit interval (cut off at the ends), a
 * choice from probabilities; both start uniform and are fitted to the elite of each generation. */
#include "lsnn/random.h"
#include "search_inside.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct belief {
    double mean, sd;     /* of the place; sd 0: uniform so far */
    double *probability; /* [n] of choices */
} belief;

/* The narrowest, so that a search cannot stop to look around. */
#define NARROWEST 0.01

static double place_of(const space_parameter *p, const char *text)
{
    const double x = strtod(text, NULL);
    switch (p->sort) {
    case SPACE_UNIFORM: return (x - p->low) / (p->high - p->low);
    case SPACE_LOG_UNIFORM: return log(x / p->low) / log(p->high / p->low);
    case SPACE_INTEGER: return (x - p->low + 0.5) / (p->high - p->low + 1);
    case SPACE_LOG_INTEGER: return log((x + 0.5) / p->low) / log((p->high + 1) / p->low);
    case SPACE_VALUES:
    case SPACE_CHOICE: break;
    }
    return 0;
}

static const char *drawn(const space *sp, size_t draw, int p)
{
    return sp->drawn[draw * (size_t)sp->n_parameters + (size_t)p];
}

typedef struct ranked {
    double score;
    size_t draw;
} ranked;

static int by_score(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (isnan(x->score) != isnan(y->score)) return isnan(x->score) ? 1 : -1;
    if (x->score != y->score && !isnan(x->score)) return x->score < y->score ? -1 : 1;
    return (x->draw > y->draw) - (x->draw < y->draw);
}

static size_t find_elite(const search *s, ranked *rank, int g, const double *score)
{
    const size_t n = (size_t)s->population;
    size_t finished = 0;
    for (size_t k = 0; k < n; k++) {
        rank[k] = (ranked){score[k], (size_t)g * n + k};
        finished += !isnan(score[k]);
    }
    qsort(rank, n, sizeof *rank, by_score);
    size_t elite = (size_t)lround(s->elite * (double)n);
    if (elite < 2) elite = 2;
    return elite < finished ? elite : finished;
}

static void fit_number(const search *s, belief *b, const space *sp, int p, const ranked *rank, size_t n)
{
    double sum = 0, squares = 0;
    for (size_t k = 0; k < n; k++)
        sum += place_of(&sp->parameters[p], drawn(sp, rank[k].draw, p));
    const double mean = sum / (double)n;
    for (size_t k = 0; k < n; k++) {
        const double d = place_of(&sp->parameters[p], drawn(sp, rank[k].draw, p)) - mean;
        squares += d * d;
    }
    const double sd = sqrt(squares / (double)n);
    /* Of the uniform distribution: 1/2 and 1/sqrt(12). */
    const double old_mean = b->sd > 0 ? b->mean : 0.5, old_sd = b->sd > 0 ? b->sd : sqrt(1.0 / 12);
    b->mean = s->smoothing * mean + (1 - s->smoothing) * old_mean;
    b->sd = fmax(NARROWEST, s->smoothing * sd + (1 - s->smoothing) * old_sd);
}

static void fit_choice(const search *s, belief *b, const space *sp, int p, const ranked *rank, size_t n)
{
    const space_parameter *q = &sp->parameters[p];
    for (int c = 0; c < q->n; c++) {
        double chosen = 0;
        for (size_t k = 0; k < n; k++)
            chosen += strcmp(drawn(sp, rank[k].draw, p), q->values[c].text) == 0;
        b->probability[c] = s->smoothing * chosen / (double)n + (1 - s->smoothing) * b->probability[c];
    }
}

static void fit(const search *s, belief *beliefs, const space *sp, const ranked *rank, size_t n)
{
    for (int p = 0; n > 0 && p < sp->n_parameters; p++) {
        if (!space_is_drawn(&sp->parameters[p])) continue;
        if (sp->parameters[p].sort == SPACE_CHOICE)
            fit_choice(s, &beliefs[p], sp, p, rank, n);
        else
            fit_number(s, &beliefs[p], sp, p, rank, n);
    }
}

/* The normal distribution between the ends of the unit interval, by its inverse. */
static double cut_normal(const belief *b, double u)
{
    const double low = gsl_cdf_gaussian_P(-b->mean, b->sd), high = gsl_cdf_gaussian_P(1 - b->mean, b->sd);
    const double x = b->mean + gsl_cdf_gaussian_Pinv(low + u * (high - low), b->sd);
    return fmin(fmax(x, 0), 1);
}

static lsnn_status draw_one(const char **out, const space_parameter *p, const belief *b, double u, arena *a,
                            lsnn_error *err)
{
    if (p->sort != SPACE_CHOICE) return space_at(out, p, b->sd > 0 ? cut_normal(b, u) : u, a, err);
    int c = 0;
    for (double sum = b->probability[0]; u > sum && c < p->n - 1; sum += b->probability[c])
        c++;
    *out = p->values[c].text;
    return LSNN_OK;
}

static lsnn_status start(belief **out, const space *sp, arena *a, lsnn_error *err)
{
    belief *b;
    TRY(arena_take(a, &b, (size_t)sp->n_parameters + 1, sizeof *b, err));
    for (int p = 0; p < sp->n_parameters; p++) {
        const space_parameter *q = &sp->parameters[p];
        if (q->sort != SPACE_CHOICE) continue;
        TRY(arena_take(a, &b[p].probability, (size_t)q->n, sizeof(double), err));
        for (int c = 0; c < q->n; c++)
            b[p].probability[c] = 1.0 / q->n;
    }
    *out = b;
    return LSNN_OK;
}

lsnn_status search_cross_entropy(const search *s, space *sp, int g, const double *const *scores, arena *a,
                                 lsnn_error *err)
{
    belief *beliefs;
    ranked *rank;
    if (g == 0) return space_draw(sp, 0, (size_t)s->population, a, err);
    TRY(start(&beliefs, sp, a, err));
    TRY(arena_take(a, &rank, (size_t)s->population, sizeof *rank, err));
    for (int k = 0; k < g; k++)
        fit(s, beliefs, sp, rank, find_elite(s, rank, k, scores[k]));
    for (size_t draw = (size_t)g * (size_t)s->population; draw < ((size_t)g + 1) * (size_t)s->population; draw++) {
        lsnn_random stream = lsnn_random_stream(sp->sampler_seed, LSNN_PARAMETERS, draw, 0);
        for (int p = 0; p < sp->n_parameters; p++)
            if (space_is_drawn(&sp->parameters[p]))
                TRY(draw_one(&sp->drawn[draw * (size_t)sp->n_parameters + (size_t)p], &sp->parameters[p], &beliefs[p],
                             lsnn_random_uniform(&stream), a, err));
    }
    return LSNN_OK;
}
