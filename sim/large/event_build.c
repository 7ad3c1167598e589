/* The neurons of a slice at time 0, from the models' modes. */
#include "event_inside.h"
#include <float.h>
#include <sys/mman.h>
#include <unistd.h>

/* exp(rate x epoch) of the fastest mode: with exponents up to this, factors are exact to some 4e-15. */
static const double longest_exponent = 32;

static event_modes sort_modes(const lsnn_modes *of)
{
    event_modes m = {.n = of->n,
                     .clamped = of->clamped,
                     .silent = of->silent,
                     .reset = of->reset,
                     .least = of->at_threshold ? 0 : DBL_TRUE_MIN};
    int order[LSNN_MAX_MODES];
    for (int k = 0; k < of->n; k++) {
        int place = k;
        for (; place > 0 && of->rate[order[place - 1]] > of->rate[k]; place--)
            order[place] = order[place - 1];
        order[place] = k;
    }
    bool beyond = false; /* something that arrives moves another mode than the membrane's */
    for (int k = 0; k < of->n; k++) {
        const int from = order[k];
        m.rate[k] = of->rate[from];
        m.kick[k] = of->kick[from];
        for (int sign = 0; sign < 2; sign++)
            m.gain[sign][k] = of->gain[sign][from];
        if (from == 0) m.own = k;
        if (from < of->n_membrane) m.into_v |= 1u << k;
        beyond = beyond || (from > 0 && (of->gain[0][from] != 0 || of->gain[1][from] != 0));
    }
    m.deaf = of->clamped && !beyond;
    return m;
}

/* What could make a neuron spike without end, or leave the range of numbers. */
static const char *check_modes(const lsnn_modes *m)
{
    for (int k = 0; k < m->n; k++) {
        if (!(m->rate[k] > 0)) return "a time constant is infinite, so nothing decays";
        if (m->rate[k] * m->silent > 600) return "the refractory time is more than 600 time constants";
        if (m->silent == 0 && m->kick[k] > 0)
            return "a threshold that falls with spikes needs a refractory time above 0";
    }
    if (m->silent == 0 && (!m->clamped || m->reset >= 0)) return "a refractory time above 0 is needed";
    return NULL;
}

/* A mistake where the config has populations.NAME or projections.NAME. */
static lsnn_status refuse(const event_engine *e, const char *section, const char *name, const char *complaint,
                          lsnn_error *err)
{
    config_report report = {0};
    const config_node *node = config_get(config_get(e->c->e->root, section), name);
    config_mistake(&report, &node->key_place, "%s.%s: %s (engine: event)", section, name, complaint);
    return config_verdict(&report, err);
}

static lsnn_status read_modes(lsnn_modes *out, const event_engine *e, const population *p, int j, lsnn_error *err)
{
    const char *complaint = p->model->continuous(p->parameters, e->c->net->dt, j, out);
    if (!complaint) complaint = check_modes(out);
    if (complaint) return refuse(e, "populations", p->name, complaint, err);
    return LSNN_OK;
}

static bool same_dynamics(const event_modes *a, const event_modes *b)
{
    bool same = a->n == b->n && a->own == b->own && a->silent == b->silent && a->reset == b->reset;
    for (int k = 0; same && k < a->n; k++)
        same = a->rate[k] == b->rate[k] && a->kick[k] == b->kick[k] && a->gain[0][k] == b->gain[0][k] &&
               a->gain[1][k] == b->gain[1][k];
    return same;
}

/* Constant currents from sources, by column. */
static lsnn_status sum_currents(double *current, const event_engine *e, const event_slice *s, lsnn_error *err)
{
    for (int q = 0; q < e->c->n_projections; q++) {
        const circuit_projection *p = &e->c->projection[q];
        const circuit_rows *rows = &s->wires->rows[q];
        if (p->source < 0 || e->c->net->sources[p->source].kind != SOURCE_CURRENT) continue;
        for (int k = p->to_population; k < p->to_population + p->n_to_populations; k++) {
            lsnn_modes m;
            TRY(read_modes(&m, e, &e->c->net->populations[k], 0, err));
            if (isnan(m.per_current))
                return refuse(e, "projections", p->name,
                              "these neurons take no constant current from a source; they have a parameter for it",
                              err);
        }
        for (int i = 0; i < p->n_from; i++)
            for (uint32_t at = rows->start[i]; at < rows->start[i + 1]; at++)
                current[rows->target[at]] +=
                    e->c->net->sources[p->source].value[i] * (double)(rows->weight ? rows->weight[at] : p->weight);
    }
    return LSNN_OK;
}

