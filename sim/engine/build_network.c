/* Sources, populations and projections from the config. */
#include "build.h"
#include "registry.h"
#include "text.h"
#include "wiring.h"
#include <math.h>
#include <string.h>

#define MOST_NEURONS 10000000
#define MOST_SPIKES_A_STEP 50.0 /* of a Poisson source in a simulation; beyond, time should be cut finer */

/* ---- populations ------------------------------------------------------------------------------------------------------ */

typedef struct population_fields {
    const char *model;
    int n;
} population_fields;

const lsnn_field build_population_table[] = {
    {"model", LSNN_TEXT, offsetof(population_fields, model), NULL, NULL, 0, 0, false, NULL, "neuron model"},
    {"n", LSNN_INT, offsetof(population_fields, n), NULL, NULL, 1, MOST_NEURONS, false, NULL, "number of neurons"},
    LSNN_END,
};
static const char *const population_own[] = {"model", "n", NULL};

/* Per-neuron values of the LSNN_NEURONS fields, each from a random stream of its own. */
static lsnn_status read_neurons(build *b, void *parameters, const lsnn_field *fields, const config_node *map, int n,
                                int number)
{
    for (int f = 0; fields[f].name; f++) {
        const config_node *node = config_get(map, fields[f].name);
        values_spec spec;
        double *values;
        if (fields[f].kind != LSNN_NEURONS || !node) continue;
        TRY(arena_take(b->e->memory, &values, (size_t)n, sizeof *values, b->err));
        memcpy((char *)parameters + fields[f].offset, &values, sizeof values);
        if (!values_read(&spec, node, &fields[f], (values_fans){0}, b->files, &b->reader)) continue;
        if (spec.kind == VALUES_LIST && spec.n != (size_t)n) {
            config_mistake(&b->report, &node->place, "'%s' has %zu values for %d neurons", fields[f].name, spec.n, n);
            continue;
        }
        lsnn_random stream = lsnn_random_stream(b->e->seed, LSNN_PARAMETERS, (uint64_t)f, (uint64_t)number);
        for (int j = 0; j < n; j++)
            values[j] = values_draw(&spec, &stream, (size_t)j);
    }
    return LSNN_OK;
}

static lsnn_status add_population(build *b, config_node *node)
{
    population_fields own = {0};
    build_check_name(b, node);
    if (strcmp(node->key, "input") == 0)
        config_mistake(&b->report, &node->key_place, "the name 'input' is taken: it is that of the task's cells");
    const config_node *model_name = config_get(node, "model");
    if (!model_name || model_name->kind != CONFIG_SCALAR) {
        config_mistake(&b->report, model_name ? &model_name->place : &node->key_place,
                       "'%s' needs the name of a neuron model, like model: lif", node->key);
        return LSNN_OK;
    }
    const lsnn_model *model = registry_model(model_name->text);
    if (!model) {
        const char *names[64];
        build_unknown(b, model_name, "model", model_name->text, names, registry_model_names(names, 64));
        return LSNN_OK;
    }
    if (b->e->simulation.engine == ENGINE_NONE && !model->backward) {
        config_mistake(&b->report, &model_name->place,
                       "'%s' has no derivative, so it cannot be trained: it is for configs with `simulation:`",
                       model->name);
        return LSNN_OK;
    }
    if (b->e->simulation.engine != ENGINE_NONE && (model->hidden || model->n_ports > 1)) {
        config_mistake(&b->report, &model_name->place, "'%s' does not spike: it is trained, not simulated",
                       model->name);
        return LSNN_OK;
    }
    const char *also[64];
    int n_also = 0;
    for (const lsnn_field *f = model->fields; f->name && n_also < 63; f++)
        also[n_also++] = f->name;
    also[n_also] = NULL;
    const int before = b->report.n_mistakes;
    TRY(fields_read(&own, build_population_table, node, also, &b->reader, b->err));
    if (b->report.n_mistakes > before) return LSNN_OK;
    void *parameters;
    TRY(arena_take(b->e->memory, &parameters, 1, model->size, b->err));
    TRY(fields_read(parameters, model->fields, node, population_own, &b->reader, b->err));
    fields_check_storable(parameters, model->fields, node, &b->reader); /* read_neurons looks at the others */
    TRY(read_neurons(b, parameters, model->fields, node, own.n, b->e->net->n_populations));
    if (b->report.n_mistakes > before) return LSNN_OK;
    lsnn_error trouble;
    const lsnn_status status = network_add_population(b->e->net, node->key, model, own.n, parameters, &trouble);
    if (status == LSNN_CONFIG)
        config_mistake(&b->report, &node->key_place, "%s", trouble.message);
    else if (status != LSNN_OK) {
        *b->err = trouble;
        return status;
    }
    return LSNN_OK;
}

