/* The network and the learning settings that an oracle case describes. */
#ifndef REPLAY_NETWORK_H
#define REPLAY_NETWORK_H

#include "case.h"
#include "trainer.h"

typedef struct replay_network {
    network *net; /* populations lif and alif as far as they have neurons, then out; projections in, rec, out */
    projection *in, *rec, *out;
    int bias; /* the readout's bias in net->parameters */
    lsnn_shape shape;
    learning_settings learning;
} replay_network;

/* The feedback of `paths`: LSNN_SYMMETRIC, or LSNN_RANDOM for the case's B_fb. The memory is the arena's. */
LSNN_MUST_USE lsnn_status replay_network_new(replay_network *out, const case_file *c, const lsnn_paths *paths, arena *a,
                                             lsnn_error *err);

#endif