/* State a step before time 0, as on the grid; then a step without events. */
static void set_neuron(event_neuron *y, const lsnn_modes *of, const event_modes *m, double current)
{
    const double shift = current == 0 ? 0 : current * of->per_current;
    *y = (event_neuron){.ready = 0, .crossing = INFINITY, .drive = INFINITY, .level = of->level + shift};
    bool used[LSNN_MAX_MODES] = {false};
    for (int k = 0; k < m->n; k++) {
        int from = 0;
        while (used[from] || of->rate[from] != m->rate[k] || (k == m->own) != (from == 0))
            from++;
        used[from] = true;
        y->x[k] = (of->start[from] - (from == 0 ? shift : 0)) * decay_exp(-m->rate[k]);
    }
}

static double fastest(const event_part *part)
{
    double rate = 0;
    for (int j = 0; j < (part->uniform ? 1 : part->n); j++)
        rate = fmax(rate, part->modes[j].rate[part->modes[j].n - 1]);
    return rate;
}

static lsnn_status build_part(event_engine *e, const event_slice *s, int k, lsnn_error *err)
{
    const network *net = e->c->net;
    const population *p = &net->populations[k];
    const circuit_part *cut = &s->wires->part[k];
    event_part *part = &s->part[k];
    *part = (event_part){
        .first_id = p->first + cut->first, .column = cut->column, .n = cut->n, .uniform = true, .now.time = -1};
    if (!p->model->continuous)
        return refuse(e, "populations", p->name, "its model is not defined in continuous time", err);
    if (cut->n == 0) return LSNN_OK;
    event_modes *modes;
    lsnn_modes m;
    TRY(read_modes(&m, e, p, cut->first, err));
    const event_modes first = sort_modes(&m);
    for (int j = 1; j < cut->n; j++) {
        TRY(read_modes(&m, e, p, cut->first + j, err));
        const event_modes sorted = sort_modes(&m);
        part->uniform = part->uniform && same_dynamics(&first, &sorted);
    }
    part->n_modes = first.n;
    TRY(arena_take(net->memory, &modes, part->uniform ? 1 : (size_t)cut->n, sizeof *modes, err));
    modes[0] = first;
    part->modes = modes;
    for (int j = 1; !part->uniform && j < cut->n; j++) {
        TRY(read_modes(&m, e, p, cut->first + j, err));
        modes[j] = sort_modes(&m);
    }
    part->epoch = event_clock_new(longest_exponent / fastest(part));
    return LSNN_OK;
}

/* ---- Poisson drive ---------------------------------------------------------------------------------------------------- */

static lsnn_status add_drive(event_engine *e, const event_slice *s, const circuit_drive *of, int k, int before,
                             lsnn_error *err)
{
    const network *net = e->c->net;
    event_part *part = &s->part[k];
    event_drive *d = &part->drive[part->n_drives++];
    double *rate;
    TRY(arena_take(net->memory, &rate, (size_t)part->n, sizeof *rate, err));
    TRY(arena_take(net->memory, &d->ticks, (size_t)part->n, sizeof *d->ticks, err));
    d->rate = rate;
    d->source = of->source;
    d->weight = (double)of->weight;
    d->first_cell = before + s->wires->part[k].first;
    const double from = event_steps(of->time, 1 / net->dt);
    for (int j = 0; j < part->n; j++) {
        event_neuron *y = event_neuron_at(s, (size_t)(part->column + j));
        rate[j] = net->sources[of->source].rate[d->first_cell + j] * net->dt;
        const double first = event_ticks_start(&d->ticks[j], net->seed, of->source,
                                               (uint64_t)d->first_cell + (uint64_t)j, rate[j], from);
        y->drive = fmin(y->drive, first);
        part->busy = part->busy || rate[j] * e->clock.length > 0.2;
    }
    return LSNN_OK;
}

static lsnn_status build_drives(event_engine *e, const event_slice *s, lsnn_error *err)
{
    const network *net = e->c->net;
    for (int k = 0; k < net->n_populations; k++)
        TRY(arena_take(net->memory, &s->part[k].drive, (size_t)e->c->n_drives + 1, sizeof(event_drive), err));
    for (int q = 0; q < e->c->n_drives; q++) {
        const circuit_drive *of = &e->c->drive[q];
        int before = 0;
        for (int k = of->to_population; k < of->to_population + of->n_to_populations; before += net->populations[k++].n)
            if (s->part[k].n > 0) TRY(add_drive(e, s, of, k, before, err));
    }
    return LSNN_OK;
}

