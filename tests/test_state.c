/* Spectra, decoding, dimensions, averages of traces, curves of training: closed forms. */
#include "contrast.h"
#include "course.h"
#include "decode.h"
#include "dimension.h"
#include "spectrum.h"
#include "spikes_of.h"
#include "summary.h"
#include "traces.h"

/* Of a sine of amplitude 3 at a frequency of the grid: the power around the peak is 9 / 2. */
Test(spectrum, of_a_sine_is_a_peak_with_its_power)
{
    arena *a = memory();
    double signal[4000], sum = 0;
    for (int k = 0; k < 4000; k++)
        signal[k] = 7 + 3 * sin(2 * M_PI * 40 * k / 1000.0);
    spectrum s;
    cr_assert_eq(spectrum_new(&s, 500, 1000, a, NULL), LSNN_OK);
    spectrum_add(&s, signal, 4000);
    spectrum_finish(&s);
    cr_expect_eq(s.n_sums, 15);
    for (int k = 0; k <= 250; k++) {
        sum += s.power[k] * 2;
        if (k != 20) cr_expect_lt(s.power[k], s.power[20]);
    }
    cr_expect_float_eq(sum, 4.5, 1e-9);
    arena_free(a);
}

/* White noise of variance 1 at 1 kHz: 2 / 1000 at every frequency. */
Test(spectrum, of_white_noise_is_flat)
{
    arena *a = memory();
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    double *signal, mean = 0;
    cr_assert_eq(arena_take(a, &signal, 200000, sizeof *signal, NULL), LSNN_OK);
    for (int k = 0; k < 200000; k++)
        signal[k] = gsl_ran_gaussian(random, 1);
    gsl_rng_free(random);
    spectrum s;
    cr_assert_eq(spectrum_new(&s, 201, 1000, a, NULL), LSNN_OK); /* odd: no highest frequency */
    spectrum_add(&s, signal, 200000);
    spectrum_finish(&s);
    for (int k = 2; k <= 100; k++)
        mean += s.power[k] / 99;
    cr_expect_float_eq(mean, 0.002, 0.00002);
    arena_free(a);
}

Test(spectrum, of_too_little_is_not_defined)
{
    arena *a = memory();
    spectrum s;
    cr_assert_eq(spectrum_new(&s, 100, 1000, a, NULL), LSNN_OK);
    spectrum_add(&s, (double[99]){0}, 99);
    spectrum_finish(&s);
    cr_expect(s.n_sums == 0 && isnan(s.power[3]));
    arena_free(a);
}

Test(decode, finds_classes_that_a_line_separates)
{
    arena *a = memory();
    double x[40][3], accuracy;
    int label[40];
    for (int k = 0; k < 40; k++) {
        label[k] = k % 2;
        x[k][0] = label[k] ? 3 + k % 5 : -3 - k % 3;
        x[k][1] = k * 37 % 11;
        x[k][2] = 4; /* says nothing, varies not */
    }
    cr_assert_eq(decode_accuracy(&accuracy, &x[0][0], 3, label, 40, 2, 5, 0.1, a, NULL), LSNN_OK);
    cr_expect_eq(accuracy, 1);
    arena_free(a);
}

Test(decode, of_noise_is_at_chance)
{
    arena *a = memory();
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    double *x, accuracy;
    int label[400];
    cr_assert_eq(arena_take(a, &x, 400 * 10, sizeof *x, NULL), LSNN_OK);
    for (int k = 0; k < 4000; k++)
        x[k] = gsl_ran_gaussian(random, 1);
    for (int k = 0; k < 400; k++)
        label[k] = k % 4;
    gsl_rng_free(random);
    cr_assert_eq(decode_accuracy(&accuracy, x, 10, label, 400, 4, 5, 1, a, NULL), LSNN_OK);
    cr_expect_float_eq(accuracy, 0.25, 0.07); /* three standard errors */
    arena_free(a);
}

Test(decode, needs_trials_of_each_class_in_each_fold)
{
    arena *a = memory();
    double accuracy;
    cr_assert_eq(decode_accuracy(&accuracy, (double[]){1, 2, 3, 4}, 1, (int[]){0, 0, 0, 1}, 4, 2, 2, 1, a, NULL),
                 LSNN_OK);
    cr_expect(isnan(accuracy));
    arena_free(a);
}

Test(decode, over_time_sees_the_bin_that_differs)
{
    arena *a = memory();
    double time[10], accuracy[2];
    span spans[20];
    int label[20];
    for (int k = 0; k < 20; k++) {
        spans[k] = (span){100.0 * k, 100.0 * k + 100};
        label[k] = k % 2;
        if (label[k]) time[k / 2] = 100.0 * k + 60; /* class 1 fires in the second half */
    }
    const raster r = raster_of(a, 1, 10, time, NULL);
    const trains t = trains_of(a, &r, spans, 20);
    cr_assert_eq(decode_over_time(accuracy, 2, 50, &t, label, 2, 5, 1, a, NULL), LSNN_OK);
    cr_expect_eq(accuracy[1], 1);
    cr_expect_leq(accuracy[0], 0.5);
    arena_free(a);
}

