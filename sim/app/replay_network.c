/* From an oracle case to a network. */
#include "replay_network.h"

#include "parameters.h"
#include "registry.h"
#include <math.h>

static lsnn_status add_population(network *net, const char *name, const char *model_name, int n,
                                  const parameters_entry *list, lsnn_error *err)
{
    const lsnn_model *model = registry_model(model_name);
    const void *parameters;
    if (n == 0) return LSNN_OK;
    if (!model) return lsnn_fail(err, LSNN_INTERNAL, "the model '%s' is not in this program", model_name);
    TRY(parameters_fill(&parameters, model->fields, model->size, n, list, net->memory, err));
    return network_add_population(net, name, model, n, parameters, err);
}

static const char *scale(bool leak)
{
    return leak ? "leak" : "none";
}

static lsnn_status add_populations(network *net, const case_file *c, lsnn_error *err)
{
    const parameters_entry neurons[] = {{.name = "tau_m", .number = c->tau_m},
                                        {.name = "v_th", .number = c->v_th},
                                        {.name = "n_ref", .number = c->n_ref},
                                        {.name = "gamma", .number = c->gamma},
                                        {.name = "dialect", .choice = c->variant},
                                        {.name = "scale_input", .choice = scale(c->scale_input)},
                                        {.name = "tau_a", .number = c->tau_a},
                                        {.name = "beta", .values = c->beta + c->n_lif},
                                        {.name = "scale_adapt", .choice = scale(c->scale_adapt)},
                                        {0}};
    const parameters_entry readouts[] = {{.name = "tau_out", .number = c->tau_out},
                                         {.name = "scale", .choice = scale(c->scale_readout)},
                                         {.name = "bias", .values = c->b_out},
                                         {.name = "bias_mode", .choice = c->leaky_bias ? "leaky" : "static"},
                                         {.name = "learn_bias", .number = c->n_iterations == 0},
                                         {0}};
    TRY(add_population(net, "lif", "lif", c->n_lif, neurons, err));
    TRY(add_population(net, "alif", "alif", c->n_alif, neurons, err));
    return add_population(net, "out", "readout", c->n_out, readouts, err);
}

/* `mask` and `delay` may be NULL: all to all, without delay. */
static lsnn_status connect(network *net, projection_spec spec, int n_from, int n_to, const double *weight,
                           const int *mask, const int *delay, lsnn_error *err)
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
        for (size_t k = 0; k < n_out; k++)
            feedback[j * width + k] = (real)c->B_fb[j * n_out + k];
    return network_set_feedback(r->net, r->out, feedback, err);
}

static lsnn_status set_learning(replay_network *r, const case_file *c, const lsnn_paths *paths, lsnn_error *err)
{
    const parameters_entry constants[] = {{.name = "beta_1", .number = c->beta_1},
                                          {.name = "beta_2", .number = c->beta_2},
                                          {.name = "epsilon", .number = c->epsilon},
                                          {0}};
    const char *name = c->optimiser ? c->optimiser : "sgd";
    const lsnn_optimiser *optimiser = registry_optimiser(name);
    if (!optimiser) return lsnn_fail(err, LSNN_INTERNAL, "the optimiser '%s' is not in this program", name);
    /* A shard per sample: so the gradients of a batch are summed in the order of the samples. */
    r->learning = (learning_settings){.learns = true,
                                      .optimiser = optimiser,
                                      .paths = *paths,
                                      .rate = c->rate,
                                      .batch = c->batch,
                                      .iterations = c->n_iterations,
                                      .shards = c->batch,
                                      .loss.kind = c->loss,
                                      .regularisation = c->regularisation};
    return parameters_fill(&r->learning.optimiser_parameters, optimiser->fields, optimiser->size, 0, constants,
                           r->net->memory, err);
}

lsnn_status replay_network_new(replay_network *out, const case_file *c, const lsnn_paths *paths, arena *a,
                               lsnn_error *err)
{
    const source input = {.name = "input", .kind = SOURCE_TASK, .n = c->n_in};
    *out = (replay_network){.shape = {.n_in = c->n_in, .n_out = c->n_out, .n_steps = c->n_steps}};
    TRY(network_new(&out->net, a, c->dt, 0, err));
    TRY(network_add_source(out->net, &input, err));
    TRY(add_populations(out->net, c, err));
    TRY(add_projections(out, c, err));
    out->bias = out->net->populations[out->net->n_populations - 1].trainable;
    if (paths->feedback == LSNN_RANDOM) TRY(set_feedback(out, c, err));
    return set_learning(out, c, paths, err);
}
