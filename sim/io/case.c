/* Reading oracle cases, which are anybody's files: every number is checked before it is used. */
#include "case.h"

#include "store.h"

#include <math.h>
#include <string.h>

#define MOST_NEURONS 16384
#define MOST_STEPS 10000000
#define MOST_DELAY 4095
/* Of one variable over all steps, samples and iterations. */
#define MOST_VALUES ((double)(1 << 26))
/* Between a constant in the file and the same one computed here. */
#define TOLERANCE 1e-9

static lsnn_status read_number(double *out, const store *file, const char *path, const char *name, double min,
                               double max, lsnn_error *err)
{
    TRY(store_get_number(file, out, "/", name, err));
    if (*out >= min && *out <= max) return LSNN_OK;
    return lsnn_fail(err, LSNN_DATA, "%s: attribute '%s' is %g; expected %g .. %g", path, name, *out, min, max);
}

static lsnn_status read_count(int *out, const store *file, const char *path, const char *name, int min, int max,
                              lsnn_error *err)
{
    double number;
    TRY(store_get_number(file, &number, "/", name, err));
    if (!(number >= min && number <= max && number == floor(number)))
        return lsnn_fail(err, LSNN_DATA, "%s: attribute '%s' is %g; expected a whole number from %d to %d", path, name,
                         number, min, max);
    *out = (int)number;
    return LSNN_OK;
}

/* One of the `words`, by its position. */
static lsnn_status read_word(int *out, const store *file, arena *a, const char *path, const char *name,
                             const char *const *words, lsnn_error *err)
{
    const char *text, *all = "";
    TRY(store_get_text(file, a, &text, "/", name, err));
    for (int k = 0; words[k]; k++) {
        if (strcmp(words[k], text) == 0) {
            *out = k;
            return LSNN_OK;
        }
        TRY(arena_format(a, &all, err, "%s%s%s", all, k ? ", " : "", words[k]));
    }
    return lsnn_fail(err, LSNN_DATA, "%s: attribute '%s' is '%.40s'; expected one of %s", path, name, text, all);
}

static lsnn_status read_sizes(case_file *c, const store *file, lsnn_error *err)
{
    TRY(read_count(&c->n_in, file, c->path, "n_in", 1, MOST_NEURONS, err));
    TRY(read_count(&c->n_lif, file, c->path, "n_lif", 0, MOST_NEURONS, err));
    TRY(read_count(&c->n_alif, file, c->path, "n_alif", 0, MOST_NEURONS, err));
    TRY(read_count(&c->n_rec, file, c->path, "n_rec", 1, MOST_NEURONS, err));
    TRY(read_count(&c->n_out, file, c->path, "n_out", 1, MOST_NEURONS, err));
    TRY(read_count(&c->batch, file, c->path, "batch", 1, MOST_NEURONS, err));
    TRY(read_count(&c->n_steps, file, c->path, "T", 1, MOST_STEPS, err));
    TRY(read_count(&c->n_ref, file, c->path, "n_ref", 0, MOST_STEPS, err));
    if (store_has_attribute(file, "/", "n_iter"))
        TRY(read_count(&c->n_iterations, file, c->path, "n_iter", 1, MOST_STEPS, err));
    if (c->n_rec != c->n_lif + c->n_alif)
        return lsnn_fail(err, LSNN_DATA, "%s: n_rec is %d, but n_lif + n_alif is %d + %d", c->path, c->n_rec, c->n_lif,
                         c->n_alif);
    const double widest = fmax(c->n_rec, fmax(c->n_in, c->n_out));
    if (fmax(1, c->n_iterations) * c->batch * c->n_steps * widest <= MOST_VALUES && c->n_rec * widest <= MOST_VALUES)
        return LSNN_OK;
    return lsnn_fail(err, LSNN_DATA, "%s: the case is too large: at most %.0f values of a variable are replayed",
                     c->path, MOST_VALUES);
}

/* A decay constant has to follow from its time constant, and its scale has to be 1 or what leaks away. */
static lsnn_status read_filter(double *tau, bool *leak, const case_file *c, const store *file,
                               const char *const names[3], lsnn_error *err)
{
    double decay, scale;
    TRY(read_number(tau, file, c->path, names[0], 1e-6, 1e12, err));
    TRY(read_number(&decay, file, c->path, names[1], 0, 1, err));
    TRY(read_number(&scale, file, c->path, names[2], 0, 1, err));
    const double own = exp(-c->dt / *tau);
    if (fabs(decay - own) > TOLERANCE)
        return lsnn_fail(err, LSNN_DATA, "%s: attribute '%s' is %.12g; exp(-dt/%s) is %.12g", c->path, names[1], decay,
                         names[0], own);
    *leak = fabs(scale - (1 - own)) <= TOLERANCE;
    if (*leak || fabs(scale - 1) <= TOLERANCE) return LSNN_OK;
    return lsnn_fail(err, LSNN_DATA, "%s: attribute '%s' is %.12g; expected 1 or 1 - %s = %.12g", c->path, names[2],
                     scale, names[1], 1 - own);
}

