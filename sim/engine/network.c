/* Building a network: columns, parameters, and rows of synapses. */
#include "network.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_POPULATIONS 64
#define MAX_SOURCES 64
#define MAX_PROJECTIONS 256
#define MAX_PARAMETERS (MAX_PROJECTIONS + MAX_POPULATIONS * LSNN_MAX_TRAINABLE)
#define MAX_DELAYS 4096

static int padded(int n)
{
    return (n + LSNN_LANES - 1) / LSNN_LANES * LSNN_LANES;
}

lsnn_status network_new(network **out, arena *memory, double dt, uint64_t seed, lsnn_error *err)
{
    network *net;
    TRY(arena_take(memory, &net, 1, sizeof *net, err));
    *net = (network){.memory = memory, .dt = dt, .seed = seed};
    TRY(arena_take(memory, &net->populations, MAX_POPULATIONS, sizeof *net->populations, err));
    TRY(arena_take(memory, &net->sources, MAX_SOURCES, sizeof *net->sources, err));
    TRY(arena_take(memory, &net->projections, MAX_PROJECTIONS, sizeof *net->projections, err));
    TRY(arena_take(memory, &net->parameters, MAX_PARAMETERS, sizeof *net->parameters, err));
    *out = net;
    return LSNN_OK;
}

lsnn_status network_add_source(network *net, const source *values, lsnn_error *err)
{
    if (net->n_sources == MAX_SOURCES) return lsnn_fail(err, LSNN_CONFIG, "more than %d sources", MAX_SOURCES);
    net->sources[net->n_sources++] = *values;
    net->n_cells += values->n;
    return LSNN_OK;
}

static lsnn_status add_parameter(network *net, const char *name, size_t n, parameter **out, lsnn_error *err)
{
    parameter *p = &net->parameters[net->n_parameters++];
    *p = (parameter){.name = name, .n = n, .rate = 1, .min = -INFINITY, .max = INFINITY};
    TRY(arena_take(net->memory, &p->value, n, sizeof(real), err));
    *out = p;
    return LSNN_OK;
}

static int count_variables(const lsnn_variable *v)
{
    int n = 0;
    while (v && v[n].name)
        n++;
    return n;
}

static const lsnn_field *find_field(const lsnn_model *model, const char *name)
{
    for (const lsnn_field *f = model->fields; f->name; f++)
        if (strcmp(f->name, name) == 0) return f;
    return NULL;
}

/* The value of a LSNN_NEURONS field for each neuron: the array that the parameters point to. */
static double *neuron_values(const population *p, const lsnn_field *field)
{
    return *(double *const *)((const char *)p->parameters + field->offset);
}

static bool learns(const population *p, const char *name)
{
    for (const lsnn_field *f = p->model->fields; f->name; f++)
        if (strncmp(f->name, "learn_", 6) == 0 && strcmp(f->name + 6, name) == 0)
            return *(const bool *)((const char *)p->parameters + f->offset);
    return false;
}

double network_value(const parameter *p, int j)
{
    return p->logarithm ? exp((double)p->value[j]) : (double)p->value[j];
}

real network_stored(const parameter *p, double value)
{
    return (real)(p->logarithm ? log(value) : value);
}

/* The parameters' own array follows what is learned. */
static lsnn_status keep_initial(network *net, parameter *learned, const double *value, int n, lsnn_error *err)
{
    double *initial;
    TRY(arena_take(net->memory, &initial, (size_t)n, sizeof *initial, err));
    memcpy(initial, value, (size_t)n * sizeof *initial);
    learned->initial = initial;
    return LSNN_OK;
}

/* A trainable column starts as the user's parameter of that name; the padding repeats the last neuron. */
static lsnn_status add_trainables(network *net, population *p, lsnn_error *err)
{
    p->trainable = net->n_parameters;
    for (const lsnn_trainable *l = p->model->trainable; l && l->name; l++) {
        const char *full;
        TRY(arena_format(net->memory, &full, err, "%s.%s", p->name, l->name));
        parameter *learned;
        TRY(add_parameter(net, full, (size_t)p->width, &learned, err));
        learned->field = find_field(p->model, l->name);
        learned->learn = learns(p, l->name);
        learned->logarithm = l->logarithm;
        const double *value = neuron_values(p, learned->field);
        for (int j = 0; j < p->width; j++)
            learned->value[j] = network_stored(learned, value[j < p->n ? j : p->n - 1]);
        if (learned->learn) TRY(keep_initial(net, learned, value, p->n, err));
        p->n_trainable++;
    }
    return LSNN_OK;
}