/* Neurons are reached in no order: with small pages, finding a page takes longer than reading it. Not to get them is no mistake. */
static void ask_for_large_pages(void *memory, size_t bytes)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), skipped = -(uintptr_t)memory % page;
    if (bytes > skipped) (void)madvise((char *)memory + skipped, (bytes - skipped) / page * page, MADV_HUGEPAGE);
}

/* ---- a slice ---------------------------------------------------------------------------------------------------------- */

static lsnn_status set_neurons(event_engine *e, const event_slice *s, const double *current, lsnn_error *err)
{
    const network *net = e->c->net;
    for (int k = 0; k < net->n_populations; k++) {
        const event_part *part = &s->part[k];
        for (int j = 0; j < part->n; j++) {
            lsnn_modes m;
            TRY(read_modes(&m, e, &net->populations[k], s->wires->part[k].first + j, err));
            set_neuron(event_neuron_at(s, (size_t)(part->column + j)), &m, &part->modes[part->uniform ? 0 : j],
                       current[part->column + j]);
        }
    }
    return LSNN_OK;
}

lsnn_status event_agenda_new(event_agenda *agenda, int n, arena *a, lsnn_error *err)
{
    *agenda = (event_agenda){.n_words = (uint32_t)(n + 63) / 64};
    return arena_take(a, &agenda->bits, (size_t)EVENT_RING * agenda->n_words, sizeof *agenda->bits, err);
}

/* Doubles of a neuron: whole cache lines. */
static size_t neuron_stride(int n_modes)
{
    const size_t bytes = sizeof(event_neuron) + (size_t)n_modes * sizeof(double), line = 64;
    return (bytes + line - 1) / line * (line / sizeof(double));
}

lsnn_status event_build_slice(event_engine *e, int number, lsnn_error *err)
{
    const network *net = e->c->net;
    event_slice *s = &e->slice[number];
    double *current;
    int most = 1;
    s->wires = &e->c->slice[number];
    s->clock = s->queue.clock = e->clock;
    s->seed = net->seed;
    s->horizon = EVENT_MOST_WINDOWS * e->clock.length;
    TRY(crossing_new(&s->solver, err));
    TRY(event_agenda_new(&s->agenda, s->wires->n_columns, net->memory, err));
    TRY(arena_take(net->memory, &s->part, (size_t)net->n_populations, sizeof *s->part, err));
    for (int k = 0; k < net->n_populations; k++) {
        TRY(build_part(e, s, k, err));
        if (s->part[k].n_modes > most) most = s->part[k].n_modes;
    }
    s->stride = neuron_stride(most);
    TRY(arena_take(net->memory, &s->neurons, (size_t)s->wires->n_columns * s->stride, sizeof *s->neurons, err));
    ask_for_large_pages(s->neurons, (size_t)s->wires->n_columns * s->stride * sizeof *s->neurons);
    TRY(arena_take(net->memory, &current, (size_t)s->wires->n_columns, sizeof *current, err));
    TRY(sum_currents(current, e, s, err));
    TRY(set_neurons(e, s, current, err));
    TRY(build_drives(e, s, err));
    for (int k = 0; k < net->n_populations; k++)
        for (int j = 0; j < s->part[k].n; j++)
            event_slice_start(s, &s->part[k], j);
    return LSNN_OK;
}

/* Padded columns are left out: they are few. */
double event_predict(const experiment *e)
{
    const network *net = e->net;
    const double ring = EVENT_RING / 8.0;
    double bytes = 0;
    for (int k = 0; k < net->n_populations; k++) {
        const population *p = &net->populations[k];
        lsnn_modes m = {0};
        if (p->model->continuous) p->model->continuous(p->parameters, net->dt, 0, &m);
        bytes += p->n * ((double)neuron_stride(m.n) * sizeof(double) + sizeof(real) + ring);
    }
    for (int k = 0; k < e->n_plans; k++)
        if (circuit_is_drive(e, &e->plans[k]))
            bytes += e->plans[k].site.n_from * (double)(sizeof(event_ticks) + sizeof(double));
    for (int k = 0; k < net->n_sources; k++)
        if (net->sources[k].kind == SOURCE_POISSON) bytes += net->sources[k].n * (sizeof(event_ticks) + ring);
    return bytes;
}
