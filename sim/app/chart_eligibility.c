/* The eligibility trace of a synapse from i to j, from the recorded psi of j and spikes of i. */
#include "chart.h"
#include "eligibility.h"
#include "store.h"
#include <math.h>
#include <string.h>

static const double trace_height = 14;

typedef struct synapse {
    const spikes_report *psi; /* of the target's population */
    int element;              /* j's place in it */
    int source;               /* population of i */
    uint32_t i;
    eligibility_neuron j;
} synapse;

static int trial_of(const spikes_report *report, int trial)
{
    for (int k = 0; report->trial && k < report->x.n_spans; k++)
        if (report->trial[k] == (uint64_t)trial) return k;
    return -1;
}

static const float *values_of(const spikes_report *report, int trial)
{
    return report->x.values + (size_t)trial_of(report, trial) * report->x.n_steps * (size_t)report->x.n_elements;
}

static double sum_of(const spikes_report *report, int trial, int element)
{
    double sum = 0;
    const float *values = values_of(report, trial);
    for (size_t s = 0; s < report->x.n_steps; s++)
        sum += values[s * (size_t)report->x.n_elements + (size_t)element];
    return sum;
}

static lsnn_status choose_target(synapse *out, const chart *c, lsnn_error *err)
{
    const spikes *f = c->selection->file;
    for (int r = 0; r < f->n_reports && !out->psi; r++)
        if (strcmp(f->reports[r].variable, "psi") == 0 && trial_of(&f->reports[r], c->trial) >= 0)
            out->psi = &f->reports[r];
    if (!out->psi || out->psi->x.n_elements == 0)
        return lsnn_fail(err, LSNN_USAGE,
                         "%s: eligibility needs psi of the postsynaptic neuron; a config records it by a line under "
                         "`record:` like `psi: {what: psi, of: %s, neurons: 0..3}`",
                         c->path, f->n_populations ? f->populations[0].name : "POPULATION");
    const traces *x = &out->psi->x;
    for (int e = 0; e < x->n_elements; e++) {
        if (c->n_neurons == 2 && x->neuron[e] == (uint32_t)c->neurons[1]) {
            out->element = e;
            return LSNN_OK;
        }
        if (sum_of(out->psi, c->trial, e) > sum_of(out->psi, c->trial, out->element)) out->element = e;
    }
    if (c->n_neurons == 0) return LSNN_OK;
    return lsnn_fail(err, LSNN_USAGE, "--only takes SOURCE,TARGET here, where psi of TARGET was recorded in %s",
                     c->path);
}

/* The one of the first population that spiked most. */
static lsnn_status choose_source(synapse *out, const chart *c, lsnn_error *err)
{
    const spikes *f = c->selection->file;
    uint64_t *count;
    out->source = -1;
    for (int p = f->n_populations - 1; p >= 0; p--)
        if (c->selection->population[p] && f->populations[p].in_trial[c->trial]) out->source = p;
    if (out->source < 0)
        return lsnn_fail(err, LSNN_USAGE,
                         "%s: eligibility needs spikes of the presynaptic neuron in the same trial; a config records "
                         "them by a line under `record:` like `spikes: {what: spikes, of: POPULATION}`",
                         c->path);
    const raster *all = &f->populations[out->source].spikes;
    const raster part = raster_within(all, f->trials[c->trial]);
    if (c->n_neurons == 2) out->i = (uint32_t)c->neurons[0];
    if (c->n_neurons == 2 && c->neurons[0] >= all->n_neurons)
        return lsnn_fail(err, LSNN_USAGE, "--only: '%s' has the neurons 0 to %d", f->populations[out->source].name,
                         all->n_neurons - 1);
    TRY(arena_take(c->memory, &count, (size_t)all->n_neurons + 1, sizeof *count, err));
    for (size_t k = 0; k < part.n; k++)
        count[part.neuron[k]]++;
    for (int k = 0; c->n_neurons == 0 && k < all->n_neurons; k++)
        if (count[k] > count[out->i]) out->i = (uint32_t)k;
    return LSNN_OK;
}

static lsnn_status text_is(bool *out, const store *file, const char *population_name, const char *name,
                           const char *wanted, arena *a, lsnn_error *err)
{
    const char *group, *text;
    *out = false;
    TRY(arena_format(a, &group, err, "/populations/%s", population_name));
    if (!store_has(file, group) || !store_has_attribute(file, group, name)) return LSNN_OK;
    TRY(store_get_text(file, a, &text, group, name, err));
    *out = strcmp(text, wanted) == 0;
    return LSNN_OK;
}

