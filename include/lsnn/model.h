/* What a neuron model is. A model file fills one `const lsnn_model lsnn_model_<file name>`; nothing else needs an edit.
 *
 * The engine owns memory, time, threads and synapses. A model sees a slice of neurons as columns: column[j] belongs to
 * neuron j, `n` is a multiple of LSNN_LANES, all columns are aligned to 64 bytes and do not overlap. The neurons that pad
 * the last lanes have the constants of the last real neuron and receive no current. A model with several ports (the gates of
 * an LSTM) has as many currents: that of port p for neuron j is current[p * n + j], and its adjoint lies likewise.
 *
 * Copy `n` and the pointers to `restrict` locals before a loop, and mark the function LSNN_KERNEL: then gcc and clang
 * vectorise it for every x86-64 level, with equal bits. */
#ifndef LSNN_MODEL_H
#define LSNN_MODEL_H

#include "lsnn/field.h"
#include "lsnn/kernel.h"

#define LSNN_MAX_STATES 8
#define LSNN_MAX_CONSTANTS 16
#define LSNN_MAX_TAPES 8
#define LSNN_MAX_TRAINABLE 8
#define LSNN_MAX_MODES 8

/* One state variable: v, a, ... Adjoint states are listed likewise. */
typedef struct lsnn_variable {
    const char *name;
    const char *unit;
    const char *doc;
} lsnn_variable;

/* A parameter that learning may change, by the name of its LSNN_NEURONS field; it does when the field `learn_<name>` is on. */
typedef struct lsnn_trainable {
    const char *name;
    bool logarithm; /* its logarithm is learned: it stays positive, and a step is a share of it */
} lsnn_trainable;

typedef struct lsnn_slice {
    int n;                               /* neurons, with padding */
    real *constant[LSNN_MAX_CONSTANTS];  /* written by prepare, then read only */
    unsigned uniform;                    /* bit c: constant[c] is the same for all neurons */
    real *state[LSNN_MAX_STATES];        /* zero before the first step, unless `begin` sets it */
    real *adjoint[LSNN_MAX_STATES];      /* zero before the first backward step (the last time step) */
    real *tape[LSNN_MAX_TAPES];          /* [steps][n]: a row for each of the steps in hand; NULL if not asked for */
    real *trainable[LSNN_MAX_TRAINABLE]; /* learned parameters (or their logarithms), in the table's order */
    real *trainable_gradient[LSNN_MAX_TRAINABLE]; /* backward and end add dE/d(trainable) */
} lsnn_slice;

/* Steps that backward takes in one call: row t of `signal` begins at signal + t * stride. */
typedef struct lsnn_span {
    int n_steps, stride;
    bool through_reset;    /* the gradient follows the reset; if not, what it takes from v is a constant */
    const real *signal;    /* dE/d(output at t) from outside the neuron */
    real *current_adjoint; /* out: dE/dI[t] */
} lsnn_span;

/* A neuron in continuous time, for the event engine. Between events and spikes its distance from the threshold is a constant
 * and a sum of modes, each of which decays by itself:
 *     v(t) - A(t) = level + sum_k x_k(t),        x_k(t) = x_k(s) exp(-rate_k (t - s))
 * Mode 0 is the membrane's own, the next ones below n_membrane are currents that flow into v, the rest moves the threshold. The
 * neuron spikes when v - A becomes positive (or 0, with at_threshold), or at the end of its silence if it is so then. Times are in
 * steps of dt: what lies on the grid is a whole number. */
typedef struct lsnn_modes {
    int n, n_membrane;
    double rate[LSNN_MAX_MODES]; /* above 0 */
    double gain[2]
               [LSNN_MAX_MODES]; /* what a weight of 1 adds to each mode when it arrives: a positive, a negative one */
    double kick[LSNN_MAX_MODES]; /* what a spike adds to each mode, at once */
    double
        start[LSNN_MAX_MODES]; /* a step before time 0; a constant current's share is taken from mode 0 by the engine */
    double level;              /* v - A at rest */
    double threshold;          /* A at rest */
    double per_current;        /* what a constant current of 1 adds to level; nan: none is taken */
    double silent;             /* steps after a spike without another one */
    bool at_threshold;
    bool clamped; /* v rests at v_reset while silent, to its end: what would move mode 0 then is lost */
    double reset; /* clamped: v_reset - A at rest */
} lsnn_modes;

