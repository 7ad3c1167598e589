/* Store-recall: a stream of bits; STORE tells to keep the bit that comes with it, RECALL asks for it later.
 * Bellec et al. 2018, NeurIPS, with its published code; Salaj et al. 2021, eLife 10:e65459. */
#include "lsnn/task.h"

enum { BIT, STORE = 2, RECALL, N_GROUPS }; /* groups of input cells: bit 0, bit 1, STORE, RECALL */

/* Where a sequence stands: nothing stored yet; STORE was the last symbol; something is stored; recalled and nothing
 * stored. */
enum { EMPTY, JUST_STORED, HOLDING, RECALLED, N_PHASES };

typedef struct store_recall_parameters {
    int symbols, cells;
    double symbol, delay, rate, distractor;
} store_recall_parameters;

typedef struct store_recall_state {
    int symbol;                /* in steps */
    double p_spike, p_command; /* of a spike in a step; of a STORE or RECALL where it is possible */
    double (*chance)
        [N_PHASES]; /* [symbols + 1]: that a sequence in this phase before symbol t becomes valid, up to a factor */
} store_recall_state;

#define AT(member) offsetof(store_recall_parameters, member)
static const lsnn_field fields[] = {
    {"symbols", LSNN_INT, AT(symbols), "12", NULL, 3, 10000, false, NULL, "symbols in a trial"},
    {"symbol", LSNN_REAL, AT(symbol), "200 ms", "ms", 0, 1e6, true, NULL, "how long a symbol lasts"},
    {"delay", LSNN_REAL, AT(delay), "6", "symbols", 0.01, 10000, false, NULL,
     "expected delay d: after a RECALL each symbol is a STORE, after a STORE a RECALL with probability 1 / (1 + d)"},
    {"distractor", LSNN_REAL, AT(distractor), "0.5", NULL, 0, 1, false, NULL,
     "probability that the bit after a STORE is not the stored one"},
    {"cells", LSNN_INT, AT(cells), "25", NULL, 1, 100000, false, NULL,
     "input cells in each of the groups bit 0, bit 1, STORE, RECALL (in this order)"},
    {"rate", LSNN_REAL, AT(rate), "50 Hz", "Hz", 0, 1e6, false, NULL,
     "Poisson rate of the groups of the present symbol; the others are silent"},
    LSNN_END,
};

/* A sequence is valid if something is recalled, a bit follows each STORE, and a RECALL each STORE. The published code
 * draws sequences until one is valid; the chances, from the last symbol to the first, give the same distribution in
 * one pass. */
static void find_chances(double (*chance)[N_PHASES], int symbols, double p)
{
    chance[symbols][RECALLED] = 1;
    for (int t = symbols - 1; t >= 0; t--) {
        const double *next = chance[t + 1];
        chance[t][EMPTY] = p * next[JUST_STORED] + (1 - p) * next[EMPTY];
        chance[t][JUST_STORED] = (1 - p) * next[HOLDING];
        chance[t][HOLDING] = p * next[RECALLED] + (1 - p) * next[HOLDING];
        chance[t][RECALLED] = p * next[JUST_STORED] + (1 - p) * next[RECALLED];
        const double unit = 1 / chance[t][RECALLED]; /* only ratios are needed, and long products would underflow */
        for (int k = 0; k < N_PHASES; k++)
            chance[t][k] *= unit;
    }
}

static lsnn_status store_recall_open(void *state, const void *parameters, const lsnn_task_host *host, lsnn_shape *shape,
                                     lsnn_error *err)
{
    const store_recall_parameters *p = parameters;
    store_recall_state *s = state;
    int n_steps = 0;
    TRY(lsnn_task_steps(&s->symbol, host, "symbol", p->symbol, err));
    TRY(lsnn_task_trial_steps(&n_steps, (double)p->symbols * s->symbol, err));
    TRY(lsnn_task_probability(&s->p_spike, host, "rate", p->rate, err));
    TRY(host->memory(host, &s->chance, (size_t)p->symbols + 1, sizeof *s->chance, err));
    s->p_command = 1 / (1 + p->delay);
    find_chances(s->chance, p->symbols, s->p_command);
    *shape = (lsnn_shape){
        .n_in = N_GROUPS * p->cells, .n_out = 2, .n_steps = n_steps, .classes = true, .n_questions = p->symbols / 3};
    return LSNN_OK;
}

/* Does symbol t bring the command that leads from one phase to the other? */
static bool commanded(const store_recall_state *s, lsnn_random *stream, int t, int phase, int other)
{
    const double *next = s->chance[t + 1];
    double yes = s->p_command * next[other], no = (1 - s->p_command) * next[phase];
    return lsnn_random_uniform(stream) * (yes + no) < yes;
}

/* What one symbol of a trial shows. */
typedef struct show {
    const store_recall_parameters *p;
    const store_recall_state *s;
    lsnn_random *stream;
    lsnn_trial *trial;
} show;

static void fire(const show *w, int t, int group)
{
    int cells = w->p->cells, start = t * w->s->symbol;
    lsnn_trial_bernoulli(w->trial, w->stream, group * cells, (group + 1) * cells, start, start + w->s->symbol,
                         w->s->p_spike);
}

static void store_recall_draw(const void *state, const void *parameters, const lsnn_draw *draw, lsnn_trial *trial)
{
    lsnn_random stream = lsnn_draw_stream(draw);
    const show w = {parameters, state, &stream, trial};
    int phase = EMPTY, stored = 0;
    for (int t = 0; t < w.p->symbols; t++) {
        int bit = (int)lsnn_random_below(&stream, 2);
        if (phase == JUST_STORED) {
            phase = HOLDING;
            fire(&w, t, BIT + (lsnn_random_uniform(&stream) < w.p->distractor ? 1 - stored : stored));
        } else if (phase == HOLDING && commanded(w.s, &stream, t, phase, RECALLED)) {
            phase = RECALLED;
            fire(&w, t, RECALL);
            lsnn_trial_ask(trial, t * w.s->symbol, (t + 1) * w.s->symbol, stored);
        } else if (phase != HOLDING && commanded(w.s, &stream, t, phase, JUST_STORED)) {
            phase = JUST_STORED;
            stored = bit;
            fire(&w, t, BIT + bit);
            fire(&w, t, STORE);
        } else {
            fire(&w, t, BIT + bit);
        }
    }
}

const lsnn_task lsnn_task_store_recall = {
    .name = "store_recall",
    .doc =
        "A stream of bits, one per symbol. STORE comes together with a bit that is to be kept, RECALL alone asks for "
        "it;\n"
        "they alternate, with a random delay. The symbol after a STORE shows a bit again, often the wrong one. Input:\n"
        "groups of Poisson cells for bit 0, bit 1, STORE and RECALL. Two readouts (bit 0, bit 1) are judged by "
        "softmax\n"
        "during each RECALL. Bellec et al. 2018, NeurIPS; Salaj et al. 2021, eLife 10:e65459.",
    .fields = fields,
    .size = sizeof(store_recall_parameters),
    .state_size = sizeof(store_recall_state),
    .open = store_recall_open,
    .draw = store_recall_draw,
};
