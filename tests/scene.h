/* A small random network of LIF and ALIF neurons that runs one trial in the trainer, and the textbook's view of the same. */
#ifndef SCENE_H
#define SCENE_H

#include "parameters.h"
#include "registry.h"
#include "textbook.h"
#include "trainer.h"

#include <criterion/criterion.h>

typedef struct scene {
    int n_lif, n_alif, n_in, n_out;
    const char *dialect, *surrogate;
    int n_ref;
    int longest; /* delays are 1 .. longest between neurons, one less from the input; a single one if 1 */
    int out_delay;
    double density;  /* of synapses; 1: all to all */
    double strength; /* of the rate regularisation */
    bool sparse, random, leak, leaky_bias, runs, analog;
    bool
        classes; /* label 1, the cross entropy of the average readout; the textbook knows the mean squared error only */
    bool collapse;     /* the readout's steps that the loss does not need are left out */
    bool recurrent;    /* bptt; the textbook knows e-prop only, adjoints.h both */
    bool no_reset;     /* bptt does not follow the reset */
    int truncate;      /* its gradient, each so many steps */
    bool axonal;       /* all synapses of a cell have one delay */
    bool learn;        /* the neurons' own parameters */
    double tape_bytes; /* as in learning_settings */
    int late;          /* only the steps from here on are judged, each by itself, and there is no bias; 0: all */
} scene;

enum { SCENE_STEPS = 80 };

/* Values of a scene; the network has them rounded to `real`. */
typedef struct stage {
    scene is;
    arena *memory;
    network *net;
    trainer *learner;
    const projection *in, *rec, *out;
    int bias; /* its place in net->parameters */
    textbook book;
    int n_synapses;
    double *x; /* [steps][n_in] */
    lsnn_random stream;
} stage;

static inline double *stage_take(stage *s, int n)
{
    double *values;
    cr_assert_eq(arena_take(s->memory, &values, (size_t)n, sizeof *values, NULL), LSNN_OK);
    return values;
}

/* n numbers between low and high that a `real` holds exactly. */
static inline double *stage_numbers(stage *s, int n, double low, double high)
{
    double *values = stage_take(s, n);
    for (int k = 0; k < n; k++)
        values[k] = (real)(low + (high - low) * lsnn_random_uniform(&s->stream));
    return values;
}

static inline double *stage_decays(stage *s, int n, const double *tau)
{
    double *values = stage_take(s, n);
    for (int k = 0; k < n; k++)
        values[k] = exp(-1 / tau[k]);
    return values;
}

static inline double *stage_scales(stage *s, int n, const double *decay)
{
    double *values = stage_take(s, n);
    for (int k = 0; k < n; k++)
        values[k] = s->is.leak ? 1 - decay[k] : 1;
    return values;
}

static inline void stage_population(stage *s, const char *name, int n, const parameters_entry *list)
{
    const lsnn_model *model = registry_model(name);
    const void *parameters;
    cr_assert_eq(parameters_fill(&parameters, model->fields, model->size, n, list, s->memory, NULL), LSNN_OK);
    cr_assert_eq(network_add_population(s->net, name, model, n, parameters, NULL), LSNN_OK);
}

