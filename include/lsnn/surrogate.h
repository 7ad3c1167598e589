/* Surrogate derivatives of the spike: shapes with height 1 at x = 0, x = (distance to the threshold) / width. */
#ifndef LSNN_SURROGATE_H
#define LSNN_SURROGATE_H

#include "lsnn/model.h"
#include <math.h>

#ifdef LSNN_DOUBLE
#define LSNN_ABS(x) fabs(x)
#else
#define LSNN_ABS(x) fabsf(x)
#endif

typedef enum lsnn_surrogate {
    LSNN_TRIANGULAR,   /* max(0, 1 - |x|)      Bellec et al. 2018 */
    LSNN_FAST_SIGMOID, /* 1 / (1 + |x|)^2      Zenke & Ganguli 2018, SuperSpike */
    LSNN_ARCTAN,       /* 1 / (1 + x^2)        Fang et al. 2021 */
    LSNN_EXPONENTIAL   /* exp(-|x|)            Shrestha & Orchard 2018, SLAYER */
} lsnn_surrogate;

#define LSNN_SURROGATES "triangular|fast_sigmoid|arctan|exponential"

/* exp(-y), y >= 0, in a form that compilers vectorise: (exp(-y/64))^64 with a Taylor sum; relative error below 64 roundings.
 * 0 beyond y = 40. */
LSNN_INLINE real lsnn_decay(real y)
{
    const real x = (y < 40 ? y : 40) / 64;
    real sum = 1;
    for (int k = 14; k > 0; k--)
        sum = 1 + sum * x / (real)k;
    real power = 1 / sum;
    for (int k = 0; k < 6; k++)
        power *= power;
    return y < 40 ? power : 0;
}

LSNN_INLINE real lsnn_surrogate_shape(lsnn_surrogate kind, real x)
{
    const real distance = LSNN_ABS(x);
    switch (kind) {
    case LSNN_TRIANGULAR: return 1 - distance > 0 ? 1 - distance : 0;
    case LSNN_FAST_SIGMOID: return 1 / ((1 + distance) * (1 + distance));
    case LSNN_ARCTAN: return 1 / (1 + x * x);
    case LSNN_EXPONENTIAL: return lsnn_decay(distance);
    }
    return 0;
}

#endif
