/* Writing HDF5 files and reading them back; what a commit does. */
#include "opened_store.h"

TestSuite(store, .init = scratch_enter, .fini = scratch_leave, .timeout = 60);

#define ROUND_TRIP(name, type, kind, ...)                                                                              \
    Test(store, gives_back_##name)                                                                                     \
    {                                                                                                                  \
        const kind wrote[] = {__VA_ARGS__};                                                                            \
        const store_shape shape = {2, {2, sizeof wrote / sizeof wrote[0] / 2}};                                        \
        store *s = created("a.h5");                                                                                    \
        cr_assert_eq(store_write(s, "/deep/in/x", type, &shape, wrote, false, NULL), LSNN_OK);                         \
        commit(s);                                                                                                     \
        s = opened("a.h5");                                                                                            \
        arena *a = memory();                                                                                           \
        kind *read;                                                                                                    \
        store_shape found;                                                                                             \
        cr_assert_eq(store_read(s, a, &read, type, &found, &shape, "/deep/in/x", NULL), LSNN_OK);                      \
        cr_expect_arr_eq(read, wrote, sizeof wrote);                                                                   \
        cr_expect_eq(found.n_dims, 2);                                                                                 \
        cr_expect_eq(found.dim[1], shape.dim[1]);                                                                      \
        arena_free(a);                                                                                                 \
        shut(s);                                                                                                       \
    }
ROUND_TRIP(floats, STORE_FLOAT, float, 1.5f, -2e30f, 0, 7)
ROUND_TRIP(doubles, STORE_DOUBLE, double, 0.1, -2e300, 0, 7)
ROUND_TRIP(ints, STORE_INT, int, INT32_MIN, INT32_MAX, 0, -1)
ROUND_TRIP(bytes, STORE_UINT8, uint8_t, 0, 255, 7, 8)
ROUND_TRIP(words, STORE_UINT32, uint32_t, 0, UINT32_MAX, 7, 8)
ROUND_TRIP(long_words, STORE_UINT64, uint64_t, 0, UINT64_MAX, 7, 8)

Test(store, gives_back_a_scalar_and_an_empty_dataset)
{
    store *s = created("a.h5");
    cr_assert_eq(store_write(s, "/one", STORE_INT, &(store_shape){0, {0}}, &(int){42}, false, NULL), LSNN_OK);
    cr_assert_eq(store_write(s, "/none", STORE_INT, &(store_shape){2, {0, 5}}, NULL, true, NULL), LSNN_OK);
    commit(s);
    s = opened("a.h5");
    arena *a = memory();
    int *one;
    store_shape shape;
    cr_assert_eq(store_read(s, a, &one, STORE_INT, NULL, NULL, "/one", NULL), LSNN_OK);
    cr_expect_eq(*one, 42);
    cr_assert_eq(store_read(s, a, &one, STORE_INT, &shape, NULL, "/none", NULL), LSNN_OK);
    cr_expect_eq(shape.dim[0], 0);
    cr_expect_eq(shape.dim[1], 5);
    arena_free(a);
    shut(s);
}

Test(store, packs_large_datasets)
{
    enum { ROWS = 700, WIDTH = 300 };
    double *wrote = calloc(ROWS * WIDTH, sizeof *wrote), *read;
    for (int k = 0; k < ROWS * WIDTH; k++)
        wrote[k] = k % 100;
    const store_shape shape = {2, {ROWS, WIDTH}};
    store *s = created("a.h5");
    cr_assert_eq(store_write(s, "/x", STORE_DOUBLE, &shape, wrote, true, NULL), LSNN_OK);
    commit(s);
    struct stat file;
    cr_assert_eq(stat("a.h5", &file), 0);
    cr_expect_lt(file.st_size, (off_t)(ROWS * WIDTH * sizeof *wrote / 4));
    s = opened("a.h5");
    arena *a = memory();
    cr_assert_eq(store_read(s, a, &read, STORE_DOUBLE, NULL, &shape, "/x", NULL), LSNN_OK);
    cr_expect_arr_eq(read, wrote, ROWS * WIDTH * sizeof *wrote);
    arena_free(a);
    free(wrote);
    shut(s);
}

Test(store, gives_back_texts)
{
    store *s = created("a.h5");
    cr_assert_eq(store_write_text(s, "/config", "seed: 1\nname: Zoë\n", NULL), LSNN_OK);
    cr_assert_eq(store_write_text(s, "/empty", "", NULL), LSNN_OK);
    cr_assert_eq(store_set_text(s, "/config", "units", "µV", NULL), LSNN_OK);
    cr_assert_eq(store_set_text(s, "/", "nothing", "", NULL), LSNN_OK);
    commit(s);
    s = opened("a.h5");
    arena *a = memory();
    const char *text;
    cr_assert_eq(store_read_text(s, a, &text, "/config", NULL), LSNN_OK);
    cr_expect_str_eq(text, "seed: 1\nname: Zoë\n");
    cr_assert_eq(store_read_text(s, a, &text, "/empty", NULL), LSNN_OK);
    cr_expect_str_eq(text, "");
    cr_assert_eq(store_get_text(s, a, &text, "/config", "units", NULL), LSNN_OK);
    cr_expect_str_eq(text, "µV");
    cr_assert_eq(store_get_text(s, a, &text, "/", "nothing", NULL), LSNN_OK);
    cr_expect_str_eq(text, "");
    arena_free(a);
    shut(s);
}

Test(store, reads_fixed_texts_without_their_padding)
{
    hid_t file = foreign("a.h5"), type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, 8);
    H5Tset_strpad(type, H5T_STR_SPACEPAD);
    hid_t attribute = H5Acreate2(file, "kind", type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, type, "lsnn    ");
    H5Fclose(file);
    store *s = opened("a.h5");
    arena *a = memory();
    const char *text;
    cr_assert_eq(store_get_text(s, a, &text, "/", "kind", NULL), LSNN_OK);
    cr_expect_str_eq(text, "lsnn");
    arena_free(a);
    shut(s);
}

