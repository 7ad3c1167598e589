/* Iterations over batches of trials. */
#include "trainer.h"
#include "actor.h"
#include "alignment.h"
#include "carry.h"
#include "inner.h"
#include "outer.h"
#include "pooled.h"
#include "population_check.h"
#include "quiet.h"
#include "text.h"
#include <math.h>
#include <omp.h>
#include <string.h>

static lsnn_status take_moments(trainer *t, arena *a, lsnn_error *err)
{
    TRY(arena_take(a, &t->moment, (size_t)t->net->n_parameters, sizeof *t->moment, err));
    TRY(arena_take(a, &t->before, (size_t)t->net->n_projections, sizeof *t->before, err));
    for (int p = 0; p < t->net->n_parameters; p++)
        for (int m = 0; t->net->parameters[p].learn && t->settings.optimiser->moments[m]; m++)
            TRY(arena_take(a, &t->moment[p][m], t->net->parameters[p].n, sizeof(real), err));
    for (int i = 0; t->settings.paths.feedback == LSNN_ADAPTIVE && i < t->net->n_projections; i++) {
        const projection *p = &t->net->projections[i];
        if (p->to_output) TRY(arena_take(a, &t->before[i], t->net->parameters[p->parameter].n, sizeof(real), err));
    }
    return rewire_new(&t->rewire, t->net, a, err);
}

static lsnn_status take_workers(trainer *t, arena *a, lsnn_error *err)
{
    TRY(arena_take(a, &t->workers, (size_t)t->n_threads, sizeof(worker *), err));
    TRY(arena_take(a, &t->tapes, (size_t)t->n_tapes, sizeof(tape *), err));
    for (int k = 0; k < t->n_threads; k++) {
        TRY(worker_new(&t->workers[k], t->net, a, &t->shape, err));
        if (t->quiet) quiet_prepare(t->net, t->workers[k], trial_longest(&t->shape));
    }
    if (t->settings.paths.inner.on) TRY(arena_take(a, &t->inners, (size_t)t->n_threads, sizeof(inner *), err));
    for (int k = 0; t->inners && k < t->n_threads; k++)
        TRY(inner_new(&t->inners[k], t, a, err));
    int segment;
    TRY(tape_segment(&segment, t->net, trial_longest(&t->shape), t->n_tapes, t->settings.tape_bytes, err));
    if (t->settings.by_neurons) segment = 0;
    for (int k = 0; k < t->n_tapes; k++)
        TRY(tape_new(&t->tapes[k], t->net, a, &t->shape, segment, err));
    if (t->carried > 0) {
        TRY(arena_take(a, &t->carry, (size_t)t->settings.batch * t->carried, sizeof(real), err));
        TRY(arena_take(a, &t->carry_next, (size_t)t->settings.batch * t->carried, sizeof(real), err));
        TRY(arena_take(a, &t->carry_evaluation, (size_t)t->settings.batch * t->carried, sizeof(real), err));
    }
    if (!t->settings.learns) return LSNN_OK;
    TRY(arena_take(a, &t->shards, (size_t)t->n_shards, sizeof(gradients *), err));
    for (int s = 0; s < t->n_shards; s++)
        TRY(gradients_new(&t->shards[s], t->net, a, err));
    TRY(gradients_new(&t->gradient, t->net, a, err));
    if (t->settings.aligns) TRY(alignment_new(t, a, err));
    return take_moments(t, a, err);
}

