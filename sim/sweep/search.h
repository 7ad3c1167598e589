/* Which trials are stopped, or made, from the results of others: `sweep: {search: ...}`.
 *
 * asha: successive halving with asynchronous promotion (Li et al. 2020, MLSys 2): trials run to `first` iterations, first * factor,
 * first * factor^2, ...; of those that have come to a rung the best 1/factor go on to the next.
 * median: a trial ends when its best value so far is worse than the median of the others' running averages at the same
 * iteration (Golovin et al. 2017, KDD: Google Vizier).
 * cross_entropy: draws come in generations; each parameter's distribution is fitted to the best trials of the generation
 * before (Rubinstein 1999).
 * The name of a sampler (lsnn/sampler.h): it proposes the draws of each generation, of numbers only. */
#ifndef SEARCH_H
#define SEARCH_H

#include "lsnn/sampler.h"
#include "space.h"

typedef enum search_kind { SEARCH_NONE, SEARCH_ASHA, SEARCH_MEDIAN, SEARCH_CROSS_ENTROPY, SEARCH_SAMPLER } search_kind;

typedef struct search {
    search_kind kind;
    int metric;                 /* OUTCOME_... */
    int maximise;               /* 0: it is made small, 1: great */
    int first, factor;          /* asha */
    int every, after, at_least; /* median */
    int generations;            /* cross_entropy, sampler */
    int population;             /* cross_entropy */
    double elite, smoothing;
    const lsnn_sampler *sampler; /* NULL: none */
    const void *parameters;
    config_place place;
} search;

/* From the block `sweep:` (NULL: none). */
LSNN_MUST_USE lsnn_status search_read(search *out, const config_node *block, arena *a, config_report *report,
                                      lsnn_error *err);
/* Mistakes in what the search is to do with this space, which need not be laid out yet. */
void search_check(const search *s, const space *sp, config_report *report);
/* What is made small: the metric, or its negative. */
double search_cost(const search *s, const double *metric);
/* The kinds but for samplers, NULL at the end; and what a search is called. */
extern const char *const search_name[];
const char *search_title(const search *s);
/* Tables for the documentation; of a sampler what is not its own. */
const lsnn_field *search_table(search_kind kind);

/* Iterations at which rung `rung` ends; UINT64_MAX: the trial's own end. Rounded up to `validate_every` if that is not 0. */
uint64_t search_rung(const search *s, int rung, uint64_t iterations, uint64_t validate_every);
int search_rungs(const search *s, uint64_t iterations, uint64_t validate_every);

/* ---- median ---- */
/* Appends a value to the report of a trial at `path`. */
LSNN_MUST_USE lsnn_status search_report(const char *path, uint64_t iteration, double value, lsnn_error *err);
/* A report up to `iteration`: mean and smallest of its values; false: the trial has not come so far. */
bool search_average(const char *path, uint64_t iteration, double *mean, double *best);
double search_median(double *values, size_t n); /* sorts them */

/* ---- cross_entropy, samplers ---- */
bool search_grows(const search *s); /* whether it is one of these: draws come in generations */
/* Draws of a generation, and of all; 0: as the block says. */
size_t search_population(const search *s, const space *sp);
size_t search_draws(const search *s, const space *sp);
/* Draws of generation g from the scores of all before, scores[g][population] (nan: failed; the lower the better); known draws of the
 * space are those of the generations before. `sp->drawn` gets the new ones. */
LSNN_MUST_USE lsnn_status search_generation(const search *s, space *sp, int g, const double *const *scores, arena *a,
                                            lsnn_error *err);

#endif
