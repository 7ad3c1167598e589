/* Running an oracle case with the trainer: a task of its own serves the case's samples in their order. */
#include "replay_case.h"

#include "replay_network.h"
#include <math.h>
#include <string.h>

const replay_rule replay_rules[] = {{"eprop", {.feedback = LSNN_SYMMETRIC}},
                                    {"eprop_random", {.feedback = LSNN_RANDOM}},
                                    {"bptt", {.recurrent = true, .reset = true}},
                                    {"bptt_noreset", {.recurrent = true}},
                                    {.name = NULL}};

typedef struct run {
    const case_file *c;
    replay_case *r;
    replay_network network;
    real *column; /* [batch][n_columns] of the threshold A */
    int iteration;
} run;

static void draw(const void *state, const void *parameters, const lsnn_draw *which, lsnn_trial *trial)
{
    (void)parameters;
    const case_file *c = state;
    const size_t T = (size_t)c->n_steps, n_in = (size_t)c->n_in, n_out = (size_t)c->n_out;
    const double *x = c->x + which->index * T * n_in, *target = c->target + which->index * T * n_out;
    for (size_t t = 0; t < T; t++)
        for (size_t i = 0; i < n_in; i++)
            if (x[t * n_in + i] > 0) lsnn_trial_spike(trial, (int)t, (int)i);
    for (size_t k = 0; k < T * n_out; k++)
        trial->target[k] = (real)target[k];
    for (size_t t = 0; t < T; t++)
        trial->weight[t] = (real)c->w_t[t];
}

static const lsnn_task task = {.name = "case", .doc = "the samples of an oracle case, in their order", .draw = draw};

/* ---- what is seen of a run -------------------------------------------------------------------------------------------- */

static const real *state_of(const network *net, const worker *w, int k, const char *name)
{
    const lsnn_variable *states = net->populations[k].model->states;
    for (int s = 0; states[s].name; s++)
        if (strcmp(states[s].name, name) == 0) return w->slice[k].state[s];
    return NULL;
}

/* A LIF neuron has no adaptation; the cases count its spikes all the same, as if it had one with beta = 0. */
static double adaptation_without_effect(const run *u, size_t before, int t)
{
    const case_file *c = u->c;
    const double rho = exp(-c->dt / c->tau_a);
    if (t == 0) return 0;
    return rho * u->r->a[before] + (c->scale_adapt ? 1 - rho : 1) * u->r->z[before];
}

static void see_population(run *u, int sample, const network *net, const worker *w, int k, int t, size_t row)
{
    const population *p = &net->populations[k];
    const size_t n_rec = (size_t)u->c->n_rec;
    replay_case *r = u->r;
    real *A = u->column + (size_t)sample * (size_t)net->n_columns;
    const real *v = state_of(net, w, k, "v"), *left = state_of(net, w, k, "r"), *a = state_of(net, w, k, "a");
    const real *I = worker_row(net, w, w->current, t) + p->column;
    p->model->derive(&w->slice[k], p->parameters, 0, A);
    for (int j = 0; j < p->n; j++) {
        const size_t place = row * n_rec + (size_t)(p->first + j);
        r->z[place] = w->output[p->column + j];
        r->v[place] = v[j];
        r->a[place] = a ? a[j] : adaptation_without_effect(u, place - n_rec, t);
        r->A[place] = A[j];
        r->psi[place] = w->slice[k].tape[0][j];
        r->psi_a[place] = u->c->beta[p->first + j] * (w->slice[k].tape[1] ? w->slice[k].tape[1][j] : -r->psi[place]);
        r->I[place] = I[j];
        if (t + 1 < u->c->n_steps) r->ref[place + n_rec] = left[j] > 0;
    }
}

static size_t first_row(const run *u, int sample)
{
    return ((size_t)u->iteration * (size_t)u->c->batch + (size_t)sample) * (size_t)u->c->n_steps;
}

