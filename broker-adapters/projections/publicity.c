/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * base/mask.h finds what is private and leaves some digits of it, by which an
 * officer knows a number again. The public needs none: what is left of a masked
 * number goes, too.
 */
#include "broker-adapters/projections/publicity.h"

#include <stdbool.h>
#include <string.h>

#include "base/mask.h"

#define OF_A_NUMBER "0123456789Xx*- "

void publicity_put_name(struct buf *out, const char *name)
{
    if (strstr(name, "某") || strchr(name, '*'))
        mask_put(out, name);
    else
        mask_put_name(out, name);
}

/* The rest of a number that was masked: a run that holds digits and asterisks.
 * A masked name has asterisks alone. */
static size_t masked_length(const char *text)
{
    size_t length = strspn(text, OF_A_NUMBER);
    while (length > 0 && text[length - 1] == ' ')
        length--;
    bool digits = strcspn(text, "0123456789") < length;
    return digits && memchr(text, '*', length) ? length : 0;
}

static void put_without_numbers(struct buf *out, const char *text)
{
    AUTO(buf) struct buf masked = {0};
    mask_put(&masked, text);
    for (const char *at = buf_text(&masked); *at;) {
        size_t run = strspn(at, OF_A_NUMBER);
        bool gap = *at == ' ' || *at == '-';
        size_t hidden = gap ? 0 : masked_length(at);
        run = gap ? 1 : run;
        if (hidden > 0)
            buf_put_text(out, "******");
        else
            buf_put(out, at, run ? run : 1);
        at += hidden ? hidden : run ? run : 1;
    }
}

/* The longest name that stands at the beginning, or NULL. */
static const char *name_at(const char *text, const char *const *names,
                           size_t count)
{
    const char *found = NULL;
    for (size_t i = 0; i < count; i++)
        if (*names[i] && strncmp(text, names[i], strlen(names[i])) == 0 &&
            (!found || strlen(names[i]) > strlen(found)))
            found = names[i];
    return found;
}

void publicity_put_text(struct buf *out, const char *text,
                        const char *const *names, size_t count)
{
    AUTO(buf) struct buf open = {0};
    put_without_numbers(&open, text);
    for (const char *at = buf_text(&open); *at;) {
        const char *name = name_at(at, names, count);
        if (name)
            publicity_put_name(out, name);
        else
            buf_put_char(out, *at);
        at += name ? strlen(name) : 1;
    }
}
