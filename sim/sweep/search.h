/* Which trials are stopped, or made, from the results of others: `sweep: {search: ...}`.
 *
 * asha: successive halving with asynchronous promotion (Li et al. 2020, MLSys 2): trials run to `first` iterations, first * factor,
 * first * factor^2, ...; of those that have come to a rung the best 1/factor go on to the next.
 * median: a trial ends when its best value so far is worse than the median of the others' running averages at the same
 * iteration (Golovin et al. 2017, KDD: Google Vizier).
 * cross_entropy: draws come in generations; each parameter's distribution is fitted to the best trials of the generation
 * before (Rubinstein 1999). */
#ifndef SEARCH_H
#define SEARCH_H

#include "space.h"

typedef enum search_kind { SEARCH_NONE, SEARCH_ASHA, SEARCH_MEDIAN, SEARCH_CROSS_ENTROPY } search_kind;

typedef struct search {
    search_kind kind;
    int metric;                  /* OUTCOME_...: what is made small */
    int first, factor;           /* asha */
    int every, after, at_least;  /* median */
    int population, generations; /* cross_entropy */
    double elite, smoothing;
    config_place place;
} search;

/* From the block `sweep:` (NULL: none). */
LSNN_MUST_USE lsnn_status search_read(search *out, const config_node *block, arena *a, config_report *report,
                                      lsnn_error *err);
/* How many draws the search makes; 0: as the block says. */
size_t search_draws(const search *s);
/* "search" as a word. */
extern const char *const search_name[];
/* Tables for the documentation. */
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

/* ---- cross_entropy ---- */
/* Draws of generation g >= 1 from the scores of generation g - 1 (nan: failed): score[population]; known draws of the space are those of
 * the generations before. `s->drawn` gets the new ones. */
LSNN_MUST_USE lsnn_status search_generation(const search *s, space *sp, int g, const double *const *scores, arena *a,
                                            lsnn_error *err);

#endif
