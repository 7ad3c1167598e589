/* Finding the neurons that spike. Without branches: which neurons these are cannot be foreseen. */
#include "rows.h"

static int spikes_in_lanes(uint32_t *id, const real *z, int n, uint32_t first)
{
    int n_spikes = 0;
    for (int j = 0; j < n; j++) {
        id[n_spikes] = first + (uint32_t)j;
        n_spikes += z[j] > 0;
    }
    return n_spikes;
}

#if defined(__x86_64__) && !defined(LSNN_DOUBLE) && defined(__GNUC__)
#include <immintrin.h>

/* A comparison leaves one bit per lane, by which the ids are moved together: compilers do not find this by themselves. */
__attribute__((target("avx512f,popcnt"))) static int spikes_by_mask(uint32_t *id, const real *z, int n, uint32_t first)
{
    int n_spikes = 0;
    const __m512i lane = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    for (int block = 0; block < n; block += LSNN_LANES) {
        const __mmask16 mask = _mm512_cmp_ps_mask(_mm512_load_ps(z + block), _mm512_setzero_ps(), _CMP_GT_OQ);
        const __m512i ids = _mm512_add_epi32(lane, _mm512_set1_epi32((int)first + block));
        _mm512_storeu_si512(id + n_spikes, _mm512_maskz_compress_epi32(mask, ids));
        n_spikes += __builtin_popcount(mask);
    }
    return n_spikes;
}

/* Byte k of entry m: the number of the k-th bit of m that is set. */
#define LANE(m, i) ((uint64_t)((m) >> (i)&1) * (i) << 8 * __builtin_popcount((m) & ((1 << (i)) - 1)))
#define LANES(m) (LANE(m, 1) | LANE(m, 2) | LANE(m, 3) | LANE(m, 4) | LANE(m, 5) | LANE(m, 6) | LANE(m, 7))
#define FOUR(m) LANES(m), LANES(m + 1), LANES(m + 2), LANES(m + 3)
#define SIXTEEN(m) FOUR(m), FOUR(m + 4), FOUR(m + 8), FOUR(m + 12)
#define SIXTY_FOUR(m) SIXTEEN(m), SIXTEEN(m + 16), SIXTEEN(m + 32), SIXTEEN(m + 48)
static const uint64_t lanes_of_mask[256] = {SIXTY_FOUR(0), SIXTY_FOUR(64), SIXTY_FOUR(128), SIXTY_FOUR(192)};

/* Without an instruction that moves lanes together, the mask looks up which they are. */
__attribute__((target("avx2,popcnt"))) static int spikes_by_table(uint32_t *id, const real *z, int n, uint32_t first)
{
    int n_spikes = 0;
    for (int block = 0; block < n; block += 8) {
        const __m256 spike = _mm256_cmp_ps(_mm256_load_ps(z + block), _mm256_setzero_ps(), _CMP_GT_OQ);
        const int mask = _mm256_movemask_ps(spike);
        const __m256i lane = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(lanes_of_mask + mask)));
        _mm256_storeu_si256((__m256i *)(id + n_spikes), _mm256_add_epi32(lane, _mm256_set1_epi32((int)first + block)));
        n_spikes += __builtin_popcount((unsigned)mask);
    }
    return n_spikes;
}

int rows_spikes(uint32_t *id, const real *z, int n, uint32_t first)
{
    if (__builtin_cpu_supports("avx512f")) return spikes_by_mask(id, z, n, first);
    if (__builtin_cpu_supports("avx2")) return spikes_by_table(id, z, n, first);
    return spikes_in_lanes(id, z, n, first);
}
#else
int rows_spikes(uint32_t *id, const real *z, int n, uint32_t first)
{
    return spikes_in_lanes(id, z, n, first);
}
#endif
