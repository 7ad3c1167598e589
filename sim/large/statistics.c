/* Statistics of spikes. */
#include "statistics.h"
#include <math.h>

typedef struct train {
    double first, last, squares; /* of intervals */
    uint32_t n;
} train;

typedef struct counts {
    uint64_t bin, now;           /* number of the present bin, and its spikes */
    uint64_t n;                  /* spikes in all */
    double sum, squares, n_bins; /* of full bins */
} counts;

struct statistics {
    const network *net;
    double begin, bin;
    train **train;
    counts *counts;
};

lsnn_status statistics_new(statistics **out, const network *net, double begin, double bin, arena *a, lsnn_error *err)
{
    statistics *s;
    TRY(arena_take(a, &s, 1, sizeof *s, err));
    *s = (statistics){.net = net, .begin = begin, .bin = bin};
    TRY(arena_take(a, &s->train, (size_t)net->n_populations, sizeof *s->train, err));
    TRY(arena_take(a, &s->counts, (size_t)net->n_populations, sizeof *s->counts, err));
    for (int k = 0; k < net->n_populations; k++)
        TRY(arena_take(a, &s->train[k], (size_t)net->populations[k].n, sizeof *s->train[k], err));
    *out = s;
    return LSNN_OK;
}

void statistics_spike(statistics *s, int pop, int j, double time)
{
    train *t = &s->train[pop][j];
    if (time < s->begin) return;
    if (t->n++ == 0)
        t->first = time;
    else
        t->squares += (time - t->last) * (time - t->last);
    t->last = time;
}

static void close_bins(counts *c, uint64_t bin)
{
    if (bin == c->bin) return;
    c->sum += (double)c->now;
    c->squares += (double)c->now * (double)c->now;
    c->n_bins += (double)(bin - c->bin);
    c->bin = bin;
    c->now = 0;
}

void statistics_count(statistics *s, int pop, double time, uint64_t n)
{
    if (time < s->begin) return;
    counts *c = &s->counts[pop];
    /* A time that is a bin's border but for rounding belongs to the bin that begins there. */
    close_bins(c, (uint64_t)((time - s->begin) / s->bin + 1e-6));
    c->now += n;
    c->n += n;
}

static double mean_cv(const train *t, int n)
{
    double sum = 0, neurons = 0;
    for (int j = 0; j < n; j++) {
        if (t[j].n < 4) continue;
        const double intervals = t[j].n - 1, mean = (t[j].last - t[j].first) / intervals;
        sum += sqrt(fmax(0, t[j].squares / intervals - mean * mean)) / mean;
        neurons++;
    }
    return neurons > 0 ? sum / neurons : NAN;
}

statistics_summary statistics_of(const statistics *s, int pop, double end)
{
    const int population_size = s->net->populations[pop].n;
    counts c = s->counts[pop];
    close_bins(&c, (uint64_t)((end - s->begin) / s->bin + 1e-6));
    const double mean = c.sum / c.n_bins, variance = c.squares / c.n_bins - mean * mean;
    return (statistics_summary){.rate = 1e3 * (double)c.n / (population_size * (end - s->begin)),
                                .cv = mean_cv(s->train[pop], population_size),
                                .synchrony = c.n_bins > 1 && mean > 0 ? variance / mean : NAN};
}
