/* Names, units, descriptions. */
#include "recorder_metrics.h"

const result_column recorder_metrics[N_METRIC_COLUMNS] = {
    [TRIAL_START] = {"/trials/start", STORE_DOUBLE, 1, "ms", "start of the recorded trial on the file's time axis"},
    [TRIAL_STOP] = {"/trials/stop", STORE_DOUBLE, 1, "ms", "its end"},
    [TRIAL_ITERATION] = {"/trials/iteration", STORE_UINT64, 1, NULL, "iteration of training, from 1"},
    [TRIAL_SAMPLE] = {"/trials/sample", STORE_UINT64, 1, NULL, "number of the trial in its batch, from 0"},
    [TRIAL_TARGET] = {"/trials/target", STORE_INT, 1, NULL, "class that was right; -1: the task has none"},
    [TRIAL_LOSS] = {"/trials/loss", STORE_DOUBLE, 1, NULL, "loss of the trial"},
    [TRIAL_ERROR] = {"/trials/error", STORE_DOUBLE, 1, NULL, "error of the trial as the task defines it"},
    [METRIC_LOSS] = {"/metrics/loss", STORE_DOUBLE, 1, NULL, "task loss of each iteration's batch"},
    [METRIC_LOSS_RATE] = {"/metrics/loss_rate", STORE_DOUBLE, 1, NULL, "loss of the rate regularisation"},
    [METRIC_ERROR] = {"/metrics/error", STORE_DOUBLE, 1, NULL, "error of each iteration's batch"},
    [METRIC_RATE] = {"/metrics/rate", STORE_DOUBLE, 1, "Hz", "mean firing rate of the spiking neurons"},
    [METRIC_NORM] = {"/metrics/gradient_norm", STORE_DOUBLE, 1, NULL, "norm of the gradient before clipping"},
    [METRIC_PSI_DENSITY] =
        {"/metrics/psi_density", STORE_DOUBLE, 1, NULL,
         "share of neurons and steps whose surrogate is not 0; nan unless errors pass from neuron to "
         "neuron (rule bptt)"},
    [METRIC_LEARNING_RATE] = {"/metrics/learning_rate", STORE_DOUBLE, 1, NULL, "learning rate of the update"},
    [VALIDATION_ITERATION] = {"/metrics/validation_iteration", STORE_UINT64, 1, NULL, "iterations done by then"},
    [VALIDATION_LOSS] = {"/metrics/validation_loss", STORE_DOUBLE, 1, NULL, "task loss on validation trials"},
    [VALIDATION_ERROR] = {"/metrics/validation_error", STORE_DOUBLE, 1, NULL, "error on validation trials"},
    [TEST_LOSS] = {"/metrics/test_loss", STORE_DOUBLE, 1, NULL, "task loss on test trials after training"},
    [TEST_ERROR] = {"/metrics/test_error", STORE_DOUBLE, 1, NULL, "error on test trials after training"},
    [TEST_QUESTION_ERROR] = {"/metrics/test_question_error", STORE_DOUBLE, 1, NULL,
                             "by a question's number in its trial: share of wrong answers, or squared error; mean"},
    [TEST_QUESTION_SEM] = {"/metrics/test_question_sem", STORE_DOUBLE, 1, NULL, "standard error of that mean"},
    [TEST_QUESTION_TRIALS] = {"/metrics/test_question_trials", STORE_DOUBLE, 1, NULL, "test trials that asked it"},
    [TEST_ROUND_LENGTH] = {"/metrics/test_round_length", STORE_DOUBLE, 1, NULL, "mean by the round's number"},
    [TEST_ROUND_SEM] = {"/metrics/test_round_sem", STORE_DOUBLE, 1, NULL, "standard error of that mean"},
    [TEST_ROUND_TRIALS] = {"/metrics/test_round_trials", STORE_DOUBLE, 1, NULL, "test trials that ended it"},
    [TEST_ROUND_FIRST] = {"/metrics/test_round_first", STORE_DOUBLE, 1, NULL, "the same of those trials' first rounds"},
};
