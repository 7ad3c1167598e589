/* Sorting, cutting and dealing of spikes. */
#include "spikes_of.h"

Test(raster, sorts_by_time_and_keeps_the_order_of_equal_times)
{
    arena *a = memory();
    const double time[] = {3, 1.5, 0, 1e300, 1.5, 0.25};
    const uint32_t neuron[] = {0, 1, 2, 3, 4, 5};
    const raster r = raster_of(a, 6, 6, time, neuron);
    const uint32_t expected[] = {2, 5, 1, 4, 0, 3};
    for (int k = 0; k < 6; k++)
        cr_expect_eq(r.neuron[k], expected[k]);
    arena_free(a);
}

Test(raster, sorts_many_spikes)
{
    arena *a = memory();
    enum { N = 20000 };
    raster r = {.n_neurons = N, .n = N};
    cr_assert_eq(arena_take(a, &r.time, N, sizeof *r.time, NULL), LSNN_OK);
    cr_assert_eq(arena_take(a, &r.neuron, N, sizeof *r.neuron, NULL), LSNN_OK);
    for (uint32_t k = 0; k < N; k++) {
        r.time[k] = (double)((uint64_t)k * 7919 % N) * 0.1;
        r.neuron[k] = k;
    }
    cr_assert_eq(raster_sort(&r, a, NULL), LSNN_OK);
    for (uint32_t k = 0; k < N; k++)
        cr_assert(r.time[k] == (double)k * 0.1 && (uint64_t)r.neuron[k] * 7919 % N == k);
    arena_free(a);
}

Test(raster, intervals_of_time_are_half_open)
{
    arena *a = memory();
    const raster r = raster_of(a, 1, 4, (double[]){0, 10, 20, 30}, NULL);
    cr_expect_eq(raster_within(&r, (span){10, 30}).n, 2);
    cr_expect_eq(raster_within(&r, (span){10, 30}).time[0], 10);
    cr_expect_eq(raster_within(&r, (span){0, 30.5}).n, 4);
    cr_expect_eq(raster_within(&r, (span){31, 40}).n, 0);
    arena_free(a);
}

Test(raster, deals_spikes_to_neurons_and_spans)
{
    arena *a = memory();
    const raster r = raster_of(a, 3, 5, (double[]){1, 2, 11, 12, 25}, (uint32_t[]){0, 2, 2, 0, 2});
    const span spans[] = {{10, 20}, {0, 10}, {11, 26}};
    const trains t = trains_of(a, &r, spans, 3);
    size_t n;
    const double *time = raster_train(&t, 2, 0, &n);
    cr_expect(n == 1 && time[0] == 1);
    time = raster_train(&t, 2, 2, &n);
    cr_expect(n == 2 && time[0] == 0 && time[1] == 14);
    (void)raster_train(&t, 1, 1, &n);
    cr_expect_eq(n, 0);
    cr_expect_eq(raster_count(&t, 0), 3);
    cr_expect_eq(raster_total(&t), 7);
    cr_expect_eq(raster_duration(&t), 35);
    cr_expect_eq(raster_shortest(&t), 10);
    arena_free(a);
}

Test(raster, chooses_neurons_in_the_order_of_a_list)
{
    arena *a = memory();
    const raster r = raster_of(a, 4, 4, (double[]){1, 2, 3, 4}, (uint32_t[]){3, 1, 0, 3});
    raster some;
    cr_assert_eq(raster_of_neurons(&some, &r, (uint32_t[]){3, 0}, 2, a, NULL), LSNN_OK);
    cr_expect(some.n == 3 && some.neuron[0] == 0 && some.neuron[1] == 1 && some.neuron[2] == 0 && some.time[1] == 3);
    arena_free(a);
}
