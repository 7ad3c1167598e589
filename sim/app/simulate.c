/* One simulation in its folder. */
#include "simulate.h"
#include "event.h"
#include "folder.h"
#include "grid.h"
#include "json.h"
#include "memory.h"
#include "monitor.h"
#include "stop.h"
#include "text.h"
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#define MOST_BUFFERED ((size_t)64 << 20)
#define COMMIT_SECONDS 60.0

typedef struct simulation {
    experiment *e;
    circuit *c;
    grid *g;                    /* either an engine on the grid */
    event_engine *event;        /* or one in continuous time */
    statistics *statistics;     /* of the latter */
    double done, event_seconds; /* likewise: ms, and how long they took */
    monitor *monitor;
    result *result;
    folder folder;
    log_state log;
    int n_threads;
    const volatile sig_atomic_t *stop;
    double *time; /* [spikes of a population in a step, at most] */
    uint64_t *neuron;
    size_t room; /* of these two */
    uint64_t n_steps;
    double saved;
} simulation;

/* ---- what both engines tell ------------------------------------------------------------------------------------------- */

static double time_done(const simulation *s)
{
    return s->event ? s->done : (double)grid_step(s->g) * s->e->dt;
}

static double seconds_taken(const simulation *s)
{
    return s->event ? s->event_seconds : grid_seconds(s->g);
}

static statistics_summary statistics_now(const simulation *s, int pop)
{
    return statistics_of(s->event ? s->statistics : grid_statistics(s->g), pop, time_done(s));
}

static double synaptic_events(const simulation *s)
{
    return s->event ? (double)event_count(s->event).deliveries : (double)grid_events(s->g);
}

static double predict(const experiment *e, int n_threads)
{
    return memory_process() + (double)arena_bytes(e->memory) + circuit_predict(e, n_threads) +
           (e->simulation.engine == ENGINE_EVENT ? event_predict(e) : grid_predict(e, n_threads));
}

lsnn_status simulate_check(const experiment *e, int n_threads, lsnn_error *err)
{
    char bytes[32];
    double n_synapses = 0;
    const double need = predict(e, n_threads);
    TRY(circuit_check(e, err));
    printf("#\n# simulation on the %s: %g ms", e->simulation.engine == ENGINE_EVENT ? "time axis" : "grid",
           e->simulation.time);
    if (e->simulation.engine == ENGINE_GRID) printf(" in steps of %g ms", e->dt);
    printf("\n");
    for (int k = 0; k < e->net->n_populations; k++)
        printf("# population %-12s %d x %s\n", e->net->populations[k].name, e->net->populations[k].n,
               e->net->populations[k].model->name);
    for (int k = 0; k < e->n_plans; k++) {
        const projection_plan *plan = &e->plans[k];
        const double n = wiring_expected(&plan->wiring, &plan->site);
        if (circuit_is_drive(e, plan)) {
            printf("# projection %-12s Poisson spikes drawn at the neurons, delay %g ms\n", plan->spec.name,
                   plan->wiring.first_time);
            continue;
        }
        n_synapses += n;
        printf("# projection %-12s %.0f synapses, delays %g..%g ms\n", plan->spec.name, n, plan->wiring.first_time,
               plan->wiring.last_time);
    }
    text_bytes(bytes, need);
    printf("# synapses: %.4g, of %.2f bytes\n", n_synapses,
           n_synapses > 0 ? circuit_predict(e, n_threads) / n_synapses : 0);
    printf("# memory: %s at the peak, with %d threads\n", bytes, n_threads);
    return memory_require(need, err);
}

/* ---- recording -------------------------------------------------------------------------------------------------------- */

static lsnn_status push_spikes(simulation *s, const grid *g, int pop, uint64_t step, lsnn_error *err)
{
    size_t n = 0;
    for (int k = 0; k < s->c->n_slices; k++) {
        int found;
        const uint32_t *who = grid_spikes(g, pop, k, step, &found);
        for (int i = 0; i < found; i++) {
            s->time[n] = (double)step * s->e->dt;
            s->neuron[n++] = who[i];
        }
    }
    return n > 0 ? monitor_spikes(s->monitor, s->result, pop, n, s->time, s->neuron, err) : LSNN_OK;
}