static inline void stage_populations(stage *s)
{
    const scene *is = &s->is;
    textbook *b = &s->book;
    const int n = b->n_rec;
    const double *tau_m = stage_numbers(s, n, 8, 25), *tau_a = stage_numbers(s, n, 30, 200);
    const char *scale = is->leak ? "leak" : "none";
    double *beta = stage_numbers(s, n, is->leak ? -0.3 : -0.01, is->leak ? 3 : 0.1), *n_ref = stage_take(s, n);
    for (int j = 0; j < n; j++)
        n_ref[j] = is->n_ref > 0 ? is->n_ref + j % 2 : 0;
    memset(beta, 0, (size_t)is->n_lif * sizeof *beta);
    b->beta = beta;
    b->n_ref = n_ref;
    b->v_th = stage_numbers(s, n, is->leak ? 0.05 : 0.8, is->leak ? 0.08 : 1.2);
    b->gamma = stage_numbers(s, n, 0.2, 0.5);
    b->width = stage_numbers(s, n, 0.7, 1.5);
    b->alpha = stage_decays(s, n, tau_m);
    b->rho = stage_decays(s, n, tau_a);
    b->s_i = stage_scales(s, n, b->alpha);
    b->s_a = stage_scales(s, n, b->rho);
    b->v_0 = is->learn ? stage_numbers(s, n, -0.5, 0.5) : stage_take(s, n);
    b->a_0 = is->learn ? stage_numbers(s, n, 0, 1) : stage_take(s, n);
    for (int first = 0; first < n; first = first < is->n_lif ? is->n_lif : n) {
        const bool lif = first < is->n_lif;
        const parameters_entry list[] = {
            {.name = "tau_m", .values = tau_m + first},     {.name = "tau_a", .values = tau_a + first},
            {.name = "v_th", .values = b->v_th + first},    {.name = "beta", .values = b->beta + first},
            {.name = "gamma", .values = b->gamma + first},  {.name = "width", .values = b->width + first},
            {.name = "n_ref", .values = b->n_ref + first},  {.name = "dialect", .choice = is->dialect},
            {.name = "surrogate", .choice = is->surrogate}, {.name = "scale_input", .choice = scale},
            {.name = "scale_adapt", .choice = scale},       {.name = "v_0", .values = b->v_0 + first},
            {.name = "a_0", .values = b->a_0 + first},      {.name = "learn_tau_m", .number = is->learn},
            {.name = "learn_v_th", .number = is->learn},    {.name = "learn_v_0", .number = is->learn},
            {.name = "learn_tau_a", .number = is->learn},   {.name = "learn_beta", .number = is->learn},
            {.name = "learn_a_0", .number = is->learn},     {0}};
        stage_population(s, lif ? "lif" : "alif", lif ? is->n_lif : is->n_alif, list);
    }
    b->kappa = exp(-1.0 / 15);
    b->s_o = is->leak ? 1 - b->kappa : 1;
    b->leaky_bias = is->leaky_bias;
    b->b_out = is->late ? stage_numbers(s, is->n_out, 0, 0) : stage_numbers(s, is->n_out, -0.5, 0.5);
    const parameters_entry readout[] = {{.name = "tau_out", .number = 15},
                                        {.name = "scale", .choice = scale},
                                        {.name = "bias", .values = b->b_out},
                                        {.name = "bias_mode", .choice = is->leaky_bias ? "leaky" : "static"},
                                        {.name = "learn_bias", .number = is->late == 0},
                                        {0}};
    stage_population(s, "readout", is->n_out, readout);
    s->bias = s->net->populations[s->net->n_populations - 1].trainable;
}

/* `weights` [n_from][n_to], NULL: drawn between low and high. */
static inline void stage_connect(stage *s, projection_spec spec, int n_from, int n_to, const double *weights,
                                 double low, double high, int shortest)
{
    const bool out = spec.to_population == s->net->n_spiking_populations;
    synapses *wires;
    cr_assert_eq(synapses_new(&wires, s->memory, n_from, n_to, (size_t)(n_from * n_to), NULL), LSNN_OK);
    if (!weights) weights = stage_numbers(s, n_from * n_to, low, high);
    const int spread = out ? 1 : s->is.longest;
    for (int i = 0, delay = 0; i < n_from; i++)
        for (int j = 0; j < n_to; j++) {
            if (j == 0 || !s->is.axonal) delay = shortest + (int)lsnn_random_below(&s->stream, (uint32_t)spread);
            if (out || lsnn_random_uniform(&s->stream) < s->is.density)
                synapses_add(wires, (uint32_t)i, (uint32_t)j, weights[i * n_to + j], delay);
        }
    spec.learn = true;
    spec.rate = 1;
    spec.min = -INFINITY;
    spec.max = INFINITY;
    spec.sparse = s->is.sparse;
    cr_assert_eq(network_add_projection(s->net, &spec, wires, NULL), LSNN_OK);
}

