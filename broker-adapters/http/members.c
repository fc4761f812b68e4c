/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/http/members.h"

#include <string.h>

#include "base/encode.h"
#include "base/mask.h"

void member_name(struct buf *out, const char *name)
{
    char last = out->size ? out->bytes[out->size - 1] : '{';
    buf_print(out, "%s\"%s\":", last == '{' ? "" : ",", name);
}

void member_text(struct buf *out, const char *name, const char *text)
{
    member_name(out, name);
    buf_put_char(out, '"');
    mask_put_json(out, text);
    buf_put_char(out, '"');
}

void member_int(struct buf *out, const char *name, int64_t value)
{
    member_name(out, name);
    buf_print(out, "%lld", (long long)value);
}

void member_flag(struct buf *out, const char *name, bool value)
{
    member_name(out, name);
    buf_put_text(out, value ? "true" : "false");
}

void member_time(struct buf *out, const char *name, instant at)
{
    char text[INSTANT_TEXT_MAX];
    if (at)
        member_text(out, name, instant_format(at, text));
}

void member_column(struct buf *out, const char *name,
                   const struct sql_rows *rows, int column)
{
    const char *text = sql_text(rows, column);
    if (text)
        member_text(out, name, text);
}

void member_digest(struct buf *out, const char *name,
                   const struct sql_rows *rows, int column)
{
    char text[DIGEST_TEXT_MAX];
    size_t size;
    const void *bytes = sql_bytes(rows, column, &size);
    if (size == DIGEST_SIZE)
        member_text(out, name, hex_format(bytes, size, text));
}
