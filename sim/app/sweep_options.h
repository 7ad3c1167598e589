/* The command line of `lsnn sweep`. */
#ifndef SWEEP_OPTIONS_H
#define SWEEP_OPTIONS_H

#include "slurm.h"
#include "verb.h"

typedef struct sweep_options {
    const char *output, *width;
    int workers, threads; /* 0: not given */
    log_level level;
    bool json, retry, dry_run, group, slurm;
    size_t part, parts;
    slurm_settings job;
    int n_words;
    char **words;
} sweep_options;

/* The words are those of argv, which is permuted. */
LSNN_MUST_USE lsnn_status sweep_options_parse(sweep_options *out, int argc, char **argv, lsnn_error *err);

#endif
