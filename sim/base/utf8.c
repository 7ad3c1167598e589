/* UTF-8 as in RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
#include "utf8.h"

int utf8_next(uint32_t *point, const char *text)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *byte = (const unsigned char *)text;
    int n = byte[0] < 0x80 ? 1 : byte[0] < 0xc0 ? 0 : byte[0] < 0xe0 ? 2 : byte[0] < 0xf0 ? 3 : byte[0] < 0xf8 ? 4 : 0;
    *point = UTF8_ILL_FORMED;
    if (n == 0) return 1;
    if (n == 1) {
        *point = byte[0];
        return byte[0] ? 1 : 0;
    }
    uint32_t sum = byte[0] & (0x7fu >> n);
    for (int k = 1; k < n; k++) {
        if ((byte[k] & 0xc0) != 0x80) return 1;
        sum = sum << 6 | (byte[k] & 0x3f);
    }
    if (sum < smallest[n] || sum > 0x10ffff || (sum >= 0xd800 && sum <= 0xdfff)) return 1;
    *point = sum;
    return n;
}

size_t utf8_count(const char *text)
{
    size_t count = 0;
    uint32_t point;
    for (int n; (n = utf8_next(&point, text)) > 0; text += n)
        count++;
    return count;
}

bool utf8_is_printable(uint32_t point)
{
    if (point < 0x20 || (point >= 0x7f && point < 0xa0)) return point == '\t';
    bool breaks = point == 0x2028 || point == 0x2029;
    return !breaks && point != 0xfeff && point != 0xfffe && point != 0xffff && point != UTF8_ILL_FORMED;
}
