/* Means of numbered values, some of them missing. */
#include "tally.h"

#include <criterion/criterion.h>
#include <math.h>

Test(tally, knows_mean_standard_error_and_number)
{
    arena *memory;
    tally c = {0};
    cr_assert_eq(arena_new(&memory, NULL), LSNN_OK);
    cr_assert_eq(tally_new(&c, 4, memory, NULL), LSNN_OK);
    for (int again = 0; again < 2; again++) { /* cleared, it begins anew */
        tally_clear(&c, 3);
        tally_add(&c, (double[]){1, 10, NAN});
        tally_add(&c, (double[]){2, NAN, NAN});
        tally_add(&c, (double[]){6, 20, NAN});
    }
    cr_assert(c.count[0] == 3 && c.count[1] == 2 && c.count[2] == 0);
    cr_assert_float_eq(tally_mean(&c, 0), 3, 1e-12);
    cr_assert_float_eq(tally_sem(&c, 0), sqrt(7.0 / 3), 1e-12, "sd %g", sqrt(7));
    cr_assert_float_eq(tally_sem(&c, 1), 5, 1e-12);
    cr_assert(isnan(tally_mean(&c, 2)));
    cr_assert_float_eq(tally_mean_from(&c, 0), 39.0 / 5, 1e-12);
    cr_assert_float_eq(tally_mean_from(&c, 1), 15, 1e-12);
    tally_clear(&c, 3);
    tally_add_first(&c, (double[]){4, 7, NAN});
    cr_assert(c.sum[0] == 4 && c.sum[1] == 4 && c.count[1] == 1 && c.count[2] == 0);
    arena_free(memory);
}
