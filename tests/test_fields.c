/* Field tables: what a user writes, what the struct holds, what is said about mistakes. */
#include "fields.h"
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct parameters {
    double tau_m, rate, beta, v_rest, share;
    int n, delay, count;
    uint64_t seed;
    bool learn;
    const char *title;
    int scale;
    lsnn_reals window;
    const double *v_th;
    const config_node *wiring, *metric;
} parameters;

#define AT(member) offsetof(parameters, member)
static const lsnn_field table[] = {
    {"tau_m", LSNN_REAL, AT(tau_m), "20", "ms", 0, INFINITY, true, NULL, "membrane time constant"},
    {"rate", LSNN_REAL, AT(rate), "10", "Hz", 0, 1000, false, NULL, "rate of the input"},
    {"beta", LSNN_REAL, AT(beta), "1.8", NULL, -INFINITY, INFINITY, false, NULL, "strength of adaptation"},
    {"v_rest", LSNN_REAL, AT(v_rest), "-65", "mV", 0, 0, false, NULL, "resting potential"},
    {"share", LSNN_REAL, AT(share), "0.5", NULL, 0, 1, true, NULL, "share of neurons"},
    {"n", LSNN_INT, AT(n), NULL, NULL, 1, 1e6, false, NULL, "number of neurons"},
    {"delay", LSNN_INT, AT(delay), "1", "steps", 1, 1000, false, NULL, "delay"},
    {"count", LSNN_INT, AT(count), "0", NULL, 0, 0, false, NULL, "any whole number"},
    {"seed", LSNN_SEED, AT(seed), "1", NULL, 0, 0, false, NULL, "seed"},
    {"learn", LSNN_BOOL, AT(learn), "true", NULL, 0, 0, false, NULL, "whether it learns"},
    {"title", LSNN_TEXT, AT(title), "", NULL, 0, 0, false, NULL, "title"},
    {"scale", LSNN_CHOICE, AT(scale), "none", NULL, 0, 0, false, "none|leak|threshold", "scale"},
    {"window", LSNN_REALS, AT(window), "[0, 100]", "ms", 0, 1e9, false, NULL, "window"},
    {"v_th", LSNN_NEURONS, AT(v_th), "1", NULL, 0, INFINITY, true, NULL, "threshold"},
    {"wiring", LSNN_NODE, AT(wiring), "{probability: 0.1}", NULL, 0, 0, false, NULL, "wiring"},
    {"metric", LSNN_NODE, AT(metric), "loss", NULL, 0, 0, false, NULL, "metric"},
    LSNN_END,
};

static arena *memory;
static config_node *map;
static config_report report;
static parameters p;
static lsnn_error err;

static void set_up(void)
{
    cr_assert_eq(arena_new(&memory, &err), LSNN_OK);
    report = (config_report){0};
    p = (parameters){0};
}

static void tear_down(void)
{
    arena_free(memory);
}

TestSuite(fields, .init = set_up, .fini = tear_down);

static lsnn_status read_with(const lsnn_field *fields, const char *text, const char *const *also, double dt)
{
    fields_reader reader = {memory, &report, dt};
    cr_assert_eq(config_parse(&map, memory, "run.yaml", text, strlen(text), &err), LSNN_OK, "%s", err.message);
    return fields_read(&p, fields, map, also, &reader, &err);
}

static void read_text(const char *text)
{
    cr_assert_eq(read_with(table, text, NULL, 0.5), LSNN_OK, "%s", err.message);
}

/* The required key and one more line, which has to be right. */
static void read_line(const char *line)
{
    char text[256];
    snprintf(text, sizeof text, "n: 5\n%s\n", line);
    read_text(text);
    cr_assert_eq(report.n_mistakes, 0, "%s: %s", line, report.error.message);
}

