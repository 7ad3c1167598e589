/* The trials of the delayed-memory XOR: pulses, delays, classes. */
#include "opened_task.h"

TestSuite(delayed_xor, .init = start_arena, .fini = end_arena);

enum { PULSE = 50, STEPS = 600, ANSWER = 60, LONGEST = 170, N_TRIALS = 4000 };

/* The bell from its definition, with the 99 % point of the normal distribution found by bisection. */
static double bell(int k)
{
    double low = 0, high = 10;
    for (int i = 0; i < 100; i++) {
        const double x = (low + high) / 2;
        *(0.5 * erfc(-x / sqrt(2)) < 0.99 ? &low : &high) = x;
    }
    const double x = -low + 2 * low * k / (PULSE - 1), least = exp(-low * low / 2);
    double greatest = 0;
    for (int i = 0; i < PULSE; i++)
        greatest = fmax(greatest, exp(-pow(-low + 2 * low * i / (PULSE - 1), 2) / 2));
    return (exp(-x * x / 2) - least) / (greatest - least);
}

static double value(const lsnn_trial *trial, int t, int channel)
{
    return trial->analog[t * trial->shape.n_in + channel];
}

/* The step at which a bell begins whose first value that is not 0 comes at `from` or later; STEPS: there is none. */
static int find_bell(const lsnn_trial *trial, int channel, int from, int *sign)
{
    int t = from;
    while (t < STEPS && value(trial, t, channel) == 0)
        t++;
    if (t == STEPS) return STEPS;
    *sign = value(trial, t, channel) > 0 ? 1 : -1;
    for (int k = 0; k < PULSE; k++)
        cr_assert_float_eq(value(trial, t - 1 + k, channel), *sign * bell(k), 1e-6, "step %d of a pulse", k);
    return t - 1;
}

typedef struct reading {
    int signs[2], delay, cue; /* signs[1] 0: there is no second pulse; delay 0: not known */
} reading;

static reading read_trial(const lsnn_trial *trial)
{
    reading r = {0};
    int sign = 0, end = PULSE;
    cr_assert_eq(find_bell(trial, 0, 0, &r.signs[0]), 0, "the first pulse comes at once");
    const int second = find_bell(trial, 0, PULSE, &r.signs[1]);
    if (second < STEPS) {
        r.delay = second - PULSE;
        end = second + PULSE;
        cr_assert_eq(find_bell(trial, 0, end, &sign), STEPS, "there are two pulses at most");
    }
    r.cue = find_bell(trial, 1, 0, &sign);
    cr_assert_eq(sign, 1);
    cr_assert_eq(find_bell(trial, 1, r.cue + PULSE, &sign), STEPS, "there is one cue");
    /* The last value of a bell is 0, and the delay counts from the one before. */
    const int delay = r.cue - (end - 2);
    if (r.delay > 0) cr_assert_eq(r.delay, delay, "both pauses are alike");
    r.delay = delay;
    return r;
}

Test(delayed_xor, has_the_published_shape)
{
    opened_task o = open_task(registry_task("delayed_xor"), "{}", 1);
    cr_assert(o.shape.n_in == 2 && o.shape.n_out == 3 && o.shape.n_steps == STEPS && o.shape.classes && o.shape.analog);
    cr_assert_eq(o.shape.n_questions, 0);
}

Test(delayed_xor, labels_say_whether_the_signs_differ)
{
    opened_task o = open_task(registry_task("delayed_xor"), "{}", 1);
    lsnn_trial *trial = new_trial(&o);
    double classes[3] = {0}, positive = 0;
    for (uint64_t i = 0; i < N_TRIALS; i++) {
        draw(trial, &o, LSNN_TRAIN, i);
        const reading r = read_trial(trial);
        cr_assert_eq(trial->label, r.signs[1] == 0 ? 2 : r.signs[0] != r.signs[1]);
        classes[trial->label]++;
        positive += r.signs[0] > 0;
        for (int t = 0; t < STEPS; t++)
            cr_assert_eq(trial->weight[t], t >= r.cue && t < r.cue + ANSWER ? 1 : 0, "step %d", t);
    }
    assert_near(classes[0] / N_TRIALS, 0.4, sqrt(0.24 / N_TRIALS));
    assert_near(classes[1] / N_TRIALS, 0.4, sqrt(0.24 / N_TRIALS));
    assert_near(classes[2] / N_TRIALS, 0.2, sqrt(0.16 / N_TRIALS));
    assert_near(positive / N_TRIALS, 0.5, 0.5 / sqrt(N_TRIALS));
}

