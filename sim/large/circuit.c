/* Slices, projections and drives of a large network; their synapses are drawn in circuit_rows.c. */
#include "circuit.h"
#include "circuit_inside.h"
#include "memory.h"
#include <limits.h>
#include <math.h>
#include <omp.h>
#include <string.h>

static int padded(int n)
{
    return (n + LSNN_LANES - 1) / LSNN_LANES * LSNN_LANES;
}

/* The s-th of so many parts, cut at blocks. */
static circuit_part cut(int n, int s, int n_slices)
{
    const int64_t blocks = (n + CIRCUIT_BLOCK - 1) / CIRCUIT_BLOCK;
    const int first = (int)(blocks * s / n_slices) * CIRCUIT_BLOCK;
    const int end = (int)(blocks * (s + 1) / n_slices) * CIRCUIT_BLOCK;
    circuit_part part = {.first = first, .n = (end < n ? end : n) - first};
    part.width = padded(part.n);
    return part;
}

static int columns_of(const network *net, int s, int n_slices)
{
    int n = 0;
    for (int k = 0; k < net->n_populations; k++)
        n += cut(net->populations[k].n, s, n_slices).width;
    return n;
}

/* As few as can be, so that rows are long; a whole number of them for each thread. */
static int count_slices(const network *net, int n_threads)
{
    for (int n = n_threads;; n += n_threads) {
        bool fits = true;
        for (int s = 0; s < n && fits; s++)
            fits = columns_of(net, s, n) <= CIRCUIT_MOST_COLUMNS;
        if (fits) return n;
    }
}

static lsnn_status add_slices(circuit *c, int n_threads, lsnn_error *err)
{
    const network *net = c->net;
    c->n_slices = count_slices(net, n_threads);
    TRY(arena_take(c->e->memory, &c->slice, (size_t)c->n_slices, sizeof *c->slice, err));
    for (int s = 0; s < c->n_slices; s++) {
        circuit_slice *slice = &c->slice[s];
        TRY(arena_take(c->e->memory, &slice->part, (size_t)net->n_populations, sizeof *slice->part, err));
        TRY(arena_take(c->e->memory, &slice->rows, (size_t)c->e->n_plans + 1, sizeof *slice->rows, err));
        for (int k = 0; k < net->n_populations; k++) {
            slice->part[k] = cut(net->populations[k].n, s, c->n_slices);
            slice->part[k].column = slice->n_columns;
            slice->n_columns += slice->part[k].width;
        }
    }
    return LSNN_OK;
}

int circuit_slice_of(const circuit *c, int pop, int j)
{
    int s = 0;
    while (j >= c->slice[s].part[pop].first + c->slice[s].part[pop].n)
        s++;
    return s;
}

/* ---- what a projection stores ----------------------------------------------------------------------------------------- */

/* The sign that all its cells share: 1, -1, 0 (none has one), or 2 when they differ. */
static int common_sign(const wiring_site *site)
{
    if (!site->sign) return 0;
    for (int i = 1; i < site->n_from; i++)
        if (site->sign[i] != site->sign[0]) return 2;
    return (int)site->sign[0];
}

bool circuit_one_weight(const projection_plan *plan)
{
    return plan->wiring.weights.kind == VALUES_CONSTANT && !plan->wiring.weight && common_sign(&plan->site) != 2 &&
           !plan->spec.learn;
}

bool circuit_one_delay(const projection_plan *plan)
{
    return !plan->wiring.delay && plan->wiring.first_time == plan->wiring.last_time;
}

static double common_weight(const projection_plan *plan)
{
    const int sign = common_sign(&plan->site);
    return sign == 0 ? plan->wiring.weights.a : sign * fabs(plan->wiring.weights.a);
}

/* Spikes of a Poisson source that only this projection hears are drawn at the neurons. */
bool circuit_is_drive(const experiment *e, const projection_plan *plan)
{
    const int s = plan->spec.source;
    if (e->simulation.engine == ENGINE_NONE) return false; /* a trial holds its spikes */
    if (s < 0 || e->net->sources[s].kind != SOURCE_POISSON || plan->wiring.kind != WIRING_ONE_TO_ONE) return false;
    for (int k = 0; k < e->n_plans; k++)
        if (&e->plans[k] != plan && e->plans[k].spec.source == s) return false;
    return circuit_one_weight(plan) && circuit_one_delay(plan);
}

static double bytes_per_synapse(const projection_plan *plan)
{
    double bytes = sizeof(uint16_t);
    if (!circuit_one_weight(plan)) bytes += sizeof(real);
    if (!circuit_one_delay(plan)) bytes += plan->site.continuous ? sizeof(double) : sizeof(uint16_t);
    return bytes;
}

double circuit_predict(const experiment *e, int n_threads)
{
    const int n_slices = count_slices(e->net, n_threads);
    double bytes = 0;
    for (int k = 0; k < e->n_plans; k++) {
        const projection_plan *plan = &e->plans[k];
        if (circuit_is_drive(e, plan)) continue;
        bytes += wiring_expected(&plan->wiring, &plan->site) * bytes_per_synapse(plan) +
                 (double)n_slices * plan->site.n_from * sizeof(uint32_t);
    }
    return bytes;
}

/* ---- building --------------------------------------------------------------------------------------------------------- */

static void add_drive(circuit *c, const projection_plan *plan)
{
    c->drive[c->n_drives++] = (circuit_drive){.source = plan->spec.source,
                                              .number = plan->site.number,
                                              .to_population = plan->spec.to_population,
                                              .n_to_populations = plan->spec.n_to_populations,
                                              .weight = (real)common_weight(plan),
                                              .step = plan->wiring.first_step,
                                              .time = plan->wiring.first_time};
}

