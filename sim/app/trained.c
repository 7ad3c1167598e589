/* The network of a run's folder. */
#include "trained.h"
#include "recorder.h"
#include "state.h"
#include <sys/stat.h>

bool trained_is_folder(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

lsnn_status trained_load(experiment **out, verb_options *options, arena *a, lsnn_error *err)
{
    const char *folder = options->words[0], *checkpoint;
    run_state run = {0};
    state_item *items;
    recorder *rows;
    int n, n_columns;
    bool used_previous;
    TRY(arena_format(a, &options->words[0], err, "%s/config.yaml", folder));
    TRY(verb_load(out, options, a, err));
    TRY(arena_format(a, &checkpoint, err, "%s/checkpoint.h5", folder));
    /* A checkpoint is read as a whole, with the numbers of rows of run.h5. */
    TRY(recorder_new(&rows, *out, err));
    recorder_columns(rows, &n_columns);
    TRY(state_items(&items, &n, *out, &run, recorder_rows(rows), n_columns, err));
    TRY(checkpoint_recover(checkpoint, items, n, (*out)->resolved, &used_previous, err));
    TRY(state_check(*out, err));
    network_refresh((*out)->net);
    return LSNN_OK;
}
