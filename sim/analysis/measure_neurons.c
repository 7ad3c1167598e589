/* Measures of single neurons: rates, intervals, counts. */
#include "counts.h"
#include "measure_inside.h"
#include <math.h>

lsnn_status measure_rate(findings *out, const measure_subject *s, const measure_settings *with, lsnn_error *err)
{
    const int n = s->trains.n_neurons;
    const double duration = raster_duration(&s->trains);
    double *rate;
    size_t silent = 0;
    summary all;
    (void)with;
    TRY(measure_values(out, &rate, (size_t)n, err));
    for (int i = 0; i < n; i++) {
        const size_t spikes = raster_count(&s->trains, i);
        rate[i] = (double)spikes / duration * 1000;
        silent += spikes == 0;
    }
    TRY(measure_neurons(out, s, "rate", "Hz", rate, "", err));
    TRY(summary_of(&all, rate, (size_t)n, out->memory, err));
    TRY(measure_number(out, s, "rate_median", "Hz", all.median, all.n, "", err));
    TRY(measure_number(out, s, "rate_most", "Hz", all.most, all.n, "", err));
    return measure_number(out, s, "silent_neurons", "", (double)silent, (size_t)n, "", err);
}

typedef enum which { MEAN, CV, CV2, LV, LVR } which;

static double pick(const intervals *of, which what)
{
    switch (what) {
    case MEAN: return of->mean;
    case CV: return of->cv;
    case CV2: return of->cv2;
    case LV: return of->lv;
    case LVR: return of->lvr;
    }
    return NAN;
}

static lsnn_status add_intervals(findings *out, const measure_subject *s, const char *name, const char *unit,
                                 which what, const char *note, lsnn_error *err)
{
    double *values;
    TRY(measure_values(out, &values, (size_t)s->trains.n_neurons, err));
    for (int i = 0; i < s->trains.n_neurons; i++)
        values[i] = pick(&s->intervals[i], what);
    return measure_neurons(out, s, name, unit, values, note, err);
}

lsnn_status measure_cv(findings *out, const measure_subject *s, const measure_settings *with, lsnn_error *err)
{
    (void)with;
    return add_intervals(out, s, "cv", "", CV, "", err);
}

lsnn_status measure_cv2(findings *out, const measure_subject *s, const measure_settings *with, lsnn_error *err)
{
    (void)with;
    return add_intervals(out, s, "cv2", "", CV2, "", err);
}

lsnn_status measure_lv(findings *out, const measure_subject *s, const measure_settings *with, lsnn_error *err)
{
    (void)with;
    return add_intervals(out, s, "lv", "", LV, "", err);
}

lsnn_status measure_lvr(findings *out, const measure_subject *s, const measure_settings *with, lsnn_error *err)
{
    const char *note;
    TRY(arena_format(out->memory, &note, err, "R = %g ms", with->refractory));
    return add_intervals(out, s, "lvr", "", LVR, note, err);
}

lsnn_status measure_isi(findings *out, const measure_subject *s, const measure_settings *with, lsnn_error *err)
{
    const size_t n = counts_bins(with->isi_longest, with->isi_bin);
    uint64_t *counts;
    size_t longer = 0;
    double *histogram;
    const double *start;
    const char *note;
    TRY(arena_take(out->memory, &counts, n + 1, sizeof *counts, err));
    TRY(measure_values(out, &histogram, n, err));
    TRY(measure_axis(out, &start, n, 0, with->isi_bin, err));
    for (int i = 0; i < s->trains.n_neurons; i++)
        longer += intervals_histogram(counts, (int)n, with->isi_bin, &s->trains, i);
    for (size_t b = 0; b < n; b++)
        histogram[b] = (double)counts[b];
    TRY(arena_format(out->memory, &note, err, "%zu intervals are not below %g ms", longer, with->isi_longest));
    TRY(add_intervals(out, s, "isi", "ms", MEAN, note, err));
    return measure_curve(out, s, "isi_histogram", n, (finding_column){"interval", "ms", start},
                         (finding_column){"count", "", histogram}, err);
}

lsnn_status measure_fano(findings *out, const measure_subject *s, const measure_settings *with, lsnn_error *err)
{
    const bool by_trial = with->window <= 0 && s->trains.n_spans > 1;
    const double window = by_trial ? 0 : with->window > 0 ? with->window : 100;
    double *fano;
    size_t n = 0;
    const char *note;
    TRY(measure_values(out, &fano, (size_t)s->trains.n_neurons, err));
    for (int i = 0; i < s->trains.n_neurons; i++)
        fano[i] = counts_fano(&n, window, &s->trains, i);
    TRY(by_trial ? arena_format(out->memory, &note, err, "%zu trials", n)
                 : arena_format(out->memory, &note, err, "%zu windows of %g ms", n, window));
    return measure_neurons(out, s, "fano", "", fano, note, err);
}

lsnn_status measure_adaptation(findings *out, const measure_subject *s, const measure_settings *with, lsnn_error *err)
{
    enum { MOST = 20 };
    double *index, *mean, sum[MOST] = {0};
    uint64_t n[MOST] = {0};
    const double *number;
    (void)with;
    TRY(measure_values(out, &index, (size_t)s->trains.n_neurons, err));
    TRY(measure_values(out, &mean, MOST, err));
    TRY(measure_axis(out, &number, MOST, 1, 1, err));
    for (int i = 0; i < s->trains.n_neurons; i++)
        index[i] = intervals_adaptation(sum, n, MOST, &s->trains, i);
    for (int k = 0; k < MOST; k++)
        mean[k] = n[k] ? sum[k] / (double)n[k] : NAN;
    TRY(measure_neurons(out, s, "adaptation", "", index, "", err));
    return measure_curve(out, s, "adaptation_course", MOST, (finding_column){"number", "", number},
                         (finding_column){"interval", "ms", mean}, err);
}

lsnn_status measure_bursts(findings *out, const measure_subject *s, const measure_settings *with, lsnn_error *err)
{
    const double duration = raster_duration(&s->trains);
    double *rate, length = 0;
    size_t n = 0, in_bursts = 0;
    const char *note;
    TRY(measure_values(out, &rate, (size_t)s->trains.n_neurons, err));
    for (int i = 0; i < s->trains.n_neurons; i++) {
        const intervals_bursts b = intervals_bursts_of(&s->trains, i, with->burst_isi, with->burst_spikes);
        rate[i] = (double)b.n / duration * 1000;
        length += b.duration;
        n += b.n;
        in_bursts += b.n_spikes;
    }
    const size_t spikes = raster_total(&s->trains);
    TRY(arena_format(out->memory, &note, err, "at least %d spikes, intervals up to %g ms", with->burst_spikes,
                     with->burst_isi));
    TRY(measure_neurons(out, s, "burst_rate", "Hz", rate, note, err));
    TRY(measure_number(out, s, "burst_share", "", spikes ? (double)in_bursts / (double)spikes : NAN, spikes,
                       "spikes in bursts", err));
    return measure_number(out, s, "burst_duration", "ms", n ? length / (double)n : NAN, n, "", err);
}