static void see_step(void *with, int sample, const network *net, const worker *w, const tape *tp, int t)
{
    (void)tp;
    run *u = with;
    const size_t row = first_row(u, sample) + (size_t)t, n_out = (size_t)u->c->n_out;
    for (int k = 0; k < net->n_spiking_populations; k++)
        see_population(u, sample, net, w, k, t, row);
    for (size_t k = 0; k < n_out; k++)
        u->r->y[row * n_out + k] = w->output[(size_t)net->spiking_columns + k];
}

static double product(const double *err, const double *feedback, size_t n_out)
{
    double sum = 0;
    for (size_t k = 0; k < n_out; k++)
        sum += err[k] * feedback[k];
    return sum;
}

static void see_error(void *with, int sample, const network *net, const tape *tp)
{
    run *u = with;
    replay_case *r = u->r;
    const size_t n_rec = (size_t)u->c->n_rec, n_out = (size_t)u->c->n_out;
    const size_t width = (size_t)(net->n_columns - net->spiking_columns);
    const size_t before = (size_t)(u->iteration - 1) * n_rec * n_out;
    const double *W_out = u->iteration > 0 ? r->W_out + before : u->c->W_out;
    for (size_t t = 0; t < (size_t)tp->n_steps; t++) {
        const size_t row = first_row(u, sample) + t;
        double *err = r->err + row * n_out;
        for (size_t k = 0; k < n_out; k++)
            err[k] = tp->output[t * width + k];
        for (size_t j = 0; j < n_rec; j++) {
            r->L_sym[row * n_rec + j] = product(err, W_out + j * n_out, n_out);
            r->L_rand[row * n_rec + j] = product(err, u->c->B_fb + j * n_out, n_out);
        }
    }
}

typedef struct matrix {
    const real *stored;
    double *out;
    int n_to;
} matrix;

static void place_synapse(void *with, int i, int j, int delay, size_t position)
{
    (void)delay;
    const matrix *m = with;
    m->out[(size_t)i * (size_t)m->n_to + (size_t)j] = m->stored[position];
}

/* Where there is no synapse `out` keeps what it holds. */
static void unfold(double *out, const network *net, const projection *p, const real *stored, int n_to)
{
    matrix m = {stored, out, n_to};
    network_each_synapse(net, p, place_synapse, &m);
}

static void see_gradients(run *u, const trainer *t)
{
    const case_file *c = u->c;
    const replay_network *n = &u->network;
    const size_t k = (size_t)u->iteration, n_in = (size_t)c->n_in, n_rec = (size_t)c->n_rec, n_out = (size_t)c->n_out;
    real **gradient = t->gradient->value;
    replay_case *r = u->r;
    unfold(r->gradient_in + k * n_in * n_rec, n->net, n->in, gradient[n->in->parameter], c->n_rec);
    unfold(r->gradient_rec + k * n_rec * n_rec, n->net, n->rec, gradient[n->rec->parameter], c->n_rec);
    unfold(r->gradient_out + k * n_rec * n_out, n->net, n->out, gradient[n->out->parameter], c->n_out);
    for (size_t b = 0; c->n_iterations == 0 && b < n_out; b++)
        r->gradient_bias[b] = gradient[n->bias][b];
}

static void see_rates(run *u, const trainer *t, const metrics *m)
{
    const case_file *c = u->c;
    replay_case *r = u->r;
    const double duration = c->batch * (c->n_steps * c->dt);
    for (int k = 0; k < t->net->n_spiking_populations; k++) {
        const population *p = &t->net->populations[k];
        for (int j = 0; j < p->n; j++) {
            const size_t place = (size_t)u->iteration * (size_t)c->n_rec + (size_t)(p->first + j);
            r->rate[place] = (double)t->count[p->first + j] / duration;
            r->L_reg[place] = t->workers[0]->rate_signal[p->column + j];
        }
    }
    r->loss_task[u->iteration] = m->loss;
    r->loss_reg[u->iteration] = m->loss_rate;
    r->loss[u->iteration] = m->loss + m->loss_rate;
}

