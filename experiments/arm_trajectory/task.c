/* An arm of two joints learns a movement from one demonstration.
 * Scherr, Stoeckl & Maass 2020, bioRxiv 2020.01.29.923623; targets and sizes as in the code of arXiv 2405.05141. */
#include "lsnn/task.h"

#include <math.h>
#include <string.h>

enum { JOINTS = 2, MOST_STEPS = 10000 };
enum { SHOWS_PLACE, SHOWS_VELOCITY, SHOWS_BOTH };
enum { CODE_ANALOG, CODE_POPULATION, CODE_BINARY };

typedef struct arm_parameters {
    double duration, clock_interval, pace, delta, smooth, limit;
    int clock_cells, shows, code, bits, copies, cells;
    double rate, velocity, place;
    lsnn_reals links, posture;
} arm_parameters;

typedef struct arm_state {
    int n_steps, clock_interval, n_window, n_numbers, n_coded;
    double unit[4]; /* of each number */
    double sum, p_peak;
    double *window; /* [n_window] Hann */
} arm_state;

#define AT(member) offsetof(arm_parameters, member)
static const lsnn_field fields[] = {
    {"duration", LSNN_REAL, AT(duration), "250 ms", "ms", 0, 1e6, true, NULL,
     "length of the movement, and so of a trial"},
    {"clock_cells", LSNN_INT, AT(clock_cells), "5", NULL, 1, 1000, false, NULL,
     "cells of the task's input; they are active one after the other, each for the same time"},
    {"clock_interval", LSNN_REAL, AT(clock_interval), "10 ms", "ms", 0, 1e6, true, NULL,
     "between the spikes of an active cell"},
    {"pace", LSNN_REAL, AT(pace), "0.01", "s", 0, 100, true, NULL, "how long the arm moves in a step of the network"},
    {"delta", LSNN_REAL, AT(delta), "1", NULL, 0, 1000, true, NULL,
     "joint velocities are Brownian: their standard deviation after a second of the arm, rad/s"},
    {"smooth", LSNN_REAL, AT(smooth), "120 ms", "ms", 0, 1e6, true, NULL,
     "length of the Hann window that smoothes them"},
    {"limit", LSNN_REAL, AT(limit), "3.141592653589793", NULL, 0, 1000, true, NULL, "largest velocity, rad/s"},
    {"links", LSNN_REALS, AT(links), "[0.5, 0.5]", NULL, 0, 1000, true, NULL, "lengths of upper arm and forearm, m"},
    {"posture", LSNN_REALS, AT(posture), "[0, 1.5707963267948966]", NULL, -1000, 1000, false, NULL,
     "joint angles at the start, rad; the second counts from the direction of the upper arm"},
    {"shows", LSNN_CHOICE, AT(shows), "place", NULL, 0, 0, false, "place|velocity|both",
     "what the source `demonstration` shows of the wanted movement: both coordinates of the end effector, of largest "
     "reach 1, the velocities of both joints, of which `limit` is 1, or all four"},
    {"code", LSNN_CHOICE, AT(code), "analog", NULL, 0, 0, false, "analog|population|binary",
     "how it shows a number in -1 .. 1: as a value, by cells with preferred numbers, or by cells for each of its bits"},
    {"cells", LSNN_INT, AT(cells), "30", NULL, 2, 10000, false, NULL, "cells of a number (population)"},
    {"rate", LSNN_REAL, AT(rate), "200 Hz", "Hz", 0, 1e6, false, NULL,
     "of a cell at its preferred number (population)"},
    {"bits", LSNN_INT, AT(bits), "16", NULL, 1, 30, false, NULL, "of a number (binary)"},
    {"copies", LSNN_INT, AT(copies), "3", NULL, 1, 100, false, NULL,
     "cells that show a bit: they fire in each step while it is 1"},
    {"velocity", LSNN_REAL, AT(velocity), "1", NULL, 0, INFINITY, false, NULL,
     "loss: task: weight of half the mean squared error of joint velocities, (rad/s)^2"},
    {"place", LSNN_REAL, AT(place), "1", NULL, 0, INFINITY, false, NULL,
     "loss: task: weight of half the mean squared distance of the end effector from its target, m^2"},
    LSNN_END,
};

