/* Verb replay: runs an oracle case and writes what came out under the names that the case uses, for h5diff. */
#include "replay_case.h"
#include "store.h"
#include "verb.h"
#include "version.h"

#include <stdio.h>
#include <string.h>

static lsnn_status find_rule(const replay_rule **out, const char *name, arena *a, lsnn_error *err)
{
    const char *all = "";
    for (const replay_rule *r = replay_rules; r->name; r++) {
        if (name && strcmp(r->name, name) == 0) {
            *out = r;
            return LSNN_OK;
        }
        TRY(arena_format(a, &all, err, "%s%s%s", all, r == replay_rules ? "" : ", ", r->name));
    }
    if (!name) return lsnn_fail(err, LSNN_USAGE, "replay needs --rule RULE, one of %s", all);
    return lsnn_fail(err, LSNN_USAGE, "--rule %s: replay knows the rules %s", name, all);
}

/* The shape of a result: `n` values, for each sample and step or for each iteration; training cases have the iterations first. */
static store_shape shape_of(const case_file *c, bool steps, size_t rows, size_t columns)
{
    store_shape s = {0};
    if (c->n_iterations > 0) s.dim[s.n_dims++] = (size_t)c->n_iterations;
    if (steps) {
        s.dim[s.n_dims++] = (size_t)c->batch;
        s.dim[s.n_dims++] = (size_t)c->n_steps;
    }
    if (rows > 0) s.dim[s.n_dims++] = rows;
    if (columns > 0) s.dim[s.n_dims++] = columns;
    if (s.n_dims == 0) s.dim[s.n_dims++] = 1;
    return s;
}

static lsnn_status put(store *file, const char *path, const store_shape *shape, const double *values, lsnn_error *err)
{
    return store_write(file, path, STORE_DOUBLE, shape, values, true, err);
}

/* Spikes are bytes in training cases, else floating-point numbers. */
static lsnn_status write_spikes(store *file, const case_file *c, const replay_case *r, const store_shape *shape,
                                arena *a, lsnn_error *err)
{
    uint8_t *z;
    size_t n = 1;
    if (c->n_iterations == 0) return put(file, "/expect/z", shape, r->z, err);
    for (int d = 0; d < shape->n_dims; d++)
        n *= shape->dim[d];
    TRY(arena_take(a, &z, n, sizeof *z, err));
    for (size_t k = 0; k < n; k++)
        z[k] = r->z[k] > 0;
    return store_write(file, "/expect/z", STORE_UINT8, shape, z, true, err);
}

static lsnn_status write_states(store *file, const case_file *c, const replay_case *r, arena *a, lsnn_error *err)
{
    const store_shape neurons = shape_of(c, true, 0, (size_t)c->n_rec),
                      readouts = shape_of(c, true, 0, (size_t)c->n_out);
    TRY(write_spikes(file, c, r, &neurons, a, err));
    TRY(put(file, "/expect/v", &neurons, r->v, err));
    TRY(put(file, "/expect/a", &neurons, r->a, err));
    TRY(put(file, "/expect/A", &neurons, r->A, err));
    TRY(put(file, "/expect/psi", &neurons, r->psi, err));
    TRY(put(file, "/expect/psi_a", &neurons, r->psi_a, err));
    TRY(put(file, "/expect/I", &neurons, r->I, err));
    TRY(store_write(file, "/expect/ref", STORE_INT, &neurons, r->ref, true, err));
    TRY(put(file, "/expect/L_sym", &neurons, r->L_sym, err));
    TRY(put(file, "/expect/L_rand", &neurons, r->L_rand, err));
    TRY(put(file, "/expect/y", &readouts, r->y, err));
    return put(file, "/expect/err", &readouts, r->err, err);
}

