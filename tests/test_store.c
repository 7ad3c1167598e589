/* Reading and writing HDF5 files, foreign and damaged ones included. */
#include "scratch.h"

#include "store.h"

#include <criterion/criterion.h>
#include <fcntl.h>

TestSuite(store, .init = scratch_enter, .fini = scratch_leave, .timeout = 60);

static arena *memory(void)
{
    arena *a;
    cr_assert_eq(arena_new(&a, NULL), LSNN_OK);
    return a;
}

static store *created(const char *path)
{
    store *s;
    lsnn_error err = {0};
    cr_assert_eq(store_create(&s, path, &err), LSNN_OK, "%s", err.message);
    return s;
}

static store *opened(const char *path)
{
    store *s;
    lsnn_error err = {0};
    cr_assert_eq(store_open(&s, path, &err), LSNN_OK, "%s", err.message);
    return s;
}

static void commit(store *s)
{
    lsnn_error err = {0};
    cr_assert_eq(store_close(s, true, &err), LSNN_OK, "%s", err.message);
}

static void shut(store *s)
{
    cr_assert_eq(store_close(s, false, NULL), LSNN_OK);
}

static void write_doubles(store *s, const char *path, size_t n, const double *values)
{
    lsnn_error err = {0};
    cr_assert_eq(store_write(s, path, STORE_DOUBLE, &(store_shape){1, {n}}, values, false, &err), LSNN_OK, "%s",
                 err.message);
}

/* A file with one dataset /x of three doubles. */
static void make_simple(const char *path, double first)
{
    store *s = created(path);
    write_doubles(s, "/x", 3, (double[]){first, 2, 3});
    commit(s);
}

/* What HDF5 itself would write, to stand for foreign files. */
static hid_t foreign(const char *path)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    H5Pclose(access);
    cr_assert(file >= 0);
    return file;
}

static void expect_read(const char *file, const char *path, store_type type, const char *message)
{
    store *s = opened(file);
    arena *a = memory();
    void *values;
    lsnn_error err = {0};
    cr_expect_eq(store_read(s, a, &values, type, NULL, NULL, path, &err), LSNN_DATA);
    cr_expect_str_eq(err.message, message);
    arena_free(a);
    shut(s);
}

static void expect_open(const char *file, const char *message)
{
    store *s;
    lsnn_error err = {0};
    cr_expect_eq(store_open(&s, file, &err), LSNN_DATA);
    cr_expect_str_eq(err.message, message);
}

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

Test(store, names_what_cannot_be_opened)
{
    cr_assert_eq(mkdir("folder", 0700), 0);
    cr_assert_eq(mkfifo("pipe", 0600), 0);
    scratch_write("text.h5", "hello, this is no HDF5 file", 27);
    scratch_write("empty.h5", "", 0);
    expect_open("missing.h5", "missing.h5: no such file or directory");
    expect_open("folder", "folder: is a directory");
    expect_open("pipe", "pipe: is not a plain file");
    expect_open("text.h5", "text.h5: not an HDF5 file");
    expect_open("empty.h5", "empty.h5: not an HDF5 file");
}

Test(store, finds_a_file_that_is_cut_short)
{
    make_simple("a.h5", 1);
    uint8_t bytes[8192];
    size_t n = scratch_read("a.h5", bytes, sizeof bytes);
    cr_assert_gt(n, 1000);
    for (size_t length = 16; length < n; length += 97) {
        scratch_write("cut.h5", bytes, length);
        expect_open("cut.h5", "cut.h5: an HDF5 file that is cut short or damaged");
    }
}

Test(store, says_where_output_is_impossible)
{
    store *s;
    lsnn_error err = {0};
    cr_expect_eq(store_create(&s, "none/a.h5", &err), LSNN_OUTPUT);
    cr_expect_str_eq(err.message, "cannot write none/a.h5: no such file or directory");
    cr_expect_eq(store_modify(&s, "b.h5", &err), LSNN_OUTPUT);
    cr_expect_str_eq(err.message, "cannot write b.h5: no such file or directory");
}

