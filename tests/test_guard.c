/* Damaged HDF5 files: whatever is wrong with one, reading it ends in an error or in numbers. */
#include "scratch.h"

#include "store.h"

#include <criterion/criterion.h>

TestSuite(guard, .init = scratch_enter, .fini = scratch_leave, .timeout = 240);

enum { LARGEST = 1 << 16 };
static uint8_t whole[LARGEST];

static const char *const datasets[] = {"/in/x", "/in/packed", "/in/text", "/in/y"};

/* One of everything; the length of the file, which is left in `whole`. */
static size_t make_file(void)
{
    store *s;
    double values[1000];
    for (int k = 0; k < 1000; k++)
        values[k] = k;
    cr_assert_eq(store_create(&s, "whole.h5", NULL), LSNN_OK);
    cr_assert_eq(store_set_number(s, "/", "n", STORE_INT, 3, NULL), LSNN_OK);
    cr_assert_eq(store_set_text(s, "/", "format", "lsnn_case 1", NULL), LSNN_OK);
    cr_assert_eq(store_write(s, "/in/x", STORE_DOUBLE, &(store_shape){2, {4, 5}}, values, false, NULL), LSNN_OK);
    cr_assert_eq(store_write_text(s, "/in/text", "seed: 1\n", NULL), LSNN_OK);
    cr_assert_eq(store_set_text(s, "/in/x", "unit", "ms", NULL), LSNN_OK);
    hid_t space = H5Screate_simple(1, (hsize_t[]){1000}, NULL), creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(creation, 1, (hsize_t[]){300});
    H5Pset_shuffle(creation);
    H5Pset_deflate(creation, 1);
    H5Pset_fletcher32(creation);
    hid_t set = H5Dcreate2(store_file(s), "/in/packed", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    cr_assert(set >= 0 && H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Dclose(set);
    H5Pclose(creation);
    H5Sclose(space);
    cr_assert_eq(store_close(s, true, NULL), LSNN_OK);
    size_t n = scratch_read("whole.h5", whole, sizeof whole);
    cr_assert(n > 2000 && n < sizeof whole);
    return n;
}

/* How many of the things in the file can be read. */
static int read_file(const char *path)
{
    arena *a;
    store *s;
    cr_assert_eq(arena_new(&a, NULL), LSNN_OK);
    int n_read = 0;
    if (store_open(&s, path, NULL) == LSNN_OK) {
        double number, *values;
        const char *text, **names;
        int n;
        n_read += store_get_number(s, &number, "/", "n", NULL) == LSNN_OK;
        n_read += store_get_text(s, a, &text, "/", "format", NULL) == LSNN_OK;
        n_read += store_get_text(s, a, &text, "/in/x", "unit", NULL) == LSNN_OK;
        n_read += store_members(s, a, &names, &n, "/in", NULL) == LSNN_OK;
        for (int k = 0; k < 4; k++) {
            n_read += store_read(s, a, &values, STORE_DOUBLE, NULL, NULL, datasets[k], NULL) == LSNN_OK;
            n_read += store_read_text(s, a, &text, datasets[k], NULL) == LSNN_OK;
        }
        cr_assert_eq(store_close(s, false, NULL), LSNN_OK);
    }
    arena_free(a);
    return n_read;
}

Test(guard, lets_a_sound_file_pass)
{
    make_file();
    cr_expect_eq(read_file("whole.h5"), 7);
}

static void flip_bytes(size_t first, uint8_t mask)
{
    const size_t n = make_file();
    int spoilt = 0;
    for (size_t k = first; k < n; k += 13) {
        whole[k] ^= mask;
        scratch_write("flipped.h5", whole, n);
        whole[k] ^= mask;
        spoilt += read_file("flipped.h5") < 7;
    }
    cr_expect_gt(spoilt, 10);
}

Test(guard, survives_flipped_low_bits)
{
    flip_bytes(0, 0x01);
}

Test(guard, survives_flipped_high_bits)
{
    flip_bytes(1, 0x80);
}

Test(guard, survives_bytes_that_are_wrong_altogether)
{
    flip_bytes(2, 0xff);
}

Test(guard, survives_files_that_end_anywhere)
{
    const size_t n = make_file();
    for (size_t length = 0; length < n; length += 61) {
        scratch_write("cut.h5", whole, length);
        cr_assert_eq(read_file("cut.h5"), 0);
    }
}

/* A pointer to a place that the pointer itself is in makes circles. */
Test(guard, survives_pointers_to_anywhere)
{
    const size_t n = make_file();
    const uint64_t targets[] = {0, 96, 136, 680, 800, n - 8};
    for (size_t k = 24; k + 8 <= n; k += 24) {
        uint64_t old, *target = &(uint64_t){targets[k / 24 % 6]};
        memcpy(&old, whole + k, 8);
        memcpy(whole + k, target, 8);
        scratch_write("circle.h5", whole, n);
        memcpy(whole + k, &old, 8);
        (void)read_file("circle.h5");
    }
}

/* HDF5 looks into the heap even for a text of no bytes, and never leaves one whose free space has no size. */
Test(guard, looks_into_the_heap_of_a_text_without_bytes)
{
    store *s;
    arena *a;
    const char *text = "long enough", *read;
    enum { HEADER = 16 };
    cr_assert_eq(arena_new(&a, NULL), LSNN_OK);
    cr_assert_eq(store_create(&s, "whole.h5", NULL), LSNN_OK);
    const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, H5T_VARIABLE);
    const hid_t attribute = H5Acreate2(store_file(s), "text", type, space, H5P_DEFAULT, H5P_DEFAULT);
    cr_assert(attribute >= 0 && H5Awrite(attribute, type, &text) >= 0);
    H5Aclose(attribute);
    H5Tclose(type);
    H5Sclose(space);
    cr_assert_eq(store_close(s, true, NULL), LSNN_OK);
    const size_t n = scratch_read("whole.h5", whole, sizeof whole);
    uint8_t *heap = memmem(whole, n, "GCOL", 4);
    cr_assert_not_null(heap);
    const struct __attribute__((packed)) {
        uint32_t length;
        uint64_t address;
    } written = {(uint32_t)strlen(text), (uint64_t)(heap - whole)};
    uint8_t *reference = memmem(whole, n, &written, sizeof written), *object = heap + HEADER;
    cr_assert_not_null(reference);
    for (const uint8_t *end = heap + 4096; object < end && (object[0] || object[1]);) /* to the free space */
        object += HEADER + (object[8] + 7) / 8 * 8;
    memset(reference, 0, sizeof written.length);
    memset(object + 8, 0, 8);
    scratch_write("damaged.h5", whole, n);
    if (store_open(&s, "damaged.h5", NULL) == LSNN_OK) {
        cr_expect_neq(store_get_text(s, a, &read, "/", "text", NULL), LSNN_OK);
        cr_assert_eq(store_close(s, false, NULL), LSNN_OK);
    }
    arena_free(a);
}
