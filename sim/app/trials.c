/* Outcomes of a sweep's trials, and what settings explain of them. */
#include "trials.h"
#include "plan.h"
#include "sweep_trial.h"
#include "text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double wide = 20; /* from this ratio on values belong on a logarithmic axis */

/* ---- values ----------------------------------------------------------------------------------------------------------- */

double trials_value(const trials *t, size_t k)
{
    return t->outcome[k].status == OUTCOME_FAILED ? NAN : t->outcome[k].metric[t->metric];
}

const char *trials_text(const trials *t, size_t k, const trials_setting *of)
{
    return space_value_of(&t->s->space, t->number[k], space_find(&t->s->space, of->path));
}

double trials_number(const trials *t, size_t k, const trials_setting *of)
{
    const char *text = trials_text(t, k, of);
    double number;
    return text && text_to_double(&number, text) ? number : NAN;
}

int trials_level(const trials *t, size_t k, const trials_setting *of)
{
    const char *text = trials_text(t, k, of);
    for (int l = 0; text && l < of->n_levels; l++)
        if (strcmp(of->level[l], text) == 0) return l;
    return -1;
}

trials_mean trials_mean_of(const trials *t, const trials_setting *of, int level, const trials_setting *of2, int level2)
{
    trials_mean m = {0, NAN, 0};
    double squares = 0;
    for (size_t k = 0; k < t->n; k++) {
        const double value = trials_value(t, k), off = value - m.mean;
        if (isnan(value) || trials_level(t, k, of) != level) continue;
        if (of2 && trials_level(t, k, of2) != level2) continue;
        m.mean += off / (double)++m.n;
        squares += off * (value - m.mean);
    }
    if (m.n == 0) m.mean = NAN;
    if (m.n > 1) m.sem = sqrt(squares / (double)(m.n - 1) / (double)m.n);
    return m;
}

/* ---- settings --------------------------------------------------------------------------------------------------------- */

static lsnn_status find_levels(trials_setting *of, const space_parameter *p, arena *a, lsnn_error *err)
{
    double low = INFINITY, high = -INFINITY, number;
    of->path = p->path;
    of->numeric = true;
    if (p->sort != SPACE_VALUES && p->sort != SPACE_CHOICE) {
        of->log = p->sort == SPACE_LOG_UNIFORM || p->sort == SPACE_LOG_INTEGER;
        return LSNN_OK;
    }
    TRY(arena_take(a, &of->level, (size_t)p->n + 1, sizeof *of->level, err));
    for (int v = 0; v < p->n; v++) {
        bool known = false;
        for (int l = 0; l < of->n_levels; l++)
            known = known || strcmp(of->level[l], p->values[v].text) == 0;
        if (known) continue;
        of->level[of->n_levels++] = p->values[v].text;
        if (!text_to_double(&number, p->values[v].text)) {
            of->numeric = false;
            continue;
        }
        low = fmin(low, number);
        high = fmax(high, number);
    }
    of->log = of->numeric && low > 0 && high >= wide * low;
    return LSNN_OK;
}

/* Over levels: variance between them; of drawn numbers: squared correlation. */
static double share_of(const trials *t, const trials_setting *of)
{
    double n = 0, sum = 0, squares = 0, between = 0, x = 0, xx = 0, xy = 0;
    for (size_t k = 0; k < t->n; k++) {
        const double value = trials_value(t, k), number = trials_number(t, k, of);
        if (isnan(value) || (of->n_levels > 0 ? trials_level(t, k, of) < 0 : isnan(number))) continue;
        const double place = of->log ? log(number) : number;
        n++;
        sum += value;
        squares += value * value;
        x += place;
        xx += place * place;
        xy += place * value;
    }
    const double total = squares - sum * sum / n;
    if (!(n > 2) || !(total > 1e-12 * squares)) return NAN;
    if (of->n_levels == 0) {
        const double spread = xx - x * x / n, both = xy - x * sum / n;
        return spread > 0 ? both * both / (spread * total) : NAN;
    }
    for (int l = 0; l < of->n_levels; l++) {
        const trials_mean m = trials_mean_of(t, of, l, NULL, 0);
        if (m.n > 0) between += (double)m.n * (m.mean - sum / n) * (m.mean - sum / n);
    }
    return between / total;
}

