/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is UTF-8 stays; all else must be GB18030 from the first byte to the
 * last (iconv of the C library, strict). A GB18030 text of more than a few
 * characters is not UTF-8 by chance, so the order decides nothing by guessing.
 */
#include "broker-adapters/mapping/sheet.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/encode.h"
#include "base/language.h"

static bool begins_with(const char *bytes, size_t size, const char *mark)
{
    return size >= strlen(mark) && memcmp(bytes, mark, strlen(mark)) == 0;
}

static int line_of(const char *bytes, const char *place)
{
    int line = 1;
    for (; bytes < place; bytes++)
        line += *bytes == '\n';
    return line;
}

static enum reason convert(iconv_t converter, const char *bytes, size_t size,
                           struct buf *out, struct fault *why)
{
    char *from = (char *)bytes;
    size_t left = size;
    while (left > 0) {
        char piece[4096];
        char *to = piece;
        size_t room = sizeof piece;
        size_t done = iconv(converter, &from, &left, &to, &room);
        buf_put(out, piece, sizeof piece - room);
        if (done == (size_t)-1 && errno != E2BIG)
            return fault(why, R_NOT_WELL_FORMED, "%d: %s", line_of(bytes, from),
                         say("既不是 UTF-8 也不是 GB18030（GBK）编码",
                             "neither UTF-8 nor GB18030 (GBK)"));
    }
    return buf_check(out, why);
}

static enum reason decode_gb18030(const char *bytes, size_t size,
                                  struct buf *out, struct fault *why)
{
    iconv_t converter = iconv_open("UTF-8", "GB18030");
    if (converter == (iconv_t)-1)
        return fault_errno(why, R_SYSTEM_FAILED, "iconv GB18030");
    enum reason reason = convert(converter, bytes, size, out, why);
    iconv_close(converter);
    return reason;
}

enum reason sheet_decode(const void *bytes, size_t size, struct buf *out,
                         struct fault *why)
{
    const char *text = bytes;
    if (begins_with(text, size, "\xFF\xFE") ||
        begins_with(text, size, "\xFE\xFF") || memchr(text, '\0', size))
        return fault(why, R_NOT_WELL_FORMED, "1: %s",
                     say("这是“Unicode 文本”或 Excel 工作簿，请另存为“CSV "
                         "UTF-8（逗号分隔）”",
                         "this is \"Unicode text\" or an Excel workbook; save "
                         "it as \"CSV UTF-8 (comma delimited)\""));
    if (begins_with(text, size, "\xEF\xBB\xBF")) {
        text += 3;
        size -= 3;
    }
    if (!utf8_is_valid(text, size))
        return decode_gb18030(text, size, out, why);
    buf_put(out, text, size);
    return buf_check(out, why);
}
