/* Checkpoints: what was written comes back, and nothing else does. */
#include "scratch.h"

#include "checkpoint.h"

#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <sys/wait.h>

TestSuite(checkpoint, .init = scratch_enter, .fini = scratch_leave, .timeout = 60);

#define CONFIG "seed: 1\nlearning:\n    rate: 0.005\n"

typedef struct state {
    real weights[40];
    uint64_t step;
    double best;
    int counts[3];
} state;

enum { N_ITEMS = 5 };

static void list(state_item items[static N_ITEMS], state *s)
{
    items[0] = (state_item){"weights/rec", STORE_REAL, 40, s->weights, NULL};
    items[1] = (state_item){"step", STORE_UINT64, 1, &s->step, NULL};
    items[2] = (state_item){"best", STORE_DOUBLE, 1, &s->best, NULL};
    items[3] = (state_item){"counts", STORE_INT, 3, s->counts, NULL};
    items[4] = (state_item){"nothing", STORE_UINT8, 0, NULL, NULL};
}

static state sample(uint64_t step)
{
    state s = {.step = step, .best = 0.1 * (double)step, .counts = {1, -2, (int)step}};
    for (int k = 0; k < 40; k++)
        s.weights[k] = (real)sin(k + (double)step);
    return s;
}

static void write_state(const char *path, uint64_t step)
{
    state s = sample(step);
    state_item items[N_ITEMS];
    lsnn_error err = {0};
    list(items, &s);
    cr_assert_eq(checkpoint_write(path, items, N_ITEMS, CONFIG, &err), LSNN_OK, "%s", err.message);
}

static bool is_sample(const state *s, uint64_t step)
{
    state wanted = sample(step);
    return memcmp(s->weights, wanted.weights, sizeof wanted.weights) == 0 && s->step == step &&
           s->best == wanted.best && memcmp(s->counts, wanted.counts, sizeof wanted.counts) == 0;
}

static lsnn_status read_state(state *s, const char *path, const char *config, lsnn_error *err)
{
    state_item items[N_ITEMS];
    list(items, s);
    return checkpoint_read(path, items, N_ITEMS, config, err);
}

static lsnn_status recover_state(state *s, const char *path, bool *previous, lsnn_error *err)
{
    state_item items[N_ITEMS];
    list(items, s);
    return checkpoint_recover(path, items, N_ITEMS, CONFIG, previous, err);
}

static void damage(const char *path, long byte)
{
    FILE *f = fopen(path, "r+b");
    cr_assert(f && fseek(f, byte, SEEK_SET) == 0);
    const int was = fgetc(f);
    cr_assert(was >= 0 && fseek(f, byte, SEEK_SET) == 0);
    cr_assert(fputc(was ^ 0x10, f) >= 0 && fclose(f) == 0);
}

Test(checkpoint, gives_back_what_was_written)
{
    write_state("c.h5", 7);
    state s = sample(0);
    lsnn_error err = {0};
    cr_assert_eq(read_state(&s, "c.h5", CONFIG, &err), LSNN_OK, "%s", err.message);
    cr_expect(is_sample(&s, 7));
}

Test(checkpoint, keeps_the_one_before)
{
    write_state("c.h5", 1);
    cr_expect_not(scratch_exists("c.h5.1"));
    write_state("c.h5", 2);
    write_state("c.h5", 3);
    state s = sample(0);
    cr_assert_eq(read_state(&s, "c.h5.1", CONFIG, NULL), LSNN_OK);
    cr_expect(is_sample(&s, 2));
    cr_assert_eq(read_state(&s, "c.h5", CONFIG, NULL), LSNN_OK);
    cr_expect(is_sample(&s, 3));
}

Test(checkpoint, finds_a_flipped_bit_anywhere_and_changes_nothing)
{
    write_state("c.h5", 1);
    struct stat file;
    cr_assert_eq(stat("c.h5", &file), 0);
    for (long k = 0; k < file.st_size; k += 13) {
        state s = sample(5);
        damage("c.h5", k);
        cr_assert_eq(read_state(&s, "c.h5", CONFIG, NULL), LSNN_DATA, "byte %ld", k);
        cr_assert(is_sample(&s, 5));
        damage("c.h5", k);
    }
    state s = sample(5);
    cr_expect_eq(read_state(&s, "c.h5", CONFIG, NULL), LSNN_OK);
}

Test(checkpoint, says_what_is_wrong_with_a_damaged_file)
{
    write_state("c.h5", 1);
    damage("c.h5", 2000);
    state s = sample(0);
    lsnn_error err = {0};
    cr_expect_eq(read_state(&s, "c.h5", CONFIG, &err), LSNN_DATA);
    cr_expect_str_eq(err.message, "c.h5: damaged: its checksum does not fit its content");
    cr_expect_eq(read_state(&s, "d.h5", CONFIG, &err), LSNN_DATA);
    cr_expect_str_eq(err.message, "d.h5: no such file or directory");
}

