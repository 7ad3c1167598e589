/* Any bytes as a checkpoint, as one whose seal was made to fit, and as the file of an oracle case. */
#include "case.h"
#include "checkpoint.h"
#include "store_access.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

static void read_checkpoint(const char *path)
{
    real weights[40];
    uint64_t step;
    double best;
    int counts[3];
    const state_item items[] = {{"weights/rec", STORE_REAL, 40, weights, NULL},
                                {"step", STORE_UINT64, 1, &step, NULL},
                                {"best", STORE_DOUBLE, 1, &best, NULL},
                                {"counts", STORE_INT, 3, counts, NULL}};
    (void)!checkpoint_read(path, items, 4, "seed: 1\n", NULL);
}

static void read_attributes(const store *s, arena *a, const char *object)
{
    static const char *const numbers[] = {"n_in", "T", "dt", "alpha"}, *const texts[] = {"format", "unit", "doc",
                                                                                         "units"};
    for (int k = 0; k < 4; k++) {
        double number;
        const char *text;
        (void)!store_get_number(s, &number, object, numbers[k], NULL);
        (void)!store_get_text(s, a, &text, object, texts[k], NULL);
    }
}

static void read_group(const store *s, arena *a, const char *group, int depth)
{
    static const store_type types[] = {STORE_DOUBLE, STORE_FLOAT, STORE_INT, STORE_UINT8};
    const char **names;
    int n;
    read_attributes(s, a, *group ? group : "/");
    if (store_members(s, a, &names, &n, *group ? group : "/", NULL) != LSNN_OK) return;
    for (int k = 0; k < n && k < 30; k++) {
        char path[512];
        void *values;
        const char *text;
        store_shape shape;
        if (snprintf(path, sizeof path, "%s/%s", group, names[k]) >= (int)sizeof path) continue;
        if (depth < 3) read_group(s, a, path, depth + 1);
        for (int type = 0; type < 4; type++)
            (void)!store_read(s, a, &values, types[type], &shape, NULL, path, NULL);
        (void)!store_read_text(s, a, &text, path, NULL);
        (void)!store_check_table(s, path, STORE_DOUBLE, 1, 1, NULL);
    }
}

static void read_case(const char *path)
{
    arena *a;
    store *s;
    case_file *oracle;
    if (arena_new(&a, NULL) != LSNN_OK) return;
    (void)!case_read(&oracle, a, path, NULL);
    if (store_open(&s, path, NULL) == LSNN_OK) {
        read_group(s, a, "", 0);
        (void)!store_close(s, false, NULL);
    }
    arena_free(a);
}

/* HDF5 1.10 loses some memory of its own when it meets a damaged object. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libhdf5";
}

/* It also asks for as much memory as a damaged header says, and copes when it gets none. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1:max_allocation_size_mb=512";
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char path[64], seal[STORE_SEAL_BYTES];
    int fd = memfd_create("case", MFD_CLOEXEC);
    if (fd < 0 || !disk_write_at(fd, bytes, size, 0)) abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    read_case(path);
    read_checkpoint(path);
    if (size > sizeof seal) {
        const uLong crc = crc32(crc32(0, NULL, 0), bytes + sizeof seal, (uInt)(size - sizeof seal));
        store_seal_text(seal, size, (uint32_t)crc);
        if (!disk_write_at(fd, seal, sizeof seal, 0)) abort();
        read_checkpoint(path);
    }
    close(fd);
    return 0;
}
