/* Samplers as searches. Each number that is drawn becomes a coordinate from -1 to 1, even or logarithmic as it is drawn, and the sampler
 * begins in the middle. Beyond the ends the interval is reflected, so that the sampler sees a function without ends, and what it is
 * told was measured where it asked. It is asked and told anew from generation 0 on: what it knows lies in the outcomes alone. */
#include "sampling.h"
#include "search_inside.h"
#include <math.h>
#include <string.h>

/* In the unit interval. */
static double place_of(double coordinate)
{
    const double folded = fmod(fabs((coordinate + 1) / 2), 2);
    return folded > 1 ? 2 - folded : folded;
}

static void replay(sampling *work, int g, const double *const *scores)
{
    for (int k = 0; k < g; k++) {
        sampling_ask(work);
        memcpy(work->score, scores[k], (size_t)work->now.population * sizeof *work->score);
        sampling_tell(work);
    }
}

lsnn_status search_sampler(const search *s, space *sp, int g, const double *const *scores, arena *a, lsnn_error *err)
{
    const size_t n = (size_t)space_n_drawn(sp);
    double *u;
    sampling *work;
    TRY(arena_take(a, &u, n, sizeof *u, err)); /* zeros: the start */
    TRY(sampling_new(&work, s->sampler, s->parameters, (int)n, u, sp->sampler_seed, a, err));
    replay(work, g, scores);
    sampling_ask(work);
    const size_t size = (size_t)work->now.population;
    for (size_t k = 0; k < size; k++) {
        for (size_t i = 0; i < n; i++)
            u[i] = place_of(work->point[k * n + i]);
        TRY(space_fill(sp, (size_t)g * size + k, u, a, err));
    }
    return LSNN_OK;
}
