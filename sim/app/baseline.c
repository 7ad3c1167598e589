/* Verb baseline: how well regressions do on the test episodes of a family of functions, and a network that learns there. */
#include "baseline.h"
#include "figure_file.h"
#include "regression.h"
#include "trained.h"
#include <inttypes.h>
#include <math.h>

static const struct {
    const char *name;
    regression_kind kind;
    double ridge;
} methods[BASELINE_METHODS] = {
    {"linear", REGRESSION_LINEAR, 0},
    {"linear, ridge 0.5", REGRESSION_LINEAR, 0.5},
    {"quadratic, ridge 0.5", REGRESSION_QUADRATIC, 0.5},
};
const char *baseline_name(int learner)
{
    return learner == BASELINE_NETWORK ? "the network" : methods[learner].name;
}

/* The first question that counts for an episode's mean. */
int baseline_first_counted(const baseline *b)
{
    return b->n_questions > 20 ? 20 : 0;
}

static double late_mean(const baseline *b, const double *error)
{
    double sum = 0;
    for (int q = baseline_first_counted(b); q < b->n_questions; q++)
        sum += error[q];
    return sum / (b->n_questions - baseline_first_counted(b));
}

static lsnn_status regress(baseline *b, const lsnn_trial *trial, lsnn_error *err)
{
    for (int q = 0; q < b->n_questions; q++)
        b->y[q] = (double)trial->target[(size_t)trial->questions[q].start];
    for (int m = 0; m < BASELINE_METHODS; m++)
        TRY(regression_course(b->learner[m].error, methods[m].kind, methods[m].ridge, b->n_questions,
                              trial->shape.n_given, trial->given, b->y, err));
    return LSNN_OK;
}

static void add_episode(baseline *b, int64_t episode)
{
    for (int l = 0; l < b->n_learners; l++) {
        const baseline_course *c = &b->learner[l];
        for (int q = 0; q < b->n_questions; q++) {
            c->mean[q] += c->error[q];
            c->sem[q] += c->error[q] * c->error[q];
        }
        c->late[episode] = late_mean(b, c->error);
    }
}

static void conclude(baseline *b)
{
    const double n = (double)b->n_episodes;
    for (int l = 0; l < b->n_learners; l++)
        for (int q = 0; q < b->n_questions; q++) {
            const double mean = b->learner[l].mean[q] / n;
            b->learner[l].sem[q] = sqrt(fmax(0, b->learner[l].sem[q] / n - mean * mean) / fmax(1, n - 1));
            b->learner[l].mean[q] = mean;
        }
}

/* Test episodes first .. first+n-1, at most a batch, whose errors the trainer keeps. */
static lsnn_status compare(baseline *b, int64_t first, int n, lsnn_error *err)
{
    trainer *t = b->e->trainer;
    metrics m;
    if (b->n_learners > BASELINE_NETWORK) TRY(trainer_evaluate(t, &m, LSNN_TEST, (uint64_t)first, (uint64_t)n, err));
    for (int k = 0; k < n; k++) {
        tape *tp = t->tapes[0];
        input_draw(t, tp, LSNN_TEST, (uint64_t)(first + k));
        b->n_questions = tp->trial->n_questions;
        b->learner[BASELINE_NETWORK].error = t->sample_question_error + (size_t)k * (size_t)t->shape.n_questions;
        TRY(regress(b, tp->trial, err));
        add_episode(b, first + k);
    }
    return LSNN_OK;
}

static lsnn_status compute(baseline *b, lsnn_error *err)
{
    arena *a = b->e->memory;
    const size_t most = (size_t)b->e->shape.n_questions;
    const int64_t batch = b->e->trainer->settings.batch, n = b->n_episodes;
    TRY(arena_take(a, &b->y, most, sizeof *b->y, err));
    for (int m = 0; m < BASELINE_METHODS; m++)
        TRY(arena_take(a, &b->learner[m].error, most, sizeof(double), err));
    for (int l = 0; l < b->n_learners; l++) {
        TRY(arena_take(a, &b->learner[l].mean, most, sizeof(double), err));
        TRY(arena_take(a, &b->learner[l].sem, most, sizeof(double), err));
        TRY(arena_take(a, &b->learner[l].late, (size_t)n, sizeof(double), err));
    }
    for (int64_t first = 0; first < n; first += batch)
        TRY(compare(b, first, (int)(n - first < batch ? n - first : batch), err));
    conclude(b);
    return LSNN_OK;
}

