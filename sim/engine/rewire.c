/* Rewiring of sparse rows (lists) and dense rows (masks).
 *
 * Which pairs get the new synapses, without a list of those that are not connected: first the row of each. A row is drawn with a
 * probability in proportion to the pairs that are left in it; since a row with n of N pairs gone is accepted n/N less often,
 * this is drawing without putting back. Then the targets in each row, by drawing until one is free. */
#include "rewire.h"
#include "lsnn/random.h"
#include <string.h>

#define NEW UINT32_MAX /* where a synapse was before: nowhere */

struct rewire {
    real *theta;       /* [synapses] sign x weight */
    size_t *position;  /* [synapses] in the parameter */
    size_t *row;       /* [rows + 1] the first synapse of each */
    uint64_t *dormant; /* [rows + 1] pairs without a synapse in the rows before */
    uint32_t *fresh;   /* [rows] synapses that a row will get */
    bool *taken;       /* [columns] false between uses */
    /* The rows to be */
    size_t *row_start;
    uint32_t *offset;
    uint32_t *before; /* the synapse's position before, or NEW */
    real *moved;
};

/* One projection's turn. */
typedef struct turn {
    rewire *r;
    const network *net;
    projection *p;
    parameter *weights;
    real *const *moment;
    real fresh[LSNN_MAX_MOMENTS]; /* what those of a new synapse begin with */
    lsnn_random chance;
    size_t n; /* synapses */
} turn;

lsnn_status rewire_new(rewire **out, const network *net, arena *a, lsnn_error *err)
{
    size_t most = 0, rows = 0, columns = 0;
    bool any = false;
    for (int i = 0; i < net->n_projections; i++) {
        const projection *p = &net->projections[i];
        if (!p->rewiring) continue;
        any = true;
        if (p->n_synapses > most) most = p->n_synapses;
        if ((size_t)p->n_from > rows) rows = (size_t)p->n_from;
        if ((size_t)p->width > columns) columns = (size_t)p->width;
    }
    *out = NULL;
    if (!any) return LSNN_OK;
    rewire *r;
    TRY(arena_take(a, &r, 1, sizeof *r, err));
    TRY(arena_take(a, &r->theta, most, sizeof *r->theta, err));
    TRY(arena_take(a, &r->position, most, sizeof *r->position, err));
    TRY(arena_take(a, &r->row, rows + 1, sizeof *r->row, err));
    TRY(arena_take(a, &r->dormant, rows + 1, sizeof *r->dormant, err));
    TRY(arena_take(a, &r->fresh, rows, sizeof *r->fresh, err));
    TRY(arena_take(a, &r->taken, columns, sizeof *r->taken, err));
    TRY(arena_take(a, &r->row_start, rows + 1, sizeof *r->row_start, err));
    TRY(arena_take(a, &r->offset, most, sizeof *r->offset, err));
    TRY(arena_take(a, &r->before, most, sizeof *r->before, err));
    TRY(arena_take(a, &r->moved, most, sizeof *r->moved, err));
    *out = r;
    return LSNN_OK;
}

uint64_t rewire_pairs(const network *net, const projection *p)
{
    const uint64_t all = (uint64_t)p->n_from * (uint64_t)network_count_targets(net, p);
    return p->no_autapses ? all - (uint64_t)p->n_from : all;
}

/* ---- where synapses are ----------------------------------------------------------------------------------------------- */

/* Column of row i's synapse at a position, counted from the projection's first. */
static size_t column_at(const network *net, const projection *p, size_t i, size_t position)
{
    if (p->dense) return position - i * (size_t)p->width;
    return p->offset[position] % (size_t)net->n_columns - (size_t)p->column;
}

