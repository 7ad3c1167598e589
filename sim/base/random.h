/* Philox as a generator of GSL (see lsnn/random.h for the streams themselves). */
#ifndef RANDOM_H
#define RANDOM_H

#include "lsnn/random.h"
#include <gsl/gsl_rng.h>

/* gsl_rng_alloc(random_gsl_type), then random_gsl_set(rng, stream): GSL's distributions draw from that stream. gsl_rng_set
 * (rng, s) gives the stream (seed s, purpose 0, 0, 0). */
extern const gsl_rng_type *const random_gsl_type;
void random_gsl_set(gsl_rng *rng, lsnn_random stream);

/* The next n blocks of a stream (from a new one on: of no block some words were drawn), several times as fast as word by word: word w
 * of block b is out[w * n + b]; one by one it would be number 4 b + w. */
void random_blocks(uint32_t *out, lsnn_random *stream, int n);

#endif
