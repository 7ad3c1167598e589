/* Learning within trials: who learns, who teaches, and what neither may do. */
#include "build.h"
#include <math.h>

static void mistake(build *b, const config_node *node, const char *reason)
{
    config_mistake(&b->report, &node->place, "with natural_eprop %s", reason);
}

static bool starts_in_trainee(const network *net, const projection *p, int n_trainee)
{
    if (p->source >= 0) return net->sources[p->source].kind != SOURCE_DEMONSTRATION;
    return p->from_population + p->n_from_populations <= n_trainee;
}

/* What the trainee and its readout hear in the test, where the generator is silent, is the trainee and the task's input. */
static void check_projection(build *b, const projection *p, const config_node *node, int n_trainee)
{
    const network *net = b->e->net;
    const int end = net->populations[n_trainee].column;
    const bool to_trainee = p->column < end, to_out = p->column == net->populations[net->n_spiking_populations].column;
    const parameter *weights = &net->parameters[p->parameter];
    if (to_trainee && p->column + p->width > end)
        config_mistake(&b->report, &config_get(node, "to")->place,
                       "the trainee and the generator cannot stand in one list");
    if ((to_trainee || to_out) && !starts_in_trainee(net, p, n_trainee))
        config_mistake(
            &b->report, &config_get(node, "from")->place,
            "what the trainee and its readout hear is the trainee or the task's `input`: the generator and the "
            "demonstration are not there when it is tested");
    if (to_trainee && (weights->min > -INFINITY || weights->max < INFINITY || weights->sign))
        mistake(b, &(config_node){.place = node->key_place},
                "the trainee's weights have no bounds, signs or rewiring: the update within a trial knows none");
}

static void find_trainee(build *b, const config_node *rule)
{
    learning_settings *s = &b->e->learning;
    const network *net = b->e->net;
    int first;
    s->n_trainee = net->n_spiking_populations;
    if (!s->paths.inner.generator || !build_populations(b, s->paths.inner.trainee, &first, &s->n_trainee)) return;
    if (first != 0 || s->n_trainee >= net->n_spiking_populations) {
        mistake(b, config_get(rule, "trainee"),
                "the trainee's populations are the first of the config, and the generator's come after them");
        return;
    }
    for (int k = 0; k < s->n_trainee; k++)
        if (!net->populations[k].model->tangent)
            config_mistake(&b->report, &config_get(rule, "trainee")->place,
                           "'%s' cannot learn within a trial: %s has no tangent", net->populations[k].name,
                           net->populations[k].model->name);
}

static void find_signals(build *b, const config_node *rule, const config_node *populations)
{
    learning_settings *s = &b->e->learning;
    const network *net = b->e->net;
    const config_node *node = config_get(populations, s->paths.inner.signals);
    const int n = net->populations[s->n_trainee].first;
    s->signals = network_find_population(net, s->paths.inner.signals);
    if (s->signals <= net->n_spiking_populations || net->populations[s->signals].n != n)
        config_mistake(
            &b->report, node ? &node->key_place : &rule->place,
            "'%s' must be a population of %d readouts, one for each neuron of the trainee, after that of the "
            "answers",
            s->paths.inner.signals, n);
}

static void check_settings(build *b, const config_node *learning)
{
    const learning_settings *s = &b->e->learning;
    static const char *const keys[] = {"threads", "carry", "tape_memory", "regularisation"};
    static const char *const instead[] = {"threads share the trials of a batch",
                                          "each trial begins with a state of zero", "the tape holds a whole trial",
                                          "the scope is sample or previous"};
    const bool wrong[] = {s->by_neurons, s->carry, s->tape_bytes > 0,
                          s->regularisation.strength > 0 && s->regularisation.scope == SCOPE_BATCH};
    for (int k = 0; k < 4; k++)
        if (wrong[k]) mistake(b, config_get(learning, keys[k]), instead[k]);
    if (b->e->task->act || b->e->shape.runs || s->loss.pool)
        mistake(b, config_get(learning, "loss"),
                "each step is judged (no pool), and the task neither gives rewards nor has cells that fire in runs");
}

lsnn_status build_inner(build *b, const config_node *learning, const config_node *populations,
                        const config_node *projections)
{
    const config_node *rule = config_get(learning, "rule");
    const learning_settings *s = &b->e->learning;
    const network *net = b->e->net;
    if (!s->paths.inner.on || b->report.n_mistakes > 0) return LSNN_OK;
    check_settings(b, learning);
    find_trainee(b, rule);
    if (b->report.n_mistakes > 0) return LSNN_OK;
    if (s->paths.inner.generator) find_signals(b, rule, populations);
    int i = 0;
    for (const config_node *node = projections->first; node && i < net->n_projections; node = node->next)
        check_projection(b, &net->projections[i++], node, s->n_trainee);
    return LSNN_OK;
}
