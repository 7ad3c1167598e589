/* Rewiring: the number of synapses, signs, order, moments, chance. */
#include "registry.h"
#include "synapse_view.h"

#include <gsl/gsl_cdf.h>

/* ---- the rule ---------------------------------------------------------------------------------------------------------- */

typedef struct deep_r_parameters {
    double l1, temperature;
} deep_r_parameters;

Test(deep_r, takes_rate_times_l1_from_theta)
{
    const lsnn_rewiring *rule = registry_rewiring("deep_r");
    const deep_r_parameters parameters = {.l1 = 0.5};
    lsnn_random stream = lsnn_random_stream(1, LSNN_REWIRING, 0, 0), untouched = stream;
    real theta[3] = {1, 0.25, 0};
    rule->change(&parameters, 0.125, 3, theta, &stream);
    cr_expect_eq(theta[0], 0.9375);
    cr_expect_eq(theta[1], 0.1875);
    cr_expect_eq(theta[2], -0.0625);
    cr_expect_eq(memcmp(&stream, &untouched, sizeof stream), 0, "without temperature nothing is drawn");
}

/* Without a gradient theta is a random walk with drift: mean -n rate l1, variance n 2 rate T. */
Test(deep_r, drifts_and_diffuses_without_a_gradient)
{
    enum { WALKS = 20000, STEPS = 50 };
    const lsnn_rewiring *rule = registry_rewiring("deep_r");
    const double rate = 0.01;
    const deep_r_parameters parameters = {.l1 = 0.3, .temperature = 0.02};
    real *theta = calloc(WALKS, sizeof *theta);
    for (int n = 0; n < STEPS; n++) {
        lsnn_random stream = lsnn_random_stream(1, LSNN_REWIRING, 0, (uint64_t)n);
        rule->change(&parameters, rate, WALKS, theta, &stream);
    }
    double sum = 0, squares = 0;
    for (int k = 0; k < WALKS; k++)
        sum += (double)theta[k];
    const double mean = sum / WALKS, drift = -STEPS * rate * parameters.l1;
    for (int k = 0; k < WALKS; k++)
        squares += ((double)theta[k] - mean) * ((double)theta[k] - mean);
    const double variance = squares / (WALKS - 1), expected = STEPS * 2 * rate * parameters.temperature;
    /* Five standard errors. */
    cr_expect_float_eq(mean, drift, 5 * sqrt(expected / WALKS));
    cr_expect_float_eq(variance, expected, 5 * expected * sqrt(2.0 / WALKS));
    free(theta);
}

/* ---- updates ----------------------------------------------------------------------------------------------------------- */

static void expect_sound(const projection *p)
{
    view *v = look(p);
    const real *value = e->net->parameters[p->parameter].value;
    cr_assert(v->ordered, "%s: rows are out of order", p->name);
    cr_assert_eq(v->n, p->n_synapses, "%s: %zu synapses, at first %zu", p->name, v->n, p->n_synapses);
    for (int i = 0; i < p->n_from; i++)
        for (int j = 0; j < network_count_targets(e->net, p); j++) {
            if (v->at[i][j].n == 0) continue;
            const real w = value[v->at[i][j].position];
            cr_assert_eq(v->at[i][j].n, 1, "%s: %d -> %d twice", p->name, i, j);
            cr_assert(!p->no_autapses || i != j, "%s: autapse of %d", p->name, i);
            cr_assert_geq(w * p->sign[i], 0, "%s: cell %d of sign %g has a weight of %g", p->name, i, p->sign[i], w);
            cr_assert(v->at[i][j].delay >= p->delay[0] && v->at[i][j].delay <= p->delay[p->n_delays - 1]);
        }
    free(v);
    cr_assert(rewire_sound(e->trainer->rewire, e->net, (int)(p - e->net->projections)), "%s is not sound", p->name);
}

static int count_moved(const view *before, const view *after)
{
    int n = 0;
    for (int i = 0; i < MOST; i++)
        for (int j = 0; j < MOST; j++)
            n += after->at[i][j].n > 0 && before->at[i][j].n == 0;
    return n;
}

Test(rewire, keeps_the_number_of_synapses_and_every_rule_of_the_storage)
{
    START("learning.rule=bptt", "learning.rate=0.05", "projections.in.storage=sparse");
    const char *const names[] = {"in", "rec", "out"};
    view *first[3];
    cr_assert(!named("in")->dense && !named("rec")->dense && named("out")->dense, "not all storages are tested");
    cr_assert_eq(named("rec")->n_delays, 4);
    for (int k = 0; k < 3; k++)
        first[k] = look(named(names[k]));
    for (int n = 0; n < 200; n++) {
        iterate(1);
        for (int k = 0; k < 3; k++)
            expect_sound(named(names[k]));
    }
    for (int k = 0; k < 3; k++) {
        view *last = look(named(names[k]));
        const int moved = count_moved(first[k], last);
        cr_expect_gt(moved, (int)last->n / 5, "%s: only %d of %zu synapses are new", names[k], moved, last->n);
        free(last);
        free(first[k]);
    }
    arena_free(memory);
}

