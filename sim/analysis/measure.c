/* The list of measures, their settings, and the findings that they share. */
#include "measure_inside.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

#define LONGEST 1e7 /* ms, of bins and the like */
#define AT(member) offsetof(measure_settings, member)
#define MS(member, value, doc)                                                                                         \
    {                                                                                                                  \
#member, LSNN_REAL, AT(member), value, "ms", 0, LONGEST, true, NULL, doc                                       \
    }

const lsnn_field measure_fields[] = {
    MS(bin, "5", "bins of count correlation, synchrony and dimension"),
    MS(psth_bin, "10", "bins of the PSTH"),
    MS(isi_bin, "1", "bins of the histogram of intervals"),
    MS(isi_longest, "500", "where this histogram ends"),
    {"refractory", LSNN_REAL, AT(refractory), "5", "ms", 0, LONGEST, false, NULL, "R of lvr"},
    {"window", LSNN_REAL, AT(window), "0", "ms", 0, LONGEST, false, NULL,
     "windows of the Fano factor; 0: a count per trial, or 100 ms where there are no trials"},
    MS(lag, "100", "largest lag of correlograms"),
    MS(lag_bin, "1", "bins of correlograms"),
    MS(segment, "1000", "segments of the spectrum, sampled at 1 kHz; shortened to the shortest trial"),
    MS(burst_isi, "10", "longest interval in a burst"),
    {"burst_spikes", LSNN_INT, AT(burst_spikes), "3", NULL, 2, 1e6, false, NULL, "fewest spikes of a burst"},
    MS(silence, "50", "shortest time without a spike of the population that counts as silence"),
    MS(contrast_bin, "10", "smallest bin of spike-contrast"),
    MS(decode_bin, "50", "bins of decoding"),
    {"ridge", LSNN_REAL, AT(ridge), "1", NULL, 0, 1e9, true, NULL, "weight on the squares of the decoder's weights"},
    {"folds", LSNN_INT, AT(folds), "5", NULL, 2, 1000, false, NULL, "parts of the cross-validation"},
    MS(before, "50", "start of spike-triggered averages before the spike"),
    MS(after, "20", "their end after the spike"),
    LSNN_END,
};

const measure measure_list[] = {
    {"rate", "spikes / (neurons x time); the rate of each neuron", true, false, false, measure_rate},
    {"isi", "intervals between spikes of a neuron, and their histogram", true, false, false, measure_isi},
    {"cv", "sd / mean of the intervals (sd dividing by n), from two intervals", true, false, false, measure_cv},
    {"cv2", "mean of 2 |I2 - I1| / (I2 + I1) of neighbouring intervals", true, false, false, measure_cv2},
    {"lv", "3 x mean of ((I2 - I1) / (I2 + I1))^2: 1 for Poisson, 0 for regular trains", true, false, false,
     measure_lv},
    {"lvr", "lv corrected for refractoriness", true, false, false, measure_lvr},
    {"fano", "variance (dividing by n) / mean of a neuron's counts over trials, or over windows", true, false, false,
     measure_fano},
    {"psth", "rate by time after the trial's start", true, false, false, measure_psth},
    {"correlation", "Pearson's coefficient of binned counts, mean over pairs of neurons", true, false, false,
     measure_correlation},
    {"synchrony", "chi^2: variance of the mean count / mean variance of the counts", true, false, false,
     measure_synchrony},
    {"spectrum", "power of the population rate by Welch's method", true, false, false, measure_spectrum},
    {"bursts", "runs of short intervals", true, false, false, measure_bursts},
    {"silence", "times without a spike of the population", true, false, false, measure_silence},
    {"adaptation", "mean of (I2 - I1) / (I2 + I1), and the mean interval by its number in the trial", true, false,
     false, measure_adaptation},
    {"contrast", "spike-contrast: synchrony over all time scales", false, false, false, measure_contrast},
    {"correlogram", "lags between spikes, of neurons with themselves and of pairs", false, false, false,
     measure_correlogram},
    {"dimension", "principal components of binned counts", false, false, false, measure_dimension},
    {"decode", "share of trials whose class a linear reader finds, by time, cross-validated", false, false, true,
     measure_decode},
    {"triggered", "recorded variables around spikes", false, true, false, measure_triggered},
    {"trajectory", "recorded variables by time, mean over trials and neurons", false, true, false, measure_trajectory},
    {NULL, NULL, false, false, false, NULL},
};

