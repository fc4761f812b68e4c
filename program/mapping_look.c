/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "program/mapping_look.h"

#include <stdio.h>
#include <string.h>

enum reason mapping_look_read(struct mapping **out, const char *name,
                              struct fault *why)
{
    AUTO(buf) struct buf report = {0};
    enum reason reason = mapping_read(out, name, &report, why);
    fputs(buf_text(&report), stderr);
    if (report.size > 0)
        fault_clear(why); /* it was told, with all the others */
    return reason;
}

void mapping_look_begin(const struct mapping *mapping, struct buf *out)
{
    buf_put_text(out, "\xEF\xBB\xBF");
    mapping_put_heading(mapping, out);
}

enum reason mapping_look_put(const struct mapping *mapping, const void *bytes,
                             size_t size, struct buf *out, struct fault *why)
{
    AUTO(message) struct message *message = NULL;
    TRY(message_parse(&message, bytes, size, why));
    if (strcmp(message_type(message), mapping_type(mapping)) != 0)
        return fault(why, R_WRONG_FORM, "%s: %s, %s", mapping_id(mapping),
                     mapping_type(mapping), message_type(message));
    if (out->size == 0)
        mapping_look_begin(mapping, out);
    mapping_put_rows(mapping, message, out);
    return buf_check(out, why);
}