/* Saves now and then, and tells how far it is. */
static lsnn_status go_on(simulation *s, uint64_t done, double time, lsnn_error *err)
{
    if (result_buffered(s->result) > MOST_BUFFERED || log_seconds() - s->saved > COMMIT_SECONDS) {
        TRY(result_commit(s->result, "running", err));
        s->saved = log_seconds();
    }
    if (s->log.level >= LOG_INFO && log_progress_due(&s->log, done, s->n_steps))
        log_progress(&s->log, done, s->n_steps, "%.4g ms", time);
    return LSNN_OK;
}

static lsnn_status see(void *with, const grid *g, uint64_t first, int n, lsnn_error *err)
{
    simulation *s = with;
    for (int k = 0; k < s->e->net->n_populations; k++)
        for (uint64_t step = first; monitor_hears(s->monitor, k) && step < first + (uint64_t)n; step++)
            TRY(push_spikes(s, g, k, step, err));
    for (int k = 0; k < s->e->n_records; k++) {
        if (s->e->records[k].what != RECORD_VARIABLE) continue;
        int n_rows;
        const real *values = grid_values(g, k, &n_rows);
        TRY(monitor_values(s->monitor, s->result, k, (size_t)n_rows, values, err));
    }
    return go_on(s, grid_step(g), (double)grid_step(g) * s->e->dt, err);
}

/* n spikes in the order of time; `first` is the population's. */
static lsnn_status push_times(simulation *s, int pop, const event_spike *spike, size_t n, lsnn_error *err)
{
    const population *p = &s->e->net->populations[pop];
    size_t found = 0;
    for (size_t k = 0; k < n; k++) {
        const uint32_t j = spike[k].id - (uint32_t)p->first;
        if (j >= (uint32_t)p->n) continue;
        statistics_spike(s->statistics, pop, (int)j, spike[k].time * s->e->dt);
        statistics_count(s->statistics, pop, spike[k].time * s->e->dt, 1);
        s->time[found] = spike[k].time * s->e->dt;
        s->neuron[found++] = j;
    }
    if (found == 0 || !monitor_hears(s->monitor, pop)) return LSNN_OK;
    return monitor_spikes(s->monitor, s->result, pop, found, s->time, s->neuron, err);
}

static lsnn_status hear(void *with, const event_spike *spike, size_t n, lsnn_error *err)
{
    simulation *s = with;
    for (size_t first = 0; first < n; first += s->room) {
        const size_t part = n - first < s->room ? n - first : s->room;
        for (int k = 0; k < s->e->net->n_populations; k++)
            TRY(push_times(s, k, spike + first, part, err));
    }
    return LSNN_OK;
}

static lsnn_status keep_values(void *with, int k, size_t n_rows, const real *values, lsnn_error *err)
{
    simulation *s = with;
    return monitor_values(s->monitor, s->result, k, n_rows, values, err);
}

static lsnn_status keep_statistics(simulation *s, lsnn_error *err)
{
    for (int k = 0; k < s->e->net->n_populations; k++) {
        const statistics_summary of = statistics_now(s, k);
        TRY(monitor_statistics(s->monitor, s->result, k, of.rate, of.cv, of.synchrony, err));
    }
    return LSNN_OK;
}

/* ---- summary ---------------------------------------------------------------------------------------------------------- */

typedef struct figures {
    double rate, cv, synchrony; /* of all neurons; the last two weighted by population */
    double biological, factor, events, bytes;
} figures;

static figures measure(const simulation *s)
{
    const network *net = s->e->net;
    figures f = {.biological = time_done(s) / 1e3};
    double regular = 0, synchronous = 0;
    for (int k = 0; k < net->n_populations; k++) {
        const statistics_summary of = statistics_now(s, k);
        const double n = net->populations[k].n;
        f.rate += of.rate * n;
        if (!isnan(of.cv)) f.cv += of.cv * n, regular += n;
        if (!isnan(of.synchrony)) f.synchrony += of.synchrony * n, synchronous += n;
    }
    f.rate /= net->n_spiking > 0 ? net->n_spiking : 1;
    f.cv /= regular > 0 ? regular : 1;
    f.synchrony /= synchronous > 0 ? synchronous : 1;
    f.factor = seconds_taken(s) / f.biological;
    f.events = synaptic_events(s) / seconds_taken(s);
    f.bytes = s->c->n_synapses > 0 ? (double)s->c->bytes / (double)s->c->n_synapses : 0;
    return f;
}

