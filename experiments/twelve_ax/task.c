/* 12AX: at each of many symbols the network answers R or L. R is right at an X if the last digit is 1 and the letter
 * of A, B, X, Y before it is an A, and at a Y if they are 2 and B. O'Reilly & Frank 2006, Neural Computation 18:283;
 * Salaj et al. 2021, eLife 10:e65459, with its published code. */
#include "lsnn/task.h"

enum { ONE, TWO, A, B, C, X, Y, Z, N_SYMBOLS };
enum { LEFT, RIGHT };
enum { SYMBOLS, SEQUENCES };

typedef struct twelve_ax_parameters {
    int symbols, cells, error;
    double symbol, rate_on, rate_off;
} twelve_ax_parameters;

typedef struct twelve_ax_state {
    int symbol;         /* in steps */
    double p_on, p_off; /* of a spike in a step */
} twelve_ax_state;

#define AT(member) offsetof(twelve_ax_parameters, member)
static const lsnn_field fields[] = {
    {"symbols", LSNN_INT, AT(symbols), "90", NULL, 1, 100000, false, NULL, "symbols in a trial"},
    {"symbol", LSNN_REAL, AT(symbol), "500 ms", "ms", 0, 1e6, true, NULL, "how long a symbol lasts"},
    {"cells", LSNN_INT, AT(cells), "5", NULL, 1, 100000, false, NULL,
     "input cells for each of the symbols 1, 2, A, B, C, X, Y, Z (in this order)"},
    {"rate_on", LSNN_REAL, AT(rate_on), "200 Hz", "Hz", 0, 1e6, false, NULL, "rate of the cells of the present symbol"},
    {"rate_off", LSNN_REAL, AT(rate_off), "2 Hz", "Hz", 0, 1e6, false, NULL, "rate of all others"},
    {"error", LSNN_CHOICE, AT(error), "symbols", NULL, 0, 0, false, "symbols|sequences",
     "what `error` is the share of: symbols with a wrong answer, or trials with any wrong answer"},
    LSNN_END,
};

static lsnn_status twelve_ax_open(void *state, const void *parameters, const lsnn_task_host *host, lsnn_shape *shape,
                                  lsnn_error *err)
{
    const twelve_ax_parameters *p = parameters;
    twelve_ax_state *s = state;
    int n_steps = 0;
    TRY(lsnn_task_steps(&s->symbol, host, "symbol", p->symbol, err));
    TRY(lsnn_task_trial_steps(&n_steps, (double)p->symbols * s->symbol, err));
    TRY(lsnn_task_probability(&s->p_on, host, "rate_on", p->rate_on, err));
    TRY(lsnn_task_probability(&s->p_off, host, "rate_off", p->rate_off, err));
    *shape = (lsnn_shape){
        .n_in = N_SYMBOLS * p->cells, .n_out = 2, .n_steps = n_steps, .classes = true, .n_questions = p->symbols};
    return LSNN_OK;
}

/* ---- one sequence ------------------------------------------------------------------------------------------------ */

typedef struct sequence {
    const twelve_ax_parameters *p;
    const twelve_ax_state *s;
    lsnn_random *stream;
    lsnn_trial *trial;
    int n;             /* symbols shown so far */
    int digit, letter; /* the last digit; the last of A, B, X, Y since then, -1: none */
} sequence;

static int answer(sequence *q, int symbol)
{
    bool right =
        (symbol == X && q->digit == ONE && q->letter == A) || (symbol == Y && q->digit == TWO && q->letter == B);
    if (symbol == ONE || symbol == TWO) {
        q->digit = symbol;
        q->letter = -1;
    } else if (symbol != C && symbol != Z) {
        q->letter = symbol;
    }
    return right ? RIGHT : LEFT;
}

/* Shows the symbol and asks, unless the trial is full. */
static void show(sequence *q, int symbol)
{
    if (q->n == q->p->symbols) return;
    int cells = q->p->cells, start = q->n++ * q->s->symbol, stop = start + q->s->symbol;
    int first = symbol * cells, last = first + cells;
    lsnn_trial_bernoulli(q->trial, q->stream, 0, first, start, stop, q->s->p_off);
    lsnn_trial_bernoulli(q->trial, q->stream, first, last, start, stop, q->s->p_on);
    lsnn_trial_bernoulli(q->trial, q->stream, last, N_SYMBOLS * cells, start, stop, q->s->p_off);
    lsnn_trial_ask(q->trial, start, stop, answer(q, symbol));
}

static int below(const sequence *q, int n)
{
    return (int)lsnn_random_below(q->stream, (uint32_t)n);
}

/* A and X, or B and Y, with 0 to 6 of C and Z between them. */
static void show_pair(sequence *q, int opens, int closes)
{
    show(q, opens);
    for (int k = below(q, 7); k > 0; k--)
        show(q, below(q, 2) ? C : Z);
    show(q, closes);
}

/* The regular expression [12][ABCXYZ]{1,10}((A[CZ]{0,6}X|B[CZ]{0,6}Y)|([ABC][XYZ])){1,2}, where each choice and each
 * number of repetitions is equally likely. */
static void show_block(sequence *q)
{
    show(q, below(q, 2) ? ONE : TWO);
    for (int k = 1 + below(q, 10); k > 0; k--)
        show(q, A + below(q, 6));
    for (int k = 1 + below(q, 2); k > 0; k--) {
        if (below(q, 2)) {
            show(q, A + below(q, 3));
            show(q, X + below(q, 3));
        } else if (below(q, 2)) {
            show_pair(q, A, X);
        } else {
            show_pair(q, B, Y);
        }
    }
}

static void twelve_ax_draw(const void *state, const void *parameters, const lsnn_draw *draw, lsnn_trial *trial)
{
    lsnn_random stream = lsnn_draw_stream(draw);
    sequence q = {.p = parameters, .s = state, .stream = &stream, .trial = trial, .digit = -1, .letter = -1};
    while (q.n < q.p->symbols)
        show_block(&q);
}

static double twelve_ax_score(const void *state, const void *parameters, const lsnn_trial *trial, const real *pooled)
{
    (void)state;
    const twelve_ax_parameters *p = parameters;
    int wrong = 0, asked = 0;
    for (int k = 0; k < trial->n_questions; k++) {
        if (trial->weight[trial->questions[k].start] == 0) continue; /* outside of the config's window */
        asked++;
        int said = pooled[2 * k + RIGHT] > pooled[2 * k + LEFT] ? RIGHT : LEFT;
        wrong += said != trial->questions[k].label;
    }
    if (asked == 0) return 1;
    return p->error == SEQUENCES ? wrong > 0 : (double)wrong / asked;
}

const lsnn_task lsnn_task_twelve_ax = {
    .name = "twelve_ax",
    .doc = "A sequence of the symbols 1, 2, A, B, C, X, Y, Z; at each the network says L or R. R is right at an X if "
           "the last\n"
           "digit is 1 and the letter before (C and Z do not count) is an A, and at a Y if they are 2 and B; else L. "
           "Input: a\n"
           "group of cells per symbol. Two readouts (L, R) are judged by softmax during each symbol. O'Reilly & Frank "
           "2006,\n"
           "Neural Computation 18:283; Salaj et al. 2021, eLife 10:e65459.",
    .fields = fields,
    .size = sizeof(twelve_ax_parameters),
    .state_size = sizeof(twelve_ax_state),
    .open = twelve_ax_open,
    .draw = twelve_ax_draw,
    .score = twelve_ax_score,
};
