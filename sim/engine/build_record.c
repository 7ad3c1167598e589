/* `record:` of the config. */
#include "build.h"
#include <string.h>

typedef struct record_fields {
    const char *what;
    const config_node *of, *neurons;
    int every, trials;
} record_fields;

const lsnn_field build_record_table[] = {
    {"what", LSNN_TEXT, offsetof(record_fields, what), "spikes", NULL, 0, 0, false, NULL,
     "spikes, weights, parameters (those that neurons learn), alignment (cosine with the gradient of "
     "learning.aligned_with), target (of a readout), L (the learning signal of neurons that spike: dE/dz as the rule "
     "has "
     "it, E being the mean of the batch), or a variable of the model: v, a, A, psi, ..., z (or y, h), I"},
    {"of", LSNN_NODE, offsetof(record_fields, of), NULL, NULL, 0, 0, false, NULL,
     "populations (parameters; spikes, also of a source like input), a population (variables, target) or a "
     "projection (weights, alignment)"},
    {"neurons", LSNN_NODE, offsetof(record_fields, neurons), "all", NULL, 0, 0, false, NULL,
     "which ones, for variables: all, or a list like [0, 3] or 0..9"},
    {"every", LSNN_INT, offsetof(record_fields, every), "100", NULL, 1, 2e9, false, NULL,
     "iterations; weights and parameters also at the end"},
    {"trials", LSNN_INT, offsetof(record_fields, trials), "1", NULL, 1, 1e6, false, NULL,
     "first trials of the batch (spikes, variables)"},
    LSNN_END,
};

typedef struct neuron_fields {
    lsnn_reals neurons;
} neuron_fields;

static bool has_variable(const lsnn_model *model, const char *name)
{
    const lsnn_variable *lists[] = {model->states, model->tapes, model->derived};
    for (int l = 0; l < 3; l++)
        for (const lsnn_variable *v = lists[l]; v && v->name; v++)
            if (strcmp(v->name, name) == 0) return true;
    if (model->hidden) return false;
    return strcmp(name, "I") == 0 || strcmp(name, model->spiking ? "z" : "y") == 0;
}

static void unknown_variable(build *b, const config_node *node, const lsnn_model *model, const char *name)
{
    const char *names[64];
    const lsnn_variable *lists[] = {model->states, model->tapes, model->derived};
    int n = 0;
    names[n++] = "spikes";
    if (b->e->simulation.engine == ENGINE_NONE) {
        names[n++] = "weights";
        names[n++] = "parameters";
        names[n++] = "alignment";
        if (model->spiking) names[n++] = "L";
    }
    if (!model->hidden) {
        names[n++] = "I";
        names[n++] = model->spiking ? "z" : "y";
    }
    for (int l = 0; l < 3; l++)
        for (const lsnn_variable *v = lists[l]; v && v->name && n < 64; v++)
            names[n++] = v->name;
    build_unknown(b, node, "recordable variable", name, names, n);
}

lsnn_status build_record_neurons(build *b, record_spec *spec, config_node *map, const char *const *also)
{
    const population *p = &b->e->net->populations[spec->population];
    config_node *node = config_get(map, "neurons");
    int *neuron;
    if (node->kind == CONFIG_SCALAR && strcmp(node->text, "all") == 0) {
        spec->n_neurons = p->n;
        TRY(arena_take(b->e->memory, &neuron, (size_t)p->n, sizeof *neuron, b->err));
        for (int j = 0; j < p->n; j++)
            neuron[j] = j;
    } else {
        const lsnn_field table[] = {{"neurons", LSNN_REALS, offsetof(neuron_fields, neurons), NULL, NULL, 0, p->n - 1,
                                     false, NULL, "numbers of neurons"},
                                    LSNN_END};
        neuron_fields own = {0};
        TRY(fields_read(&own, table, map, also, &b->reader, b->err));
        spec->n_neurons = own.neurons.n;
        TRY(arena_take(b->e->memory, &neuron, (size_t)own.neurons.n + 1, sizeof *neuron, b->err));
        for (int j = 0; j < own.neurons.n; j++)
            neuron[j] = (int)own.neurons.values[j];
    }
    spec->neuron = neuron;
    return LSNN_OK;
}

