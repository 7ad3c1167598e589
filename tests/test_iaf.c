/* The model iaf against closed forms. */
#include "simulated.h"
#include <math.h>

/* Single precision rounds v, about 20 mV, at each of some hundred steps. */
#define TOLERANCE (sizeof(real) == 8 ? 1e-12 : 2e-4)

/* 100 steps of 0.1 ms, one neuron that is never driven to threshold, one spike of weight 2 at step 10. */
static simulated answer(const char *parameters)
{
    char text[1024];
    snprintf(text, sizeof text,
             "dt: 0.1 ms\nsimulation: {time: 50 ms}\n"
             "sources: {one: {kind: spikes, n: 1, spikes: [[1, 0]]}}\n"
             "populations: {a: {model: iaf, n: 1, v_th: 100 mV, %s}}\n"
             "projections: {in: {from: one, to: a, weights: 2}}\n"
             "record: {v: {what: v, of: a}}\n",
             parameters);
    return simulated_by(text, 1, 100);
}

Test(iaf, decays_from_a_delta_input)
{
    simulated s = answer("tau_m: 20 ms");
    cr_assert_eq(s.n_values, 100);
    for (int t = 0; t < 100; t++)
        cr_expect_float_eq(s.values[t], t < 10 ? 0 : 2 * exp(-(t - 10) * 0.1 / 20), TOLERANCE, "step %d", t);
    arena_free(s.memory);
}

Test(iaf, answers_a_synaptic_current_with_a_difference_of_exponentials)
{
    const double tau_m = 20, tau_s = 5;
    simulated s = answer("tau_m: 20 ms, tau_syn: 5 ms, synapse: exponential");
    for (int t = 0; t < 100; t++) {
        const double time = (t - 10) * 0.1;
        const double v = 2 * tau_s / (tau_m - tau_s) * (exp(-time / tau_m) - exp(-time / tau_s));
        cr_expect_float_eq(s.values[t], t < 10 ? 0 : v, TOLERANCE, "step %d", t);
    }
    arena_free(s.memory);
}

Test(iaf, answers_with_an_alpha_function_where_time_constants_are_equal)
{
    simulated s = answer("tau_m: 5 ms, tau_syn: 5 ms, synapse: exponential");
    for (int t = 0; t < 100; t++) {
        const double time = (t - 10) * 0.1;
        cr_expect_float_eq(s.values[t], t < 10 ? 0 : 2 * time / 5 * exp(-time / 5), TOLERANCE, "step %d", t);
    }
    arena_free(s.memory);
}

Test(iaf, rests_at_its_resting_potential_plus_the_current)
{
    simulated s = answer("e_l: -3 mV, i_e: 7 mV, v_0: -3 mV, tau_m: 1 ms");
    cr_expect_float_eq(s.values[9], 4 - 7 * exp(-10 * 0.1), TOLERANCE);
    arena_free(s.memory);
}

Test(iaf, fires_at_the_interval_that_the_closed_form_gives)
{
    simulated s =
        simulated_by("dt: 0.1 ms\nsimulation: {time: 200 ms}\n"
                     "populations: {a: {model: iaf, n: 1, i_e: 30 mV, v_th: 20 mV, tau_m: 20 ms, t_ref: 2 ms}}\n",
                     1, 2000);
    /* 20 = 30 (1 - exp(-n dt / tau_m)), and 20 steps of refractoriness */
    const int rise = (int)ceil(20 * log(3) / 0.1);
    cr_assert_gt(s.n_spikes, 7);
    cr_expect_eq(s.spikes[0].step, (uint32_t)rise - 1);
    for (int k = 1; k < s.n_spikes; k++)
        cr_expect_eq(s.spikes[k].step - s.spikes[k - 1].step, (uint32_t)rise + 20);
    arena_free(s.memory);
}

Test(iaf, hears_nothing_while_it_is_refractory)
{
    /* A spike at step 0, V held in the steps 1 to 20; the input of step 21 is the first that counts. */
    const char *text = "dt: 0.1 ms\nsimulation: {time: 10 ms}\n"
                       "sources: {in: {kind: spikes, n: 1, spikes: [[0, 0], [0.1, 0], [2, 0], [2.1, 0]]}}\n"
                       "populations: {a: {model: iaf, n: 1, v_th: 20 mV, v_reset: 0 mV, t_ref: 2 ms}}\n"
                       "projections: {in: {from: in, to: a, weights: 21}}\n";
    simulated s = simulated_by(text, 1, 50);
    cr_assert_eq(s.n_spikes, 2);
    cr_expect_eq(s.spikes[0].step, 0);
    cr_expect_eq(s.spikes[1].step, 21);
    arena_free(s.memory);
}

Test(iaf, raises_its_threshold_by_each_adaptation)
{
    /* Pulses every 5 ms, each from V near 0: the second one must exceed 20 + 3 exp(-5/10) + 4 exp(-5/100) = 25.62. */
    const char *format = "dt: 0.1 ms\nsimulation: {time: 10 ms}\n"
                         "sources: {in: {kind: spikes, n: 1, spikes: [[0, 0], [5, 0]]}}\n"
                         "populations: {a: {model: iaf, n: 1, v_th: 20 mV, tau_a: [10, 100], beta: [3, 4]}}\n"
                         "projections: {in: {from: in, to: a, weights: %g}}\n";
    for (int above = 0; above < 2; above++) {
        char text[1024];
        snprintf(text, sizeof text, format, 20 + 3 * exp(-0.5) + 4 * exp(-0.05) + (above ? 1e-3 : -1e-3));
        simulated s = simulated_by(text, 1, 100);
        cr_expect_eq(s.n_spikes, 1 + above);
        arena_free(s.memory);
    }
}
