/* Names close to a wrong one, and numbers as text. */
#include "text.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"tau_m", "tau_a", "v_th", "beta", "feedback", "feedback_weights", "n", "n_ref"};

static const char *nearest(const char *word)
{
    return text_nearest(word, names, sizeof names / sizeof *names);
}

Test(text, distance_counts_insertions_deletions_replacements_and_swaps)
{
    cr_expect_eq(text_distance("", ""), 0);
    cr_expect_eq(text_distance("tau_m", "tau_m"), 0);
    cr_expect_eq(text_distance("tau_m", "tau"), 2);
    cr_expect_eq(text_distance("", "abc"), 3);
    cr_expect_eq(text_distance("tau_n", "tau_m"), 1);
    cr_expect_eq(text_distance("atu_m", "tau_m"), 1);
    cr_expect_eq(text_distance("kitten", "sitting"), 3);
    cr_expect_eq(text_distance("ca", "abc"), 3); /* no letter is moved and then changed again */
}

Test(text, distance_is_symmetric)
{
    for (int i = 0; i < 8; i++) {
        for (int j = 0; j < 8; j++)
            cr_expect_eq(text_distance(names[i], names[j]), text_distance(names[j], names[i]));
    }
}

Test(text, distance_of_long_texts_sees_only_equality)
{
    char one[100], other[100];
    memset(one, 'a', sizeof one);
    one[99] = '\0';
    memcpy(other, one, sizeof other);
    cr_expect_eq(text_distance(one, other), 0);
    other[98] = 'b';
    cr_expect_eq(text_distance(one, other), 99);
}

Test(text, nearest_finds_a_typing_mistake)
{
    cr_expect_str_eq(nearest("tau_n"), "tau_m");
    cr_expect_str_eq(nearest("vth"), "v_th");
    cr_expect_str_eq(nearest("btea"), "beta");
    cr_expect_str_eq(nearest("feedback_weihgts"), "feedback_weights");
}

Test(text, nearest_does_not_mind_capitals)
{
    cr_expect_str_eq(nearest("TAU_M"), "tau_m");
    cr_expect_str_eq(nearest("N"), "n");
}

Test(text, nearest_knows_a_name_by_its_beginning)
{
    cr_expect_str_eq(nearest("feed"), "feedback");
    cr_expect_str_eq(nearest("feedback_w"), "feedback_weights");
}

Test(text, nearest_keeps_silent_when_nothing_is_near)
{
    cr_expect_null(nearest("learning_rate"));
    cr_expect_null(nearest("x"));
    cr_expect_null(nearest(""));
    cr_expect_null(text_nearest("tau_m", names, 0));
}

static void shown(double number, const char *expected)
{
    char text[32];
    text_number(text, number);
    cr_expect_str_eq(text, expected);
}

Test(text, numbers_are_as_short_as_can_be)
{
    shown(0, "0");
    shown(2000, "2000");
    shown(0.1, "0.1");
    shown(0.0174, "0.0174");
    shown(-1.5, "-1.5");
    shown(1.0 / 3, "0.3333333333333333");
    shown(1e-8, "1e-8");
    shown(0.00001, "0.00001");
    shown(123456789012345, "123456789012345");
    shown(1e15, "1e15");
    shown(6.02214076e23, "6.02214076e23");
    shown(-0.0, "-0");
    shown(DBL_MAX, "1.7976931348623157e308");
    shown(5e-324, "5e-324");
    shown(INFINITY, "inf");
    shown(-INFINITY, "-inf");
    shown(NAN, "nan");
}

Test(text, numbers_read_back_the_same)
{
    unsigned long long bits = 1;
    for (int i = 0; i < 20000; i++) {
        bits = bits * 6364136223846793005 + 1442695040888963407;
        double number;
        char text[32];
        memcpy(&number, &bits, sizeof number);
        if (!isfinite(number)) continue;
        text_number(text, number);
        cr_assert_lt(strlen(text), 32);
        cr_assert_eq(strtod(text, NULL), number, "%a became %s", number, text);
    }
}

