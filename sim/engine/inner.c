/* The trainee within a trial. It is seen through two networks that share all but lists with the whole one: its populations are the first
 * there, so that ids and columns are the same. */
#include "inner.h"
#include "rows.h"
#include <math.h>
#include <string.h>

struct inner {
    network updated;       /* the trainee and its readout; weights that change within a trial are W' */
    network shown;         /* the trainee, in the demonstration; in place of those weights stands their gradient */
    gradients *of_updated; /* only the pointers */
    gradients *of_shown;
    bool *changes; /* [n_parameters] */
    worker *w;
    tape *tp;      /* of the test */
    real *signals; /* [n_steps][spiking columns] */
    double keep;   /* of the filter of e, per step */
};

static lsnn_status copy_parameters(network *view, arena *a, lsnn_error *err)
{
    parameter *copies;
    TRY(arena_take(a, &copies, (size_t)view->n_parameters, sizeof *copies, err));
    memcpy(copies, view->parameters, (size_t)view->n_parameters * sizeof *copies);
    view->parameters = copies;
    return LSNN_OK;
}

/* The first n populations of `net`, and its first readout. */
static lsnn_status look_at(network *view, const network *net, int n, bool readout, arena *a, lsnn_error *err)
{
    const population *out = &net->populations[net->n_spiking_populations];
    const int end = net->populations[n].column;
    population *populations;
    projection *projections;
    *view = *net;
    TRY(arena_take(a, &populations, (size_t)n + 1, sizeof *populations, err));
    memcpy(populations, net->populations, (size_t)n * sizeof *populations);
    populations[n] = *out;
    view->populations = populations;
    view->n_spiking_populations = n;
    view->n_populations = n + readout;
    TRY(arena_take(a, &projections, (size_t)net->n_projections, sizeof *projections, err));
    view->projections = projections;
    view->n_projections = 0;
    for (int i = 0; i < net->n_projections; i++) {
        const projection *p = &net->projections[i];
        if (p->column < end || (readout && p->column == out->column)) projections[view->n_projections++] = *p;
    }
    return copy_parameters(view, a, err);
}

/* What learns of the weights of the trainee's neurons. */
static lsnn_status take_changes(inner *in, arena *a, lsnn_error *err)
{
    TRY(arena_take(a, &in->changes, (size_t)in->shown.n_parameters, sizeof *in->changes, err));
    for (int i = 0; i < in->shown.n_projections; i++) {
        const projection *p = &in->shown.projections[i];
        in->changes[p->parameter] = !p->to_output && in->shown.parameters[p->parameter].learn;
    }
    for (int p = 0; p < in->shown.n_parameters; p++) {
        parameter *learned = &in->shown.parameters[p];
        learned->learn = in->changes[p];
        if (!in->changes[p]) continue;
        learned->value = in->of_shown->value[p];
        TRY(arena_take(a, &in->updated.parameters[p].value, learned->n, sizeof(real), err));
    }
    return LSNN_OK;
}

lsnn_status inner_new(inner **out, const trainer *t, arena *a, lsnn_error *err)
{
    inner *in;
    const network *net = t->net;
    const learning_settings *s = &t->settings;
    const size_t n_steps = (size_t)trial_longest(&t->shape);
    TRY(arena_take(a, &in, 1, sizeof *in, err));
    TRY(look_at(&in->updated, net, s->n_trainee, true, a, err));
    TRY(look_at(&in->shown, net, s->n_trainee, !s->paths.inner.generator, a, err));
    TRY(gradients_new(&in->of_shown, &in->shown, a, err));
    TRY(arena_take(a, &in->of_updated, 1, sizeof *in->of_updated, err));
    TRY(arena_take(a, &in->of_updated->value, (size_t)net->n_parameters, sizeof(real *), err));
    TRY(take_changes(in, a, err));
    TRY(worker_new(&in->w, &in->updated, a, &t->shape, err));
    TRY(tape_new(&in->tp, &in->updated, a, &t->shape, (int)n_steps, err));
    TRY(arena_take(a, &in->signals, n_steps * (size_t)net->spiking_columns, sizeof(real), err));
    in->keep = s->paths.inner.tau > 0 ? exp(-net->dt / s->paths.inner.tau) : 0;
    *out = in;
    return LSNN_OK;
}

/* Where the generator's readouts stand in a row of the tape's output. */
static int signals_column(const trainer *t)
{
    return t->net->populations[t->settings.signals].column - t->net->spiking_columns;
}

