/* Philox as a generator of GSL (see lsnn/random.h for the streams themselves). */
#ifndef RANDOM_H
#define RANDOM_H

#include "lsnn/random.h"
#include <gsl/gsl_rng.h>

/* gsl_rng_alloc(random_gsl_type), then random_gsl_set(rng, stream): GSL's distributions draw from that stream. gsl_rng_set
 * (rng, s) gives the stream (seed s, purpose 0, 0, 0). */
extern const gsl_rng_type *const random_gsl_type;
void random_gsl_set(gsl_rng *rng, lsnn_random stream);

/* The first 4 n words of a stream at once: word w of block b is out[w * n + b]. Several times as fast as one by one. */
void random_blocks(uint32_t *out, const lsnn_random *stream, int n);

#endif
