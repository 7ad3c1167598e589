/* Learning to learn to navigate (Bellec et al. 2018, NeurIPS, section 4, figure 3): in each episode a goal lies hidden at another place of
 * a circular arena, and the agent, once it has found it, is sent to a new start again and again. */
#include "lsnn/task.h"
#include <math.h>

enum { X, Y, N_AXES, N_MOVED = 2 * N_AXES, N_TOLD = 2 };

typedef struct navigation_parameters {
    int places;
    double episode, test_episode, move, show, decide, stay;
    double speed, goal, sigma, wall, nearer;
} navigation_parameters;

typedef struct place {
    double x, y;
} place;

typedef struct navigation_state {
    int move, show, decide, stay; /* in steps */
    int moved, told;              /* first input of each kind; places begin at 0 */
    place *preferred;             /* [places] of the place cells */
} navigation_state;

#define AT(member) offsetof(navigation_parameters, member)
static const lsnn_field fields[] = {
    {"episode", LSNN_REAL, AT(episode), "1000 ms", "ms", 0, 1e7, true, NULL,
     "how long a goal stays the same, in training and validation"},
    {"test_episode", LSNN_REAL, AT(test_episode), "2000 ms", "ms", 0, 1e7, true, NULL, "the same in the test"},
    {"move", LSNN_REAL, AT(move), "10 ms", "ms", 0, 1e6, true, NULL, "how long the agent stays at a place"},
    {"show", LSNN_REAL, AT(show), "2 ms", "ms", 0, 1e6, true, NULL,
     "the first part of that time, when the inputs are shown"},
    {"decide", LSNN_REAL, AT(decide), "5 ms", "ms", 0, 1e6, true, NULL,
     "the end of that time, over which policy and value are averaged"},
    {"stay", LSNN_REAL, AT(stay), "20 ms", "ms", 0, 1e6, true, NULL,
     "how long the agent is at the goal before it is sent to a new start"},
    {"speed", LSNN_REAL, AT(speed), "0.1", NULL, 0, 2, true, NULL,
     "longest way of a move; the arena's radius is 1. Actions are in units of it"},
    {"goal", LSNN_REAL, AT(goal), "0.2", NULL, 0, 0.5, true, NULL, "radius of the goal"},
    {"places", LSNN_INT, AT(places), "50", NULL, 1, 100000, false, NULL,
     "place cells, evenly over the arena; the inputs after them tell the last move (right, left, up, down), a reward, "
     "the wall"},
    {"sigma", LSNN_REAL, AT(sigma), "0.25", NULL, 0, 10, true, NULL,
     "width of a place cell: its value is exp(-d^2 / (2 sigma^2)) at a distance d up to 2.5 sigma, 0 beyond"},
    {"wall", LSNN_REAL, AT(wall), "0.02", NULL, -1e6, 1e6, false, NULL, "what a move against the wall costs"},
    {"nearer", LSNN_REAL, AT(nearer), "0", NULL, 0, 1e6, false, NULL,
     "what a move is rewarded for each unit of way by which it comes nearer to the goal; for the outer loop only, the "
     "network does not see it"},
    LSNN_END,
};

/* The sunflower's pattern: each place cell has as much of the disc to itself (Vogel 1979). */
static lsnn_status take_places(navigation_state *s, const navigation_parameters *p, const lsnn_task_host *host,
                               lsnn_error *err)
{
    const double golden = 2.399963229728653;
    TRY(host->memory(host, &s->preferred, (size_t)p->places, sizeof *s->preferred, err));
    for (int cell = 0; cell < p->places; cell++) {
        const double radius = sqrt((cell + 0.5) / p->places);
        s->preferred[cell] = (place){radius * cos(cell * golden), radius * sin(cell * golden)};
    }
    return LSNN_OK;
}