bool build_populations(build *b, const config_node *node, int *first, int *n)
{
    const network *net = b->e->net;
    const config_node *name = node->kind == CONFIG_LIST ? node->first : node;
    *n = 0;
    for (; name; name = node->kind == CONFIG_LIST ? name->next : NULL) {
        const int found = name->kind == CONFIG_SCALAR ? network_find_population(net, name->text) : -1;
        if (found < 0) {
            const char *names[64];
            for (int k = 0; k < net->n_populations; k++)
                names[k] = net->populations[k].name;
            build_unknown(b, name, "population", name->kind == CONFIG_SCALAR ? name->text : "", names,
                          net->n_populations);
            return false;
        }
        if (*n == 0) *first = found;
        if (found != *first + *n) {
            config_mistake(&b->report, &name->place,
                           "populations in a list must be neighbours, in the order in which they are defined");
            return false;
        }
        ++*n;
    }
    if (*n == 0)
        config_mistake(&b->report, &node->place, "at least one population must be named");
    else if (*first<net->n_spiking_populations && * first + *n> net->n_spiking_populations)
        config_mistake(&b->report, &node->place, "neurons and readouts cannot stand in one list");
    else
        return true;
    return false;
}

/* ---- sources ---------------------------------------------------------------------------------------------------------- */

typedef struct source_fields {
    int kind, n;
    const double *rate, *value;
    const config_node *spikes;
} source_fields;

const lsnn_field build_source_table[] = {
    {"kind", LSNN_CHOICE, offsetof(source_fields, kind), NULL, NULL, 0, 0, false, "poisson|spikes|current",
     "poisson: random spikes at a rate; spikes: a list or file; current: constant values"},
    {"n", LSNN_INT, offsetof(source_fields, n), NULL, NULL, 1, MOST_NEURONS, false, NULL, "number of cells"},
    {"rate", LSNN_NEURONS, offsetof(source_fields, rate), "0", "1/ms", 0, INFINITY, false, NULL,
     "rate of each cell (poisson), in training at most one spike a step"},
    {"value", LSNN_NEURONS, offsetof(source_fields, value), "0", NULL, -INFINITY, INFINITY, false, NULL,
     "value of each cell (current)"},
    {"spikes", LSNN_NODE, offsetof(source_fields, spikes), "[]", NULL, 0, 0, false, NULL,
     "pairs [time in ms, cell], or {file: in.h5, group: /spikes/in} in SONATA layout (spikes); in training several of "
     "a cell in one step are one"},
    LSNN_END,
};

static lsnn_status add_spike(build *b, source *s, double time, double cell, const config_place *place)
{
    const double step = floor(time / b->e->dt + 0.5);
    if (!(step >= 0 && step < UINT32_MAX) || !(cell >= 0 && cell < s->n) || cell != floor(cell)) {
        config_mistake(&b->report, place, "spike of cell %g at %g ms: cells are 0 .. %d, times at least 0", cell, time,
                       s->n - 1);
        return LSNN_OK;
    }
    if (s->spike_time) ((double *)s->spike_time)[s->n_spikes] = time;
    ((uint32_t *)s->spike_step)[s->n_spikes] = (uint32_t)step;
    ((uint32_t *)s->spike_cell)[s->n_spikes++] = (uint32_t)cell;
    return LSNN_OK;
}

