/* Sequential MNIST: a hand-written digit arrives as the spikes of cells that watch the grey value of one pixel after the
 * other cross their thresholds; a cue then asks which digit it was. Bellec et al. 2018, NeurIPS, figure 1. */
#include "lsnn/task.h"

#include <stdio.h>
#include <string.h>

enum { N_DIGITS = 10, WHITE = 255 };
typedef enum mnist_input { CROSSINGS, GREY } mnist_input;

typedef struct mnist_parameters {
    const char *directory;
    int images, validation, thresholds, cue, input, shift;
    bool permuted;
} mnist_parameters;

typedef struct mnist_state {
    int n_pixels, n_columns;
    uint32_t *order;                      /* [n_pixels]: which pixel is shown when */
    uint8_t level[256];                   /* thresholds below 1 that a grey value reaches */
    const uint8_t *pixels[2], *labels[2]; /* of the training file and the test file */
    uint32_t size[3];                     /* trials in each set */
} mnist_state;

#define AT(member) offsetof(mnist_parameters, member)
static const lsnn_field fields[] = {
    {"directory", LSNN_TEXT, AT(directory), "data", NULL, 0, 0, false, NULL,
     "where the four MNIST files are; a relative path starts at the folder of the config"},
    {"images", LSNN_INT, AT(images), "0", NULL, 0, 1e9, false, NULL,
     "train with this many images, the first of the training set; 0: with all"},
    {"validation", LSNN_INT, AT(validation), "5000", NULL, 1, 1e9, false, NULL,
     "so many images at the beginning of the training file are kept for validation"},
    {"thresholds", LSNN_INT, AT(thresholds), "40", NULL, 2, 256, false, NULL,
     "thresholds, evenly from 0 to 1; each but the last has a cell for rising and one for falling grey values"},
    {"cue", LSNN_INT, AT(cue), "56", "steps", 1, 1e6, false, NULL,
     "after the last pixel the cue cell fires in so many steps; in this time the answer is judged"},
    {"input", LSNN_CHOICE, AT(input), "crossings", NULL, 0, 0, false, "crossings|grey",
     "spikes where the grey value crosses a threshold, or two values: the grey value (0 .. 1) and the cue (0 or 1)"},
    {"permuted", LSNN_BOOL, AT(permuted), "false", NULL, 0, 0, false, NULL,
     "show the pixels in a random order, drawn once for a seed, instead of row by row"},
    {"shift", LSNN_INT, AT(shift), "0", "pixels", 0, 100, false, NULL,
     "training images are moved by up to so many pixels up or down and left or right, anew each time; 0 comes in from "
     "the edges"},
    LSNN_END,
};

/* Failing to read is most often a matter of not having the files. */
static lsnn_status with_advice(lsnn_status status, lsnn_error *err)
{
    if (err && status == LSNN_DATA) {
        size_t used = strlen(err->message);
        (void)snprintf(err->message + used, sizeof err->message - used, "\n%s",
                       "The MNIST files are brought by the script experiments/sequential_mnist/fetch.");
    }
    return status;
}

/* Reads a pair of files, checks that they belong together, and gives the number of images. */
static lsnn_status read_pair(mnist_state *s, int which, uint32_t *n, uint32_t *n_pixels, const char *directory,
                             const lsnn_task_host *host, lsnn_error *err)
{
    const char *images_file = which == 0 ? "train-images-idx3-ubyte" : "t10k-images-idx3-ubyte";
    const char *labels_file = which == 0 ? "train-labels-idx1-ubyte" : "t10k-labels-idx1-ubyte";
    lsnn_bytes images = {0}, labels = {0};
    TRY(with_advice(host->idx(host, &images, directory, images_file, err), err));
    TRY(with_advice(host->idx(host, &labels, directory, labels_file, err), err));
    if (images.n_dims != 3)
        return lsnn_fail(err, LSNN_DATA, "%s/%s has %d dimensions; images have 3: number, rows, columns", directory,
                         images_file, images.n_dims);
    if (labels.n_dims != 1)
        return lsnn_fail(err, LSNN_DATA, "%s/%s has %d dimensions; labels have 1", directory, labels_file,
                         labels.n_dims);
    if (images.dim[0] == 0 || images.dim[0] != labels.dim[0])
        return lsnn_fail(err, LSNN_DATA, "%s: %s holds %u images, but %s holds %u labels", directory, images_file,
                         images.dim[0], labels_file, labels.dim[0]);
    uint64_t pixels = (uint64_t)images.dim[1] * images.dim[2];
    if (pixels == 0 || pixels > 1000000)
        return lsnn_fail(err, LSNN_DATA, "%s/%s: images of %u x %u pixels; 1 to 1000000 pixels are possible", directory,
                         images_file, images.dim[1], images.dim[2]);
    for (uint32_t i = 0; i < labels.dim[0]; i++) {
        if (labels.values[i] >= N_DIGITS)
            return lsnn_fail(err, LSNN_DATA, "%s/%s: label %u is %u; digits are 0 to 9", directory, labels_file, i,
                             labels.values[i]);
    }
    s->pixels[which] = images.values;
    s->n_columns = (int)images.dim[2];
    s->labels[which] = labels.values;
    *n = images.dim[0];
    *n_pixels = (uint32_t)pixels;
    return LSNN_OK;
}

