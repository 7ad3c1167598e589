/* Regularisation of firing rates; how many surrogates there are. */
#include "trainer.h"
#include <math.h>

/* dE/dz of c_reg sum_j (f_j - f_target)^2 is the same at every step: 2 c_reg (f_j - f_target) / (batch T dt). */
static double pull(const trainer *t, const tape *tp, double f)
{
    const rate_settings *r = &t->settings.regularisation;
    return 2 * r->strength * (f - r->target) / (t->settings.batch * (tp->n_steps * t->net->dt));
}

static double of_sample(const trainer *t, const tape *tp, int neuron)
{
    const double duration = tp->n_steps * t->net->dt;
    switch ((rate_scope)t->settings.regularisation.scope) {
    case SCOPE_SAMPLE: return tp->count[neuron] / duration;
    case SCOPE_BATCH: return (double)t->count[neuron] / (t->settings.batch * duration);
    case SCOPE_PREVIOUS: break;
    }
    /* The first batch has none before it: there the pull is zero. */
    return t->previous_rate[neuron] < 0 ? t->settings.regularisation.target : t->previous_rate[neuron];
}

void rates_signal(const trainer *t, worker *w, const tape *tp)
{
    if (t->settings.regularisation.strength == 0) return;
    for (int k = 0; k < t->net->n_spiking_populations; k++) {
        const population *p = &t->net->populations[k];
        for (int j = 0; !p->model->hidden && j < p->n; j++)
            w->rate_signal[p->column + j] = (real)pull(t, tp, of_sample(t, tp, p->first + j));
    }
}

static double loss_of(const trainer *t, double (*f)(const trainer *t, const tape *tp, int neuron), const tape *tp)
{
    double loss = 0;
    for (int k = 0; k < t->net->n_spiking_populations; k++) {
        const population *p = &t->net->populations[k];
        for (int j = p->first; !p->model->hidden && j < p->first + p->n; j++) {
            const double difference = f(t, tp, j) - t->settings.regularisation.target;
            loss += difference * difference;
        }
    }
    return t->settings.regularisation.strength * loss;
}

static double of_batch(const trainer *t, const tape *tp, int neuron)
{
    (void)tp;
    return (double)t->count[neuron] / (t->settings.batch * (t->shape.n_steps * t->net->dt));
}

double rates_batch(const trainer *t, int neuron)
{
    return of_batch(t, NULL, neuron);
}

double rates_loss(const trainer *t, const tape *tp)
{
    return tp ? loss_of(t, of_sample, tp) : loss_of(t, of_batch, NULL);
}

/* Only passes from neuron to neuron look for the surrogates that are not 0. */
double rates_psi_density(const trainer *t)
{
    uint64_t n = 0;
    const int n_spiking = t->net->n_spiking - t->net->n_hidden;
    if (!t->settings.learns || !t->settings.paths.recurrent || n_spiking == 0) return NAN;
    for (int k = 0; k < t->n_threads; k++)
        n += t->workers[k]->n_active;
    return (double)n / ((double)n_spiking * (double)t->n_steps);
}
