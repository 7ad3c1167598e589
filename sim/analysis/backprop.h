/* Backpropagation as a baseline of learning within an episode: a network of one hidden layer that takes a step at each
 * sample. */
#ifndef BACKPROP_H
#define BACKPROP_H

#include "arena.h"
#include "lsnn/random.h"

enum { BACKPROP_HIDDEN = 10 }; /* the target networks of l2l_regression have as many */

/* answer = c + sum_h u_h sigmoid(w_h . x + b_h). The output is linear so that any range of values is in reach. */
typedef struct backprop {
    int n_inputs, n_weights;
    double *weight; /* [n_weights]: w_h [n_inputs], b_h, u_h of each hidden unit; at last c */
    double *slope;  /* [n_weights]: derivative of the last answer */
    double *m, *v;  /* [n_weights]: Adam's mean of gradients and of their squares */
} backprop;

LSNN_MUST_USE lsnn_status backprop_new(backprop **out, int n_inputs, arena *a, lsnn_error *err);

/* Also fills in the slope. */
double backprop_answer(backprop *b, const double *x);

/* error[k], k = 0 .. n_samples-1: squared error at sample k (x [n_samples][n_inputs], y) of a network that began with
 * random weights and has taken one step of Adam for each of the samples before, in their order. */
void backprop_course(double *error, backprop *b, double rate, lsnn_random stream, int n_samples, const double *x,
                     const double *y);

#endif