Test(dimension, of_equal_neurons_is_1)
{
    arena *a = memory();
    double time[60];
    uint32_t neuron[60];
    for (uint32_t k = 0; k < 60; k++) {
        time[k] = (k / 3) * (k / 3) + 0.5;
        neuron[k] = k % 3;
    }
    const raster r = raster_of(a, 3, 60, time, neuron);
    const trains t = trains_of(a, &r, (span[]){{0, 400}}, 1);
    dimension d;
    cr_assert_eq(dimension_of(&d, 10, &t, a, NULL), LSNN_OK);
    cr_expect_float_eq(d.participation, 1, 1e-6);
    cr_expect_eq(d.n_90, 1);
    arena_free(a);
}

Test(dimension, of_independent_neurons_is_their_number)
{
    arena *a = memory();
    const trains t = gamma_trains(a, 10, 1e5, 1, 20);
    dimension d;
    cr_assert_eq(dimension_of(&d, 20, &t, a, NULL), LSNN_OK);
    cr_expect_float_eq(d.participation, 10, 0.1);
    arena_free(a);
}

Test(dimension, of_silence_is_not_defined)
{
    arena *a = memory();
    const trains t = one_train(a, 100, 0, NULL);
    dimension d;
    cr_assert_eq(dimension_of(&d, 10, &t, a, NULL), LSNN_OK);
    cr_expect(isnan(d.participation));
    arena_free(a);
}

Test(traces, around_spikes_of_a_ramp_are_a_ramp)
{
    arena *a = memory();
    float values[200];
    for (int k = 0; k < 200; k++)
        values[k] = (float)(k % 100);
    const raster r = raster_of(a, 1, 4, (double[]){1, 50, 130, 199}, NULL); /* the first and last have no room */
    const trains t = trains_of(a, &r, (span[]){{0, 100}, {100, 200}}, 2);
    const traces x = {.n_elements = 1, .n_spans = 2, .n_steps = 100, .dt = 1, .values = values};
    double mean[6];
    cr_expect_eq(traces_triggered(mean, 3, 2, &x, 0, &t, 0), 2);
    for (int lag = 0; lag < 6; lag++)
        cr_expect_float_eq(mean[lag], 40 - 3 + lag, 1e-9);
    arena_free(a);
}

Test(traces, around_no_spike_are_not_defined)
{
    arena *a = memory();
    const trains t = one_train(a, 100, 0, NULL);
    const traces x = {.n_elements = 1, .n_spans = 1, .n_steps = 100, .dt = 1, .values = (float[100]){0}};
    double mean[3];
    cr_expect_eq(traces_triggered(mean, 1, 1, &x, 0, &t, 0), 0);
    cr_expect(isnan(mean[1]));
    arena_free(a);
}

Test(traces, have_a_mean_over_trials_and_elements)
{
    const float values[] = {1, 3, 5, 7, /* second trial */ 9, 9, 9, 9};
    const traces x = {.n_elements = 2, .n_spans = 2, .n_steps = 2, .dt = 1, .values = values};
    double mean[2], sd[2];
    cr_expect_eq(traces_trajectory(mean, sd, &x, (bool[]){true, false}), 2);
    cr_expect(mean[0] == 2 && mean[1] == 6 && sd[0] == 1 && sd[1] == 1);
}

Test(contrast, of_one_neuron_is_not_defined)
{
    arena *a = memory();
    const trains t = one_train(a, 100, 3, (double[]){1, 2, 3});
    contrast c;
    cr_assert_eq(contrast_of(&c, 10, &t, 0, a, NULL), LSNN_OK);
    cr_expect(isnan(c.synchrony));
    arena_free(a);
}

Test(course, averages_what_is_behind)
{
    double average[4];
    course_average(average, (double[]){4, 2, NAN, 6}, 4, 2);
    cr_expect(average[0] == 4 && average[1] == 3 && average[2] == 2 && average[3] == 6);
    cr_expect_eq(course_first_below(average, 4, 3.5), 1);
    cr_expect_eq(course_first_below(average, 4, 1), 4);
}

Test(course, of_weights_says_how_far_they_moved)
{
    const course_weights w = course_weights_of((float[]){3, -4, 0}, (float[]){3, 0, 0}, 3);
    cr_expect_float_eq(w.norm, 5, 1e-9);
    cr_expect_float_eq(w.change, 4.0 / 3, 1e-9);
    cr_expect_float_eq(w.negative, 1.0 / 3, 1e-9);
    cr_expect(isnan(course_weights_of((float[]){1}, NULL, 1).change));
}

Test(summary, leaves_out_what_is_not_defined)
{
    arena *a = memory();
    summary s;
    cr_assert_eq(summary_of(&s, (double[]){3, NAN, 1, 2}, 4, a, NULL), LSNN_OK);
    cr_expect(s.n == 3 && s.excluded == 1 && s.mean == 2 && s.median == 2 && s.sd == 1 && s.least == 1 && s.most == 3);
    cr_assert_eq(summary_of(&s, NULL, 0, a, NULL), LSNN_OK);
    cr_expect(s.n == 0 && isnan(s.mean));
    arena_free(a);
}
