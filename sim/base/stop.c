/* Signals. */
#include "stop.h"
#include <stdbool.h>
#include <time.h>

static volatile sig_atomic_t stop_signal;
static bool is_rank;
static struct timespec first;

static double since_first(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - first.tv_sec) + 1e-9 * (double)(now.tv_nsec - first.tv_nsec);
}

static void ask_to_stop(int number)
{
    if (!stop_signal) clock_gettime(CLOCK_MONOTONIC, &first);
    stop_signal = number;
    if (is_rank || since_first() < 0.5) return;
    signal(number, SIG_DFL);
    raise(number);
}

/* The others wait meanwhile: the time of the first is whole when it is read. */
static void handle(int number)
{
    struct sigaction action = {.sa_handler = ask_to_stop};
    sigfillset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void stop_as_rank(void)
{
    is_rank = true;
}

const volatile sig_atomic_t *stop_catch(void)
{
    handle(SIGINT);
    handle(SIGTERM);
    return &stop_signal;
}

void stop_catch_hangup(void)
{
    struct sigaction before;
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN) handle(SIGHUP);
}
