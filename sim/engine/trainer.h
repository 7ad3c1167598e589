/* Learning a task: iterations over batches of trials, evaluation, and the state that a checkpoint must hold.
 *
 * A batch is cut into a fixed number of shards; each adds its samples' gradients in their order, and the shards are added in
 * theirs: which thread computed a shard does not show in a single bit. */
#ifndef TRAINER_H
#define TRAINER_H

#include "learning.h"
#include "rewire.h"
#include "tally.h"
#include <signal.h>

typedef struct trainer trainer;

typedef struct metrics {
    double loss, loss_rate; /* of the task; of the regularisation */
    double error;
    double rate; /* mean of the spiking neurons, Hz */
    double norm; /* of the gradient before clipping */
    double learning_rate;
    double error_before; /* of the demonstrations, with learning within trials (inner.h); else 0 */
    double
        psi_density; /* share of neurons and steps whose surrogate psi is not 0; nan unless errors pass from neuron to neuron */
} metrics;

/* What a recorder sees of sample b of an iteration: every step, and the tape after the forward pass. It is called from several
 * threads, for different samples. */
typedef struct trainer_recorder {
    void *with;
    int n_samples; /* samples 0 .. n_samples-1 are shown */
    void (*step)(void *with, int sample, const network *net, const worker *w, const tape *tp, int t);
    void (*trial)(void *with, int sample, const network *net, const tape *tp);
    bool aligns; /* trainer.alignment is to be set in this iteration */
    /* After the loss: tape.output is dE/dy. */
    void (*judged)(void *with, int sample, const network *net, const tape *tp);
    /* The rows of worker.signal and worker.adjoint after each step backward, t descending. Not called by passes of another kind. */
    void (*back)(void *with, int sample, const network *net, const worker *w, const tape *tp, int t);
} trainer_recorder;

/* Passes in place of forward() and backward(), by threads that share the neurons of a trial (sim/large/learner.h). Besides the
 * network's parameters they have weights of their own, with gradients and moments. */
typedef struct trainer_passes {
    void *with;
    void (*forward)(void *with, tape *tp, worker_observer *observe, void *observer);
    void (*clear)(void *with); /* its gradients */
    void (*backward)(void *with, tape *tp, gradients *into);
    /* Online: both, chunk by chunk; calls trainer_learn after each if weights do not wait for the end of the trial. scale: of dE/dy. */
    void (*online)(void *with, tape *tp, gradients *into, double scale, worker_observer *observe, void *observer);
    double (*squares)(void *with); /* sum over its gradients */
    void (*update)(void *with, double rate, double factor);
} trainer_passes;

struct trainer {
    network *net;
    const lsnn_task *task;
    const void *task_state, *task_parameters;
    lsnn_shape shape;
    learning_settings settings;
    int n_threads, n_shards;
    int n_asked;                  /* threads that there might be; more than shards are not used */
    struct outer *outer;          /* outer.h; NULL without a sampler */
    const trainer_passes *passes; /* NULL: forward() and backward() */
    worker **workers;             /* [n_threads] */
    struct inner **inners;        /* [n_threads] inner.h; NULL without learning within trials */
    bool waits;                   /* no sample goes backward before the whole batch went forward (SCOPE_BATCH) */
    tape **tapes;                 /* one per thread; one per sample if the trainer waits */
    int n_tapes;
    size_t carried;                    /* values that a sample hands on if the state is carried over, else 0 */
    real *carry, *carry_next;          /* [batch][carried] state of each sample before and after the iteration */
    real *carry_evaluation;            /* [batch][carried] the same in an evaluation, which begins at rest */
    bool collapsed, quiet;             /* which steps of the readout are left out: pooled.h, quiet.h */
    gradients **shards;                /* [n_shards] */
    gradients *gradient;               /* their sum */
    double *alignment;                 /* [n_projections] alignment.h; NULL if nobody asks */
    gradients *aside;                  /* the other gradient */
    real **weights_as_feedback;        /* [n_projections] */
    real *(*moment)[LSNN_MAX_MOMENTS]; /* [n_parameters] */
    rewire *rewire;                    /* NULL: no projection changes its synapses */
    real **before;           /* [n_projections] readout weights before an update (adaptive feedback), or NULL */
    uint32_t *shard_count;   /* [n_shards][n_spiking] */
    uint64_t *count;         /* [n_spiking] spikes of the batch */
    uint64_t n_steps;        /* of all its trials */
    int *sample_steps;       /* [batch] */
    uint32_t *sample_spikes; /* [batch] of an evaluation */
    double *previous_rate;   /* [n_spiking] per ms, of the batch before; negative: none yet */
    double *sample_loss, *sample_loss_rate, *sample_error; /* [batch] */
    double *sample_error_before;                           /* [batch] */
    tally questions; /* of the last evaluation of test trials: errors, 0 or 1, or the squared error of the answer */
    tally rounds;    /* likewise: lengths (lsnn_task.rounds) */
    /* Lengths of the first rounds of the trials that ended round k. Trials with easy goals come to more rounds; but without memory all
      * rounds of a trial are alike, and so is whether it came to round k: then these means are those of `rounds`. */
    tally first_rounds;
    uint64_t
        *confusion; /* [n_out right][n_out given] answers of the last evaluation of test trials; NULL: no classes */
    double *sample_question_error; /* [batch][n_questions] */
    double *sample_round_length;   /* [batch][n_questions]; nan: so many rounds did not end. NULL: the task has none */
    uint64_t iteration;            /* done so far */
    uint64_t updates;              /* of the weights; more than iterations when learning online */
    double norm;                   /* of the last gradient */
    double phase_seconds[4];       /* summed over threads: input, forward, backward; and update */
    bool timed;
    const volatile sig_atomic_t *stop; /* not NULL and not 0: give up the present batch */
};

