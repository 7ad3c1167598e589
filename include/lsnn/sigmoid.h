/* Logistic function and hyperbolic tangent in plain arithmetic: the same bits from every compiler, in a form that they
 * vectorise; to a few units of the last place. */
#ifndef LSNN_SIGMOID_H
#define LSNN_SIGMOID_H

#include "lsnn/surrogate.h"

/* LSNN_EXP_SHIFT: adding 1.5 x 2^(bits of the mantissa) to a number rounds it to an integer, which stands in the lowest bits. ln 2 is
 * split so that integers times its first part are exact. LSNN_EXP_RANGE: exp(-x) is not denormal. */
#ifdef LSNN_DOUBLE
typedef uint64_t lsnn_bits;
#define LSNN_EXP_MANTISSA 52
#define LSNN_EXP_ONE UINT64_C(0x3ff0000000000000)
#define LSNN_EXP_SHIFT 0x1.8p52
#define LSNN_EXP_LN2 0x1.62e42feep-1
#define LSNN_EXP_LN2_REST 0x1.a39ef35793c76p-33
#define LSNN_EXP_TERMS 13
#define LSNN_EXP_RANGE 708
#else
typedef uint32_t lsnn_bits;
#define LSNN_EXP_MANTISSA 23
#define LSNN_EXP_ONE 0x3f800000u
#define LSNN_EXP_SHIFT 0x1.8p23f
#define LSNN_EXP_LN2 0x1.63p-1f
#define LSNN_EXP_LN2_REST -0x1.bd0106p-13f
#define LSNN_EXP_TERMS 8
#define LSNN_EXP_RANGE 87
#endif

/* exp(x) = power (1 + the returned number), |x| <= LSNN_EXP_RANGE: power is that of 2 nearest to exp(x), the rest a Taylor sum. */
LSNN_INLINE real lsnn_exp_split(real *power, real x)
{
    const real log2_e = (real)1.4426950408889634;
    const real shifted = x * log2_e + LSNN_EXP_SHIFT, k = shifted - LSNN_EXP_SHIFT;
    const real r = (x - k * LSNN_EXP_LN2) - k * LSNN_EXP_LN2_REST;
    union {
        real value;
        lsnn_bits bits;
    } scale = {.value = shifted};
    real sum = 1;
    for (int n = LSNN_EXP_TERMS; n > 1; n--)
        sum = 1 + sum * (r * (1 / (real)n));
    scale.bits = (scale.bits << LSNN_EXP_MANTISSA) + LSNN_EXP_ONE;
    *power = scale.value;
    return r * sum;
}

/* 1 / (1 + exp(-x)); beyond LSNN_EXP_RANGE its value there. */
LSNN_INLINE real lsnn_sigmoid(real x)
{
    const real distance = LSNN_ABS(x);
    real power;
    const real rest = lsnn_exp_split(&power, distance > LSNN_EXP_RANGE ? -LSNN_EXP_RANGE : -distance);
    const real e = power + power * rest, above = 1 / (1 + e);
    return x < 0 ? e * above : above;
}

/* With m = exp(-2 |x|) - 1, which keeps its digits near 0, tanh |x| = m / (-2 - m). */
LSNN_INLINE real lsnn_tanh(real x)
{
    const real distance = 2 * LSNN_ABS(x);
    real power;
    const real rest = lsnn_exp_split(&power, distance > 40 ? -40 : -distance);
    const real m = power * rest + (power - 1), positive = m / (-2 - m);
    return x < 0 ? -positive : positive;
}

#endif
