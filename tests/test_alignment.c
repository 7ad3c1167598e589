/* The recorded alignment is the cosine of the two gradients of the same batch, which two trainers compute here. */
#include "synapse_view.h"

#include "alignment.h"

static void end(void)
{
    arena_free(memory);
    memory = NULL;
}

TestSuite(alignment, .fini = end);

/* A rule that lets readout steps be left out, and one that does not, round sums in another order. */
static const double tolerance = sizeof(real) == 8 ? 1e-12 : 1e-6;

#define AUTO "learning.aligned_with=auto"

enum { N_PROJECTIONS = 3, ITERATIONS = 3 };
static const char *const names[N_PROJECTIONS] = {"in", "rec", "out"};

/* With the weights as they were before each iteration. */
typedef struct outcome {
    double recorded[ITERATIONS][N_PROJECTIONS];
    real *weight[ITERATIONS][N_PROJECTIONS], *gradient[ITERATIONS][N_PROJECTIONS];
    size_t n[N_PROJECTIONS];
} outcome;

static real *copy(const real *values, size_t n)
{
    real *kept = malloc(n * sizeof *kept);
    memcpy(kept, values, n * sizeof *kept);
    return kept;
}

static void begin(const char *rule, const char *aligned, bool aligns)
{
    START(rule, aligned, "projections.in.rewiring=none", "projections.rec.rewiring=none",
          "projections.out.rewiring=none", "projections.rec.wiring.probability=0.5", "signs={}", "learning.rate=0.05",
          "learning.optimiser=sgd", aligns ? "record={a: {what: alignment, of: rec}}" : "record={}");
}

/* The iterations of the run that records. */
static void run(outcome *out, const char *rule, const char *aligned)
{
    const trainer_recorder recorder = {.aligns = true};
    metrics m;
    begin(rule, aligned, true);
    for (int k = 0; k < ITERATIONS; k++) {
        for (int p = 0; p < N_PROJECTIONS; p++) {
            const parameter *learned = &e->net->parameters[named(names[p])->parameter];
            out->n[p] = learned->n;
            out->weight[k][p] = copy(learned->value, learned->n);
        }
        cr_assert_eq(trainer_iterate(e->trainer, &m, &recorder, &err), LSNN_OK, "%s", err.message);
        for (int p = 0; p < N_PROJECTIONS; p++)
            out->recorded[k][p] = e->trainer->alignment[network_find_projection(e->net, names[p])];
    }
    end();
}

/* The gradients of another rule at the same weights, of the same trials. */
static void follow(outcome *out, const char *rule)
{
    metrics m;
    begin(rule, AUTO, false);
    for (int k = 0; k < ITERATIONS; k++) {
        e->trainer->iteration = (uint64_t)k;
        for (int p = 0; p < N_PROJECTIONS; p++)
            memcpy(e->net->parameters[named(names[p])->parameter].value, out->weight[k][p], out->n[p] * sizeof(real));
        cr_assert_eq(trainer_gradient(e->trainer, &m, NULL, &err), LSNN_OK, "%s", err.message);
        for (int p = 0; p < N_PROJECTIONS; p++)
            out->gradient[k][p] = copy(e->trainer->gradient->value[named(names[p])->parameter], out->n[p]);
    }
    end();
}

static double product(const real *a, const real *b, size_t n)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += (double)a[k] * (double)b[k];
    return sum;
}

static void expect(const char *rule, const char *aligned, const char *other, bool same_readout)
{
    static outcome of, with;
    run(&of, rule, aligned);
    memcpy(&with, &of, sizeof with);
    follow(&of, rule);
    follow(&with, other);
    for (int k = 0; k < ITERATIONS; k++)
        for (int p = 0; p < N_PROJECTIONS; p++) {
            const real *a = of.gradient[k][p], *b = with.gradient[k][p];
            const size_t n = of.n[p];
            const double found = of.recorded[k][p];
            const double cosine = product(a, b, n) / sqrt(product(a, a, n) * product(b, b, n));
            cr_expect_float_eq(found, cosine, tolerance, "%s and %s, iteration %d, %s: %.15g, not %.15g", rule, other,
                               k + 1, names[p], found, cosine);
            /* where the rules differ so do their gradients; readouts learn by both alike */
            if (p < 2 || !same_readout)
                cr_expect(fabs(found) < 0.9999, "%s, %s: %.15g", rule, names[p], found);
            else
                cr_expect_float_eq(found, 1, 1e-6, "%s, %s: %.15g", rule, names[p], found);
            free(of.gradient[k][p]);
            free(with.gradient[k][p]);
            free(of.weight[k][p]);
        }
    cr_expect_neq(of.recorded[0][1], of.recorded[1][1], "the gradients change, and their angle with them");
}

Test(alignment, of_eprop_is_with_bptt)
{
    expect("learning.rule={kind: eprop, feedback: symmetric}", AUTO, "learning.rule={kind: bptt}", true);
}

Test(alignment, of_eprop_with_random_feedback_is_with_bptt_through_the_weights)
{
    expect("learning.rule={kind: eprop, feedback: random}", AUTO, "learning.rule={kind: bptt}", true);
}

Test(alignment, of_bptt_is_with_symmetric_eprop)
{
    expect("learning.rule={kind: bptt}", AUTO, "learning.rule={kind: eprop, feedback: symmetric}", true);
    expect("learning.rule={kind: bptt, truncate: 10}", AUTO, "learning.rule={kind: eprop, feedback: symmetric}", false);
}

Test(alignment, is_with_what_the_config_names)
{
    expect("learning.rule={kind: eprop, feedback: symmetric}", "learning.aligned_with=bptt_without_reset",
           "learning.rule={kind: bptt, through_reset: false}", true);
    expect("learning.rule={kind: eprop, feedback: random}", "learning.aligned_with=eprop",
           "learning.rule={kind: eprop, feedback: symmetric}", true);
    expect("learning.rule={kind: bptt, through_reset: false}", "learning.aligned_with=bptt",
           "learning.rule={kind: bptt}", true);
}

/* The other gradient is computed aside: the run learns what it learns without. */
Test(alignment, changes_nothing)
{
    real *weight[2][N_PROJECTIONS];
    for (int aligns = 0; aligns < 2; aligns++) {
        const trainer_recorder recorder = {.aligns = aligns > 0};
        metrics m;
        begin("learning.rule={kind: eprop, feedback: random}", AUTO, aligns);
        for (int k = 0; k < ITERATIONS; k++)
            cr_assert_eq(trainer_iterate(e->trainer, &m, &recorder, &err), LSNN_OK, "%s", err.message);
        for (int p = 0; p < N_PROJECTIONS; p++) {
            const parameter *learned = &e->net->parameters[named(names[p])->parameter];
            weight[aligns][p] = copy(learned->value, learned->n);
            if (aligns) cr_expect_arr_eq(weight[0][p], weight[1][p], learned->n * sizeof(real), "%s", names[p]);
        }
        if (aligns == 0) arena_free(memory);
    }
    for (int p = 0; p < 2 * N_PROJECTIONS; p++)
        free(weight[p / N_PROJECTIONS][p % N_PROJECTIONS]);
}