static void see_weights(run *u)
{
    const case_file *c = u->c;
    const replay_network *n = &u->network;
    const size_t k = (size_t)u->iteration, n_in = (size_t)c->n_in, n_rec = (size_t)c->n_rec, n_out = (size_t)c->n_out;
    double *W_in = u->r->W_in + k * n_in * n_rec, *W_rec = u->r->W_rec + k * n_rec * n_rec;
    memcpy(W_in, c->W_in, n_in * n_rec * sizeof *W_in);
    memcpy(W_rec, c->W_rec, n_rec * n_rec * sizeof *W_rec);
    unfold(W_in, n->net, n->in, n->net->parameters[n->in->parameter].value, c->n_rec);
    unfold(W_rec, n->net, n->rec, n->net->parameters[n->rec->parameter].value, c->n_rec);
    unfold(u->r->W_out + k * n_rec * n_out, n->net, n->out, n->net->parameters[n->out->parameter].value, c->n_out);
}

/* ---- the run ---------------------------------------------------------------------------------------------------------- */

static lsnn_status take_steps(replay_case *r, const case_file *c, arena *a, lsnn_error *err)
{
    const size_t rows = (size_t)r->n_iterations * (size_t)c->batch * (size_t)c->n_steps;
    double **const per_neuron[] = {&r->z, &r->v, &r->a, &r->A, &r->psi, &r->psi_a, &r->I, &r->L_sym, &r->L_rand};
    for (size_t k = 0; k < sizeof per_neuron / sizeof *per_neuron; k++)
        TRY(arena_take(a, per_neuron[k], rows * (size_t)c->n_rec, sizeof(double), err));
    TRY(arena_take(a, &r->ref, rows * (size_t)c->n_rec, sizeof *r->ref, err));
    TRY(arena_take(a, &r->y, rows * (size_t)c->n_out, sizeof(double), err));
    return arena_take(a, &r->err, rows * (size_t)c->n_out, sizeof(double), err);
}

static lsnn_status take_results(replay_case *r, const case_file *c, arena *a, lsnn_error *err)
{
    const size_t n = (size_t)r->n_iterations, n_in = (size_t)c->n_in, n_rec = (size_t)c->n_rec,
                 n_out = (size_t)c->n_out;
    const struct {
        double **to;
        size_t n;
    } arrays[] = {{&r->rate, n_rec},
                  {&r->L_reg, n_rec},
                  {&r->loss, 1},
                  {&r->loss_task, 1},
                  {&r->loss_reg, 1},
                  {&r->gradient_in, n_in * n_rec},
                  {&r->gradient_rec, n_rec * n_rec},
                  {&r->gradient_out, n_rec * n_out},
                  {&r->gradient_bias, n_out},
                  {&r->W_in, n_in * n_rec},
                  {&r->W_rec, n_rec * n_rec},
                  {&r->W_out, n_rec * n_out}};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++)
        TRY(arena_take(a, arrays[k].to, n * arrays[k].n, sizeof(double), err));
    return take_steps(r, c, a, err);
}

static lsnn_status iterate(run *u, trainer *t, lsnn_error *err)
{
    const trainer_recorder recorder = {.with = u, .n_samples = u->c->batch, .step = see_step, .judged = see_error};
    metrics m;
    if (u->c->n_iterations > 0)
        TRY(trainer_iterate(t, &m, &recorder, err));
    else
        TRY(trainer_gradient(t, &m, &recorder, err));
    see_gradients(u, t);
    see_rates(u, t, &m);
    see_weights(u);
    return LSNN_OK;
}

lsnn_status replay_case_run(replay_case **out, const case_file *c, const lsnn_paths *paths, arena *a, lsnn_error *err)
{
    run u = {.c = c};
    trainer *t;
    TRY(arena_take(a, &u.r, 1, sizeof *u.r, err));
    u.r->n_iterations = c->n_iterations > 0 ? c->n_iterations : 1;
    TRY(take_results(u.r, c, a, err));
    TRY(replay_network_new(&u.network, c, paths, a, err));
    TRY(arena_take(a, &u.column, (size_t)c->batch * (size_t)u.network.net->n_columns, sizeof *u.column, err));
    TRY(trainer_new(&t, u.network.net, &task, c, NULL, &u.network.shape, &u.network.learning, 1, err));
    for (; u.iteration < u.r->n_iterations; u.iteration++)
        TRY(iterate(&u, t, err));
    *out = u.r;
    return LSNN_OK;
}
