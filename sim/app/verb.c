/* What the verbs share: options, loading a config, saying what failed. */
#include "verb.h"
#include "files.h"
#include "learner.h"
#include <getopt.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct option long_options[] = {
    {"output", required_argument, NULL, 'o'},
    {"threads", required_argument, NULL, 'j'},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"json", no_argument, NULL, 'J'},
    {"rule", required_argument, NULL, 'r'},
    {"dry-run", no_argument, NULL, 'n'},
    {"only", required_argument, NULL, 'd'},
    {"measure", required_argument, NULL, 'm'},
    {"population", required_argument, NULL, 'p'},
    {"window", required_argument, NULL, 'w'},
    {"trials", required_argument, NULL, 't'},
    {"by", required_argument, NULL, 'b'},
    {"curve", required_argument, NULL, 'c'},
    {"neurons", required_argument, NULL, 'N'},
    {"to", required_argument, NULL, 'T'},
    {"csv", no_argument, NULL, 'C'},
    {"width", required_argument, NULL, 'W'},
    {"extensions", no_argument, NULL, 'E'},
    {"strokes", required_argument, NULL, 'S'},
    {NULL, 0, NULL, 0},
};

static lsnn_status read_number(int *out, const char *option, const char *what, long most, const char *text,
                               lsnn_error *err)
{
    char *end;
    const long n = strtol(text, &end, 10);
    if (*end || n < 1 || n > most)
        return lsnn_fail(err, LSNN_USAGE, "%s takes a number of %s from 1, not '%s'", option, what, text);
    *out = (int)n;
    return LSNN_OK;
}

static lsnn_status set_option(verb_options *out, int letter, lsnn_error *err)
{
    switch (letter) {
    case 'o': out->output = optarg; break;
    case 'j': return read_number(&out->threads, "-j", "threads", 4096, optarg, err);
    case 'q': out->level = LOG_WARNING; break;
    case 'v': out->level = LOG_DEBUG; break;
    case 'J': out->json = true; break;
    case 'r': out->rule = optarg; break;
    case 'n': out->dry_run = true; break;
    case 'd': out->dump = optarg; break;
    case 'm': out->measure = optarg; break;
    case 'p': out->population = optarg; break;
    case 'w': out->window = optarg; break;
    case 't': out->trials = optarg; break;
    case 'b': out->by = optarg; break;
    case 'c': out->curve = optarg; break;
    case 'N': return read_number(&out->neurons, "--neurons", "neurons", 10000000, optarg, err);
    case 'T': out->to = optarg; break;
    case 'C': out->csv = true; break;
    case 'W': out->width = optarg; break;
    case 'E': out->extensions = true; break;
    case 'S': out->strokes = optarg; break;
    }
    return LSNN_OK;
}

/* Files that a verb reads from a run's folder. */
static const char *const of_folder[] = {
    "", "/run.h5", "/checkpoint.h5", "/checkpoint.h5.1", "/config.yaml", "/metrics.csv"};

/* What is written may not be what is read. */
static lsnn_status check_output(const verb_options *options, arena *a, lsnn_error *err)
{
    struct stat output, input;
    if (!options->output || stat(options->output, &output) != 0 || !S_ISREG(output.st_mode)) return LSNN_OK;
    for (int k = 0; k < options->n_words; k++)
        for (size_t f = 0; f < sizeof of_folder / sizeof *of_folder; f++) {
            const char *path;
            TRY(arena_format(a, &path, err, "%s%s", options->words[k], of_folder[f]));
            if (stat(path, &input) == 0 && input.st_dev == output.st_dev && input.st_ino == output.st_ino)
                return lsnn_fail(err, LSNN_USAGE, "-o %s: that is what is read; give another name", options->output);
        }
    return LSNN_OK;
}

lsnn_status verb_parse(verb_options *out, const verb *v, int argc, char **argv, const char *accepts, arena *a,
                       lsnn_error *err)
{
    *out = (verb_options){.level = LOG_INFO};
    opterr = 0;
    for (int letter; (letter = getopt_long(argc, argv, ":o:j:qv", long_options, NULL)) != -1;) {
        const char *word = argv[optind - 1];
        if (word[0] != '-') word = argv[optind - 2]; /* that was its value */
        if (letter == ':') return lsnn_fail(err, LSNN_USAGE, "%s needs a value; see `lsnn help %s`", word, v->name);
        if (letter == '?' || !strchr(accepts, letter))
            return lsnn_fail(err, LSNN_USAGE, "`lsnn %s` has no option %s; see `lsnn help %s`", v->name, word, v->name);
        TRY(set_option(out, letter, err));
    }
    out->n_words = argc - optind;
    TRY(arena_take(a, &out->words, (size_t)out->n_words + 1, sizeof *out->words, err));
    for (int k = 0; k < out->n_words; k++)
        out->words[k] = argv[optind + k];
    return check_output(out, a, err);
}

void verb_say(lsnn_error *err)
{
    /* A mistake in a file starts with the file's name, as compilers write it, so that editors find the place. */
    if (err->message[0]) fprintf(stderr, "%s%s\n", err->file[0] ? "" : "lsnn: ", err->message);
    err->message[0] = '\0';
}

int verb_failed(lsnn_error *err)
{
    verb_say(err);
    return lsnn_exit_code(err->status);
}

int verb_threads(const verb_options *options)
{
    return options->threads > 0 ? options->threads : omp_get_max_threads();
}

lsnn_status verb_build(experiment **out, config_node *root, int n_threads, arena *a, lsnn_error *err)
{
    TRY(build_experiment(out, root, &files_default, n_threads, a, err));
    return learner_attach(*out, n_threads, err);
}

lsnn_status verb_load(experiment **out, const verb_options *options, arena *a, lsnn_error *err)
{
    if (options->n_words < 1)
        return lsnn_fail(err, LSNN_USAGE, "a config file is needed, like experiments/evidence_accumulation/run.yaml");
    config_node *root;
    TRY(config_read(&root, a, options->words[0], err));
    for (int k = 1; k < options->n_words; k++)
        TRY(config_override(root, a, options->words[k], err));
    config_take(root, "sweep"); /* is for the verb of that name */
    TRY(files_place(root, options->words[0], a, err));
    return verb_build(out, root, verb_threads(options), a, err);
}
