/* Spike-contrast. */
#include "contrast.h"
#include <math.h>
#include <string.h>

#define SHRINK 0.9

/* Counts of half bins; a bin is two neighbours. */
typedef struct bins {
    double start, half;
    size_t n;            /* half bins */
    double *count, *own; /* [n]: of all neurons, of one */
    double *active;      /* [n]: neurons with a spike in the bin that starts here */
} bins;

static size_t place(const bins *b, double time)
{
    const size_t k = raster_bin(time - b->start, b->half);
    return k < b->n ? k : b->n - 1;
}

/* Adds a neuron; what it touched in `own` is 0 again afterwards. */
static void add_neuron(bins *b, const double *time, size_t n)
{
    for (size_t s = 0; s < n; s++)
        b->own[place(b, time[s])]++;
    size_t done = 0; /* half bins before this one are counted as starts of bins */
    for (size_t s = 0; s < n; s++) {
        const size_t k = place(b, time[s]);
        for (size_t start = k > 0 ? k - 1 : 0; start <= k; start++)
            if (start >= done && start + 1 < b->n) {
                b->active[start]++;
                done = start + 1;
            }
        b->count[k] += b->own[k];
        b->own[k] = 0;
    }
}

static double synchrony(bins *b, const trains *t, int k)
{
    memset(b->count, 0, b->n * sizeof *b->count);
    memset(b->active, 0, b->n * sizeof *b->active);
    double spikes = 0;
    for (int i = 0; i < t->n_neurons; i++) {
        size_t n;
        const double *time = raster_train(t, i, k, &n);
        add_neuron(b, time, n);
        spikes += (double)n;
    }
    double theta_before = 0, changes = 0, sum = 0, weighted = 0;
    for (size_t s = 0; s + 1 < b->n; s++) {
        const double theta = b->count[s] + b->count[s + 1];
        if (s > 0) changes += fabs(theta - theta_before);
        sum += theta;
        weighted += theta * b->active[s];
        theta_before = theta;
    }
    return changes / (2 * spikes) * (weighted / sum - 1) / (t->n_neurons - 1);
}

static double shortest_interval(const trains *t, int k)
{
    double least = INFINITY;
    for (int i = 0; i < t->n_neurons; i++) {
        size_t n;
        const double *time = raster_train(t, i, k, &n);
        for (size_t s = 1; s < n; s++)
            if (time[s] - time[s - 1] < least) least = time[s] - time[s - 1];
    }
    return least;
}

lsnn_status contrast_of(contrast *out, double least, const trains *t, int k, arena *a, lsnn_error *err)
{
    const double length = t->spans[k].stop - t->spans[k].start, shortest = shortest_interval(t, k);
    *out = (contrast){NAN, NAN};
    if (t->n_neurons < 2 || !(shortest < INFINITY)) return LSNN_OK;
    const double smallest = fmax(shortest / 2, least);
    const size_t most = (size_t)(2 * (length + 2 * shortest) / smallest) + 4;
    bins b = {.start = -shortest};
    TRY(arena_take(a, &b.count, most, sizeof *b.count, err));
    TRY(arena_take(a, &b.own, most, sizeof *b.own, err));
    TRY(arena_take(a, &b.active, most, sizeof *b.active, err));
    double bin = length / 2;
    while (bin >= smallest) {
        b.half = bin / 2;
        b.n = (size_t)ceil((length + 2 * shortest) / b.half);
        const double here = synchrony(&b, t, k);
        if (here > out->synchrony || isnan(out->synchrony)) *out = (contrast){here, bin};
        bin *= SHRINK;
    }
    return LSNN_OK;
}
