/* Online e-prop: gradients of a chunk of steps [t0, t1) from eligibility traces, so that a trial may be as long as it likes.
 *
 * A synapse keeps what the past has left in it: V = dv[t0-1]/dw, S = da[t0]/dw and F, its eligibility filtered with the readout's kappa,
 * since an online learning signal must not look ahead. All three are linear in the spikes that arrive, with coefficients of the
 * postsynaptic neuron alone, which are adjoints: the model goes back over the chunk
 *
 *     from 0, with the learning signal:      nu[t], nu0, mu0    gradient += sum_s nu[s] + alpha nu0 V + mu0 S + kappa L0 F
 *     from 0, with the signal kappa^(t1-1-t): the same names    F' = kappa^C F + sum_s nu[s] + alpha nu0 V + mu0 S
 *     from mu = 1, without a signal:          the same names    S' = mu0 S + alpha nu0 V + sum_s nu[s]
 *                                                               V' = alpha^C V + sum_s s_i alpha^(t1-1-s)
 *
 * over the arrivals s in the chunk; L0 is the learning signal that the chunk's errors, filtered backward inside it, make at t0. With
 * chunks of one step this is the textbook's rule; any other gives the same gradients. Where alpha is one for all targets, V is the
 * presynaptic cell's. Readout weights have the same with a trace Z of the presynaptic neuron. */
#include "learner_inside.h"
#include "rows.h"
#include <math.h>
#include <omp.h>
#include <string.h>

/* Per postsynaptic column: factors of V, S and F in the gradient, F and S. */
enum { G_V, G_S, G_F, F_V, F_S, S_V, S_S, V_V, N_FACTORS };

/* Traces of a projection's synapses into a slice; NULL: there are none. */
typedef struct online_traces {
    real *filtered, *adaptation, *potential; /* [synapses] F, S, V */
    real *of_cell;                           /* [n_from] V */
} online_traces;

struct online_slice {
    real *filtered, *adaptation, *potential; /* [n_rows][n_columns]: what an arrival adds to F, S, V */
    real *zero, *kernel;                     /* [n_rows][n_columns] signals: none, and kappa^(t1-1-t) */
    real (*factor)[N_FACTORS];               /* [n_columns] */
    online_traces *traces;                   /* [n_projections] */
};

typedef struct online_model {
    const real *alpha, *s_i; /* [width] of the population */
    int nu, mu;              /* numbers of these adjoints; mu -1: no adaptation */
} online_model;

struct online {
    online_model *model; /* [n_spiking_populations] */
    real *slope;         /* [n_rows][output columns] dE/dy */
    real *trace;         /* [n_spiking] Z */
    double kappa;
};

/* ---- what models must have -------------------------------------------------------------------------------------------- */

static int find_constant(const lsnn_model *model, const char *name)
{
    for (int c = 0; model->constants[c]; c++)
        if (strcmp(model->constants[c], name) == 0) return c;
    return -1;
}

static int find_adjoint(const lsnn_model *model, const char *name)
{
    for (int c = 0; model->adjoints && model->adjoints[c].name; c++)
        if (strcmp(model->adjoints[c].name, name) == 0) return c;
    return -1;
}

static lsnn_status know_population(const learner *l, int k, lsnn_error *err)
{
    const population *p = &l->net->populations[k];
    const int alpha = find_constant(p->model, "alpha"), s_i = find_constant(p->model, "s_i");
    online_model *m = &l->online->model[k];
    *m = (online_model){.nu = find_adjoint(p->model, "nu"), .mu = find_adjoint(p->model, "mu")};
    if (alpha < 0 || s_i < 0 || m->nu < 0 || p->n_tapes != 1)
        return lsnn_fail(
            err, LSNN_CONFIG,
            "populations.%s: online learning knows lif and alif neurons of the dialect eprop2020, whose own "
            "parameters are not learned",
            p->name);
    m->alpha = p->constant[alpha];
    m->s_i = p->constant[s_i];
    return LSNN_OK;
}

