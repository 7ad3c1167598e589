/* The result file: rows are appended by commits, each of which replaces the file by a whole one. */
#include "scratch.h"

#include "result.h"

#include <criterion/criterion.h>
#include <math.h>

TestSuite(result, .init = scratch_enter, .fini = scratch_leave, .timeout = 120);

enum { TIMES, IDS, TRACE, N_COLUMNS };
static const result_column columns[N_COLUMNS] = {
    [TIMES] = {"/spikes/lif/timestamps", STORE_DOUBLE, 1, "ms", "time of the spike"},
    [IDS] = {"/spikes/lif/node_ids", STORE_UINT64, 1, NULL, NULL},
    [TRACE] = {"/report/v/data", STORE_FLOAT, 3, "u", NULL},
};

static lsnn_status write_head(store *file, const void *subject, lsnn_error *err)
{
    TRY(store_set_text(file, "/", "command", subject, err));
    return store_set_choice(file, "/spikes/lif", "sorting", (const char *const[]){"none", "by_id", "by_time", NULL}, 2,
                            err);
}

static result *fresh(const char *path)
{
    result *r;
    lsnn_error err = {0};
    cr_assert_eq(result_new(&r, path, columns, N_COLUMNS, write_head, "lsnn run x.yaml", &err), LSNN_OK, "%s",
                 err.message);
    return r;
}

/* Rows number first .. last-1, each with values that its number decides. */
static void push(result *r, int first, int last)
{
    for (int k = first; k < last; k++) {
        const double time = 0.5 * k;
        const uint64_t id = (uint64_t)k * 7 % 100;
        const float v[3] = {(float)k, (float)(k % 17), 1.0f / (float)(k + 1)};
        cr_assert_eq(result_push(r, TIMES, 1, &time, NULL), LSNN_OK);
        cr_assert_eq(result_push(r, IDS, 1, &id, NULL), LSNN_OK);
        cr_assert_eq(result_push(r, TRACE, 1, v, NULL), LSNN_OK);
    }
}

static void commit(result *r, const char *status)
{
    lsnn_error err = {0};
    cr_assert_eq(result_commit(r, status, &err), LSNN_OK, "%s", err.message);
}

static store *opened(const char *path)
{
    store *s;
    lsnn_error err = {0};
    cr_assert_eq(store_open(&s, path, &err), LSNN_OK, "%s", err.message);
    return s;
}

/* The file holds the rows 0 .. n-1 and nothing else. */
static void expect_rows(const char *path, size_t n)
{
    store *s = opened(path);
    arena *a;
    double *times;
    uint64_t *ids;
    float *trace;
    lsnn_error err = {0};
    cr_assert_eq(arena_new(&a, NULL), LSNN_OK);
    const store_shape vector = {1, {n}}, rows = {2, {n, 3}};
    cr_assert_eq(store_read(s, a, &times, STORE_DOUBLE, NULL, &vector, columns[TIMES].path, &err), LSNN_OK, "%s",
                 err.message);
    cr_assert_eq(store_read(s, a, &ids, STORE_UINT64, NULL, &vector, columns[IDS].path, NULL), LSNN_OK);
    cr_assert_eq(store_read(s, a, &trace, STORE_FLOAT, NULL, &rows, columns[TRACE].path, NULL), LSNN_OK);
    size_t wrong = 0;
    for (size_t k = 0; k < n; k++)
        wrong += times[k] != 0.5 * (double)k || ids[k] != k * 7 % 100 || trace[3 * k + 1] != (float)(k % 17);
    cr_expect_eq(wrong, 0, "%zu rows of %zu", wrong, n);
    arena_free(a);
    cr_assert_eq(store_close(s, false, NULL), LSNN_OK);
}

