/* Who is connected to whom, how strongly and how late, from a projection's part of the config. */
#ifndef WIRING_H
#define WIRING_H

#include "synapses.h"
#include "values.h"

typedef struct wiring_site {
    const char *name;
    int number; /* of the projection: it has random streams of its own */
    int n_from, n_to;
    bool same; /* the same neurons on both sides: autapses are left out unless asked for */
    bool autapses;
    const real *sign; /* [n_from] of the weights: 1, -1, 0 (either); NULL: all either */
    bool recurrent;   /* between spiking neurons: delays of at least a step */
    uint64_t seed;
    const config_node *pattern, *weights, *delay;
} wiring_site;

/* The list of synapses; NULL after mistakes, which are in the report. */
LSNN_MUST_USE lsnn_status wiring_make(synapses **out, const wiring_site *site, const values_files *files,
                                      const fields_reader *reader, lsnn_error *err);

#endif
