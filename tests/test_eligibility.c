#include "eligibility.h"
#include <criterion/criterion.h>
#include <math.h>

enum { N = 50 };

Test(eligibility, of_a_lif_neuron_is_the_filtered_spike_times_psi)
{
    double arriving[N] = {[10] = 1}, psi[N], v[N], a[N], e[N];
    for (int t = 0; t < N; t++)
        psi[t] = 0.01 * t;
    eligibility_traces(v, a, e, arriving, psi, N, &(eligibility_neuron){.alpha = 0.9, .s_a = 1});
    for (int t = 0; t < N; t++)
        cr_assert_float_eq(e[t], t < 10 ? 0 : psi[t] * pow(0.9, t - 10), 1e-14);
}

/* Without a memory of the potential the adaptation alone is left: it decays by rho - beta psi. */
Test(eligibility, adaptation_remembers_what_the_potential_has_forgotten)
{
    double arriving[N] = {[10] = 1}, psi[N], v[N], a[N], e[N];
    const eligibility_neuron j = {.alpha = 0, .rho = 0.99, .beta = 0.2, .s_a = 1};
    for (int t = 0; t < N; t++)
        psi[t] = 0.3;
    eligibility_traces(v, a, e, arriving, psi, N, &j);
    cr_assert_float_eq(e[10], 0.3, 1e-14);
    for (int t = 11; t < N; t++) {
        const double left = 0.3 * pow(0.99 - 0.2 * 0.3, t - 11);
        cr_assert_float_eq(a[t], left, 1e-14);
        cr_assert_float_eq(e[t], -0.3 * 0.2 * left, 1e-14);
    }
}