/* The required key and one more line, in which there is one mistake. */
static void expect_mistake(const char *line, const char *message)
{
    char text[256];
    report = (config_report){0};
    snprintf(text, sizeof text, "n: 5\n%s\n", line);
    read_text(text);
    cr_assert_eq(report.n_mistakes, 1, "%s: %d mistakes", line, report.n_mistakes);
    size_t first_line = strcspn(report.error.message, "\n");
    report.error.message[first_line] = 0;
    cr_expect_str_eq(report.error.message, message, "%s:\n  %s\n  %s", line, report.error.message, message);
}

Test(fields, take_their_default_where_the_user_says_nothing)
{
    read_text("n: 5");
    cr_assert_eq(report.n_mistakes, 0, "%s", report.error.message);
    cr_expect_eq(p.tau_m, 20);
    cr_expect_eq(p.v_rest, -65);
    cr_expect_eq(p.delay, 1);
    cr_expect_eq(p.seed, 1);
    cr_expect(p.learn);
    cr_expect_str_eq(p.title, "");
    cr_expect_eq(p.scale, 0);
    cr_assert_eq(p.window.n, 2);
    cr_expect_eq(p.window.values[1], 100);
}

Test(fields, put_their_defaults_into_the_tree)
{
    read_text("n: 5");
    cr_expect_eq(config_count(map), 16);
    cr_expect_eq(config_get(map, "n")->origin, CONFIG_FILE);
    cr_expect_eq(config_get(map, "tau_m")->origin, CONFIG_DEFAULT);
    cr_expect_str_eq(config_get(map, "tau_m")->text, "20");
    cr_expect_str_eq(config_get(map, "v_th")->text, "1");
    cr_expect_eq(config_get(map, "window")->parent, map);
}

