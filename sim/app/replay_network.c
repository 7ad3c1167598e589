/* From an oracle case to a network. */
#include "replay_network.h"

#include "registry.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the case says about a parameter of a plug-in: a number, a number per neuron, or a choice. */
typedef struct given {
    const char *name;
    double number;
    const double *values;
    const char *choice;
} given;

static int choice_position(const char *choices, const char *word)
{
    int position = 0;
    const size_t length = strlen(word);
    for (const char *c = choices; c; c = strchr(c, '|') ? strchr(c, '|') + 1 : NULL) {
        if (strncmp(c, word, length) == 0 && (c[length] == '|' || c[length] == '\0')) return position;
        position++;
    }
    return 0;
}

static lsnn_status fill_neurons(const double **out, int n, const given *g, double number, arena *a, lsnn_error *err)
{
    double *values;
    TRY(arena_take(a, &values, (size_t)n, sizeof *values, err));
    for (int j = 0; j < n; j++) values[j] = g && g->values ? g->values[j] : number;
    *out = values;
    return LSNN_OK;
}

/* The struct that `fields` describes, for n neurons. What the case does not give has its default. */
static lsnn_status fill(const void **out, const lsnn_field *fields, size_t size, int n, const given *list, arena *a,
                        lsnn_error *err)
{
    char *parameters;
    TRY(arena_take(a, &parameters, 1, size, err));
    for (const lsnn_field *f = fields; f->name; f++) {
        const given *g = list;
        while (g->name && strcmp(g->name, f->name) != 0) g++;
        if (!g->name) g = NULL;
        void *member = parameters + f->offset;
        const double number = g ? g->number : strtod(f->fallback, NULL);
        switch (f->kind) {
        case LSNN_REAL: *(double *)member = number; break;
        case LSNN_BOOL: *(bool *)member = number != 0; break;
        case LSNN_CHOICE: *(int *)member = choice_position(f->choices, g ? g->choice : f->fallback); break;
        case LSNN_NEURONS: TRY(fill_neurons(member, n, g, number, a, err)); break;
        default: return lsnn_fail(err, LSNN_INTERNAL, "replay cannot set '%s'", f->name);
        }
    }
    *out = parameters;
    return LSNN_OK;
}

static lsnn_status add_population(network *net, const char *name, const char *model_name, int n, const given *list,
                                  lsnn_error *err)
{
    const lsnn_model *model = registry_model(model_name);
    const void *parameters;
    if (n == 0) return LSNN_OK;
    if (!model) return lsnn_fail(err, LSNN_INTERNAL, "the model '%s' is not in this program", model_name);
    TRY(fill(&parameters, model->fields, model->size, n, list, net->memory, err));
    return network_add_population(net, name, model, n, parameters, err);
}

static const char *scale(bool leak)
{
    return leak ? "leak" : "none";
}

static lsnn_status add_populations(network *net, const case_file *c, lsnn_error *err)
{
    const given neurons[] = {{.name = "tau_m", .number = c->tau_m},
                             {.name = "v_th", .number = c->v_th},
                             {.name = "n_ref", .number = c->n_ref},
                             {.name = "gamma", .number = c->gamma},
                             {.name = "dialect", .choice = c->variant},
                             {.name = "scale_input", .choice = scale(c->scale_input)},
                             {.name = "tau_a", .number = c->tau_a},
                             {.name = "beta", .values = c->beta + c->n_lif},
                             {.name = "scale_adapt", .choice = scale(c->scale_adapt)},
                             {NULL}};
    const given readouts[] = {{.name = "tau_out", .number = c->tau_out},
                              {.name = "scale", .choice = scale(c->scale_readout)},
                              {.name = "bias", .values = c->b_out},
                              {.name = "bias_mode", .choice = c->leaky_bias ? "leaky" : "static"},
                              {.name = "learn_bias", .number = c->n_iterations == 0},
                              {NULL}};
    TRY(add_population(net, "lif", "lif", c->n_lif, neurons, err));
    TRY(add_population(net, "alif", "alif", c->n_alif, neurons, err));
    return add_population(net, "out", "readout", c->n_out, readouts, err);
}

