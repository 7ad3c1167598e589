/* Drawing synapses straight into rows, without a list of them: a first pass counts by presynaptic cell, a second one draws the
 * same again and fills. Sources are drawn target by target, weights and delays row by row, each from a stream of its own. */
#include "circuit_inside.h"
#include <math.h>
#include <omp.h>

typedef struct drawing {
    circuit *c;
    circuit_projection *p;
    const projection_plan *plan;
    int number, n_threads;
    uint64_t **taken; /* [n_threads] */
    uint32_t **source;
} drawing;

/* Calls put_row for each target of the slice, in the order of columns. */
typedef void put_row(circuit_rows *rows, uint16_t target, const uint32_t *from, int n);

static void count_row(circuit_rows *rows, uint16_t target, const uint32_t *from, int n)
{
    (void)target;
    for (int k = 0; k < n; k++)
        rows->start[from[k] + 1]++;
}

/* start[i + 1] runs from the row's beginning to its end. */
static void fill_row(circuit_rows *rows, uint16_t target, const uint32_t *from, int n)
{
    uint32_t *restrict next = rows->start + 1;
    for (int k = 0; k < n; k++)
        rows->target[next[from[k]]++] = target;
}

static void draw_slice(const drawing *d, int s, put_row *put)
{
    const circuit_projection *p = d->p;
    const int thread = omp_get_thread_num();
    circuit_rows *rows = &d->c->slice[s].rows[d->number];
    for (int k = p->to_population, before = 0; k < p->to_population + p->n_to_populations;
         before += d->c->net->populations[k++].n) {
        const circuit_part *part = &d->c->slice[s].part[k];
        for (int j = 0; j < part->n; j++) {
            const int n = wiring_sources(&d->plan->wiring, &d->plan->site, before + part->first + j, d->taken[thread],
                                         d->source[thread]);
            put(rows, (uint16_t)(part->column + j), d->source[thread], n);
        }
    }
}

/* Where target j of the projection lies. */
static uint16_t find_target(const drawing *d, int j, int *slice)
{
    int k = d->p->to_population;
    for (; j >= d->c->net->populations[k].n; k++)
        j -= d->c->net->populations[k].n;
    *slice = circuit_slice_of(d->c, k, j);
    const circuit_part *part = &d->c->slice[*slice].part[k];
    return (uint16_t)(part->column + j - part->first);
}

static lsnn_status take_rows(const drawing *d, lsnn_error *err)
{
    for (int s = 0; s < d->c->n_slices; s++)
        TRY(arena_take(d->c->e->memory, &d->c->slice[s].rows[d->number].start, (size_t)d->p->n_from + 1,
                       sizeof(uint32_t), err));
    return LSNN_OK;
}

/* Counts become the beginnings of rows, shifted by one as fill_row wants them. */
static lsnn_status take_synapses(const drawing *d, lsnn_error *err)
{
    arena *a = d->c->e->memory;
    for (int s = 0; s < d->c->n_slices; s++) {
        circuit_rows *rows = &d->c->slice[s].rows[d->number];
        size_t sum = 0;
        for (int i = 0; i < d->p->n_from; i++) {
            const uint32_t n = rows->start[i + 1];
            rows->start[i + 1] = (uint32_t)sum;
            sum += n;
            if (sum > UINT32_MAX)
                return lsnn_fail(err, LSNN_CONFIG,
                                 "projections.%s: more than %u synapses onto the neurons of one slice; more threads "
                                 "make smaller slices",
                                 d->p->name, UINT32_MAX);
        }
        TRY(arena_take(a, &rows->target, sum, sizeof *rows->target, err));
        const size_t whole_lanes = (sum + LSNN_LANES - 1) / LSNN_LANES * LSNN_LANES; /* for optimisers */
        if (!d->p->one_weight) TRY(arena_take(a, &rows->weight, whole_lanes, sizeof *rows->weight, err));
        if (!circuit_one_delay(d->plan) && d->plan->site.continuous)
            TRY(arena_take(a, &rows->time, sum, sizeof *rows->time, err));
        else if (!circuit_one_delay(d->plan))
            TRY(arena_take(a, &rows->step, sum, sizeof *rows->step, err));
        d->p->n_synapses += sum;
    }
    return LSNN_OK;
}

/* ---- from a file ------------------------------------------------------------------------------------------------------ */

