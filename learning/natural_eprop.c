/* Natural e-prop: learning within a trial from learning signals that are learned themselves (Scherr, Stoeckl & Maass 2020). */
#include "lsnn/rule.h"
#include <math.h>

typedef struct natural_eprop {
    int source;
    double rate, tau;
    const struct config_node *trainee;
    const char *signals;
    bool through_reset;
} natural_eprop;

static const lsnn_field fields[] = {
    {"source", LSNN_CHOICE, offsetof(natural_eprop, source), "generator", NULL, 0, 0, false, "generator|error",
     "where learning signals L_j come from: readouts of other neurons, or, as in e-prop, the errors of the "
     "demonstration"},
    {"rate", LSNN_REAL, offsetof(natural_eprop, rate), "0.0001", NULL, 0, INFINITY, false, NULL,
     "learning rate eta of the update within a trial"},
    {"tau", LSNN_REAL, offsetof(natural_eprop, tau), "20", "ms", 0, INFINITY, false, NULL,
     "time constant of the filter from e to ebar (generator); 0: none"},
    {"trainee", LSNN_NODE, offsetof(natural_eprop, trainee), "trainee", NULL, 0, 0, false, NULL,
     "the populations that learn within a trial, the first of the config (generator; with errors all are)"},
    {"signals", LSNN_TEXT, offsetof(natural_eprop, signals), "signals", NULL, 0, 0, false, NULL,
     "the population of readouts that gives each neuron of the trainee its L_j (generator)"},
    {"through_reset", LSNN_BOOL, offsetof(natural_eprop, through_reset), "true", NULL, 0, 0, false, NULL,
     "whether the gradient from trial to trial follows the reset of the membrane potential"},
    LSNN_END,
};

static lsnn_paths paths(const void *parameters)
{
    const natural_eprop *p = parameters;
    return (lsnn_paths){.feedback = LSNN_SYMMETRIC,
                        .recurrent = true,
                        .reset = p->through_reset,
                        .inner = {.on = true,
                                  .generator = p->source == 0,
                                  .rate = p->rate,
                                  .tau = p->tau,
                                  .trainee = p->trainee,
                                  .signals = p->signals}};
}

const lsnn_rule lsnn_rule_natural_eprop = {
    .name = "natural_eprop",
    .doc =
        "Natural e-prop (Scherr, Stoeckl & Maass 2020, bioRxiv 2020.01.29.923623). A trial is run twice. After the\n"
        "first pass, the demonstration, the trainee's weights change by one update, W' = W - eta sum_t L_j[t] "
        "ebar_ji[t];\n"
        "the second pass, with W', is judged. L_j are readouts of a generator, neurons that see the task's input and\n"
        "its source `demonstration`, which the trainee does not see. From trial to trial the generator, the trainee's "
        "W and\n"
        "its readout learn by bptt through the update; how ebar depends on W is left out. With `source: error` there "
        "is\n"
        "no generator, L_j is e-prop's own, and W learns as in first-order MAML (Finn, Abbeel & Levine 2017).",
    .fields = fields,
    .size = sizeof(natural_eprop),
    .paths = paths,
};
