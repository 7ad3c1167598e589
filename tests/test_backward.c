/* The adjoint form of e-prop against eligibility traces that run forward in time. */
#include "scene.h"

#include "case.h"
#include "store.h"

/* Of the largest element of an array. Both sides see the same spikes; in single precision the surrogate is the difference of two
 * numbers with roundings of 6e-8, some ten steps of which a trace adds up. */
static const double tolerance = sizeof(real) == 8 ? 1e-11 : 1e-4;

/* ---- the engine and the textbook -------------------------------------------------------------------------------------- */

typedef struct comparison {
    const stage *s;
    const projection *p;
    double largest, worst;
    int n;
} comparison;

static void compare_synapse(void *with, int i, int j, int delay, size_t position)
{
    comparison *c = with;
    const textbook *b = &c->s->book;
    double expected;
    if (c->p == c->s->out)
        expected = textbook_readout(b, i, j);
    else if (c->p == c->s->in)
        expected = textbook_synapse(b, c->s->x + i, b->n_in, delay, j);
    else
        expected = textbook_synapse(b, b->z + i, b->n_rec, delay, j);
    const double found = c->s->learner->gradient->value[c->p->parameter][position];
    cr_assert(isfinite(found));
    c->largest = fmax(c->largest, fabs(expected));
    c->worst = fmax(c->worst, fabs(expected - found));
    c->n++;
}

static void expect_equal(const stage *s, const projection *p)
{
    comparison c = {.s = s, .p = p};
    network_each_synapse(s->net, p, compare_synapse, &c);
    cr_expect_eq((size_t)c.n, p->n_synapses);
    cr_expect_gt(c.largest, 0, "%s: no gradient at all", p->name);
    cr_expect_leq(c.worst, tolerance * c.largest, "%s: differs by %g, the largest is %g", p->name, c.worst, c.largest);
}

static void expect_same_slopes(const stage *s)
{
    double largest = 0, worst = 0;
    for (int k = 0; k < s->net->n_spiking_populations; k++) {
        const population *p = &s->net->populations[k];
        const real *psi = s->learner->tapes[0]->column[k * LSNN_MAX_TAPES];
        for (int t = 0; t < SCENE_STEPS; t++)
            for (int j = 0; j < p->n; j++) {
                const double expected = s->book.psi[t * s->book.n_rec + p->first + j];
                largest = fmax(largest, expected);
                worst = fmax(worst, fabs(expected - psi[t * p->width + j]));
            }
    }
    cr_expect_leq(worst, tolerance * largest, "psi differs by %g, the largest is %g", worst, largest);
}

static void expect_bias(const stage *s)
{
    for (int k = 0; k < s->is.n_out; k++) {
        const double expected = textbook_bias(&s->book, k), found = s->learner->gradient->value[s->bias][k];
        cr_expect_leq(fabs(expected - found), 10 * tolerance * fabs(expected), "bias %d: %g, expected %g", k, found,
                      expected);
    }
}

static int spikes_of(const stage *s)
{
    int n = 0;
    for (int k = 0; k < SCENE_STEPS * s->book.n_rec; k++)
        n += s->book.z[k] > 0;
    return n;
}

static void agree(scene is)
{
    stage *s = stage_run(is);
    const int n = spikes_of(s);
    cr_expect(n > 2 * s->book.n_rec && n < SCENE_STEPS * s->book.n_rec / 2, "%d spikes say little", n);
    cr_expect_eq(s->in->sums, is.runs);
    expect_same_slopes(s);
    expect_equal(s, s->in);
    expect_equal(s, s->rec);
    expect_equal(s, s->out);
    expect_bias(s);
    stage_free(s);
}

/* 5 + 4 and 17 + 3 neurons: populations that fill a block of lanes partly, and one lane more than a block. */
static const scene small = {.n_lif = 5,
                            .n_alif = 4,
                            .n_in = 6,
                            .n_out = 2,
                            .dialect = "eprop2020",
                            .surrogate = "triangular",
                            .longest = 1,
                            .density = 1};

