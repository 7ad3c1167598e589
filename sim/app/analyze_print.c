/* Findings on stdout: a table for people, JSON and CSV for programs. */
#include "analyze.h"
#include "json.h"
#include "text.h"
#include <math.h>
#include <string.h>

/* ---- table ------------------------------------------------------------------------------------------------------------ */

static void print_number(double number)
{
    if (isnan(number))
        printf(" %11s", "-");
    else
        printf(" %11.5g", number);
}

static void print_head(const selection *s)
{
    const spikes *f = s->file;
    int wanted = 0;
    for (int k = 0; s->by_trial && k < f->n_trials; k++)
        wanted += s->trial[k];
    printf("%s: %s, ", f->path, f->layout);
    if (s->by_trial)
        printf("%d of %d trials, %g to %g ms of each\n", wanted, f->n_trials, s->window.start, s->window.stop);
    else
        printf("%g to %g ms%s\n", s->window.start, s->window.stop,
               f->n_trials || s->window.stop != f->stop ? ""
               : f->stop > 0                            ? " (the last spike)"
                                                        : " (no spikes: give --window 0:STOP)");
}

static void print_size(const spikes_population *p)
{
    printf(": %d neurons", p->spikes.n_neurons);
    if (!p->counted)
        printf("%s", p->spikes.n ? " (by the highest id)" : " (silent, and not counted in the file: see --neurons)");
}

static void print_section(const selection *s, const finding *first)
{
    printf("\n%s", first->population);
    for (int k = 0; k < s->file->n_populations; k++)
        if (strcmp(s->file->populations[k].name, first->population) == 0) print_size(&s->file->populations[k]);
    if (strcmp(first->group, "all") != 0) printf(", %s", first->group);
    printf("\n  %-20s %11s %11s %-8s %7s %9s\n", "measure", "value", "sd", "unit", "n", "undefined");
}

void analyze_print_table(const analyze_head *h)
{
    print_head(h->selection);
    for (int k = 0; k < h->found->n_numbers; k++) {
        const finding *f = &h->found->numbers[k], *before = k ? f - 1 : NULL;
        if (!before || strcmp(before->population, f->population) != 0 || strcmp(before->group, f->group) != 0)
            print_section(h->selection, f);
        printf("  %-20s", f->measure);
        print_number(f->value);
        print_number(f->sd);
        printf(" %-8s %7zu", f->unit, f->n);
        if (f->excluded)
            printf(" %9zu", f->excluded);
        else
            printf(" %9s", *f->note ? "" : "-");
        printf("%s%s\n", *f->note ? "  " : "", f->note);
    }
}

/* ---- JSON ------------------------------------------------------------------------------------------------------------- */

static void json_member(const char *name, const char *text)
{
    printf("\"%s\": ", name);
    json_text(text);
    printf(", ");
}

static void json_finding(const finding *f)
{
    printf("{");
    json_member("population", f->population);
    json_member("group", f->group);
    json_member("measure", f->measure);
    json_member("unit", f->unit);
    json_member("note", f->note);
    printf("\"value\": ");
    json_number(f->value);
    printf(", \"sd\": ");
    json_number(f->sd);
    printf(", \"n\": %zu, \"undefined\": %zu}", f->n, f->excluded);
}

static void json_curve(const finding_curve *c)
{
    printf("{");
    json_member("population", c->population);
    json_member("group", c->group);
    json_member("measure", c->measure);
    printf("\"columns\": [");
    for (int k = 0; k < c->n_columns; k++) {
        printf("%s{", k ? ", " : "");
        json_member("name", c->column[k].name);
        json_member("unit", c->column[k].unit);
        printf("\"values\": [");
        for (size_t row = 0; row < c->n_rows; row++) {
            printf("%s", row ? ", " : "");
            json_number(c->column[k].values[row]);
        }
        printf("]}");
    }
    printf("]}");
}

void analyze_print_json(const analyze_head *h)
{
    const selection *s = h->selection;
    printf("{");
    json_member("file", s->file->path);
    json_member("layout", s->file->layout);
    printf("\"by_trial\": %s, \"window_ms\": [", s->by_trial ? "true" : "false");
    json_number(s->window.start);
    printf(", ");
    json_number(s->window.stop);
    printf("],\n \"numbers\": [");
    for (int k = 0; k < h->found->n_numbers; k++) {
        printf("%s\n  ", k ? "," : "");
        json_finding(&h->found->numbers[k]);
    }
    printf("],\n \"curves\": [");
    for (int k = 0; k < h->found->n_curves; k++) {
        printf("%s\n  ", k ? "," : "");
        json_curve(&h->found->curves[k]);
    }
    printf("]}\n");
}

/* ---- CSV -------------------------------------------------------------------------------------------------------------- */

static void csv_text(const char *text)
{
    if (!strpbrk(text, ",\"\n")) {
        printf("%s", text);
        return;
    }
    putchar('"');
    for (; *text; text++)
        printf(*text == '"' ? "\"\"" : "%c", *text);
    putchar('"');
}

/* What is not defined is an empty field. */
static void csv_number(double number)
{
    char text[32];
    if (isnan(number)) return;
    text_number(text, number);
    printf("%s", text);
}

void analyze_print_csv(const findings *f)
{
    printf("population,group,measure,value,sd,unit,n,undefined,note\n");
    for (int k = 0; k < f->n_numbers; k++) {
        const finding *number = &f->numbers[k];
        csv_text(number->population);
        printf(",%s,%s,", number->group, number->measure);
        csv_number(number->value);
        putchar(',');
        csv_number(number->sd);
        printf(",%s,%zu,%zu,", number->unit, number->n, number->excluded);
        csv_text(number->note);
        putchar('\n');
    }
}

static void csv_curve(const finding_curve *c, bool head)
{
    if (head) {
        printf("population,group");
        for (int k = 0; k < c->n_columns; k++)
            printf(*c->column[k].unit ? ",%s_%s" : ",%s", c->column[k].name, c->column[k].unit);
        putchar('\n');
    }
    for (size_t row = 0; row < c->n_rows; row++) {
        csv_text(c->population);
        printf(",%s", c->group);
        for (int k = 0; k < c->n_columns; k++) {
            putchar(',');
            csv_number(c->column[k].values[row]);
        }
        putchar('\n');
    }
}

lsnn_status analyze_print_curve(const findings *f, const char *name, lsnn_error *err)
{
    bool found = false;
    char names[1024] = "";
    for (int k = 0; k < f->n_curves; k++) {
        const finding_curve *c = &f->curves[k];
        const bool wanted = strcmp(c->measure, name) == 0;
        if (wanted) csv_curve(c, !found);
        found = found || wanted;
        const size_t length = strlen(names);
        if (!strstr(names, c->measure) && length + strlen(c->measure) + 3 < sizeof names)
            snprintf(names + length, sizeof names - length, "%s%s", length > 0 ? ", " : "", c->measure);
    }
    if (found) return LSNN_OK;
    return lsnn_fail(err, LSNN_USAGE, "--curve %s: no such curve was found; there are: %s", name,
                     *names ? names : "none");
}
