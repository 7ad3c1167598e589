/* What is known of the work of a sweep, from the names in its folder `state`. A piece of work is a rung of a trial:
 *     0017-0.1          first claim (claim.h)
 *     0017-0.json       outcome
 *     0017-0.1.failed   an outcome that was put aside to try again: the work waits for claim 2
 *     0017.report       values for the median rule */
#ifndef LEDGER_H
#define LEDGER_H

#include "claim.h"
#include "sweep.h"

typedef struct ledger_entry {
    unsigned claims;   /* the last one that is known */
    unsigned released; /* claims up to this one are over */
    bool judged;
    outcome_status status;
    double cost; /* of the search: search_cost */
    double seconds;
} ledger_entry;

typedef struct ledger {
    const sweep *s;
    ledger_entry *entries; /* [n_trials][n_rungs] */
    size_t n_judged;
} ledger;

enum { LEDGER_PATH = PATH_MAX + 64 };

LSNN_MUST_USE lsnn_status ledger_new(ledger *out, const sweep *s, lsnn_error *err);
/* Reads the folder, and the outcomes that are new. */
LSNN_MUST_USE lsnn_status ledger_refresh(ledger *l, lsnn_error *err);
ledger_entry *ledger_at(const ledger *l, size_t trial, int rung);
/* Reads the outcome of a piece of work if it is not known yet; false: there is none. What is decided from outcomes has to come from the
 * files, whose digits are the same for everybody. */
bool ledger_look(ledger *l, size_t trial, int rung);

void ledger_claim_path(char out[LEDGER_PATH], const sweep *s, size_t trial, int rung, unsigned claim);
void ledger_outcome_path(char out[LEDGER_PATH], const sweep *s, size_t trial, int rung);
void ledger_report_path(char out[LEDGER_PATH], const sweep *s, size_t trial);

/* The last outcome of a trial; false: there is none. */
bool ledger_outcome(outcome *o, const ledger *l, size_t trial);
/* Whether somebody works on it, or seems to. */
bool ledger_is_running(const ledger *l, size_t trial, int rung);
/* Failed work waits again, but for what draws that are known rest on. */
LSNN_MUST_USE lsnn_status ledger_retry(ledger *l, size_t *n, lsnn_error *err);

#endif