static lsnn_status know_readout(const learner *l, lsnn_error *err)
{
    for (int k = l->net->n_spiking_populations; k < l->net->n_populations; k++) {
        const population *p = &l->net->populations[k];
        const int kappa = find_constant(p->model, "kappa");
        if (kappa < 0 || !(p->uniform & 1u << kappa))
            return lsnn_fail(err, LSNN_CONFIG, "populations.%s: online learning needs readouts of one tau_out",
                             p->name);
        l->online->kappa = p->prepared[kappa][0];
        for (int c = 0; c < p->n_trainable; c++)
            if (l->net->parameters[p->trainable + c].learn)
                return lsnn_fail(err, LSNN_CONFIG, "populations.%s: online learning is of weights only", p->name);
    }
    for (int i = 0; i < l->net->n_projections; i++)
        if (l->net->projections[i].delay[0] > 0)
            return lsnn_fail(err, LSNN_CONFIG, "projections.%s: online learning needs readouts without a delay",
                             l->net->projections[i].name);
    if (l->e->learning.loss.pool)
        return lsnn_fail(err, LSNN_CONFIG, "learning.loss: a pooled loss is not known before the end of the trial");
    if (l->e->learning.regularisation.strength > 0 && l->e->learning.regularisation.scope != SCOPE_PREVIOUS)
        return lsnn_fail(err, LSNN_CONFIG,
                         "learning.regularisation: online, rates are known of the batch before: scope: previous");
    return LSNN_OK;
}

/* ---- memory ----------------------------------------------------------------------------------------------------------- */

static bool adapts(const learner *l, const circuit_projection *p)
{
    for (int k = p->to_population; k < p->to_population + p->n_to_populations; k++)
        if (l->online->model[k].mu >= 0) return true;
    return false;
}

/* Whether V does not depend on the target. */
static bool potential_of_cell(const learner *l, const circuit_projection *p)
{
    const online_model *first = &l->online->model[p->to_population];
    if (p->first_step != p->last_step) return false;
    for (int k = p->to_population; k < p->to_population + p->n_to_populations; k++)
        for (int j = 0; j < l->net->populations[k].n; j++)
            if (l->online->model[k].alpha[j] != first->alpha[0] || l->online->model[k].s_i[j] != first->s_i[0])
                return false;
    return true;
}

static lsnn_status take_traces(const learner *l, int s, int number, lsnn_error *err)
{
    arena *a = l->e->memory;
    const circuit_projection *p = &l->c->projection[number];
    online_traces *traces = &l->slice[s].online->traces[number];
    const learner_weights *w = &l->slice[s].weights[number];
    if (!w->learned.learn) return LSNN_OK;
    TRY(arena_take(a, &traces->filtered, w->learned.n, sizeof(real), err));
    if (adapts(l, p)) TRY(arena_take(a, &traces->adaptation, w->learned.n, sizeof(real), err));
    if (potential_of_cell(l, p)) return arena_take(a, &traces->of_cell, (size_t)p->n_from, sizeof(real), err);
    return arena_take(a, &traces->potential, w->learned.n, sizeof(real), err);
}

int learner_online_arrays(const learner *l, int s, int number)
{
    const online_traces *traces = &l->slice[s].online->traces[number];
    return (traces->filtered != NULL) + (traces->adaptation != NULL) + (traces->potential != NULL);
}

static lsnn_status take_slice(const learner *l, int s, lsnn_error *err)
{
    arena *a = l->e->memory;
    const size_t n_columns = (size_t)l->c->slice[s].n_columns, window = (size_t)l->n_rows * n_columns;
    struct online_slice *own;
    TRY(arena_take(a, &own, 1, sizeof *own, err));
    l->slice[s].online = own;
    TRY(arena_take(a, &own->filtered, window, sizeof(real), err));
    TRY(arena_take(a, &own->adaptation, window, sizeof(real), err));
    TRY(arena_take(a, &own->potential, window, sizeof(real), err));
    TRY(arena_take(a, &own->zero, window, sizeof(real), err));
    TRY(arena_take(a, &own->kernel, window, sizeof(real), err));
    TRY(arena_take(a, &own->factor, n_columns, sizeof *own->factor, err));
    TRY(arena_take(a, &own->traces, (size_t)l->c->n_projections + 1, sizeof *own->traces, err));
    for (int k = 0; k < l->c->n_projections; k++)
        TRY(take_traces(l, s, k, err));
    return LSNN_OK;
}

lsnn_status learner_take_online(learner *l, lsnn_error *err)
{
    arena *a = l->e->memory;
    TRY(arena_take(a, &l->online, 1, sizeof *l->online, err));
    TRY(arena_take(a, &l->online->model, (size_t)l->net->n_spiking_populations, sizeof *l->online->model, err));
    TRY(arena_take(a, &l->online->slope, (size_t)l->n_rows * learner_output_columns(l), sizeof(real), err));
    TRY(arena_take(a, &l->online->trace, (size_t)l->net->n_spiking, sizeof(real), err));
    for (int k = 0; k < l->net->n_spiking_populations; k++)
        TRY(know_population(l, k, err));
    TRY(know_readout(l, err));
    for (int s = 0; s < l->c->n_slices; s++)
        TRY(take_slice(l, s, err));
    return LSNN_OK;
}

