/* Statistics of spikes while a simulation runs: rates, regularity, synchrony. Nothing is kept of single spikes. */
#ifndef STATISTICS_H
#define STATISTICS_H

#include "network.h"

typedef struct statistics statistics;

typedef struct statistics_summary {
    double rate; /* Hz, mean over the neurons */
    double
        cv; /* standard deviation over mean of a neuron's intervals, mean over neurons with three or more; nan: none */
    double
        synchrony; /* variance over mean of the spikes in a bin: 1 for independent Poisson neurons; nan: not two bins */
} statistics_summary;

/* From `begin` ms on; `bin` ms are the bins of the synchrony. */
LSNN_MUST_USE lsnn_status statistics_new(statistics **out, const network *net, double begin, double bin, arena *a,
                                         lsnn_error *err);
/* Neuron j of a population spikes: for each neuron in the order of time, different neurons at once if need be. */
void statistics_spike(statistics *s, int pop, int j, double time);
/* n neurons of a population spike at a time, not before that of an earlier call; n may be 0. */
void statistics_count(statistics *s, int pop, double time, uint64_t n);
/* Of what came until `end` ms. */
statistics_summary statistics_of(const statistics *s, int pop, double end);

#endif
