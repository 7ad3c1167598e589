/* Delayed-memory XOR: two pulses with a pause between them; at a go cue the network says whether their signs differ.
 * Salaj et al. 2021, eLife 10:e65459, with its published code. */
#include "lsnn/task.h"

#include <math.h>

enum { ANALOG, SPIKES };
enum { SAME, DIFFERENT, ONE_PULSE }; /* classes */

typedef struct xor_parameters {
    int input;
    double trial, pulse, delay, delay_step, answer;
    double single, rate;
} xor_parameters;

typedef struct xor_state {
    int pulse, delay, delay_step, answer; /* in steps */
    double *bell;                         /* [pulse], 0 .. 1 */
    double p_peak;                        /* of a spike in a step when the bell is 1; may be above 1 */
} xor_state;

#define AT(member) offsetof(xor_parameters, member)
static const lsnn_field fields[] = {
    {"input", LSNN_CHOICE, AT(input), "analog", NULL, 0, 0, false, "analog|spikes",
     "analog: a channel for the pulses, with their sign, and one for the go cue; spikes: a cell for pulses of sign -1, "
     "one "
     "for +1, one for the cue"},
    {"trial", LSNN_REAL, AT(trial), "600 ms", "ms", 0, 1e6, true, NULL, "length of a trial"},
    {"pulse", LSNN_REAL, AT(pulse), "50 ms", "ms", 0, 1e6, true, NULL, "how long a pulse, or the cue, lasts"},
    {"delay", LSNN_REAL, AT(delay), "170 ms", "ms", 0, 1e6, true, NULL,
     "longest pause; a pause ends after each delay_step with probability delay_step / delay, and here at the latest"},
    {"delay_step", LSNN_REAL, AT(delay_step), "10 ms", "ms", 0, 1e6, true, NULL, "pauses are multiples of this"},
    {"answer", LSNN_REAL, AT(answer), "60 ms", "ms", 0, 1e6, true, NULL,
     "from the beginning of the go cue on the answer is judged for so long"},
    {"single", LSNN_REAL, AT(single), "0.2", NULL, 0, 1, false, NULL,
     "share of trials without a second pulse, which are a class of their own; 0: two classes only"},
    {"rate", LSNN_REAL, AT(rate), "1000 Hz", "Hz", 0, INFINITY, false, NULL,
     "rate of a cell at the peak of its pulse, at most a spike a step (spikes)"},
    LSNN_END,
};

/* The normal density at n points between its quantiles of 1 % and 99 %, shifted and scaled to 0 .. 1. */
static void shape_bell(double *bell, int n)
{
    const double last = 2.3263478740408408, least = exp(-last * last / 2);
    for (int k = 0; k < n; k++) {
        double x = last * (2.0 * k / (n - 1) - 1);
        bell[k] = k > 0 && k < n - 1 ? exp(-x * x / 2) - least : 0;
    }
    for (int k = 0, middle = n / 2; k < n; k++)
        if (k != middle) bell[k] /= bell[middle];
    bell[n / 2] = 1;
}

