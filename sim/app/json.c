/* Pieces of JSON. */
#include "json.h"
#include "text.h"
#include <math.h>
#include <stdio.h>

void json_text(const char *text)
{
    putchar('"');
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < 0x20)
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    putchar('"');
}

void json_number(double number)
{
    char text[32];
    if (!isfinite(number)) {
        printf("null");
        return;
    }
    text_number(text, number);
    printf("%s", text);
}

void json_entry(const char *name, double number)
{
    printf(", ");
    json_text(name);
    if (isfinite(number))
        printf(": %.9g", number);
    else
        printf(": null");
}