Test(store, names_a_missing_or_wrong_object)
{
    store *s = created("a.h5");
    write_doubles(s, "/g/x", 3, (double[]){1, 2, 3});
    cr_assert_eq(store_write_text(s, "/text", "abc", NULL), LSNN_OK);
    commit(s);
    expect_read("a.h5", "/g/y", STORE_DOUBLE, "a.h5: /g/y is missing");
    expect_read("a.h5", "/g", STORE_DOUBLE, "a.h5: /g should be a dataset");
    expect_read("a.h5", "/text", STORE_DOUBLE,
                "a.h5: /text should hold numbers (integers of 8 to 64 bits or IEEE floats)");
    s = opened("a.h5");
    arena *a = memory();
    const char *text, **names;
    double number;
    int n;
    lsnn_error err = {0};
    cr_expect_eq(store_read_text(s, a, &text, "/g/x", &err), LSNN_DATA);
    cr_expect_str_eq(err.message, "a.h5: /g/x should be one text");
    cr_expect_eq(store_get_number(s, &number, "/g", "rate", &err), LSNN_DATA);
    cr_expect_str_eq(err.message, "a.h5: /g has no attribute 'rate'");
    cr_expect_eq(store_members(s, a, &names, &n, "/g/x", &err), LSNN_DATA);
    cr_expect_str_eq(err.message, "a.h5: /g/x should be a group");
    arena_free(a);
    shut(s);
}

Test(store, names_both_shapes_when_one_is_wrong)
{
    make_simple("a.h5", 1);
    store *s = opened("a.h5");
    arena *a = memory();
    double *x;
    lsnn_error err = {0};
    cr_expect_eq(store_read(s, a, &x, STORE_DOUBLE, NULL, &(store_shape){2, {3, 4}}, "/x", &err), LSNN_DATA);
    cr_expect_str_eq(err.message, "a.h5: /x has shape 3; expected 3 x 4");
    cr_expect_eq(store_read(s, a, &x, STORE_DOUBLE, NULL, &(store_shape){0, {0}}, "/x", &err), LSNN_DATA);
    cr_expect_str_eq(err.message, "a.h5: /x has shape 3; expected one number");
    arena_free(a);
    shut(s);
}

Test(store, refuses_numbers_that_do_not_fit)
{
    store *s = created("a.h5");
    write_doubles(s, "/fraction", 2, (double[]){1, 1.5});
    write_doubles(s, "/negative", 2, (double[]){1, -1});
    write_doubles(s, "/large", 2, (double[]){1, 1e300});
    write_doubles(s, "/rounded", 2, (double[]){1, 0.1});
    commit(s);
    expect_read("a.h5", "/fraction", STORE_INT, "a.h5: /fraction has a number that does not fit into int");
    expect_read("a.h5", "/negative", STORE_UINT64, "a.h5: /negative has a number that does not fit into uint64");
    expect_read("a.h5", "/large", STORE_FLOAT, "a.h5: /large has a number that does not fit into float");
    s = opened("a.h5");
    arena *a = memory();
    float *rounded;
    cr_expect_eq(store_read(s, a, &rounded, STORE_FLOAT, NULL, NULL, "/rounded", NULL), LSNN_OK);
    cr_expect_eq(rounded[1], 0.1f);
    arena_free(a);
    shut(s);
}