static inline void stage_projections(stage *s)
{
    const scene *is = &s->is;
    textbook *b = &s->book;
    const int n = s->net->n_spiking_populations;
    const double drive = 1.6 / is->density;
    stage_connect(s, (projection_spec){.name = "in", .source = 0, .n_to_populations = n}, is->n_in, b->n_rec, NULL,
                  -0.3 * drive / is->n_in, drive / is->n_in, 0);
    stage_connect(s, (projection_spec){.name = "rec", .source = -1, .n_from_populations = n, .n_to_populations = n},
                  b->n_rec, b->n_rec, NULL, -0.5 / b->n_rec, 0.5 / b->n_rec, 1);
    b->W_out = stage_numbers(s, b->n_rec * is->n_out, -1, 1);
    b->F = b->W_out;
    stage_connect(s,
                  (projection_spec){
                      .name = "out", .source = -1, .n_from_populations = n, .to_population = n, .n_to_populations = 1},
                  b->n_rec, is->n_out, b->W_out, 0, 0, is->out_delay);
    s->in = &s->net->projections[0];
    s->rec = &s->net->projections[1];
    s->out = &s->net->projections[2];
    if (!is->random) return;
    b->F = stage_numbers(s, b->n_rec * is->n_out, -1, 1);
    real *feedback;
    cr_assert_eq(arena_take(s->memory, &feedback, (size_t)(b->n_rec * s->out->width), sizeof *feedback, NULL), LSNN_OK);
    for (int j = 0; j < b->n_rec; j++)
        for (int k = 0; k < is->n_out; k++)
            feedback[j * s->out->width + k] = (real)b->F[j * is->n_out + k];
    cr_assert_eq(network_set_feedback(s->net, &s->net->projections[2], feedback, NULL), LSNN_OK);
}

static inline void stage_draw(const void *state, const void *parameters, const lsnn_draw *which, lsnn_trial *trial)
{
    (void)parameters;
    (void)which;
    const stage *s = state;
    for (int t = 0; t < SCENE_STEPS; t++) {
        for (int i = 0; i < s->is.n_in; i++) {
            const double x = s->x[t * s->is.n_in + i];
            if (s->is.analog)
                trial->analog[t * s->is.n_in + i] = (real)x;
            else if (x > 0)
                lsnn_trial_spike(trial, t, i);
        }
        trial->weight[t] = t < s->is.late ? 0 : (real)s->book.w_t[t];
    }
    trial->label = 1;
    for (int k = 0; !s->is.classes && k < SCENE_STEPS * s->is.n_out; k++)
        trial->target[k] = (real)s->book.target[k];
}

static inline void stage_see(void *with, int sample, const network *net, const worker *w, const tape *tp, int t)
{
    (void)sample;
    (void)tp;
    stage *s = with;
    for (int k = 0; k < net->n_spiking_populations; k++) {
        const population *p = &net->populations[k];
        for (int j = 0; j < p->n; j++) {
            const int place = t * s->book.n_rec + p->first + j;
            ((double *)s->book.z)[place] = w->output[p->column + j];
            ((double *)s->book.v)[place] = w->slice[k].state[0][j];
            ((double *)s->book.a)[place] = p->n_states > 2 ? w->slice[k].state[2][j] : 0;
        }
    }
}