static lsnn_status xor_open(void *state, const void *parameters, const lsnn_task_host *host, lsnn_shape *shape,
                            lsnn_error *err)
{
    const xor_parameters *p = parameters;
    xor_state *s = state;
    int n_steps = 0;
    TRY(lsnn_task_steps(&n_steps, host, "trial", p->trial, err));
    TRY(lsnn_task_steps(&s->pulse, host, "pulse", p->pulse, err));
    TRY(lsnn_task_steps(&s->delay, host, "delay", p->delay, err));
    TRY(lsnn_task_steps(&s->delay_step, host, "delay_step", p->delay_step, err));
    TRY(lsnn_task_steps(&s->answer, host, "answer", p->answer, err));
    if (s->pulse < 3)
        return lsnn_fail(err, LSNN_CONFIG, "task.pulse: %g ms are %d steps; a bell needs 3", p->pulse, s->pulse);
    if (s->delay_step > s->delay)
        return lsnn_fail(err, LSNN_CONFIG, "task.delay_step: %g ms is above the longest delay, which is %g ms",
                         p->delay_step, p->delay);
    double longest = 2.0 * s->pulse + 2.0 * s->delay - 2 + (s->answer > s->pulse ? s->answer : s->pulse);
    if (longest > n_steps)
        return lsnn_fail(err, LSNN_CONFIG, "task.trial: %g ms are too short; pulses, delays and answer may take %g ms",
                         p->trial, longest * host->dt);
    s->p_peak = p->rate * host->dt / 1000;
    TRY(host->memory(host, &s->bell, (size_t)s->pulse, sizeof *s->bell, err));
    shape_bell(s->bell, s->pulse);
    *shape = (lsnn_shape){.n_in = p->input == ANALOG ? 2 : 3,
                          .n_out = p->single > 0 ? 3 : 2,
                          .n_steps = n_steps,
                          .classes = true,
                          .analog = p->input == ANALOG};
    return LSNN_OK;
}

/* Geometric, in multiples of delay_step. */
static int draw_delay(const xor_state *s, lsnn_random *stream)
{
    double p_end = (double)s->delay_step / s->delay;
    int delay = s->delay_step;
    while (delay < s->delay && lsnn_random_uniform(stream) >= p_end)
        delay += s->delay_step;
    return delay < s->delay ? delay : s->delay;
}

static void show_bell(const xor_state *s, lsnn_random *stream, lsnn_trial *trial, int start, int channel, int sign)
{
    for (int k = 0; k < s->pulse; k++) {
        int t = start + k;
        if (trial->analog)
            trial->analog[t * trial->shape.n_in + channel] = (real)(sign * s->bell[k]);
        else if (lsnn_random_uniform(stream) < s->p_peak * s->bell[k])
            lsnn_trial_spike(trial, t, channel);
    }
}

static void xor_draw(const void *state, const void *parameters, const lsnn_draw *draw, lsnn_trial *trial)
{
    const xor_parameters *p = parameters;
    const xor_state *s = state;
    lsnn_random stream = lsnn_draw_stream(draw);
    bool single = lsnn_random_uniform(&stream) < p->single;
    int delay = draw_delay(s, &stream);
    int first = (int)lsnn_random_below(&stream, 2), second = (int)lsnn_random_below(&stream, 2);
    int last_start = single ? 0 : s->pulse + delay;

    /* With spikes a channel for each sign. */
    show_bell(s, &stream, trial, 0, trial->analog ? 0 : first, first ? 1 : -1);
    if (!single) show_bell(s, &stream, trial, last_start, trial->analog ? 0 : second, second ? 1 : -1);

    /* As published, the pause is counted from the last value that is not 0, the last but one of a pulse; and without a
     * second pulse the cue comes earlier. */
    int cue = last_start + s->pulse - 2 + delay;
    show_bell(s, &stream, trial, cue, trial->shape.n_in - 1, 1);
    trial->label = single ? ONE_PULSE : first == second ? SAME : DIFFERENT;
    for (int t = cue; t < cue + s->answer; t++)
        trial->weight[t] = 1;
}

const lsnn_task lsnn_task_delayed_xor = {
    .name = "delayed_xor",
    .doc =
        "A pulse of sign + or -, a pause, a second pulse, the same pause again, and a go cue: do the signs differ? In "
        "some\n"
        "trials there is no second pulse. Three readouts (same, different, one pulse only) are judged by softmax from "
        "the\n"
        "beginning of the cue on. The input is analog, or spikes of three cells. Salaj et al. 2021, eLife 10:e65459.",
    .fields = fields,
    .size = sizeof(xor_parameters),
    .state_size = sizeof(xor_state),
    .open = xor_open,
    .draw = xor_draw,
};
