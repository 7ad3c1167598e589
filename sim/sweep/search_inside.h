/* Searches by generations; each is a search_generation, but for n_known. */
#ifndef SEARCH_INSIDE_H
#define SEARCH_INSIDE_H

#include "search.h"

LSNN_MUST_USE lsnn_status search_cross_entropy(const search *s, space *sp, int g, const double *const *scores, arena *a,
                                               lsnn_error *err);
LSNN_MUST_USE lsnn_status search_sampler(const search *s, space *sp, int g, const double *const *scores, arena *a,
                                         lsnn_error *err);

#endif