Test(store, gives_back_numbers_of_attributes)
{
    store *s = created("a.h5");
    cr_assert_eq(store_set_number(s, "/", "dt", STORE_DOUBLE, 0.1, NULL), LSNN_OK);
    cr_assert_eq(store_set_number(s, "/", "magic", STORE_UINT32, 0x0A7A, NULL), LSNN_OK);
    cr_assert_eq(store_set_number(s, "/", "magic", STORE_INT, -3, NULL), LSNN_OK, "a second value should replace it");
    commit(s);
    s = opened("a.h5");
    double number;
    cr_assert_eq(store_get_number(s, &number, "/", "dt", NULL), LSNN_OK);
    cr_expect_eq(number, 0.1);
    cr_assert_eq(store_get_number(s, &number, "/", "magic", NULL), LSNN_OK);
    cr_expect_eq(number, -3);
    cr_expect(store_has_attribute(s, "/", "dt"));
    cr_expect_not(store_has_attribute(s, "/", "dx"));
    cr_expect_not(store_has_attribute(s, "/missing", "dt"));
    shut(s);
}

Test(store, keeps_64_bit_seeds_exactly)
{
    store *s = created("a.h5");
    cr_assert_eq(store_set_uint64(s, "/", "seed", UINT64_MAX - 1, NULL), LSNN_OK);
    commit(s);
    s = opened("a.h5");
    uint64_t seed = 0;
    hid_t attribute = H5Aopen(store_file(s), "seed", H5P_DEFAULT);
    H5Aread(attribute, H5T_NATIVE_UINT64, &seed);
    cr_expect_eq(seed, UINT64_MAX - 1);
    H5Aclose(attribute);
    shut(s);
}

Test(store, writes_enumerations_and_arrays_as_sonata_wants_them)
{
    store *s = created("a.h5");
    cr_assert_eq(store_set_choice(s, "/", "sorting", (const char *const[]){"none", "by_id", "by_time", NULL}, 2, NULL),
                 LSNN_OK);
    cr_assert_eq(store_set_numbers(s, "/", "version", STORE_UINT32, 2, (double[]){0, 1}, NULL), LSNN_OK);
    commit(s);
    s = opened("a.h5");
    hid_t sorting = H5Aopen(store_file(s), "sorting", H5P_DEFAULT), type = H5Aget_type(sorting);
    char name[16];
    uint8_t which;
    H5Aread(sorting, type, &which);
    cr_expect_eq(H5Tget_class(type), H5T_ENUM);
    cr_expect_eq(H5Tget_size(type), 1);
    H5Tenum_nameof(type, &which, name, sizeof name);
    cr_expect_str_eq(name, "by_time");
    uint32_t version[2] = {9, 9};
    hid_t attribute = H5Aopen(store_file(s), "version", H5P_DEFAULT);
    H5Aread(attribute, H5T_NATIVE_UINT32, version);
    cr_expect_eq(version[0], 0);
    cr_expect_eq(version[1], 1);
    double number;
    lsnn_error err = {0};
    cr_expect_eq(store_get_number(s, &number, "/", "version", &err), LSNN_DATA);
    cr_expect_str_eq(err.message, "a.h5: attribute 'version' of / should be one value");
    shut(s);
}

