/* What samplers share. */
#include "sampling.h"
#include <float.h>
#include <math.h>
#include <string.h>

lsnn_status sampling_new(sampling **out, const lsnn_sampler *sampler, const void *parameters, int n,
                         const double *start, uint64_t seed, arena *a, lsnn_error *err)
{
    sampling *s;
    const int population = sampler->population(parameters, n);
    TRY(arena_take(a, &s, 1, sizeof *s, err));
    *s = (sampling){.sampler = sampler,
                    .parameters = parameters,
                    .now = {.n = n, .population = population, .seed = seed},
                    .n_state = sampler->state_length(parameters, n)};
    TRY(arena_take(a, &s->start, (size_t)n, sizeof *s->start, err));
    TRY(arena_take(a, &s->state, s->n_state, sizeof *s->state, err));
    TRY(arena_take(a, &s->point, (size_t)population * (size_t)n, sizeof *s->point, err));
    TRY(arena_take(a, &s->score, (size_t)population, sizeof *s->score, err));
    memcpy(s->start, start, (size_t)n * sizeof *start);
    s->now.start = s->start;
    sampling_begin(s);
    *out = s;
    return LSNN_OK;
}

void sampling_begin(sampling *s)
{
    s->now.generation = 0;
    memset(s->state, 0, s->n_state * sizeof *s->state);
    s->sampler->begin(s->parameters, &s->now, s->state);
}

void sampling_ask(sampling *s)
{
    s->sampler->ask(s->parameters, &s->now, s->state, s->point);
}

void sampling_tell(sampling *s)
{
    for (int k = 0; k < s->now.population; k++)
        if (!isfinite(s->score[k])) s->score[k] = DBL_MAX;
    s->sampler->tell(s->parameters, &s->now, s->state, s->point, s->score);
    s->now.generation++;
}

const double *sampling_best(const sampling *s)
{
    return s->sampler->best(s->parameters, &s->now, s->state);
}

lsnn_random lsnn_sampler_chance(const lsnn_sampling *s, int who)
{
    return lsnn_random_stream(s->seed, LSNN_SAMPLER, (uint64_t)who, s->generation);
}

/* Merge sort, so that equal scores stay in order. */
void lsnn_sampler_rank(int *order, const double *score, int n)
{
    int merged[n];
    for (int k = 0; k < n; k++)
        order[k] = k;
    for (int width = 1; width < n; width *= 2) {
        for (int from = 0; from < n; from += 2 * width) {
            const int middle = from + width < n ? from + width : n, to = from + 2 * width < n ? from + 2 * width : n;
            int a = from, b = middle;
            for (int k = from; k < to; k++)
                merged[k] = a < middle && (b == to || score[order[a]] <= score[order[b]]) ? order[a++] : order[b++];
        }
        memcpy(order, merged, sizeof merged);
    }
}

void lsnn_sampler_keep(double *best, const lsnn_sampling *s, const double *point, const double *score)
{
    for (int k = 0; k < s->population; k++) {
        if (score[k] >= best[0]) continue;
        best[0] = score[k];
        memcpy(best + 1, point + (size_t)k * (size_t)s->n, (size_t)s->n * sizeof *best);
    }
}