const measure *measure_named(const char *name)
{
    for (const measure *m = measure_list; m->name; m++)
        if (strcmp(m->name, name) == 0) return m;
    return NULL;
}

/* What takes room and time for each bin, with or without spikes in it. */
typedef struct load {
    const char *measure, *setting;
    double bin, number; /* how many bins there are of a ms */
} load;

/* 1, 2, 5, 10, 20, ... */
static double round_up(double x)
{
    const double unit = pow(10, floor(log10(x)));
    return unit * (x <= unit ? 1 : x <= 2 * unit ? 2 : x <= 5 * unit ? 5 : 10);
}

static lsnn_status refuse(const load *l, const char *population, double bins, lsnn_error *err)
{
    const double better = round_up(l->bin * bins / MEASURE_MOST_BINS);
    char would_do[64] = "";
    if (better <= LONGEST) snprintf(would_do, sizeof would_do, "%s=%g would do, or ", l->setting, better);
    return lsnn_fail(
        err, LSNN_USAGE,
        "%s of '%s': %.3g bins of %g ms, of which %g are possible; %sa shorter --window, or other measures "
        "(--measure)",
        l->measure, population, bins, l->bin, MEASURE_MOST_BINS, would_do);
}

lsnn_status measure_check(const measure *m, const measure_subject *s, const measure_settings *with, lsnn_error *err)
{
    const double n = s->trains.n_neurons, spans = s->trains.n_spans, longest = raster_duration(&s->trains) / spans;
    const load loads[] = {
        {"psth", "psth_bin", with->psth_bin, 1}, {"correlation", "bin", with->bin, spans},
        {"synchrony", "bin", with->bin, spans},  {"contrast", "contrast_bin", with->contrast_bin, 2},
        {"dimension", "bin", with->bin, n},      {"decode", "decode_bin", with->decode_bin, n * spans}};
    for (size_t k = 0; k < sizeof loads / sizeof *loads; k++) {
        const double bins = longest / loads[k].bin * loads[k].number;
        if (strcmp(loads[k].measure, m->name) == 0 && bins > MEASURE_MOST_BINS)
            return refuse(&loads[k], s->population, bins, err);
    }
    return LSNN_OK;
}

lsnn_status measure_prepare(measure_subject *s, const measure_settings *with, arena *a, lsnn_error *err)
{
    const int n = s->trains.n_neurons;
    TRY(arena_take(a, &s->intervals, (size_t)n + 1, sizeof *s->intervals, err));
#pragma omp parallel for schedule(static, 16)
    for (int i = 0; i < n; i++)
        s->intervals[i] = intervals_of(&s->trains, i, with->refractory);
    return LSNN_OK;
}

lsnn_status measure_number(findings *out, const measure_subject *s, const char *name, const char *unit, double value,
                           size_t n, const char *note, lsnn_error *err)
{
    return findings_add(out, &(finding){s->population, s->group, name, unit, value, NAN, n, 0, note}, err);
}

lsnn_status measure_values(findings *out, double **values, size_t n, lsnn_error *err)
{
    return arena_take(out->memory, values, n + 1, sizeof **values, err);
}

lsnn_status measure_axis(findings *out, const double **values, size_t n, double start, double step, lsnn_error *err)
{
    double *axis;
    TRY(measure_values(out, &axis, n, err));
    for (size_t k = 0; k < n; k++)
        axis[k] = start + (double)k * step;
    *values = axis;
    return LSNN_OK;
}

lsnn_status measure_curve(findings *out, const measure_subject *s, const char *name, size_t n, finding_column x,
                          finding_column y, lsnn_error *err)
{
    return findings_add_curve(out, &(finding_curve){s->population, s->group, name, n, 2, {x, y}}, err);
}

lsnn_status measure_neurons(findings *out, const measure_subject *s, const char *name, const char *unit,
                            const double *values, const char *note, lsnn_error *err)
{
    summary all;
    const size_t n = (size_t)s->trains.n_neurons;
    const double *number;
    TRY(summary_of(&all, values, n, out->memory, err));
    TRY(measure_axis(out, &number, n, 0, 1, err));
    TRY(findings_add(out, &(finding){s->population, s->group, name, unit, all.mean, all.sd, all.n, all.excluded, note},
                     err));
    return measure_curve(out, s, name, n, (finding_column){"neuron", "", number}, (finding_column){name, unit, values},
                         err);
}
