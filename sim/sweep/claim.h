/* Who works on what. The n-th claim of a piece of work is a symbolic link NAME.n that says who made it: making one is a
 * single atomic step, on NFS too, and whoever comes second sees so. Claims are not removed: a holder that has died is followed by
 * claim n + 1, which again only one can make.
 *
 * A holder on this machine is looked up by its process id; one elsewhere has died when it has not touched its claim for long. */
#ifndef CLAIM_H
#define CLAIM_H

#include "lsnn/error.h"
#include <stdbool.h>

enum { CLAIM_BEAT = 10, CLAIM_SILENCE = 120 }; /* seconds between touches; after which a holder counts as dead */

/* Who we are, for all claims of this process. */
typedef struct claim_holder {
    char text[320];
} claim_holder;
void claim_introduce(claim_holder *out);

/* `taken`: the claim at `path` is ours now; else somebody has it. */
LSNN_MUST_USE lsnn_status claim_take(bool *taken, const char *path, const claim_holder *holder, lsnn_error *err);
void claim_touch(const char *path);
/* Whether the process that made it is alive, as far as can be told. `folder`: where the claims are; the clock that counts is that of
 * the machine with the disk. */
bool claim_is_held(const char *path, const char *folder);
bool claim_exists(const char *path);

#endif