static void print_csv(const baseline *b)
{
    printf("trial");
    for (int l = 0; l < b->n_learners; l++)
        printf(",\"%s\",sem", baseline_name(l));
    for (int q = 0; q < b->n_questions; q++) {
        printf("\n%d", q + 1);
        for (int l = 0; l < b->n_learners; l++)
            printf(",%.6g,%.3g", b->learner[l].mean[q], b->learner[l].sem[q]);
    }
    printf("\n");
}

static void print_wins(const baseline *b)
{
    const int64_t n = b->n_episodes;
    printf("\nepisodes in which the network's mean error over trials %d-%d is smaller than that of\n",
           baseline_first_counted(b) + 1, b->n_questions);
    for (int m = 0; m < BASELINE_METHODS; m++) {
        int64_t wins = 0;
        for (int64_t k = 0; k < n; k++)
            wins += b->learner[BASELINE_NETWORK].late[k] < b->learner[m].late[k];
        printf("%-22s%8" PRId64 " of %" PRId64 "  (%.1f %%)\n", methods[m].name, wins, n,
               100 * (double)wins / (double)n);
    }
}

static void print_table(const baseline *b)
{
    static const int shown[] = {1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000};
    const int n = b->n_questions;
    printf("mean squared error by trial, over %" PRId64 " test episodes\n%-22s", b->n_episodes, "trial");
    for (size_t k = 0; k < sizeof shown / sizeof *shown && shown[k] <= n; k++)
        printf("%8d", shown[k]);
    printf("   mean %d-%d\n", baseline_first_counted(b) + 1, n);
    for (int l = 0; l < b->n_learners; l++) {
        printf("%-22s", baseline_name(l));
        for (size_t k = 0; k < sizeof shown / sizeof *shown && shown[k] <= n; k++)
            printf("%8.3f", b->learner[l].mean[shown[k] - 1]);
        printf("%11.3f\n", late_mean(b, b->learner[l].mean));
    }
    if (b->n_learners > BASELINE_NETWORK) print_wins(b);
}

static lsnn_status run_words(int argc, char **argv, arena *a, lsnn_error *err)
{
    verb_options options;
    experiment *e;
    TRY(verb_parse(&options, &verb_baseline, argc, argv, "joC", a, err));
    const bool trained = options.n_words > 0 && trained_is_folder(options.words[0]);
    TRY(trained ? trained_load(&e, &options, a, err) : verb_load(&e, &options, a, err));
    if (e->simulation.engine != ENGINE_NONE || e->shape.n_given == 0 || e->shape.n_out != 1)
        return lsnn_fail(err, LSNN_CONFIG, "baselines are there for tasks of learning functions, like l2l_regression");
    if (e->test_trials == 0) return lsnn_fail(err, LSNN_CONFIG, "test.trials: there are none");
    baseline b = {.e = e, .n_episodes = e->test_trials, .n_learners = trained ? BASELINE_LEARNERS : BASELINE_METHODS};
    canvas_format format = CANVAS_SVG;
    if (options.output) TRY(figure_file_format(&format, options.output, err));
    TRY(compute(&b, err));
    if (options.output) return baseline_plot(&b, options.output, err);
    (options.csv ? print_csv : print_table)(&b);
    return LSNN_OK;
}

static int run(int argc, char **argv)
{
    lsnn_error err = {0};
    arena *a = NULL;
    lsnn_status status = arena_new(&a, &err);
    if (status == LSNN_OK) status = run_words(argc, argv, a, &err);
    arena_free(a);
    return status == LSNN_OK ? 0 : verb_failed(&err);
}

const verb verb_baseline = {
    .name = "baseline",
    .summary = "regressions on the test episodes of a task of learning functions, against the network of a run",
    .synopsis = "CONFIG [KEY=VALUE...] [--csv | -o FIGURE]\n"
                "       lsnn baseline FOLDER [-j THREADS] [--csv | -o FIGURE]",
    .help =
        "For l2l_regression, l2l_sines and other families of functions: the squared error at each trial of the test\n"
        "episodes by regression on the trials before it. Linear features are 1 and x; quadratic ones also the\n"
        "products x_i x_j. Without ridge, least squares, and the shortest solution where there are several. These are\n"
        "the episodes with which a run ends; nothing is trained. With --csv every trial, and standard errors.\n"
        "Of a run's folder, its network as well, as it is after training, and in how many episodes it is better. With\n"
        "-o a figure of both (.pdf, .svg or .png) in place of the table.\n",
    .run = run,
};
