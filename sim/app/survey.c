/* Measuring what is selected. */
#include "survey.h"
#include "fields.h"

enum { MOST_BINS = 1000000 };

lsnn_status survey_settings(measure_settings *out, const verb_options *options, int first_word, arena *a,
                            lsnn_error *err)
{
    config_report report = {0};
    config_node *root;
    TRY(config_parse(&root, a, "settings", "{}", 2, err));
    for (int k = first_word; k < options->n_words; k++)
        TRY(config_override(root, a, options->words[k], err));
    const fields_reader reader = {.memory = a, .report = &report};
    TRY(fields_read(out, measure_fields, root, NULL, &reader, err));
    TRY(config_verdict(&report, err));
    if (out->lag / out->lag_bin > MOST_BINS || out->isi_longest / out->isi_bin > MOST_BINS)
        return lsnn_fail(err, LSNN_USAGE, "correlograms and histograms of intervals have at most %d bins", MOST_BINS);
    return LSNN_OK;
}

static bool is_wanted(const measure *m, int only, bool across_classes)
{
    return across_classes ? m->across_classes : only < 0 || !m->across_classes;
}

lsnn_status survey_look(findings *out, const selection *s, int number, int only, const survey *q, bool across_classes,
                        lsnn_error *err)
{
    arena *scratch;
    measure_subject subject;
    TRY(arena_new(&scratch, err));
    lsnn_status status = selection_subject(&subject, s, number, only, scratch, err);
    if (status == LSNN_OK) status = selection_group(&subject.group, s, only, out->memory, err);
    if (status == LSNN_OK && subject.trains.n_spans == 0)
        status = lsnn_fail(err, LSNN_USAGE, "no spikes of '%s' were recorded in the trials that are asked for",
                           subject.population);
    if (status == LSNN_OK) status = measure_prepare(&subject, q->with, scratch, err);
    for (int k = 0; status == LSNN_OK && k < q->n; k++)
        if (is_wanted(q->measures[k], only, across_classes))
            status = measure_check(q->measures[k], &subject, q->with, err);
    for (int k = 0; status == LSNN_OK && k < q->n; k++)
        if (is_wanted(q->measures[k], only, across_classes)) status = q->measures[k]->find(out, &subject, q->with, err);
    arena_free(scratch);
    return status;
}
