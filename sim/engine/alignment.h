/* The cosine between the gradient of the run's rule and another one of the same batch (settings.aligned_with), by projection. */
#ifndef ALIGNMENT_H
#define ALIGNMENT_H

#include "trainer.h"

/* Memory, once. */
LSNN_MUST_USE lsnn_status alignment_new(trainer *t, arena *a, lsnn_error *err);
/* After trainer_gradient and before the update: computes the batch's other gradient and sets trainer.alignment. */
LSNN_MUST_USE lsnn_status alignment_find(trainer *t, lsnn_error *err);

#endif
