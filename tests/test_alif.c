/* ALIF neurons against closed forms. */
#include "driven.h"

enum { STEPS = 1200 };

Test(alif, without_beta_is_a_lif_neuron)
{
    const double level[] = {0.0611, 0.09, 0.3}, none[] = {0, 0, 0};
    double current[STEPS * 3];
    driven_constant(current, STEPS, 3, level);
    driven lif = driven_run("lif", 3, (parameters_entry[]){{.name = "n_ref", .number = 2}, {0}}, STEPS, current);
    driven alif = driven_run(
        "alif", 3, (parameters_entry[]){{.name = "n_ref", .number = 2}, {.name = "beta", .values = none}, {0}}, STEPS,
        current);
    cr_expect_arr_eq(alif.z, lif.z, 3 * STEPS * sizeof *lif.z);
    cr_expect_arr_eq(alif.v, lif.v, 3 * STEPS * sizeof *lif.v);
    cr_expect_arr_eq(alif.psi, lif.psi, 3 * STEPS * sizeof *lif.psi);
    driven_free(&lif);
    driven_free(&alif);
}

Test(alif, adaptation_decays_after_a_spike)
{
    const double tau_a[] = {10, 200, 2000}, beta[] = {0.1, 1.8, -0.2},
                 s_a[] = {1 - exp(-1.0 / 10), 1 - exp(-1.0 / 200), 1 - exp(-1.0 / 2000)};
    double current[STEPS * 3] = {1.1, 1.1, 1.1};
    for (int leak = 0; leak < 2; leak++) {
        const parameters_entry list[] = {{.name = "tau_a", .values = tau_a},
                                         {.name = "beta", .values = beta},
                                         {.name = "scale_adapt", .choice = leak ? "leak" : "none"},
                                         {0}};
        driven d = driven_run("alif", 3, list, STEPS, current);
        for (int j = 0; j < 3; j++)
            cr_expect_eq(d.a[j], 0);
        for (int t = 1; t < STEPS; t++)
            for (int j = 0; j < 3; j++) {
                const double a = (leak ? s_a[j] : 1) * exp(-(t - 1) / tau_a[j]);
                cr_expect_float_eq(d.a[t * 3 + j], a, driven_tolerance);
                cr_expect_float_eq(d.A[t * 3 + j], 1 + beta[j] * a, driven_tolerance);
                cr_expect_eq(d.z[t * 3 + j], 0);
            }
        driven_free(&d);
    }
}

Test(alif, intervals_lengthen_under_constant_current_and_shorten_with_negative_beta)
{
    const double level[] = {0.2, 0.2}, beta[] = {0.15, -0.01};
    double current[STEPS * 2];
    int step[STEPS];
    driven_constant(current, STEPS, 2, level);
    driven d = driven_run("alif", 2, (parameters_entry[]){{.name = "beta", .values = beta}, {0}}, STEPS, current);
    for (int j = 0; j < 2; j++) {
        const int n = driven_spikes(&d, j, step, STEPS);
        cr_assert_gt(n, 20);
        const int first = step[2] - step[1], last = step[n - 1] - step[n - 2];
        cr_expect(j == 0 ? last > first : last < first, "beta %g: intervals from %d to %d", beta[j], first, last);
    }
    driven_free(&d);
}

/* With a period of P steps the adaptation at a spike solves a = rho^P a + s_a rho^(P-1). */
Test(alif, adaptation_settles_where_a_period_gains_what_it_loses)
{
    const double level = 0.21, rho = exp(-1.0 / 30);
    double current[STEPS];
    int step[STEPS];
    driven_constant(current, STEPS, 1, &level);
    const parameters_entry list[] = {
        {.name = "tau_a", .number = 30}, {.name = "beta", .number = 1}, {.name = "n_ref", .number = 24}, {0}};
    driven d = driven_run("alif", 1, list, STEPS, current);
    const int n = driven_spikes(&d, 0, step, STEPS);
    cr_assert_gt(n, 20);
    const int period = step[n - 1] - step[n - 2];
    for (int k = n - 12; k < n; k++)
        cr_assert_eq(step[k] - step[k - 1], period, "the numbers of this test do not settle");
    cr_expect_float_eq(d.a[step[n - 1]], pow(rho, period - 1) / (1 - pow(rho, period)), 1e-3);
    driven_free(&d);
}

/* One strong pulse, then a weak current: the step after the spike shows what was subtracted. */
Test(alif, resets_by_what_its_dialect_says)
{
    static const char *const dialects[] = {"eprop2020", "lsnn2018paper", "lsnn2018code"};
    const double alpha = exp(-1.0 / 20), beta = 0.4;
    double current[20] = {0};
    current[0] = 1.5;
    current[6] = 2.5; /* the second spike comes with an adaptation */
    for (int k = 0; k < 3; k++) {
        int step[20];
        const parameters_entry list[] = {{.name = "beta", .number = beta},
                                         {.name = "dialect", .choice = dialects[k]},
                                         {.name = "v_th", .number = 0.8},
                                         {0}};
        driven d = driven_run("alif", 1, list, 20, current);
        cr_assert_geq(driven_spikes(&d, 0, step, 20), 2, "%s", dialects[k]);
        const int t = step[1];
        const double subtracted = alpha * d.v[t] + current[t + 1] - d.v[t + 1];
        const double expected = k == 0 ? 0.8 : k == 1 ? d.A[t] : d.A[t + 1];
        cr_expect_float_eq(subtracted, expected, driven_tolerance, "%s: %g, expected %g", dialects[k], subtracted,
                           expected);
        cr_expect_gt(d.A[t + 1], d.A[t]);
        driven_free(&d);
    }
}

Test(alif, keeps_a_tape_for_dz_da_in_the_2018_dialects_only)
{
    static const char *const dialects[] = {"eprop2020", "lsnn2018paper", "lsnn2018code"};
    const lsnn_model *alif = registry_model("alif");
    arena *a;
    cr_assert_eq(arena_new(&a, NULL), LSNN_OK);
    for (int k = 0; k < 3; k++) {
        const void *parameters;
        const parameters_entry list[] = {{.name = "dialect", .choice = dialects[k]}, {0}};
        cr_assert_eq(parameters_fill(&parameters, alif->fields, alif->size, 1, list, a, NULL), LSNN_OK);
        cr_expect_eq(alif->which_tapes(parameters), k == 0 ? 1 : 15);
    }
    arena_free(a);
}
