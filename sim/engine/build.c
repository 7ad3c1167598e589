/* The top level of the config: task, network, learning, validation, goal, records. */
#include "build.h"
#include "registry.h"
#include "text.h"
#include <math.h>
#include <string.h>

typedef struct top_fields {
    const char *experiment, *directory;
    uint64_t seed;
    double dt;
    config_node *task, *sources, *populations, *signs, *projections, *learning, *validation, *test, *stop, *record,
        *checkpoint;
} top_fields;

#define TOP_NODE(name, fallback, doc)                                                                                  \
    {                                                                                                                  \
#name, LSNN_NODE, offsetof(top_fields, name), fallback, NULL, 0, 0, false, NULL, doc                           \
    }

static const lsnn_field top_table[] = {
    {"experiment", LSNN_TEXT, offsetof(top_fields, experiment), "experiment", NULL, 0, 0, false, NULL,
     "name of the folder under runs/; by default that of the folder with the config"},
    {"directory", LSNN_TEXT, offsetof(top_fields, directory), ".", NULL, 0, 0, false, NULL,
     "where relative file names begin; by default the folder with the config"},
    {"seed", LSNN_SEED, offsetof(top_fields, seed), "1", NULL, 0, 0, false, NULL, "from which all chance follows"},
    {"dt", LSNN_REAL, offsetof(top_fields, dt), "1", "ms", 0, 1000, true, NULL, "length of a step"},
    TOP_NODE(task, NULL, "what is to be done"),
    TOP_NODE(sources, "{}", "inputs besides the task's"),
    TOP_NODE(populations, NULL, "neurons"),
    TOP_NODE(signs, "{}", "excitatory and inhibitory cells"),
    TOP_NODE(projections, NULL, "synapses"),
    TOP_NODE(learning, "{}", "how the network learns"),
    TOP_NODE(validation, "{}", "judging during training"),
    TOP_NODE(test, "{}", "judging after training"),
    TOP_NODE(stop, "{}", "goal that ends the training"),
    TOP_NODE(record, "{}", "what run.h5 keeps"),
    TOP_NODE(checkpoint, "{}", "saving the state"),
    LSNN_END,
};

static const lsnn_field validation_table[] = {
    {"every", LSNN_INT, offsetof(experiment, validate_every), "0", NULL, 0, 2e9, false, NULL, "iterations; 0: never"},
    {"batches", LSNN_INT, offsetof(experiment, validate_batches), "1", NULL, 1, 1e6, false, NULL,
     "batches of the validation set"},
    LSNN_END,
};

static const lsnn_field goal_table[] = {
    {"metric", LSNN_CHOICE, offsetof(experiment, goal), "none", NULL, 0, 0, false, "none|error|loss",
     "of the validation"},
    {"below", LSNN_REAL, offsetof(experiment, goal_below), "0", NULL, -INFINITY, INFINITY, false, NULL, "the goal"},
    {"confirm", LSNN_INT, offsetof(experiment, goal_confirm), "0", NULL, 0, 1e6, false, NULL,
     "further batches whose mean must reach the goal as well"},
    LSNN_END,
};

static const lsnn_field checkpoint_table[] = {
    {"every", LSNN_REAL, offsetof(experiment, checkpoint_seconds), "60 s", "s", 0, INFINITY, false, NULL,
     "time between checkpoints; 0: after each iteration"},
    LSNN_END,
};

typedef struct test_fields {
    const config_node *trials;
} test_fields;

static const lsnn_field test_table[] = {
    {"trials", LSNN_NODE, offsetof(test_fields, trials), "0", NULL, 0, 0, false, NULL,
     "trials of the test set after training: a number, or all of a finite set"},
    LSNN_END,
};

const build_table *build_tables(void)
{
    static const build_table tables[] = {
        {"top level", top_table},
        {"populations.NAME (and the model's own parameters: lsnn describe MODEL)", build_population_table},
        {"sources.NAME", build_source_table},
        {"signs.NAME (of a source, of a population, or of the task's `input`)", build_signs_table},
        {"projections.NAME", build_projection_table},
        {"learning", build_learning_table},
        {"learning.schedule", build_schedule_table},
        {"learning.loss", build_loss_table},
        {"learning.regularisation", build_rate_table},
        {"validation", validation_table},
        {"stop", goal_table},
        {"test", test_table},
        {"record.NAME", build_record_table},
        {"checkpoint", checkpoint_table},
        {"top level of a simulation (populations, sources, signs and projections as above)",
         build_simulation_top_table},
        {"simulation", build_simulation_table},
        {"record.NAME of a simulation", build_simulation_record_table},
        {NULL, NULL},
    };
    return tables;
}

