/* A network as a NIR graph: LIF, LI (readouts), Input, Output, and a Linear node per pair of populations that a projection connects.
 *
 * NIR's neurons follow tau dv/dt = v_leak - v + r I; over a step with constant I that is v' = alpha v + (1 - alpha) r I, so that
 * r = s_i / (1 - alpha) makes it ours. */
#include "export.h"
#include "nir.h"
#include <math.h>
#include <string.h>

typedef struct drawing {
    const experiment *e;
    bool extensions;
    nir_graph graph;
    int node_room, edge_room;
    arena *memory;
    lsnn_error *err;
} drawing;

static lsnn_status add_edge(drawing *d, const char *from, const char *to)
{
    if (d->graph.n_edges == d->edge_room) return lsnn_fail(d->err, LSNN_CONFIG, "more than %d edges", d->edge_room);
    d->graph.edges[2 * d->graph.n_edges] = from;
    d->graph.edges[2 * d->graph.n_edges++ + 1] = to;
    return LSNN_OK;
}

static lsnn_status add_node(drawing *d, nir_node **out, const char *name, const char *type)
{
    if (d->graph.n_nodes == d->node_room) return lsnn_fail(d->err, LSNN_CONFIG, "more than %d nodes", d->node_room);
    *out = &d->graph.nodes[d->graph.n_nodes++];
    **out = (nir_node){.name = name, .type = type};
    return LSNN_OK;
}

static void put(nir_node *node, const char *name, store_shape shape, const double *values)
{
    node->value[node->n_values++] = (nir_value){name, shape, values};
}

static lsnn_status put_shape(drawing *d, nir_node *node, int n)
{
    double *size;
    TRY(arena_take(d->memory, &size, 1, sizeof *size, d->err));
    *size = n;
    put(node, "shape", (store_shape){1, {1}}, size);
    return LSNN_OK;
}

static const double *constant(const population *p, const char *name)
{
    for (int c = 0; p->model->constants[c]; c++)
        if (strcmp(p->model->constants[c], name) == 0) return p->prepared[c];
    return NULL;
}

/* A value per neuron from one or two constants. */
typedef double formula(double first, double second, double dt);

static double time_constant(double decay, double ignored, double dt)
{
    (void)ignored;
    return -dt / log(decay) / 1000;
}

static double resistance(double decay, double scale, double dt)
{
    (void)dt;
    return scale / (1 - decay);
}

static double product(double first, double second, double dt)
{
    (void)dt;
    return first * second;
}

static double seconds(double steps, double ignored, double dt)
{
    (void)ignored;
    return steps * dt / 1000;
}

static double nothing(double first, double second, double dt)
{
    (void)first, (void)second, (void)dt;
    return 0;
}

static double one(double first, double second, double dt)
{
    (void)first, (void)second, (void)dt;
    return 1;
}

static double itself(double first, double second, double dt)
{
    (void)second, (void)dt;
    return first;
}

static lsnn_status put_each(drawing *d, nir_node *node, const population *p, const char *name, formula *f,
                            const char *first, const char *second)
{
    const double *x = constant(p, first), *y = constant(p, second);
    double *values;
    TRY(arena_take(d->memory, &values, (size_t)p->n, sizeof *values, d->err));
    for (int j = 0; j < p->n; j++)
        values[j] = f(x[j], y[j], d->e->dt);
    put(node, name, (store_shape){1, {(size_t)p->n}}, values);
    return LSNN_OK;
}

static bool all_are_zero(const double *values, int n)
{
    for (int j = 0; j < n; j++)
        if (values[j] != 0) return false;
    return true;
}

static lsnn_status check_spiking(const drawing *d, const population *p)
{
    const config_node *dialect = config_get(config_get(config_get(d->e->root, "populations"), p->name), "dialect");
    if (strcmp(p->model->name, "lif") != 0 && strcmp(p->model->name, "alif") != 0)
        return lsnn_fail(d->err, LSNN_CONFIG, "population '%s': NIR has no node for the model %s", p->name,
                         p->model->name);
    if (dialect && strcmp(dialect->text, "eprop2020") != 0)
        return lsnn_fail(d->err, LSNN_CONFIG, "population '%s': NIR cannot say how the dialect %s resets", p->name,
                         dialect->text);
    if (d->extensions) return LSNN_OK;
    if (strcmp(p->model->name, "alif") == 0)
        return lsnn_fail(
            d->err, LSNN_CONFIG,
            "population '%s': NIR has no adaptive neuron; --extensions writes a node ALIF that lsnn reads, "
            "but others will not know",
            p->name);
    if (!all_are_zero(constant(p, "n_ref"), p->n))
        return lsnn_fail(d->err, LSNN_CONFIG,
                         "population '%s': NIR's LIF has no refractory time (n_ref); --extensions writes it as a value "
                         "that others will ignore",
                         p->name);
    return LSNN_OK;
}

