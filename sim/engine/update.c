/* From the shards' gradients to new parameters. Each element is computed by one thread in a fixed order. */
#include "lsnn/model.h"
#include "trainer.h"
#include <math.h>
#include <string.h>

#define CHUNK ((size_t)4096)

LSNN_KERNEL static void add_chunk(real *sum, const real *part, size_t n)
{
#pragma omp simd
    for (size_t k = 0; k < n; k++)
        sum[k] += part[k];
}

LSNN_KERNEL static void mask(real *gradient, const real *present, size_t n)
{
#pragma omp simd
    for (size_t k = 0; k < n; k++)
        gradient[k] *= present[k];
}

/* With `sums` the shards hold differences between neighbouring rows. */
static void sum_differences(const trainer *t)
{
    for (int i = 0; i < t->net->n_projections; i++) {
        const projection *p = &t->net->projections[i];
        if (!p->sums) continue;
        real *row = t->gradient->value[p->parameter];
        for (int r = 1; r < p->n_from; r++)
            add_chunk(row + (size_t)r * (size_t)p->width, row + (size_t)(r - 1) * (size_t)p->width, (size_t)p->width);
    }
}

void update_reduce(trainer *t)
{
    for (int p = 0; p < t->net->n_parameters; p++) {
        const parameter *learned = &t->net->parameters[p];
        if (!learned->learn) continue;
        const size_t length = gradients_length(t->net, p);
#pragma omp parallel for schedule(static) num_threads(t->n_threads)
        for (size_t k = 0; k < length; k += CHUNK) {
            const size_t n = length - k < CHUNK ? length - k : CHUNK;
            memcpy(t->gradient->value[p] + k, t->shards[0]->value[p] + k, n * sizeof(real));
            for (int s = 1; s < t->n_shards; s++)
                add_chunk(t->gradient->value[p] + k, t->shards[s]->value[p] + k, n);
        }
    }
    sum_differences(t);
    for (int p = 0; p < t->net->n_parameters; p++) {
        const parameter *learned = &t->net->parameters[p];
        if (learned->learn && learned->present) mask(t->gradient->value[p], learned->present, learned->n);
    }
}

double update_norm(const trainer *t)
{
    double lane[LSNN_LANES] = {0}, sum = 0; /* a fixed shape of the sum, so that compilers cannot choose one */
    for (int p = 0; p < t->net->n_parameters; p++) {
        if (!t->net->parameters[p].learn) continue;
        const real *g = t->gradient->value[p];
        for (size_t k = 0; k < t->net->parameters[p].n; k += LSNN_LANES)
            for (int j = 0; j < LSNN_LANES; j++)
                lane[j] += (double)g[k + (size_t)j] * (double)g[k + (size_t)j];
    }
    for (int j = 0; j < LSNN_LANES; j++)
        sum += lane[j];
    if (t->passes) sum += t->passes->squares(t->passes->with);
    return sqrt(sum);
}

LSNN_KERNEL static void scale(real *values, size_t n, real factor)
{
#pragma omp simd
    for (size_t k = 0; k < n; k++)
        values[k] *= factor;
}

static void clamp(real *values, const real *present, size_t n, double min, double max)
{
    for (size_t k = 0; k < n; k++) {
        if (present && present[k] == 0) continue;
        if (values[k] < min) values[k] = (real)min;
        if (values[k] > max) values[k] = (real)max;
    }
}

void update_parameter(const learning_settings *settings, const parameter *learned, real *gradient, real *const *moment,
                      size_t first, size_t n, double rate, double factor, uint64_t update)
{
    const double own_rate = rate * learned->rate;
    real *own_moment[LSNN_MAX_MOMENTS] = {0}, *value = learned->value + first;
    for (int m = 0; m < LSNN_MAX_MOMENTS && moment[m]; m++)
        own_moment[m] = moment[m] + first;
    if (factor != 1) scale(gradient + first, n, (real)factor);
    if (settings->weight_decay > 0 && learned->decays) scale(value, n, (real)(1 - own_rate * settings->weight_decay));
    settings->optimiser->step(settings->optimiser_parameters, own_rate, update, n, value, gradient + first, own_moment);
    if (learned->min > -INFINITY || learned->max < INFINITY)
        clamp(value, learned->present ? learned->present + first : NULL, n, learned->min, learned->max);
}

static void change(trainer *t, int p, double rate, double factor)
{
    const parameter *learned = &t->net->parameters[p];
#pragma omp parallel for schedule(static) num_threads(t->n_threads)
    for (size_t k = 0; k < learned->n; k += CHUNK)
        update_parameter(&t->settings, learned, t->gradient->value[p], t->moment[p], k,
                         learned->n - k < CHUNK ? learned->n - k : CHUNK, rate, factor, t->updates + 1);
}

/* Weights that would cross zero stay there, unless the synapse then goes elsewhere. */
static void keep_signs(trainer *t)
{
    for (int i = 0; i < t->net->n_projections; i++) {
        const projection *p = &t->net->projections[i];
        const parameter *weights = &t->net->parameters[p->parameter];
        if (!weights->learn || !weights->sign || p->rewiring) continue;
        for (size_t k = 0; k < weights->n; k++)
            if (weights->value[k] * weights->sign[k] < 0) weights->value[k] = 0;
    }
}

/* F receives the change of W_out, and both decay: so they grow alike (Kolen & Pollack 1994; Bellec et al. 2020, adaptive e-prop). */
static void adapt_feedback(trainer *t, const projection *p, const real *before)
{
    const parameter *weights = &t->net->parameters[p->parameter];
    const real keep = (real)(1 - t->settings.paths.feedback_decay);
    for (size_t k = 0; k < weights->n; k++) {
        p->feedback[k] = keep * (p->feedback[k] + (weights->value[k] - before[k]));
        weights->value[k] *= keep;
    }
}

void update_apply(trainer *t, double rate, double norm)
{
    const double factor = t->settings.clip > 0 && norm > t->settings.clip ? t->settings.clip / norm : 1;
    for (int i = 0; i < t->net->n_projections; i++)
        if (t->before[i]) {
            const parameter *weights = &t->net->parameters[t->net->projections[i].parameter];
            memcpy(t->before[i], weights->value, weights->n * sizeof(real));
        }
    for (int p = 0; p < t->net->n_parameters; p++)
        if (t->net->parameters[p].learn) change(t, p, rate, factor);
    if (t->passes) t->passes->update(t->passes->with, rate, factor);
    keep_signs(t);
    for (int i = 0; i < t->net->n_projections; i++)
        if (t->before[i]) adapt_feedback(t, &t->net->projections[i], t->before[i]);
    for (int i = 0; i < t->net->n_projections; i++) {
        const parameter *weights = &t->net->parameters[t->net->projections[i].parameter];
        if (t->net->projections[i].rewiring && weights->learn)
            rewire_projection(t->rewire, t->net, i, t->moment[t->net->projections[i].parameter],
                              t->settings.optimiser->scales, rate * weights->rate, t->iteration);
    }
}