static void find_synapses(turn *t)
{
    const projection *p = t->p;
    for (size_t i = 0; i < (size_t)p->n_from; i++) {
        const size_t last = p->dense ? (i + 1) * (size_t)p->width : p->row_start[i + 1];
        t->r->row[i] = t->n;
        for (size_t k = p->dense ? i * (size_t)p->width : p->row_start[i]; k < last; k++) {
            if (p->dense && t->weights->present[k] == 0) continue;
            t->r->position[t->n] = k;
            t->r->theta[t->n++] = t->weights->sign[k] * t->weights->value[k];
        }
    }
    t->r->row[p->n_from] = t->n;
}

/* Marks (or unmarks) the columns of row i that a new synapse cannot have; returns how many. */
static size_t mark_row(turn *t, size_t i, bool mark)
{
    const projection *p = t->p;
    bool *taken = t->r->taken;
    size_t n = 0;
    for (size_t k = t->r->row[i]; k < t->r->row[i + 1]; k++) {
        if (t->r->theta[k] < 0) continue;
        const size_t column = column_at(t->net, p, i, t->r->position[k]);
        n += taken[column] != mark;
        taken[column] = mark;
    }
    if (p->no_autapses) {
        const size_t self = (size_t)network_target_column(t->net, p, (int)i);
        n += taken[self] != mark;
        taken[self] = mark;
    }
    return n;
}

static void find_fresh(turn *t, unsigned scales)
{
    for (int m = 0; m < LSNN_MAX_MOMENTS && t->moment[m]; m++) {
        double sum = 0;
        for (size_t k = 0; scales & 1u << m && k < t->n; k++)
            sum += (double)t->moment[m][t->r->position[k]];
        t->fresh[m] = (real)(sum / (double)t->n);
    }
}

/* ---- drawing ---------------------------------------------------------------------------------------------------------- */

static void count_dormant(turn *t, size_t n_targets)
{
    t->r->dormant[0] = 0;
    for (size_t i = 0; i < (size_t)t->p->n_from; i++) {
        t->r->dormant[i + 1] = t->r->dormant[i] + n_targets - mark_row(t, i, true);
        mark_row(t, i, false);
    }
}

/* The row that holds the which-th dormant pair. */
static size_t row_of(const turn *t, uint64_t which)
{
    size_t first = 0, last = (size_t)t->p->n_from;
    while (last - first > 1) {
        const size_t middle = first + (last - first) / 2;
        if (t->r->dormant[middle] <= which)
            first = middle;
        else
            last = middle;
    }
    return first;
}

static void draw_rows(turn *t, size_t n)
{
    const uint64_t all = t->r->dormant[t->p->n_from];
    memset(t->r->fresh, 0, (size_t)t->p->n_from * sizeof *t->r->fresh);
    while (n > 0) {
        uint64_t which = (uint64_t)(lsnn_random_uniform(&t->chance) * (double)all);
        if (which == all) which--; /* rounding */
        const size_t i = row_of(t, which);
        if (which - t->r->dormant[i] < t->r->fresh[i]) continue; /* one of the pairs that are gone */
        t->r->fresh[i]++;
        n--;
    }
}

/* A free column of the row that is marked; it is marked then too. */
static size_t draw_column(turn *t, size_t n_targets)
{
    for (;;) {
        const uint32_t j = lsnn_random_below(&t->chance, (uint32_t)n_targets);
        const size_t column = (size_t)network_target_column(t->net, t->p, (int)j);
        if (t->r->taken[column]) continue;
        t->r->taken[column] = true;
        return column;
    }
}

static real draw_sign(turn *t, size_t i)
{
    if (t->p->sign && t->p->sign[i] != 0) return t->p->sign[i];
    return lsnn_random_word(&t->chance) & 1 ? 1 : -1;
}

static int draw_delay(turn *t)
{
    return t->p->delay[t->p->n_delays > 1 ? lsnn_random_below(&t->chance, (uint32_t)t->p->n_delays) : 0];
}

/* ---- dense rows: a mask ----------------------------------------------------------------------------------------------- */

