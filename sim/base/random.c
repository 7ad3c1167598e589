/* Philox4x32-10 (Salmon et al. 2011) as streams that are addressed by seed, purpose, who and when.
 *
 * The key is the seed: low word, high word. The counter is
 *     word 0   number of the block of four words within the stream; after 2^32 blocks the stream repeats
 *     word 1   who, low 32 bits
 *     word 2   when, low 32 bits
 *     word 3   bits 0-6 purpose, bit 7 whether the block keys a permutation, bits 8-19 and 20-31 the next 12 bits of who
 *              and of when
 * so that two streams share no block as long as who and when are below 2^44. */
#include "random.h"
#include "lsnn/kernel.h"
#include <math.h>

enum { BLOCK = 4, PURPOSE_BITS = 7, HIGH_BITS = 12, WHO_SHIFT = PURPOSE_BITS + 1, WHEN_SHIFT = WHO_SHIFT + HIGH_BITS };
static const uint32_t permutation_flag = 1u << PURPOSE_BITS;

enum { ROUNDS = 10 };
#define MULTIPLIER_0 0xD2511F53ull
#define MULTIPLIER_1 0xCD9E8D57ull
#define WEYL_0 0x9E3779B9u
#define WEYL_1 0xBB67AE85u

LSNN_INLINE void philox_round(uint32_t *c0, uint32_t *c1, uint32_t *c2, uint32_t *c3, uint32_t k0, uint32_t k1)
{
    const uint64_t product_0 = MULTIPLIER_0 * *c0, product_1 = MULTIPLIER_1 * *c2;
    *c0 = (uint32_t)(product_1 >> 32) ^ *c1 ^ k0;
    *c1 = (uint32_t)product_1;
    *c2 = (uint32_t)(product_0 >> 32) ^ *c3 ^ k1;
    *c3 = (uint32_t)product_0;
}

static void philox(uint32_t out[BLOCK], const uint32_t counter[BLOCK], const uint32_t key[2])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3], k0 = key[0], k1 = key[1];
    for (int round = 0; round < ROUNDS; round++) {
        philox_round(&c0, &c1, &c2, &c3, k0, k1);
        k0 += WEYL_0;
        k1 += WEYL_1;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

lsnn_random lsnn_random_stream(uint64_t seed, lsnn_purpose purpose, uint64_t who, uint64_t when)
{
    uint32_t who_high = (uint32_t)(who >> 32) & ((1u << HIGH_BITS) - 1);
    uint32_t when_high = (uint32_t)(when >> 32) & ((1u << HIGH_BITS) - 1);
    return (lsnn_random){
        .key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
        .counter = {0, (uint32_t)who, (uint32_t)when,
                    (uint32_t)purpose | who_high << WHO_SHIFT | when_high << WHEN_SHIFT},
        .used = BLOCK,
    };
}

static void refill(lsnn_random *stream)
{
    philox(stream->words, stream->counter, stream->key);
    stream->counter[0]++;
    stream->used = 0;
}

uint32_t lsnn_random_word(lsnn_random *stream)
{
    if (stream->used == BLOCK) refill(stream);
    return stream->words[stream->used++];
}

/* A round of blocks first .. n-1 at a time, so that it becomes a loop of vectors. */
static void blocks_by_round(uint32_t *out, const lsnn_random *stream, int first, int n)
{
    uint32_t *c0 = out, *c1 = out + n, *c2 = out + 2 * n, *c3 = out + 3 * n;
    uint32_t k0 = stream->key[0], k1 = stream->key[1];
    for (int b = first; b < n; b++) {
        c0[b] = stream->counter[0] + (uint32_t)b;
        c1[b] = stream->counter[1];
        c2[b] = stream->counter[2];
        c3[b] = stream->counter[3];
    }
    for (int round = 0; round < ROUNDS; round++) {
#pragma omp simd
        for (int b = first; b < n; b++)
            philox_round(&c0[b], &c1[b], &c2[b], &c3[b], k0, k1);
        k0 += WEYL_0;
        k1 += WEYL_1;
    }
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define AVX2 __attribute__((target("avx2")))
#define AT_ONCE 8

/* Words of four blocks, each in a lane of 64 bits whose upper half is not looked at: so a round needs no shuffles. */
typedef struct lanes {
    __m256i c0, c1, c2, c3;
} lanes;

AVX2 LSNN_INLINE lanes lanes_round(lanes in, __m256i k0, __m256i k1)
{
    const __m256i product_0 = _mm256_mul_epu32(in.c0, _mm256_set1_epi64x(MULTIPLIER_0));
    const __m256i product_1 = _mm256_mul_epu32(in.c2, _mm256_set1_epi64x(MULTIPLIER_1));
    return (lanes){.c0 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(product_1, 32), in.c1), k0),
                   .c1 = product_1,
                   .c2 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(product_0, 32), in.c3), k1),
                   .c3 = product_0};
}

AVX2 LSNN_INLINE void lanes_store(uint32_t *to, __m256i even, __m256i odd)
{
    _mm256_storeu_si256((__m256i *)to, _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA));
}

