/* Files in the idx format: what is read, and what each kind of wrong file is
 * told. */
#include "dataset.h"
#include "scratch.h"

#include <criterion/criterion.h>
#include <zlib.h>

static arena *memory;
static lsnn_error err;

static void start(void) {
  scratch_enter();
  cr_assert_eq(arena_new(&memory, &err), LSNN_OK);
}

static void end(void) {
  arena_free(memory);
  scratch_leave();
}

TestSuite(dataset, .init = start, .fini = end);

/* Two images of 2 x 3 pixels. */
static const uint8_t images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2,  0,  0,
                                 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255};
enum { HEADER = 16, PIXELS = 12 };

static void write_packed(const char *path, const void *bytes, unsigned n) {
  gzFile out = gzopen(path, "wb");
  cr_assert(out && gzwrite(out, bytes, n) == (int)n && gzclose(out) == Z_OK);
}

static void expect_images(const char *path) {
  lsnn_bytes b = {0};
  cr_assert_eq(dataset_idx(&b, memory, path, &err), LSNN_OK, "%s", err.message);
  cr_assert(b.n_dims == 3 && b.dim[0] == 2 && b.dim[1] == 2 && b.dim[2] == 3);
  cr_assert_arr_eq(b.values, images + HEADER, PIXELS);
}

static void expect_refusal(const char *path, const char *message) {
  lsnn_bytes b = {.n_dims = -1};
  cr_assert_eq(dataset_idx(&b, memory, path, &err), LSNN_DATA);
  cr_expect_str_eq(err.message, message);
  cr_expect_eq(b.n_dims, -1, "what was not read is not touched");
}

/* The images with one byte changed. */
static void write_changed(const char *path, int at, uint8_t byte) {
  uint8_t changed[sizeof images];
  memcpy(changed, images, sizeof images);
  changed[at] = byte;
  scratch_write(path, changed, sizeof changed);
}

Test(dataset, reads_a_plain_file) {
  scratch_write("images", images, sizeof images);
  expect_images("images");
}

Test(dataset, reads_a_gzip_file_whatever_its_name) {
  write_packed("images", images, sizeof images);
  expect_images("images");
}

Test(dataset, finds_the_gzip_file_when_the_plain_one_is_missing) {
  write_packed("images.gz", images, sizeof images);
  expect_images("images");
}

Test(dataset, prefers_the_plain_file) {
  scratch_write("images", images, sizeof images);
  scratch_write("images.gz", "rubbish", 7);
  expect_images("images");
}

Test(dataset, reads_a_list_of_labels) {
  const uint8_t labels[] = {0, 0, 8, 1, 0, 0, 0, 3, 7, 0, 9};
  scratch_write("labels", labels, sizeof labels);
  lsnn_bytes b;
  cr_assert_eq(dataset_idx(&b, memory, "labels", &err), LSNN_OK, "%s",
               err.message);
  cr_assert(b.n_dims == 1 && b.dim[0] == 3 && b.values[0] == 7 &&
            b.values[2] == 9);
}

Test(dataset, reads_an_empty_list) {
  const uint8_t labels[] = {0, 0, 8, 1, 0, 0, 0, 0};
  scratch_write("labels", labels, sizeof labels);
  lsnn_bytes b;
  cr_assert_eq(dataset_idx(&b, memory, "labels", &err), LSNN_OK, "%s",
               err.message);
  cr_assert_eq(b.dim[0], 0);
}

Test(dataset, names_a_missing_file) {
  expect_refusal("data/images", "data/images: no such file or directory");
}

Test(dataset, says_that_a_folder_is_none) {
  cr_assert_eq(mkdir("images", 0700), 0);
  expect_refusal("images", "images: is a directory");
}

Test(dataset, does_not_wait_for_a_pipe) {
  cr_assert_eq(mkfifo("images", 0600), 0);
  expect_refusal("images", "images: is not a plain file");
}

Test(dataset, refuses_an_empty_file) {
  scratch_write("images", "", 0);
  expect_refusal("images", "images: not an idx file (those begin with two zero "
                           "bytes, type and dimensions)");
}

Test(dataset, refuses_text) {
  scratch_write("images", "<!DOCTYPE html><p>moved</p>", 27);
  expect_refusal("images", "images: not an idx file (those begin with two zero "
                           "bytes, type and dimensions)");
}