static lsnn_status take_spikes(build *b, source *s, size_t n)
{
    if (b->e->simulation.engine == ENGINE_EVENT)
        TRY(arena_take(b->e->memory, &s->spike_time, n, sizeof(double), b->err));
    TRY(arena_take(b->e->memory, &s->spike_step, n, sizeof(uint32_t), b->err));
    return arena_take(b->e->memory, &s->spike_cell, n, sizeof(uint32_t), b->err);
}

static lsnn_status spikes_from_file(build *b, source *s, const config_node *node)
{
    const config_node *file = config_get(node, "file"), *group = config_get(node, "group");
    if (!file || file->kind != CONFIG_SCALAR || !group || group->kind != CONFIG_SCALAR) {
        config_mistake(&b->report, &node->place, "spikes from a file look like {file: in.h5, group: /spikes/in}");
        return LSNN_OK;
    }
    const char *path, *times_name, *ids_name;
    double *times, *ids;
    size_t n, n_ids;
    TRY(values_path(&path, b->e->memory, b->files->directory, file->text, b->err));
    TRY(arena_format(b->e->memory, &times_name, b->err, "%s/timestamps", group->text));
    TRY(arena_format(b->e->memory, &ids_name, b->err, "%s/node_ids", group->text));
    TRY(b->files->numbers(&times, &n, b->e->memory, path, times_name, b->err));
    TRY(b->files->numbers(&ids, &n_ids, b->e->memory, path, ids_name, b->err));
    if (n != n_ids) return lsnn_fail(b->err, LSNN_DATA, "%s: %zu times but %zu ids in %s", path, n, n_ids, group->text);
    TRY(take_spikes(b, s, n));
    const int before = b->report.n_mistakes;
    for (size_t k = 0; k < n && b->report.n_mistakes == before; k++)
        TRY(add_spike(b, s, times[k], ids[k], &node->place));
    return LSNN_OK;
}

static lsnn_status spikes_from_list(build *b, source *s, const config_node *node)
{
    const lsnn_field time = {.name = "time", .kind = LSNN_REAL, .unit = "ms", .min = 0, .max = INFINITY};
    const lsnn_field cell = {.name = "cell", .kind = LSNN_INT, .min = 0, .max = MOST_NEURONS};
    TRY(take_spikes(b, s, (size_t)config_count(node)));
    for (const config_node *pair = node->first; pair; pair = pair->next) {
        double when, who;
        if (pair->kind != CONFIG_LIST || config_count(pair) != 2) {
            config_mistake(&b->report, &pair->place, "a spike is a pair [time in ms, cell]");
            continue;
        }
        if (fields_number(&when, &time, pair->first, &b->reader) &&
            fields_number(&who, &cell, pair->first->next, &b->reader))
            TRY(add_spike(b, s, when, who, &pair->place));
    }
    return LSNN_OK;
}

