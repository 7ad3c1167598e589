/* `signs:` of the config: excitatory and inhibitory cells (Dale's law). */
#include "build.h"
#include <math.h>

typedef struct signs_fields {
    double excitatory;
    int order;
} signs_fields;

enum { ORDER_RANDOM, ORDER_INHIBITORY_FIRST };

const lsnn_field build_signs_table[] = {
    {"excitatory", LSNN_REAL, offsetof(signs_fields, excitatory), NULL, NULL, 0, 1, false, NULL,
     "share of the cells whose weights are all positive; those of the others are all negative"},
    {"order", LSNN_CHOICE, offsetof(signs_fields, order), "random", NULL, 0, 0, false, "random|inhibitory_first",
     "which ones: drawn, or the last ones"},
    LSNN_END,
};

/* Where the signs of a name belong; *n cells. NULL: a mistake. */
static const real **find(build *b, const config_node *node, int *n, uint64_t *who)
{
    network *net = b->e->net;
    const int s = network_find_source(net, node->key), k = network_find_population(net, node->key);
    if (s >= 0) {
        *n = net->sources[s].n;
        *who = 1000 + (uint64_t)s;
        return &net->sources[s].sign;
    }
    if (k >= 0 && net->populations[k].model->spiking) {
        *n = net->populations[k].n;
        *who = (uint64_t)k;
        return &net->populations[k].sign;
    }
    if (k >= 0)
        config_mistake(&b->report, &node->key_place, "'%s' does not spike: no projection starts there", node->key);
    else
        config_mistake(&b->report, &node->key_place, "no source or population is called '%s'", node->key);
    return NULL;
}

lsnn_status build_signs(build *b, config_node *node)
{
    signs_fields own = {0};
    real *sign;
    int n;
    uint64_t who;
    const int before = b->report.n_mistakes;
    TRY(fields_read(&own, build_signs_table, node, NULL, &b->reader, b->err));
    if (b->report.n_mistakes > before) return LSNN_OK;
    const real **place = find(b, node, &n, &who);
    if (!place) return LSNN_OK;
    TRY(arena_take(b->e->memory, &sign, (size_t)n, sizeof *sign, b->err));
    const lsnn_random order = lsnn_random_stream(b->e->seed, LSNN_SIGNS, who, 0);
    const long n_inhibitory = n - lround(own.excitatory * n);
    for (int i = 0; i < n; i++) {
        const int rank = own.order == ORDER_RANDOM ? (int)lsnn_random_permuted(&order, (uint32_t)i, (uint32_t)n) : i;
        sign[i] = rank < n_inhibitory ? -1 : 1;
    }
    *place = sign;
    return LSNN_OK;
}

lsnn_status build_signs_of(build *b, const projection_spec *spec, int n_from, const real **out)
{
    const network *net = b->e->net;
    real *all;
    bool any = false;
    *out = NULL;
    if (spec->source >= 0) {
        *out = net->sources[spec->source].sign;
        return LSNN_OK;
    }
    TRY(arena_take(b->e->memory, &all, (size_t)n_from, sizeof *all, b->err));
    for (int k = 0, i = 0; k < spec->n_from_populations; k++) {
        const population *p = &net->populations[spec->from_population + k];
        any = any || p->sign;
        for (int j = 0; j < p->n; j++)
            all[i++] = p->sign ? p->sign[j] : 0;
    }
    if (any) *out = all;
    return LSNN_OK;
}
