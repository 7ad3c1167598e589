/* A build with MPI: the only file that sees it. */
#include "ranks.h"
#include <mpi.h>
#include <stdlib.h>
#include <time.h>

/* MPI is started only where somebody has started several of us: a lone process needs no daemon. */
static int is_job(void)
{
    return getenv("OMPI_COMM_WORLD_SIZE") || getenv("PMIX_RANK") || getenv("PMI_RANK");
}

lsnn_status ranks_begin(ranks *out, lsnn_error *err)
{
    int given;
    MPI_Comm here;
    *out = (ranks){0, 1, 1};
    if (!is_job()) return LSNN_OK;
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &given) != MPI_SUCCESS)
        return lsnn_fail(err, LSNN_INTERNAL, "MPI cannot be started");
    MPI_Comm_rank(MPI_COMM_WORLD, &out->own);
    MPI_Comm_size(MPI_COMM_WORLD, &out->n);
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &here);
    MPI_Comm_size(here, &out->n_here);
    MPI_Comm_free(&here);
    return LSNN_OK;
}

/* Open MPI waits with a busy processor, which others can use better: the longer the wait, the longer the naps. */
static void wait_for(MPI_Request *request)
{
    int done = 0;
    for (long nap = 10000;; nap = nap < 2000000 ? 2 * nap : nap) {
        MPI_Test(request, &done, MPI_STATUS_IGNORE);
        if (done) return;
        nanosleep(&(struct timespec){.tv_nsec = nap}, NULL);
    }
}

static int is_running(void)
{
    int begun = 0, ended = 0;
    MPI_Initialized(&begun);
    MPI_Finalized(&ended);
    return begun && !ended;
}

lsnn_status ranks_follow(lsnn_status of_first)
{
    int status = of_first;
    MPI_Request request;
    if (!is_running()) return of_first;
    MPI_Ibcast(&status, 1, MPI_INT, 0, MPI_COMM_WORLD, &request);
    wait_for(&request);
    return (lsnn_status)status;
}

lsnn_status ranks_agree(lsnn_status own)
{
    int status = own, worst = own;
    MPI_Request request;
    if (!is_running()) return own;
    MPI_Iallreduce(&status, &worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD, &request);
    wait_for(&request);
    return (lsnn_status)worst;
}

/* MPI counts in int. */
static int part(size_t left)
{
    return (int)(left < 1 << 24 ? left : 1 << 24);
}

void ranks_tell(double *values, size_t n)
{
    MPI_Request request;
    for (size_t k = 0; k < n; k += (size_t)part(n - k)) {
        MPI_Ibcast(values + k, part(n - k), MPI_DOUBLE, 0, MPI_COMM_WORLD, &request);
        wait_for(&request);
    }
}

void ranks_add(double *values, size_t n)
{
    MPI_Request request;
    for (size_t k = 0; k < n; k += (size_t)part(n - k)) {
        MPI_Iallreduce(MPI_IN_PLACE, values + k, part(n - k), MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD, &request);
        wait_for(&request);
    }
}

lsnn_status ranks_end(lsnn_status own)
{
    const lsnn_status worst = ranks_agree(own);
    if (is_running()) MPI_Finalize();
    return worst;
}
