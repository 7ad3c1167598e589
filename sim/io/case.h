/* Oracle cases: small networks with their input and target, whose states and gradients another program has computed. The file's
 * names and conventions are in tests/data/reference/README.md. */
#ifndef CASE_H
#define CASE_H

#include "arena.h"
#include "learning.h"

/* Arrays are row-major with the shapes given; rows of weights are presynaptic. */
typedef struct case_file {
    const char *path;
    const char *variant;                   /* eprop2020, lsnn2018paper, lsnn2018code */
    int n_in, n_lif, n_alif, n_rec, n_out; /* the LIF neurons come first */
    int batch, n_steps;
    int n_iterations;                 /* of training; 0: only one gradient is asked for */
    int n_ref;                        /* steps */
    double dt, tau_m, tau_a, tau_out; /* ms */
    double v_th, gamma;
    bool scale_input, scale_adapt, scale_readout; /* s_i = 1 - alpha, s_a = 1 - rho, s_o = 1 - kappa; else 1 */
    bool leaky_bias;
    int loss; /* loss_kind */
    rate_settings regularisation;
    const char *optimiser; /* adam, sgd; NULL without training */
    double rate, beta_1, beta_2, epsilon;
    const double *x;                              /* [iterations, at least 1][batch][n_steps][n_in], 0 or 1 */
    const double *target;                         /* [iterations, at least 1][batch][n_steps][n_out] */
    const double *w_t;                            /* [n_steps] */
    const double *W_in, *W_rec, *W_out, *b_out;   /* [n_in][n_rec], [n_rec][n_rec], [n_rec][n_out], [n_out] */
    const double *B_fb;                           /* [n_rec][n_out] */
    const double *beta;                           /* [n_rec] */
    const int *d_in, *d_rec, *mask_in, *mask_rec; /* as W_in, W_rec */
} case_file;

/* Everything is checked; what is wrong with a file is an LSNN_DATA error that names it, the object and what was expected. */
LSNN_MUST_USE lsnn_status case_read(case_file **out, arena *a, const char *path, lsnn_error *err);

#endif
