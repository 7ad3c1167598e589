/* LSTM unit, which does not spike: the baseline that spiking networks are compared with. */
#include "lsnn/sigmoid.h"

typedef struct lstm {
    const double *b_i, *b_f, *b_g, *b_o;
    bool learn_b_i, learn_b_f, learn_b_g, learn_b_o;
} lstm;

enum { INPUT, FORGET, CANDIDATE, OUTPUT, PORTS }; /* ports, trainables, and with 1 added tapes */
enum { C };
enum { DELTA };
enum { H, I, F, G, O, C_BEFORE, TANH_C };

#define BIAS(name, value, doc)                                                                                         \
    {                                                                                                                  \
#name, LSNN_NEURONS, offsetof(lstm, name), value, NULL, -INFINITY, INFINITY, false, NULL, doc                  \
    }
#define SWITCH(name, doc)                                                                                              \
    {                                                                                                                  \
#name, LSNN_BOOL, offsetof(lstm, name), "true", NULL, 0, 0, false, NULL, doc                                   \
    }

static const lsnn_field fields[] = {
    BIAS(b_i, "0", "bias b_i of the input gate at the start"),
    BIAS(b_f, "1", "bias b_f of the forget gate at the start"),
    BIAS(b_g, "0", "bias b_g of the candidate at the start"),
    BIAS(b_o, "0", "bias b_o of the output gate at the start"),
    SWITCH(learn_b_i, "whether b_i is learned"),
    SWITCH(learn_b_f, "whether b_f is learned"),
    SWITCH(learn_b_g, "whether b_g is learned"),
    SWITCH(learn_b_o, "whether b_o is learned"),
    LSNN_END,
};

static const char *prepare(const void *parameters, double dt, int n, double *const constant[])
{
    (void)parameters, (void)dt, (void)n, (void)constant;
    return NULL;
}

LSNN_KERNEL static void step(const lsnn_slice *slice, const void *parameters, const real *restrict current,
                             real *restrict output)
{
    (void)parameters;
    const int n = slice->n;
    const real *restrict I_i = current + INPUT * n, *restrict I_f = current + FORGET * n;
    const real *restrict I_g = current + CANDIDATE * n, *restrict I_o = current + OUTPUT * n;
    const real *restrict b_i = slice->trainable[INPUT], *restrict b_f = slice->trainable[FORGET];
    const real *restrict b_g = slice->trainable[CANDIDATE], *restrict b_o = slice->trainable[OUTPUT];
    real *restrict c = slice->state[C], *restrict h = slice->tape[H];
    real *restrict i = slice->tape[I], *restrict f = slice->tape[F];
    real *restrict g = slice->tape[G], *restrict o = slice->tape[O];
    real *restrict c_before = slice->tape[C_BEFORE], *restrict tanh_c = slice->tape[TANH_C];
#pragma omp simd
    for (int j = 0; j < n; j++) {
        i[j] = lsnn_sigmoid(I_i[j] + b_i[j]);
        f[j] = lsnn_sigmoid(I_f[j] + b_f[j]);
        g[j] = lsnn_tanh(I_g[j] + b_g[j]);
        o[j] = lsnn_sigmoid(I_o[j] + b_o[j]);
        c_before[j] = c[j];
        c[j] = f[j] * c[j] + i[j] * g[j];
        tanh_c[j] = lsnn_tanh(c[j]);
        h[j] = o[j] * tanh_c[j];
        output[j] = h[j];
    }
}

