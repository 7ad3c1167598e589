/* What a trial that begins where another one ended needs of it: a snapshot and, for the gradients of what its first step does with
 * the state that it finds (lsnn_model.cut), the last row of the tape. */
#ifndef CARRY_H
#define CARRY_H

#include "worker.h"

size_t carry_length(const network *net); /* values */
/* The worker has just taken all steps of the tape. */
void carry_save(real *to, const network *net, const worker *w, const tape *tp);
/* The slices' tapes point to that row. */
void carry_point(real *from, const network *net, worker *w);

#endif
