/* The arena of l2l_navigation: moves, wall, goal, new starts, inputs, rounds. */
#include "opened_task.h"

enum { X, Y, PLACES = 50, RIGHT = PLACES, LEFT, UP, DOWN, REWARD, WALL, N_IN };
enum { MOVE = 10, SHOW = 2, DECIDE = 5, STAY = 20, STEPS = 1000 };
static const double speed = 0.1, radius = 0.2, rounding = 1e-6; /* of positions that went through a float */

TestSuite(l2l_navigation, .init = start_arena, .fini = end_arena);

static opened_task o;
static lsnn_trial *trial;
static lsnn_draw which;

static void begin(const char *yaml, lsnn_set set, uint64_t index)
{
    o = open_task(registry_task("l2l_navigation"), yaml, 3);
    trial = new_trial(&o);
    which = (lsnn_draw){.seed = 3, .set = set, .index = index};
    draw(trial, &o, set, index);
}

typedef struct place {
    double x, y;
} place;

static place at(int q)
{
    return (place){trial->given[2 * q + X], trial->given[2 * q + Y]};
}

static place goal_at(int q)
{
    const real *target = trial->target + 2 * trial->questions[q].start;
    return (place){(double)target[X], (double)target[Y]};
}

static double between(place a, place b)
{
    return sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y));
}

static double act(double x, double y)
{
    const int q = trial->n_questions - 1;
    lsnn_random chance = lsnn_random_stream(3, LSNN_ACTIONS, (uint64_t)q, which.index);
    trial->answers[2 * q + X] = (real)x;
    trial->answers[2 * q + Y] = (real)y;
    return o.task->act(o.state, o.parameters, &which, trial, &chance);
}

/* Straight to the goal, as fast as possible. */
static double approach(void)
{
    const int q = trial->n_questions - 1;
    const place here = at(q), goal = goal_at(q);
    return act(100 * (goal.x - here.x), 100 * (goal.y - here.y));
}

/* Returns how many moves it took. */
static int find_goal(void)
{
    int n = 1;
    while (approach() != 1)
        cr_assert_lt(n++, 100, "not found");
    return n;
}

/* A start and a goal whose distance lies in a range. */
static void begin_at_distance(const char *yaml, double from, double to)
{
    for (uint64_t index = 0;; index++) {
        begin(yaml, LSNN_TRAIN, index);
        const double distance = between(at(0), goal_at(0));
        if (distance >= from && distance <= to) return;
    }
}

static double shown(int step, int cell)
{
    return (double)trial->analog[step * N_IN + cell];
}

static void expect_place(int step, place here)
{
    for (int cell = 0; cell < PLACES; cell++) {
        const double r = sqrt((cell + 0.5) / PLACES), angle = cell * (3 - sqrt(5)) * acos(-1.0);
        const double d = between(here, (place){r * cos(angle), r * sin(angle)}) / 0.25;
        if (fabs(d - 2.5) < 1e-3) continue; /* on the edge, either will do */
        cr_assert_float_eq(shown(step, cell), d < 2.5 ? exp(-d * d / 2) : 0, 1e-5, "step %d, cell %d", step, cell);
    }
}

Test(l2l_navigation, starts_anywhere_outside_of_a_goal_anywhere)
{
    double inner_goals = 0;
    enum { N = 400 };
    for (uint64_t i = 0; i < N; i++) {
        begin("{}", LSNN_TRAIN, i);
        const place middle = {0, 0};
        cr_assert(between(at(0), middle) <= 1 && between(goal_at(0), middle) <= 1);
        cr_assert_gt(between(at(0), goal_at(0)), radius);
        inner_goals += between(goal_at(0), middle) < 0.5;
    }
    assert_near(inner_goals / N, 0.25, sqrt(0.25 * 0.75 / N)); /* as the areas */
}

Test(l2l_navigation, shows_the_place_for_a_moment_and_then_asks)
{
    begin("{}", LSNN_TRAIN, 0);
    cr_assert_eq(o.shape.n_in, N_IN);
    for (int t = 0; t < SHOW; t++)
        expect_place(t, at(0));
    for (int k = SHOW * N_IN; k < STEPS * N_IN; k++)
        cr_assert_eq(trial->analog[k], 0);
    for (int cell = PLACES; cell < N_IN; cell++)
        cr_assert_eq(shown(0, cell), 0, "nothing was done yet");
    cr_assert_eq(trial->n_questions, 1);
    cr_assert_eq(trial->questions[0].start, MOVE - DECIDE);
    cr_assert_eq(trial->questions[0].stop, MOVE);
}

Test(l2l_navigation, moves_by_the_action_but_not_faster_than_it_can)
{
    static const double action[][2] = {{0.5, -0.25}, {3, 4}, {-0.6, -0.8}};
    begin_at_distance("{}", 0.7, 2);
    for (int k = 0; k < 3; k++) {
        const double length = fmax(hypot(action[k][X], action[k][Y]), 1);
        const double x = action[k][X] / length, y = action[k][Y] / length;
        const place before = at(k);
        const double reward = act(action[k][X], action[k][Y]);
        const place after = at(k + 1);
        if (hypot(before.x + speed * x, before.y + speed * y) > 1) continue;
        cr_assert_eq(reward, 0);
        cr_assert_float_eq(after.x, before.x + speed * x, rounding);
        cr_assert_float_eq(after.y, before.y + speed * y, rounding);
        const int now = (k + 1) * MOVE;
        expect_place(now, after);
        cr_assert_float_eq(shown(now, RIGHT) - shown(now, LEFT), x, rounding);
        cr_assert_float_eq(shown(now, UP) - shown(now, DOWN), y, rounding);
        cr_assert(shown(now, RIGHT) * shown(now, LEFT) == 0 && shown(now, UP) * shown(now, DOWN) == 0);
        cr_assert(shown(now, REWARD) == 0 && shown(now, WALL) == 0);
        cr_assert_eq(shown(now + SHOW, RIGHT) + shown(now + SHOW, LEFT), 0);
    }
}

