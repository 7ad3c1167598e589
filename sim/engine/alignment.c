/* How well a rule's gradient points in the direction of another one's. */
#include "alignment.h"
#include <math.h>
#include <string.h>

static lsnn_paths other_paths(const learning_settings *s)
{
    const aligned_with usual = s->paths.recurrent ? ALIGNED_EPROP : ALIGNED_BPTT;
    const aligned_with with = s->aligned_with == ALIGNED_AUTO ? usual : s->aligned_with;
    return (lsnn_paths){.feedback = LSNN_SYMMETRIC, .recurrent = with != ALIGNED_EPROP, .reset = with == ALIGNED_BPTT};
}

static double cosine(const real *a, const real *b, size_t n)
{
    double ab = 0, aa = 0, bb = 0;
    for (size_t k = 0; k < n; k++) {
        ab += (double)a[k] * (double)b[k];
        aa += (double)a[k] * (double)a[k];
        bb += (double)b[k] * (double)b[k];
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}

static void exchange(real **a, real **b)
{
    real *c = *a;
    *a = *b;
    *b = c;
}

/* The readouts' errors come back through the weights: for one gradient. */
static void exchange_feedback(trainer *t)
{
    for (int i = 0; i < t->net->n_projections; i++)
        if (t->net->projections[i].to_output) exchange(&t->net->projections[i].feedback, &t->weights_as_feedback[i]);
}

lsnn_status alignment_new(trainer *t, arena *a, lsnn_error *err)
{
    const network *net = t->net;
    TRY(arena_take(a, &t->alignment, (size_t)net->n_projections, sizeof *t->alignment, err));
    TRY(arena_take(a, &t->weights_as_feedback, (size_t)net->n_projections, sizeof(real *), err));
    for (int i = 0; i < net->n_projections; i++)
        t->weights_as_feedback[i] = net->parameters[net->projections[i].parameter].value;
    return gradients_new(&t->aside, net, a, err);
}

lsnn_status alignment_find(trainer *t, lsnn_error *err)
{
    const lsnn_paths own = t->settings.paths;
    metrics m;
    gradients *gradient = t->gradient;
    t->settings.paths = other_paths(&t->settings);
    t->gradient = t->aside;
    exchange_feedback(t);
    const lsnn_status status = trainer_gradient(t, &m, NULL, err);
    exchange_feedback(t);
    t->gradient = gradient;
    t->settings.paths = own;
    for (int i = 0; status == LSNN_OK && i < t->net->n_projections; i++) {
        const int p = t->net->projections[i].parameter;
        t->alignment[i] = cosine(gradient->value[p], t->aside->value[p], t->net->parameters[p].n);
    }
    return status;
}
