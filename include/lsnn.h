/* lsnn as a library: open an experiment, train it, ask it, read and set its weights and what its neurons learn.
 *
 *     lsnn *net;
 *     lsnn_error err;
 *     if (lsnn_open(&net, "run.yaml", NULL, 0, 2, &err)) { fprintf(stderr, "%s\n", err.message); return 1; }
 *     lsnn_metrics m;
 *     for (int i = 0; i < 100; i++)
 *         if (lsnn_iterate(net, &m, &err)) break;
 *     lsnn_close(net);
 *
 * An lsnn must not be used by two threads at once; it uses threads of its own. Different ones are independent. Numbers in
 * configs and messages have a decimal point in every locale. How the calling thread rounds (fenv.h, and whether denormals are
 * flushed to zero) neither matters nor changes. */
#ifndef LSNN_H
#define LSNN_H

#include "lsnn/error.h"
#include "lsnn/field.h"
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lsnn lsnn;

typedef struct lsnn_metrics {
    double loss, error;   /* of the task, mean over the trials */
    double rate;          /* of the spiking neurons, Hz */
    double gradient_norm; /* of lsnn_iterate; 0 from lsnn_evaluate */
} lsnn_metrics;

typedef struct lsnn_sizes {
    int n_in, n_neurons, n_out, n_steps; /* input cells, spiking neurons, readouts, steps of a trial */
    double dt;                           /* ms */
} lsnn_sizes;

/* "0.1.0"; the string is static. */
LSNN_API const char *lsnn_version(void);

/* Read a config, with n_overrides "key=value" texts (may be NULL with 0), and build network and task. n_threads 0: all
 * processors. Free with lsnn_close. LSNN_CONFIG, LSNN_DATA, LSNN_MEMORY. */
LSNN_API lsnn_status lsnn_open(lsnn **out, const char *path, const char *const *overrides, int n_overrides,
                               int n_threads, lsnn_error *err) LSNN_MUST_USE;
/* The same from a text; relative file names begin in the working directory. */
LSNN_API lsnn_status lsnn_open_text(lsnn **out, const char *yaml, int n_threads, lsnn_error *err) LSNN_MUST_USE;
LSNN_API void lsnn_close(lsnn *net); /* NULL is allowed */

LSNN_API lsnn_sizes lsnn_get_sizes(const lsnn *net);
/* The config with every default written out; belongs to net. */
LSNN_API const char *lsnn_config(const lsnn *net);

/* One batch: forward, backward, update. LSNN_DIVERGED. */
LSNN_API lsnn_status lsnn_iterate(lsnn *net, lsnn_metrics *out, lsnn_error *err) LSNN_MUST_USE;
LSNN_API uint64_t lsnn_iterations(const lsnn *net); /* done so far */
/* Forward only, on n trials of the task from number `first`; set 0 train, 1 validation, 2 test. */
LSNN_API lsnn_status lsnn_evaluate(lsnn *net, lsnn_metrics *out, int set, uint64_t first, uint64_t n,
                                   lsnn_error *err) LSNN_MUST_USE;

/* Show the network an input of your own: x [n_steps][n_in], for a task with spikes as input anything above 0 is a spike.
 * y (may be NULL) receives the readout [n_steps][n_out], z (may be NULL) the spikes [n_steps][n_neurons] as 0 and 1.
 * LSNN_CONFIG: not with `learning: {threads: neurons}`. */
LSNN_API lsnn_status lsnn_present(lsnn *net, const double *x, double *y, uint8_t *z, lsnn_error *err) LSNN_MUST_USE;

/* Number of presynaptic cells and postsynaptic neurons of a projection. LSNN_CONFIG: there is none of that name. */
LSNN_API lsnn_status lsnn_projection_shape(const lsnn *net, const char *projection, int *n_from, int *n_to,
                                           lsnn_error *err) LSNN_MUST_USE;
/* w [n_from][n_to]; nan where there is no synapse. Of several synapses of one pair (different delays) the sum. */
LSNN_API lsnn_status lsnn_get_weights(const lsnn *net, const char *projection, double *w,
                                      lsnn_error *err) LSNN_MUST_USE;
/* Entries where there is no synapse are not looked at. LSNN_CONFIG and nothing has changed, when another is not finite, has
 * not the sign of its cell (or, rewired, of its synapse), is out of the projection's bounds, or belongs to a pair with several
 * synapses. A sampler (learning.sampler) begins anew from what is set here or by lsnn_set_parameter. */
LSNN_API lsnn_status lsnn_set_weights(lsnn *net, const char *projection, const double *w,
                                      lsnn_error *err) LSNN_MUST_USE;

/* Number of neurons of a population, readouts too. LSNN_CONFIG: there is none of that name. */
LSNN_API lsnn_status lsnn_population_size(const lsnn *net, const char *population, int *n,
                                          lsnn_error *err) LSNN_MUST_USE;
/* values [n], the caller's: a parameter that neurons learn, as "tau_m" with learn_tau_m: true, in the unit that
 * `lsnn describe MODEL` says (never a logarithm). LSNN_CONFIG: no such population, or it learns no such parameter. */
LSNN_API lsnn_status lsnn_get_parameter(const lsnn *net, const char *population, const char *parameter, double *values,
                                        lsnn_error *err) LSNN_MUST_USE;
/* From the next trial on; values are copied. They must be finite, those of tau_m, v_th and tau_a positive, else
 * LSNN_CONFIG and nothing has changed. */
LSNN_API lsnn_status lsnn_set_parameter(lsnn *net, const char *population, const char *parameter, const double *values,
                                        lsnn_error *err) LSNN_MUST_USE;

/* The whole state of learning in a file, replaced only when it is complete; and back. LSNN_OUTPUT, LSNN_DATA. */
LSNN_API lsnn_status lsnn_save(lsnn *net, const char *path, lsnn_error *err) LSNN_MUST_USE;
LSNN_API lsnn_status lsnn_restore(lsnn *net, const char *path, lsnn_error *err) LSNN_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
