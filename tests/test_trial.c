/* The input spikes of a trial. */
#include "trial.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

static arena *memory;
static lsnn_error err;

static void start_arena(void)
{
    cr_assert_eq(arena_new(&memory, &err), LSNN_OK, "%s", err.message);
}

static void end_arena(void)
{
    arena_free(memory);
}

TestSuite(trial, .init = start_arena, .fini = end_arena);

static lsnn_trial *new_trial(int n_steps, int n_in, bool runs)
{
    lsnn_shape shape = {.n_in = n_in, .n_out = 2, .n_steps = n_steps, .classes = true, .runs = runs};
    lsnn_trial *trial = NULL;
    cr_assert_eq(trial_new(&trial, memory, &shape, &err), LSNN_OK, "%s", err.message);
    return trial;
}

/* The sorted spikes as text: "step:first-last step:first-last ..." */
static const char *sorted(lsnn_trial *trial)
{
    static char text[4096];
    int used = 0;
    text[0] = '\0';
    trial_sort(trial);
    const lsnn_events *e = trial->events;
    for (int t = 0; t < e->n_steps; t++) {
        for (uint32_t i = e->start[t]; i < e->start[t + 1] && used < 4000; i++)
            used += snprintf(text + used, sizeof text - (size_t)used, "%s%d:%u-%u", used > 0 ? " " : "", t,
                             e->run[i].first, e->run[i].last);
    }
    return text;
}

static uint32_t n_sorted(lsnn_trial *trial)
{
    trial_sort(trial);
    return trial->events->start[trial->events->n_steps];
}

static lsnn_random stream_of(uint64_t who)
{
    return lsnn_random_stream(11, LSNN_TASK_TEST, who, 0);
}

Test(trial, orders_spikes_by_step_then_cell)
{
    lsnn_trial *trial = new_trial(10, 8, false);
    lsnn_trial_spike(trial, 9, 1);
    lsnn_trial_spike(trial, 0, 7);
    lsnn_trial_spike(trial, 4, 5);
    lsnn_trial_spike(trial, 4, 2);
    lsnn_trial_spike(trial, 0, 0);
    cr_assert_str_eq(sorted(trial), "0:0-1 0:7-8 4:2-3 4:5-6 9:1-2");
}

Test(trial, drops_a_repeated_spike)
{
    lsnn_trial *trial = new_trial(5, 8, false);
    lsnn_trial_spike(trial, 3, 2);
    lsnn_trial_spike(trial, 3, 4);
    lsnn_trial_spike(trial, 3, 2);
    cr_assert_str_eq(sorted(trial), "3:2-3 3:4-5");
}

Test(trial, leaves_neighbours_apart_without_runs)
{
    lsnn_trial *trial = new_trial(5, 8, false);
    lsnn_trial_run(trial, 2, 3, 6);
    lsnn_trial_run(trial, 2, 4, 7);
    cr_assert_str_eq(sorted(trial), "2:3-4 2:4-5 2:5-6 2:6-7");
}

Test(trial, joins_neighbours_and_overlaps_to_runs)
{
    lsnn_trial *trial = new_trial(5, 20, true);
    lsnn_trial_run(trial, 1, 5, 8);
    lsnn_trial_spike(trial, 1, 4);
    lsnn_trial_run(trial, 1, 7, 9);
    lsnn_trial_run(trial, 1, 11, 15);
    lsnn_trial_run(trial, 1, 12, 13);
    lsnn_trial_spike(trial, 2, 9);
    cr_assert_str_eq(sorted(trial), "1:4-9 1:11-15 2:9-10");
}

Test(trial, sorts_the_same_for_any_order_of_drawing)
{
    lsnn_trial *forward = new_trial(20, 30, true), *backward = new_trial(20, 30, true);
    enum { N = 300 };
    for (int i = 0; i < N; i++) {
        lsnn_trial_run(forward, i * 7 % 20, i * 11 % 30, i * 11 % 30 + i % 3);
        int k = N - 1 - i;
        lsnn_trial_run(backward, k * 7 % 20, k * 11 % 30, k * 11 % 30 + k % 3);
    }
    char expected[4096];
    (void)snprintf(expected, sizeof expected, "%s", sorted(forward));
    cr_assert_gt(strlen(expected), 200);
    cr_assert_str_eq(sorted(backward), expected);
}

Test(trial, may_be_sorted_twice_and_added_to)
{
    lsnn_trial *trial = new_trial(5, 8, false);
    lsnn_trial_spike(trial, 3, 2);
    cr_assert_str_eq(sorted(trial), "3:2-3");
    lsnn_trial_spike(trial, 1, 6);
    cr_assert_str_eq(sorted(trial), "1:6-7 3:2-3");
    cr_assert_str_eq(sorted(trial), "1:6-7 3:2-3");
}

