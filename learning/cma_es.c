/* CMA-ES (Hansen & Ostermeier 2001; Hansen 2016, arXiv:1604.00772) with a Cholesky factor in place of an eigendecomposition (Krause,
 * Arbones & Igel 2016, NeurIPS, "CMA-ES with optimal covariance update and storage complexity"): C = A A^T, A lower triangular,
 * and each term of the covariance's update is a rank-one update of A, O(n^2). */
#include "lsnn/sampler.h"
#include <math.h>
#include <string.h>

typedef struct cma_es {
    int population;
    double sigma;
} cma_es;

static const lsnn_field fields[] = {
    {"population", LSNN_INT, offsetof(cma_es, population), "0", NULL, 0, 10000, false, NULL,
     "points of a generation; 0: 4 + 3 ln n"},
    {"sigma", LSNN_REAL, offsetof(cma_es, sigma), "0.5", NULL, 0, INFINITY, true, NULL, "first step size"},
    LSNN_END,
};

static int population(const void *parameters, int n)
{
    const int asked = ((const cma_es *)parameters)->population;
    return asked > 1 ? asked : 4 + (int)(3 * log(n));
}

/* State: sigma, mean, p_sigma, p_c, A by rows, and room for three vectors. */
typedef struct parts {
    double *sigma, *mean, *path_sigma, *path_c, *A, *v, *step, *before;
} parts;

static parts split(double *state, int n)
{
    double *mean = state + 1, *A = mean + 3 * n, *v = A + (size_t)n * ((size_t)n + 1) / 2;
    return (parts){state, mean, mean + n, mean + 2 * n, A, v, v + n, v + 2 * n};
}

static size_t state_length(const void *parameters, int n)
{
    (void)parameters;
    return 1 + 6 * (size_t)n + (size_t)n * ((size_t)n + 1) / 2;
}

static double *row(double *A, int i)
{
    return A + (size_t)i * ((size_t)i + 1) / 2;
}

static void begin(const void *parameters, const lsnn_sampling *s, double *state)
{
    const parts c = split(state, s->n);
    *c.sigma = ((const cma_es *)parameters)->sigma;
    memcpy(c.mean, s->start, (size_t)s->n * sizeof *c.mean);
    for (int i = 0; i < s->n; i++)
        row(c.A, i)[i] = 1;
}

static void ask(const void *parameters, const lsnn_sampling *s, const double *state, double *point)
{
    const parts c = split((double *)state, s->n);
    (void)parameters;
    for (int k = 0; k < s->population; k++) {
        double *x = point + (size_t)k * (size_t)s->n;
        lsnn_random chance = lsnn_sampler_chance(s, k);
        for (int i = 0; i < s->n; i++)
            x[i] = lsnn_random_normal(&chance);
        for (int i = s->n - 1; i >= 0; i--) { /* x = m + sigma A z, from below: z is overwritten */
            double sum = 0;
            for (int j = 0; j <= i; j++)
                sum += row(c.A, i)[j] * x[j];
            x[i] = c.mean[i] + *c.sigma * sum;
        }
    }
}

/* A A^T <- A A^T + factor v v^T for factor >= 0; v is used up (Krause & Igel 2015, FOGA, algorithm 3.1). */
static void add_outer(double *A, int n, double factor, double *v)
{
    double b = 1;
    for (int j = 0; j < n; j++) {
        const double a = row(A, j)[j], x = v[j] / a;
        const double squared = a * a + factor / b * v[j] * v[j], grown = sqrt(squared);
        const double gamma = a * a * b + factor * v[j] * v[j], share = grown * factor * v[j] / gamma;
        row(A, j)[j] = grown;
        for (int i = j + 1; i < n; i++) {
            v[i] -= x * row(A, i)[j];
            row(A, i)[j] = grown / a * row(A, i)[j] + share * v[i];
        }
        b += factor * x * x;
    }
}

typedef struct rates {
    int mu;
    double mu_eff, c_sigma, d_sigma, c_c, c_1, c_mu, chi;
} rates;

