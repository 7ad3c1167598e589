/* Changing which synapses a projection has (lsnn_rewiring in lsnn/rule.h), their number staying the same. */
#ifndef REWIRE_H
#define REWIRE_H

#include "network.h"

typedef struct rewire rewire;

/* Memory for every projection with a rewiring; NULL if the network has none. */
LSNN_MUST_USE lsnn_status rewire_new(rewire **out, const network *net, arena *a, lsnn_error *err);

/* After the optimiser's step of an update: the rewiring changes the projection's weights, synapses whose weight has crossed zero
 * are replaced by new ones between pairs that are not connected. Rows stay ordered, moments (NULL at the end) go with their
 * synapse, those of a new one are as lsnn_optimiser.scales says. Chance comes from (seed, projection, update). Returns how many were replaced. */
size_t rewire_projection(rewire *r, network *net, int which, real *const moment[], unsigned scales, double rate,
                         uint64_t update);

/* Whether the projection's structure is what the rest of the engine relies on: rows within bounds and in order, targets and delays
 * that exist, no pair connected twice, no autapse where there may be none, no weight of the wrong sign; for what a file gave. */
bool rewire_sound(rewire *r, network *net, int which);

/* Pairs that may be connected. */
uint64_t rewire_pairs(const network *net, const projection *p);

#endif
