/* Schedules of the learning rate. */
#include "learning.h"
#include <math.h>

double schedule_rate(const learning_settings *settings, uint64_t update)
{
    const schedule_settings *s = &settings->schedule;
    const double warm = s->warm_up > 0 && update < (uint64_t)s->warm_up ? (double)(update + 1) / s->warm_up : 1;
    const double progress = settings->iterations > 0 ? fmin(1, (double)update / settings->iterations) : 0;
    switch ((schedule_kind)s->kind) {
    case SCHEDULE_CONSTANT: break;
    case SCHEDULE_STEP: return settings->rate * warm * pow(s->factor, floor((double)update / s->every));
    case SCHEDULE_EXPONENTIAL: return settings->rate * warm * pow(s->factor, (double)update / s->every);
    case SCHEDULE_COSINE:
        return settings->rate * warm * (s->final + (1 - s->final) * (1 + cos(acos(-1) * progress)) / 2);
    }
    return settings->rate * warm;
}
