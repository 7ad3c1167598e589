/* Means over seeds. */
#include "collect.h"
#include "csv.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct member {
    const sweep *s;
    size_t trial;
    outcome outcome;
} member;

static const char *value_of(const member *m, int p)
{
    const char *value = space_value_of(&m->s->space, m->trial, p);
    return value ? value : "";
}

static int by_condition(const void *a, const void *b)
{
    const member *x = a, *y = b;
    const int seed = space_find(&x->s->space, "seed");
    for (int p = 0; p < x->s->space.n_parameters; p++) {
        const int order = p == seed ? 0 : strcmp(value_of(x, p), value_of(y, p));
        if (order != 0) return order;
    }
    return 0;
}

/* Groups in the order of their first trials. */
static int by_trial(const void *a, const void *b)
{
    const member *x = *(const member *const *)a, *y = *(const member *const *)b;
    return (x->trial > y->trial) - (x->trial < y->trial);
}

static int by_condition_and_trial(const void *a, const void *b)
{
    const int order = by_condition(a, b);
    const member *x = a, *y = b;
    return order != 0 ? order : (x->trial > y->trial) - (x->trial < y->trial);
}

static void put_head(FILE *out, const sweep *s)
{
    const int seed = space_find(&s->space, "seed");
    bool first = true;
    for (int p = 0; p < s->space.n_parameters; p++) {
        if (p == seed) continue;
        if (!first) fputc(',', out);
        csv_put(out, s->space.parameters[p].path);
        first = false;
    }
    fputs(first ? "trials,failed" : ",trials,failed", out);
    for (int k = 0; k < OUTCOME_N_METRICS; k++)
        fprintf(out, ",%s_mean,%s_sem,%s_n", outcome_metric[k], outcome_metric[k], outcome_metric[k]);
    fputc('\n', out);
}

/* SEM: standard deviation (with n - 1) over the root of n. */
static void put_metric(FILE *out, const member *m, size_t n, int k)
{
    double sum = 0, squares = 0;
    size_t known = 0;
    for (size_t i = 0; i < n; i++) {
        const double x = m[i].outcome.metric[k];
        if (m[i].outcome.status == OUTCOME_FAILED || isnan(x)) continue;
        sum += x;
        known++;
    }
    const double mean = sum / (double)known;
    for (size_t i = 0; i < n; i++) {
        const double d = m[i].outcome.metric[k] - mean;
        if (m[i].outcome.status != OUTCOME_FAILED && !isnan(d)) squares += d * d;
    }
    if (known > 0)
        fprintf(out, ",%.9g", mean);
    else
        fputc(',', out);
    if (known > 1)
        fprintf(out, ",%.9g", sqrt(squares / (double)(known - 1) / (double)known));
    else
        fputc(',', out);
    fprintf(out, ",%zu", known);
}

static void put_group(FILE *out, const member *m, size_t n)
{
    const sweep *s = m->s;
    const int seed = space_find(&s->space, "seed");
    size_t failed = 0;
    for (int p = 0, k = 0; p < s->space.n_parameters; p++) {
        if (p == seed) continue;
        if (k++ > 0) fputc(',', out);
        csv_put(out, value_of(m, p));
    }
    for (size_t i = 0; i < n; i++)
        failed += m[i].outcome.status == OUTCOME_FAILED;
    fprintf(out, s->space.n_parameters > (seed >= 0) ? ",%zu,%zu" : "%zu,%zu", n, failed);
    for (int k = 0; k < OUTCOME_N_METRICS; k++)
        put_metric(out, m, n, k);
    fputc('\n', out);
}

static void put_groups(FILE *out, member *members, size_t n, const member **heads)
{
    size_t n_groups = 0;
    qsort(members, n, sizeof *members, by_condition_and_trial);
    for (size_t k = 0; k < n; k++)
        if (k == 0 || by_condition(&members[k - 1], &members[k]) != 0) heads[n_groups++] = &members[k];
    qsort(heads, n_groups, sizeof *heads, by_trial);
    for (size_t g = 0; g < n_groups; g++) {
        const member *end = heads[g];
        while (end < members + n && by_condition(heads[g], end) == 0)
            end++;
        put_group(out, heads[g], (size_t)(end - heads[g]));
    }
}

static lsnn_status write_groups(const ledger *l, arena *a, lsnn_error *err)
{
    char path[LEDGER_PATH];
    member *members;
    const member **heads;
    csv_file file;
    size_t n = 0;
    TRY(arena_take(a, &members, l->s->space.n_trials, sizeof *members, err));
    TRY(arena_take(a, &heads, l->s->space.n_trials, sizeof *heads, err));
    for (size_t trial = 0; trial < l->s->space.n_trials; trial++) {
        members[n] = (member){.s = l->s, .trial = trial};
        n += ledger_outcome(&members[n].outcome, l, trial);
    }
    snprintf(path, sizeof path, "%s/groups.csv", l->s->folder);
    TRY(csv_open(&file, path, err));
    put_head(file.stream, l->s);
    put_groups(file.stream, members, n, heads);
    return csv_close(&file, err);
}

lsnn_status collect_groups(const ledger *l, lsnn_error *err)
{
    arena *a;
    TRY(arena_new(&a, err));
    const lsnn_status status = write_groups(l, a, err);
    arena_free(a);
    return status;
}
