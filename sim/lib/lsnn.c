/* The library's face: see lsnn.h. */
#include "lsnn.h"
#include "files.h"
#include "learner.h"
#include "memory.h"
#include "outer.h"
#include "state.h"
#include "text.h"
#include "version.h"
#include <fenv.h>
#include <locale.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

struct lsnn {
    arena *memory;
    experiment *e;
    run_state run;
    state_item *items;
    int n_items;
};

/* An embedding program may have a locale in which 0.5 is written 0,5, or round in its own way. Numbers of configs and messages
 * have a point all the same, and the same bits: the thread that calls a function below works in the locale C and the default
 * floating point environment until the function returns. */
typedef struct caller {
    locale_t plain, locale;
    fenv_t floating;
} caller;

static caller enter_library(void)
{
    caller c = {.plain = newlocale(LC_ALL_MASK, "C", (locale_t)0)};
    c.locale = uselocale(c.plain);
    fegetenv(&c.floating);
    fesetenv(FE_DFL_ENV);
    return c;
}

static void leave_library(const caller *c)
{
    fesetenv(&c->floating);
    uselocale(c->locale);
    if (c->plain) freelocale(c->plain);
}

#define WITHIN_LIBRARY __attribute__((cleanup(leave_library), unused)) const caller caller_left = enter_library()

const char *lsnn_version(void)
{
    return version_number;
}

static lsnn_status finish(lsnn *net, config_node *root, int n_threads, lsnn_error *err)
{
    const int threads = n_threads > 0 ? n_threads : omp_get_num_procs();
    TRY(build_experiment(&net->e, root, &files_default, threads, net->memory, err));
    if (net->e->simulation.engine != ENGINE_NONE)
        return lsnn_fail(err, LSNN_CONFIG, "a config with `simulation` is for the program (lsnn run), not the library");
    TRY(learner_attach(net->e, threads, err));
    TRY(memory_check(net->e, err));
    return state_items(&net->items, &net->n_items, net->e, &net->run, NULL, 0, err);
}

static lsnn_status begin(lsnn **out, lsnn_error *err)
{
    *out = calloc(1, sizeof **out);
    if (!*out) return lsnn_fail(err, LSNN_MEMORY, "not enough memory to begin");
    return arena_new(&(*out)->memory, err);
}

/* A failed open leaves nothing behind. */
static lsnn_status settle(lsnn **out, lsnn_status status)
{
    if (status == LSNN_OK) return status;
    lsnn_close(*out);
    *out = NULL;
    return status;
}

static lsnn_status open_file(lsnn *net, const char *path, const char *const *overrides, int n_overrides, int n_threads,
                             lsnn_error *err)
{
    config_node *root;
    TRY(config_read(&root, net->memory, path, err));
    for (int k = 0; k < n_overrides; k++)
        TRY(config_override(root, net->memory, overrides[k], err));
    TRY(files_place(root, path, net->memory, err));
    return finish(net, root, n_threads, err);
}

static lsnn_status open_text(lsnn *net, const char *yaml, int n_threads, lsnn_error *err)
{
    config_node *root;
    TRY(config_parse(&root, net->memory, "text", yaml, strlen(yaml), err));
    return finish(net, root, n_threads, err);
}

lsnn_status lsnn_open(lsnn **out, const char *path, const char *const *overrides, int n_overrides, int n_threads,
                      lsnn_error *err)
{
    WITHIN_LIBRARY;
    lsnn_status status = begin(out, err);
    if (status == LSNN_OK) status = open_file(*out, path, overrides, n_overrides, n_threads, err);
    return settle(out, status);
}

lsnn_status lsnn_open_text(lsnn **out, const char *yaml, int n_threads, lsnn_error *err)
{
    WITHIN_LIBRARY;
    lsnn_status status = begin(out, err);
    if (status == LSNN_OK) status = open_text(*out, yaml, n_threads, err);
    return settle(out, status);
}

void lsnn_close(lsnn *net)
{
    if (!net) return;
    arena_free(net->memory);
    free(net);
}

/* Of the readouts that answer. */
static int count_outputs(const experiment *e)
{
    const network *net = e->net;
    return net->n_outputs > 0 ? net->populations[net->n_spiking_populations].n : 0;
}

