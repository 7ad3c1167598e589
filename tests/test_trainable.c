/* Gradients of the neurons' own parameters against finite differences, on neurons whose spike is smooth: z = Z(v, A) with the
 * surrogate as its derivative, so that the surrogate gradient is the true one. */
#include "parameters.h"
#include "registry.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define STEP 1e-6
#define TOLERANCE 1e-5

enum { N = 5, WIDTH = LSNN_LANES, STEPS = 40 };

typedef struct subject {
    const lsnn_model *model;
    const void *parameters;
    arena *memory;
    int dialect; /* 0, 1, 2 */
    double v_th_before
        [N]; /* the surrogate's scale in eprop2020 stays what it was: its change is not part of the gradient */
    real x[STEPS][N], W[N][N], c[STEPS][N];
    lsnn_slice slice;
    real tape[LSNN_MAX_TAPES][STEPS][WIDTH], gradient[LSNN_MAX_TRAINABLE][WIDTH];
} subject;

static real *column(subject *s)
{
    real *values;
    cr_assert_eq(arena_take(s->memory, &values, WIDTH, sizeof *values, NULL), LSNN_OK);
    return values;
}

static double *values_of(const subject *s, const char *name)
{
    for (const lsnn_field *f = s->model->fields; f->name; f++)
        if (strcmp(f->name, name) == 0) return *(double *const *)((const char *)s->parameters + f->offset);
    return NULL;
}

/* The parameters as they are now, in the slice. */
static void prepare(subject *s)
{
    double *prepared[LSNN_MAX_CONSTANTS], memory[LSNN_MAX_CONSTANTS][N];
    for (int c = 0; s->model->constants[c]; c++)
        prepared[c] = memory[c];
    cr_assert_null(s->model->prepare(s->parameters, 1, N, prepared));
    for (int c = 0; s->model->constants[c]; c++)
        for (int j = 0; j < WIDTH; j++)
            s->slice.constant[c][j] = (real)memory[c][j < N ? j : N - 1];
    for (int l = 0; s->model->trainable[l].name; l++)
        for (int j = 0; j < WIDTH; j++) {
            const double value = values_of(s, s->model->trainable[l].name)[j < N ? j : N - 1];
            s->slice.trainable[l][j] = (real)(s->model->trainable[l].logarithm ? log(value) : value);
        }
}

/* The integral of the triangular surrogate of height 0.3 and half width 1. */
static double smooth_spike(const subject *s, int j, double v, double A)
{
    const double u = s->dialect == 0 ? (v - A) / s->v_th_before[j] : (v - A) / A;
    if (u <= -1) return 0;
    if (u >= 1) return 0.3;
    return u < 0 ? 0.15 * (1 + u) * (1 + u) : 0.3 - 0.15 * (1 - u) * (1 - u);
}

static double run(subject *s)
{
    real current[WIDTH], z[WIDTH] = {0}, v_before[WIDTH], A[WIDTH];
    double E = 0;
    for (int k = 0; s->model->states[k].name; k++)
        memset(s->slice.state[k], 0, WIDTH * sizeof(real));
    s->model->begin(&s->slice, s->parameters);
    for (int t = 0; t < STEPS; t++) {
        for (int j = 0; j < WIDTH; j++) {
            current[j] = j < N ? s->x[t][j] : 0;
            for (int i = 0; i < N && j < N; i++)
                current[j] += s->W[i][j] * z[i];
            v_before[j] = s->slice.state[0][j];
        }
        for (int c = 0; c < LSNN_MAX_TAPES; c++)
            s->slice.tape[c] = s->tape[c][t];
        s->model->step(&s->slice, s->parameters, current, z);
        s->model->derive(&s->slice, s->parameters, 0, A);
        for (int j = 0; j < N; j++) {
            z[j] = (real)smooth_spike(s, j, s->dialect == 2 ? v_before[j] : s->slice.state[0][j], A[j]);
            E += s->c[t][j] * z[j];
        }
    }
    return E;
}

static void run_back(subject *s)
{
    real signal[WIDTH] = {0}, adjoint[WIDTH] = {0};
    for (int k = 0; s->model->adjoints[k].name; k++)
        memset(s->slice.adjoint[k], 0, WIDTH * sizeof(real));
    memset(s->gradient, 0, sizeof s->gradient);
    const lsnn_span span = {.n_steps = 1, .through_reset = true, .signal = signal, .current_adjoint = adjoint};
    for (int t = STEPS - 1; t >= 0; t--) {
        for (int i = 0; i < N; i++) {
            signal[i] = s->c[t][i];
            for (int j = 0; j < N; j++)
                signal[i] += s->W[i][j] * adjoint[j];
        }
        for (int c = 0; c < LSNN_MAX_TAPES; c++)
            s->slice.tape[c] = s->tape[c][t];
        s->model->backward(&s->slice, s->parameters, &span);
    }
    s->model->end(&s->slice, s->parameters);
}

