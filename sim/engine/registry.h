/* The models, rules, optimisers, samplers, rewirings and tasks of this binary, sorted by name. The tables are written at build time from the
 * files in models/, learning/ and experiments/ (cmake/plugins.cmake). */
#ifndef REGISTRY_H
#define REGISTRY_H

#include "lsnn/model.h"
#include "lsnn/rule.h"
#include "lsnn/sampler.h"
#include "lsnn/task.h"

/* NULL at the end. */
extern const lsnn_model *const registry_models[];
extern const lsnn_rule *const registry_rules[];
extern const lsnn_optimiser *const registry_optimisers[];
extern const lsnn_sampler *const registry_samplers[];
extern const lsnn_rewiring *const registry_rewirings[];
extern const lsnn_task *const registry_tasks[];

/* NULL if there is none of that name. */
const lsnn_model *registry_model(const char *name);
const lsnn_rule *registry_rule(const char *name);
const lsnn_optimiser *registry_optimiser(const char *name);
const lsnn_sampler *registry_sampler(const char *name);
const lsnn_rewiring *registry_rewiring(const char *name);
const lsnn_task *registry_task(const char *name);

/* The first `max` names, for a list of choices or a guess at what a user meant; the return value is how many there are. */
int registry_model_names(const char **names, int max);
int registry_rule_names(const char **names, int max);
int registry_optimiser_names(const char **names, int max);
int registry_sampler_names(const char **names, int max);
int registry_rewiring_names(const char **names, int max);
int registry_task_names(const char **names, int max);

#endif
