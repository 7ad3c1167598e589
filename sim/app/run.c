/* Verbs run and resume. */
#include "outer.h"
#include "processors.h"
#include "ranks.h"
#include "session.h"
#include "simulate.h"
#include "stop.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The words of the command line, for the record. */
static lsnn_status join(const char **out, int argc, char **argv, arena *a, lsnn_error *err)
{
    const char *all = "lsnn";
    for (int k = 0; k < argc; k++)
        TRY(arena_format(a, &all, err, "%s %s", all, argv[k]));
    *out = all;
    return LSNN_OK;
}

/* What a process has to do. */
typedef struct job {
    ranks ranks;
    verb_options options;
    const char *command;
    const char *folder; /* of the run to go on with; NULL: a new run */
    experiment *e;
} job;

typedef lsnn_status loader(job *j, int argc, char **argv, arena *a, lsnn_error *err);

static lsnn_status load(job *j, arena *a, lsnn_error *err)
{
    const int processors = verb_threads(&j->options);
    if (j->options.threads == 0 && j->ranks.n > 1)
        j->options.threads = processors > j->ranks.n_here ? processors / j->ranks.n_here : 1;
    processors_bind(verb_threads(&j->options));
    TRY(verb_load(&j->e, &j->options, a, err));
    const bool trains = j->e->simulation.engine == ENGINE_NONE;
    if (j->ranks.n > 1 && !(trains && j->e->trainer->outer))
        return lsnn_fail(
            err, LSNN_USAGE,
            "the ranks of an MPI job share the networks of learning.sampler, and this config has none; start "
            "it without mpirun, or many of its kind with: mpirun -n %d lsnn sweep",
            j->ranks.n);
    return LSNN_OK;
}

static lsnn_status load_config(job *j, int argc, char **argv, arena *a, lsnn_error *err)
{
    TRY(verb_parse(&j->options, &verb_run, argc, argv, "ojqvJ", a, err));
    return load(j, a, err);
}

static lsnn_status load_folder(job *j, int argc, char **argv, arena *a, lsnn_error *err)
{
    const char *config;
    TRY(verb_parse(&j->options, &verb_resume, argc, argv, "jqvJ", a, err));
    if (j->options.n_words != 1)
        return lsnn_fail(err, LSNN_USAGE, "resume takes the folder of a run, and no changes of its config");
    j->folder = j->options.words[0];
    TRY(arena_format(a, &config, err, "%s/config.yaml", j->folder));
    if (access(config, F_OK) != 0)
        return lsnn_fail(err, LSNN_DATA, "%s is not the folder of a run: there is no config.yaml in it", j->folder);
    j->options.words[0] = config;
    TRY(load(j, a, err));
    if (j->e->simulation.engine != ENGINE_NONE)
        return lsnn_fail(err, LSNN_DATA, "%s is a simulation: only trainings are resumed; run its config.yaml",
                         j->folder);
    return LSNN_OK;
}

static lsnn_status conduct(const job *j, lsnn_error *err)
{
    session *s = NULL;
    lsnn_status status = j->folder ? session_resume(&s, j->e, &j->options, j->folder, j->command, err)
                                   : session_new(&s, j->e, &j->options, j->command, err);
    if (status == LSNN_OK) status = session_train(s, err);
    if (status == LSNN_OK) session_summary(s, j->options.json);
    session_free(s);
    return status;
}

/* Rank 0 conducts the run, the others evaluate points for it. */
static lsnn_status conduct_together(const job *j, lsnn_error *err)
{
    trainer *t = j->e->trainer;
    stop_as_rank();
    outer_join(t->outer, (outer_company){j->ranks.own, j->ranks.n, ranks_tell, ranks_add});
    if (j->ranks.own > 0) {
        t->stop = stop_catch();
        outer_assist(t->outer);
        return LSNN_OK;
    }
    const lsnn_status status = conduct(j, err);
    outer_dismiss(t->outer);
    return status;
}

static lsnn_status work(const job *j, lsnn_error *err)
{
    if (j->ranks.n > 1) return conduct_together(j, err);
    if (j->e->simulation.engine != ENGINE_NONE) return simulate_run(j->e, &j->options, j->command, err);
    return conduct(j, err);
}

