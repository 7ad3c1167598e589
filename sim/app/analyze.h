/* The parts of verb analyze. */
#ifndef ANALYZE_H
#define ANALYZE_H

#include "findings.h"
#include "selection.h"

/* What a run's file says about learning: loss, error, rates, weights, alignment with BPTT. Nothing for other files. */
LSNN_MUST_USE lsnn_status analyze_learning(findings *out, const char *path, lsnn_error *err);

typedef struct analyze_head {
    const selection *selection;
    const findings *found;
} analyze_head;
void analyze_print_table(const analyze_head *h);
void analyze_print_json(const analyze_head *h);
void analyze_print_csv(const findings *f);
/* LSNN_USAGE, with the names that there are, unless such a curve was found. */
LSNN_MUST_USE lsnn_status analyze_print_curve(const findings *f, const char *name, lsnn_error *err);

#endif