static void read_overridden(const char *text, const char *assignment)
{
    fields_reader reader = {memory, &report, 0.5};
    cr_assert_eq(config_parse(&map, memory, "run.yaml", text, strlen(text), &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(config_override(map, memory, assignment, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(fields_read(&p, table, map, NULL, &reader, &err), LSNN_OK, "%s", err.message);
}

Test(fields, take_their_default_again_when_the_command_line_says_so)
{
    const char *lacking, *reset;
    read_text("n: 5\nbeta: 3\n");
    cr_assert_eq(config_print(&lacking, map, memory, true, &err), LSNN_OK);
    read_overridden("n: 5\ntau_m: 30\nbeta: 3\n", "tau_m=default");
    cr_assert_eq(config_print(&reset, map, memory, true, &err), LSNN_OK);
    cr_expect_eq(report.n_mistakes, 0, "%s", report.error.message);
    cr_expect_eq(p.tau_m, 20);
    cr_expect_str_eq(reset, lacking);
    read_overridden("n: 5\nwiring: {in_degree: 3}\n", "wiring=default");
    cr_expect_not_null(config_get(p.wiring, "probability"));
}

Test(fields, take_default_in_quotes_or_in_a_file_as_a_text)
{
    read_overridden("n: 5\ntitle: x\n", "title='default'");
    cr_expect_str_eq(p.title, "default");
    read_line("title: default");
    cr_expect_str_eq(p.title, "default");
    expect_mistake("tau_m: default", "run.yaml:2:8: 'tau_m' must be a number in ms, not 'default'");
}

Test(fields, say_which_has_no_default)
{
    read_overridden("n: 5\n", "n=default");
    cr_assert_eq(report.n_mistakes, 1);
    cr_expect(strstr(report.error.message, "'n' has no default"), "%s", report.error.message);
}

Test(fields, parse_a_default_that_is_a_map)
{
    read_text("n: 5");
    cr_assert_eq(p.wiring, config_get(map, "wiring"));
    cr_expect_eq(p.wiring->kind, CONFIG_MAP);
    const config_node *probability = config_get(p.wiring, "probability");
    cr_assert(probability);
    cr_expect_eq(probability->origin, CONFIG_DEFAULT);
    cr_expect_str_eq(probability->text, "0.1");
}

Test(fields, resolved_tree_reads_back_to_the_same_struct)
{
    read_line("window: [1, 2 s]");
    const char *printed;
    cr_assert_eq(config_print(&printed, map, memory, true, &err), LSNN_OK);
    parameters first = p;
    read_text(printed);
    cr_assert_eq(report.n_mistakes, 0, "%s", report.error.message);
    cr_expect_eq(p.tau_m, first.tau_m);
    cr_expect_eq(p.n, 5);
    cr_expect_eq(p.window.values[1], 2000);
    cr_expect_eq(config_get(map, "wiring")->kind, CONFIG_MAP);
}

Test(fields, store_the_node_of_a_part_that_its_owner_reads)
{
    read_line("metric: {what: error}");
    cr_expect_eq(p.metric, config_get(map, "metric"));
    cr_expect_eq(p.metric->kind, CONFIG_MAP);
}

Test(fields, leave_values_per_neuron_to_their_owner)
{
    static const double before[] = {3};
    p.v_th = before;
    read_line("v_th: {uniform: [0, 1]}");
    cr_expect_eq(p.v_th, before);
}

Test(fields, allow_further_keys_that_the_caller_reads)
{
    static const char *const also[] = {"kind", NULL};
    cr_assert_eq(read_with(table, "{n: 5, kind: lif}", also, 1), LSNN_OK);
    cr_expect_eq(report.n_mistakes, 0, "%s", report.error.message);
}

typedef struct written {
    const char *line;
    double expected;
} written;

#define EXPECT_EACH(member, ...)                                                                                       \
    do {                                                                                                               \
        static const written lines[] = {__VA_ARGS__};                                                                  \
        for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {                                                    \
            read_line(lines[i].line);                                                                                  \
            cr_expect_eq(p.member, lines[i].expected, "%s: %.17g", lines[i].line, (double)p.member);                   \
        }                                                                                                              \
    } while (0)

Test(fields, convert_times)
{
    EXPECT_EACH(tau_m, {"tau_m: 15", 15}, {"tau_m: 15 ms", 15}, {"tau_m: 15ms", 15}, {"tau_m: 1 s", 1000},
                {"tau_m: 2 us", 0.002}, {"tau_m: 1e3 us", 1}, {"tau_m: 0.3 s", 300}, {"tau_m: '7 ms'", 7},
                {"tau_m: +2.5e-1", 0.25});
}

Test(fields, convert_rates)
{
    EXPECT_EACH(rate, {"rate: 5 Hz", 5}, {"rate: 0.5 kHz", 500}, {"rate: 0.02 1/ms", 20}, {"rate: 3 1/s", 3});
}

Test(fields, convert_voltages)
{
    EXPECT_EACH(v_rest, {"v_rest: -0.07 V", -70}, {"v_rest: -70 mV", -70});
}

Test(fields, convert_times_to_steps)
{
    EXPECT_EACH(delay, {"delay: 3", 3}, {"delay: 3 steps", 3}, {"delay: 3 ms", 6}, {"delay: 500 us", 1});
}

Test(fields, take_a_time_as_steps_where_dt_has_no_exact_binary_form)
{
    cr_assert_eq(read_with(table, "{n: 1, delay: 1.7 ms}", NULL, 0.1), LSNN_OK);
    cr_assert_eq(report.n_mistakes, 0, "%s", report.error.message);
    cr_expect_eq(p.delay, 17);
}

Test(fields, take_whole_numbers_in_any_notation)
{
    EXPECT_EACH(count, {"count: 1e3", 1000}, {"count: -3", -3}, {"count: 2.0", 2}, {"count: 2147483647", 2147483647});
}

Test(fields, read_seeds_exactly)
{
    read_line("seed: 18446744073709551615");
    cr_expect_eq(p.seed, UINT64_MAX);
    read_line("seed: 9007199254740993"); /* 2^53 + 1, which no double holds */
    cr_expect_eq(p.seed, 9007199254740993);
}

Test(fields, read_true_and_false)
{
    read_line("learn: false");
    cr_expect_not(p.learn);
    read_line("learn: true");
    cr_expect(p.learn);
}

Test(fields, store_the_position_of_a_choice)
{
    EXPECT_EACH(scale, {"scale: none", 0}, {"scale: leak", 1}, {"scale: threshold", 2});
}

Test(fields, take_any_scalar_as_text)
{
    read_line("title: 10 Hz");
    cr_expect_str_eq(p.title, "10 Hz");
}

static void expect_window(const char *line, int n, const double *expected)
{
    read_line(line);
    cr_assert_eq(p.window.n, n, "%s: %d numbers", line, p.window.n);
    for (int i = 0; i < n; i++)
        cr_expect_eq(p.window.values[i], expected[i], "%s: number %d", line, i);
}

Test(fields, read_lists_single_numbers_and_ranges)
{
    expect_window("window: [1, 2 s, 3.5]", 3, (double[]){1, 2000, 3.5});
    expect_window("window: 7", 1, (double[]){7});
    expect_window("window: 0..4", 5, (double[]){0, 1, 2, 3, 4});
    expect_window("window: [9, 2..3]", 3, (double[]){9, 2, 3});
    expect_window("window: 3..3", 1, (double[]){3});
    expect_window("window: []", 0, NULL);
}

Test(fields, name_the_key_that_was_probably_meant)
{
    expect_mistake("tau_n: 20.0", "run.yaml:2:1: unknown key 'tau_n'; did you mean 'tau_m'?");
}

Test(fields, list_the_known_keys_when_none_is_near)
{
    static const lsnn_field few[] = {{"a_1", LSNN_INT, AT(n), "1", NULL, 0, 0, false, NULL, "first"},
                                     {"b_2", LSNN_INT, AT(n), "1", NULL, 0, 0, false, NULL, "second"},
                                     LSNN_END};
    static const char *const also[] = {"kind", NULL};
    cr_assert_eq(read_with(few, "wavelength: 3", also, 1), LSNN_OK);
    cr_assert_eq(report.n_mistakes, 1);
    cr_expect(strstr(report.error.message, "unknown key 'wavelength'; known here: kind, a_1 and b_2"), "%s",
              report.error.message);
}

Test(fields, say_which_key_is_missing_and_what_it_is)
{
    read_text("beta: 1");
    cr_assert_eq(report.n_mistakes, 1);
    cr_expect(strstr(report.error.message, "the key 'n' is missing: number of neurons"), "%s", report.error.message);
}

Test(fields, show_the_map_in_which_a_key_is_missing)
{
    fields_reader reader = {memory, &report, 1};
    static const char text[] = "seed: 1\nlif:\n  beta: 1\n";
    cr_assert_eq(config_parse(&map, memory, "run.yaml", text, strlen(text), &err), LSNN_OK);
    cr_assert_eq(fields_read(&p, table, config_get(map, "lif"), NULL, &reader, &err), LSNN_OK);
    cr_assert_eq(report.n_mistakes, 1);
    cr_expect_eq(report.error.line, 2);
}

Test(fields, report_all_mistakes_in_one_go)
{
    read_text("beta: x\nlearn: maybe\nfoo: 1\n");
    cr_expect_eq(report.n_mistakes, 4, "%s", report.error.message);
}

Test(fields, explain_wrong_numbers)
{
    expect_mistake("tau_m: fast", "run.yaml:2:8: 'tau_m' must be a number in ms, not 'fast'");
    expect_mistake("beta: 0x10", "run.yaml:2:7: 'beta' is a number without a unit, but 'x10' stands behind it");
    expect_mistake("beta: 1,5", "run.yaml:2:7: 'beta' is a number without a unit, but ',5' stands behind it");
    expect_mistake("beta: .nan", "run.yaml:2:7: 'beta' must be a finite number, not '.nan'");
    expect_mistake("beta: nan", "run.yaml:2:7: 'beta' must be a finite number, not 'nan'");
    expect_mistake("beta: -.inf", "run.yaml:2:7: 'beta' must be a finite number, not '-.inf'");
    expect_mistake("tau_m: 1e999", "run.yaml:2:8: 'tau_m' must be a finite number in ms, not '1e999'");
    expect_mistake("beta: ''", "run.yaml:2:7: 'beta' has no value; it must be a number");
    expect_mistake("beta: [1]", "run.yaml:2:7: 'beta' must be a number, not a list");
    expect_mistake("beta: {a: 1}", "run.yaml:2:7: 'beta' must be a number, not a map");
}

Test(fields, explain_wrong_units)
{
    expect_mistake("tau_m: 20 Hz", "run.yaml:2:8: 'tau_m' is in ms, but 'Hz' is the unit of a rate; write us, ms or s");
    expect_mistake("tau_m: 20 sec", "run.yaml:2:8: unknown unit 'sec'; 'tau_m' is in ms: write us, ms or s");
    expect_mistake("rate: 20 ms",
                   "run.yaml:2:7: 'rate' is in Hz, but 'ms' is the unit of a time; write Hz, kHz, 1/s or 1/ms");
    expect_mistake("beta: 2 ms", "run.yaml:2:7: 'beta' is a number without a unit, but 'ms' stands behind it");
    expect_mistake("delay: 2 mV",
                   "run.yaml:2:8: 'delay' is in steps, but 'mV' is the unit of a voltage; write steps, us, ms or s");
    expect_mistake("tau_m: 2 steps", "run.yaml:2:8: unknown unit 'steps'; 'tau_m' is in ms: write us, ms or s");
}

Test(fields, explain_what_is_no_whole_number)
{
    expect_mistake("count: 1.5", "run.yaml:2:8: 'count' must be a whole number, not '1.5'");
    expect_mistake("delay: 1.5", "run.yaml:2:8: 'delay' must be a whole number in steps, not '1.5'");
    expect_mistake("delay: 1.2 ms",
                   "run.yaml:2:8: 'delay' must be a whole number of steps, but '1.2 ms' is no multiple of dt, 0.5 ms");
    expect_mistake("count: 2147483648",
                   "run.yaml:2:8: 'count' must be from -2147483648 to 2147483647, not '2147483648'");
    expect_mistake("seed: -1", "run.yaml:2:7: 'seed' must be a whole number from 0 to 18446744073709551615, not '-1'");
    expect_mistake("seed: 18446744073709551616", "run.yaml:2:7: 'seed' must be a whole number from 0 to "
                                                 "18446744073709551615, not '18446744073709551616'");
}

Test(fields, take_no_time_for_steps_before_dt_is_known)
{
    cr_assert_eq(read_with(table, "{n: 1, delay: 1 ms}", NULL, 0), LSNN_OK);
    cr_assert_eq(report.n_mistakes, 1);
    cr_expect(strstr(report.error.message, "write the number of steps"), "%s", report.error.message);
}

Test(fields, name_the_allowed_range_with_its_unit)
{
    expect_mistake("tau_m: 0", "run.yaml:2:8: 'tau_m' must be above 0 ms, not '0'");
    expect_mistake("tau_m: -1 s", "run.yaml:2:8: 'tau_m' must be above 0 ms, not '-1 s'");
    expect_mistake("rate: 2 kHz", "run.yaml:2:7: 'rate' must be from 0 to 1000 Hz, not '2 kHz'");
    expect_mistake("share: 0", "run.yaml:2:8: 'share' must be above 0 and at most 1, not '0'");
    expect_mistake("share: 1.01", "run.yaml:2:8: 'share' must be above 0 and at most 1, not '1.01'");
    expect_mistake("window: [0, -1]", "run.yaml:2:13: 'window' must be from 0 to 1000000000 ms, not '-1'");
    expect_mistake("window: -2..3", "run.yaml:2:9: 'window' must be from 0 to 1000000000 ms, not '-2..3'");
}

Test(fields, allow_the_borders_of_a_range_that_is_closed)
{
    EXPECT_EACH(rate, {"rate: 0", 0}, {"rate: 1000", 1000});
    EXPECT_EACH(share, {"share: 1", 1});
}

Test(fields, explain_wrong_truths)
{
    expect_mistake("learn: yes", "run.yaml:2:8: 'learn' must be true or false, not 'yes'; write true");
    expect_mistake("learn: Off", "run.yaml:2:8: 'learn' must be true or false, not 'Off'; write false");
    expect_mistake("learn: True", "run.yaml:2:8: 'learn' must be true or false, not 'True'; write true");
    expect_mistake("learn: maybe", "run.yaml:2:8: 'learn' must be true or false, not 'maybe'");
}

Test(fields, explain_wrong_choices)
{
    expect_mistake("scale: laek",
                   "run.yaml:2:8: 'scale' must be none, leak or threshold, not 'laek'; did you mean 'leak'?");
    expect_mistake("scale: 7", "run.yaml:2:8: 'scale' must be none, leak or threshold, not '7'");
    expect_mistake("scale: le", "run.yaml:2:8: 'scale' must be none, leak or threshold, not 'le'");
    expect_mistake("scale: [leak]", "run.yaml:2:8: 'scale' must be a word, not a list");
}

Test(fields, explain_wrong_lists)
{
    expect_mistake("window: {a: 1}", "run.yaml:2:9: 'window' must be a number or a list of numbers, not a map");
    expect_mistake("window: [1, [2]]", "run.yaml:2:13: 'window' must be a number, not a list");
    expect_mistake("window: 4..0", "run.yaml:2:9: the range '4..0' runs backwards; write the smaller number first");
    expect_mistake("window: 0..99999999", "run.yaml:2:9: the range '0..99999999' is longer than 16777216 numbers");
    expect_mistake("title: [a]", "run.yaml:2:8: 'title' must be a text, not a list");
}

Test(fields, refuse_what_is_no_map)
{
    fields_reader reader = {memory, &report, 1};
    static const char text[] = "lif: 3\n";
    cr_assert_eq(config_parse(&map, memory, "run.yaml", text, strlen(text), &err), LSNN_OK);
    cr_assert_eq(fields_read(&p, table, config_get(map, "lif"), NULL, &reader, &err), LSNN_OK);
    cr_expect(strstr(report.error.message, "'lif' must be a map of keys and values, not a single value"), "%s",
              report.error.message);
}

Test(fields, cut_a_long_text_so_that_the_message_stays_complete)
{
    char line[128] = "scale: ", expected[256];
    memset(line + strlen(line), 'x', 100);
    snprintf(expected, sizeof expected, "run.yaml:2:8: 'scale' must be none, leak or threshold, not '%.60s'", line + 7);
    expect_mistake(line, expected);
}

Test(fields, a_default_that_is_no_yaml_is_a_defect)
{
    static const lsnn_field broken[] = {{"a", LSNN_NODE, AT(wiring), "{b: ", NULL, 0, 0, false, NULL, "broken"},
                                        LSNN_END};
    cr_expect_eq(read_with(broken, "{}", NULL, 1), LSNN_INTERNAL);
}

Test(fields, describe_is_one_line_a_field)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    fields_describe(table, stream, 2);
    fclose(stream);
    cr_expect(strstr(text, "  tau_m   number"), "%s", text);
    cr_expect(strstr(text, "above 0 ms"), "%s", text);
    cr_expect(strstr(text, "required"), "%s", text);
    cr_expect(strstr(text, "none|leak|threshold"), "%s", text);
    cr_expect(strstr(text, "membrane time constant\n"), "%s", text);
    int n_lines = 0;
    for (const char *at = text; (at = strchr(at, '\n')); at++)
        n_lines++;
    cr_expect_eq(n_lines, 16);
    free(text);
}
