/* Learning to learn: sine functions of random amplitude and phase, one per episode. Bellec et al. 2018, NeurIPS, supplement; the
 * family is that of Finn, Abbeel & Levine 2017, ICML (MAML). */
#include "lsnn/episode.h"
#include <math.h>

typedef struct l2l_sines_parameters {
    lsnn_episode_parameters episode;
    double least, most, phase, reach;
} l2l_sines_parameters;

#define AT(member) offsetof(l2l_sines_parameters, member)
static const lsnn_field fields[] = {
    LSNN_EPISODE_FIELDS(l2l_sines_parameters),
    {"least", LSNN_REAL, AT(least), "0.1", NULL, 0, 1e6, false, NULL, "smallest amplitude A"},
    {"most", LSNN_REAL, AT(most), "5", NULL, 0, 1e6, true, NULL, "largest amplitude A"},
    {"phase", LSNN_REAL, AT(phase), "3.141592653589793", NULL, 0, 1e6, false, NULL, "phi is uniform in 0 .. phase"},
    {"reach", LSNN_REAL, AT(reach), "5", NULL, 0, 1e6, true, NULL, "x is uniform in -reach .. reach"},
    LSNN_END,
};

typedef struct l2l_sines_state {
    lsnn_episode episode; /* lsnn_episode_score finds it here */
    double unit;          /* standard deviation of the family: sqrt(E[A^2] / 2) */
} l2l_sines_state;

static lsnn_status l2l_sines_open(void *state, const void *parameters, const lsnn_task_host *host, lsnn_shape *shape,
                                  lsnn_error *err)
{
    const l2l_sines_parameters *p = parameters;
    l2l_sines_state *s = state;
    if (p->least > p->most)
        return lsnn_fail(err, LSNN_CONFIG, "task.least: the smallest amplitude %g is above the largest, %g", p->least,
                         p->most);
    s->unit = sqrt((p->least * p->least + p->least * p->most + p->most * p->most) / 6);
    return lsnn_episode_open(&s->episode, &p->episode, 1, host, shape, err);
}

static void l2l_sines_draw(const void *state, const void *parameters, const lsnn_draw *draw, lsnn_trial *trial)
{
    const l2l_sines_state *s = state;
    const l2l_sines_parameters *p = parameters;
    lsnn_random stream = lsnn_draw_stream(draw);
    const double A = p->least + (p->most - p->least) * lsnn_random_uniform(&stream);
    const double phi = p->phase * lsnn_random_uniform(&stream);
    double before = 0;
    for (int k = 0; k < lsnn_episode_trials(&s->episode, trial); k++) {
        const double x = 2 * lsnn_random_uniform(&stream) - 1, y = A * sin(p->reach * x + phi) / s->unit;
        lsnn_episode_show(&s->episode, trial, &stream, k, &x, before, y);
        before = y;
    }
}

const lsnn_task lsnn_task_l2l_sines = {
    .name = "l2l_sines",
    .doc = "Each episode has a sine y = A sin(x + phi) of its own, A uniform in 0.1 .. 5, phi in 0 .. pi. In each "
           "trial the\n"
           "network sees x (uniform in -5 .. 5) and the y of the trial before, as a population code, and answers y, in "
           "units\n"
           "of the family's standard deviation. The error is the mean squared error of the later trials.\n"
           "Bellec et al. 2018, NeurIPS; Finn, Abbeel & Levine 2017, ICML.",
    .fields = fields,
    .size = sizeof(l2l_sines_parameters),
    .state_size = sizeof(l2l_sines_state),
    .open = l2l_sines_open,
    .draw = l2l_sines_draw,
    .score = lsnn_episode_score,
};
