/* Verb baseline: how well regressions, backpropagation and a network that learned to learn do on the test episodes of a
 * family of functions. */
#include "baseline.h"
#include "figure_file.h"
#include "regression.h"
#include "trained.h"
#include <inttypes.h>
#include <math.h>

static const struct {
    const char *name, *key; /* for readers; in JSON */
    regression_kind kind;
    double ridge;
} learners[BASELINE_LEARNERS] = {
    {"linear", "linear", REGRESSION_LINEAR, 0},
    {"linear, ridge 0.5", "linear_ridge", REGRESSION_LINEAR, 0.5},
    {"quadratic, ridge 0.5", "quadratic_ridge", REGRESSION_QUADRATIC, 0.5},
    [BASELINE_BACKPROP] = {.name = "backprop", .key = "backprop"},
    [BASELINE_NETWORK] = {.name = "the network", .key = "network"},
};

/* Rates of backprop: the one that does best on so many episodes after those of the test is taken. */
static const double rates[] = {0.01, 0.03, 0.1, 0.3};
enum { N_RATES = sizeof rates / sizeof *rates, RATE_EPISODES = 50 };

const char *baseline_name(int learner)
{
    return learners[learner].name;
}

bool baseline_has_network(const baseline *b)
{
    return b->n_learners > BASELINE_NETWORK;
}

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

/* The samples of a test episode; returns its points x. */
static const double *draw(baseline *b, int64_t episode)
{
    trainer *t = b->e->trainer;
    const lsnn_trial *trial = t->tapes[0]->trial;
    input_draw(t, t->tapes[0], LSNN_TEST, (uint64_t)episode);
    b->n_questions = trial->n_questions;
    for (int q = 0; q < b->n_questions; q++)
        b->y[q] = (double)trial->target[(size_t)trial->questions[q].start];
    return trial->given;
}

static void propagate(baseline *b, int64_t episode, double rate, const double *x)
{
    const lsnn_random stream = lsnn_random_stream(b->e->seed, LSNN_BASELINE, (uint64_t)episode, 0);
    backprop_course(b->learner[BASELINE_BACKPROP].error, b->backprop, rate, stream, b->n_questions, x, b->y);
}