Test(rewire, without_signs_keeps_the_sign_of_each_synapse_while_it_lasts)
{
    START("signs={}", "learning.rule=bptt");
    const projection *p = named("rec");
    cr_assert_null(p->sign);
    int kept = 0, positive = 0;
    for (int n = 0; n < 100; n++) {
        view *before = look(p), *after;
        real was[MOST][MOST];
        for (int i = 0; i < p->n_from; i++)
            for (int j = 0; j < p->n_from; j++)
                was[i][j] = before->at[i][j].n ? e->net->parameters[p->parameter].value[before->at[i][j].position] : 0;
        iterate(1);
        after = look(p);
        for (int i = 0; i < p->n_from; i++)
            for (int j = 0; j < p->n_from; j++) {
                if (!after->at[i][j].n) continue;
                const real now = e->net->parameters[p->parameter].value[after->at[i][j].position];
                const bool fresh = fabs((double)now) < 1e-11;
                kept += !fresh;
                positive += fresh && now > 0;
                if (!fresh) cr_assert_gt(now * was[i][j], 0, "%d -> %d: %g became %g", i, j, was[i][j], now);
            }
        free(before);
        free(after);
    }
    cr_expect_gt(kept, 1000);
    cr_expect_gt(positive, 0);
    arena_free(memory);
}

/* ---- one turn, by hand ------------------------------------------------------------------------------------------------ */

static const char *const still[] = {"projections.rec.rewiring.l1=0", "projections.out.rewiring.l1=0"};

/* Each weight gets a size of its own and moments that tell it; every third one is on the wrong side. */
static int unsettle(const projection *p)
{
    view *v = look(p);
    parameter *w = &e->net->parameters[p->parameter];
    int n = 0, gone = 0;
    for (int i = 0; i < MOST; i++)
        for (int j = 0; j < MOST; j++) {
            if (!v->at[i][j].n) continue;
            const size_t k = v->at[i][j].position;
            const bool goes = ++n % 3 == 0;
            w->value[k] = w->sign[k] * (real)(goes ? -n : n);
            e->trainer->moment[p->parameter][0][k] = (real)n;
            e->trainer->moment[p->parameter][1][k] = (real)(2 * n);
            gone += goes;
        }
    free(v);
    return gone;
}

static void moments_go_along(const char *name)
{
    start(2, still);
    const projection *p = named(name);
    const parameter *w = &e->net->parameters[p->parameter];
    real *const *moment = e->trainer->moment[p->parameter];
    const int which = (int)(p - e->net->projections), gone = unsettle(p);
    view *before = look(p);
    real *old = calloc(w->n, sizeof *old);
    memcpy(old, w->value, w->n * sizeof *old);
    cr_assert_eq(rewire_projection(e->trainer->rewire, e->net, which, moment, 1u << 1, 0.1, 0), (size_t)gone);
    expect_sound(p);
    view *after = look(p);
    int fresh = 0, survived = 0;
    for (int i = 0; i < MOST; i++)
        for (int j = 0; j < MOST; j++) {
            const wire *now = &after->at[i][j], *was = &before->at[i][j];
            if (!now->n) continue;
            const real value = w->value[now->position];
            if (fabs((double)value) < 1e-11) {
                fresh++;
                cr_expect(value != 0 && moment[0][now->position] == 0);
                cr_expect_eq(moment[1][now->position], (real)(p->n_synapses + 1), "the mean of 2, 4, ...");
                continue;
            }
            survived++;
            cr_expect_eq(was->n, 1);
            cr_expect_eq(now->delay, was->delay);
            cr_expect_eq(value, old[was->position]);
            cr_expect_eq(moment[0][now->position], fabs((double)value));
            cr_expect_eq(moment[1][now->position], 2 * fabs((double)value));
        }
    cr_expect_eq(fresh, gone);
    cr_expect_eq(survived + fresh, (int)p->n_synapses);
    for (size_t k = 0; p->dense && k < w->n; k++)
        cr_expect(w->present[k] != 0 || (moment[0][k] == 0 && moment[1][k] == 0 && w->value[k] == 0));
    free(old);
    free(before);
    free(after);
    arena_free(memory);
}

Test(rewire, moves_moments_with_their_synapses_in_lists)
{
    moments_go_along("rec");
}

Test(rewire, gives_moments_to_new_synapses_in_masks)
{
    moments_go_along("out");
}

Test(rewire, leaves_everything_where_it_is_when_no_weight_crosses_zero)
{
    start(2, still);
    const projection *p = named("rec");
    view *before = look(p);
    cr_assert_eq(rewire_projection(e->trainer->rewire, e->net, (int)(p - e->net->projections),
                                   e->trainer->moment[p->parameter], 1u << 1, 0.1, 0),
                 0);
    view *after = look(p);
    cr_expect_eq(memcmp(before, after, sizeof *before), 0);
    free(before);
    free(after);
    arena_free(memory);
}

