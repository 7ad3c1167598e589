/* Copies of a worker's state. */
#include "snapshot.h"
#include <string.h>

size_t snapshot_length(const network *net)
{
    size_t n = (size_t)net->n_columns * (size_t)(1 + net->max_delay);
    for (int k = 0; k < net->n_populations; k++)
        n += (size_t)net->populations[k].n_states * (size_t)net->populations[k].width;
    return n;
}

static void save_part(real **to, const real *part, size_t n)
{
    memcpy(*to, part, n * sizeof(real));
    *to += n;
}

static void load_part(const real **from, real *part, size_t n)
{
    memcpy(part, *from, n * sizeof(real));
    *from += n;
}

void snapshot_save(real *to, const network *net, const worker *w, int t)
{
    for (int k = 0; k < net->n_populations; k++)
        for (int s = 0; s < net->populations[k].n_states; s++)
            save_part(&to, w->slice[k].state[s], (size_t)net->populations[k].width);
    save_part(&to, w->output, (size_t)net->n_columns);
    save_part(&to, worker_row(net, w, w->current, t), (size_t)net->max_delay * (size_t)net->n_columns);
}

void snapshot_load(const real *from, const network *net, worker *w, int t)
{
    w->base = t;
    for (int k = 0; k < net->n_populations; k++)
        for (int s = 0; s < net->populations[k].n_states; s++)
            load_part(&from, w->slice[k].state[s], (size_t)net->populations[k].width);
    load_part(&from, w->output, (size_t)net->n_columns);
    load_part(&from, w->current, (size_t)net->max_delay * (size_t)net->n_columns);
}