/* ---- coefficients of neurons ------------------------------------------------------------------------------------------ */

/* One way back over the chunk; nu0 and mu0 go to the factors `of_v` (times alpha) and `of_s`. */
static void go_back(const learner *l, int s, int k, int from, int to, const real *signal, real *out, double mu_end,
                    int of_v, int of_s)
{
    const population *p = &l->net->populations[k];
    const circuit_part *part = &l->c->slice[s].part[k];
    const online_model *m = &l->online->model[k];
    lsnn_slice *view = &l->slice[s].view[k];
    const lsnn_span span = {.n_steps = to - from,
                            .stride = l->c->slice[s].n_columns,
                            .signal = signal + part->column,
                            .current_adjoint = out + part->column};
    for (int c = 0; c < p->n_adjoints; c++)
        memset(view->adjoint[c], 0, (size_t)part->width * sizeof(real));
    for (int j = 0; m->mu >= 0 && j < part->width; j++)
        view->adjoint[m->mu][j] = (real)mu_end;
    learner_point(l, s, k, from);
    p->model->backward(view, p->parameters, &span);
    for (int j = 0; j < part->n; j++) {
        real *factor = l->slice[s].online->factor[part->column + j];
        factor[of_v] = m->alpha[part->first + j] * view->adjoint[m->nu][j];
        factor[of_s] = m->mu >= 0 ? view->adjoint[m->mu][j] : 0;
    }
}

/* The signals of the chunk, and L0 times kappa. */
static void gather_signals(const learner *l, int s, int k, int from, int to)
{
    const population *p = &l->net->populations[k];
    const circuit_part *part = &l->c->slice[s].part[k];
    const size_t n_columns = (size_t)l->c->slice[s].n_columns;
    struct online_slice *own = l->slice[s].online;
    real at_start[part->width];
    for (int t = from; t < to; t++) {
        const size_t row = (size_t)(t - from) * n_columns + (size_t)part->column;
        const real kernel = (real)pow(l->online->kappa, to - 1 - t);
        learner_gather_signal(l, p, part, t, l->w->rate_signal + p->column + part->first, l->slice[s].signal + row);
        for (int j = 0; j < part->width; j++)
            own->kernel[row + (size_t)j] = kernel;
    }
    learner_gather_signal(l, p, part, from, own->zero, at_start);
    for (int j = 0; j < part->n; j++)
        own->factor[part->column + j][G_F] = (real)l->online->kappa * at_start[j];
}

/* What an arrival at each step leaves in V, and what the chunk leaves of V. */
static void decay(const learner *l, int s, int k, int from, int to)
{
    const circuit_part *part = &l->c->slice[s].part[k];
    const online_model *m = &l->online->model[k];
    const size_t n_columns = (size_t)l->c->slice[s].n_columns;
    for (int j = 0; j < part->n; j++) {
        const real alpha = m->alpha[part->first + j];
        real left = 1;
        for (int t = to - 1; t >= from; t--, left *= alpha)
            l->slice[s].online->potential[(size_t)(t - from) * n_columns + (size_t)(part->column + j)] =
                left * m->s_i[part->first + j];
        l->slice[s].online->factor[part->column + j][V_V] = left;
    }
}

static void find_coefficients(const learner *l, int s, int from, int to)
{
    struct online_slice *own = l->slice[s].online;
    for (int k = 0; k < l->net->n_spiking_populations; k++) {
        if (l->c->slice[s].part[k].n == 0) continue;
        gather_signals(l, s, k, from, to);
        go_back(l, s, k, from, to, l->slice[s].signal, l->slice[s].adjoint, 0, G_V, G_S);
        go_back(l, s, k, from, to, own->kernel, own->filtered, 0, F_V, F_S);
        if (l->online->model[k].mu >= 0) {
            go_back(l, s, k, from, to, own->zero, own->adaptation, 1, S_V, S_S);
        } else {
            const circuit_part *part = &l->c->slice[s].part[k];
            for (int j = 0; j < part->n; j++)
                own->factor[part->column + j][S_V] = own->factor[part->column + j][S_S] = 0;
        }
        decay(l, s, k, from, to);
    }
}

/* ---- synapses --------------------------------------------------------------------------------------------------------- */

