/* Looking up plug-ins by name. */
#include "registry.h"
#include <string.h>

/* The six kinds differ in type only. */
#define REGISTRY_KIND(kind)                                                                                            \
    const lsnn_##kind *registry_##kind(const char *name)                                                               \
    {                                                                                                                  \
        for (int i = 0; registry_##kind##s[i] != NULL; i++) {                                                          \
            if (strcmp(registry_##kind##s[i]->name, name) == 0) return registry_##kind##s[i];                          \
        }                                                                                                              \
        return NULL;                                                                                                   \
    }                                                                                                                  \
    int registry_##kind##_names(const char **names, int max)                                                           \
    {                                                                                                                  \
        int n = 0;                                                                                                     \
        for (; registry_##kind##s[n] != NULL; n++) {                                                                   \
            if (n < max) names[n] = registry_##kind##s[n]->name;                                                       \
        }                                                                                                              \
        return n;                                                                                                      \
    }

REGISTRY_KIND(model)
REGISTRY_KIND(rule)
REGISTRY_KIND(optimiser)
REGISTRY_KIND(sampler)
REGISTRY_KIND(rewiring)
REGISTRY_KIND(task)