Test(store, reads_big_endian_numbers_and_booleans_of_h5py)
{
    hid_t file = foreign("a.h5"), boolean = H5Tenum_create(H5T_STD_I8LE);
    H5Tenum_insert(boolean, "FALSE", &(int8_t){0});
    H5Tenum_insert(boolean, "TRUE", &(int8_t){1});
    hid_t space = H5Screate_simple(1, (hsize_t[]){3}, NULL);
    hid_t set = H5Dcreate2(file, "mask", boolean, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(set, boolean, H5S_ALL, H5S_ALL, H5P_DEFAULT, (int8_t[]){1, 0, 1});
    set = H5Dcreate2(file, "big", H5T_STD_I16BE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(set, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, (int[]){-2, 300, 5});
    H5Dclose(set);
    H5Fclose(file);
    store *s = opened("a.h5");
    arena *a = memory();
    uint8_t *mask;
    double *big;
    cr_assert_eq(store_read(s, a, &mask, STORE_UINT8, NULL, NULL, "/mask", NULL), LSNN_OK);
    cr_expect_arr_eq(mask, ((uint8_t[]){1, 0, 1}), 3);
    cr_assert_eq(store_read(s, a, &big, STORE_DOUBLE, NULL, NULL, "/big", NULL), LSNN_OK);
    cr_expect_eq(big[0], -2);
    cr_expect_eq(big[1], 300);
    arena_free(a);
    shut(s);
}

#define STRANGE                                                                                                        \
    " is stored in a way that is not read here (other types than numbers and texts, parts in other files, HDF5's "     \
    "newer "                                                                                                           \
    "format): save it with the defaults of HDF5 or h5py"

Test(store, follows_no_links)
{
    make_simple("other.h5", 1);
    hid_t file = foreign("a.h5");
    H5Gclose(H5Gcreate2(file, "/g", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Lcreate_soft("/g", file, "/soft", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_external("other.h5", "/x", file, "/g/out", H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(file);
    expect_read("a.h5", "/soft", STORE_DOUBLE, "a.h5: /soft is a link, which is not followed");
    expect_read("a.h5", "/soft/out", STORE_DOUBLE, "a.h5: /soft/out is a link, which is not followed");
    expect_read("a.h5", "/g/out", STORE_DOUBLE, "a.h5: /g/out" STRANGE);
}

Test(store, reads_no_data_out_of_other_files)
{
    scratch_write("raw", "12345678", 8);
    hid_t file = foreign("a.h5"), space = H5Screate_simple(1, (hsize_t[]){1}, NULL);
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(creation, "raw", 0, 8);
    H5Dclose(H5Dcreate2(file, "raw", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    H5Fclose(file);
    expect_read("a.h5", "/raw", STORE_DOUBLE, "a.h5: /raw" STRANGE);
}

Test(store, refuses_types_and_formats_that_it_does_not_know)
{
    hid_t file = foreign("a.h5"), space = H5Screate_simple(1, (hsize_t[]){2}, NULL), null = H5Screate(H5S_NULL);
    H5Dclose(H5Dcreate2(file, "c", H5T_STD_REF_OBJ, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Dclose(H5Dcreate2(file, "n", H5T_NATIVE_DOUBLE, null, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Fclose(file);
    expect_read("a.h5", "/c", STORE_DOUBLE, "a.h5: /c" STRANGE);
    expect_read("a.h5", "/n", STORE_DOUBLE, "a.h5: /n" STRANGE);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    H5Fclose(H5Fcreate("latest.h5", H5F_ACC_TRUNC, H5P_DEFAULT, access));
    expect_open("latest.h5", "latest.h5:" STRANGE);
}

Test(store, refuses_filters_that_it_does_not_know)
{
    hid_t file = foreign("a.h5"), space = H5Screate_simple(1, (hsize_t[]){64}, NULL);
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(creation, 1, (hsize_t[]){64});
    H5Pset_scaleoffset(creation, H5Z_SO_INT, 0);
    H5Dclose(H5Dcreate2(file, "x", H5T_NATIVE_INT, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    H5Fclose(file);
    expect_read("a.h5", "/x", STORE_INT,
                "a.h5: /x is packed with filter 6, which cannot be read: repack it with gzip (deflate)");
}

static void make_claim(const char *path, int n_dims, const hsize_t *dim, const hsize_t *chunk)
{
    hid_t file = foreign(path), creation = H5Pcreate(H5P_DATASET_CREATE);
    if (chunk) H5Pset_chunk(creation, n_dims, chunk);
    hid_t space = H5Screate_simple(n_dims, dim, NULL);
    hid_t set = H5Dcreate2(file, "x", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    cr_assert(set >= 0);
    H5Dclose(set);
    H5Fclose(file);
}

Test(store, takes_no_memory_for_what_the_file_cannot_hold)
{
    const hsize_t large = 100000000, one = 1;
    make_claim("a.h5", 1, &large, NULL);
    make_claim("b.h5", 1, &large, &one);
    for (int k = 0; k < 2; k++) {
        const char *name = k ? "b.h5" : "a.h5";
        struct stat file;
        char message[128];
        cr_assert_eq(stat(name, &file), 0);
        snprintf(message, sizeof message, "%s: /x claims 800000000 bytes, more than a file of %ld bytes can hold", name,
                 (long)file.st_size);
        expect_read(name, "/x", STORE_DOUBLE, message);
    }
}

Test(store, refuses_absurd_shapes)
{
    make_claim("a.h5", 2, (hsize_t[]){(hsize_t)1 << 40, (hsize_t)1 << 40}, (hsize_t[]){1, 1});
    expect_read("a.h5", "/x", STORE_DOUBLE, "a.h5: /x claims to be larger than 16 GiB, which is refused");
    make_claim("b.h5", 6, (hsize_t[]){1, 1, 1, 1, 1, 1}, NULL);
    expect_read("b.h5", "/x", STORE_DOUBLE, "b.h5: /x has 6 dimensions; at most 5 are possible");
}

Test(store, survives_groups_that_contain_each_other)
{
    hid_t file = foreign("a.h5");
    H5Gclose(H5Gcreate2(file, "g", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Lcreate_hard(file, "/", file, "/g/up", H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(file);
    char path[2048] = "";
    for (int k = 0; k < 300; k++)
        strcat(path, "/g/up");
    store *s = opened("a.h5");
    arena *a = memory();
    const char **names;
    int n;
    cr_expect(store_has(s, "/g/up/g/up/g"));
    cr_expect_not(store_has(s, path));
    cr_assert_eq(store_members(s, a, &names, &n, "/g/up/g", NULL), LSNN_OK);
    cr_expect_eq(n, 1);
    arena_free(a);
    shut(s);
}

static void make_sealed(const char *path, double first)
{
    store *s;
    cr_assert_eq(store_create_sealed(&s, path, NULL), LSNN_OK);
    write_doubles(s, "/x", 3, (double[]){first, 2, 3});
    commit(s);
}

Test(store, finds_any_flipped_bit_of_a_sealed_file)
{
    make_sealed("a.h5", 1);
    uint8_t bytes[8192];
    size_t n = scratch_read("a.h5", bytes, sizeof bytes);
    cr_assert_gt(n, 1000);
    for (size_t k = 0; k < n; k++) {
        store *s;
        bytes[k] ^= (uint8_t)(1 << k % 8);
        scratch_write("b.h5", bytes, n);
        bytes[k] ^= (uint8_t)(1 << k % 8);
        cr_assert_eq(store_open_sealed(&s, "b.h5", NULL), LSNN_DATA, "byte %zu", k);
    }
}

Test(store, finds_a_sealed_file_that_is_cut)
{
    make_sealed("a.h5", 1);
    uint8_t bytes[8192];
    size_t n = scratch_read("a.h5", bytes, sizeof bytes);
    scratch_write("b.h5", bytes, n - 1);
    store *s;
    lsnn_error err = {0};
    char message[128];
    cr_expect_eq(store_open_sealed(&s, "b.h5", &err), LSNN_DATA);
    snprintf(message, sizeof message, "b.h5: cut short: %zu of %zu bytes are there", n - 1, n);
    cr_expect_str_eq(err.message, message);
    cr_expect_eq(truncate("b.h5", 0), 0);
    cr_expect_eq(store_open_sealed(&s, "b.h5", &err), LSNN_DATA);
    cr_expect_str_eq(err.message, "b.h5: not a checkpoint of lsnn, or its first bytes are damaged");
}

Test(store, lets_others_read_a_sealed_file)
{
    make_sealed("a.h5", 1);
    hid_t file = H5Fopen("a.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
    cr_assert(file >= 0);
    cr_expect(H5Lexists(file, "/x", H5P_DEFAULT) > 0);
    H5Fclose(file);
}

Test(store, keeps_the_sealed_file_that_is_replaced)
{
    uint8_t first[8192], second[8192], kept[8192];
    make_sealed("a.h5", 1);
    size_t n = scratch_read("a.h5", first, sizeof first);
    cr_expect_not(scratch_exists("a.h5.1"));
    make_sealed("a.h5", 2);
    scratch_read("a.h5", second, sizeof second);
    cr_expect_eq(scratch_read("a.h5.1", kept, sizeof kept), n);
    cr_expect_arr_eq(kept, first, n);
    make_sealed("a.h5", 3);
    cr_expect_eq(scratch_read("a.h5.1", kept, sizeof kept), n);
    cr_expect_arr_eq(kept, second, n);
    cr_expect_not(scratch_exists("a.h5.old"));
    cr_expect_not(scratch_exists("a.h5.tmp"));
}

/* A kill between the two last renames leaves a second name of the old file. */
Test(store, replaces_what_a_killed_commit_left)
{
    make_sealed("a.h5", 1);
    cr_assert_eq(link("a.h5", "a.h5.old"), 0);
    cr_assert_eq(link("a.h5", "a.h5.1"), 0);
    make_sealed("a.h5", 2);
    make_sealed("a.h5", 3);
    store *s;
    cr_assert_eq(store_open_sealed(&s, "a.h5.1", NULL), LSNN_OK);
    arena *a = memory();
    double *x;
    cr_assert_eq(store_read(s, a, &x, STORE_DOUBLE, NULL, NULL, "/x", NULL), LSNN_OK);
    cr_expect_eq(x[0], 2);
    arena_free(a);
    shut(s);
    cr_expect_not(scratch_exists("a.h5.old"));
}

static lsnn_status write_much(store *s, bool compress, lsnn_error *err)
{
    enum { ROWS = 300000 };
    double *noise = malloc(ROWS * sizeof *noise);
    uint64_t word = 1;
    for (int k = 0; k < ROWS; k++) {
        word = word * 6364136223846793005u + 1442695040888963407u;
        noise[k] = (double)(word >> 11);
    }
    lsnn_status status = store_write(s, "/much", STORE_DOUBLE, &(store_shape){1, {ROWS}}, noise, compress, err);
    free(noise);
    return status;
}

static void fill_disk(bool compress)
{
    if (!scratch_small_disk(512)) cr_skip_test("needs the right to mount a small file system");
    make_simple("small/a.h5", 1);
    store *s;
    lsnn_error err = {0};
    cr_assert_eq(store_modify(&s, "small/a.h5", NULL), LSNN_OK);
    lsnn_status written = write_much(s, compress, &err);
    if (written == LSNN_OK)
        written = store_close(s, true, &err);
    else
        shut(s);
    cr_expect_eq(written, LSNN_OUTPUT);
    cr_expect_str_eq(err.message, "cannot write small/a.h5: no space left on device");
    cr_expect_not(scratch_exists("small/a.h5.tmp"));
    s = opened("small/a.h5");
    cr_expect(store_has(s, "/x"));
    cr_expect_not(store_has(s, "/much"));
    shut(s);
    cr_assert_eq(store_modify(&s, "small/a.h5", &err), LSNN_OK, "%s", err.message);
    write_doubles(s, "/y", 1, &(double){5});
    commit(s);
    H5close(); /* what HDF5 does at exit */
}

Test(store, survives_a_full_disk)
{
    fill_disk(false);
}

Test(store, survives_a_full_disk_with_packed_data)
{
    fill_disk(true);
}

/* Space for the copy, but none for what HDF5 writes only when it closes the file. */
Test(store, survives_a_disk_that_is_full_at_the_end)
{
    if (!scratch_small_disk(64)) cr_skip_test("needs the right to mount a small file system");
    make_simple("small/a.h5", 1);
    store *s;
    lsnn_error err = {0};
    cr_assert_eq(store_modify(&s, "small/a.h5", NULL), LSNN_OK);
    scratch_fill("small");
    char path[32];
    lsnn_status status = LSNN_OK;
    for (int k = 0; k < 200 && status == LSNN_OK; k++) {
        snprintf(path, sizeof path, "/many/groups/%d/x", k);
        status = store_write(s, path, STORE_DOUBLE, &(store_shape){1, {1}}, &(double){1}, false, &err);
    }
    if (status == LSNN_OK)
        status = store_close(s, true, &err);
    else
        shut(s);
    cr_expect_eq(status, LSNN_OUTPUT);
    cr_expect_str_eq(err.message, "cannot write small/a.h5: no space left on device");
    cr_expect_not(scratch_exists("small/a.h5.tmp"));
    shut(opened("small/a.h5"));
    H5close();
}

Test(store, says_so_when_there_is_no_space_for_the_copy)
{
    if (!scratch_small_disk(64)) cr_skip_test("needs the right to mount a small file system");
    make_simple("small/a.h5", 1);
    scratch_fill("small");
    store *s;
    lsnn_error err = {0};
    cr_expect_eq(store_modify(&s, "small/a.h5", &err), LSNN_OUTPUT);
    cr_expect_str_eq(err.message, "cannot write small/a.h5: no space left on device");
    cr_expect_not(scratch_exists("small/a.h5.tmp"));
}