/* Weights of the best half, log-shaped, and the rates that Hansen 2016 derives from them. */
static rates learn_rates(double *w, int lambda, double n)
{
    rates r = {.mu = lambda / 2 > 0 ? lambda / 2 : 1};
    double sum = 0, squares = 0;
    for (int k = 0; k < r.mu; k++)
        sum += w[k] = log((lambda + 1) / 2.0) - log(k + 1.0);
    for (int k = 0; k < r.mu; k++) {
        w[k] /= sum;
        squares += w[k] * w[k];
    }
    r.mu_eff = 1 / squares;
    r.c_sigma = (r.mu_eff + 2) / (n + r.mu_eff + 5);
    r.d_sigma = 1 + 2 * fmax(0, sqrt((r.mu_eff - 1) / (n + 1)) - 1) + r.c_sigma;
    r.c_c = (4 + r.mu_eff / n) / (n + 4 + 2 * r.mu_eff / n);
    r.c_1 = 2 / ((n + 1.3) * (n + 1.3) + r.mu_eff);
    r.c_mu = fmin(1 - r.c_1, 2 * (r.mu_eff - 2 + 1 / r.mu_eff) / ((n + 2) * (n + 2) + r.mu_eff));
    r.chi = sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
    return r;
}

/* v <- A^-1 v */
static void solve(double *A, int n, double *v)
{
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < i; j++)
            v[i] -= row(A, i)[j] * v[j];
        v[i] /= row(A, i)[i];
    }
}

/* The paths; returns |p_sigma|. The step of the mean, in units of sigma, is in c.v, and is used up. */
static double go(const parts *c, const rates *r, int n, uint64_t generation)
{
    double norm = 0;
    const double fresh = 1 - pow(1 - r->c_sigma, 2 * ((double)generation + 1));
    const double keep = sqrt(r->c_c * (2 - r->c_c) * r->mu_eff), by = sqrt(r->c_sigma * (2 - r->c_sigma) * r->mu_eff);
    memcpy(c->step, c->v, (size_t)n * sizeof *c->step);
    solve(c->A, n, c->v);
    for (int i = 0; i < n; i++) {
        c->path_sigma[i] = (1 - r->c_sigma) * c->path_sigma[i] + by * c->v[i];
        norm += c->path_sigma[i] * c->path_sigma[i];
    }
    norm = sqrt(norm);
    const bool steady = norm / sqrt(fresh) < (1.4 + 2 / (n + 1.0)) * r->chi;
    for (int i = 0; i < n; i++)
        c->path_c[i] = (1 - r->c_c) * c->path_c[i] + (steady ? keep * c->step[i] : 0);
    return norm;
}

static void tell(const void *parameters, const lsnn_sampling *s, double *state, const double *point,
                 const double *score)
{
    const int n = s->n;
    const parts c = split(state, n);
    double w[s->population];
    int order[s->population];
    const rates r = learn_rates(w, s->population, n);
    (void)parameters;
    lsnn_sampler_rank(order, score, s->population);
    memset(c.v, 0, (size_t)n * sizeof *c.v);
    for (int k = 0; k < r.mu; k++)
        for (int i = 0; i < n; i++)
            c.v[i] += w[k] * (point[(size_t)order[k] * (size_t)n + (size_t)i] - c.mean[i]) / *c.sigma;
    memcpy(c.before, c.mean, (size_t)n * sizeof *c.before);
    for (int i = 0; i < n; i++)
        c.mean[i] += *c.sigma * c.v[i];
    const double norm = go(&c, &r, n, s->generation);
    const double shrink = sqrt(1 - r.c_1 - r.c_mu);
    for (size_t k = 0; k < (size_t)n * ((size_t)n + 1) / 2; k++)
        c.A[k] *= shrink;
    memcpy(c.v, c.path_c, (size_t)n * sizeof *c.v);
    add_outer(c.A, n, r.c_1, c.v);
    for (int k = 0; k < r.mu; k++) {
        for (int i = 0; i < n; i++)
            c.v[i] = (point[(size_t)order[k] * (size_t)n + (size_t)i] - c.before[i]) / *c.sigma;
        add_outer(c.A, n, r.c_mu * w[k], c.v);
    }
    *c.sigma *= exp(fmin(1, r.c_sigma / r.d_sigma * (norm / r.chi - 1)));
}

static const double *best(const void *parameters, const lsnn_sampling *s, const double *state)
{
    (void)parameters, (void)s;
    return state + 1;
}

const lsnn_sampler lsnn_sampler_cma_es = {
    .name = "cma_es",
    .doc = "CMA-ES (Hansen 2016, arXiv:1604.00772) with a Cholesky factor of the covariance (Krause, Arbones & Igel "
           "2016): n^2/2\n"
           "numbers of state, so for some thousand weights at most. The estimate is the mean.",
    .fields = fields,
    .size = sizeof(cma_es),
    .population = population,
    .state_length = state_length,
    .begin = begin,
    .ask = ask,
    .tell = tell,
    .best = best,
};