static lsnn_status add_source(build *b, config_node *node, int number)
{
    static const source_kind kinds[] = {SOURCE_POISSON, SOURCE_SPIKES, SOURCE_CURRENT};
    source_fields own = {0};
    const int before = b->report.n_mistakes;
    build_check_name(b, node);
    if (strcmp(node->key, "input") == 0 || network_find_source(b->e->net, node->key) >= 0 ||
        network_find_population(b->e->net, node->key) >= 0)
        config_mistake(&b->report, &node->key_place, "the name '%s' is taken", node->key);
    TRY(fields_read(&own, build_source_table, node, NULL, &b->reader, b->err));
    if (b->report.n_mistakes > before) return LSNN_OK;
    TRY(read_neurons(b, &own, build_source_table, node, own.n, 1000 + number));
    source s = {.name = node->key,
                .kind = kinds[own.kind],
                .n = own.n,
                .rate = own.rate,
                .value = own.value,
                .analog = kinds[own.kind] == SOURCE_CURRENT};
    const double most = b->e->simulation.engine == ENGINE_GRID ? MOST_SPIKES_A_STEP : 1;
    const bool stepped = b->e->simulation.engine != ENGINE_EVENT;
    for (int i = 0; stepped && s.kind == SOURCE_POISSON && b->report.n_mistakes == before && i < s.n; i++)
        if (s.rate[i] * b->e->dt > most) {
            const char *words = most > 1 ? "50 spikes" : "one spike";
            config_mistake(&b->report, &config_get(node, "rate")->place,
                           "a rate of %g per ms is more than %s a step of %g ms", s.rate[i], words, b->e->dt);
            break;
        }
    if (s.kind == SOURCE_SPIKES && own.spikes->kind == CONFIG_LIST)
        TRY(spikes_from_list(b, &s, own.spikes));
    else if (s.kind == SOURCE_SPIKES)
        TRY(spikes_from_file(b, &s, own.spikes));
    return network_add_source(b->e->net, &s, b->err);
}

/* ---- projections ------------------------------------------------------------------------------------------------------ */

typedef struct projection_fields {
    const config_node *from, *to, *wiring, *weights, *delay, *bounds;
    config_node *rewiring;
    bool autapses, learn;
    double rate;
    int storage;
} projection_fields;

const lsnn_field build_projection_table[] = {
    {"from", LSNN_NODE, offsetof(projection_fields, from), NULL, NULL, 0, 0, false, NULL,
     "a source, a population, or a list of neighbouring populations; `input` is the task's"},
    {"to", LSNN_NODE, offsetof(projection_fields, to), NULL, NULL, 0, 0, false, NULL, "likewise"},
    {"wiring", LSNN_NODE, offsetof(projection_fields, wiring), "all_to_all", NULL, 0, 0, false, NULL,
     "all_to_all, one_to_one, {probability: p}, {in_degree: k} (in simulations also with multapses: true, so that a "
     "pair "
     "may have several synapses), {file: wires.h5, group: /name}"},
    {"weights", LSNN_NODE, offsetof(projection_fields, weights), "{scaled_normal: 1}", NULL, 0, 0, false, NULL,
     "a number, {scaled_normal: gain} (N(0,1) gain / sqrt(fan-in)), {glorot_uniform: gain}, {normal: [m, sd]}, ..."},
    {"delay", LSNN_NODE, offsetof(projection_fields, delay), "auto", NULL, 0, 0, false, NULL,
     "auto (0 from sources and to readouts, else a step), a time, {uniform: [1 ms, 10 ms]}, or {axonal: [1 ms, 10 "
     "ms]}: "
     "one for all synapses of a presynaptic cell"},
    {"autapses", LSNN_BOOL, offsetof(projection_fields, autapses), "false", NULL, 0, 0, false, NULL,
     "whether neurons may project to themselves (an lstm unit does always)"},
    {"learn", LSNN_BOOL, offsetof(projection_fields, learn), "true", NULL, 0, 0, false, NULL,
     "whether the weights change"},
    {"rate", LSNN_REAL, offsetof(projection_fields, rate), "1", NULL, 0, INFINITY, false, NULL,
     "factor of the learning rate"},
    {"bounds", LSNN_NODE, offsetof(projection_fields, bounds), "none", NULL, 0, 0, false, NULL,
     "none, or [least, largest] weight"},
    {"rewiring", LSNN_NODE, offsetof(projection_fields, rewiring), "none", NULL, 0, 0, false, NULL,
     "none, or how synapses move to other pairs while learning, their number staying: {kind: deep_r}"},
    {"storage", LSNN_CHOICE, offsetof(projection_fields, storage), "auto", NULL, 0, 0, false, "auto|sparse",
     "rows as arrays or as lists; auto takes what is faster"},
    LSNN_END,
};

