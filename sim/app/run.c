/* Verbs run and resume. */
#include "processors.h"
#include "session.h"
#include "simulate.h"
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

static lsnn_status go_on(session **out, verb_options *options, int argc, char **argv, arena *a, lsnn_error *err)
{
    const char *command, *config, *folder;
    experiment *e;
    TRY(join(&command, argc, argv, a, err));
    TRY(verb_parse(options, &verb_resume, argc, argv, "jqvJ", a, err));
    if (options->n_words != 1)
        return lsnn_fail(err, LSNN_USAGE, "resume takes the folder of a run, and no changes of its config");
    folder = options->words[0];
    TRY(arena_format(a, &config, err, "%s/config.yaml", folder));
    if (access(config, F_OK) != 0)
        return lsnn_fail(err, LSNN_DATA, "%s is not the folder of a run: there is no config.yaml in it", folder);
    options->words[0] = config;
    processors_bind(verb_threads(options));
    TRY(verb_load(&e, options, a, err));
    if (e->simulation.engine != ENGINE_NONE)
        return lsnn_fail(err, LSNN_DATA, "%s is a simulation: only trainings are resumed; run its config.yaml", folder);
    return session_resume(out, e, options, folder, command, err);
}

static lsnn_status conduct(session *s, const verb_options *options, lsnn_error *err)
{
    TRY(session_train(s, err));
    session_summary(s, options->json);
    return LSNN_OK;
}

static lsnn_status run_config(int argc, char **argv, arena *a, lsnn_error *err)
{
    const char *command;
    verb_options options;
    experiment *e;
    session *s = NULL;
    TRY(join(&command, argc, argv, a, err));
    TRY(verb_parse(&options, &verb_run, argc, argv, "ojqvJ", a, err));
    processors_bind(verb_threads(&options));
    TRY(verb_load(&e, &options, a, err));
    if (e->simulation.engine != ENGINE_NONE) return simulate_run(e, &options, command, err);
    lsnn_status status = session_new(&s, e, &options, command, err);
    if (status == LSNN_OK) status = conduct(s, &options, err);
    session_free(s);
    return status;
}

static lsnn_status resume_folder(int argc, char **argv, arena *a, lsnn_error *err)
{
    verb_options options;
    session *s = NULL;
    lsnn_status status = go_on(&s, &options, argc, argv, a, err);
    if (status == LSNN_OK) status = conduct(s, &options, err);
    session_free(s);
    return status;
}

static int with_arena(lsnn_status (*what)(int, char **, arena *, lsnn_error *), int argc, char **argv)
{
    lsnn_error err = {0};
    arena *a = NULL;
    lsnn_status status = arena_new(&a, &err);
    if (status == LSNN_OK) status = what(argc, argv, a, &err);
    arena_free(a);
    return status == LSNN_OK ? 0 : verb_failed(&err);
}

static int run(int argc, char **argv)
{
    return with_arena(run_config, argc, argv);
}

static int resume(int argc, char **argv)
{
    return with_arena(resume_folder, argc, argv);
}

const verb verb_run = {
    .name = "run",
    .summary = "train or simulate a network as a config says",
    .synopsis = "CONFIG [KEY=VALUE...] [-o DIR] [-j THREADS] [-q] [-v] [--json]",
    .help =
        "Reads a YAML file, builds the network, trains it on the task and writes a folder\n"
        "runs/<experiment>/<time>-<seed>/ with\n"
        "  run.h5          spikes (SONATA layout), recorded variables and weights, metrics\n"
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
