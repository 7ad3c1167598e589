/* What a worker does next. All workers, on any machine, decide for themselves from the sweep's folder; claims make sure that no two do
 * the same. */
#ifndef PLAN_H
#define PLAN_H

#include "ledger.h"

typedef enum plan_answer { PLAN_WORK, PLAN_WAIT, PLAN_OVER } plan_answer;

typedef struct plan {
    sweep *s;
    ledger ledger;
    claim_holder holder;
    size_t cursor, first; /* next trial to try, counted from `first` */
    size_t part, parts;   /* only trials whose number is `part` modulo `parts` */
    bool second_look;     /* what was claimed by others is looked at again */
} plan;

LSNN_MUST_USE lsnn_status plan_new(plan *out, sweep *s, size_t part, size_t parts, size_t first, lsnn_error *err);
/* PLAN_WORK: `job` is claimed (trial, rung, claim, until are set). PLAN_WAIT: others must come further first. */
LSNN_MUST_USE lsnn_status plan_next(plan_answer *answer, sweep_job *job, plan *p, lsnn_error *err);

/* Makes the draws of a search that follow from what the ledger knows; `grown`: there are new ones. */
LSNN_MUST_USE lsnn_status plan_learn(bool *grown, sweep *s, const ledger *l, lsnn_error *err);

/* The best trial that may go on to a higher rung; false: none at present. */
bool plan_promotion(size_t *trial, int *rung, const plan *p);

#endif