lsnn_status trainer_new(trainer **out, network *net, const lsnn_task *task, const void *task_state,
                        const void *task_parameters, const lsnn_shape *shape, const learning_settings *settings,
                        int n_threads, lsnn_error *err)
{
    trainer *t;
    arena *a = net->memory;
    TRY(arena_take(a, &t, 1, sizeof *t, err));
    *t = (trainer){.net = net,
                   .task = task,
                   .task_state = task_state,
                   .task_parameters = task_parameters,
                   .shape = *shape,
                   .settings = *settings,
                   .n_threads = n_threads,
                   .n_asked = n_threads};
    if (settings->may_collapse && shape->classes && settings->paths.truncate == 0 && !settings->carry) {
        t->collapsed = settings->loss.pool && shape->n_questions == 0 && pooled_readout(net);
        t->quiet = quiet_possible(net, &settings->loss);
    }
    const int batch = settings->batch;
    t->waits =
        settings->learns && settings->regularisation.strength > 0 && settings->regularisation.scope == SCOPE_BATCH;
    t->n_shards = batch < settings->shards ? batch : settings->shards;
    if (t->n_threads > t->n_shards) t->n_threads = t->n_shards;
    t->n_tapes = t->waits ? batch : t->n_threads;
    if (settings->carry) t->carried = carry_length(net);
    TRY(take_workers(t, a, err));
    TRY(arena_take(a, &t->shard_count, (size_t)t->n_shards * (size_t)net->n_spiking, sizeof *t->shard_count, err));
    TRY(arena_take(a, &t->count, (size_t)net->n_spiking, sizeof *t->count, err));
    TRY(arena_take(a, &t->previous_rate, (size_t)net->n_spiking, sizeof *t->previous_rate, err));
    for (int j = 0; j < net->n_spiking; j++)
        t->previous_rate[j] = -1;
    TRY(arena_take(a, &t->sample_loss, (size_t)batch, sizeof(double), err));
    TRY(arena_take(a, &t->sample_loss_rate, (size_t)batch, sizeof(double), err));
    TRY(arena_take(a, &t->sample_error, (size_t)batch, sizeof(double), err));
    TRY(arena_take(a, &t->sample_error_before, (size_t)batch, sizeof(double), err));
    TRY(arena_take(a, &t->sample_steps, (size_t)batch, sizeof *t->sample_steps, err));
    TRY(arena_take(a, &t->sample_spikes, (size_t)batch, sizeof *t->sample_spikes, err));
    TRY(tested_new(t, a, err));
    if (settings->sampler) TRY(outer_new(&t->outer, t, err));
    *out = t;
    return LSNN_OK;
}

static double task_score(const void *with, const lsnn_trial *trial, const real *pooled)
{
    const trainer *t = with;
    return t->task->score(t->task_state, t->task_parameters, trial, pooled);
}

/* ---- one sample, one shard, one batch --------------------------------------------------------------------------------- */

typedef struct recorded_sample {
    const trainer_recorder *recorder;
    int sample;
} recorded_sample;

static void show_step(void *with, const network *net, const worker *w, const tape *tp, int t)
{
    const recorded_sample *r = with;
    r->recorder->step(r->recorder->with, r->sample, net, w, tp, t);
}

static void show_back(void *with, const network *net, const worker *w, const tape *tp, int t)
{
    const recorded_sample *r = with;
    r->recorder->back(r->recorder->with, r->sample, net, w, tp, t);
}

/* Where sample b begins and ends, of the two arrays of carried states. */
static real *carried(const trainer *t, real *states, int b)
{
    return t->carried > 0 ? states + (size_t)b * t->carried : NULL;
}

/* The world is told of each decision, and goes on from it. */
static void interact(trainer *t, worker *w, tape *tp, worker_observer *observe, void *with)
{
    lsnn_trial *trial = tp->trial;
    int step = 0;
    forward_begin(t->net, w, tp);
    for (int q = 0; q < trial->n_questions; q++) {
        const int stop = trial->questions[q].stop;
        forward_steps(t->net, w, tp, step, stop, observe, with);
        lsnn_random chance = actor_choose(&t->settings.loss.actor, tp, t->net, q);
        tp->decision[q].reward = t->task->act(t->task_state, t->task_parameters, &tp->draw, trial, &chance);
        if (!trial->shape.analog) trial_sort(trial);
        step = stop;
    }
    tp->n_decisions = trial->n_questions;
    tp->n_steps = trial->n_steps = step;
    forward_end(t->net, tp);
}

