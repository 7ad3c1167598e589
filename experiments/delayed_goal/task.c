/* Delayed goal: a cue says in which of two corners of a grid the reward lies; after a pause the agent walks there, or not.
 * After the navigation tasks of Bellec et al. 2018 (NeurIPS) and 2020 (Nature Communications 11:3625, reward-based e-prop). */
#include "lsnn/task.h"

enum { UP, RIGHT, DOWN, LEFT, N_ACTIONS, N_GOALS = 2 };

typedef struct goal_parameters {
    int size, cells, moves;
    double cue, pause, move, decide;
    double cue_rate, place_rate, background_rate;
    double right, wrong, cost;
} goal_parameters;

typedef struct goal_state {
    int cue, pause, move, decide;        /* in steps */
    double p_cue, p_place, p_background; /* of a spike in a step */
    int cue_cell, background;            /* first cell of each kind; places begin at 0 */
} goal_state;

#define AT(member) offsetof(goal_parameters, member)
static const lsnn_field fields[] = {
    {"size", LSNN_INT, AT(size), "5", NULL, 3, 101, false, NULL, "places on a side of the grid; odd: it has a centre"},
    {"moves", LSNN_INT, AT(moves), "20", NULL, 1, 100000, false, NULL, "moves at most"},
    {"cue", LSNN_REAL, AT(cue), "200 ms", "ms", 0, 1e6, true, NULL, "how long the cue is shown"},
    {"pause", LSNN_REAL, AT(pause), "300 ms", "ms", 0, 1e6, false, NULL, "from the cue to the first move"},
    {"move", LSNN_REAL, AT(move), "100 ms", "ms", 0, 1e6, true, NULL, "how long the agent stays at a place"},
    {"decide", LSNN_REAL, AT(decide), "50 ms", "ms", 0, 1e6, true, NULL,
     "the end of that time, over which policy and value are averaged"},
    {"cells", LSNN_INT, AT(cells), "5", NULL, 1, 100000, false, NULL,
     "input cells for each place (row by row), then for each of the two cues, then for the background"},
    {"place_rate", LSNN_REAL, AT(place_rate), "100 Hz", "Hz", 0, 1e6, false, NULL, "Poisson rate of the present place"},
    {"cue_rate", LSNN_REAL, AT(cue_rate), "100 Hz", "Hz", 0, 1e6, false, NULL, "Poisson rate of a cue"},
    {"background_rate", LSNN_REAL, AT(background_rate), "10 Hz", "Hz", 0, 1e6, false, NULL,
     "Poisson rate of the background, always on"},
    {"right", LSNN_REAL, AT(right), "1", NULL, -1e6, 1e6, false, NULL,
     "reward in the corner of the cue; the trial ends"},
    {"wrong", LSNN_REAL, AT(wrong), "-1", NULL, -1e6, 1e6, false, NULL, "reward in the other corner; the trial ends"},
    {"cost", LSNN_REAL, AT(cost), "0.02", NULL, -1e6, 1e6, false, NULL, "what each move takes from the reward"},
    LSNN_END,
};

static lsnn_status goal_open(void *state, const void *parameters, const lsnn_task_host *host, lsnn_shape *shape,
                             lsnn_error *err)
{
    const goal_parameters *p = parameters;
    goal_state *s = state;
    int n_steps;
    if (p->size % 2 == 0)
        return lsnn_fail(err, LSNN_CONFIG, "task.size: a grid of %d x %d has no centre; use %d or %d", p->size, p->size,
                         p->size - 1, p->size + 1);
    TRY(lsnn_task_steps(&s->cue, host, "cue", p->cue, err));
    TRY(lsnn_task_steps(&s->pause, host, "pause", p->pause, err));
    TRY(lsnn_task_steps(&s->move, host, "move", p->move, err));
    TRY(lsnn_task_steps(&s->decide, host, "decide", p->decide, err));
    if (s->decide > s->move)
        return lsnn_fail(err, LSNN_CONFIG, "task.decide: %g ms are more than a move of %g ms", p->decide, p->move);
    TRY(lsnn_task_probability(&s->p_cue, host, "cue_rate", p->cue_rate, err));
    TRY(lsnn_task_probability(&s->p_place, host, "place_rate", p->place_rate, err));
    TRY(lsnn_task_probability(&s->p_background, host, "background_rate", p->background_rate, err));
    TRY(lsnn_task_trial_steps(&n_steps, (double)s->cue + s->pause + (double)p->moves * s->move, err));
    const double n_in = ((double)p->size * p->size + N_GOALS + 1) * p->cells;
    if (n_in > 1e8) return lsnn_fail(err, LSNN_CONFIG, "task.cells: %g input cells; at most 1e8 are possible", n_in);
    s->cue_cell = p->size * p->size * p->cells;
    s->background = s->cue_cell + N_GOALS * p->cells;
    *shape = (lsnn_shape){
        .n_in = (int)n_in, .n_out = N_ACTIONS, .n_steps = n_steps, .classes = true, .n_questions = p->moves};
    return LSNN_OK;
}

