/* The library in a program that has chosen a locale with a decimal comma. */
#include "lsnn.h"
#include "scratch.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

TestSuite(locale, .init = scratch_enter, .fini = scratch_leave, .timeout = 60);

static const char text[] =
    "task: {kind: evidence_accumulation, cues: 1, cue: 20 ms, gap: 5 ms, pause: 20 ms, recall: 15 ms}\n"
    "populations:\n"
    "  lif: {model: lif, n: 5, v_th: 0.3}\n"
    "  alif: {model: alif, n: 5, v_th: 0.3, tau_m: {normal: [20.5, 0.25]}}\n"
    "  out: {model: readout, n: 2, tau_out: 20 ms}\n"
    "projections:\n"
    "  in: {from: input, to: [lif, alif]}\n"
    "  rec: {from: [lif, alif], to: [lif, alif], wiring: {probability: 0.5}}\n"
    "  out: {from: [lif, alif], to: out}\n"
    "learning: {rule: eprop, batch: 2, rate: 0.0025, loss: cross_entropy}\n";

typedef struct outcome {
    char config[8192];
    lsnn_metrics metrics;
} outcome;

static outcome learn(void)
{
    lsnn *net;
    lsnn_error err = {0};
    outcome o = {0};
    cr_assert_eq(lsnn_open_text(&net, text, 1, &err), LSNN_OK, "%s", err.message);
    snprintf(o.config, sizeof o.config, "%s", lsnn_config(net));
    cr_assert_eq(lsnn_iterate(net, &o.metrics, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(lsnn_save(net, "state.h5", &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(lsnn_restore(net, "state.h5", &err), LSNN_OK, "%s", err.message);
    lsnn_close(net);
    return o;
}

static bool writes_a_comma(void)
{
    char number[8];
    snprintf(number, sizeof number, "%.1f", 0.5);
    return strcmp(number, "0,5") == 0;
}

/* The locale is made here when the machine has none. */
static void choose_comma(void)
{
    if (!setlocale(LC_ALL, "de_DE.UTF-8")) {
        cr_assert_eq(setenv("LOCPATH", ".", 1), 0);
        const int made = system("localedef -i de_DE -f UTF-8 ./de_DE.UTF-8 >localedef.log 2>&1");
        if (made != 0 || !setlocale(LC_ALL, "de_DE.UTF-8"))
            cr_skip_test("needs a locale with a decimal comma (Debian: the package locales)");
    }
    cr_assert(writes_a_comma());
}

Test(locale, changes_no_number_of_config_and_results)
{
    const outcome plain = learn();
    choose_comma();
    const outcome comma = learn();
    cr_expect_str_eq(comma.config, plain.config);
    cr_expect_eq(comma.metrics.loss, plain.metrics.loss);
    cr_expect_eq(comma.metrics.gradient_norm, plain.metrics.gradient_norm);
}

Test(locale, of_the_program_is_left_as_it_was)
{
    choose_comma();
    learn();
    cr_expect(writes_a_comma());
    cr_expect_eq(uselocale((locale_t)0), LC_GLOBAL_LOCALE);
}

Test(locale, does_not_get_into_messages)
{
    lsnn *net;
    lsnn_error err = {0};
    char wrong[sizeof text];
    memcpy(wrong, text, sizeof text);
    memcpy(strstr(wrong, "cue: 20 ms"), "cue: 1.5ms", strlen("cue: 1.5ms"));
    choose_comma();
    cr_expect_eq(lsnn_open_text(&net, wrong, 1, &err), LSNN_CONFIG);
    cr_expect(strstr(err.message, "task.cue: 1.5 ms is not a whole number of steps of 1 ms"), "%s", err.message);
    cr_expect(writes_a_comma());
}