static lsnn_status read_constants(case_file *c, const store *file, arena *a, lsnn_error *err)
{
    static const char *const variants[] = {"eprop2020", "lsnn2018paper", "lsnn2018code", NULL};
    static const char *const losses[] = {[LOSS_MSE] = "mse", [LOSS_CROSS_ENTROPY] = "ce", NULL};
    static const char *const biases[] = {"static", "leaky", NULL};
    static const char *const scopes[] = {[SCOPE_SAMPLE] = "sample", [SCOPE_BATCH] = "batch", NULL};
    int variant, bias;
    TRY(read_word(&variant, file, a, c->path, "variant", variants, err));
    TRY(read_word(&c->loss, file, a, c->path, "loss_kind", losses, err));
    TRY(read_word(&bias, file, a, c->path, "bias_mode", biases, err));
    c->variant = variants[variant];
    c->leaky_bias = bias == 1;
    TRY(read_number(&c->dt, file, c->path, "dt", 1e-6, 1e6, err));
    TRY(read_filter(&c->tau_m, &c->scale_input, c, file, (const char *const[]){"tau_m", "alpha", "s_i"}, err));
    TRY(read_filter(&c->tau_a, &c->scale_adapt, c, file, (const char *const[]){"tau_a", "rho", "s_a"}, err));
    TRY(read_filter(&c->tau_out, &c->scale_readout, c, file, (const char *const[]){"tau_out", "kappa", "s_o"}, err));
    TRY(read_number(&c->v_th, file, c->path, "v_th", 1e-12, 1e12, err));
    TRY(read_number(&c->gamma, file, c->path, "gamma", 0, 1e12, err));
    TRY(read_number(&c->regularisation.strength, file, c->path, "c_reg", 0, 1e12, err));
    TRY(read_number(&c->regularisation.target, file, c->path, "f_target", 0, 1e12, err));
    c->regularisation.scope = SCOPE_BATCH;
    if (!store_has_attribute(file, "/", "reg_scope")) return LSNN_OK;
    return read_word(&c->regularisation.scope, file, a, c->path, "reg_scope", scopes, err);
}

static lsnn_status read_training(case_file *c, const store *file, arena *a, lsnn_error *err)
{
    static const char *const optimisers[] = {"sgd", "adam", NULL};
    int optimiser;
    if (c->n_iterations == 0) return LSNN_OK;
    TRY(read_word(&optimiser, file, a, c->path, "optimizer", optimisers, err));
    c->optimiser = optimisers[optimiser];
    TRY(read_number(&c->rate, file, c->path, "learning_rate", 0, 1e12, err));
    if (optimiser == 0) return LSNN_OK;
    TRY(read_number(&c->beta_1, file, c->path, "beta_1", 0, 1 - 1e-12, err));
    TRY(read_number(&c->beta_2, file, c->path, "beta_2", 0, 1 - 1e-12, err));
    return read_number(&c->epsilon, file, c->path, "epsilon", 1e-300, 1e12, err);
}

static size_t count(const store_shape *shape)
{
    size_t n = 1;
    for (int d = 0; d < shape->n_dims; d++)
        n *= shape->dim[d];
    return n;
}

typedef struct bounds {
    double min, max;
    bool whole;
} bounds;

static lsnn_status wrong_value(const char *path, const char *name, double number, size_t k, bounds allowed,
                               lsnn_error *err)
{
    const char *kind = allowed.whole ? "whole numbers" : "numbers";
    return lsnn_fail(err, LSNN_DATA, "%s: %s holds %g (element %zu); expected %s from %g to %g", path, name, number, k,
                     kind, allowed.min, allowed.max);
}

static lsnn_status read_reals(const double **out, const case_file *c, const store *file, arena *a, const char *name,
                              store_shape shape, bounds allowed, lsnn_error *err)
{
    double *values;
    TRY(store_read(file, a, &values, STORE_DOUBLE, NULL, &shape, name, err));
    for (size_t k = 0; k < count(&shape); k++) {
        const bool inside = values[k] >= allowed.min && values[k] <= allowed.max;
        if (!inside || (allowed.whole && values[k] != floor(values[k])))
            return wrong_value(c->path, name, values[k], k, allowed, err);
    }
    *out = values;
    return LSNN_OK;
}