void build_check_name(build *b, const config_node *node)
{
    const char *name = node->key;
    if (strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        config_mistake(&b->report, &node->key_place, "'%s' cannot be a name: it may hold no '/', nor be '.' or '..'",
                       name);
}

void build_unknown(build *b, const config_node *node, const char *sort, const char *name, const char *const *names,
                   int n)
{
    const char *near = text_nearest(name, names, n);
    char all[512] = "";
    for (int k = 0; k < n && !near; k++) {
        const size_t used = strlen(all);
        snprintf(all + used, sizeof all - used, "%s%s", k ? ", " : "", names[k]);
    }
    if (near)
        config_mistake(&b->report, &node->place, "no %s is called '%s'; did you mean '%s'?", sort, name, near);
    else if (n == 0)
        config_mistake(&b->report, &node->place, "no %s is called '%s': there is none at all", sort, name);
    else
        config_mistake(&b->report, &node->place, "no %s is called '%s'; there are: %s", sort, name, all);
}

/* ---- task ------------------------------------------------------------------------------------------------------------- */

typedef struct host {
    lsnn_task_host calls;
    arena *memory;
    const values_files *files;
} host;

static lsnn_status host_memory(const lsnn_task_host *calls, void *out_pointer, size_t n, size_t size, lsnn_error *err)
{
    return arena_take(((const host *)calls)->memory, out_pointer, n, size, err);
}

static lsnn_status host_idx(const lsnn_task_host *calls, lsnn_bytes *out, const char *directory, const char *file,
                            lsnn_error *err)
{
    const host *h = (const host *)calls;
    const char *folder, *path;
    TRY(values_path(&folder, h->memory, h->files->directory, directory, err));
    TRY(values_path(&path, h->memory, folder, file, err));
    return h->files->idx(out, h->memory, path, err);
}

static lsnn_status open_task(build *b, config_node *node)
{
    experiment *e = b->e;
    const char *kind, *names[64];
    TRY(build_kind(b, node, &kind));
    if (!kind) return LSNN_OK;
    e->task = registry_task(kind);
    if (!e->task) {
        build_unknown(b, config_get(node, "kind"), "task", kind, names, registry_task_names(names, 64));
        return LSNN_OK;
    }
    const int before = b->report.n_mistakes;
    TRY(build_parameters(b, &e->task_parameters, e->task->fields, e->task->size, node));
    if (b->report.n_mistakes > before) return LSNN_OK;
    void *state;
    host *h;
    TRY(arena_take(e->memory, &h, 1, sizeof *h, b->err));
    *h = (host){{e->seed, e->dt, host_memory, host_idx}, e->memory, b->files};
    TRY(arena_take(e->memory, &state, 1, e->task->state_size ? e->task->state_size : 1, b->err));
    lsnn_error trouble;
    const lsnn_status status = e->task->open(state, e->task_parameters, &h->calls, &e->shape, &trouble);
    if (status == LSNN_CONFIG)
        config_mistake(&b->report, &node->place, "task %s: %s", kind, trouble.message);
    else if (status != LSNN_OK)
        *b->err = trouble;
    e->task_state = state;
    return status == LSNN_CONFIG ? LSNN_OK : status;
}

/* ---- the rest --------------------------------------------------------------------------------------------------------- */

static lsnn_status read_test(build *b, config_node *node)
{
    const lsnn_field trials = {.name = "trials", .kind = LSNN_INT, .min = 0, .max = 1e9};
    test_fields own = {0};
    double n = 0;
    const int before = b->report.n_mistakes;
    TRY(fields_read(&own, test_table, node, NULL, &b->reader, b->err));
    if (b->report.n_mistakes > before) return LSNN_OK;
    if (own.trials->kind == CONFIG_SCALAR && strcmp(own.trials->text, "all") == 0) {
        n = b->e->shape.size[LSNN_TEST];
        if (n == 0)
            config_mistake(&b->report, &own.trials->place,
                           "task '%s' draws as many test trials as are asked for: give a number", b->e->task->name);
    } else {
        fields_number(&n, &trials, own.trials, &b->reader);
    }
    b->e->test_trials = (int64_t)n;
    return LSNN_OK;
}

static lsnn_status check_readouts(build *b, const config_node *populations)
{
    const network *net = b->e->net;
    const bool values = b->e->learning.loss.kind == LOSS_ACTOR_CRITIC;
    const int needed = b->e->shape.n_out + values, most = b->e->learning.paths.inner.generator ? 2 : 1;
    const int n = net->n_populations - net->n_spiking_populations;
    const int found = n > 0 ? net->populations[net->n_spiking_populations].n : 0;
    if (b->report.n_mistakes > 0) return LSNN_OK;
    if (n > most)
        config_mistake(&b->report, &populations->place, "%s",
                       most == 1 ? "one population of readouts at most"
                                 : "two populations of readouts at most: answers and learning signals");
    else if (b->e->shape.n_out > 0 && found != needed)
        config_mistake(&b->report, &populations->place, "task '%s' needs %d readouts%s, the network has %d",
                       b->e->task->name, needed, values ? " (actions and a value)" : "", found);
    return LSNN_OK;
}

static void check_sampler(build *b, const config_node *projections)
{
    const network *net = b->e->net;
    for (int i = 0; b->e->learning.sampler && i < net->n_projections; i++)
        if (net->projections[i].rewiring)
            config_mistake(&b->report,
                           &config_get(config_get(projections, net->projections[i].name), "rewiring")->place,
                           "with a sampler synapses stay where they are: it looks for one vector of weights, in which "
                           "each has its place");
}

static void check_rule(build *b, const config_node *rule)
{
    if (b->e->net->n_hidden > 0 && b->e->learning.learns && !b->e->learning.paths.recurrent)
        config_mistake(&b->report, &rule->place,
                       "this rule reaches spiking neurons only, not hidden ones like lstm: take bptt");
}

static lsnn_status add_input(build *b)
{
    const lsnn_shape *shape = &b->e->shape;
    const source input = {
        .name = "input", .kind = SOURCE_TASK, .n = shape->n_in, .analog = shape->analog, .runs = shape->runs};
    const source second = {.name = "demonstration",
                           .kind = SOURCE_DEMONSTRATION,
                           .n = shape->n_demonstration,
                           .analog = shape->analog_demonstration};
    TRY(network_new(&b->e->net, b->e->memory, b->e->dt, b->e->seed, b->err));
    if (shape->n_in > 0) TRY(network_add_source(b->e->net, &input, b->err));
    return shape->n_demonstration > 0 ? network_add_source(b->e->net, &second, b->err) : LSNN_OK;
}

static lsnn_status read_parts(build *b, top_fields *top)
{
    experiment *e = b->e;
    TRY(open_task(b, top->task));
    if (b->report.n_mistakes > 0)
        return LSNN_OK; /* without a task sizes are unknown and further complaints would mislead */
    TRY(build_learning(b, top->learning));
    TRY(fields_read(e, validation_table, top->validation, NULL, &b->reader, b->err));
    TRY(fields_read(e, goal_table, top->stop, NULL, &b->reader, b->err));
    TRY(fields_read(e, checkpoint_table, top->checkpoint, NULL, &b->reader, b->err));
    TRY(read_test(b, top->test));
    if (e->goal != GOAL_NONE && e->validate_every == 0)
        config_mistake(&b->report, &top->stop->place, "a goal is checked at validations: set validation.every");
    TRY(add_input(b));
    TRY(arena_take(e->memory, &e->plans, (size_t)config_count(top->projections) + 1, sizeof *e->plans, b->err));
    TRY(build_network(b, top->sources, top->populations, top->signs, top->projections));
    TRY(check_readouts(b, top->populations));
    check_rule(b, config_get(top->learning, "rule"));
    check_sampler(b, top->projections);
    TRY(build_inner(b, top->learning, top->populations, top->projections));
    if (b->report.n_mistakes > 0) return LSNN_OK;
    TRY(build_feedback(b));
    return build_records(b, top->record);
}

/* What a trainer refuses names its key, like "learning.tape_memory: ...". */
static lsnn_status blame_learning(build *b, const config_node *learning, lsnn_status status, const lsnn_error *trouble)
{
    if (status == LSNN_OK) return LSNN_OK;
    for (const config_node *node = learning->first; status == LSNN_CONFIG && node; node = node->next) {
        const size_t length = strlen(node->key);
        if (strncmp(trouble->message, "learning.", 9) == 0 && strncmp(trouble->message + 9, node->key, length) == 0 &&
            trouble->message[9 + length] == ':')
            config_mistake(&b->report, &node->place, "%s", trouble->message);
    }
    TRY(config_verdict(&b->report, b->err));
    *b->err = *trouble;
    return status;
}

lsnn_status build_experiment(experiment **out, config_node *root, const values_files *files, int n_threads,
                             arena *memory, lsnn_error *err)
{
    experiment *e;
    top_fields top = {0};
    TRY(arena_take(memory, &e, 1, sizeof *e, err));
    e->memory = memory;
    e->root = root;
    values_files here = *files;
    build b = {.e = e, .files = &here, .err = err};
    b.reader = (fields_reader){.memory = memory, .report = &b.report};
    if (build_simulates(root)) {
        TRY(build_simulation(&b, root));
        *out = e;
        return LSNN_OK;
    }
    TRY(fields_read(&top, top_table, root, NULL, &b.reader, err));
    TRY(config_verdict(&b.report, err));
    e->name = top.experiment;
    here.directory = top.directory;
    e->seed = top.seed;
    e->dt = b.reader.dt = top.dt;
    TRY(read_parts(&b, &top));
    TRY(config_verdict(&b.report, err));
    TRY(config_print(&e->resolved, root, memory, false, err));
    e->learning.may_collapse = !e->learning.by_neurons;
    for (int k = 0; k < e->n_records; k++)
        if (e->records[k].what == RECORD_ALIGNMENT) e->learning.aligns = true;
    for (int k = 0; k < e->n_records; k++)
        if (e->records[k].what == RECORD_VARIABLE && e->records[k].population >= e->net->n_spiking_populations)
            e->learning.may_collapse = false;
    lsnn_error trouble;
    TRY(blame_learning(&b, top.learning,
                       trainer_new(&e->trainer, e->net, e->task, e->task_state, e->task_parameters, &e->shape,
                                   &e->learning, n_threads, &trouble),
                       &trouble));
    e->n_threads = e->trainer->n_threads;
    *out = e;
    return LSNN_OK;
}
