/* What enters a network on the grid from outside: Poisson drives, spikes of cells, constant currents. */
#include "grid_inside.h"
#include <stdlib.h>

#define CELLS_OF_SOURCES (1 << 19) /* numbers of random streams from here on belong to cells, those below to drives */
#define MOST_POPULATIONS 64

void grid_drive(grid *g, int s, uint64_t step)
{
    const circuit *c = g->c;
    for (int d = 0; d < c->n_drives; d++) {
        const circuit_drive *drive = &c->drive[d];
        if (step < (uint64_t)drive->step) continue;
        for (int k = drive->to_population, cell = 0; k < drive->to_population + drive->n_to_populations;
             cell += c->net->populations[k++].n) {
            const circuit_part *part = &c->slice[s].part[k];
            real *column = grid_slot(g, s, step) + part->column;
            for (int j = 0; j < part->n; j += CIRCUIT_BLOCK) {
                const int n = part->n - j < CIRCUIT_BLOCK ? part->n - j : CIRCUIT_BLOCK;
                const lsnn_random stream =
                    poisson_stream(c->net->seed, drive->number * MOST_POPULATIONS + k,
                                   (part->first + j) / CIRCUIT_BLOCK, step - (uint64_t)drive->step);
                poisson_add(g->poisson[drive->source], &stream, cell + part->first + j, n, drive->weight, column + j);
            }
            g->slice[s].driven += (uint64_t)part->n;
        }
    }
}

/* ---- cells ------------------------------------------------------------------------------------------------------------ */

static bool drives(const circuit *c, int number)
{
    for (int d = 0; d < c->n_drives; d++)
        if (c->drive[d].source == number) return true;
    return false;
}

/* Blocks of the source that slice s draws. */
static void own_blocks(const grid *g, const source *from, int s, int *first, int *end)
{
    const int64_t n = (from->n + CIRCUIT_BLOCK - 1) / CIRCUIT_BLOCK;
    *first = (int)(n * s / g->c->n_slices);
    *end = (int)(n * (s + 1) / g->c->n_slices);
}

static void emit_poisson(grid *g, int s, int number, grid_train *train, uint64_t step, uint32_t *n)
{
    const source *from = &g->c->net->sources[number];
    int first, end;
    own_blocks(g, from, s, &first, &end);
    for (int block = first; block < end; block++) {
        const int cell = block * CIRCUIT_BLOCK;
        const int cells = from->n - cell < CIRCUIT_BLOCK ? from->n - cell : CIRCUIT_BLOCK;
        const lsnn_random stream = poisson_stream(g->c->net->seed, CELLS_OF_SOURCES + number, block, step);
        *n +=
            (uint32_t)poisson_spikes(g->poisson[number], &stream, cell, cells, train->who + *n, train->room - (int)*n);
    }
}

