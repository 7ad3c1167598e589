/* Copying what is a network's own. */
#include "replica.h"
#include <string.h>

static lsnn_status copy(void *out_pointer, const void *from, size_t n, size_t size, arena *a, lsnn_error *err)
{
    void *to;
    TRY(arena_take(a, &to, n, size, err));
    memcpy(to, from, n * size);
    *(void **)out_pointer = to;
    return LSNN_OK;
}

/* Values per neuron are rewritten when they learn. */
static lsnn_status copy_population(population *p, arena *a, lsnn_error *err)
{
    char *parameters;
    TRY(copy(&parameters, p->parameters, 1, p->model->size, a, err));
    for (const lsnn_field *f = p->model->fields; f->name; f++)
        if (f->kind == LSNN_NEURONS) {
            double **values = (double **)(parameters + f->offset);
            if (*values) TRY(copy(values, *values, (size_t)p->n, sizeof **values, a, err));
        }
    p->parameters = parameters;
    for (int c = 0; p->model->constants[c]; c++) {
        TRY(copy(&p->prepared[c], p->prepared[c], (size_t)p->n, sizeof(double), a, err));
        TRY(copy(&p->constant[c], p->constant[c], (size_t)p->width, sizeof(real), a, err));
    }
    return LSNN_OK;
}

static lsnn_status copy_projection(projection *p, const network *original, const network *net, arena *a,
                                   lsnn_error *err)
{
    const size_t width = (size_t)p->width;
    if (p->sums) TRY(copy(&p->prefix, p->prefix, ((size_t)p->n_from + 1) * width, sizeof(real), a, err));
    if (!p->to_output) return LSNN_OK;
    if (p->feedback == original->parameters[p->parameter].value) p->feedback = net->parameters[p->parameter].value;
    return copy(&p->feedback_by_output, p->feedback_by_output, width * (size_t)net->spiking_columns, sizeof(real), a,
                err);
}

lsnn_status replica_new(network **out, const network *original, arena *a, lsnn_error *err)
{
    network *net;
    TRY(copy(&net, original, 1, sizeof *net, a, err));
    TRY(copy(&net->populations, net->populations, (size_t)net->n_populations, sizeof *net->populations, a, err));
    TRY(copy(&net->projections, net->projections, (size_t)net->n_projections, sizeof *net->projections, a, err));
    TRY(copy(&net->parameters, net->parameters, (size_t)net->n_parameters, sizeof *net->parameters, a, err));
    for (int p = 0; p < net->n_parameters; p++)
        TRY(copy(&net->parameters[p].value, net->parameters[p].value, net->parameters[p].n, sizeof(real), a, err));
    for (int k = 0; k < net->n_populations; k++)
        TRY(copy_population(&net->populations[k], a, err));
    for (int i = 0; i < net->n_projections; i++)
        TRY(copy_projection(&net->projections[i], original, net, a, err));
    *out = net;
    return LSNN_OK;
}
