/* Verb import: a NIR graph becomes a part of a config, and a file with its weights. */
#include "fields.h"
#include "nir.h"
#include "registry.h"
#include "text.h"
#include "verb.h"
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

typedef struct import {
    const nir_graph *graph;
    FILE *config;
    store *weights;
    double dt;
    arena *memory;
    lsnn_error *err;
} import;

static bool is(const nir_node *n, const char *type)
{
    return strcmp(n->type, type) == 0;
}

/* The model that a neuron becomes; NULL: it is no neuron. */
static const char *model_of(const nir_node *n)
{
    if (is(n, "LIF")) return "lif";
    if (is(n, "ALIF")) return "alif";
    if (is(n, "LI")) return "readout";
    return is(n, "CubaLIF") ? "cuba_lif" : NULL;
}

static bool spikes_itself(const nir_node *n)
{
    return model_of(n) && !is(n, "LI");
}

/* Names of a config are made of letters, digits and _. */
static lsnn_status plain_name(const import *m, const char **out, const char *name)
{
    char plain[256];
    size_t k = 0;
    for (; name[k] && k + 1 < sizeof plain; k++)
        plain[k] = (char)(isalnum((unsigned char)name[k]) ? name[k] : '_');
    return arena_text(m->memory, out, plain, k, m->err);
}

static size_t count(const nir_value *v)
{
    size_t n = 1;
    for (int d = 0; v && d < v->shape.n_dims; d++)
        n *= v->shape.dim[d];
    return n;
}

/* How many neurons a node has: the longest of its arrays. */
static size_t size_of(const nir_node *node)
{
    size_t n = 1;
    if (is(node, "Input")) return (size_t)nir_value_of(node, "shape")->values[0];
    for (int k = 0; k < node->n_values; k++)
        if (count(&node->value[k]) > n) n = count(&node->value[k]);
    return n;
}

static double value_at(const nir_node *node, const char *name, size_t j, double fallback)
{
    const nir_value *v = nir_value_of(node, name);
    return v ? v->values[count(v) == 1 ? 0 : j] : fallback;
}

static lsnn_status refuse(const import *m, const nir_node *node, const char *why)
{
    return lsnn_fail(m->err, LSNN_DATA, "%s: node '%s' (%s) %s", m->graph->path, node->name, node->type, why);
}

/* ---- neurons ---------------------------------------------------------------------------------------------------------- */

/* One value of each neuron, as a number if all are equal, else as a dataset. */
static lsnn_status put_values(const import *m, const char *owner, const char *key, const double *values, size_t n)
{
    char text[32];
    const char *path;
    bool alike = true;
    for (size_t j = 1; j < n; j++)
        alike = alike && values[j] == values[0];
    if (alike) {
        text_number(text, values[0]);
        fprintf(m->config, ", %s: %s", key, text);
        return LSNN_OK;
    }
    TRY(arena_format(m->memory, &path, m->err, "/%s/%s", owner, key));
    TRY(store_write(m->weights, path, STORE_DOUBLE, &(store_shape){1, {n}}, values, true, m->err));
    fprintf(m->config, ", %s: {file: weights.h5, dataset: %s}", key, path);
    return LSNN_OK;
}

typedef struct neuron {
    const char *key;
    double value;
} neuron;

enum { MOST_KEYS = 5 };

/* The values of neuron j by the names that lsnn has for them. */
static int translate(const import *m, const nir_node *node, size_t j, neuron out[static MOST_KEYS])
{
    const double tau = 1000 * value_at(node, "tau", j, 0), leak = value_at(node, "v_leak", j, 0);
    if (is(node, "LI")) {
        out[0] = (neuron){"tau_out", tau};
        out[1] = (neuron){"bias", leak * (1 - exp(-m->dt / tau))};
        return 2;
    }
    out[0] = (neuron){"tau_m", tau};
    if (is(node, "CubaLIF")) out[0].value = 1000 * value_at(node, "tau_mem", j, 0);
    out[1] = (neuron){"v_th", value_at(node, "v_threshold", j, 0) - leak};
    if (is(node, "CubaLIF")) {
        out[2] = (neuron){"tau_syn", 1000 * value_at(node, "tau_syn", j, 0)};
        return 3;
    }
    out[2] = (neuron){"n_ref", rint(1000 * value_at(node, "refractory", j, 0) / m->dt)};
    out[3] = (neuron){"tau_a", 1000 * value_at(node, "tau_adapt", j, 0)};
    out[4] = (neuron){"beta", value_at(node, "beta", j, 0)};
    return is(node, "ALIF") ? 5 : 3;
}

