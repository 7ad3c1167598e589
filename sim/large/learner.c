/* Memory of learning in one large network. */
#include "learner.h"
#include "learner_inside.h"
#include "learner_update.h"
#include "memory.h"
#include <limits.h>

static lsnn_status take_weights(learner *l, int s, int number, lsnn_error *err)
{
    arena *a = l->e->memory;
    const projection_spec *spec = &l->e->plans[number].spec;
    const circuit_rows *rows = &l->c->slice[s].rows[number];
    const size_t n = rows->start[l->c->projection[number].n_from];
    const size_t whole_lanes = (n + LSNN_LANES - 1) / LSNN_LANES * LSNN_LANES;
    learner_weights *w = &l->slice[s].weights[number];
    w->learned = (parameter){.name = spec->name,
                             .n = whole_lanes,
                             .value = rows->weight,
                             .learn = spec->learn,
                             .rate = spec->rate,
                             .min = spec->min,
                             .max = spec->max,
                             .decays = true};
    if (!spec->learn) return LSNN_OK;
    TRY(arena_take(a, &w->gradient, whole_lanes, sizeof(real), err));
    for (int m = 0; l->e->learning.optimiser->moments[m]; m++)
        TRY(arena_take(a, &w->moment[m], whole_lanes, sizeof(real), err));
    return LSNN_OK;
}

/* The part's columns of what the worker has for the whole population. */
static void view_part(const learner *l, int s, int k)
{
    const population *p = &l->net->populations[k];
    const lsnn_slice *whole = &l->w->slice[k];
    const circuit_part *part = &l->c->slice[s].part[k];
    lsnn_slice *view = &l->slice[s].view[k];
    *view = (lsnn_slice){.n = part->width, .uniform = p->uniform};
    for (int c = 0; c < LSNN_MAX_CONSTANTS && p->constant[c]; c++)
        view->constant[c] = p->constant[c] + part->first;
    for (int c = 0; c < p->n_states; c++)
        view->state[c] = whole->state[c] + part->first;
    for (int c = 0; c < p->n_adjoints; c++)
        view->adjoint[c] = whole->adjoint[c] + part->first;
    for (int c = 0; c < p->n_trainable; c++)
        view->trainable[c] = whole->trainable[c] + part->first;
}

static lsnn_status take_slice(learner *l, int s, lsnn_error *err)
{
    arena *a = l->e->memory;
    learner_slice *own = &l->slice[s];
    const circuit_slice *slice = &l->c->slice[s];
    const size_t n_columns = (size_t)slice->n_columns, T = (size_t)trial_longest(&l->t->shape);
    const size_t n_populations = (size_t)l->net->n_spiking_populations;
    size_t most_spikes = LSNN_LANES;
    TRY(arena_take(a, &own->ring, (size_t)l->n_slots * n_columns, sizeof(real), err));
    TRY(arena_take(a, &own->signal, (size_t)l->n_rows * n_columns, sizeof(real), err));
    TRY(arena_take(a, &own->adjoint, (size_t)(l->n_rows + l->c->last_step) * n_columns, sizeof(real), err));
    TRY(arena_take(a, &own->view, n_populations, sizeof *own->view, err));
    TRY(arena_take(a, &own->tape, n_populations * LSNN_MAX_TAPES, sizeof *own->tape, err));
    for (int k = 0; k < l->net->n_spiking_populations; k++) {
        const population *p = &l->net->populations[k];
        const size_t width = (size_t)slice->part[k].width;
        most_spikes += T * width;
        view_part(l, s, k);
        for (int c = 0; c < p->n_tapes; c++)
            TRY(arena_take(a, &own->tape[k * LSNN_MAX_TAPES + p->tape[c]], (size_t)l->tape_steps * width, sizeof(real),
                           err));
    }
    TRY(arena_take(a, &own->spike, most_spikes, sizeof *own->spike, err));
    TRY(arena_take(a, &own->start, T * n_populations + 1, sizeof *own->start, err));
    TRY(arena_take(a, &own->square, n_columns, sizeof *own->square, err));
    TRY(arena_take(a, &own->weights, (size_t)l->c->n_projections + 1, sizeof *own->weights, err));
    for (int k = 0; k < l->c->n_projections; k++)
        TRY(take_weights(l, s, k, err));
    return LSNN_OK;
}

/* What an observer sees of tapes. */
static lsnn_status take_shown(learner *l, lsnn_error *err)
{
    arena *a = l->e->memory;
    TRY(arena_take(a, &l->shown, (size_t)l->net->n_populations * LSNN_MAX_TAPES, sizeof *l->shown, err));
    for (int k = 0; k < l->net->n_spiking_populations; k++) {
        const population *p = &l->net->populations[k];
        for (int c = 0; c < p->n_tapes; c++) {
            real **row = &l->shown[k * LSNN_MAX_TAPES + p->tape[c]];
            TRY(arena_take(a, row, (size_t)p->width, sizeof(real), err));
            l->w->slice[k].tape[p->tape[c]] = *row;
        }
    }
    return LSNN_OK;
}