static void pass_forward(trainer *t, worker *w, tape *tp, worker_observer *observe, void *with)
{
    if (t->task->act)
        interact(t, w, tp, observe, with);
    else if (t->passes)
        t->passes->forward(t->passes->with, tp, observe, with);
    else
        forward(t->net, w, tp, observe, with);
}

/* Online learning goes backward with each chunk of steps that went forward. */
static bool online(const trainer *t)
{
    return t->passes && t->settings.learns && t->settings.paths.chunk > 0;
}

/* Weights change within trials: then an iteration cannot be given up. */
static bool learns_within(const trainer *t)
{
    return online(t) && !t->settings.paths.hold;
}

static uint64_t updates_per_iteration(const trainer *t)
{
    const uint64_t chunk = (uint64_t)t->settings.paths.chunk;
    if (!learns_within(t)) return 1;
    return (uint64_t)t->settings.batch * (((uint64_t)t->shape.n_steps + chunk - 1) / chunk);
}

/* Training goes on from the end of the last iteration, and the end of this one is kept apart from it: an interrupted
 * iteration changes nothing. */
static void run_forward(trainer *t, worker *w, tape *tp, int sample, const trainer_recorder *recorder)
{
    recorded_sample shown = {recorder, sample};
    const bool show = recorder && sample < recorder->n_samples;
    tp->start = t->iteration > 0 ? carried(t, t->carry, sample) : NULL;
    worker_observer *observe = show && recorder->step ? show_step : NULL;
    if (online(t)) {
        rates_signal(t, w, tp);
        t->passes->online(t->passes->with, tp, t->shards[0], 1.0 / t->settings.batch, observe, &shown);
    } else {
        pass_forward(t, w, tp, observe, &shown);
    }
    if (t->carried > 0) carry_save(carried(t, t->carry_next, sample), t->net, w, tp);
    if (show && recorder->trial) recorder->trial(recorder->with, sample, t->net, tp);
}

static void judge(const trainer *t, worker *w, tape *tp, double scale)
{
    loss_score *score = t->task->score ? task_score : NULL;
    if (t->inners) {
        inner_judge(t->inners[omp_get_thread_num()], t, tp, scale, score, t);
        return;
    }
    if (!tp->collapsed) {
        loss_judge(&t->settings.loss, t->net, tp, scale, score, t);
        return;
    }
    pooled_respond(t->net, w, tp);
    loss_judge_pooled(&t->settings.loss, tp, scale, score, t);
}

static void add_seconds(trainer *t, int phase, double *since)
{
    if (!t->timed) return;
    const double now = omp_get_wtime();
#pragma omp atomic
    t->phase_seconds[phase] += now - *since;
    *since = now;
}

static void sample_forward(trainer *t, worker *w, tape *tp, int sample, const trainer_recorder *recorder)
{
    double since = t->timed ? omp_get_wtime() : 0;
    input_draw(t, tp, LSNN_TRAIN, t->iteration * (uint64_t)t->settings.batch + (uint64_t)sample);
    add_seconds(t, PHASE_INPUT, &since);
    run_forward(t, w, tp, sample, recorder);
    judge(t, w, tp, 1.0 / t->settings.batch);
    if (recorder && recorder->judged && sample < recorder->n_samples)
        recorder->judged(recorder->with, sample, t->net, tp);
    t->sample_loss[sample] = tp->loss;
    t->sample_error[sample] = tp->error;
    t->sample_error_before[sample] = tp->error_before;
    t->sample_steps[sample] = tp->n_steps;
    t->sample_loss_rate[sample] = rates_loss(t, tp);
    add_seconds(t, PHASE_FORWARD, &since);
}

