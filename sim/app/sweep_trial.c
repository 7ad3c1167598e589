/* What a sweep asks of the program: building and running trials. */
#include "sweep_trial.h"
#include "session.h"
#include "simulate.h"
#include <errno.h>
#include <string.h>

static lsnn_status check(sweep_facts *out, config_node *root, arena *a, lsnn_error *err)
{
    experiment *e;
    TRY(verb_build(&e, root, 1, a, err));
    *out = (sweep_facts){.iterations = (uint64_t)e->learning.iterations,
                         .validate_every = (uint64_t)e->validate_every,
                         .tests = e->test_trials > 0,
                         .simulates = e->simulation.engine != ENGINE_NONE};
    if (out->simulates) return LSNN_OK;
    out->adapts = e->learning.paths.inner.on;
    out->rounds = e->task->rounds != NULL;
    return LSNN_OK;
}

/* Running it alone gives the same bits. It is not synced: the sweep can write it again. */
static lsnn_status write_config(const sweep_job *job, const experiment *e, lsnn_error *err)
{
    char path[PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/config.yaml", job->folder);
    FILE *file = fopen(path, "w");
    if (!file) return lsnn_fail(err, LSNN_OUTPUT, "%s cannot be written: %s", path, strerror(errno));
    const lsnn_status status = config_write(e->root, file, true, NULL);
    const int code = errno;
    if (fclose(file) == 0 && status == LSNN_OK) return LSNN_OK;
    return lsnn_fail(err, LSNN_OUTPUT, "%s cannot be written: %s", path, strerror(status == LSNN_OK ? errno : code));
}

static void take_figures(outcome *o, const experiment *e, const session *s)
{
    const session_figures f = session_now(s);
    o->seed = e->seed;
    o->iterations = f.iterations;
    o->goal = f.goal;
    o->seconds = f.seconds;
    o->metric[OUTCOME_loss] = f.last.loss;
    o->metric[OUTCOME_error] = f.last.error;
    o->metric[OUTCOME_rate] = f.last.rate;
    if (f.validated) {
        o->metric[OUTCOME_validation_loss] = f.validation_loss;
        o->metric[OUTCOME_validation_error] = f.validation_error;
    }
    if (f.tested) {
        o->metric[OUTCOME_test_loss] = f.test.loss;
        o->metric[OUTCOME_test_error] = f.test.error;
        o->metric[OUTCOME_test_error_ratio] = f.test_error_ratio;
        o->metric[OUTCOME_test_round_ratio] = f.test_round_ratio;
    }
}

static uint64_t next_look(const sweep_job *job, uint64_t iteration)
{
    if (job->look_every == 0) return UINT64_MAX;
    uint64_t next = (iteration / job->look_every + 1) * job->look_every;
    if (next < job->after) next = (job->after + job->look_every - 1) / job->look_every * job->look_every;
    return next;
}

static lsnn_status advance(outcome *o, const sweep_job *job, const experiment *e, session *s, lsnn_error *err)
{
    bool hopeless = false;
    while (!session_is_over(s) && !hopeless && e->trainer->iteration < job->until) {
        const uint64_t look = next_look(job, e->trainer->iteration);
        TRY(session_advance(s, look < job->until ? look : job->until, err));
        take_figures(o, e, s);
        if (e->trainer->iteration == look && !session_is_over(s)) TRY(job->look(&hopeless, job, o, err));
    }
    const bool over = session_is_over(s);
    TRY(over ? session_finish(s, err) : session_pause(s, err));
    o->status = over ? OUTCOME_DONE : hopeless ? OUTCOME_STOPPED : OUTCOME_PAUSED;
    return LSNN_OK;
}

static lsnn_status train(outcome *o, const sweep_job *job, experiment *e, lsnn_error *err)
{
    session *s = NULL;
    lsnn_status status = session_trial(&s, e, job->folder, job->stop, err);
    if (status == LSNN_OK) status = advance(o, job, e, s, err);
    if (s) take_figures(o, e, s);
    session_free(s);
    return status;
}

static lsnn_status simulate(outcome *o, const sweep_job *job, experiment *e, lsnn_error *err)
{
    simulate_figures f;
    TRY(simulate_trial(&f, e, job->folder, job->n_threads, job->stop, err));
    o->status = OUTCOME_DONE;
    o->iterations = f.steps;
    o->seconds = f.seconds;
    o->metric[OUTCOME_rate] = f.rate;
    o->metric[OUTCOME_cv] = f.cv;
    o->metric[OUTCOME_synchrony] = f.synchrony;
    return LSNN_OK;
}

static lsnn_status run(outcome *o, const sweep_job *job, config_node *root, arena *a, lsnn_error *err)
{
    experiment *e;
    TRY(verb_build(&e, root, job->n_threads, a, err));
    o->seed = e->seed;
    TRY(write_config(job, e, err));
    return e->simulation.engine == ENGINE_NONE ? train(o, job, e, err) : simulate(o, job, e, err);
}

const sweep_host sweep_trial_host = {.check = check, .run = run};