Test(backward, equals_eligibility_traces)
{
    agree(small);
}

Test(backward, equals_traces_with_more_neurons_than_a_block_of_lanes)
{
    scene is = small;
    is.n_lif = 17;
    is.n_alif = 3;
    is.n_out = 18;
    agree(is);
}

Test(backward, equals_traces_with_a_single_population)
{
    scene is = small;
    is.n_lif = 0;
    is.n_alif = 9;
    agree(is);
    is.n_lif = 9;
    is.n_alif = 0;
    agree(is);
}

Test(backward, equals_traces_in_each_dialect)
{
    scene is = small;
    is.n_ref = 2;
    is.dialect = "lsnn2018paper";
    agree(is);
    is.dialect = "lsnn2018code";
    agree(is);
}

Test(backward, equals_traces_with_each_surrogate)
{
    static const char *const surrogates[] = {"fast_sigmoid", "arctan", "exponential"};
    static const char *const dialects[] = {"eprop2020", "lsnn2018paper", "lsnn2018code"};
    for (int k = 0; k < 3; k++)
        for (int d = 0; d < 3; d++) {
            scene is = small;
            is.surrogate = surrogates[k];
            is.dialect = dialects[d];
            agree(is);
        }
}

Test(backward, equals_traces_with_refractory_time_and_regularisation)
{
    scene is = small;
    is.n_ref = 3;
    is.strength = 500;
    agree(is);
}

Test(backward, equals_traces_with_scaled_currents_and_a_leaky_bias)
{
    scene is = small;
    is.leak = true;
    is.leaky_bias = true;
    agree(is);
}

Test(backward, equals_traces_with_random_feedback)
{
    scene is = small;
    is.random = true;
    agree(is);
}

Test(backward, equals_traces_with_a_delay_per_synapse)
{
    scene is = small;
    is.longest = 5;
    agree(is);
    is.density = 0.4;
    is.out_delay = 3;
    agree(is);
}

Test(backward, equals_traces_with_few_synapses)
{
    scene is = small;
    is.n_lif = 17;
    is.n_alif = 3;
    is.density = 0.1;
    is.n_in = 40;
    agree(is);
}

Test(backward, equals_traces_with_a_delay_to_the_readout)
{
    scene is = small;
    is.out_delay = 2;
    agree(is);
}

Test(backward, equals_traces_where_input_cells_spike_in_rows)
{
    scene is = small;
    is.runs = true;
    is.n_in = 30;
    agree(is);
}

Test(backward, equals_traces_with_analog_input)
{
    scene is = small;
    is.analog = true;
    agree(is);
    is.sparse = true;
    is.longest = 3;
    agree(is);
}

/* ---- storage ---------------------------------------------------------------------------------------------------------- */

typedef struct list {
    const stage *s;
    const projection *p;
    double *values;
    int n;
} list;

static void list_gradient(void *with, int i, int j, int delay, size_t position)
{
    (void)i;
    (void)j;
    (void)delay;
    list *l = with;
    l->values[l->n++] = l->s->learner->gradient->value[l->p->parameter][position];
}

/* Both forms add the same numbers in the same order, so that the results are the same to the last bit. */
Test(backward, does_not_depend_on_how_synapses_are_stored)
{
    scene is = small;
    is.density = 0.5;
    stage *dense = stage_run(is);
    is.sparse = true;
    stage *sparse = stage_run(is);
    const projection *of[][2] = {{dense->in, sparse->in}, {dense->rec, sparse->rec}, {dense->out, sparse->out}};
    for (int k = 0; k < 3; k++) {
        const int n = (int)of[k][0]->n_synapses;
        double a[n], b[n];
        list one = {dense, of[k][0], a, 0}, other = {sparse, of[k][1], b, 0};
        cr_assert_eq(of[k][1]->n_synapses, (size_t)n);
        cr_assert(of[k][0]->dense && of[k][1]->dense == (k == 2), "the storage is not what this test is about");
        network_each_synapse(dense->net, of[k][0], list_gradient, &one);
        network_each_synapse(sparse->net, of[k][1], list_gradient, &other);
        cr_expect_arr_eq(a, b, (size_t)n * sizeof *a, "%s", of[k][0]->name);
    }
    stage_free(dense);
    stage_free(sparse);
}

