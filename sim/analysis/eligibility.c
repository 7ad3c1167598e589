/* Eligibility traces, forward in time. */
#include "eligibility.h"

void eligibility_traces(double *eps_v, double *eps_a, double *e, const double *arriving, const double *psi, size_t n,
                        const eligibility_neuron *j)
{
    double v = 0, a = 0;
    for (size_t t = 0; t < n; t++) {
        v = j->alpha * v + arriving[t];
        eps_v[t] = v;
        eps_a[t] = a;
        e[t] = psi[t] * (v - j->beta * a);
        a = j->s_a * psi[t] * v + (j->rho - j->s_a * j->beta * psi[t]) * a;
    }
}
