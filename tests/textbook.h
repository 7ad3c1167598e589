/* e-prop as a textbook has it: eligibility traces of every synapse, forward in time, in double precision. Slow, and written without
 * a look at how the engine does it, so that the engine can be measured against it.
 *
 *     eps_v[t] = alpha eps_v[t-1] + s_i x[t-d]        eps_a[t] = rho eps_a[t-1] + s_a e[t-1]
 *     e[t] = dz/dv eps_v[t] + dz/da eps_a[t]          dE/dW = sum_t L[t] filter_kappa(e)[t] + pull e[t],  L = s_o sum_k F_k err_k
 *
 * (Bellec et al. 2020, eq. 4, 24, 25; in the dialect lsnn2018code dz/dv belongs to v[t-1].) */
#ifndef TEXTBOOK_H
#define TEXTBOOK_H

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Arrays over time are [n_steps][..], row-major. */
typedef struct textbook {
    int n_steps, n_in, n_rec, n_out;
    const char *dialect, *surrogate;
    const double *alpha, *rho, *s_i, *s_a, *v_th, *beta, *gamma, *width, *n_ref; /* [n_rec] */
    const double *v_0, *a_0; /* [n_rec] before the first step; NULL: 0 */
    double kappa, s_o;
    bool leaky_bias;
    const double *z, *v, *a;         /* [n_rec] per step: what the neurons did */
    const double *W_out, *F, *b_out; /* [n_rec][n_out] twice, [n_out] */
    const double *target, *w_t;      /* [n_out] per step, [n_steps]; mean squared error */
    int out_delay;
    const double *pull;  /* [n_rec] dE/dz of the regularisation */
    double *psi, *psi_a; /* [n_rec] per step: dz/dv and dz/da, from textbook_slopes */
    double *psi_A;       /* dz/dA, likewise; NULL: nobody asks */
    double *err;         /* [n_out] per step, from textbook_errors */
} textbook;

static inline double textbook_shape(const char *surrogate, double x)
{
    if (strcmp(surrogate, "triangular") == 0) return fmax(0, 1 - fabs(x));
    if (strcmp(surrogate, "fast_sigmoid") == 0) return pow(1 + fabs(x), -2);
    if (strcmp(surrogate, "arctan") == 0) return 1 / (1 + x * x);
    if (strcmp(surrogate, "exponential") == 0) return exp(-fabs(x));
    abort();
}

static inline bool textbook_refractory(const textbook *b, int j, int t)
{
    for (int s = t - (int)b->n_ref[j]; s < t; s++)
        if (s >= 0 && b->z[s * b->n_rec + j] > 0) return true;
    return false;
}

static inline void textbook_slopes(const textbook *b)
{
    const bool relative = strcmp(b->dialect, "eprop2020") != 0, late = strcmp(b->dialect, "lsnn2018code") == 0;
    for (int t = 0; t < b->n_steps; t++) {
        for (int j = 0; j < b->n_rec; j++) {
            const int k = t * b->n_rec + j;
            const double A = b->v_th[j] + b->beta[j] * b->a[k];
            const double v = !late ? b->v[k] : t > 0 ? b->v[k - b->n_rec] : b->v_0 ? b->v_0[j] : 0;
            const double unit = relative ? A : b->v_th[j];
            const double height = textbook_refractory(b, j, t) ? 0 : b->gamma[j] / unit;
            b->psi[k] = height * textbook_shape(b->surrogate, (v - A) / (b->width[j] * unit));
            const double psi_A = -b->psi[k] * (relative ? v / A : 1);
            b->psi_a[k] = b->beta[j] * psi_A;
            if (b->psi_A) b->psi_A[k] = psi_A;
        }
    }
}

/* The synapse from a cell whose spikes (or values) are x[0], x[stride], ... to neuron j. */
static inline void textbook_traces(const textbook *b, const double *x, int stride, int delay, int j, double *eps_v,
                                   double *eps_a, double *e)
{
    const bool late = strcmp(b->dialect, "lsnn2018code") == 0;
    double v = 0, a = 0, e_before = 0;
    for (int t = 0; t < b->n_steps; t++) {
        const double v_before = v;
        v = b->alpha[j] * v + (t >= delay ? b->s_i[j] * x[(t - delay) * stride] : 0);
        a = b->rho[j] * a + b->s_a[j] * e_before;
        eps_v[t] = v;
        eps_a[t] = a;
        e[t] = b->psi[t * b->n_rec + j] * (late ? v_before : v) + b->psi_a[t * b->n_rec + j] * a;
        e_before = e[t];
    }
}

static inline void textbook_errors(const textbook *b)
{
    for (int k = 0; k < b->n_out; k++) {
        double y = 0;
        for (int t = 0; t < b->n_steps; t++) {
            double sum = 0;
            for (int j = 0; j < b->n_rec && t >= b->out_delay; j++)
                sum += b->W_out[j * b->n_out + k] * b->z[(t - b->out_delay) * b->n_rec + j];
            y = b->kappa * y + b->s_o * sum + (b->leaky_bias ? b->b_out[k] : 0);
            const double response = y + (b->leaky_bias ? 0 : b->b_out[k]);
            b->err[t * b->n_out + k] = b->w_t[t] * (response - b->target[t * b->n_out + k]);
        }
    }
}

static inline double textbook_synapse(const textbook *b, const double *x, int stride, int delay, int j)
{
    double eps_v[b->n_steps], eps_a[b->n_steps], e[b->n_steps], sum = 0, filtered = 0;
    textbook_traces(b, x, stride, delay, j, eps_v, eps_a, e);
    for (int t = 0; t < b->n_steps; t++) {
        double L = 0;
        for (int k = 0; k < b->n_out; k++)
            L += b->F[j * b->n_out + k] * b->err[t * b->n_out + k];
        filtered = b->kappa * filtered + (t >= b->out_delay ? e[t - b->out_delay] : 0);
        sum += b->s_o * L * filtered + b->pull[j] * e[t];
    }
    return sum;
}

static inline double textbook_readout(const textbook *b, int j, int k)
{
    double sum = 0, filtered = 0;
    for (int t = 0; t < b->n_steps; t++) {
        filtered = b->kappa * filtered + (t >= b->out_delay ? b->z[(t - b->out_delay) * b->n_rec + j] : 0);
        sum += b->s_o * b->err[t * b->n_out + k] * filtered;
    }
    return sum;
}

static inline double textbook_bias(const textbook *b, int k)
{
    double sum = 0, share = 0;
    for (int t = 0; t < b->n_steps; t++) {
        share = b->leaky_bias ? b->kappa * share + 1 : 1;
        sum += share * b->err[t * b->n_out + k];
    }
    return sum;
}

#endif
