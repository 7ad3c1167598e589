/* Verb describe: what there is in this program, and what is in a result file. */
#include "measure.h"
#include "registry.h"
#include "search.h"
#include "store.h"
#include "text.h"
#include "verb.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- models, rules, optimisers, samplers, rewirings, tasks --------------------------------------------------------------------- */

static void print_first_line(const char *name, const char *doc)
{
    printf("  %-24s %.*s\n", name, (int)strcspn(doc, "\n"), doc);
}

static void list_all(void)
{
    printf("neuron models\n");
    for (int k = 0; registry_models[k]; k++)
        print_first_line(registry_models[k]->name, registry_models[k]->doc);
    printf("learning rules\n");
    for (int k = 0; registry_rules[k]; k++)
        print_first_line(registry_rules[k]->name, registry_rules[k]->doc);
    printf("optimisers\n");
    for (int k = 0; registry_optimisers[k]; k++)
        print_first_line(registry_optimisers[k]->name, registry_optimisers[k]->doc);
    printf("samplers\n");
    for (int k = 0; registry_samplers[k]; k++)
        print_first_line(registry_samplers[k]->name, registry_samplers[k]->doc);
    printf("rewirings\n");
    for (int k = 0; registry_rewirings[k]; k++)
        print_first_line(registry_rewirings[k]->name, registry_rewirings[k]->doc);
    printf("tasks\n");
    for (int k = 0; registry_tasks[k]; k++)
        print_first_line(registry_tasks[k]->name, registry_tasks[k]->doc);
    printf("\n`lsnn describe NAME` tells all about one of them, `lsnn describe config` about the config,\n"
           "`lsnn describe FILE.h5` what is in a file.\n");
}

static void print_variables(const char *title, const lsnn_variable *v)
{
    if (!v || !v->name) return;
    printf("\n%s\n", title);
    for (; v->name; v++)
        printf("  %-12s %-8s %s\n", v->name, v->unit ? v->unit : "", v->doc);
}

static void print_head(const char *sort, const char *name, const char *doc, const lsnn_field *fields)
{
    printf("%s %s\n\n%s\n", sort, name, doc);
    if (!fields || !fields->name) return;
    printf("\nparameters\n");
    fields_describe(fields, stdout, 2);
}

static bool describe_plugin(const char *name)
{
    const lsnn_model *model = registry_model(name);
    const lsnn_rule *rule = registry_rule(name);
    const lsnn_optimiser *optimiser = registry_optimiser(name);
    const lsnn_sampler *sampler = registry_sampler(name);
    const lsnn_rewiring *rewiring = registry_rewiring(name);
    const lsnn_task *task = registry_task(name);
    if (model) {
        print_head("neuron model", name, model->doc, model->fields);
        print_variables("state (can be recorded)", model->states);
        print_variables("tape of the forward pass (can be recorded)", model->tapes);
        print_variables("derived (can be recorded)", model->derived);
        print_variables("adjoints of the backward pass", model->adjoints);
        for (int k = 0; model->trainable && model->trainable[k].name; k++)
            printf("%s%s%s", k ? ", " : "\ncan be learned (learn_...): ", model->trainable[k].name,
                   model->trainable[k + 1].name ? "" : "\n");
    }
    if (rule) print_head("learning rule", name, rule->doc, rule->fields);
    if (optimiser) print_head("optimiser", name, optimiser->doc, optimiser->fields);
    if (sampler) print_head("sampler (optimiser without gradients)", name, sampler->doc, sampler->fields);
    if (rewiring) print_head("rewiring", name, rewiring->doc, rewiring->fields);
    if (task) print_head("task", name, task->doc, task->fields);
    return model || rule || optimiser || sampler || rewiring || task;
}

static void describe_sweep(void)
{
    printf("\nsweep (of `lsnn sweep`; all other keys are settings like learning.rate, with their values)\n");
    fields_describe(space_block_table(), stdout, 2);
    printf("\nsweep.SETTING: a value, a list, a range a..b, or one of these with further keys\n");
    fields_describe(space_parameter_table(), stdout, 2);
    for (int k = 0; search_name[k]; k++) {
        if (!search_table((search_kind)k)->name) continue;
        printf("\nsweep.search {kind: %s}\n", search_name[k]);
        fields_describe(search_table((search_kind)k), stdout, 2);
    }
    printf("\nsweep.search {kind: SAMPLER}, with what `lsnn describe SAMPLER` says; ranges count as -1 to 1\n");
    fields_describe(search_table(SEARCH_SAMPLER), stdout, 2);
}

