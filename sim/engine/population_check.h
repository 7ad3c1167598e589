/* Finding the first value that is no number. */
#ifndef POPULATION_CHECK_H
#define POPULATION_CHECK_H

#include "worker.h"

/* Whether all state at the end of a trial is finite: nan and infinity stay once they are there. */
bool population_finite(const network *net, const worker *w);

typedef struct population_watch {
    int step; /* -1: nothing yet */
    const char *population, *variable;
    int neuron;
    double number;
} population_watch;

/* A worker_observer that fills a population_watch. */
void population_observe(void *with, const network *net, const worker *w, const tape *tp, int t);

#endif
