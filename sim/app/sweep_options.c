/* Options of `lsnn sweep`: others than those that verbs share. */
#include "sweep_options.h"
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 256, PART, RETRY, DRY_RUN, GROUP, JSON, SLURM, PARTITION, TIME, CPUS, MEMORY, ARRAY, AT_MOST, WIDTH };

static const struct option long_options[] = {
    {"output", required_argument, NULL, 'o'},
    {"jobs", required_argument, NULL, 'j'},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"threads", required_argument, NULL, THREADS},
    {"part", required_argument, NULL, PART},
    {"retry", no_argument, NULL, RETRY},
    {"dry-run", no_argument, NULL, DRY_RUN},
    {"group", no_argument, NULL, GROUP},
    {"json", no_argument, NULL, JSON},
    {"slurm", no_argument, NULL, SLURM},
    {"partition", required_argument, NULL, PARTITION},
    {"time", required_argument, NULL, TIME},
    {"cpus", required_argument, NULL, CPUS},
    {"memory", required_argument, NULL, MEMORY},
    {"array", required_argument, NULL, ARRAY},
    {"at-most", required_argument, NULL, AT_MOST},
    {"width", required_argument, NULL, WIDTH},
    {NULL, 0, NULL, 0},
};

static lsnn_status read_count(int *out, const char *name, lsnn_error *err)
{
    char *end;
    const long n = strtol(optarg, &end, 10);
    if (*end || end == optarg || n < 1 || n > 100000)
        return lsnn_fail(err, LSNN_USAGE, "%s takes a whole number from 1, not '%s'", name, optarg);
    *out = (int)n;
    return LSNN_OK;
}

static lsnn_status read_part(sweep_options *out, lsnn_error *err)
{
    char end;
    if (strchr(optarg, '-') || sscanf(optarg, "%zu/%zu%c", &out->part, &out->parts, &end) != 2 ||
        out->part >= out->parts)
        return lsnn_fail(err, LSNN_USAGE, "--part takes K/N with K from 0 to N-1, not '%s'", optarg);
    return LSNN_OK;
}

/* What ends up in a line of #SBATCH. */
static lsnn_status read_word(const char **out, const char *name, lsnn_error *err)
{
    *out = optarg;
    if (optarg[0] && !optarg[strspn(optarg, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.,:-")])
        return LSNN_OK;
    return lsnn_fail(err, LSNN_USAGE, "%s takes a word as sbatch knows it, not '%s'", name, optarg);
}

static lsnn_status set(sweep_options *out, int letter, lsnn_error *err)
{
    switch (letter) {
    case 'o': out->output = optarg; break;
    case 'j': return read_count(&out->workers, "-j", err);
    case 'q': out->level = LOG_WARNING; break;
    case 'v': out->level = LOG_DEBUG; break;
    case THREADS: return read_count(&out->threads, "--threads", err);
    case PART: return read_part(out, err);
    case RETRY: out->retry = true; break;
    case DRY_RUN: out->dry_run = true; break;
    case GROUP: out->group = true; break;
    case JSON: out->json = true; break;
    case WIDTH: out->width = optarg; break;
    case SLURM: out->slurm = true; break;
    case PARTITION: return read_word(&out->job.partition, "--partition", err);
    case TIME: return read_word(&out->job.time, "--time", err);
    case CPUS: return read_count(&out->job.cpus, "--cpus", err);
    case MEMORY: return read_word(&out->job.memory, "--memory", err);
    case ARRAY: return read_count(&out->job.array, "--array", err);
    case AT_MOST: return read_count(&out->job.at_most, "--at-most", err);
    }
    return LSNN_OK;
}

lsnn_status sweep_options_parse(sweep_options *out, int argc, char **argv, lsnn_error *err)
{
    *out = (sweep_options){.level = LOG_INFO, .parts = 1, .job = {.cpus = 1, .array = 10}};
    opterr = 0;
    for (int letter; (letter = getopt_long(argc, argv, ":o:j:qv", long_options, NULL)) != -1;) {
        const char *word = argv[optind - 1];
        if (letter == ':') return lsnn_fail(err, LSNN_USAGE, "%s needs a value; see `lsnn help sweep`", word);
        if (letter == '?')
            return lsnn_fail(err, LSNN_USAGE, "`lsnn sweep` has no option %s; see `lsnn help sweep`", word);
        TRY(set(out, letter, err));
    }
    out->n_words = argc - optind;
    out->words = argv + optind;
    return LSNN_OK;
}
