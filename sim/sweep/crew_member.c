/* A worker: takes a piece of work, runs it, writes down how it ended, takes the next. */
#include "crew.h"
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef struct member {
    sweep *s;
    const sweep_host *host;
    const crew_settings *settings;
    crew_slot *slot;
    plan plan;
    const char **values;
    char folder[PATH_MAX]; /* of the trial at hand */
} member;

/* ---- signs of life ------------------------------------------------------------------------------------------------------- */

/* Touches the claim while a trial runs, and gives up if somebody has taken over: then this process was thought dead. */
typedef struct pulse {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool over, lost;
    crew_slot *slot;
    char claim[LEDGER_PATH], next[LEDGER_PATH];
} pulse;

static void *beat(void *with)
{
    pulse *p = with;
    struct timespec until;
    pthread_mutex_lock(&p->lock);
    while (!p->over) {
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += CLAIM_BEAT;
        pthread_cond_timedwait(&p->ended, &p->lock, &until);
        if (p->over || !p->claim[0]) continue;
        claim_touch(p->claim);
        if (!claim_exists(p->next)) continue;
        p->lost = true;
        p->slot->stop = 1;
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static lsnn_status pulse_start(pulse *p, crew_slot *slot, lsnn_error *err)
{
    sigset_t all, before;
    *p = (pulse){.slot = slot, .lock = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER};
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int code = pthread_create(&p->thread, NULL, beat, p);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code == 0 ? LSNN_OK : lsnn_fail(err, LSNN_MEMORY, "no thread can be started: %s", strerror(code));
}

static void pulse_end(pulse *p)
{
    pthread_mutex_lock(&p->lock);
    p->over = true;
    pthread_cond_signal(&p->ended);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
}

/* NULL: between trials. Returns whether the claim before was lost to somebody else. */
static bool pulse_follow(pulse *p, const sweep *s, const sweep_job *job)
{
    pthread_mutex_lock(&p->lock);
    const bool lost = p->lost || (p->claim[0] && claim_exists(p->next));
    p->claim[0] = '\0';
    if (job) {
        ledger_claim_path(p->claim, s, job->trial, job->rung, job->claim);
        ledger_claim_path(p->next, s, job->trial, job->rung, job->claim + 1);
    }
    pthread_mutex_unlock(&p->lock);
    return lost;
}

/* ---- a trial ------------------------------------------------------------------------------------------------------------- */

static lsnn_status look(bool *hopeless, const sweep_job *job, const outcome *o, lsnn_error *err)
{
    const member *m = job->with;
    const search *q = &m->s->search;
    const size_t n = m->s->space.n_trials;
    char path[LEDGER_PATH];
    double mean, own, best, *others = malloc(n * sizeof *others);
    size_t count = 0;
    *hopeless = false;
    if (!others) return lsnn_fail(err, LSNN_MEMORY, "not enough memory to compare trials");
    ledger_report_path(path, m->s, job->trial);
    const lsnn_status status = search_report(path, o->iterations, search_cost(q, o->metric), err);
    const bool known = search_average(path, o->iterations, &mean, &own);
    for (size_t trial = 0; status == LSNN_OK && known && trial < n; trial++) {
        ledger_report_path(path, m->s, trial);
        if (trial != job->trial && search_average(path, o->iterations, &mean, &best)) others[count++] = mean;
    }
    if (count >= (size_t)q->at_least) *hopeless = own > search_median(others, count);
    free(others);
    return status;
}

static void clear_folder(const char *folder)
{
    DIR *directory = opendir(folder);
    if (!directory) return;
    for (const struct dirent *entry; (entry = readdir(directory));)
        unlinkat(dirfd(directory), entry->d_name, 0); /* which leaves folders alone */
    closedir(directory);
}

static lsnn_status run_once(const member *m, const sweep_job *job, outcome *o, lsnn_error *err)
{
    arena *a;
    config_node *root;
    TRY(arena_new(&a, err));
    outcome_begin(o);
    sweep_values(m->values, &m->s->space, job->trial);
    lsnn_status status = sweep_tree(&root, &m->s->space, m->s->base, m->values, a, err);
    if (status == LSNN_OK) status = m->host->run(o, job, root, a, err);
    arena_free(a);
    return status;
}

/* What is wrong with one trial is its outcome; what is wrong with the disk or the program ends the sweep. */
static bool is_failure(lsnn_status status)
{
    return status == LSNN_CONFIG || status == LSNN_DATA || status == LSNN_MEMORY || status == LSNN_DIVERGED;
}

static lsnn_status run_trial(const member *m, const sweep_job *job, outcome *o, lsnn_error *err)
{
    const ledger_entry *e = ledger_at(&m->plan.ledger, job->trial, job->rung);
    if (mkdir(job->folder, 0777) != 0 && errno != EEXIST)
        return lsnn_fail(err, LSNN_OUTPUT, "%s cannot be made: %s", job->folder, strerror(errno));
    if (job->rung == 0 && e->released > 0 && e->released + 1 == job->claim) clear_folder(job->folder);
    lsnn_status status = run_once(m, job, o, err);
    if (status == LSNN_DATA) {
        clear_folder(job->folder);
        status = run_once(m, job, o, err);
    }
    if (!is_failure(status)) return status;
    o->status = OUTCOME_FAILED;
    snprintf(o->message, sizeof o->message, "%.*s", (int)sizeof o->message - 1, err->message);
    return LSNN_OK;
}

static void show(const member *m, const sweep_job *job)
{
    m->slot->trial = job ? job->trial : 0;
    m->slot->rung = job ? job->rung : 0;
    m->slot->claim = job ? job->claim : 0;
    m->slot->busy = job != NULL;
}

static lsnn_status do_job(member *m, pulse *p, sweep_job *job, lsnn_error *err)
{
    char path[LEDGER_PATH];
    outcome o;
    sweep_trial_folder(m->folder, m->s, job->trial);
    job->folder = m->folder;
    pulse_follow(p, m->s, job);
    show(m, job);
    const lsnn_status status = run_trial(m, job, &o, err);
    const bool lost = pulse_follow(p, m->s, NULL);
    if (lost) m->slot->stop = p->lost = 0;
    if (status == LSNN_OK && !lost) {
        ledger_outcome_path(path, m->s, job->trial, job->rung);
        TRY(outcome_write(&o, path, err));
        ledger_look(&m->plan.ledger, job->trial, job->rung);
        m->slot->n_done++;
    }
    show(m, NULL);
    return lost ? LSNN_OK : status;
}

static void wait_a_little(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
}

static lsnn_status work(member *m, pulse *p, lsnn_error *err)
{
    const search *q = &m->s->search;
    sweep_job job = {.look = look, .with = m, .stop = &m->slot->stop, .n_threads = m->settings->n_threads};
    job.look_every = q->kind == SEARCH_MEDIAN ? (uint64_t)q->every : 0;
    job.after = (uint64_t)q->after;
    for (plan_answer answer; !m->slot->stop;) {
        TRY(plan_next(&answer, &job, &m->plan, err));
        if (answer == PLAN_OVER) return LSNN_OK;
        if (answer == PLAN_WORK)
            TRY(do_job(m, p, &job, err));
        else
            wait_a_little();
    }
    return lsnn_fail(err, LSNN_INTERRUPTED, "stopped by a signal");
}

lsnn_status crew_member_work(sweep *s, const sweep_host *host, const crew_settings *settings, size_t first,
                             crew_slot *slot, lsnn_error *err)
{
    member m = {.s = s, .host = host, .settings = settings, .slot = slot};
    pulse p;
    TRY(plan_new(&m.plan, s, settings->part, settings->parts, first, err));
    TRY(arena_take(s->memory, &m.values, (size_t)s->space.n_parameters, sizeof *m.values, err));
    TRY(pulse_start(&p, slot, err));
    const lsnn_status status = work(&m, &p, err);
    pulse_end(&p);
    return status;
}

lsnn_status crew_member_bury(const sweep *s, const crew_slot *slot, int signal, lsnn_error *err)
{
    char path[LEDGER_PATH];
    outcome o;
    ledger_outcome_path(path, s, slot->trial, slot->rung);
    if (outcome_read(&o, path)) return LSNN_OK;
    outcome_begin(&o);
    o.status = OUTCOME_FAILED;
    snprintf(o.message, sizeof o.message, "the process that ran it ended by signal %d (%s)%s", signal,
             strsignal(signal), signal == SIGKILL ? ", perhaps for lack of memory" : "");
    return outcome_write(&o, path, err);
}
