/* Verb sweep. */
#include "sweep.h"
#include "collect.h"
#include "crew.h"
#include "figure_file.h"
#include "files.h"
#include "ranks.h"
#include "sweep_options.h"
#include "sweep_plot.h"
#include "sweep_trial.h"
#include "text.h"
#include <math.h>
#include <omp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_folder(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

static lsnn_status read_config(sweep **out, const sweep_options *options, arena *a, lsnn_error *err)
{
    config_node *root, *block;
    TRY(config_read(&root, a, options->words[0], err));
    block = config_get(root, "sweep");
    if (!block) TRY(config_add(&block, root, a, CONFIG_MAP, "sweep", NULL, CONFIG_FILE, err));
    for (int k = 1; k < options->n_words; k++) {
        bool taken = false;
        if (block->kind == CONFIG_MAP) TRY(space_word(&taken, block, options->words[k], a, err));
        if (!taken) TRY(config_override(root, a, options->words[k], err));
    }
    config_drop_resets(root);
    TRY(files_place(root, options->words[0], a, err));
    return sweep_read(out, root, options->output, &sweep_trial_host, a, err);
}

static lsnn_status load(sweep **out, const sweep_options *options, arena *a, lsnn_error *err)
{
    if (options->n_words < 1)
        return lsnn_fail(err, LSNN_USAGE, "a config or the folder of a sweep is needed; see `lsnn help sweep`");
    if (!is_folder(options->words[0])) return read_config(out, options, a, err);
    if (options->n_words > 1 || options->output)
        return lsnn_fail(err, LSNN_USAGE,
                         "a sweep that was begun goes on as it is: neither values nor -o can be given");
    return sweep_open(out, options->words[0], &sweep_trial_host, a, err);
}

/* ---- running ------------------------------------------------------------------------------------------------------------- */

static lsnn_status retry(sweep *s, log_state *log, lsnn_error *err)
{
    ledger l;
    size_t n;
    bool learned;
    TRY(ledger_new(&l, s, err));
    TRY(plan_learn(&learned, s, &l, err));
    TRY(ledger_retry(&l, &n, err));
    log_say(log, LOG_INFO, "%zu failed trials are tried again", n);
    return LSNN_OK;
}

static lsnn_status prepare(sweep *s, const sweep_options *options, log_state *log, lsnn_error *err)
{
    if (!is_folder(options->words[0])) TRY(sweep_check(s, &sweep_trial_host, err));
    TRY(sweep_prepare(s, err));
    return options->retry ? retry(s, log, err) : LSNN_OK;
}

static volatile sig_atomic_t *rank_stop;

static void stop_rank(int number)
{
    (void)number;
    *rank_stop = 1;
}

/* A rank computes itself; mpirun hands on its signals, and often twice. */
static lsnn_status work_as_rank(sweep *s, const crew_settings *settings, const ranks *r, lsnn_error *err)
{
    static crew_slot slot;
    struct sigaction action = {.sa_handler = stop_rank};
    sigemptyset(&action.sa_mask);
    rank_stop = &slot.stop;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    const size_t first = s->space.n_trials * (size_t)r->own / (size_t)r->n;
    return crew_member_work(s, &sweep_trial_host, settings, first, &slot, err);
}

static lsnn_status report(sweep *s, log_state *log, lsnn_error *err)
{
    ledger l;
    bool learned;
    TRY(ledger_new(&l, s, err));
    TRY(plan_learn(&learned, s, &l, err));
    const collect_count c = collect_status(&l);
    TRY(collect_results(&l, err));
    log_say(log, LOG_INFO, "%zu trials: %zu done, %zu paused, %zu stopped, %zu failed, %zu running elsewhere, %zu left",
            s->space.n_trials, c.done, c.paused, c.stopped, c.failed, c.running, c.left);
    printf("%s/results.csv\n", s->folder);
    if (c.failed == 0) return LSNN_OK;
    return lsnn_fail(err, LSNN_FAILED,
                     "%zu of %zu trials have failed: the column `message` of %s/results.csv says why, --retry repeats "
                     "them",
                     c.failed, s->space.n_trials, s->folder);
}

