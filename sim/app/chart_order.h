/* The order of neurons in a raster. */
#ifndef CHART_ORDER_H
#define CHART_ORDER_H

#include "chart.h"

/* "number", "rate", "first", "class". */
LSNN_MUST_USE lsnn_status chart_order_read(chart_sort *out, const char *text, lsnn_error *err);
/* "neuron", "neurons by rate", ...: for the axis. */
LSNN_MUST_USE lsnn_status chart_order_label(const char **out, chart_sort sort, const char *neuron, arena *a,
                                            lsnn_error *err);
/* The row, from the top, of each of the spikes of population p that are shown: row[shown.n]. */
LSNN_MUST_USE lsnn_status chart_order_rows(const uint32_t **row, const chart *c, int p, const raster *shown,
                                           lsnn_error *err);

#endif
