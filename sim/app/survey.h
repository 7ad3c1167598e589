/* Measures of what a selection holds: what analyze prints, and figures and reports draw. */
#ifndef SURVEY_H
#define SURVEY_H

#include "selection.h"

/* The words key=value behind the file. */
LSNN_MUST_USE lsnn_status survey_settings(measure_settings *out, const verb_options *options, int first_word, arena *a,
                                          lsnn_error *err);

typedef struct survey {
    const measure *const *measures;
    int n;
    const measure_settings *with;
} survey;

/* Of a population, in trials of one class (its place in selection.classes) or all (-1). With `across_classes` only those
 * measures that look at classes together, and without only the others; of all classes: all. */
LSNN_MUST_USE lsnn_status survey_look(findings *out, const selection *s, int number, int only, const survey *q,
                                      bool across_classes, lsnn_error *err);

#endif
