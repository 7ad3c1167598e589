/* Regressions, backpropagation and a network that learned to learn on the test episodes of a family of functions: what
 * verb baseline finds. */
#ifndef BASELINE_H
#define BASELINE_H

#include "backprop.h"
#include "build.h"

/* First the regressions. */
enum { BASELINE_BACKPROP = 3, BASELINE_METHODS, BASELINE_NETWORK = BASELINE_METHODS, BASELINE_LEARNERS };

typedef struct baseline_course {
    double *error;      /* [n_questions] of the present episode */
    double *mean, *sem; /* [n_questions] over the episodes; standard error */
    double *late;       /* [n_episodes] mean error of an episode from the first question that counts */
} baseline_course;

typedef struct baseline {
    experiment *e;
    int n_learners; /* BASELINE_METHODS, or BASELINE_LEARNERS: the network of a run, too */
    int64_t n_episodes;
    int n_questions; /* of an episode */
    double *y;       /* [n_questions] the right answers of an episode */
    backprop *backprop;
    double rate; /* of backprop */
    baseline_course learner[BASELINE_LEARNERS];
} baseline;

const char *baseline_name(int learner);
bool baseline_has_network(const baseline *b);
/* The number, from 0, of the first question that counts for an episode's mean. */
int baseline_first_counted(const baseline *b);

/* A figure: errors by trial, and the network's error in each episode by that of another learner. */
LSNN_MUST_USE lsnn_status baseline_plot(const baseline *b, const char *path, lsnn_error *err);

#endif
