/* What the files with measures share. */
#ifndef MEASURE_INSIDE_H
#define MEASURE_INSIDE_H

#include "measure.h"

typedef lsnn_status measure_find(findings *out, const measure_subject *s, const measure_settings *with,
                                 lsnn_error *err);
measure_find measure_rate, measure_isi, measure_cv, measure_cv2, measure_lv, measure_lvr, measure_fano,
    measure_adaptation, measure_bursts;
measure_find measure_psth, measure_correlation, measure_synchrony, measure_contrast, measure_spectrum, measure_silence,
    measure_correlogram;
measure_find measure_decode, measure_dimension, measure_triggered, measure_trajectory;

/* A finding of this subject that is one number. */
LSNN_MUST_USE lsnn_status measure_number(findings *out, const measure_subject *s, const char *name, const char *unit,
                                         double value, size_t n, const char *note, lsnn_error *err);
/* A value per neuron: its mean and sd, and the values as a curve. */
LSNN_MUST_USE lsnn_status measure_neurons(findings *out, const measure_subject *s, const char *name, const char *unit,
                                          const double *values, const char *note, lsnn_error *err);
/* Two columns. */
LSNN_MUST_USE lsnn_status measure_curve(findings *out, const measure_subject *s, const char *name, size_t n,
                                        finding_column x, finding_column y, lsnn_error *err);
/* Room for n values; n may be 0. */
LSNN_MUST_USE lsnn_status measure_values(findings *out, double **values, size_t n, lsnn_error *err);
/* start, start + step, ... */
LSNN_MUST_USE lsnn_status measure_axis(findings *out, const double **values, size_t n, double start, double step,
                                       lsnn_error *err);

#endif
