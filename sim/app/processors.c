/* Where threads run. */
#include "processors.h"
#include <omp.h>
#include <sched.h>
#include <stdlib.h>

static int nth(const cpu_set_t *allowed, int n)
{
    int cpu = 0;
    for (; n > 0 || !CPU_ISSET(cpu, allowed); cpu++)
        if (CPU_ISSET(cpu, allowed)) n--;
    return cpu;
}

void processors_bind(int n_threads)
{
    cpu_set_t allowed;
    if (n_threads < 2 || getenv("OMP_PROC_BIND")) return;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0 || CPU_COUNT(&allowed) != n_threads) return;
#pragma omp parallel num_threads(n_threads)
    {
        cpu_set_t own;
        CPU_ZERO(&own);
        CPU_SET(nth(&allowed, omp_get_thread_num()), &own);
        (void)sched_setaffinity(0, sizeof own, &own); /* not to be bound is only slower */
    }
}
