/* Copies of a network for threads whose weights differ. */
#ifndef REPLICA_H
#define REPLICA_H

#include "network.h"

/* Weights and neuron parameters are its own; the rest is shared. Its memory comes from `a`. */
LSNN_MUST_USE lsnn_status replica_new(network **out, const network *original, arena *a, lsnn_error *err);

#endif
