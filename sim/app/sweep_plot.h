/* Figures of a sweep: a column of its results by another. */
#ifndef SWEEP_PLOT_H
#define SWEEP_PLOT_H

#include "figure.h"
#include "ledger.h"

/* Adds panels that words like x=learning.rate y=test_error,iterations hue=seed panel=task.pause ask for. LSNN_USAGE: no such
 * column, or too many values; LSNN_DATA: no trial has an outcome. */
LSNN_MUST_USE lsnn_status sweep_plot_add(figure *f, const ledger *l, int n_words, char *const *words, arena *a,
                                         lsnn_error *err);

#endif
