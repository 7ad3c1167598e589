/* Learning to learn: target networks with two inputs, ten hidden units and one output, drawn anew for each episode.
 * Bellec et al. 2018, NeurIPS, section 4. */
#include "lsnn/episode.h"
#include <math.h>

enum { N_INPUTS = 2, MOST_HIDDEN = 64, GRID = 9 };

typedef struct l2l_regression_parameters {
    lsnn_episode_parameters episode;
    int hidden;
    double hidden_range, output_range;
    bool standardise;
} l2l_regression_parameters;

#define AT(member) offsetof(l2l_regression_parameters, member)
static const lsnn_field fields[] = {
    LSNN_EPISODE_FIELDS(l2l_regression_parameters),
    {"hidden", LSNN_INT, AT(hidden), "10", NULL, 1, MOST_HIDDEN, false, NULL, "hidden units of the target network"},
    {"hidden_range", LSNN_REAL, AT(hidden_range), "5", NULL, 0, 1000, false, NULL,
     "weights and biases of the hidden units are uniform in -hidden_range .. hidden_range"},
    {"output_range", LSNN_REAL, AT(output_range), "1", NULL, 0, 1000, false, NULL, "the same of the output unit"},
    {"standardise", LSNN_BOOL, AT(standardise), "true", NULL, 0, 0, false, NULL,
     "y of each target network is shifted and scaled to mean 0, variance 1 on a grid of 9 x 9 inputs"},
    LSNN_END,
};

typedef struct target_network {
    int n;
    double weight[MOST_HIDDEN][N_INPUTS], bias[MOST_HIDDEN], output_weight[MOST_HIDDEN], output_bias;
    double mean, sd;
} target_network;

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double raw(const target_network *f, const double *x)
{
    double sum = f->output_bias;
    for (int h = 0; h < f->n; h++)
        sum += f->output_weight[h] * sigmoid(f->weight[h][0] * x[0] + f->weight[h][1] * x[1] + f->bias[h]);
    return sigmoid(sum);
}

static double uniform(lsnn_random *stream, double range)
{
    return (2 * lsnn_random_uniform(stream) - 1) * range;
}

static void standardise(target_network *f)
{
    double sum = 0, squares = 0;
    for (int i = 0; i < GRID * GRID; i++) {
        const int row = i / GRID, place = i % GRID;
        const double x[N_INPUTS] = {2.0 * row / (GRID - 1) - 1, 2.0 * place / (GRID - 1) - 1};
        const double y = raw(f, x);
        sum += y;
        squares += y * y;
    }
    f->mean = sum / (GRID * GRID);
    f->sd = sqrt(fmax(squares / (GRID * GRID) - f->mean * f->mean, 1e-12));
}

static void draw_network(target_network *f, const l2l_regression_parameters *p, lsnn_random *stream)
{
    *f = (target_network){.n = p->hidden, .sd = 1};
    for (int h = 0; h < f->n; h++) {
        for (int i = 0; i < N_INPUTS; i++)
            f->weight[h][i] = uniform(stream, p->hidden_range);
        f->bias[h] = uniform(stream, p->hidden_range);
        f->output_weight[h] = uniform(stream, p->output_range);
    }
    f->output_bias = uniform(stream, p->output_range);
    if (p->standardise) standardise(f);
}

static lsnn_status l2l_regression_open(void *state, const void *parameters, const lsnn_task_host *host,
                                       lsnn_shape *shape, lsnn_error *err)
{
    const l2l_regression_parameters *p = parameters;
    return lsnn_episode_open(state, &p->episode, N_INPUTS, host, shape, err);
}

static void l2l_regression_draw(const void *state, const void *parameters, const lsnn_draw *draw, lsnn_trial *trial)
{
    const lsnn_episode *e = state;
    lsnn_random stream = lsnn_draw_stream(draw);
    target_network f;
    double before = 0;
    draw_network(&f, parameters, &stream);
    for (int k = 0; k < lsnn_episode_trials(e, trial); k++) {
        double x[N_INPUTS];
        for (int i = 0; i < N_INPUTS; i++)
            x[i] = uniform(&stream, 1);
        const double y = (raw(&f, x) - f.mean) / f.sd;
        lsnn_episode_show(e, trial, &stream, k, x, before, y);
        before = y;
    }
}

const lsnn_task lsnn_task_l2l_regression = {
    .name = "l2l_regression",
    .doc = "Each episode has a target network y = C(x1, x2) of its own (10 hidden sigmoid units, 1 sigmoid output, "
           "random\n"
           "weights). In each trial the network sees x1, x2 (uniform in -1 .. 1) and the y of the trial before, as a\n"
           "population code, and answers y. The error is the mean squared error of the later trials.\n"
           "Bellec et al. 2018, NeurIPS, section 4.",
    .fields = fields,
    .size = sizeof(l2l_regression_parameters),
    .state_size = sizeof(lsnn_episode),
    .open = l2l_regression_open,
    .draw = l2l_regression_draw,
    .score = lsnn_episode_score,
};
