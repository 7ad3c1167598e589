/* What a task is: it draws trials (input, target, weights of the steps) and says how a response is scored. A task file
 * experiments/<name>/task.c fills one `const lsnn_task lsnn_task_<name>`; nothing else needs an edit. */
#ifndef LSNN_TASK_H
#define LSNN_TASK_H

#include "lsnn/error.h"
#include "lsnn/field.h"
#include "lsnn/random.h"

typedef enum lsnn_set { LSNN_TRAIN, LSNN_VALIDATION, LSNN_TEST } lsnn_set;

typedef struct lsnn_shape {
    int n_in;            /* input cells */
    int n_out;           /* readouts: classes, or values */
    int n_steps;         /* of a trial, each dt long */
    int n_steps_test;    /* of a trial of the test set; 0: n_steps */
    bool classes;        /* the target is a label; else n_out values per step */
    int n_questions;     /* most questions of a trial, each with a label or n_out values; 0: the whole trial is one */
    int n_given;         /* numbers that a question shows, for baselines; 0: the task does not say */
    bool analog;         /* the input is a value per cell and step; else spikes */
    bool runs;           /* neighbouring cells often fire together: worth sums over runs of rows */
    int n_demonstration; /* cells of a second input, called demonstration; 0: there is none */
    bool analog_demonstration;
    bool same;        /* every trial is the same: it is drawn once */
    uint32_t size[3]; /* trials in the sets train, validation, test; 0: as many as are asked for */
} lsnn_shape;

/* In the steps start .. stop-1 the network is asked for `label`; if it learns from rewards, for an action. */
typedef struct lsnn_question {
    int start, stop, label;
    int action; /* the engine's, with shape.classes: what the network chose, 0 .. n_out-1 */
} lsnn_question;

/* One trial's input and target. The engine owns it and clears it before each draw. */
typedef struct lsnn_trial {
    lsnn_shape shape;
    int n_steps; /* of this trial: shape.n_steps or shape.n_steps_test */
    int label;   /* with shape.classes: 0 .. n_out-1; in a trial with questions -1, or what the task calls its class */
    int n_questions;          /* with shape.n_questions: asked so far */
    lsnn_question *questions; /* [shape.n_questions] in the order of time, without overlap */
    /* [shape.n_questions, at least 1][n_out]: the engine's; the mean of the readout over the judged steps of each question
     * (without questions: of the trial) with their weights */
    real *answers;
    /* [n_steps][n_out], without shape.classes; of a question whose answer is pooled, the row of its first step */
    real *target;
    double *given; /* [n_questions][n_given] */
    real *weight;  /* [n_steps]: weight of the step in the loss; 0: the step is not judged */
    real *analog;  /* [n_steps][n_in], with shape.analog */
    struct lsnn_events *events;
    struct lsnn_trial
        *demonstration; /* with shape.n_demonstration: takes spikes, or analog values, of the second input */
} lsnn_trial;

/* Add input spikes, in any order; one cell spikes at most once a step (further ones are dropped). */
void lsnn_trial_spike(lsnn_trial *trial, int step, int cell);
/* Cells first .. last-1 spike together. */
void lsnn_trial_run(lsnn_trial *trial, int step, int first, int last);
/* Each of the cells first .. last-1 spikes with the given probability in each of the steps start .. stop-1. The cost
 * follows the number of spikes. */
void lsnn_trial_bernoulli(lsnn_trial *trial, lsnn_random *stream, int first, int last, int start, int stop,
                          double probability);
/* One more question, later than all before; its steps get the weight 1. Without shape.classes the label means nothing. What lies outside of the trial or overlaps an earlier
 * question is cut off; a question that is left without steps, or is one too many, is dropped. */
void lsnn_trial_ask(lsnn_trial *trial, int start, int stop, int label);

/* An array of bytes from a file in the idx format (MNIST's). */
typedef struct lsnn_bytes {
    int n_dims;
    uint32_t dim[4];
    const uint8_t *values;
} lsnn_bytes;

