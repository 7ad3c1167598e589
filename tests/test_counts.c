/* Binned counts: closed forms, brute force, edges. */
#include "counts.h"
#include "spikes_of.h"

Test(counts, of_bins_survive_rounding)
{
    cr_expect_eq(counts_bins(0.3, 0.1), 3);
    cr_expect_eq(counts_bins(1000, 0.1), 10000);
    cr_expect_eq(counts_bins(0.29, 0.1), 2);
    cr_expect_eq(counts_bins(-1, 0.1), 0);
}

Test(counts, of_a_psth_are_rates_in_half_open_bins)
{
    arena *a = memory();
    const raster r = raster_of(a, 2, 5, (double[]){0, 9.99, 10, 110, 115}, (uint32_t[]){0, 1, 0, 1, 1});
    const trains t = trains_of(a, &r, (span[]){{0, 20}, {100, 120}}, 2);
    double rate[2];
    counts_psth(rate, 2, 10, &t);
    cr_expect_float_eq(rate[0], 50, 1e-9); /* 2 spikes / (2 trials x 2 neurons x 10 ms) */
    cr_expect_float_eq(rate[1], 75, 1e-9);
    arena_free(a);
}

Test(counts, of_a_periodic_train_have_a_fano_factor_of_0)
{
    arena *a = memory();
    double time[100];
    for (int k = 0; k < 100; k++)
        time[k] = 10.0 * k + 1;
    const trains t = one_train(a, 1000, 100, time);
    size_t n;
    cr_expect_float_eq(counts_fano(&n, 100, &t, 0), 0, 1e-12);
    cr_expect_eq(n, 10);
    arena_free(a);
}

/* Poisson: 1. Gamma of order 4 in long windows: CV^2 = 1/4. 10 000 and 2 000 windows: errors of 1.5 % and 3 %. */
Test(counts, of_poisson_and_gamma_trains_follow_theory)
{
    arena *a = memory();
    const trains poisson = gamma_trains(a, 1, 1e6, 1, 10);
    size_t n;
    cr_expect_float_eq(counts_fano(&n, 100, &poisson, 0), 1, 0.05);
    const trains regular = gamma_trains(a, 1, 2e6, 4, 10);
    cr_expect_float_eq(counts_fano(&n, 1000, &regular, 0), 0.25, 0.03);
    arena_free(a);
}

Test(counts, without_spikes_or_in_one_window_have_no_fano_factor)
{
    arena *a = memory();
    size_t n;
    const trains none = one_train(a, 1000, 0, NULL);
    cr_expect(isnan(counts_fano(&n, 100, &none, 0)) && n == 10);
    const trains one = one_train(a, 1000, 1, (double[]){5});
    cr_expect(isnan(counts_fano(&n, 0, &one, 0)) && n == 1);
    arena_free(a);
}

Test(counts, of_equal_trains_are_fully_correlated)
{
    arena *a = memory();
    const raster r = raster_of(a, 3, 6, (double[]){1, 1, 42, 42, 77, 77}, (uint32_t[]){0, 1, 0, 1, 0, 1});
    const trains t = trains_of(a, &r, (span[]){{0, 100}}, 1);
    counts_synchrony s;
    cr_assert_eq(counts_together(&s, 5, &t, a, NULL), LSNN_OK);
    cr_expect_eq(s.n_active, 2); /* the third is silent */
    cr_expect_float_eq(s.correlation, 1, 1e-9);
    cr_expect_float_eq(s.chi2, 2.0 / 3, 1e-9); /* (2/3)^2 V over 2/3 V */
    arena_free(a);
}

/* chi^2 of n independent neurons is 1 / n. */
Test(counts, of_independent_trains_are_not_synchronous)
{
    arena *a = memory();
    const trains t = gamma_trains(a, 50, 1e5, 1, 20);
    counts_synchrony s;
    cr_assert_eq(counts_together(&s, 5, &t, a, NULL), LSNN_OK);
    cr_expect_float_eq(s.correlation, 0, 0.002);
    cr_expect_float_eq(s.chi2, 0.02, 0.002);
    arena_free(a);
}

Test(counts, of_silent_neurons_have_no_correlation)
{
    arena *a = memory();
    const raster r = raster_of(a, 2, 0, NULL, NULL);
    const trains t = trains_of(a, &r, (span[]){{0, 100}}, 1);
    counts_synchrony s;
    cr_assert_eq(counts_together(&s, 5, &t, a, NULL), LSNN_OK);
    cr_expect(s.n_active == 0 && isnan(s.correlation) && isnan(s.chi2));
    arena_free(a);
}

Test(counts, of_nothing_are_silence)
{
    arena *a = memory();
    const raster r = raster_of(a, 2, 3, (double[]){10, 100, 105}, (uint32_t[]){0, 1, 0});
    const counts_silence s = counts_silent(&r, (span[]){{0, 100}, {100, 200}}, 2, 50);
    cr_expect(s.n == 2 && s.total == 185 && s.longest == 95);
    arena_free(a);
}