static void expect_status(const char *path, const char *status, bool finished)
{
    store *s = opened(path);
    arena *a;
    const char *text;
    cr_assert_eq(arena_new(&a, NULL), LSNN_OK);
    cr_assert_eq(store_get_text(s, a, &text, "/", "status", NULL), LSNN_OK);
    cr_expect_str_eq(text, status);
    cr_assert_eq(store_get_text(s, a, &text, "/", "finished", NULL), LSNN_OK);
    cr_expect_eq(strlen(text), finished ? strlen("2025-01-01T00:00:00Z") : 0, "finished: '%s'", text);
    arena_free(a);
    cr_assert_eq(store_close(s, false, NULL), LSNN_OK);
}

Test(result, begins_with_empty_columns_and_their_head)
{
    result_free(fresh("run.h5"));
    expect_rows("run.h5", 0);
    expect_status("run.h5", "running", false);
    store *s = opened("run.h5");
    arena *a;
    const char *text;
    cr_assert_eq(arena_new(&a, NULL), LSNN_OK);
    cr_assert_eq(store_get_text(s, a, &text, "/", "command", NULL), LSNN_OK);
    cr_expect_str_eq(text, "lsnn run x.yaml");
    cr_assert_eq(store_get_text(s, a, &text, "/spikes/lif/timestamps", "units", NULL), LSNN_OK);
    cr_expect_str_eq(text, "ms");
    cr_assert_eq(store_get_text(s, a, &text, "/spikes/lif/timestamps", "description", NULL), LSNN_OK);
    cr_expect_str_eq(text, "time of the spike");
    cr_expect_not(store_has_attribute(s, "/spikes/lif/node_ids", "units"));
    arena_free(a);
    cr_assert_eq(store_close(s, false, NULL), LSNN_OK);
}

Test(result, overwrites_nothing)
{
    scratch_write("run.h5", "precious", 8);
    result *r;
    lsnn_error err = {0};
    cr_expect_eq(result_new(&r, "run.h5", columns, N_COLUMNS, NULL, NULL, &err), LSNN_OUTPUT);
    cr_expect_str_eq(err.message, "run.h5: exists already and is not overwritten: choose another folder, or resume the "
                                  "run that lies there");
    char bytes[16];
    cr_expect_eq(scratch_read("run.h5", bytes, sizeof bytes), 8);
}

static lsnn_status refuse(store *file, const void *subject, lsnn_error *err)
{
    (void)file;
    (void)subject;
    return lsnn_fail(err, LSNN_MEMORY, "no");
}

Test(result, leaves_nothing_behind_when_its_head_fails)
{
    result *r;
    lsnn_error err = {0};
    cr_expect_eq(result_new(&r, "run.h5", columns, N_COLUMNS, refuse, NULL, &err), LSNN_MEMORY);
    cr_expect_str_eq(err.message, "no");
    cr_expect_not(scratch_exists("run.h5"));
    cr_expect_not(scratch_exists("run.h5.tmp"));
}

Test(result, writes_what_was_pushed_when_it_is_committed)
{
    result *r = fresh("run.h5");
    push(r, 0, 10);
    cr_expect_eq(result_buffered(r), 10 * (8 + 8 + 12));
    cr_expect_eq(result_rows(r, TRACE), 10);
    expect_rows("run.h5", 0);
    commit(r, "running");
    cr_expect_eq(result_buffered(r), 0);
    cr_expect_eq(result_rows(r, TRACE), 10);
    expect_rows("run.h5", 10);
    push(r, 10, 25);
    commit(r, "complete");
    cr_expect_eq(result_rows(r, TRACE), 25);
    expect_rows("run.h5", 25);
    expect_status("run.h5", "complete", true);
    result_free(r);
}

Test(result, takes_many_rows_at_once)
{
    enum { N = 100000 };
    double *times = malloc(N * sizeof *times);
    for (int k = 0; k < N; k++)
        times[k] = 0.5 * k;
    result *r;
    cr_assert_eq(result_new(&r, "run.h5", columns, 1, NULL, NULL, NULL), LSNN_OK);
    cr_assert_eq(result_push(r, TIMES, N, times, NULL), LSNN_OK);
    commit(r, "running");
    cr_assert_eq(result_push(r, TIMES, N, times, NULL), LSNN_OK);
    commit(r, "complete");
    result_free(r);
    store *s = opened("run.h5");
    arena *a;
    double *read;
    cr_assert_eq(arena_new(&a, NULL), LSNN_OK);
    cr_assert_eq(store_read(s, a, &read, STORE_DOUBLE, NULL, &(store_shape){1, {2 * N}}, columns[TIMES].path, NULL),
                 LSNN_OK);
    cr_expect_arr_eq(read, times, N * sizeof *times);
    cr_expect_arr_eq(read + N, times, N * sizeof *times);
    arena_free(a);
    free(times);
    cr_assert_eq(store_close(s, false, NULL), LSNN_OK);
}

