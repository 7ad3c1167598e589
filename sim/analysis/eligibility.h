/* Eligibility traces of one synapse i -> j (Bellec et al. 2020), from what was recorded of its two neurons:
 *
 *   eps_v[t] = alpha eps_v[t-1] + z_i[t-d]      eps_a[t+1] = s_a psi_j[t] eps_v[t] + (rho - s_a beta psi_j[t]) eps_a[t]
 *   e[t] = psi_j[t] (eps_v[t] - beta eps_a[t])
 */
#ifndef ELIGIBILITY_H
#define ELIGIBILITY_H

#include <stddef.h>

typedef struct eligibility_neuron {
    double alpha, rho, beta, s_a; /* beta = 0: LIF */
} eligibility_neuron;

/* arriving[n]: spikes of i as they arrive, d steps later; psi[n] of j. Fills eps_v[n], eps_a[n], e[n]. */
void eligibility_traces(double *eps_v, double *eps_a, double *e, const double *arriving, const double *psi, size_t n,
                        const eligibility_neuron *j);

#endif
