/* Verb bench: how long an iteration takes, where the time goes, and how far that is from the models' arithmetic alone. */
#include "bench_queue.h"
#include "bench_simulation.h"
#include "learner.h"
#include "memory.h"
#include "processors.h"
#include "rows.h"
#include "text.h"
#include "verb.h"
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 15
#define ROUND_SECONDS 0.3

typedef struct case_of_bench {
    const char *name, *config;
    const char *overrides[6];
    int learned; /* iterations before: BPTT becomes cheaper as surrogates become sparse */
} case_of_bench;

#define BALANCED_STEPS_OF_1_MS                                                                                         \
    "dt=1 ms", "projections.drive.delay=2 ms", "projections.excite.delay=2 ms", "projections.inhibit.delay=2 ms"
#define BALANCED_TWICE "populations.exc.n=16000", "populations.inh.n=4000", "sources.external.n=20000"

#define RARE_EVENTS(rate)                                                                                              \
    {"rare_events_" rate "hz", "experiments/sparse_network/rare.yaml", {"sources.external.rate=" rate " Hz"}, 0},      \
    {                                                                                                                  \
        "rare_events_" rate "hz_grid", "experiments/sparse_network/rare.yaml",                                         \
            {"sources.external.rate=" rate " Hz", "simulation.engine=grid"}, 0                                         \
    }

static const case_of_bench cases[] = {
    {"evidence_accumulation", "experiments/evidence_accumulation/run.yaml", {"learning.batch=32"}, 0},
    {"evidence_accumulation_bptt",
     "experiments/evidence_accumulation/run.yaml",
     {"learning.batch=64", "learning.rule=bptt"},
     50},
    {"pattern_generation", "experiments/pattern_generation/run.yaml", {NULL}, 0},
    {"large_pattern_generation", "experiments/large_pattern_generation/run.yaml", {NULL}, 0},
    {"large_pattern_generation_100k", "experiments/large_pattern_generation/run.yaml", {"populations.lif.n=100000"}, 0},
    {"sequential_mnist", "experiments/sequential_mnist/run.yaml", {"learning.batch=256"}, 0},
    {"sequential_mnist_bptt", "experiments/sequential_mnist/bptt.yaml", {"learning.batch=256"}, 400},
    {"balanced_network", "experiments/balanced_network/run.yaml", {NULL}, 0},
    {"balanced_network_alif", "experiments/balanced_network/alif.yaml", {NULL}, 0},
    {"balanced_network_dt1", "experiments/balanced_network/run.yaml", {BALANCED_STEPS_OF_1_MS}, 0},
    {"balanced_network_n20000", "experiments/balanced_network/run.yaml", {BALANCED_TWICE}, 0},
    {"sparse_network", "experiments/sparse_network/run.yaml", {NULL}, 0},
    {"sparse_network_0.1hz", "experiments/sparse_network/run.yaml", {"sources.external.rate=525 Hz"}, 0},
    {"sparse_network_10hz", "experiments/sparse_network/run.yaml", {"sources.external.rate=845 Hz"}, 0},
    {"sparse_network_dt0.1", "experiments/sparse_network/run.yaml", {"dt=0.1 ms"}, 0},
    RARE_EVENTS("0.1"),
    RARE_EVENTS("0.3"),
    RARE_EVENTS("1"),
    RARE_EVENTS("3"),
    RARE_EVENTS("10"),
};
#define N_CASES ((int)(sizeof cases / sizeof *cases))

static int ascending(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static void print_machine(int threads)
{
    char line[256], model[200] = "unknown processor";
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "model name : %199[^\n]", model) == 1) break;
    if (file) fclose(file);
    printf("%s, %d threads of %d processors, %s\n", model, threads, omp_get_num_procs(),
           sizeof(real) == 4 ? "single precision" : "double precision");
}

/* Step and adjoint of every population, over and over on the same columns: no synapses, no tape that leaves the cache. */
static double floor_seconds(const experiment *e)
{
    const network *net = e->net;
    worker *w = e->trainer->workers[0];
    const int steps = e->shape.n_steps;
    double best = 1e9;
    for (int round = 0; round < 5; round++) {
        const double start = omp_get_wtime();
        for (int pass = 0; pass < 2; pass++)
            for (int t = 0; t < steps; t++)
                for (int k = 0; k < net->n_spiking_populations; k++) {
                    const population *p = &net->populations[k];
                    lsnn_slice *slice = &w->slice[k];
                    const lsnn_span span = {.n_steps = w->chunk,
                                            .stride = net->n_columns,
                                            .signal = w->signal + p->column,
                                            .current_adjoint = w->adjoint + p->column};
                    tape_point(e->trainer->tapes[0], net, k, 0, slice);
                    if (pass == 0)
                        p->model->step(slice, p->parameters, w->current + p->column, w->output + p->column);
                    else if (t % w->chunk == 0)
                        p->model->backward(slice, p->parameters, &span);
                }
        const double seconds = omp_get_wtime() - start;
        if (seconds < best) best = seconds;
    }
    return best * e->learning.batch / e->n_threads;
}

