/* The trials of sequential MNIST: encoding, order of the images, files that do not fit. */
#include "opened_task.h"

TestSuite(sequential_mnist, .init = start_arena, .fini = end_arena);

/* The encoding from its definition, in floating point: does `cell` fire between grey values p and q? */
static bool crosses(int cell, int n_thresholds, uint8_t p, uint8_t q, bool has_next)
{
    int last = n_thresholds - 1;
    if (cell == 2 * last) return p == 255;
    if (cell > 2 * last || !has_next) return false;
    float threshold = (float)(cell % last) / (float)last, before = (float)p / 255.0f, after = (float)q / 255.0f;
    return cell < last ? before < threshold && after >= threshold : before >= threshold && after < threshold;
}

static void check_encoding(const char *yaml, int n_thresholds)
{
    opened_task o = open_task(registry_task("sequential_mnist"), yaml, 1);
    cr_assert(o.shape.n_in == 2 * n_thresholds && o.shape.n_out == 10 && o.shape.n_steps == 784 + 56);
    fake_host host = new_host(1);
    lsnn_bytes images = {0};
    cr_assert_eq(fake_idx(&host.host, &images, "", "t10k-images", &err), LSNN_OK);
    lsnn_trial *trial = new_trial(&o);
    for (uint64_t i = 0; i < 20; i++) {
        draw(trial, &o, LSNN_TEST, i);
        cr_assert_eq(trial->label, (int)i % 10);
        const uint8_t *pixel = images.values + 784 * i;
        for (int t = 0; t < 784; t++) {
            uint8_t next = t < 783 ? pixel[t + 1] : 0;
            for (int c = 0; c < o.shape.n_in; c++)
                cr_assert_eq(fires(trial, t, c), crosses(c, n_thresholds, pixel[t], next, t < 783),
                             "image %d, step %d (%d to %d), cell %d", (int)i, t, pixel[t], next, c);
        }
    }
}

Test(sequential_mnist, encodes_crossings_as_defined)
{
    check_encoding("{}", 40);
}

Test(sequential_mnist, encodes_crossings_of_other_thresholds)
{
    check_encoding("thresholds: 256", 256);
    check_encoding("thresholds: 2", 2);
    check_encoding("thresholds: 86", 86); /* every third grey value is a threshold */
}

Test(sequential_mnist, spikes_are_few_runs)
{
    opened_task o = open_task(registry_task("sequential_mnist"), "{}", 1);
    cr_assert(o.shape.runs);
    lsnn_trial *trial = new_trial(&o);
    draw(trial, &o, LSNN_TRAIN, 0);
    for (int t = 0; t < 784; t++)
        cr_assert_leq(trial->events->start[t + 1] - trial->events->start[t], 2, "step %d: one run, and white", t);
}

Test(sequential_mnist, ends_with_the_cue_alone)
{
    opened_task o = open_task(registry_task("sequential_mnist"), "{}", 1);
    lsnn_trial *trial = new_trial(&o);
    draw(trial, &o, LSNN_TRAIN, 0);
    for (int t = 0; t < 840; t++) {
        cr_assert_eq(fires(trial, t, 79), t >= 784, "step %d", t);
        cr_assert_eq(trial->weight[t] > 0, t >= 784, "step %d", t);
        if (t >= 784) cr_assert_eq(count_spikes(trial, 0, 79, t, t + 1), 0, "step %d", t);
    }
}

static uint64_t fingerprint(const lsnn_trial *trial)
{ /* FNV-1a of the runs */
    uint64_t hash = UINT64_C(14695981039346656037);
    const lsnn_events *e = trial->events;
    for (int t = 0; t < e->n_steps; t++) {
        for (uint32_t i = e->start[t]; i < e->start[t + 1]; i++)
            hash = ((hash ^ (uint64_t)t) * UINT64_C(1099511628211) ^ e->run[i].first) * UINT64_C(1099511628211) ^
                   e->run[i].last;
    }
    return hash;
}