static circuit_projection *add_projection(circuit *c, const projection_plan *plan)
{
    circuit_projection *p = &c->projection[c->n_projections++];
    *p = (circuit_projection){.name = plan->spec.name,
                              .source = plan->spec.source,
                              .n_from = plan->site.n_from,
                              .from_population = plan->spec.from_population,
                              .n_from_populations = plan->spec.n_from_populations,
                              .to_population = plan->spec.to_population,
                              .n_to_populations = plan->spec.n_to_populations,
                              .one_weight = circuit_one_weight(plan),
                              .first_step = plan->wiring.first_step,
                              .last_step = plan->wiring.last_step,
                              .first_time = plan->wiring.first_time,
                              .last_time = plan->wiring.last_time};
    p->from = p->source < 0 ? c->net->populations[p->from_population].first : 0;
    if (p->one_weight) p->weight = (real)common_weight(plan);
    return p;
}

static void check_plan(config_report *report, const network *net, const projection_plan *plan)
{
    const bool current = plan->spec.source >= 0 && net->sources[plan->spec.source].analog;
    const wiring_plan *w = &plan->wiring;
    const config_place *weights = &plan->site.weights->place;
    const double n = wiring_expected(w, &plan->site);
    if (w->weights.kind == VALUES_BALANCED) config_mistake(report, weights, "balanced weights are of trained networks");
    if (w->weights.kind == VALUES_LIST && !w->weight && w->kind != WIRING_PROBABILITY && (double)w->weights.n != n)
        config_mistake(report, weights, "%zu weights for %.0f synapses", w->weights.n, n);
    if (current && w->last_time > 0)
        config_mistake(report, &plan->site.delay->place, "a constant current has no delay");
}

lsnn_status circuit_check(const experiment *e, lsnn_error *err)
{
    config_report report = {0};
    for (int k = 0; k < e->n_plans; k++)
        check_plan(&report, e->net, &e->plans[k]);
    return config_verdict(&report, err);
}

static void note_delays(circuit *c, const circuit_projection *p, const projection_plan *plan)
{
    if (p->last_step > c->last_step) c->last_step = p->last_step;
    if (p->last_time > c->last_time) c->last_time = p->last_time;
    if (!plan->site.recurrent) return;
    if (c->first_step == 0 || p->first_step < c->first_step) c->first_step = p->first_step;
    if (c->first_time == 0 || p->first_time < c->first_time) c->first_time = p->first_time;
}

static lsnn_status add_plans(circuit *c, config_report *report, int n_threads, lsnn_error *err)
{
    const experiment *e = c->e;
    for (int k = 0; k < e->n_plans; k++) {
        const projection_plan *plan = &e->plans[k];
        if (circuit_is_drive(e, plan)) {
            add_drive(c, plan);
            if (plan->wiring.first_step > c->last_step) c->last_step = plan->wiring.first_step;
            if (plan->wiring.first_time > c->last_time) c->last_time = plan->wiring.first_time;
            continue;
        }
        circuit_projection *p = add_projection(c, plan);
        TRY(circuit_draw(c, p, plan, n_threads, report, err));
        note_delays(c, p, plan);
        c->n_synapses += p->n_synapses;
    }
    return LSNN_OK;
}

lsnn_status circuit_new(circuit **out, const experiment *e, int n_threads, lsnn_error *err)
{
    circuit *c;
    config_report report = {0};
    const double start = omp_get_wtime();
    TRY(circuit_check(e, err));
    TRY(memory_require(circuit_predict(e, n_threads), err));
    TRY(arena_take(e->memory, &c, 1, sizeof *c, err));
    *c = (circuit){.e = e, .net = e->net, .continuous = e->simulation.engine == ENGINE_EVENT};
    TRY(arena_take(e->memory, &c->projection, (size_t)e->n_plans + 1, sizeof *c->projection, err));
    TRY(arena_take(e->memory, &c->drive, (size_t)e->n_plans + 1, sizeof *c->drive, err));
    const size_t before = arena_bytes(e->memory);
    TRY(add_slices(c, n_threads, err));
    TRY(add_plans(c, &report, n_threads, err));
    TRY(config_verdict(&report, err));
    c->bytes = arena_bytes(e->memory) - before;
    c->seconds = omp_get_wtime() - start;
    *out = c;
    return LSNN_OK;
}

static double delay_of(const circuit *c, const circuit_projection *p, const circuit_rows *rows, uint32_t k)
{
    if (rows->time) return rows->time[k];
    return rows->step ? rows->step[k] * c->net->dt : p->first_time;
}

void circuit_each_synapse(const circuit *c, int number, circuit_visitor *visit, void *with)
{
    const circuit_projection *p = &c->projection[number];
    for (int i = 0; i < p->n_from; i++)
        for (int k = p->to_population, j = 0; k < p->to_population + p->n_to_populations;
             j += c->net->populations[k++].n)
            for (int s = 0; s < c->n_slices; s++) {
                const circuit_rows *rows = &c->slice[s].rows[number];
                const circuit_part *part = &c->slice[s].part[k];
                for (uint32_t n = rows->start[i]; n < rows->start[i + 1]; n++)
                    if (rows->target[n] >= part->column && rows->target[n] < part->column + part->n)
                        visit(with, i, j + part->first + rows->target[n] - part->column,
                              rows->weight ? rows->weight[n] : p->weight, delay_of(c, p, rows, n));
            }
}