static void sample_backward(trainer *t, worker *w, tape *tp, int sample, const trainer_recorder *recorder,
                            gradients *into)
{
    recorded_sample shown = {recorder, sample};
    const bool show = recorder && recorder->back && sample < recorder->n_samples;
    double since = t->timed ? omp_get_wtime() : 0;
    if (online(t)) return;
    rates_signal(t, w, tp);
    if (t->inners) inner_return(t->inners[omp_get_thread_num()], t, tp, into);
    if (tp->collapsed) pooled_return(t->net, w, tp, into);
    if (t->passes)
        t->passes->backward(t->passes->with, tp, into);
    else
        backward(t->net, w, tp, &t->settings.paths, into, show ? show_back : NULL, &shown);
    add_seconds(t, PHASE_BACKWARD, &since);
}

static void clear_gradients(trainer *t, int shard)
{
    for (int p = 0; t->settings.learns && p < t->net->n_parameters; p++)
        memset(t->shards[shard]->value[p], 0, gradients_length(t->net, p) * sizeof(real));
    if (t->passes && t->settings.learns) t->passes->clear(t->passes->with);
}

static void clear_shard(trainer *t, int shard)
{
    memset(t->shard_count + (size_t)shard * (size_t)t->net->n_spiking, 0,
           (size_t)t->net->n_spiking * sizeof *t->shard_count);
    clear_gradients(t, shard);
}

static void change(trainer *t)
{
    t->norm = update_norm(t);
    if (isfinite(t->norm)) update_apply(t, schedule_rate(&t->settings, t->iteration), t->norm);
    t->updates++;
}

void trainer_learn(trainer *t)
{
    update_reduce(t);
    change(t);
    for (int s = 0; s < t->n_shards; s++)
        clear_gradients(t, s);
    network_refresh(t->net);
}

/* Samples shard * batch / n_shards .. are this shard's. */
static int shard_start(const trainer *t, int shard)
{
    return (int)((int64_t)shard * t->settings.batch / t->n_shards);
}

static void run_shard(trainer *t, int shard, const trainer_recorder *recorder, bool fused, int *diverged)
{
    worker *w = t->workers[omp_get_thread_num()];
    uint32_t *count = t->shard_count + (size_t)shard * (size_t)t->net->n_spiking;
    clear_shard(t, shard);
    for (int b = shard_start(t, shard); b < shard_start(t, shard + 1); b++) {
        if (t->stop && *t->stop && !learns_within(t)) return;
        tape *tp = t->tapes[fused ? omp_get_thread_num() : b];
        sample_forward(t, w, tp, b, recorder);
        if (!population_finite(t->net, w)) diverged[shard] = b + 1;
        for (int j = 0; j < t->net->n_spiking; j++)
            count[j] += tp->count[j];
        if (fused && t->settings.learns) sample_backward(t, w, tp, b, recorder, t->shards[shard]);
    }
}

static void count_spikes(trainer *t)
{
    memset(t->count, 0, (size_t)t->net->n_spiking * sizeof *t->count);
    t->n_steps = 0;
    for (int b = 0; b < t->settings.batch; b++)
        t->n_steps += (uint64_t)t->sample_steps[b];
    for (int s = 0; s < t->n_shards; s++)
        for (int j = 0; j < t->net->n_spiking; j++)
            t->count[j] += t->shard_count[s * t->net->n_spiking + j];
}

static void summarise(trainer *t, metrics *out)
{
    const int batch = t->settings.batch;
    uint64_t spikes = 0;
    *out = (metrics){0};
    for (int b = 0; b < batch; b++) {
        out->loss += t->sample_loss[b] / batch;
        out->loss_rate += t->sample_loss_rate[b] / batch;
        out->error += t->sample_error[b] / batch;
        out->error_before += t->sample_error_before[b] / batch;
    }
    if (t->settings.regularisation.scope != SCOPE_SAMPLE) out->loss_rate = rates_loss(t, NULL);
    for (int j = 0; j < t->net->n_spiking; j++)
        spikes += t->count[j];
    const double n_rates = t->net->n_spiking - t->net->n_hidden;
    if (n_rates > 0) out->rate = 1e3 * (double)spikes / (n_rates * (double)t->n_steps * t->net->dt);
    out->psi_density = rates_psi_density(t);
}

