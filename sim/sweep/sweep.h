/* A sweep and its folder:
 *     sweep.yaml    config and space: what all trials are made of
 *     trials.csv    the values of each trial, written before the first one starts
 *     0000/ ...     a folder per trial, with its config.yaml
 *     state/        claims and outcomes (ledger.h)
 *     results.csv, results.h5, groups.csv */
#ifndef SWEEP_H
#define SWEEP_H

#include "outcome.h"
#include "search.h"
#include <limits.h>
#include <signal.h>

/* What a trial is asked to do. */
typedef struct sweep_job sweep_job;
struct sweep_job {
    size_t trial;
    int rung;
    unsigned claim;
    const char *folder;
    uint64_t until;             /* iterations at which it pauses */
    uint64_t look_every, after; /* iterations between looks at its metrics; 0: none */
    /* Whether to stop the trial. */
    lsnn_status (*look)(bool *hopeless, const sweep_job *job, const outcome *o, lsnn_error *err);
    const void *with;
    const volatile sig_atomic_t *stop;
    int n_threads;
};

/* What a search has to know of the trials. */
typedef struct sweep_facts {
    uint64_t iterations, validate_every;
    bool tests, simulates;
    bool adapts, rounds; /* the test has an error before and after learning in a trial; lengths of rounds */
} sweep_facts;

/* How trials are made and run is the caller's affair. */
typedef struct sweep_host {
    /* Builds what a config describes and forgets it; mistakes as always. */
    lsnn_status (*check)(sweep_facts *out, config_node *root, arena *a, lsnn_error *err);
    /* Runs, or goes on with, a trial in its folder, and fills in status, iterations and metrics. LSNN_INTERRUPTED after job.stop, with a
     * checkpoint. LSNN_DATA: with what lies in the folder it cannot go on. */
    lsnn_status (*run)(outcome *out, const sweep_job *job, config_node *root, arena *a, lsnn_error *err);
} sweep_host;

typedef struct sweep {
    arena *memory;
    char folder[PATH_MAX], state[PATH_MAX];
    const char *name;        /* of the experiment */
    const char *text;        /* sweep.yaml */
    const config_node *base; /* the config alone */
    space space;
    search search;
    sweep_facts facts;
    int n_rungs;
    int digits; /* of a trial's number */
} sweep;

/* From a config with a block `sweep` (words of the command line are in it already). Nothing is written. */
LSNN_MUST_USE lsnn_status sweep_read(sweep **out, config_node *root, const char *folder, const sweep_host *host,
                                     arena *a, lsnn_error *err);
/* Every value that the space can give is built with a trial that has it. */
LSNN_MUST_USE lsnn_status sweep_check(const sweep *s, const sweep_host *host, lsnn_error *err);
/* Writes sweep.yaml and trials.csv, or finds them as they should be: LSNN_DATA if the folder belongs to another sweep, LSNN_OUTPUT if
 * it holds something else. Then nothing in it is changed. */
LSNN_MUST_USE lsnn_status sweep_prepare(sweep *s, lsnn_error *err);
/* From a folder that sweep_prepare has made. */
LSNN_MUST_USE lsnn_status sweep_open(sweep **out, const char *folder, const sweep_host *host, arena *a,
                                     lsnn_error *err);

/* trials.csv, as far as the draws are known. */
void sweep_print_trials(FILE *out, const sweep *s);
LSNN_MUST_USE lsnn_status sweep_write_trials(const sweep *s, lsnn_error *err);

/* The config of a trial, as a tree: base and values, which are one for each parameter, NULL: leave it as it is. */
LSNN_MUST_USE lsnn_status sweep_tree(config_node **out, const space *sp, const config_node *base,
                                     const char *const *values, arena *a, lsnn_error *err);
void sweep_values(const char **out, const space *sp, size_t trial);
/* The folder of a trial, of PATH_MAX bytes. */
void sweep_trial_folder(char *out, const sweep *s, size_t trial);

#endif