static lsnn_status navigation_open(void *state, const void *parameters, const lsnn_task_host *host, lsnn_shape *shape,
                                   lsnn_error *err)
{
    const navigation_parameters *p = parameters;
    navigation_state *s = state;
    int n_steps, n_steps_test;
    TRY(lsnn_task_steps(&s->move, host, "move", p->move, err));
    TRY(lsnn_task_steps(&s->show, host, "show", p->show, err));
    TRY(lsnn_task_steps(&s->decide, host, "decide", p->decide, err));
    TRY(lsnn_task_steps(&s->stay, host, "stay", p->stay, err));
    TRY(lsnn_task_steps(&n_steps, host, "episode", p->episode, err));
    TRY(lsnn_task_steps(&n_steps_test, host, "test_episode", p->test_episode, err));
    if (s->decide > s->move || s->show > s->move)
        return lsnn_fail(err, LSNN_CONFIG, "task.%s: %g ms are more than a move of %g ms",
                         s->decide > s->move ? "decide" : "show", s->decide > s->move ? p->decide : p->show, p->move);
    if (n_steps < s->move || n_steps_test < s->move)
        return lsnn_fail(err, LSNN_CONFIG, "task.%s: an episode must hold a move of %g ms",
                         n_steps < s->move ? "episode" : "test_episode", p->move);
    TRY(take_places(s, p, host, err));
    s->moved = p->places;
    s->told = s->moved + N_MOVED;
    *shape = (lsnn_shape){.n_in = s->told + N_TOLD,
                          .n_out = N_AXES,
                          .n_steps = n_steps,
                          .n_steps_test = n_steps_test,
                          .n_questions = (n_steps > n_steps_test ? n_steps : n_steps_test) / s->move,
                          .n_given = N_AXES,
                          .analog = true};
    return LSNN_OK;
}

static double length(double x, double y)
{
    return sqrt(x * x + y * y);
}

static double distance(place a, place b)
{
    return length(a.x - b.x, a.y - b.y);
}

static place in_arena(lsnn_random *stream)
{
    place at;
    do
        at = (place){2 * lsnn_random_uniform(stream) - 1, 2 * lsnn_random_uniform(stream) - 1};
    while (length(at.x, at.y) > 1);
    return at;
}

static place start(const navigation_parameters *p, lsnn_random *stream, place goal)
{
    place at;
    do
        at = in_arena(stream);
    while (distance(at, goal) <= p->goal);
    return at;
}

/* Where the agent was at a question, and where the goal lies. */
static place given(const lsnn_trial *trial, int q)
{
    return (place){trial->given[q * N_AXES + X], trial->given[q * N_AXES + Y]};
}

static place goal_of(const lsnn_trial *trial)
{
    const real *target = trial->target + trial->questions[0].start * N_AXES;
    return (place){target[X], target[Y]};
}

/* An action, no longer than 1. */
static place limited(const real *action)
{
    const double x = (double)action[X], y = (double)action[Y], too_long = fmax(length(x, y), 1);
    return (place){x / too_long, y / too_long};
}

typedef struct arrival {
    place moved, at;
    bool wall, found;
    double nearer; /* by how much */
} arrival;

static arrival answer_to(const navigation_parameters *p, const lsnn_trial *trial, int q)
{
    const place from = given(trial, q);
    arrival a = {.moved = limited(trial->answers + q * N_AXES)};
    a.at = (place){from.x + p->speed * a.moved.x, from.y + p->speed * a.moved.y};
    const double radius = length(a.at.x, a.at.y);
    a.wall = radius > 1;
    if (a.wall) a.at = (place){a.at.x / radius, a.at.y / radius};
    const double left = distance(a.at, goal_of(trial));
    a.found = left <= p->goal;
    a.nearer = distance(from, goal_of(trial)) - left;
    return a;
}

static void show(const navigation_state *s, lsnn_trial *trial, int cell, int from, double value)
{
    for (int t = from; t < from + s->show && t < trial->n_steps; t++)
        trial->analog[(size_t)t * (size_t)trial->shape.n_in + (size_t)cell] = (real)value;
}

static void show_place(const navigation_state *s, const navigation_parameters *p, lsnn_trial *trial, place at, int from)
{
    for (int cell = 0; cell < p->places; cell++) {
        const double d = distance(at, s->preferred[cell]) / p->sigma;
        if (d <= 2.5) show(s, trial, cell, from, exp(-d * d / 2));
    }
}

