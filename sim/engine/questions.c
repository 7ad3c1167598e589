/* Errors by a question's number in its trial, over an evaluation. */
#include "trainer.h"
#include <math.h>
#include <string.h>

void questions_clear(trainer *t)
{
    question_curve *c = &t->curve;
    if (t->confusion) memset(t->confusion, 0, (size_t)(t->shape.n_out * t->shape.n_out) * sizeof *t->confusion);
    c->n = t->shape.n_questions;
    for (int q = 0; q < c->n; q++)
        c->sum[q] = c->squares[q] = c->asked[q] = 0;
}

void questions_keep(trainer *t, const tape *tp, int sample)
{
    const size_t n = (size_t)t->shape.n_questions;
    memcpy(t->sample_question_error + (size_t)sample * n, tp->question_error, n * sizeof(double));
}

void questions_add(trainer *t, int sample)
{
    const double *error = t->sample_question_error + (size_t)sample * (size_t)t->curve.n;
    for (int q = 0; q < t->curve.n; q++) {
        if (isnan(error[q])) continue;
        t->curve.sum[q] += error[q];
        t->curve.squares[q] += error[q] * error[q];
        t->curve.asked[q]++;
    }
}