lsnn_sizes lsnn_get_sizes(const lsnn *net)
{
    const experiment *e = net->e;
    return (lsnn_sizes){e->shape.n_in, e->net->n_spiking, count_outputs(e), e->shape.n_steps, e->dt};
}

const char *lsnn_config(const lsnn *net)
{
    return net->e->resolved;
}

static lsnn_metrics public_metrics(const metrics *m)
{
    return (lsnn_metrics){.loss = m->loss, .error = m->error, .rate = m->rate, .gradient_norm = m->norm};
}

lsnn_status lsnn_iterate(lsnn *net, lsnn_metrics *out, lsnn_error *err)
{
    WITHIN_LIBRARY;
    metrics m;
    TRY(trainer_iterate(net->e->trainer, &m, NULL, err));
    *out = public_metrics(&m);
    return LSNN_OK;
}

uint64_t lsnn_iterations(const lsnn *net)
{
    return net->e->trainer->iteration;
}

lsnn_status lsnn_evaluate(lsnn *net, lsnn_metrics *out, int set, uint64_t first, uint64_t n, lsnn_error *err)
{
    WITHIN_LIBRARY;
    metrics m;
    if (set < LSNN_TRAIN || set > LSNN_TEST || n == 0)
        return lsnn_fail(err, LSNN_USAGE, "set is 0, 1 or 2 and n at least 1, not %d and %llu", set,
                         (unsigned long long)n);
    TRY(trainer_evaluate(net->e->trainer, &m, (lsnn_set)set, first, n, err));
    *out = public_metrics(&m);
    return LSNN_OK;
}

static lsnn_status load_input(const experiment *e, lsnn_trial *trial, const double *x, lsnn_error *err)
{
    const lsnn_shape *shape = &e->shape;
    trial_clear(trial, LSNN_TRAIN);
    for (int t = 0; t < shape->n_steps; t++)
        for (int i = 0; i < shape->n_in; i++) {
            const double value = x[(size_t)t * (size_t)shape->n_in + (size_t)i];
            if (!isfinite(value)) return lsnn_fail(err, LSNN_USAGE, "x[%d][%d] is %g", t, i, text_unsigned_nan(value));
            if (shape->analog)
                trial->analog[(size_t)t * (size_t)shape->n_in + (size_t)i] = (real)value;
            else if (value > 0)
                lsnn_trial_spike(trial, t, i);
        }
    if (!shape->analog) trial_sort(trial);
    return LSNN_OK;
}

lsnn_status lsnn_present(lsnn *net, const double *x, double *y, uint8_t *z, lsnn_error *err)
{
    WITHIN_LIBRARY;
    const experiment *e = net->e;
    tape *tp = e->trainer->tapes[0];
    const int T = e->shape.n_steps, n_out = count_outputs(e), n = e->net->n_spiking;
    if (e->learning.by_neurons)
        return lsnn_fail(err, LSNN_CONFIG,
                         "learning.threads: with `neurons` a trial cannot be presented; take `samples`");
    const size_t row = (size_t)(e->net->n_columns - e->net->spiking_columns);
    tp->drawn = false;
    TRY(load_input(e, tp->trial, x, err));
    tp->n_steps = tp->trial->n_steps;
    network_refresh(e->net);
    tp->collapsed = false;
    tp->readout_from = 0;
    tp->start = NULL;
    worker_enter_thread();
    forward(e->net, e->trainer->workers[0], tp, NULL, NULL);
    for (int t = 0; y && t < T; t++)
        for (int k = 0; k < n_out; k++)
            y[(size_t)t * (size_t)n_out + (size_t)k] = tp->output[(size_t)t * row + (size_t)k];
    if (z) memset(z, 0, (size_t)T * (size_t)n);
    for (int t = 0; z && t < T; t++)
        for (uint32_t s = tp->spike_start[t]; s < tp->spike_start[t + 1]; s++)
            z[(size_t)t * (size_t)n + tp->spike[s]] = 1;
    return LSNN_OK;
}