/* What the past has left. */
LSNN_KERNEL static void go_on(const learner *l, int s, int number, real kept)
{
    const circuit_rows *rows = &l->c->slice[s].rows[number];
    const online_traces *traces = &l->slice[s].online->traces[number];
    const real(*factors)[N_FACTORS] = l->slice[s].online->factor;
    real *restrict gradient = l->slice[s].weights[number].gradient;
    const int n_from = l->c->projection[number].n_from;
    for (int i = 0; i < n_from; i++)
        for (uint32_t k = rows->start[i]; k < rows->start[i + 1]; k++) {
            const real *factor = factors[rows->target[k]];
            const real V = traces->of_cell ? traces->of_cell[i] : traces->potential[k];
            const real S = traces->adaptation ? traces->adaptation[k] : 0, F = traces->filtered[k];
            gradient[k] += factor[G_V] * V + factor[G_S] * S + factor[G_F] * F;
            traces->filtered[k] = kept * F + factor[F_V] * V + factor[F_S] * S;
            if (traces->adaptation) traces->adaptation[k] = factor[S_S] * S + factor[S_V] * V;
            if (traces->potential) traces->potential[k] = factor[V_V] * V;
        }
    const uint32_t n = rows->start[n_from];
    const real left = n > 0 ? factors[rows->target[0]][V_V] : 0;
    for (int i = 0; traces->of_cell && i < n_from; i++)
        traces->of_cell[i] *= left;
}

typedef struct arrival {
    const learner *l;
    int s, number, from, to;
} arrival;

/* A synapse's share of a spike (or value `x`) that arrives with the chunk's row `at`. */
LSNN_INLINE void arrive_at(const arrival *a, uint32_t k, size_t at, real x)
{
    const struct online_slice *own = a->l->slice[a->s].online;
    const online_traces *traces = &own->traces[a->number];
    a->l->slice[a->s].weights[a->number].gradient[k] += x * a->l->slice[a->s].adjoint[at];
    traces->filtered[k] += x * own->filtered[at];
    if (traces->adaptation) traces->adaptation[k] += x * own->adaptation[at];
    if (traces->potential) traces->potential[k] += x * own->potential[at];
}

/* Cell i had a spike (or value) at step t: its synapses whose delay leads into the chunk. */
LSNN_INLINE void arrive(const arrival *a, uint32_t i, int t, real x)
{
    const circuit_projection *p = &a->l->c->projection[a->number];
    const circuit_rows *rows = &a->l->c->slice[a->s].rows[a->number];
    const online_traces *traces = &a->l->slice[a->s].online->traces[a->number];
    const size_t n_columns = (size_t)a->l->c->slice[a->s].n_columns;
    const int one = t + p->first_step;
    if (!rows->step && (one < a->from || one >= a->to)) return;
    for (uint32_t k = rows->start[i]; k < rows->start[i + 1]; k++) {
        const int when = rows->step ? t + rows->step[k] : one;
        if (when >= a->from && when < a->to) arrive_at(a, k, (size_t)(when - a->from) * n_columns + rows->target[k], x);
    }
    if (traces->of_cell && rows->start[i] < rows->start[i + 1])
        traces->of_cell[i] +=
            x * a->l->slice[a->s].online->potential[(size_t)(one - a->from) * n_columns + rows->target[rows->start[i]]];
}

LSNN_KERNEL static void arrive_all(const arrival *a, const tape *tp)
{
    const circuit_projection *p = &a->l->c->projection[a->number];
    const int first = a->from - p->last_step > 0 ? a->from - p->last_step : 0;
    if (p->source < 0) {
        for (uint32_t e = tp->spike_start[first]; e < tp->spike_start[a->to]; e++) {
            const size_t i = (size_t)tp->spike[e] - (size_t)p->from;
            if (i < (size_t)p->n_from) arrive(a, (uint32_t)i, (int)tp->spike_step[e], 1);
        }
        return;
    }
    const lsnn_trial *input = tp->input[p->source];
    const lsnn_events *events = input->events;
    for (uint32_t e = events->start[first]; e < events->start[a->to]; e++)
        for (uint32_t i = events->run[e].first; i < events->run[e].last; i++)
            arrive(a, i, (int)events->step[e], 1);
    for (int t = first; a->l->net->sources[p->source].analog && t < a->to; t++)
        for (int i = 0; i < p->n_from; i++) {
            const real x = input->analog[(size_t)t * (size_t)p->n_from + (size_t)i];
            if (x != 0) arrive(a, (uint32_t)i, t, x);
        }
}

