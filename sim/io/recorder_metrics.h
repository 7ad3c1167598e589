/* The columns of run.h5 that every training has; those of its records come after. */
#ifndef RECORDER_METRICS_H
#define RECORDER_METRICS_H

#include "result.h"

typedef enum metric_column {
    TRIAL_START,
    TRIAL_STOP,
    TRIAL_ITERATION,
    TRIAL_SAMPLE,
    TRIAL_TARGET,
    TRIAL_LOSS,
    TRIAL_ERROR,
    METRIC_LOSS,
    METRIC_LOSS_RATE,
    METRIC_ERROR,
    METRIC_RATE,
    METRIC_NORM,
    METRIC_PSI_DENSITY,
    METRIC_LEARNING_RATE,
    VALIDATION_ITERATION,
    VALIDATION_LOSS,
    VALIDATION_ERROR,
    TEST_LOSS,
    TEST_ERROR,
    TEST_QUESTION_ERROR,
    TEST_QUESTION_SEM,
    TEST_QUESTION_TRIALS,
    METRIC_ERROR_BEFORE,
    VALIDATION_ERROR_BEFORE,
    TEST_ERROR_BEFORE,
    TEST_ROUND_LENGTH,
    TEST_ROUND_SEM,
    TEST_ROUND_TRIALS,
    TEST_ROUND_FIRST,
    N_METRIC_COLUMNS
} metric_column;

extern const result_column recorder_metrics[N_METRIC_COLUMNS];

#endif
