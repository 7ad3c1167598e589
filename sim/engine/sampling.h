/* A sampler at work on a function of n numbers. */
#ifndef SAMPLING_H
#define SAMPLING_H

#include "arena.h"
#include "lsnn/sampler.h"

typedef struct sampling {
    const lsnn_sampler *sampler;
    const void *parameters;
    lsnn_sampling now;
    double *start; /* [n] */
    size_t n_state;
    double *state; /* [n_state]: with `start` and now.generation, all that a checkpoint needs */
    double *point; /* [population][n] */
    double *score; /* [population] */
} sampling;

/* `start` is copied. */
LSNN_MUST_USE lsnn_status sampling_new(sampling **out, const lsnn_sampler *sampler, const void *parameters, int n,
                                       const double *start, uint64_t seed, arena *a, lsnn_error *err);
void sampling_begin(sampling *s); /* anew, from what is in `start` */
void sampling_ask(sampling *s);   /* fills `point` */
void sampling_tell(sampling *s);  /* reads `score`, where what is no number stands for a failure; the next generation */
const double *sampling_best(const sampling *s);

#endif
