/* Prediction of memory. */
#include "memory.h"
#include <math.h>
#include <stdio.h>

/* Program, libraries, thread stacks and HDF5's own buffers: measured with an empty network. */
#define PROCESS_BYTES 14e6
/* run.h5 is put together in memory when it is written. */
#define RESULT_BYTES 4e6
#define USUAL_RATE 20.0 /* Hz */

static double untouched_per_tape(const experiment *e, double rate)
{
    const double T = trial_longest(&e->shape);
    const double used = rate * e->dt / 1e3;
    /* A reserved list of spikes: ids and steps; of input: step and run as drawn, and as sorted. */
    const double unused = e->net->n_spiking - (e->net->n_spiking - e->net->n_hidden) * used;
    const int n_lists = e->learning.by_neurons ? 3 : 2; /* slices list the ids once more */
    const double spikes = T * unused * n_lists * sizeof(uint32_t);
    double events = 0;
    for (int s = 0; s < e->net->n_sources; s++)
        if (!e->net->sources[s].analog) events += T * e->net->sources[s].n * 24.0 * (1 - used);
    return spikes + events;
}

double memory_process(void)
{
    return PROCESS_BYTES + RESULT_BYTES;
}

double memory_predict(const experiment *e, double rate)
{
    const double reserved = (double)arena_bytes(e->memory);
    const double untouched = e->trainer->n_tapes * untouched_per_tape(e, rate);
    return memory_process() + fmax(e->wiring_bytes, reserved - untouched);
}

static double available(void)
{
    double kilobytes = -1;
    char line[256];
    FILE *file = fopen("/proc/meminfo", "r");
    if (!file) return -1;
    while (fgets(line, sizeof line, file) && sscanf(line, "MemAvailable: %lf", &kilobytes) != 1)
        kilobytes = -1;
    fclose(file);
    return kilobytes < 0 ? -1 : kilobytes * 1024;
}

lsnn_status memory_require(double need, lsnn_error *err)
{
    const double have = available();
    if (have < 0 || need <= have) return LSNN_OK;
    return lsnn_fail(err, LSNN_MEMORY,
                     "this run needs about %.1f GB of memory, and %.1f GB are available: a smaller batch, network or "
                     "trial would fit",
                     need / 1e9, have / 1e9);
}

lsnn_status memory_check(const experiment *e, lsnn_error *err)
{
    return memory_require(memory_predict(e, USUAL_RATE), err);
}