static lsnn_status arm_open(void *state, const void *parameters, const lsnn_task_host *host, lsnn_shape *shape,
                            lsnn_error *err)
{
    const double pi = 3.14159265358979323846;
    const arm_parameters *p = parameters;
    arm_state *s = state;
    TRY(lsnn_task_steps(&s->n_steps, host, "duration", p->duration, err));
    TRY(lsnn_task_steps(&s->clock_interval, host, "clock_interval", p->clock_interval, err));
    TRY(lsnn_task_steps(&s->n_window, host, "smooth", p->smooth, err));
    TRY(lsnn_task_probability(&s->p_peak, host, "rate", p->rate, err));
    if (s->n_steps > MOST_STEPS || s->n_window > MOST_STEPS)
        return lsnn_fail(err, LSNN_CONFIG, "task.duration and task.smooth: at most %d steps", MOST_STEPS);
    if (p->links.n != JOINTS || p->posture.n != JOINTS)
        return lsnn_fail(err, LSNN_CONFIG, "task.links and task.posture: the arm has two joints");
    const double reach = p->links.values[0] + p->links.values[1];
    s->n_numbers = p->shows == SHOWS_BOTH ? 4 : 2;
    for (int c = 0; c < s->n_numbers; c++)
        s->unit[c] = p->shows == SHOWS_VELOCITY || c >= 2 ? p->limit : reach;
    TRY(host->memory(host, &s->window, (size_t)s->n_window, sizeof *s->window, err));
    for (int k = 0; k < s->n_window; k++)
        s->sum += s->window[k] = 0.5 - 0.5 * cos(2 * pi * (k + 0.5) / s->n_window);
    const int per_number[] = {1, p->cells, p->bits * p->copies};
    s->n_coded = per_number[p->code];
    *shape = (lsnn_shape){.n_in = p->clock_cells,
                          .n_out = JOINTS,
                          .n_steps = s->n_steps,
                          .n_demonstration = s->n_numbers * s->n_coded,
                          .analog_demonstration = p->code == CODE_ANALOG};
    return LSNN_OK;
}

/* ---- the movement ----------------------------------------------------------------------------------------------------- */

/* Brownian velocity under a window, of a path that began at 0 half a window before. */
static void draw_velocity(const arm_state *s, const arm_parameters *p, lsnn_random *stream, int joint, real *target)
{
    const int n = s->n_steps + s->n_window;
    double path[n], v = 0;
    memset(path, 0, sizeof path);
    for (int t = 0; t < n; t++)
        path[t] = v += p->delta * sqrt(p->pace) * lsnn_random_normal(stream);
    for (int t = 0; t < s->n_steps; t++) {
        double sum = 0;
        for (int k = 0; k < s->n_window; k++)
            sum += s->window[k] * path[t + k];
        target[t * JOINTS + joint] = (real)fmax(fmin(sum / s->sum, p->limit), -p->limit);
    }
}

static void turn(const arm_parameters *p, double angle[JOINTS], const real *velocity, double sign)
{
    for (int k = 0; k < JOINTS; k++)
        angle[k] += sign * p->pace * velocity[k];
}

/* Where the end effector is. */
static void reach(const arm_parameters *p, const double angle[JOINTS], double xy[2])
{
    const double *link = p->links.values;
    xy[0] = link[0] * cos(angle[0]) + link[1] * cos(angle[0] + angle[1]);
    xy[1] = link[0] * sin(angle[0]) + link[1] * sin(angle[0] + angle[1]);
}

/* ---- drawing ---------------------------------------------------------------------------------------------------------- */

/* Beyond four widths, the distance of two neighbours each, a cell is silent. */
static void show_population(const arm_state *s, lsnn_trial *shown, lsnn_random *stream, int t, int c, double value)
{
    const double place = (value + 1) / 2 * (s->n_coded - 1);
    const int first = (int)fmax(ceil(place - 4), 0), last = (int)fmin(floor(place + 4), s->n_coded - 1);
    for (int i = first; i <= last; i++) {
        const int cell = c * s->n_coded + i;
        lsnn_trial_bernoulli(shown, stream, cell, cell + 1, t, t + 1, s->p_peak * exp(-(i - place) * (i - place) / 2));
    }
}

static void show_binary(const arm_state *s, const arm_parameters *p, lsnn_trial *shown, int t, int c, double value)
{
    const double share = fmax(fmin((value + 1) / 2, 1), 0);
    const unsigned code = (unsigned)(share * ((1u << p->bits) - 1));
    for (int i = 0; i < p->bits; i++)
        if (code >> i & 1)
            lsnn_trial_run(shown, t, c * s->n_coded + i * p->copies, c * s->n_coded + (i + 1) * p->copies);
}

static void show(const arm_state *s, const arm_parameters *p, lsnn_trial *shown, lsnn_random *stream, int t, int c,
                 double value)
{
    if (p->code == CODE_ANALOG)
        shown->analog[t * s->n_numbers + c] = (real)value;
    else if (p->code == CODE_POPULATION)
        show_population(s, shown, stream, t, c, value);
    else
        show_binary(s, p, shown, t, c, value);
}

