/* Searches by generations: the draws of a generation follow from the outcomes of those before, for everybody in the same way. */
#include "plan.h"

/* Mean over the trials of each draw of a generation, nan where one has failed; false: not all of them are judged. */
static bool score_generation(double *score, const sweep *s, const ledger *l, int g)
{
    const size_t n = search_population(&s->search, &s->space);
    const size_t per_draw = s->space.n_trials / s->space.n_draws;
    for (size_t k = 0; k < n; k++) {
        const size_t first = ((size_t)g * n + k) * per_draw;
        score[k] = 0;
        for (size_t trial = first; trial < first + per_draw; trial++) {
            const ledger_entry *e = ledger_at(l, trial, 0);
            if (!e->judged) return false;
            score[k] += e->cost / (double)per_draw;
        }
    }
    return true;
}

static lsnn_status learn_all(bool *grown, sweep *s, const ledger *l, arena *a, lsnn_error *err)
{
    const double **scores;
    const size_t n = search_population(&s->search, &s->space);
    TRY(arena_take(a, &scores, (size_t)s->search.generations, sizeof *scores, err));
    for (int g = 0; g + 1 < s->search.generations; g++) {
        double *score;
        TRY(arena_take(a, &score, n, sizeof *score, err));
        scores[g] = score;
        if (!score_generation(score, s, l, g)) return LSNN_OK;
        if (s->space.n_known >= ((size_t)g + 2) * n) continue;
        TRY(search_generation(&s->search, &s->space, g + 1, scores, s->memory, err));
        *grown = true;
    }
    return LSNN_OK;
}

lsnn_status plan_learn(bool *grown, sweep *s, const ledger *l, lsnn_error *err)
{
    arena *a;
    *grown = false;
    if (!search_grows(&s->search)) return LSNN_OK;
    TRY(arena_new(&a, err));
    const lsnn_status status = learn_all(grown, s, l, a, err);
    arena_free(a);
    return status;
}