static void describe_config(void)
{
    const build_table *tables = build_tables();
    printf("A config is a YAML file. A place that says `kind` takes a plain name too: task: evidence_accumulation.\n"
           "Numbers may carry units (20 ms, 10 Hz). Numbers per neuron are a number, a list, or {uniform: [a, b]},\n"
           "{log_uniform: [a, b]}, {normal: [mean, sd]}, {lognormal: [mean, sd]}, {repeat: [[count, value], ...]},\n"
           "{file: x.h5, dataset: /name}. `include: other.yaml` at the top reads another file first.\n");
    for (; tables->title; tables++) {
        printf("\n%s\n", tables->title);
        fields_describe(tables->fields, stdout, 2);
    }
    describe_sweep();
}

static void describe_measures(void)
{
    printf("measures of `lsnn analyze` (* without being asked for)\n");
    for (const measure *m = measure_list; m->name; m++)
        printf("  %s%-*s %s\n", m->name, 13 - (int)strlen(m->name), m->standard ? "*" : "", m->doc);
    printf("\nsettings\n");
    fields_describe(measure_fields, stdout, 2);
}

/* ---- files ------------------------------------------------------------------------------------------------------------ */

/* A column of a table; "-" where there is no number. */
static void print_number(double value)
{
    if (isnan(value))
        printf(" %12s", "-");
    else
        printf(" %12.5g", value + 0.0); /* which makes -0 a 0 */
}

static double lowest(const double *values, size_t n)
{
    double least = NAN;
    for (size_t i = 0; i < n; i++)
        least = fmin(least, values[i]);
    return least;
}

static double highest(const double *values, size_t n)
{
    double most = NAN;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, values[i]);
    return most;
}

static double mean(const double *values, size_t n)
{
    double sum = 0;
    size_t known = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(values[i])) {
            sum += values[i];
            known++;
        }
    return sum / (double)known;
}

static lsnn_status print_attribute(const store *file, arena *a, const char *label, const char *name, lsnn_error *err)
{
    const char *text;
    if (!store_has_attribute(file, "/", name)) return LSNN_OK;
    TRY(store_get_text(file, a, &text, "/", name, err));
    printf("  %-12s %s\n", label, text);
    return LSNN_OK;
}

static lsnn_status print_members(const store *file, arena *a, const char *group, const char *leaf, lsnn_error *err)
{
    const char **names, *path;
    int n;
    store_shape shape;
    if (!store_has(file, group)) return LSNN_OK;
    TRY(store_members(file, a, &names, &n, group, err));
    if (n > 0) printf("\n%s\n", group + 1);
    for (int k = 0; k < n; k++) {
        TRY(arena_format(a, &path, err, "%s/%s%s%s", group, names[k], leaf ? "/" : "", leaf ? leaf : ""));
        if (!store_has(file, path)) continue;
        TRY(store_shape_of(file, &shape, path, err));
        printf("  %-24s", names[k]);
        for (int d = 0; d < shape.n_dims; d++)
            printf("%s%zu", d ? " x " : " ", shape.dim[d]);
        printf("%s\n", strcmp(group, "/spikes") == 0 ? " spikes" : "");
    }
    return LSNN_OK;
}

static lsnn_status print_metrics(const store *file, arena *a, lsnn_error *err)
{
    const char **names, *path;
    int n;
    store_shape shape;
    double *values;
    if (!store_has(file, "/metrics")) return LSNN_OK;
    TRY(store_members(file, a, &names, &n, "/metrics", err));
    printf("\n%-26s %8s %12s %12s %12s\n", "metrics", "values", "first", "lowest", "last");
    for (int k = 0; k < n; k++) {
        TRY(arena_format(a, &path, err, "/metrics/%s", names[k]));
        TRY(store_read(file, a, &values, STORE_DOUBLE, &shape, NULL, path, err));
        if (shape.n_dims != 1 || shape.dim[0] == 0) continue;
        printf("  %-24s %8zu", names[k], shape.dim[0]);
        print_number(values[0]);
        print_number(lowest(values, shape.dim[0]));
        print_number(values[shape.dim[0] - 1]);
        printf("\n");
    }
    return LSNN_OK;
}

