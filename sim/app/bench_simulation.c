/* How long a simulation takes for a second, and how far that is from adding its synaptic events alone. */
#include "bench_simulation.h"
#include "event.h"
#include "grid.h"
#include "lsnn/random.h"
#include <omp.h>
#include <stdlib.h>

#define ROUNDS 7
#define WARM_UP 100.0 /* ms */
#define ROUND 200.0

static int ascending(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

/* Additions at random places of a column that stays in the first cache, in a second of one thread: the floor of synaptic events. */
static double additions_per_second(void)
{
    enum { COLUMNS = 4096, TARGETS = 8192, PASSES = 2000 };
    static uint16_t target[TARGETS];
    real column[COLUMNS] = {0};
    lsnn_random stream = lsnn_random_stream(1, LSNN_WIRING, 0, 0);
    double best = 0;
    for (int k = 0; k < TARGETS; k++)
        target[k] = (uint16_t)lsnn_random_below(&stream, COLUMNS);
    for (int round = 0; round < 5; round++) {
        const double start = omp_get_wtime();
        for (int pass = 0; pass < PASSES; pass++) {
#pragma GCC unroll 8
            for (int k = 0; k < TARGETS; k++)
                column[target[k]] += (real)0.1;
        }
        const double rate = (double)PASSES * TARGETS / (omp_get_wtime() - start);
        if (rate > best) best = rate;
    }
    return best * (column[target[0]] > 0); /* which is 1, and keeps the loop */
}

static void print(const experiment *e, const char *name, const circuit *c, const double *factor, double per_second,
                  double lowest)
{
    const double median = factor[ROUNDS / 2];
    printf("%-26s %8.4f s for a second (median; %.4f to %.4f), %d neurons, dt %g ms\n", name, median, factor[0],
           factor[ROUNDS - 1], e->net->n_spiking, e->dt);
    printf("%-26s %.4g million synaptic events in a second, %.4g million a second of wall time\n", "", per_second / 1e6,
           per_second / median / 1e6);
    printf("%-26s %zu synapses of %.2f bytes, built in %.2f s; the additions alone would take %.4f s: ratio %.2f\n", "",
           c->n_synapses, (double)c->bytes / (double)(c->n_synapses ? c->n_synapses : 1), c->seconds, lowest,
           median / lowest);
}

static void print_json(const char *name, const circuit *c, const double *factor, double per_second, double lowest)
{
    printf("{\"name\": \"%s\", \"seconds_per_second\": %.5f, \"min\": %.5f, \"max\": %.5f, \"floor\": %.5f, "
           "\"events_per_second\": %.5g, \"bytes_per_synapse\": %.3f, \"build_seconds\": %.3f}\n",
           name, factor[ROUNDS / 2], factor[0], factor[ROUNDS - 1], lowest, per_second / factor[ROUNDS / 2],
           (double)c->bytes / (double)(c->n_synapses ? c->n_synapses : 1), c->seconds);
}

/* Either engine. */
typedef struct timed {
    const experiment *e;
    grid *g;
    event_engine *event;
} timed;

/* Goes on to `until` ms; how long that took. */
static lsnn_status advance(const timed *t, double until, double *seconds, lsnn_error *err)
{
    const double start = omp_get_wtime();
    if (t->event) {
        TRY(event_advance(t->event, until, &(event_observer){0}, err));
    } else {
        const grid_run run = {.n_steps = (uint64_t)(until / t->e->dt)};
        TRY(grid_advance(t->g, &run, err));
    }
    *seconds = omp_get_wtime() - start;
    return LSNN_OK;
}

static double events(const timed *t)
{
    const event_counts n = t->event ? event_count(t->event) : (event_counts){0};
    return t->event ? (double)n.deliveries : (double)grid_events(t->g);
}

static lsnn_status time_rounds(const timed *t, double *factor, double *per_second, lsnn_error *err)
{
    double seconds;
    TRY(advance(t, WARM_UP, &seconds, err));
    const double before = events(t);
    for (int k = 0; k < ROUNDS; k++) {
        TRY(advance(t, WARM_UP + (k + 1) * ROUND, &seconds, err));
        factor[k] = seconds * 1e3 / ROUND;
    }
    qsort(factor, ROUNDS, sizeof *factor, ascending);
    *per_second = (events(t) - before) * 1e3 / (ROUNDS * ROUND);
    return LSNN_OK;
}

lsnn_status bench_simulation(const experiment *e, const char *name, const verb_options *options, lsnn_error *err)
{
    const int n_threads = verb_threads(options);
    timed t = {.e = e};
    circuit *c;
    double factor[ROUNDS], per_second;
    TRY(circuit_new(&c, e, n_threads, err));
    if (e->simulation.engine == ENGINE_GRID)
        TRY(grid_new(&t.g, c, n_threads, err));
    else
        TRY(event_new(&t.event, c, n_threads, err));
    const lsnn_status status = time_rounds(&t, factor, &per_second, err);
    event_free(t.event);
    if (status != LSNN_OK) return status;
    const double lowest = per_second / (additions_per_second() * n_threads);
    if (options->json)
        print_json(name, c, factor, per_second, lowest);
    else
        print(e, name, c, factor, per_second, lowest);
    return LSNN_OK;
}
