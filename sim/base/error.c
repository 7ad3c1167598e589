/* Filling an lsnn_error. */
#include "lsnn/error.h"
#include <stdarg.h>
#include <stdio.h>

lsnn_status lsnn_fail(lsnn_error *err, lsnn_status status, const char *format, ...)
{
    if (!err) return status;
    *err = (lsnn_error){.status = status};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->message, sizeof err->message, format, arguments);
    va_end(arguments);
    return status;
}

int lsnn_exit_code(lsnn_status status)
{
    static const int codes[] = {
#define ERROR_CODE(name, code, text) code,
        LSNN_STATUS_LIST(ERROR_CODE)
#undef ERROR_CODE
    };
    return codes[status];
}

const char *lsnn_status_text(lsnn_status status)
{
    static const char *const texts[] = {
#define ERROR_TEXT(name, code, text) text,
        LSNN_STATUS_LIST(ERROR_TEXT)
#undef ERROR_TEXT
    };
    return texts[status];
}