/* The agent is at a place from a step on, and is asked for the next move. */
static void ask(const navigation_state *s, const navigation_parameters *p, lsnn_trial *trial, place at, place goal,
                int from)
{
    const int q = trial->n_questions, to = from + s->move, asked = to - s->decide;
    if (to > trial->n_steps) return;
    show_place(s, p, trial, at, from);
    lsnn_trial_ask(trial, asked, to, 0);
    trial->given[q * N_AXES + X] = at.x;
    trial->given[q * N_AXES + Y] = at.y;
    trial->target[asked * N_AXES + X] = (real)goal.x;
    trial->target[asked * N_AXES + Y] = (real)goal.y;
}

static void navigation_draw(const void *state, const void *parameters, const lsnn_draw *draw, lsnn_trial *trial)
{
    lsnn_random stream = lsnn_draw_stream(draw);
    const place goal = in_arena(&stream), first = start(parameters, &stream, goal);
    ask(state, parameters, trial, first, goal, 0);
}

static void tell(const navigation_state *s, lsnn_trial *trial, const arrival *a, int from)
{
    show(s, trial, s->moved, from, fmax(a->moved.x, 0));
    show(s, trial, s->moved + 1, from, fmax(-a->moved.x, 0));
    show(s, trial, s->moved + 2, from, fmax(a->moved.y, 0));
    show(s, trial, s->moved + 3, from, fmax(-a->moved.y, 0));
    show(s, trial, s->told, from, a->found);
    show(s, trial, s->told + 1, from, a->wall);
}

static double navigation_act(const void *state, const void *parameters, const lsnn_draw *draw, lsnn_trial *trial,
                             lsnn_random *chance)
{
    const navigation_state *s = state;
    const navigation_parameters *p = parameters;
    const int q = trial->n_questions - 1, now = trial->questions[q].stop;
    const arrival a = answer_to(p, trial, q);
    const place goal = goal_of(trial);
    (void)draw;
    tell(s, trial, &a, now);
    if (a.found) {
        show_place(s, p, trial, a.at, now);
        ask(s, p, trial, start(p, chance, goal), goal, now + s->stay);
    } else {
        ask(s, p, trial, a.at, goal, now);
    }
    return (a.found ? 1 : 0) - (a.wall ? p->wall : 0) + p->nearer * a.nearer;
}

/* length: NULL, or [n_questions]. Returns the number of goals reached. */
static int navigation_rounds(const void *state, const void *parameters, const lsnn_trial *trial, double *length)
{
    int n = 0, moves = 0;
    (void)state;
    for (int q = 0; q < trial->n_questions; q++) {
        moves++;
        if (!answer_to(parameters, trial, q).found) continue;
        if (length) length[n] = moves;
        n++;
        moves = 0;
    }
    return n;
}

static double navigation_score(const void *state, const void *parameters, const lsnn_trial *trial, const real *pooled)
{
    (void)pooled;
    return 1.0 / (1 + navigation_rounds(state, parameters, trial, NULL));
}

const lsnn_task lsnn_task_l2l_navigation = {
    .name = "l2l_navigation",
    .doc =
        "An agent moves in a circular arena of radius 1, where each episode hides a goal at another place. It finds\n"
        "it by getting there: a reward of 1, and a new random start; the goal stays. Input: values of place cells,\n"
        "of the last move, and whether it met the goal or the wall. Two readouts are the mean of the next move, a\n"
        "Gaussian, a third is the value: loss actor_critic. The error is 1 / (1 + goals reached). A round is a way to\n"
        "the goal, its length the number of moves. After Bellec et al. 2018, NeurIPS, section 4.",
    .fields = fields,
    .size = sizeof(navigation_parameters),
    .state_size = sizeof(navigation_state),
    .open = navigation_open,
    .draw = navigation_draw,
    .score = navigation_score,
    .act = navigation_act,
    .rounds = navigation_rounds,
};