static void print_json(const simulation *s, const figures *f)
{
    printf("{\"experiment\": ");
    json_text(s->e->name);
    printf(", \"seed\": %" PRIu64 ", \"iterations\": %" PRIu64 ", \"neurons\": %d, \"synapses\": %zu", s->e->seed,
           s->event ? 0 : grid_step(s->g), s->e->net->n_spiking, s->c->n_synapses);
    json_entry("rate", f->rate);
    json_entry("cv", f->cv);
    json_entry("synchrony", f->synchrony);
    for (int k = 0; k < s->e->net->n_populations; k++) {
        char name[256];
        snprintf(name, sizeof name, "rate_%s", s->e->net->populations[k].name);
        json_entry(name, statistics_now(s, k).rate);
    }
    json_entry("seconds_per_second", f->factor);
    json_entry("events_per_second", f->events);
    json_entry("bytes_per_synapse", f->bytes);
    printf(", \"build_seconds\": %.3f, \"seconds\": %.3f, \"folder\": ", s->c->seconds, seconds_taken(s));
    json_text(s->folder.path);
    printf("}\n");
}

static void summarise(const simulation *s, bool json)
{
    const figures f = measure(s);
    const network *net = s->e->net;
    if (json) {
        print_json(s, &f);
        return;
    }
    printf("%s, seed %" PRIu64 ": %g s of %d neurons and %zu synapses in %.3g s\n", s->e->name, s->e->seed,
           f.biological, net->n_spiking, s->c->n_synapses, seconds_taken(s));
    for (int k = 0; k < net->n_populations; k++) {
        const statistics_summary of = statistics_now(s, k);
        if (net->populations[k].model->spiking)
            printf("  %-12s rate %.2f Hz, CV %.2f, synchrony %.2f\n", net->populations[k].name, of.rate, of.cv,
                   of.synchrony);
    }
    printf("  speed        %.3g s for a second, %.4g million synaptic events per second\n", f.factor, f.events / 1e6);
    printf("  synapses     built in %.3g s, %.2f bytes each\n", s->c->seconds, f.bytes);
    printf("  results      %s\n               look with: lsnn describe %s\n", s->folder.path, s->folder.result);
}

/* ---- running ---------------------------------------------------------------------------------------------------------- */

static lsnn_status begin_result(simulation *s, const char *command, lsnn_error *err)
{
    experiment *e = s->e;
    uint64_t id[2];
    int n_columns, most = 0;
    if (getentropy(id, sizeof id) != 0)
        return lsnn_fail(err, LSNN_INTERNAL, "the system gives no random number: %s", strerror(errno));
    TRY(monitor_new(&s->monitor, e, err));
    for (int k = 0; k < e->net->n_populations; k++)
        if (e->net->populations[k].n > most) most = e->net->populations[k].n;
    s->room = (size_t)most;
    TRY(arena_take(e->memory, &s->time, (size_t)most, sizeof *s->time, err));
    TRY(arena_take(e->memory, &s->neuron, (size_t)most, sizeof *s->neuron, err));
    const result_column *columns = monitor_columns(s->monitor, &n_columns);
    const recorder_subject subject = {e, command, id, s->n_threads};
    TRY(result_new(&s->result, s->folder.result, columns, n_columns, recorder_head, &subject, err));
    s->saved = log_seconds();
    return LSNN_OK;
}