static int by_share(const void *a, const void *b)
{
    const trials_setting *x = a, *y = b;
    const double p = isnan(x->share) ? -1 : x->share, q = isnan(y->share) ? -1 : y->share;
    return (p < q) - (p > q);
}

static lsnn_status find_settings(trials *out, arena *a, lsnn_error *err)
{
    const space *sp = &out->s->space;
    TRY(arena_take(a, &out->settings, (size_t)sp->n_parameters + 1, sizeof *out->settings, err));
    for (int p = 0; p < sp->n_parameters; p++)
        TRY(find_levels(&out->settings[out->n_settings++], &sp->parameters[p], a, err));
    for (int k = 0; k < out->n_settings; k++)
        out->settings[k].share = share_of(out, &out->settings[k]);
    qsort(out->settings, (size_t)out->n_settings, sizeof *out->settings, by_share);
    return LSNN_OK;
}

/* ---- outcomes --------------------------------------------------------------------------------------------------------- */

static lsnn_status read_outcomes(trials *out, const ledger *l, arena *a, lsnn_error *err)
{
    const size_t n = l->s->space.n_trials;
    TRY(arena_take(a, &out->number, n + 1, sizeof *out->number, err));
    TRY(arena_take(a, &out->outcome, n + 1, sizeof *out->outcome, err));
    for (size_t trial = 0; trial < n; trial++) {
        if (!ledger_outcome(&out->outcome[out->n], l, trial)) continue;
        out->number[out->n++] = trial;
    }
    return LSNN_OK;
}

static bool has_metric(const trials *t, int metric)
{
    for (size_t k = 0; k < t->n; k++)
        if (!isnan(t->outcome[k].metric[metric])) return true;
    return false;
}

static lsnn_status choose_metric(trials *out, const char *name, lsnn_error *err)
{
    static const int wanted[] = {OUTCOME_test_error, OUTCOME_validation_error, OUTCOME_error,
                                 OUTCOME_test_loss,  OUTCOME_validation_loss,  OUTCOME_loss,
                                 OUTCOME_rate};
    out->metric = OUTCOME_error;
    for (int k = sizeof wanted / sizeof *wanted - 1; k >= 0; k--)
        if (has_metric(out, wanted[k])) out->metric = wanted[k];
    if (out->s->search.kind != SEARCH_NONE) out->metric = out->s->search.metric;
    for (int k = 0; name && k < OUTCOME_N_METRICS; k++)
        if (strcmp(name, outcome_metric[k]) == 0 && has_metric(out, out->metric = k)) name = NULL;
    const char *chosen = outcome_metric[out->metric];
    const search *q = &out->s->search;
    const bool wanted_great =
        out->metric == OUTCOME_test_error_ratio || (q->kind != SEARCH_NONE && q->maximise && q->metric == out->metric);
    out->minimised = (strstr(chosen, "error") || strstr(chosen, "loss")) && !wanted_great;
    if (!name) return LSNN_OK;
    return lsnn_fail(err, LSNN_USAGE, "metric=%s: the trials of %s have no such metric", name, out->s->folder);
}

typedef struct rank {
    double value;
    size_t k;
} rank;

static int better_first(const void *a, const void *b)
{
    const rank *x = a, *y = b;
    if (isnan(x->value) != isnan(y->value)) return isnan(x->value) ? 1 : -1;
    if (x->value != y->value && !isnan(x->value)) return x->value > y->value ? 1 : -1;
    return (x->k > y->k) - (x->k < y->k);
}

static lsnn_status put_in_order(trials *out, arena *a, lsnn_error *err)
{
    rank *ranks;
    TRY(arena_take(a, &ranks, out->n + 1, sizeof *ranks, err));
    TRY(arena_take(a, &out->order, out->n + 1, sizeof *out->order, err));
    for (size_t k = 0; k < out->n; k++)
        ranks[k] = (rank){trials_value(out, k), k};
    if (out->minimised) qsort(ranks, out->n, sizeof *ranks, better_first);
    for (size_t k = 0; k < out->n; k++)
        out->order[k] = ranks[k].k;
    return LSNN_OK;
}

