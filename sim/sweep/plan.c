/* Finding work. */
#include "plan.h"
#include <math.h>
#include <stdlib.h>

lsnn_status plan_new(plan *out, sweep *s, size_t part, size_t parts, size_t first, lsnn_error *err)
{
    *out = (plan){.s = s, .part = part, .parts = parts, .first = first};
    claim_introduce(&out->holder);
    return ledger_new(&out->ledger, s, err);
}

/* Claims a piece of work that nobody works on. */
static lsnn_status try_claim(bool *taken, plan *p, size_t trial, int rung, lsnn_error *err)
{
    char path[LEDGER_PATH];
    ledger_entry *e = ledger_at(&p->ledger, trial, rung);
    *taken = false;
    if (e->judged || ledger_is_running(&p->ledger, trial, rung)) return LSNN_OK;
    ledger_claim_path(path, p->s, trial, rung, ++e->claims);
    TRY(claim_take(taken, path, &p->holder, err));
    /* What is known may be old: it may have been done since. */
    if (*taken) *taken = !ledger_look(&p->ledger, trial, rung);
    return LSNN_OK;
}

/* ---- the next piece ------------------------------------------------------------------------------------------------------ */

static bool is_known(const plan *p, size_t trial)
{
    return p->s->space.n_draws == 0 || space_draw_of(&p->s->space, trial) < p->s->space.n_known;
}

static lsnn_status next_trial(bool *taken, sweep_job *job, plan *p, lsnn_error *err)
{
    const size_t n = p->s->space.n_trials;
    *taken = false;
    for (; p->cursor < n; p->cursor++) {
        const size_t trial = (p->first + p->cursor) % n;
        if (trial % p->parts != p->part || !is_known(p, trial)) continue;
        TRY(try_claim(taken, p, trial, 0, err));
        if (!*taken) continue;
        job->trial = trial;
        job->rung = 0;
        return LSNN_OK;
    }
    return LSNN_OK;
}

static lsnn_status next_promotion(bool *taken, sweep_job *job, plan *p, lsnn_error *err)
{
    size_t trial;
    int rung;
    *taken = false;
    TRY(ledger_refresh(&p->ledger, err));
    while (!*taken && plan_promotion(&trial, &rung, p)) {
        TRY(try_claim(taken, p, trial, rung, err));
        job->trial = trial;
        job->rung = rung;
    }
    return LSNN_OK;
}

/* Whether what others do may make more work here. */
static bool more_to_come(const plan *p)
{
    if (p->s->search.kind != SEARCH_ASHA && !search_grows(&p->s->search)) return false;
    for (size_t trial = 0; trial < p->s->space.n_trials; trial++)
        for (int rung = 0; rung < p->s->n_rungs; rung++)
            if (ledger_is_running(&p->ledger, trial, rung)) return true;
    return false;
}

static lsnn_status choose(plan_answer *answer, sweep_job *job, plan *p, lsnn_error *err)
{
    bool taken = false, learned;
    *answer = PLAN_WORK;
    if (p->s->search.kind == SEARCH_ASHA) TRY(next_promotion(&taken, job, p, err));
    if (!taken) TRY(next_trial(&taken, job, p, err));
    if (taken) return LSNN_OK;
    /* Everything was tried; in the meantime holders may have died, and generations may have ended. */
    TRY(ledger_refresh(&p->ledger, err));
    TRY(plan_learn(&learned, p->s, &p->ledger, err));
    if (learned) TRY(sweep_write_trials(p->s, err));
    p->cursor = 0;
    TRY(next_trial(&taken, job, p, err));
    if (!taken) *answer = more_to_come(p) ? PLAN_WAIT : PLAN_OVER;
    return LSNN_OK;
}

lsnn_status plan_next(plan_answer *answer, sweep_job *job, plan *p, lsnn_error *err)
{
    TRY(choose(answer, job, p, err));
    if (*answer != PLAN_WORK) return LSNN_OK;
    job->claim = ledger_at(&p->ledger, job->trial, job->rung)->claims;
    job->until = search_rung(&p->s->search, job->rung, p->s->facts.iterations, p->s->facts.validate_every);
    return LSNN_OK;
}