static bool read_bounds(build *b, const config_node *node, projection_spec *spec)
{
    const lsnn_field bound = {.name = "bounds", .kind = LSNN_REAL, .min = -INFINITY, .max = INFINITY};
    spec->min = -INFINITY;
    spec->max = INFINITY;
    if (node->kind == CONFIG_SCALAR && strcmp(node->text, "none") == 0) return true;
    if (node->kind != CONFIG_LIST || config_count(node) != 2) {
        config_mistake(&b->report, &node->place, "bounds are none or two numbers, like [0, 1]");
        return false;
    }
    if (!fields_number(&spec->min, &bound, node->first, &b->reader) ||
        !fields_number(&spec->max, &bound, node->first->next, &b->reader))
        return false;
    if (spec->min <= spec->max) return true;
    config_mistake(&b->report, &node->place, "the least weight, %g, is above the largest, %g", spec->min, spec->max);
    return false;
}

static int count_neurons(const network *net, int first, int n)
{
    int sum = 0;
    for (int k = first; k < first + n; k++)
        sum += net->populations[k].n;
    return sum;
}

static int count_targets(const network *net, int first, int n)
{
    int sum = 0;
    for (int k = first; k < first + n; k++)
        sum += net->populations[k].n_ports * net->populations[k].n;
    return sum;
}

/* Where a projection starts: a source, or populations. */
static bool read_start(build *b, const config_node *from, projection_spec *spec)
{
    const network *net = b->e->net;
    const char *names[128];
    int n = 0;
    const bool single = from->kind == CONFIG_SCALAR;
    spec->source = single ? network_find_source(net, from->text) : -1;
    if (spec->source >= 0) return true;
    if (!single || network_find_population(net, from->text) >= 0)
        return build_populations(b, from, &spec->from_population, &spec->n_from_populations);
    for (int s = 0; s < net->n_sources && n < 64; s++)
        names[n++] = net->sources[s].name;
    for (int k = 0; k < net->n_populations && n < 128; k++)
        names[n++] = net->populations[k].name;
    build_unknown(b, from, "source or population", from->text, names, n);
    return false;
}

static lsnn_status read_rewiring(build *b, config_node *node, projection_spec *spec)
{
    const char *kind, *names[65] = {"none"};
    if (node->kind == CONFIG_SCALAR && strcmp(node->text, "none") == 0) return LSNN_OK;
    TRY(build_kind(b, node, &kind));
    if (!kind || strcmp(kind, "none") == 0) return LSNN_OK;
    const lsnn_rewiring *rewiring = registry_rewiring(kind);
    if (!rewiring) {
        const int n = registry_rewiring_names(names + 1, 64);
        build_unknown(b, config_get(node, "kind"), "rewiring", kind, names, n + 1);
        return LSNN_OK;
    }
    if (b->e->learning.learns && !spec->learn)
        config_mistake(&b->report, &node->place, "weights that do not learn are not rewired: set learn: true");
    TRY(build_parameters(b, &spec->rewiring_parameters, rewiring->fields, rewiring->size, node));
    spec->rewiring = rewiring;
    return LSNN_OK;
}