enum { PHASE_INPUT, PHASE_FORWARD, PHASE_BACKWARD, PHASE_UPDATE };

/* net, task and settings stay the caller's; memory comes from the network's arena. */
LSNN_MUST_USE lsnn_status trainer_new(trainer **out, network *net, const lsnn_task *task, const void *task_state,
                                      const void *task_parameters, const lsnn_shape *shape,
                                      const learning_settings *settings, int n_threads, lsnn_error *err);

/* One batch: draw, forward, judge, backward, update. LSNN_DIVERGED names the neuron and the time of the first value that is no
 * number. LSNN_INTERRUPTED: trainer.stop was set; nothing has changed. `recorder` may be NULL. */
LSNN_MUST_USE lsnn_status trainer_iterate(trainer *t, metrics *out, const trainer_recorder *recorder, lsnn_error *err);

/* The gradient of one batch without an update: what trainer_iterate does before. */
LSNN_MUST_USE lsnn_status trainer_gradient(trainer *t, metrics *out, const trainer_recorder *recorder, lsnn_error *err);
/* Forward only, on trials first .. first+n-1 of a set. */
LSNN_MUST_USE lsnn_status trainer_evaluate(trainer *t, metrics *out, lsnn_set set, uint64_t first, uint64_t n,
                                           lsnn_error *err);

/* One update with what the shards hold, which are then empty: for passes that learn online. */
void trainer_learn(trainer *t);

/* input.c: draws a trial onto a tape. */
void input_draw(const trainer *t, tape *tp, lsnn_set set, uint64_t index);

/* rates.c: c_reg sum_j (f_j - f_target)^2 as what it means for the spikes of a trial, into worker.rate_signal; its value for a
 * sample's rates as its scope wants them, or (NULL) the batch's; a neuron's mean rate in the batch, per ms. */
void rates_signal(const trainer *t, worker *w, const tape *tp);
double rates_loss(const trainer *t, const tape *tp);
double rates_batch(const trainer *t, int neuron);
/* The share of psi that is not 0 in the batch; NaN: nobody has counted. */
double rates_psi_density(const trainer *t);

/* tested.c: memory; before an evaluation of test trials; after each of them, from several threads; and in their order. */
LSNN_MUST_USE lsnn_status tested_new(trainer *t, arena *a, lsnn_error *err);
void tested_clear(trainer *t);
void tested_keep(trainer *t, const tape *tp, int sample);
void tested_add(trainer *t, int sample);

/* update.c: sum the shards into trainer.gradient; its norm; and the change of the parameters. */
void update_reduce(trainer *t);
double update_norm(const trainer *t);
void update_apply(trainer *t, double rate, double norm);
/* Elements first .. first+n-1 of a parameter by factor x gradient; `update` counts from 1. */
void update_parameter(const learning_settings *settings, const parameter *learned, real *gradient, real *const *moment,
                      size_t first, size_t n, double rate, double factor, uint64_t update);

#endif
