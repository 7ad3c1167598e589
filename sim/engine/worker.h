/* What one thread needs to simulate one trial, and what the trial leaves behind for the backward pass. */
#ifndef WORKER_H
#define WORKER_H

#include "lsnn/rule.h"
#include "network.h"
#include "trial.h"

/* Of a question that was answered by an action (actor.h). */
typedef struct decision {
    int action;
    double reward;
} decision;

/* One trial: its input and target, and what the forward pass leaves. */
typedef struct tape {
    int n_steps;
    lsnn_trial *trial;     /* of the task */
    lsnn_draw draw;        /* which one it is */
    bool drawn;            /* it holds the one trial of a task whose trials are the same */
    lsnn_trial **input;    /* [n_sources] spikes or values; the task's own source shares `trial` */
    real **column;         /* [n_populations * LSNN_MAX_TAPES] -> [segment][width], psi first */
    int segment;           /* steps that the columns hold, a multiple of the workers' chunk, or all */
    int held;              /* the first step that they hold now */
    real *snapshots;       /* [segments][snapshot_length], of the first step of each; NULL if all steps are held */
    real *start;           /* what is carried (carry.h) from the trial before; NULL: the trial begins at rest */
    uint32_t *spike_start; /* [n_steps + 1]: the spikes of step t are spike[start[t]] .. spike[start[t+1] - 1] */
    uint32_t *spike;       /* ids, ascending in a step */
    uint32_t *spike_step;  /* the step of each */
    uint32_t *count;       /* [n_spiking] spikes per neuron */
    real *output;          /* [n_steps][output columns] y; the loss turns it into dE/dy */
    bool collapsed;        /* only the average of the readout is judged (pooled.h); then readout_from is n_steps */
    int readout_from;      /* the readout's steps before are left out (quiet.h) */
    int early;             /* steps before: their spikes reach the readout only in those steps */
    real *pooled;          /* [output columns] with `collapsed`: average readout, then dE/d(average) */
    int n_decisions;       /* questions whose actions were drawn and rewarded during the forward pass */
    decision *decision;    /* [n_questions, at least 1] */
    real *decided;         /* [n_questions, at least 1][n_out + 1] logits (or means) and value */
    double loss, loss_rate, error; /* of this trial */
    double error_before;           /* of its demonstration (inner.h) */
    double *question_error;        /* [n_questions] 0 or 1, or the squared error of the answer; nan: without weight */
} tape;

/* A population's row of step t. */
LSNN_INLINE real *tape_row(const tape *tp, const network *net, int k, int c, int t)
{
    return tp->column[k * LSNN_MAX_TAPES + c] + (size_t)(t - tp->held) * (size_t)net->populations[k].width;
}

/* Points a population's slice at the tape's rows from step t on. */
LSNN_INLINE void tape_point(const tape *tp, const network *net, int k, int t, lsnn_slice *slice)
{
    const population *p = &net->populations[k];
    for (int i = 0; i < p->n_tapes; i++)
        slice->tape[p->tape[i]] = tape_row(tp, net, k, p->tape[i], t);
}

typedef struct worker {
    /* Windows of time: [chunk + longest delay][n_columns], the first row is of step `base`. */
    real *current; /* I of the steps in hand and of those to come: a spike adds to it when it is fired */
    real *signal;  /* dE/dz (readouts: dE/dy) of the steps in hand */
    real *adjoint; /* dE/dI of the steps in hand and of those after */
    int base;
    int chunk;         /* steps that the passes take in hand together */
    real *output;      /* [n_columns] z and y of the step */
    real *rate_signal; /* [spiking columns]: regularisation */
    const real
        *signals; /* [n_steps][spiking columns] dE/dz of each step from elsewhere, instead of rate_signal; NULL: none */
    lsnn_slice *slice; /* [n_populations] */
    /* The neurons that pass a signal on to the step before, by id and by column, [spiking columns + LSNN_LANES] each; those of
     * population k end at active_end[k]. */
    uint32_t *active, *active_column;
    int *active_end;
    uint32_t *
        active_steps; /* [spiking columns] of each column a bit for the steps marked_from, + 1, ... in which it is active */
    int marked_from;
    uint64_t n_active; /* of spiking neurons in all backward passes since it was last set to 0 */
    uint32_t *chain_first, *chain_next, *chained; /* of spikes of a cell (backward.c) */
    /* pooled.c and quiet.c: steps that the readout leaves out */
    real *coefficient; /* [n_steps] what a spike of the step adds to the average, or to the first step that is judged */
    real *early_signal;                         /* [spiking columns] dE/dz of such a step is coefficient times this */
    real *pooled_spikes;                        /* [n_spiking] sum of the coefficients over a neuron's spikes */
    int coefficients_known;                     /* for trials of so many steps; 0: not yet */
    real *pooled_weight;                        /* [n_steps] weights of the steps that the coefficients are for */
    real *pooled_trainable[LSNN_MAX_TRAINABLE]; /* [output columns] what a trainable adds to the average */
    real *impulse;                              /* [n_steps] answer of the readout to a current, n steps later */
} worker;

