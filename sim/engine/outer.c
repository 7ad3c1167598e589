/* Points of a sampler as weights of networks. */
#include "outer.h"
#include "replica.h"
#include <math.h>
#include <omp.h>
#include <string.h>

/* What is number k of a point. */
typedef struct place {
    int parameter;
    size_t position;
} place;

struct outer {
    trainer *t;
    sampling *s;
    trainer **crew; /* [n_crew] one thread each, on a replica of the network */
    int n_crew;
    place *place;  /* [n] */
    double *scale; /* [n_parameters] */
    int n;
    outer_company company;
};

/* ---- which numbers are looked for ------------------------------------------------------------------------------------- */

typedef struct collector {
    place *place; /* NULL: count only */
    int parameter, n;
} collector;

static void collect(void *with, int i, int j, int delay, size_t position)
{
    collector *c = with;
    (void)i, (void)j, (void)delay;
    if (c->place) c->place[c->n] = (place){c->parameter, position};
    c->n++;
}

static int collect_all(const network *net, place *into)
{
    collector c = {.place = into};
    for (int i = 0; i < net->n_projections; i++) {
        c.parameter = net->projections[i].parameter;
        if (net->parameters[c.parameter].learn) network_each_synapse(net, &net->projections[i], collect, &c);
    }
    for (int k = 0; k < net->n_populations; k++)
        for (int l = 0; l < net->populations[k].n_trainable; l++) {
            c.parameter = net->populations[k].trainable + l;
            for (int j = 0; net->parameters[c.parameter].learn && j < net->populations[k].n; j++)
                collect(&c, 0, 0, 0, (size_t)j);
        }
    return c.n;
}

static void find_scales(outer *o)
{
    const network *net = o->t->net;
    double squares[net->n_parameters], count[net->n_parameters];
    memset(squares, 0, sizeof squares);
    memset(count, 0, sizeof count);
    for (int k = 0; k < o->n; k++) {
        const int p = o->place[k].parameter;
        const double value = net->parameters[p].value[o->place[k].position];
        squares[p] += value * value;
        count[p]++;
    }
    for (int p = 0; p < net->n_parameters; p++)
        o->scale[p] = net->parameters[p].rate * (squares[p] > 0 ? sqrt(squares[p] / count[p]) : 1);
}

static real bounded(const parameter *p, size_t position, double value)
{
    if (p->sign && value * p->sign[position] < 0) value = 0;
    return (real)fmin(fmax(value, p->min), p->max);
}

static void set(const outer *o, network *net, const double *point)
{
    for (int k = 0; k < o->n; k++) {
        parameter *p = &net->parameters[o->place[k].parameter];
        const size_t at = o->place[k].position;
        p->value[at] = bounded(p, at, o->scale[o->place[k].parameter] * point[k]);
    }
}

/* The network as a point. */
static void read_point(const outer *o, double *point)
{
    for (int k = 0; k < o->n; k++) {
        const int p = o->place[k].parameter;
        point[k] = (double)o->t->net->parameters[p].value[o->place[k].position] / o->scale[p];
    }
}

/* ---- who evaluates them ----------------------------------------------------------------------------------------------- */

static lsnn_status hire(outer *o, lsnn_error *err)
{
    const trainer *t = o->t;
    learning_settings settings = t->settings;
    settings.sampler = NULL;
    o->n_crew = t->n_asked < o->s->now.population ? t->n_asked : o->s->now.population;
    TRY(arena_take(t->net->memory, &o->crew, (size_t)o->n_crew, sizeof *o->crew, err));
    for (int k = 0; k < o->n_crew; k++) {
        network *net;
        TRY(replica_new(&net, t->net, t->net->memory, err));
        TRY(trainer_new(&o->crew[k], net, t->task, t->task_state, t->task_parameters, &t->shape, &settings, 1, err));
    }
    return LSNN_OK;
}

/* What asks for a given set of points is to come to its end. */
static lsnn_status check_points(const outer *o, lsnn_error *err)
{
    const learning_settings *settings = &o->t->settings;
    const lsnn_sampler *sampler = settings->sampler;
    const double asked = (double)o->s->now.population * (double)settings->iterations;
    const double points = sampler->points ? sampler->points(settings->sampler_parameters, o->n) : 0;
    if (points <= asked) return LSNN_OK;
    return lsnn_fail(
        err, LSNN_CONFIG,
        "learning.sampler: %s has %.4g points for %d numbers that learn, but %.0f are evaluated (population "
        "times iterations)",
        sampler->name, points, o->n, asked);
}