static int count_slots(int last_step)
{
    int n = 1;
    while (n < last_step + LEARNER_CHUNK)
        n *= 2;
    return n;
}

/* Besides the circuit: gradients and moments, tapes, windows of time. */
static double predict(const experiment *e)
{
    double bytes = 0;
    int n_moments = 0;
    while (e->learning.learns && e->learning.optimiser->moments[n_moments])
        n_moments++;
    for (int k = 0; k < e->n_plans; k++)
        if (e->plans[k].spec.learn)
            bytes += wiring_expected(&e->plans[k].wiring, &e->plans[k].site) * (1 + n_moments) * sizeof(real);
    for (int k = 0; k < e->net->n_spiking_populations; k++)
        bytes += (double)e->net->populations[k].width * sizeof(real) *
                 (3.0 * LEARNER_CHUNK + (double)e->net->populations[k].n_tapes * trial_longest(&e->shape));
    return bytes;
}

lsnn_status learner_attach(experiment *e, int n_threads, lsnn_error *err)
{
    learner *l;
    if (!e->learning.by_neurons) return LSNN_OK;
    TRY(memory_require(circuit_predict(e, n_threads) + predict(e), err));
    TRY(arena_take(e->memory, &l, 1, sizeof *l, err));
    *l = (learner){.e = e, .net = e->net, .t = e->trainer, .w = e->trainer->workers[0], .n_threads = n_threads};
    TRY(circuit_new(&l->c, e, n_threads, err));
    const int T = trial_longest(&l->t->shape), chunk = e->learning.learns ? e->learning.paths.chunk : 0;
    l->span = chunk > 0 ? chunk : INT_MAX / 2;
    l->n_rows = chunk > 0 ? (chunk < T ? chunk : T) : LEARNER_CHUNK;
    l->tape_steps = chunk > 0 ? l->n_rows : T;
    l->n_slots = count_slots(l->c->last_step);
    l->interval = l->c->first_step > 0 ? l->c->first_step : LEARNER_CHUNK;
    TRY(arena_take(e->memory, &l->slice, (size_t)l->c->n_slices, sizeof *l->slice, err));
    for (int s = 0; s < l->c->n_slices; s++)
        TRY(take_slice(l, s, err));
    TRY(take_shown(l, err));
    TRY(arena_take(e->memory, &l->readout,
                   (size_t)(trial_longest(&l->t->shape) + e->net->max_delay) * learner_output_columns(l), sizeof(real),
                   err));
    l->passes = (trainer_passes){.with = l,
                                 .forward = learner_forward,
                                 .clear = learner_clear,
                                 .backward = learner_backward,
                                 .online = learner_online,
                                 .squares = learner_squares,
                                 .update = learner_update};
    if (chunk > 0) TRY(learner_take_online(l, err));
    e->trainer->passes = &l->passes;
    e->learner = l;
    e->n_threads = n_threads;
    return LSNN_OK;
}

const circuit *learner_circuit(const learner *l)
{
    return l->c;
}

static size_t row_length(const learner *l, int number, size_t i)
{
    size_t n = 0;
    for (int s = 0; s < l->c->n_slices; s++) {
        const uint32_t *start = l->c->slice[s].rows[number].start + i;
        n += start[1] - start[0];
    }
    return n;
}

uint64_t learner_events(const learner *l)
{
    const tape *tp = l->t->tapes[0];
    uint64_t n = 0;
    for (int k = 0; k < l->c->n_projections; k++) {
        const circuit_projection *p = &l->c->projection[k];
        for (uint32_t e = 0; p->source < 0 && e < tp->spike_start[tp->n_steps]; e++) {
            const size_t i = (size_t)tp->spike[e] - (size_t)p->from;
            if (i < (size_t)p->n_from) n += row_length(l, k, i);
        }
        const lsnn_events *events = p->source >= 0 ? tp->input[p->source]->events : NULL;
        for (uint32_t e = 0; events && e < events->start[tp->n_steps]; e++)
            for (uint32_t i = events->run[e].first; i < events->run[e].last; i++)
                n += row_length(l, k, i);
    }
    return n;
}

double learner_bytes(const learner *l)
{
    double bytes = (double)l->c->bytes;
    for (int s = 0; s < l->c->n_slices; s++)
        for (int k = 0; k < l->c->n_projections; k++) {
            const learner_weights *w = &l->slice[s].weights[k];
            int n = w->gradient ? 1 : 0;
            for (int m = 0; m < LSNN_MAX_MOMENTS && w->moment[m]; m++)
                n++;
            if (l->online) n += learner_online_arrays(l, s, k);
            bytes += (double)n * (double)w->learned.n * sizeof(real);
        }
    return bytes;
}