static lsnn_status print_populations(const store *file, arena *a, lsnn_error *err)
{
    const char **names, *path, *model;
    int n;
    double neurons;
    TRY(store_members(file, a, &names, &n, "/populations", err));
    printf("\npopulations\n");
    for (int k = 0; k < n; k++) {
        TRY(arena_format(a, &path, err, "/populations/%s", names[k]));
        TRY(store_get_text(file, a, &model, path, "model", err));
        TRY(store_get_number(file, &neurons, path, "n", err));
        printf("  %-24s %g x %s\n", names[k], neurons, model);
    }
    return LSNN_OK;
}

static lsnn_status print_values(const store *file, arena *a, const char *label, const char *when, const char *path,
                                lsnn_error *err)
{
    store_shape shape = {0};
    double *values = NULL;
    if (store_has(file, path)) TRY(store_read(file, a, &values, STORE_DOUBLE, &shape, NULL, path, err));
    const size_t n = shape.n_dims == 1 ? shape.dim[0] : 0;
    printf("  %-24s %8s", label, when);
    print_number(mean(values, n));
    print_number(lowest(values, n));
    print_number(highest(values, n));
    printf("\n");
    return LSNN_OK;
}

/* Each parameter that neurons learn as it was and, once the run is over, as it has become. */
static lsnn_status print_learned_of(const store *file, arena *a, const char *of, bool *headed, lsnn_error *err)
{
    const char **names, *group, *initial, *final, *unit, *label;
    int n;
    TRY(arena_format(a, &group, err, "/populations/%s", of));
    TRY(store_members(file, a, &names, &n, group, err));
    for (int k = 0; k < n; k++) {
        TRY(arena_format(a, &initial, err, "%s/%s", group, names[k]));
        TRY(arena_format(a, &final, err, "%s/learned/%s", group, names[k]));
        if (!store_has_attribute(file, initial, "when")) continue;
        TRY(store_get_text(file, a, &unit, initial, "units", err));
        const bool plain = strcmp(unit, "1") == 0;
        TRY(arena_format(a, &label, err, "%s %s%s%s", of, names[k], plain ? "" : ", ", plain ? "" : unit));
        if (!*headed) printf("\n%-26s %8s %12s %12s %12s\n", "learned by neurons", "", "mean", "lowest", "highest");
        *headed = true;
        TRY(print_values(file, a, label, "initial", initial, err));
        TRY(print_values(file, a, "", "final", final, err));
    }
    return LSNN_OK;
}

static lsnn_status print_learned(const store *file, arena *a, lsnn_error *err)
{
    const char **names, *recorded;
    int n;
    bool headed = false;
    TRY(store_members(file, a, &names, &n, "/populations", err));
    for (int k = 0; k < n; k++)
        TRY(print_learned_of(file, a, names[k], &headed, err));
    for (int k = 0; k < n; k++) {
        TRY(arena_format(a, &recorded, err, "/parameters/%s", names[k]));
        TRY(print_members(file, a, recorded, NULL, err));
    }
    return LSNN_OK;
}

/* Whose spikes to show: a population's rather than a source's, of which the group of its spikes says how many cells it has. */
static lsnn_status choose_spikes(const store *file, arena *a, const char *const *names, int n, int *chosen,
                                 const char **counted, lsnn_error *err)
{
    for (*chosen = 0; *chosen < n; ++*chosen) {
        TRY(arena_format(a, counted, err, "/populations/%s", names[*chosen]));
        if (store_has(file, *counted)) return LSNN_OK;
    }
    *chosen = 0;
    return arena_format(a, counted, err, "/spikes/%s", names[0]);
}

static lsnn_status print_python(const store *file, arena *a, const char *path, lsnn_error *err)
{
    const char **names;
    int n = 0;
    double neurons;
    const char *group;
    int chosen;
    if (store_has(file, "/spikes")) TRY(store_members(file, a, &names, &n, "/spikes", err));
    if (n == 0) return LSNN_OK;
    TRY(choose_spikes(file, a, names, n, &chosen, &group, err));
    TRY(store_get_number(file, &neurons, group, "n", err));
    printf("\nin Python\n"
           "  import h5py, neo\n"
           "  p = h5py.File('%s')['spikes/%s']; t, i = p['timestamps'][:], p['node_ids'][:]\n"
           "  trains = [neo.SpikeTrain(t[i == k], t_stop=t[-1] + 1, units=p['timestamps'].attrs['units'])"
           " for k in range(%g)]\n",
           path, names[chosen], neurons);
    return LSNN_OK;
}

