/* One run in its folder. */
#include "session.h"
#include "folder.h"
#include "json.h"
#include "memory.h"
#include "recorder.h"
#include "state.h"
#include "stop.h"
#include "text.h"
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct session {
    experiment *e;
    const char *command;
    recorder *recorder;
    result *result;
    folder folder;
    log_state log;
    state_item *items;
    int n_items;
    run_state state;
    metrics test;
    bool tested;
    bool begun;            /* run.h5 and a first checkpoint lie in the folder */
    bool trial;            /* of a sweep */
    bool starved;          /* that psi is nearly always 0 has been said */
    int silent;            /* iterations in a row without a spike */
    double started, saved; /* log_seconds */
};

static lsnn_status prepare(session **out, experiment *e, log_level level, lsnn_error *err)
{
    TRY(memory_check(e, err));
    session *s = calloc(1, sizeof *s);
    int n_columns;
    if (!s) return lsnn_fail(err, LSNN_MEMORY, "not enough memory to begin");
    *out = s;
    s->e = e;
    s->state.error = s->state.loss = -1;
    log_open(&s->log, level, stderr);
    s->started = s->saved = log_seconds();
    TRY(recorder_new(&s->recorder, e, err));
    recorder_columns(s->recorder, &n_columns);
    return state_items(&s->items, &s->n_items, e, &s->state, recorder_rows(s->recorder), n_columns, err);
}

static recorder_subject subject_of(const session *s)
{
    return (recorder_subject){s->e, s->command, s->state.id, s->e->n_threads};
}

static lsnn_status begin_result(session *s, lsnn_error *err)
{
    const recorder_subject subject = subject_of(s);
    if (getentropy(s->state.id, sizeof s->state.id) != 0)
        return lsnn_fail(err, LSNN_INTERNAL, "the system gives no random number: %s", strerror(errno));
    TRY(result_begin(s->result, recorder_head, &subject, err));
    s->begun = true;
    return LSNN_OK;
}

static lsnn_status save(session *s, const char *status, lsnn_error *err)
{
    const double seconds = s->state.seconds;
    const recorder_subject subject = subject_of(s);
    TRY(folder_flush_metrics(&s->folder, err));
    if (!s->begun) TRY(begin_result(s, err));
    TRY(s->state.finished ? result_finish(s->result, recorder_tail, &subject, err)
                          : result_commit(s->result, status, err));
    s->state.seconds += log_seconds() - s->started;
    const lsnn_status written = checkpoint_write(s->folder.checkpoint, s->items, s->n_items, s->e->resolved, err);
    s->state.seconds = seconds;
    s->saved = log_seconds();
    return written;
}

static lsnn_status begin_files(session *s, lsnn_error *err)
{
    int n_columns;
    const result_column *columns = recorder_columns(s->recorder, &n_columns);
    TRY(result_plan(&s->result, s->folder.result, columns, n_columns, err));
    TRY(folder_begin_metrics(&s->folder, err));
    return s->trial ? LSNN_OK : save(s, "running", err);
}

lsnn_status session_new(session **out, experiment *e, const verb_options *options, const char *command, lsnn_error *err)
{
    TRY(prepare(out, e, options->level, err));
    session *s = *out;
    TRY(folder_new(&s->folder, options->output, e->name, e->seed, err));
    TRY(folder_lock(&s->folder, err));
    TRY(folder_write_config(&s->folder, e->root, command, err));
    s->command = command;
    s->log.copy = folder_open_log(&s->folder);
    return begin_files(s, err);
}

static lsnn_status go_on(session *s, lsnn_error *err)
{
    bool used_previous = false;
    int n_columns;
    experiment *e = s->e;
    if (!folder_has_checkpoint(&s->folder)) {
        folder_forget_result(&s->folder);
        return begin_files(s, err);
    }
    TRY(checkpoint_recover(s->folder.checkpoint, s->items, s->n_items, e->resolved, &used_previous, err));
    TRY(state_check(e, err));
    if (used_previous)
        log_say(&s->log, LOG_WARNING, "%s cannot be read; going on from the one before", s->folder.checkpoint);
    const result_column *columns = recorder_columns(s->recorder, &n_columns);
    const recorder_subject subject = subject_of(s);
    TRY(result_resume(&s->result, s->folder.result, columns, n_columns, recorder_rows(s->recorder), recorder_check,
                      &subject, err));
    s->begun = true;
    return folder_resume_metrics(&s->folder, e->trainer->iteration, err);
}

