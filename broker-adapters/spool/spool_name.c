/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/spool/spool_name.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/encode.h"

enum { EXTENSION_MAX = 16 };

static bool ends_in(const char *name, const char *end)
{
    size_t length = strlen(name), tail = strlen(end);
    return length >= tail && strcmp(name + length - tail, end) == 0;
}

bool spool_name_is_passed_over(const char *name)
{
    static const char *const ends[] = {".part", ".tmp", "~", ".jws"};
    if (name[0] == '.')
        return true;
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        if (ends_in(name, ends[i]))
            return true;
    return false;
}

/* The extension with its dot; the empty end of the name if it has none. */
static const char *extension_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    if (!dot || dot == name || strlen(dot) > EXTENSION_MAX)
        return name + strlen(name);
    return dot;
}

static void make_readable(const char *name, struct buf *out)
{
    size_t left = strlen(name);
    while (left > 0) {
        uint32_t character;
        size_t size = utf8_read(name, left, &character);
        bool strange = size == 0 || character < 0x20 ||
                       (character >= 0x7F && character < 0xA0) ||
                       character == '%';
        if (strange)
            size = 1;
        if (strange)
            buf_print(out, "%%%02X", (unsigned char)*name);
        else
            buf_put(out, name, size);
        name += size;
        left -= size;
    }
}

/* The longest beginning of `text` within `most` bytes, whole characters. */
static size_t beginning(const char *text, size_t most)
{
    size_t used = 0, length = strlen(text);
    while (used < length) {
        uint32_t character;
        size_t size = utf8_read(text + used, length - used, &character);
        if (size == 0 || used + size > most)
            break;
        used += size;
    }
    return used;
}

static void put_marked(const char *name, const char *mark, char *out,
                       size_t room)
{
    const char *extension = extension_of(name);
    size_t around = strlen(mark) + 1 + strlen(extension) + 1;
    size_t stem = (size_t)(extension - name);
    size_t most = room > around ? room - around : 0;
    if (stem > most)
        stem = beginning(name, most);
    snprintf(out, room, "%.*s-%s%s", (int)stem, name, mark, extension);
}

void spool_name_clean(const char *name, char *clean, size_t room)
{
    AUTO(buf) struct buf readable = {0};
    make_readable(name, &readable);
    if (readable.size < room) {
        memcpy(clean, buf_text(&readable), readable.size + 1);
        return;
    }
    char mark[DIGEST_TEXT_MAX];
    struct digest digest = digest_of(DIGEST_SHA256, name, strlen(name));
    digest_format(&digest, mark);
    mark[12] = '\0';
    put_marked(buf_text(&readable), mark, clean, room);
}

void spool_name_mark(const char *name, const char *mark, char *marked,
                     size_t room)
{
    put_marked(name, mark, marked, room);
}