Test(store, lists_members_sorted)
{
    store *s = created("a.h5");
    write_doubles(s, "/g/b", 1, &(double){1});
    write_doubles(s, "/g/a", 1, &(double){1});
    write_doubles(s, "/g/c/d", 1, &(double){1});
    commit(s);
    s = opened("a.h5");
    arena *a = memory();
    const char **names;
    int n;
    cr_assert_eq(store_members(s, a, &names, &n, "/g", NULL), LSNN_OK);
    cr_assert_eq(n, 3);
    cr_expect_str_eq(names[0], "a");
    cr_expect_str_eq(names[1], "b");
    cr_expect_str_eq(names[2], "c");
    cr_assert_eq(store_members(s, a, &names, &n, "/", NULL), LSNN_OK);
    cr_expect_eq(n, 1);
    arena_free(a);
    shut(s);
}

Test(store, has_what_was_written_and_nothing_else)
{
    store *s = created("a.h5");
    write_doubles(s, "/g/x", 1, &(double){1});
    cr_expect(store_has(s, "/g"));
    cr_expect(store_has(s, "/g/x"));
    cr_expect_not(store_has(s, "/g/y"));
    cr_expect_not(store_has(s, "/h/x"));
    cr_expect_not(store_has(s, "/g/x/y"));
    shut(s);
}

Test(store, puts_a_file_in_place_only_when_it_is_committed)
{
    store *s = created("a.h5");
    write_doubles(s, "/x", 1, &(double){1});
    cr_expect_not(scratch_exists("a.h5"));
    cr_expect(scratch_exists("a.h5.tmp"));
    commit(s);
    cr_expect(scratch_exists("a.h5"));
    cr_expect_not(scratch_exists("a.h5.tmp"));
}

Test(store, leaves_the_old_file_when_the_new_one_is_not_committed)
{
    make_simple("a.h5", 1);
    uint8_t before[8192], after[8192];
    size_t n = scratch_read("a.h5", before, sizeof before);
    store *s;
    cr_assert_eq(store_modify(&s, "a.h5", NULL), LSNN_OK);
    write_doubles(s, "/y", 1, &(double){1});
    shut(s);
    cr_expect_eq(scratch_read("a.h5", after, sizeof after), n);
    cr_expect_arr_eq(before, after, n);
    cr_expect_not(scratch_exists("a.h5.tmp"));
}

Test(store, modifies_a_copy_of_the_old_file)
{
    make_simple("a.h5", 1);
    store *s;
    cr_assert_eq(store_modify(&s, "a.h5", NULL), LSNN_OK);
    write_doubles(s, "/y", 1, &(double){5});
    commit(s);
    s = opened("a.h5");
    cr_expect(store_has(s, "/x"));
    cr_expect(store_has(s, "/y"));
    shut(s);
}

Test(store, can_be_read_while_it_is_modified)
{
    make_simple("a.h5", 1);
    store *writer, *reader = NULL;
    cr_assert_eq(store_modify(&writer, "a.h5", NULL), LSNN_OK);
    reader = opened("a.h5");
    write_doubles(writer, "/y", 1, &(double){5});
    commit(writer);
    cr_expect_not(store_has(reader, "/y"));
    shut(reader);
}

Test(store, replaces_a_temporary_file_that_was_left_behind)
{
    scratch_write("a.h5.tmp", "left behind", 11);
    make_simple("a.h5", 1);
    shut(opened("a.h5"));
    cr_expect_not(scratch_exists("a.h5.tmp"));
}

Test(store, writes_equal_bytes_at_different_times)
{
    uint8_t one[16384], two[16384];
    for (int k = 0; k < 2; k++) {
        store *s = created(k ? "two.h5" : "one.h5");
        write_doubles(s, "/g/x", 3, (double[]){1, 2, 3});
        cr_assert_eq(store_set_text(s, "/g", "unit", "ms", NULL), LSNN_OK);
        commit(s);
        if (k == 0) sleep(2); /* HDF5's times are whole seconds */
    }
    size_t n = scratch_read("one.h5", one, sizeof one);
    cr_assert_eq(scratch_read("two.h5", two, sizeof two), n);
    cr_expect_arr_eq(one, two, n);
}