lsnn_status session_resume(session **out, experiment *e, const verb_options *options, const char *path,
                           const char *command, lsnn_error *err)
{
    TRY(prepare(out, e, options->level, err));
    session *s = *out;
    s->command = command;
    TRY(folder_open(&s->folder, path, err));
    TRY(folder_lock(&s->folder, err));
    s->log.copy = folder_open_log(&s->folder);
    return go_on(s, err);
}

lsnn_status session_trial(session **out, experiment *e, const char *path, const volatile sig_atomic_t *stop,
                          lsnn_error *err)
{
    TRY(prepare(out, e, LOG_ERROR, err));
    session *s = *out;
    s->trial = true;
    s->command = "lsnn sweep";
    e->trainer->stop = stop;
    TRY(folder_open(&s->folder, path, err));
    s->folder.lazy = true;
    TRY(go_on(s, err));
    if (!s->state.finished) return LSNN_OK;
    return lsnn_fail(err, LSNN_DATA, "%s was finished, but how it ended is not known", path);
}

/* ---- training --------------------------------------------------------------------------------------------------------- */

static lsnn_status judge(session *s, metrics *out, int batches, lsnn_error *err)
{
    const uint64_t n = (uint64_t)batches * (uint64_t)s->e->learning.batch;
    const uint64_t size = s->e->shape.size[LSNN_VALIDATION];
    const uint64_t first = s->state.validations * (uint64_t)s->e->learning.batch;
    s->state.validations += (uint64_t)batches;
    /* A finite set is gone through again and again. */
    return trainer_evaluate(s->e->trainer, out, LSNN_VALIDATION, size > 0 ? first % size : first, n, err);
}

static double goal_value(const experiment *e, const metrics *m)
{
    return e->goal == GOAL_LOSS ? m->loss : m->error;
}

static lsnn_status validate(session *s, lsnn_error *err)
{
    const experiment *e = s->e;
    metrics m;
    TRY(judge(s, &m, e->validate_batches, err));
    if (e->goal != GOAL_NONE && goal_value(e, &m) < e->goal_below && e->goal_confirm > 0)
        TRY(judge(s, &m, e->goal_confirm, err));
    s->state.error = m.error;
    s->state.loss = m.loss;
    s->state.goal_reached = e->goal != GOAL_NONE && goal_value(e, &m) < e->goal_below;
    return recorder_validation(s->recorder, s->result, &m, err);
}

static double seconds_so_far(const session *s)
{
    return s->state.seconds + log_seconds() - s->started;
}

static void show(session *s)
{
    const experiment *e = s->e;
    const uint64_t done = e->trainer->iteration, total = (uint64_t)e->learning.iterations;
    if (s->log.level < LOG_INFO || !log_progress_due(&s->log, done, total)) return;
    char validation[64] = "";
    if (s->state.error >= 0) snprintf(validation, sizeof validation, "  validation %.3g", s->state.error);
    log_progress(&s->log, done, total, "loss %.4g  error %.3g%s  rate %.3g Hz", s->state.last.loss, s->state.last.error,
                 validation, s->state.last.rate);
}

/* Once a run. A learning rate that is too high is the usual cause. */
static void warn_of_starvation(session *s)
{
    static const double too_few = 0.01;
    if (s->starved || !(s->state.last.psi_density < too_few)) return;
    s->starved = true;
    log_say(&s->log, LOG_WARNING,
            "iteration %" PRIu64
            ": psi is not 0 for only %.2g %% of neurons and steps, so that hardly any error passes "
            "back through the network; a lower learning rate, a larger `width` of the surrogates or a higher target of "
            "the regularisation may help",
            s->e->trainer->iteration, 100 * s->state.last.psi_density);
}