static void arm_draw(const void *state, const void *parameters, const lsnn_draw *draw, lsnn_trial *trial)
{
    const arm_parameters *p = parameters;
    const arm_state *s = state;
    lsnn_random stream = lsnn_draw_stream(draw);
    for (int k = 0; k < JOINTS; k++)
        draw_velocity(s, p, &stream, k, trial->target);
    for (int t = 0; t < s->n_steps; t += s->clock_interval)
        lsnn_trial_spike(trial, t, (int)((int64_t)t * p->clock_cells / s->n_steps));
    double angle[JOINTS] = {p->posture.values[0], p->posture.values[1]}, number[2 + JOINTS] = {0};
    for (int t = 0; t < s->n_steps; t++) {
        const real *velocity = trial->target + t * JOINTS;
        turn(p, angle, velocity, 1);
        reach(p, angle, number);
        for (int k = 0; k < JOINTS; k++)
            number[(p->shows == SHOWS_BOTH ? 2 : 0) + k] = p->shows == SHOWS_PLACE ? number[k] : velocity[k];
        for (int c = 0; c < s->n_numbers; c++)
            show(s, p, trial->demonstration, &stream, t, c, number[c] / s->unit[c]);
        trial->weight[t] = 1;
    }
}

/* ---- loss ------------------------------------------------------------------------------------------------------------- */

typedef struct arm_pair {
    double angle[JOINTS], wanted[JOINTS]; /* of the arm and of the target */
} arm_pair;

static void turn_both(const arm_parameters *p, arm_pair *a, const real *y, const real *target, double sign)
{
    turn(p, a->angle, y, sign);
    turn(p, a->wanted, target, sign);
}

/* off: of the end effector from its target, m. The squared distance. */
static double compare(const arm_parameters *p, const arm_pair *a, double off[2])
{
    double here[2], there[2];
    reach(p, a->angle, here);
    reach(p, a->wanted, there);
    off[0] = here[0] - there[0];
    off[1] = here[1] - there[1];
    return off[0] * off[0] + off[1] * off[1];
}

/* dE/dv[t] = w_v (v - v*) + pace sum_s>=t J[s]^T w_p off[s]. The arm's way is gone back by turning it back. */
static void slopes(const arm_parameters *p, arm_pair a, const lsnn_trial *trial, real *y, size_t stride, double unit)
{
    const double *link = p->links.values;
    double pull[JOINTS] = {0}, off[2];
    for (int t = trial->n_steps - 1; t >= 0; t--) {
        real *v = y + (size_t)t * stride, *target = trial->target + t * JOINTS;
        const double weight = unit * trial->weight[t], upper = a.angle[0], both = upper + a.angle[1];
        compare(p, &a, off);
        turn_both(p, &a, v, target, -1);
        const double elbow = link[1] * (cos(both) * off[1] - sin(both) * off[0]);
        pull[1] += weight * p->place * elbow;
        pull[0] += weight * p->place * (elbow + link[0] * (cos(upper) * off[1] - sin(upper) * off[0]));
        for (int k = 0; k < JOINTS; k++)
            v[k] = (real)(weight * p->velocity * (v[k] - target[k]) + p->pace * pull[k]);
    }
}

static double arm_loss(const void *state, const void *parameters, const lsnn_trial *trial, real *y, size_t stride,
                       double scale, double *error)
{
    const arm_parameters *p = parameters;
    const double *start = p->posture.values;
    arm_pair a = {{start[0], start[1]}, {start[0], start[1]}};
    double total = 0, loss = 0, distance = 0, off[2];
    (void)state;
    for (int t = 0; t < trial->n_steps; t++) {
        const real *v = y + (size_t)t * stride, *target = trial->target + t * JOINTS;
        const double weight = trial->weight[t];
        turn_both(p, &a, v, target, 1);
        const double squares = compare(p, &a, off);
        total += weight;
        distance += weight * sqrt(squares);
        loss += weight * p->place * squares / 2;
        for (int k = 0; k < JOINTS; k++)
            loss += weight * p->velocity * (v[k] - target[k]) * (v[k] - target[k]) / 2;
    }
    if (total == 0) total = 1;
    slopes(p, a, trial, y, stride, scale / total);
    *error = distance / total;
    return loss / total;
}

const lsnn_task lsnn_task_arm_trajectory = {
    .name = "arm_trajectory",
    .doc = "An arm of two joints is to move as in a demonstration. The input is a clock, the same in all trials; the\n"
           "source `demonstration` shows where the end effector is in each step of the wanted movement; the readouts "
           "are the\n"
           "joints' velocities in rad/s. Movements are drawn anew for each trial: smoothed Brownian velocities. With\n"
           "`loss: task` the error is the mean distance of the end effector from its target in m.\n"
           "Scherr, Stoeckl & Maass 2020, bioRxiv 2020.01.29.923623; arXiv 2405.05141.",
    .fields = fields,
    .size = sizeof(arm_parameters),
    .state_size = sizeof(arm_state),
    .open = arm_open,
    .draw = arm_draw,
    .loss = arm_loss,
};
