/* A trial cut in pieces is the whole trial. */
#include "scene.h"
#include "snapshot.h"

static const scene long_delays = {.n_lif = 20,
                                  .n_alif = 13,
                                  .n_in = 9,
                                  .n_out = 3,
                                  .dialect = "lsnn2018code",
                                  .surrogate = "triangular",
                                  .n_ref = 2,
                                  .longest = 7,
                                  .density = 0.6,
                                  .strength = 1};

/* The steps from .. to-1 of the stage's input on a tape of their own. */
static tape *part(stage *s, int from, int to)
{
    tape *tp;
    const lsnn_shape shape = {.n_in = s->is.n_in, .n_out = s->is.n_out, .n_steps = to - from};
    cr_assert_eq(tape_new(&tp, s->net, s->memory, &shape, shape.n_steps, NULL), LSNN_OK);
    for (int t = from; t < to; t++)
        for (int i = 0; i < s->is.n_in; i++)
            if (s->x[t * s->is.n_in + i] > 0) lsnn_trial_spike(tp->trial, t - from, i);
    trial_sort(tp->trial);
    return tp;
}

static void expect_same_spikes(const tape *whole, const tape *piece, int from)
{
    for (int t = 0; t < piece->n_steps; t++) {
        const uint32_t n = piece->spike_start[t + 1] - piece->spike_start[t];
        cr_assert_eq(n, whole->spike_start[from + t + 1] - whole->spike_start[from + t], "step %d", from + t);
        cr_assert_arr_eq(piece->spike + piece->spike_start[t], whole->spike + whole->spike_start[from + t],
                         n * sizeof(uint32_t));
    }
}

Test(snapshot, carries_a_trial_over_into_the_next)
{
    stage *s = stage_run(long_delays);
    worker *w = s->learner->workers[0];
    const int cuts[] = {0, 3, 40, SCENE_STEPS};
    const size_t row = (size_t)(s->net->n_columns - s->net->spiking_columns);
    tape *whole = part(s, 0, SCENE_STEPS);
    real carried[snapshot_length(s->net)];
    forward(s->net, w, whole, NULL, NULL);
    cr_assert_gt(whole->spike_start[SCENE_STEPS], 50, "the test needs spikes");
    for (int k = 0; k < 3; k++) {
        tape *piece = part(s, cuts[k], cuts[k + 1]);
        piece->start = k > 0 ? carried : NULL;
        forward(s->net, w, piece, NULL, NULL);
        snapshot_save(carried, s->net, w, piece->n_steps);
        expect_same_spikes(whole, piece, cuts[k]);
        const real *y = whole->output + (size_t)cuts[k] * row;
        for (size_t i = 0; i < (size_t)piece->n_steps * row; i++)
            cr_assert_float_eq(piece->output[i], y[i], 1e-5);
    }
    stage_free(s);
}

/* Chunks lie as in the whole trial, so not a bit may differ. */
Test(snapshot, a_tape_computed_twice_gives_the_same_bits)
{
    static const bool recurrent[] = {false, true};
    for (int k = 0; k < 2; k++) {
        scene is = long_delays;
        is.recurrent = recurrent[k];
        stage *whole = stage_run(is);
        is.tape_bytes = 0.8 * SCENE_STEPS * 4 * (double)whole->net->spiking_columns * sizeof(real);
        stage *pieces = stage_run(is);
        cr_assert(whole->learner->tapes[0]->segment == SCENE_STEPS && pieces->learner->tapes[0]->segment < SCENE_STEPS);
        for (int p = 0; p < whole->net->n_parameters; p++)
            cr_expect_arr_eq(whole->learner->gradient->value[p], pieces->learner->gradient->value[p],
                             whole->net->parameters[p].n * sizeof(real), "%s", whole->net->parameters[p].name);
        stage_free(whole);
        stage_free(pieces);
    }
}

/* Truncated after every step nothing goes through other neurons but what the readouts say at the step itself. */
Test(snapshot, truncation_cuts_between_stretches_only)
{
    scene is = long_delays;
    is.recurrent = true;
    stage *whole = stage_run(is);
    is.truncate = SCENE_STEPS;
    stage *one = stage_run(is);
    is.truncate = 10;
    stage *cut = stage_run(is);
    const int p = whole->rec->parameter;
    const size_t bytes = whole->net->parameters[p].n * sizeof(real);
    cr_expect_arr_eq(whole->learner->gradient->value[p], one->learner->gradient->value[p], bytes);
    cr_expect_arr_neq(whole->learner->gradient->value[p], cut->learner->gradient->value[p], bytes);
    stage_free(whole);
    stage_free(one);
    stage_free(cut);
}
