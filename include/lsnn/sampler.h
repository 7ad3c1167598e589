/* What an optimiser without gradients is: one file each in learning/, `const lsnn_sampler lsnn_sampler_<file name>`.
 *
 * It makes a function of n numbers small. Generation after generation it says at which points the function is to be evaluated
 * (ask), and hears the values (tell). All that it knows is in `state`, an array of finite numbers, so that it can be kept in a checkpoint;
 * chance comes from lsnn_sampler_chance alone. */
#ifndef LSNN_SAMPLER_H
#define LSNN_SAMPLER_H

#include "lsnn/field.h"
#include "lsnn/random.h"

typedef struct lsnn_sampling {
    int n;                     /* numbers that are looked for */
    int population;            /* points of a generation */
    uint64_t seed, generation; /* 0, 1, ... */
    const double *start;       /* [n] */
} lsnn_sampling;

typedef struct lsnn_sampler {
    const char *name;
    const char *doc;
    const lsnn_field *fields; /* under `learning.sampler:` in the config */
    size_t size;
    int (*population)(const void *parameters, int n);                             /* at least 1. REQUIRED */
    size_t (*state_length)(const void *parameters, int n);                        /* REQUIRED */
    void (*begin)(const void *parameters, const lsnn_sampling *s, double *state); /* state is zero. REQUIRED */
    /* point [population][n]. REQUIRED */
    void (*ask)(const void *parameters, const lsnn_sampling *s, const double *state, double *point);
    /* score [population]: values at those points; DBL_MAX where there is none. REQUIRED */
    void (*tell)(const void *parameters, const lsnn_sampling *s, double *state, const double *point,
                 const double *score);
    const double *(*best)(const void *parameters, const lsnn_sampling *s, const double *state); /* [n]. REQUIRED */
    double (*points)(const void *parameters, int n); /* after so many it begins anew; NULL: never */
} lsnn_sampler;

/* The stream of one point of this generation, or of what all have in common (who = population and above). */
lsnn_random lsnn_sampler_chance(const lsnn_sampling *s, int who);
/* order[0] is the number of the lowest score; equal ones stay in order. */
void lsnn_sampler_rank(int *order, const double *score, int n);
/* Keeps the best so far: [1 + n] score and point, of which the score begins as DBL_MAX. */
void lsnn_sampler_keep(double *best, const lsnn_sampling *s, const double *point, const double *score);

#endif
