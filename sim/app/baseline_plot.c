/* The figure of verb baseline. */
#include "baseline.h"
#include "figure_file.h"
#include <math.h>

static const double panel_height = 60; /* mm */

/* Beside the panel of the episodes there is room for two names; those of the regressions stand above that. */
static lsnn_status add_course(figure_panel *p, const baseline *b, int learner, const double *number, arena *a,
                              lsnn_error *err)
{
    const baseline_course *c = &b->learner[learner];
    const size_t n = (size_t)b->n_questions;
    double *low, *high;
    TRY(arena_take(a, &low, n, sizeof *low, err));
    TRY(arena_take(a, &high, n, sizeof *high, err));
    for (size_t q = 0; q < n; q++) {
        low[q] = c->mean[q] - c->sem[q];
        high[q] = c->mean[q] + c->sem[q];
    }
    figure_layer layer = {.kind = FIGURE_BAND, .colour = learner, .n = n, .x = number, .y = high, .low = low};
    TRY(figure_layer_add(p, &layer, err));
    layer = (figure_layer){.kind = FIGURE_LINE, .colour = learner, .n = n, .x = number, .y = c->mean};
    if (learner >= BASELINE_BACKPROP || !baseline_has_network(b)) layer.label = baseline_name(learner);
    return figure_layer_add(p, &layer, err);
}

/* Of all but the first: least squares without ridge leaves the range of all others while it has as few samples as features. */
static lsnn_status add_courses(figure *f, const baseline *b, lsnn_error *err)
{
    figure_panel *p;
    double *number;
    TRY(arena_take(f->memory, &number, (size_t)b->n_questions, sizeof *number, err));
    for (int q = 0; q < b->n_questions; q++)
        number[q] = q + 1;
    TRY(figure_panel_add(&p, f, "mean over the test episodes", panel_height, err));
    p->x = (figure_axis){.label = "trial", .log = true};
    p->y = (figure_axis){.label = "squared error", .log = true};
    for (int l = 1; l < b->n_learners; l++)
        TRY(add_course(p, b, l, number, f->memory, err));
    return LSNN_OK;
}

static lsnn_status add_episodes(figure *f, const baseline *b, lsnn_error *err)
{
    figure_panel *p;
    double *both;
    TRY(arena_take(f->memory, &both, 2, sizeof *both, err));
    both[0] = HUGE_VAL;
    TRY(figure_panel_add(&p, f, "each episode", panel_height, err));
    p->x = (figure_axis){.label = "error of another learner", .log = true};
    p->y = (figure_axis){.label = "error of the network", .log = true};
    for (int m = 1; m < BASELINE_METHODS; m++) {
        const double *x = b->learner[m].late, *y = b->learner[BASELINE_NETWORK].late;
        figure_layer dots = {.kind = FIGURE_DOTS, .colour = m, .n = (size_t)b->n_episodes, .x = x, .y = y};
        if (m < BASELINE_BACKPROP) dots.label = baseline_name(m);
        TRY(figure_layer_add(p, &dots, err));
        for (int64_t k = 0; k < b->n_episodes; k++) {
            both[0] = fmin(both[0], fmin(x[k], y[k]));
            both[1] = fmax(both[1], fmax(x[k], y[k]));
        }
    }
    return figure_layer_add(
        p, &(figure_layer){.kind = FIGURE_LINE, .colour = 0, .dashed = true, .n = 2, .x = both, .y = both}, err);
}

lsnn_status baseline_plot(const baseline *b, const char *path, lsnn_error *err)
{
    figure *f;
    TRY(figure_new(&f, "errors by trial and by episode", 174, b->e->memory, err));
    f->columns = baseline_has_network(b) ? 2 : 1;
    TRY(add_courses(f, b, err));
    if (baseline_has_network(b)) TRY(add_episodes(f, b, err));
    return figure_file_write(f, path, err);
}