static lsnn_status read_images(mnist_state *s, const mnist_parameters *p, const lsnn_task_host *host, lsnn_error *err)
{
    uint32_t n = 0, n_test = 0, n_pixels = 0, n_pixels_test = 0;
    TRY(read_pair(s, 0, &n, &n_pixels, p->directory, host, err));
    TRY(read_pair(s, 1, &n_test, &n_pixels_test, p->directory, host, err));
    if (n_pixels != n_pixels_test)
        return lsnn_fail(err, LSNN_DATA, "%s: the training images have %u pixels, the test images %u", p->directory,
                         n_pixels, n_pixels_test);
    if ((uint32_t)p->validation >= n)
        return lsnn_fail(err, LSNN_CONFIG,
                         "task.validation: %d images of the training file are wanted, but it holds %u", p->validation,
                         n);
    uint32_t n_train = n - (uint32_t)p->validation;
    if ((uint32_t)p->images > n_train)
        return lsnn_fail(err, LSNN_CONFIG,
                         "task.images: %d images are wanted; besides the %d for validation there are %u", p->images,
                         p->validation, n_train);
    s->n_pixels = (int)n_pixels;
    s->size[LSNN_TRAIN] = p->images > 0 ? (uint32_t)p->images : n_train;
    s->size[LSNN_VALIDATION] = (uint32_t)p->validation;
    s->size[LSNN_TEST] = n_test;
    return LSNN_OK;
}

static lsnn_status mnist_open(void *state, const void *parameters, const lsnn_task_host *host, lsnn_shape *shape,
                              lsnn_error *err)
{
    const mnist_parameters *p = parameters;
    mnist_state *s = state;
    TRY(read_images(s, p, host, err));
    TRY(host->memory(host, &s->order, (size_t)s->n_pixels, sizeof *s->order, err));
    lsnn_random stream = lsnn_random_stream(host->seed, LSNN_TASK_FIXED, 0, 0);
    for (uint32_t i = 0; i < (uint32_t)s->n_pixels; i++)
        s->order[i] = p->permuted ? lsnn_random_permuted(&stream, i, (uint32_t)s->n_pixels) : i;

    /* Threshold m is m / last; grey value g reaches it if g / 255 >= m / last. The one at `last` has a cell of its own. */
    int last = p->thresholds - 1;
    for (int g = 0; g <= WHITE; g++) {
        int reached = g * last / WHITE + 1;
        s->level[g] = (uint8_t)(reached < last ? reached : last);
    }
    *shape = (lsnn_shape){.n_in = p->input == GREY ? 2 : 2 * p->thresholds,
                          .analog = p->input == GREY,
                          .n_out = N_DIGITS,
                          .n_steps = s->n_pixels + p->cue,
                          .classes = true,
                          .runs = p->input == CROSSINGS,
                          .size = {s->size[0], s->size[1], s->size[2]}};
    return LSNN_OK;
}

/* The place in its file of the image that a draw is about: each epoch shows the training images in an order of its own. */
static uint32_t place(const mnist_state *s, const mnist_parameters *p, const lsnn_draw *draw)
{
    uint32_t n = s->size[draw->set], position = (uint32_t)(draw->index % n);
    if (draw->set != LSNN_TRAIN) return position;
    uint64_t epoch = draw->index / n;
    lsnn_random stream = lsnn_random_stream(draw->seed, LSNN_SHUFFLE, epoch & UINT32_MAX, epoch >> 32);
    return (uint32_t)p->validation + lsnn_random_permuted(&stream, position, n);
}

