/* State that goes from trial to trial. */
#include "carry.h"
#include "snapshot.h"
#include <string.h>

size_t carry_length(const network *net)
{
    return snapshot_length(net) + tape_columns(net);
}

void carry_save(real *to, const network *net, const worker *w, const tape *tp)
{
    snapshot_save(to, net, w, tp->n_steps);
    to += snapshot_length(net);
    for (int k = 0; k < net->n_populations; k++) {
        const population *p = &net->populations[k];
        for (int i = 0; i < p->n_tapes; i++, to += p->width)
            memcpy(to, tape_row(tp, net, k, p->tape[i], tp->n_steps - 1), (size_t)p->width * sizeof(real));
    }
}

void carry_point(real *from, const network *net, worker *w)
{
    from += snapshot_length(net);
    for (int k = 0; k < net->n_populations; k++) {
        const population *p = &net->populations[k];
        for (int i = 0; i < p->n_tapes; i++, from += p->width)
            w->slice[k].tape[p->tape[i]] = from;
    }
}