static lsnn_status describe_run(const store *file, arena *a, const char *path, lsnn_error *err)
{
    static const char *const attributes[] = {"experiment", "status",       "started", "finished",
                                             "command",    "lsnn_version", "host"};
    double seed;
    printf("%s: result of a run\n", path);
    for (size_t k = 0; k < sizeof attributes / sizeof *attributes; k++)
        TRY(print_attribute(file, a, attributes[k], attributes[k], err));
    TRY(store_get_number(file, &seed, "/", "seed", err));
    printf("  %-12s %.0f\n", "seed", seed);
    TRY(print_populations(file, a, err));
    TRY(print_members(file, a, "/spikes", "timestamps", err));
    TRY(print_members(file, a, "/report", "data", err));
    TRY(print_members(file, a, "/weights", "weight", err));
    TRY(print_learned(file, a, err));
    TRY(print_members(file, a, "/trials", NULL, err));
    TRY(print_metrics(file, a, err));
    return print_python(file, a, path, err);
}

static lsnn_status describe_open(const store *file, arena *a, const char *path, lsnn_error *err)
{
    const char *format = "";
    if (store_has(file, "/config") && store_has(file, "/populations")) return describe_run(file, a, path, err);
    if (store_has_attribute(file, "/", "format")) TRY(store_get_text(file, a, &format, "/", "format", err));
    if (strncmp(format, "lsnn checkpoint", 15) == 0)
        printf("%s: checkpoint of a run; go on with: lsnn resume FOLDER\n", path);
    else if (strncmp(format, "lsnn", 4) == 0)
        printf("%s: oracle case (%s); run it with: lsnn replay %s --rule eprop -o OUT.h5\n", path, format, path);
    else
        return lsnn_fail(err, LSNN_DATA, "%s: an HDF5 file, but not one that lsnn wrote", path);
    return LSNN_OK;
}

static lsnn_status describe_file(const char *path, arena *a, lsnn_error *err)
{
    store *file;
    TRY(store_open(&file, path, err));
    const lsnn_status status = describe_open(file, a, path, err);
    const lsnn_status closed = store_close(file, false, NULL);
    return status != LSNN_OK ? status : closed;
}

static lsnn_status unknown(const char *name, lsnn_error *err)
{
    const char *names[288];
    int n = registry_model_names(names, 64);
    n += registry_rule_names(names + n, 64);
    n += registry_optimiser_names(names + n, 64);
    n += registry_sampler_names(names + n, 32);
    n += registry_rewiring_names(names + n, 32);
    n += registry_task_names(names + n, 30);
    names[n++] = "config";
    names[n++] = "measures";
    const char *near = text_nearest(name, names, n);
    if (near) return lsnn_fail(err, LSNN_USAGE, "nothing is called '%s'; did you mean '%s'?", name, near);
    return lsnn_fail(err, LSNN_USAGE,
                     "nothing is called '%s', and there is no such file; `lsnn describe` lists all names", name);
}

static lsnn_status describe_words(int argc, char **argv, arena *a, lsnn_error *err)
{
    verb_options options;
    TRY(verb_parse(&options, &verb_describe, argc, argv, "", a, err));
    if (options.n_words == 0) list_all();
    for (int k = 0; k < options.n_words; k++) {
        const char *word = options.words[k];
        if (k > 0) printf("\n");
        if (strcmp(word, "config") == 0)
            describe_config();
        else if (strcmp(word, "measures") == 0)
            describe_measures();
        else if (access(word, F_OK) == 0)
            TRY(describe_file(word, a, err));
        else if (!describe_plugin(word))
            return unknown(word, err);
    }
    return LSNN_OK;
}

static int describe(int argc, char **argv)
{
    lsnn_error err = {0};
    arena *a = NULL;
    lsnn_status status = arena_new(&a, &err);
    if (status == LSNN_OK) status = describe_words(argc, argv, a, &err);
    arena_free(a);
    return status == LSNN_OK ? 0 : verb_failed(&err);
}

const verb verb_describe = {
    .name = "describe",
    .summary = "tell about models, rules, optimisers, samplers, rewirings, tasks, the config, a result file",
    .synopsis = "[NAME|config|measures|FILE.h5 ...]",
    .help = "Without a name: lists all models, rules, optimisers, samplers, rewirings and tasks. With one: its "
            "equations, its\n"
            "parameters with default, unit and range, and what can be recorded. `config`: every key of the config. A "
            "file:\n"
            "what it holds, and how to read it in Python.\n",
    .run = describe,
};