Test(l2l_navigation, stops_at_the_wall_and_costs)
{
    int met = 0;
    begin_at_distance("{goal: 0.01}", 1, 2);
    for (int k = 0; k < 40; k++) {
        const double reward = act(1, 0.3);
        const place here = at(k + 1);
        const bool wall = reward < 0;
        cr_assert_eq(reward, wall ? -0.02 : 0);
        cr_assert_eq(shown((k + 1) * MOVE, WALL), wall);
        cr_assert_leq(hypot(here.x, here.y), 1 + 1e-12);
        if (wall) cr_assert_float_eq(hypot(here.x, here.y), 1, 1e-12);
        met += wall;
    }
    cr_assert_gt(met, 10);
}

Test(l2l_navigation, rewards_the_goal_and_begins_anew_with_the_same)
{
    begin_at_distance("{}", 0.5, 0.9);
    const place goal = goal_at(0);
    for (int round = 0; round < 3; round++) {
        find_goal();
        const int q = trial->n_questions - 1, now = trial->questions[q - 1].stop, next = now + STAY;
        cr_assert_eq(shown(now, REWARD), 1);
        cr_assert_eq(shown(now, WALL), 0);
        cr_assert_eq(shown(next, REWARD), 0);
        cr_assert_eq(trial->questions[q].stop, next + MOVE);
        expect_place(next, at(q));
        cr_assert_eq(shown(next, RIGHT) + shown(next, LEFT) + shown(next, UP) + shown(next, DOWN), 0);
        cr_assert_gt(between(at(q), goal), radius);
        cr_assert_eq(between(goal_at(q), goal), 0);
        const place before = at(q - 1);
        const double way = between(before, goal) - speed; /* it went straight */
        expect_place(now, (place){goal.x + (before.x - goal.x) / between(before, goal) * way,
                                  goal.y + (before.y - goal.y) / between(before, goal) * way});
    }
}

Test(l2l_navigation, new_starts_are_chance_of_trial_and_question)
{
    place first = {0};
    for (int again = 0; again < 2; again++) {
        begin("{}", LSNN_TRAIN, 5);
        find_goal();
        const place start = at(trial->n_questions - 1);
        if (again) cr_assert_eq(between(start, first), 0);
        first = start;
        find_goal();
        cr_assert_gt(between(start, at(trial->n_questions - 1)), 1e-3);
    }
}

Test(l2l_navigation, ends_with_the_episode)
{
    begin("{goal: 0.001}", LSNN_TRAIN, 0);
    for (int k = 0; k < STEPS / MOVE; k++) {
        cr_assert_eq(trial->n_questions, k + 1);
        act(0, 0);
    }
    cr_assert_eq(trial->n_questions, STEPS / MOVE, "no time is left");
    begin("{episode: 100, test_episode: 300}", LSNN_TEST, 0);
    for (int k = 0; k < 30; k++)
        act(0, 0);
    cr_assert_eq(trial->n_questions, 30, "the test's is longer");
}

Test(l2l_navigation, counts_moves_by_round_and_goals)
{
    double length[STEPS / MOVE];
    begin_at_distance("{test_episode: 1000}", 0.5, 2);
    cr_assert_eq(o.task->rounds(o.state, o.parameters, trial, length), 0);
    cr_assert_eq(o.task->score(o.state, o.parameters, trial, NULL), 1);
    for (int k = 0; k < 3; k++)
        act(0, 0);
    const int first = 3 + find_goal(), second = find_goal();
    act(0, 0);
    cr_assert_eq(o.task->rounds(o.state, o.parameters, trial, length), 2);
    cr_assert(length[0] == first && length[1] == second, "%g %g", length[0], length[1]);
    cr_assert_float_eq(o.task->score(o.state, o.parameters, trial, NULL), 1.0 / 3, 1e-12);
}

Test(l2l_navigation, may_reward_what_comes_nearer)
{
    begin_at_distance("{nearer: 2}", 0.5, 0.9);
    cr_assert_float_eq(approach(), 2 * speed, rounding);
    cr_assert_float_eq(act(0, 0), 0, rounding);
}

Test(l2l_navigation, never_meets_a_test_goal_in_training)
{
    enum { N = 300 };
    place goal[3][N];
    for (int set = LSNN_TRAIN; set <= LSNN_TEST; set++)
        for (uint64_t i = 0; i < N; i++) {
            begin("{}", (lsnn_set)set, i);
            goal[set][i] = goal_at(0);
        }
    for (int set = LSNN_VALIDATION; set <= LSNN_TEST; set++)
        for (int i = 0; i < N; i++)
            for (int k = 0; k < N; k++)
                for (int before = LSNN_TRAIN; before < set; before++)
                    cr_assert_gt(between(goal[set][i], goal[before][k]), 0);
}

static void refuses(const char *yaml, const char *because)
{
    fake_host host = new_host(1);
    cr_assert_eq(try_open(&o, registry_task("l2l_navigation"), yaml, &host), LSNN_CONFIG);
    cr_assert_not_null(strstr(err.message, because), "%s", err.message);
}

Test(l2l_navigation, refuses_times_that_do_not_fit)
{
    refuses("decide: 11", "task.decide: 11 ms are more than a move");
    refuses("show: 12", "task.show: 12 ms are more than a move");
    refuses("episode: 5", "task.episode: an episode must hold a move of 10 ms");
    refuses("test_episode: 5", "task.test_episode");
}