Test(checkpoint, falls_back_to_the_one_before)
{
    write_state("c.h5", 1);
    write_state("c.h5", 2);
    state s = sample(0);
    bool previous = true;
    cr_assert_eq(recover_state(&s, "c.h5", &previous, NULL), LSNN_OK);
    cr_expect(is_sample(&s, 2));
    cr_expect_not(previous);
    damage("c.h5", 3000);
    cr_assert_eq(recover_state(&s, "c.h5", &previous, NULL), LSNN_OK);
    cr_expect(is_sample(&s, 1));
    cr_expect(previous);
    cr_assert_eq(remove("c.h5"), 0);
    s = sample(0);
    cr_assert_eq(recover_state(&s, "c.h5", &previous, NULL), LSNN_OK);
    cr_expect(is_sample(&s, 1));
    cr_expect(previous);
}

Test(checkpoint, tells_about_both_when_neither_is_good)
{
    write_state("c.h5", 1);
    damage("c.h5", 1000);
    state s = sample(0);
    bool previous;
    lsnn_error err = {0};
    cr_expect_eq(recover_state(&s, "c.h5", &previous, &err), LSNN_DATA);
    cr_expect_str_eq(err.message, "c.h5: damaged: its checksum does not fit its content\n"
                                  "c.h5.1: no such file or directory");
    cr_expect(is_sample(&s, 0));
}

Test(checkpoint, gives_up_a_good_previous_one_only_for_a_good_new_one)
{
    write_state("c.h5", 1);
    write_state("c.h5", 2);
    damage("c.h5", 2000);
    if (!scratch_small_disk(64)) cr_skip_test("needs the right to mount a small file system");
    char copy[128];
    snprintf(copy, sizeof copy, "cp c.h5 c.h5.1 small");
    cr_assert_eq(system(copy), 0);
    scratch_fill("small");
    state s = sample(3);
    state_item items[N_ITEMS];
    lsnn_error err = {0};
    bool previous;
    list(items, &s);
    cr_expect_eq(checkpoint_write("small/c.h5", items, N_ITEMS, CONFIG, &err), LSNN_OUTPUT);
    cr_expect_str_eq(err.message, "cannot write small/c.h5: no space left on device");
    cr_assert_eq(recover_state(&s, "small/c.h5", &previous, NULL), LSNN_OK);
    cr_expect(is_sample(&s, 1));
    cr_assert_eq(remove("small/ballast"), 0);
    write_state("small/c.h5", 4);
    cr_assert_eq(recover_state(&s, "small/c.h5", &previous, NULL), LSNN_OK);
    cr_expect(is_sample(&s, 4));
}

Test(checkpoint, refuses_another_configuration)
{
    write_state("c.h5", 1);
    write_state("c.h5", 2);
    state s = sample(0);
    lsnn_error err = {0};
    cr_expect_eq(read_state(&s, "c.h5", "seed: 1\nlearning:\n    rate: 0.01\n", &err), LSNN_DATA);
    cr_expect_str_eq(err.message, "c.h5: belongs to another configuration; the first difference is in line 3:\n"
                                  "    there:     rate: 0.005\n"
                                  "    here:      rate: 0.01");
    cr_expect(is_sample(&s, 0));
    state_item items[N_ITEMS];
    bool previous = true;
    list(items, &s);
    cr_expect_eq(checkpoint_recover("c.h5", items, N_ITEMS, "seed: 2\n", &previous, &err), LSNN_DATA);
    cr_expect_not(previous);
    cr_expect_str_eq(err.message, "c.h5: belongs to another configuration; the first difference is in line 1:\n"
                                  "    there: seed: 1\n"
                                  "    here:  seed: 2");
}

Test(checkpoint, refuses_a_shorter_configuration)
{
    write_state("c.h5", 1);
    state s = sample(0);
    lsnn_error err = {0};
    cr_expect_eq(read_state(&s, "c.h5", CONFIG "stop: none\n", &err), LSNN_DATA);
    cr_expect_str_eq(err.message, "c.h5: belongs to another configuration; the first difference is in line 4:\n"
                                  "    there: \n"
                                  "    here:  stop: none");
}

static void expect_items(state_item *items, int n, const char *message)
{
    lsnn_error err = {0};
    cr_expect_eq(checkpoint_read("c.h5", items, n, CONFIG, &err), LSNN_DATA);
    cr_expect_str_eq(err.message, message);
}