static lsnn_status run_all(sweep *s, const sweep_options *options, log_state *log, const ranks *r, lsnn_error *err)
{
    crew_settings settings = {
        .n_workers = options->workers, .part = options->part, .parts = options->parts, .log = log};
    const int processors = omp_get_max_threads();
    if (settings.n_workers == 0) settings.n_workers = r->n > 1 ? r->n_here : processors;
    settings.n_threads = options->threads;
    if (settings.n_threads == 0) settings.n_threads = processors / settings.n_workers;
    if (settings.n_threads < 1) settings.n_threads = 1;
    if (r->n > 1) return work_as_rank(s, &settings, r, err);
    return crew_run(s, &sweep_trial_host, &settings, err);
}

static lsnn_status go(const sweep_options *options, arena *a, const ranks *r, lsnn_error *err)
{
    sweep *s = NULL;
    log_state log;
    log_open(&log, r->own == 0 ? options->level : LOG_ERROR, stderr);
    log.counted = log.unit = "trial";
    lsnn_status status = load(&s, options, a, err);
    if (status == LSNN_OK && r->own == 0) status = prepare(s, options, &log, err);
    const lsnn_status first = ranks_follow(status);
    if (status == LSNN_OK && first != LSNN_OK) *err = (lsnn_error){.status = status = first};
    if (status == LSNN_OK) status = run_all(s, options, &log, r, err);
    if (status != LSNN_OK) verb_say(err); /* before any rank ends: mpirun then kills the others */
    const lsnn_status worst = ranks_end(status);
    if (r->own == 0 && status == LSNN_OK && worst == LSNN_OK) TRY(report(s, &log, err));
    if (status == LSNN_OK && worst != LSNN_OK) *err = (lsnn_error){.status = worst};
    return status != LSNN_OK ? status : worst;
}

/* ---- what needs no workers ----------------------------------------------------------------------------------------------- */

static lsnn_status show_space(const sweep_options *options, arena *a, lsnn_error *err)
{
    sweep *s;
    TRY(load(&s, options, a, err));
    TRY(sweep_check(s, &sweep_trial_host, err));
    sweep_print_trials(stdout, s);
    fprintf(stderr, "%zu trials in %s\n", s->space.n_trials, s->folder);
    return LSNN_OK;
}

static lsnn_status queue(sweep_options *options, arena *a, lsnn_error *err)
{
    sweep *s;
    char program[PATH_MAX], path[PATH_MAX];
    log_state log;
    log_open(&log, options->level, stderr);
    const ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n < 0) return lsnn_fail(err, LSNN_INTERNAL, "where this program lies is not known");
    program[n] = '\0';
    TRY(arena_format(a, &options->job.program, err, "%s", program));
    options->job.workers = options->workers > 0 ? options->workers : 1;
    TRY(load(&s, options, a, err));
    TRY(prepare(s, options, &log, err));
    TRY(slurm_write(path, s, &options->job, err));
    if (!options->dry_run) return slurm_submit(path, err);
    printf("%s\n", path);
    return LSNN_OK;
}

static lsnn_status open_ledger(ledger *l, const sweep_options *options, const char *what, arena *a, lsnn_error *err)
{
    sweep *s;
    if (options->n_words < 2 || (options->n_words > 2 && strcmp(what, "plot") != 0))
        return lsnn_fail(err, LSNN_USAGE, "`lsnn sweep %s` takes the folder of a sweep", what);
    bool learned;
    TRY(sweep_open(&s, options->words[1], &sweep_trial_host, a, err));
    TRY(ledger_new(l, s, err));
    return plan_learn(&learned, s, l, err);
}

static lsnn_status status(const sweep_options *options, arena *a, lsnn_error *err)
{
    ledger l;
    char left[32] = "unknown";
    TRY(open_ledger(&l, options, "status", a, err));
    const collect_count c = collect_status(&l);
    if (options->json) {
        printf("{\"trials\": %zu, \"done\": %zu, \"paused\": %zu, \"stopped\": %zu, \"failed\": %zu, \"running\": %zu, "
               "\"left\": %zu, \"seconds_left\": ",
               l.s->space.n_trials, c.done, c.paused, c.stopped, c.failed, c.running, c.left);
        printf(isnan(c.remaining) ? "null}\n" : "%.1f}\n", c.remaining);
        return LSNN_OK;
    }
    if (!isnan(c.remaining)) text_duration(left, c.remaining);
    printf(
        "%zu trials\n  done     %zu\n  paused   %zu\n  stopped  %zu\n  failed   %zu\n  running  %zu\n  left     %zu\n",
        l.s->space.n_trials, c.done, c.paused, c.stopped, c.failed, c.running, c.left);
    if (c.left + c.running > 0) printf("  time     %s\n", left);
    return LSNN_OK;
}