Test(trial, drops_what_lies_outside)
{
    lsnn_trial *trial = new_trial(5, 8, true);
    lsnn_trial_spike(trial, -1, 0);
    lsnn_trial_spike(trial, 5, 0);
    lsnn_trial_spike(trial, 0, -1);
    lsnn_trial_spike(trial, 0, 8);
    lsnn_trial_run(trial, 1, 5, 5);
    lsnn_trial_run(trial, 2, -3, 2);
    lsnn_trial_run(trial, 3, 6, 100);
    cr_assert_str_eq(sorted(trial), "2:0-2 3:6-8");
}

Test(trial, has_room_for_all_cells_in_all_steps_however_often_drawn)
{
    lsnn_trial *trial = new_trial(7, 5, false);
    for (int again = 0; again < 3; again++) {
        for (int t = 0; t < 7; t++)
            lsnn_trial_run(trial, t, again == 0 ? 2 : 0, 5);
    }
    cr_assert_eq(n_sorted(trial), 7 * 5);
}

Test(trial, keeps_a_late_spike_after_many_repeated_ones)
{
    lsnn_trial *trial = new_trial(3, 4, false);
    for (int i = 0; i < 100; i++)
        lsnn_trial_spike(trial, 0, i % 2);
    lsnn_trial_spike(trial, 2, 3);
    cr_assert_str_eq(sorted(trial), "0:0-1 0:1-2 2:3-4");
}

Test(trial, is_empty_after_clear)
{
    lsnn_shape shape = {.n_in = 3, .n_out = 2, .n_steps = 4};
    lsnn_trial *trial = NULL;
    cr_assert_eq(trial_new(&trial, memory, &shape, &err), LSNN_OK);
    lsnn_trial_spike(trial, 1, 1);
    trial->label = 1;
    for (int i = 0; i < 4; i++)
        trial->weight[i] = 1;
    for (int i = 0; i < 8; i++)
        trial->target[i] = 1;
    trial_sort(trial);
    trial_clear(trial, LSNN_TRAIN);
    cr_assert_eq(trial->events->start[4], 0);
    cr_assert_str_eq(sorted(trial), "");
    cr_assert_eq(trial->label, 0);
    for (int i = 0; i < 4; i++)
        cr_assert_eq(trial->weight[i], 0);
    for (int i = 0; i < 8; i++)
        cr_assert_eq(trial->target[i], 0);
}

Test(trial, asks_in_the_order_of_time_and_within_its_steps)
{
    lsnn_shape shape = {.n_in = 3, .n_out = 2, .n_steps = 10, .classes = true, .n_questions = 3};
    lsnn_trial *trial = NULL;
    cr_assert_eq(trial_new(&trial, memory, &shape, &err), LSNN_OK);
    trial_clear(trial, LSNN_TRAIN);
    lsnn_trial_ask(trial, -2, 3, 1);
    lsnn_trial_ask(trial, 1, 2, 0); /* overlaps the first in all its steps */
    lsnn_trial_ask(trial, 2, 5, 0);
    lsnn_trial_ask(trial, 7, 70, 1);
    const lsnn_question expected[] = {{0, 3, 1, 0}, {3, 5, 0, 0}, {7, 10, 1, 0}};
    cr_assert_eq(trial->n_questions, 3);
    cr_assert_arr_eq(trial->questions, expected, sizeof expected);
    for (int t = 0; t < 10; t++)
        cr_assert_eq(trial->weight[t], t < 5 || t >= 7);
    cr_assert_eq(trial->label, -1);
    trial_clear(trial, LSNN_TRAIN);
    cr_assert_eq(trial->n_questions, 0);
    for (int q = 0; q < 5; q++)
        lsnn_trial_ask(trial, 2 * q, 2 * q + 1, 0);
    cr_assert_eq(trial->n_questions, 3, "there is no room for more");
    cr_assert_eq(trial->weight[6], 0);
}

Test(trial, of_analog_input_has_values_and_no_spikes)
{
    lsnn_shape shape = {.n_in = 3, .n_out = 2, .n_steps = 4, .analog = true};
    lsnn_trial *trial = NULL;
    cr_assert_eq(trial_new(&trial, memory, &shape, &err), LSNN_OK);
    trial->analog[11] = 5;
    lsnn_trial_spike(trial, 1, 1);
    cr_assert_str_eq(sorted(trial), "");
    trial_clear(trial, LSNN_TRAIN);
    cr_assert_eq(trial->analog[11], 0);
}

Test(trial, too_large_to_number_its_spikes_is_refused)
{
    lsnn_shape shape = {.n_in = 100000, .n_out = 2, .n_steps = 100000, .classes = true};
    lsnn_trial *trial = NULL;
    cr_assert_eq(trial_new(&trial, memory, &shape, &err), LSNN_MEMORY);
}

Test(trial, bernoulli_of_probability_one_fires_all)
{
    lsnn_trial *trial = new_trial(4, 5, false);
    lsnn_random stream = stream_of(0);
    lsnn_trial_bernoulli(trial, &stream, 1, 3, 2, 4, 1.0);
    cr_assert_str_eq(sorted(trial), "2:1-2 2:2-3 3:1-2 3:2-3");
}

