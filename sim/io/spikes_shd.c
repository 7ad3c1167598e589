/* The layout of the Spiking Heidelberg Digits (zenkelab.org): /spikes/times and /spikes/units hold a list per trial, in seconds and
 * from 0; /labels the classes. Trials are put one after the other on the time axis. */
#include "spikes_inside.h"
#include <math.h>

typedef struct lists {
    double *time, *unit;
    size_t *first_time, *first_unit;
    size_t n, n_unit;
} lists;

static lsnn_status fail_at(const spikes_reader *r, const char *path, size_t trial, double number, const char *what)
{
    return lsnn_fail(r->err, LSNN_DATA, "%s: %s: trial %zu has %g; %s", r->out->path, path, trial, number, what);
}

static lsnn_status check_lists(const spikes_reader *r, const lists *l, double *longest)
{
    if (l->n != l->n_unit || l->n > 1 << 30)
        return lsnn_fail(r->err, LSNN_DATA, "%s: /spikes/times has %zu trials, but /spikes/units %zu", r->out->path,
                         l->n, l->n_unit);
    *longest = 0;
    for (size_t k = 0; k < l->n; k++) {
        if (l->first_time[k + 1] != l->first_unit[k + 1])
            return lsnn_fail(r->err, LSNN_DATA, "%s: trial %zu has %zu times, but %zu units", r->out->path, k,
                             l->first_time[k + 1] - l->first_time[k], l->first_unit[k + 1] - l->first_unit[k]);
        for (size_t s = l->first_time[k]; s < l->first_time[k + 1]; s++) {
            const double time = l->time[s], unit = l->unit[s];
            if (!(time >= 0 && time < 1e9)) return fail_at(r, "/spikes/times", k, time, "times are seconds from 0");
            if (!(unit >= 0 && unit < 1e7 && unit == floor(unit)))
                return fail_at(r, "/spikes/units", k, unit, "units are whole numbers from 0");
            if (time > *longest) *longest = time;
        }
    }
    return LSNN_OK;
}

static lsnn_status place_trials(const spikes_reader *r, spikes_population *p, const lists *l, double length)
{
    spikes *out = r->out;
    TRY(arena_take(r->memory, &out->trials, l->n + 1, sizeof *out->trials, r->err));
    TRY(arena_take(r->memory, &p->in_trial, l->n + 1, sizeof *p->in_trial, r->err));
    TRY(arena_take(r->memory, &p->spikes.neuron, l->first_time[l->n] + 1, sizeof *p->spikes.neuron, r->err));
    for (size_t k = 0; k < l->n; k++) {
        out->trials[k] = (span){(double)k * length, (double)(k + 1) * length};
        p->in_trial[k] = true;
        for (size_t s = l->first_time[k]; s < l->first_time[k + 1]; s++) {
            l->time[s] = out->trials[k].start + 1000 * l->time[s];
            p->spikes.neuron[s] = (uint32_t)l->unit[s];
        }
    }
    p->spikes.time = l->time;
    p->spikes.n = l->first_time[l->n];
    out->n_trials = (int)l->n;
    out->stop = (double)l->n * length;
    return LSNN_OK;
}

lsnn_status spikes_shd(const spikes_reader *r)
{
    spikes *out = r->out;
    lists l = {0};
    double longest = 0;
    size_t n_labels;
    TRY(store_read_sequences(r->file, r->memory, &l.time, &l.first_time, &l.n, "/spikes/times", r->err));
    TRY(store_read_sequences(r->file, r->memory, &l.unit, &l.first_unit, &l.n_unit, "/spikes/units", r->err));
    TRY(check_lists(r, &l, &longest));
    out->layout = "SHD";
    out->n_populations = 1;
    TRY(arena_take(r->memory, &out->populations, 1, sizeof *out->populations, r->err));
    out->populations[0].name = "units";
    TRY(place_trials(r, &out->populations[0], &l, floor(1000 * longest) + 1));
    if (store_has(r->file, "/labels")) {
        TRY(spikes_vector(r, &out->label, STORE_INT, &n_labels, "/labels"));
        if (n_labels != l.n)
            return lsnn_fail(r->err, LSNN_DATA, "%s: %zu labels for %zu trials", out->path, n_labels, l.n);
    }
    return spikes_check(r, &out->populations[0], "/spikes");
}
