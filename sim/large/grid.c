/* Stepping a large network on the grid.
 *
 * Time goes in intervals of the shortest delay between neurons. In one, each slice takes its steps alone; then all slices meet, and
 * each adds the spikes of all to its own ring. Spikes of sources for the next interval are drawn before that meeting, since
 * their delay may be 0. Trains and traces are kept for two intervals, so that one meeting is enough. */
#include "grid.h"
#include "grid_inside.h"
#include "worker.h"
#include <math.h>
#include <omp.h>
#include <string.h>

#define MOST_INTERVAL 64
#define CHECK_STEPS 1024 /* how often states are looked through for inf and nan */

/* ---- one slice -------------------------------------------------------------------------------------------------------- */

/* Most neurons are silent: several cache lines are looked at together before single ones are. */
typedef uint64_t line __attribute__((vector_size(64)));
enum { LINE_NEURONS = sizeof(line) / sizeof(real), LINES = 4 };

LSNN_KERNEL static uint32_t collect(const real *restrict z, int n, uint32_t first, uint32_t *restrict who)
{
    uint32_t found = 0;
    for (int begin = 0; begin < n; begin += LINES * LINE_NEURONS) {
        const int end = n - begin < LINES * LINE_NEURONS ? n : begin + LINES * LINE_NEURONS;
        line seen = {0};
        for (int j = begin; j < end; j += LINE_NEURONS)
            seen |= *(const line *)(z + j);
        if ((seen[0] | seen[1] | seen[2] | seen[3] | seen[4] | seen[5] | seen[6] | seen[7]) == 0) continue;
        for (int j = begin; j < end; j++) {
            who[found] = first + (uint32_t)j;
            found += z[j] != 0;
        }
    }
    return found;
}

static const real *variable_of(const grid *g, int s, const record_spec *spec, const real *current, real *scratch)
{
    const population *p = &g->c->net->populations[spec->population];
    const lsnn_slice *view = &g->slice[s].view[spec->population];
    const lsnn_model *model = p->model;
    if (strcmp(spec->variable, "I") == 0) return current + g->c->slice[s].part[spec->population].column;
    if (strcmp(spec->variable, model->spiking ? "z" : "y") == 0) return g->slice[s].output[spec->population];
    for (int k = 0; k < p->n_states; k++)
        if (strcmp(model->states[k].name, spec->variable) == 0) return view->state[k];
    for (int k = 0; model->tapes[k].name; k++)
        if (view->tape[k] && strcmp(model->tapes[k].name, spec->variable) == 0) return view->tape[k];
    for (int k = 0; model->derived && model->derived[k].name; k++)
        if (strcmp(model->derived[k].name, spec->variable) == 0) model->derive(view, p->parameters, k, scratch);
    return scratch;
}

/* Rows of a record in an interval are counted from the first step that is due in it. */
static int row_of(const record_spec *spec, uint64_t first, uint64_t step)
{
    const uint64_t every = (uint64_t)spec->every;
    return (int)(step / every - (first + every - 1) / every);
}

static void record(grid *g, int s, int parity, uint64_t first, uint64_t step, const real *current)
{
    for (int k = 0; k < g->c->e->n_records; k++) {
        const record_spec *spec = &g->c->e->records[k];
        if (spec->what != RECORD_VARIABLE || step % (uint64_t)spec->every != 0) continue;
        const circuit_part *part = &g->c->slice[s].part[spec->population];
        real scratch[part->width + LSNN_LANES];
        const real *column = variable_of(g, s, spec, current, scratch);
        real *row = g->trace[parity][k] + (size_t)row_of(spec, first, step) * (size_t)spec->n_neurons;
        for (int j = 0; j < spec->n_neurons; j++)
            if (spec->neuron[j] >= part->first && spec->neuron[j] < part->first + part->n)
                row[j] = column[spec->neuron[j] - part->first];
    }
}