static lsnn_status read_neuron(synapse *out, const chart *c, const store *file, lsnn_error *err)
{
    const char *name = out->psi->population;
    const uint32_t j = out->psi->x.neuron[out->element];
    double tau_m, tau_a;
    bool known, leak;
    TRY(text_is(&known, file, name, "dialect", "eprop2020", c->memory, err));
    if (!known)
        return lsnn_fail(err, LSNN_USAGE,
                         "%s: eligibility is drawn for models of the dialect eprop2020; '%s' is not one", c->path,
                         name);
    TRY(text_is(&leak, file, name, "scale_adapt", "leak", c->memory, err));
    TRY(chart_parameter(&tau_m, file, name, "tau_m", j, INFINITY, c->memory, err));
    TRY(chart_parameter(&tau_a, file, name, "tau_a", j, 1, c->memory, err));
    TRY(chart_parameter(&out->j.beta, file, name, "beta", j, 0, c->memory, err));
    out->j.alpha = exp(-out->psi->x.dt / tau_m);
    out->j.rho = exp(-out->psi->x.dt / tau_a);
    out->j.s_a = leak ? 1 - out->j.rho : 1;
    return LSNN_OK;
}

typedef struct curve {
    const char *title, *label;
    double *values;
} curve;

static lsnn_status add_curves(figure *f, const chart *c, const synapse *s, curve *curves, int n, lsnn_error *err)
{
    const size_t steps = s->psi->x.n_steps;
    const double scale = chart_time_scale(c) * s->psi->x.dt;
    double *time;
    TRY(arena_take(c->memory, &time, steps + 1, sizeof *time, err));
    for (size_t t = 0; t < steps; t++)
        time[t] = (double)t * scale;
    for (int k = 0; k < n; k++) {
        figure_panel *panel;
        TRY(figure_panel_add(&panel, f, curves[k].title, trace_height, err));
        TRY(chart_time_axis(&panel->x, c, err));
        panel->y.label = curves[k].label;
        const figure_layer layer = {
            .kind = FIGURE_LINE, .colour = k == n - 1, .n = steps, .x = time, .y = curves[k].values};
        TRY(figure_layer_add(panel, &layer, err));
    }
    f->aligned = true;
    return LSNN_OK;
}

static lsnn_status draw_synapse(figure *f, const chart *c, const synapse *s, lsnn_error *err)
{
    const traces *x = &s->psi->x;
    const spikes_population *from = &c->selection->file->populations[s->source];
    const raster part = raster_within(&from->spikes, c->selection->file->trials[c->trial]);
    const float *recorded = values_of(s->psi, c->trial);
    curve curves[] = {{"", "z", NULL},
                      {"", "psi", NULL},
                      {"filtered spikes", "eps_v", NULL},
                      {"their path through the adaptation", "eps_a", NULL},
                      {"eligibility trace", "e", NULL}};
    double *arriving;
    for (int k = 0; k < 5; k++)
        TRY(arena_take(c->memory, &curves[k].values, x->n_steps + 1, sizeof(double), err));
    TRY(arena_take(c->memory, &arriving, x->n_steps + 1, sizeof *arriving, err));
    for (size_t k = 0; k < part.n; k++) {
        const size_t step = raster_bin(part.time[k] - c->selection->file->trials[c->trial].start, x->dt);
        if (part.neuron[k] != s->i || step >= x->n_steps) continue;
        curves[0].values[step] = 1;
        if (step + 1 < x->n_steps) arriving[step + 1] = 1;
    }
    for (size_t t = 0; t < x->n_steps; t++)
        curves[1].values[t] = recorded[t * (size_t)x->n_elements + (size_t)s->element];
    eligibility_traces(curves[2].values, curves[3].values, curves[4].values, arriving, curves[1].values, x->n_steps,
                       &s->j);
    TRY(arena_format(c->memory, &curves[0].title, err, "spikes of %s %u, which arrive a step later", from->name, s->i));
    TRY(arena_format(c->memory, &curves[1].title, err, "surrogate derivative of %s %u", s->psi->population,
                     x->neuron[s->element]));
    if (s->j.beta == 0) { /* a LIF neuron has no adaptation */
        curves[3] = curves[4];
        return add_curves(f, c, s, curves, 4, err);
    }
    return add_curves(f, c, s, curves, 5, err);
}

lsnn_status chart_eligibility(figure *f, const chart *c, lsnn_error *err)
{
    synapse s = {0};
    store *file;
    TRY(choose_target(&s, c, err));
    TRY(choose_source(&s, c, err));
    TRY(store_open(&file, c->path, err));
    const lsnn_status status = read_neuron(&s, c, file, err);
    const lsnn_status closed = store_close(file, false, NULL);
    if (status != LSNN_OK || closed != LSNN_OK) return status != LSNN_OK ? status : closed;
    return draw_synapse(f, c, &s, err);
}
