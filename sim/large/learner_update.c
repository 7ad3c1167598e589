/* What learning does to the synapses of slices. */
#include "learner_update.h"
#include "learner_inside.h"
#include <string.h>

void learner_clear(void *with)
{
    const learner *l = with;
#pragma omp parallel for num_threads(l->n_threads) schedule(static, 1)
    for (int s = 0; s < l->c->n_slices; s++)
        for (int k = 0; k < l->c->n_projections; k++) {
            const learner_weights *w = &l->slice[s].weights[k];
            if (w->learned.learn) memset(w->gradient, 0, w->learned.n * sizeof(real));
        }
}

/* By postsynaptic neuron, in the order of projections and cells: that is the same in all slices. */
static void add_squares(const learner *l, int s)
{
    double *square = l->slice[s].square;
    memset(square, 0, (size_t)l->c->slice[s].n_columns * sizeof *square);
    for (int k = 0; k < l->c->n_projections; k++) {
        const learner_weights *w = &l->slice[s].weights[k];
        const circuit_rows *rows = &l->c->slice[s].rows[k];
        const uint32_t n = w->learned.learn ? rows->start[l->c->projection[k].n_from] : 0;
        for (uint32_t a = 0; a < n; a++)
            square[rows->target[a]] += (double)w->gradient[a] * (double)w->gradient[a];
    }
}

double learner_squares(void *with)
{
    const learner *l = with;
    double sum = 0;
#pragma omp parallel for num_threads(l->n_threads) schedule(static, 1)
    for (int s = 0; s < l->c->n_slices; s++)
        add_squares(l, s);
    for (int k = 0; k < l->net->n_spiking_populations; k++)
        for (int s = 0; s < l->c->n_slices; s++) {
            const circuit_part *part = &l->c->slice[s].part[k];
            for (int j = 0; j < part->n; j++)
                sum += l->slice[s].square[part->column + j];
        }
    return sum;
}

/* Weights that would cross zero stay there. */
static void keep_signs(const learner *l, int s, int number)
{
    const real *sign = l->e->plans[number].site.sign;
    const circuit_rows *rows = &l->c->slice[s].rows[number];
    for (int i = 0; sign && i < l->c->projection[number].n_from; i++)
        for (uint32_t k = rows->start[i]; k < rows->start[i + 1]; k++)
            if (rows->weight[k] * sign[i] < 0) rows->weight[k] = 0;
}

void learner_update(void *with, double rate, double factor)
{
    const learner *l = with;
#pragma omp parallel for num_threads(l->n_threads) schedule(static, 1)
    for (int s = 0; s < l->c->n_slices; s++) {
        worker_enter_thread();
        for (int k = 0; k < l->c->n_projections; k++) {
            const learner_weights *w = &l->slice[s].weights[k];
            if (!w->learned.learn) continue;
            update_parameter(&l->t->settings, &w->learned, w->gradient, w->moment, 0, w->learned.n, rate, factor,
                             l->t->updates + 1);
            keep_signs(l, s, k);
        }
    }
}

/* ---- checkpoints ------------------------------------------------------------------------------------------------------ */

typedef real *which_array(const learner_weights *w, int moment);

static real *weights_or_moment(const learner_weights *w, int moment)
{
    return moment == LEARNER_WEIGHTS ? w->learned.value : w->moment[moment];
}

static real *gradient(const learner_weights *w, int moment)
{
    (void)moment;
    return w->gradient;
}

bool learner_has(const learner *l, int number, int moment)
{
    if (moment >= LSNN_MAX_MOMENTS) return false;
    return weights_or_moment(&l->slice[0].weights[number], moment) != NULL;
}

/* Cell by cell; of a cell population by population, slices in their order. */
static void exchange(const learner *l, int number, which_array *which, int moment, real *flat, bool out)
{
    const circuit_projection *p = &l->c->projection[number];
    for (int i = 0; i < p->n_from; i++)
        for (int q = p->to_population; q < p->to_population + p->n_to_populations; q++)
            for (int s = 0; s < l->c->n_slices; s++) {
                const circuit_rows *rows = &l->c->slice[s].rows[number];
                const circuit_part *part = &l->c->slice[s].part[q];
                real *array = which(&l->slice[s].weights[number], moment);
                for (uint32_t k = rows->start[i]; k < rows->start[i + 1]; k++) {
                    if (rows->target[k] < part->column || rows->target[k] >= part->column + part->n) continue;
                    if (out)
                        *flat++ = array[k];
                    else
                        array[k] = *flat++;
                }
            }
}

void learner_gather(const learner *l, int number, int moment, real *out)
{
    exchange(l, number, weights_or_moment, moment, out, true);
}

void learner_scatter(learner *l, int number, int moment, const real *in)
{
    exchange(l, number, weights_or_moment, moment, (real *)in, false);
}

void learner_gather_gradient(const learner *l, int number, real *out)
{
    exchange(l, number, gradient, 0, out, true);
}
