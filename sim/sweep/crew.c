/* Workers on this machine, and the process that watches over them. It computes nothing itself: a process that has threads of OpenMP cannot
 * be forked. */
#include "crew.h"
#include "stop.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_KILLS = 3 }; /* of one slot, until the trial itself is taken for the reason */

typedef struct crew {
    sweep *s;
    const sweep_host *host;
    const crew_settings *settings;
    crew_slot *slots; /* [n_workers], shared */
    int *kills;
    ledger ledger;
    const volatile sig_atomic_t *asked_to_stop;
    lsnn_status status;
} crew;

static volatile sig_atomic_t *own_stop; /* of a worker */

static void stop_self(int number)
{
    (void)number;
    *own_stop = 1;
}

static void handle(int number, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

/* ---- workers ------------------------------------------------------------------------------------------------------------- */

/* A terminal sends signals to all of its processes, so workers leave them to their parent; only its death is theirs to notice. */
static void become_worker(crew_slot *slot, pid_t parent)
{
    own_stop = &slot->stop;
    handle(SIGINT, SIG_IGN, 0);
    handle(SIGTERM, SIG_IGN, 0);
    handle(SIGHUP, stop_self, SA_RESTART);
    prctl(PR_SET_PDEATHSIG, SIGHUP);
    if (getppid() != parent) slot->stop = 1;
}

static void work(const crew *c, int number, pid_t parent)
{
    crew_slot *slot = &c->slots[number];
    become_worker(slot, parent);
    slot->status = crew_member_work(c->s, c->host, c->settings, 0, slot, &slot->error);
    _exit(0);
}

static lsnn_status start(const crew *c, int number, lsnn_error *err)
{
    crew_slot *slot = &c->slots[number];
    const pid_t parent = getpid();
    slot->busy = false;
    slot->status = LSNN_INTERNAL;
    snprintf(slot->error.message, sizeof slot->error.message, "a worker ended without a word");
    const pid_t child = fork();
    if (child == 0) work(c, number, parent);
    slot->pid = child;
    if (child > 0) return LSNN_OK;
    return lsnn_fail(err, LSNN_MEMORY, "no process can be started: %s", strerror(errno));
}

/* ---- watching ------------------------------------------------------------------------------------------------------------ */

static void ask_workers_to_stop(const crew *c)
{
    for (int k = 0; k < c->settings->n_workers; k++)
        c->slots[k].stop = 1;
}

/* A worker that was killed leaves its trial to the next one; one that has crashed would do so again. */
static lsnn_status replace(crew *c, int number, int signal, lsnn_error *err)
{
    crew_slot *slot = &c->slots[number];
    log_say(c->settings->log, LOG_WARNING, "a worker ended by signal %d (%s)", signal, strsignal(signal));
    if (slot->busy && (signal != SIGKILL || ++c->kills[number] >= MOST_KILLS)) {
        TRY(crew_member_bury(c->s, slot, signal, err));
        c->kills[number] = 0;
    }
    return slot->stop ? LSNN_OK : start(c, number, err);
}

/* `alive`: workers that have not ended. */
static lsnn_status look_after(crew *c, int *alive, lsnn_error *err)
{
    *alive = 0;
    for (int k = 0; k < c->settings->n_workers; k++) {
        crew_slot *slot = &c->slots[k];
        int state;
        if (slot->pid <= 0) continue;
        ++*alive;
        if (waitpid(slot->pid, &state, WNOHANG) != slot->pid) continue;
        slot->pid = 0;
        if (WIFSIGNALED(state)) {
            TRY(replace(c, k, WTERMSIG(state), err));
        } else if (slot->status != LSNN_OK && slot->status != LSNN_INTERRUPTED && c->status == LSNN_OK) {
            c->status = lsnn_fail(err, slot->status, "%s", slot->error.message);
            ask_workers_to_stop(c);
        }
    }
    return LSNN_OK;
}

static size_t n_done(const crew *c)
{
    size_t n = c->ledger.n_judged;
    for (int k = 0; k < c->settings->n_workers; k++)
        n += c->slots[k].n_done;
    return n;
}

static void show(const crew *c)
{
    const size_t total = c->s->space.n_trials * (size_t)c->s->n_rungs, done = n_done(c);
    if (!log_progress_due(c->settings->log, done, total)) return;
    log_progress(c->settings->log, done, total, "%d at a time", c->settings->n_workers);
}

static lsnn_status watch(crew *c, lsnn_error *err)
{
    for (int alive = 1; alive > 0;) {
        TRY(look_after(c, &alive, err));
        if (*c->asked_to_stop) ask_workers_to_stop(c);
        show(c);
        if (alive > 0) nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
    log_progress_end(c->settings->log);
    if (c->status != LSNN_OK || !*c->asked_to_stop) return c->status;
    return lsnn_fail(err, LSNN_INTERRUPTED, "stopped by a signal; go on with: lsnn sweep %s", c->s->folder);
}

lsnn_status crew_run(sweep *s, const sweep_host *host, const crew_settings *settings, lsnn_error *err)
{
    crew c = {.s = s, .host = host, .settings = settings};
    const size_t size = (size_t)settings->n_workers * sizeof *c.slots;
    TRY(arena_take(s->memory, &c.kills, (size_t)settings->n_workers, sizeof *c.kills, err));
    TRY(ledger_new(&c.ledger, s, err));
    c.slots = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (c.slots == MAP_FAILED) return lsnn_fail(err, LSNN_MEMORY, "no memory for the workers: %s", strerror(errno));
    c.asked_to_stop = stop_catch();
    stop_catch_hangup();
    lsnn_status status = LSNN_OK;
    for (int k = 0; k < settings->n_workers && status == LSNN_OK; k++)
        status = start(&c, k, err);
    if (status == LSNN_OK) status = watch(&c, err);
    munmap(c.slots, size);
    return status;
}
