/* Interval statistics: closed forms of periodic, Poisson and gamma trains, small examples by hand, and the edges. */
#include "intervals.h"
#include "spikes_of.h"

Test(intervals, of_a_periodic_train_do_not_vary)
{
    arena *a = memory();
    double time[100];
    for (int k = 0; k < 100; k++)
        time[k] = 8.0 * k;
    const trains t = one_train(a, 1000, 100, time);
    const intervals of = intervals_of(&t, 0, 5);
    cr_expect(of.n == 99 && of.n_pairs == 98 && of.mean == 8);
    cr_expect(of.cv == 0 && of.cv2 == 0 && of.lv == 0 && of.lvr == 0);
    arena_free(a);
}

Test(intervals, of_three_spikes_by_hand)
{
    arena *a = memory();
    const trains t = one_train(a, 100, 3, (double[]){10, 20, 50}); /* intervals 10 and 30 */
    const intervals of = intervals_of(&t, 0, 5);
    cr_expect_float_eq(of.mean, 20, 1e-12);
    cr_expect_float_eq(of.cv, 0.5, 1e-12); /* population sd 10 */
    cr_expect_float_eq(of.cv2, 1, 1e-12);
    cr_expect_float_eq(of.lv, 0.75, 1e-12);
    cr_expect_float_eq(of.lvr, 0.75 * (1 + 4.0 * 5 / 40), 1e-12);
    arena_free(a);
}

/* Gamma of order k: CV = 1 / sqrt(k), LV = 3 / (2 k + 1); for Poisson CV2 = 1 too. 100 000 intervals: errors of about 1 %. */
Test(intervals, of_gamma_trains_follow_their_order)
{
    for (int order = 1; order <= 4; order++) {
        arena *a = memory();
        const trains t = gamma_trains(a, 1, 1e6, order, 10);
        const intervals of = intervals_of(&t, 0, 0);
        cr_expect_float_eq(of.mean, 10, 0.15);
        cr_expect_float_eq(of.cv, 1 / sqrt(order), 0.02);
        cr_expect_float_eq(of.lv, 3.0 / (2 * order + 1), 0.02);
        cr_expect_float_eq(of.lvr, of.lv, 1e-12);
        if (order == 1) cr_expect_float_eq(of.cv2, 1, 0.02);
        arena_free(a);
    }
}

Test(intervals, that_are_too_few_are_not_defined)
{
    arena *a = memory();
    for (size_t n = 0; n < 3; n++) {
        const trains t = one_train(a, 100, n, (double[]){10, 20});
        const intervals of = intervals_of(&t, 0, 5);
        cr_expect_eq(of.n, n == 2);
        cr_expect_eq(isnan(of.mean), n < 2);
        cr_expect(isnan(of.cv) && isnan(of.cv2) && isnan(of.lv) && isnan(of.lvr));
    }
    arena_free(a);
}

Test(intervals, of_equal_times_are_no_pair_to_compare)
{
    arena *a = memory();
    const trains t = one_train(a, 100, 4, (double[]){10, 10, 10, 20});
    const intervals of = intervals_of(&t, 0, 5);
    cr_expect(of.n == 3 && of.n_pairs == 1 && of.cv2 == 2);
    arena_free(a);
}

Test(intervals, do_not_cross_the_border_of_a_trial)
{
    arena *a = memory();
    const raster r = raster_of(a, 1, 4, (double[]){5, 9, 11, 16}, NULL);
    const trains t = trains_of(a, &r, (span[]){{0, 10}, {10, 20}}, 2);
    const intervals of = intervals_of(&t, 0, 5);
    cr_expect(of.n == 2 && of.mean == 4.5 && of.n_pairs == 0);
    arena_free(a);
}

Test(intervals, fall_into_half_open_bins)
{
    arena *a = memory();
    const trains t = one_train(a, 100, 5, (double[]){0, 1, 3, 5.5, 15});
    uint64_t counts[3] = {0};
    const size_t longer = intervals_histogram(counts, 3, 1, &t, 0);
    cr_expect_eq(longer, 1); /* 9.5 */
    cr_expect(counts[0] == 0 && counts[1] == 1 && counts[2] == 2);
    arena_free(a);
}

Test(intervals, grow_when_a_neuron_adapts)
{
    arena *a = memory();
    const trains t = one_train(a, 100, 4, (double[]){0, 10, 30, 70}); /* 10, 20, 40 */
    double sum[2] = {0};
    uint64_t n[2] = {0};
    const double index = intervals_adaptation(sum, n, 2, &t, 0);
    cr_expect_float_eq(index, 1.0 / 3, 1e-12);
    cr_expect(sum[0] == 10 && sum[1] == 20 && n[0] == 1 && n[1] == 1);
    arena_free(a);
}

Test(intervals, make_bursts_of_enough_close_spikes)
{
    arena *a = memory();
    const trains t = one_train(a, 200, 9, (double[]){0, 5, 10, 50, 55, 100, 110, 115, 120});
    const intervals_bursts b = intervals_bursts_of(&t, 0, 10, 3);
    cr_expect(b.n == 2 && b.n_spikes == 7 && b.duration == 30);
    arena_free(a);
}
