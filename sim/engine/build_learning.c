/* `learning:` of the config. */
#include "build.h"
#include "registry.h"
#include <math.h>
#include <string.h>

typedef struct learning_fields {
    config_node *rule, *optimiser, *sampler, *schedule, *loss, *regularisation, *clip;
    double rate, weight_decay, tape_memory;
    bool carry;
    int threads, batch, iterations, shards, aligned_with;
} learning_fields;

const lsnn_field build_learning_table[] = {
    {"rule", LSNN_NODE, offsetof(learning_fields, rule), "eprop", NULL, 0, 0, false, NULL,
     "learning rule, or none to simulate only"},
    {"optimiser", LSNN_NODE, offsetof(learning_fields, optimiser), "adam", NULL, 0, 0, false, NULL,
     "how gradients change the weights"},
    {"sampler", LSNN_NODE, offsetof(learning_fields, sampler), "none", NULL, 0, 0, false, NULL,
     "looks for the weights without gradients, a generation an iteration; rule, optimiser and rate then rest"},
    {"rate", LSNN_REAL, offsetof(learning_fields, rate), "0.001", NULL, 0, INFINITY, false, NULL, "learning rate"},
    {"schedule", LSNN_NODE, offsetof(learning_fields, schedule), "constant", NULL, 0, 0, false, NULL,
     "how the learning rate changes"},
    {"batch", LSNN_INT, offsetof(learning_fields, batch), "32", NULL, 1, 1e6, false, NULL, "trials per iteration"},
    {"iterations", LSNN_INT, offsetof(learning_fields, iterations), "1000", NULL, 0, 2e9, false, NULL,
     "updates at most; a goal may end the run before"},
    {"loss", LSNN_NODE, offsetof(learning_fields, loss), "mse", NULL, 0, 0, false, NULL, "what is made small"},
    {"regularisation", LSNN_NODE, offsetof(learning_fields, regularisation), "{strength: 0}", NULL, 0, 0, false, NULL,
     "of the firing rates"},
    {"clip", LSNN_NODE, offsetof(learning_fields, clip), "none", NULL, 0, 0, false, NULL,
     "none, or the largest norm of the whole gradient"},
    {"weight_decay", LSNN_REAL, offsetof(learning_fields, weight_decay), "0", NULL, 0, 1e6, false, NULL,
     "w -= rate x this x w with each update"},
    {"shards", LSNN_INT, offsetof(learning_fields, shards), "16", NULL, 1, 4096, false, NULL,
     "parts of a batch that are summed on their own: at most so many threads help; changing it changes roundings"},
    {"threads", LSNN_CHOICE, offsetof(learning_fields, threads), "samples", NULL, 0, 0, false, "samples|neurons",
     "what they share: the trials of a batch, or (one large network, e-prop) the neurons of a trial"},
    {"aligned_with", LSNN_CHOICE, offsetof(learning_fields, aligned_with), "auto", NULL, 0, 0, false,
     "auto|bptt|bptt_without_reset|eprop",
     "the gradient that `record: {what: alignment}` compares the rule's with, by its cosine: full BPTT; BPTT that does "
     "not follow the reset (through_reset: false); e-prop with symmetric feedback. auto: bptt, and eprop if the rule "
     "is bptt"},
    {"carry", LSNN_BOOL, offsetof(learning_fields, carry), "false", NULL, 0, 0, false, NULL,
     "whether a sample begins with the state in which the sample of its place in the batch before ended"},
    {"tape_memory", LSNN_REAL, offsetof(learning_fields, tape_memory), "0", NULL, 0, INFINITY, false, NULL,
     "MB that the tapes for the backward pass may take; if all steps take more, they are computed twice. 0: no limit"},
    LSNN_END,
};