/* What the engine does for a task while it opens: plug-ins neither allocate nor read files themselves. */
typedef struct lsnn_task_host lsnn_task_host;
struct lsnn_task_host {
    uint64_t seed;
    double dt; /* ms */
    /* Zeroed memory that lives as long as the task. */
    lsnn_status (*memory)(const lsnn_task_host *host, void *out_pointer, size_t n, size_t size, lsnn_error *err);
    /* Reads `file` (relative paths: from the folder of the config), plain or gzip. */
    lsnn_status (*idx)(const lsnn_task_host *host, lsnn_bytes *out, const char *directory, const char *file,
                       lsnn_error *err);
};

/* Conversions of a task's parameters; LSNN_CONFIG names the parameter that does not fit. A time (ms) in steps, rate (Hz) as the
 * probability of a spike in a step, and the length of a whole trial. */
LSNN_MUST_USE lsnn_status lsnn_task_steps(int *out, const lsnn_task_host *host, const char *name, double time,
                                          lsnn_error *err);
LSNN_MUST_USE lsnn_status lsnn_task_probability(double *out, const lsnn_task_host *host, const char *name, double rate,
                                                lsnn_error *err);
LSNN_MUST_USE lsnn_status lsnn_task_trial_steps(int *out, double n_steps, lsnn_error *err);

typedef struct lsnn_draw {
    uint64_t seed;
    lsnn_set set;
    uint64_t
        index; /* of the trial in its set: 0, 1, ... over the whole training; the only source of chance besides seed */
} lsnn_draw;

/* The stream that belongs to a draw. */
lsnn_random lsnn_draw_stream(const lsnn_draw *draw);

/* A world that answers to what the network does: `act` is called when the question trial.questions[n_questions - 1] is over and its
 * action known. It returns the reward, draws the input of steps after that question (whatever was drawn for them before stays), and asks
 * the next question with lsnn_trial_ask; if it does not, the trial is over. What the world is like follows from the draw and the
 * actions of all questions so far, so that nothing has to be kept. `chance` belongs to this trial and question. */
typedef double lsnn_act(const void *state, const void *parameters, const lsnn_draw *draw, lsnn_trial *trial,
                        lsnn_random *chance);

typedef struct lsnn_task {
    const char *name;
    const char *doc;
    const lsnn_field *fields; /* parameters, under `task:` in the config */
    size_t size;              /* of the struct that `fields` describes */
    size_t state_size;        /* of what `open` prepares */

    /* Parameters -> shape and state (zeroed, state_size bytes). REQUIRED */
    lsnn_status (*open)(void *state, const void *parameters, const lsnn_task_host *host, lsnn_shape *shape,
                        lsnn_error *err);
    /* One trial; called from several threads at once. REQUIRED */
    void (*draw)(const void *state, const void *parameters, const lsnn_draw *draw, lsnn_trial *trial);
    /* Error of a response, 0 .. 1. pooled: mean of the readout over the judged steps with their weights, [n_out] for each
     * question or for the trial. OPTIONAL; without it: classes: 1 if the largest pooled readout is not the label's, else 0;
     * questions: the share of those that are answered wrongly; values: sum of squared errors over the sum of squared
     * targets, in the judged steps or (with questions) of the answers */
    double (*score)(const void *state, const void *parameters, const lsnn_trial *trial, const real *pooled);
    /* The task's own loss (loss: task) of a whole response y, whose row t begins at y + t * stride; dl/dy times `scale` takes its
     * place in the first n_out of each row. `error`: the error, 0 if all is right. OPTIONAL */
    double (*loss)(const void *state, const void *parameters, const lsnn_trial *trial, real *y, size_t stride,
                   double scale, double *error);
    /* For tasks with rewards (loss: actor_critic); their shape has questions. With shape.classes one of n_out actions is chosen; without,
     * an action is n_out numbers, the answer to its question (trial.answers). OPTIONAL */
    lsnn_act *act;
    /* For tasks with `act` that begin anew within a trial: how long each round took that came to its end, in the order of time,
     * into `length` [shape.n_questions]; returns how many did. What lsnn writes for them is the mean over test trials by the
     * round's number. OPTIONAL */
    int (*rounds)(const void *state, const void *parameters, const lsnn_trial *trial, double *length);
} lsnn_task;

#endif
