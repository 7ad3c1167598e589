/* Any bytes as a file with spikes, as a NIR graph, and as a file of sequences. */
#include "disk.h"
#include "nir.h"
#include "spikes.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* As in fuzz_checkpoint.c: HDF5 1.10 loses memory at damaged objects, and asks for what a header says. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libhdf5";
}

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1:max_allocation_size_mb=512";
}

static void read_any(const char *path)
{
    arena *a;
    spikes *s;
    nir_graph *g;
    if (arena_new(&a, NULL) != LSNN_OK) return;
    if (spikes_read(&s, path, 0, SPIKES_AND_REPORTS, a, NULL) == LSNN_OK)
        for (int p = 0; p < s->n_populations; p++) {
            trains t;
            const span whole = {0, s->stop};
            if (s->populations[p].spikes.n_neurons < 100000)
                (void)!raster_trains(&t, &s->populations[p].spikes, &whole, 1, a, NULL);
        }
    (void)!nir_read(&g, path, a, NULL);
    arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char path[64];
    int fd = memfd_create("spikes", MFD_CLOEXEC);
    if (fd < 0 || !disk_write_at(fd, bytes, size, 0)) abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    read_any(path);
    close(fd);
    return 0;
}