static lsnn_status write_losses(store *file, const case_file *c, const replay_case *r, lsnn_error *err)
{
    const store_shape neurons = shape_of(c, false, 0, (size_t)c->n_rec), iterations = shape_of(c, false, 0, 0);
    TRY(put(file, "/expect/loss", &iterations, r->loss, err));
    TRY(put(file, "/expect/loss_task", &iterations, r->loss_task, err));
    TRY(put(file, "/expect/loss_reg", &iterations, r->loss_reg, err));
    TRY(put(file, "/expect/rate", &neurons, r->rate, err));
    /* With each sample's own rate there is no one number per neuron. */
    if (c->regularisation.scope == SCOPE_SAMPLE) return LSNN_OK;
    return put(file, "/expect/L_reg", &neurons, r->L_reg, err);
}

static lsnn_status write_matrices(store *file, const case_file *c, const char *group, const double *in,
                                  const double *rec, const double *out, arena *a, lsnn_error *err)
{
    const size_t n_in = (size_t)c->n_in, n_rec = (size_t)c->n_rec, n_out = (size_t)c->n_out;
    const char *names[] = {"W_in", "W_rec", "W_out"};
    const double *values[] = {in, rec, out};
    const store_shape shapes[] = {shape_of(c, false, n_in, n_rec), shape_of(c, false, n_rec, n_rec),
                                  shape_of(c, false, n_rec, n_out)};
    for (int k = 0; k < 3; k++) {
        const char *path;
        TRY(arena_format(a, &path, err, "%s/%s", group, names[k]));
        TRY(put(file, path, &shapes[k], values[k], err));
    }
    return LSNN_OK;
}

static lsnn_status write_all(store *file, const case_file *c, const replay_case *r, const replay_rule *rule, arena *a,
                             lsnn_error *err)
{
    const char *group, *bias;
    const store_shape readouts = shape_of(c, false, 0, (size_t)c->n_out);
    TRY(store_set_text(file, "/", "format", "lsnn replay 1", err));
    TRY(store_set_text(file, "/", "case", c->path, err));
    TRY(store_set_text(file, "/", "rule", rule->name, err));
    TRY(store_set_text(file, "/", "lsnn_version", version_number, err));
    TRY(store_set_number(file, "/", "real_bits", STORE_INT, version_real_bits, err));
    TRY(write_states(file, c, r, a, err));
    TRY(write_losses(file, c, r, err));
    TRY(arena_format(a, &group, err, "/grad/%s", rule->name));
    TRY(write_matrices(file, c, group, r->gradient_in, r->gradient_rec, r->gradient_out, a, err));
    if (c->n_iterations > 0) return write_matrices(file, c, "/expect", r->W_in, r->W_rec, r->W_out, a, err);
    TRY(arena_format(a, &bias, err, "%s/b_out", group));
    return put(file, bias, &readouts, r->gradient_bias, err);
}

/* The case describes each of its datasets. Where the result has one of the same name it takes this over: h5diff compares it too. */
static lsnn_status describe(store *file, const store *origin, arena *a, const char *group, lsnn_error *err)
{
    static const char *const attributes[] = {"dims", "unit", "doc", NULL};
    const char **names, *path, *text;
    int n;
    TRY(store_members(file, a, &names, &n, group, err));
    for (int k = 0; k < n; k++) {
        TRY(arena_format(a, &path, err, "%s/%s", group, names[k]));
        for (int i = 0; attributes[i]; i++) {
            if (!store_has_attribute(origin, path, attributes[i])) continue;
            TRY(store_get_text(origin, a, &text, path, attributes[i], err));
            TRY(store_set_fixed_text(file, path, attributes[i], text, err));
        }
    }
    return LSNN_OK;
}

static lsnn_status describe_all(store *file, const case_file *c, const replay_rule *rule, arena *a, lsnn_error *err)
{
    store *origin;
    const char *group;
    TRY(arena_format(a, &group, err, "/grad/%s", rule->name));
    TRY(store_open(&origin, c->path, err));
    lsnn_status status = describe(file, origin, a, "/expect", err);
    if (status == LSNN_OK) status = describe(file, origin, a, group, err);
    const lsnn_status closed = store_close(origin, false, status == LSNN_OK ? err : NULL);
    return status == LSNN_OK ? closed : status;
}

