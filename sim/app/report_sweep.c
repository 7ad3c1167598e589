/* The page about a sweep. */
#include "report.h"
#include "text.h"
#include <math.h>
#include <string.h>

enum { MOST_BEST = 10, MOST_ROWS = 5000, MOST_SETTINGS = 12, MOST_LISTED = 8 };

/* ---- head ------------------------------------------------------------------------------------------------------------- */

static double best_value(const trials *t)
{
    return t->minimised && t->n > 0 ? trials_value(t, t->order[0]) : NAN;
}

static lsnn_status put_tiles(const report *r, lsnn_error *err)
{
    const trials *t = r->chart.trials;
    const char *best;
    char text[32];
    double seconds = 0;
    for (size_t k = 0; k < t->n; k++)
        seconds += t->outcome[k].seconds;
    text_duration(text, seconds);
    TRY(arena_format(r->memory, &best, err, "best %s", outcome_metric[t->metric]));
    fputs("<div class=\"tiles\">\n", r->to);
    report_number_tile(r, (double)t->s->space.n_trials, "", "trials");
    report_number_tile(r, (double)t->count.done, "", "done");
    if (t->count.paused + t->count.stopped > 0)
        report_number_tile(r, (double)(t->count.paused + t->count.stopped), "", "ended early by the search");
    if (t->count.failed > 0) report_number_tile(r, (double)t->count.failed, "", "failed");
    report_number_tile(r, best_value(t), "", best);
    report_tile(r, text, "time of all trials");
    fputs("</div>\n", r->to);
    return LSNN_OK;
}

/* ---- warnings --------------------------------------------------------------------------------------------------------- */

static void warn_unfinished(report_list *w, const trials *t)
{
    const collect_count *c = &t->count;
    if (c->left + c->running > 0)
        report_warn(w, "Not finished: %zu trials are left, %zu under way. `lsnn sweep` with this folder goes on.",
                    c->left, c->running);
    for (size_t k = 0; k < t->n; k++) {
        if (t->outcome[k].status != OUTCOME_FAILED) continue;
        report_warn(w, "%zu trials failed; the first, %zu: %s", c->failed, t->number[k], t->outcome[k].message);
        break;
    }
    if (c->paused + c->stopped > 0)
        report_warn(w, "%zu trials were ended early by the search: their numbers are of fewer iterations than others'.",
                    c->paused + c->stopped);
}

/* The level with the best mean; -1: not known. */
static int best_level(const trials *t, const trials_setting *of)
{
    int best = -1;
    double lowest = INFINITY;
    for (int l = 0; l < of->n_levels; l++) {
        const trials_mean m = trials_mean_of(t, of, l, NULL, 0);
        if (!(m.mean < lowest)) continue;
        lowest = m.mean;
        best = l;
    }
    return best;
}

static double level_number(const trials_setting *of, int level)
{
    double number;
    return text_to_double(&number, of->level[level]) ? number : NAN;
}

/* Where more might be found. */
static void warn_edges(report_list *w, const trials *t)
{
    for (int k = 0; t->minimised && k < t->n_settings; k++) {
        const trials_setting *of = &t->settings[k];
        const int best = of->numeric && of->n_levels > 2 && strcmp(of->path, "seed") != 0 ? best_level(t, of) : -1;
        if (best < 0) continue;
        bool lowest = true, highest = true;
        for (int l = 0; l < of->n_levels; l++) {
            lowest = lowest && level_number(of, best) <= level_number(of, l);
            highest = highest && level_number(of, best) >= level_number(of, l);
        }
        if (lowest || highest)
            report_warn(w, "The best value of %s, %s, is the %s that was tried: one beyond it may be better.", of->path,
                        of->level[best], lowest ? "smallest" : "largest");
    }
}

static void warn_seeds(report_list *w, const trials *t)
{
    const int seed = space_find(&t->s->space, "seed");
    if (seed < 0 || t->s->space.parameters[seed].n == 1)
        report_warn(w, "One seed for each setting: small differences are chance.");
}