/* A projection's arrays, to begin again from. */
typedef struct copy {
    real *value, *sign, *present;
    size_t *row_start;
    uint32_t *offset;
} copy;

static void *copied(const void *values, size_t bytes)
{
    void *c = malloc(bytes + 1);
    if (values) memcpy(c, values, bytes);
    return c;
}

static copy save(const projection *p)
{
    const parameter *w = &e->net->parameters[p->parameter];
    const size_t bytes = w->n * sizeof(real);
    return (copy){copied(w->value, bytes), copied(w->sign, bytes), copied(w->present, w->present ? bytes : 0),
                  copied(p->row_start, p->dense ? 0 : ((size_t)p->n_from + 1) * sizeof(size_t)),
                  copied(p->offset, p->dense ? 0 : p->n_synapses * sizeof(uint32_t))};
}

static void restore(const copy *c, const projection *p)
{
    const parameter *w = &e->net->parameters[p->parameter];
    memcpy(w->value, c->value, w->n * sizeof(real));
    memcpy(w->sign, c->sign, w->n * sizeof(real));
    if (p->dense) {
        memcpy(w->present, c->present, w->n * sizeof(real));
        return;
    }
    memcpy(p->row_start, c->row_start, ((size_t)p->n_from + 1) * sizeof(size_t));
    memcpy(p->offset, c->offset, p->n_synapses * sizeof(uint32_t));
}

static void forget(copy *c)
{
    free(c->value), free(c->sign), free(c->present), free(c->row_start), free(c->offset);
}

/* How often each dormant pair is chosen when the first `gone` synapses go, over many updates from the same start. */
static void expect_uniform(const char *name, int gone)
{
    enum { REPEATS = 4000 };
    static int chosen[MOST][MOST];
    start(2, still);
    const projection *p = named(name);
    const parameter *w = &e->net->parameters[p->parameter];
    copy begin = save(p);
    view *first = look(p);
    size_t last = 0;
    for (int left = gone; left > 0; last++)
        left -= w->sign[last] != 0;
    for (int n = 0; n < REPEATS; n++) {
        restore(&begin, p);
        for (size_t k = 0; k < last; k++)
            w->value[k] = -w->sign[k];
        cr_assert_eq(rewire_projection(e->trainer->rewire, e->net, (int)(p - e->net->projections),
                                       e->trainer->moment[p->parameter], 1u << 1, 0.1, (uint64_t)n),
                     (size_t)gone);
        view *v = look(p);
        for (int i = 0; i < MOST; i++)
            for (int j = 0; j < MOST; j++)
                chosen[i][j] += v->at[i][j].n > 0 && fabs((double)w->value[v->at[i][j].position]) < 1e-11;
        free(v);
    }
    const int dormant = (int)rewire_pairs(e->net, p) - (int)first->n + gone;
    const double expected = (double)gone * REPEATS / dormant;
    double chi_squared = 0;
    int n = 0;
    for (int i = 0; i < p->n_from; i++)
        for (int j = 0; j < network_count_targets(e->net, p); j++) {
            const bool stayed = first->at[i][j].n > 0 && first->at[i][j].position >= last;
            if (stayed || (p->no_autapses && i == j)) {
                cr_assert_eq(chosen[i][j], 0);
                continue;
            }
            n++;
            chi_squared += (chosen[i][j] - expected) * (chosen[i][j] - expected) / expected;
        }
    cr_assert_eq(n, dormant);
    /* Without putting back the counts vary less than independent ones, by the share of the pairs that is chosen. */
    chi_squared /= 1 - (double)gone / dormant;
    cr_expect_gt(gsl_cdf_chisq_Q(chi_squared, dormant - 1), 1e-4, "chi squared %g of %d", chi_squared, dormant);
    cr_expect_gt(gsl_cdf_chisq_P(chi_squared, dormant - 1), 1e-4, "chi squared %g of %d", chi_squared, dormant);
    forget(&begin);
    free(first);
    arena_free(memory);
}

Test(rewire, draws_one_new_pair_uniformly_in_lists)
{
    expect_uniform("rec", 1);
}

Test(rewire, draws_many_new_pairs_uniformly_in_lists)
{
    expect_uniform("rec", 60);
}

Test(rewire, draws_many_new_pairs_uniformly_in_masks)
{
    expect_uniform("out", 12);
}

Test(rewire, fills_the_last_free_pairs)
{
    START("projections.rec.wiring.probability=0.97", "projections.rec.rewiring.l1=0", "projections.rec.storage=sparse");
    const projection *p = named("rec");
    parameter *w = &e->net->parameters[p->parameter];
    for (int n = 0; n < 20; n++) {
        for (size_t k = 0; k < p->n_synapses; k++)
            w->value[k] = -w->sign[k];
        cr_assert_eq(rewire_projection(e->trainer->rewire, e->net, (int)(p - e->net->projections),
                                       e->trainer->moment[p->parameter], 1u << 1, 0.1, (uint64_t)n),
                     p->n_synapses);
        expect_sound(p);
    }
    arena_free(memory);
}
