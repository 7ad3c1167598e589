/* Means over trials of values that have a number within their trial, like the errors of its questions. */
#ifndef TALLY_H
#define TALLY_H

#include "arena.h"

typedef struct tally {
    int n;                 /* values of a trial; 0: nothing was added */
    double *sum, *squares; /* [n] of the values, and of their squares */
    double *count;         /* [n] number of trials that have it */
} tally;

LSNN_MUST_USE lsnn_status tally_new(tally *out, int most, arena *a, lsnn_error *err);
/* For trials of n values, at most those it was made for. */
void tally_clear(tally *c, int n);
/* values [n]: of one trial; nan: it has none of this number */
void tally_add(tally *c, const double *values);
/* The first of them under each number that the trial has. */
void tally_add_first(tally *c, const double *values);
/* Mean, and its standard error. */
double tally_mean(const tally *c, int k);
double tally_sem(const tally *c, int k);
/* Mean over all values from number k on; nan: there are none. */
double tally_mean_from(const tally *c, int k);

#endif