static const projection *find(const lsnn *net, const char *name, lsnn_error *err)
{
    const int found = network_find_projection(net->e->net, name);
    if (found >= 0) return &net->e->net->projections[found];
    (void)!lsnn_fail(err, LSNN_CONFIG, "no projection is called '%s'", name);
    return NULL;
}

lsnn_status lsnn_projection_shape(const lsnn *net, const char *name, int *n_from, int *n_to, lsnn_error *err)
{
    const projection *p = find(net, name, err);
    if (!p) return LSNN_CONFIG;
    *n_from = p->n_from;
    *n_to = network_count_targets(net->e->net, p);
    return LSNN_OK;
}

typedef struct matrix {
    double *out;
    const double *in;
    real *value;
    size_t n_to;
} matrix;

static void read_synapse(void *with, int i, int j, int delay, size_t position)
{
    const matrix *m = with;
    double *w = &m->out[(size_t)i * m->n_to + (size_t)j];
    (void)delay;
    *w = (isnan(*w) ? 0 : *w) + m->value[position];
}

static void write_synapse(void *with, int i, int j, int delay, size_t position)
{
    const matrix *m = with;
    (void)delay;
    m->value[position] = (real)m->in[(size_t)i * m->n_to + (size_t)j];
}

/* Weights that somebody wants to set, until the first that cannot be. */
typedef struct proposal {
    const char *name;
    const parameter *weights;
    const double *in;
    size_t n_to;
    int *heard; /* [n_to] the cell of the latest synapse, from 1 */
    lsnn_status status;
    lsnn_error *err;
} proposal;

static void check_synapse(void *with, int i, int j, int delay, size_t position)
{
    proposal *c = with;
    const parameter *p = c->weights;
    const real w = (real)c->in[(size_t)i * c->n_to + (size_t)j], sign = p->sign ? p->sign[position] : 0;
    (void)delay;
    if (c->status != LSNN_OK) return;
    if (c->heard[j] == i + 1)
        c->status = lsnn_fail(c->err, LSNN_CONFIG,
                              "'%s' has several synapses from cell %d to target %d: weights by pair cannot be given "
                              "to them",
                              c->name, i, j);
    else if (!isfinite(w))
        c->status =
            lsnn_fail(c->err, LSNN_CONFIG, "a weight of %g from cell %d to target %d of '%s': it must be finite",
                      (double)w, i, j, c->name);
    else if (w * sign < 0)
        c->status =
            lsnn_fail(c->err, LSNN_CONFIG, "a weight of %g from cell %d to target %d of '%s', where all are at %s 0",
                      (double)w, i, j, c->name, sign > 0 ? "least" : "most");
    else if (w < (real)p->min || w > (real)p->max) /* as learning bounds it */
        c->status = lsnn_fail(c->err, LSNN_CONFIG,
                              "a weight of %g from cell %d to target %d of '%s', whose bounds are %g and %g", (double)w,
                              i, j, c->name, p->min, p->max);
    c->heard[j] = i + 1;
}

lsnn_status lsnn_get_weights(const lsnn *net, const char *name, double *w, lsnn_error *err)
{
    const projection *p = find(net, name, err);
    if (!p) return LSNN_CONFIG;
    matrix m = {.out = w, .value = net->e->net->parameters[p->parameter].value};
    m.n_to = (size_t)network_count_targets(net->e->net, p);
    for (size_t k = 0; k < (size_t)p->n_from * m.n_to; k++)
        w[k] = NAN;
    network_each_synapse(net->e->net, p, read_synapse, &m);
    return LSNN_OK;
}

static lsnn_status check_weights(const lsnn *net, const projection *p, const double *w, size_t n_to, lsnn_error *err)
{
    proposal c = {.name = p->name,
                  .weights = &net->e->net->parameters[p->parameter],
                  .in = w,
                  .n_to = n_to,
                  .heard = calloc(n_to, sizeof *c.heard),
                  .err = err};
    if (!c.heard) return lsnn_fail(err, LSNN_MEMORY, "not enough memory to check %zu targets", n_to);
    network_each_synapse(net->e->net, p, check_synapse, &c);
    free(c.heard);
    return c.status;
}

/* A sampler keeps what it looks for apart from the network. */
static void tell_sampler(const lsnn *net)
{
    if (net->e->trainer->outer) outer_begin_anew(net->e->trainer->outer);
}