/* Once in a row of them. A network may be silent for a while before the regularisation wakes it. */
static void warn_of_silence(session *s)
{
    enum { MANY = 20 };
    const network *net = s->e->net;
    s->silent = net->n_spiking > net->n_hidden && s->state.last.rate == 0 ? s->silent + 1 : 0;
    if (s->silent == MANY)
        log_say(&s->log, LOG_WARNING,
                "iteration %" PRIu64
                ": no neuron has spiked for %d iterations; larger weights or a lower v_th wake them",
                s->e->trainer->iteration, MANY);
}

static lsnn_status iterate(session *s, lsnn_error *err)
{
    const experiment *e = s->e;
    const bool validates = e->validate_every > 0 && (e->trainer->iteration + 1) % (uint64_t)e->validate_every == 0;
    metrics m; /* of a failed iteration they are not kept */
    TRY(trainer_iterate(e->trainer, &m, recorder_due(s->recorder), err));
    s->state.last = m;
    TRY(recorder_iteration(s->recorder, s->result, &s->state.last, err));
    warn_of_starvation(s);
    warn_of_silence(s);
    if (validates) TRY(validate(s, err));
    TRY(folder_add_metrics(&s->folder, e->trainer->iteration, &s->state.last, validates ? s->state.loss : NAN,
                           validates ? s->state.error : NAN, seconds_so_far(s), err));
    show(s);
    return LSNN_OK;
}

#define MOST_BUFFERED ((size_t)64 << 20)

static bool save_is_due(const session *s)
{
    return log_seconds() - s->saved >= s->e->checkpoint_seconds || result_buffered(s->result) > MOST_BUFFERED;
}

static lsnn_status test(session *s, lsnn_error *err)
{
    if (s->e->test_trials == 0 || s->state.finished) return LSNN_OK;
    TRY(trainer_evaluate(s->e->trainer, &s->test, LSNN_TEST, 0, (uint64_t)s->e->test_trials, err));
    s->tested = true;
    return recorder_test(s->recorder, s->result, &s->test, err);
}

/* The iteration that was under way is given up: it is done anew when the run goes on. */
static lsnn_status interrupt(session *s, lsnn_error *err)
{
    TRY(save(s, "interrupted", err));
    log_progress_end(&s->log);
    return lsnn_fail(err, LSNN_INTERRUPTED,
                     "stopped by a signal after iteration %" PRIu64 "; go on with: lsnn resume %s",
                     s->e->trainer->iteration, s->folder.path);
}

lsnn_status session_advance(session *s, uint64_t until, lsnn_error *err)
{
    while (!session_is_over(s) && s->e->trainer->iteration < until) {
        const lsnn_status status = iterate(s, err);
        if (status == LSNN_INTERRUPTED || (status == LSNN_OK && *s->e->trainer->stop)) return interrupt(s, err);
        TRY(status);
        if (save_is_due(s)) TRY(save(s, "running", err));
    }
    return LSNN_OK;
}

bool session_is_over(const session *s)
{
    return s->state.goal_reached || s->e->trainer->iteration >= (uint64_t)s->e->learning.iterations;
}

lsnn_status session_pause(session *s, lsnn_error *err)
{
    return save(s, "interrupted", err);
}

lsnn_status session_finish(session *s, lsnn_error *err)
{
    TRY(test(s, err));
    if (!s->state.finished) TRY(recorder_end(s->recorder, s->result, err));
    s->state.finished = 1;
    if (!s->trial || s->e->n_records > 0) return save(s, "complete", err);
    TRY(folder_flush_metrics(&s->folder, err));
    if (s->begun) folder_forget_state(&s->folder);
    return LSNN_OK;
}

static lsnn_status train(session *s, lsnn_error *err)
{
    TRY(session_advance(s, UINT64_MAX, err));
    log_progress_end(&s->log);
    return session_finish(s, err);
}

lsnn_status session_train(session *s, lsnn_error *err)
{
    s->e->trainer->stop = stop_catch();
    const lsnn_status status = train(s, err);
    if (status == LSNN_OK || status == LSNN_INTERRUPTED) return status;
    log_progress_end(&s->log);
    /* What was recorded before the numbers ran away shows why they did. */
    if (status == LSNN_DIVERGED) {
        lsnn_error ignored;
        const lsnn_status kept = result_commit(s->result, "diverged", &ignored);
        if (kept != LSNN_OK) log_say(&s->log, LOG_ERROR, "%s", ignored.message);
    }
    return status;
}