/* `mask` and `delay` may be NULL: all to all, without delay. */
static lsnn_status connect(network *net, projection_spec spec, int n_from, int n_to, const double *weight, const int *mask,
                           const int *delay, lsnn_error *err)
{
    synapses *wires;
    TRY(synapses_new(&wires, net->memory, n_from, n_to, (size_t)n_from * (size_t)n_to, err));
    for (int i = 0; i < n_from; i++)
        for (int j = 0; j < n_to; j++) {
            const size_t k = (size_t)i * (size_t)n_to + (size_t)j;
            if (!mask || mask[k]) synapses_add(wires, (uint32_t)i, (uint32_t)j, weight[k], delay ? delay[k] : 0);
        }
    spec.learn = true;
    spec.rate = 1;
    spec.min = -INFINITY;
    spec.max = INFINITY;
    return network_add_projection(net, &spec, wires, err);
}

static lsnn_status add_projections(replay_network *r, const case_file *c, lsnn_error *err)
{
    network *net = r->net;
    const int n = net->n_spiking_populations;
    const projection_spec in = {.name = "in", .source = 0, .n_to_populations = n};
    const projection_spec rec = {.name = "rec", .source = -1, .n_from_populations = n, .n_to_populations = n};
    const projection_spec out = {
        .name = "out", .source = -1, .n_from_populations = n, .to_population = n, .n_to_populations = 1};
    TRY(connect(net, in, c->n_in, c->n_rec, c->W_in, c->mask_in, c->d_in, err));
    TRY(connect(net, rec, c->n_rec, c->n_rec, c->W_rec, c->mask_rec, c->d_rec, err));
    TRY(connect(net, out, c->n_rec, c->n_out, c->W_out, NULL, NULL, err));
    r->in = &net->projections[0];
    r->rec = &net->projections[1];
    r->out = &net->projections[2];
    return LSNN_OK;
}

static lsnn_status set_feedback(const replay_network *r, const case_file *c, lsnn_error *err)
{
    real *feedback;
    const size_t width = (size_t)r->out->width, n_out = (size_t)c->n_out;
    TRY(arena_take(r->net->memory, &feedback, (size_t)c->n_rec * width, sizeof *feedback, err));
    for (size_t j = 0; j < (size_t)c->n_rec; j++)
        for (size_t k = 0; k < n_out; k++) feedback[j * width + k] = (real)c->B_fb[j * n_out + k];
    return network_set_feedback(r->net, r->out, feedback, err);
}

static lsnn_status set_learning(replay_network *r, const case_file *c, lsnn_feedback feedback, lsnn_error *err)
{
    const given constants[] = {{.name = "beta_1", .number = c->beta_1},
                               {.name = "beta_2", .number = c->beta_2},
                               {.name = "epsilon", .number = c->epsilon},
                               {NULL}};
    const char *name = c->optimiser ? c->optimiser : "sgd";
    const lsnn_optimiser *optimiser = registry_optimiser(name);
    if (!optimiser) return lsnn_fail(err, LSNN_INTERNAL, "the optimiser '%s' is not in this program", name);
    /* A shard per sample: so the gradients of a batch are summed in the order of the samples. */
    r->learning = (learning_settings){.learns = true,
                                      .optimiser = optimiser,
                                      .paths.feedback = feedback,
                                      .rate = c->rate,
                                      .batch = c->batch,
                                      .iterations = c->n_iterations,
                                      .shards = c->batch,
                                      .loss.kind = c->loss,
                                      .regularisation = c->regularisation};
    return fill(&r->learning.optimiser_parameters, optimiser->fields, optimiser->size, 0, constants, r->net->memory, err);
}

lsnn_status replay_network_new(replay_network *out, const case_file *c, lsnn_feedback feedback, arena *a, lsnn_error *err)
{
    const source input = {.name = "input", .kind = SOURCE_TASK, .n = c->n_in};
    *out = (replay_network){.shape = {.n_in = c->n_in, .n_out = c->n_out, .n_steps = c->n_steps}};
    TRY(network_new(&out->net, a, c->dt, 0, err));
    TRY(network_add_source(out->net, &input, err));
    TRY(add_populations(out->net, c, err));
    TRY(add_projections(out, c, err));
    out->bias = out->net->populations[out->net->n_populations - 1].trainable;
    if (feedback == LSNN_RANDOM) TRY(set_feedback(out, c, err));
    return set_learning(out, c, feedback, err);
}