static subject *subject_new(const char *model, const char *dialect, int which, const char *scale)
{
    static const double tau_m[] = {8, 15, 20, 30, 50}, v_th[] = {0.5, 0.7, 1, 0.6, 0.8},
                        tau_a[] = {20, 50, 100, 200, 30};
    static const double beta[] = {0.3, -0.1, 0.5, 0, 0.2}, v_0[] = {0.2, 0, -0.1, 0.4, 0},
                        a_0[] = {0, 0.3, 0.1, 0, 0.5};
    /* Of the dialects with a floor: some thresholds touch it, others do not. */
    static const double floor_of[] = {0.52, 0.68, 1.05, 0.55, 0}, none[5] = {0};
    const parameters_entry list[] = {{.name = "tau_m", .values = tau_m},
                                     {.name = "v_th", .values = v_th},
                                     {.name = "tau_a", .values = tau_a},
                                     {.name = "beta", .values = beta},
                                     {.name = "v_th_min", .values = which > 0 ? floor_of : none},
                                     {.name = "v_0", .values = v_0},
                                     {.name = "a_0", .values = a_0},
                                     {.name = "dialect", .choice = dialect},
                                     {.name = "learn_tau_m", .number = 1},
                                     {.name = "learn_tau_a", .number = 1},
                                     {.name = "learn_beta", .number = 1},
                                     {.name = "learn_v_th", .number = 1},
                                     {.name = "scale_input", .choice = scale},
                                     {.name = "scale_adapt", .choice = scale},
                                     {0}};
    subject *s = calloc(1, sizeof *s);
    lsnn_random stream = lsnn_random_stream(3, LSNN_WEIGHTS, 0, 0);
    s->model = registry_model(model);
    s->dialect = which;
    cr_assert_eq(arena_new(&s->memory, NULL), LSNN_OK);
    cr_assert_eq(parameters_fill(&s->parameters, s->model->fields, s->model->size, N, list, s->memory, NULL), LSNN_OK);
    memcpy(s->v_th_before, v_th, sizeof v_th);
    s->slice.n = WIDTH;
    for (int c = 0; s->model->constants[c]; c++)
        s->slice.constant[c] = column(s);
    for (int k = 0; s->model->states[k].name; k++)
        s->slice.state[k] = column(s);
    for (int k = 0; s->model->adjoints[k].name; k++)
        s->slice.adjoint[k] = column(s);
    for (int l = 0; s->model->trainable[l].name; l++) {
        s->slice.trainable[l] = column(s);
        s->slice.trainable_gradient[l] = s->gradient[l];
    }
    const double gain = strcmp(scale, "leak") == 0 ? 10 : 1;
    for (int t = 0; t < STEPS; t++)
        for (int j = 0; j < N; j++) {
            s->x[t][j] = (real)(gain * 0.3 * lsnn_random_uniform(&stream));
            s->c[t][j] = (real)(lsnn_random_uniform(&stream) - 0.5);
        }
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            s->W[i][j] = (real)(gain * (lsnn_random_uniform(&stream) - 0.5));
    return s;
}

static double difference(subject *s, double *value, bool logarithm)
{
    const double before = *value;
    double E[2];
    for (int side = 0; side < 2; side++) {
        const double step = side ? STEP : -STEP;
        *value = logarithm ? before * exp(step) : before + step;
        prepare(s);
        E[side] = run(s);
    }
    *value = before;
    return (E[1] - E[0]) / (2 * STEP);
}

static void expect_gradients(const char *model, const char *dialect, int which, const char *scale)
{
    if (sizeof(real) < sizeof(double)) cr_skip_test("differences need double precision");
    subject *s = subject_new(model, dialect, which, scale);
    prepare(s);
    run(s);
    run_back(s);
    real gradient[LSNN_MAX_TRAINABLE][WIDTH];
    memcpy(gradient, s->gradient, sizeof gradient);
    for (int l = 0; s->model->trainable[l].name; l++) {
        double largest = 0, found[N];
        for (int j = 0; j < N; j++) {
            found[j] = difference(s, &values_of(s, s->model->trainable[l].name)[j], s->model->trainable[l].logarithm);
            largest = fmax(largest, fabs(found[j]));
        }
        cr_expect_gt(largest, 1e-3, "%s does not matter", s->model->trainable[l].name);
        for (int j = 0; j < N; j++)
            cr_expect_float_eq((double)gradient[l][j], found[j], TOLERANCE * largest,
                               "%s %s %s, %s[%d]: the adjoint says %g, differences %g", model, dialect, scale,
                               s->model->trainable[l].name, j, (double)gradient[l][j], found[j]);
    }
    arena_free(s->memory);
    free(s);
}

#define DIALECT(name, which)                                                                                           \
    Test(trainable, agrees_with_differences_in_##name)                                                                 \
    {                                                                                                                  \
        expect_gradients("lif", #name, which, "none");                                                                 \
        expect_gradients("alif", #name, which, "none");                                                                \
        expect_gradients("alif", #name, which, "leak");                                                                \
    }

DIALECT(eprop2020, 0)
DIALECT(lsnn2018paper, 1)
DIALECT(lsnn2018code, 2)