typedef struct lsnn_model {
    const char *name;
    const char *doc; /* equations and reference, for `lsnn describe` */
    bool spiking;    /* step's output is z in {0, 1}; else the output is a value y */
    bool hidden;     /* not spiking, but neurons and readouts hear its output; else only a spiking neuron is heard */
    int n_ports;     /* currents per neuron; 0 means 1 */
    bool linear;     /* the output is a linear function of currents and trainables: backward knows it all */

    const lsnn_field *fields;    /* parameters; LSNN_NEURONS may differ per neuron */
    size_t size;                 /* of the struct that `fields` describes */
    const lsnn_variable *states; /* end: name NULL */
    const lsnn_variable *adjoints;
    const lsnn_variable *tapes;      /* tape 0 of a spiking model is psi = dz/dv, of a hidden one its output */
    const char *const *constants;    /* names, NULL at the end */
    const lsnn_trainable *trainable; /* end: name NULL; NULL: none */

    /* User's parameters -> constants: once, and again when learning has changed them. n real neurons; the engine pads. May
     * return a sentence that says what is wrong with the parameters (then the run does not start), else NULL. REQUIRED */
    const char *(*prepare)(const void *parameters, double dt, int n, double *const constant[]);

    /* Sets the state before the first step, which is all zero. OPTIONAL */
    void (*begin)(const lsnn_slice *slice, const void *parameters);

    /* One time step: current I[t] and the state at t-1 give the state at t and the output (z or y) at t.
     * On entry `output` holds the output at t-1. Writes row 0 of the tapes. REQUIRED */
    void (*step)(const lsnn_slice *slice, const void *parameters, const real *current, real *output);

    /* The local adjoint of step, for a span of steps from its last to its first; the tapes' row t is at tape[c] + t * n. Only
     * paths inside the neuron are followed, and the reset if the span says so (not in e-prop: Bellec et al. 2020, eq. 13).
     * OPTIONAL; without it the model cannot be trained, only simulated */
    void (*backward)(const lsnn_slice *slice, const void *parameters, const lsnn_span *span);

    /* How a change of the current changes the output, by the paths inside the neuron and not through its reset: the transpose of
     * backward. Like step, but on row 0 of the tapes that it wrote; its state is in `adjoint`, zero before the first step.
     * OPTIONAL; neurons that learn within a trial need it (lsnn_inner) */
    void (*tangent)(const lsnn_slice *slice, const void *parameters, const real *current, real *output);

    /* After the backward step of the first time step: gradients of what `begin` set. OPTIONAL */
    void (*end)(const lsnn_slice *slice, const void *parameters);

    /* The adjoints are those of a step at which a truncated gradient is cut or a trial goes on from the one before, row 0 of the
     * tapes is that of the step before: what parameters get that stand before the state of that step. The adjoints are cleared
     * afterwards. OPTIONAL */
    void (*cut)(const lsnn_slice *slice, const void *parameters, bool through_reset);

    /* Bit c: with these parameters step writes tape c, so that it needs memory. Without it, all. OPTIONAL */
    unsigned (*which_tapes)(const void *parameters);

    /* Neuron j in continuous time; may return a sentence as `prepare` does. OPTIONAL: the event engine takes no others. */
    const char *(*continuous)(const void *parameters, double dt, int j, lsnn_modes *out);

    /* Further quantities for recorders, computed from the state on demand. OPTIONAL */
    const lsnn_variable *derived;
    void (*derive)(const lsnn_slice *slice, const void *parameters, int which, real *out);
} lsnn_model;

#endif