lsnn_status trials_read(trials **out, const char *folder, const char *metric, arena *a, lsnn_error *err)
{
    sweep *s;
    ledger l;
    bool learned;
    TRY(arena_take(a, out, 1, sizeof **out, err));
    TRY(sweep_open(&s, folder, &sweep_trial_host, a, err));
    TRY(ledger_new(&l, s, err));
    TRY(plan_learn(&learned, s, &l, err));
    (*out)->s = s;
    (*out)->count = collect_status(&l);
    TRY(read_outcomes(*out, &l, a, err));
    TRY(choose_metric(*out, metric, err));
    TRY(put_in_order(*out, a, err));
    return find_settings(*out, a, err);
}

/* ---- learning curves -------------------------------------------------------------------------------------------------- */

/* The place of a column of metrics.csv, from its head; -1: it has none. */
static int find_column(const char *head, const char *name)
{
    const size_t length = strlen(name);
    int column = 0;
    for (const char *at = head;; at += strcspn(at, ",") + 1, column++) {
        if (strncmp(at, name, length) == 0 && strchr(",\r\n", at[length])) return column;
        if (!strchr(at, ',')) return -1;
    }
}

static double field_of(const char *line, int column)
{
    char *end;
    for (; column > 0 && line; column--)
        line = (line = strchr(line, ',')) ? line + 1 : NULL;
    const double value = line ? strtod(line, &end) : NAN;
    return line && end != line ? value : NAN;
}

/* How many lines have a value; with `out`, also their means in at most TRIALS_MOST_POINTS parts. */
static size_t read_course(trials_course *out, FILE *file, const char *name, size_t n_lines)
{
    char *line = NULL;
    size_t room = 0, seen = 0, in_part = 0;
    const int column = getline(&line, &room, file) > 0 ? find_column(line, name) : -1;
    const size_t part = n_lines > TRIALS_MOST_POINTS ? (n_lines + TRIALS_MOST_POINTS - 1) / TRIALS_MOST_POINTS : 1;
    while (column >= 0 && getline(&line, &room, file) > 0) {
        const double value = field_of(line, column), iteration = field_of(line, 0);
        if (isnan(value) || isnan(iteration)) continue;
        seen++;
        if (!out) continue;
        if (in_part == part) {
            out->n++;
            in_part = 0;
        }
        if (in_part == 0) out->iteration[out->n] = out->value[out->n] = 0;
        in_part++;
        out->iteration[out->n] += (iteration - out->iteration[out->n]) / (double)in_part;
        out->value[out->n] += (value - out->value[out->n]) / (double)in_part;
    }
    if (out && in_part > 0) out->n++;
    free(line);
    rewind(file);
    return seen;
}

lsnn_status trials_course_of(trials_course *out, const trials *t, size_t k, arena *a, lsnn_error *err)
{
    char folder[PATH_MAX], path[PATH_MAX + 16];
    const char *name = outcome_metric[t->metric];
    if (strncmp(name, "test_", 5) == 0) name += 5;
    if (strncmp(name, "validation_", 11) == 0) name += 11;
    *out = (trials_course){0};
    const char *checked;
    TRY(arena_format(a, &checked, err, "validation_%s", name));
    sweep_trial_folder(folder, t->s, t->number[k]);
    snprintf(path, sizeof path, "%s/metrics.csv", folder);
    FILE *file = fopen(path, "r");
    if (!file) return LSNN_OK; /* simulations, and failures at the start */
    size_t n = read_course(NULL, file, checked, 0);
    if (n > 1)
        name = checked;
    else
        n = read_course(NULL, file, name, 0);
    lsnn_status status = arena_take(a, &out->iteration, n + 1, sizeof(double), err);
    if (status == LSNN_OK) status = arena_take(a, &out->value, n + 1, sizeof(double), err);
    if (status == LSNN_OK) (void)read_course(out, file, name, n);
    fclose(file);
    return status;
}
