/* Interval statistics of one neuron. */
#include "intervals.h"
#include <math.h>

static double mean_interval(const trains *t, int i, size_t *n)
{
    double sum = 0;
    *n = 0;
    for (int k = 0; k < t->n_spans; k++) {
        size_t spikes;
        const double *time = raster_train(t, i, k, &spikes);
        if (spikes < 2) continue;
        sum += time[spikes - 1] - time[0];
        *n += spikes - 1;
    }
    return *n ? sum / (double)*n : NAN;
}

intervals intervals_of(const trains *t, int i, double refractory)
{
    intervals out = {0};
    double squares = 0, cv2 = 0, lv = 0, lvr = 0;
    out.mean = mean_interval(t, i, &out.n);
    for (int k = 0; k < t->n_spans; k++) {
        size_t spikes;
        const double *time = raster_train(t, i, k, &spikes);
        for (size_t s = 1; s < spikes; s++) {
            const double second = time[s] - time[s - 1];
            squares += (second - out.mean) * (second - out.mean);
            const double both = s > 1 ? time[s] - time[s - 2] : 0;
            if (both <= 0) continue;
            const double first = both - second, contrast = (second - first) / both;
            cv2 += 2 * fabs(contrast);
            lv += contrast * contrast;
            lvr += contrast * contrast * (1 + 4 * refractory / both); /* 1 - 4 I1 I2 / (I1 + I2)^2 = contrast^2 */
            out.n_pairs++;
        }
    }
    const double n = (double)out.n, pairs = (double)out.n_pairs;
    out.cv = out.n >= 2 && out.mean > 0 ? sqrt(squares / n) / out.mean : NAN;
    out.cv2 = out.n_pairs ? cv2 / pairs : NAN;
    out.lv = out.n_pairs ? 3 * lv / pairs : NAN;
    out.lvr = out.n_pairs ? 3 * lvr / pairs : NAN;
    return out;
}

size_t intervals_histogram(uint64_t *counts, int n_bins, double bin, const trains *t, int i)
{
    size_t longer = 0;
    for (int k = 0; k < t->n_spans; k++) {
        size_t spikes;
        const double *time = raster_train(t, i, k, &spikes);
        for (size_t s = 1; s < spikes; s++) {
            const size_t b = raster_bin(time[s] - time[s - 1], bin);
            if (b < (size_t)n_bins)
                counts[b]++;
            else
                longer++;
        }
    }
    return longer;
}

double intervals_adaptation(double *sum, uint64_t *n, int most, const trains *t, int i)
{
    double index = 0;
    size_t pairs = 0;
    for (int k = 0; k < t->n_spans; k++) {
        size_t spikes;
        const double *time = raster_train(t, i, k, &spikes);
        for (size_t s = 1; s < spikes; s++) {
            const double second = time[s] - time[s - 1], both = s > 1 ? time[s] - time[s - 2] : 0;
            if (s - 1 < (size_t)most) {
                sum[s - 1] += second;
                n[s - 1]++;
            }
            if (both <= 0) continue;
            index += (2 * second - both) / both;
            pairs++;
        }
    }
    return pairs ? index / (double)pairs : NAN;
}

static void end_burst(intervals_bursts *out, const double *time, size_t first, size_t last, int least)
{
    if (last - first + 1 < (size_t)least) return;
    out->n++;
    out->n_spikes += last - first + 1;
    out->duration += time[last] - time[first];
}

intervals_bursts intervals_bursts_of(const trains *t, int i, double longest, int least)
{
    intervals_bursts out = {0};
    for (int k = 0; k < t->n_spans; k++) {
        size_t spikes, first = 0;
        const double *time = raster_train(t, i, k, &spikes);
        for (size_t s = 1; s < spikes; s++) {
            if (time[s] - time[s - 1] <= longest) continue;
            end_burst(&out, time, first, s - 1, least);
            first = s;
        }
        if (spikes) end_burst(&out, time, first, spikes - 1, least);
    }
    return out;
}