lsnn_status build_record_variable(build *b, record_spec *spec, config_node *node, const char *const *own)
{
    const lsnn_model *model = b->e->net->populations[spec->population].model;
    const char *what = spec->variable;
    if (!has_variable(model, what))
        unknown_variable(b, config_get(node, "what"), model, what);
    else if (spec->n_populations > 1)
        config_mistake(&b->report, &config_get(node, "of")->place,
                       "a variable is recorded of one population; make an entry for each");
    else
        return build_record_neurons(b, spec, node, own);
    return LSNN_OK;
}

static bool is_source(build *b, record_spec *spec, const config_node *of)
{
    spec->source = of->kind == CONFIG_SCALAR ? network_find_source(b->e->net, of->text) : -1;
    if (spec->source < 0) return false;
    const source *from = &b->e->net->sources[spec->source];
    if (from->analog) config_mistake(&b->report, &of->place, "'%s' has values and no spikes", from->name);
    spec->what = RECORD_INPUT;
    return true;
}

/* Learning signals are there while the rule goes backward through a trial. */
static lsnn_status read_signal(build *b, record_spec *spec, config_node *node, const config_node *of,
                               const char *const *also)
{
    const population *p = &b->e->net->populations[spec->population];
    if (!b->e->learning.learns)
        config_mistake(&b->report, &node->place, "L needs a learning rule");
    else if (b->e->learning.by_neurons)
        config_mistake(&b->report, &node->place, "with `threads: neurons` learning signals are not recorded");
    else if (spec->n_populations > 1 || !p->model->spiking)
        config_mistake(&b->report, &of->place, "L: of one population that spikes, by name");
    else
        return build_record_neurons(b, spec, node, also);
    return LSNN_OK;
}

static void check_learned(build *b, const record_spec *spec, const config_node *of)
{
    for (int k = 0; k < spec->n_populations; k++) {
        const population *p = &b->e->net->populations[spec->population + k];
        const parameter *learned[LSNN_MAX_TRAINABLE];
        if (network_learned(b->e->net, p, learned) > 0) continue;
        if (p->n_trainable > 0)
            config_mistake(&b->report, &of->place,
                           "'%s' learns no parameters: they learn with learn_%s: true or the like", p->name,
                           p->model->trainable[0].name);
        else
            config_mistake(&b->report, &of->place, "'%s': the model %s has no parameters that could learn", p->name,
                           p->model->name);
    }
}

/* Spikes and parameters are called in run.h5 as their population or source is, everything else as its entry. */
void build_record_once(build *b, const record_spec *spec, const config_node *of)
{
    const record_spec *records = b->e->records;
    for (const record_spec *other = records; other < spec; other++) {
        if (other->what != spec->what) continue;
        if (spec->what == RECORD_INPUT && other->source == spec->source)
            config_mistake(&b->report, &of->place, "spikes of '%s' are recorded twice: record.%s has them too",
                           b->e->net->sources[spec->source].name, other->name);
        if (spec->what != RECORD_SPIKES && spec->what != RECORD_PARAMETERS) continue;
        for (int k = spec->population; k < spec->population + spec->n_populations; k++)
            if (k >= other->population && k < other->population + other->n_populations)
                config_mistake(&b->report, &of->place, "%s of '%s' are recorded twice: record.%s has them too",
                               spec->what == RECORD_SPIKES ? "spikes" : "parameters", b->e->net->populations[k].name,
                               other->name);
    }
}