static lsnn_status check_neurons(const import *m, const nir_node *node)
{
    static const char *const needed[] = {"r", "v_leak", "v_threshold", "tau_syn"};
    const size_t n = size_of(node), n_needed = is(node, "LI") ? 2 : is(node, "CubaLIF") ? 4 : 3;
    const char *tau = is(node, "CubaLIF") ? "tau_mem" : "tau";
    bool has_all = nir_value_of(node, tau) != NULL;
    for (size_t k = 0; k < n_needed; k++)
        has_all = has_all && nir_value_of(node, needed[k]);
    if (!has_all) return refuse(m, node, "lacks a time constant, r, v_leak or v_threshold");
    for (int k = 0; k < node->n_values; k++)
        if (count(&node->value[k]) != n && count(&node->value[k]) != 1)
            return refuse(m, node, "has arrays of different lengths");
    for (size_t j = 0; j < n; j++) {
        if (value_at(node, tau, j, 0) <= 0 || value_at(node, "tau_syn", j, 1) <= 0)
            return refuse(m, node, "has a time constant that is not above 0");
        if (is(node, "LI")) continue;
        if (value_at(node, "v_threshold", j, 0) <= value_at(node, "v_leak", j, 0))
            return refuse(m, node, "has a threshold that is not above its rest");
        if (value_at(node, "v_reset", j, value_at(node, "v_leak", j, 0)) != value_at(node, "v_leak", j, 0))
            return refuse(m, node, "has a v_reset that is not its v_leak, which lsnn cannot do");
    }
    return LSNN_OK;
}

static lsnn_status add_population(const import *m, const nir_node *node)
{
    const size_t n = size_of(node);
    const char *name;
    double *values;
    neuron one[MOST_KEYS];
    TRY(check_neurons(m, node));
    TRY(plain_name(m, &name, node->name));
    fprintf(m->config, "  %s: {model: %s, n: %zu", name, model_of(node), n);
    if (is(node, "LI")) fprintf(m->config, ", scale: leak, bias_mode: leaky");
    if (spikes_itself(node)) fprintf(m->config, ", scale_input: leak");
    TRY(arena_take(m->memory, &values, n, sizeof *values, m->err));
    const int n_keys = translate(m, node, 0, one);
    for (int k = 0; k < n_keys; k++) {
        for (size_t j = 0; j < n; j++) {
            (void)translate(m, node, j, one);
            values[j] = one[k].value;
        }
        TRY(put_values(m, name, one[k].key, values, n));
    }
    fprintf(m->config, "}\n");
    return LSNN_OK;
}

static lsnn_status add_populations(const import *m)
{
    fprintf(m->config, "populations:\n");
    for (int readouts = 0; readouts < 2; readouts++)
        for (int k = 0; k < m->graph->n_nodes; k++) {
            const nir_node *node = &m->graph->nodes[k];
            if (readouts ? is(node, "LI") : spikes_itself(node)) TRY(add_population(m, node));
            if (readouts || spikes_itself(node) || is(node, "LI") || is(node, "Linear") || is(node, "Affine") ||
                is(node, "Input") || is(node, "Output"))
                continue;
            return refuse(
                m, node,
                "is of a type that is not read; lsnn knows LIF, CubaLIF, LI, Linear, Affine, Input, Output and "
                "its own ALIF");
        }
    return LSNN_OK;
}

/* ---- projections ------------------------------------------------------------------------------------------------------ */

static lsnn_status check_weights(const import *m, const nir_node *linear, const nir_node *from, const nir_node *to)
{
    const nir_value *w = nir_value_of(linear, "weight"), *bias = nir_value_of(linear, "bias");
    if (!w || w->shape.n_dims != 2) return refuse(m, linear, "has no matrix 'weight'");
    for (size_t k = 0; bias && k < count(bias); k++)
        if (bias->values[k] != 0) return refuse(m, linear, "has a bias, which lsnn's projections have not");
    if (!(is(from, "Input") || spikes_itself(from))) return refuse(m, linear, "does not start from an Input or spikes");
    if (!(is(to, "LI") || spikes_itself(to))) return refuse(m, linear, "does not end at neurons");
    const size_t n_from = size_of(from), n_to = size_of(to);
    if ((w->shape.dim[1] == n_from || n_from == 1) && (w->shape.dim[0] == n_to || n_to == 1)) return LSNN_OK;
    return lsnn_fail(m->err, LSNN_DATA, "%s: node '%s' has weights %zu x %zu; from '%s' to '%s' they are %zu x %zu",
                     m->graph->path, linear->name, w->shape.dim[0], w->shape.dim[1], from->name, to->name, n_to,
                     n_from);
}