/* In pieces, between which it may be stopped. */
static lsnn_status advance_event(simulation *s, lsnn_error *err)
{
    enum { PIECES = 500 };
    const event_observer observer = {hear, keep_values, s};
    s->n_steps = PIECES;
    for (uint64_t piece = 1; piece <= PIECES; piece++) {
        const double until = s->e->simulation.time * (double)piece / PIECES, start = log_seconds();
        TRY(event_advance(s->event, until, &observer, err));
        s->event_seconds += log_seconds() - start;
        s->done = until;
        TRY(go_on(s, piece, until, err));
        if (*s->stop && piece < PIECES)
            return lsnn_fail(err, LSNN_INTERRUPTED, "stopped by a signal after %g ms", until);
    }
    return LSNN_OK;
}

static lsnn_status advance(simulation *s, lsnn_error *err)
{
    lsnn_error trouble;
    const grid_run run = {.n_steps = s->n_steps, .observe = see, .with = s, .stop = s->stop};
    const lsnn_status status = s->event ? advance_event(s, err) : grid_advance(s->g, &run, err);
    const char *const end = status == LSNN_OK ? "complete" : status == LSNN_DIVERGED ? "diverged" : "interrupted";
    log_progress_end(&s->log);
    if (status != LSNN_OK && status != LSNN_INTERRUPTED && status != LSNN_DIVERGED) return status;
    lsnn_status kept = keep_statistics(s, &trouble);
    if (kept == LSNN_OK) kept = result_commit(s->result, end, &trouble);
    if (kept != LSNN_OK) *err = trouble;
    return kept != LSNN_OK ? kept : status;
}

static lsnn_status begin_engine(simulation *s, lsnn_error *err)
{
    const experiment *e = s->e;
    TRY(memory_require(predict(e, s->n_threads), err));
    TRY(circuit_new(&s->c, e, s->n_threads, err));
    if (e->simulation.engine == ENGINE_EVENT) {
        TRY(event_new(&s->event, s->c, s->n_threads, err));
        return statistics_new(&s->statistics, e->net, e->simulation.transient, e->simulation.bin, e->memory, err);
    }
    s->n_steps = (uint64_t)llround(e->simulation.time / e->dt);
    return grid_new(&s->g, s->c, s->n_threads, err);
}

static lsnn_status simulate(simulation *s, const verb_options *options, const char *command, lsnn_error *err)
{
    TRY(begin_engine(s, err));
    TRY(folder_new(&s->folder, options->output, s->e->name, s->e->seed, err));
    TRY(folder_write_config(&s->folder, s->e->root, command, err));
    s->log.copy = folder_open_log(&s->folder);
    TRY(begin_result(s, command, err));
    s->stop = stop_catch();
    return advance(s, err);
}

static void end(simulation *s)
{
    event_free(s->event);
    result_free(s->result);
    folder_close(&s->folder);
    if (s->log.copy) fclose(s->log.copy);
}

lsnn_status simulate_run(experiment *e, const verb_options *options, const char *command, lsnn_error *err)
{
    simulation s = {.e = e, .n_threads = verb_threads(options)};
    log_open(&s.log, options->level, stderr);
    const lsnn_status status = simulate(&s, options, command, err);
    if (status == LSNN_OK || (status == LSNN_INTERRUPTED && (s.g || s.event))) summarise(&s, options->json);
    end(&s);
    return status;
}

static lsnn_status simulate_quietly(simulation *s, const char *path, lsnn_error *err)
{
    TRY(begin_engine(s, err));
    TRY(folder_open(&s->folder, path, err));
    folder_forget_result(&s->folder);
    TRY(begin_result(s, "lsnn sweep", err));
    return advance(s, err);
}

lsnn_status simulate_trial(simulate_figures *out, experiment *e, const char *path, int n_threads,
                           const volatile sig_atomic_t *stop, lsnn_error *err)
{
    simulation s = {.e = e, .n_threads = n_threads, .stop = stop};
    log_open(&s.log, LOG_ERROR, stderr);
    const lsnn_status status = simulate_quietly(&s, path, err);
    if (status == LSNN_OK) {
        const figures f = measure(&s);
        *out = (simulate_figures){f.rate, f.cv, f.synchrony, s.event ? 0 : grid_step(s.g),
                                  s.c->seconds + seconds_taken(&s)};
    }
    end(&s);
    return status;
}
