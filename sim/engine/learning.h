/* How a network learns: loss, regularisation, schedule, optimiser. Filled from the config's `learning:` by build.c. */
#ifndef LEARNING_H
#define LEARNING_H

#include "lsnn/rule.h"
#include "lsnn/sampler.h"
#include "worker.h"

typedef enum loss_kind { LOSS_MSE, LOSS_CROSS_ENTROPY, LOSS_ACTOR_CRITIC, LOSS_TASK } loss_kind;
typedef enum rate_scope { SCOPE_SAMPLE, SCOPE_BATCH, SCOPE_PREVIOUS } rate_scope;
typedef enum schedule_kind { SCHEDULE_CONSTANT, SCHEDULE_STEP, SCHEDULE_EXPONENTIAL, SCHEDULE_COSINE } schedule_kind;

/* Of actor_critic (actor.h). */
typedef struct actor_settings {
    double gamma, lambda;
    double value, entropy; /* c_V, c_H */
    double sigma;          /* of actions that are numbers */
} actor_settings;

/* E = mean over the batch of sum_t w_t l(t); l = 1/2 sum_k (y_k - target_k)^2, or the cross entropy of softmax(y). */
typedef struct loss_settings {
    int kind;                      /* loss_kind */
    bool mean;                     /* the w_t of a trial are divided by their sum */
    bool pool;                     /* one loss, of y averaged over the judged steps; so is actor_critic */
    int window_start, window_stop; /* steps that are judged instead of the task's; stop 0: the task's */
    actor_settings actor;
    const lsnn_task *task; /* with LOSS_TASK: whose loss it is */
    const void *task_state, *task_parameters;
} loss_settings;

/* c_reg sum_j (f_j - f_target)^2, f_j in spikes per ms. */
typedef struct rate_settings {
    double strength; /* c_reg, ms^2 */
    double target;   /* f_target, 1/ms */
    int scope;       /* rate_scope: f_j of each sample, of the batch, or of the batch before */
} rate_settings;

typedef struct schedule_settings {
    int kind; /* schedule_kind */
    double factor, final;
    int every, warm_up;
} schedule_settings;

/* What the run's gradient is compared with; the order of the choice in the config. */
typedef enum aligned_with {
    ALIGNED_AUTO, /* BPTT, or symmetric e-prop where the run itself learns by BPTT */
    ALIGNED_BPTT,
    ALIGNED_BPTT_WITHOUT_RESET,
    ALIGNED_EPROP
} aligned_with;

typedef struct learning_settings {
    bool learns;       /* false: only simulate */
    bool may_collapse; /* nobody asks for the readout's steps (pooled.h) */
    bool by_neurons;   /* threads share the neurons of a trial instead of the trials of a batch (trainer_passes) */
    const lsnn_optimiser *optimiser;
    const void *optimiser_parameters;
    const lsnn_sampler *sampler; /* looks for the weights without gradients; then `learns` is false. NULL: none */
    const void *sampler_parameters;
    lsnn_paths paths;
    int n_trainee; /* of paths.inner: populations 0 .. n_trainee-1 */
    int signals;   /* the population of readouts whose values are its learning signals */
    double rate;
    schedule_settings schedule;
    int batch, iterations, shards;
    loss_settings loss;
    rate_settings regularisation;
    bool aligns; /* alignment with another rule's gradient is asked for in some iterations */
    aligned_with aligned_with;
    bool carry;          /* a sample begins with the state in which the sample of its place in the batch before ended */
    double tape_bytes;   /* that the tapes may take; 0: any number */
    double clip;         /* bound of the gradient's norm; 0: none */
    double weight_decay; /* w -= rate x decay x w each update (Loshchilov & Hutter 2019) */
} learning_settings;

/* The learning rate of an update (0, 1, ...). */
double schedule_rate(const learning_settings *settings, uint64_t update);

/* Judge the readout on the tape: sets tape.loss and tape.error, and puts scale x dE/dy into tape.output. `score` (may be NULL) is
 * the task's own. */
typedef double loss_score(const void *with, const lsnn_trial *trial, const real *pooled);
void loss_judge(const loss_settings *settings, const network *net, tape *tp, double scale, loss_score *score,
                const void *with);
/* Counts the answers of a judged trial: confusion[right class][given class] += 1. Several threads may do so at once. */
void loss_confuse(uint64_t *confusion, const lsnn_trial *trial);
/* A trial without questions asks one, in all its steps. Questions without weight are not asked. */
int loss_count_questions(const lsnn_trial *trial);
lsnn_question loss_question(const lsnn_trial *trial, int q);
double loss_question_weight(const lsnn_trial *trial, lsnn_question q);
/* Mean of the first n readouts over the judged steps of a question, into `pooled`; returns the sum of their weights. */
double loss_pool(const tape *tp, const network *net, int q, int n, real *pooled);
/* dE/dy of the steps from .. to-1 into `slope` [to - from][output columns], while tape.output keeps y. Not of a pooled loss. */
void loss_slopes(const loss_settings *settings, const network *net, const tape *tp, double scale, int from, int to,
                 real *slope);
/* The same for a collapsed tape, from and to tape.pooled. */
void loss_judge_pooled(const loss_settings *settings, tape *tp, double scale, loss_score *score, const void *with);

#endif
