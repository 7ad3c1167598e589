/* Columns of run.h5 for a simulation. */
#include "monitor.h"

enum { RATE, CV, SYNCHRONY, N_STATISTICS };

static const struct {
    const char *name, *unit, *doc;
} kinds[N_STATISTICS] = {
    [RATE] = {"rate", "Hz", "mean firing rate"},
    [CV] = {"cv", NULL, "coefficient of variation of the intervals, mean over the neurons"},
    [SYNCHRONY] = {"synchrony", NULL, "variance over mean of the population's spikes in a bin"},
};

struct monitor {
    const experiment *e;
    result_column *columns;
    int n_columns;
    int *first_column;   /* [n_records] */
    int *statistics;     /* [n_populations] first column */
    const bool **wanted; /* [n_records] of the population's neurons; NULL: all */
};

static void add_column(monitor *m, const char *path, result_column column)
{
    column.path = path;
    m->columns[m->n_columns++] = column;
}

static lsnn_status add_spikes(monitor *m, int pop, lsnn_error *err)
{
    const char *name = m->e->net->populations[pop].name, *times, *ids;
    TRY(arena_format(m->e->memory, &times, err, "/spikes/%s/timestamps", name));
    TRY(arena_format(m->e->memory, &ids, err, "/spikes/%s/node_ids", name));
    add_column(m, times,
               (result_column){.type = STORE_DOUBLE, .width = 1, .unit = "ms", .description = "times of the spikes"});
    add_column(m, ids, (result_column){.type = STORE_UINT64, .width = 1, .description = "neurons that spiked, from 0"});
    return LSNN_OK;
}

static lsnn_status choose(monitor *m, int k, lsnn_error *err)
{
    const record_spec *spec = &m->e->records[k];
    bool *wanted;
    if (spec->n_neurons == 0) return LSNN_OK;
    TRY(arena_take(m->e->memory, &wanted, (size_t)m->e->net->populations[spec->population].n, sizeof *wanted, err));
    for (int j = 0; j < spec->n_neurons; j++)
        wanted[spec->neuron[j]] = true;
    m->wanted[k] = wanted;
    return LSNN_OK;
}

static lsnn_status add_record(monitor *m, int k, lsnn_error *err)
{
    const record_spec *spec = &m->e->records[k];
    const char *path;
    m->first_column[k] = m->n_columns;
    if (spec->what == RECORD_SPIKES) {
        for (int q = 0; q < spec->n_populations; q++)
            TRY(add_spikes(m, spec->population + q, err));
        return choose(m, k, err);
    }
    TRY(arena_format(m->e->memory, &path, err, "/report/%s/data", spec->name));
    add_column(m, path,
               (result_column){.type = STORE_REAL, .width = (size_t)spec->n_neurons, .description = "[time][neuron]"});
    return LSNN_OK;
}

lsnn_status monitor_new(monitor **out, const experiment *e, lsnn_error *err)
{
    monitor *m;
    const size_t n_records = (size_t)e->n_records + 1, n_populations = (size_t)e->net->n_populations;
    TRY(arena_take(e->memory, &m, 1, sizeof *m, err));
    m->e = e;
    TRY(arena_take(e->memory, &m->columns, (2 * n_records + N_STATISTICS) * n_populations, sizeof *m->columns, err));
    TRY(arena_take(e->memory, &m->first_column, n_records, sizeof *m->first_column, err));
    TRY(arena_take(e->memory, &m->wanted, n_records, sizeof *m->wanted, err));
    TRY(arena_take(e->memory, &m->statistics, n_populations, sizeof *m->statistics, err));
    for (int k = 0; k < e->n_records; k++)
        TRY(add_record(m, k, err));
    for (int q = 0; q < e->net->n_populations; q++) {
        m->statistics[q] = m->n_columns;
        for (int s = 0; s < N_STATISTICS; s++) {
            const char *path;
            TRY(arena_format(e->memory, &path, err, "/statistics/%s/%s", e->net->populations[q].name, kinds[s].name));
            add_column(m, path, (result_column){NULL, STORE_DOUBLE, 1, kinds[s].unit, kinds[s].doc});
        }
    }
    *out = m;
    return LSNN_OK;
}

const result_column *monitor_columns(const monitor *m, int *n)
{
    *n = m->n_columns;
    return m->columns;
}

static bool hears(const record_spec *spec, int pop)
{
    return spec->what == RECORD_SPIKES && pop >= spec->population && pop < spec->population + spec->n_populations;
}

bool monitor_hears(const monitor *m, int pop)
{
    for (int k = 0; k < m->e->n_records; k++)
        if (hears(&m->e->records[k], pop)) return true;
    return false;
}

lsnn_status monitor_spikes(monitor *m, result *into, int pop, size_t n, const double *time, const uint64_t *neuron,
                           lsnn_error *err)
{
    for (int k = 0; k < m->e->n_records; k++) {
        const record_spec *spec = &m->e->records[k];
        if (!hears(spec, pop)) continue;
        const int column = m->first_column[k] + 2 * (pop - spec->population);
        size_t begin = 0;
        /* Runs of spikes that are wanted. */
        while (begin < n) {
            size_t end = begin;
            while (end < n && (!m->wanted[k] || m->wanted[k][neuron[end]]))
                end++;
            TRY(result_push(into, column, end - begin, time + begin, err));
            TRY(result_push(into, column + 1, end - begin, neuron + begin, err));
            begin = end + 1;
        }
    }
    return LSNN_OK;
}

lsnn_status monitor_values(monitor *m, result *into, int k, size_t n_rows, const real *values, lsnn_error *err)
{
    return result_push(into, m->first_column[k], n_rows, values, err);
}

lsnn_status monitor_statistics(monitor *m, result *into, int pop, double rate, double cv, double synchrony,
                               lsnn_error *err)
{
    const double values[N_STATISTICS] = {[RATE] = rate, [CV] = cv, [SYNCHRONY] = synchrony};
    for (int s = 0; s < N_STATISTICS; s++)
        TRY(result_push(into, m->statistics[pop] + s, 1, &values[s], err));
    return LSNN_OK;
}
