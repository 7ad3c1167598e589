/* Chunks of memory that are filled one after the other; a large item gets a chunk of its own. */
#include "arena.h"
#include <stdbool.h>
