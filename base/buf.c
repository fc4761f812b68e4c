/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Doubling growth, a hard ceiling, a NUL kept behind the last byte.
 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static bool make_room(struct buf *buf, size_t more)
{
    size_t ceiling = buf->ceiling ? buf->ceiling : BUF_CEILING;
    if (buf->full || more > ceiling - buf->size) {
        buf->full = true;
        return false;
    }
    size_t wanted = buf->size + more + 1;
    if (wanted > buf->room) {
        size_t room = buf->room ? buf->room * 2 : 256;
        buf->room = room > wanted ? room : wanted;
        buf->bytes = mem_resize(buf->bytes, buf->room, 1);
    }
    return true;
}

void buf_put(struct buf *buf, const void *bytes, size_t size)
{
    if (!make_room(buf, size))
        return;
    if (size)
        memcpy(buf->bytes + buf->size, bytes, size);
    buf->size += size;
    buf->bytes[buf->size] = '\0';
}

void buf_put_text(struct buf *buf, const char *text)
{
    buf_put(buf, text, strlen(text));
}

void buf_put_char(struct buf *buf, char c)
{
    buf_put(buf, &c, 1);
}

void buf_print(struct buf *buf, const char *format, ...)
{
    va_list values, again;
    va_start(values, format);
    va_copy(again, values);
    int length = vsnprintf(NULL, 0, format, values);
    va_end(values);
    if (length >= 0 && make_room(buf, (size_t)length)) {
        vsnprintf(buf->bytes + buf->size, (size_t)length + 1, format, again);
        buf->size += (size_t)length;
    }
    va_end(again);
}

void buf_put_xml(struct buf *buf, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            buf_put_text(buf, "&amp;");
            break;
        case '<':
            buf_put_text(buf, "&lt;");
            break;
        case '>':
            buf_put_text(buf, "&gt;");
            break;
        case '"':
            buf_put_text(buf, "&quot;");
            break;
        case '\r': /* a parser would read a plain one as '\n' */
            buf_put_text(buf, "&#13;");
            break;
        default:
            buf_put_char(buf, *text);
        }
    }
}

void buf_put_element(struct buf *buf, const char *name, const char *text)
{
    buf_print(buf, "<%s>", name);
    buf_put_xml(buf, text);
    buf_print(buf, "</%s>", name);
}

void buf_put_json(struct buf *buf, const char *text)
{
    static const char short_names[] = {
        ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            buf_print(buf, "\\%c", c);
        else if (c < sizeof short_names && short_names[c])
            buf_print(buf, "\\%c", short_names[c]);
        else if (c < 0x20)
            buf_print(buf, "\\u%04x", c);
        else
            buf_put_char(buf, (char)c);
    }
}

enum reason buf_check(const struct buf *buf, struct fault *why)
{
    if (!buf->full)
        return R_OK;
    size_t ceiling = buf->ceiling ? buf->ceiling : BUF_CEILING;
    return fault(why, R_TOO_LARGE, "more than %zu bytes", ceiling);
}

const char *buf_text(const struct buf *buf)
{
    return buf->bytes ? buf->bytes : "";
}

char *buf_take(struct buf *buf)
{
    char *bytes = buf->bytes ? buf->bytes : mem_copy("", 0);
    size_t ceiling = buf->ceiling;
    *buf = (struct buf){.ceiling = ceiling};
    return bytes;
}

void buf_clear(struct buf *buf)
{
    buf->size = 0;
    buf->full = false;
    if (buf->bytes)
        buf->bytes[0] = '\0';
}

void buf_done(struct buf *buf)
{
    free(buf->bytes);
    *buf = (struct buf){.ceiling = buf->ceiling};
}
