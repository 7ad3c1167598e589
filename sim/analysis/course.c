/* Averages over training. */
#include "course.h"
#include <math.h>

void course_average(double *out, const double *values, size_t n, size_t window)
{
    for (size_t k = 0; k < n; k++) {
        const size_t first = k + 1 > window ? k + 1 - window : 0;
        double sum = 0;
        size_t used = 0;
        for (size_t s = first; s <= k; s++) {
            if (isnan(values[s])) continue;
            sum += values[s];
            used++;
        }
        out[k] = used ? sum / (double)used : NAN;
    }
}

size_t course_first_below(const double *average, size_t n, double goal)
{
    size_t k = 0;
    while (k < n && !(average[k] < goal))
        k++;
    return k;
}

static double mean_of(const double *values, size_t n)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += values[k];
    return sum / (double)n;
}

course_summary course_summary_of(const double *values, size_t n)
{
    if (n == 0) return (course_summary){NAN, NAN, NAN};
    const size_t tenth = n >= 10 ? n / 10 : 1;
    course_summary out = {mean_of(values, tenth), NAN, mean_of(values + n - tenth, tenth)};
    for (size_t k = 0; k < n; k++)
        if (!(values[k] >= out.lowest)) out.lowest = isnan(values[k]) ? out.lowest : values[k];
    return out;
}

course_weights course_weights_of(const float *weight, const float *before, size_t n)
{
    double sum = 0, squares = 0, moved = 0, norm_before = 0;
    size_t negative = 0, zero = 0;
    for (size_t k = 0; k < n; k++) {
        const double w = (double)weight[k], b = before ? (double)before[k] : 0;
        sum += w;
        squares += w * w;
        moved += (w - b) * (w - b);
        norm_before += b * b;
        negative += w < 0;
        zero += w == 0;
    }
    const double number = (double)n, mean = sum / number;
    return (course_weights){.norm = sqrt(squares),
                            .mean = mean,
                            .sd = sqrt(fmax(0, squares / number - mean * mean)),
                            .negative = (double)negative / number,
                            .zero = (double)zero / number,
                            .change = before && norm_before > 0 ? sqrt(moved / norm_before) : NAN};
}