/* r and w_in of the target go into the weights. */
static lsnn_status write_wires(const import *m, const char *group, const nir_value *w, const nir_node *to)
{
    const size_t n_to = w->shape.dim[0], n_from = w->shape.dim[1], n = n_to * n_from;
    uint64_t *before, *after;
    double *weight;
    const char *path;
    const store_shape shape = {1, {n}};
    TRY(arena_take(m->memory, &before, n + 1, sizeof *before, m->err));
    TRY(arena_take(m->memory, &after, n + 1, sizeof *after, m->err));
    TRY(arena_take(m->memory, &weight, n + 1, sizeof *weight, m->err));
    for (size_t k = 0; k < n; k++) {
        before[k] = k % n_from;
        after[k] = k / n_from;
        weight[k] = w->values[k] * value_at(to, "r", k / n_from, 1) * value_at(to, "w_in", k / n_from, 1);
    }
    TRY(arena_format(m->memory, &path, m->err, "%s/source", group));
    TRY(store_write(m->weights, path, STORE_UINT64, &shape, before, true, m->err));
    TRY(arena_format(m->memory, &path, m->err, "%s/target", group));
    TRY(store_write(m->weights, path, STORE_UINT64, &shape, after, true, m->err));
    TRY(arena_format(m->memory, &path, m->err, "%s/weight", group));
    return store_write(m->weights, path, STORE_DOUBLE, &shape, weight, true, m->err);
}

static lsnn_status add_projection(const import *m, const nir_node *linear, const nir_node *from, const nir_node *to,
                                  int number)
{
    const char *name, *from_name, *to_name, *group;
    TRY(check_weights(m, linear, from, to));
    TRY(plain_name(m, &name, linear->name));
    TRY(plain_name(m, &from_name, is(from, "Input") ? "input" : from->name));
    TRY(plain_name(m, &to_name, to->name));
    if (number > 0) TRY(arena_format(m->memory, &name, m->err, "%s_%d", name, number + 1));
    TRY(arena_format(m->memory, &group, m->err, "/projections/%s", name));
    TRY(write_wires(m, group, nir_value_of(linear, "weight"), to));
    fprintf(m->config, "  %s: {from: %s, to: %s, wiring: {file: weights.h5, group: %s}%s}\n", name, from_name, to_name,
            group, spikes_itself(from) ? ", autapses: true" : "");
    return LSNN_OK;
}

/* Each way into a weight node with each way out of it. */
static lsnn_status add_linear(const import *m, const nir_node *linear)
{
    const nir_graph *g = m->graph;
    int number = 0;
    for (int in = 0; in < g->n_edges; in++) {
        if (strcmp(g->edges[2 * in + 1], linear->name) != 0) continue;
        for (int out = 0; out < g->n_edges; out++) {
            if (strcmp(g->edges[2 * out], linear->name) != 0) continue;
            TRY(add_projection(m, linear, nir_find(g, g->edges[2 * in]), nir_find(g, g->edges[2 * out + 1]), number++));
        }
    }
    return number > 0 ? LSNN_OK : refuse(m, linear, "is not connected on both sides");
}

/* Neurons meet neurons through weights; an output may be read off anything. */
static lsnn_status check_edges(const import *m)
{
    for (int k = 0; k < m->graph->n_edges; k++) {
        const nir_node *from = nir_find(m->graph, m->graph->edges[2 * k]),
                       *to = nir_find(m->graph, m->graph->edges[2 * k + 1]);
        const bool weighs = is(from, "Linear") || is(from, "Affine") || is(to, "Linear") || is(to, "Affine");
        if (!weighs && !is(to, "Output")) return refuse(m, from, "meets other neurons without weights between");
        if (is(from, "Input") && !nir_value_of(from, "shape")) return refuse(m, from, "has no shape");
    }
    return LSNN_OK;
}

