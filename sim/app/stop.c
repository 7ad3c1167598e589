/* Signals. */
#include "stop.h"

static volatile sig_atomic_t stop_signal;
static int after_first = SA_RESETHAND;

static void ask_to_stop(int number)
{
    stop_signal = number;
}

void stop_as_rank(void)
{
    after_first = 0;
}

const volatile sig_atomic_t *stop_catch(void)
{
    struct sigaction action = {.sa_handler = ask_to_stop, .sa_flags = after_first};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return &stop_signal;
}