Test(trial, bernoulli_of_no_probability_fires_none)
{
    lsnn_trial *trial = new_trial(400, 50, false);
    lsnn_random stream = stream_of(0);
    const double none[] = {0, -1, NAN, 1e-300};
    for (int i = 0; i < 4; i++)
        lsnn_trial_bernoulli(trial, &stream, 0, 50, 0, 400, none[i]);
    cr_assert_eq(n_sorted(trial), 0);
}

Test(trial, bernoulli_stays_in_its_cells_and_steps)
{
    lsnn_trial *trial = new_trial(100, 40, false);
    lsnn_random stream = stream_of(1);
    lsnn_trial_bernoulli(trial, &stream, 7, 19, 30, 60, 0.9);
    lsnn_trial_bernoulli(trial, &stream, 35, 99, 95, 200, 0.9);
    trial_sort(trial);
    const lsnn_events *e = trial->events;
    for (int t = 0; t < 100; t++) {
        for (uint32_t i = e->start[t]; i < e->start[t + 1]; i++) {
            uint32_t cell = e->run[i].first;
            bool first = t >= 30 && t < 60 && cell >= 7 && cell < 19, second = t >= 95 && cell >= 35 && cell < 40;
            cr_assert(first || second, "step %d, cell %u", t, cell);
        }
    }
}

/* Chi-square of the counts of each (step, cell) over many trials: its mean is the number of counts, its variance twice
 * that. Five standard deviations, so that a right generator fails for one seed in a million. */
static void check_bernoulli(double p)
{
    enum { STEPS = 13, CELLS = 7, N = 20000 };
    lsnn_trial *trial = new_trial(STEPS, CELLS, false);
    static int count[STEPS][CELLS];
    int both = 0; /* two given pairs of neighbours fire together */
    for (int n = 0; n < N; n++) {
        lsnn_random stream = stream_of((uint64_t)n);
        trial_clear(trial, LSNN_TRAIN);
        lsnn_trial_bernoulli(trial, &stream, 0, CELLS, 0, STEPS, p);
        trial_sort(trial);
        const lsnn_events *e = trial->events;
        bool fired[STEPS][CELLS] = {{false}};
        for (int t = 0; t < STEPS; t++) {
            for (uint32_t i = e->start[t]; i < e->start[t + 1]; i++) {
                fired[t][e->run[i].first] = true;
                count[t][e->run[i].first]++;
            }
        }
        both += (fired[3][2] && fired[3][3]) + (fired[5][CELLS - 1] && fired[6][0]);
    }
    double chi2 = 0, variance = N * p * (1 - p);
    for (int t = 0; t < STEPS; t++) {
        for (int i = 0; i < CELLS; i++)
            chi2 += (count[t][i] - N * p) * (count[t][i] - N * p) / variance;
    }
    double freedom = STEPS * CELLS;
    cr_assert_lt(fabs(chi2 - freedom), 5 * sqrt(2 * freedom), "chi-square %g, expected %g", chi2, freedom);
    double pairs = 2.0 * N * p * p;
    cr_assert_lt(fabs(both - pairs), 5 * sqrt(pairs) + 1, "neighbours fire together %d times, expected %g", both,
                 pairs);
}

Test(trial, bernoulli_fires_each_cell_in_each_step_with_its_probability)
{
    check_bernoulli(0.04);
}

Test(trial, bernoulli_is_right_at_a_high_probability)
{
    check_bernoulli(0.7);
}

Test(trial, bernoulli_repeats_with_its_stream)
{
    lsnn_trial *one = new_trial(50, 20, false), *two = new_trial(50, 20, false);
    lsnn_random first = stream_of(3), second = stream_of(3);
    lsnn_trial_bernoulli(one, &first, 0, 20, 0, 50, 0.1);
    lsnn_trial_bernoulli(two, &second, 0, 20, 0, 50, 0.1);
    cr_assert_gt(n_sorted(one), 50);
    cr_assert_eq(n_sorted(one), n_sorted(two));
    cr_assert_arr_eq(one->events->run, two->events->run, n_sorted(one) * sizeof(event_run));
}

Test(trial, draws_of_another_set_seed_or_far_index_have_streams_of_their_own)
{
    const lsnn_draw draws[] = {
        {.seed = 1, .set = LSNN_TRAIN, .index = 0},          {.seed = 1, .set = LSNN_VALIDATION, .index = 0},
        {.seed = 1, .set = LSNN_TEST, .index = 0},           {.seed = 2, .set = LSNN_TRAIN, .index = 0},
        {.seed = 1, .set = LSNN_TRAIN, .index = 1},          {.seed = 1, .set = LSNN_TRAIN, .index = UINT64_C(1) << 32},
        {.seed = 1, .set = LSNN_TRAIN, .index = UINT64_MAX},
    };
    enum { N = sizeof draws / sizeof *draws };
    uint32_t word[N];
    for (int i = 0; i < N; i++) {
        lsnn_random stream = lsnn_draw_stream(&draws[i]);
        word[i] = lsnn_random_word(&stream);
        for (int k = 0; k < i; k++)
            cr_assert_neq(word[i], word[k], "draws %d and %d", k, i);
    }
}
