/* exp and log in plain double arithmetic: the same bits from every compiler, processor and C library, to about one unit of
 * the last place. */
#ifndef DECAY_H
#define DECAY_H

#include "lsnn/model.h"
#include <stdint.h>
#include <string.h>

/* 2^(i/16), rounded from 50 digits. */
static const double decay_power[16] = {
    0x1.0000000000000p+0, 0x1.0b5586cf9890fp+0, 0x1.172b83c7d517bp+0, 0x1.2387a6e756238p+0,
    0x1.306fe0a31b715p+0, 0x1.3dea64c123422p+0, 0x1.4bfdad5362a27p+0, 0x1.5ab07dd485429p+0,
    0x1.6a09e667f3bcdp+0, 0x1.7a11473eb0187p+0, 0x1.8ace5422aa0dbp+0, 0x1.9c49182a3f090p+0,
    0x1.ae89f995ad3adp+0, 0x1.c199bdd85529cp+0, 0x1.d5818dcfba487p+0, 0x1.ea4afa2a490dap+0};

/* exp(x); beyond +-708, exp(+-708), so that nothing becomes denormal or infinite. With x = (k/16) ln 2 + r it is 2^(k/16) times
 * the Taylor sum of exp(r), |r| < 0.022. ln 2 / 16 is split so that k times its first part is exact. */
LSNN_INLINE double decay_exp(double x)
{
    const double shift = 0x1.8p52, limit = 708;
    const double within = x > limit ? limit : x < -limit ? -limit : x;
    const double shifted = within * 0x1.71547652b82fep+4 + shift, k = shifted - shift;
    const double r = (within - k * 0x1.62e42fee00000p-5) - k * 0x1.a39ef35793c76p-37, r2 = r * r;
    const double low = 0.5 + r * (1.0 / 6), high = 1.0 / 24 + r * (1.0 / 120), top = 1.0 / 720 + r * (1.0 / 5040);
    const double sum = r + r2 * (low + r2 * (high + r2 * top));
    uint64_t bits, power_bits;
    memcpy(&bits, &shifted, sizeof bits);
    memcpy(&power_bits, &decay_power[bits & 15], sizeof power_bits);
    power_bits += (bits >> 4) << 52; /* the shift's own bits leave on top */
    double power;
    memcpy(&power, &power_bits, sizeof power);
    return power + power * sum;
}

/* log(x) of a positive number that is not denormal: with x = 2^k m, m near 1, it is k ln 2 + 2 artanh((m - 1) / (m + 1)). */
LSNN_INLINE double decay_log(double x)
{
    const uint64_t root_half = UINT64_C(0x3fe6a09e667f3bcd);
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    const int64_t k = (int64_t)(bits - root_half) >> 52;
    bits -= (uint64_t)k << 52;
    double m;
    memcpy(&m, &bits, sizeof m);
    const double s = (m - 1) / (m + 1), q = s * s, q2 = q * q, q4 = q2 * q2;
    const double low = (1.0 / 3 + q * (1.0 / 5)) + q2 * (1.0 / 7 + q * (1.0 / 9));
    const double high = (1.0 / 11 + q * (1.0 / 13)) + q2 * (1.0 / 15 + q * (1.0 / 17));
    const double sum = q * (low + q4 * (high + q4 * (1.0 / 19 + q * (1.0 / 21))));
    /* m - 1 is exact: 2 s = (m - 1) - s (m - 1), so its rounding does not count. */
    const double f = m - 1, rest = s * (2 * sum - f);
    return (double)k * 0x1.62e42fee00000p-1 + (f + (rest + (double)k * 0x1.a39ef35793c76p-33));
}

#endif
