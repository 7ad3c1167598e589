/* Who is connected to whom, how strongly and how late, from a projection's part of the config. */
#ifndef WIRING_H
#define WIRING_H

#include "lsnn/random.h"
#include "synapses.h"
#include "values.h"

#define WIRING_MOST_SYNAPSES 2147483648.0 /* of a projection of the network */

typedef struct wiring_site {
    const char *name;
    int number; /* of the projection: it has random streams of its own */
    int n_from, n_to;
    bool same; /* the same neurons on both sides: autapses are left out unless asked for */
    bool autapses;
    const real *sign; /* [n_from] of the weights: 1, -1, 0 (either); NULL: all either */
    bool recurrent;   /* between spiking neurons: delays of at least a step */
    bool simulated;   /* not trained */
    bool continuous;  /* delays are times, on no grid */
    uint64_t seed;
    const config_node *pattern, *weights, *delay;
} wiring_site;

typedef enum wiring_kind {
    WIRING_ALL_TO_ALL,
    WIRING_ONE_TO_ONE,
    WIRING_PROBABILITY,
    WIRING_IN_DEGREE,
    WIRING_FILE
} wiring_kind;

/* What a projection's config asks for, before anything is drawn. */
typedef struct wiring_plan {
    wiring_kind kind;
    double number;                            /* p or k */
    bool multapses;                           /* WIRING_IN_DEGREE: a pair may be connected several times */
    size_t n;                                 /* WIRING_FILE */
    const double *from, *to, *weight, *delay; /* likewise; the last two may be NULL */
    values_spec weights;
    bool axonal;                  /* one delay for all synapses of a presynaptic cell */
    int first_step, last_step;    /* delays are drawn from these whole steps */
    double first_time, last_time; /* or, of a continuous site, from these times in ms */
} wiring_plan;

/* false in `good` after mistakes, which are in the report. */
LSNN_MUST_USE lsnn_status wiring_read(wiring_plan *out, bool *good, const wiring_site *site, const values_files *files,
                                      const fields_reader *reader, lsnn_error *err);

/* The sources of target j, drawn from a stream of its own (not of WIRING_FILE): `from` has room for wiring_room of them, `taken` is
 * a bit for each of n_from, all zero before and after. Returns how many; they differ unless there are multapses. */
int wiring_room(const wiring_plan *plan, const wiring_site *site);
int wiring_sources(const wiring_plan *plan, const wiring_site *site, int j, uint64_t *taken, uint32_t *from);

/* The number of synapses to expect, and most of them. */
double wiring_expected(const wiring_plan *plan, const wiring_site *site);
double wiring_most(const wiring_plan *plan, const wiring_site *site);

/* The list of synapses; NULL after mistakes, which are in the report. */
LSNN_MUST_USE lsnn_status wiring_draw(synapses **out, const wiring_plan *plan, const wiring_site *site,
                                      const fields_reader *reader, lsnn_error *err);

#endif