typedef struct view {
    const uint8_t *pixel;
    int down, right; /* by which the image is moved */
} view;

static int drawn_shift(lsnn_random *stream, int most)
{
    return (int)lsnn_random_below(stream, 2 * (uint32_t)most + 1) - most;
}

static view view_of(const mnist_state *s, const mnist_parameters *p, const lsnn_draw *draw, size_t image)
{
    view v = {.pixel = s->pixels[draw->set == LSNN_TEST ? 1 : 0] + image * (size_t)s->n_pixels};
    if (draw->set != LSNN_TRAIN || p->shift == 0) return v;
    lsnn_random stream = lsnn_draw_stream(draw);
    v.down = drawn_shift(&stream, p->shift);
    v.right = drawn_shift(&stream, p->shift);
    return v;
}

/* The grey value at step t. */
static uint8_t seen(const mnist_state *s, const view *v, int t)
{
    const int at = (int)s->order[t];
    if (v->down == 0 && v->right == 0) return v->pixel[at];
    const int row = at / s->n_columns - v->down, column = at % s->n_columns - v->right;
    if (row < 0 || row >= s->n_pixels / s->n_columns || column < 0 || column >= s->n_columns) return 0;
    return v->pixel[row * s->n_columns + column];
}

/* What the network sees while the pixels pass. */
static void show_grey(const mnist_state *s, const view *v, lsnn_trial *trial)
{
    for (int t = 0; t < s->n_pixels; t++)
        trial->analog[2 * t] = (real)seen(s, v, t) / WHITE;
}

/* Cells: rising through threshold 0, 1, .. ; falling through 0, 1, ..; white; cue. From one pixel to the next the grey
 * value crosses thresholds that are neighbours, so the cells that fire are a run. */
static void show_crossings(const mnist_state *s, int thresholds, const view *v, lsnn_trial *trial)
{
    int falling = thresholds - 1, white = 2 * falling;
    uint8_t grey = seen(s, v, 0);
    for (int t = 0; t < s->n_pixels; t++) {
        if (grey == WHITE) lsnn_trial_spike(trial, t, white);
        if (t + 1 == s->n_pixels) break;
        uint8_t next = seen(s, v, t + 1);
        int from = s->level[grey], to = s->level[next];
        if (from < to)
            lsnn_trial_run(trial, t, from, to);
        else if (to < from)
            lsnn_trial_run(trial, t, falling + to, falling + from);
        grey = next;
    }
}

static void mnist_draw(const void *state, const void *parameters, const lsnn_draw *draw, lsnn_trial *trial)
{
    const mnist_parameters *p = parameters;
    const mnist_state *s = state;
    int file = draw->set == LSNN_TEST ? 1 : 0;
    size_t image = place(s, p, draw);
    const view v = view_of(s, p, draw, image);
    if (p->input == GREY)
        show_grey(s, &v, trial);
    else
        show_crossings(s, p->thresholds, &v, trial);
    for (int t = s->n_pixels; t < s->n_pixels + p->cue; t++) {
        if (p->input == GREY)
            trial->analog[2 * t + 1] = 1;
        else
            lsnn_trial_spike(trial, t, 2 * p->thresholds - 1);
        trial->weight[t] = 1;
    }
    trial->label = s->labels[file][image];
}

const lsnn_task lsnn_task_sequential_mnist = {
    .name = "sequential_mnist",
    .doc = "A hand-written digit is shown pixel by pixel, one pixel a step. For each threshold of the grey value one "
           "cell\n"
           "fires when the next pixel is brighter than it while this one is not, another at the reverse; one cell "
           "fires at\n"
           "white pixels. Then a cue cell fires in each step, and the ten readouts are judged by softmax.\n"
           "Bellec et al. 2018, NeurIPS, figure 1; the files are those of LeCun et al. 1998 (see the script fetch).",
    .fields = fields,
    .size = sizeof(mnist_parameters),
    .state_size = sizeof(mnist_state),
    .open = mnist_open,
    .draw = mnist_draw,
};