static void take_step(grid *g, int s, int parity, uint64_t first, int t)
{
    const circuit_slice *slice = &g->c->slice[s];
    grid_slice *own = &g->slice[s];
    const uint64_t step = first + (uint64_t)t;
    real *current = grid_slot(g, s, step);
    grid_drive(g, s, step);
    for (int j = 0; own->bias && j < slice->n_columns; j++)
        current[j] += own->bias[j];
    for (int k = 0; k < g->c->net->n_populations; k++) {
        const population *p = &g->c->net->populations[k];
        const circuit_part *part = &slice->part[k];
        grid_train *train = &own->train[parity][k];
        if (part->n > 0) p->model->step(&own->view[k], p->parameters, current + part->column, own->output[k]);
        uint32_t n = 0, *who = train->who + train->start[t];
        if (p->model->spiking) n = collect(own->output[k], part->n, (uint32_t)part->first, who);
        train->start[t + 1] = train->start[t] + n;
        for (uint32_t i = 0; i < n; i++)
            statistics_spike(g->statistics, k, (int)who[i], (double)step * g->c->net->dt);
    }
    record(g, s, parity, first, step, current);
    memset(current, 0, (size_t)slice->n_columns * sizeof *current);
}

static grid_fault find_fault(const grid *g, int s)
{
    for (int k = 0; k < g->c->net->n_populations; k++) {
        const population *p = &g->c->net->populations[k];
        const circuit_part *part = &g->c->slice[s].part[k];
        for (int c = 0; c < p->n_states; c++)
            for (int j = 0; j < part->n; j++)
                if (!isfinite(g->slice[s].view[k].state[c][j]))
                    return (grid_fault){p->model->states[c].name, k, part->first + j};
    }
    return (grid_fault){0};
}

/* ---- all slices ------------------------------------------------------------------------------------------------------- */

static void count_spikes(grid *g, int parity)
{
    for (int t = 0; t < g->n_now; t++)
        for (int k = 0; k < g->c->net->n_populations; k++) {
            uint64_t n = 0;
            for (int s = 0; s < g->c->n_slices; s++) {
                const grid_train *train = &g->slice[s].train[parity][k];
                n += train->start[t + 1] - train->start[t];
            }
            statistics_count(g->statistics, k, (double)(g->first + (uint64_t)t) * g->c->net->dt, n);
        }
}

/* How many steps the interval after `done` has. */
static int next_interval(const grid *g, uint64_t done, uint64_t n_steps)
{
    return n_steps - done < (uint64_t)g->interval ? (int)(n_steps - done) : g->interval;
}

typedef struct flow {
    grid *g;
    const grid_run *run;
    lsnn_error *err;
    lsnn_status status[2]; /* after an interval of this parity */
} flow;

/* The fault of the first population and neuron, whatever slice it is in. */
static lsnn_status report_fault(const flow *f, int parity)
{
    const grid *g = f->g;
    const grid_fault *first = NULL;
    for (int s = 0; s < g->c->n_slices; s++) {
        const grid_fault *own = &g->slice[s].fault[parity];
        if (own->state && (!first || own->population < first->population ||
                           (own->population == first->population && own->neuron < first->neuron)))
            first = own;
    }
    if (!first) return LSNN_OK;
    return lsnn_fail(f->err, LSNN_DIVERGED,
                     "%s[%d].%s is no longer a finite number at %g ms: weights or time constants "
                     "let it grow without bound",
                     g->c->net->populations[first->population].name, first->neuron, first->state,
                     (double)g->step * g->c->net->dt);
}

/* By one thread, while others go on. */
static void observe(flow *f, int parity, uint64_t first, int n)
{
    grid *g = f->g;
    g->first = first;
    g->n_now = n;
    g->parity = parity;
    g->step = first + (uint64_t)n;
    count_spikes(g, parity);
    lsnn_status status = report_fault(f, parity);
    if (status == LSNN_OK && f->run->observe) status = f->run->observe(f->run->with, g, first, n, f->err);
    if (status == LSNN_OK && f->run->stop && *f->run->stop)
        status =
            lsnn_fail(f->err, LSNN_INTERRUPTED, "stopped by a signal after %g ms", (double)g->step * g->c->net->dt);
    f->status[parity] = status;
}