const lsnn_field build_schedule_table[] = {
    {"kind", LSNN_CHOICE, offsetof(schedule_settings, kind), "constant", NULL, 0, 0, false,
     "constant|step|exponential|cosine",
     "step: times factor each `every` updates; exponential: the same smoothly; cosine: to `final` over all iterations"},
    {"factor", LSNN_REAL, offsetof(schedule_settings, factor), "0.3", NULL, 0, 1, true, NULL,
     "of step and exponential"},
    {"every", LSNN_INT, offsetof(schedule_settings, every), "100", NULL, 1, 2e9, false, NULL,
     "of step and exponential"},
    {"final", LSNN_REAL, offsetof(schedule_settings, final), "0", NULL, 0, 1, false, NULL,
     "of cosine: part of the rate that is left at the end"},
    {"warm_up", LSNN_INT, offsetof(schedule_settings, warm_up), "0", NULL, 0, 2e9, false, NULL,
     "updates over which the rate rises from 0 (any kind)"},
    LSNN_END,
};

typedef struct loss_fields {
    int kind, normalise;
    bool pool;
    const config_node *window;
    actor_settings actor;
} loss_fields;

const lsnn_field build_loss_table[] = {
    {"kind", LSNN_CHOICE, offsetof(loss_fields, kind), "mse", NULL, 0, 0, false, "mse|cross_entropy|actor_critic|task",
     "1/2 sum_k (y_k - target_k)^2; the cross entropy of softmax(y); rewards for actions that are drawn from "
     "softmax(y), or, "
     "if they are numbers, from Gaussians around y; or the task's own, if it has one"},
    {"normalise", LSNN_CHOICE, offsetof(loss_fields, normalise), "mean", NULL, 0, 0, false, "sum|mean",
     "sum over the judged steps, or their mean"},
    {"pool", LSNN_BOOL, offsetof(loss_fields, pool), "false", NULL, 0, 0, false, NULL,
     "one loss a trial, of y averaged over the judged steps"},
    {"window", LSNN_NODE, offsetof(loss_fields, window), "task", NULL, 0, 0, false, NULL,
     "the steps that the task judges, or [start, stop] in ms"},
    {"gamma", LSNN_REAL, offsetof(loss_fields, actor.gamma), "0.99", NULL, 0, 1, false, NULL,
     "actor_critic: what a reward is worth one question earlier"},
    {"lambda", LSNN_REAL, offsetof(loss_fields, actor.lambda), "1", NULL, 0, 1, false, NULL,
     "actor_critic: traces fade by gamma lambda from question to question; 1: by gamma alone"},
    {"value", LSNN_REAL, offsetof(loss_fields, actor.value), "0.5", NULL, 0, INFINITY, false, NULL,
     "actor_critic: weight c_V of the critic's squared error, whose value is the last readout"},
    {"entropy", LSNN_REAL, offsetof(loss_fields, actor.entropy), "0.01", NULL, 0, INFINITY, false, NULL,
     "actor_critic: weight c_H of the policy's entropy"},
    {"sigma", LSNN_REAL, offsetof(loss_fields, actor.sigma), "0.5", NULL, 0, INFINITY, true, NULL,
     "actor_critic: standard deviation of actions that are numbers around the readouts"},
    LSNN_END,
};

const lsnn_field build_rate_table[] = {
    {"strength", LSNN_REAL, offsetof(rate_settings, strength), "0", NULL, 0, INFINITY, false, NULL,
     "c_reg in c_reg sum_j (f_j - f_target)^2, f in spikes per ms"},
    {"target", LSNN_REAL, offsetof(rate_settings, target), "10 Hz", "1/ms", 0, INFINITY, false, NULL, "f_target"},
    {"scope", LSNN_CHOICE, offsetof(rate_settings, scope), "sample", NULL, 0, 0, false, "sample|batch|previous",
     "f_j of each trial, mean over the batch, or over the batch before"},
    LSNN_END,
};

lsnn_status build_kind(build *b, config_node *node, const char **kind)
{
    *kind = NULL;
    if (node->kind == CONFIG_SCALAR) {
        config_node *child;
        const char *text = node->text;
        const config_place place = node->place;
        node->kind = CONFIG_MAP;
        node->text = NULL;
        TRY(config_add(&child, node, b->e->memory, CONFIG_SCALAR, "kind", text, node->origin, b->err));
        child->place = place;
    }
    const config_node *name = config_get(node, "kind");
    if (node->kind != CONFIG_MAP || !name || name->kind != CONFIG_SCALAR)
        config_mistake(&b->report, &node->place, "a name, or a map with 'kind', is needed here");
    else
        *kind = name->text;
    return LSNN_OK;
}

