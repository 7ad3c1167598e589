/* Ticks and decimation. */
#include "scale.h"
#include <math.h>

static const double edge = 1e-9; /* of a step: ends of an axis that miss a tick by rounding only */

static scale_ticks ticks_at(double low, double high, int factor, int exponent)
{
    const double step = exponent < 0 ? factor / pow(10, -exponent) : factor * pow(10, exponent);
    const double first = ceil(low / step - edge), last = floor(high / step + edge);
    return (scale_ticks){step, first, (int)fmax(0, last - first + 1), exponent < 0 ? -exponent : 0};
}

scale_ticks scale_nice(double low, double high, int most)
{
    static const int factor[] = {1, 2, 5};
    const int exponent = (int)floor(log10((high - low) / most));
    scale_ticks ticks = ticks_at(low, high, 1, exponent);
    for (int k = 1; ticks.n > most; k++)
        ticks = ticks_at(low, high, factor[k % 3], exponent + k / 3);
    return ticks;
}

/* Appends i unless it is there already. */
static size_t append(size_t *index, size_t n, size_t start, size_t i)
{
    if (n > start && index[n - 1] == i) return n;
    index[n] = i;
    return n + 1;
}

size_t scale_decimate(size_t *index, const double *values, size_t n, size_t columns)
{
    size_t chosen = 0;
    for (size_t c = 0; c < columns; c++) {
        const size_t stop = n * (c + 1) / columns;
        size_t first = n * c / columns;
        while (first < stop && isnan(values[first]))
            first++;
        if (first == stop) continue;
        size_t lowest = first, highest = first, last = first;
        for (size_t i = first; i < stop; i++) {
            if (values[i] < values[lowest]) lowest = i;
            if (values[i] > values[highest]) highest = i;
            if (!isnan(values[i])) last = i;
        }
        const size_t start = chosen, sooner = lowest < highest ? lowest : highest;
        chosen = append(index, chosen, start, first);
        chosen = append(index, chosen, start, sooner);
        chosen = append(index, chosen, start, lowest + highest - sooner);
        chosen = append(index, chosen, start, last);
    }
    return chosen;
}