static lsnn_status read_ints(const int **out, const case_file *c, const store *file, arena *a, const char *name,
                             store_shape shape, const int *mask, int min, int max, lsnn_error *err)
{
    int *values;
    TRY(store_read(file, a, &values, STORE_INT, NULL, &shape, name, err));
    for (size_t k = 0; k < count(&shape); k++)
        if ((!mask || mask[k]) && (values[k] < min || values[k] > max))
            return wrong_value(c->path, name, values[k], k, (bounds){min, max, true}, err);
    *out = values;
    return LSNN_OK;
}

/* [batch][n_steps][n], of a training case with the iterations before. */
static store_shape sequence(const case_file *c, int n)
{
    const size_t samples = (size_t)c->batch, T = (size_t)c->n_steps, width = (size_t)n;
    if (c->n_iterations > 0) return (store_shape){4, {(size_t)c->n_iterations, samples, T, width}};
    return (store_shape){3, {samples, T, width}};
}

static lsnn_status read_arrays(case_file *c, const store *file, arena *a, lsnn_error *err)
{
    const size_t n_in = (size_t)c->n_in, n_rec = (size_t)c->n_rec, n_out = (size_t)c->n_out;
    const store_shape in = {2, {n_in, n_rec}}, rec = {2, {n_rec, n_rec}}, out = {2, {n_rec, n_out}};
    const store_shape steps = {1, {(size_t)c->n_steps}}, neurons = {1, {n_rec}}, readouts = {1, {n_out}};
    const bounds any = {-1e30, 1e30, false}, positive = {0, 1e30, false}, spikes = {0, 1, true};
    TRY(read_reals(&c->x, c, file, a, "/in/x", sequence(c, c->n_in), spikes, err));
    TRY(read_reals(&c->target, c, file, a, "/in/target", sequence(c, c->n_out), any, err));
    TRY(read_reals(&c->w_t, c, file, a, "/in/w_t", steps, positive, err));
    TRY(read_reals(&c->W_in, c, file, a, "/in/W_in", in, any, err));
    TRY(read_reals(&c->W_rec, c, file, a, "/in/W_rec", rec, any, err));
    TRY(read_reals(&c->W_out, c, file, a, "/in/W_out", out, any, err));
    TRY(read_reals(&c->b_out, c, file, a, "/in/b_out", readouts, any, err));
    TRY(read_reals(&c->B_fb, c, file, a, "/in/B_fb", out, any, err));
    TRY(read_reals(&c->beta, c, file, a, "/in/beta", neurons, any, err));
    TRY(read_ints(&c->mask_in, c, file, a, "/in/mask_in", in, NULL, 0, 1, err));
    TRY(read_ints(&c->mask_rec, c, file, a, "/in/mask_rec", rec, NULL, 0, 1, err));
    TRY(read_ints(&c->d_in, c, file, a, "/in/d_in", in, c->mask_in, 0, MOST_DELAY, err));
    TRY(read_ints(&c->d_rec, c, file, a, "/in/d_rec", rec, c->mask_rec, 1, MOST_DELAY, err));
    for (int j = 0; j < c->n_lif; j++)
        if (c->beta[j] != 0)
            return lsnn_fail(err, LSNN_DATA,
                             "%s: /in/beta is %g for neuron %d; the first n_lif = %d neurons are LIF and "
                             "must have 0",
                             c->path, c->beta[j], j, c->n_lif);
    return LSNN_OK;
}

static lsnn_status read_all(case_file *c, const store *file, arena *a, lsnn_error *err)
{
    static const char *const formats[] = {"lsnn_ref oracle 1", "lsnn_case 1", NULL};
    int format;
    if (!store_has_attribute(file, "/", "format"))
        return lsnn_fail(err, LSNN_DATA, "%s: not an oracle case: the root has no attribute 'format'", c->path);
    TRY(read_word(&format, file, a, c->path, "format", formats, err));
    TRY(read_sizes(c, file, err));
    TRY(read_constants(c, file, a, err));
    TRY(read_training(c, file, a, err));
    return read_arrays(c, file, a, err);
}

lsnn_status case_read(case_file **out, arena *a, const char *path, lsnn_error *err)
{
    case_file *c;
    store *file;
    TRY(arena_take(a, &c, 1, sizeof *c, err));
    TRY(arena_text(a, &c->path, path, strlen(path), err));
    TRY(store_open(&file, path, err));
    const lsnn_status status = read_all(c, file, a, err);
    const lsnn_status closed = store_close(file, false, status == LSNN_OK ? err : NULL);
    if (status != LSNN_OK) return status;
    *out = c;
    return closed;
}
