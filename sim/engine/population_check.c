/* Finding the first value that is no number. */
#include "population_check.h"
#include <math.h>

bool population_finite(const network *net, const worker *w)
{
    real sum = 0; /* finite times zero is zero; nan and infinity times zero are nan */
    for (int k = 0; k < net->n_populations; k++)
        for (int s = 0; s < net->populations[k].n_states; s++)
            for (int j = 0; j < net->populations[k].width; j++)
                sum += 0 * w->slice[k].state[s][j];
    return sum == 0;
}

void population_observe(void *with, const network *net, const worker *w, const tape *tp, int t)
{
    population_watch *watch = with;
    (void)tp;
    if (watch->step >= 0) return;
    for (int k = 0; k < net->n_populations; k++) {
        const population *p = &net->populations[k];
        for (int s = 0; s < p->n_states; s++)
            for (int j = 0; j < p->n; j++)
                if (!isfinite(w->slice[k].state[s][j])) {
                    *watch = (population_watch){t, p->name, p->model->states[s].name, j, w->slice[k].state[s][j]};
                    return;
                }
    }
}
