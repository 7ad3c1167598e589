/* Finding the neurons that spike. */
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

/* A comparison leaves one bit per lane, and few are set: compilers do not find this by themselves. */
__attribute__((target("avx512f"))) static int spikes_by_mask(uint32_t *id, const real *z, int n, uint32_t first)
{
    int n_spikes = 0;
    for (int block = 0; block < n; block += LSNN_LANES) {
        unsigned mask = _mm512_cmp_ps_mask(_mm512_load_ps(z + block), _mm512_setzero_ps(), _CMP_GT_OQ);
        for (; mask; mask &= mask - 1)
            id[n_spikes++] = first + (uint32_t)block + (uint32_t)__builtin_ctz(mask);
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
