/* Memory by lifetime. */
#include "arena.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

static arena *a;
static lsnn_error err;

static void start(void)
{
    cr_assert_eq(arena_new(&a, &err), LSNN_OK);
}

static void end(void)
{
    arena_free(a);
}

TestSuite(arena, .init = start, .fini = end);

static unsigned char *taken(size_t n)
{
    unsigned char *bytes = NULL;
    cr_assert_eq(arena_take(a, &bytes, n, 1, &err), LSNN_OK, "%s", err.message);
    cr_assert_not_null(bytes);
    return bytes;
}

Test(arena, gives_zeroes)
{
    static const size_t sizes[] = {1, 63, 64, 65, 1000, 16383, 16384, 65536, 65537, 3000000};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        const unsigned char *bytes = taken(sizes[s]);
        for (size_t i = 0; i < sizes[s]; i++)
            cr_assert_eq(bytes[i], 0, "byte %zu of %zu", i, sizes[s]);
    }
}

Test(arena, aligns_every_item_to_64_bytes)
{
    for (size_t n = 0; n < 70000; n += 1 + n / 3)
        cr_assert_eq((uintptr_t)taken(n) % 64, 0, "item of %zu bytes", n);
}

/* Sizes around those at which a new chunk begins or an item gets one of its own. */
Test(arena, items_do_not_overlap)
{
    enum { ITEMS = 400 };
    static unsigned char *items[ITEMS];
    static size_t sizes[ITEMS];
    for (size_t k = 0; k < ITEMS; k++) {
        sizes[k] = k % 7 == 0 ? 16300 + 61 * k % 200 : 1 + 97 * k % 3000;
        items[k] = taken(sizes[k]);
        memset(items[k], (int)(k % 251), sizes[k]);
    }
    for (size_t k = 0; k < ITEMS; k++) {
        for (size_t i = 0; i < sizes[k]; i++)
            cr_assert_eq(items[k][i], k % 251, "item %zu was overwritten", k);
    }
}

Test(arena, nothing_too_has_an_address_of_its_own)
{
    const unsigned char *first = taken(0), *second = taken(0);
    cr_assert_neq(first, second);
    cr_assert_eq(arena_bytes(a), 0);
}

Test(arena, counts_what_it_handed_out)
{
    double *numbers;
    taken(3);
    cr_assert_eq(arena_take(a, &numbers, 1000, sizeof *numbers, &err), LSNN_OK);
    cr_assert_eq(arena_bytes(a), 8003);
}

Test(arena, refuses_a_product_that_overflows)
{
    double *numbers;
    cr_assert_eq(arena_take(a, &numbers, SIZE_MAX / 4, 8, &err), LSNN_MEMORY);
    cr_assert_eq(err.status, LSNN_MEMORY);
    cr_assert_eq(strncmp(err.message, "not enough memory: 36.9 EB more are needed, about ", 50), 0, "%s", err.message);
}

Test(arena, refuses_more_than_there_is)
{
    char *bytes;
    cr_assert_eq(arena_take(a, &bytes, SIZE_MAX, 1, &err), LSNN_MEMORY);
    cr_assert_eq(arena_take(a, &bytes, PTRDIFF_MAX, 1, &err), LSNN_MEMORY);
    cr_assert_not_null(strstr(err.message, "9.2 EB more are needed"), "%s", err.message);
}

Test(arena, still_serves_after_a_refusal)
{
    char *bytes;
    cr_assert_eq(arena_take(a, &bytes, SIZE_MAX, 2, NULL), LSNN_MEMORY);
    memset(taken(100), 1, 100);
}

Test(arena, copies_text_of_a_given_length)
{
    const char *text;
    char original[] = "membrane potential";
    cr_assert_eq(arena_text(a, &text, original, 8, &err), LSNN_OK);
    original[0] = 'x';
    cr_assert_str_eq(text, "membrane");
}

Test(arena, copies_no_text)
{
    const char *text;
    cr_assert_eq(arena_text(a, &text, NULL, 0, &err), LSNN_OK);
    cr_assert_str_eq(text, "");
}

Test(arena, formats_text_of_any_length)
{
    const char *text;
    cr_assert_eq(arena_format(a, &text, &err, "%s.%d", "neuron", 17), LSNN_OK);
    cr_assert_str_eq(text, "neuron.17");
    cr_assert_eq(arena_format(a, &text, &err, "%*s", 100000, "end"), LSNN_OK);
    cr_assert_eq(strlen(text), 100000);
    cr_assert_str_eq(text + 99997, "end");
}

Test(arena, freeing_no_arena_is_allowed)
{
    arena_free(NULL);
}
