/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/adapter/receipts.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "broker-adapters/adapter/draft.h"
#include "broker-adapters/mailbox/incoming.h"
#include "broker-adapters/adapter/intake.h"

struct bundle {
    struct owed_entry *entries;
    size_t count;
};

static void bundle_done(struct bundle *bundle)
{
    owed_entries_free(bundle->entries, bundle->count);
}
AUTO_VALUE(bundle, bundle_done)

static void put_entry(struct buf *out, const struct owed_entry *entry)
{
    char digest[DIGEST_TEXT_MAX], at[INSTANT_TEXT_MAX];
    buf_put_text(out, "<entry>");
    buf_put_element(out, "id", entry->id);
    buf_put_element(out, "digest", digest_format(&entry->digest, digest));
    buf_put_element(out, "type", entry->type);
    buf_put_element(out, "caseId", entry->case_id);
    buf_put_element(out, "at", instant_format(entry->received_at, at));
    buf_put_text(out, "</entry>");
}

/* The case they share, or "none". */
static const char *common_case(const struct bundle *bundle)
{
    for (size_t i = 1; i < bundle->count; i++)
        if (strcmp(bundle->entries[i].case_id, bundle->entries[0].case_id) != 0)
            return "none";
    return bundle->entries[0].case_id;
}

/* A receipt that cannot be written must not keep the others from going. */
static enum reason send_bundle(const struct desk *desk, const char *sender,
                               const struct bundle *bundle, instant now,
                               struct intake *made, struct fault *why)
{
    AUTO(buf) struct buf body = {.ceiling = MESSAGE_CEILING};
    AUTO(buf) struct buf bytes = {.ceiling = MESSAGE_CEILING};
    buf_put_text(&body, "<receipts>");
    for (size_t i = 0; i < bundle->count; i++)
        put_entry(&body, &bundle->entries[i]);
    buf_put_text(&body, "</receipts>");
    struct draft draft = {.type = "delivery-receipt",
                          .case_id = common_case(bundle),
                          .to = sender,
                          .body_xml = buf_text(&body),
                          .media_type = bundle->entries[0].media_type};
    struct fault found = {0};
    enum reason reason = draft_write(&draft, &bytes, &found);
    struct intake_letter letter = {
        .bytes = bytes.bytes, .size = bytes.size, .jws = "", .source = ""};
    if (reason == R_OK)
        reason = intake_put(desk, &letter, now, made, &found);
    return desk_survive(reason, "delivery receipt", &found, why);
}

static enum reason write_bundle(const struct desk *desk, const char *sender,
                                instant now, struct fault *why)
{
    AUTO(bundle) struct bundle bundle = {0};
    AUTO(intake) struct intake made = {0};
    TRY(incoming_owed(desk->mailbox, sender, RECEIPTS_ENTRIES_MAX,
                      &bundle.entries, &bundle.count, why));
    TRY(send_bundle(desk, sender, &bundle, now, &made, why));
    for (size_t i = 0; i < bundle.count; i++)
        TRY(incoming_mark_receipted(desk->mailbox, bundle.entries[i].row,
                                    made.id, why));
    return R_OK;
}

enum reason receipts_write(const struct desk *desk, instant now, int *written,
                           struct fault *why)
{
    for (*written = 0;; (*written)++) {
        AUTO(text) char *sender = NULL;
        TRY(incoming_owed_sender(desk->mailbox, &sender, why));
        if (!sender)
            return R_OK;
        TRY(write_bundle(desk, sender, now, why));
    }
}