static inline void stage_prepare_trial(stage *s)
{
    textbook *b = &s->book;
    const int n_in = s->is.n_in;
    s->x = stage_take(s, SCENE_STEPS * n_in);
    for (int k = 0; k < SCENE_STEPS * n_in; k++) {
        const double u = lsnn_random_uniform(&s->stream);
        s->x[k] = s->is.analog ? (real)(u - 0.2) : u < 0.3;
        if (s->is.runs && k % n_in > 0 && u > 0.4) s->x[k] = s->x[k - 1]; /* cells in a row spike together */
    }
    b->target = stage_numbers(s, SCENE_STEPS * s->is.n_out, -2, 2);
    b->w_t = stage_numbers(s, SCENE_STEPS, 0, 1);
    b->z = stage_take(s, SCENE_STEPS * b->n_rec);
    b->v = stage_take(s, SCENE_STEPS * b->n_rec);
    b->a = stage_take(s, SCENE_STEPS * b->n_rec);
    b->psi = stage_take(s, SCENE_STEPS * b->n_rec);
    b->psi_a = stage_take(s, SCENE_STEPS * b->n_rec);
    b->psi_A = stage_take(s, SCENE_STEPS * b->n_rec);
    b->err = stage_take(s, SCENE_STEPS * s->is.n_out);
}

static inline void stage_pull(stage *s)
{
    double *pull = stage_take(s, s->book.n_rec);
    for (int j = 0; j < s->book.n_rec; j++) {
        double rate = 0;
        for (int t = 0; t < SCENE_STEPS; t++)
            rate += s->book.z[t * s->book.n_rec + j] / SCENE_STEPS;
        pull[j] = 2 * s->is.strength * (rate - 0.02) / SCENE_STEPS;
    }
    s->book.pull = pull;
}

static const lsnn_task stage_task = {.name = "scene", .draw = stage_draw};

/* Builds the network, runs the trial, computes the engine's gradient, and has the textbook look at the same spikes. */
static inline stage *stage_run(scene is)
{
    stage *s = calloc(1, sizeof *s);
    lsnn_error err = {0};
    metrics m;
    s->is = is;
    s->stream = lsnn_random_stream(7, LSNN_WEIGHTS, 0, 0);
    cr_assert_eq(arena_new(&s->memory, NULL), LSNN_OK);
    s->book = (textbook){.n_steps = SCENE_STEPS,
                         .n_in = is.n_in,
                         .n_rec = is.n_lif + is.n_alif,
                         .n_out = is.n_out,
                         .dialect = is.dialect,
                         .surrogate = is.surrogate,
                         .out_delay = is.out_delay};
    cr_assert_eq(network_new(&s->net, s->memory, 1, 0, NULL), LSNN_OK);
    const source input = {.name = "input", .kind = SOURCE_TASK, .n = is.n_in, .analog = is.analog, .runs = is.runs};
    cr_assert_eq(network_add_source(s->net, &input, NULL), LSNN_OK);
    stage_populations(s);
    stage_projections(s);
    stage_prepare_trial(s);
    const lsnn_shape *shape = &(lsnn_shape){.n_in = is.n_in,
                                            .n_out = is.n_out,
                                            .n_steps = SCENE_STEPS,
                                            .analog = is.analog,
                                            .runs = is.runs,
                                            .classes = is.classes};
    const learning_settings learning = {
        .learns = true,
        .optimiser = registry_optimiser("sgd"),
        .paths = {.feedback = is.random ? LSNN_RANDOM : LSNN_SYMMETRIC,
                  .recurrent = is.recurrent,
                  .reset = is.recurrent && !is.no_reset,
                  .truncate = is.truncate},
        .tape_bytes = is.tape_bytes,
        .batch = 1,
        .shards = 1,
        .may_collapse = is.collapse,
        .loss = {.kind = is.classes ? LOSS_CROSS_ENTROPY : LOSS_MSE, .pool = is.classes && is.late == 0},
        .regularisation = {is.strength, 0.02, SCOPE_SAMPLE}};
    const trainer_recorder recorder = {.with = s, .n_samples = 1, .step = stage_see};
    cr_assert_eq(trainer_new(&s->learner, s->net, &stage_task, s, NULL, shape, &learning, 1, NULL), LSNN_OK);
    cr_assert_eq(trainer_gradient(s->learner, &m, &recorder, &err), LSNN_OK, "%s", err.message);
    stage_pull(s);
    textbook_slopes(&s->book);
    textbook_errors(&s->book);
    return s;
}

static inline void stage_free(stage *s)
{
    arena_free(s->memory);
    free(s);
}

#endif