Test(result, drops_what_was_not_committed)
{
    result *r = fresh("run.h5");
    push(r, 0, 10);
    commit(r, "running");
    push(r, 10, 20);
    result_free(r);
    expect_rows("run.h5", 10);
}

Test(result, goes_on_from_the_rows_that_a_resumed_run_knows)
{
    result *r = fresh("run.h5");
    push(r, 0, 40000); /* more than a chunk */
    commit(r, "running");
    result_free(r);
    cr_assert_eq(result_resume(&r, "run.h5", columns, N_COLUMNS, (uint64_t[]){33000, 33000, 33000}, NULL, NULL, NULL),
                 LSNN_OK);
    cr_expect_eq(result_rows(r, IDS), 33000);
    expect_rows("run.h5", 40000);
    push(r, 33000, 35000);
    commit(r, "running");
    expect_rows("run.h5", 35000);
    push(r, 35000, 50000);
    commit(r, "complete");
    expect_rows("run.h5", 50000);
    result_free(r);
}

Test(result, cuts_without_new_rows_too)
{
    result *r = fresh("run.h5");
    push(r, 0, 100);
    commit(r, "running");
    result_free(r);
    cr_assert_eq(result_resume(&r, "run.h5", columns, N_COLUMNS, (uint64_t[]){0, 0, 0}, NULL, NULL, NULL), LSNN_OK);
    commit(r, "interrupted");
    expect_rows("run.h5", 0);
    result_free(r);
}

/* Another content behind the cut must not show in the file that goes on. */
Test(result, equals_an_uninterrupted_run_after_a_cut)
{
    result *r = fresh("straight.h5");
    push(r, 0, 1000);
    commit(r, "complete");
    result_free(r);

    r = fresh("resumed.h5");
    push(r, 0, 500);
    push(r, 3000, 4000);
    commit(r, "running");
    result_free(r);
    cr_assert_eq(result_resume(&r, "resumed.h5", columns, N_COLUMNS, (uint64_t[]){500, 500, 500}, NULL, NULL, NULL),
                 LSNN_OK);
    push(r, 500, 1000);
    commit(r, "complete");
    result_free(r);
    expect_rows("straight.h5", 1000);
    expect_rows("resumed.h5", 1000);
    if (system("command -v h5diff >/dev/null") == 0)
        for (int c = 0; c < N_COLUMNS; c++) {
            char command[256];
            snprintf(command, sizeof command, "h5diff straight.h5 resumed.h5 %s", columns[c].path);
            cr_expect_eq(system(command), 0);
        }
}

static lsnn_status know(const store *file, const void *subject, lsnn_error *err)
{
    const char *mine = subject;
    return store_has_attribute(file, "/", mine) ? LSNN_OK : lsnn_fail(err, LSNN_DATA, "has no %s", mine);
}

Test(result, goes_on_only_with_a_file_that_its_user_knows)
{
    result_free(fresh("run.h5"));
    result *r;
    lsnn_error err = {0};
    const uint64_t rows[N_COLUMNS] = {0};
    cr_expect_eq(result_resume(&r, "run.h5", columns, N_COLUMNS, rows, know, "answer", &err), LSNN_DATA);
    cr_expect_str_eq(err.message, "has no answer");
    cr_expect_null(r);
    cr_assert_eq(result_resume(&r, "run.h5", columns, N_COLUMNS, rows, know, "command", NULL), LSNN_OK);
    result_free(r);
}

