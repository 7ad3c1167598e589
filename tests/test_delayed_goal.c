/* The world of the delayed goal: cue, walls, corners, rewards. */
#include "opened_task.h"

enum { UP, RIGHT, DOWN, LEFT, CELLS = 5, CUE = 25 * CELLS, CUE_STOP = 200, FIRST_MOVE = 500, MOVE = 100 };

TestSuite(delayed_goal, .init = start_arena, .fini = end_arena);

static opened_task o;
static lsnn_trial *trial;
static lsnn_draw which;

static void begin(const char *yaml, uint64_t index)
{
    o = open_task(registry_task("delayed_goal"), yaml, 3);
    trial = new_trial(&o);
    which = (lsnn_draw){.seed = 3, .set = LSNN_TRAIN, .index = index};
    draw(trial, &o, LSNN_TRAIN, index);
}

static double act(int action)
{
    lsnn_random chance = lsnn_random_stream(3, LSNN_ACTIONS, (uint64_t)trial->n_questions, which.index);
    trial->questions[trial->n_questions - 1].action = action;
    const double reward = o.task->act(o.state, o.parameters, &which, trial, &chance);
    trial_sort(trial);
    return reward;
}

/* The one place whose cells spike in the time of move m. */
static int place_seen(int m)
{
    int found = -1;
    for (int place = 0; place < 25; place++) {
        const int start = FIRST_MOVE + m * MOVE;
        if (count_spikes(trial, place * CELLS, (place + 1) * CELLS, start, start + MOVE) == 0) continue;
        cr_assert_eq(found, -1, "two places at once: %d, %d", found, place);
        found = place;
    }
    return found;
}

/* A trial whose goal is 0 (upper left) or 1. */
static void begin_with_goal(int goal)
{
    uint64_t index = 0;
    begin("{}", index);
    while (trial->label != goal)
        begin("{}", ++index);
}

Test(delayed_goal, cue_says_where_the_goal_is)
{
    int goals = 0;
    for (uint64_t i = 0; i < 40; i++) {
        begin("{}", i);
        for (int c = 0; c < 2; c++) {
            const int first = CUE + c * CELLS;
            cr_assert_eq(count_spikes(trial, first, first + CELLS, 0, CUE_STOP) > 0, c == trial->label);
            cr_assert_eq(count_spikes(trial, first, first + CELLS, CUE_STOP, trial->n_steps), 0);
        }
        cr_assert_eq(count_spikes(trial, 0, CUE, 0, FIRST_MOVE), 0, "no place before the first move");
        cr_assert_eq(place_seen(0), 12, "the centre");
        goals += trial->label;
    }
    cr_assert(goals > 5 && goals < 35);
}

Test(delayed_goal, rewards_the_way_to_the_corner)
{
    static const int way[] = {UP, LEFT, UP, LEFT}, places[] = {7, 6, 1};
    begin_with_goal(0);
    for (int m = 0; m < 3; m++) {
        const double reward = act(way[m]);
        cr_assert_eq(reward, -0.02);
        cr_assert_eq(trial->n_questions, m + 2);
        cr_assert_eq(trial->questions[m + 1].stop, FIRST_MOVE + (m + 2) * MOVE);
        cr_assert_eq(place_seen(m + 1), places[m]);
    }
    const double reward = act(way[3]);
    cr_assert_eq(reward, 1 - 0.02);
    cr_assert_eq(trial->n_questions, 4, "the trial is over");
    cr_assert_eq(o.task->score(o.state, o.parameters, trial, NULL), 0);
}

Test(delayed_goal, punishes_the_other_corner)
{
    begin_with_goal(1);
    act(UP), act(UP), act(LEFT);
    const double reward = act(LEFT);
    cr_assert_eq(reward, -1 - 0.02);
    cr_assert_eq(trial->n_questions, 4);
    cr_assert_eq(o.task->score(o.state, o.parameters, trial, NULL), 1);
}

Test(delayed_goal, has_walls_and_an_end)
{
    begin_with_goal(0);
    for (int m = 0; m < 20; m++) {
        cr_assert_eq(trial->n_questions, m + 1);
        act(m < 10 ? RIGHT : UP); /* along the wall to the corner without a reward */
    }
    cr_assert_eq(place_seen(3), 14, "at the wall");
    cr_assert_eq(place_seen(12), 4);
    cr_assert_eq(place_seen(19), 4);
    cr_assert_eq(trial->n_questions, 20, "no move is left");
    cr_assert_eq(o.task->score(o.state, o.parameters, trial, NULL), 1);
}

Test(delayed_goal, refuses_a_grid_without_a_centre_and_too_long_a_decision)
{
    fake_host host = new_host(1);
    const lsnn_task *task = registry_task("delayed_goal");
    cr_assert_eq(try_open(&o, task, "size: 6", &host), LSNN_CONFIG);
    cr_assert_not_null(strstr(err.message, "use 5 or 7"), "%s", err.message);
    cr_assert_eq(try_open(&o, task, "decide: 101", &host), LSNN_CONFIG);
    cr_assert_not_null(strstr(err.message, "task.decide"), "%s", err.message);
}