static void mark_uniform(population *p)
{
    p->uniform = 0;
    for (int c = 0; p->model->constants[c]; c++) {
        bool same = true;
        for (int j = 1; j < p->n; j++)
            same = same && p->constant[c][j] == p->constant[c][0];
        if (same) p->uniform |= 1u << c;
    }
}

/* Constants are computed in double and then stored as real; the padding repeats the last neuron. */
static const char *fill_constants(const network *net, population *p)
{
    const char *complaint = p->model->prepare(p->parameters, net->dt, p->n, p->prepared);
    for (int c = 0; !complaint && p->model->constants[c]; c++)
        for (int j = 0; j < p->width; j++)
            p->constant[c][j] = (real)p->prepared[c][j < p->n ? j : p->n - 1];
    mark_uniform(p);
    return complaint;
}

/* A model may say that a constant is infinite, as that of no floor; rounding may not. */
static lsnn_status check_constants(const population *p, lsnn_error *err)
{
    for (int c = 0; p->model->constants[c]; c++)
        for (int j = 0; j < p->n; j++)
            if (!isfinite(p->constant[c][j]) && !isinf(p->prepared[c][j]))
                return lsnn_fail(err, LSNN_CONFIG,
                                 "populations.%s: %s of neuron %d, which follows from its parameters, is beyond the "
                                 "range of numbers",
                                 p->name, p->model->constants[c], j);
    return LSNN_OK;
}

static lsnn_status prepare(network *net, population *p, lsnn_error *err)
{
    for (int c = 0; p->model->constants[c]; c++) {
        TRY(arena_take(net->memory, &p->prepared[c], (size_t)p->n, sizeof(double), err));
        TRY(arena_take(net->memory, &p->constant[c], (size_t)p->width, sizeof(real), err));
    }
    const char *complaint = fill_constants(net, p);
    if (complaint) return lsnn_fail(err, LSNN_CONFIG, "populations.%s: %s", p->name, complaint);
    return check_constants(p, err);
}

lsnn_status network_add_population(network *net, const char *name, const lsnn_model *model, int n,
                                   const void *parameters, lsnn_error *err)
{
    const bool heard = model->spiking || model->hidden;
    if (net->n_projections > 0)
        return lsnn_fail(err, LSNN_CONFIG, "populations.%s: populations come before projections", name);
    if (net->n_populations == MAX_POPULATIONS)
        return lsnn_fail(err, LSNN_CONFIG, "more than %d populations", MAX_POPULATIONS);
    if (heard && net->n_populations > net->n_spiking_populations)
        return lsnn_fail(err, LSNN_CONFIG, "populations.%s: %s populations must stand before the readouts", name,
                         model->spiking ? "spiking" : "hidden");
    population *p = &net->populations[net->n_populations++];
    *p = (population){.name = name, .model = model, .parameters = parameters, .n = n, .width = padded(n)};
    p->n_ports = model->n_ports > 0 ? model->n_ports : 1;
    p->first = heard ? net->n_spiking : net->n_outputs;
    p->column = net->n_columns;
    p->n_states = count_variables(model->states);
    p->n_adjoints = count_variables(model->adjoints);
    const unsigned written = model->which_tapes ? model->which_tapes(parameters) : ~0u;
    for (int c = 0; model->tapes[c].name; c++)
        if (written & 1u << c) p->tape[p->n_tapes++] = c;
    net->n_columns += p->n_ports * p->width;
    if (heard) {
        net->n_spiking_populations++;
        net->n_spiking += n;
        net->n_hidden += model->hidden ? n : 0;
        net->spiking_columns = net->n_columns;
    } else {
        net->n_outputs += n;
    }
    TRY(prepare(net, p, err));
    return add_trainables(net, p, err);
}

static const population *first_target(const network *net, const projection *p)
{
    const population *pop = net->populations;
    while (pop->column < p->column)
        pop++;
    return pop;
}

int network_target_column(const network *net, const projection *p, int j)
{
    const population *pop = first_target(net, p);
    for (; j >= pop->n_ports * pop->n; pop++)
        j -= pop->n_ports * pop->n;
    return pop->column - p->column + j / pop->n * pop->width + j % pop->n;
}

int network_count_targets(const network *net, const projection *p)
{
    int n = 0;
    for (int k = 0; k < net->n_populations; k++) {
        const population *pop = &net->populations[k];
        if (pop->column >= p->column && pop->column < p->column + p->width) n += pop->n_ports * pop->n;
    }
    return n;
}

