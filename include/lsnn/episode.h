/* Learning to learn a family of functions (Bellec et al. 2018, NeurIPS, section 4): an episode is one function y = f(x), drawn anew, and
 * a number of trials. In each the network sees x and the right y of the trial before, and answers y; so it can learn f within the
 * episode by its state alone, and the outer loop makes it a network that does.
 *
 * A family is a task file: its parameters hold an lsnn_episode_parameters named `episode`, its fields LSNN_EPISODE_FIELDS, its
 * state an lsnn_episode; open calls lsnn_episode_open, draw calls lsnn_episode_show for trials 0, 1, ..., and score is
 * lsnn_episode_score when the state begins with the lsnn_episode. */
#ifndef LSNN_EPISODE_H
#define LSNN_EPISODE_H

#include "lsnn/task.h"

#define LSNN_EPISODE_MOST_INPUTS 8

typedef struct lsnn_episode_parameters {
    int trials, test_trials, cells, judged_from;
    double trial, answer, gap, rate, sigma, range;
} lsnn_episode_parameters;

/* clang-format off */
#define LSNN_EPISODE_AT(type, member) offsetof(type, episode.member)
#define LSNN_EPISODE_FIELDS(type)                                                                                      \
    {"trials", LSNN_INT, LSNN_EPISODE_AT(type, trials), "100", NULL, 1, 1e6, false, NULL,                              \
     "trials of an episode in training and validation"},                                                               \
    {"test_trials", LSNN_INT, LSNN_EPISODE_AT(type, test_trials), "500", NULL, 1, 1e6, false, NULL,                    \
     "trials of an episode in the test"},                                                                              \
    {"judged_from", LSNN_INT, LSNN_EPISODE_AT(type, judged_from), "21", NULL, 1, 1e6, false, NULL,                     \
     "first trial (counted from 1) that counts for the error, the mean squared error of the answers"},                 \
    {"trial", LSNN_REAL, LSNN_EPISODE_AT(type, trial), "20 ms", "ms", 0, 1e6, true, NULL, "how long a trial lasts"},   \
    {"answer", LSNN_REAL, LSNN_EPISODE_AT(type, answer), "10 ms", "ms", 0, 1e6, true, NULL,                            \
     "the answer is the mean of the readout over so much time at the end of a trial"},                                 \
    {"gap", LSNN_REAL, LSNN_EPISODE_AT(type, gap), "0 ms", "ms", 0, 1e6, false, NULL,                                  \
     "silence after each trial: x has to be kept through it until the y that belongs to it is shown"},                 \
    {"cells", LSNN_INT, LSNN_EPISODE_AT(type, cells), "100", NULL, 2, 100000, false, NULL,                             \
     "input cells for each input and for the y of the trial before"},                                                  \
    {"rate", LSNN_REAL, LSNN_EPISODE_AT(type, rate), "200 Hz", "Hz", 0, 1e6, true, NULL,                               \
     "rate of a cell at its preferred value; it falls off as exp(-d^2 / (2 sigma^2))"},                                \
    {"sigma", LSNN_REAL, LSNN_EPISODE_AT(type, sigma), "0.1", NULL, 0, 10, true, NULL,                                 \
     "width sigma of the tuning, as a share of the range of values"},                                                  \
    {"range", LSNN_REAL, LSNN_EPISODE_AT(type, range), "2", NULL, 0, 1e6, true, NULL,                                  \
     "y is coded from -range to range (x from -1 to 1), and preferred values go 2 sigma beyond"}
/* clang-format on */

typedef struct lsnn_episode {
    int n_inputs, cells, judged_from;
    int trial, answer, period; /* steps; period: from one trial to the next */
    double p_peak, sigma, range;
} lsnn_episode;

/* Also fills in the shape: (n_inputs + 1) x cells input cells, one readout, a question per trial. */
LSNN_MUST_USE lsnn_status lsnn_episode_open(lsnn_episode *out, const lsnn_episode_parameters *p, int n_inputs,
                                            const lsnn_task_host *host, lsnn_shape *shape, lsnn_error *err);

/* Trials of an episode of this set. */
int lsnn_episode_trials(const lsnn_episode *e, const lsnn_trial *trial);

/* Trial k shows x [n_inputs] and y_before (nothing for k = 0), and asks for y. */
void lsnn_episode_show(const lsnn_episode *e, lsnn_trial *trial, lsnn_random *stream, int k, const double *x,
                       double y_before, double y);

/* lsnn_task.score: mean squared error of the answers from trial judged_from on (of the last one, if there are fewer). */
double lsnn_episode_score(const void *state, const void *parameters, const lsnn_trial *trial, const real *pooled);

#endif
