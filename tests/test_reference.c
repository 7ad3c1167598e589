/* All measures against what numpy and scipy found on the same spikes: data/analysis/reference.py. */
#include "contrast.h"
#include "correlogram.h"
#include "counts.h"
#include "decode.h"
#include "dimension.h"
#include "intervals.h"
#include "spectrum.h"
#include "spikes_of.h"
#include "store.h"

static arena *a;
static store *file;
static trains t;

static const double *expected(const char *path, size_t *n)
{
    double *values;
    store_shape shape;
    lsnn_error err = {0};
    cr_assert_eq(store_read(file, a, &values, STORE_DOUBLE, &shape, NULL, path, &err), LSNN_OK, "%s", err.message);
    *n = 1;
    for (int d = 0; d < shape.n_dims; d++)
        *n *= shape.dim[d];
    return values;
}

/* Both sum in another order, so the last digits differ. */
static bool near(double found, double wanted)
{
    return isnan(wanted) ? isnan(found) : fabs(found - wanted) <= 1e-9 * (1 + fabs(wanted));
}

#define EXPECT_EACH(path, found)                                                                                       \
    do {                                                                                                               \
        size_t n_wanted;                                                                                               \
        const double *wanted = expected(path, &n_wanted);                                                              \
        for (size_t k = 0; k < n_wanted; k++)                                                                          \
            cr_expect(near(found, wanted[k]), "%s[%zu] is %.17g, expected %.17g", path, k, (double)(found),            \
                      wanted[k]);                                                                                      \
    } while (0)

static void open_reference(void)
{
    size_t n, n_spans;
    lsnn_error err = {0};
    uint32_t *neuron;
    a = memory();
    cr_assert_eq(store_open(&file, TEST_DATA "/analysis/reference.h5", &err), LSNN_OK, "%s", err.message);
    const double *time = expected("/time", &n);
    cr_assert_eq(store_read(file, a, &neuron, STORE_UINT32, NULL, NULL, "/neuron", &err), LSNN_OK);
    raster *r;
    cr_assert_eq(arena_take(a, &r, 1, sizeof *r, NULL), LSNN_OK);
    *r = raster_of(a, 8, n, time, neuron);
    const span *spans = (const span *)expected("/spans", &n_spans);
    t = trains_of(a, r, spans, (int)n_spans / 2);
}

static void close_reference(void)
{
    cr_assert_eq(store_close(file, false, NULL), LSNN_OK);
    arena_free(a);
}

TestSuite(reference, .init = open_reference, .fini = close_reference);

Test(reference, intervals)
{
    double none[1];
    uint64_t n[1];
    EXPECT_EACH("/cv", intervals_of(&t, (int)k, 5).cv);
    EXPECT_EACH("/cv2", intervals_of(&t, (int)k, 5).cv2);
    EXPECT_EACH("/lv", intervals_of(&t, (int)k, 5).lv);
    EXPECT_EACH("/lvr", intervals_of(&t, (int)k, 5).lvr);
    EXPECT_EACH("/adaptation", intervals_adaptation(none, n, 0, &t, (int)k));
}

Test(reference, counts)
{
    size_t n;
    double psth[100];
    counts_synchrony s;
    EXPECT_EACH("/fano", counts_fano(&n, 0, &t, (int)k));
    EXPECT_EACH("/fano_50", counts_fano(&n, 50, &t, (int)k));
    cr_assert_eq(counts_together(&s, 5, &t, a, NULL), LSNN_OK);
    EXPECT_EACH("/correlation", s.correlation);
    EXPECT_EACH("/chi2", s.chi2);
    counts_psth(psth, 100, 10, &t);
    EXPECT_EACH("/psth", psth[k]);
}

Test(reference, spectrum)
{
    spectrum s;
    cr_assert_eq(spectrum_new(&s, 250, 1000, a, NULL), LSNN_OK);
    for (int trial = 0; trial < t.n_spans; trial++) {
        double rate[1000] = {0};
        counts_population(rate, 1000, 1, &t, trial);
        for (int b = 0; b < 1000; b++)
            rate[b] *= 1000.0 / 8;
        spectrum_add(&s, rate, 1000);
    }
    spectrum_finish(&s);
    EXPECT_EACH("/power", s.power[k]);
}

Test(reference, correlograms)
{
    static const struct {
        const char *path;
        bool distinct;
        int shift;
    } kinds[] = {{"/auto", false, 0}, {"/cross", true, 0}, {"/auto_shuffled", false, 1}, {"/cross_shuffled", true, 1}};
    for (int kind = 0; kind < 4; kind++) {
        uint64_t counts[41] = {0};
        cr_assert_eq(correlogram_all(counts, 20, 2, &t, kinds[kind].distinct, kinds[kind].shift, a, NULL), LSNN_OK);
        EXPECT_EACH(kinds[kind].path, (double)counts[k]);
    }
}

Test(reference, contrast)
{
    double found[6];
    for (int k = 0; k < 6; k++) {
        contrast c;
        cr_assert_eq(contrast_of(&c, 10, &t, k, a, NULL), LSNN_OK);
        found[k] = c.synchrony;
    }
    EXPECT_EACH("/contrast", found[k]);
}

Test(reference, dimension)
{
    dimension d;
    cr_assert_eq(dimension_of(&d, 5, &t, a, NULL), LSNN_OK);
    EXPECT_EACH("/variance", d.variance[k]);
    EXPECT_EACH("/participation", d.participation);
}

Test(reference, decoding)
{
    size_t n;
    int *label;
    double accuracy;
    const double *x = expected("/x", &n);
    cr_assert_eq(store_read(file, a, &label, STORE_INT, NULL, NULL, "/label", NULL), LSNN_OK);
    cr_assert_eq(decode_accuracy(&accuracy, x, 32, label, n / 32, 3, 3, 0.5, a, NULL), LSNN_OK);
    EXPECT_EACH("/accuracy", accuracy);
}
