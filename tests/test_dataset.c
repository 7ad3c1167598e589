/* Files in the idx format, plain and gzip, whole and broken. */
#include "scratch.h"

#include "dataset.h"

#include <criterion/criterion.h>
#include <zlib.h>

TestSuite(dataset, .init = scratch_enter, .fini = scratch_leave, .timeout = 60);

/* Two images of 2 x 3. */
static const uint8_t images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2,  0,  0,
                                 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255};
enum { HEADER = 16, VALUES = 12 };

static void pack(const char *path, const void *bytes, unsigned n)
{
    gzFile f = gzopen(path, "wb");
    cr_assert_eq(gzwrite(f, bytes, n), (int)n);
    cr_assert_eq(gzclose(f), Z_OK);
}

static void cut(const char *path, long bytes)
{
    struct stat file;
    cr_assert_eq(stat(path, &file), 0);
    cr_assert_eq(truncate(path, file.st_size - bytes), 0);
}

static void expect_images(const char *path)
{
    arena *a;
    lsnn_bytes read;
    lsnn_error err = {0};
    cr_assert_eq(arena_new(&a, NULL), LSNN_OK);
    cr_assert_eq(dataset_idx(&read, a, path, &err), LSNN_OK, "%s", err.message);
    cr_expect_eq(read.n_dims, 3);
    cr_expect_eq(read.dim[0], 2);
    cr_expect_eq(read.dim[1], 2);
    cr_expect_eq(read.dim[2], 3);
    cr_expect_arr_eq(read.values, images + HEADER, VALUES);
    arena_free(a);
}

/* Returns the memory that was taken for it. */
static size_t expect_refused_late(const char *path, const char *message)
{
    arena *a;
    lsnn_bytes read = {.n_dims = 77};
    lsnn_error err = {0};
    cr_assert_eq(arena_new(&a, NULL), LSNN_OK);
    cr_expect_eq(dataset_idx(&read, a, path, &err), LSNN_DATA);
    cr_expect_str_eq(err.message, message);
    cr_expect_eq(read.n_dims, 77);
    const size_t bytes = arena_bytes(a);
    arena_free(a);
    return bytes;
}

static void expect_refused(const char *path, const char *message)
{
    cr_expect_lt(expect_refused_late(path, message), 4096);
}

Test(dataset, reads_a_plain_file)
{
    scratch_write("images", images, sizeof images);
    expect_images("images");
}

Test(dataset, reads_a_gzip_file_whatever_its_name)
{
    pack("images", images, sizeof images);
    expect_images("images");
}

Test(dataset, tries_the_name_with_gz)
{
    pack("images.gz", images, sizeof images);
    expect_images("images");
}

Test(dataset, reads_labels)
{
    const uint8_t labels[] = {0, 0, 8, 1, 0, 0, 0, 3, 7, 0, 9};
    scratch_write("labels", labels, sizeof labels);
    arena *a;
    lsnn_bytes read;
    cr_assert_eq(arena_new(&a, NULL), LSNN_OK);
    cr_assert_eq(dataset_idx(&read, a, "labels", NULL), LSNN_OK);
    cr_expect_eq(read.n_dims, 1);
    cr_expect_eq(read.dim[0], 3);
    cr_expect_eq(read.values[2], 9);
    arena_free(a);
}

Test(dataset, names_a_file_that_is_missing_or_no_file)
{
    cr_assert_eq(mkdir("folder", 0700), 0);
    cr_assert_eq(mkfifo("pipe", 0600), 0);
    expect_refused("images", "images: no such file or directory");
    expect_refused("folder", "folder: is a directory");
    expect_refused("pipe", "pipe: is not a plain file");
}

Test(dataset, tells_found_and_expected_sizes_of_a_plain_file)
{
    scratch_write("short", images, sizeof images - 5);
    expect_refused("short", "short: 7 bytes of data found, 12 expected (2 x 2 x 3)");
    uint8_t longer[sizeof images + 2] = {0};
    memcpy(longer, images, sizeof images);
    scratch_write("long", longer, sizeof longer);
    expect_refused("long", "long: 14 bytes of data found, 12 expected (2 x 2 x 3)");
}

Test(dataset, tells_found_and_expected_sizes_of_a_gzip_file)
{
    uint8_t longer[sizeof images + 2] = {0};
    memcpy(longer, images, sizeof images);
    pack("short", images, sizeof images - 5);
    expect_refused("short", "short: 7 bytes of data found, 12 expected (2 x 2 x 3)");
    pack("long", longer, sizeof longer);
    expect_refused("long", "long: 12 and more bytes of data found, 12 expected (2 x 2 x 3)");
}

Test(dataset, prefers_the_plain_file)
{
    scratch_write("images", images, sizeof images);
    scratch_write("images.gz", "rubbish", 7);
    expect_images("images");
}

Test(dataset, reads_an_empty_list)
{
    scratch_write("labels", (const uint8_t[]){0, 0, 8, 1, 0, 0, 0, 0}, 8);
    arena *a;
    lsnn_bytes read;
    cr_assert_eq(arena_new(&a, NULL), LSNN_OK);
    cr_assert_eq(dataset_idx(&read, a, "labels", NULL), LSNN_OK);
    cr_expect_eq(read.dim[0], 0);
    arena_free(a);
}

