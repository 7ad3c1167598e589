/* Mean, spread and quantiles by GSL. */
#include "summary.h"
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

lsnn_status summary_of(summary *out, const double *values, size_t n, arena *a, lsnn_error *err)
{
    double *sorted;
    *out = (summary){0, 0, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    TRY(arena_take(a, &sorted, n + 1, sizeof *sorted, err));
    for (size_t k = 0; k < n; k++)
        if (!isnan(values[k])) sorted[out->n++] = values[k];
    out->excluded = n - out->n;
    if (out->n == 0) return LSNN_OK;
    gsl_sort(sorted, 1, out->n);
    out->mean = gsl_stats_mean(sorted, 1, out->n);
    if (out->n > 1) out->sd = gsl_stats_sd_m(sorted, 1, out->n, out->mean);
    out->least = sorted[0];
    out->quartile = gsl_stats_quantile_from_sorted_data(sorted, 1, out->n, 0.25);
    out->median = gsl_stats_median_from_sorted_data(sorted, 1, out->n);
    out->quartile3 = gsl_stats_quantile_from_sorted_data(sorted, 1, out->n, 0.75);
    out->most = sorted[out->n - 1];
    return LSNN_OK;
}