static lsnn_status collect(const sweep_options *options, arena *a, lsnn_error *err)
{
    ledger l;
    TRY(open_ledger(&l, options, "collect", a, err));
    TRY(collect_results(&l, err));
    printf("%s/results.csv\n%s/results.h5\n", l.s->folder, l.s->folder);
    if (!options->group) return LSNN_OK;
    TRY(collect_groups(&l, err));
    printf("%s/groups.csv\n", l.s->folder);
    return LSNN_OK;
}

static lsnn_status plot(const sweep_options *options, arena *a, lsnn_error *err)
{
    enum { COLUMN = 85, PAGE = 174 }; /* mm */
    ledger l;
    figure *f;
    canvas_format format;
    const char *path = options->output, *title;
    if (path) TRY(figure_file_format(&format, path, err));
    TRY(open_ledger(&l, options, "plot", a, err));
    if (!path) TRY(arena_format(a, &path, err, "%s/plot.pdf", l.s->folder));
    TRY(arena_format(a, &title, err, "sweep %s", l.s->name));
    TRY(figure_new(&f, title, COLUMN, a, err));
    TRY(sweep_plot_add(f, &l, options->n_words - 2, options->words + 2, a, err));
    if (f->n_panels > 1) {
        f->width = PAGE;
        f->columns = 2;
    }
    TRY(figure_file_width(&f->width, options->width, err));
    TRY(figure_file_write(f, path, err));
    const collect_count c = collect_status(&l);
    fprintf(stderr, "%zu of %zu trials\n", c.done + c.paused + c.stopped, l.s->space.n_trials);
    printf("%s\n", path);
    return LSNN_OK;
}

/* ---- the verb ------------------------------------------------------------------------------------------------------------ */

static lsnn_status start(int argc, char **argv, arena *a, lsnn_error *err)
{
    sweep_options options;
    ranks r;
    TRY(sweep_options_parse(&options, argc, argv, err));
    const char *word = options.n_words > 0 ? options.words[0] : "";
    if (strcmp(word, "status") == 0) return status(&options, a, err);
    if (strcmp(word, "collect") == 0) return collect(&options, a, err);
    if (strcmp(word, "plot") == 0) return plot(&options, a, err);
    if (options.slurm) return queue(&options, a, err);
    if (options.dry_run) return show_space(&options, a, err);
    TRY(ranks_begin(&r, err));
    return go(&options, a, &r, err);
}

static int run(int argc, char **argv)
{
    lsnn_error err = {0};
    arena *a = NULL;
    lsnn_status status = arena_new(&a, &err);
    if (status == LSNN_OK) status = start(argc, argv, a, &err);
    arena_free(a);
    return status == LSNN_OK ? 0 : verb_failed(&err);
}