static lsnn_status collect_delays(projection *p, network *net, const synapses *wires, lsnn_error *err)
{
    bool *seen;
    TRY(arena_take(net->memory, &seen, MAX_DELAYS, 1, err));
    for (size_t k = 0; k < wires->n; k++) {
        if (wires->delay[k] < 0 || wires->delay[k] >= MAX_DELAYS)
            return lsnn_fail(err, LSNN_CONFIG, "projections.%s: a delay of %d steps is outside 0 .. %d", p->name,
                             wires->delay[k], MAX_DELAYS - 1);
        if (p->source < 0 && !p->to_output && wires->delay[k] == 0)
            return lsnn_fail(err, LSNN_CONFIG, "projections.%s: between neurons a delay is at least one step", p->name);
        seen[wires->delay[k]] = true;
    }
    int *delay;
    TRY(arena_take(net->memory, &delay, MAX_DELAYS, sizeof *delay, err));
    for (int d = 0; d < MAX_DELAYS; d++)
        if (seen[d]) delay[p->n_delays++] = d;
    if (p->n_delays == 0) delay[p->n_delays++] = p->source < 0 && !p->to_output ? 1 : 0;
    p->delay = delay;
    if (delay[p->n_delays - 1] > net->max_delay) net->max_delay = delay[p->n_delays - 1];
    return LSNN_OK;
}

static bool rows_have_one_delay(const synapses *sorted)
{
    for (size_t k = 1; k < sorted->n; k++)
        if (sorted->from[k] == sorted->from[k - 1] && sorted->delay[k] != sorted->delay[k - 1]) return false;
    return true;
}

static lsnn_status store_dense(network *net, projection *p, const synapses *wires, lsnn_error *err)
{
    const size_t rows = (size_t)p->n_from + (p->sums ? 1 : 0), width = (size_t)p->width;
    parameter *weights;
    p->parameter = net->n_parameters;
    TRY(add_parameter(net, p->name, (size_t)p->n_from * width, &weights, err));
    if (p->sums) TRY(arena_take(net->memory, &p->prefix, rows * width, sizeof(real), err));
    if (p->n_delays > 1) {
        TRY(arena_take(net->memory, &p->row_delay, (size_t)p->n_from, sizeof *p->row_delay, err));
        for (int i = 0; i < p->n_from; i++) /* a cell without synapses has any */
            p->row_delay[i] = p->delay[0];
        for (size_t k = 0; k < wires->n; k++)
            p->row_delay[wires->from[k]] = wires->delay[k];
    }
    TRY(arena_take(net->memory, &weights->present, weights->n, sizeof(real), err));
    for (size_t k = 0; k < wires->n; k++) {
        const size_t position = wires->from[k] * width + (size_t)network_target_column(net, p, (int)wires->to[k]);
        weights->value[position] += (real)wires->weight[k];
        weights->present[position] = 1;
    }
    return LSNN_OK;
}

static int by_delay_then_row(const void *a, const void *b)
{
    const axon *x = a, *y = b;
    return x->delay != y->delay ? (x->delay > y->delay) - (x->delay < y->delay) : (x->row > y->row) - (x->row < y->row);
}

static lsnn_status order_axons(network *net, projection *p, lsnn_error *err)
{
    TRY(arena_take(net->memory, &p->by_delay, (size_t)p->n_from, sizeof *p->by_delay, err));
    int row = 0;
    for (int k = p->from_population; k < p->from_population + p->n_from_populations; k++)
        for (int j = 0; j < net->populations[k].n; j++, row++)
            p->by_delay[row] = (axon){row, net->populations[k].column + j, network_row_delay(p, (size_t)row)};
    qsort(p->by_delay, (size_t)p->n_from, sizeof *p->by_delay, by_delay_then_row);
    for (int k = 0, a = 0; k <= N_STRETCHES; k++) {
        while (a < p->n_from && (k == N_STRETCHES || p->by_delay[a].delay < stretch_steps[k]))
            a++;
        p->stretch_start[k] = a;
    }
    return LSNN_OK;
}

