/* The trial of pattern generation: its sines and its input. */
#include "opened_task.h"

TestSuite(pattern_generation, .init = start_arena, .fini = end_arena);

Test(pattern_generation, starts_at_zero_and_reaches_one)
{
    for (uint64_t seed = 1; seed < 20; seed++) {
        opened_task o = open_task(registry_task("pattern_generation"), "outputs: 2", seed);
        cr_assert(o.shape.n_in == 100 && o.shape.n_out == 2 && o.shape.n_steps == 1000 && !o.shape.classes);
        lsnn_trial *trial = new_trial(&o);
        draw(trial, &o, LSNN_TRAIN, 0);
        for (int k = 0; k < 2; k++) {
            double greatest = 0;
            for (int t = 0; t < 1000; t++)
                greatest = fmax(greatest, fabs(trial->target[2 * t + k]));
            cr_assert_eq(trial->target[k], 0);
            cr_assert_eq(greatest, 1);
        }
        cr_assert_neq(trial->target[2 * 500], trial->target[2 * 500 + 1], "the outputs have their own sines");
    }
}

/* Over the first T - 1 steps sines of different whole cycles are orthogonal, so a Fourier sum finds each alone. */
Test(pattern_generation, holds_the_given_cycles_and_no_other)
{
    opened_task o = open_task(registry_task("pattern_generation"), "{}", 4);
    lsnn_trial *trial = new_trial(&o);
    draw(trial, &o, LSNN_TRAIN, 0);
    double least = 1e9, most = 0;
    for (int m = 1; m <= 8; m++) {
        double re = 0, im = 0;
        for (int t = 0; t < 999; t++) {
            re += trial->target[t] * cos(2 * 3.14159265358979323846 * m * t / 999);
            im += trial->target[t] * sin(2 * 3.14159265358979323846 * m * t / 999);
        }
        double amplitude = 2 * hypot(re, im) / 999;
        bool given = m == 1 || m == 2 || m == 3 || m == 5;
        if (given) least = fmin(least, amplitude);
        if (given) most = fmax(most, amplitude);
        if (!given) cr_assert_lt(amplitude, 1e-6, "%d cycles: %g", m, amplitude); /* float rounding of the target */
    }
    cr_assert_gt(least, 0.01);
    cr_assert_lt(most / least, 4.0001, "amplitudes lie between 0.5 and 2");
}

Test(pattern_generation, input_has_its_rate)
{
    opened_task o = open_task(registry_task("pattern_generation"), "{}", 3);
    lsnn_trial *trial = new_trial(&o);
    draw(trial, &o, LSNN_TRAIN, 0);
    double n = 100.0 * 999;
    assert_near(count_spikes(trial, 0, 100, 0, 1000) / n, 0.05, sqrt(0.05 * 0.95 / n));
    cr_assert_eq(count_spikes(trial, 0, 100, 0, 1), 0, "the first step is silent");
}
