/* The config of a network that is simulated instead of trained. */
#include "build.h"
#include <math.h>
#include <string.h>

typedef struct top_fields {
    const char *experiment, *directory;
    uint64_t seed;
    double dt;
    config_node *simulation, *sources, *populations, *signs, *projections, *record;
} top_fields;

#define TOP_NODE(name, fallback, doc)                                                                                  \
    {                                                                                                                  \
#name, LSNN_NODE, offsetof(top_fields, name), fallback, NULL, 0, 0, false, NULL, doc                           \
    }

const lsnn_field build_simulation_top_table[] = {
    {"experiment", LSNN_TEXT, offsetof(top_fields, experiment), "experiment", NULL, 0, 0, false, NULL,
     "name of the folder under runs/; by default that of the folder with the config"},
    {"directory", LSNN_TEXT, offsetof(top_fields, directory), ".", NULL, 0, 0, false, NULL,
     "where relative file names begin; by default the folder with the config"},
    {"seed", LSNN_SEED, offsetof(top_fields, seed), "1", NULL, 0, 0, false, NULL, "from which all chance follows"},
    {"dt", LSNN_REAL, offsetof(top_fields, dt), "1", "ms", 0, 1000, true, NULL, "length of a step"},
    TOP_NODE(simulation, NULL, "how the network is simulated, in place of `task` and `learning`"),
    TOP_NODE(sources, "{}", "inputs"),
    TOP_NODE(populations, NULL, "neurons"),
    TOP_NODE(signs, "{}", "excitatory and inhibitory cells"),
    TOP_NODE(projections, "{}", "synapses"),
    TOP_NODE(record, "{}", "what run.h5 keeps"),
    LSNN_END,
};

typedef struct simulation_fields {
    int engine;
    double time, transient, bin;
} simulation_fields;

const lsnn_field build_simulation_table[] = {
    {"engine", LSNN_CHOICE, offsetof(simulation_fields, engine), "grid", NULL, 0, 0, false, "grid|event",
     "grid: steps of dt; event: continuous time"},
    {"time", LSNN_REAL, offsetof(simulation_fields, time), NULL, "ms", 0, 1e12, true, NULL, "how long it lasts"},
    {"transient", LSNN_REAL, offsetof(simulation_fields, transient), "0", "ms", 0, 1e12, false, NULL,
     "time at the start that statistics leave out"},
    {"bin", LSNN_REAL, offsetof(simulation_fields, bin), "3", "ms", 0, 1e6, true, NULL,
     "width of the bins of the population's spike count, of which `synchrony` is variance over mean"},
    LSNN_END,
};

typedef struct record_fields {
    const char *what;
    const config_node *of, *neurons;
    int every;
} record_fields;

const lsnn_field build_simulation_record_table[] = {
    {"what", LSNN_TEXT, offsetof(record_fields, what), "spikes", NULL, 0, 0, false, NULL,
     "spikes, or a variable of the model: v, ..., z (or y), I"},
    {"of", LSNN_NODE, offsetof(record_fields, of), NULL, NULL, 0, 0, false, NULL,
     "populations (spikes) or a population (variables)"},
    {"neurons", LSNN_NODE, offsetof(record_fields, neurons), "all", NULL, 0, 0, false, NULL,
     "which ones: all, or a list like [0, 3] or 0..9 (of one population)"},
    {"every", LSNN_INT, offsetof(record_fields, every), "1", "steps", 1, 2e9, false, NULL,
     "time between two values of a variable"},
    LSNN_END,
};

bool build_simulates(const config_node *root)
{
    return config_get(root, "simulation") != NULL;
}

static void refuse_training(build *b, const config_node *root)
{
    static const char *const keys[] = {"task", "learning", "validation", "test", "stop", "checkpoint"};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        const config_node *node = config_get(root, keys[k]);
        if (node)
            config_mistake(&b->report, &node->key_place,
                           "'%s' is for training, and this config has a `simulation`: leave out one of them", keys[k]);
    }
}