Test(text, a_double_is_a_whole_text)
{
    double number;
    cr_assert(text_to_double(&number, "-1.5e3"));
    cr_expect_eq(number, -1500);
    cr_assert(text_to_double(&number, ".5"));
    cr_expect_eq(number, 0.5);
    cr_assert(text_to_double(&number, "+7."));
    cr_expect_eq(number, 7);
    cr_assert(text_to_double(&number, "1e-400"));
    cr_expect_eq(number, 0);
}

Test(text, a_double_is_nothing_else)
{
    static const char *const wrong[] = {"",     " 1", "1 ", "1 ms", "nan", "inf", "-inf",  "0x10", "1e999",
                                        "1e9x", "1e", ".",  "-",    "e5",  "1,5", "1.2.3", "--1",  "infinity"};
    double number = 42;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_not(text_to_double(&number, wrong[i]), "'%s' was read", wrong[i]);
    cr_expect_eq(number, 42);
}

Test(text, the_number_in_front_of_a_unit_has_a_length)
{
    cr_expect_eq(text_number_length("20 ms"), 2);
    cr_expect_eq(text_number_length("-1.5e-3s"), 7);
    cr_expect_eq(text_number_length("1e"), 1);
    cr_expect_eq(text_number_length("2e+"), 1);
    cr_expect_eq(text_number_length("0..3"), 2); /* "0.", a way to write 0 */
    cr_expect_eq(text_number_length("ms"), 0);
    cr_expect_eq(text_number_length("+"), 0);
}

Test(text, seeds_are_exact)
{
    uint64_t seed;
    cr_assert(text_to_uint64(&seed, "18446744073709551615"));
    cr_expect_eq(seed, UINT64_MAX);
    cr_assert(text_to_uint64(&seed, "9007199254740993")); /* no double is this number */
    cr_expect_eq(seed, 9007199254740993);
}

Test(text, a_seed_is_nothing_else)
{
    static const char *const wrong[] = {"", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "18446744073709551616"};
    uint64_t seed = 42;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_not(text_to_uint64(&seed, wrong[i]), "'%s' was read", wrong[i]);
    cr_expect_eq(seed, 42);
}

static void bytes_shown(double bytes, const char *expected)
{
    char text[16];
    text_bytes(text, bytes);
    cr_expect_str_eq(text, expected);
}

Test(text, bytes_have_three_digits)
{
    bytes_shown(0, "0 B");
    bytes_shown(999, "999 B");
    bytes_shown(1000, "1.0 kB");
    bytes_shown(12345678, "12.3 MB");
    bytes_shown(99960, "100 kB"); /* not 100.0 */
    bytes_shown(999.4e6, "999 MB");
    bytes_shown(999.6e6, "1.0 GB"); /* not 1000 MB */
    bytes_shown(3.2e12, "3.2 TB");
    bytes_shown(1e300, "1.0e+282 EB");
}

static void duration_shown(double seconds, const char *expected)
{
    char text[24];
    text_duration(text, seconds);
    cr_expect_str_eq(text, expected);
}

Test(text, durations_have_the_units_of_a_person)
{
    duration_shown(0.0004, "0.4 ms");
    duration_shown(0.85, "850 ms");
    duration_shown(12.4, "12.4 s");
    duration_shown(200, "3 min 20 s");
    duration_shown(7500, "2 h 05 min");
    duration_shown(360000, "100 h 00 min");
}

Test(text, durations_are_not_rounded_to_a_whole_larger_unit)
{
    duration_shown(0.9996, "1.0 s");
    duration_shown(59.97, "1 min 00 s");
    duration_shown(119.6, "2 min 00 s");
    duration_shown(3599.7, "1 h 00 min");
    duration_shown(7199, "2 h 00 min");
}

Test(text, what_is_no_number_is_written_without_a_sign)
{
    char text[32];
    snprintf(text, sizeof text, "%g", text_unsigned_nan(copysign(NAN, -1)));
    cr_expect_str_eq(text, "nan");
    cr_expect_eq(text_unsigned_nan(-INFINITY), -INFINITY);
    cr_expect_eq(text_unsigned_nan(-1.5), -1.5);
}