static lsnn_status store_sparse(network *net, projection *p, const synapses *wires, lsnn_error *err)
{
    parameter *weights;
    p->parameter = net->n_parameters;
    TRY(add_parameter(net, p->name, (size_t)padded((int)wires->n), &weights, err));
    TRY(arena_take(net->memory, &p->row_start, (size_t)p->n_from + 1, sizeof *p->row_start, err));
    TRY(arena_take(net->memory, &p->offset, wires->n, sizeof *p->offset, err));
    for (size_t k = 0; k < wires->n; k++) {
        p->row_start[wires->from[k] + 1]++;
        p->offset[k] =
            (uint32_t)(wires->delay[k] * net->n_columns + p->column + network_target_column(net, p, (int)wires->to[k]));
        weights->value[k] = (real)wires->weight[k];
    }
    for (int i = 0; i < p->n_from; i++)
        p->row_start[i + 1] += p->row_start[i];
    return LSNN_OK;
}

/* Of rewired synapses every sign lasts, of others those of signed neurons. */
static lsnn_status add_signs(network *net, const projection *p, lsnn_error *err)
{
    parameter *weights = &net->parameters[p->parameter];
    if (!p->sign && !p->rewiring) return LSNN_OK;
    TRY(arena_take(net->memory, &weights->sign, weights->n, sizeof(real), err));
    for (size_t i = 0; i < (size_t)p->n_from; i++) {
        const size_t last = p->dense ? (i + 1) * (size_t)p->width : p->row_start[i + 1];
        for (size_t k = p->dense ? i * (size_t)p->width : p->row_start[i]; k < last; k++) {
            if (weights->present && weights->present[k] == 0) continue;
            weights->sign[k] = p->sign ? p->sign[i] : 0;
            if (weights->sign[k] == 0 && p->rewiring) weights->sign[k] = weights->value[k] < 0 ? -1 : 1;
        }
    }
    return LSNN_OK;
}

lsnn_status network_add_projection(network *net, const projection_spec *spec, synapses *wires, lsnn_error *err)
{
    if (net->n_projections == MAX_PROJECTIONS)
        return lsnn_fail(err, LSNN_CONFIG, "more than %d projections", MAX_PROJECTIONS);
    const population *first = &net->populations[spec->to_population];
    const population *last = &net->populations[spec->to_population + spec->n_to_populations - 1];
    projection *p = &net->projections[net->n_projections++];
    *p = (projection){.name = spec->name,
                      .number = spec->number,
                      .source = spec->source,
                      .n_from = wires->n_from,
                      .n_to = wires->n_to,
                      .from_population = spec->from_population,
                      .n_from_populations = spec->n_from_populations,
                      .n_synapses = wires->n,
                      .sign = spec->sign,
                      .no_autapses = spec->no_autapses,
                      .rewiring = spec->rewiring,
                      .rewiring_parameters = spec->rewiring_parameters};
    p->from = spec->source >= 0 ? 0 : net->populations[spec->from_population].first;
    p->column = first->column;
    p->width = last->column + last->n_ports * last->width - first->column;
    p->to_output = !first->model->spiking && !first->model->hidden;
    TRY(synapses_sort(wires, err));
    TRY(collect_delays(p, net, wires, err));
    if (p->to_output && (p->source >= 0 || p->n_delays > 1))
        return lsnn_fail(err, LSNN_CONFIG, "projections.%s: a readout takes neurons, with one delay", p->name);
    /* Measured, forward and backward: a synapse in a list costs about ten times an element of a dense row. */
    const double density = (double)wires->n / ((double)wires->n_from * wires->n_to);
    p->dense = p->to_output || (!spec->sparse && density >= 0.1 && rows_have_one_delay(wires));
    p->sums = p->dense && p->n_delays == 1 && p->source >= 0 && net->sources[p->source].runs;
    TRY((p->dense ? store_dense : store_sparse)(net, p, wires, err));
    if (p->dense && p->source < 0 && !p->to_output && p->delay[p->n_delays - 1] >= stretch_steps[1])
        TRY(order_axons(net, p, err));
    TRY(add_signs(net, p, err));
    parameter *weights = &net->parameters[p->parameter];
    weights->learn = spec->learn;
    weights->rate = spec->rate;
    weights->min = spec->min;
    weights->max = spec->max;
    weights->decays = true;
    if (p->to_output) return network_set_feedback(net, p, NULL, err);
    return LSNN_OK;
}

lsnn_status network_set_feedback(network *net, projection *p, const real *feedback, lsnn_error *err)
{
    if (!p->feedback_by_output)
        TRY(arena_take(net->memory, &p->feedback_by_output, (size_t)(p->width * net->spiking_columns), sizeof(real),
                       err));
    p->feedback = net->parameters[p->parameter].value;
    if (!feedback) return LSNN_OK;
    TRY(arena_take(net->memory, &p->feedback, (size_t)p->n_from * (size_t)p->width, sizeof(real), err));
    memcpy(p->feedback, feedback, (size_t)p->n_from * (size_t)p->width * sizeof(real));
    return LSNN_OK;
}