/* ---- losses of the average readout ------------------------------------------------------------------------------------ */

/* Both sum the same, in another order. */
static void expect_same_gradients(const stage *one, const stage *other)
{
    for (int p = 0; p < one->net->n_parameters; p++) {
        const real *a = one->learner->gradient->value[p], *b = other->learner->gradient->value[p];
        if (!one->net->parameters[p].learn) continue;
        double largest = 0, worst = 0;
        for (size_t k = 0; k < one->net->parameters[p].n; k++) {
            largest = fmax(largest, fabs((double)a[k]));
            worst = fmax(worst, fabs((double)a[k] - (double)b[k]));
        }
        cr_expect_gt(largest, 0, "%s: no gradient", one->net->parameters[p].name);
        cr_expect_leq(worst, tolerance * largest, "%s: differs by %g, the largest is %g", one->net->parameters[p].name,
                      worst, largest);
    }
}

Test(backward, gives_the_same_without_the_steps_of_the_readout)
{
    for (int variant = 0; variant < 3; variant++) {
        scene is = small;
        is.classes = true;
        is.random = variant > 0;
        is.leaky_bias = variant > 0;
        is.out_delay = variant > 1 ? 3 : 0;
        stage *full = stage_run(is);
        is.collapse = true;
        stage *collapsed = stage_run(is);
        cr_assert(!full->learner->collapsed && collapsed->learner->collapsed, "this test is about the shortcut");
        expect_same_gradients(full, collapsed);
        stage_free(full);
        stage_free(collapsed);
    }
}

Test(backward, gives_the_same_without_the_readout_before_the_judged_steps)
{
    static const int late[] = {60, 1, SCENE_STEPS - 1};
    for (int variant = 0; variant < 3; variant++) {
        scene is = small;
        is.classes = true;
        is.random = variant > 0;
        is.out_delay = 2 * variant;
        is.late = late[variant];
        stage *full = stage_run(is);
        is.collapse = true;
        stage *quiet = stage_run(is);
        cr_assert(!full->learner->quiet && quiet->learner->quiet, "this test is about the shortcut");
        expect_same_gradients(full, quiet);
        stage_free(full);
        stage_free(quiet);
    }
}

/* ---- the textbook and traces that another program computed ------------------------------------------------------------ */

static double *same_for_all(arena *a, int n, double number)
{
    double *values;
    cr_assert_eq(arena_take(a, &values, (size_t)n, sizeof *values, NULL), LSNN_OK);
    for (int j = 0; j < n; j++)
        values[j] = number;
    return values;
}

static double *read_array(const store *file, arena *a, const char *name)
{
    double *values;
    lsnn_error err = {0};
    cr_assert_eq(store_read(file, a, &values, STORE_DOUBLE, NULL, NULL, name, &err), LSNN_OK, "%s", err.message);
    return values;
}

static textbook book_of(const case_file *c, arena *a)
{
    const int n = c->n_rec;
    const double alpha = exp(-c->dt / c->tau_m), rho = exp(-c->dt / c->tau_a);
    textbook b = {.n_steps = c->n_steps,
                  .n_in = c->n_in,
                  .n_rec = n,
                  .n_out = c->n_out,
                  .dialect = c->variant,
                  .surrogate = "triangular",
                  .beta = c->beta};
    b.alpha = same_for_all(a, n, alpha);
    b.rho = same_for_all(a, n, rho);
    b.s_i = same_for_all(a, n, c->scale_input ? 1 - alpha : 1);
    b.s_a = same_for_all(a, n, c->scale_adapt ? 1 - rho : 1);
    b.v_th = same_for_all(a, n, c->v_th);
    b.gamma = same_for_all(a, n, c->gamma);
    b.width = same_for_all(a, n, 1);
    b.n_ref = same_for_all(a, n, c->n_ref);
    b.psi = same_for_all(a, n * c->n_steps, 0);
    b.psi_a = same_for_all(a, n * c->n_steps, 0);
    return b;
}

