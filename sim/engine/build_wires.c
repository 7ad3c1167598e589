/* Synapses from the plans of projections. Whether they fit is known before the first one is drawn. */
#include "build.h"
#include "memory.h"
#include <math.h>

/* Whether there are pairs to move to, and none is connected twice. */
static lsnn_status check_rewiring(build *b, const projection_plan *plan, const synapses *wires, arena *scratch)
{
    const projection_spec *spec = &plan->spec;
    const config_node *node = config_get(plan->node, "rewiring");
    if (!spec->rewiring) return LSNN_OK;
    const double n_from = wires->n_from, pairs = n_from * wires->n_to - (spec->no_autapses ? n_from : 0);
    if ((double)wires->n >= pairs) {
        config_mistake(&b->report, &node->place,
                       "all %.0f pairs are connected, so none is left for rewiring: give a wiring with fewer, like "
                       "{probability: 0.1}",
                       pairs);
        return LSNN_OK;
    }
    uint32_t *last; /* presynaptic cell that was connected last to each target, from 1 */
    TRY(arena_take(scratch, &last, (size_t)wires->n_to, sizeof *last, b->err));
    for (size_t k = 0; k < wires->n; k++) {
        if (last[wires->to[k]] == wires->from[k] + 1) {
            config_mistake(&b->report, &node->place, "cell %u is connected twice to target %u: rewiring knows one",
                           wires->from[k], wires->to[k]);
            return LSNN_OK;
        }
        last[wires->to[k]] = wires->from[k] + 1;
    }
    return LSNN_OK;
}

/* A weight, and whether it is there (a dense row) or where it leads (a list). */
#define STORED_BYTES (double)(sizeof(real) + sizeof(uint32_t))

static lsnn_status check_room(build *b, const projection_plan *plans, int n)
{
    double stored = 0, list = 0;
    for (int k = 0; k < n; k++) {
        const double most = wiring_most(&plans[k].wiring, &plans[k].site);
        if (most > WIRING_MOST_SYNAPSES)
            config_mistake(&b->report, &plans[k].node->key_place,
                           "%.3g synapses are more than a projection holds (%.3g)", most, WIRING_MOST_SYNAPSES);
        stored += STORED_BYTES * most;
        list = fmax(list, synapses_bytes(most) + synapses_sort_bytes(most));
    }
    if (b->report.n_mistakes > 0) return LSNN_OK;
    return memory_require(memory_process() + (double)arena_bytes(b->e->memory) + stored + list, b->err);
}

/* The list of synapses is in `scratch`. */
static lsnn_status draw(build *b, const projection_plan *plan, arena *scratch)
{
    experiment *e = b->e;
    synapses *wires;
    fields_reader reader = b->reader;
    reader.memory = scratch;
    const double before = (double)arena_bytes(e->memory);
    TRY(wiring_draw(&wires, &plan->wiring, &plan->site, &reader, b->err));
    if (!wires) return LSNN_OK;
    TRY(check_rewiring(b, plan, wires, scratch));
    if (b->report.n_mistakes > 0) return LSNN_OK;
    lsnn_error trouble;
    const lsnn_status status = network_add_projection(e->net, &plan->spec, wires, &trouble);
    if (status == LSNN_CONFIG)
        config_mistake(&b->report, &plan->node->key_place, "%s", trouble.message);
    else if (status != LSNN_OK)
        *b->err = trouble;
    const double sorting = before + synapses_sort_bytes((double)wires->n), storing = (double)arena_bytes(e->memory);
    e->wiring_bytes = fmax(e->wiring_bytes, (double)arena_bytes(scratch) + fmax(sorting, storing));
    return status == LSNN_CONFIG ? LSNN_OK : status;
}

lsnn_status build_wires(build *b, const projection_plan *plans, int n)
{
    TRY(check_room(b, plans, n));
    for (int k = 0; k < n && b->report.n_mistakes == 0; k++) {
        arena *scratch;
        TRY(arena_new(&scratch, b->err));
        const lsnn_status status = draw(b, &plans[k], scratch);
        arena_free(scratch);
        TRY(status);
    }
    return LSNN_OK;
}