static void check_delay(const drawing *d, config_report *report, double time)
{
    const wiring_site *site = &d->plan->site;
    const double steps = time / d->c->net->dt;
    if (!(time >= 0) || (site->recurrent && time == 0))
        config_mistake(report, &site->pattern->place, "a delay of %g ms in the file: it must be %s 0", time,
                       site->recurrent ? "above" : "at least");
    else if (!site->continuous && (fabs(steps - round(steps)) > 1e-6 * fmax(1, steps) || steps > UINT16_MAX / 16))
        config_mistake(report, &site->pattern->place,
                       "a delay of %g ms in the file is no multiple of dt, %g ms, up to %d steps", time, d->c->net->dt,
                       UINT16_MAX / 16);
}

static bool check_file(drawing *d, config_report *report)
{
    const wiring_plan *w = &d->plan->wiring;
    const int before = report->n_mistakes;
    for (size_t k = 0; w->delay && k < w->n && report->n_mistakes == before; k++) {
        const double time = w->delay[k];
        check_delay(d, report, time);
        if (k == 0 || time < d->p->first_time) d->p->first_time = time;
        if (k == 0 || time > d->p->last_time) d->p->last_time = time;
    }
    if (w->delay && !d->plan->site.continuous) {
        d->p->first_step = (int)lround(d->p->first_time / d->c->net->dt);
        d->p->last_step = (int)lround(d->p->last_time / d->c->net->dt);
    }
    return report->n_mistakes == before;
}

static lsnn_status draw_file(drawing *d, lsnn_error *err)
{
    const wiring_plan *w = &d->plan->wiring;
    int s;
    for (size_t k = 0; k < w->n; k++) {
        find_target(d, (int)w->to[k], &s);
        d->c->slice[s].rows[d->number].start[(size_t)w->from[k] + 1]++;
    }
    TRY(take_synapses(d, err));
    for (size_t k = 0; k < w->n; k++) {
        const uint16_t target = find_target(d, (int)w->to[k], &s);
        circuit_rows *rows = &d->c->slice[s].rows[d->number];
        const uint32_t at = rows->start[(size_t)w->from[k] + 1]++;
        rows->target[at] = target;
        if (w->weight) rows->weight[at] = (real)w->weight[k];
        if (w->delay && rows->time) rows->time[at] = w->delay[k];
        if (w->delay && rows->step) rows->step[at] = (uint16_t)lround(w->delay[k] / d->c->net->dt);
    }
    return LSNN_OK;
}

/* ---- weights and delays ----------------------------------------------------------------------------------------------- */

typedef struct row_streams {
    lsnn_random weight, delay;
    size_t k; /* number of the synapse in the projection */
    real sign;
    bool drawn; /* the delay that all synapses of the row have, if it is axonal */
    uint16_t step;
    double time;
} row_streams;

static void set_delay(const wiring_plan *w, circuit_rows *rows, uint32_t at, row_streams *r)
{
    if (rows->step && !r->drawn)
        r->step =
            (uint16_t)(w->first_step + (int)lsnn_random_below(&r->delay, (uint32_t)(w->last_step - w->first_step + 1)));
    if (rows->time && !r->drawn)
        r->time = w->first_time + (w->last_time - w->first_time) * lsnn_random_uniform(&r->delay);
    if (rows->step) rows->step[at] = r->step;
    if (rows->time) rows->time[at] = r->time;
    r->drawn = w->axonal;
}

static void set_values(const drawing *d, circuit_rows *rows, uint32_t at, row_streams *r)
{
    const wiring_plan *w = &d->plan->wiring;
    if (rows->weight && !w->weight) {
        const double drawn = values_draw(&w->weights, &r->weight, r->k);
        const bool as_drawn = r->sign == 0 || w->weights.kind == VALUES_LIST;
        rows->weight[at] = (real)(as_drawn ? drawn : (double)r->sign * fabs(drawn));
    }
    if (!w->delay) set_delay(w, rows, at, r);
}

/* Row i over all slices, in the order of targets. `at` [n_slices] is scratch. */
static void set_row(const drawing *d, int i, size_t k, uint32_t *at)
{
    const circuit *c = d->c;
    const wiring_site *site = &d->plan->site;
    row_streams r = {
        .weight = lsnn_random_stream(site->seed, LSNN_WEIGHTS, (uint64_t)i, (uint64_t)site->number),
        .delay = lsnn_random_stream(site->seed, LSNN_DELAYS, (uint64_t)i, (uint64_t)site->number),
        .k = k,
        .sign = site->sign ? site->sign[i] : 0,
    };
    for (int s = 0; s < c->n_slices; s++)
        at[s] = c->slice[s].rows[d->number].start[i];
    for (int q = d->p->to_population; q < d->p->to_population + d->p->n_to_populations; q++)
        for (int s = 0; s < c->n_slices; s++) {
            const circuit_part *part = &c->slice[s].part[q];
            circuit_rows *rows = &c->slice[s].rows[d->number];
            for (; at[s] < rows->start[i + 1] && rows->target[at[s]] < part->column + part->n; at[s]++, r.k++)
                set_values(d, rows, at[s], &r);
        }
}