static bool read_window(build *b, loss_settings *loss, const config_node *node)
{
    const lsnn_field time = {.name = "window", .kind = LSNN_REAL, .unit = "ms", .min = 0, .max = INFINITY};
    double start, stop;
    if (node->kind == CONFIG_SCALAR && strcmp(node->text, "task") == 0) return true;
    if (node->kind != CONFIG_LIST || config_count(node) != 2) {
        config_mistake(&b->report, &node->place, "window is `task` or [start, stop] in ms");
        return false;
    }
    if (!fields_number(&start, &time, node->first, &b->reader) ||
        !fields_number(&stop, &time, node->first->next, &b->reader))
        return false;
    const double steps = b->e->shape.n_steps;
    if (stop <= start || stop > steps * b->e->dt) {
        config_mistake(&b->report, &node->place, "the window must lie in the trial of %g ms and have a length",
                       steps * b->e->dt);
        return false;
    }
    loss->window_start = (int)lround(start / b->e->dt);
    loss->window_stop = (int)lround(stop / b->e->dt);
    if (fabs(loss->window_start * b->e->dt - start) > 1e-6 * b->e->dt ||
        fabs(loss->window_stop * b->e->dt - stop) > 1e-6 * b->e->dt) {
        config_mistake(&b->report, &node->place, "the window must begin and end at multiples of dt (%g ms)", b->e->dt);
        return false;
    }
    return true;
}

static lsnn_status read_loss(build *b, config_node *node)
{
    loss_fields own = {0};
    loss_settings *loss = &b->e->learning.loss;
    const char *kind;
    TRY(build_kind(b, node, &kind));
    const int before = b->report.n_mistakes;
    TRY(fields_read(&own, build_loss_table, node, NULL, &b->reader, b->err));
    if (b->report.n_mistakes > before) return LSNN_OK;
    *loss = (loss_settings){.kind = own.kind, .mean = own.normalise == 1, .pool = own.pool, .actor = own.actor};
    if (loss->kind == LOSS_ACTOR_CRITIC) loss->pool = true;
    read_window(b, loss, own.window);
    const bool acts = loss->kind == LOSS_ACTOR_CRITIC && b->e->task->act;
    if (loss->kind == LOSS_TASK) {
        loss->task = b->e->task;
        loss->task_state = b->e->task_state;
        loss->task_parameters = b->e->task_parameters;
        if (!b->e->task->loss)
            config_mistake(&b->report, &node->place, "task '%s' has no loss of its own: use mse or cross_entropy",
                           b->e->task->name);
        else if (b->e->learning.by_neurons || loss->pool)
            config_mistake(&b->report, &node->place,
                           "a task's own loss goes with `threads: samples` and `pool: false`");
    } else if (loss->kind != LOSS_MSE && !b->e->shape.classes && !acts)
        config_mistake(&b->report, &node->place, "%s needs a task with classes; '%s' gives values: use mse", kind,
                       b->e->task->name);
    if (loss->kind != LOSS_ACTOR_CRITIC && b->e->task->act)
        config_mistake(&b->report, &node->place, "task '%s' gives rewards, not labels: use actor_critic",
                       b->e->task->name);
    return LSNN_OK;
}

lsnn_status build_parameters(build *b, const void **out, const lsnn_field *fields, size_t size, config_node *map)
{
    static const char *const own[] = {"kind", NULL};
    void *parameters;
    TRY(arena_take(b->e->memory, &parameters, 1, size, b->err));
    *out = parameters;
    const int before = b->report.n_mistakes;
    TRY(fields_read(parameters, fields, map, own, &b->reader, b->err));
    if (b->report.n_mistakes == before) fields_check_storable(parameters, fields, map, &b->reader);
    return LSNN_OK;
}

