/* How a trial ended: a line of JSON in a file of its own. */
#ifndef OUTCOME_H
#define OUTCOME_H

#include "lsnn/error.h"
#include <stdbool.h>
#include <stdint.h>

typedef enum outcome_status { OUTCOME_DONE, OUTCOME_PAUSED, OUTCOME_STOPPED, OUTCOME_FAILED } outcome_status;

/* X(name): numbers; nan: there is none. First those that there are during training, then those of its test; the last two are of
 * simulations. */
#define OUTCOME_METRICS(X)                                                                                             \
    X(loss)                                                                                                            \
    X(error)                                                                                                           \
    X(rate)                                                                                                            \
    X(validation_loss)                                                                                                 \
    X(validation_error) X(test_loss) X(test_error) X(test_error_ratio) X(test_round_ratio) X(cv) X(synchrony)

enum {
#define OUTCOME_ENUM(name) OUTCOME_##name,
    OUTCOME_METRICS(OUTCOME_ENUM)
#undef OUTCOME_ENUM
        OUTCOME_N_METRICS
};
extern const char *const outcome_metric[OUTCOME_N_METRICS];
extern const char *const outcome_text[]; /* done paused stopped failed */

typedef struct outcome {
    outcome_status status;
    uint64_t seed, iterations;
    int goal; /* 1 reached, 0 not, -1: there is none */
    double metric[OUTCOME_N_METRICS];
    double seconds;
    char started[32]; /* UTC */
    char host[72], version[72];
    char message[1024]; /* of a failure */
} outcome;

void outcome_begin(outcome *o); /* all metrics nan; time, host, version */
/* A whole file or none. */
LSNN_MUST_USE lsnn_status outcome_write(const outcome *o, const char *path, lsnn_error *err);
/* false: there is no file, or not a whole one. */
bool outcome_read(outcome *o, const char *path);

#endif
