/* Excitatory and inhibitory cells, and weights that balance them. */
#include "balance.h"
#include "synapse_view.h"

#include <gsl/gsl_complex_math.h>
#include <gsl/gsl_eigen.h>

Test(signs, hold_all_projections_of_a_population_and_their_share)
{
    START("projections.out.rewiring=none", "projections.rec.rewiring=none", "learning.rate=0.05");
    const projection *rec = named("rec"), *out = named("out");
    int n = 0, alif = 0, input = 0;
    for (int i = 0; i < rec->n_from; i++) {
        cr_assert_eq(rec->sign[i], out->sign[i]);
        if (i < 18) cr_expect_eq(rec->sign[i], i < 9 ? -1 : 1, "neuron %d", i);
        alif += i >= 18 && rec->sign[i] > 0;
    }
    for (int i = 0; i < named("in")->n_from; i++)
        input += named("in")->sign[i] > 0;
    cr_expect_eq(alif, 8);
    cr_expect_eq(input, 30);
    iterate(60);
    view *v = look(rec);
    int zero = 0;
    for (int i = 0; i < MOST; i++)
        for (int j = 0; j < MOST; j++) {
            if (!v->at[i][j].n) continue;
            const real w = e->net->parameters[rec->parameter].value[v->at[i][j].position];
            n++;
            zero += w == 0;
            cr_assert_geq(w * rec->sign[i], 0);
        }
    cr_expect_eq(n, (int)rec->n_synapses);
    cr_expect(zero > 0 && zero < n, "%d of %d weights are at 0", zero, n);
    free(v);
    arena_free(memory);
}

Test(signs, leave_populations_without_them_free)
{
    START("signs={lif: {excitatory: 1}}", "projections.in.rewiring=none", "projections.rec.rewiring=none");
    const projection *rec = named("rec");
    view *v = look(rec);
    int negative = 0;
    for (int i = 0; i < MOST; i++)
        for (int j = 0; j < MOST; j++)
            if (v->at[i][j].n && e->net->parameters[rec->parameter].value[v->at[i][j].position] < 0)
                negative += i < 18 ? 1000 : 1;
    cr_assert_null(named("in")->sign);
    cr_expect(negative > 0 && negative < 1000, "%d", negative);
    free(v);
    arena_free(memory);
}

/* ---- balanced weights ------------------------------------------------------------------------------------------------- */

static double largest_eigenvalue(const double *w, size_t n)
{
    double largest = 0;
    gsl_matrix *m = gsl_matrix_alloc(n, n);
    gsl_vector_complex *values = gsl_vector_complex_alloc(n);
    gsl_eigen_nonsymm_workspace *workspace = gsl_eigen_nonsymm_alloc(n);
    memcpy(m->data, w, n * n * sizeof *w);
    cr_assert_eq(gsl_eigen_nonsymm(m, values, workspace), 0);
    for (size_t k = 0; k < n; k++)
        largest = fmax(largest, gsl_complex_abs(gsl_vector_complex_get(values, k)));
    gsl_eigen_nonsymm_free(workspace);
    gsl_vector_complex_free(values);
    gsl_matrix_free(m);
    return largest;
}

static void expect_balanced(int n_from, int n_to)
{
    enum { LARGEST = 60 };
    real sign[LARGEST];
    double *w, square[LARGEST * LARGEST];
    cr_assert_eq(arena_new(&memory, &err), LSNN_OK);
    for (int i = 0; i < n_from; i++)
        sign[i] = i % 4 == 0 ? -1 : 1;
    cr_assert_eq(balance_draw(&w, memory, sign, n_from, n_to, 1.5, 3, 1, &err), LSNN_OK);
    for (int j = 0; j < n_to; j++) {
        double sum = 0;
        for (int i = 0; i < n_from; i++) {
            cr_assert_gt(w[i * n_to + j] * sign[i], 0);
            sum += w[i * n_to + j];
            if (j < n_from) square[i * n_from + j] = w[i * n_to + j];
        }
        cr_expect_lt(fabs(sum), 1e-12, "the weights of target %d add up to %g", j, sum);
    }
    /* The radius is found to about 0.2 %. */
    if (n_to >= n_from) cr_expect_float_eq(largest_eigenvalue(square, (size_t)n_from), 1.5, 0.01);
    arena_free(memory);
}

Test(balance, gives_targets_a_sum_of_zero_and_the_matrix_its_spectral_radius)
{
    expect_balanced(60, 60);
    expect_balanced(21, 60);
    expect_balanced(60, 7);
}

Test(balance, is_taken_by_the_synapses_that_there_are)
{
    START("projections.rec.weights={balanced: 2}");
    const projection *p = named("rec");
    double *w;
    cr_assert_eq(balance_draw(&w, memory, p->sign, p->n_from, p->n_from, 2, e->seed, 1, &err), LSNN_OK);
    view *v = look(p);
    for (int i = 0; i < p->n_from; i++)
        for (int j = 0; j < p->n_from; j++)
            if (v->at[i][j].n)
                cr_assert_eq(e->net->parameters[p->parameter].value[v->at[i][j].position], (real)w[i * p->n_from + j]);
    free(v);
    arena_free(memory);
}
