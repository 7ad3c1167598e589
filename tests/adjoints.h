/* Gradients as a textbook of differentiation has them: every variable of every step has an adjoint of its own, in double precision,
 * and from the last step to the first each hands what it got to the variables it was computed from. Slow, and in another order than
 * the engine, which is measured against it. With `recurrent` and `reset` this is BPTT, without them e-prop.
 *
 *     a[t] = rho a[t-1] + s_a z[t-1]                   A[t] = v_th + beta a[t]
 *     v[t] = alpha v[t-1] + s_i I[t] - R z[t-1]        I[t] = sum W x[t-d]
 *     y[t] = kappa y[t-1] + s_o sum W_out z[t-d] (+ b)
 *
 * Without `reset` R z[t-1] is a constant. R is v_th, in lsnn2018paper A[t-1], in lsnn2018code A[t]. Truncated: nothing is handed from a stretch of steps to the one before, but
 * what the readouts' currents say to spikes, however long the delay. Weights and neurons' parameters get all of what the variables
 * got, with what these were computed from as it was. */
#ifndef ADJOINTS_H
#define ADJOINTS_H

#include "scene.h"

typedef struct cable {
    int i, j, delay;
    double weight;
    size_t position;
} cable;

typedef struct cables {
    const projection *p;
    const double *sent; /* [stride] per step: what comes from the presynaptic cells */
    int stride;
    const real *weight;
    cable *list;
    int n;
} cables;

enum { OF_TAU_M, OF_V_TH, OF_V_0, OF_TAU_A, OF_BETA, OF_A_0, N_OF };
static const char *const of_names[N_OF] = {"tau_m", "v_th", "v_0", "tau_a", "beta", "a_0"};

typedef struct adjoints {
    const textbook *b;
    bool recurrent, reset;
    int truncate;
    cables in, rec;
    double *y;             /* [n_out] per step */
    double *z, *v, *a, *A; /* [n_rec] per step */
    double *I, *current;   /* likewise: the adjoint of the current, and the current itself */
    double *of[N_OF];      /* [n_rec] by the neurons' parameters; time constants and thresholds by their logarithms */
} adjoints;

static inline void adjoints_note(void *with, int i, int j, int delay, size_t position)
{
    cables *c = with;
    c->list[c->n++] = (cable){i, j, delay, c->weight[position], position};
}

static inline cables adjoints_cables(stage *s, const projection *p, const double *sent, int stride)
{
    cables c = {.p = p, .sent = sent, .stride = stride, .weight = s->net->parameters[p->parameter].value};
    cr_assert_eq(arena_take(s->memory, &c.list, p->n_synapses, sizeof *c.list, NULL), LSNN_OK);
    network_each_synapse(s->net, p, adjoints_note, &c);
    return c;
}

/* Whether step t hands something to step `before`. */
static inline bool adjoints_reach(const adjoints *d, int t, int before)
{
    return before >= 0 && (d->truncate == 0 || before / d->truncate == t / d->truncate);
}

static inline void adjoints_currents(adjoints *d, const cables *c)
{
    for (int t = 0; t < d->b->n_steps; t++)
        for (int k = 0; k < c->n; k++)
            if (t >= c->list[k].delay)
                d->current[t * d->b->n_rec + c->list[k].j] +=
                    c->list[k].weight * c->sent[(t - c->list[k].delay) * c->stride + c->list[k].i];
}

/* err -> y[t] -> y[t-1], z[t-d] */
static inline void adjoints_of_readouts(adjoints *d, int t)
{
    const textbook *b = d->b;
    const int before = t - b->out_delay;
    for (int k = 0; k < b->n_out; k++) {
        d->y[t * b->n_out + k] += b->err[t * b->n_out + k];
        const double y = d->y[t * b->n_out + k];
        if (adjoints_reach(d, t, t - 1)) d->y[(t - 1) * b->n_out + k] += b->kappa * y;
        for (int j = 0; j < b->n_rec && before >= 0; j++)
            d->z[before * b->n_rec + j] += b->s_o * b->F[j * b->n_out + k] * y;
    }
}

