/* Learning as a run's file tells it. */
#include "analyze.h"
#include "course.h"
#include "store.h"
#include <math.h>
#include <string.h>

enum { AVERAGED = 20 };

/* A column of numbers; *n = 0 if the file has none. */
static lsnn_status read_column(double **out, size_t *n, const store *file, const char *path, arena *a, lsnn_error *err)
{
    store_shape shape;
    *n = 0;
    if (!store_has(file, path)) return LSNN_OK;
    TRY(store_read(file, a, out, STORE_DOUBLE, &shape, NULL, path, err));
    *n = shape.n_dims == 1 ? shape.dim[0] : 0;
    return LSNN_OK;
}

/* Iterations from 1; of validations: those after which they were made. */
static lsnn_status axis(const double **out, size_t n, const char *name, const store *file, arena *a, lsnn_error *err)
{
    double *number;
    size_t n_known;
    if (strncmp(name, "validation_", 11) == 0) {
        TRY(read_column(&number, &n_known, file, "/metrics/validation_iteration", a, err));
        *out = number;
        if (n_known == n) return LSNN_OK;
    }
    TRY(arena_take(a, &number, n + 1, sizeof *number, err));
    for (size_t k = 0; k < n; k++)
        number[k] = (double)k + 1;
    *out = number;
    return LSNN_OK;
}

static bool any_known(const double *values, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (!isnan(values[k])) return true;
    return false;
}

static lsnn_status add_metric(findings *out, const store *file, const char *name, const char *unit, lsnn_error *err)
{
    arena *a = out->memory;
    const char *path;
    double *values = NULL, *average;
    const double *iteration;
    size_t n;
    TRY(arena_format(a, &path, err, "/metrics/%s", name));
    TRY(read_column(&values, &n, file, path, a, err));
    if (!any_known(values, n)) return LSNN_OK;
    TRY(arena_take(a, &average, n, sizeof *average, err));
    TRY(axis(&iteration, n, name, file, a, err));
    course_average(average, values, n, AVERAGED);
    const course_summary c = course_summary_of(values, n);
    const struct {
        const char *part;
        double value;
    } parts[] = {{"first", c.first}, {"lowest", c.lowest}, {"last", c.last}};
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
        const char *full;
        TRY(arena_format(a, &full, err, "%s_%s", name, parts[k].part));
        TRY(findings_add(out, &(finding){"training", "all", full, unit, parts[k].value, NAN, n, 0, ""}, err));
    }
    return findings_add_curve(
        out,
        &(finding_curve){"training",
                         "all",
                         name,
                         n,
                         3,
                         {{"iteration", "", iteration}, {name, unit, values}, {"average", unit, average}}},
        err);
}

static lsnn_status add_alignment(findings *out, const store *file, const char *name, lsnn_error *err)
{
    arena *a = out->memory;
    const char *path, *full;
    double *cosine, *iteration;
    size_t n, n_iterations;
    TRY(arena_format(a, &path, err, "/alignment/%s/cosine", name));
    TRY(read_column(&cosine, &n, file, path, a, err));
    TRY(arena_format(a, &path, err, "/alignment/%s/iteration", name));
    TRY(read_column(&iteration, &n_iterations, file, path, a, err));
    if (n == 0 || n != n_iterations) return LSNN_OK;
    const course_summary c = course_summary_of(cosine, n);
    TRY(arena_format(a, &full, err, "alignment_%s", name));
    TRY(findings_add(out, &(finding){"training", "all", full, "", c.last, NAN, n, 0, "cosine, mean of the last tenth"},
                     err));
    return findings_add_curve(
        out, &(finding_curve){"training", "all", full, n, 2, {{"iteration", "", iteration}, {"cosine", "", cosine}}},
        err);
}

/* Each part of a snapshot's statistics as a column. */
typedef enum part { NORM, MEAN, SD, NEGATIVE, CHANGE, PARTS } part;

static lsnn_status add_snapshots(findings *out, const char *name, const float *weight, size_t n, size_t n_synapses,
                                 const double *iteration, lsnn_error *err)
{
    arena *a = out->memory;
    double *column[PARTS];
    const char *full;
    for (int c = 0; c < PARTS; c++)
        TRY(arena_take(a, &column[c], n + 1, sizeof **column, err));
    for (size_t k = 0; k < n; k++) {
        const float *here = weight + k * n_synapses;
        const course_weights w = course_weights_of(here, k ? here - n_synapses : NULL, n_synapses);
        column[NORM][k] = w.norm;
        column[MEAN][k] = w.mean;
        column[SD][k] = w.sd;
        column[NEGATIVE][k] = w.negative;
        column[CHANGE][k] = w.change;
    }
    TRY(arena_format(a, &full, err, "weights_%s", name));
    TRY(findings_add(
        out,
        &(finding){"training", "all", full, "", column[NORM][n - 1], NAN, n_synapses, 0, "norm of the last snapshot"},
        err));
    return findings_add_curve(out,
                              &(finding_curve){"training",
                                               "all",
                                               full,
                                               n,
                                               6,
                                               {{"iteration", "", iteration},
                                                {"norm", "", column[NORM]},
                                                {"mean", "", column[MEAN]},
                                                {"sd", "", column[SD]},
                                                {"negative", "", column[NEGATIVE]},
                                                {"change", "", column[CHANGE]}}},
                              err);
}

static lsnn_status add_weights(findings *out, const store *file, const char *name, lsnn_error *err)
{
    arena *a = out->memory;
    const char *path;
    double *iteration;
    float *weight;
    size_t n;
    store_shape shape;
    TRY(arena_format(a, &path, err, "/weights/%s/iteration", name));
    TRY(read_column(&iteration, &n, file, path, a, err));
    TRY(arena_format(a, &path, err, "/weights/%s/weight", name));
    if (n == 0 || !store_has(file, path)) return LSNN_OK;
    TRY(store_read(file, a, &weight, STORE_FLOAT, &shape, NULL, path, err));
    if (shape.dim[0] != n || shape.n_dims > 2) return LSNN_OK;
    return add_snapshots(out, name, weight, n, shape.n_dims == 2 ? shape.dim[1] : 1, iteration, err);
}

static lsnn_status each_member(findings *out, const store *file, const char *group,
                               lsnn_status (*add)(findings *out, const store *file, const char *name, lsnn_error *err),
                               lsnn_error *err)
{
    const char **names;
    int n;
    if (!store_has(file, group)) return LSNN_OK;
    TRY(store_members(file, out->memory, &names, &n, group, err));
    for (int k = 0; k < n; k++)
        TRY(add(out, file, names[k], err));
    return LSNN_OK;
}

static lsnn_status add_all(findings *out, const store *file, lsnn_error *err)
{
    static const struct {
        const char *name, *unit;
    } columns[] = {{"loss", ""},           {"error", ""},       {"rate", "Hz"},
                   {"gradient_norm", ""},  {"psi_density", ""}, {"validation_error", ""},
                   {"validation_loss", ""}};
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++)
        TRY(add_metric(out, file, columns[k].name, columns[k].unit, err));
    TRY(each_member(out, file, "/alignment", add_alignment, err));
    return each_member(out, file, "/weights", add_weights, err);
}

lsnn_status analyze_learning(findings *out, const char *path, lsnn_error *err)
{
    store *file;
    TRY(store_open(&file, path, err));
    const lsnn_status status = add_all(out, file, err);
    const lsnn_status closed = store_close(file, false, NULL);
    return status != LSNN_OK ? status : closed;
}
