/* Welch's spectrum by GSL's FFT. */
#include "spectrum.h"
#include <gsl/gsl_fft_real.h>
#include <math.h>

lsnn_status spectrum_new(spectrum *out, size_t segment, double rate, arena *a, lsnn_error *err)
{
    *out = (spectrum){.segment = segment, .rate = rate};
    TRY(arena_take(a, &out->power, segment / 2 + 1, sizeof(double), err));
    TRY(arena_take(a, &out->window, segment, sizeof(double), err));
    TRY(arena_take(a, &out->work, segment, sizeof(double), err));
    for (size_t k = 0; k < segment; k++)
        out->window[k] = 0.5 - 0.5 * cos(2 * M_PI * (double)k / (double)segment);
    return LSNN_OK;
}

/* GSL's order: real 0, real 1, imaginary 1, ..., and for an even length the real of the highest frequency. */
static void add_segment(spectrum *s, const double *signal, const gsl_fft_real_wavetable *table,
                        gsl_fft_real_workspace *room)
{
    double mean = 0;
    for (size_t k = 0; k < s->segment; k++)
        mean += signal[k];
    mean /= (double)s->segment;
    for (size_t k = 0; k < s->segment; k++)
        s->work[k] = (signal[k] - mean) * s->window[k];
    gsl_fft_real_transform(s->work, 1, s->segment, table, room);
    s->power[0] += s->work[0] * s->work[0];
    for (size_t k = 1; k <= s->segment / 2; k++) {
        const double re = s->work[2 * k - 1], im = 2 * k < s->segment ? s->work[2 * k] : 0;
        s->power[k] += re * re + im * im;
    }
    s->n_sums++;
}

void spectrum_add(spectrum *s, const double *signal, size_t n)
{
    const size_t step = s->segment - s->segment / 2;
    gsl_fft_real_wavetable *table = gsl_fft_real_wavetable_alloc(s->segment);
    gsl_fft_real_workspace *room = gsl_fft_real_workspace_alloc(s->segment);
    for (size_t at = 0; at + s->segment <= n; at += step)
        add_segment(s, signal + at, table, room);
    gsl_fft_real_wavetable_free(table);
    gsl_fft_real_workspace_free(room);
}

void spectrum_finish(spectrum *s)
{
    double squares = 0;
    for (size_t k = 0; k < s->segment; k++)
        squares += s->window[k] * s->window[k];
    for (size_t k = 0; k <= s->segment / 2; k++) {
        const bool doubled = k > 0 && 2 * k != s->segment;
        s->power[k] *= (doubled ? 2 : 1) / (squares * s->rate);
        s->power[k] = s->n_sums ? s->power[k] / (double)s->n_sums : NAN;
    }
}