static int by_bits(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

Test(sequential_mnist, shows_each_image_once_in_an_epoch_and_every_epoch_in_another_order)
{
    enum { N = 60 };
    opened_task o = open_task(registry_task("sequential_mnist"), "images: 60", 1);
    cr_assert_eq(o.shape.size[LSNN_TRAIN], N);
    lsnn_trial *trial = new_trial(&o);
    uint64_t epoch[2][N];
    int moved = 0;
    for (uint64_t i = 0; i < 2 * N; i++) {
        draw(trial, &o, LSNN_TRAIN, i);
        epoch[i / N][i % N] = fingerprint(trial);
    }
    for (int i = 0; i < N; i++)
        moved += epoch[0][i] != epoch[1][i];
    cr_assert_gt(moved, N / 2);
    for (int k = 0; k < 2; k++)
        qsort(epoch[k], N, sizeof epoch[k][0], by_size);
    cr_assert_arr_eq(epoch[0], epoch[1], sizeof epoch[0]);
    for (int i = 1; i < N; i++)
        cr_assert_neq(epoch[0][i], epoch[0][i - 1], "an image is shown twice in an epoch");
}

Test(sequential_mnist, keeps_validation_and_training_apart)
{
    opened_task o = open_task(registry_task("sequential_mnist"), "validation: 5040", 1);
    cr_assert(o.shape.size[LSNN_TRAIN] == 60 && o.shape.size[LSNN_VALIDATION] == 5040 && o.shape.size[LSNN_TEST] == 50);
    lsnn_trial *trial = new_trial(&o);
    uint64_t training[60];
    for (uint64_t i = 0; i < 60; i++) {
        draw(trial, &o, LSNN_TRAIN, i);
        training[i] = fingerprint(trial);
    }
    for (uint64_t i = 0; i < 5040; i++) {
        draw(trial, &o, LSNN_VALIDATION, i);
        uint64_t seen = fingerprint(trial);
        for (int k = 0; k < 60; k++)
            cr_assert_neq(seen, training[k], "validation image %d was trained on", (int)i);
    }
}

/* Which of 32 images are white at a step, as bits. */
static void white_images(uint32_t white[784], const char *yaml)
{
    opened_task o = open_task(registry_task("sequential_mnist"), yaml, 1);
    lsnn_trial *trial = new_trial(&o);
    memset(white, 0, 784 * sizeof *white);
    for (uint64_t i = 0; i < 32; i++) {
        draw(trial, &o, LSNN_TEST, i);
        for (int t = 0; t < 784; t++)
            white[t] |= (uint32_t)fires(trial, t, 78) << i;
    }
}

Test(sequential_mnist, permuted_shows_the_same_pixels_in_one_other_order)
{
    uint32_t plain[784], permuted[784];
    white_images(plain, "{}");
    white_images(permuted, "permuted: true");
    int moved = 0;
    for (int t = 0; t < 784; t++)
        moved += plain[t] != permuted[t];
    cr_assert_gt(moved, 700);
    qsort(plain, 784, sizeof *plain, by_bits);
    qsort(permuted, 784, sizeof *permuted, by_bits);
    cr_assert_arr_eq(plain, permuted, sizeof plain);
}

/* Whether `moved` is `image` moved so many pixels down and right. */
static bool is_moved(const real *moved, const real *image, int down, int right)
{
    for (int row = 0; row < 28; row++)
        for (int column = 0; column < 28; column++) {
            const int r = row - down, c = column - right;
            const real grey = r >= 0 && r < 28 && c >= 0 && c < 28 ? image[2 * (28 * r + c)] : 0;
            if (moved[2 * (28 * row + column)] != grey) return false;
        }
    return true;
}

Test(sequential_mnist, moves_training_images_by_up_to_the_shift)
{
    opened_task still = open_task(registry_task("sequential_mnist"), "input: grey", 1);
    opened_task moving = open_task(registry_task("sequential_mnist"), "input: grey\nshift: 2", 1);
    lsnn_trial *image = new_trial(&still), *moved = new_trial(&moving);
    int seen[5][5] = {0}, n_seen = 0;
    for (uint64_t i = 0; i < 300; i++) {
        int found = 0;
        draw(image, &still, LSNN_TRAIN, i);
        draw(moved, &moving, LSNN_TRAIN, i);
        for (int down = -2; down <= 2; down++)
            for (int right = -2; right <= 2; right++)
                if (is_moved(moved->analog, image->analog, down, right)) {
                    found++;
                    n_seen += seen[down + 2][right + 2]++ == 0;
                }
        cr_assert_eq(found, 1, "image %d is moved in %d ways", (int)i, found);
        draw(image, &still, LSNN_VALIDATION, i);
        draw(moved, &moving, LSNN_VALIDATION, i);
        cr_assert(is_moved(moved->analog, image->analog, 0, 0));
    }
    cr_expect_eq(n_seen, 25, "%d of 25 ways", n_seen);
}

/* What the message has to say, for files that do not fit. */
static void check_refused(const fake_host *host, const char *yaml, lsnn_status status, const char *part)
{
    opened_task o;
    cr_assert_eq(try_open(&o, registry_task("sequential_mnist"), yaml, host), status, "%s", err.message);
    cr_assert_not_null(strstr(err.message, part), "'%s' does not say '%s'", err.message, part);
}

Test(sequential_mnist, refuses_files_that_do_not_belong_together)
{
    fake_host host = new_host(1);
    host.n_train_labels = 5099;
    check_refused(&host, "{}", LSNN_DATA, "holds 5100 images, but train-labels-idx1-ubyte holds 5099 labels");
    host = new_host(1);
    host.wrong_label = 17;
    check_refused(&host, "{}", LSNN_DATA, "label 17 is 10; digits are 0 to 9");
    host = new_host(1);
    host.rows = 0;
    check_refused(&host, "{}", LSNN_DATA, "images of 0 x 28 pixels");
}

Test(sequential_mnist, refuses_more_images_than_there_are)
{
    fake_host host = new_host(1);
    check_refused(&host, "images: 101", LSNN_CONFIG,
                  "101 images are wanted; besides the 5000 for validation there are 100");
    check_refused(&host, "validation: 5100", LSNN_CONFIG,
                  "5100 images of the training file are wanted, but it holds 5100");
}
