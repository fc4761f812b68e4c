/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/json.h"

#include <inttypes.h>

#include "base/mask.h"

void json_put_text(struct buf *out, const char *name, const char *text)
{
    if (!text || !*text)
        return;
    buf_print(out, ", \"%s\": \"", name);
    mask_put_json(out, text);
    buf_put_char(out, '"');
}

void json_put_instant(struct buf *out, const char *name, instant at)
{
    char text[INSTANT_TEXT_MAX];
    if (at)
        json_put_text(out, name, instant_format(at, text));
}

void json_put_number(struct buf *out, const char *name, int64_t number)
{
    if (number)
        buf_print(out, ", \"%s\": %" PRId64, name, number);
}
