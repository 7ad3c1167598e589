/* Verb export: what was recorded, or the network, for other programs. */
#include "export.h"
#include "text.h"
#include "trained.h"
#include <string.h>

static lsnn_status default_output(const char **out, const char *path, const char *ending, arena *a, lsnn_error *err)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    const char *dot = strrchr(path, '.');
    if (!trained_is_folder(path) && dot && dot != path && !strchr(dot, '/')) length = (size_t)(dot - path);
    return arena_format(a, out, err, "%.*s.%s", (int)length, path, ending);
}

typedef struct format {
    const char *name, *ending;
    lsnn_status (*write)(const selection *s, const char *path, lsnn_error *err);
} format;

static const format formats[] = {{"sonata", "sonata.h5", export_sonata},
                                 {"csv", "csv", export_csv},
                                 {"npy", "npy", export_npy},
                                 {"nir", "nir", NULL}};
enum { N_FORMATS = sizeof formats / sizeof *formats };

static lsnn_status find_format(const format **out, const char *name, lsnn_error *err)
{
    if (!name) return lsnn_fail(err, LSNN_USAGE, "--to sonata, csv, npy or nir says which format is wanted");
    for (int k = 0; k < N_FORMATS; k++) {
        *out = &formats[k];
        if (strcmp(name, formats[k].name) == 0) return LSNN_OK;
    }
    return lsnn_fail(err, LSNN_USAGE, "--to takes sonata, csv, npy or nir, not '%s'", name);
}

static lsnn_status export_spikes(const format *f, const verb_options *options, const char *path, arena *a,
                                 lsnn_error *err)
{
    spikes *file;
    selection s;
    TRY(spikes_read(&file, options->words[0], options->neurons,
                    f->write != export_csv ? SPIKES_AND_REPORTS : SPIKES_ONLY, a, err));
    TRY(selection_make(&s, file, options, a, err));
    return f->write(&s, path, err);
}

static lsnn_status export_words(int argc, char **argv, arena *a, lsnn_error *err)
{
    verb_options options;
    const format *f;
    const char *path;
    experiment *e;
    TRY(verb_parse(&options, &verb_export, argc, argv, "opwtNTE", a, err));
    if (options.n_words < 1)
        return lsnn_fail(err, LSNN_USAGE, "a file with spikes is needed; for nir a run's folder or a config");
    TRY(find_format(&f, options.to, err));
    path = options.output;
    if (!path) TRY(default_output(&path, options.words[0], f->ending, a, err));
    if (f->write) {
        TRY(export_spikes(f, &options, path, a, err));
    } else {
        const bool trained = trained_is_folder(options.words[0]);
        TRY(trained ? trained_load(&e, &options, a, err) : verb_load(&e, &options, a, err));
        TRY(export_nir(e, options.extensions, path, err));
    }
    fprintf(stderr, "written: %s\n", path);
    return LSNN_OK;
}

static int export_run(int argc, char **argv)
{
    lsnn_error err = {0};
    arena *a = NULL;
    lsnn_status status = arena_new(&a, &err);
    if (status == LSNN_OK) status = export_words(argc, argv, a, &err);
    arena_free(a);
    return status == LSNN_OK ? 0 : verb_failed(&err);
}

const verb verb_export = {
    .name = "export",
    .summary = "write recorded spikes (SONATA, CSV, npy) or the network (NIR) for other programs",
    .synopsis = "FILE --to sonata|csv|npy [--population A,B] [--trials ...] [--window A:B] [-o OUT]\n"
                "       lsnn export FOLDER|CONFIG --to nir [--extensions] [-o OUT]",
    .help =
        "Spikes and recorded variables of FILE (as for `lsnn analyze`), in the selection:\n"
        "  sonata   spikes and reports; the trials follow each other on the time axis\n"
        "  csv      population,neuron,trial,time_ms\n"
        "  npy      a folder: POPULATION_time.npy, _neuron.npy, _trial.npy; report_NAME.npy [trial][step][neuron]\n"
        "\n"
        "  nir      the network of a run's folder (after training) or of a config (before), for Norse, snnTorch, "
        "Lava...:\n"
        "           LIF, LI, Linear, Input, Output; times in seconds. A spike takes v_threshold away from v, which "
        "NIR\n"
        "           leaves to each simulator. ALIF neurons, refractory times and delays have no place in NIR and are\n"
        "           refused; --extensions writes the first two: a node ALIF (a LIF with tau_adapt (s) and beta: each "
        "spike\n"
        "           raises the threshold by beta), and the value refractory (s).\n",
    .run = export_run,
};
