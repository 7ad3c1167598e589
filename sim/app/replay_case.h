/* Running an oracle case: forward pass, losses, gradients, and the iterations of training cases. */
#ifndef REPLAY_CASE_H
#define REPLAY_CASE_H

#include "case.h"
#include "lsnn/rule.h"

typedef struct replay_rule {
    const char *name; /* as in the files: grad/<name>/... */
    lsnn_paths paths;
} replay_rule;

extern const replay_rule replay_rules[]; /* name NULL at the end */

/* What a case gave. Arrays of states are [iterations, at least 1][batch][n_steps][..], those of weights [.., at least 1][i][j]. */
typedef struct replay_case {
    int n_iterations;                        /* at least 1 */
    double *z, *v, *a, *A, *psi, *psi_a, *I; /* [n_rec] per step; psi_a = dz/da; I before the scale s_i */
    int *ref;                                /* [n_rec] per step: 1 while refractory */
    double *y, *err;                         /* [n_out] per step: readout, and d loss_task / d y */
    double *L_sym, *L_rand;                  /* [n_rec] per step: err W_out^T, err B_fb^T */
    double *rate, *L_reg; /* [iterations][n_rec]: per ms, and d loss_reg / d z (with the batch's rate only) */
    double *loss, *loss_task, *loss_reg;                               /* [iterations] */
    double *gradient_in, *gradient_rec, *gradient_out, *gradient_bias; /* no bias in training */
    double *W_in, *W_rec, *W_out;                                      /* after each iteration of training */
} replay_case;

/* By one thread: the cases are small. */
LSNN_MUST_USE lsnn_status replay_case_run(replay_case **out, const case_file *c, const lsnn_paths *paths, arena *a,
                                          lsnn_error *err);

#endif