static void choose_rate(baseline *b)
{
    double sum[N_RATES] = {0};
    int best = 0;
    for (int64_t episode = b->n_episodes; episode < b->n_episodes + RATE_EPISODES; episode++) {
        const double *x = draw(b, episode);
        for (int r = 0; r < N_RATES; r++) {
            propagate(b, episode, rates[r], x);
            sum[r] += late_mean(b, b->learner[BASELINE_BACKPROP].error);
        }
    }
    for (int r = 1; r < N_RATES; r++)
        if (sum[r] < sum[best]) best = r;
    b->rate = rates[best];
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
    if (baseline_has_network(b)) TRY(trainer_evaluate(t, &m, LSNN_TEST, (uint64_t)first, (uint64_t)n, err));
    for (int k = 0; k < n; k++) {
        const double *x = draw(b, first + k);
        for (int l = 0; l < BASELINE_BACKPROP; l++)
            TRY(regression_course(b->learner[l].error, learners[l].kind, learners[l].ridge, b->n_questions,
                                  b->e->shape.n_given, x, b->y, err));
        propagate(b, first + k, b->rate, x);
        b->learner[BASELINE_NETWORK].error = t->sample_question_error + (size_t)k * (size_t)t->shape.n_questions;
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
    TRY(backprop_new(&b->backprop, b->e->shape.n_given, a, err));
    choose_rate(b);
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

/* Episodes in which the network is better. */
static int64_t wins(const baseline *b, int method)
{
    int64_t n = 0;
    for (int64_t k = 0; k < b->n_episodes; k++)
        n += b->learner[BASELINE_NETWORK].late[k] < b->learner[method].late[k];
    return n;
}

/* The longest unbroken row of trials, counted from 1, at which the network's mean error is below that of a method.
 * 1 .. 0: there is none. */
static void find_below(int *from, int *to, const baseline *b, int method)
{
    *from = 1;
    *to = 0;
    for (int q = 0, start = 1; q < b->n_questions; q++) {
        if (!(b->learner[BASELINE_NETWORK].mean[q] < b->learner[method].mean[q])) {
            start = q + 2;
        } else if (q + 1 - start > *to - *from) {
            *from = start;
            *to = q + 1;
        }
    }
}

static void print_json(const baseline *b)
{
    int from, to;
    printf("{\"experiment\": \"%s\", \"seed\": %" PRIu64 ", \"episodes\": %" PRId64 ", \"trials\": %d", b->e->name,
           b->e->seed, b->n_episodes, b->n_questions);
    printf(", \"first_counted\": %d, \"backprop_rate\": %g", baseline_first_counted(b) + 1, b->rate);
    for (int l = 0; l < b->n_learners; l++) {
        printf(", \"%s\": {\"error\": %.9g", learners[l].key, late_mean(b, b->learner[l].mean));
        if (baseline_has_network(b) && l != BASELINE_NETWORK) {
            find_below(&from, &to, b, l);
            printf(", \"wins\": %" PRId64 ", \"below_from\": %d, \"below_to\": %d", wins(b, l), from, to);
        }
        printf("}");
    }
    printf("}\n");
}

static void print_wins(const baseline *b)
{
    printf("\nepisodes in which the network's mean error over trials %d-%d is smaller than that of\n",
           baseline_first_counted(b) + 1, b->n_questions);
    for (int m = 0; m < BASELINE_METHODS; m++)
        printf("%-22s%8" PRId64 " of %" PRId64 "  (%.1f %%)\n", learners[m].name, wins(b, m), b->n_episodes,
               100 * (double)wins(b, m) / (double)b->n_episodes);
}

static void print_rate(const baseline *b)
{
    printf("\nbackprop at rate %g, the best of", b->rate);
    for (int r = 0; r < N_RATES; r++)
        printf(" %g", rates[r]);
    printf(" on %d further episodes\n", RATE_EPISODES);
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
    print_rate(b);
    if (baseline_has_network(b)) print_wins(b);
}

static lsnn_status run_words(int argc, char **argv, arena *a, lsnn_error *err)
{
    verb_options options;
    experiment *e;
    TRY(verb_parse(&options, &verb_baseline, argc, argv, "joCJ", a, err));
    const bool trained = options.n_words > 0 && trained_is_folder(options.words[0]);
    TRY(trained ? trained_load(&e, &options, a, err) : verb_load(&e, &options, a, err));
    if (e->simulation.engine != ENGINE_NONE || e->shape.n_given == 0 || e->shape.n_out != 1 ||
        e->shape.size[LSNN_TEST] > 0)
        return lsnn_fail(err, LSNN_CONFIG, "baselines are there for tasks of learning functions, like l2l_regression");
    if (e->test_trials == 0) return lsnn_fail(err, LSNN_CONFIG, "test.trials: there are none");
    baseline b = {.e = e, .n_episodes = e->test_trials, .n_learners = trained ? BASELINE_LEARNERS : BASELINE_METHODS};
    canvas_format format = CANVAS_SVG;
    if (options.output) TRY(figure_file_format(&format, options.output, err));
    TRY(compute(&b, err));
    if (options.output) return baseline_plot(&b, options.output, err);
    (options.json ? print_json : options.csv ? print_csv : print_table)(&b);
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
    .summary = "regressions and backprop on the test episodes of functions to learn, against the network of a run",
    .synopsis = "CONFIG [KEY=VALUE...] [--csv | --json | -o FIGURE]\n"
                "       lsnn baseline FOLDER [-j THREADS] [--csv | --json | -o FIGURE]",
    .help =
        "For l2l_regression, l2l_sines and other families of functions: the squared error at each trial of the test\n"
        "episodes of learners that know the trials before it. Regression: linear features are 1 and x; quadratic ones\n"
        "also the products x_i x_j. Without ridge, least squares, and the shortest solution where there are several.\n"
        "Backprop: a network with 10 hidden sigmoid units and a linear output starts each episode from random weights\n"
        "and takes one step of Adam per trial, at the rate of a few that is best on further episodes. These are the\n"
        "episodes with which a run ends; nothing else is trained. With --csv every trial, and standard errors.\n"
        "Of a run's folder, its network as well, as it is after training, and in how many episodes it is better. With\n"
        "-o a figure of all (.pdf, .svg or .png) in place of the table. With --json the mean errors, the episodes won\n"
        "by the network and the longest row of trials, below_from to below_to, at each of which its mean error is\n"
        "below that of the other (1 to 0: at none).\n",
    .run = run,
};