static lsnn_status read_record(build *b, record_spec *spec, config_node *node)
{
    static const char *const also[] = {"what", "of", "every", "trials", NULL};
    record_fields own = {0};
    const int before = b->report.n_mistakes;
    build_check_name(b, node);
    TRY(fields_read(&own, build_record_table, node, NULL, &b->reader, b->err));
    if (b->report.n_mistakes > before) return LSNN_OK;
    *spec = (record_spec){.name = node->key, .every = own.every, .variable = own.what};
    spec->trials = own.trials < b->e->learning.batch ? own.trials : b->e->learning.batch;
    spec->what = strcmp(own.what, "spikes") == 0       ? RECORD_SPIKES
                 : strcmp(own.what, "weights") == 0    ? RECORD_WEIGHTS
                 : strcmp(own.what, "parameters") == 0 ? RECORD_PARAMETERS
                 : strcmp(own.what, "alignment") == 0  ? RECORD_ALIGNMENT
                 : strcmp(own.what, "target") == 0     ? RECORD_TARGET
                 : strcmp(own.what, "L") == 0          ? RECORD_SIGNAL
                                                       : RECORD_VARIABLE;
    if (spec->what == RECORD_ALIGNMENT && !b->e->learning.learns)
        config_mistake(&b->report, &node->place, "alignment needs a learning rule");
    if (spec->what == RECORD_ALIGNMENT && b->e->learning.paths.inner.on)
        config_mistake(&b->report, &node->place,
                       "alignment: natural_eprop has no other rule's gradient to compare with");
    if (spec->what == RECORD_WEIGHTS || spec->what == RECORD_ALIGNMENT) {
        spec->projection = own.of->kind == CONFIG_SCALAR ? network_find_projection(b->e->net, own.of->text) : -1;
        if (b->e->learning.by_neurons && (spec->what == RECORD_ALIGNMENT || spec->projection < 0))
            config_mistake(&b->report, &own.of->place, "with `threads: neurons` %s",
                           spec->what == RECORD_ALIGNMENT ? "no other rule is at hand to compare with"
                                                          : "weights are recorded of projections to readouts only");
        else if (spec->projection < 0)
            config_mistake(&b->report, &own.of->place, "%s: of one projection, by name", own.what);
        return LSNN_OK;
    }
    if (spec->what == RECORD_SPIKES && is_source(b, spec, own.of)) {
        build_record_once(b, spec, own.of);
        return LSNN_OK;
    }
    if (!build_populations(b, own.of, &spec->population, &spec->n_populations)) return LSNN_OK;
    build_record_once(b, spec, own.of);
    const population *p = &b->e->net->populations[spec->population];
    if (spec->what == RECORD_SPIKES) {
        for (int k = 0; k < spec->n_populations; k++)
            if (!p[k].model->spiking)
                config_mistake(&b->report, &own.of->place, "'%s' has no spikes: record its %s", p[k].name,
                               p[k].model->hidden ? p[k].model->tapes[0].name : "y");
        return LSNN_OK;
    }
    if (spec->what == RECORD_PARAMETERS) {
        check_learned(b, spec, own.of);
        return LSNN_OK;
    }
    if (spec->what == RECORD_SIGNAL) return read_signal(b, spec, node, own.of, also);
    if (spec->what != RECORD_TARGET) return build_record_variable(b, spec, node, also);
    if (spec->n_populations > 1 || spec->population != b->e->net->n_spiking_populations) {
        config_mistake(&b->report, &own.of->place, "target: of the population of readouts that answers, by name");
        return LSNN_OK;
    }
    return build_record_neurons(b, spec, node, also);
}

lsnn_status build_records(build *b, const config_node *record)
{
    experiment *e = b->e;
    TRY(arena_take(e->memory, &e->records, (size_t)config_count(record) + 1, sizeof *e->records, b->err));
    for (config_node *node = record->first; node; node = node->next) {
        if (record->kind != CONFIG_MAP || node->kind != CONFIG_MAP)
            config_mistake(&b->report, &node->place, "an entry of 'record' is a map like {what: spikes, of: alif}");
        else
            TRY(read_record(b, &e->records[e->n_records++], node));
    }
    return LSNN_OK;
}
