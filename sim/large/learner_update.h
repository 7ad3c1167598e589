/* Between learner.c and learner_update.c: as trainer_passes wants them. */
#ifndef LEARNER_UPDATE_H
#define LEARNER_UPDATE_H

void learner_clear(void *with);
double learner_squares(void *with);
void learner_update(void *with, double rate, double factor);

#endif