static void put_synapse(const turn *t, size_t position, real sign, real theta, real present)
{
    t->weights->sign[position] = sign;
    t->weights->value[position] = sign * theta;
    t->weights->present[position] = present;
    for (int m = 0; m < LSNN_MAX_MOMENTS && t->moment[m]; m++)
        t->moment[m][position] = present == 0 ? 0 : t->fresh[m];
}

static void change_mask(turn *t, size_t n_targets)
{
    const projection *p = t->p;
    for (size_t i = 0; i < (size_t)p->n_from; i++) {
        for (size_t k = t->r->row[i]; k < t->r->row[i + 1]; k++)
            if (t->r->theta[k] < 0) put_synapse(t, t->r->position[k], 0, 0, 0);
        if (t->r->fresh[i] == 0) continue;
        mark_row(t, i, true);
        for (uint32_t k = 0; k < t->r->fresh[i]; k++)
            put_synapse(t, i * (size_t)p->width + draw_column(t, n_targets), draw_sign(t, i), (real)p->rewiring->start,
                        1);
        memset(t->r->taken, 0, (size_t)p->width * sizeof *t->r->taken);
    }
}

/* ---- sparse rows: lists ----------------------------------------------------------------------------------------------- */

/* Offsets ascend in a row. */
static void insert(rewire *r, size_t first, size_t n, uint32_t offset)
{
    size_t k = n;
    for (; k > first && r->offset[k - 1] > offset; k--) {
        r->offset[k] = r->offset[k - 1];
        r->before[k] = r->before[k - 1];
    }
    r->offset[k] = offset;
    r->before[k] = NEW;
}

static size_t build_row(turn *t, size_t i, size_t n, size_t n_targets)
{
    rewire *r = t->r;
    const size_t first = n;
    for (size_t k = r->row[i]; k < r->row[i + 1]; k++) {
        if (r->theta[k] < 0) continue;
        r->offset[n] = t->p->offset[k];
        r->before[n++] = (uint32_t)k;
    }
    if (r->fresh[i] == 0) return n;
    mark_row(t, i, true);
    for (uint32_t k = 0; k < r->fresh[i]; k++) {
        const size_t column = (size_t)t->p->column + draw_column(t, n_targets);
        insert(r, first, n++, (uint32_t)((size_t)draw_delay(t) * (size_t)t->net->n_columns + column));
    }
    memset(r->taken, 0, (size_t)t->p->width * sizeof *r->taken);
    return n;
}

static void move(turn *t, real *values, real fresh)
{
    for (size_t k = 0; k < t->n; k++)
        t->r->moved[k] = t->r->before[k] == NEW ? fresh : values[t->r->before[k]];
    memcpy(values, t->r->moved, t->n * sizeof *values);
}

static void change_lists(turn *t, size_t n_targets)
{
    rewire *r = t->r;
    size_t n = 0;
    for (size_t i = 0; i < (size_t)t->p->n_from; i++) {
        r->row_start[i] = n;
        n = build_row(t, i, n, n_targets);
    }
    r->row_start[t->p->n_from] = n;
    memcpy(t->p->row_start, r->row_start, ((size_t)t->p->n_from + 1) * sizeof *r->row_start);
    memcpy(t->p->offset, r->offset, n * sizeof *r->offset);
    move(t, t->weights->value, 0);
    move(t, t->weights->sign, 0);
    for (int m = 0; m < LSNN_MAX_MOMENTS && t->moment[m]; m++)
        move(t, t->moment[m], t->fresh[m]);
    for (size_t i = 0; i < (size_t)t->p->n_from; i++)
        for (size_t k = r->row_start[i]; r->fresh[i] > 0 && k < r->row_start[i + 1]; k++) {
            if (r->before[k] != NEW) continue;
            t->weights->sign[k] = draw_sign(t, i);
            t->weights->value[k] = t->weights->sign[k] * (real)t->p->rewiring->start;
        }
}

/* ---- a turn ----------------------------------------------------------------------------------------------------------- */

