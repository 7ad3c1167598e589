/* Measures of a population: rates over time, and what its neurons do together. */
#include "contrast.h"
#include "correlogram.h"
#include "counts.h"
#include "measure_inside.h"
#include "spectrum.h"
#include <math.h>
#include <string.h>

lsnn_status measure_psth(findings *out, const measure_subject *s, const measure_settings *with, lsnn_error *err)
{
    const size_t n = counts_bins(raster_shortest(&s->trains), with->psth_bin);
    double *rate;
    const double *start;
    size_t peak = 0;
    const char *note;
    TRY(measure_values(out, &rate, n, err));
    TRY(measure_axis(out, &start, n, 0, with->psth_bin, err));
    counts_psth(rate, n, with->psth_bin, &s->trains);
    for (size_t b = 1; b < n; b++)
        if (rate[b] > rate[peak]) peak = b;
    TRY(arena_format(out->memory, &note, err, "in the bin of %g ms at %g ms", with->psth_bin,
                     (double)peak * with->psth_bin));
    TRY(measure_number(out, s, "psth_peak", "Hz", n ? rate[peak] : NAN, (size_t)s->trains.n_spans, n ? note : "", err));
    return measure_curve(out, s, "psth", n, (finding_column){"time", "ms", start}, (finding_column){"rate", "Hz", rate},
                         err);
}

static lsnn_status note_bin(findings *out, const char **note, double bin, lsnn_error *err)
{
    return arena_format(out->memory, note, err, "bins of %g ms", bin);
}

lsnn_status measure_correlation(findings *out, const measure_subject *s, const measure_settings *with, lsnn_error *err)
{
    counts_synchrony found;
    const char *note;
    TRY(counts_together(&found, with->bin, &s->trains, out->memory, err));
    TRY(note_bin(out, &note, with->bin, err));
    const size_t active = (size_t)found.n_active;
    return findings_add(out,
                        &(finding){s->population, s->group, "correlation", "", found.correlation, NAN, active,
                                   (size_t)s->trains.n_neurons - active, note},
                        err);
}

lsnn_status measure_synchrony(findings *out, const measure_subject *s, const measure_settings *with, lsnn_error *err)
{
    counts_synchrony found;
    const char *note;
    TRY(counts_together(&found, with->bin, &s->trains, out->memory, err));
    TRY(note_bin(out, &note, with->bin, err));
    return measure_number(out, s, "synchrony", "", found.chi2, (size_t)s->trains.n_neurons, note, err);
}

lsnn_status measure_contrast(findings *out, const measure_subject *s, const measure_settings *with, lsnn_error *err)
{
    const size_t n = (size_t)s->trains.n_spans;
    double *values;
    summary all;
    TRY(measure_values(out, &values, n, err));
    for (size_t k = 0; k < n; k++) {
        contrast found;
        TRY(contrast_of(&found, with->contrast_bin, &s->trains, (int)k, out->memory, err));
        values[k] = found.synchrony;
    }
    TRY(summary_of(&all, values, n, out->memory, err));
    return findings_add(
        out, &(finding){s->population, s->group, "contrast", "", all.mean, all.sd, all.n, all.excluded, "over trials"},
        err);
}

/* The sampling interval of the population rate. */
#define SAMPLE 1.0

static lsnn_status add_spectrum(findings *out, const measure_subject *s, const spectrum *w, lsnn_error *err)
{
    const double *frequency, step = w->rate / (double)w->segment;
    const size_t n = w->segment / 2 + 1;
    const char *note;
    size_t peak = 1;
    TRY(measure_axis(out, &frequency, n, 0, step, err));
    for (size_t k = 2; k < n; k++)
        if (w->power[k] > w->power[peak]) peak = k;
    TRY(arena_format(out->memory, &note, err, "%zu segments of %zu ms", w->n_sums, w->segment));
    const double highest = w->n_sums && w->power[peak] > 0 ? (double)peak * step : NAN; /* silence has none */
    TRY(measure_number(out, s, "spectrum_peak", "Hz", highest, w->n_sums, note, err));
    return measure_curve(out, s, "spectrum", n, (finding_column){"frequency", "Hz", frequency},
                         (finding_column){"power", "Hz^2/Hz", w->power}, err);
}

/* All whole segments of a span of n samples. One without spikes has no power, so that only those with some are computed, and time
 * goes with the spikes. `signal`: room for a segment. */
static void add_span(spectrum *w, double *signal, size_t n, const raster *spikes, const span *of, double unit)
{
    const size_t step = w->segment - w->segment / 2, before = w->n_sums;
    size_t at = 0, first = 0;
    while (at + w->segment <= n) {
        size_t s = first;
        memset(signal, 0, w->segment * sizeof *signal);
        for (size_t b; s < spikes->n && (b = raster_bin(spikes->time[s] - of->start, SAMPLE)) < at + w->segment; s++)
            signal[b - at]++;
        for (size_t b = 0; b < w->segment; b++)
            signal[b] *= unit;
        if (s > first) spectrum_add(w, signal, w->segment);
        at += step;
        while (first < spikes->n && raster_bin(spikes->time[first] - of->start, SAMPLE) < at)
            first++;
        if (first == spikes->n) break;
        const size_t next = raster_bin(spikes->time[first] - of->start, SAMPLE);
        if (next >= at + w->segment) at += (next - at - w->segment) / step * step + step;
    }
    w->n_sums = before + (n < w->segment ? 0 : (n - w->segment) / step + 1);
}