static void put_warnings(const report *r)
{
    const trials *t = r->chart.trials;
    report_list w = report_list_begin(r);
    warn_unfinished(&w, t);
    warn_edges(&w, t);
    warn_seeds(&w, t);
    report_list_end(
        &w, "Nothing suspicious was found: all trials are done, and no best value lies at the end of its list.");
}

/* ---- what was run ----------------------------------------------------------------------------------------------------- */

static void put_fact(const report *r, const char *label, const char *text)
{
    fprintf(r->to, "<dt>%s</dt><dd>", label);
    report_put(r, text);
    fputs("</dd>\n", r->to);
}

static void put_facts(const report *r)
{
    const trials *t = r->chart.trials;
    fputs("<section id=\"run\">\n<h2>What was run</h2>\n<dl>\n", r->to);
    put_fact(r, "folder", t->s->folder);
    put_fact(r, "compared by", outcome_metric[t->metric]);
    if (t->s->search.kind != SEARCH_NONE) put_fact(r, "search", search_name[t->s->search.kind]);
    if (t->n > 0) {
        put_fact(r, "started", t->outcome[0].started);
        put_fact(r, "version", t->outcome[0].version);
        put_fact(r, "host", t->outcome[0].host);
    }
    fputs("</dl>\n<details>\n<summary>config and space</summary>\n<pre>", r->to);
    report_put(r, t->s->text);
    fputs("</pre>\n</details>\n</section>\n", r->to);
}

/* ---- tables ----------------------------------------------------------------------------------------------------------- */

static void put_text_cell(const report *r, const char *text)
{
    fputs("<td>", r->to);
    report_put(r, text ? text : "\u2013");
    fputs("</td>", r->to);
}

static void put_trials_head(const report *r, const bool *shown)
{
    const trials *t = r->chart.trials;
    fputs("<tr><th>trial</th>", r->to);
    for (int p = 0; p < t->s->space.n_parameters; p++) {
        fputs("<th>", r->to);
        report_put(r, t->s->space.parameters[p].path);
        fputs("</th>", r->to);
    }
    fputs("<th>status</th><th>iterations</th>", r->to);
    for (int m = 0; m < OUTCOME_N_METRICS; m++)
        if (shown[m]) fprintf(r->to, "<th>%s</th>", outcome_metric[m]);
    fputs("<th>seconds</th></tr>\n", r->to);
}

static void put_trial(const report *r, size_t k, const bool *shown)
{
    const trials *t = r->chart.trials;
    const outcome *o = &t->outcome[k];
    fprintf(r->to, "<tr><td>%zu</td>", t->number[k]);
    for (int p = 0; p < t->s->space.n_parameters; p++)
        put_text_cell(r, space_value_of(&t->s->space, t->number[k], p));
    fprintf(r->to, "<td>%s</td><td>%llu</td>", outcome_text[o->status], (unsigned long long)o->iterations);
    for (int m = 0; m < OUTCOME_N_METRICS; m++)
        if (shown[m]) report_cell(r, o->metric[m]);
    report_cell(r, o->seconds);
    fputs("</tr>\n", r->to);
}

/* Of all metrics those that any trial has. */
static void find_shown(bool *shown, const trials *t)
{
    for (size_t k = 0; k < t->n; k++)
        for (int m = 0; m < OUTCOME_N_METRICS; m++)
            shown[m] = shown[m] || !isnan(t->outcome[k].metric[m]);
}

static void put_best(const report *r, const bool *shown)
{
    const trials *t = r->chart.trials;
    fputs("<section id=\"best\">\n<h2>Best trials</h2>\n<div class=\"scroll\"><table>\n", r->to);
    put_trials_head(r, shown);
    for (size_t k = 0; k < t->n && k < MOST_BEST; k++)
        put_trial(r, t->order[k], shown);
    fputs("</table></div>\n<p class=\"soft\">The best of many trials looks better than it is: run it with other seeds. "
          "<code>lsnn run FOLDER/NUMBER/config.yaml</code> repeats a trial.</p>\n</section>\n",
          r->to);
}