/* The slices of one thread. What an observer finds ends the work an interval later, when all threads know of it. */
static void work(flow *f, int thread)
{
    grid *g = f->g;
    const int n_slices = g->c->n_slices, by = g->n_threads;
    uint64_t first = g->step;
    int parity = g->parity, n = next_interval(g, first, f->run->n_steps);
    worker_enter_thread();
    for (int s = thread; s < n_slices; s += by)
        grid_emit(g, s, parity, first, n);
#pragma omp barrier
    for (int s = thread; s < n_slices; s += by)
        grid_deliver(g, s, parity, first, n, true);
    while (n > 0) {
        const uint64_t next = first + (uint64_t)n;
        const int n_next = next_interval(g, next, f->run->n_steps);
        for (int s = thread; s < n_slices; s += by) {
            for (int t = 0; t < n; t++)
                take_step(g, s, parity, first, t);
            if (next / CHECK_STEPS != first / CHECK_STEPS || n_next == 0) g->slice[s].fault[parity] = find_fault(g, s);
            grid_emit(g, s, !parity, next, n_next);
        }
#pragma omp barrier
        if (f->status[!parity] != LSNN_OK) return;
        if (thread == 0) observe(f, parity, first, n);
        for (int s = thread; s < n_slices; s += by) {
            grid_deliver(g, s, parity, first, n, false);
            grid_deliver(g, s, !parity, next, n_next, true);
        }
        parity = !parity;
        first = next;
        n = n_next;
    }
}

lsnn_status grid_advance(grid *g, const grid_run *run, lsnn_error *err)
{
    flow f = {.g = g, .run = run, .err = err};
    const double start = omp_get_wtime();
#pragma omp parallel num_threads(g->n_threads)
    work(&f, omp_get_thread_num());
    g->seconds += omp_get_wtime() - start;
    g->parity = !g->parity;
    return f.status[0] != LSNN_OK ? f.status[0] : f.status[1];
}

/* ---- setting up ------------------------------------------------------------------------------------------------------- */

static lsnn_status view_part(grid *g, int s, int k, lsnn_error *err)
{
    const population *p = &g->c->net->populations[k];
    const circuit_part *part = &g->c->slice[s].part[k];
    const size_t width = (size_t)part->width;
    arena *a = g->c->e->memory;
    lsnn_slice *view = &g->slice[s].view[k];
    view->n = part->width;
    view->uniform = p->uniform;
    for (int c = 0; p->model->constants[c]; c++)
        view->constant[c] = p->constant[c] + part->first;
    for (int l = 0; l < p->n_trainable; l++)
        view->trainable[l] = g->c->net->parameters[p->trainable + l].value + part->first;
    for (int c = 0; c < p->n_states; c++)
        TRY(arena_take(a, &view->state[c], width, sizeof(real), err));
    for (int c = 0; c < p->n_tapes; c++)
        TRY(arena_take(a, &view->tape[p->tape[c]], width, sizeof(real), err));
    TRY(arena_take(a, &g->slice[s].output[k], width, sizeof(real), err));
    if (p->model->begin && part->n > 0) p->model->begin(view, p->parameters);
    for (int parity = 0; parity < 2; parity++) {
        grid_train *train = &g->slice[s].train[parity][k];
        TRY(arena_take(a, &train->who, width * (size_t)g->interval + 1, sizeof *train->who, err));
        TRY(arena_take(a, &train->start, (size_t)g->interval + 1, sizeof *train->start, err));
    }
    return LSNN_OK;
}

static lsnn_status take_slice(grid *g, int s, lsnn_error *err)
{
    const network *net = g->c->net;
    grid_slice *own = &g->slice[s];
    arena *a = g->c->e->memory;
    const size_t n_trains = (size_t)(net->n_populations + net->n_sources);
    TRY(arena_take(a, &own->ring, (size_t)g->n_slots * (size_t)g->c->slice[s].n_columns, sizeof(real), err));
    TRY(arena_take(a, &own->view, (size_t)net->n_populations, sizeof *own->view, err));
    TRY(arena_take(a, &own->output, (size_t)net->n_populations, sizeof *own->output, err));
    for (int parity = 0; parity < 2; parity++)
        TRY(arena_take(a, &own->train[parity], n_trains, sizeof *own->train[parity], err));
    for (int k = 0; k < net->n_populations; k++)
        TRY(view_part(g, s, k, err));
    return LSNN_OK;
}

