/* The folder `state`. */
#include "ledger.h"
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t n_entries(const ledger *l)
{
    return l->s->space.n_trials * (size_t)l->s->n_rungs;
}

lsnn_status ledger_new(ledger *out, const sweep *s, lsnn_error *err)
{
    *out = (ledger){.s = s};
    TRY(arena_take(s->memory, &out->entries, n_entries(out), sizeof *out->entries, err));
    return ledger_refresh(out, err);
}

ledger_entry *ledger_at(const ledger *l, size_t trial, int rung)
{
    return &l->entries[trial * (size_t)l->s->n_rungs + (size_t)rung];
}

void ledger_claim_path(char out[LEDGER_PATH], const sweep *s, size_t trial, int rung, unsigned claim)
{
    snprintf(out, LEDGER_PATH, "%s/%0*zu-%d.%u", s->state, s->digits, trial, rung, claim);
}

void ledger_outcome_path(char out[LEDGER_PATH], const sweep *s, size_t trial, int rung)
{
    snprintf(out, LEDGER_PATH, "%s/%0*zu-%d.json", s->state, s->digits, trial, rung);
}

void ledger_report_path(char out[LEDGER_PATH], const sweep *s, size_t trial)
{
    snprintf(out, LEDGER_PATH, "%s/%0*zu.report", s->state, s->digits, trial);
}

static void judge(ledger *l, size_t trial, int rung, const outcome *o)
{
    ledger_entry *e = ledger_at(l, trial, rung);
    l->n_judged += !e->judged;
    e->judged = true;
    e->status = o->status;
    e->cost = o->status == OUTCOME_FAILED ? NAN : search_cost(&l->s->search, o->metric);
    e->seconds = o->seconds;
}

static void take_claim(ledger *l, size_t trial, int rung, unsigned claim, const char *ending)
{
    ledger_entry *e = ledger_at(l, trial, rung);
    if (claim > e->claims) e->claims = claim;
    if (strcmp(ending, ".failed") == 0 && claim > e->released) e->released = claim;
}

/* An outcome that cannot be read was cut by a power failure: the work is not done. */
bool ledger_look(ledger *l, size_t trial, int rung)
{
    char path[LEDGER_PATH];
    outcome o;
    if (ledger_at(l, trial, rung)->judged) return true;
    ledger_outcome_path(path, l->s, trial, rung);
    if (!outcome_read(&o, path)) return false;
    judge(l, trial, rung, &o);
    return true;
}

static void take_name(ledger *l, const char *name)
{
    char *end;
    const size_t trial = strtoull(name, &end, 10);
    if (end == name || *end != '-') return;
    const char *from = end + 1;
    const long rung = strtol(from, &end, 10);
    if (end == from || *end != '.' || trial >= l->s->space.n_trials || rung < 0 || rung >= l->s->n_rungs) return;
    from = end + 1;
    if (strcmp(from, "json") == 0) {
        ledger_look(l, trial, (int)rung);
        return;
    }
    const unsigned long claim = strtoul(from, &end, 10);
    if (end != from && (*end == '\0' || *end == '.')) take_claim(l, trial, (int)rung, (unsigned)claim, end);
}

lsnn_status ledger_refresh(ledger *l, lsnn_error *err)
{
    DIR *folder = opendir(l->s->state);
    if (!folder) return lsnn_fail(err, LSNN_DATA, "%s cannot be read: %s", l->s->state, strerror(errno));
    for (const struct dirent *entry; (entry = readdir(folder));)
        take_name(l, entry->d_name);
    closedir(folder);
    return LSNN_OK;
}

bool ledger_outcome(outcome *o, const ledger *l, size_t trial)
{
    char path[LEDGER_PATH];
    for (int rung = l->s->n_rungs - 1; rung >= 0; rung--) {
        if (!ledger_at(l, trial, rung)->judged) continue;
        ledger_outcome_path(path, l->s, trial, rung);
        if (outcome_read(o, path)) return true;
    }
    return false;
}

bool ledger_is_running(const ledger *l, size_t trial, int rung)
{
    char path[LEDGER_PATH];
    const ledger_entry *e = ledger_at(l, trial, rung);
    if (e->judged || e->claims == e->released) return false;
    ledger_claim_path(path, l->s, trial, rung, e->claims);
    return claim_is_held(path, l->s->state);
}

static lsnn_status put_aside(ledger *l, size_t trial, int rung, lsnn_error *err)
{
    char path[LEDGER_PATH], claim[LEDGER_PATH], aside[LEDGER_PATH + 16];
    ledger_entry *e = ledger_at(l, trial, rung);
    ledger_outcome_path(path, l->s, trial, rung);
    ledger_claim_path(claim, l->s, trial, rung, e->claims);
    snprintf(aside, sizeof aside, "%s.failed", claim);
    if (rename(path, aside) != 0 && errno != ENOENT)
        return lsnn_fail(err, LSNN_OUTPUT, "%s cannot be put aside: %s", path, strerror(errno));
    e->released = e->claims;
    e->judged = false;
    l->n_judged--;
    return LSNN_OK;
}

/* The draws of a later generation rest on a failure too: another outcome would give the trials that have those other values. */
static bool is_settled(const ledger *l, size_t trial)
{
    const sweep *s = l->s;
    return search_grows(&s->search) &&
           space_draw_of(&s->space, trial) + search_population(&s->search, &s->space) < s->space.n_known;
}

lsnn_status ledger_retry(ledger *l, size_t *n, lsnn_error *err)
{
    *n = 0;
    for (size_t k = 0; k < n_entries(l); k++) {
        const size_t rungs = (size_t)l->s->n_rungs;
        if (!l->entries[k].judged || l->entries[k].status != OUTCOME_FAILED || is_settled(l, k / rungs)) continue;
        TRY(put_aside(l, k / rungs, (int)(k % rungs), err));
        ++*n;
    }
    return LSNN_OK;
}