static void put_all(const report *r, const bool *shown)
{
    const trials *t = r->chart.trials;
    fputs("<section id=\"trials\">\n<h2>All trials</h2>\n<div class=\"scroll\"><table class=\"sortable\">\n<thead>\n",
          r->to);
    put_trials_head(r, shown);
    fputs("</thead>\n<tbody>\n", r->to);
    for (size_t k = 0; k < t->n && k < MOST_ROWS; k++)
        put_trial(r, k, shown);
    fputs("</tbody>\n</table></div>\n", r->to);
    if (t->n > MOST_ROWS)
        fprintf(r->to, "<p class=\"soft\">The first %d of %zu; `lsnn sweep collect` writes all.</p>\n", MOST_ROWS,
                t->n);
    fputs("</section>\n", r->to);
}

/* A level and its mean, few enough to be read. */
static void put_levels(const report *r, const trials_setting *of)
{
    if (of->n_levels == 0 || of->n_levels > MOST_LISTED) {
        put_text_cell(r, of->n_levels > 0 ? "see the figure" : "drawn");
        return;
    }
    fputs("<td>", r->to);
    for (int l = 0; l < of->n_levels; l++) {
        const trials_mean m = trials_mean_of(r->chart.trials, of, l, NULL, 0);
        fputs(l > 0 ? ", " : "", r->to);
        report_put(r, of->level[l]);
        if (m.n > 0) fprintf(r->to, ": %.3g", m.mean);
    }
    fputs("</td>", r->to);
}

static void put_shares(const report *r)
{
    const trials *t = r->chart.trials;
    fputs("<div class=\"scroll\"><table>\n<tr><th>setting</th><th>share of the variance</th><th>mean at each "
          "value</th></tr>\n",
          r->to);
    for (int k = 0; k < t->n_settings; k++) {
        fputs("<tr>", r->to);
        put_text_cell(r, t->settings[k].path);
        report_cell(r, t->settings[k].share);
        put_levels(r, &t->settings[k]);
        fputs("</tr>\n", r->to);
    }
    fputs("</table></div>\n<p class=\"soft\">The share of the variance over trials that a setting explains by "
          "itself.</p>\n",
          r->to);
}

/* ---- figures ---------------------------------------------------------------------------------------------------------- */

static lsnn_status put_curves(const report *r, lsnn_error *err)
{
    const picture curves = {.add = chart_trials_curves, .trial = -1, .zoom = true, .caption = "Every trial."};
    if (!r->chart.trials->minimised) return LSNN_OK; /* simulations */
    return report_section(r, "curves", "Learning", &curves, 1, err);
}

static lsnn_status put_settings(const report *r, lsnn_error *err)
{
    const trials *t = r->chart.trials;
    picture pictures[MOST_SETTINGS + 1];
    int n = 0;
    for (int k = 0; k < t->n_settings && n < MOST_SETTINGS; k++) {
        if (strcmp(t->settings[k].path, "seed") == 0) continue;
        pictures[n] = (picture){.add = chart_trials_setting, .trial = -1, .setting = k};
        TRY(arena_format(r->memory, &pictures[n++].caption, err, "By %s.", t->settings[k].path));
    }
    if (chart_trials_has_pair(t))
        pictures[n++] =
            (picture){.add = chart_trials_pair, .trial = -1, .caption = "Mean by the two that explain most."};
    TRY(report_section(r, "settings", "Settings", pictures, n, err));
    put_shares(r);
    return LSNN_OK;
}

lsnn_status report_sweep(const report *r, lsnn_error *err)
{
    const trials *t = r->chart.trials;
    bool shown[OUTCOME_N_METRICS] = {false};
    find_shown(shown, t);
    report_open(r, t->s->name);
    TRY(put_tiles(r, err));
    fputs("</header>\n", r->to);
    put_warnings(r);
    put_facts(r);
    if (t->minimised) put_best(r, shown);
    TRY(put_curves(r, err));
    TRY(put_settings(r, err));
    put_all(r, shown);
    return LSNN_OK;
}