static lsnn_status take_traces(grid *g, lsnn_error *err)
{
    const experiment *e = g->c->e;
    for (int parity = 0; parity < 2; parity++) {
        TRY(arena_take(e->memory, &g->trace[parity], (size_t)e->n_records + 1, sizeof *g->trace[parity], err));
        for (int k = 0; k < e->n_records; k++) {
            const record_spec *spec = &e->records[k];
            const size_t rows = (size_t)(g->interval / spec->every + 1);
            if (spec->what != RECORD_VARIABLE) continue;
            TRY(arena_take(e->memory, &g->trace[parity][k], rows * (size_t)spec->n_neurons, sizeof(real), err));
        }
    }
    return LSNN_OK;
}

static int interval_of(int first_step)
{
    return first_step > 0 && first_step < MOST_INTERVAL ? first_step : MOST_INTERVAL;
}

static int slots_of(int last_step, int interval)
{
    int n = 1;
    while (n < last_step + interval)
        n *= 2;
    return n;
}

double grid_predict(const experiment *e, int n_threads)
{
    const network *net = e->net;
    int first = 0, last = 0;
    double bytes = 0;
    for (int k = 0; k < e->n_plans; k++) {
        const wiring_plan *w = &e->plans[k].wiring;
        if (w->last_step > last) last = w->last_step;
        if (e->plans[k].site.recurrent && (first == 0 || w->first_step < first)) first = w->first_step;
    }
    const int slots = slots_of(last, interval_of(first));
    for (int k = 0; k < net->n_populations; k++) {
        const population *p = &net->populations[k];
        bytes += (double)p->width * (double)sizeof(real) * (slots + p->n_states + p->n_tapes + 1) + 32.0 * p->n;
    }
    return bytes + n_threads * 1e5;
}

lsnn_status grid_new(grid **out, const circuit *c, int n_threads, lsnn_error *err)
{
    grid *g;
    arena *a = c->e->memory;
    const simulation_settings *settings = &c->e->simulation;
    TRY(arena_take(a, &g, 1, sizeof *g, err));
    *g = (grid){.c = c, .n_threads = n_threads, .interval = interval_of(c->first_step)};
    g->n_slots = slots_of(c->last_step, g->interval);
    TRY(arena_take(a, &g->slice, (size_t)c->n_slices, sizeof *g->slice, err));
    for (int s = 0; s < c->n_slices; s++)
        TRY(take_slice(g, s, err));
    TRY(grid_sources_new(g, err));
    TRY(take_traces(g, err));
    TRY(statistics_new(&g->statistics, c->net, settings->transient, settings->bin, a, err));
    *out = g;
    return LSNN_OK;
}

/* ---- looking ---------------------------------------------------------------------------------------------------------- */

uint64_t grid_step(const grid *g)
{
    return g->step;
}

double grid_seconds(const grid *g)
{
    return g->seconds;
}

const statistics *grid_statistics(const grid *g)
{
    return g->statistics;
}

uint64_t grid_events(const grid *g)
{
    uint64_t n = 0;
    for (int s = 0; s < g->c->n_slices; s++)
        n += g->slice[s].events;
    return n;
}

uint64_t grid_driven(const grid *g)
{
    uint64_t n = 0;
    for (int s = 0; s < g->c->n_slices; s++)
        n += g->slice[s].driven;
    return n;
}

const uint32_t *grid_spikes(const grid *g, int pop, int s, uint64_t step, int *n)
{
    const grid_train *train = &g->slice[s].train[g->parity][pop];
    const uint64_t t = step - g->first;
    *n = (int)(train->start[t + 1] - train->start[t]);
    return train->who + train->start[t];
}

const real *grid_values(const grid *g, int k, int *n_rows)
{
    const record_spec *spec = &g->c->e->records[k];
    const uint64_t every = (uint64_t)spec->every, end = g->first + (uint64_t)g->n_now;
    *n_rows = (int)((end + every - 1) / every - (g->first + every - 1) / every);
    return g->trace[g->parity][k];
}