AVX2 static int blocks_by_lanes(uint32_t *out, const lsnn_random *stream, int n)
{
    const __m256i c1 = _mm256_set1_epi64x(stream->counter[1]), c2 = _mm256_set1_epi64x(stream->counter[2]),
                  c3 = _mm256_set1_epi64x(stream->counter[3]);
    int b = 0;
    for (; b + AT_ONCE <= n; b += AT_ONCE) {
        const __m256i c0 = _mm256_set1_epi64x(stream->counter[0] + (uint32_t)b);
        lanes even = {_mm256_add_epi64(c0, _mm256_set_epi64x(6, 4, 2, 0)), c1, c2, c3};
        lanes odd = {_mm256_add_epi64(c0, _mm256_set_epi64x(7, 5, 3, 1)), c1, c2, c3};
        uint32_t k0 = stream->key[0], k1 = stream->key[1];
        for (int round = 0; round < ROUNDS; round++, k0 += WEYL_0, k1 += WEYL_1) {
            const __m256i key_0 = _mm256_set1_epi64x(k0), key_1 = _mm256_set1_epi64x(k1);
            even = lanes_round(even, key_0, key_1);
            odd = lanes_round(odd, key_0, key_1);
        }
        lanes_store(out + b, even.c0, odd.c0);
        lanes_store(out + n + b, even.c1, odd.c1);
        lanes_store(out + 2 * n + b, even.c2, odd.c2);
        lanes_store(out + 3 * n + b, even.c3, odd.c3);
    }
    return b;
}

#define FIRST_BLOCKS(out, stream, n) (__builtin_cpu_supports("avx2") ? blocks_by_lanes(out, stream, n) : 0)
#else
#define FIRST_BLOCKS(out, stream, n) 0
#endif

void random_blocks(uint32_t *out, lsnn_random *stream, int n)
{
    const int done = FIRST_BLOCKS(out, stream, n);
    blocks_by_round(out, stream, done, n);
    stream->counter[0] += (uint32_t)n;
}

/* Two words, the first one on top. Zero, of 2^53 numbers, becomes 2^-54: logarithms are taken of these. */
double lsnn_random_uniform(lsnn_random *stream)
{
    if (stream->used == BLOCK) refill(stream);
    uint32_t high, low;
    if (stream->used <= BLOCK - 2) {
        high = stream->words[stream->used];
        low = stream->words[stream->used + 1];
        stream->used += 2;
    } else {
        high = lsnn_random_word(stream);
        low = lsnn_random_word(stream);
    }
    uint64_t bits = ((uint64_t)high << 32 | low) >> 11;
    return (bits ? (double)bits : 0.5) * 0x1p-53;
}

double lsnn_random_normal(lsnn_random *stream)
{
    static const double two_pi = 6.283185307179586;
    double radius = sqrt(-2 * log(lsnn_random_uniform(stream)));
    return radius * cos(two_pi * lsnn_random_uniform(stream));
}

/* Lemire 2019, "Fast random integer generation in an interval": the rejected words are those that would give some results
 * one chance more than others. */
uint32_t lsnn_random_below(lsnn_random *stream, uint32_t limit)
{
    uint64_t product = (uint64_t)lsnn_random_word(stream) * limit;
    if ((uint32_t)product < limit) {
        uint32_t rejected = -limit % limit;
        while ((uint32_t)product < rejected)
            product = (uint64_t)lsnn_random_word(stream) * limit;
    }
    return (uint32_t)(product >> 32);
}

/* MurmurHash3's finaliser. */
static uint32_t scramble(uint32_t word)
{
    word = (word ^ word >> 16) * 0x85EBCA6B;
    word = (word ^ word >> 13) * 0xC2B2AE35;
    return word ^ word >> 16;
}

/* A Feistel network permutes the numbers of `bits` bits; walking along its cycle until a number below n comes gives a
 * permutation of those. Networks are even permutations, and small ones far from random: hence a swap of 0 and 1 for half
 * of the keys, and the fewest bits. What was drawn from the stream before plays no part. */
uint32_t lsnn_random_permuted(const lsnn_random *stream, uint32_t i, uint32_t n)
{
    enum { FEISTEL_ROUNDS = 2 * BLOCK, FEWEST_BITS = 6 };
    if (n < 2) return 0;
    int bits = 32 - __builtin_clz(n - 1);
    if (bits < FEWEST_BITS) bits = FEWEST_BITS;
    int low_bits = bits / 2, high_bits = bits - low_bits;
    uint32_t low_mask = (1u << low_bits) - 1, high_mask = (1u << high_bits) - 1;

    uint32_t round_key[FEISTEL_ROUNDS];
    uint32_t counter[BLOCK] = {0, stream->counter[1], stream->counter[2], stream->counter[3] | permutation_flag};
    for (; counter[0] < FEISTEL_ROUNDS / BLOCK; counter[0]++)
        philox(round_key + BLOCK * counter[0], counter, stream->key);

    do {
        uint32_t low = i & low_mask, high = i >> low_bits & high_mask;
        for (int round = 0; round < FEISTEL_ROUNDS; round += 2) {
            low ^= scramble(high ^ round_key[round]) & low_mask;
            high ^= scramble(low ^ round_key[round + 1]) & high_mask;
        }
        i = high << low_bits | low;
    } while (i >= n);
    uint32_t swap = round_key[0] >> 31;
    return i < 2 ? i ^ swap : i;
}

static void gsl_set(void *state, unsigned long seed)
{
    *(lsnn_random *)state = lsnn_random_stream(seed, (lsnn_purpose)0, 0, 0);
}

static unsigned long gsl_get(void *state)
{
    return lsnn_random_word(state);
}

static double gsl_get_double(void *state)
{
    return lsnn_random_uniform(state);
}

static const gsl_rng_type philox_type = {
    .name = "philox4x32-10",
    .max = UINT32_MAX,
    .min = 0,
    .size = sizeof(lsnn_random),
    .set = gsl_set,
    .get = gsl_get,
    .get_double = gsl_get_double,
};
const gsl_rng_type *const random_gsl_type = &philox_type;

void random_gsl_set(gsl_rng *rng, lsnn_random stream)
{
    *(lsnn_random *)rng->state = stream;
}