const verb verb_sweep = {
    .name = "sweep",
    .summary = "run a config for many values of its settings",
    .synopsis = "CONFIG|DIR [KEY=VALUES...] [options]\n"
                "       lsnn sweep status DIR [--json]\n"
                "       lsnn sweep collect DIR [--group]\n"
                "       lsnn sweep plot DIR [x=KEY] [y=METRIC,...] [hue=KEY] [panel=KEY] [-o FIGURE.pdf|svg|png]",
    .help =
        "Runs a config once for each point of a space of settings, on as many processors as there are, and gives\n"
        "one table.\n\n"
        "  lsnn sweep run.yaml learning.rate=1e-3,1e-2 seed=0..9 -j 8\n"
        "  lsnn sweep run.yaml 'learning.rate=log_uniform(1e-4,1e-1)' draws=50 seed=1,2,3\n\n"
        "On the command line KEY=a,b,c is a list, KEY=a..b a range of whole numbers, KEY=range(...) and the like as\n"
        "below; KEY=VALUE changes the config for all trials. The config's own block says the same and more\n"
        "(`lsnn describe config` lists it all):\n\n"
        "  sweep:\n"
        "    learning.rate: [1e-3, 3e-3, 1e-2]                  # a list; an axis of the grid\n"
        "    seed: 0..4                                         # whole numbers; the last axis varies fastest\n"
        "    task.pause: {range: [500, 1500, 250]}              # first, last, step\n"
        "    populations.alif.beta: {linear: [0, 2, 5]}         # first, last, how many; log: evenly in log\n"
        "    populations.lif.n: {values: [50, 100], zip: size}  # lists with the same zip go together:\n"
        "    populations.alif.n: {values: [50, 100], zip: size} #   two conditions, not four\n"
        "    learning.optimiser.kind: [adam, sgd]               # a parameter may depend on one above it:\n"
        "    learning.optimiser.beta_1: {values: [0.8, 0.9], when: {learning.optimiser.kind: adam}}\n"
        "    learning.clip: {log_uniform: [0.1, 10]}            # drawn; also uniform, integer, log_integer, choice\n"
        "    draws: 20                                          # how often all that is drawn is drawn\n"
        "    sampler: sobol                                     # random, sobol, niederreiter, halton, reverse_halton\n"
        "    sampler_seed: 1                                    # of random, and of searches\n\n"
        "All conditions get the same seeds, so they can be compared in pairs. Every value is built once before the\n"
        "first trial starts. `search: {kind: ..., metric: validation_error}` lets trials learn from each other;\n"
        "`metric` is what they make small, or great with `goal: maximise`:\n"
        "  asha            trials run to `first` iterations; the best 1/`factor` go on to `factor` times as many,\n"
        "                  and so on\n"
        "  median          every `every` iterations (from `after` on) a trial ends that is worse than the median of\n"
        "                  at least `at_least` others\n"
        "  cross_entropy   `generations` of `population` draws, each fitted to the best `elite` of the one before\n"
        "  cma_es, evolution, genetic, annealing, tempering, finite_difference\n"
        "                  the sampler of that name proposes the draws of `generations`, with its own settings beside\n"
        "                  (`lsnn describe cma_es`); it sees each range as -1 to 1, begins in the middle, and moves\n"
        "                  numbers only, no choices\n\n"
        "The folder, sweeps/<experiment> or -o DIR, holds trials.csv (written first: what each trial is), a folder\n"
        "for each trial (config.yaml, metrics.csv; run.h5 if the config records something or is a simulation),\n"
        "results.csv and results.h5 (a row for each trial: settings, seed, status, metrics, time, host, version).\n"
        "`lsnn run DIR/0017/config.yaml` gives a trial's bits again; `lsnn resume DIR/0017` goes on with one that a\n"
        "search has stopped.\n\n"
        "The same command again, or lsnn sweep DIR, goes on after Ctrl-C, SIGTERM, a crash or a power cut: trials\n"
        "that were under way go on from their checkpoints (simulations begin again). Any number of processes on any\n"
        "machines that see the folder can work on it.\n\n"
        "A trial that fails (diverges, say) stops no other. If some have, the last line says how many, and the exit\n"
        "code is 7; the column `message` of results.csv says why.\n\n"
        "  -j N            trials at a time (as many as there are processors), which share out the threads\n"
        "  --threads N     threads of each trial; results do not depend on them\n"
        "  --retry         repeat failed trials\n"
        "  --part K/N      only every N-th trial, from K (0 to N-1) on: for machines that share no folder. Copy\n"
        "                  their folders into one, and collect\n"
        "  --dry-run       check everything and print the trials\n"
        "  -o DIR, -q, -v  folder; say less, more\n\n"
        "  mpirun -n 64 lsnn sweep ...     with a build of `./dev build mpi`: ranks take trials until none is left.\n"
        "                                  MPI ends the job if one is killed: the same command goes on\n"
        "  lsnn sweep ... --slurm          an array job of Slurm whose tasks do the same; --dry-run only writes its\n"
        "                                  script\n"
        "    --array N (10) --at-most N --partition NAME --time T --cpus N (1) --memory M, -j N trials at a time in\n"
        "    a task\n\n"
        "  lsnn sweep status DIR           how many trials are done, failed, running, left; how long it will take\n"
        "  lsnn sweep collect DIR          results.csv and results.h5 of what is done so far\n"
        "  lsnn sweep collect DIR --group  also groups.csv: mean, standard error and number over the seeds\n"
        "  lsnn sweep plot DIR x=learning.rate y=error hue=feedback\n"
        "                                  mean and standard error of a metric over all trials that share x, hue and\n"
        "                                  panel; the trials themselves where x is drawn or itself a metric, "
        "iterations\n"
        "                                  or seconds. y=a,b are panels. Keys may be the end of a setting's path. To\n"
        "                                  DIR/plot.pdf or -o FIGURE.pdf, .svg, .png; --width MM\n",
    .run = run,
};