static lsnn_status load_and_work(loader *loads, int argc, char **argv, arena *a, lsnn_error *err)
{
    job j = {.folder = NULL};
    TRY(join(&j.command, argc, argv, a, err));
    TRY(ranks_begin(&j.ranks, err));
    lsnn_status status = loads(&j, argc, argv, a, err);
    const lsnn_status first = ranks_follow(status);
    if (j.ranks.own > 0 && first != LSNN_OK) *err = (lsnn_error){.status = status = first}; /* which says it for all */
    const lsnn_status loaded = ranks_agree(status);
    if (loaded == LSNN_OK) status = work(&j, err);
    if (status != LSNN_OK) verb_say(err); /* before any rank ends: mpirun then kills the others */
    const lsnn_status worst = ranks_end(status);
    if (status == LSNN_OK && worst != LSNN_OK) *err = (lsnn_error){.status = status = worst};
    return status;
}

static int with_arena(loader *loads, int argc, char **argv)
{
    lsnn_error err = {0};
    arena *a = NULL;
    lsnn_status status = arena_new(&a, &err);
    if (status == LSNN_OK) status = load_and_work(loads, argc, argv, a, &err);
    arena_free(a);
    return status == LSNN_OK ? 0 : verb_failed(&err);
}

static int run(int argc, char **argv)
{
    return with_arena(load_config, argc, argv);
}

static int resume(int argc, char **argv)
{
    return with_arena(load_folder, argc, argv);
}

const verb verb_run = {
    .name = "run",
    .summary = "train or simulate a network as a config says",
    .synopsis = "CONFIG [KEY=VALUE...] [-o DIR] [-j THREADS] [-q] [-v] [--json]",
    .help =
        "Reads a YAML file, builds the network, trains it on the task and writes a folder\n"
        "runs/<experiment>/<time>-<seed>/ with\n"
        "  run.h5          spikes (SONATA layout), recorded variables, weights and parameters, metrics\n"
        "  metrics.csv     a line per iteration, to watch while it runs\n"
        "  config.yaml     the config with every default written out\n"
        "  checkpoint.h5   the state; `lsnn resume DIR` goes on from it to the same bits\n"
        "  command.txt, run.log\n\n"
        "  KEY=VALUE       replaces a value of the config: seed=7 populations.alif.beta=1.8\n"
        "  KEY=default     takes the value that KEY has when a config does not give it\n"
        "  -o DIR          folder of the results; it must be new or empty\n"
        "  -j THREADS      threads (OMP_NUM_THREADS, else all processors); does not change results\n"
        "  -q, -v          say less, say more\n"
        "  --json          the summary as one line of JSON\n\n"
        "Ctrl-C and SIGTERM end the run after a checkpoint (exit code 130).\n\n"
        "  mpirun -n 64 lsnn run ...       with a build of `./dev build mpi`: ranks share the networks of each\n"
        "                                  generation (learning.sampler), with the bits of one process. A rank that\n"
        "                                  is killed ends the job, as MPI has it; `lsnn resume` goes on\n\n"
        "A config with `simulation: {engine: grid, time: 1 s}` in place of `task` and `learning` is of one large\n"
        "network that is simulated once, as experiments/balanced_network: the folder then holds run.h5, config.yaml,\n"
        "command.txt and run.log, the summary gives rate, CV of the intervals and synchrony of each population and "
        "the\n"
        "speed. Such a run is not resumed; a signal ends it with what was recorded.\n\n"
        "`lsnn describe config` explains the keys, `lsnn check CONFIG` shows what a config means.\n",
    .run = run,
};

const verb verb_resume = {
    .name = "resume",
    .summary = "go on with a run that was stopped or killed",
    .synopsis = "DIR [-j THREADS] [-q] [-v] [--json]",
    .help = "Goes on from the checkpoint in the folder of a run (DIR/checkpoint.h5, or the one before it if that is\n"
            "damaged). The results are the same bits as those of a run that was never stopped.\n",
    .run = resume,
};
