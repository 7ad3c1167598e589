/* The trials of evidence accumulation: shape, labels, rates. */
#include "opened_task.h"

TestSuite(evidence_accumulation, .init = start_arena, .fini = end_arena);

enum { PER_SIDE = 10, PERIOD = 150, GAP = 50, CUES = 7, RECALL_FROM = 2100, TRIAL = 2250, N_TRIALS = 600 };

/* Which side each cue is on, from the spikes: 1 right. A cue without any spike has a chance of 1e-17. */
static void read_cues(int side[CUES], const lsnn_trial *trial)
{
    for (int c = 0; c < CUES; c++) {
        int start = c * PERIOD + GAP, stop = (c + 1) * PERIOD;
        int left = count_spikes(trial, 0, PER_SIDE, start, stop);
        int right = count_spikes(trial, PER_SIDE, 2 * PER_SIDE, start, stop);
        cr_assert((left > 0) != (right > 0), "cue %d: %d spikes left, %d right", c, left, right);
        side[c] = right > 0;
    }
}

Test(evidence_accumulation, has_the_published_shape)
{
    opened_task o = open_task(registry_task("evidence_accumulation"), "{}", 1);
    cr_assert(o.shape.n_in == 40 && o.shape.n_out == 2 && o.shape.n_steps == TRIAL && o.shape.classes);
    lsnn_trial *trial = new_trial(&o);
    draw(trial, &o, LSNN_TRAIN, 0);
    for (int t = 0; t < TRIAL; t++)
        cr_assert_eq(trial->weight[t] > 0, t >= RECALL_FROM, "step %d", t);
}

Test(evidence_accumulation, labels_are_the_majority_of_the_cues)
{
    opened_task o = open_task(registry_task("evidence_accumulation"), "{}", 1);
    lsnn_trial *trial = new_trial(&o);
    double n_right = 0, same = 0, pairs = 0;
    for (uint64_t i = 0; i < N_TRIALS; i++) {
        draw(trial, &o, LSNN_TRAIN, i);
        int side[CUES], right = 0;
        read_cues(side, trial);
        for (int c = 0; c < CUES; c++)
            right += side[c];
        cr_assert_eq(trial->label, right > 3);
        n_right += trial->label;
        for (int c = 0; c + 1 < CUES; c += 2, pairs++)
            same += side[c] == side[c + 1];
    }
    assert_near(n_right / N_TRIALS, 0.5, 0.5 / sqrt(N_TRIALS));
    /* two cues agree with .7 x .7 + .3 x .3 */
    assert_near(same / pairs, 0.58, sqrt(0.58 * 0.42 / pairs));
}

Test(evidence_accumulation, cells_fire_at_their_rates_and_nowhere_else)
{
    opened_task o = open_task(registry_task("evidence_accumulation"), "{}", 2);
    lsnn_trial *trial = new_trial(&o);
    double cue = 0, recall = 0, background = 0;
    for (uint64_t i = 0; i < N_TRIALS; i++) {
        draw(trial, &o, LSNN_VALIDATION, i);
        for (int c = 0; c < CUES; c++) {
            cr_assert_eq(count_spikes(trial, 0, 20, c * PERIOD, c * PERIOD + GAP), 0, "a gap is silent");
            cue += count_spikes(trial, 0, 20, c * PERIOD + GAP, (c + 1) * PERIOD);
        }
        cr_assert_eq(count_spikes(trial, 0, 20, CUES * PERIOD, TRIAL), 0, "the pause is silent");
        cr_assert_eq(count_spikes(trial, 20, 30, 0, RECALL_FROM), 0, "the recall group waits");
        cr_assert_eq(count_spikes(trial, 0, 40, 0, 1), 0, "the first step is silent");
        recall += count_spikes(trial, 20, 30, RECALL_FROM, TRIAL);
        background += count_spikes(trial, 30, 40, 0, TRIAL);
    }
    double n_cue = 10.0 * 100 * CUES * N_TRIALS, n_recall = 10.0 * 150 * N_TRIALS, n_rest = 10.0 * 2249 * N_TRIALS;
    assert_near(cue / n_cue, 0.04, sqrt(0.04 * 0.96 / n_cue));
    assert_near(recall / n_recall, 0.04, sqrt(0.04 * 0.96 / n_recall));
    assert_near(background / n_rest, 0.01, sqrt(0.01 * 0.99 / n_rest));
}

Test(evidence_accumulation, refuses_what_has_no_majority_or_no_whole_steps)
{
    fake_host host = new_host(1);
    const lsnn_task *task = registry_task("evidence_accumulation");
    opened_task o;
    cr_assert_eq(try_open(&o, task, "cues: 6", &host), LSNN_CONFIG);
    cr_assert_not_null(strstr(err.message, "use 5 or 7"), "%s", err.message);
    cr_assert_eq(try_open(&o, task, "gap: 50.5", &host), LSNN_CONFIG);
    cr_assert_not_null(strstr(err.message, "task.gap: 50.5 ms is not a whole number of steps"), "%s", err.message);
    cr_assert_eq(try_open(&o, task, "cue_rate: 1001", &host), LSNN_CONFIG);
    cr_assert_not_null(strstr(err.message, "task.cue_rate"), "%s", err.message);
}

Test(evidence_accumulation, follows_the_time_step)
{
    fake_host host = new_host(1);
    host.host.dt = 0.5;
    opened_task o;
    cr_assert_eq(try_open(&o, registry_task("evidence_accumulation"), "{}", &host), LSNN_OK, "%s", err.message);
    cr_assert_eq(o.shape.n_steps, 2 * TRIAL);
}