/* Dot products of n rows, four that stay in the nearest cache at a time. */
LSNN_KERNEL static void take_products(real *sum, const real *rows, size_t stride, int width, int n)
{
    for (int k = 0; k < n; k += ROWS_AT_ONCE) {
        const real *row[ROWS_AT_ONCE];
        real out[ROWS_AT_ONCE];
        for (int r = 0; r < ROWS_AT_ONCE; r++)
            row[r] = rows + (size_t)((k + r) % (ROWS_AT_ONCE + 1)) * stride;
        rows_dots(out, row, rows + (size_t)(k % ROWS_AT_ONCE) * stride, width);
        *sum += out[0] + out[1] + out[2] + out[3];
    }
}

/* BPTT takes a dot product for each active neuron of each step, over the targets of its synapses: the time of the last iteration's. */
static double products_seconds(const experiment *e)
{
    const network *net = e->net;
    const worker *w = e->trainer->workers[0];
    enum { PRODUCTS = 40000 };
    double n_active = 0, seconds = 0;
    for (int k = 0; k < e->trainer->n_threads; k++)
        n_active += (double)e->trainer->workers[k]->n_active;
    for (int l = 0; l < net->n_projections && n_active > 0; l++) {
        const projection *p = &net->projections[l];
        if (p->source >= 0 || p->to_output || !p->dense) continue;
        double best = 1e9;
        for (int round = 0; round < 5; round++) {
            const double start = omp_get_wtime();
            take_products(w->output, w->adjoint, (size_t)net->n_columns, p->width, PRODUCTS);
            best = fmin(best, omp_get_wtime() - start);
        }
        seconds += best / PRODUCTS * n_active * p->n_from / (net->n_spiking - net->n_hidden);
    }
    return seconds / e->n_threads;
}

static lsnn_status time_iterations(const experiment *e, int learned, double *per_iteration, lsnn_error *err)
{
    trainer *t = e->trainer;
    metrics m;
    for (int k = 0; k < learned; k++)
        TRY(trainer_iterate(t, &m, NULL, err));
    for (int round = -1; round < ROUNDS; round++) {
        const double start = omp_get_wtime();
        int n = 0;
        do {
            TRY(trainer_iterate(t, &m, NULL, err));
            n++;
        } while (omp_get_wtime() - start < ROUND_SECONDS);
        if (round >= 0)
            per_iteration[round] = (omp_get_wtime() - start) / n;
        else
            memset(t->phase_seconds, 0, sizeof t->phase_seconds); /* the first round only warms up */
    }
    qsort(per_iteration, ROUNDS, sizeof *per_iteration, ascending);
    return LSNN_OK;
}

static void print_case(const experiment *e, const case_of_bench *c, const double *per_iteration, bool json)
{
    static const char *const phases[] = {"input", "forward", "backward", "update"};
    const trainer *t = e->trainer;
    const double median = per_iteration[ROUNDS / 2], lowest = floor_seconds(e), products = products_seconds(e);
    const double neuron_steps = (double)e->net->n_spiking * e->shape.n_steps * e->learning.batch;
    double total = 0;
    for (int k = 0; k < 4; k++)
        total += t->phase_seconds[k];
    if (json) {
        printf("{\"name\": \"%s\", \"median_ms\": %.4f, \"min_ms\": %.4f, \"max_ms\": %.4f, \"floor_ms\": %.4f, "
               "\"products_ms\": %.4f}\n",
               c->name, 1e3 * median, 1e3 * per_iteration[0], 1e3 * per_iteration[ROUNDS - 1], 1e3 * lowest,
               1e3 * products);
        return;
    }
    printf("%-26s %8.3f ms an iteration (median; %.3f to %.3f), batch %d, %d neurons, %d steps", c->name, 1e3 * median,
           1e3 * per_iteration[0], 1e3 * per_iteration[ROUNDS - 1], e->learning.batch, e->net->n_spiking,
           e->shape.n_steps);
    if (c->learned > 0) printf(", after %d iterations", c->learned);
    printf("\n");
    printf("%-26s ", "");
    for (int k = 0; k < 4; k++)
        printf("%s %.0f %%%s", phases[k], 100 * t->phase_seconds[k] / total, k < 3 ? ", " : "\n");
    printf(
        "%-26s %.3f ns a neuron and step on one thread; the models' arithmetic alone would take %.3f ms: ratio %.2f\n",
        "", 1e9 * median * e->n_threads / neuron_steps, 1e3 * lowest, median / lowest);
    if (products > 0)
        printf("%-26s the products of active neurons' synapses, from the nearest cache, another %.3f ms: ratio %.2f\n",
               "", 1e3 * products, median / (lowest + products));
}

