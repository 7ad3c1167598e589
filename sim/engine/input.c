/* A trial before it is simulated: what the task and other sources draw, and which steps of the readout are needed. */
#include "pooled.h"
#include "quiet.h"
#include "trainer.h"

static void draw_source(const trainer *t, const source *from, lsnn_trial *input, const lsnn_draw *draw, int s)
{
    trial_clear(input, draw->set);
    lsnn_random stream = lsnn_random_stream(draw->seed + (uint64_t)draw->set, LSNN_SOURCES, (uint64_t)s, draw->index);
    if (from->kind == SOURCE_POISSON)
        for (int i = 0; i < from->n; i++)
            lsnn_trial_bernoulli(input, &stream, i, i + 1, 0, input->n_steps, from->rate[i] * t->net->dt);
    for (size_t k = 0; from->kind == SOURCE_SPIKES && k < from->n_spikes; k++)
        if (from->spike_step[k] < (uint32_t)input->n_steps)
            lsnn_trial_spike(input, (int)from->spike_step[k], (int)from->spike_cell[k]);
    for (int step = 0; from->kind == SOURCE_CURRENT && step < input->n_steps; step++)
        for (int i = 0; i < from->n; i++)
            input->analog[step * from->n + i] = (real)from->value[i];
    if (!from->analog) trial_sort(input);
}

/* Which steps of the readout are needed. */
static void plan_readout(const trainer *t, tape *tp)
{
    tp->collapsed = t->collapsed;
    tp->readout_from = t->collapsed ? tp->n_steps : t->quiet ? quiet_until(tp->trial) : 0;
    tp->early = tp->readout_from;
    if (t->quiet) tp->early -= pooled_readout(t->net)->delay[0];
}

static void draw_task(const trainer *t, tape *tp, const lsnn_draw *draw)
{
    const loss_settings *loss = &t->settings.loss;
    if (tp->drawn) return;
    trial_clear(tp->trial, draw->set);
    tp->n_steps = tp->trial->n_steps;
    t->task->draw(t->task_state, t->task_parameters, draw, tp->trial);
    if (!t->shape.analog) trial_sort(tp->trial);
    if (tp->trial->demonstration && !t->shape.analog_demonstration) trial_sort(tp->trial->demonstration);
    for (int step = 0; loss->window_stop > 0 && step < tp->n_steps; step++)
        tp->trial->weight[step] = step >= loss->window_start && step < loss->window_stop;
    tp->drawn = t->shape.same && !t->task->act;
}

void input_draw(const trainer *t, tape *tp, lsnn_set set, uint64_t index)
{
    const lsnn_draw draw = {.seed = t->net->seed, .set = set, .index = index};
    tp->draw = draw;
    tp->n_decisions = 0;
    draw_task(t, tp, &draw);
    for (int s = 0; s < t->net->n_sources; s++)
        if (tp->input[s] != tp->trial && tp->input[s] != tp->trial->demonstration)
            draw_source(t, &t->net->sources[s], tp->input[s], &draw, s);
    plan_readout(t, tp);
}