/* i' = kappa i + s_i I, where the graph has (1 - kappa) w_in I; v' = alpha v + (1 - alpha) i. */
static lsnn_status add_cuba(drawing *d, const population *p)
{
    nir_node *node = NULL;
    TRY(add_node(d, &node, p->name, "CubaLIF"));
    TRY(put_each(d, node, p, "tau_mem", time_constant, "alpha", "alpha"));
    TRY(put_each(d, node, p, "tau_syn", time_constant, "kappa", "kappa"));
    TRY(put_each(d, node, p, "r", one, "alpha", "alpha"));
    TRY(put_each(d, node, p, "w_in", resistance, "kappa", "s_i"));
    TRY(put_each(d, node, p, "v_leak", nothing, "alpha", "alpha"));
    TRY(put_each(d, node, p, "v_reset", nothing, "alpha", "alpha"));
    return put_each(d, node, p, "v_threshold", itself, "v_th", "v_th");
}

static lsnn_status add_spiking(drawing *d, const population *p)
{
    nir_node *node = NULL;
    if (strcmp(p->model->name, "cuba_lif") == 0) return add_cuba(d, p);
    const bool adapts = strcmp(p->model->name, "alif") == 0;
    TRY(check_spiking(d, p));
    TRY(add_node(d, &node, p->name, adapts ? "ALIF" : "LIF"));
    TRY(put_each(d, node, p, "tau", time_constant, "alpha", "alpha"));
    TRY(put_each(d, node, p, "r", resistance, "alpha", "s_i"));
    TRY(put_each(d, node, p, "v_leak", nothing, "alpha", "alpha"));
    TRY(put_each(d, node, p, "v_reset", nothing, "alpha", "alpha"));
    TRY(put_each(d, node, p, "v_threshold", itself, "v_th", "v_th"));
    if (d->extensions) TRY(put_each(d, node, p, "refractory", seconds, "n_ref", "n_ref"));
    if (!adapts) return LSNN_OK;
    TRY(put_each(d, node, p, "tau_adapt", time_constant, "rho", "rho"));
    return put_each(d, node, p, "beta", product, "beta", "s_a");
}

/* A bias inside the filter is what v_leak is: y' = kappa y + b has its rest at b / (1 - kappa). */
static lsnn_status add_readout(drawing *d, const population *p)
{
    nir_node *node = NULL, *out = NULL;
    const real *b = d->e->net->parameters[p->trainable].value;
    const double *kappa = constant(p, "kappa"), *leaky = constant(p, "leaky_bias");
    double *leak;
    const char *name;
    if (strcmp(p->model->name, "readout") != 0)
        return lsnn_fail(d->err, LSNN_CONFIG, "population '%s': NIR has no node for the model %s", p->name,
                         p->model->name);
    TRY(arena_take(d->memory, &leak, (size_t)p->n, sizeof *leak, d->err));
    for (int k = 0; k < p->n; k++) {
        leak[k] = (double)b[k] / (1 - kappa[k]);
        if (leaky[k] == 0 && b[k] != 0)
            return lsnn_fail(d->err, LSNN_CONFIG,
                             "population '%s': NIR's LI has no bias behind its filter; bias_mode: leaky has one in it",
                             p->name);
    }
    TRY(add_node(d, &node, p->name, "LI"));
    TRY(put_each(d, node, p, "tau", time_constant, "kappa", "kappa"));
    TRY(put_each(d, node, p, "r", resistance, "kappa", "s_o"));
    put(node, "v_leak", (store_shape){1, {(size_t)p->n}}, leak);
    TRY(arena_format(d->memory, &name, d->err, "%s_output", p->name));
    TRY(add_node(d, &out, name, "Output"));
    TRY(put_shape(d, out, p->n));
    return add_edge(d, p->name, name);
}

