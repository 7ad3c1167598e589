/* Memory of gradients. */
#include "worker.h"

size_t gradients_length(const network *net, int which)
{
    for (int i = 0; i < net->n_projections; i++) {
        const projection *p = &net->projections[i];
        if (p->parameter == which && p->sums) return net->parameters[which].n + (size_t)p->width;
    }
    return net->parameters[which].n;
}

lsnn_status gradients_new(gradients **out, const network *net, arena *a, lsnn_error *err)
{
    gradients *g;
    TRY(arena_take(a, &g, 1, sizeof *g, err));
    TRY(arena_take(a, &g->value, (size_t)net->n_parameters, sizeof *g->value, err));
    for (int p = 0; p < net->n_parameters; p++)
        TRY(arena_take(a, &g->value[p], gradients_length(net, p), sizeof(real), err));
    *out = g;
    return LSNN_OK;
}