size_t rewire_projection(rewire *r, network *net, int which, real *const moment[], unsigned scales, double rate,
                         uint64_t update)
{
    projection *p = &net->projections[which];
    turn t = {.r = r,
              .net = net,
              .p = p,
              .weights = &net->parameters[p->parameter],
              .moment = moment,
              .chance = lsnn_random_stream(net->seed, LSNN_REWIRING, (uint64_t)which, update)};
    size_t n_gone = 0;
    find_synapses(&t);
    p->rewiring->change(p->rewiring_parameters, rate, t.n, r->theta, &t.chance);
    for (size_t k = 0; k < t.n; k++) {
        const size_t position = r->position[k];
        n_gone += r->theta[k] < 0;
        t.weights->value[position] = t.weights->sign[position] * r->theta[k];
    }
    if (n_gone == 0) return 0;
    find_fresh(&t, scales);
    const size_t n_targets = (size_t)network_count_targets(net, p);
    count_dormant(&t, n_targets);
    draw_rows(&t, n_gone);
    (p->dense ? change_mask : change_lists)(&t, n_targets);
    return n_gone;
}

/* ---- what has to hold ------------------------------------------------------------------------------------------------- */

static bool is_target(const network *net, const projection *p, size_t column)
{
    for (int k = 0; k < net->n_populations; k++) {
        const population *pop = &net->populations[k];
        const size_t j = column + (size_t)p->column - (size_t)pop->column;
        if (pop->column >= p->column && j < (size_t)(pop->n_ports * pop->width))
            return column < (size_t)p->width && j % (size_t)pop->width < (size_t)pop->n;
    }
    return false;
}

static bool sound_synapse(const turn *t, size_t i, size_t position)
{
    const projection *p = t->p;
    const size_t column = column_at(t->net, p, i, position);
    const real sign = t->weights->sign[position];
    if (!is_target(t->net, p, column) || t->r->taken[column]) return false;
    t->r->taken[column] = true;
    if (p->no_autapses && column == (size_t)network_target_column(t->net, p, (int)i)) return false;
    if ((sign != 1 && sign != -1) || (p->sign && p->sign[i] != 0 && sign != p->sign[i])) return false;
    if (t->weights->value[position] * sign < 0) return false;
    if (p->dense) return t->weights->present[position] == 1;
    for (int d = 0; d < p->n_delays; d++)
        if ((uint32_t)(p->delay[d] * t->net->n_columns) == p->offset[position] - (uint32_t)p->column - column)
            return true;
    return false;
}

static bool sound_mask(const turn *t)
{
    size_t n = 0;
    for (size_t k = 0; k < t->weights->n; k++) {
        n += t->weights->present[k] != 0;
        if (t->weights->present[k] == 0 && (t->weights->value[k] != 0 || t->weights->sign[k] != 0)) return false;
    }
    return n == t->p->n_synapses;
}

static bool sound_lists(const projection *p)
{
    if (p->row_start[0] != 0 || p->row_start[p->n_from] != p->n_synapses) return false;
    for (int i = 0; i < p->n_from; i++)
        if (p->row_start[i] > p->row_start[i + 1]) return false;
    for (int i = 0; i < p->n_from; i++)
        for (size_t k = p->row_start[i] + 1; k < p->row_start[i + 1]; k++)
            if (p->offset[k - 1] >= p->offset[k]) return false;
    return true;
}

bool rewire_sound(rewire *r, network *net, int which)
{
    projection *p = &net->projections[which];
    turn t = {.r = r, .net = net, .p = p, .weights = &net->parameters[p->parameter]};
    bool good = p->dense ? sound_mask(&t) : sound_lists(p);
    if (good) find_synapses(&t);
    for (size_t i = 0; good && i < (size_t)p->n_from; i++) {
        memset(r->taken, 0, (size_t)p->width * sizeof *r->taken);
        for (size_t k = r->row[i]; good && k < r->row[i + 1]; k++)
            good = sound_synapse(&t, i, r->position[k]);
    }
    memset(r->taken, 0, (size_t)p->width * sizeof *r->taken);
    return good;
}
