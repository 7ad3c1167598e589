/* Pattern generation: from a frozen input of Poisson spikes, produce a sum of sines.
 * Bellec et al. 2020, Nature Communications 11:3625, supplementary figure 1 and its published tutorial code. */
#include "lsnn/task.h"

#include <math.h>
#include <string.h>

typedef struct pattern_parameters {
    double duration;
    int cells, outputs;
    double rate;
    lsnn_reals cycles;
    double amplitude_min, amplitude_max;
} pattern_parameters;

typedef struct pattern_spike {
    int step, cell;
} pattern_spike;

typedef struct pattern_state {
    int n_steps;
    size_t n_spikes;
    pattern_spike *spikes;
    real *target; /* [n_steps][outputs] */
} pattern_state;

#define AT(member) offsetof(pattern_parameters, member)
static const lsnn_field fields[] = {
    {"duration", LSNN_REAL, AT(duration), "1000 ms", "ms", 0, 1e6, true, NULL,
     "length of the pattern, and so of a trial"},
    {"cells", LSNN_INT, AT(cells), "100", NULL, 1, 10000, false, NULL, "input cells"},
    {"rate", LSNN_REAL, AT(rate), "50 Hz", "Hz", 0, 1e6, false, NULL,
     "Poisson rate of the input cells; the spikes are drawn once for a seed and are the same in every trial"},
    {"outputs", LSNN_INT, AT(outputs), "1", NULL, 1, 1000, false, NULL, "patterns to produce, each with its own sines"},
    {"cycles", LSNN_REALS, AT(cycles), "[1, 2, 3, 5]", NULL, 0, 1e5, true, NULL, "cycles of each sine in the duration"},
    {"amplitude_min", LSNN_REAL, AT(amplitude_min), "0.5", NULL, 0, 1e6, true, NULL,
     "least amplitude of a sine, before the sum is scaled to a greatest magnitude of 1"},
    {"amplitude_max", LSNN_REAL, AT(amplitude_max), "2", NULL, 0, 1e6, true, NULL, "greatest amplitude of a sine"},
    LSNN_END,
};

/* Which stream of LSNN_TASK_FIXED is for what. */
enum { INPUT_STREAM, FIRST_TARGET_STREAM };

/* The frozen spikes of a seed, from step 1 on; with `out` NULL they are only counted. */
static size_t freeze(pattern_spike *out, uint64_t seed, int n_steps, int cells, double p)
{
    lsnn_random stream = lsnn_random_stream(seed, LSNN_TASK_FIXED, INPUT_STREAM, 0);
    size_t n = 0;
    for (int t = 1; t < n_steps; t++) {
        for (int i = 0; i < cells; i++) {
            if (lsnn_random_uniform(&stream) >= p) continue;
            if (out) out[n] = (pattern_spike){t, i};
            n++;
        }
    }
    return n;
}

/* A sum of sines of random amplitude and phase, shifted to start at 0 and scaled to a greatest magnitude of 1. */
static void compose(double *y, const pattern_parameters *p, int n_steps, lsnn_random *stream)
{
    const double pi = 3.14159265358979323846;
    memset(y, 0, (size_t)n_steps * sizeof *y);
    for (int m = 0; m < p->cycles.n; m++) {
        double amplitude = p->amplitude_min + (p->amplitude_max - p->amplitude_min) * lsnn_random_uniform(stream);
        double phase = 2 * pi * lsnn_random_uniform(stream);
        for (int t = 0; t < n_steps; t++)
            y[t] += amplitude * sin(2 * pi * p->cycles.values[m] * t / (n_steps - 1) + phase);
    }
    double first = y[0], greatest = 0;
    for (int t = 0; t < n_steps; t++) {
        y[t] -= first;
        if (fabs(y[t]) > greatest) greatest = fabs(y[t]);
    }
    for (int t = 0; t < n_steps && greatest > 0; t++)
        y[t] /= greatest;
}

static lsnn_status pattern_open(void *state, const void *parameters, const lsnn_task_host *host, lsnn_shape *shape,
                                lsnn_error *err)
{
    const pattern_parameters *p = parameters;
    pattern_state *s = state;
    double n = round(p->duration / host->dt), p_spike = p->rate * host->dt / 1000;
    if (fabs(n * host->dt - p->duration) > 1e-9 * p->duration || n < 2)
        return lsnn_fail(err, LSNN_CONFIG, "task.duration: %g ms is not a whole number of steps of %g ms, two or more",
                         p->duration, host->dt);
    if (n > 1e8) return lsnn_fail(err, LSNN_CONFIG, "task.duration: %g ms are more than 1e8 steps", p->duration);
    if (p_spike > 1)
        return lsnn_fail(err, LSNN_CONFIG, "task.rate: %g Hz is more than one spike in each step of %g ms", p->rate,
                         host->dt);
    if (p->amplitude_min > p->amplitude_max)
        return lsnn_fail(err, LSNN_CONFIG, "task.amplitude_min: %g is above amplitude_max, which is %g",
                         p->amplitude_min, p->amplitude_max);
    s->n_steps = (int)n;

    s->n_spikes = freeze(NULL, host->seed, s->n_steps, p->cells, p_spike);
    if (s->n_spikes > 0) TRY(host->memory(host, &s->spikes, s->n_spikes, sizeof *s->spikes, err));
    freeze(s->spikes, host->seed, s->n_steps, p->cells, p_spike);

    double *y = NULL;
    TRY(host->memory(host, &y, (size_t)s->n_steps, sizeof *y, err));
    TRY(host->memory(host, &s->target, (size_t)s->n_steps * (size_t)p->outputs, sizeof *s->target, err));
    for (int k = 0; k < p->outputs; k++) {
        lsnn_random stream = lsnn_random_stream(host->seed, LSNN_TASK_FIXED, FIRST_TARGET_STREAM + (uint64_t)k, 0);
        compose(y, p, s->n_steps, &stream);
        for (int t = 0; t < s->n_steps; t++)
            s->target[(size_t)t * (size_t)p->outputs + (size_t)k] = (real)y[t];
    }
    *shape = (lsnn_shape){.n_in = p->cells, .n_out = p->outputs, .n_steps = s->n_steps, .same = true};
    return LSNN_OK;
}

static void pattern_draw(const void *state, const void *parameters, const lsnn_draw *draw, lsnn_trial *trial)
{
    const pattern_parameters *p = parameters;
    const pattern_state *s = state;
    (void)draw;
    for (size_t i = 0; i < s->n_spikes; i++)
        lsnn_trial_spike(trial, s->spikes[i].step, s->spikes[i].cell);
    memcpy(trial->target, s->target, (size_t)s->n_steps * (size_t)p->outputs * sizeof *s->target);
    for (int t = 0; t < s->n_steps; t++)
        trial->weight[t] = 1;
}

const lsnn_task lsnn_task_pattern_generation = {
    .name = "pattern_generation",
    .doc =
        "Each readout has to follow its own sum of sines, while the network sees Poisson spikes that are the same in\n"
        "every trial: they are its only clock. Spikes, amplitudes and phases are drawn once for a seed. All steps are\n"
        "judged. Bellec et al. 2020, Nat. Commun. 11:3625, and its published tutorial.",
    .fields = fields,
    .size = sizeof(pattern_parameters),
    .state_size = sizeof(pattern_state),
    .open = pattern_open,
    .draw = pattern_draw,
};