/* Which neuron left the range of numbers first: the sample runs once more, watched. */
static lsnn_status report_divergence(trainer *t, int sample, lsnn_error *err)
{
    population_watch watch = {.step = -1};
    tape *tp = t->tapes[0];
    input_draw(t, tp, LSNN_TRAIN, t->iteration * (uint64_t)t->settings.batch + (uint64_t)sample);
    pass_forward(t, t->workers[0], tp, population_observe, &watch);
    return lsnn_fail(err, LSNN_DIVERGED, "%s[%d].%s became %g at %g ms of sample %d of iteration %llu",
                     watch.population, watch.neuron, watch.variable, text_unsigned_nan(watch.number),
                     watch.step * t->net->dt, sample, (unsigned long long)(t->iteration + 1));
}

/* One thread needs no region of its own, unless its trainer is one of several at work (outer.h). */
static bool wants_region(const trainer *t)
{
    return t->n_threads > 1 || omp_get_level() > 0;
}

/* By each thread of a region, or outside of one. */
static void run_batch(trainer *t, const trainer_recorder *recorder, bool fused, int *diverged)
{
    worker_enter_thread();
#pragma omp for schedule(dynamic, 1)
    for (int s = 0; s < t->n_shards; s++)
        run_shard(t, s, recorder, fused, diverged);
#pragma omp single
    count_spikes(t);
    if (fused) return;
#pragma omp for schedule(dynamic, 1)
    for (int s = 0; s < t->n_shards; s++)
        for (int b = shard_start(t, s); b < shard_start(t, s + 1); b++)
            sample_backward(t, t->workers[omp_get_thread_num()], t->tapes[b], b, recorder, t->shards[s]);
}

lsnn_status trainer_gradient(trainer *t, metrics *out, const trainer_recorder *recorder, lsnn_error *err)
{
    const bool fused = !t->waits;
    int diverged[t->n_shards];
    memset(diverged, 0, sizeof diverged);
    t->updates = t->iteration * updates_per_iteration(t);
    worker_enter_thread(); /* so that the first batch rounds as later ones do */
    network_refresh(t->net);
    for (int k = 0; k < t->n_threads; k++)
        t->workers[k]->n_active = 0;
    if (wants_region(t)) {
#pragma omp parallel num_threads(t->n_threads)
        run_batch(t, recorder, fused, diverged);
    } else { /* no region: those of `passes` would be nested in it, and get new threads each time */
        run_batch(t, recorder, fused, diverged);
    }
    if (t->stop && *t->stop && !learns_within(t)) return lsnn_fail(err, LSNN_INTERRUPTED, "stopped by a signal");
    summarise(t, out);
    for (int s = 0; s < t->n_shards; s++)
        if (diverged[s]) return report_divergence(t, diverged[s] - 1, err);
    if (!isfinite(out->loss))
        return lsnn_fail(err, LSNN_DIVERGED, "the loss became %g in iteration %llu", text_unsigned_nan(out->loss),
                         (unsigned long long)(t->iteration + 1));
    if (t->settings.learns && !learns_within(t)) update_reduce(t);
    return LSNN_OK;
}