Test(delayed_xor, delays_are_geometric_and_bounded)
{
    opened_task o = open_task(registry_task("delayed_xor"), "{}", 2);
    lsnn_trial *trial = new_trial(&o);
    double seen[LONGEST / 10 + 1] = {0}, p_end = 10.0 / LONGEST, left = 1;
    for (uint64_t i = 0; i < N_TRIALS; i++) {
        draw(trial, &o, LSNN_TEST, i);
        const reading r = read_trial(trial);
        cr_assert(r.delay >= 10 && r.delay <= LONGEST && r.delay % 10 == 0, "%d", r.delay);
        seen[r.delay / 10]++;
    }
    for (int k = 1; k <= LONGEST / 10; k++) {
        const double p = k < LONGEST / 10 ? left * p_end : left;
        assert_near(seen[k] / N_TRIALS, p, sqrt(p * (1 - p) / N_TRIALS));
        left -= p;
    }
}

Test(delayed_xor, has_two_classes_if_there_is_always_a_second_pulse)
{
    opened_task o = open_task(registry_task("delayed_xor"), "single: 0", 1);
    lsnn_trial *trial = new_trial(&o);
    cr_assert_eq(o.shape.n_out, 2);
    for (uint64_t i = 0; i < 200; i++) {
        draw(trial, &o, LSNN_TRAIN, i);
        cr_assert_neq(read_trial(trial).signs[1], 0);
    }
}

/* At 1000 Hz the expected number of spikes of a pulse is the sum of the bell. */
Test(delayed_xor, of_spikes_has_a_cell_for_each_sign)
{
    opened_task o = open_task(registry_task("delayed_xor"), "{input: spikes, single: 0}", 1);
    lsnn_trial *trial = new_trial(&o);
    double mean = 0, variance = 0, seen = 0;
    cr_assert(o.shape.n_in == 3 && !o.shape.analog);
    for (int k = 0; k < PULSE; k++) {
        mean += bell(k);
        variance += bell(k) * (1 - bell(k));
    }
    for (uint64_t i = 0; i < 500; i++) {
        draw(trial, &o, LSNN_TRAIN, i);
        const int first = count_spikes(trial, 1, 2, 0, PULSE) > 0;
        const int second = count_spikes(trial, 1, 2, PULSE, STEPS) > 0;
        cr_assert_eq(count_spikes(trial, 1 - first, 2 - first, 0, PULSE), 0);
        cr_assert_eq(count_spikes(trial, 1 - second, 2 - second, PULSE, STEPS), 0);
        cr_assert_eq(trial->label, first != second);
        seen += count_spikes(trial, 0, 3, 0, STEPS);
    }
    assert_near(seen / 500, 3 * mean, sqrt(3 * variance / 500));
}

Test(delayed_xor, cells_fire_once_a_step_at_most)
{
    opened_task o = open_task(registry_task("delayed_xor"), "{input: spikes, single: 0, rate: 1e9 Hz}", 1);
    lsnn_trial *trial = new_trial(&o);
    draw(trial, &o, LSNN_TRAIN, 0);
    cr_assert_eq(count_spikes(trial, 0, 3, 0, STEPS), 3 * (PULSE - 2), "all but the two ends of a bell");
}

Test(delayed_xor, refuses_trials_that_are_too_short)
{
    fake_host host = new_host(1);
    opened_task o;
    cr_assert_eq(try_open(&o, registry_task("delayed_xor"), "trial: 497 ms", &host), LSNN_CONFIG);
    cr_assert_not_null(strstr(err.message, "may take 498 ms"), "%s", err.message);
    cr_assert_eq(try_open(&o, registry_task("delayed_xor"), "trial: 498 ms", &host), LSNN_OK);
    cr_assert_eq(try_open(&o, registry_task("delayed_xor"), "pulse: 2 ms", &host), LSNN_CONFIG);
    cr_assert_eq(try_open(&o, registry_task("delayed_xor"), "delay_step: 200 ms", &host), LSNN_CONFIG);
}