int network_find_population(const network *net, const char *name)
{
    for (int p = 0; p < net->n_populations; p++)
        if (strcmp(net->populations[p].name, name) == 0) return p;
    return -1;
}

int network_find_projection(const network *net, const char *name)
{
    for (int p = 0; p < net->n_projections; p++)
        if (strcmp(net->projections[p].name, name) == 0) return p;
    return -1;
}

int network_find_source(const network *net, const char *name)
{
    for (int s = 0; s < net->n_sources; s++)
        if (strcmp(net->sources[s].name, name) == 0) return s;
    return -1;
}

static void refresh_prefix(const network *net, const projection *p)
{
    const real *row = net->parameters[p->parameter].value;
    for (int i = 0; i < p->n_from; i++) {
        const real *before = p->prefix + (size_t)i * (size_t)p->width;
        real *after = p->prefix + (size_t)(i + 1) * (size_t)p->width;
        for (int j = 0; j < p->width; j++)
            after[j] = before[j] + row[(size_t)i * (size_t)p->width + (size_t)j];
    }
}

/* Neurons of id from .. lie in several populations, each with its own columns. */
static void refresh_feedback(const network *net, const projection *p)
{
    for (int s = 0; s < net->n_spiking_populations; s++) {
        const population *pop = &net->populations[s];
        for (int j = 0; j < pop->n; j++) {
            const int i = pop->first + j - p->from;
            if (i < 0 || i >= p->n_from) continue;
            for (int k = 0; k < p->width; k++)
                p->feedback_by_output[(size_t)k * (size_t)net->spiking_columns + (size_t)(pop->column + j)] =
                    p->feedback[(size_t)i * (size_t)p->width + (size_t)k];
        }
    }
}

int network_learned(const network *net, const population *p, const parameter *out[static LSNN_MAX_TRAINABLE])
{
    int n = 0;
    for (int l = 0; l < p->n_trainable; l++)
        if (net->parameters[p->trainable + l].learn) out[n++] = &net->parameters[p->trainable + l];
    return n;
}

/* Constants of neurons whose parameters learn. */
static void refresh_constants(const network *net, population *p)
{
    const parameter *learned[LSNN_MAX_TRAINABLE];
    const int n = network_learned(net, p, learned);
    for (int l = 0; l < n; l++) {
        double *value = neuron_values(p, learned[l]->field);
        for (int j = 0; j < p->n; j++)
            value[j] = network_value(learned[l], j);
    }
    if (n > 0) (void)fill_constants(net, p);
}

void network_refresh(network *net)
{
    for (int k = 0; k < net->n_populations; k++)
        refresh_constants(net, &net->populations[k]);
    for (int i = 0; i < net->n_projections; i++) {
        const projection *p = &net->projections[i];
        if (p->sums) refresh_prefix(net, p);
        if (p->to_output) refresh_feedback(net, p);
    }
}

/* Number of the target at a column, counted from the population that holds the projection's first column. */
static int target_at(const network *net, const projection *p, int column)
{
    int before = 0;
    for (int k = 0; k < net->n_populations; k++) {
        const population *pop = &net->populations[k];
        if (pop->column < p->column) continue;
        const int place = column - pop->column;
        if (place < pop->n_ports * pop->width) return before + place / pop->width * pop->n + place % pop->width;
        before += pop->n_ports * pop->n;
    }
    return -1;
}

void network_each_synapse(const network *net, const projection *p, network_visitor *visit, void *with)
{
    const parameter *weights = &net->parameters[p->parameter];
    for (int i = 0; i < p->n_from; i++) {
        if (p->dense) {
            for (int j = 0; j < p->width; j++) {
                const size_t position = (size_t)i * (size_t)p->width + (size_t)j;
                if (weights->present[position] > 0)
                    visit(with, i, target_at(net, p, p->column + j), network_row_delay(p, (size_t)i), position);
            }
            continue;
        }
        for (size_t k = p->row_start[i]; k < p->row_start[i + 1]; k++)
            visit(with, i, target_at(net, p, (int)p->offset[k] % net->n_columns), (int)p->offset[k] / net->n_columns,
                  k);
    }
}