static void expect_refused(const char *path, const result_column *wanted, int n, const char *message)
{
    result *r;
    lsnn_error err = {0};
    const uint64_t rows[N_COLUMNS] = {10, 10, 10};
    cr_expect_eq(result_resume(&r, path, wanted, n, rows, NULL, NULL, &err), LSNN_DATA);
    cr_expect_str_eq(err.message, message);
}

Test(result, refuses_a_file_that_does_not_fit)
{
    result *r = fresh("run.h5");
    push(r, 0, 9);
    commit(r, "running");
    expect_refused("run.h5", columns, N_COLUMNS, "run.h5: /spikes/lif/timestamps has 9 rows; expected 10 or more");
    push(r, 9, 20);
    commit(r, "running");
    result_free(r);
    expect_refused("run.h5", &(result_column){"/spikes/alif/timestamps", STORE_DOUBLE, 1, NULL, NULL}, 1,
                   "run.h5: /spikes/alif/timestamps is missing");
    expect_refused("run.h5", &(result_column){"/spikes/lif/timestamps", STORE_FLOAT, 1, NULL, NULL}, 1,
                   "run.h5: /spikes/lif/timestamps holds double; expected float");
    expect_refused("run.h5", &(result_column){"/report/v/data", STORE_FLOAT, 4, NULL, NULL}, 1,
                   "run.h5: /report/v/data does not have rows of 4 values");
    expect_refused("run.h5", &(result_column){"/report/v/data", STORE_FLOAT, 1, NULL, NULL}, 1,
                   "run.h5: /report/v/data does not have rows of 1 value");
    expect_refused("other.h5", columns, N_COLUMNS, "other.h5: no such file or directory");
}

Test(result, refuses_a_dataset_that_cannot_grow)
{
    store *s;
    const double times[20] = {0};
    cr_assert_eq(store_create(&s, "run.h5", NULL), LSNN_OK);
    cr_assert_eq(store_write(s, columns[TIMES].path, STORE_DOUBLE, &(store_shape){1, {20}}, times, false, NULL),
                 LSNN_OK);
    cr_assert_eq(store_close(s, true, NULL), LSNN_OK);
    expect_refused("run.h5", columns, 1, "run.h5: /spikes/lif/timestamps cannot grow: lsnn did not write it");
}

/* Many small commits would leave a file that is mostly gaps. */
Test(result, stays_small_over_many_commits)
{
    enum { COMMITS = 250 };
    result *r = fresh("run.h5"), *again;
    struct stat file;
    off_t largest = 0;
    for (int k = 0; k < COMMITS; k++) {
        double noise[400];
        for (int i = 0; i < 400; i++)
            noise[i] = sin(1e6 * (400 * k + i));
        cr_assert_eq(result_push(r, TIMES, 400, noise, NULL), LSNN_OK);
        push(r, k, k + 1);
        commit(r, "running");
        cr_assert_eq(stat("run.h5", &file), 0);
        if (file.st_size > largest) largest = file.st_size;
    }
    cr_expect_lt(largest, 8 << 20);
    const uint64_t rows[] = {result_rows(r, TIMES), COMMITS, COMMITS};
    cr_expect_eq(rows[0], 401 * COMMITS);
    result_free(r);
    cr_assert_eq(result_resume(&again, "run.h5", columns, N_COLUMNS, rows, NULL, NULL, NULL), LSNN_OK);
    commit(again, "complete");
    result_free(again);
    expect_status("run.h5", "complete", true);
    store *s = opened("run.h5");
    arena *a;
    double *times;
    const char *text;
    cr_assert_eq(arena_new(&a, NULL), LSNN_OK);
    cr_assert_eq(store_read(s, a, &times, STORE_DOUBLE, NULL, &(store_shape){1, {rows[0]}}, columns[TIMES].path, NULL),
                 LSNN_OK);
    for (int k = 0; k < COMMITS; k++) {
        cr_assert_eq(times[401 * k + 7], sin(1e6 * (400 * k + 7)));
        cr_assert_eq(times[401 * k + 400], 0.5 * k);
    }
    cr_expect_eq(store_get_text(s, a, &text, "/", "command", NULL), LSNN_OK);
    cr_expect_eq(store_get_text(s, a, &text, "/spikes/lif/timestamps", "units", NULL), LSNN_OK);
    cr_expect_str_eq(text, "ms");
    cr_expect(store_has_attribute(s, "/spikes/lif", "sorting"));
    arena_free(a);
    cr_assert_eq(store_close(s, false, NULL), LSNN_OK);
}

