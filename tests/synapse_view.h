/* For tests of rewiring and signs: a small network of LIF and ALIF neurons from a config, and a view of its synapses. */
#ifndef SYNAPSE_VIEW_H
#define SYNAPSE_VIEW_H

#include "build.h"
#include "files.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char text[] =
    "seed: 5\n"
    "task: {kind: evidence_accumulation, cues: 1, cue: 20 ms, gap: 5 ms, pause: 10 ms, recall: 15 ms}\n"
    "populations:\n"
    "  lif: {model: lif, n: 18, v_th: 0.3}\n"
    "  alif: {model: alif, n: 10, v_th: 0.3}\n"
    "  out: {model: readout, n: 2, tau_out: 20 ms}\n"
    "signs:\n"
    "  input: {excitatory: 0.75}\n"
    "  lif: {excitatory: 0.5, order: inhibitory_first}\n"
    "  alif: {excitatory: 0.8}\n"
    "projections:\n"
    "  in: {from: input, to: [lif, alif], wiring: {probability: 0.2}, rewiring: deep_r}\n"
    "  rec: {from: [lif, alif], to: [lif, alif], wiring: {probability: 0.2}, delay: {uniform: [1 ms, 4 ms]},\n"
    "        rewiring: {kind: deep_r, l1: 0.1}}\n"
    "  out: {from: [lif, alif], to: out, wiring: {probability: 0.4}, rewiring: deep_r}\n"
    "learning: {rule: eprop, rate: 0.01, batch: 4, loss: cross_entropy}\n";

static arena *memory;
static experiment *e;
static lsnn_error err;

static inline void start(int n_overrides, const char *const overrides[])
{
    config_node *root;
    cr_assert_eq(arena_new(&memory, &err), LSNN_OK);
    cr_assert_eq(config_parse(&root, memory, "test", text, strlen(text), &err), LSNN_OK, "%s", err.message);
    for (int k = 0; k < n_overrides; k++)
        cr_assert_eq(config_override(root, memory, overrides[k], &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(build_experiment(&e, root, &files_default, 2, memory, &err), LSNN_OK, "%s", err.message);
}

#define START(...) start((int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)), (const char *[]){__VA_ARGS__})

static inline void iterate(int n)
{
    metrics m;
    for (int k = 0; k < n; k++)
        cr_assert_eq(trainer_iterate(e->trainer, &m, NULL, &err), LSNN_OK, "%s", err.message);
}

static inline projection *named(const char *name)
{
    return &e->net->projections[network_find_projection(e->net, name)];
}

enum { MOST = 64 };

typedef struct wire {
    int n; /* synapses of this pair */
    int delay;
    size_t position;
} wire;

typedef struct view {
    wire at[MOST][MOST];
    size_t n;
    int last_i, last_delay, last_j;
    bool ordered;
} view;

static inline void see(void *with, int i, int j, int delay, size_t position)
{
    view *v = with;
    const bool same_row = i == v->last_i;
    if (i < v->last_i || (same_row && (delay < v->last_delay || (delay == v->last_delay && j <= v->last_j))))
        v->ordered = false;
    v->last_i = i, v->last_delay = delay, v->last_j = j;
    v->at[i][j] = (wire){v->at[i][j].n + 1, delay, position};
    v->n++;
}

static inline view *look(const projection *p)
{
    view *v = calloc(1, sizeof *v);
    v->last_i = -1;
    v->ordered = true;
    network_each_synapse(e->net, p, see, v);
    return v;
}

#endif
