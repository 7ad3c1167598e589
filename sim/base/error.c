/* Filling in errors; the classes and their exit codes are a list in lsnn/error.h. */
#include "lsnn/error.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

lsnn_status(lsnn_fail)(lsnn_error *err, lsnn_status status, const char *format, ...)
{
    if (err == NULL) return status;
    char message[sizeof err->message]; /* apart, because an argument may be the old message itself */
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);

    *err = (lsnn_error){.status = status};
    memcpy(err->message, message, sizeof message);
    return status;
}

int lsnn_exit_code(lsnn_status status)
{
    static const int codes[] = {
#define EXIT_CODE(name, code, text) [LSNN_##name] = (code),
        LSNN_STATUS_LIST(EXIT_CODE)
#undef EXIT_CODE
    };
    return codes[status];
}

const char *lsnn_status_text(lsnn_status status)
{
    static const char *const texts[] = {
#define STATUS_TEXT(name, code, text) [LSNN_##name] = (text),
        LSNN_STATUS_LIST(STATUS_TEXT)
#undef STATUS_TEXT
    };
    return texts[status];
}