Test(result, commits_again_after_a_full_disk)
{
    if (!scratch_small_disk(1024)) cr_skip_test("needs the right to mount a small file system");
    result *r = fresh("small/run.h5");
    push(r, 0, 100);
    commit(r, "running");
    scratch_fill("small");
    push(r, 100, 40000);
    const size_t waiting = result_buffered(r);
    lsnn_error err = {0};
    for (int k = 0; k < 3; k++) {
        cr_expect_eq(result_commit(r, "running", &err), LSNN_OUTPUT);
        cr_expect_str_eq(err.message, "cannot write small/run.h5: no space left on device");
        cr_expect_eq(result_buffered(r), waiting);
        cr_expect_not(scratch_exists("small/run.h5.tmp"));
    }
    expect_rows("small/run.h5", 100);
    cr_assert_eq(remove("small/ballast"), 0);
    commit(r, "complete");
    expect_rows("small/run.h5", 40000);
    result_free(r);
    H5close();
}

/* A large file is written anew by the first commit of a resumed run. */
Test(result, needs_space_for_a_file_without_gaps_too)
{
    enum { N = 700000 };
    if (!scratch_small_disk(14 << 10)) cr_skip_test("needs the right to mount a small file system");
    double *noise = malloc(N * sizeof *noise);
    for (int k = 0; k < N; k++)
        noise[k] = sin(1e6 * k);
    result *r;
    lsnn_error err = {0};
    cr_assert_eq(result_new(&r, "small/run.h5", columns, 1, NULL, NULL, &err), LSNN_OK, "%s", err.message);
    cr_assert_eq(result_push(r, TIMES, N, noise, NULL), LSNN_OK);
    commit(r, "running");
    result_free(r);
    cr_assert_eq(result_resume(&r, "small/run.h5", columns, 1, (uint64_t[]){N - 1}, NULL, NULL, NULL), LSNN_OK);
    scratch_fill("small");
    cr_expect_eq(result_commit(r, "complete", &err), LSNN_OUTPUT);
    cr_expect_str_eq(err.message, "cannot write small/run.h5: no space left on device");
    cr_expect_not(scratch_exists("small/run.h5.tmp"));
    expect_status("small/run.h5", "running", false);
    cr_assert_eq(remove("small/ballast"), 0);
    commit(r, "complete");
    expect_status("small/run.h5", "complete", true);
    result_free(r);
    free(noise);
    H5close();
}

/* The disk fills up in different places: in the copy, in the data, in the last metadata. */
Test(result, keeps_a_good_file_wherever_the_disk_is_full)
{
    if (!scratch_small_disk(1024)) cr_skip_test("needs the right to mount a small file system");
    result *r = fresh("small/run.h5");
    push(r, 0, 3000);
    commit(r, "running");
    push(r, 3000, 6000);
    int failed = 0;
    lsnn_status status = LSNN_OUTPUT;
    scratch_fill("small");
    for (long kib = 4; status != LSNN_OK && kib < 1024; kib += 4) {
        struct stat ballast;
        lsnn_error err = {0};
        cr_assert_eq(stat("small/ballast", &ballast), 0);
        cr_assert_eq(truncate("small/ballast", ballast.st_size - 4096), 0);
        status = result_commit(r, "running", &err);
        if (status != LSNN_OK) {
            cr_assert_str_eq(err.message, "cannot write small/run.h5: no space left on device");
            expect_rows("small/run.h5", 3000);
            failed++;
        }
    }
    cr_expect_eq(status, LSNN_OK);
    cr_expect_gt(failed, 5);
    expect_rows("small/run.h5", 6000);
    result_free(r);
    H5close();
}