static size_t row_length(const drawing *d, int i)
{
    size_t n = 0;
    for (int s = 0; s < d->c->n_slices; s++)
        n += d->c->slice[s].rows[d->number].start[i + 1] - d->c->slice[s].rows[d->number].start[i];
    return n;
}

static lsnn_status draw_values(drawing *d, config_report *report, lsnn_error *err)
{
    const wiring_plan *w = &d->plan->wiring;
    uint32_t *at;
    size_t *before;
    if (w->weights.kind == VALUES_LIST && !w->weight && w->weights.n != d->p->n_synapses) {
        config_mistake(report, &d->plan->site.weights->place, "%zu weights for %zu synapses", w->weights.n,
                       d->p->n_synapses);
        return LSNN_OK;
    }
    if (d->p->one_weight && circuit_one_delay(d->plan)) return LSNN_OK;
    TRY(arena_take(d->c->e->memory, &at, (size_t)(d->n_threads * d->c->n_slices), sizeof *at, err));
    TRY(arena_take(d->c->e->memory, &before, (size_t)d->p->n_from + 1, sizeof *before, err));
    for (int i = 0; i < d->p->n_from; i++)
        before[i + 1] = before[i] + row_length(d, i);
#pragma omp parallel for num_threads(d->n_threads) schedule(static)
    for (int i = 0; i < d->p->n_from; i++)
        set_row(d, i, before[i], at + omp_get_thread_num() * d->c->n_slices);
    return LSNN_OK;
}

/* What was given must have the sign of its cell; what was drawn has taken it. */
static void check_signs(const drawing *d, config_report *report)
{
    const wiring_site *site = &d->plan->site;
    for (int s = 0; site->sign && s < d->c->n_slices; s++) {
        const circuit_rows *rows = &d->c->slice[s].rows[d->number];
        for (int i = 0; rows->weight && i < d->p->n_from; i++)
            for (uint32_t k = rows->start[i]; k < rows->start[i + 1]; k++)
                if (rows->weight[k] * site->sign[i] < 0) {
                    config_mistake(report, &site->weights->place, "a weight of %g from cell %d, which is %s",
                                   (double)rows->weight[k], i, site->sign[i] > 0 ? "excitatory" : "inhibitory");
                    return;
                }
    }
}

static lsnn_status take_scratch(drawing *d, lsnn_error *err)
{
    arena *a = d->c->e->memory;
    TRY(arena_take(a, &d->taken, (size_t)d->n_threads, sizeof *d->taken, err));
    TRY(arena_take(a, &d->source, (size_t)d->n_threads, sizeof *d->source, err));
    for (int k = 0; k < d->n_threads; k++) {
        TRY(arena_take(a, &d->taken[k], (size_t)d->p->n_from / 64 + 1, sizeof *d->taken[k], err));
        TRY(arena_take(a, &d->source[k], (size_t)wiring_room(&d->plan->wiring, &d->plan->site), sizeof *d->source[k],
                       err));
    }
    return LSNN_OK;
}

lsnn_status circuit_draw(circuit *c, circuit_projection *p, const projection_plan *plan, int n_threads,
                         config_report *report, lsnn_error *err)
{
    drawing d = {.c = c, .p = p, .plan = plan, .number = c->n_projections - 1, .n_threads = n_threads};
    TRY(take_rows(&d, err));
    if (plan->wiring.kind == WIRING_FILE) {
        if (!check_file(&d, report)) return LSNN_OK;
        TRY(draw_file(&d, err));
    } else {
        TRY(take_scratch(&d, err));
#pragma omp parallel for num_threads(n_threads) schedule(static)
        for (int s = 0; s < c->n_slices; s++)
            draw_slice(&d, s, count_row);
        TRY(take_synapses(&d, err));
#pragma omp parallel for num_threads(n_threads) schedule(static)
        for (int s = 0; s < c->n_slices; s++)
            draw_slice(&d, s, fill_row);
    }
    const int before = report->n_mistakes;
    TRY(draw_values(&d, report, err));
    if (report->n_mistakes == before) check_signs(&d, report);
    return LSNN_OK;
}
