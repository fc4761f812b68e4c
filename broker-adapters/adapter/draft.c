/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/adapter/draft.h"

#include <string.h>

static void put(struct buf *out, const char *name, const char *text)
{
    if (text && *text)
        buf_put_element(out, name, text);
}

static void put_header(const struct draft *draft, struct buf *out)
{
    buf_put_text(out, "<header>");
    put(out, "schemaVersion", MESSAGE_VERSION);
    put(out, "type", draft->type);
    put(out, "caseId", draft->case_id);
    put(out, "to", draft->to);
    for (size_t i = 0; i < draft->copy_count; i++)
        put(out, "copyTo", draft->copies[i]);
    put(out, "decidedAt", draft->decided_at);
    if (draft->answers && *draft->answers) {
        buf_put_text(out, "<inReplyTo>");
        put(out, "id", draft->answers);
        put(out, "digest", draft->answers_digest);
        buf_put_text(out, "</inReplyTo>");
    }
    put(out, "documentNumber", draft->number);
    put(out, "urgency", draft->urgency ? draft->urgency : "normal");
    buf_put_text(out, "</header>");
}

enum reason draft_write(const struct draft *draft, struct buf *out,
                        struct fault *why)
{
    AUTO(buf) struct buf xml = {.ceiling = MESSAGE_CEILING};
    AUTO(message) struct message *message = NULL;
    buf_put_text(&xml, "<message xmlns=\"" MESSAGE_NAMESPACE "\">");
    put_header(draft, &xml);
    buf_print(&xml, "<body>%s</body></message>", draft->body_xml);
    TRY(buf_check(&xml, why));
    if (!draft->media_type || strcmp(draft->media_type, "application/json")) {
        buf_put(out, xml.bytes, xml.size);
        return R_OK;
    }
    TRY(message_parse(&message, xml.bytes, xml.size, why));
    return message_write(message, MESSAGE_JSON, out, why);
}