static lsnn_status write_result(const char *path, const case_file *c, const replay_case *r, const replay_rule *rule,
                                arena *a, lsnn_error *err)
{
    store *file;
    TRY(store_create(&file, path, err));
    lsnn_status status = write_all(file, c, r, rule, a, err);
    if (status == LSNN_OK) status = describe_all(file, c, rule, a, err);
    const lsnn_status closed = store_close(file, status == LSNN_OK, status == LSNN_OK ? err : NULL);
    return status == LSNN_OK ? closed : status;
}

static void summarise(const verb_options *options, const case_file *c, const replay_case *r, const replay_rule *rule)
{
    double spikes = 0;
    const size_t n = (size_t)r->n_iterations * (size_t)c->batch * (size_t)c->n_steps * (size_t)c->n_rec;
    for (size_t k = 0; k < n; k++)
        spikes += r->z[k];
    if (options->level < LOG_INFO) return;
    printf("%s: %d LIF and %d ALIF neurons, %d steps x %d samples, %s\n", c->path, c->n_lif, c->n_alif, c->n_steps,
           c->batch, rule->name);
    for (int k = 0; k < r->n_iterations; k++)
        printf("  iteration %d: loss %.12g = %.12g of the task + %.12g of the rates\n", k + 1, r->loss[k],
               r->loss_task[k], r->loss_reg[k]);
    printf("  %.0f spikes; all in %s\n", spikes, options->output);
}

static lsnn_status replay(int argc, char **argv, arena *a, lsnn_error *err)
{
    verb_options options;
    const replay_rule *rule = NULL;
    case_file *c = NULL;
    replay_case *r = NULL;
    TRY(verb_parse(&options, &verb_replay, argc, argv, "orqv", a, err));
    if (options.n_words != 1) return lsnn_fail(err, LSNN_USAGE, "replay takes one case file, like case1.h5");
    TRY(find_rule(&rule, options.rule, a, err));
    if (!options.output) return lsnn_fail(err, LSNN_USAGE, "replay needs -o OUT.h5, the file to write");
    TRY(case_read(&c, a, options.words[0], err));
    TRY(replay_case_run(&r, c, &rule->paths, a, err));
    TRY(write_result(options.output, c, r, rule, a, err));
    summarise(&options, c, r, rule);
    return LSNN_OK;
}

static int run(int argc, char **argv)
{
    lsnn_error err = {0};
    arena *a = NULL;
    lsnn_status status = arena_new(&a, &err);
    if (status == LSNN_OK) status = replay(argc, argv, a, &err);
    arena_free(a);
    return status == LSNN_OK ? 0 : verb_failed(&err);
}

const verb verb_replay = {
    .name = "replay",
    .summary = "run a case whose result is known, to compare",
    .synopsis = "CASE.h5 --rule RULE -o OUT.h5 [-q]",
    .help = "Runs the small network of an oracle case on the case's input, with all iterations if it is a\n"
            "training case, and writes the states, losses, gradients and weights under the names that the\n"
            "case uses, so that for example\n"
            "  h5diff --delta=1e-11 CASE.h5 OUT.h5 /expect\n"
            "shows what differs. Builds in double precision (-DLSNN_DOUBLE=ON) agree to 1e-11 of the\n"
            "largest element, others to 1e-4; spikes are equal in both.\n\n"
            "  --rule RULE     eprop (feedback by the readout weights), eprop_random (by B_fb), bptt, or\n"
            "                  bptt_noreset (bptt, but not through the reset)\n"
            "  -o OUT.h5       the file to write; replaces one that is there\n"
            "  -q              no summary\n",
    .run = run,
};
