/* What this binary was built from, for `--version` and the result files. Written at build time (cmake/version.c.in). */
#ifndef VERSION_H
#define VERSION_H

#include <stdbool.h>

extern const char *const version_number; /* "0.1.0" */
extern const char *const version_commit; /* 40 hex digits, "-dirty" behind if the tree had changes, or "unknown" */
extern const bool version_dirty;
extern const char *const version_compiler;   /* "GNU 12.2.0" */
extern const char *const version_flags;      /* all that can influence a result */
extern const char *const version_build_type; /* "Release" */
extern const int version_real_bits;          /* 32, or 64 in a double build */

#endif