/* One large network: what its synapses cost. */
static void print_large(const experiment *e, const case_of_bench *c, const double *per_iteration, bool json)
{
    const double seconds = e->shape.n_steps * e->dt * e->learning.batch / 1e3, median = per_iteration[ROUNDS / 2];
    const double n_synapses = (double)learner_circuit(e->learner)->n_synapses;
    const double events = (double)learner_events(e->learner) * e->learning.batch / median;
    const tape *tp = e->trainer->tapes[0];
    const double rate = tp->spike_start[tp->n_steps] / (1e-3 * e->net->n_spiking * tp->n_steps * e->dt);
    const double own = learner_bytes(e->learner) / n_synapses, all = memory_predict(e, rate) / n_synapses;
    if (json) {
        printf("{\"name\": \"%s\", \"median_ms\": %.4f, \"min_ms\": %.4f, \"max_ms\": %.4f, "
               "\"seconds_per_second\": %.6g, \"events_per_second\": %.6g, \"bytes_per_synapse\": %.4g, "
               "\"all_bytes_per_synapse\": %.4g}\n",
               c->name, 1e3 * median, 1e3 * per_iteration[0], 1e3 * per_iteration[ROUNDS - 1], median / seconds, events,
               own, all);
        return;
    }
    printf("%-26s %8.3f ms an iteration (median; %.3f to %.3f), batch %d, %d neurons, %.3g synapses, %d steps\n",
           c->name, 1e3 * median, 1e3 * per_iteration[0], 1e3 * per_iteration[ROUNDS - 1], e->learning.batch,
           e->net->n_spiking, n_synapses, e->shape.n_steps);
    printf("%-26s %.4g s for a second; %.4g million synaptic events per second, forward and backward; %.1f bytes a "
           "synapse, %.1f with all else\n",
           "", median / seconds, events / 1e6, own, all);
}

static lsnn_status bench_case(const case_of_bench *c, const verb_options *given, lsnn_error *err)
{
    arena *a = NULL;
    experiment *e;
    double per_iteration[ROUNDS];
    verb_options options = *given;
    const char *words[8] = {c->config};
    TRY(arena_new(&a, err));
    options.words = words;
    options.n_words = 1;
    for (int k = 0; k < 6 && c->overrides[k]; k++)
        words[options.n_words++] = c->overrides[k];
    lsnn_status status = verb_load(&e, &options, a, err);
    if (status == LSNN_OK && e->simulation.engine != ENGINE_NONE) {
        status = bench_simulation(e, c->name, &options, err);
    } else if (status == LSNN_OK) {
        e->trainer->timed = true;
        status = time_iterations(e, c->learned, per_iteration, err);
        if (status == LSNN_OK) (e->learner ? print_large : print_case)(e, c, per_iteration, given->json);
    }
    arena_free(a);
    return status;
}

static lsnn_status bench_all(int argc, char **argv, arena *a, lsnn_error *err)
{
    verb_options options;
    TRY(verb_parse(&options, &verb_bench, argc, argv, "jJ", a, err));
    if (!options.json) print_machine(verb_threads(&options));
    processors_bind(verb_threads(&options));
    for (int w = 0; w < options.n_words; w++) {
        int k = 0;
        if (strcmp(options.words[w], "event_queue") == 0) {
            bench_queue(options.json);
            continue;
        }
        while (k < N_CASES && strcmp(cases[k].name, options.words[w]) != 0)
            k++;
        const case_of_bench own = {options.words[w], options.words[w], {NULL}, 0};
        TRY(bench_case(k < N_CASES ? &cases[k] : &own, &options, err));
    }
    for (int k = 0; options.n_words == 0 && k < N_CASES; k++)
        TRY(bench_case(&cases[k], &options, err));
    if (options.n_words == 0) bench_queue(options.json);
    return LSNN_OK;
}

static int bench(int argc, char **argv)
{
    lsnn_error err = {0};
    arena *a = NULL;
    lsnn_status status = arena_new(&a, &err);
    if (status == LSNN_OK) status = bench_all(argc, argv, a, &err);
    arena_free(a);
    return status == LSNN_OK ? 0 : verb_failed(&err);
}

const verb verb_bench = {
    .name = "bench",
    .summary = "time training iterations and simulations of the shipped experiments",
    .synopsis = "[NAME|CONFIG...] [-j THREADS] [--json]",
    .help =
        "Runs iterations of evidence_accumulation, pattern_generation and sequential_mnist (whose data must have been\n"
        "fetched) by e-prop and the first and last by BPTT (NAME_bptt), or of the named ones or of other configs, and "
        "prints the median of 15 rounds, the share of input,\n"
        "forward pass, backward pass and update, and the ratio to the time of the models' arithmetic alone,\n"
        "by BPTT also with the dot products of its recurrent path.\n"
        "Of the simulations balanced_network and sparse_network (_0.1hz, _10hz: rates) it prints wall time per "
        "biological\n"
        "second, synaptic events per second, bytes per synapse, and the ratio to the time of the additions alone, one "
        "a\n"
        "synaptic event, to columns in the nearest cache.\n"
        "rare_events_RATEhz is a network whose few events the event engine follows, on the grid with _grid;\n"
        "event_queue compares that engine's queue with a binary heap.\n"
        "To be called in the folder that holds experiments/, on a quiet machine.\n",
    .run = bench,
};
