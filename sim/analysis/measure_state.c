/* Measures of the network's state: what can be read from it, how many dimensions it has, how recorded variables move. */
#include "counts.h"
#include "decode.h"
#include "dimension.h"
#include "measure_inside.h"
#include <math.h>

lsnn_status measure_decode(findings *out, const measure_subject *s, const measure_settings *with, lsnn_error *err)
{
    const size_t n = counts_bins(raster_shortest(&s->trains), with->decode_bin), trials = (size_t)s->trains.n_spans;
    double *accuracy;
    const double *start;
    size_t best = 0, largest = 0;
    const char *note;
    if (!s->label || s->n_classes < 2)
        return measure_number(out, s, "decode_best", "", NAN, trials, "the trials have no classes", err);
    TRY(measure_values(out, &accuracy, n, err));
    TRY(measure_axis(out, &start, n, 0, with->decode_bin, err));
    TRY(decode_over_time(accuracy, n, with->decode_bin, &s->trains, s->label, s->n_classes, with->folds, with->ridge,
                         out->memory, err));
    for (size_t b = 1; b < n; b++)
        if (accuracy[b] > accuracy[best]) best = b;
    for (int c = 0; c < s->n_classes; c++) {
        size_t members = 0;
        for (size_t k = 0; k < trials; k++)
            members += s->label[k] == c;
        if (members > largest) largest = members;
    }
    TRY(n && !isnan(accuracy[best])
            ? arena_format(out->memory, &note, err, "at %g ms; the largest class: %.3g",
                           (double)best * with->decode_bin, (double)largest / (double)trials)
            : arena_format(out->memory, &note, err, "each class needs %d trials or more", with->folds));
    TRY(measure_number(out, s, "decode_best", "", n ? accuracy[best] : NAN, trials, note, err));
    return measure_curve(out, s, "decode", n, (finding_column){"time", "ms", start},
                         (finding_column){"accuracy", "", accuracy}, err);
}

lsnn_status measure_dimension(findings *out, const measure_subject *s, const measure_settings *with, lsnn_error *err)
{
    dimension found;
    const double *number;
    const char *note;
    TRY(dimension_of(&found, with->bin, &s->trains, out->memory, err));
    TRY(arena_format(out->memory, &note, err, "%zu bins of %g ms", found.n_bins, with->bin));
    TRY(measure_number(out, s, "dimension", "", found.participation, (size_t)found.n, note, err));
    TRY(measure_number(out, s, "dimension_90", "", found.n_90, (size_t)found.n, "components with 90 % of the variance",
                       err));
    TRY(measure_axis(out, &number, (size_t)found.n, 1, 1, err));
    return measure_curve(out, s, "dimension", (size_t)found.n, (finding_column){"component", "", number},
                         (finding_column){"variance", "", found.variance}, err);
}

/* The mean over elements of their averages around spikes of their own neuron, or (elements of others) of all neurons. */
static lsnn_status add_triggered(findings *out, const measure_subject *s, const measure_settings *with, const traces *x,
                                 lsnn_error *err)
{
    const int before = (int)(with->before / x->dt), after = (int)(with->after / x->dt), n = before + 1 + after;
    double *sum, *one;
    const double *lag;
    const char *name;
    size_t spikes = 0;
    TRY(measure_values(out, &sum, (size_t)n, err));
    TRY(measure_values(out, &one, (size_t)n, err));
    for (int e = 0; e < x->n_elements; e++)
        for (int i = 0; i < s->trains.n_neurons; i++) {
            if (x->neuron && x->neuron[e] != (uint32_t)i) continue;
            const size_t used = traces_triggered(one, before, after, x, e, &s->trains, i);
            for (int k = 0; used && k < n; k++)
                sum[k] += (double)used * one[k];
            spikes += used;
        }
    for (int k = 0; k < n; k++)
        sum[k] = spikes ? sum[k] / (double)spikes : NAN;
    TRY(measure_axis(out, &lag, (size_t)n, -before * x->dt, x->dt, err));
    TRY(arena_format(out->memory, &name, err, "triggered_%s", x->name));
    TRY(measure_number(out, s, name, x->unit, sum[before], spikes, "at the spike", err));
    return measure_curve(out, s, name, (size_t)n, (finding_column){"lag", "ms", lag},
                         (finding_column){"mean", x->unit, sum}, err);
}

lsnn_status measure_triggered(findings *out, const measure_subject *s, const measure_settings *with, lsnn_error *err)
{
    if (s->n_traces == 0) return measure_number(out, s, "triggered", "", NAN, 0, "no variables were recorded", err);
    for (int k = 0; k < s->n_traces; k++)
        TRY(add_triggered(out, s, with, &s->traces[k], err));
    return LSNN_OK;
}

static lsnn_status add_trajectory(findings *out, const measure_subject *s, const traces *x, lsnn_error *err)
{
    double *mean, *sd;
    const double *time;
    bool *use;
    const char *name;
    TRY(measure_values(out, &mean, x->n_steps, err));
    TRY(measure_values(out, &sd, x->n_steps, err));
    TRY(measure_axis(out, &time, x->n_steps, 0, x->dt, err));
    TRY(arena_take(out->memory, &use, (size_t)x->n_spans + 1, sizeof *use, err));
    for (int k = 0; k < x->n_spans; k++)
        use[k] = true;
    const size_t n = traces_trajectory(mean, sd, x, use);
    TRY(arena_format(out->memory, &name, err, "trajectory_%s", x->name));
    TRY(measure_number(out, s, name, x->unit, x->n_steps ? mean[x->n_steps - 1] : NAN, n, "at the end", err));
    return findings_add_curve(out,
                              &(finding_curve){s->population,
                                               s->group,
                                               name,
                                               x->n_steps,
                                               3,
                                               {{"time", "ms", time}, {"mean", x->unit, mean}, {"sd", x->unit, sd}}},
                              err);
}

lsnn_status measure_trajectory(findings *out, const measure_subject *s, const measure_settings *with, lsnn_error *err)
{
    (void)with;
    if (s->n_traces == 0) return measure_number(out, s, "trajectory", "", NAN, 0, "no variables were recorded", err);
    for (int k = 0; k < s->n_traces; k++)
        TRY(add_trajectory(out, s, &s->traces[k], err));
    return LSNN_OK;
}
