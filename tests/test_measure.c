/* All measures by name on processes whose values are known: periodic, Poisson and gamma trains. */
#include "fields.h"
#include "measure.h"
#include "spikes_of.h"
#include <string.h>

enum { NEURONS = 20 };
static const double length = 200e3, mean = 50; /* ms */

static arena *a;
static findings found;
static measure_settings with;

/* Measures everything that is said to be standard, and what is named. */
static void measure_trains(raster r, trains t, double window)
{
    static const char *const more[] = {"correlogram", "dimension"};
    const fields_reader reader = {.memory = a, .report = &(config_report){0}};
    config_node *root;
    cr_assert_eq(config_parse(&root, a, "settings", "{}", 2, NULL), LSNN_OK);
    cr_assert_eq(fields_read(&with, measure_fields, root, NULL, &reader, NULL), LSNN_OK);
    with.window = window;
    found = (findings){.memory = a};
    measure_subject s = {.population = "cells", .group = "all", .spikes = r, .trains = t};
    cr_assert_eq(measure_prepare(&s, &with, a, NULL), LSNN_OK);
    for (const measure *m = measure_list; m->name; m++)
        if (m->standard || strcmp(m->name, more[0]) == 0 || strcmp(m->name, more[1]) == 0)
            cr_assert_eq(m->find(&found, &s, &with, NULL), LSNN_OK, "%s", m->name);
}

static void expect(const char *name, double value, double tolerance)
{
    for (int k = 0; k < found.n_numbers; k++) {
        if (strcmp(found.numbers[k].measure, name) != 0) continue;
        cr_expect_float_eq(found.numbers[k].value, value, tolerance, "%s is %g, expected %g", name,
                           found.numbers[k].value, value);
        return;
    }
    cr_assert_fail("nothing is called %s", name);
}

static const finding_curve *curve_of(const char *name)
{
    for (int k = 0; k < found.n_curves; k++)
        if (strcmp(found.curves[k].measure, name) == 0) return &found.curves[k];
    cr_assert_fail("no curve is called %s", name);
    return NULL;
}

static void begin(void)
{
    a = memory();
}

static void end(void)
{
    arena_free(a);
}

TestSuite(measure, .init = begin, .fini = end);

/* Of 80 000 intervals; errors of means are below 1 %. A pair of Poisson intervals is (I1 / S, S), independent, the first uniform, the
 * second gamma of order 2: that gives lvr. Intervals are at most 10 ms with probability p. */
Test(measure, of_poisson_trains)
{
    const double p = 1 - exp(-10 / mean), q = 1 - p, rate = 1000 / mean;
    measure_trains((raster){0}, gamma_trains(a, NEURONS, length, 1, mean), 100);
    expect("rate", rate, 0.02 * rate);
    expect("silent_neurons", 0, 0);
    expect("isi", mean, 0.02 * mean);
    expect("cv", 1, 0.02);
    expect("cv2", 1, 0.02);
    expect("lv", 1, 0.02);
    expect("lvr", 1 + 4 * 5 / mean, 0.03);
    expect("fano", 1, 0.02);
    expect("correlation", 0, 2e-3);
    expect("synchrony", 1.0 / NEURONS, 2e-3);
    expect("burst_rate", rate * q * p * p, 0.02);
    expect("burst_share", 1 - q * q * (1 + 2 * p), 0.003);
    expect("adaptation", 0, 0.005);
    expect("dimension", NEURONS, 0.3);
}

/* No spike knows of another: the rate around a spike is the rate, for its own neuron and for others. */
Test(measure, of_poisson_trains_have_flat_correlograms)
{
    static const char *const names[] = {"autocorrelogram", "crosscorrelogram"};
    measure_trains((raster){0}, gamma_trains(a, NEURONS, length, 1, mean), 100);
    for (int k = 0; k < 2; k++) {
        const finding_curve *c = curve_of(names[k]);
        double sum = 0;
        size_t n = 0;
        for (size_t r = 0; r < c->n_rows; r++) {
            if (isnan(c->column[4].values[r])) continue;
            sum += c->column[4].values[r];
            n++;
            cr_expect_float_eq(c->column[4].values[r], 20, k ? 0.7 : 3, "%s at %g ms: %g", names[k],
                               c->column[0].values[r], c->column[4].values[r]);
        }
        cr_expect_float_eq(sum / (double)n, 20, 0.4, "%s: mean %g", names[k], sum / (double)n);
    }
}

/* I1 / S has a beta distribution of (4, 4): E|2U - 1| = 0.2734375, E(2U - 1)^2 = 1/9; S is gamma of order 8, so E(1/S) = 1 / (7 mean / 4). Counts
 * in 100 intervals: their variance is CV^2 of the mean but for a few thousandths. 40 windows of 20 neurons: 5 %. */
Test(measure, of_gamma_trains)
{
    measure_trains((raster){0}, gamma_trains(a, NEURONS, length, 4, mean), 5000);
    expect("rate", 20, 0.2);
    expect("cv", 0.5, 0.01);
    expect("cv2", 2 * 0.2734375, 0.01);
    expect("lv", 1.0 / 3, 0.01);
    expect("lvr", (1 + 4 * 5 / (7 * mean / 4)) / 3, 0.01);
    expect("fano", 0.25, 0.04);
    expect("correlation", 0, 2e-3);
    expect("adaptation", 0, 0.005);
}

/* Neuron i fires at 2.5 i + 50 k + 1 ms: bins of 5 ms hold two neurons each, in turn. */
static void measure_periodic(void)
{
    static double time[NEURONS * 4000];
    static uint32_t neuron[NEURONS * 4000];
    static span whole;
    whole = (span){0, length};
    for (uint32_t k = 0; k < NEURONS * 4000; k++) {
        neuron[k] = k % NEURONS;
        time[k] = 2.5 * (k % NEURONS) + 50 * (k / NEURONS) + 1;
    }
    const raster r = raster_of(a, NEURONS, NEURONS * 4000, time, neuron);
    measure_trains(r, trains_of(a, &r, &whole, 1), 100);
}

Test(measure, of_periodic_trains)
{
    measure_periodic();
    expect("rate", 20, 1e-9);
    expect("isi", 50, 1e-9);
    expect("cv", 0, 1e-9);
    expect("cv2", 0, 1e-9);
    expect("lv", 0, 1e-9);
    expect("lvr", 0, 1e-9);
    expect("fano", 0, 1e-12);
    expect("psth_peak", 20, 1e-9);
    expect("synchrony", 0, 1e-12);
    expect("burst_rate", 0, 0);
    expect("silences", 0, 0);
    expect("adaptation", 0, 1e-12);
}

/* Spikes of a neuron are 50, 100, ... ms apart and nothing else; one with itself does not count. */
Test(measure, of_periodic_trains_have_correlograms_of_lines)
{
    measure_periodic();
    const finding_curve *c = curve_of("autocorrelogram");
    for (size_t r = 0; r < c->n_rows; r++) {
        const double lag = c->column[0].values[r], times = fabs(lag / 50);
        const bool line = times > 0.5 && fabs(times - round(times)) * 50 <= with.lag_bin / 2 + 1e-9;
        cr_expect_float_eq(c->column[1].values[r], line ? NEURONS * (4000 - round(times)) : 0, 0, "lag %g: %g", lag,
                           c->column[1].values[r]);
    }
}