/* The row of a step in one of the worker's windows. */
LSNN_INLINE real *worker_row(const network *net, const worker *w, real *window, int t)
{
    return window + (size_t)(t - w->base) * (size_t)net->n_columns;
}

/* Where the backward pass adds: an array per parameter of the network (projections with `sums` have one row more). */
typedef struct gradients {
    real **value; /* [n_parameters] */
} gradients;

/* `segment`: how many steps its columns hold; see tape_segment. 0: it has no columns, somebody else keeps them. */
LSNN_MUST_USE lsnn_status tape_new(tape **out, const network *net, arena *a, const lsnn_shape *shape, int segment,
                                   lsnn_error *err);
/* Values of a row of all columns. */
size_t tape_columns(const network *net);
/* The segment with which n_tapes tapes take at most so many bytes (0: any number): all steps, or else what takes least. */
LSNN_MUST_USE lsnn_status tape_segment(int *segment, const network *net, int n_steps, int n_tapes, double bytes,
                                       lsnn_error *err);
LSNN_MUST_USE lsnn_status worker_new(worker **out, const network *net, arena *a, const lsnn_shape *shape,
                                     lsnn_error *err);
LSNN_MUST_USE lsnn_status gradients_new(gradients **out, const network *net, arena *a, lsnn_error *err);
int worker_chunk(const network *net);
size_t gradients_length(const network *net, int which);

/* Called once in each thread: numbers too small for full precision become 0, else decaying states would run at a tenth of the
 * speed. */
void worker_enter_thread(void);

/* Told of the state after each step t: for recorders and the replay of oracle cases. */
typedef void worker_observer(void *with, const network *net, const worker *w, const tape *tp, int t);

/* The state before the first step of a trial; what the passes begin with. */
void forward_clear(const network *net, worker *w);
void backward_clear(const network *net, worker *w, gradients *into);

/* Simulate the trial whose input is on the tape. `observe` may be NULL. */
void forward(const network *net, worker *w, tape *tp, worker_observer *observe, void *with);
/* The same in parts: begin, steps 0 .. a-1, a .. b-1, ..., end; input from step a on may be drawn when the steps before are taken. */
void forward_begin(const network *net, worker *w, tape *tp);
void forward_steps(const network *net, worker *w, tape *tp, int from, int to, worker_observer *observe, void *with);
void forward_end(const network *net, tape *tp);
/* Fill the tape's columns with the segment that begins at step `from` once more. */
void forward_again(const network *net, worker *w, tape *tp, int from);
/* What changes of the weights, which stand in place of the weights, do to the spikes of the trial on the tape by the local paths of e-prop,
 * into `out` [n_steps][spiking columns]: the transpose of an e-prop backward pass from signals to gradients. */
void forward_tangent(const network *net, worker *w, const tape *tp, real *out);
/* From dE/dy on the tape (tape.output) and worker.rate_signal to gradients, by the paths of a rule. `observe` (may be NULL) sees the rows of
 * worker.signal and worker.adjoint after each step, t descending. */
void backward(const network *net, worker *w, tape *tp, const lsnn_paths *paths, gradients *into,
              worker_observer *observe, void *with);

#endif