static lsnn_status read_rule(build *b, config_node *node)
{
    const char *kind, *names[65] = {"none"};
    const void *parameters;
    TRY(build_kind(b, node, &kind));
    if (!kind) return LSNN_OK;
    b->e->learning.learns = strcmp(kind, "none") != 0;
    if (!b->e->learning.learns) return LSNN_OK;
    const lsnn_rule *rule = registry_rule(kind);
    if (!rule) {
        const int n = registry_rule_names(names + 1, 64);
        build_unknown(b, config_get(node, "kind"), "learning rule", kind, names, n + 1);
        return LSNN_OK;
    }
    TRY(build_parameters(b, &parameters, rule->fields, rule->size, node));
    b->e->learning.paths = rule->paths(parameters);
    return LSNN_OK;
}

static lsnn_status read_optimiser(build *b, config_node *node)
{
    const char *kind, *names[64];
    TRY(build_kind(b, node, &kind));
    if (!kind) return LSNN_OK;
    const lsnn_optimiser *optimiser = registry_optimiser(kind);
    if (!optimiser) {
        build_unknown(b, config_get(node, "kind"), "optimiser", kind, names, registry_optimiser_names(names, 64));
        return LSNN_OK;
    }
    b->e->learning.optimiser = optimiser;
    return build_parameters(b, &b->e->learning.optimiser_parameters, optimiser->fields, optimiser->size, node);
}

static lsnn_status read_sampler(build *b, config_node *node)
{
    const char *kind, *names[65] = {"none"};
    learning_settings *settings = &b->e->learning;
    TRY(build_kind(b, node, &kind));
    if (!kind || strcmp(kind, "none") == 0) return LSNN_OK;
    settings->sampler = registry_sampler(kind);
    if (!settings->sampler) {
        const int n = registry_sampler_names(names + 1, 64);
        build_unknown(b, config_get(node, "kind"), "sampler", kind, names, n + 1);
        return LSNN_OK;
    }
    if (settings->carry || settings->by_neurons)
        config_mistake(&b->report, &node->place, "a sampler goes with `threads: samples` and `carry: false`");
    settings->learns = false;
    return build_parameters(b, &settings->sampler_parameters, settings->sampler->fields, settings->sampler->size, node);
}

static void read_clip(build *b, const config_node *node)
{
    const lsnn_field norm = {.name = "clip", .kind = LSNN_REAL, .min = 0, .max = INFINITY, .open_min = true};
    if (node->kind == CONFIG_SCALAR && strcmp(node->text, "none") == 0) return;
    fields_number(&b->e->learning.clip, &norm, node, &b->reader);
}

static void refuse(build *b, const config_node *learning, const char *key, const char *reason)
{
    config_mistake(&b->report, &config_get(learning, key)->place, "with `threads: neurons` %s", reason);
}

/* What threads over neurons cannot do. */
static void check_by_neurons(build *b, const config_node *learning)
{
    const learning_settings *s = &b->e->learning;
    if (s->learns && s->paths.recurrent)
        refuse(b, learning, "rule", "the rule is eprop: others need all neurons at each step");
    if (s->carry) refuse(b, learning, "carry", "each trial begins with a state of zero");
    if (s->tape_bytes > 0) refuse(b, learning, "tape_memory", "the tape holds a whole trial");
    if (s->regularisation.strength > 0 && s->regularisation.scope == SCOPE_BATCH && s->batch > 1)
        refuse(b, learning, "regularisation",
               "trials go forward and backward one after the other: take the scope sample or previous");
}

/* What tasks with rewards cannot do: how long a trial is, and its input, is known at its end only. */
static void check_acting(build *b, const config_node *learning)
{
    const learning_settings *s = &b->e->learning;
    static const char *const keys[] = {"threads", "tape_memory", "regularisation", "loss"};
    const bool wrong[] = {s->by_neurons, s->tape_bytes > 0,
                          s->regularisation.strength > 0 && s->regularisation.scope != SCOPE_SAMPLE,
                          s->loss.window_stop > 0};
    static const char *const instead[] = {"threads share the trials of a batch", "the tape holds a whole trial",
                                          "rates are those of each trial (scope: sample)",
                                          "the task says which steps are judged"};
    for (int k = 0; k < 4; k++)
        if (wrong[k])
            config_mistake(&b->report, &config_get(learning, keys[k])->place, "with task '%s', which acts, %s",
                           b->e->task->name, instead[k]);
}