lsnn_status lsnn_set_weights(lsnn *net, const char *name, const double *w, lsnn_error *err)
{
    WITHIN_LIBRARY;
    const projection *p = find(net, name, err);
    if (!p) return LSNN_CONFIG;
    matrix m = {.in = w, .value = net->e->net->parameters[p->parameter].value};
    m.n_to = (size_t)network_count_targets(net->e->net, p);
    TRY(check_weights(net, p, w, m.n_to, err));
    network_each_synapse(net->e->net, p, write_synapse, &m);
    tell_sampler(net);
    return LSNN_OK;
}

typedef struct hint {
    char text[128]; /* empty: no name is near */
} hint;

static hint suggest(const char *name, const char *const *names, int n)
{
    hint h = {""};
    const char *near = text_nearest(name, names, n);
    if (near) snprintf(h.text, sizeof h.text, "; did you mean '%s'?", near);
    return h;
}

static lsnn_status find_population(const lsnn *net, const population **out, const char *name, lsnn_error *err)
{
    const network *within = net->e->net;
    const int found = network_find_population(within, name);
    *out = &within->populations[found < 0 ? 0 : found];
    if (found >= 0) return LSNN_OK;
    const char *names[64];
    int n = 0;
    for (; n < within->n_populations && n < 64; n++)
        names[n] = within->populations[n].name;
    return lsnn_fail(err, LSNN_CONFIG, "no population is called '%s'%s", name, suggest(name, names, n).text);
}

typedef struct learned_parameter {
    const population *of;
    const parameter *column;
} learned_parameter;

static lsnn_status find_parameter(const lsnn *net, learned_parameter *out, const char *of, const char *name,
                                  lsnn_error *err)
{
    const parameter *learned[LSNN_MAX_TRAINABLE];
    const char *names[LSNN_MAX_TRAINABLE];
    TRY(find_population(net, &out->of, of, err));
    const int n = network_learned(net->e->net, out->of, learned);
    for (int l = 0; l < n; l++) {
        out->column = learned[l];
        names[l] = learned[l]->field->name;
        if (strcmp(names[l], name) == 0) return LSNN_OK;
    }
    return lsnn_fail(err, LSNN_CONFIG, "'%s' learns no parameter '%s'%s", of, name, suggest(name, names, n).text);
}

lsnn_status lsnn_population_size(const lsnn *net, const char *name, int *n, lsnn_error *err)
{
    const population *p;
    TRY(find_population(net, &p, name, err));
    *n = p->n;
    return LSNN_OK;
}

lsnn_status lsnn_get_parameter(const lsnn *net, const char *of, const char *name, double *values, lsnn_error *err)
{
    learned_parameter p;
    TRY(find_parameter(net, &p, of, name, err));
    for (int j = 0; j < p.of->n; j++)
        values[j] = network_value(p.column, j);
    return LSNN_OK;
}

lsnn_status lsnn_set_parameter(lsnn *net, const char *of, const char *name, const double *values, lsnn_error *err)
{
    WITHIN_LIBRARY;
    learned_parameter p;
    TRY(find_parameter(net, &p, of, name, err));
    for (int j = 0; j < p.of->n; j++)
        if (!isfinite(network_stored(p.column, values[j])))
            return lsnn_fail(err, LSNN_CONFIG, "%s of '%s' must be finite%s, not %g as of neuron %d", name, of,
                             p.column->logarithm ? " and positive" : "", text_unsigned_nan(values[j]), j);
    for (int j = 0; j < p.of->n; j++)
        p.column->value[j] = network_stored(p.column, values[j]);
    tell_sampler(net);
    return LSNN_OK;
}

lsnn_status lsnn_save(lsnn *net, const char *path, lsnn_error *err)
{
    WITHIN_LIBRARY;
    return checkpoint_write(path, net->items, net->n_items, net->e->resolved, err);
}

lsnn_status lsnn_restore(lsnn *net, const char *path, lsnn_error *err)
{
    WITHIN_LIBRARY;
    TRY(checkpoint_read(path, net->items, net->n_items, net->e->resolved, err));
    return state_check(net->e, err);
}
