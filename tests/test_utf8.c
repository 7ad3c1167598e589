/* UTF-8 decoding. */
#include "utf8.h"

#include <criterion/criterion.h>

static uint32_t point_of(const char *text, int bytes)
{
    uint32_t point;
    cr_expect_eq(utf8_next(&point, text), bytes);
    return point;
}

Test(utf8, decodes_one_to_four_bytes)
{
    cr_expect_eq(point_of("a", 1), 'a');
    cr_expect_eq(point_of("\xc3\xbc", 2), 0xfc);
    cr_expect_eq(point_of("\xe2\x82\xac", 3), 0x20ac);
    cr_expect_eq(point_of("\xf0\x9f\x98\x80", 4), 0x1f600);
    cr_expect_eq(point_of("", 0), 0);
}

Test(utf8, takes_ill_formed_bytes_one_by_one)
{
    const char *const texts[] = {"\xff",    "\x80", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                 "\xe2\x82"};
    for (int k = 0; k < 7; k++)
        cr_expect_eq(point_of(texts[k], 1), UTF8_ILL_FORMED);
}

Test(utf8, counts_characters)
{
    cr_expect_eq(utf8_count("gr\xc3\xb6\xc3\x9f"
                            "e"),
                 5);
}

Test(utf8, knows_what_does_not_show)
{
    const uint32_t hidden[] = {0, '\n', 0x1b, 0x7f, 0x85, 0x9b, 0x2028, 0xfeff, 0xffff, UTF8_ILL_FORMED};
    for (int k = 0; k < 10; k++)
        cr_expect_not(utf8_is_printable(hidden[k]), "%x", hidden[k]);
    const uint32_t shown[] = {'\t', ' ', 'a', 0xa0, 0xfc, 0x1f600};
    for (int k = 0; k < 6; k++)
        cr_expect(utf8_is_printable(shown[k]), "%x", shown[k]);
}