lsnn_status build_learning(build *b, config_node *learning)
{
    learning_fields own = {0};
    learning_settings *settings = &b->e->learning;
    const int before = b->report.n_mistakes;
    TRY(fields_read(&own, build_learning_table, learning, NULL, &b->reader, b->err));
    if (b->report.n_mistakes == before) fields_check_storable(&own, build_learning_table, learning, &b->reader);
    if (b->report.n_mistakes > before) return LSNN_OK;
    settings->rate = own.rate;
    settings->batch = own.batch;
    settings->iterations = own.iterations;
    settings->by_neurons = own.threads == 1;
    settings->shards = settings->by_neurons ? 1 : own.shards;
    settings->weight_decay = own.weight_decay;
    settings->carry = own.carry;
    settings->aligned_with = (aligned_with)own.aligned_with;
    settings->tape_bytes = own.tape_memory * 1e6;
    const char *kind;
    TRY(read_rule(b, own.rule));
    TRY(read_optimiser(b, own.optimiser));
    TRY(read_sampler(b, own.sampler));
    TRY(build_kind(b, own.schedule, &kind));
    TRY(fields_read(&settings->schedule, build_schedule_table, own.schedule, NULL, &b->reader, b->err));
    TRY(read_loss(b, own.loss));
    TRY(fields_read(&settings->regularisation, build_rate_table, own.regularisation, NULL, &b->reader, b->err));
    if (b->report.n_mistakes == before)
        fields_check_storable(&settings->regularisation, build_rate_table, own.regularisation, &b->reader);
    read_clip(b, own.clip);
    if (b->e->task->act) check_acting(b, learning);
    if (settings->by_neurons)
        check_by_neurons(b, learning);
    else if (settings->paths.chunk > 0)
        config_mistake(&b->report, &config_get(learning, "rule")->place,
                       "online learning (chunk) goes with `threads: neurons`");
    return LSNN_OK;
}

/* F in the layout of the weights; row j comes from a stream of its own. */
lsnn_status build_feedback(build *b)
{
    static const lsnn_field entry = {.name = "feedback_weights", .kind = LSNN_NODE, .min = -INFINITY, .max = INFINITY};
    const lsnn_paths *paths = &b->e->learning.paths;
    network *net = b->e->net;
    for (int i = 0; b->e->learning.learns && paths->feedback != LSNN_SYMMETRIC && i < net->n_projections; i++) {
        projection *p = &net->projections[i];
        values_spec spec;
        real *feedback;
        if (!p->to_output) continue;
        if (!values_read(&spec, paths->feedback_weights, &entry, (values_fans){p->n_from, net->n_outputs, false},
                         b->files, &b->reader))
            return LSNN_OK;
        if (spec.kind == VALUES_LIST && spec.n != (size_t)p->n_from * (size_t)net->n_outputs) {
            config_mistake(&b->report, &paths->feedback_weights->place,
                           "%zu feedback weights for %d neurons x %d readouts", spec.n, p->n_from, net->n_outputs);
            return LSNN_OK;
        }
        TRY(arena_take(b->e->memory, &feedback, (size_t)p->n_from * (size_t)p->width, sizeof(real), b->err));
        for (int j = 0; j < p->n_from; j++) {
            lsnn_random stream = lsnn_random_stream(b->e->seed, LSNN_FEEDBACK, (uint64_t)j, (uint64_t)p->number);
            for (int k = 0; k < net->n_outputs; k++)
                feedback[j * p->width + k] = (real)values_draw(&spec, &stream, (size_t)(j * net->n_outputs + k));
        }
        TRY(network_set_feedback(net, p, feedback, b->err));
    }
    return LSNN_OK;
}
