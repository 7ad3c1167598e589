/* Evidence accumulation: cues arrive on the left or the right; after a pause the network has to say which side had more.
 * Bellec et al. 2020, Nature Communications 11:3625, figure 3; after the task of Morcos & Harvey 2016. */
#include "lsnn/task.h"

enum { LEFT, RIGHT, RECALL, BACKGROUND, N_GROUPS };

typedef struct evidence_parameters {
    int cues, cells;
    double cue, gap, pause, recall;
    double cue_rate, recall_rate, background_rate;
    double probability;
} evidence_parameters;

typedef struct evidence_state {
    int cue, gap, recall, n_steps;        /* in steps */
    double p_cue, p_recall, p_background; /* of a spike in a step */
} evidence_state;

#define AT(member) offsetof(evidence_parameters, member)
static const lsnn_field fields[] = {
    {"cues", LSNN_INT, AT(cues), "7", NULL, 1, 1001, false, NULL, "number of cues; odd, so that one side has more"},
    {"cue", LSNN_REAL, AT(cue), "100 ms", "ms", 0, 1e6, true, NULL, "how long a cue lasts"},
    {"gap", LSNN_REAL, AT(gap), "50 ms", "ms", 0, 1e6, false, NULL, "silence before each cue"},
    {"pause", LSNN_REAL, AT(pause), "1050 ms", "ms", 0, 1e6, false, NULL,
     "silence from the last cue to the recall period"},
    {"recall", LSNN_REAL, AT(recall), "150 ms", "ms", 0, 1e6, true, NULL,
     "how long the recall signal lasts; in this time the answer is judged"},
    {"cells", LSNN_INT, AT(cells), "10", NULL, 1, 100000, false, NULL,
     "input cells in each of the groups left, right, recall, background (in this order)"},
    {"cue_rate", LSNN_REAL, AT(cue_rate), "40 Hz", "Hz", 0, 1e6, false, NULL, "Poisson rate of a side during its cue"},
    {"recall_rate", LSNN_REAL, AT(recall_rate), "40 Hz", "Hz", 0, 1e6, false, NULL,
     "Poisson rate of the recall group in the recall period"},
    {"background_rate", LSNN_REAL, AT(background_rate), "10 Hz", "Hz", 0, 1e6, false, NULL,
     "Poisson rate of the background group, always on"},
    {"probability", LSNN_REAL, AT(probability), "0.7", NULL, 0.5, 1, false, NULL,
     "probability that a cue is on the likely side of its trial"},
    LSNN_END,
};

static lsnn_status evidence_open(void *state, const void *parameters, const lsnn_task_host *host, lsnn_shape *shape,
                                 lsnn_error *err)
{
    const evidence_parameters *p = parameters;
    evidence_state *s = state;
    if (p->cues % 2 == 0)
        return lsnn_fail(err, LSNN_CONFIG, "task.cues: %d cues can be divided equally between the sides; use %d or %d",
                         p->cues, p->cues - 1, p->cues + 1);
    int pause = 0;
    TRY(lsnn_task_steps(&s->cue, host, "cue", p->cue, err));
    TRY(lsnn_task_steps(&s->gap, host, "gap", p->gap, err));
    TRY(lsnn_task_steps(&pause, host, "pause", p->pause, err));
    TRY(lsnn_task_steps(&s->recall, host, "recall", p->recall, err));
    TRY(lsnn_task_probability(&s->p_cue, host, "cue_rate", p->cue_rate, err));
    TRY(lsnn_task_probability(&s->p_recall, host, "recall_rate", p->recall_rate, err));
    TRY(lsnn_task_probability(&s->p_background, host, "background_rate", p->background_rate, err));

    double cues = (double)p->cues * ((double)s->gap + s->cue);
    TRY(lsnn_task_trial_steps(&s->n_steps, cues + pause + s->recall, err));
    *shape = (lsnn_shape){.n_in = N_GROUPS * p->cells, .n_out = 2, .n_steps = s->n_steps, .classes = true};
    return LSNN_OK;
}

/* The first step of a trial is silent, as in the published code. */
static void fire(lsnn_trial *trial, lsnn_random *stream, int group, int cells, int start, int stop, double p)
{
    lsnn_trial_bernoulli(trial, stream, group * cells, (group + 1) * cells, start > 1 ? start : 1, stop, p);
}

static void evidence_draw(const void *state, const void *parameters, const lsnn_draw *draw, lsnn_trial *trial)
{
    const evidence_parameters *p = parameters;
    const evidence_state *s = state;
    lsnn_random stream = lsnn_draw_stream(draw);
    int likely = lsnn_random_below(&stream, 2) == 0 ? LEFT : RIGHT;
    int other = likely == LEFT ? RIGHT : LEFT;

    int n_right = 0;
    for (int i = 0; i < p->cues; i++) {
        int side = lsnn_random_uniform(&stream) < p->probability ? likely : other;
        int start = i * (s->gap + s->cue) + s->gap;
        n_right += side == RIGHT;
        fire(trial, &stream, side, p->cells, start, start + s->cue, s->p_cue);
    }
    int recall = s->n_steps - s->recall;
    fire(trial, &stream, RECALL, p->cells, recall, s->n_steps, s->p_recall);
    fire(trial, &stream, BACKGROUND, p->cells, 0, s->n_steps, s->p_background);

    trial->label = n_right > p->cues / 2 ? RIGHT : LEFT;
    for (int t = recall; t < s->n_steps; t++)
        trial->weight[t] = 1;
}

const lsnn_task lsnn_task_evidence_accumulation = {
    .name = "evidence_accumulation",
    .doc =
        "Cues arrive one after the other on the left or on the right; after a pause a recall signal asks on which "
        "side\n"
        "there were more. Input: groups of cells for left, right, recall and background, Poisson. Two readouts (left,\n"
        "right) are judged by softmax during the recall signal. Each trial has a likely side; each cue is there with\n"
        "`probability`. Bellec et al. 2020, Nat. Commun. 11:3625, figure 3.",
    .fields = fields,
    .size = sizeof(evidence_parameters),
    .state_size = sizeof(evidence_state),
    .open = evidence_open,
    .draw = evidence_draw,
};
