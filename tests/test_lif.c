/* LIF neurons against closed forms. */
#include "driven.h"

enum { STEPS = 300 };

/* Steps until v, which starts at v0 and is driven towards v_inf, is above v_th: v after m steps is v_inf - alpha^m (v_inf - v0). */
static int steps_to_threshold(double alpha, double v_inf, double v0, double v_th)
{
    const double exact = log((v_inf - v_th) / (v_inf - v0)) / log(alpha);
    /* The numbers of this file keep away from a crossing at a step, where rounding would decide. */
    cr_assert(fabs(exact - round(exact)) > 1e-3, "%g steps are too close to a whole number", exact);
    return (int)ceil(exact);
}

Test(lif, intervals_under_constant_current_are_exact)
{
    const double tau_m[] = {20, 20, 10, 35, 50}, v_th[] = {1, 0.6, 1, 2, 0.61},
                 I[] = {0.0611, 0.05, 0.13, 0.0823, 0.0371};
    const parameters_entry list[] = {{.name = "tau_m", .values = tau_m}, {.name = "v_th", .values = v_th}, {0}};
    double current[STEPS * 5];
    driven_constant(current, STEPS, 5, I);
    driven d = driven_run("lif", 5, list, STEPS, current);
    for (int j = 0; j < 5; j++) {
        const double alpha = exp(-1 / tau_m[j]), v_inf = I[j] / (1 - alpha);
        double v0 = 0;
        int found[STEPS], last = -1;
        const int n = driven_spikes(&d, j, found, STEPS);
        cr_expect_gt(n, 3);
        for (int k = 0; k < n; k++) {
            const int m = steps_to_threshold(alpha, v_inf, v0, v_th[j]);
            cr_assert_eq(found[k], last + m, "neuron %d, spike %d: at step %d, expected %d", j, k, found[k], last + m);
            /* The reset of the next step is v_th; a start v_th / alpha lower does the same. */
            v0 = v_inf - pow(alpha, m) * (v_inf - v0) - v_th[j] / alpha;
            last = found[k];
        }
    }
    driven_free(&d);
}

Test(lif, decays_to_rest_without_input)
{
    const double tau_m[] = {5, 20, 80};
    double current[STEPS * 3] = {0.9, 0.7, -0.5};
    driven d = driven_run("lif", 3, (parameters_entry[]){{.name = "tau_m", .values = tau_m}, {0}}, STEPS, current);
    for (int t = 0; t < STEPS; t++)
        for (int j = 0; j < 3; j++) {
            cr_expect_float_eq(d.v[t * 3 + j], current[j] * exp(-t / tau_m[j]), driven_tolerance);
            cr_expect_eq(d.z[t * 3 + j], 0);
        }
    driven_free(&d);
}

Test(lif, psi_is_a_triangle_around_the_threshold)
{
    const parameters_entry list[] = {
        {.name = "v_th", .number = 0.5}, {.name = "gamma", .number = 0.3}, {.name = "width", .number = 2}, {0}};
    double current[9];
    for (int j = 0; j < 9; j++)
        current[j] = -1.5 + 0.5 * j;
    driven d = driven_run("lif", 9, list, 1, current);
    for (int j = 0; j < 9; j++) {
        const double x = (current[j] - 0.5) / (2 * 0.5);
        cr_expect_float_eq(d.psi[j], 0.3 / 0.5 * fmax(0, 1 - fabs(x)), driven_tolerance, "at v = %g", current[j]);
    }
    driven_free(&d);
}

Test(lif, is_silent_for_n_ref_steps_after_a_spike)
{
    const double n_ref[] = {0, 1, 4, 9}, strong[] = {2, 2, 2, 2};
    double current[STEPS * 4];
    driven_constant(current, STEPS, 4, strong);
    driven d = driven_run("lif", 4, (parameters_entry[]){{.name = "n_ref", .values = n_ref}, {0}}, STEPS, current);
    for (int t = 0; t < STEPS; t++)
        for (int j = 0; j < 4; j++) {
            const bool fires = t % ((int)n_ref[j] + 1) == 0;
            cr_expect_eq(d.z[t * 4 + j], fires, "n_ref %g, step %d", n_ref[j], t);
            if (!fires) cr_expect_eq(d.psi[t * 4 + j], 0, "psi of a refractory neuron");
        }
    driven_free(&d);
}

Test(lif, goes_on_integrating_while_it_is_refractory)
{
    const double alpha = exp(-1.0 / 20);
    double current[12] = {1.5, 0.1, 0.1, 0.1, 0.1, 0.1}, v = 1.5;
    driven d = driven_run("lif", 1, (parameters_entry[]){{.name = "n_ref", .number = 5}, {0}}, 6, current);
    cr_expect_eq(d.z[0], 1);
    for (int t = 1; t < 6; t++) {
        v = alpha * v + 0.1 - (t == 1 ? 1 : 0);
        cr_expect_float_eq(d.v[t], v, driven_tolerance);
    }
    driven_free(&d);
}

Test(lif, does_not_fire_at_the_threshold_itself)
{
    const double current[] = {1, 1.0001};
    driven d = driven_run("lif", 2, (parameters_entry[]){{.name = "v_th", .number = 1}, {0}}, 1, current);
    cr_expect_eq(d.z[0], 0);
    cr_expect_eq(d.z[1], 1);
    driven_free(&d);
}

Test(lif, scales_currents_by_what_leaks_away)
{
    const double level = 0.9, alpha = exp(-1.0 / 20);
    double current[STEPS];
    driven_constant(current, STEPS, 1, &level);
    driven d =
        driven_run("lif", 1, (parameters_entry[]){{.name = "scale_input", .choice = "leak"}, {0}}, STEPS, current);
    for (int t = 0; t < STEPS; t++)
        cr_expect_float_eq(d.v[t], level * (1 - pow(alpha, t + 1)), driven_tolerance);
    driven_free(&d);
}

Test(lif, decides_on_the_voltage_before_in_the_dialect_of_the_2018_code)
{
    const double level = 0.0611;
    double current[STEPS];
    int paper[STEPS], code[STEPS];
    driven_constant(current, STEPS, 1, &level);
    driven p =
        driven_run("lif", 1, (parameters_entry[]){{.name = "dialect", .choice = "lsnn2018paper"}, {0}}, STEPS, current);
    driven c =
        driven_run("lif", 1, (parameters_entry[]){{.name = "dialect", .choice = "lsnn2018code"}, {0}}, STEPS, current);
    cr_assert_gt(driven_spikes(&p, 0, paper, STEPS), 0);
    cr_assert_gt(driven_spikes(&c, 0, code, STEPS), 0);
    cr_expect_eq(code[0], paper[0] + 1);
    driven_free(&p);
    driven_free(&c);
}

Test(lif, refuses_a_refractory_time_that_is_no_number_of_steps)
{
    const lsnn_model *lif = registry_model("lif");
    const void *parameters;
    arena *a;
    network *net;
    lsnn_error err = {0};
    cr_assert_eq(arena_new(&a, NULL), LSNN_OK);
    cr_assert_eq(network_new(&net, a, 1, 0, NULL), LSNN_OK);
    const parameters_entry list[] = {{.name = "n_ref", .number = 2.5}, {0}};
    cr_assert_eq(parameters_fill(&parameters, lif->fields, lif->size, 3, list, a, NULL), LSNN_OK);
    cr_expect_eq(network_add_population(net, "left", lif, 3, parameters, &err), LSNN_CONFIG);
    cr_expect_str_eq(err.message, "populations.left: n_ref must be a whole number of steps");
    arena_free(a);
}