/* ---- summary ---------------------------------------------------------------------------------------------------------- */

/* Whether the test's trials came to a second round. */
static bool has_rounds(const session *s)
{
    const tally *rounds = &s->e->trainer->rounds;
    return s->tested && rounds->n > 1 && rounds->count[1] > 0;
}

static double later_rounds(const session *s)
{
    return tally_mean_from(&s->e->trainer->rounds, 1);
}

session_figures session_now(const session *s)
{
    const experiment *e = s->e;
    const bool adapts = s->tested && e->trainer->inners;
    session_figures f = {.iterations = e->trainer->iteration,
                         .goal = e->goal == GOAL_NONE ? -1 : (int)s->state.goal_reached,
                         .validated = s->state.error >= 0,
                         .tested = s->tested,
                         .last = s->state.last,
                         .test = s->test,
                         .validation_error = s->state.error,
                         .validation_loss = s->state.loss,
                         .test_error_ratio = adapts ? s->test.error_before / s->test.error : NAN,
                         .test_round_ratio =
                             has_rounds(s) ? later_rounds(s) / tally_mean_from(&e->trainer->first_rounds, 1) : NAN,
                         .seconds = seconds_so_far(s)};
    return f;
}

static void print_json(const session *s)
{
    const session_figures f = session_now(s);
    static const char *const truth[] = {"null", "false", "true"};
    printf("{\"experiment\": ");
    json_text(s->e->name);
    printf(", \"seed\": %" PRIu64 ", \"iterations\": %" PRIu64 ", \"goal_reached\": %s", s->e->seed, f.iterations,
           truth[f.goal + 1]);
    json_entry("loss", f.last.loss);
    json_entry("error", f.last.error);
    json_entry("rate", f.last.rate);
    if (f.validated) json_entry("validation_loss", f.validation_loss);
    if (f.validated) json_entry("validation_error", f.validation_error);
    if (f.tested) json_entry("test_loss", f.test.loss);
    if (f.tested) json_entry("test_error", f.test.error);
    if (f.tested && s->e->trainer->inners) {
        json_entry("test_error_before", f.test.error_before);
        json_entry("test_error_ratio", f.test_error_ratio);
    }
    if (has_rounds(s)) {
        json_entry("test_round", later_rounds(s));
        json_entry("test_round_ratio", f.test_round_ratio);
    }
    printf(", \"seconds\": %.3f, \"folder\": ", f.seconds);
    json_text(s->folder.path);
    printf("}\n");
}

void session_summary(const session *s, bool json)
{
    const experiment *e = s->e;
    const session_figures f = session_now(s);
    char duration[32];
    if (json) {
        print_json(s);
        return;
    }
    text_duration(duration, seconds_so_far(s));
    printf("%s, seed %" PRIu64 ": %" PRIu64 " iterations in %s\n", e->name, e->seed, e->trainer->iteration, duration);
    if (e->goal != GOAL_NONE)
        printf("  goal         %s below %g: %s\n", e->goal == GOAL_LOSS ? "loss" : "error", e->goal_below,
               s->state.goal_reached ? "reached" : "not reached");
    if (s->state.error >= 0) printf("  validation   error %.4f, loss %.4g\n", s->state.error, s->state.loss);
    if (s->tested)
        printf("  test         error %.4f, loss %.4g (%" PRId64 " trials)\n", s->test.error, s->test.loss,
               e->test_trials);
    if (s->tested && e->trainer->inners)
        printf("  within trial error %.4f before, %.4f after: %.3g times\n", s->test.error_before, s->test.error,
               f.test_error_ratio);
    if (has_rounds(s))
        printf("  rounds       from the second on %.1f long, %.2f times the first of the same trials\n",
               later_rounds(s), f.test_round_ratio);
    printf("  last batch   error %.4f, loss %.4g, rate %.1f Hz\n", s->state.last.error, s->state.last.loss,
           s->state.last.rate);
    printf("  results      %s\n               look with: lsnn describe %s\n", s->folder.path, s->folder.result);
}

void session_free(session *s)
{
    if (!s) return;
    result_free(s->result);
    folder_close(&s->folder);
    if (s->log.copy) fclose(s->log.copy);
    free(s);
}