/* delta[t] = dE/dc[t] = f[t+1] delta[t+1] + dE/dh[t] o[t] (1 - tanh(c[t])^2), kept with its factor f. */
LSNN_INLINE void step_back(const lsnn_slice *slice, const real *restrict signal, real *restrict current_adjoint,
                           size_t row)
{
    const int n = slice->n;
    const real *restrict i = slice->tape[I] + row, *restrict f = slice->tape[F] + row;
    const real *restrict g = slice->tape[G] + row, *restrict o = slice->tape[O] + row;
    const real *restrict c_before = slice->tape[C_BEFORE] + row, *restrict tanh_c = slice->tape[TANH_C] + row;
    real *restrict to_i = current_adjoint + INPUT * n, *restrict to_f = current_adjoint + FORGET * n;
    real *restrict to_g = current_adjoint + CANDIDATE * n, *restrict to_o = current_adjoint + OUTPUT * n;
    real *restrict of_b_i = slice->trainable_gradient[INPUT], *restrict of_b_f = slice->trainable_gradient[FORGET];
    real *restrict of_b_g = slice->trainable_gradient[CANDIDATE], *restrict of_b_o = slice->trainable_gradient[OUTPUT];
    real *restrict delta = slice->adjoint[DELTA];
#pragma omp simd
    for (int j = 0; j < n; j++) {
        const real to_c = delta[j] + signal[j] * o[j] * (1 - tanh_c[j] * tanh_c[j]);
        to_i[j] = to_c * g[j] * (i[j] * (1 - i[j]));
        to_f[j] = to_c * c_before[j] * (f[j] * (1 - f[j]));
        to_g[j] = to_c * i[j] * (1 - g[j] * g[j]);
        to_o[j] = signal[j] * tanh_c[j] * (o[j] * (1 - o[j]));
        of_b_i[j] += to_i[j];
        of_b_f[j] += to_f[j];
        of_b_g[j] += to_g[j];
        of_b_o[j] += to_o[j];
        delta[j] = f[j] * to_c;
    }
}

LSNN_KERNEL static void backward(const lsnn_slice *slice, const void *parameters, const lsnn_span *span)
{
    (void)parameters;
    for (int t = span->n_steps - 1; t >= 0; t--)
        step_back(slice, span->signal + (size_t)t * (size_t)span->stride,
                  span->current_adjoint + (size_t)t * (size_t)span->stride, (size_t)t * (size_t)slice->n);
}

static const lsnn_variable states[] = {{"c", NULL, "cell"}, {NULL, NULL, NULL}};
static const lsnn_variable adjoints[] = {{"delta", NULL, "f dE/dc"}, {NULL, NULL, NULL}};
static const lsnn_variable tapes[] = {{"h", NULL, "output"},       {"i", NULL, "input gate"},
                                      {"f", NULL, "forget gate"},  {"g", NULL, "candidate"},
                                      {"o", NULL, "output gate"},  {"c_before", NULL, "c of the step before"},
                                      {"tanh_c", NULL, "tanh(c)"}, {NULL, NULL, NULL}};
static const char *const constants[] = {NULL};
static const lsnn_trainable trainable[] = {
    {"b_i", false}, {"b_f", false}, {"b_g", false}, {"b_o", false}, {NULL, false}};

const lsnn_model lsnn_model_lstm = {
    .name = "lstm",
    .doc =
        "LSTM unit, non-spiking (Hochreiter & Schmidhuber 1997; forget gate: Gers, Schmidhuber & Cummins 2000):\n"
        "  i = sigmoid(I_i + b_i)    f = sigmoid(I_f + b_f)    g = tanh(I_g + b_g)    o = sigmoid(I_o + b_o)\n"
        "  c[t] = f[t] c[t-1] + i[t] g[t]        h[t] = o[t] tanh(c[t])\n"
        "Each unit has four currents: a projection to n units has 4 n targets, those of i first, then f, g, o. Units\n"
        "send h to each other (also to themselves), a step later, and to readouts. Learns by bptt only.",
    .spiking = false,
    .hidden = true,
    .n_ports = PORTS,
    .fields = fields,
    .size = sizeof(lstm),
    .states = states,
    .adjoints = adjoints,
    .tapes = tapes,
    .constants = constants,
    .trainable = trainable,
    .prepare = prepare,
    .step = step,
    .backward = backward,
};
