/* Asynchronous successive halving: of the trials that have finished rung k, the best 1/factor may go on. */
#include "plan.h"
#include <math.h>
#include <stdlib.h>

typedef struct finisher {
    double cost;
    size_t trial;
} finisher;

static int by_cost(const void *a, const void *b)
{
    const finisher *x = a, *y = b;
    if (isnan(x->cost) != isnan(y->cost)) return isnan(x->cost) ? 1 : -1;
    if (x->cost != y->cost && !isnan(x->cost)) return x->cost < y->cost ? -1 : 1;
    return (x->trial > y->trial) - (x->trial < y->trial);
}

static size_t finishers(finisher *out, const plan *p, int rung)
{
    size_t n = 0;
    for (size_t trial = 0; trial < p->s->space.n_trials; trial++) {
        const ledger_entry *e = ledger_at(&p->ledger, trial, rung);
        if (e->judged) out[n++] = (finisher){e->cost, trial};
    }
    qsort(out, n, sizeof *out, by_cost);
    return n;
}

/* Neither over, nor judged or under way further up. */
static bool may_go_on(const plan *p, size_t trial, int rung)
{
    return ledger_at(&p->ledger, trial, rung)->status == OUTCOME_PAUSED &&
           !ledger_at(&p->ledger, trial, rung + 1)->judged && !ledger_is_running(&p->ledger, trial, rung + 1);
}

bool plan_promotion(size_t *trial, int *rung, const plan *p)
{
    finisher *sorted = malloc(p->s->space.n_trials * sizeof *sorted);
    bool found = false;
    for (int k = p->s->n_rungs - 2; sorted && !found && k >= 0; k--) {
        const size_t n = finishers(sorted, p, k) / (size_t)p->s->search.factor;
        for (size_t i = 0; !found && i < n; i++) {
            found = !isnan(sorted[i].cost) && may_go_on(p, sorted[i].trial, k);
            *trial = sorted[i].trial;
        }
        *rung = k + 1;
    }
    free(sorted);
    return found;
}