lsnn_status trainer_iterate(trainer *t, metrics *out, const trainer_recorder *recorder, lsnn_error *err)
{
    const volatile sig_atomic_t *stop = t->stop;
    if (t->outer) {
        TRY(outer_generation(t->outer, err));
        t->stop = NULL; /* the generation has changed what a checkpoint holds: the batch after it is not given up */
    }
    const lsnn_status status = trainer_gradient(t, out, recorder, err);
    t->stop = stop;
    TRY(status);
    if (recorder && recorder->aligns) TRY(alignment_find(t, err));
    double since = t->timed ? omp_get_wtime() : 0;
    if (t->settings.learns) {
        out->learning_rate = schedule_rate(&t->settings, t->iteration);
        if (!learns_within(t)) change(t);
        out->norm = t->norm;
        if (!isfinite(out->norm))
            return lsnn_fail(err, LSNN_DIVERGED, "the gradient became %g in iteration %llu",
                             text_unsigned_nan(out->norm), (unsigned long long)(t->iteration + 1));
    }
    for (int j = 0; j < t->net->n_spiking; j++)
        t->previous_rate[j] = rates_batch(t, j);
    for (size_t k = 0; k < (size_t)t->settings.batch * t->carried; k++)
        t->carry[k] = t->carry_next[k];
    t->iteration++;
    add_seconds(t, PHASE_UPDATE, &since);
    return LSNN_OK;
}

/* Trials first .. first+n-1, by each thread of a region or outside of one. They `go_on` from the round before if states are carried. */
static void evaluate_round(trainer *t, lsnn_set set, uint64_t first, int n, bool go_on)
{
    worker *w = t->workers[omp_get_thread_num()];
    tape *tp = t->tapes[omp_get_thread_num()];
    worker_enter_thread();
#pragma omp for schedule(dynamic, 1)
    for (int b = 0; b < n; b++) {
        input_draw(t, tp, set, first + (uint64_t)b);
        tp->start = go_on ? carried(t, t->carry_evaluation, b) : NULL;
        pass_forward(t, w, tp, NULL, NULL);
        if (t->carried > 0) carry_save(carried(t, t->carry_evaluation, b), t->net, w, tp);
        judge(t, w, tp, 1);
        t->sample_loss[b] = tp->loss;
        t->sample_error[b] = tp->error;
        t->sample_error_before[b] = tp->error_before;
        t->sample_steps[b] = tp->n_steps;
        t->sample_spikes[b] = tp->spike_start[tp->n_steps];
        if (set == LSNN_TEST) tested_keep(t, tp, b);
    }
}

lsnn_status trainer_evaluate(trainer *t, metrics *out, lsnn_set set, uint64_t first, uint64_t n, lsnn_error *err)
{
    double loss = 0, error = 0, error_before = 0;
    uint64_t spikes = 0, steps = 0;
    worker_enter_thread();
    network_refresh(t->net);
    if (set == LSNN_TEST) tested_clear(t);
    /* In rounds of one batch, so that the sums have a fixed order. */
    for (uint64_t done = 0; done < n;) {
        const int round = (int)(n - done < (uint64_t)t->settings.batch ? n - done : (uint64_t)t->settings.batch);
        if (wants_region(t)) {
#pragma omp parallel num_threads(t->n_threads)
            evaluate_round(t, set, first + done, round, done > 0);
        } else {
            evaluate_round(t, set, first + done, round, done > 0);
        }
        for (int b = 0; b < round; b++) {
            loss += t->sample_loss[b];
            error += t->sample_error[b];
            error_before += t->sample_error_before[b];
            spikes += t->sample_spikes[b];
            steps += (uint64_t)t->sample_steps[b];
            if (set == LSNN_TEST) tested_add(t, b);
        }
        done += (uint64_t)round;
    }
    const double n_rates = t->net->n_spiking - t->net->n_hidden;
    const double neuron_seconds = n_rates * (double)steps * t->net->dt / 1e3;
    *out = (metrics){.loss = loss / (double)n, .error = error / (double)n, .error_before = error_before / (double)n};
    if (neuron_seconds > 0) out->rate = (double)spikes / neuron_seconds;
    if (!isfinite(loss))
        return lsnn_fail(err, LSNN_DIVERGED, "the loss of the evaluation became %g", text_unsigned_nan(loss));
    return LSNN_OK;
}
