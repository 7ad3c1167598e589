/* The whole engine against cases whose results other programs computed. */
#include "case.h"
#include "replay_case.h"
#include "store.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

/* Of the largest element of an array. In double precision only the order of sums differs. In single precision a state carries
 * about 50 steps of roundings of 6e-8, a threshold's surrogate the difference of two such numbers, and Adam's first steps divide
 * small gradients by their own size. */
static const double tolerance = sizeof(real) == 8 ? 1e-11 : 1e-4;

static const char *short_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* A dataset that the file does not have is not compared; `seen` counts those that were. */
static void expect_array(const store *file, arena *a, const char *path, const char *dataset, const double *found,
                         int *seen)
{
    store_shape shape;
    double *expected, largest = 0, worst = 0;
    lsnn_error err = {0};
    size_t n = 1;
    if (!store_has(file, dataset)) return;
    cr_assert_eq(store_read(file, a, &expected, STORE_DOUBLE, &shape, NULL, dataset, &err), LSNN_OK, "%s", err.message);
    for (int d = 0; d < shape.n_dims; d++)
        n *= shape.dim[d];
    for (size_t k = 0; k < n; k++) {
        cr_assert(isfinite(found[k]), "%s %s: element %zu is %g", short_name(path), dataset, k, found[k]);
        largest = fmax(largest, fabs(expected[k]));
        worst = fmax(worst, fabs(expected[k] - found[k]));
    }
    const double allowed = strcmp(strrchr(dataset, '/'), "/z") == 0 ? 0 : tolerance * largest;
    cr_expect(worst <= allowed, "%s %s: differs by %g, the largest element is %g", short_name(path), dataset, worst,
              largest);
    ++*seen;
}

static void expect_refractory(const store *file, arena *a, const int *found)
{
    int *expected, wrong = 0;
    store_shape shape;
    if (!store_has(file, "/expect/ref")) return;
    cr_assert_eq(store_read(file, a, &expected, STORE_INT, &shape, NULL, "/expect/ref", NULL), LSNN_OK);
    for (size_t k = 0; k < shape.dim[0] * shape.dim[1] * shape.dim[2]; k++)
        wrong += expected[k] != found[k];
    cr_expect_eq(wrong, 0);
}

static int compare(const store *file, arena *a, const char *path, const replay_case *r, const char *rule)
{
    const struct {
        const char *dataset;
        const double *found;
    } states[] = {{"/expect/z", r->z},
                  {"/expect/v", r->v},
                  {"/expect/a", r->a},
                  {"/expect/A", r->A},
                  {"/expect/psi", r->psi},
                  {"/expect/psi_a", r->psi_a},
                  {"/expect/I", r->I},
                  {"/expect/y", r->y},
                  {"/expect/err", r->err},
                  {"/expect/L_sym", r->L_sym},
                  {"/expect/L_rand", r->L_rand},
                  {"/expect/L_reg", r->L_reg},
                  {"/expect/rate", r->rate},
                  {"/expect/loss", r->loss},
                  {"/expect/loss_task", r->loss_task},
                  {"/expect/loss_reg", r->loss_reg},
                  {"/expect/W_in", r->W_in},
                  {"/expect/W_rec", r->W_rec},
                  {"/expect/W_out", r->W_out}};
    const struct {
        const char *name;
        const double *found;
    } slopes[] = {
        {"W_in", r->gradient_in}, {"W_rec", r->gradient_rec}, {"W_out", r->gradient_out}, {"b_out", r->gradient_bias}};
    int n_states = 0, n_gradients = 0;
    for (size_t k = 0; k < sizeof states / sizeof *states; k++)
        expect_array(file, a, path, states[k].dataset, states[k].found, &n_states);
    for (size_t k = 0; k < sizeof slopes / sizeof *slopes; k++) {
        char dataset[64];
        snprintf(dataset, sizeof dataset, "/grad/%s/%s", rule, slopes[k].name);
        expect_array(file, a, path, dataset, slopes[k].found, &n_gradients);
    }
    expect_refractory(file, a, r->ref);
    cr_expect_geq(n_gradients, 3, "%s has no gradients of %s", short_name(path), rule);
    return n_states;
}

/* Runs the case with the rule and compares all that its file expects; at least so many arrays besides the gradients. */
static void agree(const char *name, const char *rule, int least)
{
    char path[512];
    arena *a;
    case_file *c;
    replay_case *r;
    store *file;
    lsnn_error err = {0};
    const replay_rule *which = replay_rules;
    while (strcmp(which->name, rule) != 0)
        which++;
    snprintf(path, sizeof path, TEST_DATA "/reference/%s.h5", name);
    cr_assert_eq(arena_new(&a, NULL), LSNN_OK);
    cr_assert_eq(case_read(&c, a, path, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(replay_case_run(&r, c, &which->paths, a, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(store_open(&file, path, &err), LSNN_OK, "%s", err.message);
    cr_expect_geq(compare(file, a, path, r, rule), least);
    cr_assert_eq(store_close(file, false, NULL), LSNN_OK);
    arena_free(a);
}

#define CASE(test, file, least)                                                                                        \
    Test(replay, test##_agrees)                                                                                        \
    {                                                                                                                  \
        agree(file, "eprop", least);                                                                                   \
        agree(file, "eprop_random", least);                                                                            \
        agree(file, "bptt", least);                                                                                    \
        agree(file, "bptt_noreset", least);                                                                            \
    }

CASE(mse_without_refractory_time, "case1_mse_b1_d1_noref", 16)
CASE(regularisation_over_a_batch, "case2_mse_reg_b4_d1_ref4", 16)
CASE(cross_entropy_with_delay, "case3_ce_b4_d3_noref", 16)
CASE(input_delay_and_a_window, "case4_ce_reg_b1_d3_din1_ref4", 16)
CASE(a_delay_per_synapse, "case5_scaled_hetero_sparse_ce_reg_b4_ref2", 16)
CASE(scaled_currents, "case6_scaled_mse_reg_b1_d1_noref", 16)
CASE(the_dialect_of_the_2018_paper, "extra7_lsnn2018paper_ce_reg_b4_d1_ref5", 16)
CASE(the_dialect_of_the_2018_code, "extra8_lsnn2018code_ce_reg_b4_d1_ref5", 16)
CASE(evidence_accumulation, "extra9_evidence_100rec_b2_T400", 8)

Test(replay, training_with_adam_agrees_with_nest)
{
    agree("nest_evidence_small", "eprop_random", 7);
}

Test(replay, training_with_sgd_agrees_with_nest)
{
    agree("nest_regression_small", "eprop_random", 7);
}