lsnn_status outer_new(outer **out, trainer *t, lsnn_error *err)
{
    outer *o;
    arena *a = t->net->memory;
    double *start;
    TRY(arena_take(a, &o, 1, sizeof *o, err));
    *o = (outer){.t = t, .n = collect_all(t->net, NULL), .company = {.n = 1}};
    if (o->n == 0) return lsnn_fail(err, LSNN_CONFIG, "learning.sampler: there is nothing that learns");
    TRY(arena_take(a, &o->place, (size_t)o->n, sizeof *o->place, err));
    TRY(arena_take(a, &o->scale, (size_t)t->net->n_parameters, sizeof *o->scale, err));
    TRY(arena_take(a, &start, (size_t)o->n, sizeof *start, err));
    collect_all(t->net, o->place);
    find_scales(o);
    read_point(o, start);
    TRY(sampling_new(&o->s, t->settings.sampler, t->settings.sampler_parameters, o->n, start, t->net->seed, a, err));
    TRY(check_points(o, err));
    TRY(hire(o, err));
    *out = o;
    return LSNN_OK;
}

sampling *outer_sampling(outer *o)
{
    return o->s;
}

void outer_begin_anew(outer *o)
{
    read_point(o, o->s->start);
    sampling_begin(o->s);
}

/* What does not learn is in no point, but may have been set. */
static void follow(network *net, const network *original)
{
    for (int p = 0; p < net->n_parameters; p++)
        if (!net->parameters[p].learn)
            memcpy(net->parameters[p].value, original->parameters[p].value, net->parameters[p].n * sizeof(real));
}

static lsnn_status evaluate(outer *o, trainer *member, int point)
{
    metrics m;
    follow(member->net, o->t->net);
    set(o, member->net, o->s->point + (size_t)point * (size_t)o->n);
    member->iteration = o->t->iteration;
    member->stop = o->t->stop;
    const lsnn_status status = trainer_gradient(member, &m, NULL, NULL);
    o->s->score[point] = status == LSNN_OK ? m.loss + m.loss_rate : NAN;
    return status;
}

/* The points of this process; false: stopped by a signal. */
static bool evaluate_own(outer *o)
{
    bool stopped = false;
    memset(o->s->score, 0, (size_t)o->s->now.population * sizeof *o->s->score);
#pragma omp parallel for schedule(dynamic, 1) num_threads(o->n_crew) reduction(|| : stopped)
    for (int k = o->company.own; k < o->s->now.population; k += o->company.n)
        if (evaluate(o, o->crew[omp_get_thread_num()], k) == LSNN_INTERRUPTED) stopped = true;
    return !stopped;
}

static bool evaluate_all(outer *o)
{
    double n_stopped = evaluate_own(o) ? 0 : 1;
    if (o->company.n > 1) {
        o->company.add(o->s->score, (size_t)o->s->now.population); /* of the others: 0 */
        o->company.add(&n_stopped, 1);
    }
    return n_stopped == 0;
}

/* ---- processes -------------------------------------------------------------------------------------------------------- */

static const double dismissed = -1;

void outer_join(outer *o, outer_company company)
{
    o->company = company;
}

static void tell_points(outer *o)
{
    double iteration = (double)o->t->iteration;
    if (o->company.n == 1) return;
    o->company.tell(&iteration, 1);
    o->company.tell(o->s->point, (size_t)o->s->now.population * (size_t)o->n);
}

void outer_assist(outer *o)
{
    for (;;) {
        double iteration;
        o->company.tell(&iteration, 1);
        if (iteration == dismissed) return;
        o->t->iteration = (uint64_t)iteration;
        o->company.tell(o->s->point, (size_t)o->s->now.population * (size_t)o->n);
        evaluate_all(o); /* that somebody was stopped is for the first to say */
    }
}

void outer_dismiss(outer *o)
{
    double order = dismissed;
    o->company.tell(&order, 1);
}

/* ---- generations ------------------------------------------------------------------------------------------------------ */

lsnn_status outer_generation(outer *o, lsnn_error *err)
{
    worker_enter_thread(); /* so that numbers round in samplers as they do after the first generation */
    sampling_ask(o->s);
    tell_points(o);
    if (!evaluate_all(o)) return lsnn_fail(err, LSNN_INTERRUPTED, "stopped by a signal");
    sampling_tell(o->s);
    set(o, o->t->net, sampling_best(o->s));
    return LSNN_OK;
}