static void expect_refused_when_cut(const void *bytes, unsigned n_bytes, size_t step)
{
    static uint8_t packed[1 << 17];
    pack("whole", bytes, n_bytes);
    size_t n = scratch_read("whole", packed, sizeof packed);
    cr_assert(n > 20 && n < sizeof packed);
    for (size_t k = 0; k < n; k += k + 40 < n ? step : 1) {
        arena *a;
        lsnn_bytes read;
        scratch_write("images", packed, k);
        cr_assert_eq(arena_new(&a, NULL), LSNN_OK);
        cr_expect_eq(dataset_idx(&read, a, "images", NULL), LSNN_DATA, "%zu of %zu bytes", k, n);
        arena_free(a);
    }
}

Test(dataset, finds_a_gzip_file_that_is_cut_anywhere)
{
    expect_refused_when_cut(images, sizeof images, 1);
    static uint8_t large[HEADER + 60000];
    memcpy(large, images, HEADER);
    memcpy(large + 4, (uint8_t[]){0, 0, 0, 100, 0, 0, 0, 20, 0, 0, 0, 30}, 12);
    for (size_t k = HEADER; k < sizeof large; k++)
        large[k] = (uint8_t)(k * k >> 3);
    expect_refused_when_cut(large, sizeof large, 777);
}

/* Where the data end together with a buffer, a reader may stop before it sees that the checksum is not all there. */
Test(dataset, finds_a_cut_checksum_behind_data_that_fill_a_buffer)
{
    static uint8_t bytes[1 << 16];
    for (unsigned n = 1 << 12; n <= sizeof bytes; n *= 2) {
        const unsigned n_values = n - 8;
        const uint8_t head[8] = {0, 0, 8, 1, 0, 0, (uint8_t)(n_values >> 8), (uint8_t)n_values};
        memcpy(bytes, head, sizeof head);
        for (long k = 1; k <= 8; k++) {
            pack("labels", bytes, n);
            cut("labels", k);
            expect_refused_late("labels", "labels: the gzip file is cut short within its checksum");
        }
    }
}

static void append(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "ab");
    cr_assert(f && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
}

Test(dataset, reads_gzip_files_one_behind_the_other)
{
    uint8_t packed[256];
    pack("rest", images + 20, sizeof images - 20);
    pack("images", images, 20);
    append("images", packed, scratch_read("rest", packed, sizeof packed));
    expect_images("images");
    cut("images", 1);
    expect_refused("images", "images: the gzip file is cut short within its checksum");
}

Test(dataset, refuses_what_is_no_gzip_behind_a_gzip_file)
{
    pack("images", images, sizeof images);
    append("images", "rubbish", 7);
    expect_refused("images", "images: damaged gzip file (incorrect header check)");
}

Test(dataset, says_where_a_gzip_file_is_cut)
{
    pack("images", images, sizeof images);
    cut("images", 4);
    expect_refused("images", "images: the gzip file is cut short within its checksum");
}

Test(dataset, finds_a_damaged_gzip_file)
{
    uint8_t bytes[256];
    pack("images", images, sizeof images);
    size_t n = scratch_read("images", bytes, sizeof bytes);
    bytes[n - 6] ^= 1; /* in the checksum */
    scratch_write("images", bytes, n);
    arena *a;
    lsnn_bytes read;
    lsnn_error err = {0};
    cr_assert_eq(arena_new(&a, NULL), LSNN_OK);
    cr_expect_eq(dataset_idx(&read, a, "images", &err), LSNN_DATA);
    cr_expect_str_eq(err.message, "images: damaged gzip file (incorrect data check)");
    arena_free(a);
}

Test(dataset, refuses_other_formats_and_types)
{
    uint8_t bytes[sizeof images];
    memcpy(bytes, images, sizeof images);
    const char *no_idx = "x: not an idx file (those begin with two zero bytes, type and dimensions)";
    scratch_write("x", "", 0);
    expect_refused("x", no_idx);
    scratch_write("x", "PNG and more", 12);
    expect_refused("x", no_idx);
    bytes[2] = 0x0d;
    scratch_write("x", bytes, sizeof bytes);
    expect_refused("x", "x: its elements have idx type 0x0d; only unsigned bytes (0x08) are read");
    bytes[2] = 8;
    bytes[3] = 5;
    scratch_write("x", bytes, sizeof bytes);
    expect_refused("x", "x: has 5 dimensions; 1 to 4 are possible");
    bytes[3] = 0;
    scratch_write("x", bytes, sizeof bytes);
    expect_refused("x", "x: has 0 dimensions; 1 to 4 are possible");
}

Test(dataset, finds_a_header_that_is_cut)
{
    scratch_write("x", images, 10);
    expect_refused("x", "x: ends within its header: 10 bytes found, 16 expected");
}

Test(dataset, takes_no_memory_for_absurd_sizes)
{
    uint8_t bytes[sizeof images];
    memcpy(bytes, images, sizeof images);
    memset(bytes + 4, 0xff, 12);
    scratch_write("x", bytes, sizeof bytes);
    expect_refused("x", "x: claims 4294967295 x 4294967295 x 4294967295 bytes of data; more than 16 GiB are refused");
    memcpy(bytes + 4, (uint8_t[]){0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0}, 12);
    pack("y", bytes, sizeof bytes);
    struct stat file;
    cr_assert_eq(stat("y", &file), 0);
    char message[256];
    snprintf(message, sizeof message,
             "y: 4294967296 bytes of data expected (65536 x 256 x 256), but a gzip file of %ld bytes cannot hold them",
             (long)file.st_size);
    expect_refused("y", message);
}