/* `plans`: of projections whose synapses are to be drawn into the network; `n_plans` counts them. */
static lsnn_status read_projection(build *b, config_node *node, int number, projection_plan *plans, int *n_plans)
{
    network *net = b->e->net;
    projection_fields own = {0};
    const int before = b->report.n_mistakes;
    build_check_name(b, node);
    TRY(fields_read(&own, build_projection_table, node, NULL, &b->reader, b->err));
    if (b->report.n_mistakes > before) return LSNN_OK;
    projection_spec spec = {.name = node->key,
                            .learn = own.learn && (b->e->learning.learns || b->e->learning.sampler),
                            .rate = own.rate,
                            .sparse = own.storage == 1};
    spec.number = *n_plans + b->e->n_plans;
    bool good = read_bounds(b, own.bounds, &spec);
    good &= read_start(b, own.from, &spec);
    good &= build_populations(b, own.to, &spec.to_population, &spec.n_to_populations);
    if (!good) return LSNN_OK;
    if (spec.source < 0 && spec.from_population >= net->n_spiking_populations) {
        config_mistake(&b->report, &own.from->place, "a readout is not heard: it cannot be the start of a projection");
        return LSNN_OK;
    }
    wiring_site site = {.name = node->key,
                        .number = number,
                        .autapses = own.autapses,
                        .seed = b->e->seed,
                        .pattern = own.wiring,
                        .weights = own.weights,
                        .delay = own.delay};
    site.simulated = b->e->simulation.engine != ENGINE_NONE;
    site.continuous = b->e->simulation.engine == ENGINE_EVENT;
    site.n_from = spec.source >= 0 ? net->sources[spec.source].n
                                   : count_neurons(net, spec.from_population, spec.n_from_populations);
    site.n_to = count_targets(net, spec.to_population, spec.n_to_populations);
    site.recurrent = spec.source < 0 && spec.to_population < net->n_spiking_populations;
    /* A neuron with several ports is no single target that could be left out. */
    site.same = spec.source < 0 && spec.from_population == spec.to_population && site.n_from == site.n_to;
    spec.no_autapses = site.same && !own.autapses;
    TRY(build_signs_of(b, &spec, site.n_from, &spec.sign));
    site.sign = spec.sign;
    TRY(read_rewiring(b, own.rewiring, &spec));
    wiring_plan plan;
    TRY(wiring_read(&plan, &good, &site, b->files, &b->reader, b->err));
    if (!good) return LSNN_OK;
    const bool by_neurons = b->e->learning.by_neurons && spec.to_population < net->n_spiking_populations;
    if (by_neurons && spec.rewiring) {
        config_mistake(&b->report, &own.rewiring->place,
                       "with `threads: neurons` synapses stay where they are; rewiring goes with `threads: samples`");
        return LSNN_OK;
    }
    const bool apart = by_neurons || b->e->simulation.engine != ENGINE_NONE;
    projection_plan *into = apart ? &b->e->plans[b->e->n_plans++] : &plans[(*n_plans)++];
    *into = (projection_plan){spec, site, plan, node};
    return LSNN_OK;
}

lsnn_status build_network(build *b, config_node *sources, config_node *populations, config_node *signs,
                          config_node *projections)
{
    config_node *maps[] = {populations, sources, signs, projections};
    projection_plan *plans;
    int number = 0, n_plans = 0;
    TRY(arena_take(b->e->memory, &plans, (size_t)config_count(projections) + 1, sizeof *plans, b->err));
    for (int m = 0; m < 4; m++) {
        if (maps[m]->kind != CONFIG_MAP && config_count(maps[m]) + (maps[m]->kind == CONFIG_SCALAR) > 0) {
            config_mistake(&b->report, &maps[m]->place, "'%s' must be a map of names", maps[m]->key);
            continue;
        }
        for (config_node *node = maps[m]->first; node; node = node->next) {
            if (node->kind != CONFIG_MAP) {
                config_mistake(&b->report, &node->place, "'%s' must be a map of parameters", node->key);
                continue;
            }
            if (m == 0)
                TRY(add_population(b, node));
            else if (m == 1)
                TRY(add_source(b, node, number++));
            else if (m == 2)
                TRY(build_signs(b, node));
            else if (b->report.n_mistakes == 0)
                TRY(read_projection(b, node, number++, plans, &n_plans));
        }
    }
    return build_wires(b, plans, n_plans);
}