lsnn_status measure_spectrum(findings *out, const measure_subject *s, const measure_settings *with, lsnn_error *err)
{
    const size_t wanted = counts_bins(with->segment, SAMPLE),
                 longest = counts_bins(raster_shortest(&s->trains), SAMPLE);
    const size_t segment = wanted < longest ? wanted : longest;
    double *signal;
    spectrum w;
    if (segment < 2) return measure_number(out, s, "spectrum_peak", "Hz", NAN, 0, "too short", err);
    TRY(spectrum_new(&w, segment, 1000 / SAMPLE, out->memory, err));
    TRY(measure_values(out, &signal, segment, err));
    for (int k = 0; k < s->trains.n_spans; k++) {
        const span *of = &s->trains.spans[k];
        const raster spikes = raster_within(&s->spikes, *of);
        add_span(&w, signal, counts_bins(of->stop - of->start, SAMPLE), &spikes, of,
                 1000 / SAMPLE / s->trains.n_neurons);
    }
    spectrum_finish(&w);
    return add_spectrum(out, s, &w, err);
}

lsnn_status measure_silence(findings *out, const measure_subject *s, const measure_settings *with, lsnn_error *err)
{
    const counts_silence found = counts_silent(&s->spikes, s->trains.spans, s->trains.n_spans, with->silence);
    const char *note;
    TRY(arena_format(out->memory, &note, err, "of at least %g ms", with->silence));
    TRY(measure_number(out, s, "silences", "", (double)found.n, (size_t)s->trains.n_spans, note, err));
    TRY(measure_number(out, s, "silence_share", "", found.total / raster_duration(&s->trains),
                       (size_t)s->trains.n_spans, "of the time", err));
    return measure_number(out, s, "silence_longest", "ms", found.longest, found.n, "", err);
}

/* Counts as doubles; per ms of lag and spike: the rate after a spike. */
static lsnn_status to_values(findings *out, double **values, const uint64_t *counts, size_t n, lsnn_error *err)
{
    TRY(measure_values(out, values, n, err));
    for (size_t k = 0; k < n; k++)
        (*values)[k] = (double)counts[k];
    return LSNN_OK;
}

static lsnn_status add_correlogram(findings *out, const measure_subject *s, const measure_settings *with,
                                   const char *name, bool distinct, lsnn_error *err)
{
    const int n_side = (int)counts_bins(with->lag, with->lag_bin), n_bins = 2 * n_side + 1;
    const bool shuffles = s->trains.n_spans > 1;
    uint64_t *counts, *shuffled;
    double *raw, *chance, *corrected, *rate;
    const double *lag, spikes = (double)raster_total(&s->trains);
    const double partners = distinct ? s->trains.n_neurons - 1 : 1;
    TRY(arena_take(out->memory, &counts, (size_t)n_bins, sizeof *counts, err));
    TRY(arena_take(out->memory, &shuffled, (size_t)n_bins, sizeof *shuffled, err));
    TRY(correlogram_all(counts, n_side, with->lag_bin, &s->trains, distinct, 0, out->memory, err));
    if (shuffles) TRY(correlogram_all(shuffled, n_side, with->lag_bin, &s->trains, distinct, 1, out->memory, err));
    TRY(to_values(out, &raw, counts, (size_t)n_bins, err));
    TRY(to_values(out, &chance, shuffled, (size_t)n_bins, err));
    TRY(measure_values(out, &corrected, (size_t)n_bins, err));
    TRY(measure_values(out, &rate, (size_t)n_bins, err));
    TRY(measure_axis(out, &lag, (size_t)n_bins, -n_side * with->lag_bin, with->lag_bin, err));
    for (int k = 0; k < n_bins; k++) {
        if (!shuffles) chance[k] = NAN;
        corrected[k] = raw[k] - chance[k];
        rate[k] = raw[k] / (spikes * partners * with->lag_bin) * 1000;
    }
    return findings_add_curve(out,
                              &(finding_curve){s->population,
                                               s->group,
                                               name,
                                               (size_t)n_bins,
                                               5,
                                               {{"lag", "ms", lag},
                                                {"count", "", raw},
                                                {"shuffled", "", chance},
                                                {"corrected", "", corrected},
                                                {"rate", "Hz", rate}}},
                              err);
}

lsnn_status measure_correlogram(findings *out, const measure_subject *s, const measure_settings *with, lsnn_error *err)
{
    const char *note;
    TRY(arena_format(out->memory, &note, err, "lags up to %g ms, bins of %g ms%s", with->lag, with->lag_bin,
                     s->trains.n_spans > 1 ? "" : "; one span: nothing to shuffle"));
    TRY(measure_number(out, s, "correlogram_spikes", "", (double)raster_total(&s->trains), (size_t)s->trains.n_neurons,
                       note, err));
    TRY(add_correlogram(out, s, with, "autocorrelogram", false, err));
    return s->trains.n_neurons > 1 ? add_correlogram(out, s, with, "crosscorrelogram", true, err) : LSNN_OK;
}
