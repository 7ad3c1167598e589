/* Verb baseline: how well regressions do on the test episodes of a family of functions. */
#include "regression.h"
#include "verb.h"
#include <math.h>

static const struct {
    const char *name;
    regression_kind kind;
    double ridge;
} methods[] = {
    {"linear", REGRESSION_LINEAR, 0},
    {"linear, ridge 0.5", REGRESSION_LINEAR, 0.5},
    {"quadratic, ridge 0.5", REGRESSION_QUADRATIC, 0.5},
};
enum { N_METHODS = sizeof methods / sizeof *methods };

/* Means over the episodes, by a question's number; standard errors of these. */
typedef struct baseline {
    int n_questions;
    double episodes;
    double *mean[N_METHODS], *sem[N_METHODS];
} baseline;

static lsnn_status add_episode(baseline *b, const lsnn_trial *trial, double *y, double *error, lsnn_error *err)
{
    for (int q = 0; q < b->n_questions; q++)
        y[q] = (double)trial->target[(size_t)trial->questions[q].start];
    for (int m = 0; m < N_METHODS; m++) {
        TRY(regression_course(error, methods[m].kind, methods[m].ridge, b->n_questions, trial->shape.n_given,
                              trial->given, y, err));
        for (int q = 0; q < b->n_questions; q++) {
            b->mean[m][q] += error[q];
            b->sem[m][q] += error[q] * error[q];
        }
    }
    return LSNN_OK;
}

static void conclude(baseline *b)
{
    const double n = b->episodes;
    for (int m = 0; m < N_METHODS; m++)
        for (int q = 0; q < b->n_questions; q++) {
            const double mean = b->mean[m][q] / n;
            b->sem[m][q] = sqrt(fmax(0, b->sem[m][q] / n - mean * mean) / fmax(1, n - 1));
            b->mean[m][q] = mean;
        }
}

static lsnn_status compute(baseline *b, experiment *e, lsnn_error *err)
{
    tape *tp = e->trainer->tapes[0];
    double *y, *error;
    *b = (baseline){.episodes = (double)e->test_trials};
    const size_t most = (size_t)e->shape.n_questions;
    TRY(arena_take(e->memory, &y, most, sizeof *y, err));
    TRY(arena_take(e->memory, &error, most, sizeof *error, err));
    for (int m = 0; m < N_METHODS; m++) {
        TRY(arena_take(e->memory, &b->mean[m], most, sizeof(double), err));
        TRY(arena_take(e->memory, &b->sem[m], most, sizeof(double), err));
    }
    for (int64_t i = 0; i < e->test_trials; i++) {
        input_draw(e->trainer, tp, LSNN_TEST, (uint64_t)i);
        b->n_questions = tp->trial->n_questions;
        TRY(add_episode(b, tp->trial, y, error, err));
    }
    conclude(b);
    return LSNN_OK;
}

static void print_csv(const baseline *b)
{
    printf("trial");
    for (int m = 0; m < N_METHODS; m++)
        printf(",\"%s\",sem", methods[m].name);
    for (int q = 0; q < b->n_questions; q++) {
        printf("\n%d", q + 1);
        for (int m = 0; m < N_METHODS; m++)
            printf(",%.6g,%.3g", b->mean[m][q], b->sem[m][q]);
    }
    printf("\n");
}

static double mean_from(const double *error, int from, int to)
{
    double sum = 0;
    for (int q = from; q < to; q++)
        sum += error[q];
    return sum / (to - from);
}

static void print_table(const baseline *b)
{
    static const int shown[] = {1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000};
    const int n = b->n_questions, from = n > 20 ? 20 : 0;
    printf("mean squared error by trial, over %.0f test episodes\n%-22s", b->episodes, "trial");
    for (size_t k = 0; k < sizeof shown / sizeof *shown && shown[k] <= n; k++)
        printf("%8d", shown[k]);
    printf("   mean %d-%d\n", from + 1, n);
    for (int m = 0; m < N_METHODS; m++) {
        printf("%-22s", methods[m].name);
        for (size_t k = 0; k < sizeof shown / sizeof *shown && shown[k] <= n; k++)
            printf("%8.3f", b->mean[m][shown[k] - 1]);
        printf("%11.3f\n", mean_from(b->mean[m], from, n));
    }
}

static lsnn_status run_config(int argc, char **argv, arena *a, lsnn_error *err)
{
    verb_options options;
    experiment *e;
    baseline b;
    TRY(verb_parse(&options, &verb_baseline, argc, argv, "C", a, err));
    TRY(verb_load(&e, &options, a, err));
    if (e->simulation.engine != ENGINE_NONE || e->shape.n_given == 0 || e->shape.n_out != 1)
        return lsnn_fail(err, LSNN_CONFIG, "baselines are there for tasks of learning functions, like l2l_regression");
    if (e->test_trials == 0) return lsnn_fail(err, LSNN_CONFIG, "test.trials: there are none");
    TRY(compute(&b, e, err));
    (options.csv ? print_csv : print_table)(&b);
    return LSNN_OK;
}

static int run(int argc, char **argv)
{
    lsnn_error err = {0};
    arena *a = NULL;
    lsnn_status status = arena_new(&a, &err);
    if (status == LSNN_OK) status = run_config(argc, argv, a, &err);
    arena_free(a);
    return status == LSNN_OK ? 0 : verb_failed(&err);
}

const verb verb_baseline = {
    .name = "baseline",
    .summary = "regressions on the test episodes of a task of learning functions",
    .synopsis = "CONFIG [KEY=VALUE...] [--csv]",
    .help =
        "For l2l_regression, l2l_sines and other families of functions: the squared error at each trial of the test\n"
        "episodes by regression on the trials before it. Linear features are 1 and x; quadratic ones also the\n"
        "products x_i x_j. Without ridge, least squares, and the shortest solution where there are several. These are\n"
        "the episodes with which a run ends; nothing is trained. With --csv every trial, and standard errors.\n",
    .run = run,
};
