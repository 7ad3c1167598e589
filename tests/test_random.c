/* Philox streams against the published vectors, and the distributions that are made of them. */
#include "random.h"
#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>

enum { BLOCK = 4, ALL_USED = 4 };

static lsnn_random any_stream(void)
{
    return lsnn_random_stream(42, LSNN_WEIGHTS, 7, 3);
}

static void expect_block(lsnn_random stream, const uint32_t expected[BLOCK])
{
    stream.used = ALL_USED;
    for (int i = 0; i < BLOCK; i++)
        cr_expect_eq(lsnn_random_word(&stream), expected[i], "word %d", i);
}

Test(random, gives_the_known_block_for_zeros)
{
    lsnn_random stream = {.used = ALL_USED};
    expect_block(stream, (uint32_t[]){0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
}

Test(random, gives_the_known_block_for_ones)
{
    uint32_t ones = UINT32_MAX;
    lsnn_random stream = {.key = {ones, ones}, .counter = {ones, ones, ones, ones}};
    expect_block(stream, (uint32_t[]){0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
}

Test(random, gives_the_known_block_for_digits_of_pi)
{
    lsnn_random stream = {.key = {0xa4093822, 0x299f31d0}, .counter = {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}};
    expect_block(stream, (uint32_t[]){0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

Test(random, gives_blocks_that_are_those_of_single_words)
{
    for (int n = 1; n <= 40; n += 13) { /* more and less than what is made at once */
        uint32_t out[BLOCK * 40];
        lsnn_random blocks = any_stream(), words = any_stream();
        blocks.counter[0] = words.counter[0] = UINT32_MAX - 3;
        for (int times = 0; times < 2; times++) {
            random_blocks(out, &blocks, n);
            for (int w = 0; w < BLOCK * n; w++)
                cr_assert_eq(lsnn_random_word(&words), out[w % BLOCK * n + w / BLOCK], "word %d of %d blocks", w, n);
        }
    }
}

Test(random, takes_the_seed_as_key_and_the_rest_as_counter)
{
    lsnn_random stream = lsnn_random_stream(0x1122334455667788, LSNN_SHUFFLE, 0xabc0000000f, 0xdef00000010);
    cr_expect_eq(stream.key[0], 0x55667788);
    cr_expect_eq(stream.key[1], 0x11223344);
    cr_expect_eq(stream.counter[0], 0);
    cr_expect_eq(stream.counter[1], 0xf);
    cr_expect_eq(stream.counter[2], 0x10);
    cr_expect_eq(stream.counter[3], LSNN_SHUFFLE | 0xabcu << 8 | 0xdefu << 20);
}

Test(random, streams_differ_in_each_part_of_their_address)
{
    lsnn_random streams[] = {
        lsnn_random_stream(1, LSNN_WIRING, 2, 3),
        lsnn_random_stream(2, LSNN_WIRING, 2, 3),
        lsnn_random_stream(1ull << 32, LSNN_WIRING, 2, 3),
        lsnn_random_stream(1, LSNN_WEIGHTS, 2, 3),
        lsnn_random_stream(1, LSNN_WIRING, 3, 3),
        lsnn_random_stream(1, LSNN_WIRING, 2, 4),
        lsnn_random_stream(1, LSNN_WIRING, 3, 2),
        lsnn_random_stream(1, LSNN_WIRING, 2 + (1ull << 32), 3),
        lsnn_random_stream(1, LSNN_WIRING, 2, 3 + (1ull << 32)),
    };
    enum { N = sizeof streams / sizeof *streams };
    uint32_t words[N];
    for (int i = 0; i < N; i++) {
        words[i] = lsnn_random_word(&streams[i]);
        for (int j = 0; j < i; j++)
            cr_expect_neq(words[i], words[j], "streams %d and %d begin alike", i, j);
    }
}

Test(random, next_block_follows_when_four_words_are_used)
{
    lsnn_random stream = any_stream(), second = any_stream();
    second.counter[0] = 1;
    for (int i = 0; i < BLOCK; i++)
        (void)lsnn_random_word(&stream);
    cr_expect_eq(lsnn_random_word(&stream), lsnn_random_word(&second));
}

Test(random, uniform_is_made_of_two_words_the_first_on_top)
{
    lsnn_random words = any_stream(), uniforms = any_stream();
    for (int i = 0; i < 20; i++) {
        uint64_t high = lsnn_random_word(&words), low = lsnn_random_word(&words);
        cr_expect_eq(lsnn_random_uniform(&uniforms), ldexp((double)((high << 32 | low) >> 11), -53));
    }
}

Test(random, uniform_after_one_or_three_words_continues_with_the_next_two)
{
    for (int n_before = 1; n_before <= 3; n_before += 2) {
        lsnn_random words = any_stream(), uniforms = any_stream();
        for (int i = 0; i < n_before; i++)
            cr_assert_eq(lsnn_random_word(&words), lsnn_random_word(&uniforms));
        uint64_t high = lsnn_random_word(&words), low = lsnn_random_word(&words);
        cr_expect_eq(lsnn_random_uniform(&uniforms), ldexp((double)((high << 32 | low) >> 11), -53));
        cr_expect_eq(lsnn_random_word(&uniforms), lsnn_random_word(&words));
    }
}

Test(random, uniform_is_never_zero_nor_one)
{
    lsnn_random lowest = {.words = {0, 0, 0, 0}};
    lsnn_random highest = {.words = {UINT32_MAX, UINT32_MAX, 0, 0}};
    cr_expect_eq(lsnn_random_uniform(&lowest), 0x1p-54);
    cr_expect_eq(lsnn_random_uniform(&highest), 1 - 0x1p-53);
}

/* Mean and variance of n draws lie within 5 standard errors of theirs; with fixed seeds that either holds or does not. */
static void expect_moments(double (*draw)(lsnn_random *), double mean, double variance, double fourth_moment)
{
    enum { N = 200000 };
    lsnn_random stream = any_stream();
    double sum = 0, square_sum = 0;
    for (int i = 0; i < N; i++) {
        double deviation = draw(&stream) - mean;
        sum += deviation;
        square_sum += deviation * deviation;
    }
    cr_expect_lt(fabs(sum / N), 5 * sqrt(variance / N));
    cr_expect_lt(fabs(square_sum / N - variance), 5 * sqrt((fourth_moment - variance * variance) / N));
}

Test(random, uniform_has_the_moments_of_a_uniform_distribution)
{
    expect_moments(lsnn_random_uniform, 0.5, 1.0 / 12, 1.0 / 80);
}

Test(random, normal_has_the_moments_of_a_normal_distribution)
{
    expect_moments(lsnn_random_normal, 0, 1, 3);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Kolmogorov and Smirnov: 1.95 / sqrt(n) is exceeded by one sample in a thousand. */
Test(random, normal_follows_the_distribution_function)
{
    enum { N = 20000 };
    static double draws[N];
    lsnn_random stream = any_stream();
    for (int i = 0; i < N; i++)
        draws[i] = lsnn_random_normal(&stream);
    qsort(draws, N, sizeof *draws, by_value);
    double largest = 0;
    for (int i = 0; i < N; i++)
        largest = fmax(largest, fabs(gsl_cdf_ugaussian_P(draws[i]) - (i + 0.5) / N));
    cr_expect_lt(largest, 1.95 / sqrt(N));
}

Test(random, normal_uses_two_uniforms)
{
    lsnn_random normals = any_stream(), uniforms = any_stream();
    double first = lsnn_random_uniform(&uniforms), second = lsnn_random_uniform(&uniforms);
    cr_expect_eq(lsnn_random_normal(&normals), sqrt(-2 * log(first)) * cos(6.283185307179586 * second));
    cr_expect_eq(lsnn_random_word(&normals), lsnn_random_word(&uniforms));
}

/* Chi squared of counts that should be equal, as the probability of a larger one. */
static double p_of_equal(const int *counts, int n_cells, int n_draws)
{
    double chi_squared = 0, expected = (double)n_draws / n_cells;
    for (int i = 0; i < n_cells; i++)
        chi_squared += (counts[i] - expected) * (counts[i] - expected) / expected;
    return gsl_cdf_chisq_Q(chi_squared, n_cells - 1);
}

Test(random, below_gives_each_number_equally_often)
{
    enum { LIMIT = 7, N = 70000 };
    int counts[LIMIT] = {0};
    lsnn_random stream = any_stream();
    for (int i = 0; i < N; i++)
        counts[lsnn_random_below(&stream, LIMIT)]++;
    cr_expect_gt(p_of_equal(counts, LIMIT, N), 1e-3);
}

/* 3 x 2^30: without rejection the numbers with remainder 0 of 3 come up twice as often as the others. */
Test(random, below_is_unbiased_for_a_large_limit)
{
    enum { N = 30000 };
    int counts[3] = {0};
    lsnn_random stream = any_stream();
    for (int i = 0; i < N; i++)
        counts[lsnn_random_below(&stream, 3u << 30) % 3]++;
    cr_expect_gt(p_of_equal(counts, 3, N), 1e-3);
}

Test(random, below_one_is_zero)
{
    lsnn_random stream = any_stream();
    for (int i = 0; i < 10; i++)
        cr_expect_eq(lsnn_random_below(&stream, 1), 0);
}

static void expect_permutation(const lsnn_random *stream, uint32_t n)
{
    bool *seen = calloc(n, sizeof *seen);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t place = lsnn_random_permuted(stream, i, n);
        cr_assert_lt(place, n);
        cr_assert(!seen[place], "%u comes twice in a permutation of %u", place, n);
        seen[place] = true;
    }
    free(seen);
}

Test(random, permuted_reaches_each_place_once)
{
    lsnn_random stream = any_stream();
    for (uint32_t n = 1; n <= 300; n++)
        expect_permutation(&stream, n);
    static const uint32_t sizes[] = {1023, 1024, 1025, 60000, 65536, 65537};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        expect_permutation(&stream, sizes[i]);
}

Test(random, permuted_works_up_to_the_largest_size)
{
    lsnn_random stream = any_stream();
    uint32_t first = lsnn_random_permuted(&stream, 0, UINT32_MAX);
    uint32_t last = lsnn_random_permuted(&stream, UINT32_MAX - 1, UINT32_MAX);
    cr_expect_lt(first, UINT32_MAX);
    cr_expect_lt(last, UINT32_MAX);
    cr_expect_neq(first, last);
}

Test(random, permuted_gives_all_orders_of_four_equally_often)
{
    enum { N = 4, ORDERS = 24, STREAMS = 24000 };
    int counts[N * N * N] = {0}, of_order[ORDERS], n_orders = 0;
    for (uint64_t who = 0; who < STREAMS; who++) {
        lsnn_random stream = lsnn_random_stream(1, LSNN_SHUFFLE, who, 0);
        uint32_t order = 0; /* the first three places tell the fourth */
        for (uint32_t i = 0; i < N - 1; i++)
            order = order * N + lsnn_random_permuted(&stream, i, N);
        counts[order]++;
    }
    for (int order = 0; order < N * N * N; order++)
        if (counts[order] > 0 && n_orders < ORDERS) of_order[n_orders++] = counts[order];
    cr_assert_eq(n_orders, ORDERS);
    cr_expect_gt(p_of_equal(of_order, ORDERS, STREAMS), 1e-3);
}

/* A plain Feistel network gives even ones only when n is a power of two. */
Test(random, permuted_gives_even_and_odd_orders_alike)
{
    enum { N = 64, STREAMS = 10000 };
    int counts[2] = {0};
    for (uint64_t who = 0; who < STREAMS; who++) {
        lsnn_random stream = lsnn_random_stream(1, LSNN_SHUFFLE, who, 0);
        uint32_t places[N];
        int n_inversions = 0;
        for (uint32_t i = 0; i < N; i++) {
            places[i] = lsnn_random_permuted(&stream, i, N);
            for (uint32_t j = 0; j < i; j++)
                n_inversions += places[j] > places[i];
        }
        counts[n_inversions % 2]++;
    }
    cr_expect_gt(p_of_equal(counts, 2, STREAMS), 1e-3);
}

Test(random, permuted_sends_the_first_element_anywhere)
{
    enum { N = 100, STREAMS = 50000 };
    int counts[N] = {0};
    for (uint64_t when = 0; when < STREAMS; when++) {
        lsnn_random stream = lsnn_random_stream(1, LSNN_SHUFFLE, 0, when);
        counts[lsnn_random_permuted(&stream, 0, N)]++;
    }
    cr_expect_gt(p_of_equal(counts, N, STREAMS), 1e-3);
}

/* Neighbours must not stay neighbours: of 60000 places, one pair is expected to be followed by its successor. */
Test(random, permuted_breaks_up_neighbours)
{
    enum { N = 60000 };
    lsnn_random stream = any_stream();
    int n_kept = 0;
    uint32_t before = lsnn_random_permuted(&stream, 0, N);
    for (uint32_t i = 1; i < N; i++) {
        uint32_t place = lsnn_random_permuted(&stream, i, N);
        n_kept += place == before + 1;
        before = place;
    }
    cr_expect_lt(n_kept, 8);
}

Test(random, permuted_does_not_depend_on_what_was_drawn_before)
{
    lsnn_random fresh = any_stream(), used = any_stream();
    for (int i = 0; i < 5; i++)
        (void)lsnn_random_word(&used);
    for (uint32_t i = 0; i < 10; i++)
        cr_expect_eq(lsnn_random_permuted(&fresh, i, 1000), lsnn_random_permuted(&used, i, 1000));
}

Test(random, gsl_draws_the_words_of_the_stream)
{
    gsl_rng *rng = gsl_rng_alloc(random_gsl_type);
    lsnn_random stream = any_stream();
    random_gsl_set(rng, stream);
    for (int i = 0; i < 10; i++)
        cr_expect_eq(gsl_rng_get(rng), lsnn_random_word(&stream));
    cr_expect_eq(gsl_rng_uniform(rng), lsnn_random_uniform(&stream));
    gsl_rng_free(rng);
}

Test(random, gsl_set_gives_the_first_stream_of_a_seed)
{
    gsl_rng *rng = gsl_rng_alloc(random_gsl_type);
    gsl_rng_set(rng, 5000000000);
    lsnn_random stream = lsnn_random_stream(5000000000, (lsnn_purpose)0, 0, 0);
    cr_expect_eq(gsl_rng_get(rng), lsnn_random_word(&stream));
    gsl_rng_free(rng);
}

Test(random, gsl_distributions_work_on_it)
{
    enum { N = 20000 };
    gsl_rng *rng = gsl_rng_alloc(random_gsl_type);
    random_gsl_set(rng, any_stream());
    double sum = 0;
    for (int i = 0; i < N; i++)
        sum += gsl_ran_gamma(rng, 2, 3);
    cr_expect_lt(fabs(sum / N - 6), 5 * sqrt(18.0 / N)); /* 5 standard errors */
    gsl_rng_free(rng);
}