typedef struct reference {
    const double *eps_v, *eps_a, *e; /* [batch][n_steps][n_from][n_rec] */
} reference;

/* Largest difference between the traces of one matrix and the file's, over all synapses of a sample. */
static double trace_difference(const textbook *b, const double *x, int n_from, const int *mask, const int *delay,
                               const reference *r, size_t sample)
{
    double eps_v[b->n_steps], eps_a[b->n_steps], e[b->n_steps], worst = 0;
    for (int i = 0; i < n_from; i++)
        for (int j = 0; j < b->n_rec; j++) {
            const int k = i * b->n_rec + j;
            if (!mask[k]) continue;
            textbook_traces(b, x + i, n_from, delay[k], j, eps_v, eps_a, e);
            for (int t = 0; t < b->n_steps; t++) {
                const size_t at = (sample * (size_t)b->n_steps + (size_t)t) * (size_t)(n_from * b->n_rec) + (size_t)k;
                worst = fmax(worst, fabs(eps_v[t] - r->eps_v[at]));
                worst = fmax(worst, fabs(eps_a[t] - r->eps_a[at]));
                worst = fmax(worst, fabs(e[t] - r->e[at]));
            }
        }
    return worst;
}

static void expect_reference_traces(const char *name)
{
    char path[512];
    arena *a;
    case_file *c;
    store *file;
    snprintf(path, sizeof path, TEST_DATA "/reference/%s.h5", name);
    cr_assert_eq(arena_new(&a, NULL), LSNN_OK);
    cr_assert_eq(case_read(&c, a, path, NULL), LSNN_OK);
    cr_assert_eq(store_open(&file, path, NULL), LSNN_OK);
    const double *z = read_array(file, a, "/expect/z"), *v = read_array(file, a, "/expect/v");
    const double *adaptation = read_array(file, a, "/expect/a");
    const reference in = {read_array(file, a, "/trace/W_in/eps_v"), read_array(file, a, "/trace/W_in/eps_a"),
                          read_array(file, a, "/trace/W_in/e")};
    const reference rec = {read_array(file, a, "/trace/W_rec/eps_v"), read_array(file, a, "/trace/W_rec/eps_a"),
                           read_array(file, a, "/trace/W_rec/e")};
    textbook b = book_of(c, a);
    double worst = 0;
    for (size_t sample = 0; sample < (size_t)c->batch; sample++) {
        const size_t start = sample * (size_t)(c->n_steps * c->n_rec);
        b.z = z + start;
        b.v = v + start;
        b.a = adaptation + start;
        textbook_slopes(&b);
        const double *x = c->x + sample * (size_t)(c->n_steps * c->n_in);
        worst = fmax(worst, trace_difference(&b, x, c->n_in, c->mask_in, c->d_in, &in, sample));
        worst = fmax(worst, trace_difference(&b, b.z, c->n_rec, c->mask_rec, c->d_rec, &rec, sample));
    }
    cr_expect_leq(worst, 1e-11, "%s: traces differ by %g", name,
                  worst); /* all in double, traces are of the order 1 to 30 */
    cr_assert_eq(store_close(file, false, NULL), LSNN_OK);
    arena_free(a);
}

Test(backward, traces_are_those_of_another_program)
{
    expect_reference_traces("case1_mse_b1_d1_noref");
    expect_reference_traces("case4_ce_reg_b1_d3_din1_ref4");
    expect_reference_traces("case5_scaled_hetero_sparse_ce_reg_b4_ref2");
    expect_reference_traces("extra7_lsnn2018paper_ce_reg_b4_d1_ref5");
    expect_reference_traces("extra8_lsnn2018code_ce_reg_b4_d1_ref5");
}
