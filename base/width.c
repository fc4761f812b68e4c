/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Widths after Unicode's East Asian Width (UAX 11), the ranges that matter
 * here; ambiguous characters count one, as terminals outside East Asian legacy
 * locales draw them.
 */
#include "base/width.h"

#include <stdint.h>
#include <string.h>

#include "base/encode.h"
#include "base/io.h"
#include "base/mask.h"
#include "base/mem.h"

struct range {
    uint32_t first, last;
};

static const struct range wide[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
    {0x3400, 0x4DBF},   {0x4E00, 0xA4CF},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF},
    {0x20000, 0x3FFFD},
};

static const struct range none[] = {
    {0x0300, 0x036F}, {0x200B, 0x200D}, {0xFE00, 0xFE0F}, {0xE0100, 0xE01EF}};

/* C0, DEL, C1, marks and embeddings of the reading direction. */
static const struct range steering[] = {{0x0000, 0x001F},
                                        {0x007F, 0x009F},
                                        {0x200E, 0x200F},
                                        {0x202A, 0x202E},
                                        {0x2066, 0x2069}};

static bool is_in(uint32_t character, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (character >= ranges[i].first && character <= ranges[i].last)
            return true;
    return false;
}

/* One character as it is shown: its bytes, and the columns that they take. */
struct shown {
    const char *bytes;
    size_t size, taken, columns;
};

static struct shown show(const char *text)
{
    uint32_t character;
    size_t size = utf8_read(text, strlen(text), &character);
    if (!size || is_in(character, steering, COUNT_OF(steering)))
        return (struct shown){"?", 1, size ? size : 1, 1};
    if (is_in(character, none, COUNT_OF(none)))
        return (struct shown){text, size, size, 0};
    size_t columns = is_in(character, wide, COUNT_OF(wide)) ? 2 : 1;
    return (struct shown){text, size, size, columns};
}

size_t width_of(const char *text)
{
    size_t columns = 0;
    while (*text) {
        struct shown shown = show(text);
        columns += shown.columns;
        text += shown.taken;
    }
    return columns;
}

void width_put_whole(struct buf *out, const char *text)
{
    while (*text) {
        struct shown shown = show(text);
        buf_put(out, shown.bytes, shown.size);
        text += shown.taken;
    }
}

void width_put(struct buf *out, const char *text)
{
    AUTO(text) char *masked = mask_text(mem_text(text));
    width_put_whole(out, masked);
}

void width_put_in(struct buf *out, const char *written, size_t columns)
{
    AUTO(text) char *masked = mask_text(mem_text(written));
    const char *text = masked;
    bool cut = width_of(text) > columns;
    size_t room = cut ? columns - 1 : columns, used = 0;
    while (*text) {
        struct shown shown = show(text);
        if (used + shown.columns > room)
            break;
        buf_put(out, shown.bytes, shown.size);
        used += shown.columns;
        text += shown.taken;
    }
    if (cut) {
        buf_put_text(out, "…");
        used++;
    }
    for (; used < columns; used++)
        buf_put_char(out, ' ');
}
