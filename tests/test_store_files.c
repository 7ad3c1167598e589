/* Foreign, damaged and sealed HDF5 files, and full disks. */
#include "opened_store.h"

TestSuite(store_files, .init = scratch_enter, .fini = scratch_leave, .timeout = 60);

Test(store_files, names_what_cannot_be_opened)
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

Test(store_files, finds_a_file_that_is_cut_short)
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

Test(store_files, says_where_output_is_impossible)
{
    store *s;
    lsnn_error err = {0};
    cr_expect_eq(store_create(&s, "none/a.h5", &err), LSNN_OUTPUT);
    cr_expect_str_eq(err.message, "cannot write none/a.h5: no such file or directory");
    cr_expect_eq(store_modify(&s, "b.h5", &err), LSNN_OUTPUT);
    cr_expect_str_eq(err.message, "cannot write b.h5: no such file or directory");
}

Test(store_files, names_a_missing_or_wrong_object)
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

Test(store_files, names_both_shapes_when_one_is_wrong)
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

Test(store_files, refuses_numbers_that_do_not_fit)
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

Test(store_files, reads_big_endian_numbers_and_booleans_of_h5py)
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

#define ELSEWHERE                                                                                                      \
    " is a link to another file, which is not followed: copy what it leads to into this file, or remove it"

Test(store_files, follows_no_links)
{
    make_simple("other.h5", 1);
    hid_t file = foreign("a.h5");
    H5Gclose(H5Gcreate2(file, "/g", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Lcreate_soft("/g", file, "/soft", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_external("other.h5", "/x", file, "/g/out", H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(file);
    expect_read("a.h5", "/soft", STORE_DOUBLE, "a.h5: /soft is a link, which is not followed");
    expect_read("a.h5", "/soft/out", STORE_DOUBLE, "a.h5: /soft is a link, which is not followed");
    expect_read("a.h5", "/g/out", STORE_DOUBLE, "a.h5: /g/out" ELSEWHERE);
    expect_read("a.h5", "/g/none", STORE_DOUBLE, "a.h5: /g/out" ELSEWHERE);
    store *s = opened("a.h5");
    cr_expect(store_has(s, "/soft"), "what is not read is not absent");
    cr_expect(store_has(s, "/g/out"));
    cr_expect_not(store_has(s, "/none"));
    shut(s);
    file = foreign("b.h5");
    H5Lcreate_external("none_such.h5", "/x", file, "/out", H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(file);
    expect_open("b.h5", "b.h5: /out" ELSEWHERE);
}

Test(store_files, reads_no_data_out_of_other_files)
{
    scratch_write("raw", "12345678", 8);
    hid_t file = foreign("a.h5"), space = H5Screate_simple(1, (hsize_t[]){1}, NULL);
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(creation, "raw", 0, 8);
    H5Dclose(H5Dcreate2(file, "raw", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    H5Fclose(file);
    expect_read("a.h5", "/raw", STORE_DOUBLE, "a.h5: /raw" STRANGE);
}

Test(store_files, refuses_types_and_formats_that_it_does_not_know)
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

Test(store_files, refuses_filters_that_it_does_not_know)
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

Test(store_files, takes_no_memory_for_what_the_file_cannot_hold)
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

Test(store_files, refuses_absurd_shapes)
{
    make_claim("a.h5", 2, (hsize_t[]){(hsize_t)1 << 40, (hsize_t)1 << 40}, (hsize_t[]){1, 1});
    expect_read("a.h5", "/x", STORE_DOUBLE, "a.h5: /x claims to be larger than 16 GiB, which is refused");
    make_claim("b.h5", 6, (hsize_t[]){1, 1, 1, 1, 1, 1}, NULL);
    expect_read("b.h5", "/x", STORE_DOUBLE, "b.h5: /x has 6 dimensions; at most 5 are possible");
}

Test(store_files, survives_groups_that_contain_each_other)
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

Test(store_files, finds_any_flipped_bit_of_a_sealed_file)
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

Test(store_files, finds_a_sealed_file_that_is_cut)
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

Test(store_files, lets_others_read_a_sealed_file)
{
    make_sealed("a.h5", 1);
    hid_t file = H5Fopen("a.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
    cr_assert(file >= 0);
    cr_expect(H5Lexists(file, "/x", H5P_DEFAULT) > 0);
    H5Fclose(file);
}

Test(store_files, keeps_the_sealed_file_that_is_replaced)
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
Test(store_files, replaces_what_a_killed_commit_left)
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

Test(store_files, survives_a_full_disk)
{
    fill_disk(false);
}

Test(store_files, survives_a_full_disk_with_packed_data)
{
    fill_disk(true);
}

/* Space for the copy, but none for what HDF5 writes only when it closes the file. */
Test(store_files, survives_a_disk_that_is_full_at_the_end)
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

Test(store_files, says_so_when_there_is_no_space_for_the_copy)
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