typedef struct place {
    int x, y;
} place;

/* The corners at the upper left and the lower right. */
static place corner(const goal_parameters *p, int goal)
{
    const int end = goal == 0 ? 0 : p->size - 1;
    return (place){end, end};
}

static bool same(place a, place b)
{
    return a.x == b.x && a.y == b.y;
}

/* Against a wall the agent stays where it is. */
static void walk(place *at, int action, int size)
{
    if (action == UP && at->y > 0) at->y--;
    if (action == DOWN && at->y < size - 1) at->y++;
    if (action == LEFT && at->x > 0) at->x--;
    if (action == RIGHT && at->x < size - 1) at->x++;
}

/* Where the moves so far have led from the centre. */
static place present(const goal_parameters *p, const lsnn_trial *trial)
{
    place at = {p->size / 2, p->size / 2};
    for (int q = 0; q < trial->n_questions; q++)
        walk(&at, trial->questions[q].action, p->size);
    return at;
}

/* The agent is at a place for the time of a move, and is asked for the next one. */
static void stay(const goal_state *s, const goal_parameters *p, lsnn_trial *trial, lsnn_random *stream, place at,
                 int start)
{
    const int first = (at.y * p->size + at.x) * p->cells, stop = start + s->move;
    lsnn_trial_bernoulli(trial, stream, first, first + p->cells, start, stop, s->p_place);
    lsnn_trial_ask(trial, stop - s->decide, stop, 0);
}

static void goal_draw(const void *state, const void *parameters, const lsnn_draw *draw, lsnn_trial *trial)
{
    const goal_parameters *p = parameters;
    const goal_state *s = state;
    lsnn_random stream = lsnn_draw_stream(draw);
    trial->label = (int)lsnn_random_below(&stream, N_GOALS);
    const int cue = s->cue_cell + trial->label * p->cells;
    lsnn_trial_bernoulli(trial, &stream, cue, cue + p->cells, 0, s->cue, s->p_cue);
    lsnn_trial_bernoulli(trial, &stream, s->background, s->background + p->cells, 0, trial->n_steps, s->p_background);
    stay(s, p, trial, &stream, (place){p->size / 2, p->size / 2}, s->cue + s->pause);
}

static double goal_act(const void *state, const void *parameters, const lsnn_draw *draw, lsnn_trial *trial,
                       lsnn_random *chance)
{
    const goal_parameters *p = parameters;
    const place at = present(p, trial);
    (void)draw;
    if (same(at, corner(p, trial->label))) return p->right - p->cost;
    if (same(at, corner(p, 1 - trial->label))) return p->wrong - p->cost;
    stay(state, p, trial, chance, at, trial->questions[trial->n_questions - 1].stop);
    return -p->cost;
}

static double goal_score(const void *state, const void *parameters, const lsnn_trial *trial, const real *pooled)
{
    const goal_parameters *p = parameters;
    (void)state, (void)pooled;
    return same(present(p, trial), corner(p, trial->label)) ? 0 : 1;
}

const lsnn_task lsnn_task_delayed_goal = {
    .name = "delayed_goal",
    .doc = "An agent at the centre of a grid is shown which of two opposite corners holds the reward; after a pause it "
           "walks\n"
           "step by step. Input: groups of cells for the places, the two cues and the background, Poisson. Four "
           "readouts (up,\n"
           "right, down, left) are the policy, a fifth the value: loss actor_critic. The error is the share of trials "
           "that do\n"
           "not end in the right corner. After Bellec et al. 2020, Nat. Commun. 11:3625 (reward-based e-prop).",
    .fields = fields,
    .size = sizeof(goal_parameters),
    .state_size = sizeof(goal_state),
    .open = goal_open,
    .draw = goal_draw,
    .score = goal_score,
    .act = goal_act,
};