static lsnn_status write_config(const import *m)
{
    fprintf(
        m->config,
        "# From the NIR graph %s. Use it from a config in the same folder: `include: network.yaml`, and a task whose\n"
        "# `input` has as many cells as the graph's Input, or sources in its place.\ndt: %g ms\n",
        m->graph->path, m->dt);
    TRY(check_edges(m));
    TRY(add_populations(m));
    fprintf(m->config, "projections:\n");
    for (int k = 0; k < m->graph->n_nodes; k++)
        if (is(&m->graph->nodes[k], "Linear") || is(&m->graph->nodes[k], "Affine"))
            TRY(add_linear(m, &m->graph->nodes[k]));
    return LSNN_OK;
}

static lsnn_status import_graph(const nir_graph *graph, const char *folder, double dt, arena *a, lsnn_error *err)
{
import m = {.graph = graph, .dt = dt, .memory = a, .err = err };
    const char *config, *weights;
    if (mkdir(folder, 0777) != 0)
        return lsnn_fail(err, LSNN_OUTPUT, "the folder %s cannot be made: %s", folder, strerror(errno));
    TRY(arena_format(a, &config, err, "%s/network.yaml", folder));
    TRY(arena_format(a, &weights, err, "%s/weights.h5", folder));
    TRY(store_create(&m.weights, weights, err));
    m.config = fopen(config, "w");
    lsnn_status status = m.config ? write_config(&m) : lsnn_fail(err, LSNN_OUTPUT, "%s: %s", config, strerror(errno));
    if (m.config && fclose(m.config) != 0 && status == LSNN_OK)
        status = lsnn_fail(err, LSNN_OUTPUT, "%s: %s", config, strerror(errno));
    const lsnn_status closed = store_close(m.weights, status == LSNN_OK, err);
    if (status != LSNN_OK && m.config) (void)remove(config);
    if (status != LSNN_OK) (void)remove(folder);
    return status != LSNN_OK ? status : closed;
}

typedef struct import_fields {
    double dt;
} import_fields;

static const lsnn_field import_table[] = {
    {"dt", LSNN_REAL, offsetof(import_fields, dt), "1", "ms", 0, 1000, true, NULL, "length of a step"}, LSNN_END};

static lsnn_status import_words(int argc, char **argv, arena *a, lsnn_error *err)
{
    verb_options options;
    config_report report = {0};
    config_node *root;
    import_fields own;
    nir_graph *graph;
    TRY(verb_parse(&options, &verb_import, argc, argv, "o", a, err));
    if (options.n_words < 1 || !options.output)
        return lsnn_fail(err, LSNN_USAGE, "import takes a NIR file, and -o FOLDER for what becomes of it");
    TRY(config_parse(&root, a, "settings", "{}", 2, err));
    for (int k = 1; k < options.n_words; k++)
        TRY(config_override(root, a, options.words[k], err));
    const fields_reader reader = {.memory = a, .report = &report};
    TRY(fields_read(&own, import_table, root, NULL, &reader, err));
    TRY(config_verdict(&report, err));
    TRY(nir_read(&graph, options.words[0], a, err));
    TRY(import_graph(graph, options.output, own.dt, a, err));
    fprintf(stderr, "written: %s/network.yaml, %s/weights.h5\n", options.output, options.output);
    return LSNN_OK;
}

static int import_run(int argc, char **argv)
{
    lsnn_error err = {0};
    arena *a = NULL;
    lsnn_status status = arena_new(&a, &err);
    if (status == LSNN_OK) status = import_words(argc, argv, a, &err);
    arena_free(a);
    return status == LSNN_OK ? 0 : verb_failed(&err);
}

const verb verb_import = {
    .name = "import",
    .summary = "make a network from a NIR graph",
    .synopsis = "GRAPH.nir -o FOLDER [dt=1]",
    .help =
        "Writes FOLDER/network.yaml (populations and projections) and FOLDER/weights.h5. A config in that folder uses\n"
        "them with `include: network.yaml` and adds a task.\n\n"
        "Read are LIF, LI, Linear, Affine without bias, Input, Output, recurrent or not, and lsnn's own ALIF (see\n"
        "`lsnn help export`). tau becomes tau_m (or tau_out), r goes into the weights, voltages count from v_leak, and "
        "a\n"
        "spike takes the threshold away from v. Spikes need a step from neurons to neurons.\n",
    .run = import_run,
};