Test(dataset, refuses_elements_that_are_no_bytes) {
  write_changed("images", 2, 0x0d);
  expect_refusal("images", "images: its elements have idx type 0x0d; only "
                           "unsigned bytes (0x08) are read");
}

Test(dataset, refuses_too_many_dimensions) {
  write_changed("images", 3, 5);
  expect_refusal("images", "images: has 5 dimensions; 1 to 4 are possible");
}

Test(dataset, refuses_no_dimension) {
  write_changed("images", 3, 0);
  expect_refusal("images", "images: has 0 dimensions; 1 to 4 are possible");
}

Test(dataset, counts_the_bytes_of_a_truncated_file) {
  scratch_write("images", images, sizeof images - 3);
  expect_refusal("images",
                 "images: 9 bytes of data found, 12 expected (2 x 2 x 3)");
}

Test(dataset, counts_the_bytes_of_a_truncated_header) {
  scratch_write("images", images, 10);
  expect_refusal("images",
                 "images: ends within its header: 10 bytes found, 16 expected");
}

Test(dataset, refuses_bytes_behind_the_end) {
  uint8_t longer[sizeof images + 1] = {0};
  memcpy(longer, images, sizeof images);
  scratch_write("images", longer, sizeof longer);
  expect_refusal("images",
                 "images: 13 bytes of data found, 12 expected (2 x 2 x 3)");
}

Test(dataset, refuses_packed_bytes_behind_the_end) {
  uint8_t longer[sizeof images + 1] = {0};
  memcpy(longer, images, sizeof images);
  write_packed("images", longer, sizeof longer);
  expect_refusal(
      "images",
      "images: 12 and more bytes of data found, 12 expected (2 x 2 x 3)");
}

Test(dataset, counts_the_bytes_of_a_packed_file_with_too_few) {
  write_packed("images", images, sizeof images - 5);
  expect_refusal("images",
                 "images: 7 bytes of data found, 12 expected (2 x 2 x 3)");
}

Test(dataset, notices_a_truncated_gzip_file_at_every_length) {
  uint8_t packed[256];
  write_packed("whole", images, sizeof images);
  size_t n = scratch_read("whole", packed, sizeof packed);
  cr_assert_gt(n, 20);
  lsnn_bytes b;
  for (size_t k = 0; k < n; k++) {
    scratch_write("images", packed, k);
    cr_expect_eq(dataset_idx(&b, memory, "images", &err), LSNN_DATA,
                 "%zu of %zu bytes", k, n);
  }
}

Test(dataset, compares_the_checksum_of_a_gzip_file) {
  uint8_t packed[256];
  write_packed("whole", images, sizeof images);
  size_t n = scratch_read("whole", packed, sizeof packed);
  packed[n - 8] ^= 1;
  scratch_write("images", packed, n);
  expect_refusal("images", "images: damaged gzip file (incorrect data check)");
}

Test(dataset, takes_no_memory_for_a_size_that_the_file_cannot_have) {
  write_changed("images", 4, 0xff);
  size_t before = arena_bytes(memory);
  expect_refusal("images", "images: 12 bytes of data found, 25669140492 "
                           "expected (4278190082 x 2 x 3)");
  cr_expect_eq(arena_bytes(memory), before);
}

Test(dataset, takes_no_memory_for_a_size_that_gzip_cannot_hold) {
  const uint8_t header[] = {0,    0,    8, 2, 0xff, 0xff,
                            0xff, 0xff, 0, 0, 0xff, 0xff};
  write_packed("images", header, sizeof header);
  size_t before = arena_bytes(memory);
  lsnn_bytes b;
  cr_assert_eq(dataset_idx(&b, memory, "images", &err), LSNN_DATA);
  cr_expect(strstr(err.message, "images: 281470681677825 bytes of data "
                                "expected (4294967295 x 65535)"),
            "%s", err.message);
  cr_expect_eq(arena_bytes(memory), before);
}

Test(dataset, survives_sizes_that_overflow) {
  uint8_t header[20];
  memset(header, 0xff, sizeof header);
  memcpy(header, (const uint8_t[]){0, 0, 8, 4}, 4);
  scratch_write("images", header, sizeof header);
  lsnn_bytes b;
  cr_assert_eq(dataset_idx(&b, memory, "images", &err), LSNN_DATA);
  cr_expect(
      strstr(err.message, "4294967295 x 4294967295 x 4294967295 x 4294967295"),
      "%s", err.message);
}
