/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "broker-adapters/adapter/deletion_run.h"

#include <string.h>

#include "broker-adapters/adapter/draft.h"
#include "broker-adapters/adapter/intake.h"
#include "broker-adapters/mailbox/deletion.h"
#include "broker-adapters/mailbox/mailbox.h"

static const struct agency *find_centre(const struct registry *registry)
{
    for (size_t i = 0; i < registry_count(registry); i++)
        if (strcmp(registry_get(registry, i)->role, "exchange") == 0)
            return registry_get(registry, i);
    return NULL;
}

static enum reason send_record(const struct desk *desk,
                               const struct retention_line *line, size_t from,
                               size_t count, instant now, struct intake *made,
                               struct fault *why)
{
    AUTO(buf) struct buf body = {.ceiling = MESSAGE_CEILING};
    AUTO(buf) struct buf bytes = {.ceiling = MESSAGE_CEILING};
    const struct agency *centre = find_centre(desk->registry);
    if (!centre)
        return fault(why, R_UNKNOWN_AGENCY, "exchange");
    retention_put_record(&body, line, from, count, now);
    struct draft draft = {.type = RECORD_DELETION,
                          .case_id = line->case_id,
                          .to = centre->id,
                          .body_xml = buf_text(&body),
                          .media_type = "application/xml"};
    TRY(draft_write(&draft, &bytes, why));
    struct intake_letter letter = {
        .bytes = bytes.bytes, .size = bytes.size, .jws = "", .source = ""};
    return intake_put(desk, &letter, now, made, why);
}

static enum reason delete_line(const struct desk *desk,
                               const struct retention_line *line, instant now,
                               struct fault *why)
{
    for (size_t from = 0; from < line->count; from += RECORD_ENTRIES_MAX) {
        AUTO(intake) struct intake made = {0};
        size_t left = line->count - from;
        size_t count = left < RECORD_ENTRIES_MAX ? left : RECORD_ENTRIES_MAX;
        TRY(send_record(desk, line, from, count, now, &made, why));
        TRY(mailbox_deletion_put(desk->mailbox, line, from, count, made.id, now,
                                 why));
    }
    return R_OK;
}

static enum reason delete_case(const struct desk *desk,
                               const struct retention *retention,
                               const char *case_id, instant now, size_t *count,
                               struct fault *why)
{
    AUTO(retention_plan) struct retention_plan plan = {0};
    const struct agency *self = registry_find(desk->registry, desk->agency);
    struct mailbox_keeping keeping = {.mailbox = desk->mailbox,
                                      .retention = retention,
                                      .role = self ? self->role : ""};
    TRY(mailbox_deletion_plan(&keeping, case_id, &plan, why));
    for (size_t i = 0; i < plan.count; i++) {
        if (!retention_is_due(&plan.lines[i], now))
            continue;
        TRY(delete_line(desk, &plan.lines[i], now, why));
        *count += plan.lines[i].count;
    }
    return R_OK;
}

enum reason deletion_run_case(const struct desk *desk,
                              const struct retention *retention,
                              const char *case_id, instant now, size_t *count,
                              struct fault *why)
{
    *count = 0;
    TRY(sql_begin(desk->mailbox, why));
    enum reason reason = delete_case(desk, retention, case_id, now, count, why);
    return mailbox_end(desk->mailbox, reason, why);
}