static lsnn_status read_settings(build *b, config_node *node)
{
    simulation_fields own = {0};
    const int before = b->report.n_mistakes;
    TRY(fields_read(&own, build_simulation_table, node, NULL, &b->reader, b->err));
    b->e->simulation = (simulation_settings){own.engine ? ENGINE_EVENT : ENGINE_GRID, own.time, own.transient, own.bin};
    if (b->report.n_mistakes > before) return LSNN_OK;
    if (own.transient >= own.time)
        config_mistake(&b->report, &config_get(node, "transient")->place,
                       "a transient of %g ms leaves nothing of %g ms", own.transient, own.time);
    const double steps = own.time / b->e->dt;
    if (own.engine == 0 && fabs(steps - round(steps)) > 1e-6)
        config_mistake(&b->report, &config_get(node, "time")->place, "%g ms are not a whole number of steps of %g ms",
                       own.time, b->e->dt);
    if (own.engine == 0 && steps > 4e9)
        config_mistake(&b->report, &config_get(node, "time")->place, "more than 4e9 steps of %g ms", b->e->dt);
    return LSNN_OK;
}

static lsnn_status read_record(build *b, record_spec *spec, config_node *node)
{
    static const char *const also[] = {"what", "of", "every", NULL};
    record_fields own = {0};
    const int before = b->report.n_mistakes;
    TRY(fields_read(&own, build_simulation_record_table, node, NULL, &b->reader, b->err));
    if (b->report.n_mistakes > before) return LSNN_OK;
    *spec = (record_spec){.name = node->key, .every = own.every, .variable = own.what, .what = RECORD_VARIABLE};
    if (strcmp(own.what, "spikes") == 0) spec->what = RECORD_SPIKES;
    if (!build_populations(b, own.of, &spec->population, &spec->n_populations)) return LSNN_OK;
    build_record_once(b, spec, own.of);
    if (spec->what == RECORD_VARIABLE) {
        TRY(build_record_variable(b, spec, node, also));
        if (b->e->simulation.engine == ENGINE_EVENT && strcmp(own.what, "v") != 0 && strcmp(own.what, "A") != 0)
            config_mistake(&b->report, &config_get(node, "what")->place,
                           "in continuous time spikes, v and A are recorded, not %s", own.what);
        return LSNN_OK;
    }
    for (int k = 0; k < spec->n_populations; k++)
        if (!b->e->net->populations[spec->population + k].model->spiking)
            config_mistake(&b->report, &own.of->place, "'%s' has no spikes: record its y",
                           b->e->net->populations[spec->population + k].name);
    const bool all = own.neurons->kind == CONFIG_SCALAR && strcmp(own.neurons->text, "all") == 0;
    if (spec->n_populations > 1 && !all)
        config_mistake(&b->report, &own.neurons->place, "some neurons are recorded of one population only");
    return spec->n_populations > 1 || all ? LSNN_OK : build_record_neurons(b, spec, node, also);
}

static lsnn_status read_records(build *b, const config_node *record)
{
    experiment *e = b->e;
    TRY(arena_take(e->memory, &e->records, (size_t)config_count(record) + 1, sizeof *e->records, b->err));
    for (config_node *node = record->first; node; node = node->next) {
        if (record->kind != CONFIG_MAP || node->kind != CONFIG_MAP)
            config_mistake(&b->report, &node->place, "an entry of 'record' is a map like {what: spikes, of: exc}");
        else
            TRY(read_record(b, &e->records[e->n_records++], node));
    }
    return LSNN_OK;
}

lsnn_status build_simulation(build *b, config_node *root)
{
    experiment *e = b->e;
    top_fields top = {0};
    values_files here = *b->files;
    refuse_training(b, root);
    TRY(config_verdict(&b->report, b->err));
    TRY(fields_read(&top, build_simulation_top_table, root, NULL, &b->reader, b->err));
    TRY(config_verdict(&b->report, b->err));
    e->name = top.experiment;
    here.directory = top.directory;
    b->files = &here;
    e->seed = top.seed;
    e->dt = b->reader.dt = top.dt;
    TRY(read_settings(b, top.simulation));
    TRY(config_verdict(&b->report, b->err));
    TRY(network_new(&e->net, e->memory, e->dt, e->seed, b->err));
    TRY(arena_take(e->memory, &e->plans, (size_t)config_count(top.projections) + 1, sizeof *e->plans, b->err));
    TRY(build_network(b, top.sources, top.populations, top.signs, top.projections));
    TRY(config_verdict(&b->report, b->err));
    TRY(read_records(b, top.record));
    TRY(config_verdict(&b->report, b->err));
    return config_print(&e->resolved, root, e->memory, false, b->err);
}