/* ---- projections ------------------------------------------------------------------------------------------------------ */

typedef struct block {
    const projection *p;
    const real *weight;
    int first_i, n_i, first_j, n_j; /* presynaptic and postsynaptic neurons of this pair of populations */
    double *matrix;                 /* [n_j][n_i] */
    int expected, found;            /* delay in steps */
} block;

static void add_synapse(void *with, int i, int j, int delay, size_t position)
{
    block *b = with;
    if (i < b->first_i || i >= b->first_i + b->n_i || j < b->first_j || j >= b->first_j + b->n_j) return;
    if (delay != b->expected) b->found = delay;
    b->matrix[(size_t)(j - b->first_j) * (size_t)b->n_i + (size_t)(i - b->first_i)] += (double)b->weight[position];
}

static lsnn_status add_block(drawing *d, block *b, const char *from, const char *to)
{
    nir_node *node = NULL;
    const char *name;
    TRY(arena_take(d->memory, &b->matrix, (size_t)b->n_i * (size_t)b->n_j, sizeof *b->matrix, d->err));
    network_each_synapse(d->e->net, b->p, add_synapse, b);
    if (b->found != b->expected)
        return lsnn_fail(d->err, LSNN_CONFIG,
                         "projection '%s' has a delay of %g ms; a NIR graph made here has none but a "
                         "step between neurons",
                         b->p->name, b->found * d->e->dt);
    TRY(arena_format(d->memory, &name, d->err, "%s_%s_%s", b->p->name, from, to));
    TRY(add_node(d, &node, name, "Linear"));
    put(node, "weight", (store_shape){2, {(size_t)b->n_j, (size_t)b->n_i}}, b->matrix);
    TRY(add_edge(d, from, name));
    return add_edge(d, name, to);
}

static lsnn_status add_targets(drawing *d, const projection *p, const char *from, int first_i, int n_i)
{
    const network *net = d->e->net;
    int first_j = 0;
    for (int k = 0; k < net->n_populations; k++) {
        const population *to = &net->populations[k];
        if (to->column < p->column || to->column >= p->column + p->width) continue;
        const int delay = p->source >= 0 || p->to_output ? 0 : 1;
        block b = {p, net->parameters[p->parameter].value, first_i, n_i, first_j, to->n, NULL, delay, delay};
        TRY(add_block(d, &b, from, to->name));
        first_j += to->n;
    }
    return LSNN_OK;
}

static lsnn_status add_projection(drawing *d, const projection *p)
{
    const network *net = d->e->net;
    nir_node *node = NULL;
    if (p->source >= 0) {
        const source *s = &net->sources[p->source];
        if (!nir_find(&d->graph, s->name)) {
            TRY(add_node(d, &node, s->name, "Input"));
            TRY(put_shape(d, node, s->n));
        }
        return add_targets(d, p, s->name, 0, p->n_from);
    }
    for (int k = p->from_population; k < p->from_population + p->n_from_populations; k++)
        TRY(add_targets(d, p, net->populations[k].name, net->populations[k].first - p->from, net->populations[k].n));
    return LSNN_OK;
}

lsnn_status export_nir(const experiment *e, bool extensions, const char *path, lsnn_error *err)
{
    const network *net = e->net;
    drawing d = {.e = e, .extensions = extensions, .memory = e->memory, .err = err};
    const int pairs = (net->n_populations + 1) * net->n_populations * (net->n_projections + 1);
    d.node_room = 2 * net->n_populations + net->n_sources + pairs;
    d.edge_room = net->n_populations + 2 * pairs;
    TRY(arena_take(d.memory, &d.graph.nodes, (size_t)d.node_room, sizeof *d.graph.nodes, err));
    TRY(arena_take(d.memory, &d.graph.edges, 2 * (size_t)d.edge_room, sizeof *d.graph.edges, err));
    for (int k = 0; k < net->n_populations; k++)
        TRY(net->populations[k].model->spiking ? add_spiking(&d, &net->populations[k])
                                               : add_readout(&d, &net->populations[k]));
    for (int i = 0; i < net->n_projections; i++)
        TRY(add_projection(&d, &net->projections[i]));
    return nir_write(&d.graph, path, err);
}
