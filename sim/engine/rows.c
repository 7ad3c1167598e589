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

int rows_spikes(uint32_t *id, const real *z, int n, uint32_t first)
{
    return __builtin_cpu_supports("avx512f") ? spikes_by_mask(id, z, n, first) : spikes_in_lanes(id, z, n, first);
}
#else
int rows_spikes(uint32_t *id, const real *z, int n, uint32_t first)
{
    return spikes_in_lanes(id, z, n, first);
}
#endif