/* z[t] -> v, A;  v[t] -> v[t-1], I[t], z[t-1], R;  A[t] -> a[t];  a[t] -> a[t-1], z[t-1] */
static inline void adjoints_of_neuron(adjoints *d, int t, int j)
{
    const textbook *b = d->b;
    const bool paper = strcmp(b->dialect, "lsnn2018paper") == 0, code = strcmp(b->dialect, "lsnn2018code") == 0;
    const bool reach = adjoints_reach(d, t, t - 1);
    const int now = t * b->n_rec + j, before = now - b->n_rec;
    const double v_before = t > 0 ? b->v[before] : b->v_0[j], a_before = t > 0 ? b->a[before] : b->a_0[j];
    const double z_before = t > 0 ? b->z[before] : 0;
    const double A_before = b->v_th[j] + b->beta[j] * a_before, A_now = b->v_th[j] + b->beta[j] * b->a[now];
    const double R = paper ? A_before : code ? A_now : b->v_th[j];
    double to_v_before = 0, to_a_before = 0, to_z_before = 0;

    d->z[now] += b->pull[j];
    d->A[now] += b->psi_A[now] * d->z[now];
    if (code)
        to_v_before += b->psi[now] * d->z[now];
    else
        d->v[now] += b->psi[now] * d->z[now];

    d->I[now] = b->s_i[j] * d->v[now];
    to_v_before += b->alpha[j] * d->v[now];
    if (d->reset) to_z_before -= R * d->v[now];
    const double to_R = d->reset ? -z_before * d->v[now] : 0;
    if (code)
        d->A[now] += to_R;
    else if (paper && reach)
        d->A[before] += to_R;
    else
        d->of[OF_V_TH][j] += to_R;
    if (paper && !reach) d->of[OF_BETA][j] += a_before * to_R;
    const double alpha_by_log = -b->alpha[j] * log(b->alpha[j]), rho_by_log = -b->rho[j] * log(b->rho[j]);
    d->of[OF_TAU_M][j] += alpha_by_log * v_before * d->v[now];
    if (b->s_i[j] != 1) d->of[OF_TAU_M][j] -= alpha_by_log * d->current[now] * d->v[now];

    d->of[OF_V_TH][j] += d->A[now];
    d->of[OF_BETA][j] += b->a[now] * d->A[now];
    d->a[now] += b->beta[j] * d->A[now];

    to_a_before += b->rho[j] * d->a[now];
    to_z_before += b->s_a[j] * d->a[now];
    d->of[OF_TAU_A][j] += rho_by_log * a_before * d->a[now];
    if (b->s_a[j] != 1) d->of[OF_TAU_A][j] -= rho_by_log * z_before * d->a[now];

    if (t == 0) {
        d->of[OF_V_0][j] += to_v_before;
        d->of[OF_A_0][j] += to_a_before;
    } else if (reach) {
        d->v[before] += to_v_before;
        d->a[before] += to_a_before;
        d->z[before] += to_z_before;
    }
}

/* I[t] -> z[t-d] */
static inline void adjoints_of_currents(adjoints *d, int t)
{
    for (int k = 0; k < d->rec.n; k++) {
        const cable *c = &d->rec.list[k];
        if (adjoints_reach(d, t, t - c->delay))
            d->z[(t - c->delay) * d->b->n_rec + c->i] += c->weight * d->I[t * d->b->n_rec + c->j];
    }
}

/* Of the trial that the stage has run, by the stage's rule. */
static inline adjoints adjoints_run(stage *s)
{
    const textbook *b = &s->book;
    const int n = b->n_steps * b->n_rec;
    adjoints d = {.b = b,
                  .recurrent = s->is.recurrent,
                  .reset = s->is.recurrent && !s->is.no_reset,
                  .truncate = s->is.truncate,
                  .in = adjoints_cables(s, s->in, s->x, b->n_in),
                  .rec = adjoints_cables(s, s->rec, b->z, b->n_rec)};
    d.y = stage_take(s, b->n_steps * b->n_out);
    double **const arrays[] = {&d.z, &d.v, &d.a, &d.A, &d.I, &d.current};
    for (int k = 0; k < 6; k++)
        *arrays[k] = stage_take(s, n);
    for (int k = 0; k < N_OF; k++)
        d.of[k] = stage_take(s, b->n_rec);
    adjoints_currents(&d, &d.in);
    adjoints_currents(&d, &d.rec);
    for (int t = b->n_steps - 1; t >= 0; t--) {
        adjoints_of_readouts(&d, t);
        for (int j = 0; j < b->n_rec; j++)
            adjoints_of_neuron(&d, t, j);
        if (d.recurrent) adjoints_of_currents(&d, t);
    }
    for (int j = 0; j < b->n_rec; j++)
        d.of[OF_V_TH][j] *= b->v_th[j];
    return d;
}

static inline double adjoints_synapse(const adjoints *d, const cables *c, int k)
{
    double sum = 0;
    for (int t = c->list[k].delay; t < d->b->n_steps; t++)
        sum += d->I[t * d->b->n_rec + c->list[k].j] * c->sent[(t - c->list[k].delay) * c->stride + c->list[k].i];
    return sum;
}

static inline double adjoints_readout(const adjoints *d, int j, int k)
{
    double sum = 0;
    for (int t = d->b->out_delay; t < d->b->n_steps; t++)
        sum += d->b->s_o * d->y[t * d->b->n_out + k] * d->b->z[(t - d->b->out_delay) * d->b->n_rec + j];
    return sum;
}

static inline double adjoints_bias(const adjoints *d, int k)
{
    double sum = 0;
    for (int t = 0; t < d->b->n_steps; t++)
        sum += d->b->leaky_bias ? d->y[t * d->b->n_out + k] : d->b->err[t * d->b->n_out + k];
    return sum;
}

#endif