/* sum_t L[t] ebar[t] = sum_t (sum_s>=t keep^(s-t) L[s]) e[t] */
static void take_signals(inner *in, const trainer *t, const tape *tp)
{
    const network *net = t->net;
    const size_t row = (size_t)(net->n_columns - net->spiking_columns), n = (size_t)net->spiking_columns;
    for (int s = tp->n_steps - 1; s >= 0; s--) {
        const real *L = tp->output + (size_t)s * row + signals_column(t);
        real *to = in->signals + (size_t)s * n;
        const real *after = s + 1 < tp->n_steps ? to + n : NULL;
        for (int k = 0; k < in->shown.n_spiking_populations; k++) {
            const population *p = &net->populations[k];
            for (int j = 0; j < p->n; j++)
                to[p->column + j] = L[p->first + j] + (after ? (real)in->keep * after[p->column + j] : 0);
        }
    }
}

/* The transpose: what the tangent gives for each step becomes dE/dL. */
static void return_signals(inner *in, const trainer *t, tape *tp)
{
    const network *net = t->net;
    const size_t row = (size_t)(net->n_columns - net->spiking_columns), n = (size_t)net->spiking_columns;
    const real factor = (real)-t->settings.paths.inner.rate;
    for (int s = 0; s < tp->n_steps; s++) {
        real *L = tp->output + (size_t)s * row + signals_column(t), *z = in->signals + (size_t)s * n;
        for (int k = 0; k < in->shown.n_spiking_populations; k++) {
            const population *p = &net->populations[k];
            for (int j = 0; j < p->n; j++) {
                if (s > 0) z[p->column + j] += (real)in->keep * *(z + p->column + j - n);
                L[p->first + j] = factor * z[p->column + j];
            }
        }
    }
}

static void mask(inner *in, int p)
{
    const parameter *learned = &in->shown.parameters[p];
    for (size_t k = 0; learned->present && k < learned->n; k++)
        learned->value[k] *= learned->present[k];
}

static void clear_gradient(inner *in)
{
    for (int p = 0; p < in->shown.n_parameters; p++)
        if (in->changes[p]) memset(in->of_shown->value[p], 0, in->shown.parameters[p].n * sizeof(real));
}

/* W' = W - eta G */
static void update(inner *in, const trainer *t, tape *tp)
{
    static const lsnn_paths eprop = {.feedback = LSNN_SYMMETRIC};
    const real rate = (real)t->settings.paths.inner.rate;
    clear_gradient(in);
    in->w->signals = t->settings.paths.inner.generator ? in->signals : NULL;
    backward(&in->shown, in->w, tp, &eprop, in->of_shown, NULL, NULL);
    in->w->signals = NULL;
    for (int p = 0; p < t->net->n_parameters; p++) {
        if (!in->changes[p]) continue;
        const real *W = t->net->parameters[p].value, *G = in->of_shown->value[p];
        mask(in, p);
        for (size_t k = 0; k < t->net->parameters[p].n; k++)
            in->updated.parameters[p].value[k] = W[k] - rate * G[k];
    }
}

static void prepare_test(inner *in, const tape *tp)
{
    in->tp->n_steps = tp->n_steps;
    in->tp->trial = tp->trial;
    in->tp->draw = tp->draw;
    memcpy(in->tp->input, tp->input, (size_t)in->updated.n_sources * sizeof *tp->input);
}

void inner_judge(inner *in, const trainer *t, tape *tp, double scale, loss_score *score, const void *with)
{
    const bool generator = t->settings.paths.inner.generator;
    if (generator) take_signals(in, t, tp);
    loss_judge(&t->settings.loss, t->net, tp, generator ? 0 : 1, score, with);
    tp->error_before = tp->error;
    update(in, t, tp);
    prepare_test(in, tp);
    forward(&in->updated, in->w, in->tp, NULL, NULL);
    loss_judge(&t->settings.loss, &in->updated, in->tp, scale, score, with);
    tp->loss = in->tp->loss;
    tp->error = in->tp->error;
    memcpy(tp->question_error, in->tp->question_error, (size_t)t->shape.n_questions * sizeof *tp->question_error);
}

void inner_return(inner *in, const trainer *t, tape *tp, gradients *into)
{
    const network *net = t->net;
    clear_gradient(in);
    for (int p = 0; p < net->n_parameters; p++)
        in->of_updated->value[p] = in->changes[p] ? in->of_shown->value[p] : into->value[p];
    backward(&in->updated, in->w, in->tp, &t->settings.paths, in->of_updated, NULL, NULL);
    for (int p = 0; p < net->n_parameters; p++) {
        if (!in->changes[p]) continue;
        mask(in, p);
        for (size_t k = 0; k < net->parameters[p].n; k++)
            into->value[p][k] += in->of_shown->value[p][k];
    }
    memset(tp->output, 0, (size_t)tp->n_steps * (size_t)(net->n_columns - net->spiking_columns) * sizeof(real));
    if (!t->settings.paths.inner.generator) return;
    forward_tangent(&in->shown, in->w, tp, in->signals);
    return_signals(in, t, tp);
}