Test(checkpoint, refuses_other_names_sizes_and_types)
{
    write_state("c.h5", 1);
    state s = sample(0);
    real more[41];
    state_item items[N_ITEMS];
    list(items, &s);
    expect_items(items, N_ITEMS - 1, "c.h5: holds 5 arrays; expected 4");
    items[0] = (state_item){"weights/rec", STORE_REAL, 41, more, NULL};
    expect_items(items, N_ITEMS, "c.h5: /state/weights/rec has shape 40; expected 41");
    list(items, &s);
    items[1].name = "iteration";
    expect_items(items, N_ITEMS, "c.h5: /state/iteration is missing");
    list(items, &s);
    items[3].type = STORE_UINT32;
    expect_items(items, N_ITEMS, "c.h5: /state/counts holds int; expected uint32");
    cr_expect(is_sample(&s, 0));
}

Test(checkpoint, refuses_values_that_are_not_finite)
{
    state s = sample(1), t = sample(0);
    s.weights[17] = NAN;
    state_item items[N_ITEMS];
    list(items, &s);
    cr_assert_eq(checkpoint_write("c.h5", items, N_ITEMS, CONFIG, NULL), LSNN_OK);
    lsnn_error err = {0};
    cr_expect_eq(read_state(&t, "c.h5", CONFIG, &err), LSNN_DATA);
    cr_expect_str_eq(err.message, "c.h5: /state/weights/rec has a value that is not a finite number");
    cr_expect(is_sample(&t, 0));
}

Test(checkpoint, refuses_files_that_are_none)
{
    state s = sample(0);
    lsnn_error err = {0};
    scratch_write("text", "hello", 5);
    cr_expect_eq(read_state(&s, "text", CONFIG, &err), LSNN_DATA);
    cr_expect_str_eq(err.message, "text: not a checkpoint of lsnn, or its first bytes are damaged");
    store *file;
    cr_assert_eq(store_create_sealed(&file, "sealed.h5", NULL), LSNN_OK);
    cr_assert_eq(store_close(file, true, NULL), LSNN_OK);
    cr_expect_eq(read_state(&s, "sealed.h5", CONFIG, &err), LSNN_DATA);
    cr_expect_str_eq(err.message, "sealed.h5: not a checkpoint of lsnn");
}

Test(checkpoint, names_another_version_and_another_precision)
{
    state s = sample(0);
    lsnn_error err = {0};
    store *file;
    cr_assert_eq(store_create_sealed(&file, "c.h5", NULL), LSNN_OK);
    cr_assert_eq(store_set_text(file, "/", "format", "lsnn checkpoint 2", NULL), LSNN_OK);
    cr_assert_eq(store_close(file, true, NULL), LSNN_OK);
    cr_expect_eq(read_state(&s, "c.h5", CONFIG, &err), LSNN_DATA);
    cr_expect_str_eq(err.message, "c.h5: was written by another version of lsnn; this one reads 'lsnn checkpoint 1'");
    const bool single = sizeof(real) == sizeof(float);
    cr_assert_eq(store_create_sealed(&file, "c.h5", NULL), LSNN_OK);
    cr_assert_eq(store_set_text(file, "/", "format", "lsnn checkpoint 1", NULL), LSNN_OK);
    cr_assert_eq(store_set_number(file, "/", "real", STORE_INT, single ? 8 : 4, NULL), LSNN_OK);
    cr_assert_eq(store_close(file, true, NULL), LSNN_OK);
    cr_expect_eq(read_state(&s, "c.h5", CONFIG, &err), LSNN_DATA);
    char message[256];
    snprintf(message, sizeof message,
             "c.h5: was written by the %s precision build of lsnn; this is the %s precision build",
             single ? "double" : "single", single ? "single" : "double");
    cr_expect_str_eq(err.message, message);
}

static void write_until_killed(uint64_t step)
{
    for (;; step++) {
        state s = sample(step);
        state_item items[N_ITEMS];
        list(items, &s);
        if (checkpoint_write("c.h5", items, N_ITEMS, CONFIG, NULL) != LSNN_OK) _exit(1);
    }
}

static ino_t number_of_file(void)
{
    struct stat file;
    cr_assert_eq(stat("c.h5", &file), 0);
    return file.st_ino;
}

Test(checkpoint, is_whole_whenever_its_writer_is_killed)
{
    uint64_t before = 1;
    write_state("c.h5", 1);
    for (unsigned k = 0; k < 12; k++) {
        const ino_t old = number_of_file();
        const pid_t writer = fork();
        cr_assert_geq(writer, 0);
        if (writer == 0) write_until_killed(before + 1);
        while (number_of_file() == old)
            usleep(100); /* the suite's timeout ends this */
        usleep(1000 * k);
        kill(writer, SIGKILL);
        int how;
        cr_assert_eq(waitpid(writer, &how, 0), writer);
        cr_assert(WIFSIGNALED(how));
        state s = sample(0);
        cr_assert_eq(read_state(&s, "c.h5", CONFIG, NULL), LSNN_OK);
        cr_assert(s.step > before && is_sample(&s, s.step));
        before = s.step;
    }
}