/* First spike of a sorted list that is not before the step. */
static size_t find_step(const source *from, const uint32_t *order, uint64_t step)
{
    size_t low = 0, high = from->n_spikes;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (from->spike_step[order[middle]] < step)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void emit_list(const grid *g, int number, grid_train *train, uint64_t step, uint32_t *n)
{
    const source *from = &g->c->net->sources[number];
    const uint32_t *order = g->spike_order[number];
    for (size_t k = find_step(from, order, step); k < from->n_spikes && from->spike_step[order[k]] == step; k++)
        train->who[(*n)++] = from->spike_cell[order[k]];
}

void grid_emit(grid *g, int s, int parity, uint64_t first, int n)
{
    const network *net = g->c->net;
    for (int k = 0; k < net->n_sources; k++) {
        grid_train *train = &g->slice[s].train[parity][net->n_populations + k];
        uint32_t found = 0;
        for (int t = 0; t < n && train->room > 0; t++) {
            train->start[t] = found;
            if (net->sources[k].kind == SOURCE_POISSON)
                emit_poisson(g, s, k, train, first + (uint64_t)t, &found);
            else
                emit_list(g, k, train, first + (uint64_t)t, &found);
            train->start[t + 1] = found;
        }
    }
}

/* ---- setting up ------------------------------------------------------------------------------------------------------- */

typedef struct listed {
    uint32_t step, cell, number;
} listed;

static int by_time(const void *one, const void *other)
{
    const listed *a = one, *b = other;
    if (a->step != b->step) return a->step < b->step ? -1 : 1;
    return (a->cell > b->cell) - (a->cell < b->cell);
}

static lsnn_status sort_spikes(grid *g, int number, lsnn_error *err)
{
    const source *from = &g->c->net->sources[number];
    TRY(arena_take(g->c->e->memory, &g->spike_order[number], from->n_spikes + 1, sizeof(uint32_t), err));
    listed *spikes = malloc((from->n_spikes + 1) * sizeof *spikes);
    if (!spikes) return lsnn_fail(err, LSNN_MEMORY, "not enough memory to sort %zu spikes", from->n_spikes);
    for (size_t k = 0; k < from->n_spikes; k++)
        spikes[k] = (listed){from->spike_step[k], from->spike_cell[k], (uint32_t)k};
    qsort(spikes, from->n_spikes, sizeof *spikes, by_time);
    for (size_t k = 0; k < from->n_spikes; k++)
        g->spike_order[number][k] = spikes[k].number;
    free(spikes);
    return LSNN_OK;
}

/* Most spikes that a slice sees of a source in an interval: of Poisson cells far more than will ever be drawn. */
static size_t room_of(const grid *g, int number, int s)
{
    const source *from = &g->c->net->sources[number];
    int first, end;
    if (from->kind == SOURCE_POISSON) {
        double mean = 0;
        own_blocks(g, from, s, &first, &end);
        for (int i = first * CIRCUIT_BLOCK; i < end * CIRCUIT_BLOCK && i < from->n; i++)
            mean += g->poisson[number]->mean[i];
        return (size_t)(2 * mean * g->interval) + 1000;
    }
    size_t most = 0;
    for (size_t k = 0; s == 0 && k < from->n_spikes; k++) {
        const uint64_t step = from->spike_step[g->spike_order[number][k]];
        const size_t n = find_step(from, g->spike_order[number], step + (uint64_t)g->interval) - k;
        if (n > most) most = n;
    }
    return most;
}

/* Constant currents times their weights, summed once. */
static lsnn_status add_bias(grid *g, int number, lsnn_error *err)
{
    const circuit_projection *p = &g->c->projection[number];
    const double *value = g->c->net->sources[p->source].value;
    for (int s = 0; s < g->c->n_slices; s++) {
        const circuit_rows *rows = &g->c->slice[s].rows[number];
        real **bias = &g->slice[s].bias;
        if (!*bias) TRY(arena_take(g->c->e->memory, bias, (size_t)g->c->slice[s].n_columns, sizeof **bias, err));
        for (int i = 0; i < p->n_from; i++)
            for (uint32_t k = rows->start[i]; k < rows->start[i + 1]; k++)
                (*bias)[rows->target[k]] += (rows->weight ? rows->weight[k] : p->weight) * (real)value[i];
    }
    return LSNN_OK;
}

static lsnn_status take_trains(grid *g, int number, lsnn_error *err)
{
    arena *a = g->c->e->memory;
    for (int s = 0; s < g->c->n_slices; s++) {
        const size_t room = room_of(g, number, s);
        for (int parity = 0; parity < 2; parity++) {
            grid_train *train = &g->slice[s].train[parity][g->c->net->n_populations + number];
            train->room = (int)room;
            TRY(arena_take(a, &train->who, room, sizeof *train->who, err));
            TRY(arena_take(a, &train->start, (size_t)g->interval + 1, sizeof *train->start, err));
        }
    }
    return LSNN_OK;
}

lsnn_status grid_sources_new(grid *g, lsnn_error *err)
{
    const network *net = g->c->net;
    arena *a = g->c->e->memory;
    TRY(arena_take(a, &g->poisson, (size_t)net->n_sources + 1, sizeof *g->poisson, err));
    TRY(arena_take(a, &g->spike_order, (size_t)net->n_sources + 1, sizeof *g->spike_order, err));
    for (int k = 0; k < net->n_sources; k++) {
        if (net->sources[k].kind == SOURCE_POISSON) TRY(poisson_new(&g->poisson[k], &net->sources[k], net->dt, a, err));
        if (net->sources[k].kind == SOURCE_SPIKES) TRY(sort_spikes(g, k, err));
        if (!net->sources[k].analog && !drives(g->c, k)) TRY(take_trains(g, k, err));
    }
    for (int k = 0; k < g->c->n_projections; k++)
        if (g->c->projection[k].source >= 0 && net->sources[g->c->projection[k].source].analog)
            TRY(add_bias(g, k, err));
    return LSNN_OK;
}