static void slice_back(const learner *l, int s, const tape *tp, int from, int to, gradients *into)
{
    learner_point_gradients(l, s, into);
    find_coefficients(l, s, from, to);
    for (int k = 0; k < l->c->n_projections; k++) {
        const arrival a = {l, s, k, from, to};
        if (!l->slice[s].weights[k].learned.learn) continue;
        go_on(l, s, k, (real)pow(l->online->kappa, to - from));
        arrive_all(&a, tp);
    }
}

/* ---- readouts --------------------------------------------------------------------------------------------------------- */

/* The slopes of the chunk become errors, filtered backward inside it. */
static void return_errors(const learner *l, int from, int to)
{
    const int stride = (int)learner_output_columns(l);
    for (int k = l->net->n_spiking_populations; k < l->net->n_populations; k++) {
        const population *p = &l->net->populations[k];
        const int column = p->column - l->net->spiking_columns;
        const lsnn_span span = {.n_steps = to - from,
                                .stride = stride,
                                .signal = l->online->slope + column,
                                .current_adjoint = l->readout + (size_t)from * (size_t)stride + column};
        for (int c = 0; c < p->n_adjoints; c++)
            memset(l->w->slice[k].adjoint[c], 0, (size_t)p->width * sizeof(real));
        p->model->backward(&l->w->slice[k], p->parameters, &span);
    }
}

static void collect_readouts(const learner *l, const tape *tp, int from, int to, gradients *into)
{
    for (int i = 0; i < l->net->n_projections; i++) {
        const projection *p = &l->net->projections[i];
        real *gradient = into->value[p->parameter];
        if (!l->net->parameters[p->parameter].learn) continue;
        for (int j = 0; j < p->n_from; j++) {
            const real past = (real)l->online->kappa * l->online->trace[p->from + j];
            if (past != 0)
                rows_add_scaled(gradient + (size_t)j * (size_t)p->width, learner_errors(l, p, from), p->width, past);
        }
        for (uint32_t e = tp->spike_start[from]; e < tp->spike_start[to]; e++) {
            const size_t j = (size_t)tp->spike[e] - (size_t)p->from;
            if (j < (size_t)p->n_from)
                rows_add(gradient + j * (size_t)p->width, learner_errors(l, p, (int)tp->spike_step[e]), p->width);
        }
    }
    const real kept = (real)pow(l->online->kappa, to - from);
    for (int j = 0; j < l->net->n_spiking; j++)
        l->online->trace[j] *= kept;
    for (uint32_t e = tp->spike_start[from]; e < tp->spike_start[to]; e++)
        l->online->trace[tp->spike[e]] += (real)pow(l->online->kappa, to - 1 - (int)tp->spike_step[e]);
}

/* ---- a trial ---------------------------------------------------------------------------------------------------------- */

static void clear_traces(const learner *l)
{
    memset(l->online->trace, 0, (size_t)l->net->n_spiking * sizeof *l->online->trace);
#pragma omp parallel for num_threads(l->n_threads) schedule(static, 1)
    for (int s = 0; s < l->c->n_slices; s++)
        for (int k = 0; k < l->c->n_projections; k++) {
            const online_traces *traces = &l->slice[s].online->traces[k];
            const size_t bytes = l->slice[s].weights[k].learned.n * sizeof(real);
            if (traces->filtered) memset(traces->filtered, 0, bytes);
            if (traces->adaptation) memset(traces->adaptation, 0, bytes);
            if (traces->potential) memset(traces->potential, 0, bytes);
            if (traces->of_cell)
                memset(traces->of_cell, 0, (size_t)l->c->projection[k].n_from * sizeof *traces->of_cell);
        }
}

void learner_online(void *with, tape *tp, gradients *into, double scale, worker_observer *observe, void *observer)
{
    learner *l = with;
    learner_begin(l, tp);
    backward_clear(l->net, l->w, into);
    clear_traces(l);
    for (int from = 0, to; from < tp->n_steps; from = to) {
        to = learner_smaller(from + l->span, tp->n_steps);
        learner_take_steps(l, tp, from, to, observe, observer);
        loss_slopes(&l->t->settings.loss, l->net, tp, scale, from, to, l->online->slope);
        return_errors(l, from, to);
#pragma omp parallel for num_threads(l->n_threads) schedule(static, 1)
        for (int s = 0; s < l->c->n_slices; s++) {
            worker_enter_thread();
            slice_back(l, s, tp, from, to, into);
        }
        collect_readouts(l, tp, from, to, into);
        if (!l->t->settings.paths.hold) trainer_learn(l->t);
    }
    learner_end(l, tp);
}
