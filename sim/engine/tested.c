/* What an evaluation of test trials leaves besides its means: errors and lengths by their numbers in a trial. */
#include "trainer.h"
#include <math.h>
#include <string.h>

lsnn_status tested_new(trainer *t, arena *a, lsnn_error *err)
{
    const size_t n_questions = (size_t)t->shape.n_questions, n_out = (size_t)t->shape.n_out;
    const size_t n = (size_t)t->settings.batch * n_questions;
    TRY(arena_take(a, &t->sample_question_error, n, sizeof(double), err));
    if (t->task->rounds) TRY(arena_take(a, &t->sample_round_length, n, sizeof(double), err));
    if (t->shape.classes) TRY(arena_take(a, &t->confusion, n_out * n_out, sizeof *t->confusion, err));
    TRY(tally_new(&t->questions, t->shape.n_questions, a, err));
    TRY(tally_new(&t->rounds, t->shape.n_questions, a, err));
    return tally_new(&t->first_rounds, t->shape.n_questions, a, err);
}

void tested_clear(trainer *t)
{
    const int n_rounds = t->task->rounds ? t->shape.n_questions : 0;
    if (t->confusion) memset(t->confusion, 0, (size_t)(t->shape.n_out * t->shape.n_out) * sizeof *t->confusion);
    tally_clear(&t->questions, t->shape.n_questions);
    tally_clear(&t->rounds, n_rounds);
    tally_clear(&t->first_rounds, n_rounds);
}

static void keep_rounds(trainer *t, const lsnn_trial *trial, double *length)
{
    for (int k = t->task->rounds(t->task_state, t->task_parameters, trial, length); k < t->shape.n_questions; k++)
        length[k] = NAN;
}

void tested_keep(trainer *t, const tape *tp, int sample)
{
    const size_t n = (size_t)t->shape.n_questions, row = (size_t)sample * n;
    memcpy(t->sample_question_error + row, tp->question_error, n * sizeof(double));
    if (t->task->rounds) keep_rounds(t, tp->trial, t->sample_round_length + row);
    if (t->confusion) loss_confuse(t->confusion, tp->trial);
}

void tested_add(trainer *t, int sample)
{
    const size_t row = (size_t)sample * (size_t)t->shape.n_questions;
    tally_add(&t->questions, t->sample_question_error + row);
    if (!t->task->rounds) return;
    tally_add(&t->rounds, t->sample_round_length + row);
    tally_add_first(&t->first_rounds, t->sample_round_length + row);
}
