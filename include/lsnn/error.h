/* Status codes and errors with a place.
 *
 * A function that can fail returns an lsnn_status and takes an lsnn_error last. The error says what was wrong, where, and
 * what would be right; it belongs to the caller and needs no release. */
#ifndef LSNN_ERROR_H
#define LSNN_ERROR_H

/* X(name, exit code of the program, what the class means) */
#define LSNN_STATUS_LIST(X)                                                                                            \
    X(OK, 0, "success")                                                                                                \
    X(USAGE, 2, "wrong command line")                                                                                  \
    X(CONFIG, 2, "wrong configuration")                                                                                \
    X(DATA, 3, "missing, corrupt or unsuitable input file")                                                            \
    X(OUTPUT, 4, "output cannot be written")                                                                           \
    X(MEMORY, 5, "not enough memory")                                                                                  \
    X(DIVERGED, 6, "the simulation left the range of numbers")                                                         \
    X(FAILED, 7, "a sweep is over, and trials of it have failed")                                                      \
    X(INTERRUPTED, 130, "stopped by a signal; the run can be resumed")                                                 \
    X(INTERNAL, 70, "a defect of lsnn itself")

typedef enum lsnn_status {
#define LSNN_STATUS_ENUM(name, code, text) LSNN_##name,
    LSNN_STATUS_LIST(LSNN_STATUS_ENUM)
#undef LSNN_STATUS_ENUM
} lsnn_status;

/* Several mistakes of one config are reported in one go, so the text may hold several lines. */
typedef struct lsnn_error {
    lsnn_status status;
    int line, column;   /* of the user's file, from 1; 0 where there is none */
    char file[512];     /* the user's file; empty where there is none */
    char message[4096]; /* for a person; each line complete in itself */
} lsnn_error;

#define LSNN_MUST_USE __attribute__((warn_unused_result))
#define LSNN_API __attribute__((visibility("default")))

/* The only macro of this project that hides control flow: hand an error up. */
#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        lsnn_status try_status = (call);                                                                               \
        if (try_status != LSNN_OK) return try_status;                                                                  \
    } while (0)

#ifdef __cplusplus
extern "C" {
#endif

/* Fill `err` (which may be NULL) and return `status`: return lsnn_fail(err, LSNN_DATA, "..."). */
LSNN_API lsnn_status lsnn_fail(lsnn_error *err, lsnn_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#ifdef __clang_analyzer__ /* which does not see error.c: what has failed is not LSNN_OK */
#define lsnn_fail(err, status, ...) (lsnn_fail(err, status, __VA_ARGS__), (status))
#endif

LSNN_API int lsnn_exit_code(lsnn_status status);
LSNN_API const char *lsnn_status_text(lsnn_status status);

#ifdef __cplusplus
}
#endif

#endif
