/* Random numbers without state: Philox4x32-10 (Salmon et al. 2011, SC'11, "Parallel random numbers: as easy as 1, 2, 3").
 *
 * A stream is a key (the seed) and a counter (who, when, purpose); its words depend on nothing else, so the order in which
 * threads, ranks or resumed runs draw cannot change a result. */
#ifndef LSNN_RANDOM_H
#define LSNN_RANDOM_H

#include <stdint.h>

typedef enum lsnn_purpose {
    LSNN_WIRING,
    LSNN_WEIGHTS,
    LSNN_DELAYS,
    LSNN_PARAMETERS,
    LSNN_FEEDBACK,
    LSNN_SOURCES,
    LSNN_TASK_TRAIN,
    LSNN_TASK_VALIDATION,
    LSNN_TASK_TEST,
    LSNN_TASK_FIXED, /* what a task draws once: frozen inputs, targets, permutations */
    LSNN_SHUFFLE,
    LSNN_SIGNS,
    LSNN_REWIRING,
    LSNN_POISSON, /* sources of a simulation */
    LSNN_ACTIONS, /* that are drawn from a policy */
    LSNN_SAMPLER, /* optimisers without gradients */
    LSNN_BASELINE /* networks that others are compared with */
} lsnn_purpose;

typedef struct lsnn_random {
    uint32_t key[2];
    uint32_t counter[4]; /* block number, who, when, purpose */
    uint32_t words[4];
    int used; /* of `words` */
} lsnn_random;

/* `who` is a sample, neuron or row number, `when` an iteration; both below 2^32. */
lsnn_random lsnn_random_stream(uint64_t seed, lsnn_purpose purpose, uint64_t who, uint64_t when);

uint32_t lsnn_random_word(lsnn_random *stream);
double lsnn_random_uniform(lsnn_random *stream);                 /* in (0, 1), 53 bits */
double lsnn_random_normal(lsnn_random *stream);                  /* Box-Muller, two uniforms a number */
uint32_t lsnn_random_below(lsnn_random *stream, uint32_t limit); /* 0 .. limit-1, unbiased */

/* Element i of a random permutation of 0 .. n-1 that `stream` keys: any element at any time, nothing stored. */
uint32_t lsnn_random_permuted(const lsnn_random *stream, uint32_t i, uint32_t n);

#endif
